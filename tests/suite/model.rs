//! Model-based test of the queue. Runs random histories on the store and on a simple in-memory
//! model, and compares every result. A history is a random sequence of queue operations.

use std::cell::Cell;
use std::collections::BTreeMap;

use footnote::store::{
    Chat, ChatUpdate, ConversationKey, Effects, Lease, MAX_OPEN_PER_KEY, Millis, Outcome, Received, Store,
};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tokio::runtime::Handle;

const STEPS: usize = 50;
const LANES: i64 = 4;
const IDS: i64 = 40;

/// One random step of a history (a random sequence of queue operations): an operation on the queue,
/// or a change of the clock.
#[derive(Debug, Clone)]
enum Step {
    /// Enqueues rows, each given as update id, ordering key, edition, and milliseconds until the
    /// row expires. Rows with the same update id and different editions are different updates.
    Put(Vec<(i64, i64, i64, Millis)>),
    /// Leases up to `limit` rows for `lasts` milliseconds.
    Lease {
        limit: i64,
        lasts: Millis,
    },
    /// Completes, in one transaction, some of the rows that earlier steps of the same random
    /// sequence have leased. Each row is completed with its own outcome.
    Settle(Vec<(prop::sample::Index, Ending)>),
    Expire,
    Clock(Millis),
}

#[derive(Debug, Clone, Copy)]
enum Ending {
    Done,
    Wait(Millis),
    Again(Millis),
    DeadLettered,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let ending = prop_oneof![
        6 => Just(Ending::Done),
        1 => (0..40_i64).prop_map(Ending::Wait),
        1 => (0..40_i64).prop_map(Ending::Again),
        1 => Just(Ending::DeadLettered),
    ];
    let put = prop::collection::vec((0..IDS, 0..LANES, 0..8_i64, 20..200_i64), 1..8);
    let step = prop_oneof![
        // The edition stands for the payload: two editions are different updates with the same id.
        // One row in eight has edition 1 and the others 0, so that such a reuse of an id is rare.
        3 => put.prop_map(|rows| Step::Put(rows.into_iter().map(|(i, l, e, w)| (i, l, i64::from(e == 0), w)).collect())),
        3 => (0..5_i64, 1..60_i64).prop_map(|(limit, lasts)| Step::Lease { limit, lasts }),
        3 => prop::collection::vec((any::<prop::sample::Index>(), ending), 1..5).prop_map(Step::Settle),
        1 => Just(Step::Expire),
        2 => (0..50_i64).prop_map(Step::Clock),
    ];
    prop::collection::vec(step, STEPS)
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    Leased,
    Closed,
}

#[derive(Debug, Clone)]
struct Row {
    ordering_key: i64,
    digest: i64,
    state: State,
    fence: i64,
    attempts: i64,
    lease_until: Millis,
    not_before: Millis,
    expires_at: Millis,
}

/// The in-memory model of the inbox, whose results the store's results must equal.
#[derive(Default)]
struct Model {
    rows: BTreeMap<i64, Row>,
    /// For each ordering key, the update id that the conversation state of this key stores.
    chats: BTreeMap<i64, i64>,
}

impl Model {
    fn open_in(&self, ordering_key: i64) -> i64 {
        self.rows.values().filter(|r| r.ordering_key == ordering_key && r.state != State::Closed).count() as i64
    }

    fn put(&mut self, batch: &[Received]) -> u64 {
        let before: BTreeMap<i64, i64> = self.rows.iter().map(|(id, row)| (*id, row.digest)).collect();
        let mut new = 0;
        for received in batch.iter().filter(|r| before.get(&r.update_id) != Some(&r.digest)) {
            let fits = self.open_in(received.ordering_key) < MAX_OPEN_PER_KEY;
            new += u64::from(fits);
            let row = Row {
                ordering_key: received.ordering_key,
                digest: received.digest,
                state: if fits { State::Open } else { State::Closed },
                fence: 0,
                attempts: 0,
                lease_until: 0,
                not_before: 0,
                expires_at: received.expires_at,
            };
            self.rows.insert(received.update_id, row);
        }
        new
    }

    /// Returns the update id of the oldest open or leased row of each ordering key, by ordering
    /// key.
    fn heads(&self) -> BTreeMap<i64, i64> {
        let mut heads = BTreeMap::new();
        for (id, row) in self.rows.iter().filter(|(_, row)| row.state != State::Closed) {
            heads.entry(row.ordering_key).or_insert(*id);
        }
        heads
    }

    fn lease(&mut self, now: Millis, until: Millis, limit: i64) -> Vec<(i64, i64)> {
        let mut due: Vec<i64> = self
            .heads()
            .into_values()
            .filter(|id| {
                let row = &self.rows[id];
                row.not_before <= now && (row.state == State::Open || row.lease_until <= now)
            })
            .collect();
        due.sort_unstable();
        due.truncate(limit as usize);
        let mut leased = Vec::new();
        for id in due {
            let row = self.rows.get_mut(&id).expect("a head");
            row.state = State::Leased;
            row.attempts += 1;
            row.lease_until = until;
            leased.push((id, row.attempts));
        }
        leased
    }

    fn complete(&mut self, lease: &Lease, ending: Ending, now: Millis) -> bool {
        let Some(row) = self.rows.get_mut(&lease.update_id) else { return false };
        if row.fence != lease.fence || row.state != State::Leased {
            return false;
        }
        match ending {
            Ending::Done => {
                row.state = State::Closed;
                self.chats.insert(row.ordering_key, lease.update_id);
            }
            Ending::Wait(after) => {
                (row.state, row.not_before, row.attempts) = (State::Open, now + after, row.attempts - 1);
            }
            Ending::Again(after) => (row.state, row.not_before) = (State::Open, now + after),
            Ending::DeadLettered => row.state = State::Closed,
        }
        true
    }

    fn expire(&mut self, now: Millis) -> u64 {
        let late = self.rows.values_mut().filter(|row| row.state == State::Open && row.expires_at <= now);
        late.map(|row| row.state = State::Closed).count() as u64
    }

    fn next_due(&self) -> Option<Millis> {
        let due =
            |row: &Row| if row.state == State::Leased { row.not_before.max(row.lease_until) } else { row.not_before };
        self.heads().into_values().map(|id| due(&self.rows[&id])).min()
    }
}

/// Runs `histories` random sequences of queue operations, one after the other, on a store and on
/// the model, and compares the results. Before each sequence, closes the rows that the sequence
/// before left open.
///
/// The environment variable `PROPTEST_CASES` overrides the number, for example `PROPTEST_CASES=5000
/// cargo test the_model`.
pub fn check(store: &Store, histories: u32) {
    let default = Config::default();
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { default.cases } else { histories };
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 200, ..default };
    let number = Cell::new(0);
    let outcome = TestRunner::new(config).run(&steps(), |steps| {
        number.set(number.get() + 1);
        tokio::task::block_in_place(|| Handle::current().block_on(history(store, number.get(), &steps)))
    });
    if let Err(failure) = outcome {
        panic!("{failure}");
    }
}

async fn history(store: &Store, number: i64, steps: &[Step]) -> Result<(), TestCaseError> {
    clear(store).await;
    // Each history uses its own ranges of update ids, ordering keys and times, so that rows of
    // earlier histories do not interfere.
    let (first_id, first_key) = (number * 1_000, number * 10);
    let mut now: Millis = 1_000_000 + number * 100_000;
    let mut model = Model::default();
    let mut given: Vec<Lease> = Vec::new();
    for step in steps {
        match step {
            Step::Put(rows) => {
                let batch: BTreeMap<i64, Received> = rows
                    .iter()
                    .map(|(id, ordering_key, edition, waits)| {
                        let update_id = first_id + id;
                        // A repeated update id keeps its ordering key. Only edition 1 may have
                        // another ordering key.
                        let ordering_key = first_key + if *edition == 0 { id % LANES } else { *ordering_key };
                        let digest = update_id * 10 + edition;
                        let payload = format!("{update_id} {edition}");
                        (
                            update_id,
                            Received {
                                update_id,
                                digest,
                                ordering_key,
                                received_at: now,
                                expires_at: now + waits,
                                payload,
                            },
                        )
                    })
                    .collect();
                let batch: Vec<_> = batch.into_values().collect();
                let put = store.enqueue(&batch, now).await.expect("put");
                prop_assert_eq!(put.new, model.put(&batch), "new of {:?}", batch);
            }
            Step::Lease { limit, lasts } => {
                let leased = store.lease(now, now + lasts, *limit).await.expect("leased");
                let got: Vec<_> = leased.iter().map(|l| (l.update_id, l.attempts)).collect();
                prop_assert_eq!(got, model.lease(now, now + lasts, *limit));
                for lease in leased {
                    let is_new = given.iter().all(|l| (l.update_id, l.fence) != (lease.update_id, lease.fence));
                    prop_assert!(is_new, "the fence of an earlier lease: {:?}", lease);
                    model.rows.get_mut(&lease.update_id).expect("the model leased it").fence = lease.fence;
                    let asker = ConversationKey { chat_id: lease.ordering_key, person_id: lease.ordering_key };
                    let chat = store.chat(asker).await.expect("read");
                    let wanted = model.chats.get(&lease.ordering_key).copied().unwrap_or_default();
                    prop_assert_eq!(chat.last_at, wanted, "the context of ordering key {}", lease.ordering_key);
                    given.push(lease);
                }
            }
            Step::Settle(endings) if !given.is_empty() => {
                let mut ended: BTreeMap<i64, (Lease, Ending)> = BTreeMap::new();
                for (which, ending) in endings {
                    let lease = which.get(&given).clone();
                    ended.insert(lease.update_id, (lease, *ending));
                }
                let outcome = |lease: &Lease, ending: Ending| match ending {
                    Ending::Done => {
                        let asker = ConversationKey { chat_id: lease.ordering_key, person_id: lease.ordering_key };
                        let chat = Chat { last_at: lease.update_id, ..Chat::default() };
                        Outcome::Done(Box::new(Effects {
                            chat: Some(ChatUpdate { asker, chat }),
                            ..Effects::default()
                        }))
                    }
                    Ending::Wait(after) => Outcome::Postponed(now + after),
                    Ending::Again(after) => Outcome::Retry(now + after),
                    Ending::DeadLettered => Outcome::DeadLettered,
                };
                let batch: Vec<_> = ended.values().map(|(lease, e)| lease.completion(outcome(lease, *e))).collect();
                let ours = store.complete(&batch, now).await.expect("completed");
                let wanted: Vec<_> = ended.values().map(|(lease, e)| model.complete(lease, *e, now)).collect();
                prop_assert_eq!(ours, wanted, "ours of {:?}", batch);
            }
            Step::Settle(_) => {}
            Step::Expire => prop_assert_eq!(store.expire(now).await.expect("expired"), model.expire(now)),
            Step::Clock(by) => now += by,
        }
        prop_assert_eq!(store.next_due().await.expect("read"), model.next_due());
    }
    Ok(())
}

/// Closes all rows of the store that are open or leased.
async fn clear(store: &Store) {
    const NEVER: Millis = 1 << 60;
    loop {
        store.expire(NEVER).await.expect("expired");
        let left = store.lease(NEVER, NEVER, 1_000).await.expect("leased");
        if left.is_empty() {
            return;
        }
        let batch: Vec<_> = left.iter().map(|l| l.completion(Outcome::DeadLettered)).collect();
        store.complete(&batch, 0).await.expect("completed");
    }
}
