//! End-to-end tests of the bot over HTTP, against the playground's local Bot API instead of
//! Telegram.

use std::time::Duration;

use footnote::store::{Deletion, Effects, Outcome, Received, Store};
use footnote_playground::{Attachment, Call, Fault, FaultKind, Group, GroupKind, Person, Role, Say};
use serde_json::{Value, json};

use crate::harness::{Bot, PATIENCE, Server, callback_data, covered, engine, labels};

fn text(message: &Value) -> &str {
    message["text"].as_str().unwrap_or_default()
}

#[tokio::test]
async fn a_scripted_chat() {
    let bot = Bot::start().await;

    let welcome = bot.ask("/start").await;
    assert!(text(&welcome).contains("Hello"), "{welcome}");
    assert!(labels(&welcome).contains(&"Whisper".to_owned()));

    let answer = bot.ask("Whisper 用了多少小时的数据训练？").await;
    assert_eq!(
        covered(&answer, "bold"),
        ["Whisper：语音识别", "Whisper", "Whisper 的训练用了 680,000 小时的监督数据。"]
    );
    assert!(covered(&answer, "text_link").iter().any(|t| t.contains("Whisper介绍")));

    let answer = bot.ask("what does Pygma do").await;
    assert!(text(&answer).contains("Figma"));

    let help = bot.ask("/help").await;
    assert!(
        text(&help).contains("/topics")
            && text(&help).contains("Han Xinzi")
            && text(&help).contains("All rights reserved"),
        "{help}"
    );
    assert!(text(&bot.ask("/HELP@Footnote_Bot").await).contains("/topics"));
    assert!(text(&bot.ask("thanks!").await).contains("You are welcome"));
    assert!(text(&bot.ask("who won the world cup").await).contains("does not say"));
    assert!(text(&bot.ask("/whisper").await).contains("Whisper"), "an unknown command is a question");
    assert!(text(&bot.ask("/start codex-applications").await).contains("Pygma"));
    assert!(text(&bot.ask("/start ../../etc").await).contains("Hello"), "an unknown link just starts");
    assert!(text(&bot.ask("`what is` *CLIP*?").await).contains("CLIP"));
    bot.stop().await;
}

#[tokio::test]
async fn topics_lead_to_products_and_sections() {
    let bot = Bot::start().await;
    let topics = bot.ask("/topics").await;
    let product = bot.press(&topics, "Codex").await;
    assert!(text(&product).contains("Codex"), "{product}");
    let section = bot.press(&product, "Codex: Copilot, Pygma and Replit").await;
    assert!(text(&section).contains("Figma"));
    // The next question follows up on the section that the button press showed.
    assert!(text(&bot.ask("which one explains code to everybody?").await).contains("Replit"));
    bot.stop().await;
}

#[tokio::test]
async fn a_close_call_is_settled_by_a_button() {
    let bot = Bot::start().await;
    let asked = bot.ask("有哪些应用").await;
    assert!(text(&asked).contains("哪一个"), "{asked}");
    let none = bot.press(&asked, labels(&asked).last().expect("buttons")).await;
    assert!(text(&none).contains("换个说法"), "{none}");

    let asked = bot.ask("有哪些应用").await;
    let offered = labels(&asked);
    let answer = bot.press(&asked, &offered[0]).await;
    assert!(text(&answer).contains(&offered[0]), "the message becomes the answer: {answer}");
    bot.stop().await;
}

#[tokio::test]
async fn an_edited_question_has_its_answer_edited() {
    let bot = Bot::start().await;
    let fake_telegram = &bot.server.fake_telegram;
    let first = fake_telegram.say(&bot.person, "what is Whisper");
    let answer = bot.server.wait_for_replies(bot.person.id, 1).await.remove(0);
    fake_telegram.edit(&bot.person, first.message_id, "what does Pygma do").expect("own message");
    let changed = fake_telegram.wait_until(PATIENCE, |w| {
        let message = w.history(1001).into_iter().find(|m| m["message_id"] == answer["message_id"])?;
        text(&message).contains("Figma").then_some(message)
    });
    changed.await.expect("the answer changes");
    assert_eq!(bot.server.replies(bot.person.id).len(), 1, "and no other is sent");
    bot.stop().await;
}

#[tokio::test]
async fn what_is_not_text_gets_one_hint() {
    let bot = Bot::start().await;
    let fake_telegram = &bot.server.fake_telegram;
    for kind in [Attachment::Photo, Attachment::Voice, Attachment::Sticker, Attachment::Location] {
        fake_telegram.attach(&bot.person, kind);
    }
    assert!(text(&bot.server.wait_for_replies(bot.person.id, 1).await[0]).contains("only read text"));
    assert!(text(&bot.ask("what is Codex").await).contains("Codex"));
    assert_eq!(bot.server.replies(bot.person.id).len(), 2);
    bot.stop().await;
}

#[tokio::test]
async fn typing_after_its_name_shows_cards() {
    let bot = Bot::start().await;
    let fake_telegram = &bot.server.fake_telegram;
    let look = async |query: &str| {
        let id = fake_telegram.inline(&bot.person, query, "");
        fake_telegram.inline_answer(&id, PATIENCE).await.expect("an answer")
    };
    let found = look("whis").await;
    assert_eq!(found["results"][0]["id"], "whisper");
    assert_eq!(look("").await["results"].as_array().map(Vec::len), Some(6));
    let nothing = look("best pizza in town").await;
    assert_eq!(nothing["results"], json!([]));
    assert!(nothing["button"]["text"].as_str().is_some_and(|t| t.contains("private")));
    // Posts the chosen inline result in the chat, as a message sent via the bot. The bot must not
    // treat this message as a question.
    fake_telegram.choose(&bot.person, "whis", "whisper").expect("a card that was shown");
    assert!(text(&bot.ask("what is CLIP").await).contains("CLIP"));
    let asked: Vec<_> = bot.server.fake_telegram.calls().into_iter().filter(|c| c.method == "sendMessage").collect();
    assert_eq!(asked.len(), 1, "one answer, to the one question");
    bot.stop().await;
}

/// The user presses the language button of a message that can no longer be edited, so the bot sends
/// the translation as a new message. `answerCallbackQuery` also fails twice, so the inbox retries
/// the button press. The retries must not send the new message again.
#[tokio::test]
async fn a_press_that_cannot_be_acknowledged_sends_nothing_twice() {
    let bot = Bot::start().await;
    let fake_telegram = &bot.server.fake_telegram;
    let answer = bot.ask("what is CLIP").await;
    let id = answer["message_id"].as_i64().expect("a message");
    let description = "Bad Request: message can't be edited".to_owned();
    let kind = FaultKind::Refuse { code: 400, description, retry_after: None };
    fake_telegram.fail(Fault { method: "editMessageText".to_owned(), chat_id: None, times: 10, kind });
    let kind = FaultKind::Status { code: 502, body: String::new() };
    fake_telegram.fail(Fault { method: "answerCallbackQuery".to_owned(), chat_id: None, times: 2, kind });
    let query = fake_telegram.press(&bot.person, 1001, id, &callback_data(&answer, "中文")).expect("a button");
    let is_acknowledged = |c: &Call| c.params["callback_query_id"] == query.as_str() && c.result["ok"] == true;
    bot.server.wait_for_call("answerCallbackQuery", is_acknowledged).await;
    bot.server.wait_for_replies(1001, 2).await;
    assert!(text(&bot.ask("what is Codex").await).contains("Codex"));
    assert_eq!(bot.server.replies(1001).len(), 3, "an answer, its other side, and another answer");
    bot.stop().await;
}

#[tokio::test]
async fn forged_and_foreign_buttons_do_nothing() {
    let bot = Bot::start().await;
    let topics = bot.ask("/topics").await;
    let mut forged = callback_data(&topics, "Codex").into_bytes();
    forged[0] ^= 1;
    // Callback data with a valid signature, but from a button that the bot sent to another user's
    // chat.
    let other = Person::new(2001, "Other", "en");
    bot.server.fake_telegram.say(&other, "/topics");
    let foreign = callback_data(&bot.server.wait_for_replies(2001, 1).await[0], "Codex");
    for data in [String::from_utf8(forged).expect("text"), foreign, "t".to_owned(), String::new()] {
        let from = json!({"id": 1001, "is_bot": false, "first_name": "You", "language_code": "en"});
        let query = json!({"id": format!("forged-{data}"), "from": from, "chat_instance": "1", "data": data, "message": topics});
        bot.server.fake_telegram.inject(json!({"callback_query": query}));
        let id = format!("forged-{data}");
        let call =
            bot.server.wait_for_call("answerCallbackQuery", |c| c.params["callback_query_id"] == id.as_str()).await;
        assert!(call.params["text"].as_str().is_some_and(|t| t.contains("no longer works")), "{data}");
    }
    assert_eq!(bot.server.replies(1001).pop().expect("the topics"), topics, "nothing was edited");
    bot.stop().await;
}

/// Sends updates with unknown or invalid content, as a newer or a faulty Telegram server might.
/// Later valid messages must still be answered.
#[tokio::test]
async fn what_is_unknown_silences_nothing() {
    let bot = Bot::start().await;
    let fake_telegram = &bot.server.fake_telegram;
    let chat = json!({"id": 1001, "type": "private", "first_name": "You", "new_field": {"a": [1]}});
    let from =
        json!({"id": 1001, "is_bot": false, "first_name": "You", "language_code": "en", "has_topics_enabled": true});
    // The user writes to the bot first, because the local Bot API rejects messages to unknown
    // chats.
    bot.ask("hi").await;
    for broken in [
        json!({}),
        json!({"message": 7}),
        json!({"message": {"message_id": "x", "chat": 5}}),
        json!({"message": {"message_id": 1, "date": 1, "chat": chat}}),
        json!({"brand_new_kind": {"from": from, "chat": chat}}),
        json!({"message": {"message_id": 900, "date": 1, "chat": {"id": -2_002_147_483_649_i64, "type": "supergroup"}, "from": from, "text": "what is CLIP"}}),
        json!({"message": {"message_id": 901, "date": 1, "chat": {"id": -100, "type": "group", "title": "G"}, "from": from, "text": "what is CLIP"}}),
        json!({"callback_query": {"id": "old", "from": from, "chat_instance": "1", "data": "?"}}),
        json!({"inline_query": {"id": 5}}),
        serde_json::from_str(&format!("{{\"message\": {}1{}}}", "[".repeat(100), "]".repeat(100))).expect("JSON"),
    ] {
        fake_telegram.inject(broken);
    }
    let entities = json!([{"type": "date_time", "offset": 0, "length": 4, "unix_time": 1}, {"type": "", "offset": -5}]);
    fake_telegram.inject(json!({"message": {"message_id": 950, "date": 1, "chat": chat, "from": from, "text": "what is Whisper?", "entities": entities, "poem": {}}}));
    let replies = bot.server.wait_for_replies(1001, 2).await;
    assert!(text(&replies[1]).contains("Whisper"));
    fake_telegram.inject(json!({"message": {"message_id": 1950, "date": 1, "chat": chat, "from": from, "photo": [], "caption": "what is Codex?"}}));
    assert!(text(&bot.server.wait_for_replies(1001, 3).await[2]).contains("Codex"));
    let elsewhere =
        fake_telegram.calls().into_iter().filter(|c| c.method == "sendMessage" && c.params["chat_id"] != 1001).count();
    assert_eq!(elsewhere, 0, "silent in groups");
    bot.stop_unchecked().await;
}

/// Injects a group message whose sender has no user id, which the real Telegram never sends. The
/// bot must not treat the sender as an administrator.
#[tokio::test]
async fn nobody_in_particular_is_no_administrator() {
    let bot = Bot::start().await;
    let (id, kind, title) = (-1_002_000_000_009, GroupKind::Supergroup, "Readers".to_owned());
    let members = vec![(bot.person.clone(), Role::Administrator)];
    bot.server.fake_telegram.add_group(Group { id, title, kind, members, bot: Some(Role::Member) });
    let text_of = "/forget@footnote_bot group";
    let entities = json!([{"type": "bot_command", "offset": 0, "length": 20}]);
    let chat = json!({"id": id, "type": "supergroup", "title": "Readers"});
    let from = json!({"is_bot": false, "first_name": "Nobody", "language_code": "en"});
    let message =
        json!({"message_id": 900, "date": 1, "chat": chat, "from": from, "text": text_of, "entities": entities});
    bot.server.fake_telegram.inject(json!({ "message": message }));
    let refused = bot.server.wait_for_replies(id, 1).await.remove(0);
    assert!(text(&refused).contains("Only administrators"), "{refused}");
    bot.stop_unchecked().await;
}

#[tokio::test]
async fn refusals_and_broken_answers_lose_nothing() {
    let bot = Bot::start().await;
    let fake_telegram = &bot.server.fake_telegram;
    bot.ask("hi").await;
    let flood = FaultKind::Refuse {
        code: 429,
        description: "Too Many Requests: retry after 1".to_owned(),
        retry_after: Some(1),
    };
    let failures = [
        ("what is Whisper", flood, "Whisper"),
        ("what is Codex", FaultKind::Status { code: 502, body: "<html>Bad Gateway</html>".to_owned() }, "Codex"),
        ("what is CLIP", FaultKind::Drop, "CLIP"),
        (
            "what is ChatGPT",
            FaultKind::Refuse {
                code: 400,
                description: "Bad Request: can't parse entities: oops".to_owned(),
                retry_after: None,
            },
            "ChatGPT",
        ),
    ];
    for (question, kind, words) in failures {
        fake_telegram.fail(Fault { method: "sendMessage".to_owned(), chat_id: None, times: 1, kind });
        let answer = bot.ask(question).await;
        assert!(text(&answer).contains(words), "{question}: {answer}");
    }
    // The local Bot API posts the bot's message but drops the HTTP response, so the bot cannot know
    // that the message was posted. The bot must send the message a second time.
    let before = bot.server.replies(1001).len();
    fake_telegram.fail(Fault { method: "sendMessage".to_owned(), chat_id: None, times: 1, kind: FaultKind::DropAfter });
    fake_telegram.say(&bot.person, "what is DALL-E 2");
    bot.server.wait_for_replies(1001, before + 2).await;
    // `sendMessage` fails with error 403, because the user blocked the bot. The bot must not retry
    // this message, and must still answer the next question.
    let gone = FaultKind::Refuse {
        code: 403,
        description: "Forbidden: bot was blocked by the user".to_owned(),
        retry_after: None,
    };
    fake_telegram.fail(Fault { method: "sendMessage".to_owned(), chat_id: None, times: 1, kind: gone });
    fake_telegram.say(&bot.person, "are you there, what is GPT-3");
    bot.server.wait_for_call("sendMessage", |c| c.result["error_code"] == 403).await;
    assert!(text(&bot.ask("what is Codex").await).contains("Codex"));
    bot.stop().await;
}

#[tokio::test]
async fn who_cannot_be_told_is_forgotten_all_the_same() {
    let bot = Bot::start().await;
    bot.ask("what is Codex").await;
    assert!(!text(&bot.ask("/why").await).contains("no answer to explain"));
    let kind = FaultKind::Refuse {
        code: 400,
        description: "Bad Request: something that nobody has seen".to_owned(),
        retry_after: None,
    };
    bot.server.fake_telegram.fail(Fault { method: "sendMessage".to_owned(), chat_id: None, times: 1, kind });
    bot.server.fake_telegram.say(&bot.person, "/forget");
    bot.server.wait_for_call("sendMessage", |call| call.result["error_code"] == 400).await;
    assert!(text(&bot.ask("/why").await).contains("no answer to explain"));
    bot.stop().await;
}

/// Six sends fail with status 502, one more than the failed attempts after which the inbox gives up
/// on an update. The question must still be answered, because failures during an outage do not
/// count towards the limit of five attempts.
#[tokio::test]
async fn an_outage_parks_nothing() {
    let bot = Bot::start().await;
    let kind = FaultKind::Status { code: 502, body: "<html>".to_owned() };
    bot.server.fake_telegram.fail(Fault { method: "sendMessage".to_owned(), chat_id: None, times: 6, kind });
    assert!(text(&bot.ask("what is Codex").await).contains("Codex"));
    bot.stop().await;
}

/// The local Bot API drops one `sendMessage` request and then three `getMe` requests. The bot
/// cannot know whether the message was sent. The bot must not send the message again before `getMe`
/// succeeds.
#[tokio::test]
async fn while_nobody_is_answered_nothing_is_tried_again() {
    let bot = Bot::start().await;
    bot.ask("hi").await;
    for (method, times) in [("sendMessage", 1), ("getMe", 3)] {
        bot.server.fake_telegram.fail(Fault { method: method.to_owned(), chat_id: None, times, kind: FaultKind::Drop });
    }
    assert!(text(&bot.ask("what is Codex").await).contains("Codex"));
    let calls = |method: &str| bot.server.fake_telegram.calls().iter().filter(|call| call.method == method).count();
    // Five calls of `getMe`: one at the start of the bot, three dropped, one successful. Three
    // calls of `sendMessage`: the reply to "hi", the dropped reply to the question, and the
    // repeated reply.
    assert_eq!((calls("getMe"), calls("sendMessage")), (5, 3));
    bot.stop().await;
}

#[tokio::test]
async fn a_command_that_becomes_a_question_is_answered() {
    let bot = Bot::start().await;
    let fake_telegram = &bot.server.fake_telegram;
    let first = fake_telegram.say(&bot.person, "/help");
    bot.server.wait_for_replies(bot.person.id, 1).await;
    fake_telegram.edit(&bot.person, first.message_id, "what does Pygma do").expect("own message");
    let changed = fake_telegram
        .wait_until(PATIENCE, |_| bot.server.replies(1001).iter().any(|m| text(m).contains("Figma")).then_some(()));
    changed.await.expect("the reply becomes the answer");
    bot.stop().await;
}

#[tokio::test]
async fn fetching_survives_what_servers_do() {
    let bot = Bot::start().await;
    let fake_telegram = &bot.server.fake_telegram;
    bot.ask("hi").await;
    for kind in [
        FaultKind::Status { code: 500, body: "{\"ok\":false}".to_owned() },
        FaultKind::Drop,
        FaultKind::Status { code: 200, body: "garbage".to_owned() },
    ] {
        fake_telegram.fail(Fault { method: "getUpdates".to_owned(), chat_id: None, times: 1, kind });
        assert!(text(&bot.ask("what is Codex").await).contains("Codex"));
    }
    bot.stop().await;
}

#[tokio::test]
async fn chats_do_not_wait_for_each_other_and_each_keeps_its_order() {
    let bot = Bot::start().await;
    let fake_telegram = &bot.server.fake_telegram;
    let slow = Person::new(2001, "Slow", "en");
    fake_telegram.say(&slow, "hello");
    bot.server.wait_for_replies(2001, 1).await;
    let wait = FaultKind::Refuse {
        code: 429,
        description: "Too Many Requests: retry after 3".to_owned(),
        retry_after: Some(3),
    };
    fake_telegram.fail(Fault { method: "sendMessage".to_owned(), chat_id: Some(2001), times: 1, kind: wait });
    let questions = ["what is Whisper", "what is Codex", "what is CLIP"];
    for question in questions {
        fake_telegram.say(&slow, question);
    }
    bot.ask("what is ChatGPT").await;
    assert_eq!(bot.server.replies(2001).len(), 1, "another chat waited for it");
    let replies = bot.server.wait_for_replies(2001, 4).await;
    for (reply, name) in replies[1..].iter().zip(["Whisper", "Codex", "CLIP"]) {
        assert!(text(reply).contains(name), "{name}: {reply}");
    }
    bot.stop().await;
}

/// The local Bot API rejects the deletion of an answer with error 429 and `retry_after` set to five
/// seconds. The bot must try again, but not before the five seconds have passed.
#[tokio::test]
async fn what_may_not_be_deleted_yet_is_deleted_when_it_may() {
    const WAIT: u32 = 5;
    let store = Store::in_memory().await.expect("memory");
    let received = Received {
        update_id: 1,
        digest: 1,
        ordering_key: -5,
        received_at: 0,
        expires_at: i64::MAX,
        payload: String::new(),
    };
    store.enqueue(&[received], store.now()).await.expect("put");
    let lease = store.lease(store.now(), i64::MAX, 1).await.expect("leased").remove(0);
    let deletion = Some(Deletion { chat_id: -5, message_id: 7, due: store.now() });
    let done = lease.completion(Outcome::Done(Box::new(Effects { deletion, ..Effects::default() })));
    assert_eq!(store.complete(&[done], store.now()).await.expect("completed"), [true]);
    let server = Server::start().await;
    let flood = FaultKind::Refuse {
        code: 429,
        description: format!("Too Many Requests: retry after {WAIT}"),
        retry_after: Some(WAIT),
    };
    server.fake_telegram.fail(Fault { method: "deleteMessage".to_owned(), chat_id: None, times: 1, kind: flood });
    let bot = Bot::start_on(server, engine(), store).await;
    let refused = bot.server.wait_for_call("deleteMessage", |c| c.result["error_code"] == 429).await;
    let heard = bot.server.wait_for_call("deleteMessage", |c| c.result["error_code"] != 429).await;
    assert!(heard.at - refused.at >= Duration::from_secs(u64::from(WAIT)), "{:?}", heard.at - refused.at);
    bot.stop().await;
}

#[tokio::test]
async fn the_menu_and_the_description_speak_both_languages() {
    let bot = Bot::start().await;
    let call = bot.server.wait_for_call("setMyDescription", |c| c.params["language_code"] == "zh").await;
    assert!(call.params["description"].as_str().is_some_and(|d| d.contains("真实世界")));
    let menu = async |scope: &str| {
        let call = bot
            .server
            .wait_for_call("setMyCommands", |c| c.params["language_code"] == "en" && c.params["scope"]["type"] == scope)
            .await;
        let commands = call.params["commands"].as_array().expect("commands").clone();
        commands.iter().map(|c| c["command"].as_str().expect("a name").to_owned()).collect::<Vec<_>>()
    };
    let (private, group) = (menu("all_private_chats").await, menu("all_group_chats").await);
    let administrators = menu("all_chat_administrators").await;
    for (name, places) in [
        ("topics", [true, true, true]),
        ("whisper", [true, true, true]),
        ("ask", [false, true, true]),
        ("help", [true, false, false]),
        ("forget", [true, false, false]),
        ("settings", [false, false, true]),
    ] {
        let shown = [&private, &group, &administrators].map(|menu| menu.iter().any(|c| c == name));
        assert_eq!(shown, places, "{name} in private, in groups, for administrators");
    }
    bot.stop().await;
}

const GROUP_ID: i64 = -4_000_001;

fn group_of(people: &[&Person], bot: Option<Role>) -> Group {
    let members = people.iter().map(|p| ((*p).clone(), Role::Administrator)).collect();
    Group { id: GROUP_ID, title: "Readers".to_owned(), kind: GroupKind::Group, members, bot }
}

#[tokio::test]
async fn taken_into_a_group_it_says_once_how_to_ask() {
    let bot = Bot::start().await;
    let fake_telegram = &bot.server.fake_telegram;
    let ann = Person::new(2001, "Ann", "en");
    fake_telegram.add_group(group_of(&[&ann], None));
    fake_telegram.add_bot(GROUP_ID, &ann).expect("an administrator");
    let replies = bot.server.wait_for_replies(GROUP_ID, 1).await;
    assert!(text(&replies[0]).contains("Three ways to ask"), "{replies:?}");
    fake_telegram.say_in(GROUP_ID, &ann, Say::new("/ask what is CLIP")).expect("a member");
    assert_eq!(bot.server.wait_for_replies(GROUP_ID, 2).await.len(), 2);
    bot.stop().await;
}

#[tokio::test]
async fn who_commands_too_fast_in_a_group_is_passed_over() {
    let bot = Bot::start().await;
    let fake_telegram = &bot.server.fake_telegram;
    let (ann, bob) = (Person::new(2001, "Ann", "en"), Person::new(2002, "Bob", "en"));
    fake_telegram.add_group(group_of(&[&ann, &bob], Some(Role::Member)));
    for _ in 0..9 {
        fake_telegram.say_in(GROUP_ID, &ann, Say::new("/topics")).expect("a member");
    }
    fake_telegram.say_in(GROUP_ID, &bob, Say::new("/ask what is CLIP")).expect("a member");
    let replies = bot.server.wait_for_replies(GROUP_ID, 8).await;
    assert!(text(&replies[6]).contains("quick"), "six, and word that it was too fast: {replies:#?}");
    assert!(text(&replies[7]).contains("CLIP"), "others are answered: {replies:#?}");
    bot.stop().await;
}

#[tokio::test]
async fn settings_move_with_a_group_that_becomes_a_supergroup() {
    let bot = Bot::start().await;
    let fake_telegram = &bot.server.fake_telegram;
    let ann = Person::new(2001, "Ann", "en");
    fake_telegram.set_privacy(false);
    fake_telegram.add_group(group_of(&[&ann], Some(Role::Member)));
    fake_telegram.say_in(GROUP_ID, &ann, Say::new("/settings")).expect("a member");
    let panel = bot.server.wait_for_replies(GROUP_ID, 1).await.remove(0);
    let data = callback_data(&panel, "Also unasked");
    let query =
        fake_telegram.press(&ann, GROUP_ID, panel["message_id"].as_i64().expect("id"), &data).expect("a button");
    bot.server.wait_for_call("answerCallbackQuery", |c| c.params["callback_query_id"] == query.as_str()).await;
    let moved = fake_telegram.migrate(GROUP_ID).expect("a basic group");
    // The queue handles the old group and the new supergroup independently. The bot may therefore
    // show the settings of the supergroup before the old settings have been moved there. The test
    // repeats `/settings` until the settings have been moved.
    for attempt in 1.. {
        let asked = fake_telegram.say_in(moved, &ann, Say::new("/settings")).expect("a member").message_id;
        let answer =
            |_: &_| bot.server.replies(moved).into_iter().find(|m| m["reply_to_message"]["message_id"] == asked);
        let panel = fake_telegram.wait_until(PATIENCE, answer).await.expect("a panel");
        if labels(&panel).contains(&"✓ Also unasked".to_owned()) {
            break;
        }
        assert!(attempt < 20, "{:?}", labels(&panel));
        // Waits two seconds, because the bot's rate limiter would answer faster commands with a
        // notice instead of the settings panel.
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
    bot.stop().await;
}

#[tokio::test]
async fn the_panel_says_what_the_bot_hears() {
    for (role, hears) in [(Role::Member, "I only see"), (Role::Administrator, "I see all")] {
        let bot = Bot::start().await;
        let ann = Person::new(2001, "Ann", "en");
        bot.server.fake_telegram.add_group(group_of(&[&ann], Some(role)));
        bot.server.fake_telegram.say_in(GROUP_ID, &ann, Say::new("/settings")).expect("a member");
        let panel = bot.server.wait_for_replies(GROUP_ID, 1).await.remove(0);
        assert!(panel["text"].as_str().is_some_and(|text| text.contains(hears)), "{role:?}: {panel}");
        bot.stop().await;
    }
}

#[tokio::test]
async fn what_was_asked_before_a_group_moved_is_answered_where_it_is_now() {
    let bot = Bot::start().await;
    let fake_telegram = &bot.server.fake_telegram;
    let ann = Person::new(2001, "Ann", "en");
    fake_telegram.add_group(group_of(&[&ann], Some(Role::Member)));
    let kind = FaultKind::Refuse { code: 502, description: "Bad Gateway".to_owned(), retry_after: None };
    fake_telegram.fail(Fault { method: "sendMessage".to_owned(), chat_id: Some(GROUP_ID), times: 1, kind });
    // The first reply of the bot, sent to the old group, fails with status 502. The inbox retries
    // the question after the group has become a supergroup.
    fake_telegram.say_in(GROUP_ID, &ann, Say::new("/ask what is CLIP")).expect("a member");
    bot.server.wait_for_call("sendMessage", |c| c.result["error_code"] == 502).await;
    let moved = fake_telegram.migrate(GROUP_ID).expect("a basic group");
    // In the supergroup, the first message is the service message about the migration. The second
    // is the bot's answer.
    let answer = bot.server.wait_for_replies(moved, 2).await.remove(1);
    assert!(text(&answer).contains("CLIP"), "{answer}");
    assert!(answer.get("reply_to_message").is_none(), "it would be some other message: {answer}");
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert_eq!(bot.server.replies(moved).len(), 2, "once");
    bot.stop().await;
}

/// The bot is removed from a group, and learns this only from error 403 of `sendMessage`. A month
/// later, the store must delete the settings of the group.
#[tokio::test]
async fn where_it_may_not_be_any_more_nothing_is_kept_for_ever() {
    const MONTH: i64 = 31 * 24 * 60 * 60 * 1000;
    let store = Store::in_memory().await.expect("memory");
    let bot = Bot::start_with(engine(), store.clone()).await;
    let fake_telegram = &bot.server.fake_telegram;
    let ann = Person::new(2001, "Ann", "en");
    fake_telegram.add_group(group_of(&[&ann], Some(Role::Member)));
    fake_telegram.say_in(GROUP_ID, &ann, Say::new("/settings")).expect("a member");
    let panel = bot.server.wait_for_replies(GROUP_ID, 1).await.remove(0);
    let data = callback_data(&panel, "Also unasked");
    let query =
        fake_telegram.press(&ann, GROUP_ID, panel["message_id"].as_i64().expect("id"), &data).expect("a button");
    bot.server.wait_for_call("answerCallbackQuery", |c| c.params["callback_query_id"] == query.as_str()).await;
    let kind = FaultKind::Refuse {
        code: 403,
        description: "Forbidden: bot was kicked from the group chat".to_owned(),
        retry_after: None,
    };
    fake_telegram.fail(Fault { method: "sendMessage".to_owned(), chat_id: Some(GROUP_ID), times: 1, kind });
    fake_telegram.say_in(GROUP_ID, &ann, Say::new("/ask what is CLIP")).expect("a member");
    bot.server.wait_for_call("sendMessage", |c| c.result["error_code"] == 403).await;
    bot.stop().await;
    assert!(store.group(GROUP_ID).await.expect("read").unasked);
    store.prune(store.now() + MONTH, 100).await.expect("pruned");
    assert!(!store.group(GROUP_ID).await.expect("read").unasked);
}

/// A user sends an inline result in a group where the bot is not a member. The language button
/// under the sent message must still work.
#[tokio::test]
async fn the_buttons_of_a_card_work_where_the_bot_is_not() {
    let bot = Bot::start().await;
    let fake_telegram = &bot.server.fake_telegram;
    let (ann, bo) = (Person::new(2001, "Ann", "en"), Person::new(2002, "Bo", "en"));
    fake_telegram.add_group(group_of(&[&ann, &bo], None));
    let id = fake_telegram.inline(&ann, "whisper", "");
    fake_telegram.inline_answer(&id, PATIENCE).await.expect("an answer");
    let posted = fake_telegram.choose_in(&ann, GROUP_ID, "whisper", "whisper").expect("a card that was shown");
    let card = || {
        fake_telegram.history(GROUP_ID).into_iter().find(|m| m["message_id"] == posted.message_id).expect("the card")
    };
    let before = card();
    assert!(text(&before).starts_with("Whisper"), "{before}");
    let query =
        fake_telegram.press(&bo, GROUP_ID, posted.message_id, &callback_data(&before, "中文")).expect("a button");
    bot.server.wait_for_call("answerCallbackQuery", |c| c.params["callback_query_id"] == query.as_str()).await;
    assert!(text(&card()).contains("语音识别"), "{}", card());
    assert!(labels(&card()).contains(&"English".to_owned()), "{:?}", labels(&card()));
    bot.stop().await;
}

#[tokio::test]
async fn who_asks_too_fast_in_a_group_is_told_once() {
    let bot = Bot::start().await;
    let fake_telegram = &bot.server.fake_telegram;
    let ann = Person::new(2001, "Ann", "en");
    fake_telegram.add_group(group_of(&[&ann], Some(Role::Member)));
    for _ in 0..9 {
        fake_telegram.say_in(GROUP_ID, &ann, Say::new("/ask what is CLIP")).expect("a member");
    }
    // Bo asks last. The answer to Bo comes after all replies to Ann, because the bot handles the
    // updates of a group in order.
    let bo = Person::new(2002, "Bo", "en");
    fake_telegram.join(GROUP_ID, &bo).expect("anybody may join");
    fake_telegram.say_in(GROUP_ID, &bo, Say::new("/ask what is Codex")).expect("a member");
    let replies = bot.server.wait_for_replies(GROUP_ID, 8).await;
    assert!(text(&replies[6]).contains("quick"), "{}", text(&replies[6]));
    assert!(text(&replies[7]).contains("Codex"), "{}", text(&replies[7]));
    bot.stop().await;
}

/// Sets quiet hours from 22:00 to 8:00, and a time zone in which it is now 23:00. The bot must
/// ignore the question that does not address the bot. The bot must answer `/ask`, without a
/// notification sound.
#[tokio::test]
async fn in_quiet_hours_it_is_quiet() {
    let bot = Bot::start().await;
    let fake_telegram = &bot.server.fake_telegram;
    let boss = Person::new(2001, "Boss", "en");
    fake_telegram.set_privacy(false);
    fake_telegram.add_group(group_of(&[&boss], Some(Role::Member)));
    fake_telegram.say_in(GROUP_ID, &boss, Say::new("/settings")).expect("a member");
    let id = bot.server.wait_for_replies(GROUP_ID, 1).await[0]["message_id"].as_i64().expect("an id");
    let press = async |label: &str| {
        let panel = fake_telegram.history(GROUP_ID).into_iter().find(|m| m["message_id"] == id).expect("the panel");
        let query = fake_telegram.press(&boss, GROUP_ID, id, &callback_data(&panel, label)).expect("a button");
        bot.server.wait_for_call("answerCallbackQuery", |c| c.params["callback_query_id"] == query.as_str()).await;
    };
    press("22–8").await;
    press("Also unasked").await;
    let seconds = std::time::UNIX_EPOCH.elapsed().expect("after 1970").as_secs();
    let ahead = 23 - i64::try_from(seconds / 3600 % 24).expect("small");
    let zone = if ahead > 14 { ahead - 24 } else { ahead };
    for _ in 0..zone.abs() {
        press(if zone > 0 { "+" } else { "−" }).await;
    }
    fake_telegram
        .say_in(GROUP_ID, &boss, Say::new("how many hours of data was Whisper trained on?"))
        .expect("a member");
    fake_telegram.say_in(GROUP_ID, &boss, Say::new("/ask what is CLIP")).expect("a member");
    let replies = bot.server.wait_for_replies(GROUP_ID, 2).await;
    assert!(replies.len() == 2 && text(&replies[1]).starts_with("CLIP"), "{replies:#?}");
    let sent =
        bot.server.wait_for_call("sendMessage", |c| c.params["text"].as_str().is_some_and(|t| t.starts_with("CLIP")));
    assert_eq!(sent.await.params["disable_notification"], true);
    bot.stop().await;
}
