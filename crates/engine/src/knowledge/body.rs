//! The body of a section: Markdown, parsed into blocks of sentences.

use std::ops::Range;

/// A text style of a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Style {
    /// Bold, written as `**bold**`.
    Bold,
    /// Italic, written as `*italic*`.
    Italic,
    /// Strikethrough, written as `~~strikethrough~~`.
    Strikethrough,
    /// Inline code, written as `` `code` ``.
    Code,
}

/// A piece of text with the same formatting throughout.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Span {
    /// The text of the span.
    pub text: String,
    /// The styles of the text, outermost first.
    pub styles: Vec<Style>,
    /// The `http` or `https` address that the text links to.
    pub link: Option<String>,
}

/// What stands between a sentence and the sentence before it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Gap {
    /// Nothing, as in Chinese and Japanese.
    #[default]
    None,
    /// A space.
    Space,
    /// A line break.
    Line,
}

/// One sentence of a body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sentence {
    /// The spans of the sentence, in reading order.
    pub spans: Vec<Span>,
    /// What stands before the sentence in its block.
    pub gap: Gap,
}

impl Sentence {
    /// Returns the sentence as plain text, without formatting.
    #[must_use]
    pub fn plain(&self) -> String {
        self.spans.iter().map(|s| s.text.as_str()).collect()
    }
}

/// The kind of a block of Markdown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockKind {
    /// A paragraph.
    Paragraph,
    /// A heading inside the body.
    Heading,
    /// A code block.
    Code,
    /// A row of a table: one sentence of the first cell, then each header with its value.
    Row,
    /// A horizontal rule, without a sentence.
    Rule,
}

/// The mark at the start of a list item.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marker {
    /// A bullet.
    Bullet,
    /// A number.
    Number(u64),
    /// The box of a task: whether it is ticked.
    Task(bool),
    /// No mark: the block continues the item of the block before it.
    Continued,
}

/// The place of a block in a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListPosition {
    /// The nesting depth of the list: 0 for an outermost list.
    pub depth: usize,
    /// The mark in front of the block.
    pub marker: Marker,
    /// Whether the block is part of a numbered list or a task list, at any depth. Readers need all
    /// steps of such a list in their order.
    pub is_step: bool,
}

/// A paragraph, list item or other block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The kind of the block.
    pub kind: BlockKind,
    /// The place of the block in a list.
    pub list: Option<ListPosition>,
    /// The number of the block quote that contains the block, counted from the start of the body.
    pub quote: Option<usize>,
    /// The sentences of the block. Empty for a rule, and for a list item that only contains other
    /// blocks.
    pub sentences: Vec<Sentence>,
}

/// Something in a body that readers do not get.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Loss {
    /// The relative address of a link or a picture, while the base gives no address that it is
    /// relative to.
    RelativeAddress(String),
    /// The text after a `<!--` without `-->`.
    OpenComment,
}

/// The body of a section.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Body {
    /// The blocks of the body, in reading order.
    pub blocks: Vec<Block>,
    /// What readers do not get.
    pub losses: Vec<Loss>,
}

impl Body {
    /// Returns all sentences of the body, in reading order.
    /// [`Match::highlight`](crate::matching::Match::highlight) is an index into this sequence.
    pub fn sentences(&self) -> impl Iterator<Item = &Sentence> {
        self.blocks.iter().flat_map(|b| &b.sentences)
    }

    /// Returns the sentences that answer a question which the sentence `at` answers: this sentence,
    /// and the list that it introduces, if it ends with a colon.
    #[must_use]
    pub fn answer(&self, at: usize) -> Range<usize> {
        let mut starts = 0..0;
        let mut blocks = self.blocks.iter().map(|block| {
            starts = starts.end..starts.end + block.sentences.len();
            (starts.clone(), block)
        });
        let Some((own, block)) = blocks.find(|(range, _)| range.contains(&at)) else { return at..at };
        let introduces = block.sentences[at - own.start].plain().trim_end().ends_with([':', '：']);
        if !introduces || at + 1 < own.end {
            return at..at + 1;
        }
        let depth = block.list.map(|list| list.depth);
        let is_item = |block: &Block| block.list.is_some_and(|list| depth.is_none_or(|depth| list.depth > depth));
        let list = blocks.take_while(|(_, block)| is_item(block));
        at..list.last().map_or(at + 1, |(range, _)| range.end)
    }

    /// Returns the index of the first sentence from `at` on that is not a heading, since a heading
    /// answers nothing. Returns `at` if there is none.
    #[must_use]
    pub fn skip_headings(&self, at: usize) -> usize {
        let kinds = self.blocks.iter().flat_map(|b| b.sentences.iter().map(|_| b.kind));
        kinds.enumerate().skip(at).find(|(_, kind)| *kind != BlockKind::Heading).map_or(at, |(found, _)| found)
    }
}

#[cfg(test)]
mod tests {
    use super::Body;

    #[test]
    fn the_answer_is_a_sentence_with_the_list_that_it_introduces() {
        let body = Body::parse("One. It does 2 things:\n\n- it eats\n- it sleeps:\n  - long\n\nLast: yes. End:");
        let answer = |at| body.answer(at);
        assert_eq!([0, 1, 2, 3, 4].map(answer), [0..1, 1..5, 2..3, 3..5, 4..5]);
        assert_eq!([5, 6, 7].map(answer), [5..6, 6..7, 7..7]);
    }
}
