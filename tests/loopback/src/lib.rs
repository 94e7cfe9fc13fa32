//! A loopback Bot API: HTTP with as little as a bot needs, and the answers that are always the
//! same. The load and chaos tests each build theirs on it; the first must be fast, the second
//! misbehaves.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// How many updates Telegram gives at once.
pub const MAX_UPDATES: usize = 100;

const TRUE: &str = r#"{"ok":true,"result":true}"#;

/// One connection of the bot, with requests one after the other.
pub struct Connection {
    pub stream: TcpStream,
    received: Vec<u8>,
    /// The end of the current request in `received`.
    end: usize,
}

impl Connection {
    #[must_use]
    pub fn new(stream: TcpStream) -> Option<Connection> {
        stream.set_nodelay(true).ok()?;
        Some(Connection { stream, received: Vec::with_capacity(16_384), end: 0 })
    }

    /// The next request: its method in lower case, and its body. Nothing when the bot has closed
    /// the connection.
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

    /// Sends a response. A `length` beyond the body's own leaves the bot waiting for the rest.
    pub async fn respond(&mut self, status: &str, length: usize, body: &str) -> Option<()> {
        let response =
            format!("HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}");
        self.stream.write_all(response.as_bytes()).await.ok()
    }

    async fn receive(&mut self) -> Option<()> {
        (self.stream.read_buf(&mut self.received).await.ok()? > 0).then_some(())
    }
}

/// The answer to `getMe` of a bot with this name and, in lower case, user name.
#[must_use]
pub fn me(name: &str) -> String {
    let username = name.to_ascii_lowercase();
    format!(
        r#"{{"ok":true,"result":{{"id":424242,"is_bot":true,"first_name":"{name}","username":"{username}_bot","can_join_groups":true,"can_read_all_group_messages":false,"supports_inline_queries":true,"can_connect_to_business":false,"has_main_web_app":false}}}}"#
    )
}

/// The answer to `getUpdates`.
#[must_use]
pub fn updates(batch: &[&str]) -> String {
    format!(r#"{{"ok":true,"result":[{}]}}"#, batch.join(","))
}

/// The answer to a message sent to a private chat.
#[must_use]
pub fn sent(message_id: i64, chat: i64) -> String {
    format!(
        r#"{{"ok":true,"result":{{"message_id":{message_id},"date":1700000000,"chat":{{"id":{chat},"type":"private","first_name":"Person"}},"text":"…"}}}}"#
    )
}

/// The answer to every method that a server does not simulate: an empty list, empty descriptions,
/// or `true`.
#[must_use]
pub fn default_answer(method: &str) -> String {
    match method {
        "getmycommands" | "getchatadministrators" => r#"{"ok":true,"result":[]}"#.to_owned(),
        get if get.starts_with("get") => r#"{"ok":true,"result":{"description":"","short_description":""}}"#.to_owned(),
        _ => TRUE.to_owned(),
    }
}
