//! Classes of characters, which decide how a text is split into words.

/// True for the characters of scripts without spaces between words: Han, kana, Thai, Lao, Khmer and
/// Burmese. Also for Hangul: spaces stand between its words, but particles, endings and compounds
/// stand without.
#[must_use]
pub fn is_unspaced(c: char) -> bool {
    c >= '\u{0E01}'
        && (is_kana(c)
            || is_han(c)
            || matches!(c, '\u{0E01}'..='\u{0EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}' | '\u{A9E0}'..='\u{A9FF}' | '\u{AA60}'..='\u{AA7F}' | '\u{AC00}'..='\u{D7A3}'))
}

/// True for hiragana and katakana.
#[must_use]
pub fn is_kana(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{30FF}' | '\u{31F0}'..='\u{31FF}')
}

/// True for characters from U+2E80 up, except Hangul. Most belong to scripts without spaces between
/// words: Han, kana and full-width punctuation.
#[must_use]
pub fn is_wide(c: char) -> bool {
    c >= '\u{2E80}' && !is_hangul(c)
}

/// True for Hangul syllables and letters.
#[must_use]
pub fn is_hangul(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{11FF}' | '\u{3130}'..='\u{318F}' | '\u{A960}'..='\u{A97F}' | '\u{AC00}'..='\u{D7FF}')
}

/// True for Han characters.
#[must_use]
pub fn is_han(c: char) -> bool {
    matches!(c, '\u{3007}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{323AF}')
}

/// True for pictures and signs that are words of their own, such as emoji and arrows.
#[must_use]
pub fn is_pictograph(c: char) -> bool {
    matches!(c, '\u{2190}'..='\u{23FF}' | '\u{25A0}'..='\u{27BF}' | '\u{2900}'..='\u{297F}' | '\u{2B00}'..='\u{2BFF}'
        | '\u{1F000}'..='\u{1FAFF}')
}

/// True for signs that belong to the name before them, as in `C++` and `C#`.
#[must_use]
pub fn is_name_sign(c: char) -> bool {
    matches!(c, '+' | '#')
}

#[cfg(test)]
mod tests {
    use super::{is_han, is_hangul, is_kana, is_name_sign, is_pictograph, is_unspaced, is_wide};

    #[test]
    fn scripts_without_spaces_are_known() {
        for (c, kana, unspaced) in [('a', false, false), ('の', true, true), ('ー', true, true), ('语', false, true)]
        {
            assert_eq!((is_kana(c), is_unspaced(c)), (kana, unspaced), "{c}");
        }
        for (c, unspaced) in [('ก', true), ('ກ', true), ('ក', true), ('က', true), ('한', true), ('а', false)]
        {
            assert_eq!(is_unspaced(c), unspaced, "{c}");
        }
    }

    #[test]
    fn characters_are_classified() {
        for (c, han, wide) in [('a', false, false), ('é', false, false), ('语', true, true), ('〇', true, true)] {
            assert_eq!((is_han(c), is_wide(c)), (han, wide), "{c}");
        }
        assert!(!is_wide('한') && is_hangul('한') && !is_hangul('の'));
        for (c, han, wide) in [('の', false, true), ('。', false, true), ('\u{20000}', true, true)] {
            assert_eq!((is_han(c), is_wide(c)), (han, wide), "{c}");
        }
    }

    #[test]
    fn signs_are_classified() {
        for (c, pictograph, name_sign) in
            [('😂', true, false), ('→', true, false), ('+', false, true), ('#', false, true), ('-', false, false)]
        {
            assert_eq!((is_pictograph(c), is_name_sign(c)), (pictograph, name_sign), "{c}");
        }
    }
}
