//! Errors of the database. No error contains a password.

/// The database cannot be opened, or a statement failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The address is malformed.
    #[error(
        "`{address}` is no database address: {reason}. Write e.g. sqlite:data/footnote.db, or postgres://user:password@host/database"
    )]
    Address {
        /// The address, without its secrets.
        address: String,
        reason: String,
    },
    /// The folder of the database file cannot be created.
    #[error(
        "cannot make the folder of {path}: {reason}; name a place that can be written to, e.g. sqlite:/var/lib/footnote/footnote.db"
    )]
    Folder { path: String, reason: std::io::Error },
    /// The file cannot be used, or its tables cannot be migrated.
    #[error(
        "cannot open the database {address}: {reason}; it must be a SQLite file of ours, or not exist yet, in a folder that can be written to"
    )]
    Open { address: String, reason: String },
    /// The server cannot be reached, refuses us, or its tables cannot be migrated.
    #[error(
        "cannot use the database {address}: {reason}; PostgreSQL must run there, know the user, and have the database, in which the user may make tables"
    )]
    Server {
        /// Host and database, without user and password.
        address: String,
        reason: String,
    },
    /// The server's version is too old.
    #[error("{address} is PostgreSQL {version}; 14 or newer is needed")]
    TooOld {
        /// Host and database, without user and password.
        address: String,
        version: i32,
    },
    /// Another process uses the SQLite file.
    #[error(
        "another process has the database {address} open; end it, or give several processes one PostgreSQL (postgres://user:password@host/database)"
    )]
    Locked { address: String },
    #[error("the database failed: {0}")]
    Statement(#[from] sqlx::Error),
    /// The database did not answer in time.
    #[error("the database did not answer within {0:?}")]
    Timeout(std::time::Duration),
}

impl StoreError {
    /// May a later attempt succeed without a change of the configuration?
    #[must_use]
    pub fn is_transient(&self) -> bool {
        !matches!(self, StoreError::Address { .. } | StoreError::Folder { .. } | StoreError::TooOld { .. })
    }

    /// Was the data itself refused, so that every attempt will fail?
    #[must_use]
    pub fn is_about_content(&self) -> bool {
        let StoreError::Statement(sqlx::Error::Database(error)) = self else { return false };
        // PostgreSQL's error classes 22 (data) and 23 (constraints); SQLite reports only
        // constraints.
        let class =
            error.code().is_some_and(|code| code.len() == 5 && (code.starts_with("22") || code.starts_with("23")));
        class || !matches!(error.kind(), sqlx::error::ErrorKind::Other)
    }
}
