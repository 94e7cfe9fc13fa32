//! Prepares Markdown for the parser: removes comments, protects formulas and addresses, and turns
//! the admonitions of other tools into block quotes.

use std::borrow::Cow;

/// Markdown that is ready for the parser.
pub(super) struct Prepared {
    /// The Markdown. Some characters are shielded: see [`Prepared::unshielded`].
    pub text: String,
    /// Whether a comment begins and never ends.
    pub has_open_comment: bool,
    can_shield: bool,
}

/// The first of 128 private characters that stand for the ASCII characters which the parser must
/// not read as markup.
const SHIELD: u32 = 0x10_F700;

fn shielded(c: char) -> char {
    if c.is_ascii() && !c.is_ascii_alphanumeric() && c != ' ' {
        char::from_u32(SHIELD + u32::from(c)).unwrap_or(c)
    } else {
        c
    }
}

fn is_shielded(c: char) -> bool {
    (SHIELD..SHIELD + 128).contains(&u32::from(c))
}

impl Prepared {
    pub fn new(markdown: &str) -> Prepared {
        let markdown = if markdown.contains('\r') {
            Cow::Owned(markdown.replace("\r\n", "\n").replace('\r', "\n"))
        } else {
            Cow::Borrowed(markdown)
        };
        // An author's own private characters must stay what they are.
        let can_shield = !markdown.chars().any(is_shielded);
        let mut scanner = Scanner { rest: &markdown, out: String::new(), can_shield, has_open_comment: false };
        scanner.run();
        let Scanner { out, has_open_comment, .. } = scanner;
        let lines: Vec<&str> = out.lines().collect();
        let mut quoted = Vec::new();
        admonitions(&lines, &mut quoted, 0);
        Prepared { text: quoted.join("\n"), has_open_comment, can_shield }
    }

    /// Returns a text from the parser with its shielded characters restored.
    pub fn unshielded<'t>(&self, text: &'t str) -> Cow<'t, str> {
        if !self.can_shield || !text.chars().any(is_shielded) {
            return Cow::Borrowed(text);
        }
        let restore = |c: char| if is_shielded(c) { char::from_u32(u32::from(c) - SHIELD).unwrap_or(c) } else { c };
        Cow::Owned(text.chars().map(restore).collect())
    }
}

/// Copies Markdown and leaves code as it is. Removes comments, and shields formulas and addresses.
struct Scanner<'a> {
    rest: &'a str,
    out: String,
    can_shield: bool,
    has_open_comment: bool,
}

impl Scanner<'_> {
    fn run(&mut self) {
        while let Some(c) = self.rest.chars().next() {
            if self.out.is_empty() || self.out.ends_with('\n') {
                let line = self.rest.lines().next().unwrap_or_default();
                if let Some(fence) = Fence::opened_by(line) {
                    self.copy_fenced(fence);
                    continue;
                }
            }
            match c {
                '`' => self.copy_code_span(),
                '<' if self.rest.starts_with("<!--") => self.skip_comment(),
                '\\' if self.rest.starts_with("\\(") => self.formula("\\(", "\\)"),
                '\\' if self.rest.starts_with("\\[") => self.formula("\\[", "\\]"),
                '\\' => self.copy(self.rest.chars().take(2).map(char::len_utf8).sum()),
                '$' if self.rest.starts_with("$$") => self.formula("$$", "$$"),
                '$' => self.formula("$", "$"),
                'h' if self.rest.starts_with("https://") || self.rest.starts_with("http://") => self.copy_address(),
                _ => self.copy(c.len_utf8()),
            }
        }
    }

    fn copy(&mut self, length: usize) {
        let (head, tail) = self.rest.split_at(length);
        self.out.push_str(head);
        self.rest = tail;
    }

    fn copy_fenced(&mut self, fence: Fence) {
        let mut is_first = true;
        while !self.rest.is_empty() {
            let length = self.rest.find('\n').map_or(self.rest.len(), |at| at + 1);
            let ends = !is_first && fence.is_closed_by(&self.rest[..length]);
            self.copy(length);
            if ends {
                break;
            }
            is_first = false;
        }
    }

    fn copy_code_span(&mut self) {
        let ticks = self.rest.len() - self.rest.trim_start_matches('`').len();
        let paragraph = &self.rest[..self.rest.find("\n\n").unwrap_or(self.rest.len())];
        let mut at = ticks;
        while let Some(found) = paragraph[at..].find('`') {
            at += found;
            let run = paragraph[at..].len() - paragraph[at..].trim_start_matches('`').len();
            at += run;
            if run == ticks {
                return self.copy(at);
            }
        }
        self.copy(ticks);
    }

    fn skip_comment(&mut self) {
        let is_line_start =
            self.out.trim_end_matches([' ', '\t']).is_empty() || self.out.trim_end_matches([' ', '\t']).ends_with('\n');
        let Some(end) = self.rest.find("-->") else {
            self.has_open_comment = true;
            self.rest = "";
            return;
        };
        self.rest = &self.rest[end + 3..];
        let after = self.rest.trim_start_matches([' ', '\t']);
        if is_line_start && after.starts_with('\n') {
            self.out.truncate(self.out.trim_end_matches([' ', '\t']).len());
            self.rest = &after[1..];
        } else if is_line_start || self.out.ends_with([' ', '\t']) {
            self.rest = after;
        }
    }

    /// Shields a formula, so that `$a*b*c$` stays as written. Copies the opening mark if no
    /// formula follows.
    fn formula(&mut self, open: &str, close: &str) {
        let length = if self.can_shield { formula_length(self.rest, open, close, &self.out) } else { None };
        match length {
            None => self.copy(open.len()),
            Some(length) => {
                let (formula, tail) = self.rest.split_at(length);
                let mut lines = formula.split('\n');
                self.out.extend(lines.next().unwrap_or_default().chars().map(shielded));
                for line in lines {
                    self.out.push(shielded('\n'));
                    self.out.extend(line.trim_start().chars().map(shielded));
                }
                self.rest = tail;
            }
        }
    }

    /// Copies a web address, and shields the characters in it that would be emphasis.
    fn copy_address(&mut self) {
        let is_part = |c: char| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '"' | '`' | '|');
        let address = &self.rest[..self.rest.find(|c| !is_part(c)).unwrap_or(self.rest.len())];
        let last = address.rfind(|c: char| c.is_ascii_alphanumeric() || c == '/').unwrap_or(0);
        for (at, c) in address.char_indices() {
            let is_inside = at < last && matches!(c, '*' | '_' | '~');
            self.out.push(if is_inside && self.can_shield { shielded(c) } else { c });
        }
        self.rest = &self.rest[address.len()..];
    }
}

/// Returns the length of the formula at the start of a text, with its marks. Returns `None` if the
/// marks are something else, such as the sign of a dollar.
fn formula_length(text: &str, open: &str, close: &str, before: &str) -> Option<usize> {
    const MAX_BYTES: usize = 2_000;
    let inner = &text[open.len()..];
    let inner = &inner[..inner.floor_char_boundary(MAX_BYTES)];
    let end = if close == "$" { inline_end(inner)? } else { inner.find(close)? };
    let formula = &inner[..end];
    let is_one_paragraph = !formula.contains("\n\n") && !formula.contains('`') && !formula.contains("\n>");
    let looks_so = match open {
        "$" => !before.ends_with(|c: char| c.is_alphanumeric() || c == '$') && !is_prose(formula),
        "$$" => !formula.trim().is_empty(),
        _ => formula.trim().chars().count() <= 2 || formula.contains(|c| "\\^_=+<>/*{}".contains(c)),
    };
    (is_one_paragraph && looks_so).then(|| open.len() + end + close.len())
}

/// Finds the `$` that ends an inline formula, by Pandoc's rules: no space inside the marks, and no
/// digit after the second.
fn inline_end(inner: &str) -> Option<usize> {
    if inner.starts_with(char::is_whitespace) {
        return None;
    }
    let end = inner.match_indices('$').map(|(at, _)| at).find(|at| !inner[..*at].ends_with('\\'))?;
    let fits = end > 0
        && !inner[..end].ends_with(char::is_whitespace)
        && !inner[end + 1..].starts_with(|c: char| c.is_ascii_digit());
    fits.then_some(end)
}

/// True if the text between two dollar signs has ordinary words: `5 to 10 US`.
fn is_prose(formula: &str) -> bool {
    let mut depth = 0;
    formula.split_whitespace().any(|word| {
        let letters = word.trim_matches(|c| "*_~.,;:".contains(c));
        let is_word = depth == 0 && letters.chars().count() >= 2 && letters.chars().all(char::is_alphabetic);
        depth = (depth + word.matches('{').count()).saturating_sub(word.matches('}').count());
        is_word
    })
}

/// The opening line of a fenced code block.
#[derive(Clone, Copy)]
struct Fence {
    mark: char,
    length: usize,
}

impl Fence {
    fn opened_by(line: &str) -> Option<Fence> {
        let mut line = line.trim_start_matches([' ', '\t', '>']);
        // A code block may be the first thing in a list item.
        let number = line.trim_start_matches(|c: char| c.is_ascii_digit());
        let marker = if number.len() < line.len() {
            number.strip_prefix(['.', ')'])
        } else {
            line.strip_prefix(['-', '*', '+'])
        };
        if let Some(inner) = marker.filter(|inner| inner.starts_with(' ')) {
            line = inner.trim_start();
        }
        let mark = line.chars().next().filter(|c| matches!(c, '`' | '~'))?;
        let length = line.chars().take_while(|c| *c == mark).count();
        let is_fence = length >= 3 && !(mark == '`' && line[length..].contains('`'));
        is_fence.then_some(Fence { mark, length })
    }

    fn is_closed_by(self, line: &str) -> bool {
        let line = line.trim_start_matches([' ', '\t', '>']).trim_end();
        line.len() >= self.length && line.chars().all(|c| c == self.mark)
    }
}

/// Turns admonitions into block quotes that begin with their title: `> [!NOTE]` of GitHub, `:::` of
/// Docusaurus and VuePress, `!!!` of MkDocs.
fn admonitions(lines: &[&str], out: &mut Vec<String>, depth: usize) {
    const MAX_DEPTH: usize = 8;
    let mut fence: Option<Fence> = None;
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        at += 1;
        match fence {
            Some(open) => {
                fence = Some(open).filter(|open| !open.is_closed_by(line));
                out.push((*line).to_owned());
                continue;
            }
            None => fence = Fence::opened_by(line),
        }
        let block =
            if fence.is_some() || depth == MAX_DEPTH { None } else { colons(lines, at).or_else(|| marks(lines, at)) };
        if let Some(block) = block {
            at = block.end;
            let mut inner = Vec::new();
            let body: Vec<&str> = block.body.iter().map(String::as_str).collect();
            admonitions(&body, &mut inner, depth + 1);
            let quote = if block.is_quote { "> " } else { "" };
            out.push(String::new());
            if !block.label.is_empty() {
                out.push(format!("{quote}**{}**", block.label));
            }
            out.extend(inner.iter().map(|line| format!("{quote}{line}")));
            out.push(String::new());
        } else {
            out.push(alert(line).unwrap_or_else(|| (*line).to_owned()));
        }
    }
}

/// An admonition, without its marks.
struct Admonition {
    label: String,
    body: Vec<String>,
    is_quote: bool,
    /// The index of the line after it.
    end: usize,
}

/// Reads `> [!NOTE]`, with an optional title.
fn alert(line: &str) -> Option<String> {
    let inner = line.trim_start_matches([' ', '\t', '>']);
    let quotes = &line[..line.len() - inner.len()];
    // The first form that GitHub had: `> **Note**`.
    if let Some(name) = inner.trim_end().strip_prefix("**").and_then(|name| name.strip_suffix("**")) {
        let label = label(name, "");
        return (quotes.contains('>') && !label.is_empty()).then(|| format!("{quotes}**{label}**"));
    }
    let (name, title) = inner.strip_prefix("[!")?.split_once(']')?;
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '-');
    let title = title.trim_start_matches(['+', '-']).trim();
    let label = if title.is_empty() { capitalized(name) } else { title.to_owned() };
    (quotes.contains('>') && is_name).then(|| format!("{quotes}**{}**", with_colon(&label)))
}

/// Reads an admonition between lines of colons: `::: warning Title`. `at` is the line after the
/// first.
fn colons(lines: &[&str], at: usize) -> Option<Admonition> {
    let first = lines[at - 1].trim();
    let opening = first.trim_start_matches(':');
    let colons = first.len() - opening.len();
    if colons < 3 || opening.trim().is_empty() {
        return None;
    }
    let spec = opening.trim().trim_end_matches(':').trim_end();
    let spec = spec.strip_prefix('{').map_or(spec, |inner| inner.split('}').next().unwrap_or(inner));
    let end = spec.find(|c: char| !c.is_alphanumeric() && !"-.".contains(c)).unwrap_or(spec.len());
    let (name, title) = spec.split_at(end);
    let name = name.trim_start_matches('.').trim_start_matches("callout-");
    let mut depth = 0;
    let is_close = |line: &str| line.trim().len() >= 3 && line.trim().chars().all(|c| c == ':');
    let mut close = at;
    while let Some(line) = lines.get(close) {
        if is_close(line) {
            if depth == 0 {
                break;
            }
            depth -= 1;
        } else if line.trim_start().starts_with(":::") {
            depth += 1;
        }
        close += 1;
    }
    let body = lines[at..close.min(lines.len())].iter().map(|line| (*line).to_owned()).collect();
    let label = label(name, title);
    Some(Admonition { is_quote: !label.is_empty(), label, body, end: (close + 1).min(lines.len()) })
}

/// Reads an admonition whose text is indented: `!!! warning "Title"`, or a tab `=== "Title"`. `at`
/// is the line after the first.
fn marks(lines: &[&str], at: usize) -> Option<Admonition> {
    let first = lines[at - 1];
    let indent = first.len() - first.trim_start().len();
    let marked = first.trim();
    let spec = ["!!!", "???+", "???", "==="].into_iter().find_map(|mark| Some((mark, marked.strip_prefix(mark)?)));
    let (mark, spec) = spec.filter(|(_, spec)| spec.starts_with([' ', '+', '!']))?;
    let spec = spec.trim_start_matches(['+', '!']).trim();
    let (names, title) = spec.split_at(spec.find(['"', '\'']).unwrap_or(spec.len()));
    let is_tab = mark == "===";
    let name = names.split_whitespace().next().unwrap_or_default();
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '-');
    if is_tab == is_name || (is_tab && title.is_empty()) {
        return None;
    }
    let mut body = Vec::new();
    for line in &lines[at..] {
        let deeper =
            line.strip_prefix('\t').or_else(|| line.get(indent + 4..).filter(|_| line[..indent + 4].trim().is_empty()));
        match deeper {
            Some(line) => body.push(line.to_owned()),
            None if line.trim().is_empty() => body.push(String::new()),
            None => break,
        }
    }
    if title.is_empty() && body.iter().all(|line| line.trim().is_empty()) {
        return None;
    }
    let end = at + body.len();
    let label = if title.is_empty() { with_colon(&capitalized(name)) } else { label(name, title) };
    Some(Admonition { label, body, is_quote: !is_tab, end })
}

/// Returns the label of an admonition: its title, or else its name if that is a usual one.
fn label(name: &str, title: &str) -> String {
    const NAMES: &str = " note info tip hint warning caution danger important attention error success question example \
                         quote abstract summary bug failure seealso todo admonition notice remark fyi ";
    let title = title.trim();
    let is_given = title.contains('"') || title.contains('\'');
    let title = title.strip_prefix("{title=").or_else(|| title.strip_prefix("title=")).unwrap_or(title);
    // Attributes, as in `:::note{.wide #top}`, are no title.
    let title = if title.starts_with('{') { "" } else { title };
    let title = title.trim_matches(|c: char| "\"'[]{}".contains(c)).trim();
    if !title.is_empty() {
        with_colon(title)
    } else if !is_given && NAMES.contains(&format!(" {} ", name.to_lowercase())) {
        with_colon(&capitalized(name))
    } else {
        String::new()
    }
}

fn with_colon(label: &str) -> String {
    if label.ends_with(|c: char| "?!.:：。？！".contains(c)) { label.to_owned() } else { format!("{label}:") }
}

fn capitalized(name: &str) -> String {
    let mut letters = name.chars();
    letters
        .next()
        .map(|first| first.to_uppercase().collect::<String>() + &letters.as_str().to_lowercase())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::Prepared;

    #[track_caller]
    fn check(markdown: &str, expected: &str) {
        let prepared = Prepared::new(markdown);
        assert_eq!(prepared.unshielded(&prepared.text), expected, "{markdown:?}");
    }

    #[test]
    fn comments_are_removed_and_code_is_kept() {
        check("a <!-- b\n\nc --> d", "a d");
        check("a\n<!-- b -->\nc", "a\nc");
        check("`<!-- a -->` b", "`<!-- a -->` b");
        check("```\n<!-- a -->\n```\nb", "```\n<!-- a -->\n```\nb");
        check("a <!-- b", "a ");
        assert!(Prepared::new("a <!-- b").has_open_comment);
    }

    #[test]
    fn formulas_are_shielded_and_prices_are_not() {
        for (markdown, is_formula) in [
            ("$a*b*c$", true),
            (r"\(E = mc^2\)", true),
            (r"\[x_1\]", true),
            ("$$\na\n= b\n$$", true),
            ("$5 or *$10*", false),
            ("$5 and *more* for 10 US$", false),
            (r"\[no link\](a)", false),
            ("`$a_b$`", false),
        ] {
            let prepared = Prepared::new(markdown);
            assert_eq!(prepared.text != markdown, is_formula, "{markdown}: {}", prepared.text);
            assert!(prepared.unshielded(&prepared.text) == markdown, "{markdown}");
        }
    }

    #[test]
    fn admonitions_become_quotes() {
        check("> [!WARNING]\n> No.", "> **Warning:**\n> No.");
        check("::: tip\nYes.\n:::\nEnd", "\n> **Tip:**\n> Yes.\n\nEnd");
        check(":::note[Read this]\nYes.\n:::", "\n> **Read this:**\n> Yes.\n");
        check(":::note{.wide}\nYes.\n:::", "\n> **Note:**\n> Yes.\n");
        check("!!! danger \"Do not!\"\n    Stop.\n\n    Now.\nEnd", "\n> **Do not!**\n> Stop.\n> \n> Now.\n\nEnd");
        check("!!! note \"\"\n    Plain.", "\n> Plain.\n");
        check("=== \"Linux\"\n    Type it.", "\n**Linux:**\nType it.\n");
        check("```\n::: tip\n```", "```\n::: tip\n```");
        check("!!! wow", "!!! wow");
        check("Title\n===\n", "Title\n===");
    }
}
