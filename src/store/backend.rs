//! One statement, two engines: SQLite and PostgreSQL read the same SQL with `$1`, so each is written once.

use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, PgPool, Postgres, Sqlite, SqliteConnection, SqlitePool};

/// Something that SQLite has, or PostgreSQL.
#[derive(Debug, Clone)]
pub(super) enum Backend<S, P> {
    Sqlite(S),
    Postgres(P),
}

/// Connections that are kept open.
pub(super) type Pool = Backend<SqlitePool, PgPool>;
/// One of them, in hand.
pub(super) type Connection = Backend<PoolConnection<Sqlite>, PoolConnection<Postgres>>;
/// What a statement runs on.
pub(super) type Executor<'c> = Backend<&'c mut SqliteConnection, &'c mut PgConnection>;

impl Pool {
    pub async fn acquire(&self) -> Result<Connection, sqlx::Error> {
        Ok(match self {
            Backend::Sqlite(pool) => Backend::Sqlite(pool.acquire().await?),
            Backend::Postgres(pool) => Backend::Postgres(pool.acquire().await?),
        })
    }

    pub async fn close(&self) {
        match self {
            Backend::Sqlite(pool) => pool.close().await,
            Backend::Postgres(pool) => pool.close().await,
        }
    }
}

impl Connection {
    pub fn on(&mut self) -> Executor<'_> {
        match self {
            Backend::Sqlite(connection) => Backend::Sqlite(&mut **connection),
            Backend::Postgres(connection) => Backend::Postgres(&mut **connection),
        }
    }

    pub fn close_on_drop(&mut self) {
        match self {
            Backend::Sqlite(connection) => connection.close_on_drop(),
            Backend::Postgres(connection) => connection.close_on_drop(),
        }
    }
}

/// Runs a statement with values for `$1`, `$2`, … on an [`Executor`] or a [`Pool`]'s reference; gives how many rows it changed.
macro_rules! execute {
    ($on:expr, $sql:expr $(, $value:expr)* $(,)?) => {
        match $on {
            $crate::store::backend::Backend::Sqlite(on) => {
                sqlx::query::<sqlx::Sqlite>($sql)$(.bind($value))*.execute(on).await.map(|done| done.rows_affected())
            }
            $crate::store::backend::Backend::Postgres(on) => {
                sqlx::query::<sqlx::Postgres>($sql)$(.bind($value))*.execute(on).await.map(|done| done.rows_affected())
            }
        }
    };
}

/// Runs a statement and gives all its rows as tuples.
macro_rules! rows {
    ($on:expr, $sql:expr $(, $value:expr)* $(,)?) => {
        match $on {
            $crate::store::backend::Backend::Sqlite(on) => {
                sqlx::query_as::<sqlx::Sqlite, _>($sql)$(.bind($value))*.fetch_all(on).await
            }
            $crate::store::backend::Backend::Postgres(on) => {
                sqlx::query_as::<sqlx::Postgres, _>($sql)$(.bind($value))*.fetch_all(on).await
            }
        }
    };
}

/// Runs a statement and gives its first row as a tuple, if there is one.
macro_rules! row {
    ($on:expr, $sql:expr $(, $value:expr)* $(,)?) => {
        match $on {
            $crate::store::backend::Backend::Sqlite(on) => {
                sqlx::query_as::<sqlx::Sqlite, _>($sql)$(.bind($value))*.fetch_optional(on).await
            }
            $crate::store::backend::Backend::Postgres(on) => {
                sqlx::query_as::<sqlx::Postgres, _>($sql)$(.bind($value))*.fetch_optional(on).await
            }
        }
    };
}

/// Runs `head (a tuple for each item), … tail`, with one tuple at least; gives how many rows it changed. One statement for many items is what makes a batch cheap.
macro_rules! execute_all {
    ($on:expr, $head:expr, $items:expr, |$item:pat_param| ($($value:expr),* $(,)?), $tail:expr) => {
        match $on {
            $crate::store::backend::Backend::Sqlite(on) => {
                let mut query = sqlx::QueryBuilder::<sqlx::Sqlite>::new($head);
                query.push_values($items, |mut tuple, $item| { $(tuple.push_bind($value);)* }).push($tail);
                query.build().persistent(false).execute(on).await.map(|done| done.rows_affected())
            }
            $crate::store::backend::Backend::Postgres(on) => {
                let mut query = sqlx::QueryBuilder::<sqlx::Postgres>::new($head);
                query.push_values($items, |mut tuple, $item| { $(tuple.push_bind($value);)* }).push($tail);
                query.build().persistent(false).execute(on).await.map(|done| done.rows_affected())
            }
        }
    };
}

/// As `execute_all!`, and gives all rows as tuples.
macro_rules! rows_of_all {
    ($on:expr, $head:expr, $items:expr, |$item:pat_param| ($($value:expr),* $(,)?), $tail:expr) => {
        match $on {
            $crate::store::backend::Backend::Sqlite(on) => {
                let mut query = sqlx::QueryBuilder::<sqlx::Sqlite>::new($head);
                query.push_values($items, |mut tuple, $item| { $(tuple.push_bind($value);)* }).push($tail);
                query.build_query_as().persistent(false).fetch_all(on).await
            }
            $crate::store::backend::Backend::Postgres(on) => {
                let mut query = sqlx::QueryBuilder::<sqlx::Postgres>::new($head);
                query.push_values($items, |mut tuple, $item| { $(tuple.push_bind($value);)* }).push($tail);
                query.build_query_as().persistent(false).fetch_all(on).await
            }
        }
    };
}

pub(super) use {execute, execute_all, row, rows, rows_of_all};
