//! Splits HTML into tags and text. Markdown may contain HTML, as GitHub's does.

/// A piece of HTML.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    /// Text between tags, with entities as written.
    Text(&'a str),
    /// A tag.
    Tag(Tag<'a>),
}

/// A tag, such as `<a href="…">` or `</a>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tag<'a> {
    /// The name, in lower case.
    pub name: String,
    pub is_end: bool,
    /// The tag as written.
    pub raw: &'a str,
}

impl Tag<'_> {
    /// Returns the value of an attribute, with `&amp;` decoded.
    pub fn attribute(&self, wanted: &str) -> Option<String> {
        let mut rest = self.raw.trim_start_matches('<').trim_end_matches('>').trim_end_matches('/');
        rest = rest.trim_start_matches(|c: char| !c.is_whitespace());
        loop {
            rest = rest.trim_start();
            let end = rest.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(rest.len());
            let (name, after) = rest.split_at(end);
            if name.is_empty() && after.is_empty() {
                return None;
            }
            let (value, after) = match after.trim_start().strip_prefix('=') {
                None => ("", after),
                Some(after) => attribute_value(after.trim_start()),
            };
            if name.eq_ignore_ascii_case(wanted) {
                return Some(value.replace("&amp;", "&").replace("&quot;", "\""));
            }
            rest = after;
        }
    }
}

/// Splits an attribute's value from the text after it.
fn attribute_value(text: &str) -> (&str, &str) {
    for quote in ['"', '\''] {
        if let Some(inner) = text.strip_prefix(quote) {
            return inner.split_once(quote).unwrap_or((inner, ""));
        }
    }
    text.split_at(text.find(char::is_whitespace).unwrap_or(text.len()))
}

/// Splits HTML into pieces. Leaves out declarations and processing instructions. A `<` that begins
/// no tag is text.
pub(super) fn pieces(html: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = html;
    let mut text = 0;
    while let Some(found) = rest[text..].find('<') {
        let at = text + found;
        let Some(length) = tag_length(&rest[at..]) else {
            text = at + 1;
            continue;
        };
        if at > 0 {
            pieces.push(Piece::Text(&rest[..at]));
        }
        let raw = &rest[at..at + length];
        if !raw.starts_with("<!") && !raw.starts_with("<?") {
            let name = raw[1..].trim_start_matches('/');
            let end = name.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(name.len());
            pieces.push(Piece::Tag(Tag { name: name[..end].to_ascii_lowercase(), is_end: raw.starts_with("</"), raw }));
        }
        rest = &rest[at + length..];
        text = 0;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    pieces
}

/// Returns the length of the tag at the start of a text.
fn tag_length(text: &str) -> Option<usize> {
    let after = text[1..].strip_prefix('/').unwrap_or(&text[1..]);
    if !after.starts_with(|c: char| c.is_ascii_alphabetic()) && !text.starts_with("<!") && !text.starts_with("<?") {
        return None;
    }
    let mut quote = None;
    for (at, c) in text.char_indices().skip(1) {
        match (quote, c) {
            (None, '>') => return Some(at + 1),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if open == c => quote = None,
            _ => {}
        }
    }
    None
}

/// Converts a superscript or subscript to Unicode: `m<sup>2</sup>` to m². Letters stay, as in
/// 1<sup>st</sup>. Other text follows `^` or `_`.
pub(super) fn script(text: &str, is_superscript: bool) -> String {
    let mark = if is_superscript { '^' } else { '_' };
    let letters = if is_superscript {
        "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿⁱ"
    } else {
        "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎ₙᵢ"
    };
    let convert = |c: char| {
        let c = if c == '−' { '-' } else { c };
        "0123456789+-=()ni".find(c).and_then(|at| letters.chars().nth(at))
    };
    let text = text.trim();
    let is_number = text.chars().any(|c| c.is_ascii_digit()) || text.chars().count() == 1;
    match text.chars().map(convert).collect::<Option<String>>() {
        Some(converted) if is_number => converted,
        _ if text.chars().count() > 1 && text.chars().all(|c| c.is_alphabetic() || c == '.') => text.to_owned(),
        _ if text.chars().count() <= 1 => {
            format!("{}{text}", if text.is_empty() { String::new() } else { mark.to_string() })
        }
        _ => format!("{mark}({text})"),
    }
}

#[cfg(test)]
mod tests {
    use super::{Piece, Tag, pieces, script};

    #[test]
    fn html_is_split_into_tags_and_text() {
        let tag = |name: &str, is_end, raw| Piece::Tag(Tag { name: name.to_owned(), is_end, raw });
        assert_eq!(
            pieces("a<BR/>b < c <a title='>'>d</a><!DOCTYPE x>"),
            [
                Piece::Text("a"),
                tag("br", false, "<BR/>"),
                Piece::Text("b < c "),
                tag("a", false, "<a title='>'>"),
                Piece::Text("d"),
                tag("a", true, "</a>"),
            ]
        );
    }

    #[test]
    fn attributes_are_read() {
        let raw = r#"<img alt="A b" src=c.png width='5' data-x />"#;
        let tag = Tag { name: "img".to_owned(), is_end: false, raw };
        let value = |name| tag.attribute(name);
        assert_eq!(value("alt").as_deref(), Some("A b"));
        assert_eq!(value("SRC").as_deref(), Some("c.png"));
        assert_eq!(value("data-x").as_deref(), Some(""));
        assert_eq!(value("href"), None);
    }

    #[test]
    fn scripts_become_unicode() {
        for (text, is_superscript, expected) in [
            ("2", true, "²"),
            ("2", false, "₂"),
            ("-10", true, "⁻¹⁰"),
            ("st", true, "st"),
            ("a+b", true, "^(a+b)"),
            ("x", true, "^x"),
            ("n", true, "ⁿ"),
            ("", true, ""),
        ] {
            assert_eq!(script(text, is_superscript), expected, "{text}");
        }
    }
}
