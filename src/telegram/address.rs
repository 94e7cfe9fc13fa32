//! Decides which messages in a group are addressed to the bot, and extracts the questions in them.

use super::api::Me;
use super::request::Request;
use super::update::Message;

/// A group message that is addressed to the bot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Addressed {
    /// The question to the bot. `None` if the message addresses the bot but contains no question.
    /// The bot then replies how to ask.
    pub question: Option<String>,
    /// The id of the message to which the bot's answer replies.
    pub message_id: i64,
    /// The line that contains the question, if the message has other lines too. The bot's answer
    /// quotes this line.
    pub quote: Option<String>,
}

/// Maximum length of a quote that Telegram accepts, in UTF-16 code units.
const MAX_QUOTE_UNITS: usize = 1024;

/// Parses a group message. Returns `None` if the message is not addressed to the bot.
///
/// A message addresses the bot in one of four ways:
/// - `/ask`
/// - a product's name as a command, such as `/whisper`
/// - a mention of the bot
/// - a reply to one of the bot's messages
pub(super) fn read(message: &Message, me: &Me, names_product: impl Fn(&str) -> bool) -> Option<Addressed> {
    let text = message.text.as_deref().unwrap_or_default().trim();
    let whole_message = |question: &str| Addressed {
        question: Some(question.trim().to_owned()).filter(|q| !q.is_empty()),
        message_id: message.id,
        quote: None,
    };
    let request = Request::parse(text, &me.username, names_product);
    let addressed = match request {
        Request::Command { .. } | Request::Unknown => return None,
        Request::Ask(_) | Request::Product { .. } => whole_message(&request.question().unwrap_or_default()),
        Request::Text(text) => {
            if let Some(line) = text.lines().find(|line| without_mention(line, me).is_some()) {
                let question = without_mention(line, me).unwrap_or_default();
                if question.trim().is_empty() || line == text {
                    whole_message(&without_mention(text, me).unwrap_or_default())
                } else {
                    let quote = Some(line.trim().to_owned()).filter(|q| q.encode_utf16().count() <= MAX_QUOTE_UNITS);
                    Addressed { quote, ..whole_message(&question) }
                }
            } else if message.replies_to.as_ref().is_some_and(|replied| replied.from == me.id)
                && !mentions_another_bot(text)
            {
                whole_message(text)
            } else {
                return None;
            }
        }
    };
    // If the message contains no question but replies to another user's message, the question is
    // the text of that other message.
    match &message.replies_to {
        Some(replied) if addressed.question.is_none() && replied.from != me.id => {
            let question = replied.text.as_deref().map(str::trim).filter(|text| !text.is_empty());
            Some(match question {
                Some(question) => {
                    Addressed { question: Some(question.to_owned()), message_id: replied.id, quote: None }
                }
                None => addressed,
            })
        }
        _ => Some(addressed),
    }
}

/// Returns the text with each mention of the bot replaced by a space. Returns `None` if the text
/// does not mention the bot.
fn without_mention(text: &str, me: &Me) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut found = false;
    while let Some(at) = rest.find('@') {
        let name = &rest[at + 1..];
        let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(name.len());
        let is_own = name[..end].eq_ignore_ascii_case(&me.username);
        found |= is_own;
        out.push_str(&rest[..if is_own { at } else { at + 1 + end }]);
        if is_own {
            out.push(' ');
        }
        rest = &name[end..];
    }
    out.push_str(rest);
    found.then_some(out)
}

/// True if the text mentions a bot, given a text that does not mention this bot. The username of
/// every bot ends in `bot`.
fn mentions_another_bot(text: &str) -> bool {
    let names = text.split('@').skip(1);
    let mut names =
        names.map(|name| name.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next().unwrap_or_default());
    names.any(|name| name.to_ascii_lowercase().ends_with("bot"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::telegram::update::{ChatKind, Content, MessageState, Replied};

    fn me() -> Me {
        Me { id: 7, username: "footnote_bot".to_owned(), reads_all: false }
    }

    fn message(text: &str, replies_to: Option<(i64, &str)>) -> Message {
        Message {
            id: 5,
            sent_at: None,
            chat_id: -1,
            chat: ChatKind::Group,
            person_id: 1,
            thread: None,
            replies_to: replies_to.map(|(from, text)| Replied { id: 4, from, text: Some(text.to_owned()) }),
            locale: Default::default(),
            text: Some(text.to_owned()),
            state: MessageState::New,
            content: Content::Service,
            by_bot: false,
            migration: None,
        }
    }

    #[test]
    fn which_messages_are_addressed_and_what_they_ask() {
        // A test case: the text of a group message, the author's id and the text of the message to
        // which it replies, and the expected result. `Some` contains the question, the id of the
        // message to reply to, and the quote.
        type Case<'a> = (&'a str, Option<(i64, &'a str)>, Option<(Option<&'a str>, i64, Option<&'a str>)>);
        let cases: [Case<'_>; 24] = [
            ("what is Whisper", None, None),
            ("/ask what is Whisper", None, Some((Some("what is Whisper"), 5, None))),
            ("/ASK@Footnote_Bot  whisper?", None, Some((Some("whisper?"), 5, None))),
            ("/ask@other_bot whisper", None, None),
            ("/weather", None, None),
            ("/", None, None),
            ("/clip", None, Some((Some("clip"), 5, None))),
            ("/clip@footnote_bot price", None, Some((Some("clip price"), 5, None))),
            ("/clip@other_bot", None, None),
            ("/asking for a friend", None, None),
            ("/ask", None, Some((None, 5, None))),
            ("/ask", Some((1, "what is CLIP")), Some((Some("what is CLIP"), 4, None))),
            ("/ask", Some((7, "an answer of ours")), Some((None, 5, None))),
            ("@footnote_bot what is CLIP", None, Some((Some("what is CLIP"), 5, None))),
            ("Whisper 是什么 @footnote_bot", None, Some((Some("Whisper 是什么"), 5, None))),
            ("@FOOTNOTE_BOT", Some((1, "what is CLIP")), Some((Some("what is CLIP"), 4, None))),
            ("@footnote_bot", None, Some((None, 5, None))),
            ("@footnote_bot2 what is CLIP", None, None),
            ("me@footnote_bot.org", None, Some((Some("me .org"), 5, None))),
            (
                "morning all\n@footnote_bot what is CLIP?\nthanks",
                None,
                Some((Some("what is CLIP?"), 5, Some("@footnote_bot what is CLIP?"))),
            ),
            ("what is CLIP?\n@footnote_bot", None, Some((Some("what is CLIP?"), 5, None))),
            ("and its price?", Some((7, "an answer of ours")), Some((Some("and its price?"), 5, None))),
            ("lol", Some((1, "what is CLIP")), None),
            ("@other_bot what do you say", Some((7, "an answer of ours")), None),
        ];
        for (text, replies_to, wanted) in cases {
            let wanted = wanted.map(|(question, message_id, quote)| Addressed {
                question: question.map(str::to_owned),
                message_id,
                quote: quote.map(str::to_owned),
            });
            assert_eq!(
                read(&message(text, replies_to), &me(), |name| name == "clip"),
                wanted,
                "{text:?} in reply to {replies_to:?}"
            );
        }
    }
}
