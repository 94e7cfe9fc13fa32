//! Words that frame a question rather than say what it is about.
//!
//! Where there are sample questions, the linear model learns by itself how little these tell. Bodies are no questions: in them 谁 or "which" is rare, and would
//! look telling.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::tokenizer::Token;
use crate::text::{Script, is_pinyin};

/// What a word that asks weighs beside one that says something: it never stands in the sentence that answers.
const ASKS: f32 = 0.02;
/// What a word weighs that only holds others together.
const JOINS: f32 = 0.5;
/// What a word weighs that names the kind of thing asked for.
const KIND_OF_THING: f32 = 0.3;

const ASKING_ZH: &[&str] = &[
    "为什么",
    "怎么样",
    "怎么办",
    "有没有人知道",
    "有没有",
    "能不能",
    "可不可以",
    "是不是",
    "请问",
    "想问",
    "告诉我",
    "什么",
    "怎么",
    "怎样",
    "如何",
    "为何",
    "何时",
    "何地",
    "何处",
    "何人",
    "何种",
    "哪些",
    "哪里",
    "哪儿",
    "哪个",
    "哪位",
    "哪种",
    "哪年",
    "哪一",
    "多少",
    "多久",
    "多长",
    "多大",
    "多高",
    "是否",
    "何",
    "哪",
    "谁",
    "几",
    "吗",
    "呢",
    "吧",
    "呀",
    "啊",
    "么",
    "啥",
    "咋",
];
const JOINING_ZH: &[&str] = &[
    "可以", "主要", "的", "是", "了", "在", "有", "被", "叫", "由", "于", "和", "与", "对", "为", "以", "其", "该",
    "此", "这", "那", "个", "位", "种", "一", "又",
];
const KINDS_ZH: &[&str] = &[
    "名字", "名称", "意思", "定义", "时间", "时期", "时候", "地方", "地区", "原因", "作用", "特点", "方式", "内容",
    "类型", "方面", "称为", "叫做", "叫作", "属于", "位于", "情况", "目的", "影响", "关系",
];
const ASKING_EN: &[&str] = &[
    "what", "who", "whom", "whose", "which", "when", "where", "why", "how", "many", "much", "did", "does", "do",
    "please", "tell", "me", "hey", "hi",
];
const JOINING_EN: &[&str] = &[
    "a", "about", "after", "an", "and", "any", "are", "as", "at", "be", "been", "before", "being", "between", "but",
    "by", "can", "could", "during", "for", "from", "had", "has", "have", "he", "her", "his", "i", "if", "in", "into",
    "is", "it", "its", "let", "may", "my", "no", "not", "of", "on", "or", "other", "our", "s", "she", "should", "so",
    "some", "t", "than", "that", "the", "their", "them", "then", "there", "these", "they", "this", "those", "to", "us",
    "was", "we", "were", "will", "with", "would", "you", "your",
];
const KINDS_EN: &[&str] = &[
    "kind", "kinds", "type", "types", "name", "names", "named", "call", "called", "term", "terms", "used", "use",
    "another", "way", "year", "years",
];

/// The lists above, to be looked up.
struct Frames {
    words: FxHashMap<&'static str, f32>,
    /// By their first character, the longest first: 为什么 is not to be taken for 为.
    phrases: FxHashMap<char, Vec<(&'static str, f32)>>,
}

static FRAMES: LazyLock<Frames> = LazyLock::new(|| {
    let english = [(ASKING_EN, ASKS), (JOINING_EN, JOINS), (KINDS_EN, KIND_OF_THING)];
    let chinese = [(ASKING_ZH, ASKS), (JOINING_ZH, JOINS), (KINDS_ZH, KIND_OF_THING)];
    let mut phrases: FxHashMap<char, Vec<(&str, f32)>> = FxHashMap::default();
    for (phrase, weight) in chinese.iter().flat_map(|(list, weight)| list.iter().map(|phrase| (*phrase, *weight))) {
        phrases.entry(phrase.chars().next().unwrap_or_default()).or_default().push((phrase, weight));
    }
    for list in phrases.values_mut() {
        list.sort_by_key(|(phrase, _)| std::cmp::Reverse(phrase.len()));
    }
    Frames {
        words: english.iter().flat_map(|(list, weight)| list.iter().map(|word| (*word, *weight))).collect(),
        phrases,
    }
});

/// What each token weighs beside one that says something.
pub(super) fn weights(tokens: &[Token<'_>]) -> Vec<f32> {
    let mut weights = Vec::with_capacity(tokens.len());
    while let Some(token) = tokens.get(weights.len()) {
        match token.script {
            Script::Letters => weights.push(FRAMES.words.get(&*token.text).copied().unwrap_or(1.0)),
            Script::Han => {
                let (length, weight) = phrase(&tokens[weights.len()..]).unwrap_or((1, 1.0));
                weights.resize(weights.len() + length, weight);
            }
        }
    }
    weights
}

/// The longest phrase that these characters begin with: its length and what it weighs.
fn phrase(tokens: &[Token<'_>]) -> Option<(usize, f32)> {
    let list = FRAMES.phrases.get(&tokens.first()?.text.chars().next()?)?;
    list.iter().find_map(|(phrase, weight)| {
        let mut length = 0;
        for (start, c) in phrase.char_indices() {
            let token = tokens.get(length).filter(|t| length == 0 || t.joined)?;
            if *token.text != phrase[start..start + c.len_utf8()] {
                return None;
            }
            length += 1;
        }
        Some((length, *weight))
    })
}

/// Phrases with which a Chinese question asks.
pub(super) fn asking_zh() -> impl Iterator<Item = &'static str> {
    ASKING_ZH.iter().copied()
}

/// Is it a character that asks or joins by itself?
pub(super) fn is_particle(character: char) -> bool {
    let is_it = |phrase: &str| phrase.chars().eq([character]);
    ASKING_ZH.iter().chain(JOINING_ZH).any(|phrase| is_it(phrase))
}

/// Is it a word that frames an English question, and that nobody types for anything else?
pub(super) fn is_english(word: &str) -> bool {
    (ASKING_EN.contains(&word) || JOINING_EN.contains(&word)) && word.len() > 1 && !is_pinyin(word)
}
