//! Reading a text as words that the base knows: names in any spelling are one word, and what is unknown is taken for what was most likely meant.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use super::vocabulary::Vocabulary;
use crate::text::{Script, Word, slip, words};

/// How a word of the question came to a word of the base.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Path {
    /// The same word.
    Exact,
    /// A slip of the finger.
    Typo,
    /// The beginning of a word.
    Prefix,
    /// Words written together.
    Split,
    /// Not in the question: taken over from the section shown before.
    Inherited,
}

/// A word as read.
#[derive(Debug, Clone)]
pub(super) struct Token<'a> {
    /// What it was taken for; for a name, the product's own.
    pub text: Cow<'a, str>,
    /// Where it stands in the normal form, in bytes.
    pub typed: Range<usize>,
    pub script: Script,
    /// Does it follow the one before with nothing in between?
    pub joined: bool,
    pub path: Path,
    /// How sure it is that this was meant, between 0 and 1.
    pub certainty: f32,
    /// The product that it names.
    pub product: Option<u16>,
}

/// Most words that one name is written in: as many as there are letters to be spelt out.
const MAX_NAME_WORDS: usize = 7;

/// In so many unknown words of a question slips are looked for: who makes more is not typing a question, and looking has its price.
const MAX_SLIPPED_WORDS: usize = 12;

/// How the base's texts and the questions are read.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Reader {
    pub vocabulary: Vocabulary,
    /// Names of products written together, with the product and the name that stands for all of its names.
    names: HashMap<String, (u16, String)>,
}

impl Reader {
    pub fn new(names: HashMap<String, (u16, String)>) -> Reader {
        Reader { vocabulary: Vocabulary::default(), names }
    }

    /// Reads a text of the base, where everything means what it says.
    pub fn read<'a>(&'a self, normal: &'a str) -> Vec<Token<'a>> {
        let all: Vec<Word<'a>> = words(normal).collect();
        let start = |word: &Word<'_>| word.text.as_ptr() as usize - normal.as_ptr() as usize;
        let mut tokens = Vec::with_capacity(all.len());
        let mut at = 0;
        while at < all.len() {
            let word = &all[at];
            let name = self.name_at(&all[at..]);
            let taken = name.map_or(1, |(taken, ..)| taken);
            let last = &all[at + taken - 1];
            tokens.push(Token {
                text: name.map_or(Cow::Borrowed(word.text), |(_, _, name)| Cow::Borrowed(name)),
                typed: start(word)..start(last) + last.text.len(),
                script: word.script,
                joined: word.joined,
                path: Path::Exact,
                certainty: 1.0,
                product: name.map(|(_, product, _)| product),
            });
            at += taken;
        }
        tokens
    }

    /// Reads a question, forgivingly. `is_known` tells whether the base has a use for a word although it does not stand there as it is, as for another form of it.
    pub fn read_question<'a>(&'a self, normal: &'a str, is_known: impl Fn(&str) -> bool) -> Vec<Token<'a>> {
        let exact = self.read(normal);
        let is_strange = |token: &Token<'_>| {
            token.script == Script::Letters
                && token.product.is_none()
                && !self.vocabulary.knows(&token.text)
                && !is_known(&token.text)
        };
        let mut tokens: Vec<Token<'a>> = Vec::with_capacity(exact.len());
        let (mut at, mut strange) = (0, 0);
        while at < exact.len() {
            if !exact[at..].iter().take(2).any(&is_strange) {
                tokens.push(exact[at].clone());
                at += 1;
                continue;
            }
            if let Some((taken, token)) = self.slipped_name(&exact[at..]) {
                tokens.push(token);
                at += taken;
                continue;
            }
            if !is_strange(&exact[at]) || strange == MAX_SLIPPED_WORDS {
                tokens.push(exact[at].clone());
                at += 1;
                continue;
            }
            strange += 1;
            self.mend(&exact[at], normal, &mut tokens);
            at += 1;
        }
        tokens
    }

    /// The longest name that these words begin with: how many words, the product, its name.
    fn name_at(&self, all: &[Word<'_>]) -> Option<(usize, u16, &str)> {
        if self.names.is_empty() || all[0].script != Script::Letters {
            return None;
        }
        let mut joined = String::new();
        let mut found = None;
        let letters = all.iter().take_while(|w| w.script == Script::Letters).take(MAX_NAME_WORDS);
        for (at, word) in letters.enumerate() {
            joined.push_str(spelt(word.text, at));
            if let Some((product, name)) = self.names.get(&joined) {
                found = Some((at + 1, *product, name.as_str()));
            }
        }
        found
    }

    /// A name with a slip in it, in one or more words.
    fn slipped_name<'a>(&'a self, tokens: &[Token<'a>]) -> Option<(usize, Token<'a>)> {
        const MAX_WORDS: usize = 3;
        let mut joined = String::new();
        let mut found: Option<(usize, f64, u16, &str)> = None;
        for (at, token) in tokens.iter().take_while(|t| t.script == Script::Letters).take(MAX_WORDS).enumerate() {
            joined.push_str(spelt(&token.text, at));
            for (known, (product, name)) in &self.names {
                if let Some(likeness) = slip(&joined, known)
                    && found.is_none_or(|(_, best, best_product, _)| {
                        likeness > best || (likeness == best && *product < best_product)
                    })
                {
                    found = Some((at + 1, likeness, *product, name));
                }
            }
        }
        let (taken, likeness, product, name) = found?;
        let token = Token {
            text: Cow::Borrowed(name),
            typed: tokens[0].typed.start..tokens[taken - 1].typed.end,
            script: Script::Letters,
            joined: tokens[0].joined,
            path: Path::Typo,
            certainty: likeness as f32,
            product: Some(product),
        };
        Some((taken, token))
    }

    /// What an unknown word was meant for.
    fn mend<'a>(&'a self, token: &Token<'a>, normal: &'a str, into: &mut Vec<Token<'a>>) {
        let taken_for = |text: &'a str, path, likeness: f64| Token {
            text: Cow::Borrowed(text),
            path,
            certainty: likeness as f32,
            ..token.clone()
        };
        let typed = &normal[token.typed.clone()];
        if let Some((text, likeness)) = self.vocabulary.nearest(typed) {
            into.push(taken_for(text, Path::Typo, likeness));
        } else if let Some(cuts) = self.vocabulary.split(typed) {
            let mut start = 0;
            for end in cuts {
                let part = &typed[start..end];
                let typed = token.typed.start + start..token.typed.start + end;
                into.push(Token { typed, joined: token.joined && start == 0, ..taken_for(part, Path::Split, 1.0) });
                start = end;
            }
        } else if let Some((text, likeness)) = self.vocabulary.completed(typed) {
            into.push(taken_for(text, Path::Prefix, likeness));
        } else {
            into.push(token.clone());
        }
    }
}

/// A part of a name as it is spelt: a number in words or in Roman numerals, after the first word, as in "dall e two", "gpt iii".
fn spelt(word: &str, at: usize) -> &str {
    match word {
        _ if at == 0 => word,
        "one" | "i" => "1",
        "two" | "ii" => "2",
        "three" | "iii" => "3",
        "four" | "iv" => "4",
        "five" => "5",
        _ => word,
    }
}
