//! Opens a PostgreSQL database, which several processes of one bot can share.

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

/// The minimum server version, as in `server_version_num`: 14.0. It is the first with
/// `idle_session_timeout`.
const OLDEST_SERVER: i32 = 140_000;
/// Number of connections for storing received updates. A few suffice, because one task stores all
/// updates of a process.
const DURABLE: u32 = 2;
/// Number of connections for all other statements, one of which listens for notifications. The
/// leader lock uses a separate connection.
const RELAXED: u32 = 8;
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// Timeouts after which the server cancels a statement, a wait for a lock, or an idle transaction.
const LIMITS: &str =
    "SET statement_timeout = '10s'; SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = '15s'";
/// Makes commits wait for the disk, if the server's default is not to wait. A stricter default,
/// such as waiting for a replica, is kept.
const WAIT_FOR_DISK: &str =
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'";
const DO_NOT_WAIT: &str = "SET synchronous_commit = off";

/// Opens the database and migrates its tables.
pub(super) async fn open(address: &str) -> Result<Store, StoreError> {
    // Disables logging while parsing. The driver logs unknown parameters of the address, and their
    // values may contain a password.
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
    // Runs the migrations on a connection without the statement timeout, because a migration may
    // take long.
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

/// Reads the server's clock, in microseconds since 1970 UTC.
async fn server_time(pool: &PgPool) -> Result<i64, sqlx::Error> {
    let statement = "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)";
    sqlx::query_scalar(statement).fetch_one(pool).await
}

/// Formats host and database name for error messages. In a mistyped address, part of the password
/// may be parsed as the database name; then returns only `postgres://…`.
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
    /// Synchronizes the clock with the database server, whose clock all processes follow. Ignores
    /// errors, because the next call, a minute later, tries again.
    pub async fn set_clock(&self) {
        let Backend::Postgres(pool) = &self.relaxed else { return };
        if let Ok(Ok(time)) = timeout(CONNECT_TIMEOUT, server_time(pool)).await {
            self.clock.synchronize(time);
        }
    }
}
