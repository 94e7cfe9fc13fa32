//! What a reader sees of the Markdown that an author writes.

use std::fs;

use footnote_engine::knowledge::{self, Knowledge, SectionId};
use footnote_engine::reply::{Layout, SectionRef, section_page};
use footnote_engine::text::Language;

/// Markdown, and the text in the chat. The text is without the headline.
const CASES: &[(&str, &str)] = &[
    // Paragraphs and line breaks
    ("One. Two.\nThree.", "One. Two. Three."),
    ("One.\n\nTwo.", "One.\n\nTwo."),
    ("We open at nine.<br>We close at five.", "We open at nine.\nWe close at five."),
    ("Street 5  \nTown\\\nLand", "Street 5\nTown\nLand"),
    ("一行\n二行。三", "一行二行。三"),
    ("두 줄.\n세 줄.", "두 줄. 세 줄."),
    ("A 😀\nb", "A 😀 b"),
    // Emphasis, code and entities
    ("**Bold**, *italic*, ~~gone~~ and `code`.", "Bold, italic, gone and code."),
    ("AT&amp;T &lt;3 &copy; &nbsp;x", "AT&T <3 © \u{a0}x"),
    ("\\*no emphasis\\*", "*no emphasis*"),
    ("Use <T> and <your name>.", "Use <T> and <your name>."),
    ("Press <kbd>Ctrl</kbd>+<kbd>C</kbd>.", "Press Ctrl+C."),
    ("H<sub>2</sub>O, 5 m<sup>2</sup>, 1<sup>st</sup>", "H₂O, 5 m², 1st"),
    ("<u>Under</u> <mark>marked</mark> <b>bold</b>", "Under marked bold"),
    // Comments
    ("A ticket is 5 euros. <!-- TODO: ask the boss --> Children pay half.", "A ticket is 5 euros. Children pay half."),
    ("<!-- one\n\ntwo -->\nText.", "Text."),
    ("Some <!-- a\n\nb --> text.", "Some text."),
    ("`<!-- kept -->`", "<!-- kept -->"),
    // Headings and rules
    ("# Head\n\nText.\n\nOther\n-----\n\nMore.", "Head\n\nText.\n\nOther\n\nMore."),
    ("## Times & prices {#times}\n\nText.", "Times & prices\n\nText."),
    ("One.\n\n---\n\nTwo.\n\n***", "One.\n\n———\n\nTwo."),
    // Lists
    ("- a\n- b\n  - c\n* d", "• a\n• b\n  • c\n• d"),
    ("3. a\n3. b", "3. a\n4. b"),
    ("1) a\n2) b", "1. a\n2. b"),
    ("- [ ] open\n- [x] done", "☐ open\n☑ done"),
    (
        "1. Unpack it.\n2. Install it:\n\n   ```bash\n   npm install foo\n   ```\n\n   Then wait.\n3. Done.",
        "1. Unpack it.\n2. Install it:\nnpm install foo\n  Then wait.\n3. Done.",
    ),
    ("1. ```\n   run\n   ```\n2. - a\n   - b\n3.\n4. end", "1.\nrun\n2.\n  • a\n  • b\n3.\n4. end"),
    // Tables
    (
        "| Plan | Price | Seats |\n|------|------:|:-----:|\n| Basic | 5 | 1 |\n| Free |  | 1 |",
        "Basic — Price: 5; Seats: 1\nFree — Price: –; Seats: 1",
    ),
    ("|   |   |\n|---|---|\n| Open | 9 to 5. Daily. |", "Open — 9 to 5. Daily."),
    ("| Only |\n|---|\n| a |\n| b |", "a\nb"),
    ("| A | B |\n|---|---|", "A — B"),
    ("| A | B |\n|---|---|\n| `x\\|y` | 1<br>2 |", "x|y — B: 1 2"),
    ("<table><tr><th>A</th><th>B</th></tr><tr><td>x</td><td></td></tr></table>", "x — B: –"),
    // Definitions and footnotes
    ("Apple\n: A fruit.\n: A firm.", "Apple — A fruit.\n\nApple — A firm."),
    ("Refund\n: Within 30 days.\n\nDesk\n: Room 5.", "Refund — Within 30 days.\n\nDesk — Room 5."),
    (
        "It is free.[^a] It is open.\n\n[^a]: For *members*.\n\nMore.",
        "It is free.[1] It is open.\n\nMore.\n\n[1] For members.",
    ),
    // Quotes and admonitions
    ("> Said.\n> Again.\n\n> Other.", "Said. Again.\n\nOther."),
    ("> a\n>\n> - b\n> - c", "a\n\n• b\n• c"),
    ("> [!WARNING]\n> Do not open the case.", "Warning: Do not open the case."),
    ("> **Note**\n> Old.", "Note: Old."),
    ("> [!tip]- Read this\n> Yes.", "Read this: Yes."),
    ("::: danger\nStop.\n:::\n\nGo.", "Danger: Stop.\n\nGo."),
    (":::note[Good to know]\n\nYes.\n\n- a\n:::", "Good to know:\n\nYes.\n\n• a"),
    ("!!! warning \"Hot!\"\n    Do not touch.\n\nGo.", "Hot! Do not touch.\n\nGo."),
    ("??? note\n    Inside.", "Note: Inside."),
    // HTML
    (
        "Refunds are possible.\n\n<details>\n<summary>How long?</summary>\nWithin 30 days you get **everything** back.\n</details>\n\n\
      <p>Write to the desk.</p>\n\nThat is all.",
        "Refunds are possible.\n\nHow long?\n\nWithin 30 days you get everything back.\n\nWrite to the desk.\n\nThat is all.",
    ),
    ("<details>\n<summary>More</summary>\n\n- a\n\n</details>", "More\n\n• a"),
    ("<p align=\"center\">\n  Hello <b>big</b> world &amp; all\n</p>", "Hello big world & all"),
    ("<ul>\n  <li>a</li>\n  <li>b</li>\n</ul>\n\n<ol start=\"3\"><li>c</li></ol>", "• a\n• b\n3. c"),
    ("<dl><dt>Term</dt><dd>Meaning.</dd></dl>", "Term — Meaning."),
    ("<pre>a\n  b &lt; c</pre>", "a\n  b < c"),
    ("<style>p { color: red }</style>\n\nText.<script>alert(1)</script>", "Text."),
    ("<a href=\"mailto:desk@example.org\">Write</a> to us.", "Write (desk@example.org) to us."),
    // Links and pictures
    (
        "Write to [our desk](mailto:desk@example.org), call [us](tel:+491234567), join [our chat](tg://resolve?domain=example).",
        "Write to our desk (desk@example.org), call us (+491234567), join our chat (@example).",
    ),
    ("Call <tel:+491> or write to <mailto:a@example.org>.", "Call +491 or write to a@example.org."),
    ("<desk@example.org> or [+49 1](tel:+491)", "desk@example.org or +49 1 (+491)"),
    ("[the guide](guide.md#top) and <https://example.org/a_b_c>", "the guide and https://example.org/a_b_c"),
    (
        "Book at https://example.org/_new_/book?room=1&day=*2* before noon. Call us.",
        "Book at https://example.org/_new_/book?room=1&day=*2* before noon. Call us.",
    ),
    ("[by name][1]\n\n[1]: https://example.org \"Title\"", "by name"),
    ("![The floor plan](https://example.org/plan.png)", "🖼 The floor plan"),
    ("[![The plan](plan.png)](https://example.org)", "The plan"),
    // Formulas
    ("The area is $a*b*c$, written \\(E = mc^2\\).", "The area is $a*b*c$, written \\(E = mc^2\\)."),
    ("$$\nx_1 * y\n= z_1 * 2\n$$", "$$\nx_1 * y\n= z_1 * 2\n$$"),
    ("It costs $5 or *maybe* $10.", "It costs $5 or maybe $10."),
    // Code
    ("```rust\nfn main() {}\n\n// <!-- x -->\n```", "fn main() {}\n\n// <!-- x -->"),
    ("    indented\n      more", "indented\n  more"),
];

/// Loads a base with one section for each body: `c000`, `c001` and so on.
fn base(bodies: &[&str]) -> Knowledge {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("en")).unwrap();
    let manifest = "title = \"T\"\nlanguages = [\"en\"]\ndefault_language = \"en\"\n";
    fs::write(folder.path().join("footnote.toml"), manifest).unwrap();
    for (at, body) in bodies.iter().enumerate() {
        fs::write(folder.path().join(format!("en/c{at:03}.md")), format!("+++\ntitle = \"T\"\n+++\n{body}\n")).unwrap();
    }
    let loaded = knowledge::load(folder.path()).unwrap();
    assert!(loaded.is_whole(), "{:?}", loaded.diagnostics);
    loaded.knowledge
}

/// Returns the text of a section in a private chat, below its headline.
fn seen(knowledge: &Knowledge, at: usize, sentence: Option<usize>) -> String {
    let id = SectionId::parse(&format!("c{at:03}")).unwrap();
    let mut wanted = SectionRef::of(id, Language::EN);
    wanted.showing.sentence = sentence;
    let reply = section_page(knowledge, &wanted, Layout::Answer).unwrap();
    reply.text.text().strip_prefix("T").unwrap().trim_start_matches('\n').to_owned()
}

#[test]
fn what_an_author_writes_is_what_a_reader_sees() {
    let knowledge = base(&CASES.iter().map(|(markdown, _)| *markdown).collect::<Vec<_>>());
    let mut wrong = Vec::new();
    for (at, (markdown, expected)) in CASES.iter().enumerate() {
        let text = seen(&knowledge, at, None);
        if text != *expected {
            wrong.push(format!("{markdown:?}\n    is {text:?}\nshould {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn a_short_text_stays_whole_around_its_highlight() {
    let knowledge = base(&[
        "1. Open the lid.\n2. Hold the button. Wait.\n3. Close the lid.",
        "Type this:\n\n```\nmake\n```",
        "| A | B |\n|---|---|\n| x | 1 |\n| y | 2 |",
        "It does 2 things:\n\n- a\n- b",
        "## Head\n\nText. More.",
    ]);
    for (at, sentence, expected) in [
        (0, 1, "1. Open the lid.\n2. Hold the button. Wait.\n3. Close the lid."),
        (1, 1, "Type this:\n\nmake"),
        (2, 1, "x — B: 1\ny — B: 2"),
        (3, 2, "It does 2 things:\n\n• a\n• b"),
        (4, 1, "Head\n\nText. More."),
    ] {
        assert_eq!(seen(&knowledge, at, Some(sentence)), expected, "{at}");
    }
}

#[test]
fn a_long_text_follows_its_answer_whole() {
    let line = "It is a long line that tells nothing about the answer at all, and fills the screen. ";
    let body = format!("{}\n\nIt does 2 things:\n\n- a\n- b\n\nLast.", line.repeat(6).trim_end());
    let knowledge = base(&[&body]);
    let whole = seen(&knowledge, 0, None);
    for (sentence, answer) in [(6, "It does 2 things:\n\n• a\n• b"), (7, "a"), (9, "Last.")] {
        assert_eq!(seen(&knowledge, 0, Some(sentence)), format!("{answer}\n{whole}"), "{sentence}");
    }
}
