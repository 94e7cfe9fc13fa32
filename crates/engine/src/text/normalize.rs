//! Text normalization, so that different spellings of the same words become equal.

use std::sync::LazyLock;

use ferrous_opencc::OpenCC;
use ferrous_opencc::config::BuiltinConfig;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Maximum length of a normalized text, in Unicode scalar values. Questions are short, so the rest
/// of a longer text is ignored.
pub const MAX_NORMAL_CHARS: usize = 512;

/// Maximum number of Unicode scalar values that are read from a text before normalization. The
/// value is the length limit of a Telegram message.
const MAX_RAW_CHARS: usize = 4096;

/// Normalizes a text, so that questions and knowledge base texts can be compared.
///
/// The steps, in order:
/// 1. fold compatibility characters and full-width forms (NFKC)
/// 2. convert to lower case
/// 3. drop combining marks over letters, and invisible characters
/// 4. convert traditional to simplified Chinese
/// 5. replace punctuation by single spaces
/// 6. shorten runs of three or more equal letters to two
///
/// The result has at most [`MAX_NORMAL_CHARS`] characters. Normalizing the result again changes
/// nothing.
///
/// ```
/// # use footnote_engine::text::normalize;
/// assert_eq!(normalize("  Ｗｈｉｓｐｅｒ 是什麼？！"), "whisper 是什么");
/// assert_eq!(normalize("DALL·E 2"), "dall e 2");
/// ```
#[must_use]
pub fn normalize(text: &str) -> String {
    if text.is_ascii() {
        let lower: String = text.chars().take(MAX_RAW_CHARS).map(|c| c.to_ascii_lowercase()).collect();
        return collapse(&lower);
    }
    // Compatibility folding would turn these symbols into letters: ℹ into i, ™ into TM.
    let symbol_to_space = |c: char| if matches!(c, 'ℹ' | '™' | '℠') { ' ' } else { c };
    let folded = text.chars().take(MAX_RAW_CHARS).map(symbol_to_space).nfkd().filter(|&c| !is_dropped(c)).nfc();
    let lower = truncate_letters(folded.flat_map(char::to_lowercase))
        .nfkd()
        .filter(|&c| !is_dropped(c))
        .nfc()
        .collect::<String>();
    collapse(&simplify(&lower))
}

/// Truncates the text after twice the number of letters that [`normalize`] keeps.
///
/// Compatibility decomposition can expand one character into eighteen, so the limit bounds the
/// work.
fn truncate_letters(chars: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    const MAX_LETTERS: usize = 2 * MAX_NORMAL_CHARS;
    chars.scan(0, |kept, c| {
        *kept += usize::from(c.is_alphanumeric());
        (*kept <= MAX_LETTERS).then_some(c)
    })
}

/// Normalizes a name and removes the spaces, for comparing names.
///
/// "DALL·E 2", "dall e 2" and "dalle2" have the same squashed form.
#[must_use]
pub fn squashed(name: &str) -> String {
    normalize(name).replace(' ', "")
}

/// True for combining marks over Latin, Greek or Cyrillic letters, and for invisible characters
/// such as joiners.
///
/// Combining marks of other scripts are kept, because those marks are letters: Japanese voicing
/// marks, Indic and Arabic vowels.
fn is_dropped(c: char) -> bool {
    matches!(c,
        '\u{0300}'..='\u{036F}' | '\u{20D0}'..='\u{20FF}'
        | '\u{00AD}' | '\u{061C}' | '\u{180B}'..='\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{E0000}'..='\u{E0FFF}')
}

fn simplify(text: &str) -> String {
    // The conversion tables are built in, so loading them should never fail. If it does, the text
    // stays unconverted.
    static TRADITIONAL_TO_SIMPLIFIED: LazyLock<Option<OpenCC>> =
        LazyLock::new(|| OpenCC::from_config(BuiltinConfig::T2s).ok());
    if text.is_ascii() {
        return text.to_owned();
    }
    TRADITIONAL_TO_SIMPLIFIED.as_ref().map_or_else(|| text.to_owned(), |opencc| opencc.convert(text))
}

/// True if the text contains traditional Chinese characters.
#[must_use]
pub fn is_traditional(text: &str) -> bool {
    !text.is_ascii() && simplify(text) != text
}

/// True if the text is Chinese in simplified characters.
///
/// Many characters are the same in both scripts. A text of only such characters is neither
/// simplified nor traditional.
#[must_use]
pub fn is_simplified(text: &str) -> bool {
    !text.is_ascii() && !is_traditional(text) && to_traditional(text) != text
}

/// Converts a text to traditional characters, as used in Taiwan.
#[must_use]
pub fn to_traditional(text: &str) -> String {
    static SIMPLIFIED_TO_TRADITIONAL: LazyLock<Option<OpenCC>> =
        LazyLock::new(|| OpenCC::from_config(BuiltinConfig::S2tw).ok());
    if text.is_ascii() {
        return text.to_owned();
    }
    SIMPLIFIED_TO_TRADITIONAL.as_ref().map_or_else(|| text.to_owned(), |opencc| opencc.convert(text))
}

/// Replaces punctuation by single spaces, and shortens runs of three or more equal letters to two.
fn collapse(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut last, mut run, mut length) = (' ', 0_usize, 0_usize);
    for c in text.chars() {
        let c = if c.is_alphanumeric() || is_combining_mark(c) { c } else { ' ' };
        run = if c == last { run + 1 } else { 1 };
        last = c;
        let allowed = match c {
            ' ' => 1,
            c if c.is_numeric() => usize::MAX,
            _ => 2,
        };
        if run > allowed || (c == ' ' && out.is_empty()) {
            continue;
        }
        if length == MAX_NORMAL_CHARS {
            break;
        }
        out.push(c);
        length += 1;
    }
    out.truncate(out.trim_end().len());
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{MAX_NORMAL_CHARS, is_simplified, is_traditional, normalize, squashed, to_traditional};

    #[track_caller]
    fn check(input: &str, normal: &str) {
        assert_eq!(normalize(input), normal, "{input:?}");
    }

    #[test]
    fn texts_without_letters_are_empty() {
        check("", "");
        check("   \t\n ", "");
        check("。。。！？", "");
    }

    #[test]
    fn case_and_width_are_folded() {
        check("Whisper", "whisper");
        check("ＷＨＩＳＰＥＲ　１２", "whisper 12");
        check("ﷺ", "صلى الله عليه وسلم");
    }

    #[test]
    fn marks_are_dropped_unless_they_are_letters() {
        check("Café résumé", "cafe resume");
        check("z̸̡͝a̵͜͝l̷̛͠g̴͘o̶͡", "zalgo");
        check("ガ", "ガ");
    }

    #[test]
    fn invisible_characters_are_dropped() {
        check("wh\u{200B}is\u{00AD}per", "whisper");
    }

    #[test]
    fn traditional_characters_are_simplified() {
        check("這篇文章講了什麼？", "这篇文章讲了什么");
        check("語音辨識", "语音辨识");
    }

    #[test]
    fn punctuation_becomes_single_spaces() {
        check("DALL·E 2", "dall e 2");
        check("GPT-3", "gpt 3");
        check("it's, well... fine", "it s well fine");
        check("😂 emoji 🐶", "emoji");
        check("ℹ️Краткие Foo™", "краткие foo");
    }

    #[test]
    fn runs_of_letters_are_shortened_and_runs_of_digits_stay() {
        check("soooooo", "soo");
        check("soo", "soo");
        check("哈哈哈哈哈", "哈哈");
        check("10000", "10000");
    }

    #[test]
    fn spellings_of_one_name_are_squashed_alike() {
        for name in ["DALL·E 2", "dall e 2", "Dalle2"] {
            assert_eq!(squashed(name), "dalle2", "{name}");
        }
    }

    #[test]
    fn the_chinese_script_is_detected() {
        for (text, traditional, simplified) in [
            ("語音辨識", true, false),
            ("语音识别", false, true),
            ("中文", false, false),
            ("hello", false, false),
            ("", false, false),
        ] {
            assert_eq!((is_traditional(text), is_simplified(text)), (traditional, simplified), "{text}");
        }
    }

    #[test]
    fn simplified_characters_are_converted_and_others_stay() {
        assert_eq!(to_traditional("语音 Whisper"), "語音 Whisper");
        assert_eq!(to_traditional("hello"), "hello");
    }

    #[test]
    fn huge_and_hostile_texts_are_bounded() {
        for text in [
            "a".repeat(1_000_000),
            "你".repeat(1_000_000),
            "\u{FDFA}".repeat(100_000),
            "e\u{301}".repeat(1_000_000),
            "👨‍👩‍👧".repeat(100_000),
        ] {
            assert!(normalize(&text).chars().count() <= MAX_NORMAL_CHARS);
        }
    }

    proptest! {
        #[test]
        fn normalising_again_changes_nothing(text in any::<String>()) {
            let once = normalize(&text);
            prop_assert_eq!(&normalize(&once), &once, "{:?}", text);
        }

        #[test]
        fn a_normal_form_is_bounded(text in "\\PC{0,3000}") {
            prop_assert!(normalize(&text).chars().count() <= MAX_NORMAL_CHARS);
        }
    }
}
