//! Word segmentation of normalized text. A word is a sequence of adjacent letters and digits, or
//! one Han character.

/// The script of a word. Words in Latin letters and Han characters are compared differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Script {
    /// A sequence of adjacent letters and digits, such as `whisper`, `gpt3` or `680`.
    Letters,
    /// One Han character.
    Han,
}

/// A word of a normalized text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word<'a> {
    /// The word, as a slice of the normalized text.
    pub text: &'a str,
    /// The script of the word.
    pub script: Script,
    /// Whether the word follows the previous word without a space. Han characters form bigrams only
    /// if they are joined.
    pub joined: bool,
}

/// Returns the words of a normalized text (see [`super::normalize`]), in order.
///
/// Letters and digits stay together: `gpt3` is one word. Each Han character is a separate word.
pub fn words(normal: &str) -> impl Iterator<Item = Word<'_>> {
    let mut rest = normal;
    let mut joined = false;
    std::iter::from_fn(move || {
        let trimmed = rest.trim_start();
        joined &= trimmed.len() == rest.len();
        rest = trimmed;
        let first = rest.chars().next()?;
        let (script, end) = if is_han(first) {
            (Script::Han, first.len_utf8())
        } else {
            (Script::Letters, rest.find(|c: char| c == ' ' || is_han(c)).unwrap_or(rest.len()))
        };
        let (text, tail) = rest.split_at(end);
        rest = tail;
        Some(Word { text, script, joined: std::mem::replace(&mut joined, true) })
    })
}

/// True for characters from U+2E80 up. Most belong to scripts without spaces between words: Han,
/// kana and full-width punctuation.
#[must_use]
pub fn is_wide(c: char) -> bool {
    c >= '\u{2E80}'
}

/// True for Han characters.
#[must_use]
pub fn is_han(c: char) -> bool {
    matches!(c, '\u{3007}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{323AF}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Script, is_han, is_wide, words};
    use crate::text::normalize;

    /// Asserts the words of a text. A leading `+` means that the word is joined to the previous
    /// word.
    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        let normal = normalize(text);
        let found: Vec<String> =
            words(&normal).map(|w| format!("{}{}", if w.joined { "+" } else { "" }, w.text)).collect();
        assert_eq!(found, expected, "{text:?}");
    }

    #[test]
    fn latin_words_and_han_characters_are_split() {
        check("", &[]);
        check("What is it?", &["what", "is", "it"]);
        check("Whisper的隐私", &["whisper", "+的", "+隐", "+私"]);
        check("gpt3 和GPT 3", &["gpt3", "和", "+gpt", "3"]);
        check("语音 识别", &["语", "+音", "识", "+别"]);
    }

    #[test]
    fn each_word_knows_its_script() {
        let scripts: Vec<Script> = words("gpt3 语 680").map(|w| w.script).collect();
        assert_eq!(scripts, [Script::Letters, Script::Han, Script::Letters]);
    }

    #[test]
    fn characters_are_classified() {
        for (c, han, wide) in [('a', false, false), ('é', false, false), ('语', true, true), ('〇', true, true)] {
            assert_eq!((is_han(c), is_wide(c)), (han, wide), "{c}");
        }
        for (c, han, wide) in [('の', false, true), ('。', false, true), ('\u{20000}', true, true)] {
            assert_eq!((is_han(c), is_wide(c)), (han, wide), "{c}");
        }
    }

    proptest! {
        #[test]
        fn words_are_the_normal_form_without_its_spaces(text in any::<String>()) {
            let normal = normalize(&text);
            let joined: String = words(&normal).map(|w| w.text).collect();
            prop_assert_eq!(joined, normal.replace(' ', ""));
        }
    }
}
