//! Tokens: the words of a text, with the words of the knowledge base that they stand for.

use std::borrow::Cow;
use std::ops::Range;

use crate::text::Script;

/// How a word of the question was matched to a word of the base.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MatchKind {
    /// The same word.
    Exact,
    /// A typo.
    Typo,
    /// A prefix of the word.
    Prefix,
    /// Several words typed without spaces.
    Split,
    /// Pinyin for Han characters, in full or as initials.
    Pinyin,
    /// A Han character with the same sound.
    Homophone,
    /// A Han character that looks similar.
    Lookalike,
    /// A name that sounds similar.
    Sound,
    /// Not in the question: taken from the section shown before.
    Inherited,
}

/// A word of a text, as understood.
#[derive(Debug, Clone)]
pub(super) struct Token<'a> {
    /// The word that it stands for. A name is replaced by the product's main name.
    pub text: Cow<'a, str>,
    /// Its bytes in the normal form.
    pub typed: Range<usize>,
    pub script: Script,
    /// Does it follow the previous token without a space?
    pub joined: bool,
    pub match_kind: MatchKind,
    /// The probability that this word was meant, roughly.
    pub certainty: f32,
    /// The product that it names.
    pub product: Option<u16>,
}

impl Token<'_> {
    /// The character of a Han token.
    pub fn han(&self) -> Option<char> {
        self.text.chars().next().filter(|_| self.script == Script::Han)
    }
}

#[cfg(test)]
impl<'a> Token<'a> {
    /// A token that stands for itself.
    pub fn exact(text: &'a str, script: Script, joined: bool) -> Token<'a> {
        Token {
            text: text.into(),
            typed: 0..text.len(),
            script,
            joined,
            match_kind: MatchKind::Exact,
            certainty: 1.0,
            product: None,
        }
    }

    /// The tokens of a normal form, each standing for itself.
    pub fn all_exact(normal: &'a str) -> Vec<Token<'a>> {
        crate::text::words(normal).map(|word| Token::exact(word.text, word.script, word.joined)).collect()
    }
}
