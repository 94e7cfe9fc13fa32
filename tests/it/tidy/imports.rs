//! Builds graphs of which source file imports which, and finds import cycles.
//!
//! An import of a re-exported item counts as an import of the file that defines the item. Imports
//! in unit tests are ignored.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// The path of a module in a crate, as a list of names. The list is empty for `lib.rs`.
pub type Module = Vec<String>;

/// A path as written in the code, such as `crate::text::Span`, split at `::`.
type Path = Vec<String>;

/// An import graph: maps the name of each file to the names of the files that it imports.
pub type Graph = BTreeMap<String, BTreeSet<String>>;

/// The imports, re-exports and paths found in one source file.
#[derive(Default)]
struct File {
    /// The paths of all `use` declarations, each by the name that the declaration brings into
    /// scope.
    imported: BTreeMap<String, Path>,
    /// The subset of `imported` that comes from `pub use` declarations.
    exported: BTreeMap<String, Path>,
    /// The paths that the code names: the paths of `use` declarations, and all other paths with
    /// `::`. Excludes the paths of `pub use` declarations.
    named: Vec<Path>,
}

/// Builds the import graph of one crate's Rust files.
pub fn rust_graph(sources: &BTreeMap<Module, String>) -> Graph {
    let files: BTreeMap<Module, File> = sources.iter().map(|(m, source)| (m.clone(), read(source))).collect();
    let name = |module: &Module| if module.is_empty() { "lib".to_owned() } else { module.join("::") };
    let mut graph = Graph::new();
    for (module, file) in &files {
        let targets = file.named.iter().filter_map(|path| {
            let path = match file.imported.get(&path[0]) {
                Some(import) if path.len() > 1 => [import, &path[1..]].concat(),
                _ => path.clone(),
            };
            resolve(&files, absolute(&files, module, &path)?, 0)
        });
        graph.insert(name(module), targets.filter(|target| target != module).map(|target| name(&target)).collect());
    }
    graph
}

/// Builds the import graph of JavaScript modules, by file name.
pub fn script_graph(sources: &BTreeMap<String, String>) -> Graph {
    let imports = |source: &String| {
        let targets = source.split(" from \"./").skip(1).filter_map(|rest| rest.split('"').next());
        targets.map(str::to_owned).collect()
    };
    sources.iter().map(|(name, source)| (name.clone(), imports(source))).collect()
}

/// For each file that is part of an import cycle, returns the shortest cycle from the file back to
/// itself.
pub fn circles(graph: &Graph) -> Vec<String> {
    graph.keys().filter_map(|start| shortest_circle(graph, start)).map(|way| way.join(" -> ")).collect()
}

fn shortest_circle<'a>(graph: &'a Graph, start: &'a str) -> Option<Vec<&'a str>> {
    let mut queue = VecDeque::from([vec![start]]);
    let mut visited = BTreeSet::new();
    while let Some(way) = queue.pop_front() {
        for next in graph.get(*way.last()?).into_iter().flatten() {
            if next == start {
                return Some([way, vec![start]].concat());
            }
            if visited.insert(next) {
                queue.push_back([way.clone(), vec![next]].concat());
            }
        }
    }
    None
}

/// Converts a path as written in the code of `module` to a path from the crate root. Returns `None`
/// if the path leads to another crate.
fn absolute(files: &BTreeMap<Module, File>, module: &Module, path: &Path) -> Option<Path> {
    let supers = path.iter().take_while(|part| *part == "super").count();
    match path[0].as_str() {
        "crate" => Some(path[1..].to_vec()),
        "self" => Some([module, &path[1..]].concat()),
        "super" => Some([module.get(..module.len().checked_sub(supers)?)?, &path[supers..]].concat()),
        child => {
            let below = [module.as_slice(), &[child.to_owned()]].concat();
            files.contains_key(&below).then(|| [module, path.as_slice()].concat())
        }
    }
}

/// Returns the module that defines the item at a path from the crate root. Follows re-exports.
fn resolve(files: &BTreeMap<Module, File>, path: Path, depth: usize) -> Option<Module> {
    let length = (0..=path.len()).rev().find(|length| files.contains_key(&path[..*length]))?;
    let (module, rest) = (path[..length].to_vec(), &path[length..]);
    let export = rest.first().and_then(|first| files[&module].exported.get(first));
    // Chains of re-exports are short. The limit of 8 prevents endless recursion if re-exports form
    // a cycle.
    match export.and_then(|export| absolute(files, &module, export)) {
        Some(target) if depth < 8 => resolve(files, [target.as_slice(), &rest[1..]].concat(), depth + 1),
        _ => Some(module),
    }
}

fn read(source: &str) -> File {
    let source = source.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    let tokens = tokens(source);
    let mut file = File::default();
    let mut at = 0;
    while at < tokens.len() {
        // `use<…>` in a type captures lifetimes, and imports nothing.
        if tokens[at] == "use" && tokens.get(at + 1).is_some_and(|next| next != "<") {
            let is_public = is_public(&tokens[..at]);
            let mut found = Vec::new();
            at = read_use_tree(&tokens, at + 1, &[], &mut found);
            for (name, path) in found {
                if is_public {
                    file.exported.insert(name.clone(), path.clone());
                } else {
                    file.named.push(path.clone());
                }
                file.imported.insert(name, path);
            }
        } else {
            let mut path = vec![tokens[at].clone()];
            while is_word(&tokens[at])
                && tokens.get(at + 1).is_some_and(|t| t == "::")
                && tokens.get(at + 2).is_some_and(|t| is_word(t))
            {
                path.push(tokens[at + 2].clone());
                at += 2;
            }
            if path.len() > 1 {
                file.named.push(path);
            }
            at += 1;
        }
    }
    file
}

/// True if the tokens before an item end in `pub` or `pub(…)`.
fn is_public(before: &[String]) -> bool {
    let visibility = match before {
        [rest @ .., last] if last == ")" => rest.iter().rposition(|t| t == "(").map_or(rest, |open| &rest[..open]),
        _ => before,
    };
    visibility.last().is_some_and(|t| t == "pub")
}

/// Parses a `use` declaration from token `at` on. Adds the local name and the path of each import
/// to `found`. Returns the index of the token after the declaration's tree.
fn read_use_tree(tokens: &[String], mut at: usize, prefix: &[String], found: &mut Vec<(String, Path)>) -> usize {
    let mut path = prefix.to_vec();
    while let Some(token) = tokens.get(at) {
        match token.as_str() {
            "{" => {
                at += 1;
                while tokens.get(at).is_some_and(|t| t != "}") {
                    at = read_use_tree(tokens, at, &path, found);
                    at += usize::from(tokens.get(at).is_some_and(|t| t == ","));
                }
                return at + 1;
            }
            "::" => at += 1,
            "as" => {
                found.push((tokens.get(at + 1).cloned().unwrap_or_default(), path));
                return at + 2;
            }
            "," | "}" | ";" => break,
            // In a group such as `a::{self}`, `self` means the path before the braces, which is
            // `a`.
            "self" if !path.is_empty() => at += 1,
            _ => {
                path.push(token.clone());
                at += 1;
            }
        }
    }
    found.extend(path.last().cloned().map(|name| (name, path)));
    at
}

fn is_word(token: &str) -> bool {
    token.starts_with(|c: char| c.is_alphabetic() || c == '_')
}

/// Splits source code into words, `::` and single punctuation characters. Skips comments, string
/// literals and character literals.
fn tokens(source: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if let Some(raw) = rest.strip_prefix("r#\"") {
            raw.find("\"#").map_or(rest.len(), |end| end + 5)
        } else if first == '"' {
            literal_length(rest, '"')
        } else if first == '\'' && is_char_literal(rest) {
            literal_length(rest, '\'')
        } else if first.is_alphanumeric() || first == '_' {
            let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            tokens.push(rest[..length].to_owned());
            length
        } else if rest.starts_with("::") {
            tokens.push("::".to_owned());
            2
        } else {
            if !first.is_whitespace() {
                tokens.push(first.to_string());
            }
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    tokens
}

/// True if the single quote at the start of `rest` starts a character literal. A lifetime such as
/// `'a` has no closing quote after the first letter.
fn is_char_literal(rest: &str) -> bool {
    let mut chars = rest.chars().skip(1);
    chars.next() == Some('\\') || chars.next() == Some('\'')
}

fn literal_length(rest: &str, quote: char) -> usize {
    let mut is_escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        if c == quote && !is_escaped {
            return at + 1;
        }
        is_escaped = c == '\\' && !is_escaped;
    }
    rest.len()
}

fn toy_crate(files: &[(&str, &str)]) -> Graph {
    let module = |name: &str| name.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect();
    rust_graph(&files.iter().map(|(name, source)| (module(name), (*source).to_owned())).collect())
}

#[test]
fn two_files_that_name_each_other_are_a_circle() {
    let graph =
        toy_crate(&[("a", "use crate::b::B;"), ("b", "fn f() -> super::a::A { todo!() }"), ("c", "use crate::a::A;")]);
    assert_eq!(circles(&graph), ["a -> b -> a", "b -> a -> b"]);
}

#[test]
fn files_in_one_direction_are_no_circle() {
    let graph = toy_crate(&[("", "mod a; mod b; pub use a::A;"), ("a", "struct A;"), ("b", "use crate::A;")]);
    assert_eq!(graph["b"], BTreeSet::from(["a".to_owned()]));
    assert_eq!(circles(&graph), Vec::<String>::new());
}

#[test]
fn a_reexport_counts_as_the_file_that_defines_the_thing() {
    let graph = toy_crate(&[
        ("", "pub mod t;"),
        ("t", "mod state; mod bot; pub(super) use state::{Fake as Shown, Other};"),
        ("t::state", "use super::bot::Bot;"),
        ("t::bot", "use super::Shown;"),
    ]);
    assert_eq!(circles(&graph), ["t::bot -> t::state -> t::bot", "t::state -> t::bot -> t::state"]);
}

#[test]
fn nested_use_trees_are_read_to_their_leaves() {
    let source = "use crate::{a::{self, A}, b::{c::C as D, *}};\nuse std::io;";
    let named: Vec<String> = read(source).named.iter().map(|path| path.join("::")).collect();
    assert_eq!(named, ["crate::a", "crate::a::A", "crate::b::c::C", "crate::b::*", "std::io"]);
}

#[test]
fn comments_literals_and_unit_tests_name_nothing() {
    let source = "// crate::a\nfn h() -> impl Sized + use<> {}\nfn f<'a>() { g('{', '\\'', \"crate::b \\\" crate::c\", r#\"crate::d\"#) }\n\
        #[cfg(test)]\nmod tests { use crate::e; }";
    assert!(read(source).named.is_empty());
}

#[test]
fn scripts_that_import_each_other_are_a_circle() {
    let sources = [("a.js", "import { b } from \"./b.js\";"), ("b.js", "import { a } from \"./a.js\";")];
    let sources = sources.map(|(name, source)| (name.to_owned(), source.to_owned()));
    assert_eq!(circles(&script_graph(&sources.into())), ["a.js -> b.js -> a.js", "b.js -> a.js -> b.js"]);
}
