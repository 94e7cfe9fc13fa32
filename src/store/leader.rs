//! Leader election: of several processes one polls Telegram. It holds an advisory lock of
//! PostgreSQL.

use std::time::Duration;

use sqlx::postgres::PgConnection;
use sqlx::{Connection, Executor};
use tokio::time::{sleep, timeout};

use super::backend::Backend;
use super::database::Store;
use super::error::StoreError;
use super::postgres::CONNECT_TIMEOUT;

/// The key of the advisory lock.
const LOCK_KEY: i64 = 0x666F_6F74_6E6F_7465;
/// How often the leader checks the connection that holds the lock.
const PING_INTERVAL: Duration = Duration::from_secs(2);
/// The server notices within some ten seconds that a leader is cut off or suspended, and frees the
/// lock.
const SESSION_LIMITS: &str = "SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3; SET idle_session_timeout = '10s'";

/// Leadership: the exclusive right to poll Telegram. Dropping it, or the end of the process, gives
/// it up.
#[derive(Debug)]
pub struct LeaderLock(Option<PgConnection>);

impl LeaderLock {
    /// Returns when leadership is lost, which is when the lock's connection breaks. With SQLite,
    /// never.
    pub async fn lost(&mut self) {
        let Some(connection) = &mut self.0 else { return std::future::pending().await };
        loop {
            sleep(PING_INTERVAL).await;
            if !matches!(timeout(PING_INTERVAL, connection.ping()).await, Ok(Ok(()))) {
                return;
            }
        }
    }

    /// Gives up leadership at once.
    pub async fn release(self) {
        if let Some(connection) = self.0 {
            // If closing fails, the server notices that the connection is gone.
            let _ = timeout(PING_INTERVAL, connection.close()).await;
        }
    }
}

impl Store {
    /// Tries to become the leader; `None` while another process is.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn try_become_leader(&self) -> Result<Option<LeaderLock>, StoreError> {
        let Backend::Postgres(pool) = &self.durable else { return Ok(Some(LeaderLock(None))) };
        let election = async {
            // Not from the pool: a pooled connection would hand the lock to whoever uses it next.
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
