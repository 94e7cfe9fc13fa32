//! Tests of `inbox::run`, the worker that handles queued updates, with a scripted handler: order,
//! retries, dead letters, shutdown.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use footnote::inbox::{self, Failure, Handler};
use footnote::store::{Effects, Lease, MAX_OPEN_PER_KEY, Received, Store, TurnLog};
use footnote_playground::Person;
use tokio::sync::Notify;
use tokio_util::sync::CancellationToken;

use crate::harness::{Bot, PATIENCE};

/// A handler that records the update id and attempt number of each row. The payload of the row
/// selects what the handler does, such as a panic.
#[derive(Default)]
struct Scripted(Mutex<Vec<(i64, i64)>>);

impl Scripted {
    fn seen(&self) -> Vec<(i64, i64)> {
        self.0.lock().expect("no panic while it is held").clone()
    }
}

impl Handler for Scripted {
    async fn handle(&self, lease: &Lease) -> Result<Effects, Failure> {
        self.0.lock().expect("no panic while it is held").push((lease.update_id, lease.attempts));
        match lease.payload.as_str() {
            "panic once" if lease.attempts == 1 => panic!("as the test wants it"),
            "wait once" if self.seen().iter().filter(|(id, _)| *id == lease.update_id).count() == 1 => {
                return Err(Failure::Throttled(Duration::from_millis(300)));
            }
            "hopeless" => return Err(Failure::Permanent("as the test wants it".to_owned())),
            // SQLite cannot store the number NaN, so writing these effects fails.
            "unwritable" => {
                let section = Some("clip".to_owned());
                let (door, language, decision) = ("private", "en".to_owned(), "answer");
                let turn = Some(TurnLog { door, language, decision, section, confidence: f64::NAN });
                return Ok(Effects { turn, ..Effects::default() });
            }
            "slow" => tokio::time::sleep(Duration::from_millis(500)).await,
            _ => {}
        }
        Ok(Effects::default())
    }
}

/// An inbox worker that runs on a store with a scripted handler.
struct Running {
    store: Store,
    handler: Arc<Scripted>,
    wake: Arc<Notify>,
    stop: CancellationToken,
    work: tokio::task::JoinHandle<()>,
}

impl Running {
    async fn on(store: Store) -> Running {
        let (handler, wake, stop) = (Arc::new(Scripted::default()), Arc::new(Notify::new()), CancellationToken::new());
        let run = inbox::run(store.clone(), Arc::clone(&handler), Arc::clone(&wake), stop.clone());
        let work = tokio::spawn(run);
        Running { store, handler, wake, stop, work }
    }

    async fn put(&self, rows: &[(i64, i64, &str)]) {
        put(&self.store, rows).await;
        self.wake.notify_one();
    }

    /// Waits until the worker has finished every row of the queue.
    async fn complete(&self) {
        let began = Instant::now();
        while self.store.next_due().await.expect("read").is_some() {
            assert!(began.elapsed() < PATIENCE, "still open; seen {:?}", self.handler.seen());
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
}

async fn put(store: &Store, rows: &[(i64, i64, &str)]) {
    let row = |(update_id, ordering_key, payload): &(i64, i64, &str)| Received {
        update_id: *update_id,
        digest: 1,
        ordering_key: *ordering_key,
        received_at: 0,
        expires_at: store.now() + 60_000,
        payload: (*payload).to_owned(),
    };
    let batch: Vec<_> = rows.iter().map(row).collect();
    store.enqueue(&batch, store.now()).await.expect("put");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_chat_with_many_questions_has_them_answered_in_order_without_pauses() {
    let inbox = Running::on(Store::in_memory().await.expect("memory")).await;
    let rows: Vec<_> = (1..=MAX_OPEN_PER_KEY).map(|id| (id, 7, "")).collect();
    let began = Instant::now();
    inbox.put(&rows).await;
    inbox.complete().await;
    assert_eq!(inbox.handler.seen(), (1..=MAX_OPEN_PER_KEY).map(|id| (id, 1)).collect::<Vec<_>>());
    // The limit of five seconds tolerates a slow machine. The limit is exceeded if the worker waits
    // for its next poll, up to a second, before each of the 20 rows.
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_fails_is_tried_again_before_its_lane_goes_on() {
    let inbox = Running::on(Store::in_memory().await.expect("memory")).await;
    inbox
        .put(&[(1, 7, "panic once"), (2, 7, ""), (3, 8, "wait once"), (4, 8, ""), (5, 9, "hopeless"), (6, 9, "")])
        .await;
    inbox.complete().await;
    let seen = inbox.handler.seen();
    let ordering_key = |ids: [i64; 2]| seen.iter().filter(|(id, _)| ids.contains(id)).copied().collect::<Vec<_>>();
    assert_eq!(ordering_key([1, 2]), [(1, 1), (1, 2), (2, 1)]);
    assert_eq!(ordering_key([3, 4]), [(3, 1), (3, 1), (4, 1)], "being told to wait is no attempt");
    assert_eq!(ordering_key([5, 6]), [(5, 1), (6, 1)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_written_down_stops_nothing() {
    let inbox = Running::on(Store::in_memory().await.expect("memory")).await;
    inbox.put(&[(1, 7, "unwritable"), (2, 7, ""), (3, 8, ""), (4, 9, "")]).await;
    inbox.complete().await;
    let mut seen = inbox.handler.seen();
    seen.sort_unstable();
    assert_eq!(seen, [(1, 1), (2, 1), (3, 1), (4, 1)], "each once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_row_that_ends_the_process_every_time_is_set_aside() {
    let store = Store::in_memory().await.expect("memory");
    put(&store, &[(1, 7, ""), (2, 7, "")]).await;
    for _ in 0..20 {
        assert_eq!(store.lease(store.now(), store.now() - 1, 1).await.expect("leased").len(), 1);
    }
    let inbox = Running::on(store).await;
    inbox.complete().await;
    assert_eq!(inbox.handler.seen(), [(2, 1)]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn rows_in_flight_are_finished_before_it_ends() {
    let inbox = Running::on(Store::in_memory().await.expect("memory")).await;
    inbox.put(&[(1, 7, "slow"), (2, 7, "")]).await;
    let began = Instant::now();
    while inbox.handler.seen().is_empty() {
        assert!(began.elapsed() < PATIENCE);
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    inbox.stop.cancel();
    inbox.work.await.expect("no panic");
    assert_eq!(inbox.handler.seen(), [(1, 1)], "nothing new is begun");
    let left = inbox.store.lease(inbox.store.now(), inbox.store.now() + 1_000, 10).await.expect("leased");
    assert_eq!(left.iter().map(|l| l.update_id).collect::<Vec<_>>(), [2], "and what was begun is done");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_floods_the_bot_holds_up_nobody() {
    let bot = Bot::start().await;
    let flooder = Person::new(5_000, "Person", "en");
    for _ in 0..300 {
        bot.server.fake_telegram.say(&flooder, "what is CLIP");
    }
    let began = Instant::now();
    bot.ask("what is Whisper").await;
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    let kept = usize::try_from(MAX_OPEN_PER_KEY).expect("small");
    bot.server.wait_for_replies(5_000, kept).await;
    bot.stop().await;
}
