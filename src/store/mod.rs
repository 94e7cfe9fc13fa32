//! Durable state: the message queue (inbox), conversations and settings, in SQLite or PostgreSQL.
//!
//! This module contains all SQL of the program. SQLite supports a single process of the bot,
//! PostgreSQL supports several. Both databases run the same statements.
//!
//! There are two kinds of connections for writing. The updates received from Telegram must survive
//! a power failure, so their commits wait for the disk. All other writes can be repeated after a
//! crash, so their commits do not wait.

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
