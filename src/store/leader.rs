//! Leader election. Only one process, the leader, polls Telegram. The leader holds an advisory lock
//! in PostgreSQL.

use std::time::Duration;

use sqlx::postgres::PgConnection;
use sqlx::{Connection, Executor};
use tokio::time::{sleep, timeout};

use super::backend::Backend;
use super::database::Store;
use super::error::StoreError;
use super::postgres::CONNECT_TIMEOUT;

/// The key of the PostgreSQL advisory lock: the ASCII codes of "footnote".
const LOCK_KEY: i64 = 0x666F_6F74_6E6F_7465;
/// How often the leader checks the connection that holds the lock.
const PING_INTERVAL: Duration = Duration::from_secs(2);
/// Settings with which the server ends the connection of a dead or suspended leader within about
/// ten seconds. Ending the connection frees the lock.
const SESSION_LIMITS: &str = "SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3; SET idle_session_timeout = '10s'";

/// The exclusive right to poll Telegram. Dropping this value releases the lock, as does the end of
/// the process.
#[derive(Debug)]
pub struct LeaderLock(Option<PgConnection>);

impl LeaderLock {
    /// Returns when this process is no longer the leader, because the connection that holds the
    /// lock broke. Never returns with SQLite, where there is only one process.
    pub async fn lost(&mut self) {
        let Some(connection) = &mut self.0 else { return std::future::pending().await };
        loop {
            sleep(PING_INTERVAL).await;
            if !matches!(timeout(PING_INTERVAL, connection.ping()).await, Ok(Ok(()))) {
                return;
            }
        }
    }

    /// Gives up leadership immediately, by closing the connection.
    pub async fn release(self) {
        if let Some(connection) = self.0 {
            // If closing fails, the server detects the broken connection and frees the lock.
            let _ = timeout(PING_INTERVAL, connection.close()).await;
        }
    }
}

impl Store {
    /// Tries to become the leader. Returns `None` while another process is the leader.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn try_become_leader(&self) -> Result<Option<LeaderLock>, StoreError> {
        let Backend::Postgres(pool) = &self.durable else { return Ok(Some(LeaderLock(None))) };
        let election = async {
            // Opens a connection outside the pool. Otherwise another task could reuse the
            // connection, which would still hold the lock.
            let mut connection = PgConnection::connect_with(&pool.connect_options()).await?;
            connection.execute(sqlx::raw_sql(SESSION_LIMITS)).await?;
            let is_leader: bool = sqlx::query_scalar::<sqlx::Postgres, _>("SELECT pg_try_advisory_lock($1)")
                .bind(LOCK_KEY)
                .fetch_one(&mut connection)
                .await?;
            if is_leader {
                return Ok(Some(LeaderLock(Some(connection))));
            }
            connection.close().await?;
            Ok(None)
        };
        timeout(CONNECT_TIMEOUT, election).await.map_err(|_| StoreError::Timeout(CONNECT_TIMEOUT))?
    }
}
