//! What is counted and weighed in a text: the same for the base and for a question.

use std::hash::{BuildHasher, Hash};

use rust_stemmers::{Algorithm, Stemmer};
use rustc_hash::FxBuildHasher;

use super::tokenizer::{MatchKind, Token};
use super::word_clusters;
use crate::text::Script;

/// What a feature is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum FeatureKind {
    /// The stem of a word of letters (Porter's algorithm for English, as revised in Snowball), or a name.
    Word,
    /// Two words of letters in a row, or one and the edge of the text or a Han character beside it.
    Pair,
    /// Two to five letters in a row within a word and the spaces around it.
    Gram,
    /// One Han character.
    Han,
    /// Two Han characters in a row.
    HanPair,
    /// Three Han characters in a row.
    HanTriple,
    /// A group of words that mean alike.
    Meaning,
}

/// One of the things that a text is made of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Feature {
    /// Its kind and its characters, hashed.
    pub key: u64,
    pub kind: FeatureKind,
    /// The first token that it comes from.
    pub token: usize,
    /// How sure it is that it was meant, between 0 and 1; for a meaning, how much the word speaks for it.
    pub certainty: f32,
}

/// Letters of a gram.
const GRAM_CHARS: std::ops::RangeInclusive<usize> = 2..=5;

fn key(kind: FeatureKind, parts: impl Hash) -> u64 {
    FxBuildHasher.hash_one((kind as u8, parts))
}

/// Takes texts apart.
pub(super) struct Features {
    stemmer: Stemmer,
}

impl std::fmt::Debug for Features {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Features")
    }
}

impl Default for Features {
    fn default() -> Features {
        Features { stemmer: Stemmer::create(Algorithm::English) }
    }
}

impl Features {
    /// The feature of a word by itself.
    pub fn of_word(&self, word: &str) -> u64 {
        key(FeatureKind::Word, &*self.stemmer.stem(word))
    }

    /// The feature of a name.
    pub fn of_name(name: &str) -> u64 {
        key(FeatureKind::Word, name)
    }

    /// The feature of a Han character.
    pub fn of_han(character: &str) -> u64 {
        key(FeatureKind::Han, character)
    }

    /// The feature of a token by itself.
    pub fn of_token(&self, token: &Token<'_>) -> u64 {
        match token.script {
            Script::Han => Features::of_han(&token.text),
            Script::Letters if token.product.is_some() => Features::of_name(&token.text),
            Script::Letters => self.of_word(&token.text),
        }
    }

    /// The feature of two numbered things in a row.
    pub fn of_pair(kind: FeatureKind, first: u32, second: u32) -> u64 {
        key(kind, (first, second))
    }

    /// The features of all tokens by themselves.
    pub fn words(&self, tokens: &[Token<'_>]) -> Vec<u64> {
        tokens.iter().map(|token| self.of_token(token)).collect()
    }

    /// Calls `each` with every feature of a text, of which `words` are those of its tokens by themselves.
    pub fn each(tokens: &[Token<'_>], words: &[u64], mut each: impl FnMut(Feature)) {
        const EDGE: u64 = 0;
        // What is taken over from before is no neighbour of what was said.
        let said = tokens.iter().filter(|t| t.path != MatchKind::Inherited).count();
        let mut before = (EDGE, true, 1.0_f32);
        let mut padded = String::new();
        let mut starts: Vec<usize> = Vec::new();
        for (at, (token, &own)) in tokens.iter().zip(words).enumerate() {
            let mut emit = |key, kind, certainty| each(Feature { key, kind, token: at, certainty });
            let is_word = token.script == Script::Letters;
            match token.script {
                Script::Han => {
                    let run =
                        tokens[at + 1..].iter().take_while(|t| t.script == Script::Han && t.joined).take(2).count();
                    emit(own, FeatureKind::Han, token.certainty);
                    if run > 0 {
                        let next = &tokens[at + 1];
                        let certainty = token.certainty.min(next.certainty);
                        emit(key(FeatureKind::HanPair, (&*token.text, &*next.text)), FeatureKind::HanPair, certainty);
                        if run > 1 {
                            let last = &tokens[at + 2];
                            let parts = (&*token.text, &*next.text, &*last.text);
                            emit(
                                key(FeatureKind::HanTriple, parts),
                                FeatureKind::HanTriple,
                                certainty.min(last.certainty),
                            );
                        }
                    }
                }
                Script::Letters => {
                    emit(own, FeatureKind::Word, token.certainty);
                    padded.clear();
                    padded.push(' ');
                    padded.push_str(&token.text);
                    padded.push(' ');
                    starts.clear();
                    starts.extend(padded.char_indices().map(|(at, _)| at).chain([padded.len()]));
                    for length in GRAM_CHARS {
                        for ends in starts.windows(length + 1) {
                            emit(
                                key(FeatureKind::Gram, &padded[ends[0]..ends[length]]),
                                FeatureKind::Gram,
                                token.certainty,
                            );
                        }
                    }
                    if token.product.is_none() {
                        for group in word_clusters::groups(&token.text) {
                            emit(
                                key(FeatureKind::Meaning, group.number),
                                FeatureKind::Meaning,
                                group.weight * token.certainty,
                            );
                        }
                    }
                }
            }
            if at < said && (is_word || before.1) {
                emit(key(FeatureKind::Pair, (before.0, own)), FeatureKind::Pair, token.certainty.min(before.2));
            }
            if at < said {
                before = (own, is_word, token.certainty);
            }
        }
        if let Some(last) = said.checked_sub(1) {
            let feature = key(FeatureKind::Pair, (before.0, EDGE));
            each(Feature { key: feature, kind: FeatureKind::Pair, token: last, certainty: before.2 });
        }
    }
}
