//! Text normalization, so that different spellings of the same words become equal.

use std::sync::LazyLock;

use ferrous_opencc::OpenCC;
use ferrous_opencc::config::BuiltinConfig;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::characters::{is_han, is_name_sign, is_pictograph, is_unspaced};
use super::taiwan::with_mainland_words;

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
/// 3. drop combining marks that people leave out, and invisible characters
/// 4. fold letters that people exchange, such as đ and d, ё and е, katakana and hiragana, or the
///    forms of alef
/// 5. replace Taiwan's words by the mainland's, and convert traditional to simplified Chinese
/// 6. replace punctuation by single spaces, except signs that belong to a name, as in `C++`
/// 7. shorten runs of three or more equal letters to two
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
    let folded = without_marks(text.chars().take(MAX_RAW_CHARS).map(symbol_to_space).nfkd()).nfc();
    let lower = without_marks(truncate_letters(folded.flat_map(char::to_lowercase)).nfkd()).nfc();
    let mut exchanged = String::with_capacity(text.len());
    lower.for_each(|c| push_folded(c, &mut exchanged));
    collapse(&simplify(&with_mainland_words(&exchanged)))
}

/// Leaves out the characters that [`is_dropped`] names. Keeps the marks that make another letter:
/// those of й, ў and ї.
fn without_marks(chars: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    let mut previous = ' ';
    chars.filter(move |&c| {
        let makes_letter = matches!((previous, c), ('и' | 'И' | 'у' | 'У', '\u{0306}') | ('і' | 'І', '\u{0308}'));
        let is_kept = makes_letter || !is_dropped(c);
        if is_kept {
            previous = c;
        }
        is_kept
    })
}

/// Appends a lower-case character, or what stands for it in the normal form.
fn push_folded(c: char, out: &mut String) {
    out.push(match c {
        'đ' | 'ð' => 'd',
        'ø' => 'o',
        'ł' => 'l',
        'ı' => 'i',
        'ħ' => 'h',
        'ς' => 'σ',
        // Katakana become hiragana, which are 0x60 lower.
        'ァ'..='ヶ' => char::from_u32(c as u32 - 0x60).unwrap_or(c),
        // Arabic: alef wasla, alef maksura and the Persian yeh, teh marbuta, the Persian kaf.
        'ٱ' => 'ا',
        'ى' | 'ی' => 'ي',
        'ة' => 'ه',
        'ک' => 'ك',
        // Two Latin letters stand for one.
        'ß' | 'æ' | 'œ' | 'þ' => {
            return out.push_str(match c {
                'ß' => "ss",
                'æ' => "ae",
                'œ' => "oe",
                _ => "th",
            });
        }
        _ => ascii_digit(c).unwrap_or(c),
    });
}

/// Returns the ASCII form of a decimal digit of another script, such as `٣`.
fn ascii_digit(c: char) -> Option<char> {
    /// The digits zero of the scripts whose digits people exchange with ASCII digits. The other
    /// nine digits follow each.
    const ZEROS: [char; 15] = [
        '\u{0660}', '\u{06F0}', '\u{0966}', '\u{09E6}', '\u{0A66}', '\u{0AE6}', '\u{0B66}', '\u{0BE6}', '\u{0C66}',
        '\u{0CE6}', '\u{0D66}', '\u{0E50}', '\u{0ED0}', '\u{1040}', '\u{17E0}',
    ];
    let zero =
        ZEROS.into_iter().find(|zero| (*zero..=char::from_u32(*zero as u32 + 9).unwrap_or(*zero)).contains(&c))?;
    char::from_digit(c as u32 - zero as u32, 10)
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

/// True for combining marks that people leave out, and for invisible characters such as joiners.
///
/// These are the marks over Latin, Greek and Cyrillic letters, Arabic and Hebrew vowel marks with
/// the marks of hamza, and the Arabic tatweel. Other combining marks are kept, because they are
/// letters: Japanese voicing marks, Indic and Thai vowels.
fn is_dropped(c: char) -> bool {
    matches!(c,
        '\u{0300}'..='\u{036F}' | '\u{20D0}'..='\u{20FF}'
        | '\u{0591}'..='\u{05BD}' | '\u{05BF}' | '\u{05C1}' | '\u{05C2}' | '\u{05C4}' | '\u{05C5}' | '\u{05C7}'
        | '\u{0610}'..='\u{061A}' | '\u{0640}' | '\u{064B}'..='\u{065F}' | '\u{0670}' | '\u{06D6}'..='\u{06DC}'
        | '\u{06DF}'..='\u{06E4}' | '\u{06E7}' | '\u{06E8}' | '\u{06EA}'..='\u{06ED}'
        | '\u{00AD}' | '\u{061C}' | '\u{180B}'..='\u{180E}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{1F3FB}'..='\u{1F3FF}'
        | '\u{E0000}'..='\u{E0FFF}')
}

/// Removes emoji and other signs from a normalized text.
#[must_use]
pub fn without_signs(normal: &str) -> String {
    normal.chars().filter(|c| !is_pictograph(*c) && !is_name_sign(*c)).collect()
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
    !text.is_ascii() && !is_traditional(text) && has_simplified(text)
}

/// True if the text contains simplified Chinese characters. It may contain traditional ones too.
fn has_simplified(text: &str) -> bool {
    static CHARACTERS: LazyLock<Option<OpenCC>> = LazyLock::new(|| OpenCC::from_config(BuiltinConfig::S2tw).ok());
    CHARACTERS.as_ref().is_some_and(|opencc| opencc.convert(text) != text)
}

/// Converts a text to traditional characters, with the words and the quotation marks of Taiwan:
/// “软件” becomes 「軟體」.
///
/// A text in traditional characters stays as it is. Converting one twice would change some words
/// twice: 文档 becomes 文件, and 文件 becomes 檔案.
#[must_use]
pub fn to_traditional(text: &str) -> String {
    traditional_converter(text)(text)
}

/// Returns a function that converts parts of a text to traditional characters; see
/// [`to_traditional`]. The whole text tells whether it is converted already, and whether its
/// quotation marks are Chinese ones.
pub fn traditional_converter(whole: &str) -> impl Fn(&str) -> String {
    static WITH_WORDS: LazyLock<Option<OpenCC>> = LazyLock::new(|| OpenCC::from_config(BuiltinConfig::S2twp).ok());
    let is_converted = whole.is_ascii() || (is_traditional(whole) && !has_simplified(whole));
    let opencc = WITH_WORDS.as_ref().filter(|_| !is_converted);
    let has_chinese_quotes = is_mostly_han(whole);
    move |part| {
        let Some(opencc) = opencc.filter(|_| !part.is_ascii()) else { return part.to_owned() };
        let converted = with_common_words(opencc.convert(part));
        if has_chinese_quotes { converted.replace('“', "「").replace('”', "」") } else { converted }
    }
}

/// Words that OpenCC chooses for Taiwan, each with the word that readers there expect.
const UNCOMMON: &[(&str, &str)] = &[("釋出", "發布"), ("稽核", "審核"), ("對映", "映射")];

/// Replaces the words of [`UNCOMMON`].
fn with_common_words(text: String) -> String {
    UNCOMMON
        .iter()
        .fold(text, |text, (word, common)| if text.contains(word) { text.replace(word, common) } else { text })
}

/// True if a text is Chinese, maybe with foreign names. An English text may contain a Chinese
/// title.
fn is_mostly_han(text: &str) -> bool {
    /// About as many letters of English say as much as one Han character.
    const LETTERS_PER_HAN: usize = 4;
    let han = text.chars().filter(|c| is_han(*c)).count();
    let latin = text.chars().filter(char::is_ascii_alphabetic).count();
    han > 0 && han * LETTERS_PER_HAN >= latin
}

/// Replaces punctuation by single spaces, and shortens runs of three or more equal letters to two.
///
/// Emoji stay, as words of their own. So do the signs at the end of a name, as in `C++`.
fn collapse(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut last, mut run, mut length) = (' ', 0_usize, 0_usize);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let is_word = |c: char| c.is_alphanumeric() || is_combining_mark(c);
        let c = match c {
            c if is_word(c) || is_pictograph(c) => c,
            c if is_name_sign(c) && (last.is_alphanumeric() || is_name_sign(last)) && ends_name(chars.clone()) => c,
            _ => ' ',
        };
        let is_apart = is_pictograph(c) != is_pictograph(last) && c != ' ' && last != ' ';
        if is_apart && length < MAX_NORMAL_CHARS - 1 {
            out.push(' ');
            length += 1;
        }
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

/// True if no letter or digit of a word with spaces follows the signs at the start of `rest`.
fn ends_name(mut rest: impl Iterator<Item = char>) -> bool {
    rest.find(|c| !is_name_sign(*c)).is_none_or(|c| !c.is_alphanumeric() || is_unspaced(c))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{MAX_NORMAL_CHARS, is_simplified, is_traditional, normalize, squashed, to_traditional, without_signs};

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
        check("ﷺ", "صلي الله عليه وسلم");
    }

    #[test]
    fn marks_are_dropped_unless_they_are_letters() {
        check("Café résumé", "cafe resume");
        check("z̸̡͝a̵͜͝l̷̛͠g̴͘o̶͡", "zalgo");
        check("ガ", "が");
        check("й Й и\u{306} ї Ў", "й й й ї ў");
    }

    #[test]
    fn letters_that_people_exchange_are_folded() {
        check("Đặt lại mật khẩu", "dat lai mat khau");
        check("Straße GROẞ", "strasse gross");
        check("ещё Ёлка", "еще елка");
        check("パスワード ﾊﾟｽﾜｰﾄﾞ ぱすわーど", "ぱすわーど ぱすわーど ぱすわーど");
        check("نَسِيتُ كَلِمَةَ المُرُورِ", "نسيت كلمه المرور");
        check("أب إب آب ـــ على", "اب اب اب علي");
        check("١٤ ๑๔ १४", "14 14 14");
        check("ΟΔΟΣ οδός", "οδοσ οδοσ");
    }

    #[test]
    fn signs_of_a_name_and_emoji_stay() {
        check("C++, C# or C?", "c++ c# or c");
        check("1+1 #whisper a + b", "1 1 whisper a b");
        check("c++是什么", "c++是什么");
        check("👍🏽ok", "👍 ok");
        check("🇩🇪 or 🇫🇷😂😂😂", "🇩🇪 or 🇫🇷😂😂");
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
        check("😂 emoji 🐶", "😂 emoji 🐶");
        check("ℹ️Краткие Foo™", "краткие foo");
    }

    #[test]
    fn signs_can_be_removed() {
        assert_eq!(without_signs("c++ 😂 ok"), "c  ok");
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
    fn traditional_texts_have_the_words_and_quotes_of_taiwan() {
        for (simplified, traditional) in [
            ("训练数据", "訓練資料"),
            ("信息与软件", "資訊與軟體"),
            ("网络上的视频", "網路上的影片"),
            ("把“鼠标”说成 Codex 代码", "把「滑鼠」說成 Codex 程式碼"),
            ("打印这个文档", "列印這個文件"),
            ("The title is “软件”.", "The title is “軟體”."),
        ] {
            assert_eq!(to_traditional(simplified), traditional);
            assert_eq!(to_traditional(traditional), traditional, "it stays");
        }
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
