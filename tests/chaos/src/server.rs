//! The fake Bot API of the chaos test. The server injects faults, and reports every question and
//! answer to the oracle.

use std::collections::{HashMap, VecDeque};
use std::process::Command;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use footnote_loopback::{Connection, MAX_UPDATES};
use serde_json::{Value, json};
use tokio::io::AsyncReadExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, Semaphore};

use crate::deliver;
use crate::faults::{Fault, FaultConfig, Point};
use crate::oracle::Oracle;

pub const TOKEN: &str = "424242:chaos_token_chaos_token_chaos_token";

/// Maximum number of concurrent webhook deliveries. Telegram's default is also 40.
const CONNECTIONS: usize = 40;
/// If the bot is killed within this time after sending a message, its database may not record the
/// message as sent. Then the bot sends the message again after the restart.
pub const UNSETTLED: Duration = Duration::from_millis(100);

/// The fake Bot API. Dropping this value stops the server.
pub struct Server {
    pub shared: Arc<SharedState>,
    port: u16,
    serving: tokio::task::AbortHandle,
}

/// State that all connections of the server share.
pub struct SharedState {
    state: Mutex<State>,
    new: Notify,
    pub room: Semaphore,
}

#[derive(Default)]
pub struct State {
    pub oracle: Oracle,
    pub faults: FaultConfig,
    last_id: i64,
    /// Updates that the bot has not confirmed: the id, the JSON text, and the time at which the
    /// update expires.
    waiting: VecDeque<(i64, String, Option<Instant>)>,
    /// Webhook ports of the bot's replicas. Empty if the bot polls for updates.
    pub replicas: Vec<u16>,
    pub turn: usize,
    pub lanes: HashMap<i64, VecDeque<(i64, String)>>,
    pub statuses: HashMap<u16, u64>,
    /// Time at which the webhook last accepted an update with status 200.
    pub taken_at: Option<Instant>,
    pub calls: HashMap<String, u64>,
    pub fetches: Vec<Instant>,
    /// Times at which the bot sent its latest messages, for counting the messages sent shortly
    /// before a kill.
    sends: VecDeque<Instant>,
    /// Number of `sendMessage` calls that the server executed although the bot got no valid
    /// response.
    pub unknown: u64,
    /// Number of messages that the bot sent to a chat before the `retry_after` of an earlier error
    /// 429 was over.
    pub early: u64,
    pub pause_sends: Vec<Instant>,
    /// Calls on stalled connections: the method, and how long the bot waited before closing the
    /// connection.
    pub stalls: Vec<(String, Duration)>,
    /// Number of updates with an expiry that `getUpdates` returned, repeats included.
    pub perishable: u64,
    /// How often the bot answered each callback query and inline query, by the id of the query.
    pub acknowledged: HashMap<String, u64>,
    pub keyboards: HashMap<i64, Value>,
    /// The first message that the bot sent to each chat.
    pub seen: HashMap<i64, String>,
    /// Groups that became supergroups: maps the old chat id to the new chat id.
    moved: HashMap<i64, i64>,
    pub edits: u64,
    pub is_closed: bool,
    /// Number of processes killed at a `Point`. Requests on a connection opened before a kill are
    /// dropped, because the killed process sent them.
    deaths: u64,
}

impl Server {
    pub async fn start() -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("a bound port").port();
        let shared =
            Arc::new(SharedState { state: Mutex::default(), new: Notify::new(), room: Semaphore::new(CONNECTIONS) });
        let local = Arc::clone(&shared);
        let serving = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&local)));
            }
        });
        Server { shared, port, serving: serving.abort_handle() }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.shared.state()
    }

    /// Sends the chat's next question to the bot. A group sends the question as an `/ask` command.
    pub fn ask(&self, chat: i64) {
        let mut state = self.state();
        let id = state.last_id + 1;
        let text = state.oracle.ask(chat, id).to_owned();
        self.shared.hand(&mut state, chat, message(id, chat, &text), None);
    }

    /// Sends a message to the bot. The oracle does not record the message as a question.
    pub fn say(&self, chat: i64, text: &str) {
        let mut state = self.state();
        let id = state.last_id + 1;
        self.shared.hand(&mut state, chat, message(id, chat, text), None);
    }

    /// Sends an update of any kind to the bot, with the next `update_id`. Returns this id.
    pub fn update(&self, lane: i64, update: Value, lives: Option<Duration>) -> i64 {
        let mut state = self.state();
        self.shared.hand(&mut state, lane, update, lives);
        state.last_id
    }

    /// Sends `count` inline queries to the bot at once, all from one user or each from another
    /// user. The queries expire after `lives`. Returns their ids.
    pub fn look_ups(&self, first_person: i64, count: i64, is_by_one: bool, lives: Option<Duration>) -> Vec<String> {
        let mut state = self.state();
        (0..count)
            .map(|number| {
                let person = if is_by_one { first_person } else { first_person + number };
                let id = format!("look-up {}", state.last_id + 1);
                let from = json!({"id": person, "is_bot": false, "first_name": "Person", "language_code": "en"});
                let update = json!({"inline_query": {"id": id, "query": "whisper", "offset": "", "from": from}});
                self.shared.hand(&mut state, person, update, lives);
                id
            })
            .collect()
    }

    /// Turns a group into a supergroup, and sends the service messages that Telegram sends in both
    /// chats. Returns the new chat id.
    pub fn migrate(&self, chat: i64) -> i64 {
        let new = chat - 1_000_000_000_000;
        self.state().moved.insert(chat, new);
        let person = json!({"id": 1_087_968_824, "is_bot": true, "first_name": "Group"});
        for (chat, kind, says, other) in
            [(chat, "group", "migrate_to_chat_id", new), (new, "supergroup", "migrate_from_chat_id", chat)]
        {
            let chat_is = json!({"id": chat, "type": kind, "title": "Group"});
            let message = json!({"message_id": 1, "date": date(), "chat": chat_is, "sender_chat": chat_is, "from": person, says: other});
            self.update(chat, json!({"message": message}), None);
        }
        new
    }

    /// Number of messages that the bot's database may not record as sent if the bot is killed now.
    pub fn unsettled(&self) -> u64 {
        self.state().sends.iter().filter(|at| at.elapsed() < UNSETTLED).count() as u64
    }

    /// Waits until the bot has answered every question. Returns false after `patience`.
    pub async fn answered(&self, patience: Duration) -> bool {
        self.until(patience, |state| state.oracle.open() == 0).await
    }

    pub async fn until(&self, patience: Duration, mut is_so: impl FnMut(&State) -> bool) -> bool {
        let began = Instant::now();
        while !is_so(&self.state()) {
            if began.elapsed() > patience {
                return false;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        true
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.serving.abort();
        self.state().is_closed = true;
    }
}

/// Returns the current Unix time, for the date of a message. The bot's rate limit uses this date.
fn date() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

fn message(id: i64, chat: i64, text: &str) -> Value {
    // Each group has its own user, since the rate limit counts a user's questions over all groups.
    let person = if chat > 0 { chat.unsigned_abs() } else { chat.unsigned_abs() % 999_999_937 };
    let (chat, text) = if chat < 0 {
        let kind = if chat < -1_000_000_000_000 { "supergroup" } else { "group" };
        (json!({"id": chat, "type": kind, "title": "Group"}), format!("/ask {text}"))
    } else {
        (json!({"id": chat, "type": "private", "first_name": "Person"}), text.to_owned())
    };
    let from = json!({"id": person, "is_bot": false, "first_name": "Person", "language_code": "en"});
    let mut message = json!({"message_id": id, "date": date(), "text": text, "chat": chat, "from": from});
    if text.starts_with('/') {
        message["entities"] = json!([{"type": "bot_command", "offset": 0, "length": 4}]);
    }
    json!({"message": message})
}

impl SharedState {
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hand(self: &Arc<Self>, state: &mut State, lane: i64, mut update: Value, lives: Option<Duration>) {
        state.last_id += 1;
        let id = state.last_id;
        if let Some(fields) = update.as_object_mut() {
            fields.insert("update_id".to_owned(), json!(id));
        }
        if state.replicas.is_empty() {
            state.waiting.push_back((id, update.to_string(), lives.map(|lives| Instant::now() + lives)));
            self.new.notify_waiters();
        } else {
            let queue = state.lanes.entry(lane).or_default();
            queue.push_back((id, update.to_string()));
            if queue.len() == 1 {
                tokio::spawn(deliver::lane(Arc::clone(self), lane));
            }
        }
    }

    async fn updates(&self, body: &Value) -> String {
        let offset = body["offset"].as_i64().unwrap_or(0);
        let until = Instant::now() + Duration::from_secs(body["timeout"].as_u64().unwrap_or(0));
        if self.state().faults.is_conflict {
            // Returns error 409 only after some seconds, as Telegram does.
            tokio::time::sleep(Duration::from_secs(3)).await;
            return r#"{"ok":false,"error_code":409,"description":"Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"}"#.to_owned();
        }
        loop {
            let new = self.new.notified();
            tokio::pin!(new);
            new.as_mut().enable();
            {
                let mut state = self.state();
                let before = state.waiting.len();
                let now = Instant::now();
                state.waiting.retain(|(id, _, dies)| *id >= offset && dies.is_none_or(|dies| dies > now));
                if state.waiting.len() < before {
                    state.kill_at(Point::Confirmed);
                }
                if !state.waiting.is_empty() || now >= until {
                    let perishable = state.waiting.iter().take(MAX_UPDATES).filter(|(.., dies)| dies.is_some()).count();
                    state.perishable += perishable as u64;
                    let batch: Vec<&str> =
                        state.waiting.iter().take(MAX_UPDATES).map(|(_, raw, _)| raw.as_str()).collect();
                    return footnote_loopback::updates(&batch);
                }
            }
            let _ = tokio::time::timeout(until.saturating_duration_since(Instant::now()), new).await;
        }
    }

    /// Executes a Bot API call and returns the response body.
    async fn call(&self, method: &str, body: &Value) -> String {
        let chat = body["chat_id"].as_i64().unwrap_or(0);
        match method {
            "getme" => footnote_loopback::me("Chaos"),
            "getupdates" => self.updates(body).await,
            "sendmessage" => {
                let latency = {
                    let mut state = self.state();
                    if let Some(new) = state.moved.get(&chat) {
                        return json!({"ok": false, "error_code": 400, "description": "Bad Request: group chat was upgraded to a supergroup chat",
                            "parameters": {"migrate_to_chat_id": new}})
                        .to_string();
                    }
                    if let Some((code, words, times)) = state.faults.refusals.get_mut(&chat) {
                        *times += 1;
                        return json!({"ok": false, "error_code": *code, "description": *words}).to_string();
                    }
                    let (wait, is_early) = state.faults.flood(chat);
                    state.early += u64::from(is_early);
                    if state.faults.flood_all.is_some() {
                        state.pause_sends.push(Instant::now());
                    }
                    if let Some(wait) = wait {
                        return format!(
                            r#"{{"ok":false,"error_code":429,"description":"Too Many Requests: retry after {wait}","parameters":{{"retry_after":{wait}}}}}"#
                        );
                    }
                    state.message(chat, body);
                    state.faults.latency
                };
                tokio::time::sleep(latency).await;
                let id = self.state().sends.len() as i64;
                footnote_loopback::sent(1_000_000 + id, chat)
            }
            "editmessagetext" => {
                self.state().edits += 1;
                r#"{"ok":true,"result":true}"#.to_owned()
            }
            "answercallbackquery" | "answerinlinequery" => {
                let id = ["callback_query_id", "inline_query_id"].iter().find_map(|key| body[*key].as_str());
                let pop_up = {
                    let mut state = self.state();
                    *state.acknowledged.entry(id.unwrap_or_default().to_owned()).or_default() += 1;
                    state.faults.pop_up
                };
                tokio::time::sleep(pop_up).await;
                r#"{"ok":true,"result":true}"#.to_owned()
            }
            _ => footnote_loopback::default_answer(method),
        }
    }
}

impl State {
    fn message(&mut self, chat: i64, body: &Value) {
        let now = Instant::now();
        while self.sends.front().is_some_and(|at| at.elapsed() > UNSETTLED * 2) {
            self.sends.pop_front();
        }
        self.sends.push_back(now);
        let replies_to = body["reply_parameters"]["message_id"].as_i64();
        let text = body["text"].as_str().unwrap_or_default();
        self.seen.entry(chat).or_insert_with(|| text.to_owned());
        // In a supergroup, an answer that is not a reply belongs to a question from before the
        // migration.
        let before = self.moved.iter().find(|(_, new)| replies_to.is_none() && **new == chat);
        let asked_in = before.map_or(chat, |(old, _)| *old);
        self.oracle.answered(asked_in, text, replies_to);
        self.keyboards.insert(chat, body["reply_markup"].clone());
        self.kill_at(Point::Sent);
    }

    /// Kills the bot's process if `faults.trap` names this point.
    fn kill_at(&mut self, point: Point) {
        if let Some((_, process)) = self.faults.trap.take_if(|(at, _)| *at == point) {
            // The lock on the state is held here, so the server handles no other call before the
            // signal is sent.
            let _ = Command::new("kill").args(["-9", &process.to_string()]).status();
            self.deaths += 1;
        }
    }
}

async fn serve(stream: TcpStream, shared: Arc<SharedState>) -> Option<()> {
    let mut connection = Connection::new(stream)?;
    let deaths = shared.state().deaths;
    loop {
        let (method, body) = connection.request().await?;
        let body = serde_json::from_slice(body).unwrap_or(Value::Null);
        let fault = {
            let mut state = shared.state();
            *state.calls.entry(method.clone()).or_default() += 1;
            if method == "getupdates" {
                state.fetches.push(Instant::now());
            }
            if state.faults.is_down || state.deaths > deaths {
                return None;
            }
            let fault = state.faults.fault(&method);
            state.unknown += u64::from(method == "sendmessage" && fault.is_some_and(Fault::is_carried_out));
            fault
        };
        let carried_out = fault.is_none_or(Fault::is_carried_out);
        let mut answer = if carried_out { shared.call(&method, &body).await } else { String::new() };
        let is_refused = answer.contains(r#""ok":false"#) && answer.len() < 400;
        let mut status = if is_refused { "400 Bad Request" } else { "200 OK" };
        let mut length = answer.len();
        match fault {
            None => {}
            Some(Fault::Json500) => {
                status = "500 Internal Server Error";
                answer = r#"{"ok":false,"error_code":500,"description":"Internal Server Error"}"#.to_owned();
                length = answer.len();
            }
            Some(Fault::Html502) => {
                status = "502 Bad Gateway";
                answer = "<html><body>502 Bad Gateway</body></html>".to_owned();
                length = answer.len();
            }
            Some(Fault::Empty) => (answer, length) = (String::new(), 0),
            Some(Fault::Truncated) => {
                answer = answer.chars().take(answer.chars().count() / 2).collect();
                length = answer.len();
            }
            Some(Fault::Garbage) => {
                answer = "\u{1}\u{2}[{{{".to_owned();
                length = answer.len();
            }
            Some(Fault::ResetBefore | Fault::ResetAfter) => return None,
            Some(Fault::StallHead) => answer = String::new(),
            Some(Fault::StallBody) => answer = answer.chars().take(answer.chars().count() / 2).collect(),
            Some(Fault::Silent) => {
                stalled(&mut connection.stream, &shared, method).await;
                return None;
            }
        }
        connection.respond(status, length, &answer).await?;
        if answer.len() < length {
            stalled(&mut connection.stream, &shared, method).await;
            return None;
        }
        match method.as_str() {
            "getupdates" if answer.contains("update_id") => shared.state().kill_at(Point::Handed),
            "sendmessage" => shared.state().kill_at(Point::Answered),
            _ => {}
        }
    }
}

/// Sends nothing until the bot closes the connection, and records how long the bot waited.
async fn stalled(stream: &mut TcpStream, shared: &SharedState, method: String) {
    let began = Instant::now();
    let mut nothing = [0; 64];
    let _ = tokio::time::timeout(Duration::from_secs(90), stream.read(&mut nothing)).await;
    shared.state().stalls.push((method, began.elapsed()));
}
