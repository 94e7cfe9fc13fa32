//! A fake Bot API on the loopback interface: minimal HTTP, and the responses that are always the
//! same. The load test and the chaos test build their servers on this crate. The load test needs a
//! fast server, and the chaos test injects faults.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// Maximum number of updates in one `getUpdates` response, as with Telegram.
pub const MAX_UPDATES: usize = 100;

const TRUE: &str = r#"{"ok":true,"result":true}"#;

/// One HTTP connection from the bot, with one request at a time.
pub struct Connection {
    pub stream: TcpStream,
    received: Vec<u8>,
    /// Length of the current request in `received`, in bytes.
    end: usize,
}

impl Connection {
    #[must_use]
    pub fn new(stream: TcpStream) -> Option<Connection> {
        stream.set_nodelay(true).ok()?;
        Some(Connection { stream, received: Vec::with_capacity(16_384), end: 0 })
    }

    /// Reads the next request. Returns the Bot API method in lower case and the body, or `None` if
    /// the bot has closed the connection.
    pub async fn request(&mut self) -> Option<(String, &[u8])> {
        self.received.drain(..self.end);
        self.end = 0;
        let head = loop {
            if let Some(end) = self.received.windows(4).position(|window| window == b"\r\n\r\n") {
                break end + 4;
            }
            self.receive().await?;
        };
        let lines = String::from_utf8_lossy(&self.received[..head]).into_owned();
        let method = lines.split_whitespace().nth(1)?.rsplit('/').next()?.to_ascii_lowercase();
        let length = lines.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
        });
        self.end = head + length.unwrap_or(0);
        while self.received.len() < self.end {
            self.receive().await?;
        }
        Some((method, &self.received[head..self.end]))
    }

    /// Sends a response. If `length` is greater than the length of the body, the bot waits for the
    /// rest of the body.
    pub async fn respond(&mut self, status: &str, length: usize, body: &str) -> Option<()> {
        let response =
            format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}");
        self.stream.write_all(response.as_bytes()).await.ok()
    }

    async fn receive(&mut self) -> Option<()> {
        (self.stream.read_buf(&mut self.received).await.ok()? > 0).then_some(())
    }
}

/// Returns the response to `getMe`. The bot's username is its name in lower case, followed by
/// `_bot`.
#[must_use]
pub fn me(name: &str) -> String {
    let username = name.to_ascii_lowercase();
    format!(
        r#"{{"ok":true,"result":{{"id":424242,"is_bot":true,"first_name":"{name}","username":"{username}_bot","can_join_groups":true,"can_read_all_group_messages":false,"supports_inline_queries":true,"can_connect_to_business":false,"has_main_web_app":false}}}}"#
    )
}

/// Returns the response to `getUpdates` for a batch of updates in JSON.
#[must_use]
pub fn updates(batch: &[&str]) -> String {
    format!(r#"{{"ok":true,"result":[{}]}}"#, batch.join(","))
}

/// Returns the response to `sendMessage` in a private chat.
#[must_use]
pub fn sent(message_id: i64, chat: i64) -> String {
    format!(
        r#"{{"ok":true,"result":{{"message_id":{message_id},"date":1700000000,"chat":{{"id":{chat},"type":"private","first_name":"Person"}},"text":"…"}}}}"#
    )
}

/// Returns the response to any method that has no function here: an empty list, empty descriptions,
/// or `true`.
#[must_use]
pub fn default_answer(method: &str) -> String {
    match method {
        "getmycommands" | "getchatadministrators" => r#"{"ok":true,"result":[]}"#.to_owned(),
        get if get.starts_with("get") => r#"{"ok":true,"result":{"description":"","short_description":""}}"#.to_owned(),
        _ => TRUE.to_owned(),
    }
}
