//! Builds the blocks of a body from the events of the Markdown parser.

use pulldown_cmark::{Event, LinkType, Options, Parser, Tag, TagEnd};

use super::address::{Address, classify};
use super::body::{Block, BlockKind, Body, Gap, ListPosition, Loss, Marker, Sentence, Span, Style};
use super::html::{self, Piece};
use super::source::Prepared;
use crate::text::sentences;

/// Shown in place of an empty cell of a table.
const EMPTY_CELL: &str = "–";

/// Shown in front of the name of a picture.
const PICTURE: &str = "🖼 ";

fn options() -> Options {
    Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TABLES
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_DEFINITION_LIST
        | Options::ENABLE_HEADING_ATTRIBUTES
}

impl Body {
    /// Parses Markdown with GitHub's extensions. Parsing cannot fail, since every text is valid
    /// Markdown.
    ///
    /// Drops comments. A link becomes plain text unless its address is `http` or `https`; an e-mail
    /// address or phone number follows the text.
    #[must_use]
    pub fn parse(markdown: &str) -> Body {
        Body::parse_at(markdown, "")
    }

    /// Parses Markdown whose relative addresses are relative to the web address `base`.
    #[must_use]
    pub fn parse_at(markdown: &str, base: &str) -> Body {
        Builder::parse(markdown, base)
    }
}

/// Returns a line of Markdown, such as a title, as plain text.
pub(super) fn plain_line(markdown: &str) -> String {
    if !markdown.contains(|c| "*_`[<&\\~$".contains(c)) {
        return markdown.to_owned();
    }
    // With a letter in front, the line is no heading, list or other block.
    let body = Body::parse(&format!("a {markdown}"));
    let text = body.sentences().map(Sentence::plain).collect::<Vec<_>>().join(" ");
    let text = text.strip_prefix("a ").unwrap_or_default().trim();
    if text.is_empty() { markdown.to_owned() } else { text.to_owned() }
}

/// Builds blocks from the events of the Markdown parser.
struct Builder<'a> {
    source: &'a Prepared,
    base: &'a str,
    blocks: Vec<Block>,
    losses: Vec<Loss>,
    spans: Vec<Span>,
    styles: Vec<Style>,
    links: Vec<Link>,
    lists: Vec<List>,
    quotes: usize,
    /// The number of block quotes so far that are not inside another one.
    quote_count: usize,
    kind: Option<BlockKind>,
    picture: Option<Picture>,
    table: Option<Table>,
    /// The spans in front of the next block: the number of a footnote or a defined term.
    prefix: Vec<Span>,
    /// The term that is being defined, and whether a definition has followed.
    term: (Vec<Span>, bool),
    /// The labels of footnotes, in the order of their first reference.
    notes: Vec<String>,
    /// The blocks of each footnote, with its number.
    note_blocks: Vec<(usize, Vec<Block>)>,
    /// The number of the footnote that is being read, and the number of blocks before it.
    open_note: Option<(usize, usize)>,
    /// The text of a superscript (`true`) or subscript that is being read.
    script: Option<(bool, String)>,
    /// The HTML block that is being read.
    html: Option<String>,
    /// The HTML element whose text is left out, such as `script`.
    skipped: Option<String>,
    /// Whether text between tags of an HTML block is being read, where paragraphs do not end.
    is_nested: bool,
}

struct Link {
    web: Option<String>,
    /// The address that follows the text, unless the text already contains it.
    shown: Option<String>,
    text: String,
    /// Whether the address stands in place of the text, as in `<tel:+491>`.
    is_replaced: bool,
}

struct List {
    next: Option<u64>,
    /// The mark of the current item, until a block shows it.
    marker: Option<Marker>,
    is_step: bool,
}

struct Picture {
    address: String,
    name: String,
}

#[derive(Default)]
struct Table {
    header: Option<Vec<Vec<Span>>>,
    row: Vec<Vec<Span>>,
    is_header_row: bool,
    has_rows: bool,
}

impl<'a> Builder<'a> {
    fn parse(markdown: &str, base: &str) -> Body {
        let source = Prepared::new(markdown);
        let mut builder = Builder::new(&source, base);
        if source.has_open_comment {
            builder.losses.push(Loss::OpenComment);
        }
        for event in Parser::new_ext(&source.text, options()) {
            builder.event(event);
        }
        builder.finish()
    }

    fn new(source: &'a Prepared, base: &'a str) -> Builder<'a> {
        Builder {
            source,
            base,
            blocks: Vec::new(),
            losses: Vec::new(),
            spans: Vec::new(),
            styles: Vec::new(),
            links: Vec::new(),
            lists: Vec::new(),
            quotes: 0,
            quote_count: 0,
            kind: None,
            picture: None,
            table: None,
            prefix: Vec::new(),
            term: (Vec::new(), true),
            notes: Vec::new(),
            note_blocks: Vec::new(),
            open_note: None,
            script: None,
            html: None,
            skipped: None,
            is_nested: false,
        }
    }

    fn finish(mut self) -> Body {
        self.end_table();
        self.end_definitions();
        self.note_blocks.sort_by_key(|(number, _)| *number);
        self.blocks.extend(self.note_blocks.into_iter().flat_map(|(_, blocks)| blocks));
        // A rule separates two texts, so it is nothing at the start or the end.
        let is_text = |block: &Block| block.kind != BlockKind::Rule;
        self.blocks.truncate(self.blocks.iter().rposition(is_text).map_or(0, |at| at + 1));
        self.blocks.drain(..self.blocks.iter().position(is_text).unwrap_or(0));
        Body { blocks: self.blocks, losses: self.losses }
    }

    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(Tag::Paragraph) | Event::End(TagEnd::Paragraph) if self.is_nested => {}
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) => self.push(&text),
            Event::InlineHtml(html) => self.inline_html(&html),
            Event::Html(text) => match &mut self.html {
                Some(html) => html.push_str(&text),
                None => self.inline_html(&text),
            },
            Event::Code(text) => self.push_styled(&text, Style::Code),
            Event::SoftBreak => self.soft_break(),
            Event::HardBreak => self.push("\n"),
            Event::Rule => self.rule(),
            Event::TaskListMarker(is_done) => {
                if let Some(list) = self.lists.last_mut() {
                    list.marker = Some(Marker::Task(is_done));
                }
            }
            Event::FootnoteReference(label) => {
                let number = self.note_number(&label);
                self.push(&format!("[{number}]"));
            }
            Event::InlineMath(text) | Event::DisplayMath(text) => self.push(&text),
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Paragraph => {}
            Tag::Heading { .. } => self.open(BlockKind::Heading),
            Tag::CodeBlock(_) => self.open(BlockKind::Code),
            // Text between tags may look like a block of HTML. It must not be read a second time.
            Tag::HtmlBlock if self.is_nested => {}
            Tag::HtmlBlock => self.html = Some(String::new()),
            Tag::BlockQuote(_) => self.start_quote(),
            Tag::List(first) => self.start_list(first),
            Tag::Item => self.start_item(),
            Tag::FootnoteDefinition(label) => {
                self.close();
                let number = self.note_number(&label);
                self.open_note = Some((number, self.blocks.len()));
                self.prefix = vec![Span { text: format!("[{number}] "), ..Span::default() }];
            }
            Tag::DefinitionListDefinition => self.start_definition(),
            Tag::Table(_) => self.start_table(),
            Tag::TableHead => self.start_row(true),
            Tag::TableRow => self.start_row(false),
            Tag::Strong => self.styles.push(Style::Bold),
            Tag::Emphasis => self.styles.push(Style::Italic),
            Tag::Strikethrough => self.styles.push(Style::Strikethrough),
            Tag::Link { link_type: LinkType::Email, dest_url, .. } => self.start_link(&format!("mailto:{dest_url}")),
            Tag::Link { link_type, dest_url, .. } => {
                self.start_link(&dest_url);
                if let Some(link) = self.links.last_mut() {
                    link.is_replaced = link_type == LinkType::Autolink && link.shown.is_some();
                }
            }
            Tag::Image { dest_url, .. } => {
                let address = self.source.unshielded(&dest_url).into_owned();
                self.picture = Some(Picture { address, name: String::new() });
            }
            _ => self.close(),
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::HtmlBlock if self.is_nested => {}
            TagEnd::HtmlBlock => self.end_html(),
            TagEnd::BlockQuote(_) => self.end_quote(),
            TagEnd::List(_) => self.end_list(),
            TagEnd::Item => self.end_item(),
            TagEnd::FootnoteDefinition => {
                self.close();
                self.prefix.clear();
                if let Some((number, first)) = self.open_note.take() {
                    let blocks = self.blocks.split_off(first.min(self.blocks.len()));
                    self.note_blocks.push((number, blocks));
                }
            }
            TagEnd::DefinitionListTitle => self.end_term(),
            TagEnd::DefinitionListDefinition => self.end_definition(),
            TagEnd::DefinitionList => self.end_definitions(),
            TagEnd::TableCell => self.end_cell(),
            TagEnd::TableRow | TagEnd::TableHead => self.end_row(),
            TagEnd::Table => self.end_table(),
            TagEnd::Strong => self.end_style(Style::Bold),
            TagEnd::Emphasis => self.end_style(Style::Italic),
            TagEnd::Strikethrough => self.end_style(Style::Strikethrough),
            TagEnd::Link => self.end_link(),
            TagEnd::Image => self.end_picture(),
            _ => self.close(),
        }
    }

    fn open(&mut self, kind: BlockKind) {
        self.close();
        self.kind = Some(kind);
    }

    fn end_style(&mut self, style: Style) {
        if let Some(at) = self.styles.iter().rposition(|open| *open == style) {
            self.styles.remove(at);
        }
    }

    fn push_styled(&mut self, text: &str, style: Style) {
        self.styles.push(style);
        self.push(text);
        self.styles.pop();
    }

    fn push(&mut self, text: &str) {
        let text = self.source.unshielded(text);
        self.push_plain(&text);
    }

    fn push_plain(&mut self, text: &str) {
        if self.skipped.is_some() {
            return;
        }
        if let Some(picture) = &mut self.picture {
            picture.name.push_str(text);
            return;
        }
        if self.links.last().is_some_and(|link| link.is_replaced) {
            return;
        }
        if let Some((_, script)) = &mut self.script {
            script.push_str(text);
            return;
        }
        let is_code = self.kind == Some(BlockKind::Code) || self.styles.contains(&Style::Code);
        let ends_in_space = self.spans.last().is_none_or(|last| last.text.ends_with([' ', '\n']));
        // A removed comment or tag leaves two spaces.
        let text = if ends_in_space && !is_code { text.trim_start_matches(' ') } else { text };
        if text.is_empty() {
            return;
        }
        if let Some(link) = self.links.last_mut() {
            link.text.push_str(text);
        }
        let link = self.links.iter().rev().find_map(|link| link.web.clone());
        match self.spans.last_mut() {
            Some(last) if last.styles == self.styles && last.link == link => last.text.push_str(text),
            _ => self.spans.push(Span { text: text.to_owned(), styles: self.styles.clone(), link }),
        }
    }

    /// Appends a space for a line break in the Markdown source. Appends nothing after a Han
    /// character or a kana, because Chinese and Japanese have no spaces between words.
    fn soft_break(&mut self) {
        let ends_unspaced = self.spans.last().and_then(|s| s.text.chars().next_back()).is_some_and(is_unspaced);
        if !ends_unspaced {
            self.push(" ");
        }
    }

    fn rule(&mut self) {
        self.close();
        self.blocks.push(Block { kind: BlockKind::Rule, list: None, quote: self.quote(), sentences: Vec::new() });
    }

    /// Closes the current block and splits its text into sentences.
    fn close(&mut self) {
        if self.table.is_some() {
            return;
        }
        let mut spans = std::mem::take(&mut self.spans);
        let kind = self.kind.take().unwrap_or(BlockKind::Paragraph);
        if spans.iter().all(|span| span.text.trim().is_empty()) {
            return;
        }
        let prefix = std::mem::take(&mut self.prefix);
        if kind != BlockKind::Code {
            spans.splice(0..0, prefix);
        } else if !prefix.is_empty() {
            self.emit(BlockKind::Paragraph, vec![line(prefix)]);
        }
        let sentences = match kind {
            BlockKind::Code => vec![code(&spans)],
            BlockKind::Heading | BlockKind::Row | BlockKind::Rule => vec![line(spans)],
            BlockKind::Paragraph => split(&spans),
        };
        self.emit(kind, sentences);
    }

    fn emit(&mut self, kind: BlockKind, sentences: Vec<Sentence>) {
        let depth = self.lists.len().saturating_sub(1);
        let is_step = self.lists.iter().any(|list| list.is_step)
            || self.lists.last().is_some_and(|list| matches!(list.marker, Some(Marker::Task(_))));
        let list = self.lists.last_mut().map(|list| ListPosition {
            depth,
            marker: list.marker.take().unwrap_or(Marker::Continued),
            is_step,
        });
        self.blocks.push(Block { kind, list, quote: self.quote(), sentences });
    }

    fn quote(&self) -> Option<usize> {
        (self.quotes > 0).then_some(self.quote_count)
    }

    fn start_quote(&mut self) {
        self.close();
        self.quotes += 1;
        if self.quotes == 1 {
            self.quote_count += 1;
        }
    }

    fn end_quote(&mut self) {
        self.close();
        self.quotes = self.quotes.saturating_sub(1);
    }

    fn start_list(&mut self, first: Option<u64>) {
        self.close();
        self.flush_marker();
        self.lists.push(List { next: first, marker: None, is_step: first.is_some() });
    }

    fn end_list(&mut self) {
        self.close();
        self.lists.pop();
    }

    fn start_item(&mut self) {
        self.close();
        if let Some(list) = self.lists.last_mut() {
            list.marker = Some(list.next.map_or(Marker::Bullet, Marker::Number));
            list.next = list.next.map(|number| number.saturating_add(1));
        }
    }

    fn end_item(&mut self) {
        self.close();
        self.flush_marker();
    }

    /// Shows the number of an item that begins with another list, or has no text.
    fn flush_marker(&mut self) {
        if let Some(List { marker: Some(Marker::Number(_)), .. }) = self.lists.last() {
            self.emit(BlockKind::Paragraph, Vec::new());
        }
    }

    fn note_number(&mut self, label: &str) -> usize {
        let at = self.notes.iter().position(|known| known == label);
        1 + at.unwrap_or_else(|| {
            self.notes.push(label.to_owned());
            self.notes.len() - 1
        })
    }

    fn end_term(&mut self) {
        let mut spans = std::mem::take(&mut self.spans);
        trim(&mut spans);
        bold(&mut spans);
        let (term, is_defined) = &mut self.term;
        if *is_defined {
            term.clear();
        } else {
            term.push(Span { text: ", ".to_owned(), ..Span::default() });
        }
        term.append(&mut spans);
        *is_defined = false;
    }

    fn start_definition(&mut self) {
        self.close();
        self.term.1 = true;
        self.prefix = self.term.0.clone();
        self.prefix.push(Span { text: " — ".to_owned(), ..Span::default() });
    }

    fn end_definition(&mut self) {
        self.close();
        self.prefix.clear();
    }

    /// Shows a term that no definition follows.
    fn end_definitions(&mut self) {
        self.close();
        if !self.term.1 {
            self.term.1 = true;
            let spans = std::mem::take(&mut self.term.0);
            self.emit(BlockKind::Paragraph, vec![line(spans)]);
        }
    }

    fn start_table(&mut self) {
        self.close();
        self.table = Some(Table::default());
    }

    fn start_row(&mut self, is_header_row: bool) {
        self.spans.clear();
        if let Some(table) = &mut self.table {
            table.row.clear();
            table.is_header_row = is_header_row;
        }
    }

    fn end_cell(&mut self) {
        let mut spans = std::mem::take(&mut self.spans);
        trim(&mut spans);
        if let Some(table) = &mut self.table {
            table.row.push(spans);
        }
    }

    fn end_row(&mut self) {
        let Some(table) = &mut self.table else { return };
        let row = std::mem::take(&mut table.row);
        if row.iter().all(Vec::is_empty) {
            return;
        }
        if table.is_header_row && table.header.is_none() {
            table.header = Some(row);
            return;
        }
        table.has_rows = true;
        let header = table.header.clone().unwrap_or_default();
        self.emit(BlockKind::Row, vec![table_row(&header, row)]);
    }

    fn end_table(&mut self) {
        let Some(table) = self.table.take() else { return };
        if let Some(header) = table.header.filter(|_| !table.has_rows) {
            let row = table_row(&[], header);
            self.emit(BlockKind::Row, vec![row]);
        }
    }

    fn start_link(&mut self, address: &str) {
        let address = self.source.unshielded(address).into_owned();
        let (web, shown) = match classify(&address, self.base) {
            Address::Web(address) => (Some(address), None),
            Address::Shown(shown) => (None, Some(shown)),
            Address::Relative => {
                self.losses.push(Loss::RelativeAddress(address));
                (None, None)
            }
            Address::Hidden => (None, None),
        };
        self.links.push(Link { web, shown, text: String::new(), is_replaced: false });
    }

    fn end_link(&mut self) {
        let Some(link) = self.links.pop() else { return };
        if let Some(outer) = self.links.last_mut() {
            outer.text.push_str(&link.text);
        }
        if let Some(shown) = link.shown.filter(|shown| !shown.is_empty() && !link.text.contains(shown)) {
            let text = if link.text.trim().is_empty() { shown } else { format!(" ({shown})") };
            self.push_plain(&text);
        }
    }

    fn end_picture(&mut self) {
        let Some(Picture { address, name }) = self.picture.take() else { return };
        let file = address.split(['?', '#']).next().unwrap_or_default().rsplit('/').next().unwrap_or_default();
        let name = if name.trim().is_empty() { file } else { name.trim() };
        // A picture in a link is the text of the link.
        let target = if self.links.is_empty() { classify(&address, self.base) } else { Address::Hidden };
        match target {
            Address::Web(web) if !name.is_empty() => {
                self.links.push(Link { web: Some(web), shown: None, text: String::new(), is_replaced: false });
                self.push_plain(&format!("{PICTURE}{name}"));
                self.links.pop();
            }
            Address::Web(_) => {}
            Address::Relative => {
                if !name.is_empty() {
                    self.push_plain(&format!("{PICTURE}{name}"));
                }
                self.losses.push(Loss::RelativeAddress(address));
            }
            Address::Hidden | Address::Shown(_) => self.push_plain(name),
        }
    }

    fn inline_html(&mut self, html: &str) {
        for piece in html::pieces(html) {
            match piece {
                Piece::Text(text) => self.push(text),
                Piece::Tag(tag) => self.tag(&tag),
            }
        }
    }

    fn end_html(&mut self) {
        let html = self.html.take().unwrap_or_default();
        self.close();
        for piece in html::pieces(&html) {
            match piece {
                Piece::Text(_) if self.skipped.is_some() => {}
                Piece::Text(text) => self.html_text(text),
                Piece::Tag(tag) => self.tag(&tag),
            }
        }
        if self.table.is_none() {
            self.close();
        }
    }

    /// Reads text between the tags of an HTML block as Markdown.
    fn html_text(&mut self, text: &str) {
        if self.kind == Some(BlockKind::Code) {
            let decoded = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&amp;", "&");
            return self.push(&decoded);
        }
        let trimmed: String = text.trim().lines().map(str::trim).collect::<Vec<_>>().join("\n");
        if text.starts_with(char::is_whitespace) && !self.spans.is_empty() {
            self.soft_break();
        }
        self.is_nested = true;
        for event in Parser::new_ext(&trimmed, options()) {
            self.event(event);
        }
        self.is_nested = false;
        if !trimmed.is_empty() && text.ends_with(char::is_whitespace) {
            self.soft_break();
        }
    }

    fn tag(&mut self, tag: &html::Tag<'_>) {
        if let Some(skipped) = &self.skipped {
            if tag.is_end && *skipped == tag.name {
                self.skipped = None;
            }
            return;
        }
        let starts = !tag.is_end;
        match tag.name.as_str() {
            "br" => self.push("\n"),
            "hr" => self.rule(),
            "b" | "strong" => self.html_style(Style::Bold, starts),
            "i" | "em" | "cite" | "dfn" | "var" => self.html_style(Style::Italic, starts),
            "s" | "del" | "strike" => self.html_style(Style::Strikethrough, starts),
            "code" | "kbd" | "samp" | "tt" => self.html_style(Style::Code, starts),
            "sup" | "sub" => self.html_script(tag.name == "sup", starts),
            "q" => self.push(if starts { "“" } else { "”" }),
            "a" if starts => match tag.attribute("href") {
                Some(address) => self.start_link(&address),
                None => self.links.push(Link { web: None, shown: None, text: String::new(), is_replaced: false }),
            },
            "a" => self.end_link(),
            "img" | "iframe" | "video" | "audio" if starts => {
                let name = ["alt", "title"].iter().find_map(|name| tag.attribute(name)).unwrap_or_default();
                if let Some(address) = tag.attribute("src") {
                    let address = self.source.unshielded(&address).into_owned();
                    self.picture = Some(Picture { address, name: self.source.unshielded(&name).into_owned() });
                    self.end_picture();
                }
            }
            "script" | "style" | "template" | "svg" | "head" if starts => self.skipped = Some(tag.name.clone()),
            "ul" | "menu" if starts => self.start_list(None),
            "ol" if starts => {
                let first = tag.attribute("start").and_then(|number| number.parse().ok());
                self.start_list(Some(first.unwrap_or(1)));
            }
            "ul" | "ol" | "menu" => self.end_list(),
            "li" if starts => self.start_item(),
            "li" => self.end_item(),
            "blockquote" if starts => self.start_quote(),
            "blockquote" => self.end_quote(),
            "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "summary" if starts => self.open(BlockKind::Heading),
            "pre" if starts => self.open(BlockKind::Code),
            "table" if starts => self.start_table(),
            "table" => self.end_table(),
            "tr" if starts => self.start_row(false),
            "tr" => self.end_row(),
            "th" | "td" if starts => {
                if let Some(table) = self.table.as_mut().filter(|table| table.row.is_empty()) {
                    table.is_header_row = tag.name == "th";
                }
                if let Some(table) = self.table.as_mut().filter(|_| tag.name == "td") {
                    table.is_header_row = false;
                }
            }
            "th" | "td" => self.end_cell(),
            "dt" if starts => self.close(),
            "dt" => self.end_term(),
            "dd" if starts => self.start_definition(),
            "dd" => self.end_definition(),
            "dl" => self.end_definitions(),
            "p" | "div" | "details" | "section" | "article" | "aside" | "header" | "footer" | "main" | "nav"
            | "figure" | "figcaption" | "address" | "center" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "summary"
            | "pre" | "caption" | "fieldset" | "form" | "body" | "html" => self.close(),
            "u" | "ins" | "mark" | "small" | "big" | "span" | "font" | "abbr" | "wbr" | "thead" | "tbody" | "tfoot"
            | "picture" | "bdi" | "bdo" | "nobr" | "acronym" | "ruby" | "rb" | "rt" | "rp" | "colgroup" | "col"
            | "time" | "img" | "iframe" | "video" | "audio" | "svg" | "button" => {}
            // Most other tags are plain text with angle brackets, as in "use <T>".
            _ => self.push(tag.raw),
        }
    }

    fn html_style(&mut self, style: Style, starts: bool) {
        if starts { self.styles.push(style) } else { self.end_style(style) }
    }

    fn html_script(&mut self, is_superscript: bool, starts: bool) {
        if let Some((is_superscript, text)) = self.script.take() {
            self.push_plain(&html::script(&text, is_superscript));
        }
        if starts {
            self.script = Some((is_superscript, String::new()));
        }
    }
}

/// True for characters of scripts without spaces between words: Han, kana and their punctuation.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{2E80}'..='\u{312F}' | '\u{3190}'..='\u{A4CF}' | '\u{F900}'..='\u{FAFF}' | '\u{FE30}'..='\u{FE4F}'
        | '\u{FF00}'..='\u{FFEF}' | '\u{20000}'..='\u{323AF}')
}

/// Creates the only sentence of a code block.
fn code(spans: &[Span]) -> Sentence {
    let text: String = spans.iter().map(|span| span.text.as_str()).collect();
    let text = text.trim_start_matches('\n').trim_end().to_owned();
    Sentence { spans: vec![Span { text, styles: vec![Style::Code], link: None }], gap: Gap::None }
}

/// Creates the only sentence of a heading or a row.
fn line(mut spans: Vec<Span>) -> Sentence {
    trim(&mut spans);
    for span in &mut spans {
        if span.text.contains('\n') {
            span.text = span.text.replace(" \n", "\n").replace("\n ", "\n").replace('\n', " ");
        }
    }
    Sentence { spans, gap: Gap::None }
}

/// Splits the text of a paragraph into sentences.
fn split(spans: &[Span]) -> Vec<Sentence> {
    let plain: String = spans.iter().map(|s| s.text.as_str()).collect();
    let mut end = 0;
    sentences(&plain)
        .map(|range| {
            let between = &plain[end..range.start];
            end = range.end;
            let gap = if between.contains('\n') {
                Gap::Line
            } else if between.is_empty() {
                Gap::None
            } else {
                Gap::Space
            };
            Sentence { spans: slice(spans, &range), gap }
        })
        .collect()
}

/// Returns a row of a table as one sentence: **first cell** — header: value; header: value.
fn table_row(header: &[Vec<Span>], mut row: Vec<Vec<Span>>) -> Sentence {
    let plain = |text: &str| Span { text: text.to_owned(), ..Span::default() };
    for cell in row.iter_mut().filter(|cell| cell.is_empty()) {
        cell.push(plain(EMPTY_CELL));
    }
    let count = row.len();
    let mut spans = Vec::new();
    for (at, mut cell) in row.into_iter().enumerate() {
        match at {
            0 if count > 1 => bold(&mut cell),
            0 => {}
            1 => spans.push(plain(" — ")),
            _ => spans.push(plain("; ")),
        }
        let name: String =
            header.get(at).filter(|_| at > 0).into_iter().flatten().map(|span| span.text.as_str()).collect();
        if !name.is_empty() {
            let colon = if name.ends_with([':', '：', '?', '？']) { " " } else { ": " };
            spans.push(plain(&format!("{name}{colon}")));
        }
        spans.append(&mut cell);
    }
    line(spans)
}

/// Makes spans bold, except code.
fn bold(spans: &mut [Span]) {
    for span in spans {
        if !span.styles.contains(&Style::Code) && !span.styles.contains(&Style::Bold) {
            span.styles.insert(0, Style::Bold);
        }
    }
}

/// Removes white space at the start and the end.
fn trim(spans: &mut Vec<Span>) {
    while let Some(last) = spans.last_mut() {
        last.text.truncate(last.text.trim_end().len());
        if !last.text.is_empty() {
            break;
        }
        spans.pop();
    }
    while let Some(first) = spans.first_mut() {
        first.text = first.text.trim_start().to_owned();
        if !first.text.is_empty() {
            break;
        }
        spans.remove(0);
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

#[cfg(test)]
mod tests {
    use super::{BlockKind, Body, ListPosition, Marker, plain_line};

    #[track_caller]
    fn check(markdown: &str, expected: &[(BlockKind, &[&str])]) {
        let body = Body::parse(markdown);
        let blocks: Vec<(BlockKind, Vec<String>)> =
            body.blocks.iter().map(|b| (b.kind, b.sentences.iter().map(|s| s.plain()).collect())).collect();
        let expected: Vec<(BlockKind, Vec<String>)> =
            expected.iter().map(|(kind, texts)| (*kind, texts.iter().map(ToString::to_string).collect())).collect();
        assert_eq!(blocks, expected, "{markdown:?}");
    }

    #[test]
    fn markdown_becomes_blocks_of_sentences() {
        check("", &[]);
        check("One. Two!\n\nThree", &[(BlockKind::Paragraph, &["One.", "Two!"]), (BlockKind::Paragraph, &["Three"])]);
        check("# Head\n> Said.", &[(BlockKind::Heading, &["Head"]), (BlockKind::Paragraph, &["Said."])]);
        check("```\nlet a. b\n```", &[(BlockKind::Code, &["let a. b"])]);
        check("use <T> here", &[(BlockKind::Paragraph, &["use <T> here"])]);
        check("|A|B|\n|-|-|\n|x||", &[(BlockKind::Row, &["x — B: –"])]);
    }

    #[test]
    fn list_items_keep_their_marks() {
        let list = |markdown: &str| -> Vec<Option<ListPosition>> {
            Body::parse(markdown).blocks.iter().map(|block| block.list).collect()
        };
        let at = |depth, marker, is_step| Some(ListPosition { depth, marker, is_step });
        assert_eq!(
            list("3. a\n4. b\n   - c\n\nd"),
            [at(0, Marker::Number(3), true), at(0, Marker::Number(4), true), at(1, Marker::Bullet, true), None]
        );
        assert_eq!(list("- [x] a\n- b"), [at(0, Marker::Task(true), true), at(0, Marker::Bullet, false)]);
        assert_eq!(
            list("1. ```\n   a\n   ```\n   b"),
            [at(0, Marker::Number(1), true), at(0, Marker::Continued, true)]
        );
        assert_eq!(list("1. - a"), [at(0, Marker::Number(1), true), at(1, Marker::Bullet, true)]);
    }

    #[test]
    fn a_line_break_is_a_space_only_between_latin_words() {
        check("two\nwords", &[(BlockKind::Paragraph, &["two words"])]);
        check("两行\n一句", &[(BlockKind::Paragraph, &["两行一句"])]);
        check("두\n단어", &[(BlockKind::Paragraph, &["두 단어"])]);
    }

    #[test]
    fn only_web_addresses_stay_links() {
        let link = |markdown: &str| Body::parse(markdown).blocks[0].sentences[0].spans[0].link.clone();
        assert_eq!(link("[a](https://b.c)").as_deref(), Some("https://b.c"));
        assert_eq!(link("[a](https://b.c/_d_/e*f*g)").as_deref(), Some("https://b.c/_d_/e*f*g"));
        assert_eq!(link("[a](javascript:b)"), None);
        let relative = Body::parse_at("[a](b.html)", "https://c.d/e/f");
        assert_eq!(relative.blocks[0].sentences[0].spans[0].link.as_deref(), Some("https://c.d/e/b.html"));
        assert!(relative.losses.is_empty() && Body::parse("[a](b.html)").losses.len() == 1);
    }

    #[test]
    fn a_heading_is_no_highlight() {
        let body = Body::parse("One.\n\n## Two\n\nThree.");
        assert_eq!([0, 1, 2, 3].map(|at| body.skip_headings(at)), [0, 2, 2, 3]);
    }

    #[test]
    fn titles_lose_their_markup() {
        for (title, expected) in [
            ("**Bold** and `code`", "Bold and code"),
            ("[Help](https://a.b) &amp; more", "Help & more"),
            ("1. Intro", "1. Intro"),
            ("C* and a_b_c", "C* and a_b_c"),
            ("use <T>", "use <T>"),
            ("2 * 3", "2 * 3"),
            ("**", "**"),
        ] {
            assert_eq!(plain_line(title), expected, "{title}");
        }
    }
}
