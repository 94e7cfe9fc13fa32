//! From a folder of files to [`Knowledge`] and the problems found on the way.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;
use std::path::Path;
use std::sync::Arc;

use super::body::is_web_address;
use super::diagnostic::{Diagnostic, Location, Severity};
use super::fields::{Diagnostics, Fields};
use super::files::{self, File, Unreadable};
use super::{Article, Body, Knowledge, Localized, Product, Section, SectionId, SectionText, SourceText};
use crate::text::Language;

const MANIFEST: &str = "footnote.toml";
const DECLINED: &str = "_declined.toml";

/// What a wrong answer may cost. Cheaper than to ask back, it would be given at random; at the
/// upper end hardly anything is answered that is not certain.
const WRONG_ANSWER_COSTS: RangeInclusive<f64> = 1.0..=100.0;

/// A base as far as it could be read, and all that is wrong with its form.
#[derive(Debug)]
pub struct Loaded {
    /// What could be read.
    pub knowledge: Knowledge,
    /// What could not, in the order of files and lines.
    pub problems: Vec<Diagnostic>,
    /// The SHA-256 of all files: as long as it stays the same, so does what is made of them.
    pub fingerprint: [u8; 32],
}

impl Loaded {
    /// Can the base be served: was everything in it understood?
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.problems.iter().all(|p| p.severity != Severity::Broken)
    }
}

/// The base built into the binary: the article on OpenAI's products.
#[must_use]
pub fn embedded() -> Loaded {
    assemble("knowledge", files::embedded())
}

/// The base in a folder.
///
/// # Errors
/// When the folder or a file in it cannot be read. What is wrong *in* a file is a [`Diagnostic`],
/// not an error.
pub fn load(folder: &Path) -> Result<Loaded, Unreadable> {
    Ok(assemble(&folder.to_string_lossy(), files::read(folder)?))
}

/// A section file as read, before the languages are put together.
struct Draft {
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
    let mut problems = Vec::new();
    let mut manifest = None;
    let mut drafts = Vec::new();
    let mut declined: BTreeMap<Language, Vec<SourceText>> = BTreeMap::new();
    for file in &files {
        if !file.is_utf8 {
            let location = Location::new(&file.shown, 1);
            let help = "save the file as UTF-8";
            problems.push(Diagnostic::new(Severity::Broken, location, "the file is not UTF-8", help));
        }
        match Place::of(&file.relative) {
            Place::Manifest => manifest = Some(read_manifest(file, &mut problems)),
            Place::Declined(language) => {
                declined.entry(language).or_default().extend(read_declined(file, &mut problems));
            }
            Place::Section(language, stem) => drafts.extend(read_section(file, language, &stem, &mut problems)),
            Place::Unknown(help) => {
                let location = Location::new(&file.shown, 1);
                problems.push(Diagnostic::new(Severity::Broken, location, "a file that belongs nowhere", help));
            }
        }
    }
    let manifest_location = Location::new(&Arc::from(format!("{folder}/{MANIFEST}")), 1);
    let manifest = manifest.unwrap_or_else(|| {
        let help = "write it, each on a line: title = \"…\" / languages = [\"en\"] / default_language = \"en\"";
        problems.push(Diagnostic::new(Severity::Broken, manifest_location.clone(), "the file is missing", help));
        Manifest {
            title: Localized::default(),
            article: Article::default(),
            languages: vec![Language::EN],
            products: vec![],
            wrong_answer_costs: Knowledge::WRONG_ANSWER_COSTS,
        }
    });
    drafts.retain(|draft| {
        let known = manifest.languages.contains(&draft.language);
        if !known {
            let what = format!("`{}` is none of the base's languages", draft.language);
            let help = format!("add it to `languages` in {MANIFEST}, or remove the folder");
            problems.push(Diagnostic::new(Severity::Broken, draft.text.location.clone(), what, help));
        }
        known
    });
    if drafts.is_empty() {
        let help = "add one, e.g. en/hello.md: a `+++` line, title = \"Hello\", a `+++` line, then the text";
        problems.push(Diagnostic::new(Severity::Broken, manifest_location, "the base has no section", help));
    }
    let sections = merge_languages(drafts, &manifest.products, &mut problems);
    problems.sort_by(|a, b| a.location.cmp(&b.location));
    let Manifest { title, article, languages, products, wrong_answer_costs } = manifest;
    let knowledge =
        Knowledge { title, article, languages, products, sections, out_of_scope: declined, wrong_answer_costs };
    Loaded { knowledge, problems, fingerprint: files::fingerprint(&files) }
}

/// What a file is, by its path.
enum Place {
    Manifest,
    Declined(Language),
    Section(Language, String),
    Unknown(&'static str),
}

impl Place {
    fn of(relative: &str) -> Place {
        if relative == MANIFEST {
            return Place::Manifest;
        }
        let Some((folder, rest)) = relative.split_once('/') else {
            return Place::Unknown("sections stand in a folder by their language, e.g. en/whisper.md");
        };
        let Ok(language) = folder.parse::<Language>() else {
            return Place::Unknown("name the folder by its language, e.g. `en` or `zh`");
        };
        let name = rest.rsplit('/').next().unwrap_or(rest);
        match name.strip_suffix(".md") {
            Some(stem) => Place::Section(language, stem.to_owned()),
            None if name == DECLINED => Place::Declined(language),
            None => Place::Unknown("sections are `.md` files; the only other file here is `_declined.toml`"),
        }
    }
}

fn read_manifest(file: &File, problems: &mut Vec<Diagnostic>) -> Manifest {
    let mut notes = Diagnostics::new(&file.shown, &file.text, 0);
    let table = notes.parse();
    let mut fields = Fields::new(&mut notes, table, 0..0);
    let title = fields.localized("title");
    if title.is_empty() {
        fields.missing("title", "write the name of the base: title = \"…\"");
    }
    let mut languages = Vec::new();
    for code in fields.strings("languages") {
        match code.text.parse::<Language>() {
            Ok(language) => languages.push(language),
            Err(error) => fields.note(code.location, error.to_string(), "write e.g. languages = [\"zh\", \"en\"]"),
        }
    }
    let default = fields.string("default_language");
    match default.as_ref().map(|line| (line, languages.iter().position(|l| l.as_str() == line.text))) {
        Some((_, Some(at))) => languages[..=at].rotate_right(1),
        Some((line, None)) => {
            let what = format!("`{}` is none of the languages", line.text);
            fields.note(line.location.clone(), what, "name one of `languages`");
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
    problems.append(&mut notes.problems);
    Manifest { title, article, languages, products, wrong_answer_costs: costs }
}

fn read_article(mut fields: Fields<'_, '_, '_>) -> Article {
    let mut article = Article {
        title: fields.localized("title"),
        author: fields.localized("author"),
        publisher: fields.localized("publisher"),
        date: fields.string("date").map(|l| l.text).unwrap_or_default(),
        reprint: fields.localized("reprint"),
        url: String::new(),
    };
    if let Some(url) = fields.string("url") {
        if is_web_address(&url.text) {
            article.url = url.text;
        } else {
            fields.note(url.location, "`url` is no web address", "write it whole, with https://");
        }
    }
    fields.finish();
    article
}

fn read_product(mut fields: Fields<'_, '_, '_>) -> Option<Product> {
    let id = fields.string("id").map(|l| l.text);
    if id.is_none() {
        fields.missing("id", "give the product an id, e.g. id = \"whisper\"");
    }
    let name = fields.string("name").map(|l| l.text).or_else(|| id.clone()).unwrap_or_default();
    if let Some(id) = id.as_deref().filter(|id| SectionId::parse(id).is_none()) {
        // It stands in the data of a button, as the id of a section does.
        let help = format!("use at most {} of a-z, 0-9, - and _", SectionId::MAX_BYTES);
        fields.wrong_here(format!("`{id}` cannot be a product's id"), help);
    }
    let product = Product {
        label: fields.string("label").map_or_else(|| name.clone(), |l| l.text),
        aliases: fields.strings("aliases"),
        id: id.clone().unwrap_or_default(),
        name,
    };
    fields.finish();
    id.map(|_| product)
}

fn read_declined(file: &File, problems: &mut Vec<Diagnostic>) -> Vec<SourceText> {
    let mut notes = Diagnostics::new(&file.shown, &file.text, 0);
    let table = notes.parse();
    let mut fields = Fields::new(&mut notes, table, 0..0);
    let questions = fields.strings("questions");
    fields.finish();
    problems.append(&mut notes.problems);
    questions
}

fn read_section(file: &File, language: Language, stem: &str, problems: &mut Vec<Diagnostic>) -> Option<Draft> {
    let start = Location::new(&file.shown, 1);
    let Some((front, body, lines_above)) = split_front_matter(&file.text) else {
        let help = "begin the file with a `+++` line, title = \"…\", and another `+++` line; the text comes after";
        problems.push(Diagnostic::new(Severity::Broken, start, "no front matter", help));
        return None;
    };
    let mut notes = Diagnostics::new(&file.shown, front, lines_above);
    let table = notes.parse();
    let mut fields = Fields::new(&mut notes, table, 0..0);
    let title = fields.string("title").filter(|t| !t.text.is_empty());
    if title.is_none() {
        fields.missing("title", "give the section a headline: title = \"…\"");
    }
    let id = SectionId::parse(&stem.to_ascii_lowercase());
    if id.is_none() {
        let help = format!("name the file with at most {} of a-z, 0-9, - and _", SectionId::MAX_BYTES);
        fields.note(start.clone(), format!("`{stem}` cannot be a section's id"), help);
    }
    let product = fields.string("product");
    let related = fields.strings("related");
    let text = SectionText {
        title: title.map(|t| t.text).unwrap_or_default(),
        aliases: fields.strings("aliases"),
        questions: fields.strings("questions"),
        source: fields.string("source").map(|l| l.text).unwrap_or_default(),
        image: fields.string("image").map(|l| l.text),
        body: Body::parse(body),
        location: start,
    };
    fields.finish();
    problems.append(&mut notes.problems);
    Some(Draft { id: id?, language, product, related, text })
}

/// The TOML between the `+++` lines, the Markdown after them, and how many lines stand above the
/// TOML.
fn split_front_matter(text: &str) -> Option<(&str, &str, usize)> {
    let text = text.strip_prefix('\u{FEFF}').unwrap_or(text);
    let rest = text.strip_prefix("+++")?;
    let (first, front) = rest.split_once('\n')?;
    if !first.trim().is_empty() {
        return None;
    }
    let mut start = 0;
    for line in front.split_inclusive('\n') {
        if line.trim_end() == "+++" {
            return Some((&front[..start], &front[start + line.len()..], 1));
        }
        start += line.len();
    }
    None
}

/// Joins the languages of each section and turns names into indexes.
fn merge_languages(drafts: Vec<Draft>, products: &[Product], problems: &mut Vec<Diagnostic>) -> Vec<Section> {
    let mut broken = |location: &Location, what: String, help: String| {
        problems.push(Diagnostic::new(Severity::Broken, location.clone(), what, help));
    };
    let mut by_id: BTreeMap<SectionId, Vec<Draft>> = BTreeMap::new();
    for draft in drafts {
        by_id.entry(draft.id.clone()).or_default().push(draft);
    }
    let ids: Vec<SectionId> = by_id.keys().cloned().collect();
    let mut sections = Vec::with_capacity(ids.len());
    for (id, drafts) in by_id {
        let mut section = Section { id, product: None, related: Vec::new(), texts: BTreeMap::new() };
        for draft in drafts {
            if let Some(first) = section.texts.get(&draft.language) {
                let what = format!("the id `{}` is taken by {}", section.id, first.location.path);
                broken(&draft.text.location, what, "rename one of the two files".to_owned());
                continue;
            }
            if let Some(name) = &draft.product {
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
            for name in &draft.related {
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
            section.texts.insert(draft.language, draft.text);
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
