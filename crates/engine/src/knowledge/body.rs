//! The body of a section: Markdown, parsed into blocks of sentences.

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::text::{is_wide, sentences};

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

/// One sentence of a body.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sentence {
    /// The spans of the sentence, in reading order.
    pub spans: Vec<Span>,
}

impl Sentence {
    /// Returns the sentence as plain text, without formatting.
    #[must_use]
    pub fn plain(&self) -> String {
        self.spans.iter().map(|s| s.text.as_str()).collect()
    }
}

/// The kind of a block of Markdown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlockKind {
    /// A paragraph.
    Paragraph,
    /// A heading inside the body.
    Heading,
    /// An item of a list.
    Item {
        /// The nesting depth of the list: 0 for an outermost list.
        depth: usize,
        /// The number of the item. `None` in a bulleted list.
        number: Option<u64>,
    },
    /// A paragraph of a block quote.
    Quote,
    /// A code block.
    Code,
}

/// A paragraph, list item or other block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// The kind of the block.
    pub kind: BlockKind,
    /// The sentences of the block; never empty.
    pub sentences: Vec<Sentence>,
}

/// The body of a section.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Body {
    /// The blocks of the body, in reading order.
    pub blocks: Vec<Block>,
}

impl Body {
    /// Parses Markdown, with the strikethrough and table extensions. Parsing cannot fail, since
    /// every text is valid Markdown.
    ///
    /// Drops images, HTML blocks and horizontal rules. A link becomes plain text unless its address
    /// is `http` or `https`.
    #[must_use]
    pub fn parse(markdown: &str) -> Body {
        let mut builder = Builder::default();
        for event in Parser::new_ext(markdown, Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TABLES) {
            builder.event(event);
        }
        builder.close();
        Body { blocks: builder.blocks }
    }

    /// Returns all sentences of the body, in reading order.
    /// [`Match::highlight`](crate::matching::Match::highlight) is an index into this sequence.
    pub fn sentences(&self) -> impl Iterator<Item = &Sentence> {
        self.blocks.iter().flat_map(|b| &b.sentences)
    }
}

/// Builds blocks from the events of the Markdown parser.
#[derive(Default)]
struct Builder {
    blocks: Vec<Block>,
    spans: Vec<Span>,
    styles: Vec<Style>,
    link: Option<String>,
    lists: Vec<Option<u64>>,
    quotes: usize,
    open_kind: Option<BlockKind>,
    in_image: bool,
}

impl Builder {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            // Treat inline HTML as text, because most of it is plain text with angle brackets, as
            // in "use <T>".
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
        self.open_kind = Some(kind);
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

    /// Appends a space for a line break in the Markdown source. Appends nothing after a wide
    /// character, such as a Han character, because Chinese text has no spaces between words.
    fn soft_break(&mut self) {
        let ends_wide = self.spans.last().and_then(|s| s.text.chars().next_back()).is_some_and(is_wide);
        if !ends_wide {
            self.push(" ");
        }
    }

    /// Closes the current block and splits its text into sentences.
    fn close(&mut self) {
        let spans = std::mem::take(&mut self.spans);
        let kind =
            self.open_kind.take().unwrap_or(if self.quotes > 0 { BlockKind::Quote } else { BlockKind::Paragraph });
        let plain: String = spans.iter().map(|s| s.text.as_str()).collect();
        let sentences: Vec<Sentence> = if kind == BlockKind::Code {
            vec![Sentence { spans: vec![Span { text: plain.trim_end().to_owned(), ..Span::default() }] }]
        } else {
            sentences(&plain).map(|range| Sentence { spans: slice(&spans, &range) }).collect()
        };
        if !plain.trim().is_empty() {
            self.blocks.push(Block { kind, sentences });
        }
    }
}

/// Returns the spans, cut to a byte range of their concatenated texts.
fn slice(spans: &[Span], range: &std::ops::Range<usize>) -> Vec<Span> {
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

/// True if `url` is an `http` or `https` address. Addresses with other schemes, such as
/// `javascript:`, must not become links in a Telegram message.
pub(super) fn is_web_address(url: &str) -> bool {
    let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    rest.is_some_and(|rest| {
        !rest.is_empty() && !rest.starts_with('/') && !url.chars().any(|c| c.is_whitespace() || c.is_control())
    })
}

#[cfg(test)]
mod tests {
    use super::{BlockKind, Body, is_web_address};

    #[track_caller]
    fn check(markdown: &str, expected: &[(BlockKind, &[&str])]) {
        let body = Body::parse(markdown);
        let blocks: Vec<(BlockKind, Vec<String>)> =
            body.blocks.iter().map(|b| (b.kind.clone(), b.sentences.iter().map(|s| s.plain()).collect())).collect();
        let expected: Vec<(BlockKind, Vec<String>)> = expected
            .iter()
            .map(|(kind, texts)| (kind.clone(), texts.iter().map(ToString::to_string).collect()))
            .collect();
        assert_eq!(blocks, expected, "{markdown:?}");
    }

    #[test]
    fn markdown_becomes_blocks_of_sentences() {
        let item = |depth, number| BlockKind::Item { depth, number };
        check("", &[]);
        check("One. Two!\n\nThree", &[(BlockKind::Paragraph, &["One.", "Two!"]), (BlockKind::Paragraph, &["Three"])]);
        check("# Head\n> Said.", &[(BlockKind::Heading, &["Head"]), (BlockKind::Quote, &["Said."])]);
        check("3. a\n4. b\n   - c", &[(item(0, Some(3)), &["a"]), (item(0, Some(4)), &["b"]), (item(1, None), &["c"])]);
        check("```\nlet a. b\n```", &[(BlockKind::Code, &["let a. b"])]);
        check("![picture](https://a.b/c.png)\n\n---", &[]);
        check("use <T> here", &[(BlockKind::Paragraph, &["use <T> here"])]);
    }

    #[test]
    fn a_line_break_is_a_space_only_between_latin_words() {
        check("two\nwords", &[(BlockKind::Paragraph, &["two words"])]);
        check("两行\n一句", &[(BlockKind::Paragraph, &["两行一句"])]);
    }

    #[test]
    fn only_web_addresses_stay_links() {
        let link = |markdown: &str| Body::parse(markdown).blocks[0].sentences[0].spans[0].link.clone();
        assert_eq!(link("[a](https://b.c)").as_deref(), Some("https://b.c"));
        assert_eq!(link("[a](javascript:b)"), None);
        for (url, expected) in [("http://a", true), ("https://", false), ("http:///a", false), ("https://a b", false)] {
            assert_eq!(is_web_address(url), expected, "{url}");
        }
    }
}
