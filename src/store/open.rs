//! Opens the database at an address, in SQLite or PostgreSQL.

use super::database::Store;
use super::error::StoreError;
use super::{postgres, sqlite};

impl Store {
    /// Opens the database at an address such as `sqlite:data/footnote.db` or
    /// `postgres://user:password@host/database`. Creates missing tables and, for SQLite, a missing
    /// file and its folder.
    ///
    /// # Errors
    /// When the address is malformed, or the file or server cannot be used or migrated.
    pub async fn open(address: &str) -> Result<Store, StoreError> {
        match address.split_once(':').map(|(scheme, _)| scheme) {
            Some("sqlite") => sqlite::open(address).await,
            Some("postgres" | "postgresql") => postgres::open(address).await,
            // The error does not repeat the address, because the address may contain a password.
            _ => Err(StoreError::Address {
                address: "…".to_owned(),
                reason: "it must begin with sqlite: or postgres:".to_owned(),
            }),
        }
    }

    /// Opens a SQLite database in memory, which is lost when the process exits.
    ///
    /// # Errors
    /// When SQLite cannot create the database.
    pub async fn in_memory() -> Result<Store, StoreError> {
        sqlite::in_memory().await
    }
}
