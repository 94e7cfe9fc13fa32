//! A reply where there are no looks and no buttons: in a terminal, a log of a chat, JSON.

use super::action::{Action, Target};
use super::message::Reply;

/// The text, and below it what the buttons offer where they are the point of the reply.
#[must_use]
pub fn plain(reply: &Reply) -> String {
    let mut out = reply.text.text().to_owned();
    let asks_back = reply.buttons.iter().flatten().any(|b| b.action == Action::Navigate(Target::NoneOfThese));
    if asks_back {
        let choices = reply.buttons.iter().flatten().filter(|b| b.action != Action::Navigate(Target::NoneOfThese));
        for (at, button) in choices.enumerate() {
            out.push_str(&format!("\n{}. {}", at + 1, button.label));
        }
    }
    out
}
