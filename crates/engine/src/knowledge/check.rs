//! What can be wrong with a base whose every file could be read.
//!
//! That a section wins its own sample questions needs the matcher and is therefore
//! `Engine::self_check`.

use std::collections::{BTreeSet, HashMap};

use super::diagnostic::{Diagnostic, Severity};
use super::numbers::numbers;
use super::{Knowledge, Section, SectionText, SourceText};
use crate::text::{Language, normalize, squashed};

/// Longest body that is read without turning pages, in UTF-16 code units: what a Telegram message
/// holds (4,096), less a headline, a highlighted sentence and the source.
const MAX_BODY_UNITS: usize = 3_400;

/// Looks for translations that are missing or differ in their numbers, names that two subjects
/// claim, questions that stand in two places, pictures that cannot be shown, and texts too long for
/// a message.
#[must_use]
pub fn check(knowledge: &Knowledge) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    for section in &knowledge.sections {
        check_translations(section, &knowledge.languages, &mut problems);
        for text in section.texts.values() {
            check_text(text, &mut problems);
        }
    }
    check_aliases(knowledge, &mut problems);
    check_questions(knowledge, &mut problems);
    problems
}

fn check_translations(section: &Section, languages: &[Language], problems: &mut Vec<Diagnostic>) {
    let Some((first, original)) = languages.iter().find_map(|l| section.texts.get_key_value(l)) else { return };
    let stated = numbers(&everything(original));
    for language in languages {
        let Some(text) = section.texts.get(language) else {
            let what = format!("`{}` has no translation into `{language}`", section.id);
            let help = format!("write {language}/{}.md", section.id);
            problems.push(Diagnostic::new(Severity::Error, original.location.clone(), what, help));
            continue;
        };
        let here = numbers(&everything(text));
        for (missing, only_in) in [(here.difference(&stated), language), (stated.difference(&here), first)] {
            let missing: BTreeSet<&String> = missing.collect();
            if !missing.is_empty() {
                let list = missing.into_iter().map(String::as_str).collect::<Vec<_>>().join(", ");
                let what = format!("only the `{only_in}` text of `{}` has: {list}", section.id);
                let help = "state the same numbers in every language, in digits";
                problems.push(Diagnostic::new(Severity::Error, text.location.clone(), what, help));
            }
        }
    }
}

fn everything(text: &SectionText) -> String {
    let mut all = text.title.clone();
    for sentence in text.body.sentences() {
        all.push('\n');
        all.push_str(&sentence.plain());
    }
    all
}

fn check_text(text: &SectionText, problems: &mut Vec<Diagnostic>) {
    let length: usize = text.body.sentences().map(|s| s.plain().encode_utf16().count() + 2).sum();
    if length > MAX_BODY_UNITS {
        let what = format!(
            "the body has about {length} characters; a message holds {MAX_BODY_UNITS} beside its headline, so readers have to turn pages"
        );
        problems.push(Diagnostic::new(
            Severity::Warning,
            text.location.clone(),
            what,
            "shorten it, or make two sections of it",
        ));
    }
    let is_web = |image: &String| image.starts_with("https://") || image.starts_with("http://");
    if let Some(image) = text.image.as_ref().filter(|image| !is_web(image)) {
        let what = format!("`{image}` is no address of a picture");
        let help = "Telegram fetches pictures from the web: write one that begins with https://";
        problems.push(Diagnostic::new(Severity::Error, text.location.clone(), what, help));
    }
    if text.body.blocks.is_empty() {
        let what = "the body is empty";
        problems.push(Diagnostic::new(
            Severity::Error,
            text.location.clone(),
            what,
            "write what the section has to say below the front matter",
        ));
    }
}

/// A name belongs to one product; the alias of a section outside every product belongs to that
/// section.
fn check_aliases(knowledge: &Knowledge, problems: &mut Vec<Diagnostic>) {
    let of_products =
        knowledge.products.iter().enumerate().flat_map(|(at, p)| p.aliases.iter().map(move |a| (a, Some(at), None)));
    let of_sections = knowledge.sections.iter().flat_map(|s| {
        s.texts.values().flat_map(|t| &t.aliases).map(move |a| (a, s.product, s.product.is_none().then_some(&s.id)))
    });
    let mut owners = HashMap::new();
    for (alias, product, section) in of_products.chain(of_sections) {
        let (first, owner) = owners.entry(squashed(&alias.text)).or_insert((alias, (product, section)));
        if *owner != (product, section) {
            let what = format!("the alias `{}` is claimed by {} too", alias.text, first.location);
            problems.push(Diagnostic::new(
                Severity::Error,
                alias.location.clone(),
                what,
                "leave it to the one whose name it is",
            ));
        }
    }
}

/// The same question cannot belong to two sections, nor be both ours and none of ours.
fn check_questions(knowledge: &Knowledge, problems: &mut Vec<Diagnostic>) {
    let mut seen: HashMap<String, (&str, &SourceText)> = HashMap::new();
    let ours = knowledge
        .sections
        .iter()
        .flat_map(|s| s.texts.values().flat_map(|t| &t.questions).map(|line| (s.id.as_str(), line)));
    let declined = knowledge.out_of_scope.values().flatten().map(|line| ("_declined", line));
    for (owner, line) in ours.chain(declined) {
        match seen.entry(normalize(&line.text)) {
            std::collections::hash_map::Entry::Vacant(entry) => {
                entry.insert((owner, line));
            }
            std::collections::hash_map::Entry::Occupied(entry) if entry.get().0 != owner => {
                let what = format!("this question stands in {} too", entry.get().1.location);
                problems.push(Diagnostic::new(Severity::Error, line.location.clone(), what, "leave it in one place"));
            }
            std::collections::hash_map::Entry::Occupied(_) => {}
        }
    }
}
