//! Reading typed fields out of a TOML table, with every problem noted and its line.

use std::ops::{Range, RangeInclusive};
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::diagnostic::{Diagnostic, Location, Severity};
use super::{Localized, SourceText};
use crate::text::Language;

/// Turns offsets in a piece of a file into locations, and keeps the problems of that file.
pub(super) struct Diagnostics<'a> {
    path: Arc<str>,
    /// The TOML text, and how many lines of the file stand above it.
    text: &'a str,
    lines_above: usize,
    pub problems: Vec<Diagnostic>,
}

impl<'a> Diagnostics<'a> {
    pub fn new(path: &Arc<str>, text: &'a str, lines_above: usize) -> Self {
        Diagnostics { path: Arc::clone(path), text, lines_above, problems: Vec::new() }
    }

    pub fn at(&self, span: &Range<usize>) -> Location {
        let before = self.text.get(..span.start).unwrap_or(self.text);
        Location::new(&self.path, self.lines_above + 1 + before.matches('\n').count())
    }

    pub fn broken(&mut self, span: &Range<usize>, what: impl Into<String>, help: impl Into<String>) {
        let problem = Diagnostic::new(Severity::Broken, self.at(span), what, help);
        self.problems.push(problem);
    }

    /// The table that the text holds, or as much of it as can be read.
    pub fn parse(&mut self) -> DeTable<'a> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        for error in errors {
            let span = error.span().unwrap_or(0..0);
            self.broken(&span, format!("not TOML: {}", error.message()), "mend the line, e.g. `title = \"Whisper\"`");
        }
        table.into_inner()
    }
}

/// The keys of one table. What has been taken out is known; what is left at [`Fields::finish`] is
/// an error.
pub(super) struct Fields<'n, 'a, 't> {
    notes: &'n mut Diagnostics<'a>,
    table: DeTable<'t>,
    known: Vec<&'static str>,
    span: Range<usize>,
}

impl<'n, 'a, 't> Fields<'n, 'a, 't> {
    pub fn new(notes: &'n mut Diagnostics<'a>, table: DeTable<'t>, span: Range<usize>) -> Self {
        Fields { notes, table, known: Vec::new(), span }
    }

    fn take(&mut self, key: &'static str) -> Option<Spanned<DeValue<'t>>> {
        self.known.push(key);
        self.table.remove(key)
    }

    fn wrong(&mut self, span: &Range<usize>, key: &str, want: &str) {
        self.notes.broken(span, format!("`{key}` must be {want}"), format!("write {key} = {}", example(want)));
    }

    /// A required field is missing.
    pub fn missing(&mut self, key: &str, help: &str) {
        self.wrong_here(format!("`{key}` is missing"), help);
    }

    /// Something is wrong with the table as a whole.
    pub fn wrong_here(&mut self, what: impl Into<String>, help: impl Into<String>) {
        self.notes.broken(&self.span.clone(), what, help);
    }

    pub fn string(&mut self, key: &'static str) -> Option<SourceText> {
        let value = self.take(key)?;
        let span = value.span();
        let Some(text) = value.get_ref().as_str() else {
            self.wrong(&span, key, "a string");
            return None;
        };
        Some(SourceText { text: text.trim().to_owned(), location: self.notes.at(&span) })
    }

    pub fn strings(&mut self, key: &'static str) -> Vec<SourceText> {
        let Some(value) = self.take(key) else { return Vec::new() };
        let Some(items) = value.get_ref().as_array() else {
            self.wrong(&value.span(), key, "a list of strings");
            return Vec::new();
        };
        let mut lines = Vec::new();
        for item in items.iter() {
            match item.get_ref().as_str() {
                Some(text) if !text.trim().is_empty() => {
                    lines.push(SourceText { text: text.trim().to_owned(), location: self.notes.at(&item.span()) });
                }
                _ => self.wrong(&item.span(), key, "a list of strings"),
            }
        }
        lines
    }

    /// A number in a range; what stands for it where there is none.
    pub fn number(&mut self, key: &'static str, range: RangeInclusive<f64>, default: f64) -> f64 {
        let Some(value) = self.take(key) else { return default };
        let written = value.get_ref();
        let whole = written.as_integer().filter(|i| i.radix() == 10).map(|i| i.as_str());
        let digits = whole.or_else(|| written.as_float().map(|f| f.as_str()));
        let number = digits.and_then(|d| d.parse().ok()).filter(|n| range.contains(n));
        number.unwrap_or_else(|| {
            let what = format!("`{key}` must be a number from {} to {}", range.start(), range.end());
            self.broken(
                &value.span(),
                what,
                format!("write e.g. {key} = {default}, or leave it out: that is the same"),
            );
            default
        })
    }

    /// A string, or a table of strings by language.
    pub fn localized(&mut self, key: &'static str) -> Localized {
        let Some(value) = self.take(key) else { return Localized::default() };
        let mut text = Localized::default();
        match value.get_ref() {
            DeValue::String(any) => text.any = any.trim().to_owned(),
            DeValue::Table(table) => {
                for (code, item) in table {
                    match (code.get_ref().parse::<Language>(), item.get_ref().as_str()) {
                        (Ok(language), Some(item)) => {
                            text.by_language.insert(language, item.trim().to_owned());
                        }
                        (Err(error), _) => {
                            self.notes.broken(&code.span(), error.to_string(), "name the text by its language")
                        }
                        _ => self.wrong(&item.span(), key, "a string"),
                    }
                }
                text.any = text.by_language.values().next().cloned().unwrap_or_default();
            }
            _ => self.wrong(&value.span(), key, "a string"),
        }
        text
    }

    /// A table; each of a list of tables.
    pub fn tables(&mut self, key: &'static str) -> Vec<(DeTable<'t>, Range<usize>)> {
        let Some(value) = self.take(key) else { return Vec::new() };
        let span = value.span();
        match value.into_inner() {
            DeValue::Table(table) => vec![(table, span)],
            DeValue::Array(items) => {
                let mut tables = Vec::new();
                for item in items {
                    let span = item.span();
                    match item.into_inner() {
                        DeValue::Table(table) => tables.push((table, span)),
                        _ => self.wrong(&span, key, "a table"),
                    }
                }
                tables
            }
            _ => {
                self.wrong(&span, key, "a table");
                Vec::new()
            }
        }
    }

    /// The fields of a table inside this one.
    pub fn inner(&mut self, table: DeTable<'t>, span: Range<usize>) -> Fields<'_, 'a, 't> {
        Fields::new(self.notes, table, span)
    }

    pub fn broken(&mut self, span: &Range<usize>, what: impl Into<String>, help: impl Into<String>) {
        self.notes.broken(span, what, help);
    }

    pub fn note(&mut self, location: Location, what: impl Into<String>, help: impl Into<String>) {
        self.notes.problems.push(Diagnostic::new(Severity::Broken, location, what, help));
    }

    /// Every key that nobody asked for is an error: most are slips of the pen, and silence would
    /// hide them.
    pub fn finish(self) {
        for (key, _) in &self.table {
            let name = key.get_ref();
            let near = self.known.iter().find(|k| strsim::osa_distance(k, name) <= 2);
            let help = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("remove it; known here: {}", self.known.join(", ")),
            };
            self.notes.broken(&key.span(), format!("unknown key `{name}`"), help);
        }
    }
}

fn example(want: &str) -> &'static str {
    match want {
        "a list of strings" => "[\"one\", \"two\"]",
        "a table" => "{ … } or a [section] of its own",
        _ => "\"text\"",
    }
}
