//! Splits a text into phrases from a list, to recognize short messages by all of their words.

use std::cmp::Reverse;

use rustc_hash::FxHashMap;

use super::normalize::{squashed, without_signs};

/// A list of phrases, each with a set of flags.
#[derive(Debug, Default)]
pub struct PhraseSet {
    /// The phrases, by their first byte.
    phrases: FxHashMap<u8, Vec<(u32, String)>>,
}

impl PhraseSet {
    /// Collects phrases. Spaces in a phrase do not matter.
    #[must_use]
    pub fn new<'a>(phrases: impl IntoIterator<Item = (u32, &'a str)>) -> PhraseSet {
        let mut by_first: FxHashMap<u8, Vec<(u32, String)>> = FxHashMap::default();
        for (flags, phrase) in phrases {
            let phrase = squashed(phrase);
            if let Some(first) = phrase.bytes().next() {
                by_first.entry(first).or_default().push((flags, phrase));
            }
        }
        PhraseSet { phrases: by_first }
    }

    /// Splits a normalized text into phrases, ignoring spaces and signs. Returns the flags of the
    /// phrases, or `None` if the text contains anything else.
    ///
    /// If the text can be split in several ways, the way with the fewest phrases wins, and then the
    /// one with the largest flags.
    #[must_use]
    pub fn flags(&self, normal: &str) -> Option<u32> {
        let text = without_signs(normal).replace(' ', "");
        // best[i] is the best way to split text[..i]: the number of phrases and their flags. None
        // if text[..i] cannot be split into phrases.
        let mut best: Vec<Option<(u32, u32)>> = vec![None; text.len() + 1];
        best[0] = Some((0, 0));
        for start in 0..text.len() {
            let Some((count, before)) = best[start] else { continue };
            let candidates = self.phrases.get(&text.as_bytes()[start]).into_iter().flatten();
            for (own, phrase) in candidates.filter(|(_, phrase)| text[start..].starts_with(phrase)) {
                let (end, new) = (start + phrase.len(), (count + 1, before | own));
                let is_better = |old: &(u32, u32)| (new.0, Reverse(new.1)) < (old.0, Reverse(old.1));
                if best[end].as_ref().is_none_or(is_better) {
                    best[end] = Some(new);
                }
            }
        }
        best[text.len()].map(|(_, flags)| flags)
    }
}

#[cfg(test)]
mod tests {
    use super::PhraseSet;

    #[test]
    fn a_text_of_known_phrases_has_their_flags() {
        let set = PhraseSet::new([(1, "thank you"), (2, "再见"), (0, "very much"), (4, "thank"), (8, "you")]);
        for (text, expected) in [
            ("thank you", Some(1)),
            ("thank you very much", Some(1)),
            ("再见 thank", Some(6)),
            ("very much", Some(0)),
            ("thank you all", None),
            ("", Some(0)),
        ] {
            assert_eq!(set.flags(text), expected, "{text}");
        }
    }
}
