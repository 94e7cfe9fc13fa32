//! Macros that run one SQL statement on SQLite or PostgreSQL. Each statement is written once,
//! because both databases accept placeholders such as `$1`.

use sqlx::pool::PoolConnection;
use sqlx::{PgConnection, PgPool, Postgres, Sqlite, SqliteConnection, SqlitePool};

/// A value of type `S` if the database is SQLite, or of type `P` if it is PostgreSQL. For example,
/// `Pool` is a connection pool of either database.
#[derive(Debug, Clone)]
pub(super) enum Backend<S, P> {
    Sqlite(S),
    Postgres(P),
}

pub(super) type Pool = Backend<SqlitePool, PgPool>;
pub(super) type Connection = Backend<PoolConnection<Sqlite>, PoolConnection<Postgres>>;
/// A borrowed SQLite or PostgreSQL connection, on which the macros below run a statement. The
/// connection may have an open transaction.
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

/// Runs an SQL statement, such as an `UPDATE`, with values for `$1`, `$2`, … Returns the number of
/// rows that the statement changed. `$executor` is an [`Executor`] or a `&Pool`.
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

/// Runs an SQL query and returns all its result rows as tuples. The arguments are those of
/// `execute!`.
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

/// Runs an SQL query and returns its first result row as a tuple, or `None` without a result. The
/// arguments are those of `execute!`.
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

/// Runs the SQL statement `$head VALUES (…), (…) $tail`, with one tuple of values for each of
/// `$items`. Returns the number of changed rows. One statement for a whole batch is faster than one
/// statement per item. `$items` must not be empty, because SQL does not allow an empty `VALUES`.
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

/// Like `execute_all!`, but returns the result rows of the statement as tuples, instead of the
/// number of changed rows.
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
