//! The body of a section as text with looks, block by block.

use super::rich_text::{EntityKind, RichText};
use crate::knowledge::{Block, BlockKind, Body, Sentence, Span, Style};
use crate::text::is_wide;

/// A block of a body, written.
pub(super) struct Written {
    pub rich: RichText,
    /// Does it go on with a list, so that it stands in the next line rather than the next
    /// paragraph?
    is_next_item: bool,
}

/// The blocks of a body, without the sentence that stands above it already.
pub(super) fn blocks(body: &Body, without: Option<usize>) -> Vec<Written> {
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
        blocks.push(Written { rich, is_next_item: is_item && follows_item });
        follows_item = is_item;
    }
    blocks
}

/// Lays blocks out on pages: the first with room for so many UTF-16 code units, the others for so
/// many. A page ends between two blocks, unless one block alone is longer than a page.
pub(super) fn pages(blocks: Vec<Written>, first: usize, others: usize) -> Vec<RichText> {
    let mut pages = vec![RichText::default()];
    for Written { rich, is_next_item } in blocks {
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
            // Between sentences of scripts without spaces there is none.
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

/// Adds a sentence.
pub(super) fn write_sentence(rich: &mut RichText, sentence: &Sentence) {
    for span in &sentence.spans {
        write_span(rich, span, &span.styles);
    }
}

fn write_span(rich: &mut RichText, span: &Span, styles: &[Style]) {
    match (styles, &span.link) {
        // Code holds no other look.
        _ if span.styles.contains(&Style::Code) => {
            rich.with(EntityKind::Code, |r| {
                r.push(&span.text);
            });
        }
        ([style, inner @ ..], _) => {
            let look = match style {
                Style::Bold => EntityKind::Bold,
                Style::Italic => EntityKind::Italic,
                Style::Strikethrough | Style::Code => EntityKind::Strikethrough,
            };
            rich.with(look, |r| write_span(r, span, inner));
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
