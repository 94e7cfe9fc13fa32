//! Errors of the database. Error messages never contain passwords.

/// The database cannot be opened, or a statement failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database address in the configuration is malformed.
    #[error(
        "`{address}` is no database address: {reason}. Write e.g. sqlite:data/footnote.db, or postgres://user:password@host/database"
    )]
    Address {
        /// The database address without passwords.
        address: String,
        reason: String,
    },
    /// The folder for the SQLite file cannot be created.
    #[error(
        "cannot make the folder of {path}: {reason}; name a place that can be written to, e.g. sqlite:/var/lib/footnote/footnote.db"
    )]
    Folder { path: String, reason: std::io::Error },
    /// The SQLite file cannot be opened, or its tables cannot be migrated.
    #[error(
        "cannot open the database {address}: {reason}; it must be a SQLite file of ours, or not exist yet, in a folder that can be written to"
    )]
    Open { address: String, reason: String },
    /// The PostgreSQL server cannot be reached or rejects the connection, or its tables cannot be
    /// migrated.
    #[error(
        "cannot use the database {address}: {reason}; PostgreSQL must run there, know the user, and have the database, in which the user may make tables"
    )]
    Server {
        /// Host and database name of the server, without user and password.
        address: String,
        reason: String,
    },
    /// The PostgreSQL server is older than version 14.
    #[error("{address} is PostgreSQL {version}; 14 or newer is needed")]
    TooOld {
        /// Host and database name of the server, without user and password.
        address: String,
        version: i32,
    },
    /// Another process has opened the same SQLite file.
    #[error(
        "another process has the database {address} open; end it, or give several processes one PostgreSQL (postgres://user:password@host/database)"
    )]
    Locked { address: String },
    #[error("the database failed: {0}")]
    Statement(#[from] sqlx::Error),
    /// The database did not answer within the time limit.
    #[error("the database did not answer within {0:?}")]
    Timeout(std::time::Duration),
}

impl StoreError {
    /// Returns true if the same operation may succeed later, without a change to the configuration.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        !matches!(self, StoreError::Address { .. } | StoreError::Folder { .. } | StoreError::TooOld { .. })
    }

    /// Returns true if the database rejected a value in the statement. Every retry with the same
    /// values would fail too.
    #[must_use]
    pub fn is_about_content(&self) -> bool {
        let StoreError::Statement(sqlx::Error::Database(error)) = self else { return false };
        // PostgreSQL reports invalid values with SQLSTATE codes that begin with 22 (data exception)
        // or 23 (constraint violation). SQLite reports only constraint violations.
        let class =
            error.code().is_some_and(|code| code.len() == 5 && (code.starts_with("22") || code.starts_with("23")));
        class || !matches!(error.kind(), sqlx::error::ErrorKind::Other)
    }
}
