//! What can go wrong with a database. No error holds a password.

/// The database could not be opened or did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The address is not one we can open.
    #[error(
        "`{address}` is no database address: {reason}. Write e.g. sqlite:data/footnote.db, or postgres://user:password@host/database"
    )]
    Address {
        /// What was given, without what is secret in it.
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
    /// The server cannot be reached, does not let us in, or its tables could not be brought up to date.
    #[error(
        "cannot use the database {address}: {reason}; PostgreSQL must run there, know the user, and have the database, in which the user may make tables"
    )]
    Server {
        /// Where it is: neither user nor password.
        address: String,
        /// What the server or the system said.
        reason: String,
    },
    /// The server cannot do what is needed.
    #[error("{address} is PostgreSQL {version}; 14 or newer is needed")]
    TooOld {
        /// Where it is: neither user nor password.
        address: String,
        /// Its version.
        version: i32,
    },
    /// With SQLite one process serves.
    #[error(
        "another process has the database {address} open; end it, or give several processes one PostgreSQL (postgres://user:password@host/database)"
    )]
    Taken {
        /// What was given.
        address: String,
    },
    /// A statement failed.
    #[error("the database failed: {0}")]
    Statement(#[from] sqlx::Error),
    /// It does not answer.
    #[error("the database did not answer within {0:?}")]
    Silent(std::time::Duration),
}

impl StoreError {
    /// May it be otherwise another time, with nothing changed here?
    #[must_use]
    pub fn is_transient(&self) -> bool {
        !matches!(self, StoreError::Address { .. } | StoreError::Folder { .. } | StoreError::TooOld { .. })
    }

    /// Is something refused for what it is, so that it is refused as often as it is tried?
    #[must_use]
    pub fn is_about_content(&self) -> bool {
        let StoreError::Statement(sqlx::Error::Database(error)) = self else { return false };
        // PostgreSQL's classes of errors about data and constraints; SQLite has only the latter.
        let class =
            error.code().is_some_and(|code| code.len() == 5 && (code.starts_with("22") || code.starts_with("23")));
        class || !matches!(error.kind(), sqlx::error::ErrorKind::Other)
    }
}
