//! The messages of groups that the bot was not told of.

use std::collections::HashMap;

use super::group::BotMembership;

/// The messages that the bot was not told of, each with the reason.
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

    /// Why the bot was not told of a message, if it was not.
    pub fn reason(&self, place: (i64, i64)) -> Option<&'static str> {
        self.0.get(&place).copied()
    }
}
