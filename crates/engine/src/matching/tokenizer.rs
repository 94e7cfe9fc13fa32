//! Reading a text as words that the base knows: names in any spelling are one word, and what is unknown is taken for what was most likely meant.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::HashMap;
use std::ops::Range;

use super::phonetic_model::{DecodedChar, MAX_RUN, NameMatch, PhoneticModel, PinyinWord, SpokenWord};
use super::stopwords;
use super::vocabulary::Vocabulary;
use crate::text::{Script, Word, is_pinyin, typo_similarity, words};

/// How a word of the question came to a word of the base.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum MatchKind {
    /// The same word.
    Exact,
    /// A slip of the finger.
    Typo,
    /// The beginning of a word.
    Prefix,
    /// Words written together.
    Split,
    /// Pinyin for Han characters, or their initials.
    Pinyin,
    /// A character of the same sound.
    Homophone,
    /// A character of similar look.
    Lookalike,
    /// A name as it was heard.
    Sound,
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
    pub path: MatchKind,
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
pub(super) struct Tokenizer {
    pub vocabulary: Vocabulary,
    pub sound: PhoneticModel,
    /// Names of products written together, with the product and the name that stands for all of its names.
    names: HashMap<String, (u16, String)>,
}

impl Tokenizer {
    pub fn new(names: HashMap<String, (u16, String)>) -> Tokenizer {
        Tokenizer { vocabulary: Vocabulary::default(), sound: PhoneticModel::default(), names }
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
                path: MatchKind::Exact,
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
        let strange: Vec<bool> = exact.iter().map(|token| self.is_strange(token, &is_known)).collect();
        let doubtful = self.doubtful(&exact);
        if !strange.contains(&true) && !doubtful {
            return exact;
        }
        let said: Vec<SpokenWord<'_>> = (0..exact.len())
            .map(|at| SpokenWord { text: &exact[at].text, is_known: !strange[at] && !self.is_strange_han(&exact, at) })
            .collect();
        let mut heard = self.sound.hear(&said).into_iter().peekable();
        let mut tokens: Vec<Token<'a>> = Vec::with_capacity(exact.len());
        let (mut at, mut mended, mut tried) = (0, 0, 0);
        while at < exact.len() {
            let rest = &exact[at..];
            while heard.next_if(|(from, _)| *from < at).is_some() {}
            if rest[0].script == Script::Letters
                && rest[0].product.is_none()
                && strange[at..].iter().take(2).any(|s| *s)
                && let Some((taken, token)) = self.slipped_name(rest)
            {
                tokens.push(token);
                at += taken;
            } else if let Some((_, heard)) = heard.next_if(|(from, _)| *from == at) {
                tokens.extend(self.heard(rest, heard));
                at += heard.taken;
            } else if rest[0].script == Script::Han {
                let end = heard.peek().map_or(exact.len(), |(from, _)| *from);
                at += self.correct(&exact[at..end], &mut tokens);
            } else if mended == MAX_SLIPPED_WORDS {
                tokens.push(rest[0].clone());
                at += 1;
            } else if let Some(taken) = self.by_pinyin(&exact, &strange, at, &mut tried, &mut tokens) {
                at += taken;
            } else if strange[at] {
                mended += 1;
                self.mend(&rest[0], normal, &mut tokens);
                at += 1;
            } else {
                tokens.push(rest[0].clone());
                at += 1;
            }
        }
        tokens
    }

    /// Is it a word of letters that the base has no use for?
    fn is_strange(&self, token: &Token<'_>, is_known: impl Fn(&str) -> bool) -> bool {
        token.script == Script::Letters
            && token.product.is_none()
            && !self.vocabulary.knows(&token.text)
            && !is_known(&token.text)
    }

    /// Is it a character that the base hardly ever has beside its neighbours?
    fn is_strange_han(&self, tokens: &[Token<'_>], at: usize) -> bool {
        let Some(own) = han(&tokens[at]) else { return false };
        let before = at.checked_sub(1).filter(|_| tokens[at].joined).and_then(|before| han(&tokens[before]));
        let after = tokens.get(at + 1).filter(|token| token.joined).and_then(han);
        !before.is_some_and(|before| self.sound.is_established(before, own))
            && !after.is_some_and(|after| self.sound.is_established(own, after))
    }

    /// Do two characters stand beside each other that the base never has so?
    fn doubtful(&self, tokens: &[Token<'_>]) -> bool {
        tokens.windows(2).any(|two| match (han(&two[0]), han(&two[1])) {
            (Some(a), Some(b)) => two[1].joined && !self.sound.knows(a, b),
            _ => false,
        })
    }

    /// A name by its sound.
    fn heard<'a>(&'a self, tokens: &[Token<'a>], heard: NameMatch) -> Option<Token<'a>> {
        let (_, name) = self.names.values().find(|(product, _)| *product == heard.product)?;
        Some(Token {
            text: Cow::Borrowed(name),
            typed: tokens[0].typed.start..tokens[heard.taken - 1].typed.end,
            script: Script::Letters,
            path: MatchKind::Sound,
            certainty: heard.certainty,
            product: Some(heard.product),
            ..tokens[0].clone()
        })
    }

    /// Reads the characters that follow each other from the first one on; how many they are.
    fn correct<'a>(&'a self, tokens: &[Token<'a>], into: &mut Vec<Token<'a>>) -> usize {
        let more = tokens[1..].iter().take_while(|t| t.script == Script::Han && t.joined);
        let run: Vec<char> = tokens[..1].iter().chain(more).filter_map(han).collect();
        for (token, change) in tokens.iter().zip(self.sound.corrected(&run)) {
            into.push(match change {
                Some((meant, path, certainty)) => {
                    Token { text: meant.to_string().into(), path, certainty, ..token.clone() }
                }
                None => token.clone(),
            });
        }
        run.len()
    }

    /// What pinyin or initials stand for, if the words from `at` on are such; how many words they are. Up to `tried` they were looked at already.
    fn by_pinyin<'a>(
        &'a self,
        tokens: &[Token<'a>],
        strange: &[bool],
        at: usize,
        tried: &mut usize,
        into: &mut Vec<Token<'a>>,
    ) -> Option<usize> {
        if at < *tried {
            return None;
        }
        let is_typed = |at: &usize| {
            tokens[*at].script == Script::Letters && tokens[*at].product.is_none() && is_pinyin(&tokens[*at].text)
        };
        let run = (at..tokens.len()).take_while(is_typed).take(MAX_RUN).count();
        let amid_english = || tokens.iter().any(|token| stopwords::is_english(&token.text));
        *tried = at + run;
        if run == 0 {
            let meant =
                strange[at].then(|| self.sound.by_initials(&tokens[at].text)).flatten().filter(|_| !amid_english())?;
            self.push_meant(&tokens[at..=at], &meant, into);
            return Some(1);
        }
        if !strange[at..at + run].contains(&true) {
            return None;
        }
        let words: Vec<PinyinWord<'_>> =
            (at..at + run).map(|at| PinyinWord { text: &tokens[at].text, is_known: !strange[at] }).collect();
        let before = into.last().and_then(han);
        let after = tokens.get(at + run).and_then(han);
        let meant = self.sound.by_pinyin(&words, before, after, amid_english())?;
        self.push_meant(&tokens[at..at + run], &meant, into);
        Some(run)
    }

    /// The words, with the characters that were meant in the place of those that were pinyin.
    fn push_meant<'a>(&self, words: &[Token<'a>], meant: &[DecodedChar], into: &mut Vec<Token<'a>>) {
        let mut rest = meant;
        for (at, word) in words.iter().enumerate() {
            let (own, after) = rest.split_at(rest.iter().take_while(|m| m.word == at).count());
            rest = after;
            if own.is_empty() {
                into.push(word.clone());
            }
            for meant in own {
                // Whoever types pinyin parts the syllables as it comes.
                let joined = into.last().is_some_and(|token| token.script == Script::Han);
                into.push(Token {
                    text: meant.character.to_string().into(),
                    typed: word.typed.start + meant.typed.start..word.typed.start + meant.typed.end,
                    script: Script::Han,
                    joined,
                    path: MatchKind::Pinyin,
                    certainty: meant.certainty,
                    product: None,
                });
            }
        }
    }

    /// The longest name that these words begin with: how many words, the product, its name.
    fn name_at(&self, all: &[Word<'_>]) -> Option<(usize, u16, &str)> {
        if self.names.is_empty() || all[0].script != Script::Letters {
            return None;
        }
        let mut found: Option<(usize, u16, &str)> = None;
        let letters: Vec<&str> =
            all.iter().take_while(|w| w.script == Script::Letters).take(MAX_NAME_WORDS).map(|w| w.text).collect();
        for numerals in NUMERALS {
            let mut joined = String::new();
            for (at, word) in letters.iter().enumerate() {
                joined.push_str(spelt(word, at, numerals));
                if let Some((product, name)) = self.names.get(&joined)
                    && found.is_none_or(|(taken, ..)| at + 1 > taken)
                {
                    found = Some((at + 1, *product, name.as_str()));
                }
            }
            // In most texts there is no numeral to be read otherwise.
            if !letters.iter().skip(1).any(|word| matches!(*word, "i" | "ii")) {
                break;
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
            joined.push_str(spelt(&token.text, at, NUMERALS[0]));
            for (known, (product, name)) in &self.names {
                if let Some(likeness) = typo_similarity(&joined, known)
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
            path: MatchKind::Typo,
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
            into.push(taken_for(text, MatchKind::Typo, likeness));
        } else if let Some(cuts) = self.vocabulary.split(typed) {
            let mut start = 0;
            for end in cuts {
                let part = &typed[start..end];
                let typed = token.typed.start + start..token.typed.start + end;
                let (product, text) =
                    self.names.get(part).map_or((None, part), |(product, name)| (Some(*product), name));
                into.push(Token {
                    typed,
                    joined: token.joined && start == 0,
                    product,
                    ..taken_for(text, MatchKind::Split, 1.0)
                });
                start = end;
            }
        } else if let Some((text, likeness)) = self.vocabulary.completed(typed) {
            into.push(taken_for(text, MatchKind::Prefix, likeness));
        } else {
            into.push(token.clone());
        }
    }
}

/// Numbers in words and in Roman numerals. The normal form has `ii` for `iii` too, and a lone `i` may as well be a letter.
const NUMERALS: [&[(&str, &str)]; 3] = [
    &[("one", "1"), ("two", "2"), ("three", "3"), ("four", "4"), ("five", "5"), ("ii", "2"), ("iv", "4")],
    &[("ii", "3")],
    &[("i", "1")],
];

/// A part of a name as it is spelt: a number after the first word in digits, as in "dall e two", "gpt iii".
fn spelt<'a>(word: &'a str, at: usize, numerals: &[(&str, &'a str)]) -> &'a str {
    numerals.iter().find(|(spelt, _)| at > 0 && *spelt == word).map_or(word, |(_, digit)| digit)
}

/// The Han character that a token is.
fn han(token: &Token<'_>) -> Option<char> {
    token.text.chars().next().filter(|_| token.script == Script::Han)
}
