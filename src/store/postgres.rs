//! PostgreSQL, for several processes that serve one bot: its connections, who of them fetches, and how they call each other.

use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgConnection, PgListener, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions, Connection, Executor};
use tokio::time::{sleep, timeout};

use super::backend::Backend;
use super::clock::Clock;
use super::fences::Fences;
use super::migrations;
use super::{Store, StoreError};

/// The first server that ends a session which is idle (`idle_session_timeout`), as the server itself writes versions.
const OLDEST_SERVER: i32 = 140_000;
/// How many connections a process has at most: for received updates, which one fetcher writes, and for everything else, one of which listens. One more leads.
const DURABLE: u32 = 2;
const QUICK: u32 = 8;
/// How long to wait for a connection.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);

/// A statement that takes longer is hung, and so is whoever holds a lock or a transaction for so long.
const LIMITS: &str =
    "SET statement_timeout = '10s'; SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = '15s'";
/// A commit is on the disk when it returns, whatever the server's default; where that is stricter, it stays.
const WAIT_FOR_DISK: &str =
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'";
const DO_NOT_WAIT: &str = "SET synchronous_commit = off";

/// The lock that the one who fetches holds, and the channel by which a process calls the others.
const LEAD_LOCK: i64 = 0x666F_6F74_6E6F_7465;
pub(super) const CHANNEL: &str = "footnote_inbox";
/// How often to see whether the connection with the lock is still there.
const PING_EVERY: Duration = Duration::from_secs(2);
/// The server finds out in some ten seconds that a process which leads is cut off, or stands still, and lets another lead.
const LEAD_LIMITS: &str = "SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3; SET idle_session_timeout = '10s'";

/// Opens the database, making its tables where they are missing.
pub(super) async fn open(address: &str) -> Result<Store, StoreError> {
    // The driver logs parts of the address that it does not know, whatever stands in them.
    let parsed = tracing::subscriber::with_default(tracing::subscriber::NoSubscriber::new(), || {
        PgConnectOptions::from_str(address)
    });
    let wrong = |error: sqlx::Error| StoreError::Address {
        address: format!("{}://…", address.split(':').next().unwrap_or_default()),
        reason: error.to_string(),
    };
    let options = parsed.map_err(wrong)?.application_name("footnote").disable_statement_logging();
    let place = place(&options);
    let unusable = |error: sqlx::Error| StoreError::Server { address: place.clone(), reason: error.to_string() };
    // On a connection of its own: bringing tables up to date may take longer than a statement may.
    let alone = PgPoolOptions::new().max_connections(1).acquire_timeout(CONNECT_WITHIN);
    let alone = alone.connect_with(options.clone()).await.map_err(unusable)?;
    let version: i32 = sqlx::query_scalar("SELECT CAST(current_setting('server_version_num') AS INTEGER)")
        .fetch_one(&alone)
        .await
        .map_err(unusable)?;
    if version < OLDEST_SERVER {
        return Err(StoreError::TooOld { address: place, version: version / 10_000 });
    }
    let migrated = migrations::postgres().run(&alone).await;
    alone.close().await;
    migrated.map_err(|error| unusable(error.into()))?;
    let durable = connect(options.clone(), DURABLE, WAIT_FOR_DISK).await.map_err(unusable)?;
    let quick = connect(options, QUICK, DO_NOT_WAIT).await.map_err(unusable)?;
    let clock = Clock::of_a_database(ask_the_time(&quick).await.map_err(unusable)?);
    Ok(Store {
        durable: Backend::Postgres(durable),
        quick: Backend::Postgres(quick.clone()),
        read: Backend::Postgres(quick),
        writing: None,
        keeper: None,
        clock,
        fences: Fences::new(),
    })
}

/// Microseconds since 1970 UTC by the server's clock.
async fn ask_the_time(pool: &PgPool) -> Result<i64, sqlx::Error> {
    let statement = "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)";
    sqlx::query_scalar(statement).fetch_one(pool).await
}

/// Where the server is and which database is meant, as far as that is surely no part of a password.
fn place(options: &PgConnectOptions) -> String {
    let database = options.get_database().unwrap_or_default();
    if database.contains(['@', ':', '/']) {
        return "postgres://…".to_owned();
    }
    match options.get_socket() {
        Some(socket) => format!("postgres:{}/{database}", socket.display()),
        None => format!("postgres://{}:{}/{database}", options.get_host(), options.get_port()),
    }
}

async fn connect(options: PgConnectOptions, count: u32, disk: &'static str) -> Result<PgPool, sqlx::Error> {
    let pool = PgPoolOptions::new().max_connections(count).min_connections(1).acquire_timeout(CONNECT_WITHIN);
    let pool = pool.after_connect(move |connection, _| {
        Box::pin(async move {
            connection.execute(sqlx::raw_sql(LIMITS)).await?;
            connection.execute(sqlx::raw_sql(disk)).await?;
            Ok(())
        })
    });
    pool.connect_with(options).await
}

/// The right to fetch updates from Telegram, which one process has at a time. It is given up by dropping it, and by dying.
#[derive(Debug)]
pub struct LeaderLock(Option<PgConnection>);

impl LeaderLock {
    /// Returns when the right is lost, which is when the connection that holds the lock is. Where there is one process only, never.
    pub async fn lost(&mut self) {
        let Some(connection) = &mut self.0 else { return std::future::pending().await };
        loop {
            sleep(PING_EVERY).await;
            if !matches!(timeout(PING_EVERY, connection.ping()).await, Ok(Ok(()))) {
                return;
            }
        }
    }

    /// Gives the right up at once.
    pub async fn give_up(self) {
        if let Some(connection) = self.0 {
            // Whoever cannot be told finds out.
            let _ = timeout(PING_EVERY, connection.close()).await;
        }
    }
}

/// What a process says to all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notification {
    /// There are rows for all.
    RowsWaiting,
    /// Somebody is forgotten: a person, or, below 0, a group.
    Forgotten(i64),
    /// The connection was away until now, so it may have been anything.
    Anything,
}

impl Notification {
    /// As it is written in a notification; an empty one is about work.
    fn read(said: &str) -> Notification {
        if said.is_empty() {
            Notification::RowsWaiting
        } else {
            said.parse().map_or(Notification::Anything, Notification::Forgotten)
        }
    }
}

impl Store {
    /// Sets the clock that the rows go by after the one that all processes share, where there is one. What was not heard is heard another time.
    pub async fn set_clock(&self) {
        let Backend::Postgres(pool) = &self.quick else { return };
        if let Ok(Ok(said)) = timeout(CONNECT_WITHIN, ask_the_time(pool)).await {
            self.clock.heard(said);
        }
    }

    /// Takes the right to fetch updates, or `None` while another process has it.
    ///
    /// # Errors
    /// When the database cannot be reached.
    pub async fn try_become_leader(&self) -> Result<Option<LeaderLock>, StoreError> {
        let Backend::Postgres(pool) = &self.durable else { return Ok(Some(LeaderLock(None))) };
        let lead = async {
            // Not one of the pool's, whose locks would stay with whoever has the connection next.
            let mut connection = PgConnection::connect_with(&pool.connect_options()).await?;
            connection.execute(sqlx::raw_sql(LEAD_LIMITS)).await?;
            let is_ours: bool = sqlx::query_scalar::<sqlx::Postgres, _>("SELECT pg_try_advisory_lock($1)")
                .bind(LEAD_LOCK)
                .fetch_one(&mut connection)
                .await?;
            if is_ours {
                return Ok(Some(LeaderLock(Some(connection))));
            }
            connection.close().await?;
            Ok(None)
        };
        timeout(CONNECT_WITHIN, lead).await.map_err(|_| StoreError::Silent(CONNECT_WITHIN))?
    }

    /// Tells what other processes have to say to all, this one among them, until it is dropped. Where there is one process only, nothing.
    pub async fn listen(&self, heard: impl Fn(Notification)) {
        const TRY_AGAIN: Duration = Duration::from_secs(2);
        let Backend::Postgres(pool) = &self.quick else { return std::future::pending().await };
        loop {
            let hearing = async {
                let mut listener = PgListener::connect_with(pool).await?;
                listener.listen(CHANNEL).await?;
                heard(Notification::Anything);
                loop {
                    let said = listener.try_recv().await?;
                    heard(said.map_or(Notification::Anything, |said| Notification::read(said.payload())));
                }
            };
            let away: Result<(), sqlx::Error> = hearing.await;
            tracing::debug!(?away, "nothing is heard from other processes");
            sleep(TRY_AGAIN).await;
        }
    }
}
