//! Finds out which words of a knowledge base are proper names, and which names a text mentions.
//!
//! A sentence about DeepMind's mission does not answer a question about OpenAI's mission, although
//! it has most of the words.

use std::hash::BuildHasher;
use std::sync::LazyLock;

use rustc_hash::{FxBuildHasher, FxHashSet};
use serde::{Deserialize, Serialize};

use super::stopwords;
use super::token::{MatchKind, Token};
use super::word_vectors;
use crate::text::{Script, is_unspaced, normalize, words};

/// The proper names of a knowledge base, as hashes of their normalized words.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct ProperNames {
    names: FxHashSet<u64>,
    /// The words before numbers in titles and aliases, such as "iphone" of "iPhone 13".
    numbered: FxHashSet<u64>,
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
        ProperNames { names: capital.difference(&small).copied().collect(), numbered: FxHashSet::default() }
    }

    /// Adds the words before numbers in titles, given in normal form.
    pub fn with_titles<'a>(mut self, titles: impl Iterator<Item = &'a str>) -> ProperNames {
        for title in titles {
            let all: Vec<&str> = words(title).map(|word| word.text).collect();
            // "In 2019" is no name, and neither is "top 5".
            let is_name =
                |word: &str| !is_number(word) && !stopwords::is_english(word) && word.chars().nth(2).is_some();
            let pairs = all.windows(2).filter(|pair| is_number(pair[1]) && is_name(pair[0]));
            self.numbered.extend(pairs.map(|pair| hash(pair[0])));
        }
        self
    }

    /// Returns the hash of a product name, by which [`ProperNames::in_text`] lists it.
    pub fn of_product(name: &str) -> u64 {
        hash(name)
    }

    /// True if a token is a name, and no product.
    pub fn has(&self, token: &Token<'_>) -> bool {
        token.product.is_none() && token.script == Script::Letters && self.names.contains(&hash(&token.text))
    }

    /// Returns the names that a text mentions, in its order: products and proper names.
    pub fn in_text<'a>(&'a self, tokens: &'a [Token<'_>]) -> impl Iterator<Item = u64> + 'a {
        tokens.iter().filter(|token| token.script == Script::Letters).filter_map(|token| {
            let key = hash(&token.text);
            (token.product.is_some() || self.names.contains(&key)).then_some(key)
        })
    }
}

/// Well-known names of companies, products and media, one a line, in normal form.
static WELL_KNOWN: LazyLock<FxHashSet<&str>> = LazyLock::new(|| include_str!("well_known_names.txt").lines().collect());

/// Returns all well-known names, in an order that depends on `seed`.
pub(super) fn well_known(seed: u64) -> impl Iterator<Item = &'static str> {
    let mut names: Vec<&str> = WELL_KNOWN.iter().copied().collect();
    names.sort_unstable_by_key(|name| FxBuildHasher.hash_one((seed, name)));
    names.into_iter()
}

/// The most tokens that a well-known name has.
const MAX_NAME_TOKENS: usize = 4;

fn is_number(word: &str) -> bool {
    word.bytes().all(|byte| byte.is_ascii_digit())
}

/// A question, in which names are looked for.
pub(super) struct NameSearch<'a> {
    /// The question as typed.
    pub raw: &'a str,
    pub tokens: &'a [Token<'a>],
    /// Whether every word in Latin letters that is no name is English.
    pub latin_is_english: bool,
    /// Whether the question may be in a language that writes all nouns with a capital letter.
    pub capitalizes_nouns: bool,
    /// The names of the knowledge base.
    pub known: &'a ProperNames,
    /// Returns the feature key of a token, or of two adjacent Han characters.
    pub key: &'a dyn Fn(&[Token<'_>]) -> u64,
    /// Tells whether a section uses the word with this feature key.
    pub is_used: &'a dyn Fn(u64) -> bool,
}

impl NameSearch<'_> {
    /// Returns the feature keys of the names in the question that are no products.
    ///
    /// One pair of Han characters stands for a longer name.
    pub fn keys(&self) -> Vec<u64> {
        let mut keys = Vec::new();
        self.capital_names(&mut keys);
        self.well_known_names(&mut keys);
        self.lower_case_names(&mut keys);
        self.quoted_titles(&mut keys);
        self.numbers(&mut keys);
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    /// Finds the words with a capital letter, except the first word of a sentence and single
    /// letters. A text in which most words have one has no such names. In a text with Han
    /// characters, any capital letter makes a name.
    fn capital_names(&self, keys: &mut Vec<u64>) {
        let raw = self.raw;
        let is_chinese = raw.contains(is_unspaced);
        let is_capital = |word: &str| word.starts_with(char::is_uppercase);
        let (capital, small): (Vec<_>, Vec<_>) = raw_words(raw).partition(|(_, word)| is_capital(word));
        if self.capitalizes_nouns || (!is_chinese && capital.len() > small.len()) {
            return;
        }
        let is_start = |at: usize| {
            let before = raw[..at].trim_end_matches(|c: char| !c.is_alphanumeric() && !is_end(c));
            !is_chinese && (before.is_empty() || before.ends_with(is_end))
        };
        for (_, word) in capital.into_iter().filter(|(at, word)| word.chars().nth(1).is_some() && !is_start(*at)) {
            let normal = normalize(word);
            let is_it = |token: &&Token<'_>| token.text == normal && is_plain(token);
            keys.extend(self.tokens.iter().find(is_it).map(|token| (self.key)(std::slice::from_ref(token))));
        }
    }

    fn well_known_names(&self, keys: &mut Vec<u64>) {
        let mut name = String::new();
        for start in 0..self.tokens.len() {
            name.clear();
            for (at, token) in self.tokens[start..].iter().take(MAX_NAME_TOKENS).enumerate() {
                let is_joined = token.joined && token.script == Script::Han;
                if !is_plain(token) || (at > 0 && is_joined != (token.script == Script::Han)) {
                    break;
                }
                if at > 0 && !is_joined {
                    name.push(' ');
                }
                name.push_str(&token.text);
                if WELL_KNOWN.contains(name.as_str()) {
                    let has_pair = token.script == Script::Han && at > 0;
                    let standing = if has_pair { start..start + 2 } else { start + at..start + at + 1 };
                    keys.push((self.key)(&self.tokens[standing]));
                }
            }
        }
    }

    /// Finds the Chinese titles of books and the like, in 《》.
    fn quoted_titles(&self, keys: &mut Vec<u64>) {
        let titles = self.raw.split('《').skip(1).filter_map(|rest| Some(rest.split_once('》')?.0));
        for title in titles.map(normalize) {
            let mut start = words(&title).filter(|word| word.script == Script::Han).map(|word| word.text);
            let (Some(first), Some(second)) = (start.next(), start.next()) else { continue };
            let pair = self.tokens.windows(2).find(|pair| pair[0].text == first && pair[1].text == second);
            keys.extend(pair.filter(|pair| pair[1].joined).map(|pair| (self.key)(pair)));
        }
    }

    /// Finds the numbers that tell things of one name apart: "iPhone 14" is another than
    /// "iPhone 13".
    fn numbers(&self, keys: &mut Vec<u64>) {
        let pairs = self.tokens.windows(2).filter(|pair| is_plain(&pair[1]) && is_number(&pair[1].text));
        let numbered = pairs.filter(|pair| self.known.numbered.contains(&hash(&pair[0].text)));
        keys.extend(numbered.map(|pair| (self.key)(&pair[1..])));
    }

    /// Finds the known proper names, and the unknown words that are none of the common English
    /// ones, nor a misspelling of one.
    fn lower_case_names(&self, keys: &mut Vec<u64>) {
        const MIN_LETTERS: usize = 5;
        let is_rare = |token: &Token<'_>| {
            self.latin_is_english
                && token.text.len() >= MIN_LETTERS
                && token.text.bytes().all(|byte| byte.is_ascii_lowercase())
                && !word_vectors::has_near_english(&token.text)
        };
        for token in self.tokens.iter().filter(|token| is_plain(token)) {
            let key = (self.key)(std::slice::from_ref(token));
            if self.known.has(token) || (!(self.is_used)(key) && is_rare(token)) {
                keys.push(key);
            }
        }
    }
}

/// True if a sentence ends with the character.
fn is_end(c: char) -> bool {
    matches!(c, '.' | '?' | '!' | '\n')
}

/// True if a token stands as typed, and is no product.
fn is_plain(token: &Token<'_>) -> bool {
    token.match_kind == MatchKind::Exact && token.product.is_none()
}

/// True if the text is a well-known name.
pub(super) fn is_well_known(normal: &str) -> bool {
    WELL_KNOWN.contains(normal)
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
    fn names_are_capital_or_well_known_or_rare() {
        for (raw, expected) in [
            ("the mission of Google", &["google"][..]),
            ("Imagen 能画画吗，Kimi 呢", &["imagen", "kimi"]),
            ("is there an NFT", &["nft"]),
            ("the new york times", &["times"]),
            ("百度是搜索引擎吗", &["百度"]),
            ("阿里巴巴", &["阿里"]),
            ("which languages does assemblyai know", &["assemblyai"]),
            ("Parsley has a mission", &[]),
            ("THE MISSION OF PARSLEY", &[]),
            ("Thanks. What Is The Mission", &[]),
            ("thanks. Parsley has one", &[]),
            ("can I ask", &[]),
            ("downlaod the aplication with spacy", &[]),
            ("搜索引擎", &[]),
            ("《人类简史》的作者", &["人类"]),
            ("which screen has the galaxy 14", &["14"]),
            ("within 14 days", &[]),
            ("", &[]),
        ] {
            let normal = normalize(raw);
            let tokens = Token::all_exact(&normal);
            let known = ProperNames::default().with_titles(["galaxy 13"].into_iter());
            let key = |tokens: &[Token<'_>]| hash(&tokens.iter().map(|token| &*token.text).collect::<String>());
            let search = NameSearch {
                raw,
                tokens: &tokens,
                latin_is_english: true,
                capitalizes_nouns: false,
                known: &known,
                key: &key,
                is_used: &|key| key == hash("spacy"),
            };
            let mut expected: Vec<u64> = expected.iter().map(|name| hash(name)).collect();
            expected.sort_unstable();
            assert_eq!(search.keys(), expected, "{raw}");
        }
    }

    #[test]
    fn well_known_names_are_in_normal_form_and_sorted() {
        let names: Vec<&str> = include_str!("well_known_names.txt").lines().collect();
        let changed: Vec<_> = names.iter().filter(|name| normalize(name) != **name).collect();
        assert!(changed.is_empty(), "{changed:?}");
        assert!(names.is_sorted());
        let too_long = |name: &&&str| words(name).count() > MAX_NAME_TOKENS;
        assert_eq!(names.iter().filter(too_long).collect::<Vec<_>>(), Vec::<&&str>::new());
    }

    #[test]
    fn names_keep_their_order() {
        let names = ProperNames::new(["to Rome and Paris"].into_iter());
        let in_text = |text: &str| names.in_text(&Token::all_exact(text)).collect::<Vec<_>>();
        let [rome, paris] = ["rome", "paris"].map(hash);
        assert_eq!((in_text("paris or rome"), in_text("rome paris")), (vec![paris, rome], vec![rome, paris]));
    }
}
