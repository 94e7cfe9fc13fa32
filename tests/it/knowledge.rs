//! Tests of the knowledge base loader and its diagnostics, and of the built-in knowledge base.

use std::fs;
use std::path::Path;

use footnote_engine::knowledge::{self, Diagnostic, Loaded, Severity, check};
use footnote_engine::text::Language;

use crate::harness::{engine, root};

const MANIFEST: &str = "title = \"T\"\nlanguages = [\"en\"]\ndefault_language = \"en\"\n";
const SECTION: &str = "+++\ntitle = \"One\"\n+++\n\nText.\n";

/// Writes files into a temporary folder, then loads and checks the folder as a knowledge base.
/// Paths in the returned diagnostics are relative to the folder.
fn load(files: &[(&str, &str)]) -> (Loaded, Vec<Diagnostic>) {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    let loaded = knowledge::load(folder.path()).expect("readable");
    let mut problems = loaded.diagnostics.clone();
    problems.extend(check(&loaded.knowledge));
    let prefix = format!("{}/", folder.path().display());
    for problem in &mut problems {
        problem.location.path = problem.location.path.replace(&prefix, "").into();
    }
    (loaded, problems)
}

/// Loads a valid knowledge base in which `files` replace or add files. Asserts that a reported
/// problem contains `words` and has the location `place`, such as `en/one.md:3`.
#[track_caller]
fn finds(files: &[(&str, &str)], place: &str, words: &str) {
    let base = [("footnote.toml", MANIFEST), ("en/one.md", SECTION)];
    let kept = base.iter().filter(|(path, _)| !files.iter().any(|(p, _)| p == path));
    let all: Vec<_> = kept.chain(files).copied().collect();
    let (_, problems) = load(&all);
    let listed = problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    let found = problems.iter().find(|p| p.what.contains(words));
    let found = found.unwrap_or_else(|| panic!("no problem says `{words}`; there are:\n{listed}"));
    assert_eq!(found.location.to_string(), place, "{listed}");
    assert!(!found.help.is_empty());
}

#[test]
fn a_small_base_loads_without_a_problem() {
    let (loaded, problems) = load(&[("footnote.toml", MANIFEST), ("en/one.md", SECTION)]);
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!(loaded.knowledge.sections.len(), 1);
}

#[test]
fn every_mistake_is_named_at_its_line() {
    let front = |lines: &str| format!("+++\ntitle = \"One\"\n{lines}\n+++\n\nText.\n");
    finds(
        &[("footnote.toml", "titel = \"T\"\nlanguages = [\"en\"]\ndefault_language = \"en\"")],
        "footnote.toml:1",
        "unknown key `titel`",
    );
    finds(
        &[("footnote.toml", "title = \"T\"\nlanguages = [\"en\"]")],
        "footnote.toml:1",
        "`default_language` is missing",
    );
    finds(
        &[("footnote.toml", "title = \"T\"\nlanguages = [\"en\"]\ndefault_language = \"fr\"")],
        "footnote.toml:3",
        "`fr` is none of the languages",
    );
    finds(
        &[("footnote.toml", "title = \"T\"\nlanguages = [\"en\", \"x\"]\ndefault_language = \"en\"")],
        "footnote.toml:2",
        "`x` is no language code",
    );
    finds(
        &[("footnote.toml", "title = \"T\nlanguages = [\"en\"]\ndefault_language = \"en\"")],
        "footnote.toml:1",
        "not TOML",
    );
    finds(&[("en/one.md", "Text only.")], "en/one.md:1", "no front matter");
    finds(&[("en/one.md", "+++\ntitle = \"One\"\nText.")], "en/one.md:1", "no front matter");
    finds(&[("en/one.md", "+++\naliases = [\"a\"]\n+++\nText.")], "en/one.md:2", "`title` is missing");
    finds(&[("en/one.md", &front("question = [\"a\"]"))], "en/one.md:3", "unknown key `question`");
    finds(
        &[("en/one.md", &front("aliases = [\"a\"]\nquestions = [\n  \"a\",\n  7,\n]"))],
        "en/one.md:6",
        "`questions` must be a list of strings",
    );
    finds(&[("en/one.md", &front("product = \"x\""))], "en/one.md:3", "unknown product `x`");
    finds(&[("en/one.md", &front("related = [\"two\"]"))], "en/one.md:3", "dead link");
    finds(&[("en/One.md", SECTION)], "en/one.md:1", "the id `one` is taken by");
    finds(&[("en/o ne.md", SECTION)], "en/o ne.md:1", "cannot be a section's id");
    finds(&[("en/one.txt", "Text.")], "en/one.txt:1", "the file is not read");
    finds(&[("en/one.md", "---\ntitle: One\nfoo: 1\n---\nText.")], "en/one.md:3", "unknown key `foo`");
    finds(&[("en/one.md", "---\ntitle: One: two\n---\nText.")], "en/one.md:2", "not YAML");
    finds(
        &[("en/one.md", "---\ntitle: One\nquestions: why\n---\nText.")],
        "en/one.md:3",
        "`questions` must be a list of strings",
    );
    let body = |text: &str| format!("+++\ntitle = \"One\"\n+++\n\n{text}\n");
    finds(&[("en/one.md", &body("See [it](b.html)."))], "en/one.md:1", "cannot open the relative address `b.html`");
    finds(&[("en/one.md", &body("![A plan](plan.png)"))], "en/one.md:1", "the relative address `plan.png`");
    finds(&[("en/one.md", &body("Text. <!-- TODO"))], "en/one.md:1", "a comment begins");
    finds(&[("fr/one.md", SECTION)], "fr/one.md:1", "`fr` is none of the base's languages");
    finds(&[("stray.md", SECTION)], "stray.md:1", "belongs nowhere");
    let two = "title = \"T\"\nlanguages = [\"en\", \"zh\"]\ndefault_language = \"en\"\n";
    finds(&[("footnote.toml", two)], "en/one.md:1", "no translation into `zh`");
    finds(
        &[
            ("footnote.toml", two),
            ("en/one.md", "+++\ntitle = \"One\"\n+++\n\n18 dollars.\n"),
            ("zh/one.md", "+++\ntitle = \"一\"\n+++\n\n80 美元。\n"),
        ],
        "zh/one.md:1",
        "only the `zh` text of `one` has: 80",
    );
    finds(
        &[("en/one.md", &format!("+++\ntitle = \"One\"\n+++\n\n{}", "word ".repeat(900)))],
        "en/one.md:1",
        "a message holds",
    );
    finds(&[("en/one.md", "+++\ntitle = \"One\"\n+++\n")], "en/one.md:1", "the body is empty");
    finds(
        &[("en/one.md", &front("aliases = [\"Same\"]")), ("en/two.md", &front("aliases = [\"same\"]"))],
        "en/two.md:3",
        "the alias `same` is claimed by",
    );
    finds(
        &[("en/one.md", &front("questions = [\"Why?\"]")), ("en/two.md", &front("questions = [\"why\"]"))],
        "en/two.md:3",
        "this question stands in",
    );
    let products =
        format!("{MANIFEST}[[products]]\nid = \"a\"\naliases = [\"x\"]\n[[products]]\nid = \"b\"\naliases = [\"X\"]\n");
    finds(&[("footnote.toml", &products)], "footnote.toml:9", "the alias `X` is claimed by");
}

#[test]
fn a_file_name_that_cannot_be_an_id_comes_with_one_that_can() {
    let (loaded, _) = load(&[("footnote.toml", MANIFEST), ("en/one.md", SECTION), ("en/Größe & Preis.md", SECTION)]);
    let help: Vec<&str> = loaded.diagnostics.iter().map(|problem| problem.help.as_str()).collect();
    assert_eq!(help, ["rename the file, e.g. to groesse-preis.md"]);
}

/// Loads a base of one section file with this name and content. Returns the section's id, title,
/// first sample question and body.
#[track_caller]
fn one_section(name: &str, bytes: &[u8]) -> (String, String, Option<String>, String) {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("en")).expect("a folder");
    fs::write(folder.path().join("footnote.toml"), MANIFEST).expect("written");
    fs::write(folder.path().join("en").join(name), bytes).expect("written");
    let loaded = knowledge::load(folder.path()).expect("readable");
    assert!(loaded.diagnostics.is_empty(), "{name}: {:?}", loaded.diagnostics);
    let section = &loaded.knowledge.sections[0];
    let text = &section.texts[&Language::EN];
    let body = text.body.sentences().map(|sentence| sentence.plain()).collect::<Vec<_>>().join("|");
    (section.id.to_string(), text.title.clone(), text.questions.first().map(|q| q.text.clone()), body)
}

#[test]
fn files_of_many_editors_are_read() {
    let toml = "+++\ntitle = \"Größe\"\nquestions = [\"why\"]\n+++\n\nOne.\nTwo.\n";
    let yaml = "---\ntitle: Größe\nquestions:\n  - why\n---\n\nOne.\nTwo.\n";
    let utf16 = |to: fn(u16) -> [u8; 2]| -> Vec<u8> {
        std::iter::once(0xFEFF).chain(toml.encode_utf16()).flat_map(to).collect()
    };
    for (name, bytes) in [
        ("parking.md", toml.as_bytes().to_vec()),
        ("PARKING.MD", toml.as_bytes().to_vec()),
        ("parking.markdown", yaml.as_bytes().to_vec()),
        ("parking.md", format!("\u{FEFF}{toml}").into_bytes()),
        ("parking.md", toml.replace('\n', "\r\n").into_bytes()),
        ("parking.md", format!("\u{FEFF}{}", yaml.replace('\n', "\r\n")).into_bytes()),
        ("parking.md", utf16(u16::to_le_bytes)),
        ("parking.md", utf16(u16::to_be_bytes)),
        ("parking.md", format!("\n\n{toml}").into_bytes()),
    ] {
        let read = one_section(name, &bytes);
        let expected = ("parking".to_owned(), "Größe".to_owned(), Some("why".to_owned()), "One.|Two.".to_owned());
        assert_eq!(read, expected, "{name}");
    }
    let long = "a-long-name-".repeat(5);
    assert_eq!(one_section(&format!("{long}.md"), toml.as_bytes()).0, long);
}

#[test]
fn notes_for_authors_do_no_harm() {
    let (loaded, problems) = load(&[
        ("footnote.toml", MANIFEST),
        ("en/one.md", SECTION),
        ("README.md", "# How to write"),
        ("LICENSE.md", "Free."),
        ("en/README.md", "# How to write"),
        ("notes.txt", "To do"),
    ]);
    assert!(problems.is_empty(), "{problems:?}");
    assert_eq!(loaded.knowledge.sections.len(), 1);
}

/// A mounted Kubernetes ConfigMap: files and folders are links into `..data`, which is a link too.
#[cfg(unix)]
#[test]
fn linked_files_and_folders_are_read() {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().expect("a folder");
    let at = |path: &str| folder.path().join(path);
    fs::create_dir_all(at("..2026/en")).expect("a folder");
    fs::write(at("..2026/footnote.toml"), MANIFEST).expect("written");
    fs::write(at("..2026/en/one.md"), SECTION).expect("written");
    symlink("..2026", at("..data")).expect("a link");
    symlink("..data/en", at("en")).expect("a link");
    symlink("..data/footnote.toml", at("footnote.toml")).expect("a link");
    let loaded = knowledge::load(folder.path()).expect("readable");
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    assert_eq!(loaded.knowledge.sections.len(), 1);

    symlink("..", at("..2026/en/circle")).expect("a link");
    let error = knowledge::load(folder.path()).expect_err("a circle").to_string();
    assert!(error.contains("circle") && error.contains("leads back"), "{error}");
    fs::remove_file(at("..2026/en/circle")).expect("removed");
    symlink("nowhere.md", at("..2026/en/two.md")).expect("a link");
    let error = knowledge::load(folder.path()).expect_err("a link to nothing").to_string();
    assert!(error.contains("two.md"), "{error}");
}

#[test]
fn relative_addresses_are_relative_to_the_article() {
    let manifest = format!("{MANIFEST}[article]\nurl = \"https://a.b/c/d\"\n");
    let section = "+++\ntitle = \"One\"\n+++\n\nSee [it](e.html).\n";
    let (loaded, problems) = load(&[("footnote.toml", &manifest), ("en/one.md", section)]);
    assert!(problems.is_empty(), "{problems:?}");
    let body = &loaded.knowledge.sections[0].texts[&Language::EN].body;
    let link = body.sentences().flat_map(|sentence| &sentence.spans).find_map(|span| span.link.clone());
    assert_eq!(link.as_deref(), Some("https://a.b/c/e.html"));
}

#[test]
fn what_a_wrong_answer_costs_is_a_number_in_its_range() {
    let costs = |value: &str| load(&[("footnote.toml", &format!("{MANIFEST}{value}")), ("en/one.md", SECTION)]);
    for (written, read) in [("", 3.0), ("wrong_answer_costs = 1", 1.0), ("wrong_answer_costs = 12.5", 12.5)] {
        let (loaded, problems) = costs(written);
        assert!(problems.is_empty(), "{written}: {problems:?}");
        assert_eq!(loaded.knowledge.wrong_answer_costs, read, "{written}");
    }
    for value in ["0", "101", "-3", "nan", "\"3\"", "true", "[3]"] {
        let manifest = format!("{MANIFEST}wrong_answer_costs = {value}");
        finds(&[("footnote.toml", &manifest)], "footnote.toml:4", "must be a number from 1 to 100");
    }
}

#[test]
fn all_problems_come_at_once_and_the_rest_is_there() {
    let (loaded, _) = load(&[
        ("footnote.toml", MANIFEST),
        ("en/one.md", "+++\ntitle = \"One\"\nfoo = 1\nbar = 2\n+++\n\nText.\n"),
        ("en/two.md", "no front matter"),
        ("en/three.md", SECTION),
    ]);
    assert_eq!(loaded.diagnostics.len(), 3, "{:?}", loaded.diagnostics);
    assert!(loaded.diagnostics.iter().all(|p| p.severity == Severity::Broken));
    let ids: Vec<_> = loaded.knowledge.sections.iter().map(|s| s.id.to_string()).collect();
    assert_eq!(ids, ["one", "three"]);
}

#[test]
fn a_file_that_is_no_text_is_a_problem_among_the_others() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::create_dir(folder.path().join("en")).expect("a folder");
    fs::write(folder.path().join("footnote.toml"), MANIFEST).expect("written");
    fs::write(folder.path().join("en/one.md"), b"+++\ntitle = \"One\"\n+++\n\n\xff\xfe.\n").expect("written");
    let problems = knowledge::load(folder.path()).expect("readable").diagnostics;
    assert!(problems.iter().any(|p| p.what.contains("not UTF-8")), "{problems:?}");
}

#[test]
fn a_folder_that_cannot_be_read_is_an_error_that_names_it() {
    let error = knowledge::load(Path::new("/no/such/folder")).expect_err("nothing there");
    assert!(error.to_string().contains("/no/such/folder"), "{error}");
}

const IDS: [&str; 18] = [
    "about-article",
    "chatgpt",
    "chatgpt-applications",
    "chatgpt-highlights",
    "clip",
    "clip-applications",
    "codex",
    "codex-applications",
    "dall-e-2",
    "dall-e-2-applications",
    "further-reading",
    "gpt-3",
    "gpt-3-applications",
    "openai-vs-deepmind",
    "overview",
    "references",
    "whisper",
    "whisper-applications",
];

#[test]
fn the_built_in_base_is_whole_and_without_mistakes() {
    let loaded = knowledge::embedded();
    let mut problems = loaded.diagnostics;
    problems.extend(check(&loaded.knowledge));
    problems.extend(engine().self_check());
    assert!(problems.is_empty(), "{}", problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
    let ids: Vec<_> = loaded.knowledge.sections.iter().map(|s| s.id.as_str()).collect();
    assert_eq!(ids, IDS);
    for section in &loaded.knowledge.sections {
        for language in [Language::ZH, Language::EN] {
            let text = &section.texts[&language];
            assert!(text.questions.len() >= 40, "{} {language}: {} questions", section.id, text.questions.len());
        }
    }
}

#[test]
fn what_is_built_in_is_what_stands_in_the_folder() {
    let folder = knowledge::load(&root().join("knowledge")).expect("readable");
    let built_in = knowledge::embedded();
    assert_eq!(folder.knowledge.sections.len(), built_in.knowledge.sections.len());
    for (one, other) in folder.knowledge.sections.iter().zip(&built_in.knowledge.sections) {
        assert_eq!(one.id, other.id);
        for (language, text) in &one.texts {
            assert_eq!(text.body, other.texts[language].body, "{}: rebuild", one.id);
        }
    }
}
