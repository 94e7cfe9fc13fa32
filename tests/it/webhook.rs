//! Tests of the bot as a separate process that receives updates by webhook, and of its health and
//! metrics endpoints.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use footnote_playground::Person;
use serde_json::{Value, json};

use crate::harness::{PATIENCE, Server, TOKEN, footnote};

const SECRET: &str = "a-secret-of-the-tests";

/// A running bot process that has printed its addresses. Dropping this value kills the process.
struct Process {
    child: Child,
    /// The base URL of the health endpoints, as printed by the process.
    health: String,
    /// The URL of the webhook, as printed by the process.
    webhook: String,
}

impl Process {
    fn start(mut command: Command) -> Process {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("the binary");
        let mut lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
        let mut address = |words: &str| {
            let line = lines.by_ref().map(|line| line.expect("text")).find(|line| line.contains(words));
            let line = line.unwrap_or_else(|| panic!("it has not said `{words}`"));
            let at = line.find("http://").expect("an address");
            line[at..].trim_end_matches('.').to_owned()
        };
        let (health, webhook) = (address("health"), address("Updates are taken"));
        Process { child, health: health.trim_end_matches("/readyz").to_owned(), webhook }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(server: &Server, folder: &Path) -> Command {
    let mut command = footnote(folder);
    command.env("TELOXIDE_TOKEN", TOKEN).env("TELOXIDE_API_URL", server.url());
    command.env("FOOTNOTE_WEBHOOK_SECRET", SECRET).env("FOOTNOTE_HTTP", "127.0.0.1:0");
    command
}

fn listening(server: &Server, folder: &Path) -> Process {
    let mut command = command(server, folder);
    command.args(["serve", "--webhook", "127.0.0.1:0"]);
    Process::start(command)
}

/// Runs `footnote webhook` with these arguments. Returns the standard output.
async fn webhook(server: &Server, folder: &Path, args: &[&str]) -> String {
    let mut command = command(server, folder);
    command.arg("webhook").args(args);
    let output = tokio::task::spawn_blocking(move || command.output()).await.expect("joined").expect("the binary");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).expect("text")
}

fn http() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().expect("a client")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_brought_is_answered() {
    let server = Server::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let process = listening(&server, folder.path());
    let base = process.webhook.trim_end_matches("/telegram");
    let told = webhook(&server, folder.path(), &["set", base]).await;
    assert!(told.contains(&process.webhook) && told.contains("40 connections"), "{told}");
    let set = server.wait_for_call("setWebhook", |_| true).await;
    assert_eq!(set.params["secret_token"], SECRET);
    assert!(set.params["allowed_updates"].as_array().is_some_and(|kinds| kinds.contains(&json!("callback_query"))));

    server.fake_telegram.say(&Person::default(), "what does Pygma do");
    let replies = server.wait_for_replies(1001, 1).await;
    assert!(replies[0]["text"].as_str().is_some_and(|text| text.contains("Figma")));
    // Waits until the webhook has confirmed the update with status 200. The bot's answer may appear
    // in the chat before the confirmation.
    server
        .fake_telegram
        .wait_until(PATIENCE, |fake_telegram| (fake_telegram.unconfirmed() == 0).then_some(()))
        .await
        .expect("a 200");

    let told = webhook(&server, folder.path(), &["delete"]).await;
    assert!(told.contains("brings no updates"), "{told}");
    assert!(webhook(&server, folder.path(), &["info"]).await.contains("0 updates wait"));
    server.check_schema();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn strangers_and_monsters_are_turned_away() {
    let server = Server::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let process = listening(&server, folder.path());
    let http = http();
    let bring = async |secret: Option<&str>, body: String| {
        let request = http.post(&process.webhook).body(body);
        let request = match secret {
            Some(secret) => request.header("X-Telegram-Bot-Api-Secret-Token", secret),
            None => request,
        };
        request.send().await.expect("an answer").status().as_u16()
    };
    let question = |update_id: i64| {
        let person = json!({"id": 1001, "is_bot": false, "first_name": "You", "language_code": "en"});
        let chat = json!({"id": 1001, "type": "private", "first_name": "You"});
        let message = json!({"message_id": update_id, "date": 1, "chat": chat, "from": person, "text": "what is CLIP"});
        json!({"update_id": update_id, "message": message}).to_string()
    };
    // Opens the user's private chat in the local Bot API, which would otherwise reject the bot's
    // answer.
    server.fake_telegram.meet(&Person::default());
    assert_eq!(bring(None, question(1)).await, 401);
    assert_eq!(bring(Some("a-secret-of-the-testz"), question(1)).await, 401);
    assert_eq!(bring(Some(""), question(1)).await, 401);
    assert_eq!(bring(Some(SECRET), "x".repeat(3 << 20)).await, 413);
    assert_eq!(bring(Some(SECRET), "{\"no\": \"number\"}".to_owned()).await, 200, "it would come again for ever");
    assert_eq!(bring(Some(SECRET), "not even JSON".to_owned()).await, 200);
    assert_eq!(http.get(&process.webhook).send().await.expect("an answer").status(), 405);
    let elsewhere = process.webhook.replace("/telegram", "/");
    assert_eq!(http.post(elsewhere).send().await.expect("an answer").status(), 404);
    // Delivers the same update five times. The bot must answer the question only once.
    for _ in 0..5 {
        assert_eq!(bring(Some(SECRET), question(7)).await, 200);
    }
    assert_eq!(bring(Some(SECRET), question(8)).await, 200);
    let replies = server.wait_for_replies(1001, 2).await;
    assert_eq!(replies.len(), 2, "{replies:#?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_tells_how_it_is_doing() {
    let server = Server::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let process = listening(&server, folder.path());
    webhook(&server, folder.path(), &["set", &process.webhook]).await;
    let get = async |path: &str| {
        let answer = http().get(format!("{}{path}", process.health)).send().await.expect("an answer");
        (answer.status().as_u16(), answer.text().await.expect("text"))
    };
    assert_eq!(get("/healthz").await, (200, "alive\n".to_owned()));
    let (status, ready) = get("/readyz").await;
    let ready: Value = serde_json::from_str(&ready).expect("JSON");
    assert_eq!((status, &ready["database"]), (200, &json!("ok")), "{ready}");
    server.fake_telegram.say(&Person::default(), "what is Whisper");
    server.wait_for_replies(1001, 1).await;
    let wanted = [
        "footnote_questions_total{door=\"private\",decision=\"answer\",language=\"en\"} 1",
        "footnote_sends_total{method=\"SendMessage\",outcome=\"ok\"} 1",
        "footnote_updates_total{by=\"webhook\"} 1",
        "footnote_answer_seconds_count 1",
        "footnote_inbox_open 0",
    ];
    // Repeats the request, because the bot counts an answer a moment after sending the answer to
    // the chat.
    let mut counts = String::new();
    for _ in 0..100 {
        counts = get("/metrics").await.1;
        if wanted.iter().all(|line| counts.contains(line)) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50).min(PATIENCE)).await;
    }
    panic!("{wanted:#?} are not all in\n{counts}");
}
