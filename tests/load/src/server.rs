//! As little of a Bot API as a bot can live with, and as fast as that can be.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use crate::Result;

pub const TOKEN: &str = "424242:load";

/// So many chats ask in turn: none faster than the bot may answer it.
const CHATS: i64 = 20_000;
const FIRST_CHAT: i64 = 100_000;
/// As many updates Telegram gives at once.
const BATCH: usize = 100;

const ME: &str = r#"{"ok":true,"result":{"id":424242,"is_bot":true,"first_name":"Load","username":"load_bot","can_join_groups":true,"can_read_all_group_messages":false,"supports_inline_queries":true,"can_connect_to_business":false,"has_main_web_app":false}}"#;

/// One thread serves, asks and counts.
pub struct Server {
    state: Rc<State>,
    port: u16,
    serving: tokio::task::AbortHandle,
}

#[derive(Default)]
struct State {
    questions: Vec<String>,
    /// Updates that are not confirmed.
    waiting: RefCell<VecDeque<(i64, String)>>,
    new: Notify,
    is_fetching: Cell<bool>,
    asked: Cell<i64>,
    /// When what is open in a chat was asked, oldest first.
    open: RefCell<HashMap<i64, VecDeque<Instant>>>,
    waits: RefCell<Vec<Duration>>,
    unasked: Cell<u64>,
    keep_open: Cell<usize>,
    open_count: Cell<usize>,
}

impl Server {
    pub async fn start() -> Result<Server> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let state = Rc::new(State { questions: questions()?, ..State::default() });
        let local = Rc::clone(&state);
        // Everything is on this one thread, inside `main`'s `LocalSet`.
        let serving = tokio::task::spawn_local(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::task::spawn_local(serve(stream, Rc::clone(&local)));
            }
        });
        Ok(Server { state, port, serving: serving.abort_handle() })
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Waits until the bot fetches updates.
    pub async fn fetching(&self, patience: Duration) -> Result<()> {
        self.until(patience, "it does not fetch", |state| state.is_fetching.get()).await
    }

    /// From now on as many questions are open at any time.
    pub fn keep_open(&self, count: usize) {
        self.state.keep_open.set(count);
        self.state.fill();
    }

    pub fn ask(&self) {
        self.state.ask();
    }

    /// How long those waited that were answered since the last time.
    pub fn take_waits(&self) -> Vec<Duration> {
        self.state.waits.take()
    }

    /// Waits until no question is open, and finds out whether each was answered once.
    pub async fn all_answered(&self, patience: Duration) -> Result<()> {
        self.until(patience, "questions stay without an answer", |state| state.open_count.get() == 0).await?;
        match self.state.unasked.get() {
            0 => Ok(()),
            more => Err(format!("{more} answers to no question").into()),
        }
    }

    async fn until(&self, patience: Duration, otherwise: &str, is_so: impl Fn(&State) -> bool) -> Result<()> {
        let began = Instant::now();
        while !is_so(&self.state) {
            if began.elapsed() > patience {
                return Err(otherwise.into());
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

impl State {
    fn fill(&self) {
        while self.open_count.get() < self.keep_open.get() {
            self.ask();
        }
    }

    fn ask(&self) {
        let number = self.asked.get() + 1;
        self.asked.set(number);
        let chat = FIRST_CHAT + number % CHATS;
        let text = &self.questions[usize::try_from(number).unwrap_or(0) % self.questions.len()];
        let update = serde_json::json!({"update_id": number, "message": {
            "message_id": number, "date": 1_700_000_000, "text": text,
            "chat": {"id": chat, "type": "private", "first_name": "Person"},
            "from": {"id": chat, "is_bot": false, "first_name": "Person", "language_code": "en"},
        }});
        self.open.borrow_mut().entry(chat).or_default().push_back(Instant::now());
        self.open_count.set(self.open_count.get() + 1);
        self.waiting.borrow_mut().push_back((number, update.to_string()));
        self.new.notify_one();
    }

    fn answered(&self, chat: i64) {
        match self.open.borrow_mut().get_mut(&chat).and_then(VecDeque::pop_front) {
            Some(asked) => {
                self.waits.borrow_mut().push(asked.elapsed());
                self.open_count.set(self.open_count.get() - 1);
            }
            None => self.unasked.set(self.unasked.get() + 1),
        }
        self.fill();
    }

    async fn updates(&self, offset: i64) -> String {
        self.is_fetching.set(true);
        loop {
            let new = self.new.notified();
            {
                let mut waiting = self.waiting.borrow_mut();
                while waiting.front().is_some_and(|(id, _)| *id < offset) {
                    waiting.pop_front();
                }
                if !waiting.is_empty() {
                    let batch: Vec<&str> = waiting.iter().take(BATCH).map(|(_, update)| update.as_str()).collect();
                    return format!(r#"{{"ok":true,"result":[{}]}}"#, batch.join(","));
                }
            }
            new.await;
        }
    }

    async fn call(&self, method: &str, body: &[u8]) -> String {
        match method.to_ascii_lowercase().as_str() {
            "getme" => ME.to_owned(),
            "getupdates" => self.updates(number_after(body, b"\"offset\":").unwrap_or(0)).await,
            "sendmessage" => {
                let chat = number_after(body, b"\"chat_id\":").unwrap_or(0);
                self.answered(chat);
                format!(
                    r#"{{"ok":true,"result":{{"message_id":{},"date":1700000000,"chat":{{"id":{chat},"type":"private","first_name":"Person"}},"text":"…"}}}}"#,
                    self.asked.get() + 1_000_000
                )
            }
            "getmycommands" => r#"{"ok":true,"result":[]}"#.to_owned(),
            get if get.starts_with("get") => {
                r#"{"ok":true,"result":{"description":"","short_description":""}}"#.to_owned()
            }
            _ => r#"{"ok":true,"result":true}"#.to_owned(),
        }
    }
}

/// The number after a key, wherever it stands; a string of digits too.
fn number_after(body: &[u8], key: &[u8]) -> Option<i64> {
    let at = body.windows(key.len()).position(|window| window == key)? + key.len();
    let digits: String = body[at..]
        .iter()
        .map(|b| char::from(*b))
        .skip_while(|c| *c == '"')
        .take_while(|c| c.is_ascii_digit() || *c == '-')
        .collect();
    digits.parse().ok()
}

/// Requests with a `Content-Length`, one after the other.
async fn serve(mut stream: TcpStream, state: Rc<State>) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut read = Vec::with_capacity(16_384);
    loop {
        let head = loop {
            if let Some(end) = read.windows(4).position(|window| window == b"\r\n\r\n") {
                break end + 4;
            }
            if stream.read_buf(&mut read).await.ok()? == 0 {
                return None;
            }
        };
        let lines = String::from_utf8_lossy(&read[..head]).into_owned();
        let method = lines.split_whitespace().nth(1)?.rsplit('/').next()?.to_owned();
        let length = lines.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
        });
        let end = head + length.unwrap_or(0);
        while read.len() < end {
            if stream.read_buf(&mut read).await.ok()? == 0 {
                return None;
            }
        }
        let answer = state.call(&method, &read[head..end]).await;
        let response = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{answer}",
            answer.len()
        );
        stream.write_all(response.as_bytes()).await.ok()?;
        read.drain(..end);
    }
}

/// What people asked.
fn questions() -> Result<Vec<String>> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../questions/dev.jsonl");
    let text = std::fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
    let question = |line: &str| -> Option<String> {
        Some(serde_json::from_str::<serde_json::Value>(line).ok()?["question"].as_str()?.to_owned())
    };
    Ok(text.lines().filter_map(question).collect())
}
