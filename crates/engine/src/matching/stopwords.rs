//! Stopwords: words of a question that carry little content.
//!
//! With sample questions, the SVM learns that stopwords are uninformative. The search in section
//! texts needs this list. Section texts are not questions, so question words such as 谁 or "which"
//! are rare in them and would get a high IDF.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

use super::token::Token;
use crate::text::{QuestionRole, Script, is_pinyin};

/// The weight of a question word, such as "what". Nearly 0, because the sentence that answers a
/// question does not contain the question word.
const QUESTION_WORD_WEIGHT: f32 = 0.02;
/// The weight of a function word, such as an article or a preposition.
const FUNCTION_WORD_WEIGHT: f32 = 0.5;
/// The weight of a word that names the category of the answer, such as "name" or "year".
const CATEGORY_WEIGHT: f32 = 0.3;

const FUNCTION_WORDS_ZH: &[&str] = &[
    "可以", "主要", "的", "是", "了", "在", "有", "被", "叫", "由", "于", "和", "与", "对", "为", "以", "其", "该",
    "此", "这", "那", "个", "位", "种", "一", "又",
];
const CATEGORIES_ZH: &[&str] = &[
    "名字", "名称", "意思", "定义", "时间", "时期", "时候", "地方", "地区", "原因", "作用", "特点", "方式", "内容",
    "类型", "方面", "称为", "叫做", "叫作", "属于", "位于", "情况", "目的", "影响", "关系",
];
const FUNCTION_WORDS_EN: &[&str] = &[
    "a", "about", "after", "an", "and", "any", "are", "as", "at", "be", "been", "before", "being", "between", "but",
    "by", "can", "could", "during", "for", "from", "had", "has", "have", "he", "her", "his", "i", "if", "in", "into",
    "is", "it", "its", "let", "may", "my", "no", "not", "of", "on", "or", "other", "our", "s", "she", "should", "so",
    "some", "t", "than", "that", "the", "their", "them", "then", "there", "these", "they", "this", "those", "to", "us",
    "was", "we", "were", "will", "with", "would", "you", "your",
];
const CATEGORIES_EN: &[&str] = &[
    "kind", "kinds", "type", "types", "name", "names", "named", "call", "called", "term", "terms", "used", "use",
    "another", "way", "year", "years",
];

struct StopwordWeights {
    words: FxHashMap<&'static str, f32>,
    /// The Chinese stopwords, grouped by first character. The longest phrases come first, because
    /// 为什么 must take precedence over 为.
    phrases: FxHashMap<char, Vec<(&'static str, f32)>>,
}

static WEIGHTS: LazyLock<StopwordWeights> = LazyLock::new(|| {
    let question_words = QuestionRole::Stopword.phrases();
    let english: [(&[&str], f32); 3] = [
        (&question_words.latin, QUESTION_WORD_WEIGHT),
        (FUNCTION_WORDS_EN, FUNCTION_WORD_WEIGHT),
        (CATEGORIES_EN, CATEGORY_WEIGHT),
    ];
    let chinese: [(&[&str], f32); 3] = [
        (&question_words.han, QUESTION_WORD_WEIGHT),
        (FUNCTION_WORDS_ZH, FUNCTION_WORD_WEIGHT),
        (CATEGORIES_ZH, CATEGORY_WEIGHT),
    ];
    let mut phrases: FxHashMap<char, Vec<(&str, f32)>> = FxHashMap::default();
    for (phrase, weight) in chinese.iter().flat_map(|(list, weight)| list.iter().map(|phrase| (*phrase, *weight))) {
        phrases.entry(phrase.chars().next().unwrap_or_default()).or_default().push((phrase, weight));
    }
    for list in phrases.values_mut() {
        list.sort_by_key(|(phrase, _)| std::cmp::Reverse(phrase.len()));
    }
    StopwordWeights {
        words: english.iter().flat_map(|(list, weight)| list.iter().map(|word| (*word, *weight))).collect(),
        phrases,
    }
});

/// Returns the stopword weight of each token. A word that is not a stopword has weight 1.
pub(super) fn weights(tokens: &[Token<'_>]) -> Vec<f32> {
    let mut weights = Vec::with_capacity(tokens.len());
    while let Some(token) = tokens.get(weights.len()) {
        match token.script {
            Script::Letters => weights.push(WEIGHTS.words.get(&*token.text).copied().unwrap_or(1.0)),
            Script::Han => {
                let (length, weight) = longest_phrase(&tokens[weights.len()..]).unwrap_or((1, 1.0));
                weights.resize(weights.len() + length, weight);
            }
        }
    }
    weights
}

/// Finds the longest stopword phrase at the start of `tokens`. Returns the phrase's length in
/// tokens, and the phrase's weight.
fn longest_phrase(tokens: &[Token<'_>]) -> Option<(usize, f32)> {
    let list = WEIGHTS.phrases.get(&tokens.first()?.text.chars().next()?)?;
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

/// True if the character by itself is a question word or a function word, such as 吗 or 的.
pub(super) fn is_particle(character: char) -> bool {
    let is_it = |phrase: &&str| phrase.chars().eq([character]);
    QuestionRole::Stopword.phrases().han.iter().chain(FUNCTION_WORDS_ZH).any(is_it)
}

/// True if the word is an English stopword that cannot be pinyin.
pub(super) fn is_english(word: &str) -> bool {
    (QuestionRole::Stopword.phrases().latin.contains(&word) || FUNCTION_WORDS_EN.contains(&word))
        && word.len() > 1
        && !is_pinyin(word)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{
        CATEGORIES_EN, CATEGORIES_ZH, FUNCTION_WORDS_EN, FUNCTION_WORDS_ZH, QuestionRole, Token, is_english,
        is_particle, weights,
    };

    #[track_caller]
    fn check(normal: &str, expected: &[f32]) {
        assert_eq!(weights(&Token::all_exact(normal)), expected, "{normal}");
    }

    #[test]
    fn english_words_have_the_weight_of_their_class() {
        check("what is the name of whisper", &[0.02, 0.5, 0.5, 0.3, 0.5, 1.0]);
        check("", &[]);
    }

    #[test]
    fn the_longest_chinese_phrase_wins() {
        check("为什么", &[0.02, 0.02, 0.02]);
        check("为用户", &[0.5, 1.0, 1.0]);
        check("称为语", &[0.3, 0.3, 1.0]);
        check("whisper是什么", &[1.0, 0.5, 0.02, 0.02]);
    }

    #[test]
    fn a_phrase_does_not_span_a_space() {
        check("名 字", &[1.0, 1.0]);
        check("什 么", &[1.0, 0.02]);
    }

    #[test]
    fn the_classes_are_disjoint() {
        let question_words = QuestionRole::Stopword.phrases();
        let lists = [FUNCTION_WORDS_ZH, CATEGORIES_ZH, FUNCTION_WORDS_EN, CATEGORIES_EN];
        let mut met = HashSet::new();
        for word in lists.into_iter().chain([&question_words.han[..], &question_words.latin]).flatten() {
            assert!(met.insert(word), "{word} has two weights");
        }
    }

    #[test]
    fn particles_are_single_characters() {
        for (character, expected) in [('的', true), ('吗', true), ('谁', true), ('什', false), ('语', false)] {
            assert_eq!(is_particle(character), expected, "{character}");
        }
    }

    #[test]
    fn english_stopwords_are_no_pinyin() {
        for (word, expected) in [
            ("what", true),
            ("is", true),
            ("the", true),
            ("me", false),
            ("can", false),
            ("a", false),
            ("whisper", false),
        ] {
            assert_eq!(is_english(word), expected, "{word}");
        }
    }
}
