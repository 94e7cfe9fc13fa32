//! Wordings that tell how a question relates to the conversation before it, or that ask for
//! something other than an answer.

mod bare;
mod message;
mod request;
mod subject;

pub(crate) use bare::{has_no_content, is_bare};
pub(crate) use message::{essence, splits};
pub use request::Request;
pub(crate) use request::request;
pub(crate) use subject::{description, ends_with_that_one, looks_around, names_article, points_out};

/// Returns the text if it is short enough to be one of the wordings here.
fn short(normal: &str) -> Option<&str> {
    const MAX_BYTES: usize = 80;
    Some(normal).filter(|normal| !normal.is_empty() && normal.len() <= MAX_BYTES)
}

/// Asserts that a predicate is true for each text in `holds` and false for each in `fails`. Texts
/// are normalized first.
#[cfg(test)]
#[track_caller]
pub(crate) fn check(predicate: impl Fn(&str) -> bool, holds: &[&str], fails: &[&str]) {
    for (texts, expected) in [(holds, true), (fails, false)] {
        for text in texts {
            assert_eq!(predicate(&crate::text::normalize(text)), expected, "{text}");
        }
    }
}
