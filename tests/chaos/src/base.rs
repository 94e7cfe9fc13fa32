//! Generates knowledge bases for the chaos test.

use std::fmt::Write;
use std::path::Path;

use footnote_engine::knowledge::{self, Loaded};

use crate::faults::Rng;

const MANIFEST: &str = "title = \"Chaos\"\nlanguages = [\"en\"]\ndefault_language = \"en\"\n\n[article]\ntitle = \"Chaos\"\nurl = \"https://chaos.example/\"\n";

/// The fields of a section file in a knowledge base.
pub struct Section {
    pub title: String,
    pub question: String,
    pub body: String,
}

/// Writes the sections into a temporary folder and loads the folder as a knowledge base.
pub fn loaded(sections: &[Section]) -> Loaded {
    let folder = tempfile::tempdir().expect("a folder");
    write(folder.path(), sections).expect("a base can be written");
    knowledge::load(folder.path()).expect("a base can be read")
}

fn write(folder: &Path, sections: &[Section]) -> std::io::Result<()> {
    std::fs::create_dir(folder.join("en"))?;
    std::fs::write(folder.join("footnote.toml"), MANIFEST)?;
    for (number, Section { title, question, body }) in sections.iter().enumerate() {
        let (title, question) = (quoted(title), quoted(question));
        let text =
            format!("+++\ntitle = {title}\nsource = \"Part {number}\"\nquestions = [{question}]\n+++\n\n{body}\n");
        std::fs::write(folder.join(format!("en/section-{number}.md")), text)?;
    }
    Ok(())
}

/// Formats a text as a quoted TOML string.
fn quoted(text: &str) -> String {
    let mut quoted = "\"".to_owned();
    for c in text.chars() {
        match c {
            '"' | '\\' => {
                let _ = write!(quoted, "\\{c}");
            }
            c if c.is_control() => {
                let _ = write!(quoted, "\\u{:04X}", u32::from(c));
            }
            c => quoted.push(c),
        }
    }
    quoted + "\""
}

/// Generates a number of sections from random words of an invented language.
pub fn of_size(sections: usize, rng: &mut Rng) -> Vec<Section> {
    const BEGINS: [&str; 16] = ["b", "br", "ch", "d", "f", "gr", "h", "l", "m", "n", "p", "r", "s", "sh", "t", "v"];
    const ENDS: [&str; 8] = ["a", "ai", "e", "ea", "i", "o", "ou", "u"];
    let words: Vec<String> = (0..8_000)
        .map(|_| {
            let syllables = 2 + rng.below(2);
            (0..syllables).map(|_| format!("{}{}", pick(&BEGINS, rng), pick(&ENDS, rng))).collect()
        })
        .collect();
    let mut say =
        |count: usize| -> String { (0..count).map(|_| pick(&words, rng).as_str()).collect::<Vec<_>>().join(" ") };
    (0..sections)
        .map(|number| Section {
            title: say(4),
            question: format!("what is {}", say(5)),
            body: format!("{}. {} {number} {}.\n\n{}. {}.", say(12), say(9), say(6), say(20), say(11)),
        })
        .collect()
}

/// Returns a random element of a slice.
pub fn pick<'a, T>(from: &'a [T], rng: &mut Rng) -> &'a T {
    &from[rng.below(from.len() as u64) as usize]
}
