//! Tests of groups in the playground's local Bot API, called over HTTP as the bot would call
//! Telegram.

use footnote_playground::{Denied, Group, GroupKind, Person, Posted, Role, Say};
use reqwest::Client;
use serde_json::{Value, json};

use crate::harness::{Server, TOKEN};
use crate::schema;

const GROUP: i64 = -50;
const SUPER: i64 = -1_000_000_000_051;
const FORUM: i64 = -1_000_000_000_052;
const BOT: i64 = 424_242;

fn ada() -> Person {
    Person::new(1, "Ada", "zh-hans")
}

fn bob() -> Person {
    Person::new(2, "Bob", "en")
}

fn cyd() -> Person {
    Person::new(3, "Cyd", "de")
}

/// Returns a group with the owner Ada and the member Bob. The bot has the role `bot`, or is no
/// member if `bot` is `None`.
fn group(id: i64, kind: GroupKind, bot: Option<Role>) -> Group {
    let members = vec![(ada(), Role::Creator), (bob(), Role::Member)];
    Group { id, title: "Readers".to_owned(), kind, members, bot }
}

/// Starts a local Bot API with a group, a supergroup and a forum. The bot is a member of all three.
async fn start() -> Bench {
    let bench = Bench { server: Server::start().await, http: Client::new() };
    for (id, kind) in [(GROUP, GroupKind::Group), (SUPER, GroupKind::Supergroup), (FORUM, GroupKind::Forum)] {
        bench.server.fake_telegram.add_group(group(id, kind, Some(Role::Member)));
    }
    bench
}

struct Bench {
    server: Server,
    http: Client,
}

impl Bench {
    async fn call(&self, method: &str, params: Value) -> Value {
        let url = format!("{}/bot{TOKEN}/{method}", self.server.url());
        self.http.post(url).json(&params).send().await.unwrap().json().await.unwrap()
    }

    /// Calls a Bot API method that must succeed. Returns the field `result` of the response.
    async fn ok(&self, method: &str, params: Value) -> Value {
        let answer = self.call(method, params.clone()).await;
        assert_eq!(answer["ok"], true, "{method} {params}: {answer}");
        answer["result"].clone()
    }

    /// Calls a Bot API method that must fail. Returns `error_code` and `description` of the error
    /// response.
    async fn refused(&self, method: &str, params: Value) -> (i64, String) {
        let answer = self.call(method, params.clone()).await;
        assert_eq!(answer["ok"], false, "{method} {params}: {answer}");
        (answer["error_code"].as_i64().unwrap(), answer["description"].as_str().unwrap().to_owned())
    }

    /// Returns the bot's new updates since the previous call of this function. Checks each update
    /// against Telegram's schema.
    async fn updates(&self) -> Vec<Value> {
        let updates = self.ok("getUpdates", json!({})).await.as_array().unwrap().clone();
        if let Some(last) = updates.last() {
            self.ok("getUpdates", json!({"offset": last["update_id"].as_i64().unwrap() + 1})).await;
        }
        for update in &updates {
            assert_eq!(schema::check_object("Update", update), [""; 0], "{update}");
        }
        updates
    }

    /// Returns the bot's new update. Asserts that there is exactly one since the previous call.
    async fn update(&self) -> Value {
        let mut updates = self.updates().await;
        assert_eq!(updates.len(), 1, "{updates:?}");
        updates.remove(0)
    }

    fn say(&self, chat_id: i64, person: &Person, text: &str) -> Posted {
        self.server.fake_telegram.say_in(chat_id, person, Say::new(text)).unwrap()
    }

    async fn send(&self, chat_id: i64, text: &str) -> Value {
        self.ok("sendMessage", json!({"chat_id": chat_id, "text": text})).await
    }
}

fn button(data: &str) -> Value {
    json!({"inline_keyboard": [[{"text": "b", "callback_data": data}]]})
}

#[tokio::test]
async fn messages_say_where_they_were_written() {
    let bench = start().await;
    let cases = [
        (GROUP, json!({"id": GROUP, "type": "group", "title": "Readers"})),
        (SUPER, json!({"id": SUPER, "type": "supergroup", "title": "Readers"})),
        (FORUM, json!({"id": FORUM, "type": "supergroup", "title": "Readers", "is_forum": true})),
    ];
    for (id, chat) in cases {
        bench.say(id, &ada(), "/help @footnote_bot");
        let message = bench.update().await["message"].clone();
        assert_eq!(message["chat"], chat);
        assert_eq!(message["from"], json!({"id": 1, "is_bot": false, "first_name": "Ada", "language_code": "zh-hans"}));
        let entity = |kind, offset, length| json!({"type": kind, "offset": offset, "length": length});
        assert_eq!(message["entities"], json!([entity("bot_command", 0, 5), entity("mention", 6, 13)]));
        let sent = bench.send(id, "there").await;
        for message in [&message, &sent] {
            for name in ["message_thread_id", "is_topic_message", "reply_to_message", "sender_chat"] {
                assert!(message.get(name).is_none(), "{name}: {message}");
            }
        }
        assert_eq!((&sent["chat"], &sent["from"]["id"]), (&chat, &json!(BOT)));
        assert_eq!(bench.ok("getChat", json!({"chat_id": id})).await["title"], "Readers");
    }
    let fake_telegram = &bench.server.fake_telegram;
    assert_eq!(fake_telegram.say_in(GROUP, &cyd(), Say::new("x")), Err(Denied("Only members can do that.")));
    assert_eq!(fake_telegram.say_in(-9, &ada(), Say::new("x")), Err(Denied("There is no such group.")));
    assert_eq!(bench.updates().await, [Value::Null; 0]);
    bench.server.check_schema();
}

#[tokio::test]
async fn an_administrator_can_write_as_the_group() {
    let bench = start().await;
    let say = || Say { as_chat: true, ..Say::new("/help") };
    bench.server.fake_telegram.say_in(SUPER, &ada(), say()).unwrap();
    let message = bench.update().await["message"].clone();
    assert_eq!((&message["from"]["id"], &message["from"]["is_bot"]), (&json!(1_087_968_824), &json!(true)));
    assert_eq!(message["sender_chat"], message["chat"]);
    let denied = Err(Denied("Only administrators can write as the group."));
    assert_eq!(bench.server.fake_telegram.say_in(SUPER, &bob(), say()), denied);
}

#[tokio::test]
async fn a_forum_has_topics() {
    let bench = start().await;
    let fake_telegram = &bench.server.fake_telegram;
    let topic = fake_telegram.add_topic(FORUM, &ada(), "Prices").unwrap();
    let opened = bench.update().await["message"].clone();
    assert_eq!(
        (&opened["forum_topic_created"]["name"], &opened["message_thread_id"]),
        (&json!("Prices"), &json!(topic))
    );
    let posted = fake_telegram.say_in(FORUM, &bob(), Say { thread: Some(topic), ..Say::new("/help") }).unwrap();
    let asked = bench.update().await["message"].clone();
    let place = |message: &Value| (message["message_thread_id"].clone(), message["is_topic_message"].clone());
    assert_eq!(place(&asked), (json!(topic), json!(true)));
    assert_eq!(asked["reply_to_message"]["message_id"], topic, "what answers nothing answers the topic's beginning");

    let send = |extra: Value| {
        let mut params = json!({"chat_id": FORUM, "text": "t"});
        params.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        params
    };
    let reply = json!({"message_id": posted.message_id});
    let cases = [
        // Each case: parameters of the bot's message, the expected `message_thread_id`, the
        // expected id of the message replied to.
        (json!({"message_thread_id": topic}), json!(topic), json!(topic)),
        (json!({"reply_parameters": reply}), json!(topic), json!(posted.message_id)),
        (json!({"message_thread_id": topic, "reply_parameters": reply}), json!(topic), json!(posted.message_id)),
        (json!({}), Value::Null, Value::Null),
    ];
    for (extra, thread, answered) in cases {
        let sent = bench.ok("sendMessage", send(extra.clone())).await;
        assert_eq!(sent["message_thread_id"], thread, "{extra}");
        assert_eq!(sent["reply_to_message"]["message_id"], answered, "{extra}");
        assert!(sent["reply_to_message"].get("reply_to_message").is_none());
    }
    let not_found = (400, "Bad Request: message thread not found".to_owned());
    for (chat_id, thread) in [(FORUM, 1), (FORUM, 99), (SUPER, topic), (GROUP, topic)] {
        let params = json!({"chat_id": chat_id, "message_thread_id": thread, "text": "t"});
        assert_eq!(bench.refused("sendMessage", params).await, not_found, "{chat_id} {thread}");
        let params = json!({"chat_id": chat_id, "message_thread_id": thread, "action": "typing"});
        assert_eq!(bench.refused("sendChatAction", params).await, not_found, "{chat_id} {thread}");
    }
    bench.ok("sendChatAction", json!({"chat_id": FORUM, "message_thread_id": topic, "action": "typing"})).await;
    let other = fake_telegram.add_topic(FORUM, &ada(), "Else").unwrap();
    let across = bench.ok("sendMessage", send(json!({"message_thread_id": other, "reply_parameters": reply}))).await;
    assert_eq!(across["external_reply"]["message_id"], posted.message_id);
    assert_eq!(across["message_thread_id"], other);

    // In a supergroup without topics, `message_thread_id` of a reply is the id of the first message
    // in the chain of replies. The field `is_topic_message` is absent.
    let first = bench.say(SUPER, &ada(), "/a").message_id;
    let params = json!({"chat_id": SUPER, "text": "t", "reply_parameters": {"message_id": first}});
    let sent = bench.ok("sendMessage", params).await;
    assert_eq!(place(&sent), (json!(first), Value::Null));
    let id = sent["message_id"].as_i64();
    fake_telegram.say_in(SUPER, &bob(), Say { reply_to: id, ..Say::new("and?") }).unwrap();
    assert_eq!(place(&bench.updates().await.pop().unwrap()["message"]), (json!(first), Value::Null));
    bench.server.check_schema();
}

#[tokio::test]
async fn privacy_mode_keeps_the_talk_of_others_away() {
    let bench = start().await;
    let fake_telegram = &bench.server.fake_telegram;
    assert_eq!(bench.ok("getMe", json!({})).await["can_read_all_group_messages"], false);
    let own = bench.send(SUPER, "mine").await["message_id"].as_i64();
    let command = bench.say(SUPER, &ada(), "/ask@footnote_bot what").message_id;
    let talk = bench.say(SUPER, &ada(), "good morning").message_id;
    let answer = |id: Option<i64>| Say { reply_to: id, ..Say::new("and why?") };
    let cases = [
        (Say::new("good morning"), false),
        (Say::new("/help"), true),
        (Say::new("see /help"), false),
        (Say::new("/help@footnote_bot"), true),
        (Say::new("/help@Footnote_Bot now"), true),
        (Say::new("try /help@footnote_bot"), true),
        (Say::new("/help@other_bot"), false),
        (Say::new("@footnote_bot what is Whisper"), true),
        (Say::new("what is Whisper @FOOTNOTE_BOT?"), true),
        (Say::new("@somebody_else hi"), false),
        (Say::new("write to footnote_bot"), false),
        (answer(own), true),
        (answer(Some(command)), true),
        (answer(Some(talk)), false),
        (Say { via_bot: true, ..Say::new("a card") }, true),
    ];
    bench.updates().await;
    for (say, seen) in &cases {
        let posted = fake_telegram.say_in(SUPER, &bob(), say.clone()).unwrap();
        assert_eq!(posted.update_id.is_some(), *seen, "{say:?}");
        assert_eq!(bench.updates().await.len(), usize::from(*seen), "{say:?}");
    }
    // After another bot has written in the group, a command without a bot name must not reach our
    // bot. After our bot has written again, such a command must reach our bot.
    fake_telegram.other_bot_says(SUPER, "@footnote_bot /help").unwrap();
    assert_eq!(bench.say(SUPER, &bob(), "/help").update_id, None);
    assert!(bench.say(SUPER, &bob(), "/help@footnote_bot").update_id.is_some());
    bench.send(SUPER, "here again").await;
    assert!(bench.say(SUPER, &bob(), "/help").update_id.is_some());
    // A user edits an old message so that the text mentions the bot. The message must reach the bot
    // as an `edited_message` update.
    assert!(fake_telegram.edit_in(SUPER, &ada(), talk, "@footnote_bot good morning").unwrap().update_id.is_some());
    assert_eq!(bench.updates().await.pop().unwrap()["edited_message"]["message_id"], talk);

    fake_telegram.set_bot_role(GROUP, &ada(), Role::Administrator).unwrap();
    assert!(bench.say(GROUP, &bob(), "good morning").update_id.is_some(), "an administrator sees everything");
    fake_telegram.set_privacy(false);
    assert!(bench.say(SUPER, &bob(), "good morning").update_id.is_some());
    assert_eq!(bench.ok("getMe", json!({})).await["can_read_all_group_messages"], true);
    bench.updates().await;
    bench.server.check_schema();
}

#[tokio::test]
async fn the_bot_is_told_where_it_comes_and_goes() {
    let bench = start().await;
    let fake_telegram = &bench.server.fake_telegram;
    let new = -60;
    fake_telegram.add_group(group(new, GroupKind::Group, None));
    assert_eq!(bench.say(new, &ada(), "@footnote_bot hi").update_id, None);
    let send = |chat_id: i64| json!({"chat_id": chat_id, "text": "t"});
    assert_eq!(bench.refused("sendMessage", send(new)).await, (400, "Bad Request: chat not found".to_owned()));

    fake_telegram.add_bot(new, &bob()).unwrap();
    let updates = bench.updates().await;
    let change = |update: &Value| {
        let change = &update["my_chat_member"];
        assert_eq!(change["new_chat_member"]["user"]["id"], BOT);
        (change["old_chat_member"]["status"].clone(), change["new_chat_member"]["status"].clone())
    };
    assert_eq!(change(&updates[0]), (json!("left"), json!("member")));
    assert_eq!(updates[0]["my_chat_member"]["from"]["id"], 2);
    assert_eq!(updates[1]["message"]["new_chat_members"][0]["id"], BOT);
    bench.send(new, "hello").await;
    assert_eq!(fake_telegram.add_bot(new, &bob()), Err(Denied("The bot is that already.")));

    fake_telegram.set_bot_role(new, &ada(), Role::Administrator).unwrap();
    assert_eq!(change(&bench.update().await), (json!("member"), json!("administrator")));
    fake_telegram.join(new, &cyd()).unwrap();
    assert_eq!(bench.update().await["message"]["new_chat_members"][0]["first_name"], "Cyd");
    assert_eq!(fake_telegram.join(new, &cyd()), Err(Denied("They cannot join, or are there already.")));
    fake_telegram.leave(new, &cyd()).unwrap();
    assert_eq!(bench.update().await["message"]["left_chat_member"]["id"], 3);

    for (chat_id, seen, description) in [
        (new, 2, "Forbidden: bot was kicked from the group chat"),
        (SUPER, 1, "Forbidden: bot was kicked from the supergroup chat"),
    ] {
        fake_telegram.remove_bot(chat_id, &ada()).unwrap();
        let updates = bench.updates().await;
        assert_eq!(updates.len(), seen);
        assert_eq!(change(&updates[0]).1, "kicked");
        for (method, params) in [("sendMessage", send(chat_id)), ("getChat", json!({"chat_id": chat_id}))] {
            assert_eq!(bench.refused(method, params).await, (403, description.to_owned()), "{method}");
        }
        assert_eq!(bench.say(chat_id, &ada(), "@footnote_bot hi").update_id, None);
        assert_eq!(fake_telegram.remove_bot(chat_id, &ada()), Err(Denied("The bot is not there.")));
    }
    fake_telegram.add_bot(new, &ada()).unwrap();
    assert_eq!(change(&bench.updates().await[0]), (json!("kicked"), json!("member")));
    bench.send(new, "again").await;
    bench.server.check_schema();
}

#[tokio::test]
async fn a_group_becomes_a_supergroup() {
    let bench = start().await;
    let fake_telegram = &bench.server.fake_telegram;
    let new = fake_telegram.migrate(GROUP).unwrap();
    assert!(new < -1_000_000_000_000);
    let updates = bench.updates().await;
    assert_eq!(updates[0]["message"]["chat"]["id"], GROUP);
    assert_eq!(updates[0]["message"]["migrate_to_chat_id"], new);
    assert_eq!(updates[1]["message"]["chat"], json!({"id": new, "type": "supergroup", "title": "Readers"}));
    assert_eq!(updates[1]["message"]["migrate_from_chat_id"], GROUP);

    let answer = bench.call("sendMessage", json!({"chat_id": GROUP, "text": "t"})).await;
    let description = "Bad Request: group chat was upgraded to a supergroup chat";
    let parameters = json!({"migrate_to_chat_id": new});
    assert_eq!(answer, json!({"ok": false, "error_code": 400, "description": description, "parameters": parameters}));
    bench.send(new, "t").await;
    assert!(bench.say(new, &bob(), "/help").update_id.is_some());
    assert_eq!(fake_telegram.say_in(GROUP, &bob(), Say::new("x")), Err(Denied("The group has become a supergroup.")));
    for chat_id in [GROUP, SUPER] {
        assert_eq!(fake_telegram.migrate(chat_id), Err(Denied("Only a basic group can become a supergroup.")));
    }
    bench.server.check_schema();
}

#[tokio::test]
async fn members_have_roles() {
    let bench = start().await;
    bench.server.fake_telegram.meet(&cyd());
    let status = async |user_id: i64| -> Value {
        let member = bench.ok("getChatMember", json!({"chat_id": SUPER, "user_id": user_id})).await;
        assert_eq!(member["user"]["id"], user_id);
        member["status"].clone()
    };
    for (user_id, expected) in [(1, "creator"), (2, "member"), (3, "left"), (BOT, "member")] {
        assert_eq!(status(user_id).await, expected, "{user_id}");
    }
    let unknown = (400, "Bad Request: PARTICIPANT_ID_INVALID".to_owned());
    assert_eq!(bench.refused("getChatMember", json!({"chat_id": SUPER, "user_id": 9})).await, unknown);
    bench.server.fake_telegram.set_bot_role(SUPER, &ada(), Role::Administrator).unwrap();
    assert_eq!(status(BOT).await, "administrator");
    let administrators = bench.ok("getChatAdministrators", json!({"chat_id": SUPER})).await;
    let ids: Vec<&Value> = administrators.as_array().unwrap().iter().map(|member| &member["user"]["id"]).collect();
    assert_eq!(ids, [1, BOT]);
    let none = (400, "Bad Request: there are no administrators in the private chat".to_owned());
    assert_eq!(bench.refused("getChatAdministrators", json!({"chat_id": 3})).await, none);
    let scope = json!({"type": "chat_administrators", "chat_id": SUPER});
    bench.ok("setMyCommands", json!({"commands": [{"command": "a", "description": "d"}], "scope": scope})).await;
    assert_eq!(bench.ok("getMyCommands", json!({"scope": scope})).await[0]["command"], "a");
    bench.server.check_schema();
}

#[tokio::test]
async fn an_answer_can_quote() {
    let bench = start().await;
    let fake_telegram = &bench.server.fake_telegram;
    let asked = bench.say(GROUP, &ada(), "/ask 😀 one two one").message_id;
    let bold = json!([{"type": "bold", "offset": 0, "length": 3}]);
    let params = json!({"chat_id": GROUP, "text": "one two", "entities": bold});
    let fat = bench.ok("sendMessage", params).await["message_id"].as_i64().unwrap();
    let send = |message_id: i64, quote: Value| {
        let mut reply = json!({"message_id": message_id});
        reply.as_object_mut().unwrap().extend(quote.as_object().unwrap().clone());
        json!({"chat_id": GROUP, "text": "t", "reply_parameters": reply})
    };
    let cases = [
        (asked, json!({"quote": "one"}), json!({"text": "one", "position": 8, "is_manual": true})),
        (
            asked,
            json!({"quote": "one", "quote_position": 14}),
            json!({"text": "one", "position": 16, "is_manual": true}),
        ),
        (asked, json!({"quote": "😀"}), json!({"text": "😀", "position": 5, "is_manual": true})),
        (asked, json!({"quote": ""}), Value::Null),
        (
            fat,
            json!({"quote": "one", "quote_entities": bold}),
            json!({"text": "one", "position": 0, "is_manual": true, "entities": bold}),
        ),
    ];
    for (message_id, quote, expected) in cases {
        let sent = bench.ok("sendMessage", send(message_id, quote.clone())).await;
        assert_eq!(sent["reply_to_message"]["message_id"], message_id);
        assert_eq!(sent["quote"], expected, "{quote}");
    }
    let wrong = (400, "Bad Request: QUOTE_TEXT_INVALID".to_owned());
    for (message_id, quote) in [
        (asked, json!({"quote": "three"})),
        (asked, json!({"quote": "One"})),
        (asked, json!({"quote": "one", "quote_entities": bold})),
        (fat, json!({"quote": "one"})),
    ] {
        assert_eq!(bench.refused("sendMessage", send(message_id, quote.clone())).await, wrong, "{quote}");
    }
    let say = |quote: &str| Say { reply_to: Some(fat), quote: Some(quote.to_owned()), ..Say::new("why?") };
    bench.updates().await;
    fake_telegram.say_in(GROUP, &bob(), say("one t")).unwrap();
    let message = bench.update().await["message"].clone();
    assert_eq!(message["quote"], json!({"text": "one t", "position": 0, "is_manual": true, "entities": bold}));
    assert_eq!(message["reply_to_message"]["message_id"], fat);
    assert_eq!(fake_telegram.say_in(GROUP, &bob(), say("x")), Err(Denied("The message does not have this part.")));

    // If the bot replies to a message of another chat, the reply must have the field
    // `external_reply` instead of `reply_to_message`.
    let elsewhere = json!({"message_id": asked, "chat_id": GROUP, "quote": "two"});
    let sent = bench.ok("sendMessage", json!({"chat_id": SUPER, "text": "t", "reply_parameters": elsewhere})).await;
    assert_eq!(sent["external_reply"]["origin"]["sender_user"]["id"], 1);
    assert_eq!(sent["quote"]["text"], "two");
    assert!(sent.get("reply_to_message").is_none());
    let gone = json!({"message_id": 99, "chat_id": GROUP, "allow_sending_without_reply": true});
    let params = json!({"chat_id": SUPER, "text": "t", "reply_parameters": gone});
    assert_eq!(bench.refused("sendMessage", params).await.1, "Bad Request: message to be replied not found");
    bench.server.check_schema();
}

#[tokio::test]
async fn buttons_and_deletions_in_groups() {
    let bench = start().await;
    let fake_telegram = &bench.server.fake_telegram;
    let params = json!({"chat_id": SUPER, "text": "t", "reply_markup": button("go")});
    let sent = bench.ok("sendMessage", params).await["message_id"].as_i64().unwrap();
    for person in [ada(), bob()] {
        let id = fake_telegram.press(&person, SUPER, sent, "go").unwrap();
        let query = bench.update().await["callback_query"].clone();
        assert_eq!((&query["from"]["id"], &query["message"]["chat"]["id"]), (&json!(person.id), &json!(SUPER)));
        bench.ok("answerCallbackQuery", json!({"callback_query_id": id, "text": "done"})).await;
    }
    assert_eq!(fake_telegram.press(&cyd(), SUPER, sent, "go"), Err(Denied("Only members can do that.")));
    let edit = json!({"chat_id": SUPER, "message_id": sent, "text": "u"});
    assert_eq!(bench.ok("editMessageText", edit).await["text"], "u");

    let delete = |message_id: i64| json!({"chat_id": SUPER, "message_id": message_id});
    let theirs = bench.say(SUPER, &ada(), "/x").message_id;
    let cant = (400, "Bad Request: message can't be deleted".to_owned());
    assert_eq!(bench.refused("deleteMessage", delete(theirs)).await, cant);
    bench.ok("deleteMessage", delete(sent)).await;
    fake_telegram.set_bot_role(SUPER, &ada(), Role::Administrator).unwrap();
    bench.ok("deleteMessage", delete(theirs)).await;
    assert_eq!(fake_telegram.history(SUPER), [Value::Null; 0]);
    bench.server.check_schema();
}

#[tokio::test]
async fn sending_can_be_limited() {
    let bench = start().await;
    for _ in 0..30 {
        bench.send(SUPER, "t").await;
    }
    bench.server.fake_telegram.limit_sending(SUPER, Some(2)).unwrap();
    bench.send(SUPER, "t").await;
    bench.send(SUPER, "t").await;
    let answer = bench.call("sendMessage", json!({"chat_id": SUPER, "text": "t"})).await;
    let wait = answer["parameters"]["retry_after"].as_i64().unwrap();
    assert!((1..=60).contains(&wait), "{answer}");
    assert_eq!(
        (&answer["error_code"], &answer["description"]),
        (&json!(429), &json!(format!("Too Many Requests: retry after {wait}")))
    );
    bench.send(GROUP, "elsewhere").await;
}

/// Returns an inline result with the keyboard `markup`, or without a keyboard if `markup` is null.
/// The bot can edit the message sent from an inline result only if the result has a keyboard.
fn card(markup: Value) -> Value {
    let content = json!({"message_text": "body"});
    let mut card = json!({"type": "article", "id": "r", "title": "T", "input_message_content": content});
    if !markup.is_null() {
        card["reply_markup"] = markup;
    }
    card
}

impl Bench {
    /// Sends an inline query as a user, and answers the query as the bot with one inline result.
    /// Returns the inline query that the bot received.
    async fn inline(&self, chat_id: i64, person: &Person, query: &str, markup: Value) -> Value {
        let id = self.server.fake_telegram.inline_in(chat_id, person, query, "").unwrap();
        let asked = self.update().await["inline_query"].clone();
        assert_eq!(asked["id"], id);
        self.ok("answerInlineQuery", json!({"inline_query_id": id, "results": [card(markup)]})).await;
        asked
    }
}

#[tokio::test]
async fn cards_can_be_sent_anywhere() {
    let bench = start().await;
    let fake_telegram = &bench.server.fake_telegram;
    let (away, pair) = (-1_000_000_000_070, -70);
    fake_telegram.add_group(group(away, GroupKind::Supergroup, None));
    fake_telegram.add_group(group(pair, GroupKind::Private, None));
    let cases = [
        // Each case: chat id, the expected `chat_type` of the inline query, whether the bot
        // receives the message that the user sends from the inline result.
        (GROUP, "group", true),
        (SUPER, "supergroup", true),
        (FORUM, "supergroup", true),
        (away, "supergroup", false),
        (pair, "private", false),
    ];
    for (chat_id, kind, seen) in cases {
        let query = format!("q{chat_id}");
        let asked = bench.inline(chat_id, &bob(), &query, button("go")).await;
        assert_eq!((&asked["chat_type"], &asked["from"]["language_code"]), (&json!(kind), &json!("en")));
        let posted = fake_telegram.choose_in(&bob(), chat_id, &query, "r").unwrap();
        let mut updates = bench.updates().await;
        let chosen = updates.pop().unwrap()["chosen_inline_result"].clone();
        assert_eq!((&chosen["result_id"], &chosen["from"]["id"]), (&json!("r"), &json!(2)));
        assert_eq!(updates.len(), usize::from(seen), "{chat_id}");
        for update in updates {
            assert_eq!(update["message"]["via_bot"]["id"], BOT);
            assert_eq!(update["message"]["message_id"], posted.message_id);
        }
        let name = chosen["inline_message_id"].as_str().unwrap();
        fake_telegram.press(&ada(), chat_id, posted.message_id, "go").unwrap();
        let pressed = bench.update().await["callback_query"].clone();
        assert_eq!((&pressed["inline_message_id"], &pressed["from"]["id"]), (&json!(name), &json!(1)));
        assert!(pressed.get("message").is_none());
        let edit = json!({"inline_message_id": name, "text": "edited", "reply_markup": button("on")});
        assert_eq!(bench.ok("editMessageText", edit).await, true);
        assert_eq!(bench.ok("editMessageReplyMarkup", json!({"inline_message_id": name})).await, true);
        let message = fake_telegram.history(chat_id).pop().unwrap();
        assert_eq!((&message["text"], message.get("reply_markup")), (&json!("edited"), None));
    }
    assert_eq!(fake_telegram.choose_in(&cyd(), SUPER, "q", "r"), Err(Denied("Only members can do that.")));
    assert_eq!(fake_telegram.choose_in(&bob(), SUPER, "q", "none"), Err(Denied("There is no such result.")));

    bench.inline(GROUP, &bob(), "plain", Value::Null).await;
    let posted = fake_telegram.choose_in(&bob(), GROUP, "plain", "r").unwrap();
    let chosen = bench.updates().await.pop().unwrap()["chosen_inline_result"].clone();
    assert!(chosen.get("inline_message_id").is_none(), "only a keyboard gives the bot something to edit");
    // Even with privacy mode on, a reply to a message sent from an inline result is delivered to
    // the bot.
    fake_telegram.say_in(GROUP, &ada(), Say { reply_to: Some(posted.message_id), ..Say::new("why?") }).unwrap();
    assert_eq!(bench.update().await["message"]["reply_to_message"]["via_bot"]["id"], BOT);

    fake_telegram.set_inline_feedback(false);
    bench.inline(away, &bob(), "quiet", button("go")).await;
    let posted = fake_telegram.choose_in(&bob(), away, "quiet", "r").unwrap();
    assert_eq!(posted.update_id, None);
    assert_eq!(bench.updates().await, [Value::Null; 0]);
    fake_telegram.press(&bob(), away, posted.message_id, "go").unwrap();
    assert!(bench.update().await["callback_query"]["inline_message_id"].is_string());
    bench.server.check_schema();
}

#[tokio::test]
async fn a_card_in_the_chat_with_the_bot() {
    let bench = start().await;
    let fake_telegram = &bench.server.fake_telegram;
    fake_telegram.say(&bob(), "hi");
    bench.updates().await;
    bench.inline(SUPER, &bob(), "q", button("go")).await;
    let posted = fake_telegram.choose_in(&bob(), 2, "q", "r").unwrap();
    let updates = bench.updates().await;
    assert_eq!(updates[0]["message"]["chat"]["id"], 2);
    assert_eq!(updates[1]["update_id"].as_i64(), posted.update_id);
    // All chats share one cache of inline answers. Another user who types the same query in another
    // chat must therefore get the cached answer.
    let id = fake_telegram.inline_in(GROUP, &ada(), "q", "").unwrap();
    assert_eq!(bench.updates().await, [Value::Null; 0]);
    let patience = std::time::Duration::ZERO;
    assert_eq!(fake_telegram.inline_answer(&id, patience).await.unwrap()["results"][0]["id"], "r");
}

#[tokio::test]
async fn an_answer_is_cached_only_for_its_time() {
    let bench = start().await;
    let fake_telegram = &bench.server.fake_telegram;
    let id = fake_telegram.inline_in(GROUP, &ada(), "q", "").unwrap();
    let answer = json!({"inline_query_id": id, "results": [card(Value::Null)], "cache_time": 1, "is_personal": true});
    bench.ok("answerInlineQuery", answer).await;
    bench.updates().await;
    fake_telegram.inline_in(SUPER, &ada(), "q", "").unwrap();
    assert_eq!(bench.updates().await, [Value::Null; 0], "the same person gets it from the cache");
    fake_telegram.inline_in(SUPER, &bob(), "q", "").unwrap();
    assert_eq!(bench.update().await["inline_query"]["from"]["id"], 2, "another one does not");
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    fake_telegram.inline_in(SUPER, &ada(), "q", "").unwrap();
    assert_eq!(bench.update().await["inline_query"]["from"]["id"], 1, "nor does anybody later");
}

#[tokio::test]
async fn a_long_quotation_can_be_folded() {
    let bench = start().await;
    let folded = json!([{"type": "expandable_blockquote", "offset": 0, "length": 4}]);
    let params = json!({"chat_id": GROUP, "text": "long", "entities": folded});
    assert_eq!(bench.ok("sendMessage", params).await["entities"], folded);
    bench.server.check_schema();
}
