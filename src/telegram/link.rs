//! What a link to the bot carries (`https://t.me/<bot>?start=…`): a section's id, or a question.
//! Telegram takes at most 64 of `A-Z`, `a-z`, `0-9`, `_` and `-`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use footnote_engine::knowledge::SectionId;

/// Stands before a question; no section's id begins with it.
const QUESTION: &str = "_";

/// Most bytes of a question: written in base64, with what stands before it, they make 64
/// characters.
const MAX_QUESTION_BYTES: usize = 47;

/// What a link leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Link {
    /// A section, which the base need not have.
    Section(SectionId),
    /// The answer to a question.
    Question(String),
}

/// Reads what a link carries; `None` for what none of ours does.
pub(super) fn read(payload: &str) -> Option<Link> {
    let Some(encoded) = payload.strip_prefix(QUESTION) else { return SectionId::parse(payload).map(Link::Section) };
    let bytes = URL_SAFE_NO_PAD.decode(encoded).ok()?;
    let question = String::from_utf8(bytes).ok()?;
    Some(Link::Question(question)).filter(|_| !encoded.is_empty())
}

/// What a link to the answer of a question carries; a long question loses its end.
pub(super) fn to_question(question: &str) -> String {
    let question = question.trim();
    let fits = |at: &usize| *at <= MAX_QUESTION_BYTES;
    let end = question.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(fits).last().unwrap_or(0);
    format!("{QUESTION}{}", URL_SAFE_NO_PAD.encode(&question[..end]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions_pass_through_a_link() {
        for question in ["best pizza?", "今天天气怎么样", &"很长的问题".repeat(30), "a"] {
            let payload = to_question(question);
            let plain = payload.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
            assert!(plain && (1..=64).contains(&payload.len()), "{payload}");
            let Some(Link::Question(read)) = read(&payload) else { panic!("{payload}") };
            assert!(question.starts_with(&read) && read.len() >= question.len().min(44), "{read}");
        }
    }

    #[test]
    fn nothing_else_does() {
        assert_eq!(read("whisper"), SectionId::parse("whisper").map(Link::Section));
        for junk in ["", "_", "_?", "../../etc", "_gIA", "a b", "Whisper"] {
            assert_eq!(read(junk), None, "{junk}");
        }
    }
}
