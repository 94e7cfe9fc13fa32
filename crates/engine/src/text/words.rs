//! Cutting a normal form into words: Latin words and single Han characters side by side, so that mixed sentences work.

/// Which kind of word it is, since the two are compared differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Script {
    /// Letters and digits that belong together, such as `whisper`, `gpt3` or `680`.
    Letters,
    /// One Han character.
    Han,
}

/// A word of a normal form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Word<'a> {
    /// The word as it stands in the text.
    pub text: &'a str,
    /// Letters or a Han character.
    pub script: Script,
    /// Does it follow the word before it with nothing in between? Han characters pair up only then.
    pub joined: bool,
}

/// The words of a normal form (see [`super::normalize`]), in order. A change between letters and digits does not cut (`gpt3` is one word),
/// a Han character always does.
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

/// Is it a character of those scripts (Han, kana, full-width signs) that are set without spaces between words and sentences?
#[must_use]
pub fn is_wide(c: char) -> bool {
    c >= '\u{2E80}'
}

/// Is it a Han character?
#[must_use]
pub fn is_han(c: char) -> bool {
    matches!(c, '\u{3007}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{323AF}')
}
