//! Stores the group messages about which the bot got no update, for the page's inspector.

use std::collections::HashMap;

use super::group::BotMembership;

/// Maps the chat id and message id of each withheld message to the reason why the bot got no
/// update.
#[derive(Default)]
pub(super) struct Withheld(HashMap<(i64, i64), &'static str>);

impl Withheld {
    pub fn note(&mut self, place: (i64, i64), standing: BotMembership) {
        let reason = match standing {
            BotMembership::In(_) => "privacy",
            BotMembership::Stranger | BotMembership::Removed => "absent",
        };
        self.0.insert(place, reason);
    }

    /// Returns the reason why the bot got no update about a message. Returns `None` if no reason is
    /// stored.
    pub fn reason(&self, place: (i64, i64)) -> Option<&'static str> {
        self.0.get(&place).copied()
    }
}
