//! The inbox table: put, lease, finish, retry, park, prune.

use sqlx::{Connection, SqliteConnection};

use super::chats;
use super::{Millis, Record, Store, StoreError};

/// A row that failed so often is parked: it will not get better by itself, and its lane must go on.
pub const MAX_ATTEMPTS: i64 = 5;

/// How long a done row is kept so that a repeated update is known: twice as long as Telegram repeats one.
const KEEP_DONE: Millis = 48 * 60 * 60 * 1000;

/// How long a parked row is kept, with what was asked in it.
const KEEP_PARKED: Millis = 7 * 24 * 60 * 60 * 1000;

/// An update as received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    /// Telegram's number of the update.
    pub update_id: i64,
    /// A digest of the payload.
    pub digest: i64,
    /// Whose turn it waits for.
    pub lane: i64,
    /// When it came in.
    pub received_at: Millis,
    /// After this there is no point in answering.
    pub expires_at: Millis,
    /// The update as received.
    pub payload: String,
}

/// A row in hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// Telegram's number of the update.
    pub update_id: i64,
    /// Its lane.
    pub lane: i64,
    /// Which lease of the row this is.
    pub fence: i64,
    /// How many times it has been tried, this time included.
    pub attempts: i64,
    /// When it came in.
    pub received_at: Millis,
    /// The update as received.
    pub payload: String,
}

impl Store {
    /// Keeps updates, all or none; when this returns they survive a power cut. One that is there already is not kept again. Returns how many were new.
    pub async fn put(&self, batch: &[Received]) -> Result<u64, StoreError> {
        let mut connection = self.durable.acquire().await?;
        let done = insert(&mut connection, batch).await;
        self.keep_if_sound(connection, done)
    }

    /// Takes up to `limit` rows in hand until `lease_until`: of each lane the oldest open one, if it is due and nobody has it.
    pub async fn lease(&self, now: Millis, lease_until: Millis, limit: i64) -> Result<Vec<Lease>, StoreError> {
        let rows: Vec<(i64, i64, i64, i64, Millis, Option<String>)> = sqlx::query_as(
            "UPDATE inbox SET state = 1, fence = fence + 1, attempts = attempts + 1, lease_until = ?2 WHERE update_id IN (
               SELECT i.update_id FROM inbox i
               WHERE i.state < 2 AND (i.state = 0 OR i.lease_until <= ?1) AND i.not_before <= ?1
                 AND NOT EXISTS (SELECT 1 FROM inbox j WHERE j.lane = i.lane AND j.state < 2 AND j.update_id < i.update_id)
               ORDER BY i.update_id LIMIT ?3)
             RETURNING update_id, lane, fence, attempts, received_at, payload",
        )
        .bind(now)
        .bind(lease_until)
        .bind(limit)
        .fetch_all(&self.quick)
        .await?;
        let lease = |(update_id, lane, fence, attempts, received_at, payload): (_, _, _, _, _, Option<String>)| Lease {
            update_id,
            lane,
            fence,
            attempts,
            received_at,
            payload: payload.unwrap_or_default(),
        };
        Ok(rows.into_iter().map(lease).collect())
    }

    /// Logs the turn, moves the chat on and closes the row, all or nothing. Does nothing if the row is no longer ours; says whether it was.
    pub async fn finish(&self, lease: &Lease, record: &Record, now: Millis) -> Result<bool, StoreError> {
        let mut connection = self.quick.acquire().await?;
        let done = close(&mut connection, lease, record, now).await;
        self.keep_if_sound(connection, done)
    }

    /// Puts a row back, due again at `not_before`. An attempt that says nothing about the row (we were told to wait) does not count.
    pub async fn put_back(&self, lease: &Lease, not_before: Millis, counts: bool) -> Result<(), StoreError> {
        sqlx::query("UPDATE inbox SET state = 0, not_before = ?3, attempts = attempts - ?4 WHERE update_id = ?1 AND fence = ?2 AND state = 1")
            .bind(lease.update_id)
            .bind(lease.fence)
            .bind(not_before)
            .bind(i64::from(!counts))
            .execute(&self.quick)
            .await?;
        Ok(())
    }

    /// Sets a row aside, with its payload for whoever looks into it within a week.
    pub async fn park(&self, lease: &Lease, now: Millis) -> Result<(), StoreError> {
        sqlx::query("UPDATE inbox SET state = 3, lease_until = ?3 WHERE update_id = ?1 AND fence = ?2 AND state = 1")
            .bind(lease.update_id)
            .bind(lease.fence)
            .bind(now)
            .execute(&self.quick)
            .await?;
        Ok(())
    }

    /// Makes every leased row due again: at the start, what a process that died had in hand.
    pub async fn release_leases(&self) -> Result<u64, StoreError> {
        Ok(sqlx::query("UPDATE inbox SET state = 0 WHERE state = 1").execute(&self.quick).await?.rows_affected())
    }

    /// Closes open rows that nobody waits for any more; returns how many.
    pub async fn expire(&self, now: Millis) -> Result<u64, StoreError> {
        let done = sqlx::query(
            "UPDATE inbox SET state = 2, payload = NULL, lease_until = ?1 WHERE state < 2 AND state = 0 AND expires_at <= ?1",
        )
        .bind(now)
        .execute(&self.quick)
        .await?;
        Ok(done.rows_affected())
    }

    /// Deletes what has served its time: done rows after 48 hours, parked ones after a week, and the links between questions and answers with them.
    pub async fn prune(&self, now: Millis) -> Result<u64, StoreError> {
        let rows = sqlx::query(
            "DELETE FROM inbox WHERE (state = 2 AND lease_until <= ?1) OR (state = 3 AND lease_until <= ?2)",
        )
        .bind(now - KEEP_DONE)
        .bind(now - KEEP_PARKED)
        .execute(&self.quick)
        .await?;
        self.prune_groups(now).await?;
        self.prune_chats(now).await?;
        sqlx::query("DELETE FROM answers WHERE at <= ?1").bind(now - KEEP_DONE).execute(&self.quick).await?;
        Ok(rows.rows_affected())
    }

    /// How full the inbox is at this time.
    pub async fn depth(&self, now: Millis) -> Result<Depth, StoreError> {
        let look = "SELECT COUNT(*), MIN(CASE WHEN not_before <= ?1 THEN received_at END) FROM inbox WHERE state < 2";
        let (open, oldest): (i64, Option<Millis>) = sqlx::query_as(look).bind(now).fetch_one(&self.quick).await?;
        Ok(Depth { open, lag: oldest.map_or(0, |oldest| now - oldest) })
    }

    /// When the next open row is due, if one is waiting.
    pub async fn next_due(&self) -> Result<Option<Millis>, StoreError> {
        let (due,): (Option<Millis>,) = sqlx::query_as(
            "SELECT MIN(MAX(not_before, CASE state WHEN 1 THEN lease_until ELSE 0 END)) FROM inbox i WHERE state < 2
               AND NOT EXISTS (SELECT 1 FROM inbox j WHERE j.lane = i.lane AND j.state < 2 AND j.update_id < i.update_id)",
        )
        .fetch_one(&self.quick)
        .await?;
        Ok(due)
    }
}

/// How full the inbox is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Depth {
    /// Rows that wait or are in hand.
    pub open: i64,
    /// For how long the oldest of them that is due has been, in milliseconds.
    pub lag: Millis,
}

async fn insert(connection: &mut SqliteConnection, batch: &[Received]) -> Result<u64, StoreError> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let mut new = 0;
    for row in batch {
        let done = sqlx::query(
            "INSERT INTO inbox (update_id, digest, lane, expires_at, payload, received_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (update_id) DO UPDATE SET
               digest = ?2, lane = ?3, expires_at = ?4, payload = ?5, received_at = ?6, state = 0, fence = fence + 1, attempts = 0, lease_until = 0, not_before = 0
             WHERE digest <> ?2",
        )
        .bind(row.update_id)
        .bind(row.digest)
        .bind(row.lane)
        .bind(row.expires_at)
        .bind(&row.payload)
        .bind(row.received_at)
        .execute(&mut *transaction)
        .await?;
        new += done.rows_affected();
    }
    transaction.commit().await?;
    Ok(new)
}

async fn close(
    connection: &mut SqliteConnection,
    lease: &Lease,
    record: &Record,
    now: Millis,
) -> Result<bool, StoreError> {
    let mut transaction = connection.begin_with("BEGIN IMMEDIATE").await?;
    let closed = sqlx::query(
        "UPDATE inbox SET state = 2, payload = NULL, lease_until = ?3 WHERE update_id = ?1 AND fence = ?2 AND state = 1",
    )
    .bind(lease.update_id)
    .bind(lease.fence)
    .bind(now)
    .execute(&mut *transaction)
    .await?;
    let ours = closed.rows_affected() == 1;
    if ours {
        chats::write(&mut transaction, record, now).await?;
    }
    transaction.commit().await?;
    Ok(ours)
}
