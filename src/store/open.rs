//! Opens a database by its address.

use super::database::Store;
use super::error::StoreError;
use super::{postgres, sqlite};

impl Store {
    /// Opens the database at an address such as `sqlite:data/footnote.db` or
    /// `postgres://user:password@host/database`. Creates a missing file, its folder and the tables.
    ///
    /// # Errors
    /// When the address is malformed, or the file or server cannot be used or migrated.
    pub async fn open(address: &str) -> Result<Store, StoreError> {
        match address.split_once(':').map(|(scheme, _)| scheme) {
            Some("sqlite") => sqlite::open(address).await,
            Some("postgres" | "postgresql") => postgres::open(address).await,
            // The error does not repeat the address: it may be a password.
            _ => Err(StoreError::Address {
                address: "…".to_owned(),
                reason: "it must begin with sqlite: or postgres:".to_owned(),
            }),
        }
    }

    /// Opens a database in memory, which ends with the process.
    ///
    /// # Errors
    /// When there is not enough memory.
    pub async fn in_memory() -> Result<Store, StoreError> {
        sqlite::in_memory().await
    }
}
