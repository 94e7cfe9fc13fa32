//! Replies as plain text, for a terminal or JSON.

use super::action::{Action, Target};
use super::message::Reply;

/// Returns the text of a reply without formatting. If the reply is a clarification, its options
/// follow as a numbered list.
#[must_use]
pub fn plain(reply: &Reply) -> String {
    let mut out = reply.text.text().to_owned();
    let is_clarification = reply.buttons.iter().flatten().any(|b| b.action == Action::Navigate(Target::NoneOfThese));
    if is_clarification {
        let choices = reply.buttons.iter().flatten().filter(|b| b.action != Action::Navigate(Target::NoneOfThese));
        for (at, button) in choices.enumerate() {
            out.push_str(&format!("\n{}. {}", at + 1, button.label));
        }
    }
    out
}
