//! The fake Telegram, an in-memory model without HTTP. The model stores chats with messages, queued
//! updates, open queries, and the log of the bot's calls.

mod clock;
pub(super) mod text;
mod quotes;
mod person;
mod group;
mod errors;
mod chats;
mod threads;
mod updates;
mod webhook;
mod withheld;
mod inline;
mod profile;
mod calls;
mod session;
mod state;
mod controls;
mod users;
mod groups;
mod members;
mod privacy;
mod seed;
mod transport;
mod bot;
mod view;
mod inspect;
mod scenario;

pub(super) use bot::{Draft, Reply, Target};
pub use calls::{Call, Fault, FaultKind};
pub(super) use errors::ApiError;
pub use errors::Denied;
pub use group::{Group, GroupKind, Posted, Role, Say};
pub(super) use inline::InlineAnswer;
pub use person::{Attachment, PAGE_PERSON_ID, Person, Sent};
pub(super) use profile::About;
pub use state::FakeTelegram;
pub(super) use webhook::{Delivery, Webhook};
