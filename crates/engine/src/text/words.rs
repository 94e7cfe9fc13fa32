//! Word segmentation of normalized text. A word is a sequence of adjacent letters and digits. In a
//! script without spaces between words, each character is a word.

use unicode_normalization::char::is_combining_mark;

use super::characters::{is_name_sign, is_pictograph, is_unspaced};

/// The kind of a word. Words of letters and characters of scripts without spaces are compared
/// differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Script {
    /// A sequence of adjacent letters and digits, such as `whisper`, `gpt3` or `680`. Also the sign
    /// of a name, such as the `++` of `c++`, and an emoji.
    Letters,
    /// One character of a script without spaces between words, with its combining marks. Most are
    /// Han characters; kana, Hangul, Thai, Lao, Khmer and Burmese ones are treated the same.
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
/// Letters and digits stay together: `gpt3` is one word. Each character of a script without spaces
/// is a separate word.
pub fn words(normal: &str) -> impl Iterator<Item = Word<'_>> {
    let mut rest = normal;
    let mut joined = false;
    std::iter::from_fn(move || {
        let trimmed = rest.trim_start();
        joined &= trimmed.len() == rest.len();
        rest = trimmed;
        let first = rest.chars().next()?;
        let (script, end) = if is_unspaced(first) {
            let marks = rest[first.len_utf8()..].chars().take_while(|c| is_combining_mark(*c));
            (Script::Han, first.len_utf8() + marks.map(char::len_utf8).sum::<usize>())
        } else {
            (Script::Letters, end_of_letters(rest, first))
        };
        let (text, tail) = rest.split_at(end);
        rest = tail;
        Some(Word { text, script, joined: std::mem::replace(&mut joined, true) })
    })
}

/// Returns the end of the word at the start of `text`, which begins with `first`. A flag is two
/// characters; any other emoji is one.
fn end_of_letters(text: &str, first: char) -> usize {
    let is_flag = |c: char| matches!(c, '\u{1F1E6}'..='\u{1F1FF}');
    if is_pictograph(first) {
        let second = text[first.len_utf8()..].chars().next().filter(|c| is_flag(first) && is_flag(*c));
        return first.len_utf8() + second.map_or(0, char::len_utf8);
    }
    let is_sign = is_name_sign(first);
    let ends = |c: char| c == ' ' || is_name_sign(c) != is_sign || is_unspaced(c) || is_pictograph(c);
    text.find(ends).unwrap_or(text.len())
}

/// True if a normalized text contains one of the phrases: one of `unspaced` anywhere, or one of
/// `spaced` as whole words.
#[must_use]
pub fn contains_phrase(normal: &str, unspaced: &[&str], spaced: &[&str]) -> bool {
    let ends_word = |c: char| c == ' ' || is_unspaced(c);
    // Comparing two bytes first saves most of the time. The third byte tells Han characters apart.
    let starts_with = |rest: &str, phrase: &str| {
        let (rest, phrase) = (rest.as_bytes(), phrase.as_bytes());
        let telling = phrase.len().min(3).saturating_sub(1);
        rest.first() == phrase.first() && rest.get(telling) == phrase.get(telling) && rest.starts_with(phrase)
    };
    let mut previous = ' ';
    normal.char_indices().any(|(at, c)| {
        let rest = &normal[at..];
        let starts_word = ends_word(std::mem::replace(&mut previous, c));
        if is_unspaced(c) {
            unspaced.iter().any(|phrase| starts_with(rest, phrase))
        } else {
            let is_whole = |phrase: &&&str| rest[phrase.len()..].chars().next().is_none_or(ends_word);
            starts_word && spaced.iter().filter(|phrase| starts_with(rest, phrase)).any(|phrase| is_whole(&phrase))
        }
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Script, contains_phrase, words};
    use crate::text::normalize;

    #[test]
    fn spaced_phrases_match_whole_words_and_unspaced_ones_anywhere() {
        let found = |text: &str| contains_phrase(text, &["价格"], &["it", "due to", "кто"]);
        for (text, expected) in [
            ("it", true),
            ("is it", true),
            ("due to rain", true),
            ("它的价格是", true),
            ("whisper价格", true),
            ("它it的", true),
            ("а кто", true),
            ("", false),
            ("item", false),
            ("a bit", false),
            ("due tomorrow", false),
            ("никто", false),
        ] {
            assert_eq!(found(text), expected, "{text}");
        }
        assert!(!contains_phrase("价", &["价格"], &[]));
    }

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
    fn characters_of_scripts_without_spaces_are_words_with_their_marks() {
        check("ログを見る", &["ろ", "+ぐ", "+を", "+见", "+る"]);
        check("ลืมรหัส", &["ลื", "+ม", "+ร", "+หั", "+ส"]);
        check("ភាសា", &["ភា", "+សា"]);
        check("비번을 잊다", &["비", "+번", "+을", "잊", "+다"]);
    }

    #[test]
    fn signs_of_a_name_and_emoji_are_words() {
        check("C++ c#", &["c", "+++", "c", "+#"]);
        check("🇩🇪🟢ok", &["🇩🇪", "+🟢", "ok"]);
    }

    #[test]
    fn each_word_knows_its_script() {
        let scripts: Vec<Script> = words("gpt3 语 680").map(|w| w.script).collect();
        assert_eq!(scripts, [Script::Letters, Script::Han, Script::Letters]);
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
