//! The questions in a message: several, or one in a long text.

use std::borrow::Cow;

use crate::text::{MAX_NORMAL_CHARS, QuestionRole, contains_phrase, normalize, sentences};

/// Words that begin a question in English.
const BEGINS_QUESTION_EN: &[&str] = &[
    "what", "who", "when", "where", "why", "how", "which", "is", "are", "was", "does", "do", "did", "can", "could",
    "will", "whats", "whos",
];

/// True if a clause begins as an English question does.
fn begins_as_question(normal: &str) -> bool {
    normal.split(' ').find(|word| *word != "and").is_some_and(|word| BEGINS_QUESTION_EN.contains(&word))
}

/// True if a clause asks something, with a question word or in the word order of a question.
fn asks(clause: &str) -> bool {
    let normal = normalize(clause);
    let marker = QuestionRole::Marker.phrases();
    begins_as_question(&normal) || contains_phrase(&normal, &marker.han, &marker.latin)
}

/// Splits a message into several questions: at numbers, line breaks, question marks, commas or
/// "and".
/// Returns each way to split the message into two or three parts.
#[must_use]
pub(crate) fn splits(raw: &str) -> Vec<Vec<&str>> {
    const COUNT: std::ops::RangeInclusive<usize> = 2..=3;
    let parts = |is_mark: fn(char) -> bool| -> Vec<&str> {
        raw.split(is_mark).map(without_number).filter(|part| part.chars().any(char::is_alphanumeric)).collect()
    };
    let by_comma = parts(|c| matches!(c, ',' | '，' | ';' | '；'));
    let by_comma = if by_comma.iter().all(|part| asks(part)) { by_comma } else { Vec::new() };
    let by_and: Vec<&str> = raw.split(" and ").map(|part| part.trim_matches([' ', ','])).collect();
    let by_and = if by_and.iter().all(|part| begins_as_question(&normalize(part))) { by_and } else { Vec::new() };
    let by_line = parts(|c| matches!(c, '\n' | '\r'));
    let ways = [numbered(raw), by_line, parts(|c| matches!(c, '?' | '？')), by_comma, by_and];
    ways.into_iter().filter(|way| COUNT.contains(&way.len())).collect()
}

/// The marks that follow a number in a list.
const LIST_MARKS: [char; 7] = ['.', '、', ')', '）', '．', ':', '：'];

/// True if a text starts with a mark that follows a number in a list.
fn starts_with_mark(text: &str) -> bool {
    text.starts_with(LIST_MARKS)
}

/// Splits a message at the numbers 1, 2, 3 of a list. Empty if there is no such list.
fn numbered(raw: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = raw.trim_start();
    for number in ["1", "2", "3", "4"] {
        let is_number = |at: usize| {
            let begins = rest[..at].chars().next_back().is_none_or(|c| !c.is_ascii_alphanumeric() && c != '.');
            begins && starts_with_mark(&rest[at + number.len()..])
        };
        let Some(at) = rest.match_indices(number).map(|(at, _)| at).find(|at| is_number(*at)) else { break };
        if number != "1" {
            parts.push(rest[..at].trim());
        } else if at > 0 {
            return Vec::new();
        }
        rest = rest[at + number.len()..].trim_start_matches(LIST_MARKS);
    }
    parts.push(rest.trim());
    parts
}

/// Removes the number of a list item.
fn without_number(part: &str) -> &str {
    let part = part.trim();
    let rest = part.trim_start_matches(|c: char| c.is_ascii_digit());
    if rest.len() < part.len() && starts_with_mark(rest) { rest.trim_start_matches(LIST_MARKS).trim() } else { part }
}

/// Returns the part of a long message that is worth reading: the last questions in it, or else its
/// start and its end. A short message is returned whole.
#[must_use]
pub(crate) fn essence(raw: &str) -> Cow<'_, str> {
    /// Maximum number of characters that the parts of a long message have together.
    const MAX_CHARS: usize = 256;
    if raw.chars().nth(MAX_NORMAL_CHARS).is_none() {
        return Cow::Borrowed(raw);
    }
    let mut kept: Vec<&str> = Vec::new();
    let mut room = MAX_CHARS;
    let all: Vec<&str> = sentences(raw).map(|range| &raw[range]).collect();
    for sentence in all.into_iter().rev() {
        let count = sentence.chars().count();
        let is_question = sentence.ends_with(['?', '？']) || (count <= MAX_CHARS && asks(sentence));
        if is_question && count <= room {
            room -= count;
            kept.insert(0, sentence);
        }
    }
    if !kept.is_empty() {
        return Cow::Owned(kept.join("\n"));
    }
    let half = |at: Option<(usize, char)>| at.map_or(0, |(at, _)| at);
    let start = &raw[..half(raw.char_indices().nth(MAX_CHARS))];
    let end = &raw[half(raw.char_indices().nth_back(MAX_CHARS))..];
    Cow::Owned(format!("{start}\n{end}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_split_into_questions() {
        for (raw, expected) in [
            ("1. whisper多少小时 2. codex何时发布", &["whisper多少小时", "codex何时发布"][..]),
            ("1、A 是什么\n2、B 免费吗", &["A 是什么", "B 免费吗"]),
            ("what is A?\nwhat is B?", &["what is A?", "what is B?"]),
            ("what is A? and is B free?", &["what is A", "and is B free"]),
            ("A 是什么，B 免费吗", &["A 是什么", "B 免费吗"]),
            ("is A free and when was it released", &["is A free", "when was it released"]),
            ("is A free, when was B released", &["is A free", "when was B released"]),
        ] {
            assert_eq!(splits(raw).first().map(Vec::as_slice), Some(expected), "{raw}");
        }
        for raw in [
            "跟 A 比，B 有什么不同",
            "if A is free, is B?",
            "is A, like B, free",
            "A 1.5 和 B 2.0",
            "what is A?",
            "",
            "2. b 1. a",
        ] {
            assert_eq!(splits(raw), Vec::<Vec<&str>>::new(), "{raw}");
        }
    }

    #[test]
    fn a_long_message_is_read_where_it_asks() {
        let log = "2022-12-01 12:00:00 worker started ok. ".repeat(40);
        for (text, expected) in [
            ("what is A".to_owned(), "what is A"),
            (format!("{log}\nwhat is A?"), "what is A?"),
            (format!("what is A? {log}"), "what is A?"),
            (format!("{}A 是什么", "你好。".repeat(300)), "A 是什么"),
        ] {
            assert_eq!(essence(&text), expected);
        }
        let plain = essence(&log).into_owned();
        assert!(plain.chars().count() < 520 && plain.starts_with("2022"));
    }
}
