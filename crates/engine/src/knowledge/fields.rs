//! Reads typed fields from a TOML table and collects a diagnostic for each mistake.

use std::ops::{Range, RangeInclusive};
use std::sync::Arc;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::diagnostic::{Diagnostic, Location, Severity};
use super::localized::Localized;
use super::section::SourceText;
use super::yaml;
use crate::text::Language;

/// Collects the diagnostics of one file, and converts byte offsets in its TOML or YAML text to line
/// numbers.
pub(super) struct DiagnosticCollector<'a> {
    path: Arc<str>,
    text: &'a str,
    /// The byte offset of each line break.
    line_breaks: Vec<usize>,
    /// The number of lines in the file above the TOML text.
    lines_above: usize,
    /// Whether the text is YAML. Determines how a suggestion is written.
    is_yaml: bool,
    pub diagnostics: Vec<Diagnostic>,
}

impl<'a> DiagnosticCollector<'a> {
    pub fn new(path: &Arc<str>, text: &'a str, lines_above: usize) -> Self {
        let line_breaks = text.match_indices('\n').map(|(at, _)| at).collect();
        let (path, diagnostics) = (Arc::clone(path), Vec::new());
        DiagnosticCollector { path, text, line_breaks, lines_above, is_yaml: false, diagnostics }
    }

    pub fn at(&self, span: &Range<usize>) -> Location {
        let lines_before = self.line_breaks.partition_point(|at| *at < span.start);
        Location::new(&self.path, self.lines_above + 1 + lines_before)
    }

    pub fn broken(&mut self, span: &Range<usize>, what: impl Into<String>, help: impl Into<String>) {
        let diagnostic = Diagnostic::new(Severity::Broken, self.at(span), what, help);
        self.diagnostics.push(diagnostic);
    }

    /// Parses YAML text instead of TOML. Reports each mistake.
    pub fn parse_yaml(&mut self) -> DeTable<'a> {
        self.is_yaml = true;
        let (table, errors) = yaml::parse(self.text);
        for error in errors {
            self.broken(&error.span, error.what, error.help);
        }
        table
    }

    /// Parses the TOML text. Reports each line with a syntax error and skips that line.
    pub fn parse(&mut self) -> DeTable<'a> {
        let (table, errors) = DeTable::parse_recoverable(self.text);
        for error in errors {
            let span = error.span().unwrap_or(0..0);
            self.broken(&span, format!("not TOML: {}", error.message()), "mend the line, e.g. `title = \"Whisper\"`");
        }
        table.into_inner()
    }
}

/// Reads the fields of one TOML table. Reading a key removes the key from the table.
/// [`Fields::finish`] reports the remaining keys as unknown.
pub(super) struct Fields<'n, 'a, 't> {
    collector: &'n mut DiagnosticCollector<'a>,
    table: DeTable<'t>,
    known: Vec<&'static str>,
    span: Range<usize>,
}

impl<'n, 'a, 't> Fields<'n, 'a, 't> {
    pub fn new(collector: &'n mut DiagnosticCollector<'a>, table: DeTable<'t>, span: Range<usize>) -> Self {
        Fields { collector, table, known: Vec::new(), span }
    }

    fn take(&mut self, key: &'static str) -> Option<Spanned<DeValue<'t>>> {
        self.known.push(key);
        self.table.remove(key)
    }

    fn type_error(&mut self, span: &Range<usize>, key: &str, want: &str) {
        let example = self.assignment(key, example(want));
        self.collector.broken(span, format!("`{key}` must be {want}"), format!("write {example}"));
    }

    /// Returns a key with a value, as the file writes it: `title = "…"` or `title: "…"`.
    pub fn assignment(&self, key: &str, value: &str) -> String {
        format!("{key}{} {value}", if self.collector.is_yaml { ":" } else { " =" })
    }

    /// Reports that a required field is missing.
    pub fn missing(&mut self, key: &str, help: &str) {
        self.table_error(format!("`{key}` is missing"), help);
    }

    /// Reports a mistake that concerns the whole table.
    pub fn table_error(&mut self, what: impl Into<String>, help: impl Into<String>) {
        self.collector.broken(&self.span.clone(), what, help);
    }

    pub fn string(&mut self, key: &'static str) -> Option<SourceText> {
        let value = self.take(key)?;
        let span = value.span();
        let Some(text) = value.get_ref().as_str() else {
            self.type_error(&span, key, "a string");
            return None;
        };
        Some(SourceText { text: text.trim().to_owned(), location: self.collector.at(&span) })
    }

    pub fn strings(&mut self, key: &'static str) -> Vec<SourceText> {
        let Some(value) = self.take(key) else { return Vec::new() };
        let Some(items) = value.get_ref().as_array() else {
            self.type_error(&value.span(), key, "a list of strings");
            return Vec::new();
        };
        let mut texts = Vec::new();
        for item in items.iter() {
            match item.get_ref().as_str() {
                Some(text) if !text.trim().is_empty() => {
                    texts.push(SourceText { text: text.trim().to_owned(), location: self.collector.at(&item.span()) });
                }
                _ => self.type_error(&item.span(), key, "a list of strings"),
            }
        }
        texts
    }

    /// Reads a number. Returns `default` if the key is absent, or if the value is not a number
    /// within `range`.
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

    /// Reads a text: one string for all languages, or a table with one string per language.
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
                            self.collector.broken(&code.span(), error.to_string(), "name the text by its language")
                        }
                        _ => self.type_error(&item.span(), key, "a string"),
                    }
                }
                text.any = text.by_language.values().next().cloned().unwrap_or_default();
            }
            _ => self.type_error(&value.span(), key, "a string"),
        }
        text
    }

    /// Reads a table or an array of tables. Returns each table with its byte range in the TOML
    /// text.
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
                        _ => self.type_error(&span, key, "a table"),
                    }
                }
                tables
            }
            _ => {
                self.type_error(&span, key, "a table");
                Vec::new()
            }
        }
    }

    /// Returns a reader for a table that [`Fields::tables`] returned.
    pub fn inner(&mut self, table: DeTable<'t>, span: Range<usize>) -> Fields<'_, 'a, 't> {
        Fields::new(self.collector, table, span)
    }

    pub fn broken(&mut self, span: &Range<usize>, what: impl Into<String>, help: impl Into<String>) {
        self.collector.broken(span, what, help);
    }

    pub fn broken_at(&mut self, location: Location, what: impl Into<String>, help: impl Into<String>) {
        self.collector.diagnostics.push(Diagnostic::new(Severity::Broken, location, what, help));
    }

    /// Reports every unknown key, because an unknown key is usually a typo that would otherwise be
    /// ignored silently.
    pub fn finish(self) {
        for (key, _) in &self.table {
            let name = key.get_ref();
            let near = self.known.iter().find(|k| strsim::osa_distance(k, name) <= 2);
            let help = match near {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("remove it; known here: {}", self.known.join(", ")),
            };
            self.collector.broken(&key.span(), format!("unknown key `{name}`"), help);
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
