//! The fake Bot API of the load test. The server checks nothing and responds at once, so that its
//! own cost hardly affects the measurements.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, VecDeque};
use std::rc::Rc;
use std::time::{Duration, Instant};

use footnote_loopback::{Connection, MAX_UPDATES};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

use crate::Result;

pub const TOKEN: &str = "424242:load";

/// Number of chats that ask questions in turn. The number is high enough to keep each chat below
/// the bot's rate limit.
const CHATS: i64 = 20_000;
const FIRST_CHAT: i64 = 100_000;
/// The fake Bot API. One thread serves requests, asks questions and counts answers.
pub struct Server {
    state: Rc<State>,
    port: u16,
    serving: tokio::task::AbortHandle,
}

#[derive(Default)]
struct State {
    questions: Vec<String>,
    /// Updates that the bot has not confirmed yet: the id and the JSON text.
    waiting: RefCell<VecDeque<(i64, String)>>,
    new: Notify,
    is_fetching: Cell<bool>,
    asked: Cell<i64>,
    /// Maps each chat to the times at which its open questions were asked, oldest first.
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
        // All tasks run on this thread, inside the `LocalSet` of `main`.
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

    /// Waits until the bot calls `getUpdates`.
    pub async fn fetching(&self, patience: Duration) -> Result<()> {
        self.until(patience, "it does not fetch", |state| state.is_fetching.get()).await
    }

    /// From now on, asks the bot a new question whenever fewer than `count` questions are without
    /// an answer.
    pub fn keep_open(&self, count: usize) {
        self.state.keep_open.set(count);
        self.state.fill();
    }

    pub fn ask(&self) {
        self.state.ask();
    }

    /// Returns the response times measured since the last call.
    pub fn take_waits(&self) -> Vec<Duration> {
        self.state.waits.take()
    }

    /// Waits until every question has an answer. Fails if a chat got more answers than it asked
    /// questions.
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
                    let batch: Vec<&str> =
                        waiting.iter().take(MAX_UPDATES).map(|(_, update)| update.as_str()).collect();
                    return footnote_loopback::updates(&batch);
                }
            }
            new.await;
        }
    }

    async fn call(&self, method: &str, body: &[u8]) -> String {
        match method {
            "getme" => footnote_loopback::me("Load"),
            "getupdates" => self.updates(number_after(body, b"\"offset\":").unwrap_or(0)).await,
            "sendmessage" => {
                let chat = number_after(body, b"\"chat_id\":").unwrap_or(0);
                self.answered(chat);
                footnote_loopback::sent(self.asked.get() + 1_000_000, chat)
            }
            _ => footnote_loopback::default_answer(method),
        }
    }
}

/// Returns the number after a key in JSON text. The number may be quoted.
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

async fn serve(stream: TcpStream, state: Rc<State>) -> Option<()> {
    let mut connection = Connection::new(stream)?;
    loop {
        let (method, body) = connection.request().await?;
        let answer = state.call(&method, body).await;
        connection.respond("200 OK", answer.len(), &answer).await?;
    }
}

/// Loads the questions of the development set, `tests/questions/dev.jsonl`.
fn questions() -> Result<Vec<String>> {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../questions/dev.jsonl");
    let text = std::fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
    let question = |line: &str| -> Option<String> {
        Some(serde_json::from_str::<serde_json::Value>(line).ok()?["question"].as_str()?.to_owned())
    };
    Ok(text.lines().filter_map(question).collect())
}
