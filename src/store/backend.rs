//! Macros that run one SQL statement on either backend. Each statement is written once, because
//! SQLite and PostgreSQL both accept placeholders such as `$1`.

use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, PgPool, Postgres, Sqlite, SqliteConnection, SqlitePool};

/// The SQLite or the PostgreSQL variant of a type, such as a connection pool.
#[derive(Debug, Clone)]
pub(super) enum Backend<S, P> {
    Sqlite(S),
    Postgres(P),
}

pub(super) type Pool = Backend<SqlitePool, PgPool>;
pub(super) type Connection = Backend<PoolConnection<Sqlite>, PoolConnection<Postgres>>;
/// A connection or an open transaction on which a statement runs.
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
    pub fn executor(&mut self) -> Executor<'_> {
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

/// Runs a statement with values for `$1`, `$2`, … on an [`Executor`] or a `&Pool`. Returns the
/// number of rows that the statement changed.
macro_rules! execute {
    ($executor:expr, $sql:expr $(, $value:expr)* $(,)?) => {
        match $executor {
            $crate::store::backend::Backend::Sqlite(executor) => {
                sqlx::query::<sqlx::Sqlite>($sql)$(.bind($value))*.execute(executor).await.map(|done| done.rows_affected())
            }
            $crate::store::backend::Backend::Postgres(executor) => {
                sqlx::query::<sqlx::Postgres>($sql)$(.bind($value))*.execute(executor).await.map(|done| done.rows_affected())
            }
        }
    };
}

/// Runs a query and returns all rows as tuples.
macro_rules! rows {
    ($executor:expr, $sql:expr $(, $value:expr)* $(,)?) => {
        match $executor {
            $crate::store::backend::Backend::Sqlite(executor) => {
                sqlx::query_as::<sqlx::Sqlite, _>($sql)$(.bind($value))*.fetch_all(executor).await
            }
            $crate::store::backend::Backend::Postgres(executor) => {
                sqlx::query_as::<sqlx::Postgres, _>($sql)$(.bind($value))*.fetch_all(executor).await
            }
        }
    };
}

/// Runs a query and returns the first row as a tuple, or `None` if there is no row.
macro_rules! row {
    ($executor:expr, $sql:expr $(, $value:expr)* $(,)?) => {
        match $executor {
            $crate::store::backend::Backend::Sqlite(executor) => {
                sqlx::query_as::<sqlx::Sqlite, _>($sql)$(.bind($value))*.fetch_optional(executor).await
            }
            $crate::store::backend::Backend::Postgres(executor) => {
                sqlx::query_as::<sqlx::Postgres, _>($sql)$(.bind($value))*.fetch_optional(executor).await
            }
        }
    };
}

/// Runs `head VALUES (one tuple per item), … tail` and returns the number of changed rows. One
/// statement for the whole batch is faster than one per item. `items` must not be empty, because
/// SQL does not allow an empty `VALUES`.
macro_rules! execute_all {
    ($executor:expr, $head:expr, $items:expr, |$item:pat_param| ($($value:expr),* $(,)?), $tail:expr) => {
        match $executor {
            $crate::store::backend::Backend::Sqlite(executor) => {
                let mut query = sqlx::QueryBuilder::<sqlx::Sqlite>::new($head);
                query.push_values($items, |mut tuple, $item| { $(tuple.push_bind($value);)* }).push($tail);
                query.build().persistent(false).execute(executor).await.map(|done| done.rows_affected())
            }
            $crate::store::backend::Backend::Postgres(executor) => {
                let mut query = sqlx::QueryBuilder::<sqlx::Postgres>::new($head);
                query.push_values($items, |mut tuple, $item| { $(tuple.push_bind($value);)* }).push($tail);
                query.build().persistent(false).execute(executor).await.map(|done| done.rows_affected())
            }
        }
    };
}

/// Like `execute_all!`, but returns all result rows as tuples.
macro_rules! rows_of_all {
    ($executor:expr, $head:expr, $items:expr, |$item:pat_param| ($($value:expr),* $(,)?), $tail:expr) => {
        match $executor {
            $crate::store::backend::Backend::Sqlite(executor) => {
                let mut query = sqlx::QueryBuilder::<sqlx::Sqlite>::new($head);
                query.push_values($items, |mut tuple, $item| { $(tuple.push_bind($value);)* }).push($tail);
                query.build_query_as().persistent(false).fetch_all(executor).await
            }
            $crate::store::backend::Backend::Postgres(executor) => {
                let mut query = sqlx::QueryBuilder::<sqlx::Postgres>::new($head);
                query.push_values($items, |mut tuple, $item| { $(tuple.push_bind($value);)* }).push($tail);
                query.build_query_as().persistent(false).fetch_all(executor).await
            }
        }
    };
}

pub(super) use {execute, execute_all, row, rows, rows_of_all};
