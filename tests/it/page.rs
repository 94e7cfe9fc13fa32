//! Tests of the HTTP endpoints of the playground's page: static files, groups, the inspector, and
//! sessions saved as scenarios. `tests/real/browser.rs` tests the page in a real browser.

use std::fs;

use footnote_playground::{Attachment, Group, GroupKind, Person, Role, Say};
use serde_json::{Value, json};

use crate::harness::{Bot, Server, callback_data, root};
use crate::player;

const READERS: i64 = -1_002_000_001_001;
const ANN: i64 = 2001;

async fn furnished() -> Server {
    let server = Server::start().await;
    server.fake_telegram.seed().expect("an empty world");
    server
}

async fn post(server: &Server, path: &str, body: Value) -> (u16, Value) {
    let request = reqwest::Client::new().post(format!("{}/page/{path}", server.url())).json(&body);
    let response = request.send().await.expect("an answer");
    (response.status().as_u16(), response.json().await.expect("JSON"))
}

async fn get(server: &Server, path: &str) -> (u16, String) {
    let response = reqwest::get(server.url() + path).await.expect("an answer");
    (response.status().as_u16(), response.text().await.expect("text"))
}

async fn inspect(server: &Server, chat_id: i64, message_id: &Value) -> Value {
    let (status, text) = get(server, &format!("/page/inspect?chat_id={chat_id}&message_id={message_id}")).await;
    assert_eq!(status, 200, "{text}");
    serde_json::from_str(&text).expect("JSON")
}

#[tokio::test]
async fn every_file_of_the_page_is_served_and_every_import_leads_to_one() {
    let server = Server::start().await;
    for file in
        fs::read_dir(root().join("crates/playground/src/page")).expect("the folder").map(|file| file.expect("a file"))
    {
        let name = file.file_name().to_string_lossy().into_owned();
        let path = match name.as_str() {
            "page.html" => "/".to_owned(),
            "page.css" | "page.js" => format!("/{name}"),
            _ => format!("/page/{name}"),
        };
        let text = fs::read_to_string(file.path()).expect("text");
        assert_eq!(get(&server, &path).await, (200, text.clone()), "{path}");
        let imports = text.split("from \"").skip(1).filter_map(|rest| rest.split('"').next());
        for import in imports.filter(|import| import.starts_with('.')) {
            let folder = if name == "page.js" { "/" } else { "/page/" };
            let path = import.replacen("./", folder, 1);
            assert_eq!(get(&server, &path).await.0, 200, "{name} imports {import}");
        }
    }
}

#[tokio::test]
async fn only_members_write_in_a_group() {
    let server = furnished().await;
    let say = |as_id: Value| json!({"text": "hi", "language": "en", "chat_id": READERS, "as_id": as_id});
    assert_eq!(post(&server, "message", say(json!(ANN))).await.0, 200);
    for stranger in [json!(1001), json!(7), Value::Null] {
        assert_eq!(post(&server, "message", say(stranger.clone())).await.0, 400, "{stranger}");
    }
    let history = server.fake_telegram.history(READERS);
    assert_eq!(history.last().expect("a message")["from"]["first_name"], "Ann");
    let attached = post(
        &server,
        "edit",
        json!({"text": "x", "message_id": 1, "language": "en", "chat_id": READERS, "as_id": ANN}),
    );
    assert_eq!(attached.await.0, 400, "what Mira did is not Ann's to change");
}

#[tokio::test]
async fn the_inspector_tells_what_was_sent_and_what_was_not() {
    let server = furnished().await;
    let say = |text: &str| json!({"text": text, "language": "en", "chat_id": READERS, "as_id": ANN});
    let (_, quiet) = post(&server, "message", say("is Whisper any good?")).await;
    let (_, loud) = post(&server, "message", say("/ask what is CLIP")).await;
    let seen = inspect(&server, READERS, &quiet["message_id"]).await;
    assert_eq!((&seen["withheld"], &seen["updates"]), (&json!("privacy"), &json!([])));
    let seen = inspect(&server, READERS, &loud["message_id"]).await;
    assert_eq!(seen["withheld"], Value::Null);
    assert_eq!(seen["updates"][0]["message"]["text"], "/ask what is CLIP");
    assert_eq!(seen["updates"].as_array().map(Vec::len), Some(1));
    assert!(seen.get("matcher").is_none(), "nobody lent the playground a matcher");
    assert_eq!(post(&server, "privacy", json!({"on": false})).await.0, 200);
    let (_, open) = post(&server, "message", say("good morning")).await;
    assert_eq!(inspect(&server, READERS, &open["message_id"]).await["withheld"], Value::Null);
    assert_eq!(get(&server, "/page/inspect?chat_id=5&message_id=1").await.0, 404);
}

#[tokio::test]
async fn the_bots_calls_are_told_with_their_answers() {
    let bot = Bot::start().await;
    let answer = bot.ask("what does Pygma do").await;
    bot.press(&answer, "中文").await;
    let seen = inspect(&bot.server, bot.person.id, &answer["message_id"]).await;
    let methods: Vec<&str> = seen["calls"].as_array().unwrap().iter().filter_map(|c| c["method"].as_str()).collect();
    assert_eq!(methods, ["sendMessage", "editMessageText", "answerCallbackQuery"]);
    assert_eq!(seen["calls"][0]["answer"]["ok"], true);
    assert!(seen["updates"][0]["callback_query"].is_object());
    bot.stop().await;
}

/// Saves a playground session with many kinds of user actions as a scenario file. Then plays the
/// file, and every expectation in the file must hold.
#[tokio::test]
async fn a_session_is_a_scenario() {
    let bot = Bot::start().await;
    let fake_telegram = &bot.server.fake_telegram;
    let answer = bot.ask("how many hours of data was Wisper trained on? \"quoted\\\"").await;
    bot.press(&answer, "👍").await;
    bot.press(&answer, "Why?").await;
    bot.server.wait_for_replies(bot.person.id, 2).await;
    bot.press(&answer, "中文").await;
    fake_telegram.attach(&bot.person, Attachment::Photo);
    bot.server.wait_for_replies(bot.person.id, 3).await;
    let chinese = Person { language_code: "zh-hans".to_owned(), ..bot.person.clone() };
    fake_telegram.say(&chinese, "/help");
    bot.server.wait_for_replies(bot.person.id, 4).await;

    let (ann, lin) = (Person::new(2001, "Ann", "en"), Person::new(2002, "小林", "zh-hans"));
    let members = vec![(ann.clone(), Role::Administrator), (lin.clone(), Role::Member)];
    let title = "Night \"owls\"".to_owned();
    fake_telegram.add_group(Group { id: READERS, title, kind: GroupKind::Forum, members, bot: Some(Role::Member) });
    let topic = fake_telegram.add_topic(READERS, &ann, "模型").expect("a forum");
    let thread = Some(topic);
    let said = fake_telegram
        .say_in(READERS, &ann, Say { thread, ..Say::new("good evening\nwhat is CLIP?") })
        .expect("a member");
    let quote = Some("what is CLIP?".to_owned());
    let asked = Say { thread, quote, reply_to: Some(said.message_id), ..Say::new("@footnote_bot what is it?") };
    let asked = fake_telegram.say_in(READERS, &lin, asked).expect("a member");
    let answer = bot.server.wait_for_replies(READERS, 1).await.remove(0);
    fake_telegram.edit_in(READERS, &lin, asked.message_id, "@footnote_bot what is Codex?").expect("an own text");
    let is_changed = |fake_telegram: &footnote_playground::FakeTelegram| {
        let now = fake_telegram.history(READERS).into_iter().find(|m| m["message_id"] == answer["message_id"])?;
        (now["text"] != answer["text"]).then_some(now)
    };
    let changed = fake_telegram.wait_until(crate::harness::PATIENCE, is_changed).await.expect("another answer");
    let id = changed["message_id"].as_i64().expect("a number");
    let data = callback_data(&changed, "中文");
    let query = fake_telegram.press(&ann, READERS, id, &data).expect("a button");
    bot.server.wait_for_call("answerCallbackQuery", |c| c.params["callback_query_id"] == query.as_str()).await;

    let file = fake_telegram.session();
    for part in [
        "notice = \"Thank",
        "new_message = true",
        "attaches = \"photo\"",
        "language = \"zh-hans\"",
        "quoting = ",
        "topic = \"模型\"",
        "silent = true",
        "edits = [\"m",
    ] {
        assert!(file.contains(part), "`{part}` is missing in\n{file}");
    }
    bot.stop().await;
    player::play("the session", &file).await;
}
