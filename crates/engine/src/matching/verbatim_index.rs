//! Finds the section that has a question word for word among its samples, titles or aliases.
//!
//! Whoever types a sample question as it stands means its section, however similar the samples and
//! texts of other sections are.

use std::hash::BuildHasher;

use rustc_hash::{FxBuildHasher, FxHashMap};
use serde::{Deserialize, Serialize};

use super::token::Token;

/// Maps the words of each training text to the text's class. Texts of several classes are left out.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct VerbatimIndex {
    classes: FxHashMap<u64, u32>,
}

impl VerbatimIndex {
    /// Indexes training texts. Each is given as its class and its tokens.
    pub fn new<'a>(texts: impl Iterator<Item = (usize, Vec<Token<'a>>)>) -> VerbatimIndex {
        const AMBIGUOUS: u32 = u32::MAX;
        let mut classes: FxHashMap<u64, u32> = FxHashMap::default();
        for (class, tokens) in texts.filter(|(_, tokens)| !tokens.is_empty()) {
            let known = classes.entry(key(&tokens)).or_insert(class as u32);
            if *known != class as u32 {
                *known = AMBIGUOUS;
            }
        }
        classes.retain(|_, class| *class != AMBIGUOUS);
        VerbatimIndex { classes }
    }

    /// Returns the only class that has a text of exactly these words.
    pub fn class_of(&self, tokens: &[Token<'_>]) -> Option<usize> {
        self.classes.get(&key(tokens)).map(|class| *class as usize)
    }
}

/// Returns a hash of the words, whether or not there are spaces between them.
fn key(tokens: &[Token<'_>]) -> u64 {
    let text: String = tokens.iter().map(|token| &*token.text).collect();
    FxBuildHasher.hash_one(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_text_of_one_class_is_found() {
        let texts = [(0, "how tall"), (0, "how tall"), (1, "how long"), (1, "help"), (2, "help"), (2, "")];
        let index = VerbatimIndex::new(texts.into_iter().map(|(class, text)| (class, Token::all_exact(text))));
        let class_of = |text| index.class_of(&Token::all_exact(text));
        assert_eq!(["how tall", "how long", "howlong"].map(class_of), [Some(0), Some(1), Some(1)]);
        assert_eq!(["help", "how", "", "tall how"].map(class_of), [None; 4]);
    }
}
