//! PostgreSQL, for several processes that serve one bot.

use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};
use sqlx::{ConnectOptions, Executor};
use tokio::time::timeout;

use super::backend::Backend;
use super::clock::Clock;
use super::database::Store;
use super::error::StoreError;
use super::fences::Fences;
use super::migrations;

/// The oldest server with `idle_session_timeout`, in the server's own notation of versions.
const OLDEST_SERVER: i32 = 140_000;
/// Connections for received updates, which one poller writes.
const DURABLE: u32 = 2;
/// Connections for everything else; one of them listens. The leader's lock has one more of its own.
const RELAXED: u32 = 8;
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A longer statement, lock or transaction hangs.
const LIMITS: &str =
    "SET statement_timeout = '10s'; SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = '15s'";
/// Commits wait for the disk, whatever the server's default. A stricter default stays.
const WAIT_FOR_DISK: &str =
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'";
const DO_NOT_WAIT: &str = "SET synchronous_commit = off";

/// Opens the database and migrates its tables.
pub(super) async fn open(address: &str) -> Result<Store, StoreError> {
    // The driver logs unknown parameters of the address, which may hold a password.
    let parsed = tracing::subscriber::with_default(tracing::subscriber::NoSubscriber::new(), || {
        PgConnectOptions::from_str(address)
    });
    let malformed = |error: sqlx::Error| StoreError::Address {
        address: format!("{}://…", address.split(':').next().unwrap_or_default()),
        reason: error.to_string(),
    };
    let options = parsed.map_err(malformed)?.application_name("footnote").disable_statement_logging();
    let shown = without_password(&options);
    let unusable = |error: sqlx::Error| StoreError::Server { address: shown.clone(), reason: error.to_string() };
    // Migrations get a connection without the statement timeout.
    let migrating = PgPoolOptions::new().max_connections(1).acquire_timeout(CONNECT_TIMEOUT);
    let migrating = migrating.connect_with(options.clone()).await.map_err(unusable)?;
    let version: i32 = sqlx::query_scalar("SELECT CAST(current_setting('server_version_num') AS INTEGER)")
        .fetch_one(&migrating)
        .await
        .map_err(unusable)?;
    if version < OLDEST_SERVER {
        return Err(StoreError::TooOld { address: shown, version: version / 10_000 });
    }
    let migrated = migrations::postgres().run(&migrating).await;
    migrating.close().await;
    migrated.map_err(|error| unusable(error.into()))?;
    let durable = connect(options.clone(), DURABLE, WAIT_FOR_DISK).await.map_err(unusable)?;
    let relaxed = connect(options, RELAXED, DO_NOT_WAIT).await.map_err(unusable)?;
    let clock = Clock::following_database(server_time(&relaxed).await.map_err(unusable)?);
    Ok(Store {
        durable: Backend::Postgres(durable),
        relaxed: Backend::Postgres(relaxed.clone()),
        reader: Backend::Postgres(relaxed),
        write_mutex: None,
        database_lock: None,
        clock,
        fences: Fences::new(),
    })
}

/// The server's clock, in microseconds since 1970 UTC.
async fn server_time(pool: &PgPool) -> Result<i64, sqlx::Error> {
    let statement = "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)";
    sqlx::query_scalar(statement).fetch_one(pool).await
}

/// Host and database, unless a mistyped address may have put a part of the password there.
fn without_password(options: &PgConnectOptions) -> String {
    let database = options.get_database().unwrap_or_default();
    if database.contains(['@', ':', '/']) {
        return "postgres://…".to_owned();
    }
    match options.get_socket() {
        Some(socket) => format!("postgres:{}/{database}", socket.display()),
        None => format!("postgres://{}:{}/{database}", options.get_host(), options.get_port()),
    }
}

async fn connect(options: PgConnectOptions, count: u32, commit_mode: &'static str) -> Result<PgPool, sqlx::Error> {
    let pool = PgPoolOptions::new().max_connections(count).min_connections(1).acquire_timeout(CONNECT_TIMEOUT);
    let pool = pool.after_connect(move |connection, _| {
        Box::pin(async move {
            connection.execute(sqlx::raw_sql(LIMITS)).await?;
            connection.execute(sqlx::raw_sql(commit_mode)).await?;
            Ok(())
        })
    });
    pool.connect_with(options).await
}

impl Store {
    /// Sets the clock by the server's, which all processes share. A failure waits for the next
    /// call.
    pub async fn set_clock(&self) {
        let Backend::Postgres(pool) = &self.relaxed else { return };
        if let Ok(Ok(time)) = timeout(CONNECT_TIMEOUT, server_time(pool)).await {
            self.clock.synchronize(time);
        }
    }
}
