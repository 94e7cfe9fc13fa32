//! Parses the files of a knowledge base into [`Knowledge`] and diagnostics.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::Arc;

use super::address::is_web_address;
use super::base::{Article, Knowledge, Product};
use super::body::{Body, Sentence};
use super::diagnostic::{Diagnostic, Location, Severity};
use super::fields::{DiagnosticCollector, Fields};
use super::files::{self, File, Unreadable};
use super::localized::Localized;
use super::markdown::plain_line;
use super::section::{SampleQuestion, Section, SectionId, SectionText, SourceText};
use super::slug::slug;
use crate::text::Language;

const MANIFEST: &str = "footnote.toml";
const OUT_OF_SCOPE: &str = "_declined.toml";

/// The allowed range of `wrong_answer_costs`. Below 1, a wrong answer would cost less than a
/// clarification, so the bot would guess. At 100, the bot hardly ever gives an uncertain answer.
const WRONG_ANSWER_COSTS: RangeInclusive<f64> = 1.0..=100.0;

/// The parts of a knowledge base that could be parsed, with a diagnostic for every other part.
#[derive(Debug)]
pub struct Loaded {
    /// The knowledge base, without the parts that could not be parsed.
    pub knowledge: Knowledge,
    /// The mistakes found while parsing, sorted by file and line.
    pub diagnostics: Vec<Diagnostic>,
    /// The SHA-256 of the paths and texts of all files. Equal fingerprints mean equal knowledge
    /// bases.
    pub fingerprint: [u8; 32],
}

impl Loaded {
    /// True if every part of the knowledge base could be parsed. Otherwise the bot must not use the
    /// knowledge base.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.diagnostics.iter().all(|d| d.severity != Severity::Broken)
    }
}

/// Loads the knowledge base embedded in the binary: the article on OpenAI's products.
#[must_use]
pub fn embedded() -> Loaded {
    assemble("knowledge", files::embedded())
}

/// Loads a knowledge base from a folder.
///
/// # Errors
/// Fails if the folder or a file in the folder cannot be read. A mistake *in* a file is a
/// [`Diagnostic`] instead.
pub fn load(folder: &Path) -> Result<Loaded, Unreadable> {
    Ok(assemble(&folder.to_string_lossy(), files::read(folder)?))
}

/// One parsed section file, in one language. [`merge_languages`] joins the files with the same id
/// into one section.
struct ParsedSection {
    id: SectionId,
    language: Language,
    product: Option<SourceText>,
    related: Vec<SourceText>,
    text: SectionText,
}

struct Manifest {
    title: Localized,
    article: Article,
    languages: Vec<Language>,
    products: Vec<Product>,
    wrong_answer_costs: f64,
}

pub(super) fn assemble(folder: &str, files: Vec<File>) -> Loaded {
    let mut diagnostics = Vec::new();
    // Sections need the address of the article, to resolve their relative links.
    let manifest_file = files.iter().find(|file| matches!(FileKind::of(&file.relative), FileKind::Manifest));
    let manifest = manifest_file.map(|file| read_manifest(file, &mut diagnostics));
    let article_url = manifest.as_ref().map(|manifest| manifest.article.url.clone()).unwrap_or_default();
    let mut parsed = Vec::new();
    let mut out_of_scope: BTreeMap<Language, Vec<SourceText>> = BTreeMap::new();
    for file in &files {
        if !file.is_utf8 {
            let location = Location::new(&file.shown, 1);
            let help = "save the file as UTF-8";
            diagnostics.push(Diagnostic::new(Severity::Broken, location, "the file is not UTF-8", help));
        }
        match FileKind::of(&file.relative) {
            FileKind::Manifest | FileKind::Readme => {}
            FileKind::OutOfScope(language) => {
                out_of_scope.entry(language).or_default().extend(read_out_of_scope(file, &mut diagnostics));
            }
            FileKind::Section(language, stem) => {
                parsed.extend(read_section(file, language, &stem, &article_url, &mut diagnostics));
            }
            FileKind::OtherText => {
                let help = "save its text as a Markdown file, with the ending .md";
                let location = Location::new(&file.shown, 1);
                diagnostics.push(Diagnostic::new(Severity::Warning, location, "the file is not read", help));
            }
            FileKind::Unknown(help) => {
                let location = Location::new(&file.shown, 1);
                diagnostics.push(Diagnostic::new(Severity::Broken, location, "a file that belongs nowhere", help));
            }
        }
    }
    let manifest_location = Location::new(&Arc::from(format!("{folder}/{MANIFEST}")), 1);
    let manifest = manifest.unwrap_or_else(|| {
        let help = "write it, each on a line: title = \"…\" / languages = [\"en\"] / default_language = \"en\"";
        diagnostics.push(Diagnostic::new(Severity::Broken, manifest_location.clone(), "the file is missing", help));
        Manifest {
            title: Localized::default(),
            article: Article::default(),
            languages: vec![Language::EN],
            products: vec![],
            wrong_answer_costs: Knowledge::WRONG_ANSWER_COSTS,
        }
    });
    parsed.retain(|section_file| {
        let known = manifest.languages.contains(&section_file.language);
        if !known {
            let what = format!("`{}` is none of the base's languages", section_file.language);
            let help = format!("add it to `languages` in {MANIFEST}, or remove the folder");
            diagnostics.push(Diagnostic::new(Severity::Broken, section_file.text.location.clone(), what, help));
        }
        known
    });
    if parsed.is_empty() {
        let help = "add one, e.g. en/hello.md: a `+++` line, title = \"Hello\", a `+++` line, then the text";
        diagnostics.push(Diagnostic::new(Severity::Broken, manifest_location, "the base has no section", help));
    }
    let sections = merge_languages(parsed, &manifest.products, &mut diagnostics);
    diagnostics.sort_by(|a, b| a.location.cmp(&b.location));
    let Manifest { title, article, languages, products, wrong_answer_costs } = manifest;
    let knowledge = Knowledge { title, article, languages, products, sections, out_of_scope, wrong_answer_costs };
    Loaded { knowledge, diagnostics, fingerprint: files::fingerprint(&files) }
}

/// The kind of a file, determined by its path.
enum FileKind {
    Manifest,
    OutOfScope(Language),
    Section(Language, String),
    /// A file about the folder, such as `README.md`, which is no section.
    Readme,
    /// A text in another format, in a folder of sections.
    OtherText,
    /// A file that does not belong in a knowledge base. The value is the help text of its
    /// diagnostic.
    Unknown(&'static str),
}

impl FileKind {
    fn of(relative: &str) -> FileKind {
        if relative == MANIFEST {
            return FileKind::Manifest;
        }
        let name = relative.rsplit('/').next().unwrap_or(relative);
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
        let extension = extension.to_ascii_lowercase();
        let is_markdown = files::MARKDOWN.contains(&&*extension);
        let is_other_text = files::OTHER_TEXT.contains(&&*extension);
        let Some((folder, _)) = relative.split_once('/') else {
            return if is_other_text || (is_markdown && is_readme(stem)) {
                FileKind::Readme
            } else {
                FileKind::Unknown("sections stand in a folder by their language, e.g. en/whisper.md")
            };
        };
        let Ok(language) = folder.parse::<Language>() else {
            return if is_other_text {
                FileKind::Readme
            } else {
                FileKind::Unknown("name the folder by its language, e.g. `en` or `zh`")
            };
        };
        match name {
            _ if is_markdown => FileKind::Section(language, stem.to_owned()),
            _ if is_other_text => FileKind::OtherText,
            OUT_OF_SCOPE => FileKind::OutOfScope(language),
            _ => FileKind::Unknown("sections are `.md` files; the only other file here is `_declined.toml`"),
        }
    }
}

/// True for the usual names of files about a folder.
fn is_readme(stem: &str) -> bool {
    let stem = stem.to_ascii_lowercase();
    let name = stem.split(['.', '_', '-']).next().unwrap_or_default();
    ["readme", "license", "licence", "changelog", "contributing", "authors", "notice", "security"].contains(&name)
}

fn read_manifest(file: &File, diagnostics: &mut Vec<Diagnostic>) -> Manifest {
    let mut collector = DiagnosticCollector::new(&file.shown, &file.text, 0);
    let table = collector.parse();
    let mut fields = Fields::new(&mut collector, table, 0..0);
    let title = fields.localized("title");
    if title.is_empty() {
        fields.missing("title", "write the name of the base: title = \"…\"");
    }
    let mut languages = Vec::new();
    for code in fields.strings("languages") {
        match code.text.parse::<Language>() {
            Ok(language) => languages.push(language),
            Err(error) => fields.broken_at(code.location, error.to_string(), "write e.g. languages = [\"zh\", \"en\"]"),
        }
    }
    let default = fields.string("default_language");
    match default.as_ref().map(|line| (line, languages.iter().position(|l| l.as_str() == line.text))) {
        Some((_, Some(at))) => languages[..=at].rotate_right(1),
        Some((name, None)) => {
            let what = format!("`{}` is none of the languages", name.text);
            fields.broken_at(name.location.clone(), what, "name one of `languages`");
        }
        None => fields.missing("default_language", "name one of `languages`: default_language = \"en\""),
    }
    if languages.is_empty() {
        fields.missing("languages", "write e.g. languages = [\"zh\", \"en\"]");
        languages.push(Language::EN);
    }
    let costs = fields.number("wrong_answer_costs", WRONG_ANSWER_COSTS, Knowledge::WRONG_ANSWER_COSTS);
    let article = match fields.tables("article").into_iter().next() {
        Some((table, span)) => read_article(fields.inner(table, span)),
        None => Article::default(),
    };
    let mut products: Vec<Product> = Vec::new();
    for (table, span) in fields.tables("products") {
        let Some(product) = read_product(fields.inner(table, span.clone())) else { continue };
        if products.iter().any(|p| p.id == product.id) {
            fields.broken(&span, format!("two products have the id `{}`", product.id), "rename one of them");
        } else {
            products.push(product);
        }
    }
    fields.finish();
    diagnostics.append(&mut collector.diagnostics);
    Manifest { title, article, languages, products, wrong_answer_costs: costs }
}

fn read_article(mut fields: Fields<'_, '_, '_>) -> Article {
    let mut article = Article {
        title: fields.localized("title"),
        author: fields.localized("author"),
        publisher: fields.localized("publisher"),
        date: fields.string("date").map(|text| text.text).unwrap_or_default(),
        reprint: fields.localized("reprint"),
        url: String::new(),
    };
    if let Some(url) = fields.string("url") {
        if is_web_address(&url.text) {
            article.url = url.text;
        } else {
            fields.broken_at(url.location, "`url` is no web address", "write it whole, with https://");
        }
    }
    fields.finish();
    article
}

fn read_product(mut fields: Fields<'_, '_, '_>) -> Option<Product> {
    let id = fields.string("id").map(|text| text.text);
    if id.is_none() {
        fields.missing("id", "give the product an id, e.g. id = \"whisper\"");
    }
    let name = fields.string("name").map(|text| text.text).or_else(|| id.clone()).unwrap_or_default();
    let is_id = |id: &str| id.len() <= SectionId::MAX_KEY_BYTES && SectionId::parse(id).is_some();
    if let Some(id) = id.as_deref().filter(|id| !is_id(id)) {
        // Button data contains either a product id or a section id, so both have the same format.
        let help = format!("use at most {} of a-z, 0-9, - and _", SectionId::MAX_KEY_BYTES);
        fields.table_error(format!("`{id}` cannot be a product's id"), help);
    }
    let product = Product {
        label: fields.string("label").map_or_else(|| name.clone(), |text| text.text),
        aliases: fields.strings("aliases"),
        id: id.clone().unwrap_or_default(),
        name,
    };
    fields.finish();
    id.map(|_| product)
}

fn read_out_of_scope(file: &File, diagnostics: &mut Vec<Diagnostic>) -> Vec<SourceText> {
    let mut collector = DiagnosticCollector::new(&file.shown, &file.text, 0);
    let table = collector.parse();
    let mut fields = Fields::new(&mut collector, table, 0..0);
    let questions = fields.strings("questions");
    fields.finish();
    diagnostics.append(&mut collector.diagnostics);
    questions
}

fn read_section(
    file: &File,
    language: Language,
    stem: &str,
    article_url: &str,
    diagnostics: &mut Vec<Diagnostic>,
) -> Option<ParsedSection> {
    let start = Location::new(&file.shown, 1);
    let Some(FrontMatter { text: front, body, lines_above, is_yaml }) = split_front_matter(&file.text) else {
        // Without front matter, a README is a note to other authors.
        if !is_readme(stem) {
            let help = "begin the file with a `+++` line, title = \"…\", and another `+++` line; the text comes after";
            diagnostics.push(Diagnostic::new(Severity::Broken, start, "no front matter", help));
        }
        return None;
    };
    let mut collector = DiagnosticCollector::new(&file.shown, front, lines_above);
    let table = if is_yaml { collector.parse_yaml() } else { collector.parse() };
    let mut fields = Fields::new(&mut collector, table, 0..0);
    let title = fields.string("title").filter(|t| !t.text.is_empty());
    if title.is_none() {
        let example = fields.assignment("title", "\"…\"");
        fields.missing("title", &format!("give the section a headline: {example}"));
    }
    let id = SectionId::parse(&stem.to_ascii_lowercase());
    if id.is_none() {
        let help = match slug(stem) {
            Some(slug) => format!("rename the file, e.g. to {slug}.md"),
            None => format!("name the file with at most {} of a-z, 0-9, - and _", SectionId::MAX_BYTES),
        };
        fields.broken_at(start.clone(), format!("`{stem}` cannot be a section's id"), help);
    }
    let product = fields.string("product");
    let related = fields.strings("related");
    let source = fields.string("source").map(|text| text.text).unwrap_or_default();
    let base = if is_web_address(&source) { &source } else { article_url };
    let body = Body::parse_at(body, base);
    let plain = fields.strings("questions").into_iter().map(|text| SampleQuestion::new(text, None));
    let mut questions: Vec<SampleQuestion> = plain.collect();
    for (table, span) in fields.tables("answers") {
        questions.extend(read_answer(fields.inner(table, span), &body));
    }
    let text = SectionText {
        title: title.map(|t| plain_line(&t.text)).unwrap_or_default(),
        aliases: fields.strings("aliases"),
        questions,
        image: fields.string("image").map(|text| text.text),
        body,
        source,
        location: start,
    };
    fields.finish();
    diagnostics.append(&mut collector.diagnostics);
    Some(ParsedSection { id: id?, language, product, related, text })
}

/// Reads a table of `[[answers]]`: sample questions, and a part of the sentence that answers them.
fn read_answer(mut fields: Fields<'_, '_, '_>, body: &Body) -> Vec<SampleQuestion> {
    let part = fields.string("sentence").filter(|part| !part.text.is_empty());
    let questions = fields.strings("questions");
    let answer = match part {
        None => {
            fields.missing("sentence", "copy a part of the sentence that answers these questions");
            None
        }
        Some(part) => {
            let sentences: Vec<String> = body.sentences().map(Sentence::plain).collect();
            let whole = sentences.iter().position(|sentence| *sentence == part.text);
            let having = |sentence: &String| sentence.contains(&part.text);
            let count = sentences.iter().filter(|sentence| having(sentence)).count();
            if whole.is_none() && count != 1 {
                let what = format!("{count} sentences of the body contain `{}`", part.text);
                let help = "copy a part that only one sentence has, as readers see it, without Markdown";
                fields.broken_at(part.location, what, help);
            }
            whole.or_else(|| sentences.iter().position(having))
        }
    };
    fields.finish();
    questions.into_iter().map(|text| SampleQuestion::new(text, answer)).collect()
}

/// The parts of a section file.
#[derive(Debug, PartialEq, Eq)]
struct FrontMatter<'a> {
    /// The TOML or YAML between the two marks.
    text: &'a str,
    /// The Markdown below.
    body: &'a str,
    /// The number of lines above `text`.
    lines_above: usize,
    is_yaml: bool,
}

/// Splits a section file. Its front matter is TOML between `+++` lines or YAML between `---` lines.
/// Returns `None` if the file has no front matter.
fn split_front_matter(file: &str) -> Option<FrontMatter<'_>> {
    let file = file.strip_prefix('\u{FEFF}').unwrap_or(file);
    let rest = file.trim_start();
    let lines_above = 1 + file[..file.len() - rest.len()].matches('\n').count();
    let (first, front) = rest.split_once('\n')?;
    let is_yaml = match first.trim_end() {
        "+++" => false,
        "---" => true,
        _ => return None,
    };
    let mut start = 0;
    for line in front.split_inclusive('\n') {
        let is_end = match line.trim_end() {
            "+++" => !is_yaml,
            "---" | "..." => is_yaml,
            _ => false,
        };
        if is_end {
            let (text, body) = (&front[..start], &front[start + line.len()..]);
            return Some(FrontMatter { text, body, lines_above, is_yaml });
        }
        start += line.len();
    }
    None
}

/// Joins the texts of each section in different languages into one section. Replaces product ids
/// and related section ids by indexes.
fn merge_languages(
    parsed: Vec<ParsedSection>,
    products: &[Product],
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<Section> {
    let mut broken = |location: &Location, what: String, help: String| {
        diagnostics.push(Diagnostic::new(Severity::Broken, location.clone(), what, help));
    };
    let mut by_id: BTreeMap<SectionId, Vec<ParsedSection>> = BTreeMap::new();
    for section_file in parsed {
        by_id.entry(section_file.id.clone()).or_default().push(section_file);
    }
    let ids: Vec<SectionId> = by_id.keys().cloned().collect();
    let mut sections = Vec::with_capacity(ids.len());
    for (id, parsed) in by_id {
        let mut section = Section { id, product: None, related: Vec::new(), texts: BTreeMap::new() };
        for section_file in parsed {
            if let Some(first) = section.texts.get(&section_file.language) {
                let what = format!("the id `{}` is taken by {}", section.id, first.location.path);
                broken(&section_file.text.location, what, "rename one of the two files".to_owned());
                continue;
            }
            if let Some(name) = &section_file.product {
                match products.iter().position(|p| p.id == name.text) {
                    None => {
                        broken(&name.location, format!("unknown product `{}`", name.text), known_products(products))
                    }
                    at if section.product.is_none() || section.product == at => section.product = at,
                    _ => broken(
                        &name.location,
                        format!("`{}` is another product here than in the other language", section.id),
                        "give both files the same product".to_owned(),
                    ),
                }
            }
            for name in &section_file.related {
                let at = SectionId::parse(&name.text).and_then(|id| ids.binary_search(&id).ok());
                match at {
                    None => broken(
                        &name.location,
                        format!("dead link: there is no section `{}`", name.text),
                        "name the id of a section (its file's name without .md)".to_owned(),
                    ),
                    Some(at) if !section.related.contains(&at) => section.related.push(at),
                    Some(_) => {}
                }
            }
            section.texts.insert(section_file.language, section_file.text);
        }
        sections.push(section);
    }
    sections
}

fn known_products(products: &[Product]) -> String {
    let ids: Vec<&str> = products.iter().map(|p| p.id.as_str()).collect();
    format!(
        "name one of {MANIFEST}'s products: {}",
        if ids.is_empty() { "(none yet)".to_owned() } else { ids.join(", ") }
    )
}

#[cfg(test)]
mod tests {
    use super::{FileKind, FrontMatter, split_front_matter};

    #[test]
    fn front_matter_stands_between_two_lines_of_plus_signs() {
        for (text, expected) in [
            ("+++\na = 1\n+++\nText", Some(("a = 1\n", "Text", 1, false))),
            ("\u{FEFF}+++ \r\na = 1\r\n+++\r\nText", Some(("a = 1\r\n", "Text", 1, false))),
            ("+++\n+++", Some(("", "", 1, false))),
            ("\n\n+++\n+++\nText", Some(("", "Text", 3, false))),
            ("---\na: 1\n+++\n---\nText", Some(("a: 1\n+++\n", "Text", 1, true))),
            ("---\na: 1\n...\nText", Some(("a: 1\n", "Text", 1, true))),
            ("---\na: 1\n", None),
            ("+++\na = 1\n", None),
            ("+++ a = 1\n+++\n", None),
            ("Text\n+++\n+++\n", None),
            ("", None),
        ] {
            let expected =
                expected.map(|(text, body, lines_above, is_yaml)| FrontMatter { text, body, lines_above, is_yaml });
            assert_eq!(split_front_matter(text), expected, "{text:?}");
        }
    }

    #[test]
    fn the_path_tells_the_kind_of_a_file() {
        let kind = |path| match FileKind::of(path) {
            FileKind::Manifest => "manifest".to_owned(),
            FileKind::OutOfScope(language) => format!("out of scope, {language}"),
            FileKind::Section(language, stem) => format!("{stem}, {language}"),
            FileKind::Readme => "readme".to_owned(),
            FileKind::OtherText => "other text".to_owned(),
            FileKind::Unknown(_) => "unknown".to_owned(),
        };
        for (path, expected) in [
            ("footnote.toml", "manifest"),
            ("en/whisper.md", "whisper, en"),
            ("zh/products/codex.md", "codex, zh"),
            ("en/_declined.toml", "out of scope, en"),
            ("en/other.toml", "unknown"),
            ("whisper.md", "unknown"),
            ("english/whisper.md", "unknown"),
            ("en/PARKING.MD", "PARKING, en"),
            ("en/a.b.markdown", "a.b, en"),
            ("en/a.txt", "other text"),
            ("README.md", "readme"),
            ("readme.zh.MD", "readme"),
            ("notes.txt", "readme"),
        ] {
            assert_eq!(kind(path), expected, "{path}");
        }
    }
}
