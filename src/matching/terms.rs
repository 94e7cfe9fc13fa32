//! The terms of a text: what is counted, weighed and compared.

use crate::text::{Script, Word, words};

/// How a term of the question came to a term of the base.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Path {
    /// The same term.
    Exact,
    /// A slip of the finger.
    Typo,
    /// The beginning of a word.
    Prefix,
    /// Not in the question: taken over from the section shown before.
    Inherited,
}

/// What a term is made of; longer evidence is stronger.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// A word of letters and digits, or a name written together.
    Word,
    /// One Han character.
    Han,
    /// Two Han characters in a row.
    HanPair,
}

/// English words that frame a question rather than say what it is about, in alphabetical order. A large base shows by itself that they tell nothing; in a small one they
/// stand in one section only by chance. (Chinese frames are cut into characters and pairs, which are weak or common anyway.)
const FRAME_WORDS: [&str; 70] = [
    "a", "about", "an", "and", "any", "are", "as", "at", "be", "been", "by", "can", "could", "did", "do", "does",
    "for", "from", "get", "give", "had", "has", "have", "hey", "how", "i", "if", "in", "is", "it", "its", "know",
    "let", "may", "me", "might", "my", "of", "on", "or", "our", "please", "should", "so", "some", "tell", "than",
    "that", "the", "their", "them", "there", "they", "this", "to", "us", "was", "we", "were", "what", "when", "where",
    "which", "who", "why", "will", "with", "would", "you", "your",
];

/// Is this word part of the frame of a question?
pub(super) fn is_frame(word: &str) -> bool {
    FRAME_WORDS.binary_search(&word).is_ok()
}

/// Most words of letters that are tried as one name, as "dall e 2" for `dalle2`.
const MAX_JOINED: usize = 3;

/// Calls `each` with every term of a normal form. Neighbouring words are joined where `is_name` knows the result.
pub(super) fn each_term(normal: &str, is_name: impl Fn(&str) -> bool, mut each: impl FnMut(&str, Kind)) {
    let all: Vec<Word<'_>> = words(normal).collect();
    let mut joined = String::new();
    for (at, word) in all.iter().enumerate() {
        let next = all.get(at + 1);
        match word.script {
            Script::Han => {
                each(word.text, Kind::Han);
                if let Some(next) = next.filter(|n| n.script == Script::Han && n.joined) {
                    joined.clear();
                    joined.push_str(word.text);
                    joined.push_str(next.text);
                    each(&joined, Kind::HanPair);
                }
            }
            Script::Letters => {
                each(word.text, Kind::Word);
                joined.clear();
                joined.push_str(word.text);
                for next in all[at + 1..].iter().take(MAX_JOINED - 1).take_while(|n| n.script == Script::Letters) {
                    joined.push_str(next.text);
                    if is_name(&joined) {
                        each(&joined, Kind::Word);
                    }
                }
            }
        }
    }
}
