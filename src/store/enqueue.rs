//! Puts received updates into the queue, durably, and drops what is too much (backpressure).

use std::collections::{BTreeMap, HashMap};

use super::backend::{Backend, execute_all, rows_of_all};
use super::clock::Millis;
use super::database::Store;
use super::error::StoreError;
use super::notify;
use super::transaction::Transaction;

/// How many rows of an ordering key may be open. People would have forgotten the rest of their
/// questions by the time these are answered, and long queues slow down leasing.
pub const MAX_OPEN_PER_KEY: i64 = 20;
/// How many rows may be open in all.
pub const MAX_OPEN: i64 = 20_000;

/// How many rows one statement inserts; databases limit its number of values.
const MAX_ROWS: usize = 1_000;

/// An update as received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Received {
    pub update_id: i64,
    /// A digest of the payload: tells a repeated update from another with the same id.
    pub digest: i64,
    /// Rows with the same key are handled one after the other (the SQL column is `lane`).
    pub ordering_key: i64,
    pub received_at: Millis,
    /// After this there is no point in answering.
    pub expires_at: Millis,
    pub payload: String,
}

/// The result of enqueuing a batch.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Enqueued {
    /// How many updates were new, and wait to be handled.
    pub new: u64,
    /// What was too much, by ordering key.
    pub dropped: Vec<Dropped>,
    /// How many rows are open now in all.
    pub open: i64,
}

/// Updates that were closed at once because too many were open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dropped {
    pub ordering_key: i64,
    pub rows: u64,
    /// Did the key reach its own limit? Otherwise the queue reached the limit of all.
    pub is_key_full: bool,
}

impl Store {
    /// Stores updates, all or none. When this returns, they survive a power cut. Known updates are
    /// not stored again. Of dropped ones only the id is stored, so that they can be confirmed to
    /// Telegram.
    ///
    /// # Errors
    /// When the database fails; then nothing is stored.
    pub async fn enqueue(&self, batch: &[Received], now: Millis) -> Result<Enqueued, StoreError> {
        Store::with_timeout(self.enqueue_batch(batch, now, false)).await
    }

    /// Like `enqueue`, and notifies the other processes. A process with a webhook works on its own
    /// rows: if it notified, every process would look for every row.
    ///
    /// # Errors
    /// When the database fails; then nothing is stored, and nobody notified.
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

/// What the queue holds already.
#[derive(Default)]
struct Existing {
    /// The digests of the batch's update ids that are known, whatever their rows' state.
    digests: HashMap<i64, i64>,
    /// How many rows are open for each ordering key of the batch.
    open_by_key: HashMap<i64, i64>,
    /// How many rows are open in all.
    open: i64,
}

/// One statement, because this runs for every batch, however small.
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

/// Inserts what is new in `batch`, and adds the result to `enqueued`.
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
            // Telegram repeated it within the batch.
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
