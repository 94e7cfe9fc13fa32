//! Renders the body of a section as formatted text, and splits the text into pages.

use std::ops::Range;

use super::rich_text::{EntityKind, RichText};
use crate::knowledge::{Block, BlockKind, Body, Gap, ListPosition, Marker, Sentence, Span, Style};
use crate::text::{is_hangul, is_wide};

/// A block of a section's body, rendered as formatted text.
pub(super) struct RenderedBlock {
    pub rich: RichText,
    /// Whether a line break separates the block from the block before it: between the items of a
    /// list and the rows of a table. A blank line separates other blocks.
    is_tight: bool,
}

/// A horizontal rule.
const RULE: &str = "———";

/// Renders the blocks of a body, with the sentence `marked` in bold.
pub(super) fn blocks(body: &Body, marked: Option<usize>) -> Vec<RenderedBlock> {
    render(body, |_| true, marked)
}

/// Renders some sentences of a body, each with the mark of its list item. A sentence alone has no
/// mark.
pub(super) fn excerpt(body: &Body, sentences: &Range<usize>) -> RichText {
    let mut rich = RichText::default();
    if sentences.len() == 1 {
        body.sentences().skip(sentences.start).take(1).for_each(|sentence| write_sentence(&mut rich, sentence, false));
        return rich;
    }
    for RenderedBlock { rich: block, is_tight } in render(body, |at| sentences.contains(&at), None) {
        let is_first = rich.units() == 0;
        if is_tight || is_first { rich.line() } else { rich.paragraph() }.append(&block);
    }
    rich
}

/// Renders the sentences of a body that `is_shown` selects by their index.
fn render(body: &Body, is_shown: impl Fn(usize) -> bool, marked: Option<usize>) -> Vec<RenderedBlock> {
    let mut number = 0;
    let mut last: Option<&Block> = None;
    let mut blocks: Vec<RenderedBlock> = Vec::new();
    for block in &body.blocks {
        let numbered = block.sentences.iter().map(|sentence| {
            number += 1;
            (number - 1, sentence)
        });
        let shown = numbered.filter(|(at, _)| is_shown(*at)).map(|(at, sentence)| (sentence, Some(at) == marked));
        let shown: Vec<(&Sentence, bool)> = shown.collect();
        let has_no_sentence = block.sentences.is_empty() && is_shown(number);
        if shown.is_empty() && !has_no_sentence {
            continue;
        }
        let mut rich = RichText::default();
        write_block(&mut rich, block, &shown);
        let is_row = |block: &Block| block.kind == BlockKind::Row;
        let is_tight =
            last.is_some_and(|last| (last.list.is_some() && block.list.is_some()) || (is_row(last) && is_row(block)));
        let is_same_quote = block.quote.is_some() && last.is_some_and(|last| last.quote == block.quote);
        last = Some(block);
        match blocks.last_mut().filter(|_| is_same_quote) {
            Some(quote) => {
                if is_tight { quote.rich.line() } else { quote.rich.paragraph() }.append(&rich);
                quote.rich = std::mem::take(&mut quote.rich).quoted();
            }
            None if block.quote.is_some() => blocks.push(RenderedBlock { rich: rich.quoted(), is_tight }),
            None => blocks.push(RenderedBlock { rich, is_tight }),
        }
    }
    blocks
}

/// Estimates how many lines the blocks take on a phone.
pub(super) fn lines(blocks: &[RenderedBlock]) -> usize {
    blocks.iter().map(|block| line_count(block.rich.text())).sum()
}

/// Estimates how many lines a text takes on a phone.
pub(super) fn line_count(text: &str) -> usize {
    /// The number of narrow characters in a line. A wide character, such as a Chinese one, takes
    /// the place of two.
    const LINE: usize = 40;
    let width = |line: &str| line.chars().map(|c| if is_wide(c) || is_hangul(c) { 2 } else { 1 }).sum::<usize>();
    text.lines().map(|line| width(line).div_ceil(LINE).max(1)).sum()
}

/// Splits blocks into pages. The first page holds `first` UTF-16 code units, each other page holds
/// `others`.
///
/// Page breaks fall between blocks. Only a block longer than a page is split.
pub(super) fn pages(blocks: Vec<RenderedBlock>, first: usize, others: usize) -> Vec<RichText> {
    let mut pages = vec![RichText::default()];
    for RenderedBlock { rich, is_tight } in blocks {
        let (mut rest, mut tight) = (Some(rich), is_tight);
        while let Some(block) = rest.take() {
            let room = if pages.len() == 1 { first } else { others };
            let Some(page) = pages.last_mut() else { break };
            let separator = if page.units() == 0 { 0 } else { 2 };
            if page.units() + separator + block.units() <= room {
                if tight { page.line() } else { page.paragraph() }.append(&block);
            } else if page.units() > 0 {
                pages.push(RichText::default());
                rest = Some(block);
            } else {
                let (head, tail) = block.split(room);
                *page = head;
                rest = Some(tail).filter(|tail| tail.units() > 0);
            }
            tight = false;
        }
    }
    pages
}

/// Writes a block: its sentences, each with whether it is marked.
fn write_block(rich: &mut RichText, block: &Block, sentences: &[(&Sentence, bool)]) {
    let is_code = block.kind == BlockKind::Code;
    if let Some(list) = block.list {
        write_marker(rich, list, is_code || sentences.is_empty());
    }
    let plain = || sentences.iter().map(|(s, _)| s.plain()).collect::<String>();
    match block.kind {
        BlockKind::Paragraph | BlockKind::Row => {
            for (at, (sentence, is_marked)) in sentences.iter().enumerate() {
                match sentence.gap {
                    _ if at == 0 => {}
                    Gap::None => {}
                    Gap::Space => drop(rich.push(" ")),
                    Gap::Line => drop(rich.push("\n")),
                }
                write_sentence(rich, sentence, *is_marked);
            }
        }
        BlockKind::Heading => {
            rich.with(EntityKind::Bold, |r| {
                r.push(&plain());
            });
        }
        BlockKind::Code => {
            rich.with(EntityKind::Pre, |r| {
                r.push(&plain());
            });
        }
        BlockKind::Rule => {
            rich.push(RULE);
        }
    }
}

/// Writes the mark of a list item, on a line of its own if the item begins with another block.
fn write_marker(rich: &mut RichText, list: ListPosition, is_alone: bool) {
    let indent = "  ".repeat(list.depth);
    let marker = match list.marker {
        Marker::Bullet => "•".to_owned(),
        Marker::Number(number) => format!("{number}."),
        Marker::Task(false) => "☐".to_owned(),
        Marker::Task(true) => "☑".to_owned(),
        Marker::Continued => String::new(),
    };
    match list.marker {
        Marker::Continued if is_alone => {}
        Marker::Continued => drop(rich.push(&format!("{indent}  "))),
        _ if is_alone => drop(rich.push(&format!("{indent}{marker}")).line()),
        _ => drop(rich.push(&format!("{indent}{marker} "))),
    }
}

/// Appends a sentence with its formatting. A marked sentence is bold throughout.
fn write_sentence(rich: &mut RichText, sentence: &Sentence, is_marked: bool) {
    if !is_marked {
        return sentence.spans.iter().for_each(|span| write_span(rich, span, &span.styles));
    }
    rich.with(EntityKind::Bold, |rich| {
        for span in &sentence.spans {
            let styles: Vec<Style> = span.styles.iter().copied().filter(|style| *style != Style::Bold).collect();
            write_span(rich, span, &styles);
        }
    });
}

fn write_span(rich: &mut RichText, span: &Span, styles: &[Style]) {
    match (styles, &span.link) {
        // The Bot API allows no other entity inside code, so the other styles are dropped. An
        // address matters more than the look of code.
        (_, None) if span.styles.contains(&Style::Code) => {
            rich.with(EntityKind::Code, |r| {
                r.push(&span.text);
            });
        }
        ([style, inner @ ..], _) => {
            let kind = match style {
                Style::Bold => EntityKind::Bold,
                Style::Italic => EntityKind::Italic,
                Style::Strikethrough => EntityKind::Strikethrough,
                Style::Code => return write_span(rich, span, inner),
            };
            rich.with(kind, |r| write_span(r, span, inner));
        }
        ([], Some(link)) => {
            rich.with(EntityKind::Link(link.clone()), |r| {
                r.push(&span.text);
            });
        }
        ([], None) => {
            rich.push(&span.text);
        }
    }
}
