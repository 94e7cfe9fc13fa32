//! All SQL, and nothing else. SQLite in a file, with write-ahead logging.
//!
//! There are two connections, each with one writer. What must survive a power cut (received updates) goes through the one that waits for the disk at every
//! commit; what is only repeated when lost (an answered question is answered again) through the one that does not.

mod chats;
mod groups;
mod inbox;

use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{Sqlite, SqlitePool};

pub use chats::{AnswerLink, Asker, Chat, ChatUpdate, Deletion, Rating, Record, TurnLog};
pub use groups::{Group, GroupChange};
pub use inbox::{Depth, Lease, MAX_ATTEMPTS, Received};

/// Milliseconds since 1970 UTC.
pub type Millis = i64;

/// The database could not be opened or did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The address is not one we can open.
    #[error("`{address}` is no database address: {reason}. Write e.g. sqlite:data/footnote.db")]
    Address {
        /// What was given.
        address: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The folder of the database file could not be made.
    #[error(
        "cannot make the folder of {path}: {reason}; name a place that can be written to, e.g. sqlite:/var/lib/footnote/footnote.db"
    )]
    Folder {
        /// The database file.
        path: String,
        /// What the system said.
        reason: std::io::Error,
    },
    /// The file is there but cannot be used, or its tables could not be brought up to date.
    #[error(
        "cannot open the database {address}: {reason}; it must be a SQLite file of ours, or not exist yet, in a folder that can be written to"
    )]
    Open {
        /// What was given.
        address: String,
        /// What the database said.
        reason: String,
    },
    /// A statement failed.
    #[error("the database failed: {0}")]
    Statement(#[from] sqlx::Error),
}

/// The database.
#[derive(Debug, Clone)]
pub struct Store {
    /// Waits for the disk at each commit.
    durable: SqlitePool,
    /// Does not; for what may be done twice.
    quick: SqlitePool,
    place: Place,
}

/// Where the database is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Disk,
    /// In its one connection, so that this must never be let go.
    Memory,
}

impl Store {
    /// Opens the database at an address such as `sqlite:data/footnote.db`, making the file, its folder and its tables where they are missing.
    ///
    /// # Errors
    /// When the address is not SQLite's, or the file cannot be made, opened or brought up to date.
    pub async fn open(address: &str) -> Result<Store, StoreError> {
        let wrong = |reason: String| StoreError::Address { address: address.to_owned(), reason };
        if !address.starts_with("sqlite:") {
            return Err(wrong("it must begin with sqlite:".to_owned()));
        }
        let options = SqliteConnectOptions::from_str(address).map_err(|e| wrong(e.to_string()))?;
        let path = options.get_filename().to_path_buf();
        make_folder_of(&path)?;
        let options = options
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .busy_timeout(Duration::from_secs(5))
            // What was asked is overwritten when it is deleted, not just forgotten.
            .pragma("secure_delete", "ON")
            .optimize_on_close(true, None);
        let open = |reason: String| StoreError::Open { address: address.to_owned(), reason };
        let durable =
            connect(options.clone().synchronous(SqliteSynchronous::Full)).await.map_err(|e| open(e.to_string()))?;
        sqlx::migrate!("src/store/migrations").run(&durable).await.map_err(|e| open(e.to_string()))?;
        let quick = connect(options.synchronous(SqliteSynchronous::Normal)).await.map_err(|e| open(e.to_string()))?;
        Ok(Store { durable, quick, place: Place::Disk })
    }

    /// A database in memory that is gone with the process.
    ///
    /// # Errors
    /// When memory for it cannot be had.
    pub async fn in_memory() -> Result<Store, StoreError> {
        let pool = connect(SqliteConnectOptions::from_str("sqlite::memory:")?).await?;
        sqlx::migrate!("src/store/migrations").run(&pool).await.map_err(sqlx::Error::from)?;
        Ok(Store { durable: pool.clone(), quick: pool, place: Place::Memory })
    }

    /// Throws a connection away on which a transaction failed. Where SQLite has rolled it back by itself, as on a full disk, the connection believes that it is still
    /// inside it, and would go on "committing" what is never written.
    fn keep_if_sound<T>(
        &self,
        mut connection: PoolConnection<Sqlite>,
        done: Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        if done.is_err() && self.place == Place::Disk {
            connection.close_on_drop();
        }
        done
    }

    /// Writes everything out and lets go of the file.
    pub async fn close(&self) {
        self.quick.close().await;
        self.durable.close().await;
    }
}

/// One connection that stays: SQLite has one writer at a time anyway, and a database in memory lives as long as its connection.
async fn connect(options: SqliteConnectOptions) -> Result<SqlitePool, sqlx::Error> {
    let one = SqlitePoolOptions::new().max_connections(1).min_connections(1).idle_timeout(None).max_lifetime(None);
    one.connect_with(options).await
}

fn make_folder_of(path: &Path) -> Result<(), StoreError> {
    let Some(folder) = path.parent().filter(|f| !f.as_os_str().is_empty()) else { return Ok(()) };
    std::fs::create_dir_all(folder).map_err(|reason| StoreError::Folder { path: path.display().to_string(), reason })
}
