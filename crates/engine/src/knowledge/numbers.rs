//! Extracts the numbers from a text, to check that translations state the same numbers.

use std::collections::BTreeSet;

use unicode_normalization::UnicodeNormalization;

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Words that multiply the number before them. The first word of this list that matches the text is
/// used, so a longer word such as 千亿 comes before 千.
const MULTIPLIERS: [(&str, f64); 13] = [
    ("万亿", 1e12),
    ("千亿", 1e11),
    ("百亿", 1e10),
    ("千万", 1e7),
    ("百万", 1e6),
    ("十亿", 1e9),
    ("千", 1e3),
    ("万", 1e4),
    ("亿", 1e8),
    ("thousand", 1e3),
    ("million", 1e6),
    ("billion", 1e9),
    ("trillion", 1e12),
];

/// Returns the set of numbers in a text, as digits: `45 亿`, `4.5 billion` and `4,500,000,000` give
/// the same number.
///
/// A month name next to a number adds the number of the month, so `November 30` gives 11 and 30.
pub(super) fn numbers(text: &str) -> BTreeSet<String> {
    let text: String = text.nfkc().collect();
    let mut numbers = BTreeSet::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let (value, tail) = read_number(&rest[at..]);
        let after = tail.trim_start();
        let multiplier = MULTIPLIERS.iter().find(|(word, _)| starts_with_ignore_case(after, word));
        numbers.insert((value * multiplier.map_or(1.0, |(_, by)| *by)).to_string());
        numbers.extend(month_beside(&rest[..at], after));
        rest = tail;
    }
    numbers
}

/// Parses the number at the start of a text, with thousands separators and a decimal fraction if
/// present. Returns the number and the text after the number.
fn read_number(text: &str) -> (f64, &str) {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let mut end = 0;
    let mut fraction = false;
    loop {
        match bytes.get(end) {
            Some(b) if b.is_ascii_digit() => end += 1,
            Some(b',') if !fraction && digit(end + 1) && digit(end + 2) && digit(end + 3) && !digit(end + 4) => {
                end += 1
            }
            Some(b'.') if !fraction && digit(end + 1) => {
                fraction = true;
                end += 1;
            }
            _ => break,
        }
    }
    (text[..end].replace(',', "").parse().unwrap_or_default(), &text[end..])
}

fn starts_with_ignore_case(text: &str, word: &str) -> bool {
    text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word))
}

/// Returns the number of the month whose name is directly before or after a number. Recognizes only
/// capitalized names, since "2 may" is not a date.
fn month_beside(before: &str, after: &str) -> Option<String> {
    let word = |c: char| !c.is_ascii_alphabetic();
    let last = before.trim_end().rsplit(word).next().unwrap_or_default();
    let first = after.split(word).next().unwrap_or_default();
    let at = MONTHS.iter().position(|m| *m == last || *m == first)?;
    Some((at + 1).to_string())
}

#[cfg(test)]
mod tests {
    use super::numbers;

    #[track_caller]
    fn same(one: &str, other: &str) {
        assert_eq!(numbers(one), numbers(other));
    }

    #[test]
    fn the_same_numbers_in_two_languages() {
        same("每天 45 亿个单词", "4.5 billion words a day");
        same("68 万小时", "680,000 hours");
        same("2022 年 11 月 30 日", "November 30, 2022");
        same("2021 年 8 月", "in August 2021");
        same("GPT-3 有 300 多个应用", "300+ apps use GPT-3");
        same("６８０ 小时", "680 hours");
        same("3 千万和 1 万亿", "30 million and 1 trillion");
        same("第 2 版也许要 5 美元", "version 2 may cost 5 dollars");
    }

    #[test]
    fn a_different_number_shows() {
        assert_ne!(numbers("18 美元"), numbers("80 dollars"));
        assert_ne!(numbers("45 亿"), numbers("45 million"));
        assert_eq!(numbers("v1.2.3, 1,2").len(), 4);
    }
}
