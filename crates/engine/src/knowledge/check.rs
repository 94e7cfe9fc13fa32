//! Checks the contents of a knowledge base that was loaded without errors.
//!
//! `Engine::self_check` also checks that the matcher finds the right section for each sample
//! question. That check needs a trained matcher, so this module does not contain it.

use std::collections::{BTreeSet, HashMap};

use super::base::Knowledge;
use super::body::Loss;
use super::diagnostic::{Diagnostic, Location, Severity};
use super::numbers::numbers;
use super::section::{Section, SectionText};
use crate::text::{Language, normalize, squashed};

/// Maximum length of a section's body that fits on one page, in UTF-16 code units. A Telegram
/// message holds 4,096 code units. The other 696 are for the headline, the highlighted sentence and
/// the source.
const MAX_BODY_UNITS: usize = 3_400;

/// Finds mistakes in the contents of a knowledge base:
///
/// - sections that lack a translation, or whose translations state different numbers;
/// - aliases listed for two different products or sections;
/// - sample questions listed for two sections, or for a section and as out of scope;
/// - invalid image addresses, and relative addresses that nothing resolves;
/// - bodies that are empty or too long for one message.
#[must_use]
pub fn check(knowledge: &Knowledge) -> Vec<Diagnostic> {
    let mut diagnostics = Vec::new();
    for section in &knowledge.sections {
        check_translations(section, &knowledge.languages, &mut diagnostics);
        for text in section.texts.values() {
            check_text(text, &mut diagnostics);
        }
    }
    check_aliases(knowledge, &mut diagnostics);
    check_questions(knowledge, &mut diagnostics);
    diagnostics
}

fn check_translations(section: &Section, languages: &[Language], diagnostics: &mut Vec<Diagnostic>) {
    let Some((first, original)) = languages.iter().find_map(|l| section.texts.get_key_value(l)) else { return };
    let original_numbers = numbers(&full_text(original));
    for language in languages {
        let Some(text) = section.texts.get(language) else {
            let what = format!("`{}` has no translation into `{language}`", section.id);
            let help = format!("write {language}/{}.md", section.id);
            diagnostics.push(Diagnostic::new(Severity::Error, original.location.clone(), what, help));
            continue;
        };
        let translated_numbers = numbers(&full_text(text));
        for (missing, only_in) in [
            (translated_numbers.difference(&original_numbers), language),
            (original_numbers.difference(&translated_numbers), first),
        ] {
            let missing: BTreeSet<&String> = missing.collect();
            if !missing.is_empty() {
                let list = missing.into_iter().map(String::as_str).collect::<Vec<_>>().join(", ");
                let what = format!("only the `{only_in}` text of `{}` has: {list}", section.id);
                let help = "state the same numbers in every language, in digits";
                diagnostics.push(Diagnostic::new(Severity::Error, text.location.clone(), what, help));
            }
        }
    }
}

fn full_text(text: &SectionText) -> String {
    let mut all = text.title.clone();
    for sentence in text.body.sentences() {
        all.push('\n');
        all.push_str(&sentence.plain());
    }
    all
}

fn check_text(text: &SectionText, diagnostics: &mut Vec<Diagnostic>) {
    let length: usize = text.body.sentences().map(|s| s.plain().encode_utf16().count() + 2).sum();
    if length > MAX_BODY_UNITS {
        let what = format!(
            "the body has about {length} characters; a message holds {MAX_BODY_UNITS} beside its headline, so readers have to turn pages"
        );
        diagnostics.push(Diagnostic::new(
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
        diagnostics.push(Diagnostic::new(Severity::Error, text.location.clone(), what, help));
    }
    for loss in &text.body.losses {
        let (severity, what, help) = match loss {
            Loss::RelativeAddress(address) => (
                Severity::Warning,
                format!("readers cannot open the relative address `{address}`"),
                "write it whole, with https://, or give the article's `url` in footnote.toml",
            ),
            Loss::OpenComment => (
                Severity::Error,
                "a comment begins with `<!--` and never ends; the text after it is left out".to_owned(),
                "end the comment with `-->`",
            ),
        };
        diagnostics.push(Diagnostic::new(severity, text.location.clone(), what, help));
    }
    if text.body.blocks.is_empty() {
        let what = "the body is empty";
        diagnostics.push(Diagnostic::new(
            Severity::Error,
            text.location.clone(),
            what,
            "write what the section has to say below the front matter",
        ));
    }
}

/// Reports each alias that is listed for two owners. The owner of an alias is a product, or a
/// section without a product. An alias in a section about a product belongs to that product.
fn check_aliases(knowledge: &Knowledge, diagnostics: &mut Vec<Diagnostic>) {
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
            diagnostics.push(Diagnostic::new(
                Severity::Error,
                alias.location.clone(),
                what,
                "leave it to the one whose name it is",
            ));
        }
    }
}

/// Reports each sample question that is listed for two sections, or for a section and as out of
/// scope.
fn check_questions(knowledge: &Knowledge, diagnostics: &mut Vec<Diagnostic>) {
    let mut owners: HashMap<String, (&str, &Location)> = HashMap::new();
    let in_scope = knowledge
        .sections
        .iter()
        .flat_map(|s| s.texts.values().flat_map(|t| &t.questions).map(|q| (s.id.as_str(), &q.text, &q.location)));
    let out_of_scope =
        knowledge.out_of_scope.values().flatten().map(|question| ("_declined", &question.text, &question.location));
    for (owner, text, location) in in_scope.chain(out_of_scope) {
        match owners.entry(normalize(text)) {
            std::collections::hash_map::Entry::Vacant(entry) => {
                entry.insert((owner, location));
            }
            std::collections::hash_map::Entry::Occupied(entry) if entry.get().0 != owner => {
                let what = format!("this question stands in {} too", entry.get().1);
                diagnostics.push(Diagnostic::new(Severity::Error, location.clone(), what, "leave it in one place"));
            }
            std::collections::hash_map::Entry::Occupied(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::files::File;
    use super::super::load::assemble;
    use super::check;

    /// Checks a knowledge base of these sections, each given as a path, additional front matter and
    /// a body. Asserts that there is one diagnostic for each text in `expected`, and that its
    /// message contains this text.
    #[track_caller]
    fn found(sections: &[(&str, &str, &str)], expected: &[&str]) {
        let manifest = "title = \"B\"\nlanguages = [\"en\", \"zh\"]\ndefault_language = \"en\"";
        let section = |(path, front, body): &(&str, &str, &str)| {
            ((*path).to_owned(), format!("+++\ntitle = \"{path}\"\n{front}\n+++\n{body}"))
        };
        let texts = sections.iter().map(section).chain([("footnote.toml".to_owned(), manifest.to_owned())]);
        let file =
            |(relative, text): (String, String)| File { shown: (&*relative).into(), relative, text, is_utf8: true };
        let loaded = assemble("base", texts.map(file).collect());
        assert!(loaded.is_whole(), "{:?}", loaded.diagnostics);
        let messages: Vec<String> = check(&loaded.knowledge).into_iter().map(|d| d.what).collect();
        assert_eq!(messages.len(), expected.len(), "{messages:?}");
        for (message, part) in messages.iter().zip(expected) {
            assert!(message.contains(part), "{part:?} is not in {message:?}");
        }
    }

    #[test]
    fn each_mistake_is_found_once() {
        let both = |front, en, zh| [("en/a.md", front, en), ("zh/a.md", front, zh)];
        found(&both("", "It has 4.5 billion words.", "有 45 亿个词。"), &[]);
        found(&both("", "It has 4.5 billion words.", "有 45 万个词。"), &["has: 450000", "has: 4500000000"]);
        found(&[("en/a.md", "", "Text.")], &["no translation into `zh`"]);
        found(&both("", "Text.", ""), &["body is empty"]);
        found(&both("image = \"a.png\"", "Text.", "字。"), &["no address", "no address"]);
        let two = |front: [&'static str; 2]| {
            [("en/a.md", front[0], "T."), ("zh/a.md", "", "字。"), ("en/b.md", front[1], "T."), ("zh/b.md", "", "字。")]
        };
        found(&two(["aliases = [\"tower\"]", "aliases = [\"Tower\"]"]), &["claimed by en/a.md:3 too"]);
        found(&two(["questions = [\"How tall?\"]", "questions = [\"how tall\"]"]), &["stands in en/a.md:3 too"]);
    }
}
