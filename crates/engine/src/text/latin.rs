//! Tells pinyin from English, in a text of Latin letters.

use std::sync::LazyLock;

use rustc_hash::FxHashSet;

use super::pinyin::{MAX_SYLLABLE_LETTERS, syllable};
use super::question_words::QuestionRole;
use super::words::words;

/// English function words. The question words are in [`QuestionRole`].
pub const FUNCTION_WORDS_EN: &[&str] = &[
    "a", "about", "after", "an", "and", "any", "are", "as", "at", "be", "been", "before", "being", "between", "but",
    "by", "can", "could", "during", "for", "from", "had", "has", "have", "he", "her", "his", "i", "if", "in", "into",
    "is", "it", "its", "let", "may", "my", "no", "not", "of", "on", "or", "other", "our", "s", "she", "should", "so",
    "some", "t", "than", "that", "the", "their", "them", "then", "there", "these", "they", "this", "those", "to", "us",
    "was", "we", "were", "will", "with", "would", "you", "your",
];

/// Common Chinese function words and question words of one syllable, in pinyin.
const SHORT_MARKERS: &[&str] = &[
    "bu", "de", "duo", "ge", "gei", "hen", "hui", "ji", "le", "ma", "mei", "na", "nar", "ne", "neng", "sha", "shei",
    "shen", "shi", "shui", "ta", "wei", "yong", "zai", "ze", "zen", "zhe",
];
/// Chinese question words of several syllables, in pinyin. They occur in no English word.
const LONG_MARKERS: &[&str] = &["shenme", "zenme", "zenyang", "duoshao", "ruhe", "keyi", "nengbuneng", "shifou"];

/// Minimum number of syllables of a text without Chinese function words that counts as pinyin. A
/// Chinese person's name has three.
const MIN_SYLLABLES: usize = 4;
/// How many more syllables are needed for each word that is not pinyin, such as "api".
const SYLLABLES_PER_OTHER_WORD: usize = 2;
/// Minimum number of words of a text without function words that counts as English.
const MIN_ENGLISH_WORDS: usize = 4;

/// Common English words that can be split into pinyin syllables, such as "long" and "machine".
///
/// They are those of several syllables in `matching/word_vectors.txt`, and chosen ones of one
/// syllable.
static ENGLISH_LIKE_PINYIN: LazyLock<FxHashSet<&str>> =
    LazyLock::new(|| include_str!("english_like_pinyin.txt").lines().collect());

/// What the words of a text in Latin letters reveal about its language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LatinText {
    /// Chinese, written in pinyin.
    Pinyin,
    /// English: the text has function words or question words, or at least four words.
    English,
    /// Unknown: a few words such as "figma" or "API", which texts in any language contain.
    Unclear,
}

impl LatinText {
    /// Classifies a normalized text in Latin letters, without the names of products.
    ///
    /// One English function word or question word rules out pinyin, unless the word looks like
    /// pinyin, as "can" and "you" do.
    #[must_use]
    pub fn of(normal: &str) -> LatinText {
        let (mut has_english, mut has_marker, mut has_long_marker) = (false, false, false);
        let (mut pinyin, mut ambiguous, mut other, mut syllables) = (0, 0, 0, 0);
        for word in words(normal).map(|word| word.text).filter(|word| word.contains(char::is_alphabetic)) {
            let count = syllable_count(word);
            let is_english = is_english_function_word(word);
            has_english |= is_english;
            match count {
                // A word that is English only rules out pinyin.
                None if is_english => return LatinText::English,
                None => other += 1,
                Some(_) if is_english || ENGLISH_LIKE_PINYIN.contains(word) => ambiguous += 1,
                Some(count) => {
                    pinyin += 1;
                    syllables += count;
                    has_marker |= SHORT_MARKERS.contains(&word);
                    has_long_marker |= LONG_MARKERS.iter().any(|marker| word.contains(marker));
                }
            }
        }
        let is_pinyin = match (has_long_marker, has_marker) {
            (true, _) => pinyin >= other,
            (_, true) => pinyin >= other.max(2),
            _ => syllables >= MIN_SYLLABLES + SYLLABLES_PER_OTHER_WORD * other,
        };
        if is_pinyin && pinyin >= ambiguous {
            LatinText::Pinyin
        } else if has_english || ambiguous + other >= MIN_ENGLISH_WORDS {
            LatinText::English
        } else {
            LatinText::Unclear
        }
    }
}

/// True for an English function word or question word. Greetings and single letters are excluded,
/// because people use them in any language.
fn is_english_function_word(word: &str) -> bool {
    let is_excluded = (word.len() == 1 && word != "i") || matches!(word, "hi" | "hey");
    !is_excluded && (FUNCTION_WORDS_EN.contains(&word) || QuestionRole::Stopword.phrases().latin.contains(&word))
}

/// Returns the least number of pinyin syllables that a word can be split into. Returns `None` if
/// the word is not pinyin.
///
/// Syllables of one letter do not count: with them, many English words would be pinyin, such as
/// "piano".
fn syllable_count(word: &str) -> Option<usize> {
    /// Maximum length of a word of pinyin, in letters. Some people type a sentence without spaces.
    const MAX_LETTERS: usize = 120;
    if word.len() > MAX_LETTERS || !word.bytes().all(|b| b.is_ascii_lowercase()) {
        return None;
    }
    let mut counts = [None::<u8>; MAX_LETTERS + 1];
    counts[0] = Some(0);
    for end in 2..=word.len() {
        let starts = end.saturating_sub(MAX_SYLLABLE_LETTERS)..end - 1;
        let before = starts.filter(|start| syllable(&word[*start..end]).is_some()).filter_map(|start| counts[start]);
        counts[end] = before.min().map(|count| count + 1);
    }
    counts[word.len()].map(usize::from)
}

#[cfg(test)]
mod tests {
    use super::LatinText::{self, English, Pinyin, Unclear};
    use super::{ENGLISH_LIKE_PINYIN, is_english_function_word, syllable_count};
    use crate::text::normalize;

    #[track_caller]
    fn check(expected: LatinText, texts: &[&str]) {
        for text in texts {
            assert_eq!(LatinText::of(&normalize(text)), expected, "{text}");
        }
    }

    #[test]
    fn pinyin_is_told_by_its_syllables() {
        check(
            Pinyin,
            &[
                "shi shenme",
                "yong le duoshao xiaoshi de shuju xunlian",
                "shenme shihou fabu",
                "neng zuo shenme",
                "shi shen me",
                "Zěnme yòng?",
                "zenmeyong",
                "kaiyuan ma",
                "de liangdian",
                "yuyin shibie",
                "yuyinshibie",
                "wenzi shengcheng tupian",
                "zuozhe shi shui",
                "you mei you mianfei de",
                "he notion you shenme butong",
                "copilot zenme shoufei",
                "api jiage duoshao",
                "wei shen me yao yong ta",
            ],
        );
    }

    #[test]
    fn english_is_told_by_function_words_or_by_length() {
        check(
            English,
            &[
                "what can he change",
                "can men dance",
                "can you long",
                "she can",
                "how long can i use it",
                "who made the machine",
                "what is yuyin shibie",
                "text to image",
                "why",
                "wisper trainning data hours",
                "best mexican restaurants downtown",
                "machine translation language data",
            ],
        );
    }

    #[test]
    fn a_few_words_tell_nothing() {
        check(
            Unclear,
            &[
                "figma",
                "api",
                "NFT",
                "Copilot",
                "long",
                "banana",
                "machine",
                "Han Xinzi",
                "author Han Xinzi",
                "jiage",
                "training data",
                "hi",
                "",
                "42",
                "a",
            ],
        );
    }

    #[test]
    fn syllables_have_at_least_two_letters() {
        for (word, count) in [
            ("shenme", Some(2)),
            ("xian", Some(1)),
            ("yuyinshibie", Some(4)),
            ("lve", Some(1)),
            ("piano", None),
            ("are", None),
            ("e", None),
            ("whisper", None),
            ("größe", None),
            (&"shi".repeat(500), None),
        ] {
            assert_eq!(syllable_count(word), count, "{word}");
        }
    }

    #[test]
    fn listed_english_words_look_like_pinyin() {
        for word in ENGLISH_LIKE_PINYIN.iter() {
            assert!(syllable_count(word).is_some(), "{word}");
        }
        assert!(is_english_function_word("i") && !is_english_function_word("s") && !is_english_function_word("hey"));
    }
}
