//! The form in which texts are compared: an ordered list of small steps, lossless before lossy.

use std::sync::LazyLock;

use ferrous_opencc::OpenCC;
use ferrous_opencc::config::BuiltinConfig;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The longest normal form, in Unicode scalar values. A question is short; what a longer text adds is noise and work.
pub const MAX_NORMAL_CHARS: usize = 512;

/// How much of the raw text is looked at, in scalar values: a Telegram message at its limit.
const MAX_RAW_CHARS: usize = 4096;

/// Folds a text to the form in which questions and knowledge are compared.
///
/// In this order: compatibility forms and full width (NFKC), case, marks over letters, invisible characters, traditional
/// to simplified Chinese, punctuation to single spaces, and three or more equal letters in a row to two. The result is at most
/// [`MAX_NORMAL_CHARS`] long whatever the input, and normalising it again changes nothing.
///
/// ```
/// # use footnote::text::normalize;
/// assert_eq!(normalize("  Ｗｈｉｓｐｅｒ 是什麼？！"), "whisper 是什么");
/// assert_eq!(normalize("DALL·E 2"), "dall e 2");
/// ```
#[must_use]
pub fn normalize(text: &str) -> String {
    if text.is_ascii() {
        let lower: String = text.chars().take(MAX_RAW_CHARS).map(|c| c.to_ascii_lowercase()).collect();
        return collapse(&lower);
    }
    let folded = text.chars().take(MAX_RAW_CHARS).nfkd().filter(|&c| !is_dropped(c)).nfc();
    let lower =
        bounded(folded.flat_map(char::to_lowercase)).nfkd().filter(|&c| !is_dropped(c)).nfc().collect::<String>();
    collapse(&simplify(&lower))
}

/// As many characters as can still matter: twice what is kept, since signs and spaces fall away. One character may unfold to eighteen.
fn bounded(chars: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    const ENOUGH: usize = 2 * MAX_NORMAL_CHARS;
    chars.scan(0, |kept, c| {
        *kept += usize::from(c.is_alphanumeric());
        (*kept <= ENOUGH).then_some(c)
    })
}

/// A name as it is compared: its normal form written together, so that "DALL·E 2", "dall e 2" and "dalle2" are one.
#[must_use]
pub fn squashed(name: &str) -> String {
    normalize(name).replace(' ', "")
}

/// Marks over Latin, Greek and Cyrillic letters, and everything that has no shape of its own (joiners, direction marks, selectors).
/// Marks of other scripts stay: there they are letters (Japanese voicing, Indic and Arabic vowels).
fn is_dropped(c: char) -> bool {
    matches!(c,
        '\u{0300}'..='\u{036F}' | '\u{20D0}'..='\u{20FF}'
        | '\u{00AD}' | '\u{061C}' | '\u{180B}'..='\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{E0000}'..='\u{E0FFF}')
}

fn simplify(text: &str) -> String {
    // The built-in tables always load; were one broken, unfolded text is still better than no answer.
    static TRADITIONAL_TO_SIMPLIFIED: LazyLock<Option<OpenCC>> =
        LazyLock::new(|| OpenCC::from_config(BuiltinConfig::T2s).ok());
    if text.is_ascii() {
        return text.to_owned();
    }
    TRADITIONAL_TO_SIMPLIFIED.as_ref().map_or_else(|| text.to_owned(), |opencc| opencc.convert(text))
}

/// Is a Chinese text written in traditional characters?
#[must_use]
pub fn is_traditional(text: &str) -> bool {
    !text.is_ascii() && simplify(text) != text
}

/// Is a Chinese text written in simplified characters? Many characters are the same in both, and a text of such is neither.
#[must_use]
pub fn is_simplified(text: &str) -> bool {
    !text.is_ascii() && !is_traditional(text) && to_traditional(text) != text
}

/// The same text in traditional characters.
#[must_use]
pub fn to_traditional(text: &str) -> String {
    static SIMPLIFIED_TO_TRADITIONAL: LazyLock<Option<OpenCC>> =
        LazyLock::new(|| OpenCC::from_config(BuiltinConfig::S2tw).ok());
    if text.is_ascii() {
        return text.to_owned();
    }
    SIMPLIFIED_TO_TRADITIONAL.as_ref().map_or_else(|| text.to_owned(), |opencc| opencc.convert(text))
}

/// Words with single spaces between them: all that is neither letter nor digit separates, and a letter stands at most twice in a row.
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
