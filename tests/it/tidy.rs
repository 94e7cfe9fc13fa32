//! The house rules, as tests.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::harness::root;

/// The modules in the order of the path of a question; each names only those before it.
const ENGINE: [&str; 6] = ["text", "knowledge", "question", "matching", "reply", "engine"];
const BOT: [&str; 5] = ["store", "inbox", "health", "telegram", "cli"];

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

/// The first segments of all `crate::` paths, nested ones included.
fn named_modules(code: &str) -> BTreeSet<String> {
    let mut named = BTreeSet::new();
    for part in code.split("crate::").skip(1) {
        let list = part.strip_prefix('{').map_or(part, |inner| inner.split("};").next().unwrap_or(inner));
        let group = if part.starts_with('{') { list.split(',').collect() } else { vec![part] };
        let word =
            |text: &str| text.trim().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
        named.extend(group.into_iter().map(word));
    }
    named
}

#[test]
fn modules_name_only_those_before_them() {
    let mut wrong = Vec::new();
    for (folder, order) in [("crates/engine/src", &ENGINE[..]), ("src", &BOT[..])] {
        let mut files = Vec::new();
        sources(&root().join(folder), &mut files);
        for file in files {
            let path = file.strip_prefix(root().join(folder)).expect("below").display().to_string();
            let module = path.split(['/', '.']).next().unwrap_or_default().to_owned();
            let Some(own) = order.iter().position(|m| *m == module) else { continue };
            let code = fs::read_to_string(&file).expect("text");
            let named = named_modules(&code).into_iter().filter(|n| order.iter().position(|m| m == n) > Some(own));
            wrong.extend(named.map(|named| format!("{folder}/{path} names crate::{named}")));
        }
    }
    assert!(wrong.is_empty(), "against the direction in ARCHITECTURE.md:\n{}", wrong.join("\n"));
}

#[test]
fn lib_lists_the_modules_in_the_order_of_the_path() {
    for (lib, order) in [("crates/engine/src/lib.rs", &ENGINE[..]), ("src/lib.rs", &BOT[..])] {
        let lib = read(lib);
        let listed: Vec<&str> = lib.lines().filter_map(|l| l.strip_prefix("pub mod ")?.strip_suffix(';')).collect();
        assert_eq!(listed, order);
    }
}

/// All variables that the command line reads.
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
        assert!(root().join(path).exists(), "README.md leads to {path}, which is not there");
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

/// What people read of the interface stands in `reply/strings.rs`, in every language of it, and nowhere else.
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
    assert!(found.is_empty(), "said to people, but not in src/reply/strings.rs:\n{}", found.join("\n"));
}

/// Does one of these beginnings of a literal hold a word?
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
