//! The inbox table: put, lease, expire, prune. How a row ends is in `settle.rs`.

use std::collections::{BTreeMap, HashMap};

use super::backend::{Backend, execute, execute_all, row, rows, rows_of_all};
use super::transaction::Transaction;
use super::{Millis, Store, StoreError, postgres};

/// How many rows of a lane are open at most. More would be answered when nobody remembers having asked, and would make taking rows in hand slow.
pub const MAX_IN_LANE: i64 = 20;
/// And how many of all lanes.
pub const MAX_OPEN: i64 = 20_000;

/// How long a done row is kept so that a repeated update is known: twice as long as Telegram repeats one.
const KEEP_DONE: Millis = 48 * 60 * 60 * 1000;
/// How long a parked row is kept, with what was asked in it.
const KEEP_PARKED: Millis = 7 * 24 * 60 * 60 * 1000;
/// How many rows one statement puts in at most; an engine takes so many values and no more.
const MAX_ROWS: usize = 1_000;

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

/// What came of putting a batch in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Put {
    /// How many were new, and wait to be handled.
    pub new: u64,
    /// What was too much, by lane.
    pub dropped: Vec<Dropped>,
    /// Rows that are open now, of all lanes.
    pub open: i64,
}

/// Updates that were closed at once because too many were open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dropped {
    /// Whose.
    pub lane: i64,
    /// How many.
    pub rows: u64,
    /// Has this lane as many open rows as a lane may have? Otherwise all lanes together have.
    pub is_lane_full: bool,
}

/// A row in hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    /// Telegram's number of the update.
    pub update_id: i64,
    /// Its lane.
    pub lane: i64,
    /// Which lease this is: no two of a row have the same.
    pub fence: i64,
    /// How many times it has been tried, this time included.
    pub attempts: i64,
    /// When it came in.
    pub received_at: Millis,
    /// The update as received.
    pub payload: String,
}

/// Of each lane the oldest open row, if it is due and nobody has it. Another process's statement may have the same rows in view: those it has locked are passed over, and
/// those that it has changed meanwhile are looked at again.
macro_rules! lease {
    ($lock:literal) => {
        concat!(
            "WITH due AS MATERIALIZED (
               SELECT i.update_id AS due_id FROM inbox i
               WHERE i.state < 2 AND (i.state = 0 OR i.lease_until <= $5) AND i.not_before <= $1
                 AND NOT EXISTS (SELECT 1 FROM inbox j WHERE j.lane = i.lane AND j.state < 2 AND j.update_id < i.update_id)
               ORDER BY i.update_id LIMIT $3 ",
            $lock,
            ")
             UPDATE inbox SET state = 1, fence = $4, attempts = attempts + 1, lease_until = $2
             FROM due WHERE update_id = due_id RETURNING update_id, lane, attempts, received_at, payload"
        )
    };
}

impl Store {
    /// Keeps updates, all or none; when this returns they survive a power cut. One that is there already is not kept again, and of what is too much only the number is
    /// kept, so that Telegram can be told to forget it.
    ///
    /// # Errors
    /// When the database fails; then nothing is kept.
    pub async fn enqueue(&self, batch: &[Received], now: Millis) -> Result<Put, StoreError> {
        Store::within(self.put_whole(batch, now, false)).await
    }

    /// The same, and calls the other processes: there is work for all. Whoever keeps what is brought to it works on that itself; were it to call, all would look after every row.
    ///
    /// # Errors
    /// When the database fails; then nothing is kept, and nobody called.
    pub async fn put_for_all(&self, batch: &[Received], now: Millis) -> Result<Put, StoreError> {
        Store::within(self.put_whole(batch, now, true)).await
    }

    async fn put_whole(&self, batch: &[Received], now: Millis, is_for_all: bool) -> Result<Put, StoreError> {
        let mut work = self.begin(&self.durable).await?;
        let mut put = Put::default();
        for some in batch.chunks(MAX_ROWS) {
            insert(&mut work, some, now, &mut put).await?;
        }
        if let (Backend::Postgres(on), true) = (work.on(), is_for_all && put.new > 0) {
            // It is heard when this is committed.
            sqlx::query("SELECT pg_notify($1, '')").bind(postgres::CHANNEL).execute(on).await?;
        }
        work.commit().await?;
        Ok(put)
    }

    /// Takes up to `limit` rows in hand until `lease_until`: of each lane the oldest open one, if it is due and nobody has it. Who had one and let the lease run out has it no more.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lease(&self, now: Millis, lease_until: Millis, limit: i64) -> Result<Vec<Lease>, StoreError> {
        self.lease_of(now, now, lease_until, limit).await
    }

    /// The same, but what is in hand is left alone, even if its lease has run out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn lease_unheld(&self, now: Millis, lease_until: Millis, limit: i64) -> Result<Vec<Lease>, StoreError> {
        self.lease_of(now, Millis::MIN, lease_until, limit).await
    }

    /// Takes over what was leased until `abandoned` or before, too.
    async fn lease_of(
        &self,
        now: Millis,
        abandoned: Millis,
        lease_until: Millis,
        limit: i64,
    ) -> Result<Vec<Lease>, StoreError> {
        let _turn = self.turn().await;
        let fence = self.fences.next();
        let leased = Store::within(self.lease_by(fence, now, abandoned, lease_until, limit)).await;
        leased.inspect_err(|_| self.fences.unheard(fence))
    }

    async fn lease_by(
        &self,
        fence: i64,
        now: Millis,
        abandoned: Millis,
        lease_until: Millis,
        limit: i64,
    ) -> Result<Vec<Lease>, StoreError> {
        let statement = match &self.quick {
            Backend::Sqlite(_) => lease!(""),
            Backend::Postgres(_) => lease!("FOR UPDATE SKIP LOCKED"),
        };
        let leased: Vec<(i64, i64, i64, Millis, Option<String>)> =
            rows!(&self.quick, statement, now, lease_until, limit, fence, abandoned)?;
        let lease = |(update_id, lane, attempts, received_at, payload): (_, _, _, _, Option<String>)| Lease {
            update_id,
            lane,
            fence,
            attempts,
            received_at,
            payload: payload.unwrap_or_default(),
        };
        let mut leases: Vec<Lease> = leased.into_iter().map(lease).collect();
        leases.sort_by_key(|lease| lease.update_id);
        Ok(leases)
    }

    /// Makes due again what was taken in hand by a statement whose answer never came: it would wait for its lease to run out.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn give_back_the_unheard(&self) -> Result<(), StoreError> {
        if self.fences.last_unheard().is_none() {
            return Ok(());
        }
        let _turn = self.turn().await;
        while let Some(fence) = self.fences.last_unheard() {
            let back =
                "UPDATE inbox SET state = 0, attempts = attempts - 1 WHERE state < 2 AND state = 1 AND fence = $1";
            let rows = Store::within(async { Ok(execute!(&self.quick, back, fence)?) }).await?;
            if rows > 0 {
                tracing::info!(rows, "taking up what was given to this process without its hearing of it");
            }
            self.fences.given_back(fence);
        }
        Ok(())
    }

    /// At the start, makes due again what a process that died had in hand; what waits for a time does so for a minute at most, since that time was told by a clock that may have
    /// been set since. Where several processes share the database, what is in hand may be a living one's, and leases run out by themselves.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn release_leases(&self, now: Millis) -> Result<u64, StoreError> {
        const LONGEST_WAIT: Millis = 60_000;
        match &self.quick {
            Backend::Sqlite(_) => {
                execute!(
                    &self.quick,
                    "UPDATE inbox SET not_before = $1 WHERE state < 2 AND not_before > $1",
                    now + LONGEST_WAIT
                )?;
                Ok(execute!(&self.quick, "UPDATE inbox SET state = 0 WHERE state = 1")?)
            }
            Backend::Postgres(_) => Ok(0),
        }
    }

    /// Closes open rows that nobody waits for any more; returns how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn expire(&self, now: Millis) -> Result<u64, StoreError> {
        let _turn = self.turn().await;
        Store::within(async {
            // As the index of the open rows has it, and then only those nobody has in hand.
            let expire = "UPDATE inbox SET state = 2, payload = NULL, lease_until = $1 WHERE state < 2 AND state = 0 AND expires_at <= $1";
            Ok(execute!(&self.quick, expire, now)?)
        })
        .await
    }

    /// Deletes up to `limit` rows that have served their time, done ones after 48 hours and parked ones after a week, and whatever else of the kind is kept for a time.
    /// Returns how many rows of the inbox that were.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn prune(&self, now: Millis, limit: i64) -> Result<u64, StoreError> {
        let _turn = self.turn().await;
        Store::within(self.prune_all(now, limit)).await
    }

    async fn prune_all(&self, now: Millis, limit: i64) -> Result<u64, StoreError> {
        let rows = execute!(
            &self.quick,
            "DELETE FROM inbox WHERE update_id IN (SELECT update_id FROM inbox
               WHERE state >= 2 AND lease_until <= $1 AND (state <> 3 OR lease_until <= $2) ORDER BY lease_until LIMIT $3)",
            now - KEEP_DONE,
            now - KEEP_PARKED,
            limit
        )?;
        self.prune_groups(now).await?;
        self.prune_chats(now).await?;
        execute!(&self.quick, "DELETE FROM answers WHERE at <= $1", now - KEEP_DONE)?;
        Ok(rows)
    }

    /// How full the inbox is at this time.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn depth(&self, now: Millis) -> Result<Depth, StoreError> {
        let depth = "SELECT COUNT(*), MIN(CASE WHEN not_before <= $1
                   AND NOT EXISTS (SELECT 1 FROM inbox j WHERE j.lane = i.lane AND j.state < 2 AND j.update_id < i.update_id)
                 THEN received_at END) FROM inbox i WHERE state < 2";
        let row: Option<(i64, Option<Millis>)> = Store::within(async { Ok(row!(&self.read, depth, now)?) }).await?;
        let (open, oldest) = row.unwrap_or_default();
        Ok(Depth { open, lag: oldest.map_or(0, |oldest| now - oldest) })
    }

    /// When the next open row is due, if one is waiting.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_due(&self) -> Result<Option<Millis>, StoreError> {
        let due: Option<(Option<Millis>,)> = row!(
            &self.read,
            "SELECT MIN(CASE WHEN state = 1 AND lease_until > not_before THEN lease_until ELSE not_before END) FROM inbox i
             WHERE state < 2
               AND NOT EXISTS (SELECT 1 FROM inbox j WHERE j.lane = i.lane AND j.state < 2 AND j.update_id < i.update_id)"
        )?;
        Ok(due.and_then(|(due,)| due))
    }
}

/// How full the inbox is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Depth {
    /// Rows that wait or are in hand.
    pub open: i64,
    /// How old the oldest of them that is due is, in milliseconds. What waits behind another of its lane is not due.
    pub lag: Millis,
}

/// What there is already.
#[derive(Default)]
struct Found {
    /// The digests of those numbers of the batch that are there, whatever their state.
    known: HashMap<i64, i64>,
    /// How many rows are open in each lane of the batch.
    in_lanes: HashMap<i64, i64>,
    /// And in all lanes.
    all: i64,
}

/// All in one statement, since this is done for every batch, however small.
async fn look_up(work: &mut Transaction, batch: &[Received]) -> Result<Found, StoreError> {
    let rows: Vec<(i64, i64, i64)> = rows_of_all!(
        work.on(),
        "WITH batch (update_id, lane) AS (",
        batch,
        |received| (received.update_id, received.lane),
        ") SELECT CAST(1 AS BIGINT), update_id, digest FROM inbox WHERE update_id IN (SELECT update_id FROM batch)
           UNION ALL SELECT 2, lane, COUNT(*) FROM inbox WHERE state < 2 AND lane IN (SELECT lane FROM batch) GROUP BY lane
           UNION ALL SELECT 3, 0, COUNT(*) FROM inbox WHERE state < 2"
    )?;
    let mut found = Found::default();
    for (what, key, value) in rows {
        match what {
            1 => drop(found.known.insert(key, value)),
            2 => drop(found.in_lanes.insert(key, value)),
            _ => found.all = value,
        }
    }
    Ok(found)
}

/// Puts in what is new of `batch`, and adds to `put` what came of it.
async fn insert(work: &mut Transaction, batch: &[Received], now: Millis, put: &mut Put) -> Result<(), StoreError> {
    let Found { known, mut in_lanes, mut all } = look_up(work, batch).await?;
    let mut dropped: BTreeMap<i64, Dropped> = put.dropped.iter().map(|d| (d.lane, *d)).collect();
    // By number, so that none is there twice.
    let mut new: BTreeMap<i64, (&Received, bool)> = BTreeMap::new();
    for received in batch.iter().filter(|r| known.get(&r.update_id) != Some(&r.digest)) {
        if new.contains_key(&received.update_id) {
            // It was brought again before it was kept.
            continue;
        }
        let open = in_lanes.entry(received.lane).or_default();
        let fits = *open < MAX_IN_LANE && all < MAX_OPEN;
        new.insert(received.update_id, (received, fits));
        if fits {
            *open += 1;
            all += 1;
            put.new += 1;
        } else {
            let none = Dropped { lane: received.lane, rows: 0, is_lane_full: false };
            let dropped = dropped.entry(received.lane).or_insert(none);
            dropped.rows += 1;
            dropped.is_lane_full |= *open >= MAX_IN_LANE;
        }
    }
    put.dropped = dropped.into_values().collect();
    put.open = all;
    if new.is_empty() {
        return Ok(());
    }
    execute_all!(
        work.on(),
        "INSERT INTO inbox (update_id, digest, lane, received_at, expires_at, payload, state, lease_until) ",
        new.values(),
        |(received, fits)| (
            received.update_id,
            received.digest,
            received.lane,
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
