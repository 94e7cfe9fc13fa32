//! All SQL, and nothing else. SQLite in a file for one process, PostgreSQL for several; every statement is the same for both.
//!
//! There are two kinds of connections for writing. What must survive a power cut (received updates) goes through the one that waits for the disk at every commit; what is
//! only repeated when lost (an answered question is answered again) through the one that does not.

mod chats;
mod clock;
mod backend;
mod error;
mod fences;
mod groups;
mod migrations;
mod inbox;
mod postgres;
mod questions;
mod completion;
mod sqlite;
mod transaction;

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;

pub use chats::{AnswerLink, Chat, ChatUpdate, ConversationKey, Deletion, Effects, Rating, TurnLog};
pub use completion::{Completion, Outcome};
pub use error::StoreError;
pub use groups::{Group, GroupChange, Migrated};
pub use inbox::{Depth, Dropped, Lease, MAX_IN_LANE, MAX_OPEN, Put, Received};
pub use postgres::{LeaderLock, Notification};
pub use questions::{ErasureRequest, KeptQuestion};

use backend::Pool;
use clock::Clock;
use fences::Fences;
use sqlite::DatabaseLock;
use transaction::WriteGuard;

/// Milliseconds since 1970 UTC.
pub type Millis = i64;

/// How long a statement or a transaction may take; PostgreSQL's own limits come before.
const PATIENCE: Duration = Duration::from_secs(15);

/// The database.
#[derive(Debug, Clone)]
pub struct Store {
    /// Waits for the disk at each commit.
    durable: Pool,
    /// Does not; for what may be done twice.
    quick: Pool,
    /// For looking only.
    read: Pool,
    /// Held by who writes, where one can at a time.
    writing: Option<Arc<Mutex<()>>>,
    keeper: Option<DatabaseLock>,
    clock: Clock,
    fences: Fences,
}

impl Store {
    /// Opens the database at an address such as `sqlite:data/footnote.db` or `postgres://user:password@host/database`. A file, its folder and all tables are made where
    /// they are missing.
    ///
    /// # Errors
    /// When it is no such address, or the file or the server cannot be used or brought up to date.
    pub async fn open(address: &str) -> Result<Store, StoreError> {
        match address.split_once(':').map(|(scheme, _)| scheme) {
            Some("sqlite") => sqlite::open(address).await,
            Some("postgres" | "postgresql") => postgres::open(address).await,
            // What it is instead is not said: it may be a password.
            _ => Err(StoreError::Address {
                address: "…".to_owned(),
                reason: "it must begin with sqlite: or postgres:".to_owned(),
            }),
        }
    }

    /// A database in memory that is gone with the process.
    ///
    /// # Errors
    /// When memory for it cannot be had.
    pub async fn in_memory() -> Result<Store, StoreError> {
        sqlite::in_memory().await
    }

    /// What time it is for the rows: every time that is put into one or held against one is this clock's. It follows the clock on the wall, never in leaps.
    #[must_use]
    pub fn now(&self) -> Millis {
        self.clock.now()
    }

    /// Waits for this process's turn to write.
    async fn turn(&self) -> WriteGuard {
        match &self.writing {
            Some(writing) => Some(Arc::clone(writing).lock_owned().await),
            None => None,
        }
    }

    /// Gives a database that has ceased to answer up for this time.
    async fn within<T>(work: impl Future<Output = Result<T, StoreError>>) -> Result<T, StoreError> {
        tokio::time::timeout(PATIENCE, work).await.unwrap_or(Err(StoreError::Silent(PATIENCE)))
    }

    /// Writes everything out and lets go of the database.
    pub async fn close(&self) {
        self.read.close().await;
        self.quick.close().await;
        self.durable.close().await;
        if let Some(keeper) = &self.keeper {
            keeper.release().await;
        }
    }
}
