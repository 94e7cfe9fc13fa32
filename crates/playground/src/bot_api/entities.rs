//! Checks the text and the entities of a message by Telegram's rules.

use std::cmp::Reverse;

use serde_json::{Map, Value};

use super::fields::Fields;
use super::links;
use super::refusal::Refusal;
use crate::telegram::text::{MAX_UNITS, Span, Text, units};

/// Maximum size of a text, in bytes. A larger text is rejected before the entities are parsed.
const MAX_BYTES: usize = 1 << 15;

/// Selects the error for a text with too many characters, because Telegram's error differs between
/// methods.
#[derive(Clone, Copy)]
pub enum TooLong {
    /// The error text "Message is too long", for `sendMessage`.
    Sentence,
    /// The error code `MESSAGE_TOO_LONG`, for edits and inline results. Telegram checks these texts
    /// only in the server behind the Bot API server, and that server returns error codes.
    Code,
}

impl TooLong {
    fn refusal(self) -> Refusal {
        Refusal::bad(match self {
            TooLong::Sentence => "Message is too long",
            TooLong::Code => "MESSAGE_TOO_LONG",
        })
    }
}

/// Checks a text and its entities. Returns the text as Telegram stores it, with the detected
/// commands, mentions and links.
pub fn check(text: &str, entities: Option<&Value>, too_long: TooLong) -> Result<Text, Refusal> {
    if text.is_empty() {
        return Err(Refusal::bad("Message text is empty"));
    }
    if text.len() > MAX_BYTES {
        return Err(Refusal::bad("Text is too long"));
    }
    let spans = spans(text, entities)?;
    let text = Text::cleaned(text, spans).ok_or_else(|| Refusal::bad("Text must be non-empty"))?;
    if units(&text.text) > MAX_UNITS {
        return Err(too_long.refusal());
    }
    Ok(text)
}

/// Parses the entities of a text. Fails if an entity lies outside the text, overlaps another
/// entity, or is nested wrongly.
pub fn spans(text: &str, entities: Option<&Value>) -> Result<Vec<Span>, Refusal> {
    let mut spans = Vec::new();
    if let Some(entities) = entities {
        let list = entities.as_array().ok_or_else(|| Refusal::stricter("entities must be an Array"))?;
        for entity in list {
            let span = parse(entity).map_err(|reason| Refusal::bad(&reason))?;
            spans.extend(span.filter(|span| span.length > 0));
        }
    }
    for span in &spans {
        check_bounds(text, span)?;
    }
    check_nesting(&mut spans)?;
    Ok(spans)
}

/// Parses one entity. Returns `None` for kinds that Telegram always detects itself, such as
/// mentions.
fn parse(entity: &Value) -> Result<Option<Span>, String> {
    let cant = |reason: String| format!("Can't parse MessageEntity: {reason}");
    let fields = Fields::of(entity, "expected an Object").map_err(cant)?;
    let number = |name| {
        let number = fields.integer(name).map_err(cant)?;
        // Telegram accepts offsets and lengths from 0 to 1,000,000.
        let is_sane = (0..=1_000_000).contains(&number);
        let wrong = || format!("Receive an entity with incorrect {name} {number}");
        usize::try_from(number).ok().filter(|_| is_sane).ok_or_else(wrong)
    };
    let (offset, length) = (number("offset")?, number("length")?);
    let kind = fields.string("type").map_err(cant)?;
    let mut extra = Map::new();
    match kind {
        "bold"
        | "italic"
        | "underline"
        | "strikethrough"
        | "spoiler"
        | "code"
        | "blockquote"
        | "expandable_blockquote" => {}
        "pre" => {
            let language = fields.optional_string("language").map_err(cant)?;
            if !language.is_empty() {
                extra.insert("language".to_owned(), language.into());
            }
        }
        "text_link" => {
            let url = links::check(fields.string("url").map_err(cant)?).map_err(|reason| format!("Entity {reason}"))?;
            extra.insert("url".to_owned(), url.into());
        }
        "mention" | "hashtag" | "cashtag" | "bot_command" | "url" | "email" | "phone_number" | "bank_card_number" => {
            return Ok(None);
        }
        _ => return Err(cant("Unsupported type specified".to_owned())),
    }
    Ok(Some(Span { kind: kind.to_owned(), offset, length, extra }))
}

fn check_bounds(text: &str, span: &Span) -> Result<(), Refusal> {
    let (offset, end, all) = (span.offset, span.end(), units(text));
    if offset > all {
        return Err(Refusal::bad(&format!("Entity begins after the end of the text at UTF-16 offset {offset}")));
    }
    if end > all {
        return Err(Refusal::bad(&format!(
            "Entity beginning at UTF-16 offset {offset} ends after the end of the text at UTF-16 offset {end}"
        )));
    }
    if let Err(byte) = boundary(text, offset) {
        return Err(Refusal::bad(&format!("Entity begins in a middle of a UTF-16 symbol at byte offset {byte}")));
    }
    if let Err(byte) = boundary(text, end) {
        return Err(Refusal::bad(&format!(
            "Entity beginning at UTF-16 offset {offset} ends in a middle of a UTF-16 symbol at byte offset {byte}"
        )));
    }
    Ok(())
}

/// Checks that a character begins at this UTF-16 offset, or that the text ends there. Otherwise
/// returns the byte offset of the next character as the error.
fn boundary(text: &str, offset: usize) -> Result<(), usize> {
    let mut at = 0;
    for (byte, c) in text.char_indices() {
        if at == offset {
            return Ok(());
        }
        if at > offset {
            return Err(byte);
        }
        at += c.len_utf16();
    }
    if at == offset { Ok(()) } else { Err(text.len()) }
}

/// Rejects entities that overlap or are nested wrongly. Telegram would silently drop or split such
/// entities. The playground returns an error, because a bot that sends such entities has miscounted
/// the offsets.
fn check_nesting(spans: &mut [Span]) -> Result<(), Refusal> {
    spans.sort_by_key(|span| (span.offset, Reverse(span.length)));
    for (index, outer) in spans.iter().enumerate() {
        for inner in spans[index + 1..].iter().filter(|inner| outer.touches(inner)) {
            if !outer.contains(inner) {
                return Err(Refusal::stricter("entities that overlap"));
            }
            // If two entities have the same range, either entity may be the outer one.
            let either_way = inner.contains(outer) && may_hold(&inner.kind, &outer.kind);
            if !either_way && !may_hold(&outer.kind, &inner.kind) {
                return Err(Refusal::stricter(&format!("entity {} inside {}", inner.kind, outer.kind)));
            }
        }
    }
    Ok(())
}

fn may_hold(outer: &str, inner: &str) -> bool {
    let is_quote = |kind: &str| matches!(kind, "blockquote" | "expandable_blockquote");
    let is_code = |kind: &str| matches!(kind, "code" | "pre");
    match outer {
        "code" | "pre" => false,
        "text_link" => !is_code(inner) && !is_quote(inner) && inner != "text_link",
        outer if is_quote(outer) => !is_quote(inner),
        _ => !is_code(inner),
    }
}
