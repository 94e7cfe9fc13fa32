//! Text as Telegram stores it: cleaned and trimmed, with entities in UTF-16 code units. Telegram
//! also detects commands, mentions and links in the text.

use std::cmp::Reverse;

use serde_json::{Map, Value};

use super::clock::unix_time;

/// Maximum length of a message, in UTF-16 code units.
pub const MAX_UNITS: usize = 4096;

/// Top-level domains for which a host name without `http://` becomes a link. Telegram knows all
/// top-level domains. This short list is enough for the playground.
const BARE_LINK_DOMAINS: [&str; 10] = ["ai", "cn", "com", "dev", "edu", "gov", "io", "me", "net", "org"];

/// Kinds of entities inside which commands, mentions and links are also detected. Inside other
/// kinds, such as `code`, nothing is detected.
const HOLDERS: [&str; 7] =
    ["bold", "italic", "underline", "strikethrough", "spoiler", "blockquote", "expandable_blockquote"];

/// One entity of a text: formatting, or a detected command, mention or link. Offset and length are
/// in UTF-16 code units.
#[derive(Clone, Debug)]
pub struct Span {
    pub kind: String,
    pub offset: usize,
    pub length: usize,
    /// Additional fields of the entity, such as the `url` of a `text_link`.
    pub extra: Map<String, Value>,
}

impl Span {
    pub fn end(&self) -> usize {
        self.offset + self.length
    }

    pub fn contains(&self, other: &Span) -> bool {
        self.offset <= other.offset && other.end() <= self.end()
    }

    pub fn touches(&self, other: &Span) -> bool {
        self.offset < other.end() && other.offset < self.end()
    }
}

#[derive(Clone, Debug)]
pub struct Text {
    pub text: String,
    pub spans: Vec<Span>,
}

impl Text {
    /// Returns a text that a user typed, as Telegram stores it.
    pub fn typed(text: &str) -> Text {
        Text::cleaned(text, Vec::new()).unwrap_or_else(|| Text { text: text.to_owned(), spans: Vec::new() })
    }

    /// Cleans a text and its entities as Telegram does, and adds the detected entities. All
    /// entities must lie inside the text. Returns `None` if the text has no visible character.
    pub fn cleaned(text: &str, spans: Vec<Span>) -> Option<Text> {
        let (text, moved) = replace_controls(text);
        let spans = spans.into_iter().filter_map(|span| {
            let (offset, end) = (*moved.get(span.offset)?, *moved.get(span.end())?);
            (offset < end).then_some(Span { offset, length: end - offset, ..span })
        });
        let mut text = Text { text, spans: spans.collect() };
        text.trim_end();
        text.trim_start();
        if text.text.chars().all(is_invisible) {
            return None;
        }
        text.add_found();
        text.spans.sort_by_key(|span| (span.offset, Reverse(span.length)));
        Some(text)
    }

    /// Writes the text and the entities into a JSON object. `text_name` is the name of the field
    /// for the text.
    pub fn write_to(&self, object: &mut Value, text_name: &str) {
        object[text_name] = self.text.clone().into();
        if !self.spans.is_empty() {
            object["entities"] = self.spans.iter().map(entity).collect();
        }
    }

    /// Replaces the text and the entities of a message, and sets `edit_date`.
    pub fn replace_in(&self, message: &mut Value) {
        if let Some(fields) = message.as_object_mut() {
            fields.remove("entities");
        }
        self.write_to(message, "text");
        message["edit_date"] = unix_time().into();
    }

    fn trim_end(&mut self) {
        self.text.truncate(self.text.trim_end_matches([' ', '\n']).len());
        let end = units(&self.text);
        self.spans.retain(|span| span.offset < end);
        for span in &mut self.spans {
            span.length = span.length.min(end - span.offset);
        }
    }

    /// Removes leading spaces and line breaks, but only up to the first entity. In contrast,
    /// `trim_end` also removes these characters inside an entity.
    fn trim_start(&mut self) {
        let first_span = self.spans.iter().map(|span| span.offset).min().unwrap_or(usize::MAX);
        let blank = self.text.bytes().take_while(|byte| matches!(byte, b' ' | b'\n')).count().min(first_span);
        self.text.drain(..blank);
        for span in &mut self.spans {
            span.offset -= blank;
        }
    }

    fn add_found(&mut self) {
        for found in find(&self.text) {
            let free =
                |span: &Span| !span.touches(&found) || (HOLDERS.contains(&span.kind.as_str()) && span.contains(&found));
            if self.spans.iter().all(free) {
                self.spans.push(found);
            }
        }
    }
}

/// Returns the length of a text in UTF-16 code units, Telegram's unit for lengths.
pub fn units(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

fn entity(span: &Span) -> Value {
    let mut object = span.extra.clone();
    object.insert("type".to_owned(), span.kind.clone().into());
    object.insert("offset".to_owned(), span.offset.into());
    object.insert("length".to_owned(), span.length.into());
    Value::Object(object)
}

/// Replaces control characters with spaces and removes the characters that Telegram removes, such
/// as `\r`. Also returns, for each UTF-16 code unit of `text`, its offset in the new text.
fn replace_controls(text: &str) -> (String, Vec<usize>) {
    let mut clean = String::with_capacity(text.len());
    let mut moved = Vec::with_capacity(text.len() + 1);
    let mut at = 0;
    for c in text.chars() {
        moved.extend(std::iter::repeat_n(at, c.len_utf16()));
        let kept = match c {
            '\r' | '\u{2028}'..='\u{202e}' | '\u{333}' | '\u{33f}' | '\u{30a}' => continue,
            '\n' => '\n',
            '\0'..' ' => ' ',
            _ => c,
        };
        clean.push(kept);
        at += kept.len_utf16();
    }
    moved.push(at);
    (clean, moved)
}

fn is_invisible(c: char) -> bool {
    c.is_whitespace() || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2060}' | '\u{feff}')
}

/// Detects the commands, mentions and links in a text.
fn find(text: &str) -> Vec<Span> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let (mut index, mut offset) = (0, 0);
    while index < chars.len() {
        let before = index.checked_sub(1).map(|before| chars[before]);
        let (kind, length) = match find_at(before, &chars[index..]) {
            Some((kind, length)) => (Some(kind), length),
            None => (None, 1),
        };
        let length_units = chars[index..index + length].iter().map(|c| c.len_utf16()).sum();
        if let Some(kind) = kind {
            found.push(Span { kind: kind.to_owned(), offset, length: length_units, extra: Map::new() });
        }
        index += length;
        offset += length_units;
    }
    found
}

fn find_at(before: Option<char>, rest: &[char]) -> Option<(&'static str, usize)> {
    if before.is_some_and(is_word) {
        return None;
    }
    let (kind, length) = match rest.first()? {
        '/' if !matches!(before, Some('/' | '<' | '>')) => ("bot_command", command(rest)?),
        '@' => ("mention", mention(rest, 2)?),
        c if c.is_ascii_alphanumeric() && before != Some('@') => return Some(("url", link(rest)?)),
        _ => return None,
    };
    let after = rest.get(length).copied();
    let cut_off = after.is_some_and(is_word) || (kind == "bot_command" && matches!(after, Some('/' | '<' | '>')));
    (!cut_off).then_some((kind, length))
}

fn command(rest: &[char]) -> Option<usize> {
    let name = name_length(&rest[1..]);
    if !(1..=64).contains(&name) {
        return None;
    }
    let end = 1 + name;
    if rest.get(end) != Some(&'@') {
        return Some(end);
    }
    Some(end + mention(&rest[end..], 3)?)
}

fn mention(rest: &[char], shortest: usize) -> Option<usize> {
    let name = name_length(&rest[1..]);
    (shortest..=32).contains(&name).then_some(1 + name)
}

fn link(rest: &[char]) -> Option<usize> {
    let run: String = rest.iter().take_while(|c| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '"')).collect();
    let run = run.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', ')', ']', '}']);
    let lower = run.to_ascii_lowercase();
    let (scheme, name) = match lower.split_once("://") {
        Some(("http" | "https", name)) => (true, name),
        Some(_) => return None,
        None => (false, lower.as_str()),
    };
    let host = name.split(['/', '?', '#', ':']).next().unwrap_or_default();
    let labels: Vec<&str> = host.split('.').collect();
    let named = labels.len() > 1
        && labels.iter().all(|label| !label.is_empty() && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'));
    let known = scheme || labels.last().is_some_and(|domain| BARE_LINK_DOMAINS.contains(domain));
    // `run` contains only ASCII characters, so the number of bytes is the number of characters.
    (named && known).then_some(run.len())
}

fn name_length(rest: &[char]) -> usize {
    rest.iter().take_while(|c| c.is_ascii_alphanumeric() || **c == '_').count()
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}
