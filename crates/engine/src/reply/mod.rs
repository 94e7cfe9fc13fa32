//! Replies: messages with formatted text and buttons. A reply is composed from a
//! [`Match`](crate::matching::Match) or is a fixed text.

mod strings;
mod rich_text;
mod action;
mod message;
mod labels;
mod body;
mod section;
mod notices;
mod answer;
mod why;
mod settings;
mod plain;

pub use action::{Action, QuietHours, SectionRef, Setting, Showing, Target};
pub use answer::{alternatives, compose, compose_briefly, compose_together, join, join_truncated};
pub use message::{Button, Card, Reply, reading_seconds};
pub use notices::{
    description, for_administrators, forgotten, help, how_to_ask_in_a_group, language_chosen, languages, my_data,
    none_of_these, not_text, privacy, product, short_description, slow_down, topics, welcome,
};
pub use plain::plain;
pub use rich_text::{Entity, EntityKind, MAX_MESSAGE_UNITS, RichText};
pub use section::{Layout, card, is_shown_whole, section_page};
pub use settings::{Panel, settings};
pub use strings::{CommandDescriptions, LANGUAGES, MatchKindNames, Strings};
pub use why::{nothing_to_explain, why};
