//! Tests of the store, and of the bot on this store, with a real PostgreSQL server.
//!
//! `FOOTNOTE_TEST_POSTGRES` is the server's URL, as `postgres://user:password@host:port/postgres`.
//! The tests create databases on this server. `.ci/with-postgres cargo test` starts a server.

use std::collections::{BTreeMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::pin::Pin;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use footnote::inbox::{self, Failure, Handler};
use footnote::store::{
    Chat, ChatUpdate, ConversationKey, Effects, Lease, Notification, Outcome, Received, Store, StoreError,
};
use footnote::telegram::{self, Api, BotToken, Serving};
use footnote_playground::Person;
use libtest_mimic::{Failed, Trial};
use sqlx::{Connection, Executor, PgConnection};
use tokio_util::sync::CancellationToken;

use crate::harness::{PATIENCE, Server, TOKEN, engine, footnote};
use crate::proxy::Proxy;
use crate::suite;

const VARIABLE: &str = "FOOTNOTE_TEST_POSTGRES";

/// The number of random histories (sequences of queue operations) that the model-based test runs.
const HISTORIES: u32 = 150;

/// A PostgreSQL test function. The argument is an empty database.
type Case = fn(Database) -> Pin<Box<dyn Future<Output = ()>>>;

macro_rules! cases {
    ($($name:ident),* $(,)?) => { [$((stringify!($name), |database| Box::pin($name(database)))),*] };
}

const CASES: [(&str, Case); 14] = cases![
    the_model,
    workers_that_die_lose_nothing_and_keep_the_order,
    one_leads_and_another_takes_over,
    who_stands_still_leads_no_more,
    all_go_by_the_servers_clock,
    whoever_waits_is_called,
    leases_of_others_are_not_released,
    a_password_stands_in_no_error,
    what_was_leased_without_hearing_of_it_is_not_held,
    a_database_that_goes_away_is_waited_for,
    after_an_outage_others_leases_have_a_grace_period,
    two_processes_answer_each_question_once,
    who_is_forgotten_by_one_process_is_forgotten_by_all,
    killed_processes_answer_every_question_after_all,
];

/// Returns all PostgreSQL tests. Marks the tests as ignored if `FOOTNOTE_TEST_POSTGRES` is not set.
pub fn trials() -> Vec<Trial> {
    let server = std::env::var(VARIABLE).ok().filter(|server| !server.trim().is_empty());
    if server.is_none() {
        eprintln!(
            "{VARIABLE} is not set, so the tests `postgres::…` are ignored; .ci/with-postgres cargo test runs them"
        );
    }
    let suite = suite::store::CASES.iter().map(|(name, case)| {
        let case = *case;
        trial(name, server.as_deref(), move |database| Box::pin(async move { case(database.open().await).await }))
    });
    let own = CASES.into_iter().map(|(name, case)| trial(name, server.as_deref(), case));
    suite.chain(own).collect()
}

fn trial(
    name: &str,
    server: Option<&str>,
    case: impl Fn(Database) -> Pin<Box<dyn Future<Output = ()>>> + Send + 'static,
) -> Trial {
    let address = server.map(str::to_owned);
    let test = move || {
        let server = address.ok_or_else(|| Failed::from(format!("{VARIABLE} is not set")))?;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let made = runtime.block_on(Database::make(server.clone()));
        let database = made.map_err(|error| Failed::from(format!("{VARIABLE}: {error}")))?;
        let name = database.name.clone();
        let ended = catch_unwind(AssertUnwindSafe(|| runtime.block_on(case(database))));
        runtime.block_on(Database::drop(&server, &name));
        ended.map_err(|panic| resume_unwind(panic))
    };
    Trial::test(format!("postgres::{name}"), test).with_ignored_flag(server.is_none())
}

/// The database of one test. The database is dropped when the test ends.
struct Database {
    server: String,
    name: String,
}

impl Database {
    async fn make(server: String) -> Result<Database, sqlx::Error> {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let name = format!("footnote_test_{}_{}", std::process::id(), NUMBER.fetch_add(1, Ordering::Relaxed));
        let mut connection = PgConnection::connect(&server).await?;
        connection.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}")))).await?;
        Ok(Database { server, name })
    }

    async fn drop(server: &str, name: &str) {
        if let Ok(mut connection) = PgConnection::connect(server).await {
            let gone = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
            let _ = connection.execute(sqlx::raw_sql(sqlx::AssertSqlSafe(gone))).await;
        }
    }

    fn url(&self) -> String {
        let mut url = reqwest::Url::parse(&self.server).expect("the server's address");
        url.set_path(&self.name);
        url.to_string()
    }

    /// Returns the database's URL with the address of the proxy instead of the PostgreSQL server's.
    fn url_by(&self, proxy: &Proxy) -> String {
        let mut url = reqwest::Url::parse(&self.url()).expect("an address");
        url.set_host(Some("127.0.0.1")).expect("a host");
        url.set_port(Some(proxy.address.port())).expect("a port");
        url.to_string()
    }

    /// Returns the address of the PostgreSQL server as `host:port`.
    fn host(&self) -> String {
        let url = reqwest::Url::parse(&self.server).expect("the server's address");
        format!("{}:{}", url.host_str().expect("a host"), url.port().unwrap_or(5432))
    }

    async fn open(&self) -> Store {
        Store::open(&self.url()).await.expect("a database")
    }
}

fn row(update_id: i64, ordering_key: i64) -> Received {
    Received { update_id, digest: 1, ordering_key, received_at: 0, expires_at: i64::MAX, payload: "{}".to_owned() }
}

async fn the_model(database: Database) {
    suite::model::check(&database.open().await, HISTORIES);
}

/// Four workers lease rows of the same ordering keys. The workers abandon some leases, and complete
/// other rows after the lease has expired. Each row must be completed exactly once, and in order
/// within its ordering key.
async fn workers_that_die_lose_nothing_and_keep_the_order(database: Database) {
    const LANES: i64 = 30;
    const ROWS: i64 = 600;
    const LEASE: i64 = 400;
    let log: Arc<Mutex<Vec<(i64, i64)>>> = Arc::default();
    // The time at which each row's latest lease expires, in milliseconds, by update id.
    let held: Arc<Mutex<BTreeMap<i64, i64>>> = Arc::default();
    let mut workers = tokio::task::JoinSet::new();
    let stop = CancellationToken::new();
    // All workers read the time from this one store. Each store follows the clock of the PostgreSQL
    // server, but two stores may differ by a millisecond.
    let clock = database.open().await;
    for worker in 0..4_u64 {
        let store = database.open().await;
        let (log, held, stop, clock) = (Arc::clone(&log), Arc::clone(&held), stop.clone(), clock.clone());
        workers.spawn(async move {
            let mut turn = worker;
            while !stop.is_cancelled() {
                turn += 1;
                let began = clock.now();
                let leases = store.lease(began, began + LEASE, 7).await.expect("leased");
                for lease in &leases {
                    let until = held.lock().expect("no panic").insert(lease.update_id, began + LEASE).unwrap_or(0);
                    assert!(until <= began, "{} is leased twice, {} ms too early", lease.update_id, until - began);
                }
                if leases.is_empty() {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                    continue;
                }
                if turn.is_multiple_of(9) {
                    // Simulates a worker that dies: the leases of the worker are never completed.
                    continue;
                }
                let mut batch = Vec::new();
                for lease in &leases {
                    let asker = ConversationKey { chat_id: lease.ordering_key, person_id: lease.ordering_key };
                    let before = store.chat(asker).await.expect("read").last_at;
                    assert!(
                        before < lease.update_id,
                        "ordering key {}: {} after {before}",
                        lease.ordering_key,
                        lease.update_id
                    );
                    let chat = Chat { last_at: lease.update_id, ..Chat::default() };
                    let moved = Effects { chat: Some(ChatUpdate { asker, chat }), ..Effects::default() };
                    batch.push(lease.completion(Outcome::Done(Box::new(moved))));
                }
                if turn.is_multiple_of(13) {
                    // Simulates a suspended worker: its leases expire before the worker completes
                    // the rows.
                    tokio::time::sleep(Duration::from_millis(LEASE as u64 + 50)).await;
                }
                let ours = store.complete(&batch, clock.now()).await.expect("completed");
                let mut log = log.lock().expect("no panic");
                log.extend(
                    leases.iter().zip(ours).filter(|(_, ours)| *ours).map(|(l, _)| (l.ordering_key, l.update_id)),
                );
            }
        });
    }
    let store = database.open().await;
    for first in (1..=ROWS).step_by(50) {
        let batch: Vec<_> = (first..first + 50).map(|id| row(id, id % LANES)).collect();
        assert_eq!(store.enqueue(&batch, clock.now()).await.expect("put").dropped, []);
    }
    let began = Instant::now();
    while store.next_due().await.expect("read").is_some() {
        assert!(
            began.elapsed() < Duration::from_secs(60),
            "{} of {ROWS} are done",
            log.lock().expect("no panic").len()
        );
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    stop.cancel();
    while let Some(joined) = workers.join_next().await {
        joined.expect("no panic");
    }
    let log = log.lock().expect("no panic");
    assert_eq!(log.len() as i64, ROWS, "each row is done once");
    let mut ordering_keys: BTreeMap<i64, HashSet<i64>> = BTreeMap::new();
    for (ordering_key, id) in log.iter() {
        assert!(ordering_keys.entry(*ordering_key).or_default().insert(*id), "{id} was done twice");
    }
}

async fn one_leads_and_another_takes_over(database: Database) {
    let (one, other) = (database.open().await, database.open().await);
    let mut leader = one.try_become_leader().await.expect("asked").expect("nobody leads");
    assert!(other.try_become_leader().await.expect("asked").is_none());
    assert!(one.try_become_leader().await.expect("asked").is_none(), "not even twice by the same");
    leader.release().await;
    leader = other.try_become_leader().await.expect("asked").expect("nobody leads any more");
    assert!(tokio::time::timeout(Duration::from_secs(5), leader.lost()).await.is_err(), "it stays");
    let mut administrator = PgConnection::connect(&database.url()).await.expect("the server");
    let holder = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'
        AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    administrator.execute(holder).await.expect("terminated");
    tokio::time::timeout(Duration::from_secs(5), leader.lost()).await.expect("it is found out");
    assert!(one.try_become_leader().await.expect("asked").is_some());
}

/// Simulates that the leader, the process that polls Telegram, is suspended: it does nothing, but
/// its connection to PostgreSQL stays open. Another process must become the leader.
async fn who_stands_still_leads_no_more(database: Database) {
    let (one, other) = (database.open().await, database.open().await);
    let mut leader = one.try_become_leader().await.expect("asked").expect("nobody leads");
    let began = Instant::now();
    while other.try_become_leader().await.expect("asked").is_none() {
        assert!(began.elapsed() < PATIENCE, "it still leads");
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
    assert!(began.elapsed() > Duration::from_secs(5), "it has time to breathe");
    tokio::time::timeout(Duration::from_secs(5), leader.lost()).await.expect("and finds out when it goes on");
}

async fn all_go_by_the_servers_clock(database: Database) {
    let mut administrator = PgConnection::connect(&database.url()).await.expect("the server");
    let store = database.open().await;
    let said: i64 = sqlx::query_scalar("SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)")
        .fetch_one(&mut administrator)
        .await
        .expect("the time");
    assert!(store.now().abs_diff(said) < 2_000);
}

async fn whoever_waits_is_called(database: Database) {
    let (one, other) = (database.open().await, database.open().await);
    let (called, mut calls) = tokio::sync::mpsc::unbounded_channel();
    let listening = tokio::spawn(async move {
        let note = |heard| {
            if heard == Notification::RowsWaiting {
                called.send(()).expect("somebody waits");
            }
        };
        other.listen(note).await;
    });
    let mut update_id = 0;
    let heard = async {
        // Enqueues rows until the other store receives a notification, because the other store may
        // not be listening yet.
        loop {
            update_id += 1;
            one.enqueue_and_notify(&[row(update_id, update_id)], one.now()).await.expect("put");
            if let Ok(Some(())) = tokio::time::timeout(Duration::from_millis(200), calls.recv()).await {
                break;
            }
        }
    };
    tokio::time::timeout(PATIENCE, heard).await.expect("a call");
    while let Ok(Some(())) = tokio::time::timeout(Duration::from_millis(200), calls.recv()).await {}
    one.enqueue_and_notify(&[row(update_id, update_id)], one.now()).await.expect("put");
    one.enqueue(&[row(update_id + 1, update_id)], one.now()).await.expect("put");
    let call = tokio::time::timeout(Duration::from_millis(300), calls.recv()).await;
    assert!(call.is_err(), "nothing new, or nothing for the others");
    listening.abort();
}

async fn leases_of_others_are_not_released(database: Database) {
    let (one, other) = (database.open().await, database.open().await);
    one.enqueue(&[row(1, 1)], 0).await.expect("put");
    assert_eq!(one.lease(0, 40_000, 10).await.expect("leased").len(), 1);
    assert_eq!(other.release_leases(0).await.expect("asked"), 0);
    assert_eq!(other.lease(39_999, 80_000, 10).await.expect("leased"), []);
    assert_eq!(other.lease(40_000, 80_000, 10).await.expect("leased").len(), 1);
}

/// The connection to PostgreSQL breaks after the server has leased rows to a process, and before
/// the process receives the response. The process must put these rows back into the queue.
async fn what_was_leased_without_hearing_of_it_is_not_held(database: Database) {
    let (wire, direct) = (Proxy::to(database.host()).await, database.open().await);
    let store = Store::open(&database.url_by(&wire)).await.expect("a database");
    store.enqueue(&[row(1, 1), row(2, 2)], 0).await.expect("put");
    // Leases no rows, to prepare the lease statement on the connection. The next lease then waits
    // only for the table lock, so that the test can hold back the response in time.
    assert_eq!(store.lease(0, 1, 0).await.expect("leased"), []);
    let mut administrator = PgConnection::connect(&database.url()).await.expect("the server");
    administrator.execute("BEGIN").await.expect("begun");
    administrator.execute("LOCK TABLE inbox IN EXCLUSIVE MODE").await.expect("locked");
    let orphaned = tokio::spawn({
        let store = store.clone();
        async move { store.lease(0, 40_000, 10).await }
    });
    let began = Instant::now();
    let waiting = "SELECT EXISTS (SELECT FROM pg_locks WHERE relation = 'inbox'::regclass AND NOT granted)";
    while !sqlx::query_scalar::<_, bool>(waiting).fetch_one(&mut administrator).await.expect("asked") {
        assert!(began.elapsed() < PATIENCE, "nobody leases");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    wire.deafen();
    administrator.execute("COMMIT").await.expect("committed");
    while direct.next_due().await.expect("read") != Some(40_000) {
        assert!(began.elapsed() < PATIENCE, "the server has not heard of it");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    wire.cut();
    orphaned.await.expect("no panic").expect_err("nothing was heard");
    assert_eq!(direct.lease(1, 40_000, 10).await.expect("leased"), [], "they are another one's, as far as others know");
    wire.mend();
    let leased = loop {
        // Retries, because the store's connection pool may still contain broken connections.
        match store.requeue_orphaned_leases().await {
            Ok(()) => break store.lease(1, 40_001, 10).await.expect("leased"),
            Err(error) => assert!(began.elapsed() < PATIENCE, "{error}"),
        }
    };
    let leased: Vec<_> = leased.iter().map(|lease| (lease.update_id, lease.attempts)).collect();
    assert_eq!(leased, [(1, 1), (2, 1)], "and the lost attempt does not count");
}

async fn a_password_stands_in_no_error(database: Database) {
    let mut url = reqwest::Url::parse(&database.url()).expect("an address");
    url.set_password(Some("hunter2")).expect("a password");
    url.set_path("not_there");
    let error = Store::open(url.as_str()).await.expect_err("no such database");
    assert!(matches!(error, StoreError::Server { .. }), "{error:?}");
    let text = format!("{error} {error:?}");
    assert!(text.contains("not_there") && !text.contains("hunter2"), "{text}");
    url.set_path(&database.name);
    url.set_username("nobody_at_all").expect("a name");
    let error = Store::open(url.as_str()).await.expect_err("no such user");
    assert!(!format!("{error} {error:?}").contains("hunter2"), "{error}");
}

/// Runs the bot in the test process, with this local Bot API and this store.
fn run(
    server: &Server,
    store: Store,
    stop: &CancellationToken,
) -> tokio::task::JoinHandle<Result<(), telegram::Stopped>> {
    let api = Api::new(&server.url(), BotToken::parse(TOKEN).expect("a token")).expect("an address");
    tokio::spawn(telegram::run(api, Serving::new(engine(), store), stop.clone(), |_| {}))
}

async fn a_database_that_goes_away_is_waited_for(database: Database) {
    let server = Server::start().await;
    let wire = Proxy::to(database.host()).await;
    let stop = CancellationToken::new();
    let running = run(&server, Store::open(&database.url_by(&wire)).await.expect("a database"), &stop);
    let person = |chat: i64| Person::new(3_000 + chat, "Person", "en");
    server.fake_telegram.say(&person(0), "what is Whisper");
    server.wait_for_replies(3_000, 1).await;
    for (round, away) in [(1, 1), (2, 6)] {
        // Some questions arrive just before the connection to the database breaks, and some during
        // the outage.
        for chat in 0..4 {
            server.fake_telegram.say(&person(chat), "what is CLIP");
        }
        tokio::time::sleep(Duration::from_millis(3)).await;
        wire.cut();
        for chat in 4..8 {
            server.fake_telegram.say(&person(chat), "what does Pygma do");
        }
        tokio::time::sleep(Duration::from_secs(away)).await;
        wire.mend();
        let mended = Instant::now();
        for chat in 0..8 {
            server.wait_for_replies(3_000 + chat, round + usize::from(chat == 0)).await;
        }
        assert!(mended.elapsed() < Duration::from_secs(10), "{:?} after it was back", mended.elapsed());
    }
    for chat in 1..8 {
        assert_eq!(server.replies(3_000 + chat).len(), 2, "each is answered once");
    }
    stop.cancel();
    running.await.expect("no panic").expect("a clean end");
    server.check_schema();
}

/// An inbox handler that records the update id of each row.
struct Witness(Mutex<Vec<i64>>);

impl Handler for Witness {
    async fn handle(&self, lease: &Lease) -> Result<Effects, Failure> {
        self.0.lock().expect("whole").push(lease.update_id);
        Ok(Effects::default())
    }
}

/// A process cannot reach the database until the leases of rows 1 and 2, held by other processes,
/// have expired. The holder of row 1 completes the row after the outage. The holder of row 2 is
/// dead. The process must handle row 2 but not row 1.
async fn after_an_outage_others_leases_have_a_grace_period(database: Database) {
    // The duration of the leases, in milliseconds. Longer than the worker's grace period of six
    // seconds after its start, so that only the grace period after the outage matters.
    const LEASE: i64 = 7_000;
    let (wire, others) = (Proxy::to(database.host()).await, database.open().await);
    let store = Store::open(&database.url_by(&wire)).await.expect("a database");
    let (witness, wake, stop) = (Arc::new(Witness(Mutex::default())), Arc::default(), CancellationToken::new());
    let running = tokio::spawn(inbox::run(store, Arc::clone(&witness), wake, stop.clone()));
    let handled = async |update_id| {
        let began = Instant::now();
        while !witness.0.lock().expect("whole").contains(&update_id) {
            assert!(began.elapsed() < PATIENCE, "{update_id} is not taken up");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    let put = async |update_id| drop(others.enqueue(&[row(update_id, update_id)], others.now()).await.expect("put"));
    wire.cut();
    put(1).await;
    put(2).await;
    let now = others.now();
    let leased = others.lease(now, now + LEASE, 10).await.expect("leased");
    assert_eq!(leased.len(), 2);
    while others.now() <= now + LEASE {
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    wire.mend();
    put(3).await;
    handled(3).await;
    let done = leased[0].completion(Outcome::Done(Box::default()));
    assert_eq!(others.complete(&[done], others.now()).await.expect("completed"), [true]);
    handled(2).await;
    assert_eq!(*witness.0.lock().expect("whole"), [3, 2]);
    stop.cancel();
    running.await.expect("no panic");
}

async fn two_processes_answer_each_question_once(database: Database) {
    let server = Server::start().await;
    let (stop, stop_other) = (CancellationToken::new(), CancellationToken::new());
    let running = run(&server, database.open().await, &stop);
    let other = run(&server, database.open().await, &stop_other);
    let ask_all = |question: &str| {
        for chat in 0..40 {
            server.fake_telegram.say(&Person::new(3_000 + chat, "Person", "en"), question);
        }
    };
    ask_all("what is CLIP");
    ask_all("what does Pygma do");
    for chat in 0..40 {
        server.wait_for_replies(3_000 + chat, 2).await;
    }
    // Only one of the two processes polls Telegram. The test stops the first process. The second
    // process must answer all further questions alone.
    stop.cancel();
    running.await.expect("no panic").expect("a clean end");
    let began = Instant::now();
    ask_all("what is Codex");
    for chat in 0..40 {
        server.wait_for_replies(3_000 + chat, 3).await;
    }
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
    for chat in 0..40 {
        let texts: Vec<_> =
            server.replies(3_000 + chat).iter().map(|m| m["text"].as_str().unwrap_or_default().to_owned()).collect();
        assert_eq!(texts.len(), 3, "{texts:#?}");
        for (text, words) in texts.iter().zip(["CLIP", "Figma", "Codex"]) {
            assert!(text.contains(words), "{words} was to come: {texts:#?}");
        }
    }
    stop_other.cancel();
    other.await.expect("no panic").expect("a clean end");
    server.check_schema();
}

/// Two processes share a database, and either process may handle a user's question, `/forget` or
/// `/why`. After `/forget`, neither process may explain the erased answer.
async fn who_is_forgotten_by_one_process_is_forgotten_by_all(database: Database) {
    let server = Server::start().await;
    let stop = CancellationToken::new();
    let running = [run(&server, database.open().await, &stop), run(&server, database.open().await, &stop)];
    let everybody = || 3_000..3_024;
    let mut said = 0;
    let mut all_say = async |text: &str| {
        said += 1;
        for chat in everybody() {
            server.fake_telegram.say(&Person::new(chat, "Person", "en"), text);
        }
        let mut replies = Vec::new();
        for chat in everybody() {
            let reply = server.wait_for_replies(chat, said).await.pop().expect("a reply");
            replies.push(reply["text"].as_str().unwrap_or_default().to_owned());
        }
        replies
    };
    all_say("what is CLIP").await;
    all_say("/forget").await;
    // Repeats `/why`, because the processes are notified of the erasure a moment after the user
    // gets the reply to `/forget`.
    let began = Instant::now();
    loop {
        let whys = all_say("/why").await;
        let Some(why) = whys.iter().find(|why| !why.contains("no answer to explain")) else { break };
        assert!(began.elapsed() < Duration::from_secs(5), "{why}");
    }
    stop.cancel();
    for running in running {
        running.await.expect("no panic").expect("a clean end");
    }
    server.check_schema();
}

/// Runs three bot processes on one database. Repeatedly kills one process and starts another in its
/// place. Every question must be answered, in order.
async fn killed_processes_answer_every_question_after_all(database: Database) {
    const KILLS: usize = 6;
    const CHATS: i64 = 12;
    const QUESTIONS: [(&str, &str); 3] =
        [("what is CLIP", "CLIP"), ("what does Pygma do", "Figma"), ("what is Codex", "Codex")];
    let server = Server::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let start = || -> Child {
        let mut command = footnote(folder.path());
        command.args(["serve"]).env("TELOXIDE_TOKEN", TOKEN).env("TELOXIDE_API_URL", server.url());
        command.env("DATABASE_URL", database.url()).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().expect("the binary")
    };
    let mut children = vec![start(), start(), start()];
    server.fake_telegram.say(&Person::default(), "what is Whisper");
    server.wait_for_replies(1001, 1).await;
    for kill in 0..KILLS {
        for chat in 0..CHATS {
            server.fake_telegram.say(&Person::new(3_000 + chat, "Person", "en"), QUESTIONS[kill % QUESTIONS.len()].0);
        }
        tokio::time::sleep(Duration::from_millis(20 + 60 * kill as u64)).await;
        let mut killed = std::mem::replace(&mut children[kill % 3], start());
        killed.kill().expect("SIGKILL");
        killed.wait().expect("dead");
    }
    // Another process can lease a dead process's rows only when the leases expire, after 40
    // seconds.
    let patience = Duration::from_secs(60);
    for chat in 0..CHATS {
        let texts = || -> Vec<String> {
            server.replies(3_000 + chat).iter().map(|m| m["text"].as_str().unwrap_or_default().to_owned()).collect()
        };
        let all_there = |texts: &[String]| {
            let mut left = (0..KILLS).map(|kill| QUESTIONS[kill % QUESTIONS.len()].1).peekable();
            for text in texts {
                left.next_if(|words| text.contains(*words));
            }
            left.peek().is_none()
        };
        let answered = server.fake_telegram.wait_until(patience, |_| all_there(&texts()).then_some(())).await;
        assert!(answered.is_some(), "chat {chat}: unanswered or out of order: {:#?}", texts());
        assert!(texts().len() <= 2 * KILLS, "chat {chat}: {:#?}", texts());
    }
    for child in &mut children {
        child.kill().expect("SIGKILL");
        child.wait().expect("dead");
    }
    server.check_schema();
}
