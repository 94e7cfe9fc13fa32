//! Quotes in replies: a reply can show a part of the message that it replies to.

use serde_json::{Value, json};

use super::text::{Span, Text, units};

/// Maximum length of a quote, in UTF-16 code units.
const MAX_UNITS: usize = 1024;

/// Entity kinds that must be the same in a quote and in the quoted message. Other kinds are not
/// compared.
const KEPT: [&str; 5] = ["bold", "italic", "underline", "strikethrough", "spoiler"];

/// Finds `quote` as an exact part of `message` and returns the Bot API object `TextQuote`. If
/// several parts match, the part nearest to `position` wins.
pub(super) fn find(message: &Value, quote: &Text, position: usize) -> Option<Value> {
    let length = units(&quote.text);
    if !(1..=MAX_UNITS).contains(&length) {
        return None;
    }
    let text = message["text"].as_str()?;
    let wanted = looks(quote.spans.iter().map(|span| (span.kind.as_str(), span.offset, span.end())), 0, length);
    let fits = |at: &usize| looks(entities(message), *at, *at + length) == wanted;
    let at = places(text, &quote.text).filter(fits).min_by_key(|at| at.abs_diff(position))?;
    let mut found = json!({"text": quote.text, "position": at, "is_manual": true});
    if !wanted.is_empty() {
        let entity = |(kind, offset, end): &(&str, usize, usize)| json!({"type": kind, "offset": offset, "length": end - offset});
        found["entities"] = wanted.iter().map(entity).collect();
    }
    Some(found)
}

/// Builds a quote of the first occurrence of `text` in `message`, as Telegram's apps do for text
/// that the user selects. The quote gets the formatting of the message.
pub(super) fn mark(message: &Value, text: &str) -> Option<Value> {
    let length = units(text);
    let at = places(message["text"].as_str()?, text).next()?;
    let span = |(kind, offset, end): (&str, usize, usize)| Span {
        kind: kind.to_owned(),
        offset,
        length: end - offset,
        extra: serde_json::Map::new(),
    };
    let spans = looks(entities(message), at, at + length).into_iter().map(span).collect();
    find(message, &Text { text: text.to_owned(), spans }, at)
}

/// Finds every occurrence of `part` in `text`, also overlapping ones. Returns offsets in UTF-16
/// code units.
fn places<'a>(text: &'a str, part: &'a str) -> impl Iterator<Item = usize> {
    let starts = text.char_indices().filter(move |(byte, _)| text[*byte..].starts_with(part));
    starts.map(|(byte, _)| units(&text[..byte]))
}

fn entities(message: &Value) -> impl Iterator<Item = (&str, usize, usize)> {
    message["entities"].as_array().into_iter().flatten().filter_map(|entity| {
        let number = |name: &str| usize::try_from(entity[name].as_u64()?).ok();
        let offset = number("offset")?;
        Some((entity["type"].as_str()?, offset, offset.checked_add(number("length")?)?))
    })
}

/// Returns the formatting of the range from `start` to `end`: the entities clipped to the range,
/// with offsets relative to `start`.
fn looks<'a>(
    entities: impl Iterator<Item = (&'a str, usize, usize)>,
    start: usize,
    end: usize,
) -> Vec<(&'a str, usize, usize)> {
    let cut = entities.filter(|(kind, from, to)| KEPT.contains(kind) && *from < end && start < *to);
    let mut looks: Vec<_> = cut.map(|(kind, from, to)| (kind, from.max(start) - start, to.min(end) - start)).collect();
    looks.sort_unstable();
    looks
}
