//! Transactions.

use super::backend::{Backend, Connection, Executor, Pool, execute};
use super::database::{Store, WriteGuard};
use super::error::StoreError;

/// A transaction. If it does not reach its end, its connection is closed. SQLite may have rolled it
/// back by itself, as on a full disk, and later "commits" on that connection would write nothing.
pub(super) struct Transaction {
    connection: Connection,
    is_committed: bool,
    _write_guard: WriteGuard,
}

impl Store {
    pub(super) async fn begin(&self, pool: &Pool) -> Result<Transaction, StoreError> {
        let write_guard = self.write_guard().await;
        let mut transaction =
            Transaction { connection: pool.acquire().await?, is_committed: false, _write_guard: write_guard };
        let begin = match pool {
            // A transaction that starts as a reader may find that another has written before it
            // does.
            Backend::Sqlite(_) => "BEGIN IMMEDIATE",
            Backend::Postgres(_) => "BEGIN",
        };
        execute!(transaction.executor(), begin)?;
        Ok(transaction)
    }
}

impl Transaction {
    pub fn executor(&mut self) -> Executor<'_> {
        self.connection.executor()
    }

    pub async fn commit(mut self) -> Result<(), StoreError> {
        execute!(self.executor(), "COMMIT")?;
        self.is_committed = true;
        Ok(())
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        if !self.is_committed {
            self.connection.close_on_drop();
        }
    }
}
