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

/// The oldest supported PostgreSQL version, 14.0, in the format of `server_version_num`. Version 14
/// introduced `idle_session_timeout`, which the leader lock needs.
const OLDEST_SERVER: i32 = 140_000;
/// Number of connections for storing received updates. Two suffice, because one task stores all
/// updates of a process.
const DURABLE: u32 = 2;
/// Number of connections for all other statements. One of them listens for notifications. The
/// leader lock uses an extra connection.
const RELAXED: u32 = 8;
pub(super) const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// SQL that sets three timeouts for a connection. PostgreSQL cancels a statement, a wait for a
/// lock, or an idle transaction that exceeds its timeout.
const LIMITS: &str =
    "SET statement_timeout = '10s'; SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = '15s'";
/// SQL for a connection whose commits must be on disk when they return. Changes the setting
/// `synchronous_commit` only if the server's default is `off`. A stricter default, such as waiting
/// for a replica, stays in force.
const WAIT_FOR_DISK: &str =
    "SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'";
/// SQL for a connection whose commits return before the data is on disk. This is faster, but the
/// last commits may be lost if the database server crashes.
const DO_NOT_WAIT: &str = "SET synchronous_commit = off";

/// Opens the PostgreSQL database and migrates its tables.
pub(super) async fn open(address: &str) -> Result<Store, StoreError> {
    // Disables logging while sqlx parses the address. sqlx logs unknown parameters of an address,
    // and their values may contain a password.
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

/// Reads the clock of the PostgreSQL server, in microseconds since 1970 UTC.
async fn server_time(pool: &PgPool) -> Result<i64, sqlx::Error> {
    let statement = "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000000 AS BIGINT)";
    sqlx::query_scalar(statement).fetch_one(pool).await
}

/// Formats host and database name for error messages, without the password. In a mistyped address,
/// a part of the password may be parsed as the database name. Then returns only `postgres://…`.
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
    /// Synchronizes this process's clock with the clock of the PostgreSQL server, as all processes
    /// do. Ignores errors, because the worker calls this again every minute.
    pub async fn set_clock(&self) {
        let Backend::Postgres(pool) = &self.relaxed else { return };
        if let Ok(Ok(time)) = timeout(CONNECT_TIMEOUT, server_time(pool)).await {
            self.clock.synchronize(time);
        }
    }
}
