//! Leader election among the processes of the bot. Only one process, the leader, polls Telegram.
//! The leader holds an advisory lock in PostgreSQL.

use std::time::Duration;

use sqlx::postgres::PgConnection;
use sqlx::{Connection, Executor};
use tokio::time::{sleep, timeout};

use super::backend::Backend;
use super::database::Store;
use super::error::StoreError;
use super::postgres::CONNECT_TIMEOUT;

/// The number that identifies the leader's advisory lock in PostgreSQL: the ASCII codes of
/// "footnote".
const LOCK_KEY: i64 = 0x666F_6F74_6E6F_7465;
/// How often the leader pings PostgreSQL on the connection that holds the lock. Also the time limit
/// for a ping.
const PING_INTERVAL: Duration = Duration::from_secs(2);
/// SQL settings with which PostgreSQL ends the connection of a dead or suspended leader within
/// about ten seconds. The end of the connection frees the lock.
const SESSION_LIMITS: &str = "SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3; SET idle_session_timeout = '10s'";

/// The exclusive right of a process to poll Telegram. Dropping this value, or the end of the
/// process, releases the right.
#[derive(Debug)]
pub struct LeaderLock(Option<PgConnection>);

impl LeaderLock {
    /// Waits until this process is no longer the leader, because the connection that holds the lock
    /// broke. Waits forever with SQLite, where there is only one process.
    pub async fn lost(&mut self) {
        let Some(connection) = &mut self.0 else { return std::future::pending().await };
        loop {
            sleep(PING_INTERVAL).await;
            if !matches!(timeout(PING_INTERVAL, connection.ping()).await, Ok(Ok(()))) {
                return;
            }
        }
    }

    /// Gives up leadership immediately, by closing the connection that holds the lock.
    pub async fn release(self) {
        if let Some(connection) = self.0 {
            // If closing fails, PostgreSQL detects the broken connection and frees the lock.
            let _ = timeout(PING_INTERVAL, connection.close()).await;
        }
    }
}

impl Store {
    /// Tries to become the leader, the only process that polls. Returns `None` while another
    /// process is the leader.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn try_become_leader(&self) -> Result<Option<LeaderLock>, StoreError> {
        let Backend::Postgres(pool) = &self.durable else { return Ok(Some(LeaderLock(None))) };
        let election = async {
            // Opens a connection outside the pool. In the pool, another task could reuse the
            // connection while the connection holds the lock.
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
