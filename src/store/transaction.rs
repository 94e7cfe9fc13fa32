//! A piece of work that is done whole or not at all.

use tokio::sync::OwnedMutexGuard;

use super::backend::{Backend, Connection, Executor, Pool, execute};
use super::{Store, StoreError};

/// The turn of one of this process's writers. SQLite has one writer at a time, and lets the others try again after ever longer pauses; waiting in line is fair and quick.
pub(super) type WriteGuard = Option<OwnedMutexGuard<()>>;

/// A transaction. A connection on which it does not come to its end is thrown away: SQLite may have rolled it back by itself, as on a full disk, and whoever went on with
/// the connection would go on "committing" what is never written.
pub(super) struct Transaction {
    connection: Connection,
    is_committed: bool,
    _turn: WriteGuard,
}

impl Store {
    /// Begins a transaction on one of these connections.
    pub(super) async fn begin(&self, pool: &Pool) -> Result<Transaction, StoreError> {
        let turn = self.turn().await;
        let mut work = Transaction { connection: pool.acquire().await?, is_committed: false, _turn: turn };
        let begin = match pool {
            // Who begins by reading may find that somebody else has written when it comes to writing.
            Backend::Sqlite(_) => "BEGIN IMMEDIATE",
            Backend::Postgres(_) => "BEGIN",
        };
        execute!(work.on(), begin)?;
        Ok(work)
    }
}

impl Transaction {
    pub fn on(&mut self) -> Executor<'_> {
        self.connection.on()
    }

    pub async fn commit(mut self) -> Result<(), StoreError> {
        execute!(self.on(), "COMMIT")?;
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
