//! Tests of delayed updates: an update that waited in the queue or at Telegram is answered like a
//! fresh update.

use std::time::{Duration, SystemTime};

use footnote::store::{MAX_OPEN, Outcome, Received, Store};
use footnote_playground::{Group, GroupKind, Person, Role};
use serde_json::json;

use crate::harness::{Bot, Server, engine};

const GROUP_ID: i64 = -1_002_000_000_009;

fn row(update_id: i64, ordering_key: i64, payload: String) -> Received {
    Received { update_id, digest: update_id, ordering_key, received_at: 0, expires_at: i64::MAX, payload }
}

/// Nine questions that one user sent a minute apart wait in the queue and are handled together. All
/// nine must be answered, because the rate limiter compares the times at which the user sent the
/// questions.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_waited_is_not_too_fast() {
    const QUESTIONS: i64 = 9;
    let server = Server::start().await;
    let ann = Person::new(2001, "Ann", "en");
    let (title, kind, members) = ("Readers".to_owned(), GroupKind::Supergroup, vec![(ann, Role::Member)]);
    server.fake_telegram.add_group(Group { id: GROUP_ID, title, kind, members, bot: Some(Role::Member) });
    let began = SystemTime::UNIX_EPOCH.elapsed().expect("after 1970").as_secs() as i64 - QUESTIONS * 60;
    let asked = |n: i64| {
        let message = json!({
            "message_id": 100 + n, "date": began + n * 60, "text": "/ask what is CLIP",
            "entities": [{"type": "bot_command", "offset": 0, "length": 4}],
            "from": {"id": 2001, "is_bot": false, "first_name": "Ann", "language_code": "en"},
            "chat": {"id": GROUP_ID, "type": "supergroup", "title": "Readers"},
        });
        row(n, GROUP_ID, json!({"update_id": n, "message": message}).to_string())
    };
    let store = Store::in_memory().await.expect("memory");
    store.enqueue(&(1..=QUESTIONS).map(asked).collect::<Vec<_>>(), store.now()).await.expect("put");
    let bot = Bot::start_on(server, engine(), store).await;
    let replies = bot.server.wait_for_replies(GROUP_ID, QUESTIONS as usize).await;
    for reply in replies {
        assert!(reply["text"].as_str().is_some_and(|text| text.contains("CLIP")), "{reply}");
    }
    bot.stop().await;
}

/// Questions that waited in the queue are handled together. A question must count as a follow-up
/// only if the user sent it within 30 minutes of the previous question.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_asked_hours_ago_is_not_what_was_just_read() {
    let server = Server::start().await;
    let now = SystemTime::UNIX_EPOCH.elapsed().expect("after 1970").as_secs() as i64;
    let says = |update_id: i64, person: i64, ago: i64, text: &str| {
        let message = json!({
            "message_id": update_id, "date": now - ago, "text": text,
            "from": {"id": person, "is_bot": false, "first_name": "Person", "language_code": "en"},
            "chat": {"id": person, "type": "private", "first_name": "Person"},
        });
        row(update_id, person, json!({"update_id": update_id, "message": message}).to_string())
    };
    let store = Store::in_memory().await.expect("memory");
    let bot = Bot::start_on(server, engine(), store.clone()).await;
    let people = [2001, 2002, 2003];
    for person in people {
        // The user writes to the bot first, because the local Bot API rejects messages to unknown
        // chats.
        bot.server.fake_telegram.say(&Person::new(person, "Person", "en"), "hi");
        bot.server.wait_for_replies(person, 1).await;
    }
    let rows = [
        says(100_001, 2001, 5 * 3_600, "Whisper 是什么"),
        says(100_002, 2001, 60, "它免费吗？"),
        says(100_003, 2002, 120, "Whisper 是什么"),
        says(100_004, 2002, 60, "它免费吗？"),
        says(100_005, 2003, 60, "它免费吗？"),
    ];
    store.enqueue(&rows, store.now()).await.expect("put");
    let mut answers = Vec::new();
    for (person, count) in people.into_iter().zip([3, 3, 2]) {
        answers.push(bot.server.wait_for_replies(person, count).await.pop().expect("an answer")["text"].clone());
    }
    assert_eq!(answers[0], answers[2], "hours after, it leans on nothing");
    assert_ne!(answers[1], answers[2], "a minute after, it leans on Whisper");
    bot.stop_unchecked().await;
}

/// Fills the queue to its limit, with rows that are due in three seconds. While the queue is full,
/// the bot must leave a new question at Telegram, because the queue would drop the question. After
/// three seconds the bot must answer the question.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_there_is_no_room_for_stays_with_telegram() {
    const ROOM_AFTER: Duration = Duration::from_secs(3);
    let store = Store::in_memory().await.expect("memory");
    let rows: Vec<_> = (1..=MAX_OPEN).map(|id| row(id, id, "{}".to_owned())).collect();
    store.enqueue(&rows, store.now()).await.expect("put");
    let due = store.now() + ROOM_AFTER.as_millis() as i64;
    let leases = store.lease(store.now(), due, MAX_OPEN).await.expect("leased");
    let waits: Vec<_> = leases.iter().map(|lease| lease.completion(Outcome::Postponed(due))).collect();
    store.complete(&waits, store.now()).await.expect("completed");
    let bot = Bot::start_with(engine(), store).await;
    assert!(bot.ask("what is CLIP").await["text"].as_str().is_some_and(|text| text.contains("CLIP")));
    bot.stop().await;
}
