//! Fuzzes the loader of knowledge bases with arbitrary files. In the input, a line `=== path`
//! starts a file. The loader must report mistakes and continue. The checker and the renderer must
//! accept the loaded knowledge base.

#![no_main]

use footnote_engine::knowledge::{self, Knowledge};
use footnote_engine::reply::{Layout, MAX_MESSAGE_UNITS, SectionRef, section_page};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let loaded = knowledge::fuzz::loaded(&files(bytes));
    let found = knowledge::check(&loaded.knowledge);
    for problem in loaded.diagnostics.iter().chain(&found) {
        assert!(problem.location.line > 0 && !problem.to_string().is_empty());
    }
    show(&loaded.knowledge);
});

fn files(bytes: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<(String, Vec<u8>)> = Vec::new();
    for line in bytes.split_inclusive(|b| *b == b'\n') {
        if let Some(path) = line.strip_prefix(b"=== ") {
            files.push((String::from_utf8_lossy(path).trim().to_owned(), Vec::new()));
        } else if let Some((_, contents)) = files.last_mut() {
            contents.extend_from_slice(line);
        }
    }
    files
}

/// Renders the first three pages of every section in every layout, and asserts Telegram's maximum
/// message length.
fn show(knowledge: &Knowledge) {
    for section in &knowledge.sections {
        for language in section.texts.keys() {
            for view in [Layout::Answer, Layout::Whole, Layout::Brief, Layout::Card] {
                for page in 0..3 {
                    let mut wanted = SectionRef::of(section.id.clone(), *language);
                    wanted.showing.page = page;
                    let shown = section_page(knowledge, &wanted, view).expect("the section is there");
                    assert!(shown.text.units() <= MAX_MESSAGE_UNITS);
                }
            }
        }
    }
}
