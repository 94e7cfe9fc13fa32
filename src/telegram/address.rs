//! How a message in a group addresses us, and what it asks.

use super::Me;
use super::update::Message;

/// What a message in a group asks of us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Addressed {
    /// The question; `None` if we were only named, so that all there is to say is how to ask.
    pub question: Option<String>,
    /// The message that is answered.
    pub message_id: i64,
    /// The part of it that is the question, where it is only a part.
    pub quote: Option<String>,
}

/// Longest quotation that Telegram takes, in UTF-16 code units.
const MAX_QUOTE_UNITS: usize = 1024;

/// The question that a message puts to us; `None` if it is not for us. It is if it begins with `/ask` or the command of a product, names us, or replies to a message of ours.
pub(super) fn read(message: &Message, me: &Me, names_product: impl Fn(&str) -> bool) -> Option<Addressed> {
    let text = message.text.as_deref().unwrap_or_default().trim();
    let own = |question: &str| Addressed {
        question: Some(question.trim().to_owned()).filter(|q| !q.is_empty()),
        message_id: message.id,
        quote: None,
    };
    let asked = if let Some(rest) = after_ask(text, me) {
        own(rest)
    } else if let Some((product, rest)) = command(text, me).filter(|(name, _)| names_product(name)) {
        own(&format!("{product} {rest}"))
    } else if text.starts_with('/') {
        // Another command of ours, or another bot's.
        return None;
    } else if let Some(line) = text.lines().find(|line| without_name(line, me).is_some()) {
        let question = without_name(line, me).unwrap_or_default();
        if question.trim().is_empty() || line == text {
            own(&without_name(text, me).unwrap_or_default())
        } else {
            let quote = Some(line.trim().to_owned()).filter(|q| q.encode_utf16().count() <= MAX_QUOTE_UNITS);
            Addressed { quote, ..own(&question) }
        }
    } else if message.replies_to.as_ref().is_some_and(|replied| replied.from == me.id) && !names_another_bot(text) {
        own(text)
    } else {
        return None;
    };
    // Named in reply to what somebody else said: that is the question.
    match &message.replies_to {
        Some(replied) if asked.question.is_none() && replied.from != me.id => {
            let question = replied.text.as_deref().map(str::trim).filter(|text| !text.is_empty());
            Some(match question {
                Some(question) => {
                    Addressed { question: Some(question.to_owned()), message_id: replied.id, quote: None }
                }
                None => asked,
            })
        }
        _ => Some(asked),
    }
}

/// What follows `/ask` or `/ask@us`.
pub(super) fn after_ask<'a>(text: &'a str, me: &Me) -> Option<&'a str> {
    command(text, me).filter(|(name, _)| name.eq_ignore_ascii_case("ask")).map(|(_, rest)| rest)
}

/// The command that a text begins with, if it is not another bot's, and what follows it.
fn command<'a>(text: &'a str, me: &Me) -> Option<(&'a str, &'a str)> {
    let (command, rest) = text.strip_prefix('/')?.split_at(text.find(char::is_whitespace).unwrap_or(text.len()) - 1);
    let (name, bot) = command.split_once('@').map_or((command, None), |(name, bot)| (name, Some(bot)));
    let is_ours = bot.is_none_or(|bot| bot.eq_ignore_ascii_case(&me.username));
    is_ours.then_some((name, rest.trim()))
}

/// The text without `@us`; `None` if we are not in it.
fn without_name(text: &str, me: &Me) -> Option<String> {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    let mut found = false;
    while let Some(at) = rest.find('@') {
        let name = &rest[at + 1..];
        let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(name.len());
        let is_us = name[..end].eq_ignore_ascii_case(&me.username);
        found |= is_us;
        out.push_str(&rest[..if is_us { at } else { at + 1 + end }]);
        if is_us {
            out.push(' ');
        }
        rest = &name[end..];
    }
    out.push_str(rest);
    found.then_some(out)
}

/// Does the text name somebody whose name ends as those of bots do?
fn names_another_bot(text: &str) -> bool {
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
    fn what_is_for_us_and_what_it_asks() {
        // Text, who is replied to and with what; the question, the message answered, the quotation.
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
