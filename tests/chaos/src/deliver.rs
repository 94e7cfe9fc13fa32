//! Delivers updates to webhooks as Telegram does. Each chat has at most one update in flight. The
//! next update follows after status 200. A failed delivery is retried after `Retry-After`, or after
//! twice the previous pause. The bot's replicas take turns, as behind a load balancer.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::server::SharedState;

pub const SECRET: &str = "webhook-secret-of-chaos-0123456789";

/// Longest pause between two attempts to deliver the same update. Telegram's longest pause is one
/// or two minutes; a shorter one keeps the chaos test short.
const LONGEST_WAIT: Duration = Duration::from_secs(8);
const PATIENCE: Duration = Duration::from_secs(60);

/// Delivers the queued updates with the ordering key `lane` one after the other, until their queue
/// is empty.
pub async fn lane(shared: Arc<SharedState>, lane: i64) {
    let mut wait = Duration::from_secs(1);
    loop {
        let (update, times) = {
            let mut state = shared.state();
            let front = state.lanes.get(&lane).and_then(|queue| queue.front()).map(|(_, update)| update.clone());
            match front {
                Some(update) if !state.is_closed => (update, state.faults.repeat),
                _ => {
                    state.lanes.remove(&lane);
                    return;
                }
            }
        };
        let place = shared.room.acquire().await;
        let mut outcome = Outcome::default();
        for _ in 0..times {
            outcome = bring(&shared, &update).await;
        }
        drop(place);
        if outcome.status == 200 {
            wait = Duration::from_secs(1);
            let mut state = shared.state();
            let is_empty = state.lanes.get_mut(&lane).is_none_or(|queue| {
                queue.pop_front();
                queue.is_empty()
            });
            if is_empty {
                state.lanes.remove(&lane);
                return;
            }
        } else {
            tokio::time::sleep(outcome.retry_after.unwrap_or(wait)).await;
            wait = (wait * 2).min(LONGEST_WAIT);
        }
    }
}

/// The bot's response to a request. The status is 0 if no replica accepted the connection or
/// responded.
#[derive(Debug, Default)]
pub struct Outcome {
    pub status: u16,
    pub retry_after: Option<Duration>,
}

async fn bring(shared: &SharedState, update: &str) -> Outcome {
    let (replicas, turn) = {
        let mut state = shared.state();
        state.turn += 1;
        (state.replicas.clone(), state.turn)
    };
    let mut outcome = Outcome::default();
    // Tries the next replica of the bot if a port refuses the connection, as a load balancer does.
    for at in 0..replicas.len() {
        let port = replicas[(turn + at) % replicas.len()];
        let Ok(stream) = TcpStream::connect(("127.0.0.1", port)).await else { continue };
        let head = format!(
            "POST /telegram HTTP/1.1\r\nHost: bot\r\nX-Telegram-Bot-Api-Secret-Token: {SECRET}\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            update.len()
        );
        outcome = exchange(stream, head.as_bytes(), update.as_bytes()).await;
        break;
    }
    let mut state = shared.state();
    *state.statuses.entry(outcome.status).or_default() += 1;
    if outcome.status == 200 {
        state.taken_at = Some(Instant::now());
    }
    outcome
}

/// Sends one HTTP request to the bot and reads the response until the bot closes the connection.
pub async fn exchange(mut stream: TcpStream, head: &[u8], body: &[u8]) -> Outcome {
    let answered = async {
        stream.write_all(head).await.ok()?;
        // Ignores write errors, because the bot may reject a request before reading the whole body.
        let _ = stream.write_all(body).await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        let answer = String::from_utf8_lossy(&answer).to_ascii_lowercase();
        let status = answer.split_whitespace().nth(1)?.parse().ok()?;
        let after = answer.lines().find_map(|line| line.strip_prefix("retry-after:")?.trim().parse().ok());
        Some(Outcome { status, retry_after: after.map(Duration::from_secs) })
    };
    tokio::time::timeout(PATIENCE, answered).await.ok().flatten().unwrap_or_default()
}
