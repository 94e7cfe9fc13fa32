//! Fuzzes truncating and splitting of formatted text. The first two bytes of the input hold the
//! maximum length. The rest is the text, in which a control character starts a formatting entity
//! and NUL ends the innermost one.

#![no_main]

use footnote_engine::reply::{EntityKind, RichText};
use libfuzzer_sys::fuzz_target;
use unicode_segmentation::GraphemeCursor;

fuzz_target!(|bytes: &[u8]| {
    let Some((max, text)) = bytes.split_first_chunk() else { return };
    let max = usize::from(u16::from_be_bytes(*max));
    let text = String::from_utf8_lossy(text);
    let mut rich = RichText::default();
    write(&mut rich, &mut text.chars(), 0);
    hold(&rich);
    // If `max` exceeds the length of the text, `truncate` and `split` have nothing to do. The loop
    // therefore runs a second time with a maximum that is not greater than the length.
    for max in [max, max % (rich.units() + 1)] {
        cut(&rich, max);
        split(&rich, max);
    }
    let mut folded = RichText::default();
    hold(folded.append(&rich).expandable_quote(&rich));
    hold(&rich.map_text(str::to_uppercase));
    hold(&rich.map_text(|text| text.chars().skip(1).collect()));
});

fn write(rich: &mut RichText, text: &mut std::str::Chars<'_>, depth: usize) {
    while let Some(c) = text.next() {
        let look = match c {
            '\0' => return,
            '\u{1}' => EntityKind::Bold,
            '\u{2}' => EntityKind::Italic,
            '\u{3}' => EntityKind::Strikethrough,
            '\u{4}' => EntityKind::Code,
            '\u{5}' => EntityKind::Pre,
            '\u{6}' => EntityKind::Quote,
            '\u{7}' => EntityKind::ExpandableQuote,
            '\u{8}' => EntityKind::Link("https://example.org".to_owned()),
            _ => {
                rich.push(c.encode_utf8(&mut [0; 4]));
                continue;
            }
        };
        if depth < 8 {
            rich.with(look, |rich| write(rich, text, depth + 1));
        }
    }
}

fn cut(rich: &RichText, max: usize) {
    let cut = rich.clone().truncate(max);
    hold(&cut);
    assert!(cut.units() <= max);
    let kept = if cut == *rich { cut.text() } else { cut.text().strip_suffix('…').unwrap_or_default() };
    assert!(rich.text().starts_with(kept));
}

fn split(rich: &RichText, max: usize) {
    let mut rest = rich.clone();
    // Splits off at most four parts, one after the other.
    for _ in 0..4 {
        let whole = rest.clone();
        let (head, tail) = rest.split(max);
        hold(&head);
        hold(&tail);
        assert_eq!(format!("{}{}", head.text(), tail.text()), whole.text());
        let end = head.text().len();
        assert!(end > 0 || whole.text().is_empty(), "it goes on");
        let is_between = GraphemeCursor::new(end, whole.text().len(), true).is_boundary(whole.text(), 0);
        assert!(is_between.expect("the text is whole"), "no character is split");
        let first = GraphemeCursor::new(0, whole.text().len(), true).next_boundary(whole.text(), 0);
        assert!(
            head.units() <= max || first.expect("the text is whole") == Some(end),
            "only a single character is longer"
        );
        rest = tail;
    }
}

/// Asserts Telegram's rules for formatting entities.
fn hold(rich: &RichText) {
    let units: Vec<u16> = rich.text().encode_utf16().collect();
    assert_eq!(rich.units(), units.len());
    let is_low = |at: usize| units.get(at).is_some_and(|unit| (0xDC00..0xE000).contains(unit));
    let mut open: Vec<usize> = Vec::new();
    let mut last = 0;
    for entity in rich.entities() {
        let end = entity.offset + entity.length;
        assert!(entity.length > 0 && end <= units.len(), "it stands in the text");
        assert!(!is_low(entity.offset) && !is_low(end), "it halves no character");
        assert!(entity.offset >= last, "they stand in order");
        last = entity.offset;
        open.retain(|outer| *outer > entity.offset);
        assert!(open.iter().all(|outer| *outer >= end), "they nest");
        open.push(end);
    }
}
