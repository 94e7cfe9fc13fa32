//! Notifications between the processes that share a PostgreSQL database (`NOTIFY` and `LISTEN`).

use std::time::Duration;

use sqlx::postgres::{PgConnection, PgListener};
use tokio::time::sleep;

use super::backend::Backend;
use super::database::Store;

const CHANNEL: &str = "footnote_inbox";

/// What a process tells all processes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notification {
    /// Rows wait that any process may lease.
    RowsWaiting,
    /// The data of a person, or of a group (a negative id), was erased.
    Forgotten(i64),
    /// The connection was down until now, so anything may have been missed.
    Anything,
}

impl Notification {
    /// An empty payload means that rows wait.
    fn parse(payload: &str) -> Notification {
        if payload.is_empty() {
            Notification::RowsWaiting
        } else {
            payload.parse().map_or(Notification::Anything, Notification::Forgotten)
        }
    }
}

/// Tells all processes that rows wait. It is delivered when the transaction commits.
pub(super) async fn rows_waiting(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query("SELECT pg_notify($1, '')").bind(CHANNEL).execute(connection).await?;
    Ok(())
}

/// Tells all processes that the data of a person or group was erased, when the transaction commits.
pub(super) async fn forgotten(connection: &mut PgConnection, id: i64) -> Result<(), sqlx::Error> {
    sqlx::query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(id.to_string()).execute(connection).await?;
    Ok(())
}

impl Store {
    /// Passes on what any process notifies, this one included, until it is dropped. With SQLite,
    /// nothing.
    pub async fn listen(&self, on_notification: impl Fn(Notification)) {
        const RETRY_AFTER: Duration = Duration::from_secs(2);
        let Backend::Postgres(pool) = &self.relaxed else { return std::future::pending().await };
        loop {
            let listening = async {
                let mut listener = PgListener::connect_with(pool).await?;
                listener.listen(CHANNEL).await?;
                on_notification(Notification::Anything);
                loop {
                    let received = listener.try_recv().await?;
                    on_notification(received.map_or(Notification::Anything, |n| Notification::parse(n.payload())));
                }
            };
            let ended: Result<(), sqlx::Error> = listening.await;
            tracing::debug!(?ended, "lost the connection for notifications from other processes; reconnecting");
            sleep(RETRY_AFTER).await;
        }
    }
}
