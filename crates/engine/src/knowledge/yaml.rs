//! Reads YAML front matter into the same table as TOML, so that both have the same fields.

use std::borrow::Cow;
use std::ops::Range;

use saphyr_parser::{Event, Parser, Span};
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

/// A mistake in YAML: its place, what it is, and how to mend it.
pub(super) struct YamlError {
    pub span: Range<usize>,
    pub what: String,
    pub help: &'static str,
}

/// Parses YAML front matter. Every scalar becomes a string, so `title: 2024` is a title. Reading
/// stops at a syntax error; what was read before stays.
pub(super) fn parse<'t>(text: &str) -> (DeTable<'t>, Vec<YamlError>) {
    let mut reader = Reader { parser: Parser::new_from_str(text), lines: line_starts(text), errors: Vec::new() };
    let mut table = DeTable::new();
    while let Some((event, span)) = reader.next() {
        match event {
            Event::MappingStart(..) => {
                reader.mapping(&mut table, 0);
                break;
            }
            Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd | Event::Nothing => {}
            Event::StreamEnd => break,
            _ => {
                reader.error(span, "the front matter has no keys", "write lines such as `title: Whisper`");
                break;
            }
        }
    }
    (table, reader.errors)
}

fn line_starts(text: &str) -> Vec<usize> {
    std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect()
}

struct Reader<'a> {
    parser: Parser<'a, saphyr_parser::StrInput<'a>>,
    /// The byte offset of each line. The parser counts characters and lines, not bytes.
    lines: Vec<usize>,
    errors: Vec<YamlError>,
}

impl<'a> Reader<'a> {
    /// Returns the next event and its place. Returns `None` at the end, and after a syntax error.
    fn next(&mut self) -> Option<(Event<'a>, Range<usize>)> {
        match self.parser.next_event()? {
            Ok((event, span)) => Some((event, self.place(&span))),
            Err(error) => {
                let span = self.line(error.marker().line());
                let help = "put the text after the colon in quotes, e.g. title: \"Whisper: a guide\"";
                self.error(span, &format!("not YAML: {}", error.info()), help);
                None
            }
        }
    }

    fn place(&self, span: &Span) -> Range<usize> {
        self.line(span.start.line())
    }

    fn line(&self, line: usize) -> Range<usize> {
        let start = self.lines.get(line.saturating_sub(1)).or(self.lines.last()).copied().unwrap_or(0);
        start..start
    }

    fn error(&mut self, span: Range<usize>, what: &str, help: &'static str) {
        self.errors.push(YamlError { span, what: what.to_owned(), help });
    }

    /// Reads the keys and values up to the end of a mapping.
    fn mapping(&mut self, table: &mut DeTable<'_>, depth: usize) {
        while let Some((event, span)) = self.next() {
            match event {
                Event::MappingEnd | Event::StreamEnd => return,
                Event::Scalar(key, ..) => {
                    let Some((event, at)) = self.next() else { return };
                    let Some(value) = self.value(event, &at, depth) else { continue };
                    if table.contains_key(key.as_ref()) {
                        self.error(span, &format!("the key `{key}` stands twice"), "leave one of the two");
                        continue;
                    }
                    let key = Spanned::new(span, Cow::Owned(key.into_owned()));
                    table.insert(key, Spanned::new(at, value));
                }
                event => {
                    self.error(span.clone(), "a key that is no text", "write lines such as `title: Whisper`");
                    // Skips the key and its value.
                    self.value(event, &span, depth);
                    let Some((event, at)) = self.next() else { return };
                    self.value(event, &at, depth);
                }
            }
        }
    }

    /// Reads a value that begins with this event. Returns `None` for an empty value, and for one
    /// that cannot be read.
    fn value<'t>(&mut self, event: Event<'a>, span: &Range<usize>, depth: usize) -> Option<DeValue<'t>> {
        const MAX_DEPTH: usize = 16;
        match event {
            Event::Scalar(text, style, ..) => {
                let is_null = style == saphyr_parser::ScalarStyle::Plain && matches!(text.as_ref(), "" | "~" | "null");
                (!is_null).then(|| DeValue::String(Cow::Owned(text.into_owned())))
            }
            Event::SequenceStart(..) if depth < MAX_DEPTH => {
                let mut items = DeArray::new();
                while let Some((event, at)) = self.next() {
                    if matches!(event, Event::SequenceEnd | Event::StreamEnd) {
                        break;
                    }
                    if let Some(value) = self.value(event, &at, depth + 1) {
                        items.push(Spanned::new(at, value));
                    }
                }
                Some(DeValue::Array(items))
            }
            Event::MappingStart(..) if depth < MAX_DEPTH => {
                let mut table = DeTable::new();
                self.mapping(&mut table, depth + 1);
                Some(DeValue::Table(table))
            }
            _ => {
                self.error(span.clone(), "a value that cannot be read here", "write a text or a list of texts");
                None
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use toml::de::DeValue;

    use super::parse;

    fn shown(value: &DeValue<'_>) -> String {
        match value {
            DeValue::String(text) => text.to_string(),
            DeValue::Array(items) => {
                format!("[{}]", items.iter().map(|item| shown(item.get_ref())).collect::<Vec<_>>().join("|"))
            }
            _ => "?".to_owned(),
        }
    }

    #[track_caller]
    fn check(text: &str, expected: &[(&str, &str)], errors: usize) {
        let (table, found) = parse(text);
        let pairs: Vec<(String, String)> =
            table.iter().map(|(key, value)| (key.get_ref().to_string(), shown(value.get_ref()))).collect();
        let expected: Vec<(String, String)> =
            expected.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        assert_eq!((pairs, found.len()), (expected, errors), "{text:?}");
    }

    #[test]
    fn front_matter_is_read() {
        check("title: Whisper\n", &[("title", "Whisper")], 0);
        check("questions:\n  - How?\n  - \"Why: so?\"\n", &[("questions", "[How?|Why: so?]")], 0);
        check("aliases: [a, 'b']\r\ntitle: 2024\r\n", &[("aliases", "[a|b]"), ("title", "2024")], 0);
        check("title: >\n  two\n  lines\n", &[("title", "two lines\n")], 0);
        check("# comment\naliases:\ntitle: 字 # comment\n", &[("title", "字")], 0);
        check("", &[], 0);
    }

    #[test]
    fn mistakes_are_named_at_their_line() {
        check("title: a\ntitle: b\n", &[("title", "a")], 1);
        check("just text\n", &[], 1);
        let (table, errors) = parse("source: 字\ntitle: a: b\n");
        assert_eq!((table.len(), errors[0].span.start), (2, 12), "{}", errors[0].what);
    }
}
