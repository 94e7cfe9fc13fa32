//! Stores the updates from Telegram as rows of the inbox, the bot's durable queue. Drops updates if
//! the inbox is full (backpressure).

use std::collections::{BTreeMap, HashMap};

use super::backend::{Backend, execute_all, rows_of_all};
use super::clock::Millis;
use super::database::Store;
use super::error::StoreError;
use super::notify;
use super::transaction::Transaction;

/// Maximum number of open inbox rows (not handled yet) per ordering key, which is usually the id of
/// a chat. Longer queues slow down leasing, and users do not wait for the answers at the end of a
/// long queue.
pub const MAX_OPEN_PER_KEY: i64 = 20;
/// Maximum number of open rows (not handled yet) in the whole inbox. Further updates are dropped.
pub const MAX_OPEN: i64 = 20_000;

/// Maximum number of rows per `INSERT`, because SQLite and PostgreSQL limit the number of values in
/// a statement.
const MAX_ROWS: usize = 1_000;

/// An update as received from Telegram.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    pub update_id: i64,
    /// Hash of the payload. Two updates with the same id but different hashes are different
    /// updates; with the same hash, Telegram repeated the update.
    pub digest: i64,
    /// Usually the id of the chat. Rows with the same ordering key are handled one after the other,
    /// oldest first. The SQL column is called `lane`.
    pub ordering_key: i64,
    pub received_at: Millis,
    /// Time after which the update is dropped if no worker has handled it, because an answer would
    /// come too late.
    pub expires_at: Millis,
    pub payload: String,
}

/// The counts that `enqueue` returns for a batch of updates.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Enqueued {
    /// Number of updates in the batch that were new and are now in the inbox.
    pub new: u64,
    /// How many updates of the batch were dropped because the inbox was full, one entry per
    /// ordering key.
    pub dropped: Vec<Dropped>,
    /// Number of open rows (not handled yet) in the whole inbox after the batch was stored.
    pub open: i64,
}

/// The number of updates with this ordering key that were dropped because the inbox was full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dropped {
    pub ordering_key: i64,
    pub rows: u64,
    /// True if the reason was that this ordering key had [`MAX_OPEN_PER_KEY`] unhandled rows. False
    /// if the only reason was that the whole inbox had [`MAX_OPEN`] unhandled rows.
    pub is_key_full: bool,
}

impl Store {
    /// Stores updates in the inbox, all or none. When this returns, the updates are on disk and
    /// survive a power failure. Updates that are already stored are skipped. A dropped update is
    /// stored as a closed row without payload, so that a repetition of the update is recognized.
    ///
    /// # Errors
    /// When the database fails. Then no update is stored.
    pub async fn enqueue(&self, batch: &[Received], now: Millis) -> Result<Enqueued, StoreError> {
        Store::with_timeout(self.enqueue_batch(batch, now, false)).await
    }

    /// Like `enqueue`, but also notifies the other processes of the bot that rows are waiting. The
    /// polling process calls this, because it receives the updates for all processes. With a
    /// webhook, every process receives and handles its own updates, so notifications would only
    /// cause needless queries.
    ///
    /// # Errors
    /// When the database fails. Then no update is stored, and no process is notified.
    pub async fn enqueue_and_notify(&self, batch: &[Received], now: Millis) -> Result<Enqueued, StoreError> {
        Store::with_timeout(self.enqueue_batch(batch, now, true)).await
    }

    async fn enqueue_batch(&self, batch: &[Received], now: Millis, notifies: bool) -> Result<Enqueued, StoreError> {
        let mut transaction = self.begin(&self.durable).await?;
        let mut enqueued = Enqueued::default();
        for chunk in batch.chunks(MAX_ROWS) {
            insert(&mut transaction, chunk, now, &mut enqueued).await?;
        }
        if let (Backend::Postgres(executor), true) = (transaction.executor(), notifies && enqueued.new > 0) {
            notify::rows_waiting(executor).await?;
        }
        transaction.commit().await?;
        Ok(enqueued)
    }
}

/// The state of the inbox before a batch is inserted, as far as `insert` needs it.
#[derive(Default)]
struct Existing {
    /// The digests of inbox rows whose update id also occurs in the batch, by update id. Includes
    /// rows that are already handled.
    digests: HashMap<i64, i64>,
    /// The number of open rows (not handled yet) of each ordering key that occurs in the batch. A
    /// key without open rows is missing.
    open_by_key: HashMap<i64, i64>,
    /// Number of open rows (not handled yet) in the whole inbox.
    open: i64,
}

/// Reads the state of the inbox that `insert` needs for a batch. Uses one SQL statement instead of
/// three, because this runs for every batch, however small.
async fn look_up(transaction: &mut Transaction, batch: &[Received]) -> Result<Existing, StoreError> {
    let rows: Vec<(i64, i64, i64)> = rows_of_all!(
        transaction.executor(),
        "WITH batch (update_id, lane) AS (",
        batch,
        |received| (received.update_id, received.ordering_key),
        ") SELECT CAST(1 AS BIGINT), update_id, digest FROM inbox WHERE update_id IN (SELECT update_id FROM batch)
           UNION ALL SELECT 2, lane, COUNT(*) FROM inbox WHERE state < 2 AND lane IN (SELECT lane FROM batch) GROUP BY lane
           UNION ALL SELECT 3, 0, COUNT(*) FROM inbox WHERE state < 2"
    )?;
    let mut existing = Existing::default();
    for (kind, key, value) in rows {
        match kind {
            1 => drop(existing.digests.insert(key, value)),
            2 => drop(existing.open_by_key.insert(key, value)),
            _ => existing.open = value,
        }
    }
    Ok(existing)
}

/// Inserts those updates of `batch` that are not stored yet, and adds the counts to `enqueued`.
async fn insert(
    transaction: &mut Transaction,
    batch: &[Received],
    now: Millis,
    enqueued: &mut Enqueued,
) -> Result<(), StoreError> {
    let Existing { digests, mut open_by_key, open: mut all_open } = look_up(transaction, batch).await?;
    let mut dropped: BTreeMap<i64, Dropped> = enqueued.dropped.iter().map(|d| (d.ordering_key, *d)).collect();
    let mut new: BTreeMap<i64, (&Received, bool)> = BTreeMap::new();
    for received in batch.iter().filter(|r| digests.get(&r.update_id) != Some(&r.digest)) {
        if new.contains_key(&received.update_id) {
            // The batch contains an update with this id already. Only the first one is kept.
            continue;
        }
        let open = open_by_key.entry(received.ordering_key).or_default();
        let fits = *open < MAX_OPEN_PER_KEY && all_open < MAX_OPEN;
        new.insert(received.update_id, (received, fits));
        if fits {
            *open += 1;
            all_open += 1;
            enqueued.new += 1;
        } else {
            let none = Dropped { ordering_key: received.ordering_key, rows: 0, is_key_full: false };
            let dropped = dropped.entry(received.ordering_key).or_insert(none);
            dropped.rows += 1;
            dropped.is_key_full |= *open >= MAX_OPEN_PER_KEY;
        }
    }
    enqueued.dropped = dropped.into_values().collect();
    enqueued.open = all_open;
    if new.is_empty() {
        return Ok(());
    }
    execute_all!(
        transaction.executor(),
        "INSERT INTO inbox (update_id, digest, lane, received_at, expires_at, payload, state, lease_until) ",
        new.values(),
        |(received, fits)| (
            received.update_id,
            received.digest,
            received.ordering_key,
            received.received_at,
            received.expires_at,
            fits.then_some(received.payload.as_str()),
            if *fits { 0_i16 } else { 4 },
            if *fits { 0 } else { now },
        ),
        " ON CONFLICT (update_id) DO UPDATE SET
            digest = excluded.digest, lane = excluded.lane, received_at = excluded.received_at, expires_at = excluded.expires_at, payload = excluded.payload,
            state = excluded.state, lease_until = excluded.lease_until, attempts = 0, not_before = 0
          WHERE inbox.digest <> excluded.digest"
    )?;
    Ok(())
}
