//! Creates the groups that exist when the playground starts.

use super::errors::Denied;
use super::group::{Group, GroupKind, Role};
use super::person::Person;
use super::state::FakeTelegram;

/// Chat id of the supergroup "Readers", an ordinary group without topics.
const READERS: i64 = -1_002_000_001_001;

/// Chat id of the forum "Book club", a group with topics.
const BOOK_CLUB: i64 = -1_002_000_001_002;

/// Names of the topics of the forum "Book club". The topic "General" exists in addition.
const TOPICS: [&str; 2] = ["Models", "应用"];

impl FakeTelegram {
    /// Creates two groups with English-speaking and Chinese-speaking members. An administrator adds
    /// the bot to both groups.
    pub fn seed(&self) -> Result<(), Denied> {
        let mira = Person::new(2003, "Mira", "en");
        let members = [
            (Person::new(2001, "Ann", "en"), Role::Member),
            (Person::new(2002, "小林", "zh-hans"), Role::Member),
            (mira.clone(), Role::Administrator),
        ];
        for (id, title, kind) in
            [(READERS, "Readers", GroupKind::Supergroup), (BOOK_CLUB, "Book club", GroupKind::Forum)]
        {
            self.add_group(Group { id, title: title.to_owned(), kind, members: members.to_vec(), bot: None });
        }
        for topic in TOPICS {
            self.add_topic(BOOK_CLUB, &mira, topic)?;
        }
        for id in [READERS, BOOK_CLUB] {
            self.add_bot(id, &mira)?;
        }
        Ok(())
    }
}
