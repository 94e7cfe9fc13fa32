//! A section's body: Markdown as blocks of sentences.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::text::{is_wide, sentences};

/// What a stretch of text looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Style {
    /// Stronger.
    Bold,
    /// Emphasised.
    Italic,
    /// Struck out.
    Strikethrough,
    /// Fixed width.
    Code,
}

/// A stretch of text of one look.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Span {
    /// The text.
    pub text: String,
    /// Its looks.
    pub styles: Vec<Style>,
    /// Where it leads: an `http` or `https` address.
    pub link: Option<String>,
}

/// One sentence of a body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sentence {
    /// Its parts, in order.
    pub spans: Vec<Span>,
}

impl Sentence {
    /// The sentence without looks.
    #[must_use]
    pub fn plain(&self) -> String {
        self.spans.iter().map(|s| s.text.as_str()).collect()
    }
}

/// What a block is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlockKind {
    /// A paragraph.
    Paragraph,
    /// A heading inside the body.
    Heading,
    /// An item of a list: how deep (0 is the outermost), and its number in a numbered list.
    Item {
        /// 0 for the outermost list.
        depth: usize,
        /// The number, in a numbered list.
        number: Option<u64>,
    },
    /// A quotation.
    Quote,
    /// Text to be kept as it is.
    Code,
}

/// A paragraph, an item of a list and the like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// Its sentences; never empty.
    pub sentences: Vec<Sentence>,
}

/// The body of a section.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Body {
    /// Its blocks, in order.
    pub blocks: Vec<Block>,
}

impl Body {
    /// Reads Markdown. Everything is valid Markdown; what we have no use for (pictures, blocks of
    /// HTML, rules) is left out, links keep only
    /// `http` and `https` addresses.
    #[must_use]
    pub fn parse(markdown: &str) -> Body {
        let mut builder = Builder::default();
        for event in Parser::new_ext(markdown, Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TABLES) {
            builder.take(event);
        }
        builder.close();
        Body { blocks: builder.blocks }
    }

    /// All sentences, in order. An index into this order names a sentence of the section.
    pub fn sentences(&self) -> impl Iterator<Item = &Sentence> {
        self.blocks.iter().flat_map(|b| &b.sentences)
    }
}

/// Gathers spans into blocks as the events pass by.
#[derive(Default)]
struct Builder {
    blocks: Vec<Block>,
    spans: Vec<Span>,
    styles: Vec<Style>,
    link: Option<String>,
    lists: Vec<Option<u64>>,
    quotes: usize,
    shape: Option<BlockKind>,
    in_image: bool,
}

impl Builder {
    fn take(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            // What looks like a tag in running text is mostly none, as in "use <T>".
            Event::Text(text) | Event::InlineHtml(text) => self.push(&text),
            Event::Code(text) => {
                self.styles.push(Style::Code);
                self.push(&text);
                self.styles.pop();
            }
            Event::SoftBreak => self.soft_break(),
            Event::HardBreak => self.push("\n"),
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph => {}
            Tag::Heading { .. } => self.open(BlockKind::Heading),
            Tag::CodeBlock(_) => self.open(BlockKind::Code),
            Tag::BlockQuote(_) => {
                self.close();
                self.quotes += 1;
            }
            Tag::List(first) => {
                self.close();
                self.lists.push(first);
            }
            Tag::Item => {
                let number = self.lists.last().copied().flatten();
                if let Some(Some(next)) = self.lists.last_mut() {
                    *next += 1;
                }
                self.open(BlockKind::Item { depth: self.lists.len().saturating_sub(1), number });
            }
            Tag::Strong => self.styles.push(Style::Bold),
            Tag::Emphasis => self.styles.push(Style::Italic),
            Tag::Strikethrough => self.styles.push(Style::Strikethrough),
            Tag::Link { dest_url, .. } => self.link = is_web_address(&dest_url).then(|| dest_url.into_string()),
            Tag::Image { .. } => self.in_image = true,
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph
            | TagEnd::Heading(_)
            | TagEnd::CodeBlock
            | TagEnd::Item
            | TagEnd::TableRow
            | TagEnd::TableHead => {
                self.close();
            }
            TagEnd::TableCell => self.push(" "),
            TagEnd::BlockQuote(_) => {
                self.close();
                self.quotes = self.quotes.saturating_sub(1);
            }
            TagEnd::List(_) => {
                self.close();
                self.lists.pop();
            }
            TagEnd::Strong | TagEnd::Emphasis | TagEnd::Strikethrough => {
                self.styles.pop();
            }
            TagEnd::Link => self.link = None,
            TagEnd::Image => self.in_image = false,
            _ => {}
        }
    }

    fn open(&mut self, kind: BlockKind) {
        self.close();
        self.shape = Some(kind);
    }

    fn push(&mut self, text: &str) {
        if self.in_image || text.is_empty() {
            return;
        }
        let link = self.link.clone();
        match self.spans.last_mut() {
            Some(last) if last.styles == self.styles && last.link == link => last.text.push_str(text),
            _ => self.spans.push(Span { text: text.to_owned(), styles: self.styles.clone(), link }),
        }
    }

    /// A line end in the source is a space between Latin words and nothing between Han characters.
    fn soft_break(&mut self) {
        let ends_wide = self.spans.last().and_then(|s| s.text.chars().next_back()).is_some_and(is_wide);
        if !ends_wide {
            self.push(" ");
        }
    }

    /// Ends the open block and cuts it into sentences.
    fn close(&mut self) {
        let spans = std::mem::take(&mut self.spans);
        let kind = self.shape.take().unwrap_or(if self.quotes > 0 { BlockKind::Quote } else { BlockKind::Paragraph });
        let plain: String = spans.iter().map(|s| s.text.as_str()).collect();
        let sentences: Vec<Sentence> = if kind == BlockKind::Code {
            vec![Sentence { spans: vec![Span { text: plain.trim_end().to_owned(), ..Span::default() }] }]
        } else {
            sentences(&plain).map(|range| Sentence { spans: cut(&spans, &range) }).collect()
        };
        if !plain.trim().is_empty() {
            self.blocks.push(Block { kind, sentences });
        }
    }
}

/// The part of the spans that lies in a range of their joined text.
fn cut(spans: &[Span], range: &std::ops::Range<usize>) -> Vec<Span> {
    let mut start = 0;
    let mut out = Vec::new();
    for span in spans {
        let end = start + span.text.len();
        let (from, to) = (range.start.max(start), range.end.min(end));
        if from < to {
            out.push(Span { text: span.text[from - start..to - start].to_owned(), ..span.clone() });
        }
        start = end;
    }
    out
}

/// Only such addresses get into a message: what a knowledge file contains must not lead anywhere a
/// browser would run it.
pub(super) fn is_web_address(url: &str) -> bool {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        !rest.is_empty() && !rest.starts_with('/') && !url.chars().any(|c| c.is_whitespace() || c.is_control())
    })
}
