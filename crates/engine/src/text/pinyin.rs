//! Pinyin without tones: its syllables, how characters are read, and what speakers of other dialects do not tell apart.
//!
//! The readings are those of the crate `pinyin` (the commonest of each character, mostly Unihan's kMandarin). `syllables.txt` lists the toneless readings that occur in its data,
//! without interjections and readings of a single character.

use std::sync::LazyLock;

use pinyin::ToPinyin;

/// A syllable, as its place in the list.
pub type Syllable = u16;

/// The longest syllable is `zhuang`.
pub const MAX_SYLLABLE_LETTERS: usize = 6;

/// More letters are no word that somebody typed in pinyin.
const MAX_LETTERS: usize = 120;

static SYLLABLES: LazyLock<Vec<&'static str>> = LazyLock::new(|| include_str!("syllables.txt").lines().collect());

static FOLDED: LazyLock<Vec<Syllable>> = LazyLock::new(|| {
    let folds: Vec<String> = SYLLABLES.iter().map(|s| fold(s)).collect();
    let mut distinct = folds.clone();
    distinct.sort();
    distinct.dedup();
    folds.iter().map(|fold| distinct.binary_search(fold).unwrap_or_default() as Syllable).collect()
});

/// Second readings in daily use. (The crate's own list of readings has every one of every dictionary.)
const SECOND: &str = "重chong 长chang 行hang 乐yue 数shuo 率shuai 调tiao 还huan 得dei 都du 着zhuo 了liao 会kuai 参shen 差chai 传zhuan 大dai 什shi 省xing 提di \
    系ji 校jiao 没mo 觉jiao 角jue 解xie 给ji 降xiang 卡qia 壳qiao 落la 露lou 绿lu 模mu 色shai 熟shou 说shui 宿xiu 血xie 约yao 择zhai 盛cheng 藏zang 曾zeng \
    单shan 度duo 恶wu 否pi 合ge 核hu 吓he 区ou 仇qiu 厦xia 识zhi 属zhu 那nei 这zhei 哪nei 车ju 的di 和huo 薄bo 折she 期ji 奇ji 强jiang 尾yi";

/// The syllable that is spelt like this, with `v` or `u` for `ü`.
#[must_use]
pub fn syllable(spelling: &str) -> Option<Syllable> {
    let spelling = match spelling {
        "lue" => "lve",
        "nue" => "nve",
        other => other,
    };
    SYLLABLES.binary_search(&spelling).ok().map(|at| at as Syllable)
}

/// How a syllable is spelt.
#[must_use]
pub fn spelling(syllable: Syllable) -> &'static str {
    SYLLABLES.get(usize::from(syllable)).copied().unwrap_or_default()
}

/// The same number for syllables that somebody does not tell apart: zh and z, ch and c, sh and s, n and l, hu- and f, ang and an, eng and en, ing and in (what input methods
/// offer as fuzzy pinyin).
#[must_use]
pub fn folded(syllable: Syllable) -> Syllable {
    FOLDED.get(usize::from(syllable)).copied().unwrap_or(Syllable::MAX)
}

fn fold(spelling: &str) -> String {
    let folded = match (spelling, spelling.strip_prefix("hu"), spelling.strip_prefix('n')) {
        ("hu", ..) => "fu".to_owned(),
        ("hui", ..) => "fei".to_owned(),
        ("hun", ..) => "fen".to_owned(),
        ("huo", ..) => "fo".to_owned(),
        (_, Some(rest), _) => format!("f{rest}"),
        (.., Some(rest)) => format!("l{rest}"),
        _ => spelling.replacen("zh", "z", 1).replacen("ch", "c", 1).replacen("sh", "s", 1),
    };
    match folded.strip_suffix("ng") {
        Some(rest) if rest.ends_with(['a', 'e', 'i']) => format!("{rest}n"),
        _ => folded,
    }
}

/// How a character is read, the commonest reading first; nothing for what is no Han character.
pub fn readings(character: char) -> impl Iterator<Item = Syllable> {
    let first = character.to_pinyin().and_then(|p| match p.plain() {
        with_umlaut if with_umlaut.contains('ü') => syllable(&with_umlaut.replace('ü', "v")),
        plain => syllable(plain),
    });
    let second = || SECOND.split_once(character)?.1.split_whitespace().next().and_then(syllable);
    let second = first.and_then(|first| second().filter(|s| *s != first));
    first.into_iter().chain(second)
}

/// Can these letters be cut into syllables with nothing left over?
#[must_use]
pub fn is_pinyin(word: &str) -> bool {
    if word.is_empty() || word.len() > MAX_LETTERS || !word.bytes().all(|b| b.is_ascii_lowercase()) {
        return false;
    }
    // One bit for each place that can be reached.
    let mut reached = 1_u128;
    for end in 1..=word.len() {
        let begins = end.saturating_sub(MAX_SYLLABLE_LETTERS)..end;
        if begins.into_iter().any(|begin| reached >> begin & 1 == 1 && syllable(&word[begin..end]).is_some()) {
            reached |= 1 << end;
        }
    }
    reached >> word.len() & 1 == 1
}
