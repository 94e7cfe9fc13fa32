//! Durable state: the message queue (inbox) and what the bot remembers, in SQLite or PostgreSQL.
//!
//! All SQL is here, and nothing else is. SQLite serves one process, PostgreSQL serves several. Both
//! run the same statements.
//!
//! Two connection pools write. Received updates must survive a power cut, so their commits wait for
//! the disk. Everything else may be repeated after a crash (a question is answered again), so its
//! commits do not wait.

mod error;
mod clock;
mod backend;
mod database_lock;
mod fences;
mod migrations;
mod database;
mod sqlite;
mod postgres;
mod open;
mod transaction;
mod notify;
mod leader;
mod enqueue;
mod lease;
mod chats;
mod ratings;
mod groups;
mod deletions;
mod questions;
mod effects;
mod completion;
mod retention;
mod depth;

pub use chats::{AnswerLink, Chat, ChatUpdate, ConversationKey};
pub use clock::Millis;
pub use completion::{Completion, Outcome};
pub use database::Store;
pub use deletions::Deletion;
pub use depth::Depth;
pub use effects::{Effects, TurnLog};
pub use enqueue::{Dropped, Enqueued, MAX_OPEN, MAX_OPEN_PER_KEY, Received};
pub use error::StoreError;
pub use groups::{Group, GroupChange, Migrated};
pub use leader::LeaderLock;
pub use lease::Lease;
pub use notify::Notification;
pub use questions::{ErasureRequest, KeptQuestion};
pub use ratings::Rating;
