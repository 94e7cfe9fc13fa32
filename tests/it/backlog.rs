//! What has waited, here or at Telegram, is answered as if it had not.

use std::time::{Duration, SystemTime};

use footnote::playground::{Group, GroupKind, Person, Role};
use footnote::store::{MAX_OPEN, Outcome, Received, Store};
use serde_json::json;

use crate::harness::{Bot, Server, engine};

const GROUP_ID: i64 = -1_002_000_000_009;

fn row(update_id: i64, lane: i64, payload: String) -> Received {
    Received { update_id, digest: update_id, lane, received_at: 0, expires_at: i64::MAX, payload }
}

/// Nine questions of one person, a minute apart: nobody is too fast, however close together they are handled.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_waited_is_not_too_fast() {
    const QUESTIONS: i64 = 9;
    let server = Server::start().await;
    let ann = Person::new(2001, "Ann", "en");
    let (title, kind, members) = ("Readers".to_owned(), GroupKind::Supergroup, vec![(ann, Role::Member)]);
    server.world.add_group(Group { id: GROUP_ID, title, kind, members, bot: Some(Role::Member) });
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
    store.put(&(1..=QUESTIONS).map(asked).collect::<Vec<_>>(), store.now()).await.expect("put");
    let bot = Bot::start_on(server, engine(), store).await;
    let replies = bot.server.wait_for_replies(GROUP_ID, QUESTIONS as usize).await;
    for reply in replies {
        assert!(reply["text"].as_str().is_some_and(|text| text.contains("CLIP")), "{reply}");
    }
    bot.stop().await;
}

/// With no room for more, nothing is fetched: Telegram keeps what would be dropped here.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_there_is_no_room_for_stays_with_telegram() {
    const ROOM_AFTER: Duration = Duration::from_secs(3);
    let store = Store::in_memory().await.expect("memory");
    let rows: Vec<_> = (1..=MAX_OPEN).map(|id| row(id, id, "{}".to_owned())).collect();
    store.put(&rows, store.now()).await.expect("put");
    let due = store.now() + ROOM_AFTER.as_millis() as i64;
    let leases = store.lease(store.now(), due, MAX_OPEN).await.expect("leased");
    let waits: Vec<_> = leases.iter().map(|lease| lease.settled(Outcome::Wait(due))).collect();
    store.settle(&waits, store.now()).await.expect("settled");
    let bot = Bot::start_with(engine(), store).await;
    assert!(bot.ask("what is CLIP").await["text"].as_str().is_some_and(|text| text.contains("CLIP")));
    bot.stop().await;
}
