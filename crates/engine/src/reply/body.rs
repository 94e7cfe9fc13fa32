//! Renders the body of a section as formatted text, and splits the text into pages.

use super::rich_text::{EntityKind, RichText};
use crate::knowledge::{Block, BlockKind, Body, Sentence, Span, Style};
use crate::text::is_wide;

/// A block of a section's body, rendered as formatted text.
pub(super) struct RenderedBlock {
    pub rich: RichText,
    /// Whether the block is a list item that follows another list item. A line break separates two
    /// list items, and a blank line separates other blocks.
    is_next_item: bool,
}

/// Renders the blocks of a body. Leaves out the sentence with the index `without`, because the
/// message already shows that sentence as the highlight.
pub(super) fn blocks(body: &Body, without: Option<usize>) -> Vec<RenderedBlock> {
    let mut number = 0;
    let mut follows_item = false;
    let mut blocks = Vec::new();
    for block in &body.blocks {
        let rest: Vec<&Sentence> = block
            .sentences
            .iter()
            .filter(|_| {
                number += 1;
                Some(number - 1) != without
            })
            .collect();
        if rest.is_empty() {
            continue;
        }
        let is_item = matches!(block.kind, BlockKind::Item { .. });
        let mut rich = RichText::default();
        write_block(&mut rich, block, &rest);
        blocks.push(RenderedBlock { rich, is_next_item: is_item && follows_item });
        follows_item = is_item;
    }
    blocks
}

/// Splits blocks into pages. The first page holds `first` UTF-16 code units, each other page holds
/// `others`.
///
/// Page breaks fall between blocks. Only a block longer than a page is split.
pub(super) fn pages(blocks: Vec<RenderedBlock>, first: usize, others: usize) -> Vec<RichText> {
    let mut pages = vec![RichText::default()];
    for RenderedBlock { rich, is_next_item } in blocks {
        let (mut rest, mut tight) = (Some(rich), is_next_item);
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
    let write_all = |rich: &mut RichText| {
        for (at, sentence) in sentences.iter().enumerate() {
            // Adds no space next to a wide character, because Chinese and Japanese sentences are
            // not separated by spaces.
            if at > 0 && !rich.text().ends_with(is_wide) && !sentence.plain().starts_with(is_wide) {
                rich.push(" ");
            }
            write_sentence(rich, sentence);
        }
    };
    match &block.kind {
        BlockKind::Paragraph => write_all(rich),
        BlockKind::Heading => {
            rich.with(EntityKind::Bold, |r| {
                r.push(&sentences.iter().map(|s| s.plain()).collect::<Vec<_>>().join(" "));
            });
        }
        BlockKind::Item { depth, number } => {
            rich.push(&"  ".repeat(*depth));
            match number {
                Some(number) => rich.push(&format!("{number}. ")),
                None => rich.push("• "),
            };
            write_all(rich);
        }
        BlockKind::Quote => {
            rich.with(EntityKind::Quote, write_all);
        }
        BlockKind::Code => {
            rich.with(EntityKind::Pre, |r| {
                r.push(&sentences.iter().map(|s| s.plain()).collect::<String>());
            });
        }
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
        // The Bot API allows no other entity inside code, so the other styles are dropped.
        _ if span.styles.contains(&Style::Code) => {
            rich.with(EntityKind::Code, |r| {
                r.push(&span.text);
            });
        }
        ([style, inner @ ..], _) => {
            let kind = match style {
                Style::Bold => EntityKind::Bold,
                Style::Italic => EntityKind::Italic,
                Style::Strikethrough | Style::Code => EntityKind::Strikethrough,
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
