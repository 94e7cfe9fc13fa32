//! Measures the length of comment lines and of Markdown paragraphs.

/// Returns the numbers of the comment lines that are longer than `columns` characters.
pub fn long_comment_lines(code: &str, marks: &[&str], columns: usize) -> Vec<usize> {
    let is_long = |line: &str| {
        let comment = marks.iter().find_map(|mark| line.trim_start().strip_prefix(mark));
        // A comment line of a single word may be longer, because a URL cannot be wrapped.
        line.chars().count() > columns && comment.is_some_and(|text| text.split_whitespace().count() > 1)
    };
    code.lines().enumerate().filter(|(_, line)| is_long(line)).map(|(at, _)| at + 1).collect()
}

/// Returns each Markdown paragraph of more than `words` words, as its first line number and its
/// word count. A list item counts as a paragraph. Tables and code blocks are skipped.
pub fn long_paragraphs(markdown: &str, words: usize) -> Vec<(usize, usize)> {
    let mut paragraphs: Vec<(usize, usize)> = Vec::new();
    let (mut is_open, mut is_code) = (false, false);
    for (at, line) in markdown.lines().enumerate() {
        let line = line.trim_start();
        if line.starts_with("```") {
            is_code = !is_code;
        }
        if is_code || line.is_empty() || line.starts_with(['|', '#', '<']) || line.starts_with("```") {
            is_open = false;
            continue;
        }
        let count = line.split_whitespace().count() - usize::from(is_item(line));
        match paragraphs.last_mut() {
            Some((_, total)) if is_open && !is_item(line) => *total += count,
            _ => paragraphs.push((at + 1, count)),
        }
        is_open = true;
    }
    paragraphs.retain(|(_, total)| *total > words);
    paragraphs
}

/// True if the line starts a list item.
fn is_item(line: &str) -> bool {
    let number = line.trim_start_matches(|c: char| c.is_ascii_digit());
    ["- ", "* ", "+ "].iter().any(|mark| line.starts_with(mark))
        || number.len() < line.len() && number.starts_with(". ")
}

#[test]
fn a_comment_may_end_at_the_last_column_but_not_behind_it() {
    let code = "// 1234 6\n    // 234 67\nlet long_code = 1;\n// https://example.org/a/b";
    assert_eq!(long_comment_lines(code, &["//"], 9), [2]);
}

#[test]
fn paragraphs_items_tables_and_code_are_counted_apart() {
    let markdown = "one two\nthree four\n\n- one two three\n- one two\n  three four\n\n| a b c d |\n\n```\na b c d\n```\n1. a b\n2. c d\n";
    assert_eq!(long_paragraphs(markdown, 3), [(1, 4), (5, 4)]);
}
