//! Tests of project conventions, such as import cycles, comment length and complete documents.

mod imports;
mod prose;

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::harness::root;

/// The engine's modules in the order in which `lib.rs` must list the modules.
const ENGINE: [&str; 8] = ["text", "knowledge", "answer_kind", "attribute", "question", "matching", "reply", "engine"];
/// The bot's modules in the order in which `lib.rs` must list the modules.
const BOT: [&str; 5] = ["store", "health", "inbox", "telegram", "cli"];

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn sources(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).expect("a folder").map(|e| e.expect("an entry").path()) {
        if entry.is_dir() {
            sources(&entry, found);
        } else if entry.extension().is_some_and(|e| e == "rs") {
            found.push(entry);
        }
    }
}

/// Returns the source code of each module of a crate, by module path. Leaves out `main.rs` and
/// `build.rs`, which are separate crates.
fn modules(folder: &Path) -> BTreeMap<imports::Module, String> {
    let mut files = Vec::new();
    sources(folder, &mut files);
    let module = |file: &PathBuf| {
        let path = file.strip_prefix(folder).expect("below").with_extension("");
        let mut module: imports::Module = path.iter().map(|part| part.to_string_lossy().into_owned()).collect();
        module.pop_if(|last| last == "mod" || last == "lib");
        (module, fs::read_to_string(file).expect("text"))
    };
    let mut modules: BTreeMap<_, _> = files.iter().map(module).collect();
    modules.retain(|module, _| !matches!(module.join("/").as_str(), "main" | "build"));
    modules
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect();
    entries.sort();
    entries
}

#[test]
fn no_files_import_each_other_in_a_circle() {
    let crates = entries(&root().join("crates")).into_iter().map(|folder| folder.join("src"));
    let mut found = Vec::new();
    for folder in crates.chain([root().join("src")]) {
        let place = folder.strip_prefix(root()).expect("below").display().to_string();
        let graph = imports::rust_graph(&modules(&folder));
        assert!(graph.len() > 3, "{place} has no modules");
        found.extend(imports::circles(&graph).into_iter().map(|circle| format!("{place}: {circle}")));
    }
    assert!(found.is_empty(), "move what both need to a file that names neither:\n{}", found.join("\n"));
}

#[test]
fn no_scripts_of_the_page_import_each_other_in_a_circle() {
    let files = entries(&root().join("crates/playground/src/page"));
    let scripts = files.iter().filter(|file| file.extension().is_some_and(|e| e == "js"));
    let name = |file: &PathBuf| file.file_name().expect("a name").to_string_lossy().into_owned();
    let graph = imports::script_graph(&scripts.map(|f| (name(f), fs::read_to_string(f).expect("text"))).collect());
    assert!(graph.values().any(|imports| !imports.is_empty()), "no import was found");
    let found = imports::circles(&graph);
    assert!(found.is_empty(), "move what both need to a file that imports neither:\n{}", found.join("\n"));
}

/// The engine is a library of pure functions. Its direct and indirect dependencies must include no
/// async runtime, network client or database.
#[test]
fn the_engine_depends_on_no_runtime_network_or_database() {
    let manifest: toml::Table = read("crates/engine/Cargo.toml").parse().expect("TOML");
    let lock: toml::Table = read("Cargo.lock").parse().expect("TOML");
    let mut needs: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for package in lock["package"].as_array().expect("packages") {
        let listed = package.get("dependencies").and_then(toml::Value::as_array).into_iter().flatten();
        let names = listed.filter_map(|dependency| dependency.as_str()?.split(' ').next());
        needs.entry(package["name"].as_str().expect("a name")).or_default().extend(names);
    }
    let mut open: Vec<&str> =
        manifest["dependencies"].as_table().expect("a table").keys().map(String::as_str).collect();
    let mut all = BTreeSet::new();
    while let Some(name) = open.pop() {
        if all.insert(name) {
            open.extend(needs.get(name).unwrap_or_else(|| panic!("Cargo.lock lacks {name}")));
        }
    }
    for forbidden in ["tokio", "sqlx", "sqlx-core", "teloxide", "axum", "hyper", "reqwest"] {
        assert!(!all.contains(forbidden), "the engine depends on {forbidden}");
    }
}

/// Collects the paths of the files whose comments the tests check: Rust, JavaScript, shell scripts
/// and Cargo manifests.
fn files_with_comments(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in entries(folder) {
        let name = entry.file_name().expect("a name").to_string_lossy().into_owned();
        if entry.is_dir() {
            if !["target", "data", ".git", "node_modules"].contains(&name.as_str()) {
                files_with_comments(&entry, found);
            }
        } else if [".rs", ".js", ".sh", "Cargo.toml"].iter().any(|end| name.ends_with(end)) || is_shell_script(&entry) {
            found.push(entry);
        }
    }
}

fn is_shell_script(file: &Path) -> bool {
    file.extension().is_none() && fs::read_to_string(file).is_ok_and(|text| text.starts_with("#!"))
}

#[test]
fn comment_lines_have_at_most_100_columns() {
    let mut files = Vec::new();
    files_with_comments(root(), &mut files);
    let mut found = Vec::new();
    for file in files {
        let code = fs::read_to_string(&file).expect("text");
        let is_code = file.extension().is_some_and(|e| e == "rs" || e == "js");
        let marks: &[&str] = if is_code { &["//", "/*", "* "] } else { &["#"] };
        let path = file.strip_prefix(root()).expect("below").display();
        found.extend(prose::long_comment_lines(&code, marks, 100).iter().map(|line| format!("{path}:{line}")));
    }
    assert!(found.is_empty(), "{} comment lines are longer than 100 columns:\n{}", found.len(), found.join("\n"));
}

#[test]
fn documents_have_short_paragraphs_and_the_readme_is_short() {
    let docs = entries(&root().join("docs")).into_iter().filter(|file| file.extension().is_some_and(|e| e == "md"));
    let documents = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md"].map(|name| root().join(name));
    let mut found = Vec::new();
    for file in documents.into_iter().chain(docs) {
        let path = file.strip_prefix(root()).expect("below").display().to_string();
        let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{path}: {error}"));
        let long = prose::long_paragraphs(&text, 80);
        found.extend(long.iter().map(|(line, words)| format!("{path}:{line} has {words} words")));
    }
    assert!(found.is_empty(), "paragraphs of more than 80 words:\n{}", found.join("\n"));
    let lines = read("README.md").lines().count();
    assert!(lines <= 150, "README.md has {lines} lines; at most 150 are read");
}

/// Files of the engine's modules `matching` and `text` that need no unit tests, each with the
/// reason.
const NOT_UNIT_TESTED: [(&str, &str); 3] = [
    ("matching/mod.rs", "only declares modules"),
    ("matching/test_base.rs", "helps the unit tests"),
    ("text/mod.rs", "only declares modules"),
];

#[test]
fn every_algorithm_is_tested_beside_its_code() {
    let engine = root().join("crates/engine/src");
    let mut files = Vec::new();
    sources(&engine.join("matching"), &mut files);
    sources(&engine.join("text"), &mut files);
    let path = |file: &PathBuf| file.strip_prefix(&engine).expect("below").display().to_string();
    let is_tested = |file: &PathBuf| fs::read_to_string(file).expect("text").contains("#[cfg(test)]");
    let is_listed = |path: &String| NOT_UNIT_TESTED.iter().any(|(listed, _)| listed == path);
    let mut found: Vec<String> =
        files.iter().filter(|file| !is_tested(file)).map(path).filter(|p| !is_listed(p)).collect();
    found.sort();
    assert!(
        found.is_empty(),
        "without `#[cfg(test)]`; add a table of cases, or list the reason:\n{}",
        found.join("\n")
    );
    for (listed, _) in NOT_UNIT_TESTED {
        assert!(files.iter().map(path).any(|path| path == listed), "{listed} is listed but not there");
    }
}

#[test]
fn lib_lists_the_modules_in_the_order_of_the_path() {
    for (lib, order) in [("crates/engine/src/lib.rs", &ENGINE[..]), ("src/lib.rs", &BOT[..])] {
        let lib = read(lib);
        let listed: Vec<&str> = lib.lines().filter_map(|l| l.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
        assert_eq!(listed, order);
    }
}

/// Returns the names of all environment variables that the command line reads.
fn variables() -> BTreeSet<String> {
    let definition = footnote::cli::definition();
    let all = std::iter::once(&definition).chain(definition.get_subcommands());
    all.flat_map(|c| c.get_arguments()).filter_map(|a| Some(a.get_env()?.to_string_lossy().into_owned())).collect()
}

#[test]
fn the_example_of_env_holds_every_variable() {
    let example = read(".env.example");
    let named: BTreeSet<String> = example
        .lines()
        .filter_map(|line| line.trim_start_matches("# ").split_once('=').map(|(name, _)| name.to_owned()))
        .filter(|name| !name.is_empty() && name.chars().all(|c| c.is_ascii_uppercase() || c == '_'))
        .collect();
    assert_eq!(named, variables());
}

#[test]
fn the_readme_names_every_command_and_variable_and_picture() {
    let readme = read("README.md");
    for heading in ["## Run it", "## Commands", "## Variables", "## Your own article", "## Licence"] {
        assert!(readme.contains(heading), "README.md lacks `{heading}`");
    }
    for command in footnote::cli::definition().get_subcommands().filter(|c| c.get_name() != "help") {
        assert!(
            readme.contains(&format!("footnote {}", command.get_name())),
            "README.md lacks `footnote {}`",
            command.get_name()
        );
    }
    for variable in variables() {
        assert!(readme.contains(&format!("`{variable}`")), "README.md lacks `{variable}`");
    }
    for path in readme
        .split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .filter(|p| !p.contains("://") && !p.starts_with('#'))
    {
        let file = path.split('#').next().unwrap_or_default();
        assert!(root().join(file).exists(), "README.md leads to {path}, which is not there");
    }
}

#[test]
fn the_architecture_explains_every_dependency() {
    let architecture = read("ARCHITECTURE.md");
    for manifest in ["Cargo.toml", "crates/engine/Cargo.toml", "crates/playground/Cargo.toml"] {
        let manifest: toml::Table = read(manifest).parse().expect("TOML");
        let tables = ["dependencies", "dev-dependencies"].iter().filter_map(|table| manifest.get(*table)?.as_table());
        for name in tables.flat_map(toml::Table::keys).filter(|name| !name.starts_with("footnote")) {
            assert!(
                architecture.contains(&format!("| {name} |")),
                "ARCHITECTURE.md, \"What we use and why\", lacks {name}"
            );
        }
    }
    for module in ENGINE.iter().chain(&BOT).chain(&["playground"]) {
        assert!(architecture.contains(&format!("`{module}")), "the code map lacks `{module}`");
    }
}

#[test]
fn the_changelog_has_this_version() {
    assert!(read("CHANGELOG.md").contains(concat!("## ", env!("CARGO_PKG_VERSION"))));
}

/// Asserts that the texts shown to users are in `reply/strings.rs`, and in no other source file.
#[test]
fn the_interface_speaks_from_one_file() {
    let speaks = ["src/telegram", "crates/engine/src/reply", "src/inbox", "src/store", "crates/engine/src/engine.rs"];
    let is_said = holds_a_word_after(&[".text(\"", "message(\"", ".push(\"", "label: \""]);
    let mut found = Vec::new();
    let mut files = Vec::new();
    sources(&root().join("src"), &mut files);
    sources(&root().join("crates/engine/src"), &mut files);
    for file in files {
        let path = file.strip_prefix(root()).expect("below").display().to_string();
        if !speaks.iter().any(|place| path.starts_with(place)) || path.ends_with("strings.rs") {
            continue;
        }
        let code = fs::read_to_string(&file).expect("text");
        let code = code.split("#[cfg(test)]").next().unwrap_or_default();
        for (number, line) in code.lines().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            let has_han = code.chars().any(|c| ('\u{4E00}'..='\u{9FFF}').contains(&c));
            if has_han || is_said(code) {
                found.push(format!("{path}:{}: {}", number + 1, line.trim()));
            }
        }
    }
    assert!(found.is_empty(), "said to people, but not in crates/engine/src/reply/strings.rs:\n{}", found.join("\n"));
}

/// Returns a predicate on a line of code: true if one of the `beginnings`, such as `.push("`,
/// starts a string literal that contains a word.
fn holds_a_word_after(beginnings: &'static [&'static str]) -> impl Fn(&str) -> bool {
    move |code| {
        beginnings.iter().any(|beginning| {
            code.split(beginning).skip(1).any(|rest| {
                let literal = rest.split('"').next().unwrap_or_default();
                literal.chars().filter(|c| c.is_alphabetic()).count() > 1
            })
        })
    }
}

/// Asserts that every file and test named in the documents exists. Otherwise documents could name a
/// file or test that was renamed.
#[test]
fn every_file_and_test_that_a_document_names_exists() {
    let mut files = Vec::new();
    for folder in ["src", "crates", "tests"] {
        sources(&root().join(folder), &mut files);
    }
    let code: Vec<(String, String)> =
        files.iter().map(|file| (file.display().to_string(), fs::read_to_string(file).expect("text"))).collect();
    let places = [
        "",
        "crates/engine/src",
        "crates/playground/src",
        "crates/playground/src/page",
        "src",
        "docs",
        "tests/it",
        "knowledge",
    ];
    let mut missing = Vec::new();
    for document in ["ARCHITECTURE.md", "CONTRIBUTING.md", "docs/extending.md"] {
        let text = read(document);
        for name in text.split('`').skip(1).step_by(2) {
            let is_there = if let Some((file, test)) = name.split_once(".rs::") {
                let definition = format!("fn {test}(");
                code.iter().any(|(path, code)| path.ends_with(&format!("/{file}.rs")) && code.contains(&definition))
            } else if !name.contains(' ')
                && ["rs", "md", "js", "toml", "html", "jsonl"].iter().any(|e| name.ends_with(&format!(".{e}")))
            {
                name.contains("NAME") || places.iter().any(|place| root().join(place).join(name).exists())
            } else {
                true
            };
            if !is_there {
                missing.push(format!("{document}: {name}"));
            }
        }
    }
    assert!(missing.is_empty(), "named, but not there:\n{}", missing.join("\n"));
}
