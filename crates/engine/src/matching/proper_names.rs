//! Finds out which words of a knowledge base are proper names, and which names a text mentions.
//!
//! A sentence about DeepMind's mission does not answer a question about OpenAI's mission, although
//! it has most of the words.

use std::hash::BuildHasher;

use rustc_hash::{FxBuildHasher, FxHashSet};
use serde::{Deserialize, Serialize};

use super::token::{MatchKind, Token};
use crate::text::{Script, is_unspaced, normalize, words};

/// The proper names of a knowledge base, as hashes of their normalized words.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct ProperNames {
    names: FxHashSet<u64>,
}

impl ProperNames {
    /// Collects the words that are written with a capital letter inside a sentence, and nowhere
    /// without. The first word of a sentence tells nothing.
    pub fn new<'a>(sentences: impl Iterator<Item = &'a str>) -> ProperNames {
        let (mut capital, mut small) = (FxHashSet::default(), FxHashSet::default());
        for sentence in sentences {
            let is_start = |at: usize| sentence[..at].chars().all(|c| !c.is_alphanumeric());
            for (at, word) in raw_words(sentence).filter(|(at, word)| !is_in_address(sentence, *at, word)) {
                let first = word.chars().next().unwrap_or(' ');
                let is_alone = word.chars().nth(1).is_none();
                let normal = normalize(word);
                match normal.contains(' ') || normal.is_empty() || is_alone {
                    true => {}
                    false if first.is_uppercase() && is_start(at) => {}
                    false if first.is_uppercase() => drop(capital.insert(hash(&normal))),
                    false if first.is_lowercase() => drop(small.insert(hash(&normal))),
                    false => {}
                }
            }
        }
        ProperNames { names: capital.difference(&small).copied().collect() }
    }

    /// Returns the hash of a product name, by which [`ProperNames::in_text`] lists it.
    pub fn of_product(name: &str) -> u64 {
        hash(name)
    }

    /// Returns the names that a text mentions, in its order: products and proper names.
    pub fn in_text<'a>(&'a self, tokens: &'a [Token<'_>]) -> impl Iterator<Item = u64> + 'a {
        tokens.iter().filter(|token| token.script == Script::Letters).filter_map(|token| {
            let key = hash(&token.text);
            (token.product.is_some() || self.names.contains(&key)).then_some(key)
        })
    }
}

/// True if a text mentions a name that the knowledge base does not know. `tokens` are those of the
/// text, and `is_known` tells whether the knowledge base has a token.
///
/// A name is a word with a capital letter, except the first word of the text and "I". A text in
/// capital letters only has no names. Next to Han characters, any capital letter makes a name.
pub(super) fn has_unknown_name(raw: &str, tokens: &[Token<'_>], is_known: impl Fn(&Token<'_>) -> bool) -> bool {
    if !raw.contains(char::is_lowercase) && !raw.contains(is_unspaced) {
        return false;
    }
    let is_start = |at: usize| !raw[..at].contains(char::is_alphanumeric);
    raw_words(raw).filter(|(at, word)| word.starts_with(char::is_uppercase) && !is_start(*at)).any(|(_, word)| {
        let normal = normalize(word);
        let is_it = |token: &&Token<'_>| token.text == normal && token.match_kind == MatchKind::Exact;
        word.chars().nth(1).is_some() && tokens.iter().find(is_it).is_some_and(|token| !is_known(token))
    })
}

/// Returns the runs of letters and digits of a text, each with its byte offset. A run ends where
/// the script changes.
fn raw_words(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let pieces = text.split(|c: char| !c.is_alphanumeric());
    let offset = |word: &str| word.as_ptr() as usize - text.as_ptr() as usize;
    let of_letters = pieces.flat_map(words).filter(|word| word.script == Script::Letters);
    of_letters.map(move |word| (offset(word.text), word.text))
}

/// True if the word is a part of a web address or a file name, where case tells nothing.
fn is_in_address(sentence: &str, at: usize, word: &str) -> bool {
    let is_mark = |c: char| matches!(c, '.' | '/' | '@' | '_' | '-');
    let before = sentence[..at].chars().next_back();
    let mut after = sentence[at + word.len()..].chars();
    before.is_some_and(is_mark)
        || (after.next().is_some_and(is_mark) && after.next().is_some_and(char::is_alphanumeric))
}

fn hash(word: &str) -> u64 {
    FxBuildHasher.hash_one(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_capital_inside_a_sentence_and_never_small() {
        let sentences = [
            "The mission of DeepMind is old.",
            "DeepMind 的使命",
            "Our Mission",
            "和OpenAI一起",
            "I am A",
            "see openai.com/deepmind",
        ];
        let names = ProperNames::new(sentences.into_iter());
        let in_text = |text: &str| names.in_text(&Token::all_exact(text)).count();
        assert_eq!(in_text("deepmind and openai"), 2);
        assert_eq!(in_text("the mission of a man"), 0);
    }

    #[test]
    fn a_capital_word_that_nobody_knows_is_an_unknown_name() {
        for (raw, expected) in [
            ("the mission of Google", true),
            ("Imagen 能画画吗，Kimi 呢", true),
            ("is there an NFT", true),
            ("Google has a mission", false),
            ("the mission of Rome", false),
            ("THE MISSION OF GOOGLE", false),
            ("can I ask", false),
            ("google", false),
            ("", false),
        ] {
            let normal = normalize(raw);
            let found = has_unknown_name(raw, &Token::all_exact(&normal), |token| token.text == "rome");
            assert_eq!(found, expected, "{raw}");
        }
    }

    #[test]
    fn names_keep_their_order() {
        let names = ProperNames::new(["to Rome and Paris"].into_iter());
        let in_text = |text: &str| names.in_text(&Token::all_exact(text)).collect::<Vec<_>>();
        let [rome, paris] = ["rome", "paris"].map(hash);
        assert_eq!((in_text("paris or rome"), in_text("rome paris")), (vec![paris, rome], vec![rome, paris]));
    }
}
