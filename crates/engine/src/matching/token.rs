//! Tokens: the words of a text, after replacing corrected words.

use std::borrow::Cow;
use std::ops::Range;

use crate::text::{Script, is_han};

/// How a word of the question matched a word of the knowledge base.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MatchKind {
    /// The user typed the word itself.
    Exact,
    /// The user typed a misspelling of the word.
    Typo,
    /// The user typed a prefix of the word.
    Prefix,
    /// The user typed the word together with other words, without spaces between them.
    Split,
    /// The user typed the pinyin of Han characters, in full or as initials.
    Pinyin,
    /// The user typed a Han character with the same pronunciation.
    Homophone,
    /// The user typed a Han character that looks similar.
    Lookalike,
    /// The user typed words that sound like the product name.
    Sound,
    /// The user did not type the word: it is the product name of the section shown last in the
    /// conversation.
    Inherited,
}

/// A token: a word of a text, possibly corrected.
#[derive(Debug, Clone)]
pub(super) struct Token<'a> {
    /// The corrected word. A product name is replaced by the product's canonical name.
    pub text: Cow<'a, str>,
    /// The byte range of the typed word in the normalized text.
    pub typed: Range<usize>,
    pub script: Script,
    /// Whether the token follows the previous token without a space.
    pub joined: bool,
    pub match_kind: MatchKind,
    /// The approximate probability that the user meant this word. Lower for stopwords of languages
    /// other than English and Chinese.
    pub certainty: f32,
    /// The product that the token names, if any.
    pub product: Option<u16>,
}

impl Token<'_> {
    /// Returns the character of a token that is a Han character. Returns `None` for other tokens.
    pub fn han(&self) -> Option<char> {
        self.text.chars().next().filter(|c| self.script == Script::Han && is_han(*c))
    }
}

/// Joins tokens to a text in normal form, with corrected words and decoded pinyin.
pub(super) fn joined(tokens: &[Token<'_>]) -> String {
    let mut text = String::new();
    for token in tokens {
        let continues = token.joined && token.script == Script::Han;
        if !continues && !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&token.text);
    }
    text
}

#[cfg(test)]
impl<'a> Token<'a> {
    /// Creates a token without a correction.
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

    /// Creates the tokens of a normalized text, without corrections.
    pub fn all_exact(normal: &'a str) -> Vec<Token<'a>> {
        crate::text::words(normal).map(|word| Token::exact(word.text, word.script, word.joined)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Token, joined};

    #[test]
    fn tokens_are_joined_as_they_stood() {
        for text in ["how tall is it", "whisper 免费吗", "gpt 3", ""] {
            assert_eq!(joined(&Token::all_exact(text)), text);
        }
    }
}
