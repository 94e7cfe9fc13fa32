//! Notifications between processes that share a PostgreSQL database, sent with `NOTIFY` and
//! `LISTEN`.

use std::time::Duration;

use sqlx::postgres::{PgConnection, PgListener};
use tokio::time::sleep;

use super::backend::Backend;
use super::database::Store;

const CHANNEL: &str = "footnote_inbox";

/// A notification that one process sends to all processes that share the database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notification {
    /// Rows are waiting in the inbox. Any process may lease the rows.
    RowsWaiting,
    /// The data of a person or a group was erased. Contains the id of the person or group; a
    /// group's id is negative.
    Forgotten(i64),
    /// This process may have missed notifications of any kind, because it was not connected to
    /// PostgreSQL until now.
    Anything,
}

impl Notification {
    /// Parses the payload of a notification. An empty payload means that rows are waiting; a number
    /// is the id in [`Notification::Forgotten`].
    fn parse(payload: &str) -> Notification {
        if payload.is_empty() {
            Notification::RowsWaiting
        } else {
            payload.parse().map_or(Notification::Anything, Notification::Forgotten)
        }
    }
}

/// Notifies all processes of the bot that inbox rows are waiting. PostgreSQL delivers the
/// notification when the caller's transaction commits.
pub(super) async fn rows_waiting(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    sqlx::query("SELECT pg_notify($1, '')").bind(CHANNEL).execute(connection).await?;
    Ok(())
}

/// Notifies all processes of the bot that the data of a person or group was erased. PostgreSQL
/// delivers the notification when the caller's transaction commits.
pub(super) async fn forgotten(connection: &mut PgConnection, id: i64) -> Result<(), sqlx::Error> {
    sqlx::query("SELECT pg_notify($1, $2)").bind(CHANNEL).bind(id.to_string()).execute(connection).await?;
    Ok(())
}

impl Store {
    /// Calls `on_notification` for each notification from any process, including this one. Runs
    /// until the future is dropped. With SQLite, this waits forever, since there are no
    /// notifications.
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
