//! Tests of the bot as a separate process: SIGKILL while users ask questions, clean exits after
//! SIGINT and SIGTERM, and exit codes after a failed start.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use footnote_playground::Person;

use crate::harness::{PATIENCE, Server, TOKEN, footnote};

fn serve(server: &Server, folder: &Path) -> Command {
    let mut command = footnote(folder);
    command.args(["serve"]).env("TELOXIDE_TOKEN", TOKEN).env("TELOXIDE_API_URL", server.url());
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

fn signal(child: &Child, name: &str) {
    let status = Command::new("kill").args([format!("-{name}"), child.id().to_string()]).status().expect("kill");
    assert!(status.success());
}

const QUESTIONS: [(&str, &str); 6] = [
    ("Whisper 用了多少小时的数据训练？", "680,000"),
    ("what does Pygma do", "Figma"),
    ("what is CLIP", "CLIP"),
    ("新账户有多少信用额度", "18"),
    ("what is Codex", "Codex"),
    ("ChatGPT 是什么时候推出的", "11 月 30 日"),
];

/// Returns the two questions that a chat asks before a kill, each with a text that the answer must
/// contain. Consecutive questions of a chat differ, so that a repeated answer is not mistaken for
/// the next answer.
fn asked(kill: usize, chat: i64) -> [(&'static str, &'static str); 2] {
    let first = 2 * kill + usize::try_from(chat).expect("small");
    [QUESTIONS[first % QUESTIONS.len()], QUESTIONS[(first + 1) % QUESTIONS.len()]]
}

/// Kills the bot five times while users ask questions. Every question must be answered, in order.
/// Each kill may cause at most one repeated answer per chat.
#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_bot_answers_every_question_after_all() {
    const KILLS: usize = 5;
    const CHATS: i64 = 8;
    let server = Server::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let mut child = serve(&server, folder.path()).stderr(Stdio::null()).spawn().expect("the binary");
    // Waits for an answer of the first process. The trained model is then in the cache on disk, so
    // that later processes start fast.
    server.fake_telegram.say(&Person::default(), "what is Whisper");
    server.wait_for_replies(1001, 1).await;
    for kill in 0..KILLS {
        for chat in 0..CHATS {
            let person = Person::new(3000 + chat, "Person", "en");
            for (question, _) in asked(kill, chat) {
                server.fake_telegram.say(&person, question);
            }
        }
        // The delay before a kill varies, so that some kills interrupt fetching and others
        // interrupt answering.
        tokio::time::sleep(Duration::from_millis(40 + 90 * kill as u64)).await;
        child.kill().expect("SIGKILL");
        child.wait().expect("dead");
        child = serve(&server, folder.path()).stderr(Stdio::null()).spawn().expect("the binary");
    }
    for chat in 0..CHATS {
        let wanted: Vec<&str> = (0..KILLS).flat_map(|kill| asked(kill, chat)).map(|(_, words)| words).collect();
        let all_there = |replies: &[String]| {
            let mut left = wanted.iter().peekable();
            for reply in replies {
                left.next_if(|words| reply.contains(**words));
            }
            left.peek().is_none()
        };
        let texts = || {
            server
                .replies(3000 + chat)
                .iter()
                .map(|m| m["text"].as_str().unwrap_or_default().to_owned())
                .collect::<Vec<_>>()
        };
        let answered = server.fake_telegram.wait_until(PATIENCE, |_| all_there(&texts()).then_some(())).await;
        assert!(answered.is_some(), "chat {chat}: unanswered or out of order: {:#?}", texts());
        assert!(
            texts().len() <= wanted.len() + KILLS,
            "chat {chat}: {} replies to {} questions",
            texts().len(),
            wanted.len()
        );
    }
    // Waits for an answer before SIGTERM, because the last process may still be starting.
    server.fake_telegram.say(&Person::default(), "what is CLIP");
    server.wait_for_replies(1001, 2).await;
    signal(&child, "TERM");
    assert_eq!(child.wait().expect("ended").code(), Some(0));
    server.check_schema();
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signals_end_it_cleanly_and_the_token_is_in_no_log() {
    for name in ["INT", "TERM"] {
        let server = Server::start().await;
        let folder = tempfile::tempdir().expect("a folder");
        let child = serve(&server, folder.path()).env("FOOTNOTE_LOG", "trace").spawn().expect("the binary");
        server.fake_telegram.say(&Person::default(), "what is the secret of whisper");
        server.wait_for_replies(1001, 1).await;
        signal(&child, name);
        let output = child.wait_with_output().expect("ended");
        assert_eq!(output.status.code(), Some(0), "SIG{name}");
        let log = String::from_utf8_lossy(&output.stderr);
        let secret = TOKEN.split_once(':').expect("a token").1;
        assert!(!log.contains(secret), "the token is in the log");
        assert!(!log.contains("secret of whisper"), "the question is in the log");
    }
}

/// An unreachable database and a port in use may be temporary, so the bot must exit with code 75: a
/// restart may help. After an invalid setting, the bot must exit with code 2.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_away_is_told_from_what_is_wrong() {
    let server = Server::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let taken = taken.local_addr().expect("its address").to_string();
    for (variable, value, code) in [
        ("DATABASE_URL", "postgres://footnote:hush@127.0.0.1:1/footnote", 75),
        ("DATABASE_URL", "mysql://127.0.0.1/footnote", 2),
        ("FOOTNOTE_HTTP", taken.as_str(), 75),
        ("FOOTNOTE_HTTP", "everywhere", 2),
    ] {
        let child = serve(&server, folder.path()).env(variable, value).spawn().expect("the binary");
        let output = tokio::task::spawn_blocking(|| child.wait_with_output()).await.expect("joined").expect("ended");
        let log = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{variable}={value}: {log}");
        assert!(log.contains(variable) && !log.contains("hush"), "{log}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_telegram_refuses_ends_it_with_the_way_out() {
    let server = Server::start().await;
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = serve(&server, folder.path());
    let child = command.env("TELOXIDE_TOKEN", "1:wrong").spawn().expect("the binary");
    let output = tokio::task::spawn_blocking(|| child.wait_with_output()).await.expect("joined").expect("ended");
    assert_eq!(output.status.code(), Some(2));
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(log.contains("TELOXIDE_TOKEN") && log.contains("@BotFather"), "{log}");
    assert!(!log.contains("1:wrong"), "{log}");
}
