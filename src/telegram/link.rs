//! The payload of a link to the bot (`https://t.me/<bot>?start=…`): a section id or a question.
//! Telegram allows at most 64 characters of `A-Z`, `a-z`, `0-9`, `_` and `-`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use footnote_engine::knowledge::SectionId;

/// The prefix of a link payload that contains a question. No section id begins with this prefix.
const QUESTION: &str = "_";

/// Maximum length of a question in a link payload, in bytes. In base64, 47 bytes become 63
/// characters; with the prefix, the payload has 64.
const MAX_QUESTION_BYTES: usize = 47;

/// The parsed payload of a link to the bot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Link {
    /// The id of a section to show. The knowledge base may not contain this section.
    Section(SectionId),
    /// A question for the bot to answer.
    Question(String),
}

/// Parses the payload of a link to the bot. Returns `None` if the payload is malformed.
pub(super) fn read(payload: &str) -> Option<Link> {
    let Some(encoded) = payload.strip_prefix(QUESTION) else { return SectionId::parse(payload).map(Link::Section) };
    let bytes = URL_SAFE_NO_PAD.decode(encoded).ok()?;
    let question = String::from_utf8(bytes).ok()?;
    Some(Link::Question(question)).filter(|_| !encoded.is_empty())
}

/// Returns the payload for a link that asks the bot this question. Truncates long questions.
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
