//! Delivers updates to webhooks as Telegram does. Each chat has one update in flight; the next
//! follows a 2xx. A retry waits for `Retry-After`, or twice as long as the last. Replicas take
//! turns, as behind a load balancer.

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::server::SharedState;

pub const SECRET: &str = "webhook-secret-of-chaos-0123456789";

/// Telegram's own longest pause is a minute or two.
const LONGEST_WAIT: Duration = Duration::from_secs(8);
const PATIENCE: Duration = Duration::from_secs(60);

/// Brings what waits of a chat.
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

/// What a replica said; 0 if none could be reached or none answered.
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
    // A balancer goes to the next one if nobody listens.
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

/// A request on a connection of its own.
pub async fn exchange(mut stream: TcpStream, head: &[u8], body: &[u8]) -> Outcome {
    let answered = async {
        stream.write_all(head).await.ok()?;
        // Whoever is turned away early may not read it all.
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
