//! Database transactions on SQLite or PostgreSQL.

use super::backend::{Backend, Connection, Executor, Pool, execute};
use super::database::{Store, WriteGuard};
use super::error::StoreError;

/// An open database transaction. If the transaction is dropped without a commit, its connection is
/// closed, so that the database rolls the transaction back. The connection is not rolled back and
/// reused, because its state is uncertain: on some errors, such as a full disk, SQLite has already
/// rolled back.
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
            // Takes SQLite's write lock at the start of the transaction. A plain `BEGIN` takes the
            // lock at the first write, which fails if another connection has written since this
            // transaction's first read.
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
