//! Renders the body of a section as formatted text, and splits the text into pages.

use super::rich_text::{EntityKind, RichText};
use crate::knowledge::{Block, BlockKind, Body, Gap, ListPosition, Marker, Sentence, Span, Style};

/// A block of a section's body, rendered as formatted text.
pub(super) struct RenderedBlock {
    pub rich: RichText,
    /// Whether a line break separates the block from the block before it: between the items of a
    /// list and the rows of a table. A blank line separates other blocks.
    is_tight: bool,
}

/// A horizontal rule.
const RULE: &str = "———";

/// Renders the blocks of a body. Leaves out the sentence with the index `without`, because the
/// message already shows that sentence as the highlight. Steps, code and tables stay whole, and so
/// does the only text below a heading.
pub(super) fn blocks(body: &Body, without: Option<usize>) -> Vec<RenderedBlock> {
    let mut number = 0;
    let mut last: Option<&Block> = None;
    let mut blocks: Vec<RenderedBlock> = Vec::new();
    let is_only_one = body.sentences().nth(1).is_none();
    for block in &body.blocks {
        let stays_whole = block.stays_whole() && !is_only_one;
        let rest: Vec<&Sentence> = block
            .sentences
            .iter()
            .filter(|_| {
                number += 1;
                stays_whole || Some(number - 1) != without
            })
            .collect();
        let is_below_heading = last.is_some_and(|last| last.kind == BlockKind::Heading);
        let rest = match block.sentences.as_slice() {
            all @ [_, ..] if rest.is_empty() && is_below_heading => all.iter().collect(),
            [_, ..] if rest.is_empty() => continue,
            _ => rest,
        };
        let mut rich = RichText::default();
        write_block(&mut rich, block, &rest);
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

fn write_block(rich: &mut RichText, block: &Block, sentences: &[&Sentence]) {
    let is_code = block.kind == BlockKind::Code;
    if let Some(list) = block.list {
        write_marker(rich, list, is_code || sentences.is_empty());
    }
    let plain = || sentences.iter().map(|s| s.plain()).collect::<String>();
    match block.kind {
        BlockKind::Paragraph | BlockKind::Row => {
            for (at, sentence) in sentences.iter().enumerate() {
                match sentence.gap {
                    _ if at == 0 => {}
                    Gap::None => {}
                    Gap::Space => drop(rich.push(" ")),
                    Gap::Line => drop(rich.push("\n")),
                }
                write_sentence(rich, sentence);
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

/// Appends a sentence with its formatting.
pub(super) fn write_sentence(rich: &mut RichText, sentence: &Sentence) {
    for span in &sentence.spans {
        write_span(rich, span, &span.styles);
    }
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
