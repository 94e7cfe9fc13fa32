//! Tests of the playground's local Bot API, which replaces Telegram's servers, and of the HTTP
//! endpoints of the playground's page.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use footnote_playground::{Attachment, Denied, FakeTelegram, Fault, FaultKind, Person};
use reqwest::{Client, RequestBuilder, Response, StatusCode};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

const TOKEN: &str = "4242:playground";
const TOO_OLD: &str = "Bad Request: query is too old and response timeout expired or query ID is invalid";
const NOT_MODIFIED: &str = "Bad Request: message is not modified: specified new message content and reply markup are \
                            exactly the same as a current content and reply markup of the message";
const OTHER_POLL: &str =
    "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running";

struct Server {
    fake_telegram: Arc<FakeTelegram>,
    http: Client,
    origin: String,
    stop: oneshot::Sender<()>,
    done: JoinHandle<std::io::Result<()>>,
}

impl Server {
    async fn start() -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let fake_telegram = FakeTelegram::new(TOKEN);
        let (stop, stopped) = oneshot::channel();
        let shutdown = async { stopped.await.unwrap_or_default() };
        let done = tokio::spawn(footnote_playground::serve(listener, fake_telegram.clone(), None, shutdown));
        Server { fake_telegram, http: Client::new(), origin, stop, done }
    }

    fn url(&self, method: &str) -> String {
        format!("{}/bot{TOKEN}/{method}", self.origin)
    }

    async fn call(&self, method: &str, params: Value) -> Value {
        self.http.post(self.url(method)).json(&params).send().await.unwrap().json().await.unwrap()
    }

    /// Calls a Bot API method that must succeed. Returns the field `result` of the response.
    async fn ok(&self, method: &str, params: Value) -> Value {
        let answer = self.call(method, params.clone()).await;
        assert_eq!(answer["ok"], true, "{method} {params}: {answer}");
        answer["result"].clone()
    }

    /// Calls a Bot API method that must fail. Returns the field `description` of the error
    /// response.
    async fn refused(&self, method: &str, params: Value) -> String {
        let answer = self.call(method, params.clone()).await;
        assert_eq!(answer["ok"], false, "{method} {params}: {answer}");
        answer["description"].as_str().unwrap().to_owned()
    }

    async fn text(&self, text: &str) -> Value {
        self.ok("sendMessage", json!({"chat_id": 1001, "text": text})).await
    }

    async fn updates(&self, offset: i64) -> Vec<Value> {
        self.ok("getUpdates", json!({"offset": offset})).await.as_array().unwrap().clone()
    }

    async fn page(&self, path: &str, body: Value) -> (StatusCode, Value) {
        let response = self.http.post(format!("{}/page/{path}", self.origin)).json(&body).send().await.unwrap();
        (response.status(), response.json().await.unwrap())
    }
}

/// Starts a local Bot API in which user 1001 has sent "hi" to the bot. The text is message 1 of the
/// private chat.
async fn talking() -> Server {
    let server = Server::start().await;
    server.fake_telegram.say(&you(), "hi");
    server
}

fn you() -> Person {
    Person::default()
}

async fn quickly<T>(work: impl Future<Output = T>) -> T {
    tokio::time::timeout(Duration::from_secs(20), work).await.expect("takes too long")
}

fn long(count: usize) -> String {
    "x".repeat(count)
}

fn button(data: &str) -> Value {
    json!({"inline_keyboard": [[{"text": "b", "callback_data": data}]]})
}

fn entity(kind: &str, offset: i64, length: i64) -> Value {
    json!({"type": kind, "offset": offset, "length": length})
}

fn article(id: &str) -> Value {
    json!({"type": "article", "id": id, "title": "T", "input_message_content": {"message_text": "body"}})
}

#[tokio::test]
async fn refusals_have_the_servers_texts() {
    let server = talking().await;
    server.text("mine").await;
    server.ok("sendMessage", json!({"chat_id": 1001, "text": "same", "reply_markup": button("d")})).await;
    let send = |extra: Value| {
        let mut params = json!({"chat_id": 1001, "text": "t"});
        params.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        ("sendMessage", params)
    };
    let keyboard = |buttons: Value| send(json!({"reply_markup": {"inline_keyboard": buttons}}));
    let one = |button: Value| keyboard(json!([[button]]));
    let edit = |message_id: i64, text: &str| {
        ("editMessageText", json!({"chat_id": 1001, "message_id": message_id, "text": text}))
    };
    let nine: Value = (0..9).map(|_| json!({"text": "b", "callback_data": "d"})).collect();
    let many: Value = (0..101).map(|_| json!([{"text": "b", "callback_data": "d"}])).collect();
    let commands =
        |command: &str, text: &str| ("setMyCommands", json!({"commands": [{"command": command, "description": text}]}));
    let cases = [
        // Invalid texts, chat ids and other parameters of `sendMessage`.
        (send(json!({"text": ""})), "message text is empty"),
        (("sendMessage", json!({"chat_id": 1001})), "message text is empty"),
        (send(json!({"text": " \n\u{200b} "})), "text must be non-empty"),
        (send(json!({"text": long(4097)})), "message is too long"),
        (send(json!({"text": "😀".repeat(2049)})), "message is too long"),
        (send(json!({"text": long(40_000)})), "text is too long"),
        (("sendMessage", json!({"text": "t"})), "chat_id is empty"),
        (send(json!({"chat_id": 77})), "chat not found"),
        (send(json!({"chat_id": "@nobody"})), "chat not found"),
        (send(json!({"parse_mode": "HTML"})), "not supported here: parse_mode"),
        (send(json!({"txet": "t"})), "not supported here: parameter \"txet\""),
        (
            send(json!({"protect_content": "maybe"})),
            "not supported here: parameter \"protect_content\" must be a Boolean",
        ),
        (send(json!({"link_preview_options": {"is_disabled": 1}})), "field \"is_disabled\" must be of type Boolean"),
        // Invalid `reply_parameters`.
        (send(json!({"reply_parameters": {"message_id": 99}})), "message to be replied not found"),
        (send(json!({"reply_parameters": {}})), "can't find field \"message_id\""),
        (send(json!({"reply_parameters": 3})), "object expected as reply parameters"),
        (send(json!({"reply_parameters": "{"})), "can't parse reply parameters JSON object"),
        // Invalid inline keyboards.
        (send(json!({"reply_markup": "{"})), "can't parse reply keyboard markup JSON object"),
        (send(json!({"reply_markup": []})), "object expected as reply markup"),
        (send(json!({"reply_markup": {"inline_keyboard": 1}})), "field \"inline_keyboard\" must be of type Array"),
        (
            keyboard(json!([{"text": "b"}])),
            "field \"inline_keyboard\" of the InlineKeyboardMarkup must be an Array of Arrays",
        ),
        (one(json!({"callback_data": "d"})), "can't parse inline keyboard button: Can't find field \"text\""),
        (one(json!({"text": "", "callback_data": "d"})), "inline keyboard button text must be non-empty"),
        (
            one(json!({"text": "b"})),
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (
            one(json!({"text": "b", "callback_data": ""})),
            "can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard",
        ),
        (
            one(json!({"text": "b", "callback_data": "d", "url": "https://example.com"})),
            "not supported here: more than one action of a button",
        ),
        (one(json!({"text": "b", "callback_data": long(65)})), "BUTTON_DATA_INVALID"),
        (one(json!({"text": "b", "callback_data": "知".repeat(22)})), "BUTTON_DATA_INVALID"),
        (
            one(json!({"text": "b", "url": "https://"})),
            "inline keyboard button URL 'https://' is invalid: URL host is empty",
        ),
        (
            one(json!({"text": "b", "url": "ftp://example.com"})),
            "inline keyboard button URL 'ftp://example.com' is invalid: Unsupported URL protocol",
        ),
        (
            one(json!({"text": "b", "url": "javascript:alert(1)"})),
            "inline keyboard button URL 'javascript:alert(1)' is invalid: Wrong port number specified in the URL",
        ),
        (
            one(json!({"text": "b", "url": "http://localhost"})),
            "inline keyboard button URL 'http://localhost' is invalid: Wrong HTTP URL",
        ),
        (keyboard(json!([nine])), "not supported here: more than 8 buttons in a row"),
        (keyboard(many), "reply markup is too long"),
        (
            send(json!({"reply_markup": {"force_reply": true}})),
            "not supported here: field \"force_reply\" in the reply markup",
        ),
        // Invalid edits and deletions of messages.
        (edit(99, "t"), "message to edit not found"),
        (edit(1, "t"), "message can't be edited"),
        (edit(2, "mine"), &NOT_MODIFIED["Bad Request: ".len()..]),
        (edit(2, " mine\n"), &NOT_MODIFIED["Bad Request: ".len()..]),
        (edit(2, &long(4097)), "MESSAGE_TOO_LONG"),
        (("editMessageText", json!({"text": "t"})), "message identifier is not specified"),
        (
            ("editMessageText", json!({"text": "t", "inline_message_id": "x"})),
            "invalid inline message identifier specified",
        ),
        (
            ("editMessageReplyMarkup", json!({"chat_id": 1001, "message_id": 3, "reply_markup": button("d")})),
            &NOT_MODIFIED["Bad Request: ".len()..],
        ),
        (("deleteMessage", json!({"chat_id": 1001, "message_id": 99})), "message to delete not found"),
        (("deleteMessage", json!({"message_id": 1})), "chat identifier is not specified"),
        (("deleteMessage", json!({"chat_id": 1001})), "message identifier is not specified"),
        // Invalid answers to callback queries and inline queries.
        (("answerCallbackQuery", json!({})), &TOO_OLD["Bad Request: ".len()..]),
        (("answerCallbackQuery", json!({"callback_query_id": "1", "text": long(201)})), "MESSAGE_TOO_LONG"),
        (("answerCallbackQuery", json!({"callback_query_id": "1", "url": "https://example.com"})), "URL_INVALID"),
        (("answerInlineQuery", json!({"inline_query_id": "1", "results": []})), &TOO_OLD["Bad Request: ".len()..]),
        // Invalid calls of `sendChatAction`, `getChat`, `getChatMember` and `getUpdates`.
        (("sendChatAction", json!({"chat_id": 1001, "action": "sleep"})), "wrong parameter action in request"),
        (("sendChatAction", json!({"chat_id": 77, "action": "typing"})), "chat not found"),
        (("getChat", json!({"chat_id": 77})), "chat not found"),
        (("getChatMember", json!({"chat_id": 1001})), "invalid user_id specified"),
        (("getChatMember", json!({"chat_id": 1001, "user_id": 5})), "PARTICIPANT_ID_INVALID"),
        (("getUpdates", json!({"timeout": "x"})), "not supported here: parameter \"timeout\" must be an Integer"),
        // Invalid commands and descriptions of the bot.
        (("setMyCommands", json!({"commands": 1})), "expected an Array of BotCommand"),
        (("setMyCommands", json!({"commands": "["})), "can't parse commands JSON object"),
        (
            ("setMyCommands", json!({"commands": [{"command": "a"}]})),
            "can't parse BotCommand: Can't find field \"description\"",
        ),
        (commands("Big", "d"), "BOT_COMMAND_INVALID"),
        (commands("", "d"), "command must be non-empty"),
        (commands(&long(33), "d"), "command length must not exceed 32"),
        (commands("a", " "), "command description must be non-empty"),
        (commands("a", &long(257)), "command description length must not exceed 256"),
        (("getMyCommands", json!({"scope": {"type": "x"}})), "can't parse BotCommandScope: Unsupported type specified"),
        (("getMyCommands", json!({"language_code": "english"})), "invalid language code specified"),
        (("setMyDescription", json!({"description": long(513)})), "description is too long"),
        (("setMyShortDescription", json!({"short_description": long(121)})), "short description is too long"),
    ];
    for ((method, params), expected) in cases {
        let expected = expected.replace("here: parse_mode", "here: parameter \"parse_mode\"");
        assert_eq!(
            server.refused(method, params.clone()).await,
            format!("Bad Request: {expected}"),
            "{method} {params}"
        );
    }
    assert_eq!(server.fake_telegram.history(1001).len(), 3, "a refused call changes nothing");
}

#[tokio::test]
async fn failures_carry_their_status() {
    let server = Server::start().await;
    let cases = [
        (format!("/bot{TOKEN}/noSuchMethod"), 404, "Not Found"),
        ("/bot1:wrong/getMe".to_owned(), 401, "Unauthorized"),
        ("/somewhere".to_owned(), 404, "Not Found"),
        (format!("/bot{TOKEN}/getChat?chat_id=5"), 400, "Bad Request: chat not found"),
    ];
    for (path, code, description) in cases {
        for request in [server.http.get(server.origin.clone() + &path), server.http.post(server.origin.clone() + &path)]
        {
            let response = request.send().await.unwrap();
            assert_eq!(response.status(), code, "{path}");
            let body: Value = response.json().await.unwrap();
            assert_eq!(body, json!({"ok": false, "error_code": code, "description": description}), "{path}");
        }
    }
}

#[tokio::test]
async fn methods_and_parameters_come_in_any_form() {
    let server = talking().await;
    for name in ["getMe", "getme", "GETME", "GetMe"] {
        let me = server.ok(name, json!({})).await;
        assert_eq!((&me["id"], &me["username"]), (&json!(4242), &json!("footnote_bot")));
        assert_eq!(me["supports_inline_queries"], true);
    }
    let markup = button("d").to_string();
    let multipart = format!(
        "--B\r\nContent-Disposition: form-data; name=\"chat_id\"\r\n\r\n1001\r\n--B\r\nContent-Disposition: form-data; \
         name=\"text\"\r\n\r\na b\r\n--B\r\nContent-Disposition: form-data; name=\"reply_markup\"\r\n\r\n{markup}\r\n--B--\r\n"
    );
    let url = server.url("sendMessage");
    let query = [("chat_id", "1001"), ("text", "a b"), ("reply_markup", &markup)];
    let requests: [(&str, RequestBuilder); 6] = [
        ("JSON", server.http.post(&url).json(&json!({"chat_id": 1001, "text": "a b", "reply_markup": button("d")}))),
        (
            "JSON in JSON",
            server.http.post(&url).json(&json!({"chat_id": "1001", "text": "a b", "reply_markup": markup})),
        ),
        ("form", server.http.post(&url).form(&query)),
        ("query", server.http.get(&url).query(&query)),
        ("query and body", server.http.post(&url).query(&query).json(&json!({"text": "loses"}))),
        ("multipart", server.http.post(&url).header("content-type", "multipart/form-data; boundary=B").body(multipart)),
    ];
    for (way, request) in requests {
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        assert_eq!(answer["result"]["text"], "a b", "{way}: {answer}");
        assert_eq!(answer["result"]["reply_markup"], button("d"), "{way}");
        let call = server.fake_telegram.calls().pop().unwrap();
        assert_eq!(call.method, "sendMessage");
        assert_eq!(call.params, json!({"chat_id": 1001, "text": "a b", "reply_markup": button("d")}), "{way}");
        assert_eq!(call.result, answer, "{way}");
    }
    for (body, description) in
        [("{", "Bad Request: can't parse JSON encoded parameters"), ("[1]", "Bad Request: JSON object expected")]
    {
        let request = server.http.post(&url).header("content-type", "application/json").body(body);
        let answer: Value = request.send().await.unwrap().json().await.unwrap();
        assert_eq!(answer["description"], description);
    }
}

#[tokio::test]
async fn updates_stay_until_confirmed() {
    let server = Server::start().await;
    let ids: Vec<i64> = (0..5).map(|n| server.fake_telegram.say(&you(), &format!("m{n}")).update_id).collect();
    assert_eq!(ids, (ids[0]..ids[0] + 5).collect::<Vec<_>>());
    let seen = |updates: Vec<Value>| -> Vec<i64> { updates.iter().map(|u| u["update_id"].as_i64().unwrap()).collect() };
    assert_eq!(seen(server.updates(0).await), ids);
    let limited = server.ok("getUpdates", json!({"limit": 2})).await;
    assert_eq!(seen(limited.as_array().unwrap().clone()), ids[..2]);
    assert_eq!(seen(server.updates(ids[2]).await), ids[2..], "the offset confirms what is before it");
    assert_eq!(seen(server.updates(0).await), ids[2..], "and it stays confirmed");
    assert_eq!(seen(server.updates(-1).await), ids[4..], "a negative one keeps the last");
    assert_eq!(server.fake_telegram.unconfirmed(), 1);
    let update = &server.updates(0).await[0];
    assert_eq!(update["message"]["text"], "m4");
    assert_eq!(update["message"]["from"]["language_code"], "en");
    let info = server.ok("getWebhookInfo", json!({})).await;
    assert_eq!(info, json!({"url": "", "has_custom_certificate": false, "pending_update_count": 1}));
    server.ok("deleteWebhook", json!({"drop_pending_updates": true})).await;
    assert_eq!(server.fake_telegram.unconfirmed(), 0);
}

#[tokio::test]
async fn a_poll_waits_and_a_second_one_ends_it() {
    let server = Server::start().await;
    let poll = |timeout: u32| {
        let request = server.http.post(server.url("getUpdates")).json(&json!({"timeout": timeout}));
        tokio::spawn(async move { request.send().await.unwrap().json::<Value>().await.unwrap() })
    };
    let started = Instant::now();
    assert_eq!(poll(1).await.unwrap(), json!({"ok": true, "result": []}));
    assert!(started.elapsed() >= Duration::from_secs(1));

    let first = poll(50);
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert!(!first.is_finished());
    let second = poll(50);
    let ended = quickly(first).await.unwrap();
    assert_eq!(ended, json!({"ok": false, "error_code": 409, "description": OTHER_POLL}));
    assert!(!second.is_finished());
    let sent = server.fake_telegram.say(&you(), "now");
    assert_eq!(quickly(second).await.unwrap()["result"][0]["update_id"], sent.update_id);
}

#[tokio::test]
async fn allowed_updates_hold_for_later_updates() {
    let server = Server::start().await;
    let person = you();
    let kinds = |updates: Vec<Value>| -> Vec<String> {
        let kind = |update: &Value| update.as_object().unwrap().keys().find(|key| *key != "update_id").unwrap().clone();
        updates.iter().map(kind).collect()
    };
    let sent = server.fake_telegram.say(&person, "a");
    server.ok("getUpdates", json!({"allowed_updates": ["edited_message"]})).await;
    server.fake_telegram.edit(&person, sent.message_id, "b").unwrap();
    let unwanted = server.fake_telegram.say(&person, "c");
    server.fake_telegram.inject(json!({"poll": {"id": "1"}}));
    assert_eq!(kinds(server.updates(0).await), ["message", "edited_message", "poll"]);
    server.ok("getUpdates", json!({"allowed_updates": [], "offset": unwanted.update_id + 2})).await;
    server.fake_telegram.say(&person, "d");
    assert_eq!(kinds(server.updates(0).await), ["message"], "an empty list means the default");
}

#[tokio::test]
async fn texts_are_kept_as_the_server_keeps_them() {
    let server = talking().await;
    let cases = [
        // Each case: the text and entities that the bot sends, the text and entities that the local
        // Bot API stores.
        ("  a b \n", json!([]), "a b", json!(null)),
        (" \n😀 bold  ", json!([entity("bold", 5, 6)]), "😀 bold", json!([entity("bold", 3, 4)])),
        ("  a", json!([entity("italic", 1, 2)]), " a", json!([entity("italic", 0, 2)])),
        ("a\r\nb", json!([entity("bold", 3, 1)]), "a\nb", json!([entity("bold", 2, 1)])),
        ("a\tb", json!([entity("code", 2, 1)]), "a b", json!([entity("code", 2, 1)])),
        ("a", json!([entity("bold", 0, 0)]), "a", json!(null)),
        ("a", json!([entity("mention", 0, 1)]), "a", json!(null)),
        (
            "link",
            json!([{"type": "text_link", "offset": 0, "length": 4, "url": "HTTPS://Example.com"}]),
            "link",
            json!([{"type": "text_link", "offset": 0, "length": 4, "url": "https://example.com/"}]),
        ),
        (
            "x = 1",
            json!([{"type": "pre", "offset": 0, "length": 5, "language": "rust"}]),
            "x = 1",
            json!([{"type": "pre", "offset": 0, "length": 5, "language": "rust"}]),
        ),
        (
            "bold italic",
            json!([entity("italic", 5, 6), entity("bold", 0, 11)]),
            "bold italic",
            json!([entity("bold", 0, 11), entity("italic", 5, 6)]),
        ),
        (
            "see /help and example.com",
            json!([entity("blockquote", 0, 25), entity("code", 4, 5)]),
            "see /help and example.com",
            json!([entity("blockquote", 0, 25), entity("code", 4, 5), entity("url", 14, 11)]),
        ),
    ];
    for (text, entities, kept, kept_entities) in cases {
        let message = server.ok("sendMessage", json!({"chat_id": 1001, "text": text, "entities": entities})).await;
        assert_eq!(message["text"], kept);
        assert_eq!(message["entities"], kept_entities, "{text:?}");
    }
    assert_eq!(server.text(&long(4096)).await["text"], long(4096));
    assert_eq!(server.text(&format!(" {} ", "😀".repeat(2048))).await["text"], "😀".repeat(2048));
}

#[tokio::test]
async fn wrong_entities_are_refused() {
    let server = talking().await;
    let link = |url: &str| json!({"type": "text_link", "offset": 0, "length": 1, "url": url});
    let cases = [
        // Each case: the entities that the bot sends with the text "a😀bcdef" (8 UTF-16 code units),
        // and the expected error.
        (json!("["), "can't parse entities JSON object"),
        (json!({}), "not supported here: entities must be an Array"),
        (json!([1]), "can't parse MessageEntity: expected an Object"),
        (json!([{"type": "bold", "length": 1}]), "can't parse MessageEntity: Can't find field \"offset\""),
        (
            json!([{"type": "bold", "offset": "0", "length": 1}]),
            "can't parse MessageEntity: Field \"offset\" must be a Number",
        ),
        (json!([entity("huge", 0, 1)]), "can't parse MessageEntity: Unsupported type specified"),
        (json!([entity("text_link", 0, 1)]), "can't parse MessageEntity: Can't find field \"url\""),
        (json!([link("http://")]), "entity URL 'http://' is invalid: URL host is empty"),
        (json!([link("http://a b.c")]), "entity URL 'http://a b.c' is invalid: Disallowed character in URL host"),
        (json!([entity("bold", -1, 1)]), "receive an entity with incorrect offset -1"),
        (json!([entity("bold", 0, -1)]), "receive an entity with incorrect length -1"),
        (
            json!([entity("bold", 5, 4)]),
            "entity beginning at UTF-16 offset 5 ends after the end of the text at UTF-16 offset 9",
        ),
        (json!([entity("bold", 9, 1)]), "entity begins after the end of the text at UTF-16 offset 9"),
        (json!([entity("bold", 2, 2)]), "entity begins in a middle of a UTF-16 symbol at byte offset 5"),
        (
            json!([entity("bold", 0, 2)]),
            "entity beginning at UTF-16 offset 0 ends in a middle of a UTF-16 symbol at byte offset 5",
        ),
        (json!([entity("bold", 0, 4), entity("italic", 3, 4)]), "not supported here: entities that overlap"),
        (json!([entity("code", 0, 4), entity("bold", 3, 1)]), "not supported here: entity bold inside code"),
        (json!([entity("bold", 0, 4), entity("pre", 3, 1)]), "not supported here: entity pre inside bold"),
        (
            json!([entity("blockquote", 0, 8), entity("expandable_blockquote", 3, 2)]),
            "not supported here: entity expandable_blockquote inside blockquote",
        ),
    ];
    for (entities, expected) in cases {
        let params = json!({"chat_id": 1001, "text": "a😀bcdef", "entities": entities});
        assert_eq!(server.refused("sendMessage", params).await, format!("Bad Request: {expected}"), "{entities}");
    }
}

#[tokio::test]
async fn commands_mentions_and_links_are_found() {
    let server = Server::start().await;
    let cases = [
        ("/start", vec![("bot_command", 0, 6)]),
        ("/start@footnote_bot abc", vec![("bot_command", 0, 19)]),
        ("😀 /help, /lang", vec![("bot_command", 3, 5), ("bot_command", 10, 5)]),
        ("a/b 1/2 //x </i>", vec![]),
        ("/start你好 x/start", vec![]),
        ("@footnote_bot whisper", vec![("mention", 0, 13)]),
        ("me@example.com", vec![]),
        ("https://example.com/a?b=c.", vec![("url", 0, 25)]),
        ("看 openai.com 吧", vec![("url", 2, 10)]),
        ("version 1.2 e.g. main.rs", vec![]),
    ];
    for (text, expected) in cases {
        let sent = server.fake_telegram.say(&you(), text);
        let message = server.fake_telegram.history(1001).pop().unwrap();
        assert_eq!(message["message_id"], sent.message_id);
        let expected: Vec<Value> =
            expected.iter().map(|(kind, offset, length)| entity(kind, *offset, *length)).collect();
        assert_eq!(message["entities"].as_array().cloned().unwrap_or_default(), expected, "{text}");
    }
}

#[tokio::test]
async fn messages_are_answered_edited_and_deleted() {
    let server = talking().await;
    let params = json!({"chat_id": 1001, "text": "t", "reply_parameters": {"message_id": 1}, "reply_markup": button("d"),
                        "protect_content": true, "link_preview_options": {"is_disabled": true}});
    let message = server.ok("sendMessage", params).await;
    assert_eq!(message["message_id"], 2);
    assert_eq!(message["from"]["id"], 4242);
    assert_eq!(message["chat"], json!({"id": 1001, "type": "private", "first_name": "You"}));
    assert_eq!(message["reply_to_message"]["text"], "hi");
    assert_eq!(message["has_protected_content"], true);
    assert_eq!(message["link_preview_options"], json!({"is_disabled": true}));
    let alone = json!({"chat_id": 1001, "text": "t",
                       "reply_parameters": {"message_id": 99, "allow_sending_without_reply": true}});
    assert!(server.ok("sendMessage", alone).await.get("reply_to_message").is_none());

    let edited = server.ok("editMessageText", json!({"chat_id": 1001, "message_id": 2, "text": "u"})).await;
    assert_eq!(edited["text"], "u");
    assert!(edited["edit_date"].is_i64());
    assert!(edited.get("reply_markup").is_none(), "an edit without a keyboard takes it away");
    let markup = json!({"chat_id": 1001, "message_id": 2, "reply_markup": button("e")});
    assert_eq!(server.ok("editMessageReplyMarkup", markup).await["reply_markup"], button("e"));
    let empty = json!({"chat_id": 1001, "message_id": 2, "reply_markup": {"inline_keyboard": [[]]}});
    assert!(server.ok("editMessageReplyMarkup", empty).await.get("reply_markup").is_none());

    assert_eq!(server.ok("deleteMessage", json!({"chat_id": 1001, "message_id": 1})).await, true);
    let left: Vec<Value> =
        server.fake_telegram.history(1001).iter().map(|message| message["message_id"].clone()).collect();
    assert_eq!(left, [2, 3]);

    let person = you();
    let sent = server.fake_telegram.say(&person, "mine");
    assert_eq!(sent.message_id, 4);
    assert_eq!(server.fake_telegram.edit(&person, 2, "x"), Err(Denied("Only own text messages can be edited.")));
    assert_eq!(server.fake_telegram.edit(&person, 99, "x"), Err(Denied("There is no such message.")));
    assert_eq!(server.fake_telegram.edit(&person, 4, "mine"), Err(Denied("The text is the same as before.")));
    server.fake_telegram.edit(&person, 4, "yours /help").unwrap();
    let update = server.updates(-1).await.remove(0);
    assert_eq!(update["edited_message"]["entities"], json!([entity("bot_command", 6, 5)]));
}

#[tokio::test]
async fn keyboards_take_what_the_server_takes() {
    let server = talking().await;
    let row: Value = (0..8).map(|n| json!({"text": n.to_string(), "callback_data": long(64)})).collect();
    let buttons = json!([
        row,
        [{"text": "u", "url": "example.com/x"}, {"text": "s", "switch_inline_query_current_chat": ""}],
        [{"text": "c", "copy_text": {"text": "copied"}, "style": "primary"}, {"text": "t", "url": "tg://resolve?domain=x"}],
        [],
    ]);
    let params = json!({"chat_id": 1001, "text": "t", "reply_markup": {"inline_keyboard": buttons}});
    let kept = server.ok("sendMessage", params).await["reply_markup"]["inline_keyboard"].clone();
    assert_eq!(kept.as_array().unwrap().len(), 3, "an empty row is dropped");
    assert_eq!(kept[0], row);
    assert_eq!(kept[1][0]["url"], "http://example.com/x");
    assert_eq!(kept[2][1]["url"], "tg://resolve?domain=x");
}

#[tokio::test]
async fn callbacks_are_answered_once_and_in_time() {
    let server = talking().await;
    let person = you();
    server.ok("sendMessage", json!({"chat_id": 1001, "text": "t", "reply_markup": button("go")})).await;
    assert_eq!(server.fake_telegram.press(&person, 1001, 2, "no"), Err(Denied("The message has no such button.")));
    let id = server.fake_telegram.press(&person, 1001, 2, "go").unwrap();
    let query = server.updates(-1).await.remove(0)["callback_query"].clone();
    assert_eq!((&query["id"], &query["data"]), (&json!(id), &json!("go")));
    assert_eq!(query["message"]["message_id"], 2);
    let answer = json!({"callback_query_id": id, "text": "知".repeat(200), "show_alert": true});
    assert_eq!(server.ok("answerCallbackQuery", answer.clone()).await, true);
    assert_eq!(server.refused("answerCallbackQuery", answer).await, TOO_OLD);
    let late = server.fake_telegram.press(&person, 1001, 2, "go").unwrap();
    server.fake_telegram.expire_queries();
    assert_eq!(server.refused("answerCallbackQuery", json!({"callback_query_id": late})).await, TOO_OLD);
}

#[tokio::test]
async fn inline_answers_are_checked() {
    let server = Server::start().await;
    let id = server.fake_telegram.inline(&you(), "w", "");
    let with = |name: &str, value: Value| {
        let mut result = article("1");
        result[name] = value;
        json!({"results": [result]})
    };
    let cant = "can't parse inline query result: ";
    let cases = [
        (
            json!({"results": (0..51).map(|n| article(&n.to_string())).collect::<Value>()}),
            "too many inline query results specified".to_owned(),
        ),
        (json!({"results": [article("1"), article("1")]}), "RESULT_ID_DUPLICATE".to_owned()),
        (json!({"results": [article(&long(65))]}), "RESULT_ID_INVALID".to_owned()),
        (json!({"results": [article("")]}), "RESULT_ID_EMPTY".to_owned()),
        (json!({"results": {}}), "expected an Array of inline query results".to_owned()),
        (json!({"results": [1]}), format!("{cant}Inline query result must be an object")),
        (with("type", json!("photo")), "not supported here: inline query result of type \"photo\"".to_owned()),
        (with("title", json!("")), "ARTICLE_TITLE_EMPTY".to_owned()),
        (with("title", json!(1)), format!("{cant}Field \"title\" must be of type String")),
        (with("tittle", json!("x")), "not supported here: field \"tittle\" of an inline query result".to_owned()),
        (with("input_message_content", json!({})), format!("{cant}Input message content is not specified")),
        (with("input_message_content", json!({"message_text": " "})), "text must be non-empty".to_owned()),
        (with("input_message_content", json!({"message_text": long(4097)})), "MESSAGE_TOO_LONG".to_owned()),
        (
            with("input_message_content", json!({"message_text": "x", "entities": [entity("bold", 0, 2)]})),
            "entity beginning at UTF-16 offset 0 ends after the end of the text at UTF-16 offset 2".to_owned(),
        ),
        (
            with("input_message_content", json!({"message_text": "x", "parse_mode": "HTML"})),
            "not supported here: parse_mode".to_owned(),
        ),
        (with("reply_markup", button(&long(65))), "BUTTON_DATA_INVALID".to_owned()),
        (json!({"results": [], "next_offset": long(65)}), "NEXT_OFFSET_INVALID".to_owned()),
        (
            json!({"results": [], "button": {"text": "b"}}),
            "can't parse inline query results button: InlineQueryResultsButton must have exactly one optional field"
                .to_owned(),
        ),
        (json!({"results": [], "button": {"text": "b", "start_parameter": "a b"}}), "START_PARAM_INVALID".to_owned()),
        (
            json!({"results": [], "button": {"text": "b", "start_parameter": long(65)}}),
            "START_PARAM_INVALID".to_owned(),
        ),
        (json!({"results": [], "button": {"text": "b", "start_parameter": ""}}), "START_PARAM_EMPTY".to_owned()),
    ];
    for (mut params, expected) in cases {
        params["inline_query_id"] = id.clone().into();
        assert_eq!(
            server.refused("answerInlineQuery", params.clone()).await,
            format!("Bad Request: {expected}"),
            "{params}"
        );
    }
    let good = json!({"inline_query_id": id, "results": [article("1"), article(&long(64))], "next_offset": "2",
                      "button": {"text": "More", "start_parameter": "a-B_1"}});
    assert_eq!(server.ok("answerInlineQuery", good.clone()).await, true);
    assert_eq!(server.refused("answerInlineQuery", good).await, TOO_OLD);
    let late = server.fake_telegram.inline(&you(), "late", "");
    server.fake_telegram.expire_queries();
    assert_eq!(server.refused("answerInlineQuery", json!({"inline_query_id": late})).await, TOO_OLD);
}

#[tokio::test]
async fn inline_results_are_cached_and_chosen() {
    let server = talking().await;
    let (you, other) = (you(), Person::new(7, "Other", "en"));
    let answer = async |id: &str, extra: Value| {
        let mut result = article("r");
        result["reply_markup"] = button("go");
        let mut params = json!({"inline_query_id": id, "results": [result]});
        params.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        server.ok("answerInlineQuery", params).await;
    };
    let now = Duration::ZERO;
    let first = server.fake_telegram.inline(&you, "q", "");
    let update = server.updates(-1).await.remove(0)["inline_query"].clone();
    assert_eq!((&update["id"], &update["query"], &update["offset"]), (&json!(first), &json!("q"), &json!("")));
    assert_eq!(server.fake_telegram.inline_answer(&first, now).await, None);
    answer(&first, json!({})).await;
    let shown = server.fake_telegram.inline_answer(&first, now).await.unwrap();
    assert_eq!((&shown["results"][0]["id"], &shown["next_offset"]), (&json!("r"), &json!("")));
    let cases = [
        // Each case: an inline query and the caching options of the bot's answer. Then whether the
        // answer is cached for the same user, and for another user.
        ("open", json!({}), true, true),
        ("personal", json!({"is_personal": true}), true, false),
        ("uncached", json!({"cache_time": 0}), false, false),
    ];
    for (query, extra, own, others) in cases {
        answer(&server.fake_telegram.inline(&you, query, ""), extra).await;
        for (person, cached) in [(&you, own), (&other, others)] {
            let waiting = server.fake_telegram.unconfirmed();
            let id = server.fake_telegram.inline(person, query, "");
            assert_eq!(server.fake_telegram.inline_answer(&id, now).await.is_some(), cached, "{query} {}", person.id);
            assert_eq!(server.fake_telegram.unconfirmed() == waiting, cached, "the cache keeps the query from the bot");
        }
        let other_page = server.fake_telegram.inline(&you, query, "10");
        assert_eq!(server.fake_telegram.inline_answer(&other_page, now).await, None);
    }

    assert_eq!(server.fake_telegram.choose(&you, "q", "none"), Err(Denied("There is no such result.")));
    let sent = server.fake_telegram.choose(&you, "q", "r").unwrap();
    let updates = server.updates(-2).await;
    let message = &updates[0]["message"];
    assert_eq!((&message["text"], &message["via_bot"]["id"]), (&json!("body"), &json!(4242)));
    let chosen = &updates[1]["chosen_inline_result"];
    assert_eq!((&chosen["result_id"], &chosen["query"]), (&json!("r"), &json!("q")));
    let name = chosen["inline_message_id"].as_str().unwrap();
    server.fake_telegram.press(&you, 1001, sent.message_id, "go").unwrap();
    let query = server.updates(-1).await.remove(0)["callback_query"].clone();
    assert_eq!(query["inline_message_id"], name);
    assert!(query.get("message").is_none());
    let edit = json!({"inline_message_id": name, "text": "edited"});
    assert_eq!(server.ok("editMessageText", edit).await, true);
    assert_eq!(server.fake_telegram.history(1001).pop().unwrap()["text"], "edited");
    let foreign = json!({"chat_id": 1001, "message_id": sent.message_id, "text": "x"});
    assert_eq!(server.refused("editMessageText", foreign).await, "Bad Request: message can't be edited");
}

#[tokio::test]
async fn the_profile_is_kept_per_scope_and_language() {
    let server = talking().await;
    let list = |name: &str| json!([{"command": name, "description": "d"}]);
    let chat = json!({"type": "chat", "chat_id": 1001});
    for (scope, language, name) in [
        (json!({"type": "default"}), "", "plain"),
        (json!({"type": "all_private_chats"}), "zh", "chinese"),
        (chat.clone(), "", "here"),
    ] {
        let params = json!({"commands": list(name), "scope": scope, "language_code": language});
        assert_eq!(server.ok("setMyCommands", params).await, true);
        let kept = server.ok("getMyCommands", json!({"scope": scope, "language_code": language})).await;
        assert_eq!(kept, list(name));
    }
    assert_eq!(server.ok("getMyCommands", json!({})).await, list("plain"), "the default scope");
    assert_eq!(server.ok("getMyCommands", json!({"language_code": "ru"})).await, json!([]));
    assert_eq!(hello(&server, "zh").await["chats"][0]["commands"], list("here"), "the narrowest scope comes first");
    server.ok("deleteMyCommands", json!({"scope": chat})).await;
    assert_eq!(hello(&server, "zh").await["chats"][0]["commands"], list("chinese"));
    assert_eq!(hello(&server, "en").await["chats"][0]["commands"], list("plain"));

    for (name, field) in [("Description", "description"), ("ShortDescription", "short_description")] {
        server.ok(&format!("setMy{name}"), json!({field: "about", "language_code": "en"})).await;
        assert_eq!(server.ok(&format!("getMy{name}"), json!({"language_code": "en"})).await, json!({field: "about"}));
        assert_eq!(server.ok(&format!("getMy{name}"), json!({})).await, json!({field: ""}));
    }
    let chat = server.ok("getChat", json!({"chat_id": 1001})).await;
    assert_eq!((&chat["type"], &chat["accent_color_id"]), (&json!("private"), &json!(0)));
    for (user_id, is_bot) in [(1001, false), (4242, true)] {
        let member = server.ok("getChatMember", json!({"chat_id": 1001, "user_id": user_id})).await;
        assert_eq!((&member["status"], &member["user"]["is_bot"]), (&json!("member"), &json!(is_bot)));
    }
}

#[tokio::test]
async fn faults_hit_the_planned_calls() {
    let server = talking().await;
    server.fake_telegram.meet(&Person::new(7, "Other", "en"));
    let plan = |times: u32, chat_id: Option<i64>, kind: FaultKind| {
        server.fake_telegram.fail(Fault { method: "sendmessage".to_owned(), chat_id, times, kind });
    };
    let send = async |chat_id: i64| -> reqwest::Result<Response> {
        let request = server.http.post(server.url("sendMessage"));
        request.json(&json!({"chat_id": chat_id, "text": "t"})).send().await
    };
    let refuse = FaultKind::Refuse {
        code: 429,
        description: "Too Many Requests: retry after 3".to_owned(),
        retry_after: Some(3),
    };
    plan(2, Some(7), refuse);
    assert_eq!(send(1001).await.unwrap().status(), 200, "another chat");
    for _ in 0..2 {
        let response = send(7).await.unwrap();
        assert_eq!(response.status(), 429);
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["parameters"], json!({"retry_after": 3}));
        assert_eq!(body["description"], "Too Many Requests: retry after 3");
    }
    assert_eq!(send(7).await.unwrap().status(), 200, "used up");

    plan(1, None, FaultKind::Status { code: 502, body: "<h1>Bad Gateway</h1>".to_owned() });
    let response = send(7).await.unwrap();
    assert_eq!(
        (response.status(), response.text().await.unwrap()),
        (StatusCode::BAD_GATEWAY, "<h1>Bad Gateway</h1>".into())
    );

    plan(1, None, FaultKind::Hang(Duration::from_millis(300)));
    let started = Instant::now();
    assert_eq!(send(7).await.unwrap().status(), 200);
    assert!(started.elapsed() >= Duration::from_millis(300));

    let count = || server.fake_telegram.history(7).len();
    let before = count();
    plan(1, None, FaultKind::Drop);
    assert!(send(7).await.is_err(), "no answer at all");
    assert_eq!(count(), before);
    assert_eq!(server.fake_telegram.calls().pop().unwrap().result, Value::Null);
    plan(1, None, FaultKind::DropAfter);
    assert!(send(7).await.is_err());
    assert_eq!(count(), before + 1, "the work was done");
    assert_eq!(server.fake_telegram.calls().pop().unwrap().result["ok"], true);
    let numbers: Vec<u64> = server.fake_telegram.calls().iter().map(|call| call.number).collect();
    assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>());
}

#[tokio::test]
async fn raw_updates_are_delivered_and_can_be_answered() {
    let server = Server::start().await;
    let group = json!({"id": -5, "type": "group", "title": "G"});
    let from = json!({"id": 9, "is_bot": false, "first_name": "N"});
    let first = server
        .fake_telegram
        .inject(json!({"message": {"message_id": 40, "date": 1, "chat": group, "from": from, "text": "x"}}));
    assert_eq!(server.fake_telegram.inject(json!({"from_the_future": {"a": [1]}})), first + 1);
    server
        .fake_telegram
        .inject(json!({"callback_query": {"id": "cb", "from": from, "chat_instance": "1", "data": "old"}}));
    server.fake_telegram.inject(json!({"inline_query": {"id": "iq", "from": from, "query": "q", "offset": ""}}));
    let updates = server.updates(0).await;
    assert_eq!(updates.len(), 4);
    assert_eq!(updates[1], json!({"update_id": first + 1, "from_the_future": {"a": [1]}}));
    let params = json!({"chat_id": -5, "text": "y", "reply_parameters": {"message_id": 40}});
    assert_eq!(server.ok("sendMessage", params).await["message_id"], 41);
    server.ok("answerCallbackQuery", json!({"callback_query_id": "cb"})).await;
    server.ok("answerInlineQuery", json!({"inline_query_id": "iq", "results": []})).await;
}

#[tokio::test]
async fn waiting_ends_with_the_change_or_the_timeout() {
    let server = Server::start().await;
    let fake_telegram = server.fake_telegram.clone();
    let waiting = tokio::spawn(async move {
        let found =
            |fake_telegram: &FakeTelegram| fake_telegram.history(1001).first().map(|message| message["text"].clone());
        fake_telegram.wait_until(Duration::from_secs(30), found).await
    });
    server.fake_telegram.say(&you(), "there");
    assert_eq!(quickly(waiting).await.unwrap().unwrap(), "there");
    assert_eq!(server.fake_telegram.wait_until(Duration::from_millis(50), |_| None::<()>).await, None);
}

#[tokio::test]
async fn the_bot_api_is_guarded_against_other_sites() {
    let server = Server::start().await;
    let url = format!("{}/bot{}/getMe", server.origin, server.fake_telegram.token());
    for (name, value) in [("host", "evil.example"), ("origin", "http://evil.example")] {
        let answer = server.http.post(&url).header(name, value).send().await.unwrap();
        assert_eq!(answer.status(), 403, "{name}: {value}");
    }
}

#[tokio::test]
async fn the_page_is_guarded_against_other_sites() {
    let server = Server::start().await;
    let host = server.origin.strip_prefix("http://").unwrap().to_owned();
    for (path, kind) in [("/", "text/html"), ("/page.css", "text/css"), ("/page.js", "text/javascript")] {
        let response = server.http.get(server.origin.clone() + path).send().await.unwrap();
        assert_eq!(response.status(), 200);
        let header = |name: &str| response.headers()[name].to_str().unwrap().to_owned();
        assert!(header("content-type").starts_with(kind));
        assert!(header("content-security-policy").starts_with("default-src 'self'"));
        assert_eq!(header("x-content-type-options"), "nosniff");
    }
    let body = json!({"text": "x", "language": "en"}).to_string();
    let json_type = "application/json";
    let cases = [
        // Each case: the request headers Host, Origin and Content-Type, and the expected HTTP
        // status.
        (host.as_str(), None, json_type, 200),
        (host.as_str(), Some(server.origin.as_str()), "application/json; charset=utf-8", 200),
        ("localhost:1", Some("http://localhost:1"), json_type, 200),
        ("[::1]:1", None, json_type, 200),
        ("evil.example", None, json_type, 403),
        ("127.0.0.1.evil.example", None, json_type, 403),
        ("10.0.0.1", None, json_type, 403),
        (host.as_str(), Some("http://evil.example"), json_type, 403),
        (host.as_str(), Some("null"), json_type, 403),
        (host.as_str(), Some("http://localhost:1"), json_type, 403),
        (host.as_str(), None, "text/plain", 403),
        (host.as_str(), None, "application/x-www-form-urlencoded", 403),
    ];
    for (host, origin, kind, status) in cases {
        let mut request = server.http.post(format!("{}/page/message", server.origin));
        request = request.header("host", host).header("content-type", kind).body(body.clone());
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), status, "{host} {origin:?} {kind}");
        let answer: Value = response.json().await.unwrap();
        assert_eq!(answer["error"].is_string(), status != 200, "{answer}");
    }
    let foreign = server.http.get(&server.origin).header("host", "evil.example").send().await.unwrap();
    assert_eq!(foreign.status(), 403);
}

#[tokio::test]
async fn the_page_does_what_a_person_does() {
    let server = Server::start().await;
    let ok = async |path: &str, body: Value| -> Value {
        let (status, answer) = server.page(path, body).await;
        assert_eq!(status, 200, "{path}: {answer}");
        answer
    };
    assert_eq!(ok("message", json!({"text": "你好", "language": "zh"})).await, json!({"message_id": 1}));
    ok("edit", json!({"message_id": 1, "text": "hello", "language": "en"})).await;
    for (number, kind) in [(2, "photo"), (3, "voice"), (4, "sticker")] {
        assert_eq!(ok("attach", json!({"kind": kind, "language": "en"})).await, json!({"message_id": number}));
    }
    let updates = server.updates(0).await;
    assert_eq!(updates[0]["message"]["from"]["language_code"], "zh-hans");
    assert_eq!(updates[1]["edited_message"]["from"], updates[0]["message"]["from"]);
    assert!(updates[2]["message"]["photo"][0]["file_id"].is_string());
    server.ok("sendMessage", json!({"chat_id": 1001, "text": "t", "reply_markup": button("go")})).await;
    let pressed = ok("press", json!({"message_id": 5, "data": "go", "language": "en"})).await;
    server.ok("answerCallbackQuery", json!({"callback_query_id": pressed["callback_query_id"]})).await;

    let asking = ok("inline", json!({"query": "q", "offset": "", "language": "en"}));
    let answering = async {
        let waits = |fake_telegram: &FakeTelegram| (fake_telegram.unconfirmed() == 7).then_some(());
        server.fake_telegram.wait_until(Duration::from_secs(5), waits).await.unwrap();
        let id = server.updates(-1).await[0]["inline_query"]["id"].clone();
        server.ok("answerInlineQuery", json!({"inline_query_id": id, "results": [article("r")]})).await;
    };
    let (shown, ()) = tokio::join!(asking, answering);
    assert_eq!(shown["results"][0]["title"], "T");
    assert_eq!(shown["next_offset"], "");
    assert!(shown.get("button").is_none());
    assert_eq!(ok("choose", json!({"query": "q", "result_id": "r", "language": "en"})).await, json!({"message_id": 6}));

    for (path, body) in [
        ("message", json!({"text": " ", "language": "en"})),
        ("message", json!({"text": "😀".repeat(2049), "language": "en"})),
        ("message", json!({"text": "x", "language": "fr"})),
        ("message", json!({"language": "en"})),
        ("edit", json!({"message_id": 5, "text": "not mine", "language": "en"})),
        ("press", json!({"message_id": 5, "data": "other", "language": "en"})),
        ("attach", json!({"kind": "film", "language": "en"})),
        ("inline", json!({"query": long(257), "offset": "", "language": "en"})),
        ("choose", json!({"query": "q", "result_id": "none", "language": "en"})),
    ] {
        let (status, answer) = server.page(path, body).await;
        assert_eq!(status, 400, "{path}: {answer}");
        assert!(answer["error"].is_string());
    }
}

struct Events {
    response: Response,
    buffer: String,
}

impl Events {
    async fn open(server: &Server, language: &str) -> Events {
        let url = format!("{}/page/events?language={language}", server.origin);
        let response = server.http.get(url).send().await.unwrap();
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        Events { response, buffer: String::new() }
    }

    /// Returns the JSON data of the next server-sent event, or `None` at the end of the stream.
    async fn next(&mut self) -> Option<Value> {
        loop {
            if let Some((event, rest)) = self.buffer.split_once("\n\n") {
                let value = event.strip_prefix("data: ").map(|data| serde_json::from_str(data).unwrap());
                self.buffer = rest.to_owned();
                return value;
            }
            let chunk = quickly(self.response.chunk()).await.unwrap()?;
            self.buffer.push_str(std::str::from_utf8(&chunk).unwrap());
        }
    }
}

async fn hello(server: &Server, language: &str) -> Value {
    let hello = Events::open(server, language).await.next().await.unwrap();
    assert_eq!(hello["kind"], "hello");
    hello
}

#[tokio::test]
async fn the_page_sees_everything_in_its_chat_and_nothing_else() {
    let server = talking().await;
    let mut events = Events::open(&server, "en").await;
    let hello = events.next().await.unwrap();
    assert_eq!(hello["bot"]["username"], "footnote_bot");
    assert_eq!(hello["person"], json!({"id": 1001, "first_name": "You"}));
    assert_eq!(hello["chats"][0]["messages"][0]["text"], "hi");
    assert_eq!(hello["chats"][0]["commands"], json!([]));

    server.fake_telegram.say(&Person::new(7, "Other", "en"), "secret");
    server.ok("sendMessage", json!({"chat_id": 7, "text": "also secret"})).await;
    server.ok("sendChatAction", json!({"chat_id": 1001, "action": "typing"})).await;
    server.ok("sendMessage", json!({"chat_id": 1001, "text": "t", "reply_markup": button("go")})).await;
    server
        .ok("editMessageText", json!({"chat_id": 1001, "message_id": 2, "text": "u", "reply_markup": button("go")}))
        .await;
    let id = server.fake_telegram.press(&you(), 1001, 2, "go").unwrap();
    server.ok("answerCallbackQuery", json!({"callback_query_id": id, "text": "done"})).await;
    server.ok("deleteMessage", json!({"chat_id": 1001, "message_id": 2})).await;
    assert_eq!(events.next().await.unwrap(), json!({"kind": "typing", "thread": null, "chat_id": 1001}));
    let sent = events.next().await.unwrap();
    assert_eq!((&sent["kind"], &sent["message"]["text"]), (&json!("message"), &json!("t")));
    let edited = events.next().await.unwrap();
    assert_eq!((&edited["kind"], &edited["message"]["text"]), (&json!("edited"), &json!("u")));
    let answered = json!({
        "kind": "callback_answer", "callback_query_id": id, "text": "done", "show_alert": false, "chat_id": 1001,
    });
    assert_eq!(events.next().await.unwrap(), answered);
    assert_eq!(events.next().await.unwrap(), json!({"kind": "deleted", "message_id": 2, "chat_id": 1001}));
}

#[tokio::test]
async fn shutdown_ends_everything_that_waits() {
    let server = talking().await;
    let offset = server.updates(0).await[0]["update_id"].as_i64().unwrap() + 1;
    // Asks only for messages, so that the inline query below does not end the long poll of
    // `getUpdates`.
    server.ok("getUpdates", json!({"offset": offset, "allowed_updates": ["message"]})).await;
    let mut events = Events::open(&server, "en").await;
    events.next().await.unwrap();
    server.fake_telegram.fail(Fault {
        method: "getMe".to_owned(),
        chat_id: None,
        times: 1,
        kind: FaultKind::Hang(Duration::from_secs(60)),
    });
    let waiting: Vec<_> = [("getUpdates", json!({"timeout": 50, "offset": offset})), ("getMe", json!({}))]
        .map(|(method, params)| tokio::spawn(server.http.post(server.url(method)).json(&params).send()))
        .into();
    let inline = json!({"query": "q", "offset": "", "language": "en"});
    let asked = tokio::spawn(server.http.post(format!("{}/page/inline", server.origin)).json(&inline).send());
    tokio::time::sleep(Duration::from_millis(500)).await;
    server.stop.send(()).unwrap();
    quickly(server.done).await.unwrap().unwrap();
    assert_eq!(events.next().await, None);
    for call in waiting {
        let answer: Value = quickly(call).await.unwrap().unwrap().json().await.unwrap();
        assert_eq!(answer["description"], "Internal Server Error: restart");
    }
    assert_eq!(quickly(asked).await.unwrap().unwrap().status(), 504);
}

#[test]
fn every_attachment_reaches_the_bot_as_a_message() {
    let fake_telegram = FakeTelegram::new(TOKEN);
    for kind in [Attachment::Photo, Attachment::Voice, Attachment::Sticker, Attachment::Document, Attachment::Location]
    {
        fake_telegram.attach(&you(), kind);
    }
    let kinds = ["photo", "voice", "sticker", "document", "location"];
    for (message, kind) in fake_telegram.history(1001).iter().zip(kinds) {
        assert!(message.get(kind).is_some() && message.get("text").is_none(), "{message}");
    }
    assert_eq!(fake_telegram.unconfirmed(), 5);
}
