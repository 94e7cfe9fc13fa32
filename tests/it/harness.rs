//! The test harness: runs the bot inside a test with its own database and local Bot API, or runs
//! the `footnote` binary as a process.
//!
//! `Bot::start().await` runs the bot inside the test. `bot.ask("…").await` sends a message to the
//! bot and returns the reply. `bot.stop()` stops the bot, and checks every Bot API call of the bot
//! against Telegram's schema.

use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use footnote::store::Store;
use footnote::telegram::{self, Api, BotToken, Serving};
use footnote_engine::engine::Engine;
use footnote_engine::knowledge;
use footnote_playground::{Call, FakeTelegram, Person};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::schema;

/// The bot token that the local Bot API accepts in tests.
pub const TOKEN: &str = "424242:integration-tests";

/// How long a test waits for an expected event before the test fails.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Returns an engine with the built-in knowledge base. All tests share one engine, since asking
/// does not change an engine.
pub fn engine() -> Arc<Engine> {
    static ENGINE: LazyLock<Arc<Engine>> = LazyLock::new(|| Arc::new(Engine::new(knowledge::embedded().knowledge)));
    Arc::clone(&ENGINE)
}

/// Returns an engine with the knowledge base in the folder `base` of `tests/bases`.
pub fn engine_over(base: &str) -> Arc<Engine> {
    let loaded = knowledge::load(&root().join("tests/bases").join(base)).expect("a base");
    assert!(loaded.is_whole(), "{:?}", loaded.diagnostics);
    Arc::new(Engine::new(loaded.knowledge))
}

/// The playground's local Bot API, which replaces Telegram's servers in tests, on a free port.
pub struct Server {
    pub fake_telegram: Arc<FakeTelegram>,
    pub address: SocketAddr,
    stop: CancellationToken,
}

impl Server {
    pub async fn start() -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound port");
        let fake_telegram = FakeTelegram::new(TOKEN);
        let stop = CancellationToken::new();
        let stopped = stop.clone();
        tokio::spawn(footnote_playground::serve(listener, Arc::clone(&fake_telegram), None, async move {
            stopped.cancelled().await
        }));
        Server { fake_telegram, address, stop }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Returns the bot's messages in a chat, oldest first.
    pub fn replies(&self, chat_id: i64) -> Vec<Value> {
        self.fake_telegram.history(chat_id).into_iter().filter(|m| m["from"]["is_bot"] == true).collect()
    }

    /// Waits until the bot has sent at least `count` messages to a chat. Returns the bot's messages
    /// in the chat, oldest first.
    pub async fn wait_for_replies(&self, chat_id: i64, count: usize) -> Vec<Value> {
        let enough = |_: &FakeTelegram| Some(self.replies(chat_id)).filter(|replies| replies.len() >= count);
        self.fake_telegram.wait_until(PATIENCE, enough).await.unwrap_or_else(|| {
            panic!("{count} messages were expected in chat {chat_id}, there are {:#?}", self.replies(chat_id))
        })
    }

    /// Waits until the bot has called the Bot API method `method` and `matches` is true for the
    /// call. Returns the call.
    pub async fn wait_for_call(&self, method: &str, matches: impl Fn(&Call) -> bool) -> Call {
        let find =
            |fake_telegram: &FakeTelegram| fake_telegram.calls().into_iter().find(|c| c.method == method && matches(c));
        self.fake_telegram.wait_until(PATIENCE, find).await.unwrap_or_else(|| panic!("no such call of {method}"))
    }

    /// Asserts that every Bot API call of the bot so far, and every returned result, conforms to
    /// Telegram's schema.
    #[track_caller]
    pub fn check_schema(&self) {
        let calls = self.fake_telegram.calls();
        let problems: Vec<String> = calls
            .iter()
            .flat_map(|call| {
                let mut problems = schema::check_call(&call.method, &call.params);
                if call.result["ok"] == true {
                    problems.extend(schema::check_result(&call.method, &call.result["result"]));
                }
                problems
            })
            .collect();
        assert!(problems.is_empty(), "calls that break Telegram's schema:\n{}", problems.join("\n"));
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop.cancel();
    }
}

/// The bot, running in the test process against its own local Bot API.
pub struct Bot {
    pub server: Server,
    pub person: Person,
    stop: CancellationToken,
    running: tokio::task::JoinHandle<Result<(), telegram::Stopped>>,
}

impl Bot {
    pub async fn start() -> Bot {
        Bot::start_with(engine(), Store::in_memory().await.expect("memory")).await
    }

    pub async fn start_with(engine: Arc<Engine>, store: Store) -> Bot {
        Bot::start_on(Server::start().await, engine, store).await
    }

    /// Starts the bot on a local Bot API that the test has prepared, for example with a group or a
    /// fault.
    pub async fn start_on(server: Server, engine: Arc<Engine>, store: Store) -> Bot {
        let api = Api::new(&server.url(), BotToken::parse(TOKEN).expect("a token")).expect("an address");
        let stop = CancellationToken::new();
        let running = tokio::spawn(telegram::run(api, Serving::new(engine, store), stop.clone(), |_| {}));
        Bot { server, person: Person::default(), stop, running }
    }

    /// Sends a message to the bot in the user's private chat. Returns the bot's reply.
    pub async fn ask(&self, text: &str) -> Value {
        let before = self.server.replies(self.person.id).len();
        self.server.fake_telegram.say(&self.person, text);
        self.server.wait_for_replies(self.person.id, before + 1).await.remove(before)
    }

    /// Presses the first button with this label under the message. Returns the message as it is
    /// after the press.
    pub async fn press(&self, message: &Value, label: &str) -> Value {
        let data = callback_data(message, label);
        let id = message["message_id"].as_i64().expect("a message");
        let query =
            self.server.fake_telegram.press(&self.person, self.person.id, id, &data).expect("a button of the message");
        self.server.wait_for_call("answerCallbackQuery", |c| c.params["callback_query_id"] == query.as_str()).await;
        self.server
            .fake_telegram
            .history(self.person.id)
            .into_iter()
            .find(|m| m["message_id"] == id)
            .expect("the message")
    }

    /// Stops the bot and checks every Bot API call of the bot against Telegram's schema.
    pub async fn stop(self) {
        let server = self.stop_unchecked().await;
        server.check_schema();
    }

    /// Stops the bot without the schema check, for tests that inject data which violates Telegram's
    /// schema.
    pub async fn stop_unchecked(self) -> Server {
        self.stop.cancel();
        self.running.await.expect("no panic").expect("a clean end");
        self.server
    }
}

/// Returns the labels of all buttons under a message.
pub fn labels(message: &Value) -> Vec<String> {
    buttons(message).map(|b| b["text"].as_str().unwrap_or_default().to_owned()).collect()
}

fn buttons(message: &Value) -> impl Iterator<Item = &Value> {
    message["reply_markup"]["inline_keyboard"]
        .as_array()
        .into_iter()
        .flatten()
        .flat_map(|row| row.as_array().into_iter().flatten())
}

/// Returns the text covered by each formatting entity of the type `kind`, such as `blockquote`.
pub fn covered(message: &Value, kind: &str) -> Vec<String> {
    let units: Vec<u16> = message["text"].as_str().unwrap_or_default().encode_utf16().collect();
    let entities = message["entities"].as_array().cloned().unwrap_or_default();
    let of_kind = entities.iter().filter(|e| e["type"] == kind);
    of_kind
        .map(|e| {
            let offset = e["offset"].as_u64().expect("an offset") as usize;
            let length = e["length"].as_u64().expect("a length") as usize;
            String::from_utf16_lossy(&units[offset..offset + length])
        })
        .collect()
}

#[track_caller]
pub fn callback_data(message: &Value, label: &str) -> String {
    let button = buttons(message).find(|b| b["text"] == label);
    let button = button.unwrap_or_else(|| panic!("no button `{label}`, only {:?}", labels(message)));
    button["callback_data"].as_str().expect("callback data").to_owned()
}

/// Returns a command that runs the `footnote` binary in a folder, with the bot's environment
/// variables unset.
pub fn footnote(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_footnote"));
    for name in [
        "TELOXIDE_TOKEN",
        "TELOXIDE_API_URL",
        "DATABASE_URL",
        "FOOTNOTE_HTTP",
        "FOOTNOTE_KEEP_QUESTIONS",
        "FOOTNOTE_KNOWLEDGE",
        "FOOTNOTE_LOG",
        "FOOTNOTE_LOG_FORMAT",
        "FOOTNOTE_PLAYGROUND",
        "FOOTNOTE_WEBHOOK",
        "FOOTNOTE_WEBHOOK_SECRET",
    ] {
        command.env_remove(name);
    }
    // All processes of a test run share one cache of trained models, because training takes time.
    command.env("XDG_CACHE_HOME", concat!(env!("CARGO_TARGET_TMPDIR"), "/cache")).env_remove("CACHE_DIRECTORY");
    command.current_dir(folder).stdin(Stdio::null());
    command
}

/// Returns the root folder of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
