//! Sends updates to the bot's webhook as Telegram does. Updates with the same ordering key (chat
//! id, or else user id) are sent in order, updates with different keys in parallel. A delivery that
//! fails is repeated.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::telegram::{Delivery, FakeTelegram};

/// Timeout for one HTTP request to the bot's webhook.
const PATIENCE: Duration = Duration::from_secs(60);
/// Interval between checks for updates whose retry delay has ended. The end of a delay does not
/// change the state of the fake Telegram, so nothing else would wake the loop in `run`.
const LOOK_AGAIN: Duration = Duration::from_millis(200);

/// Sends updates to the webhook until `closing` is cancelled.
pub(super) async fn run(telegram: Arc<FakeTelegram>, closing: CancellationToken) {
    let Ok(http) = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build() else { return };
    loop {
        let next =
            telegram.wait_until(LOOK_AGAIN, |telegram| Some(telegram.take_deliveries()).filter(|p| !p.is_empty()));
        let deliveries = tokio::select! {
            () = closing.cancelled() => return,
            deliveries = next => deliveries.unwrap_or_default(),
        };
        for delivery in deliveries {
            let (telegram, http) = (Arc::clone(&telegram), http.clone());
            tokio::spawn(async move {
                let taken = bring(&http, &delivery).await;
                telegram.complete(&delivery, taken);
            });
        }
    }
}

async fn bring(http: &reqwest::Client, delivery: &Delivery) -> Result<(), (String, Option<Duration>)> {
    let mut request = http.post(&delivery.webhook.url).json(&delivery.update);
    if !delivery.webhook.secret.is_empty() {
        request = request.header("X-Telegram-Bot-Api-Secret-Token", &delivery.webhook.secret);
    }
    let response = request.send().await.map_err(|error| (format!("Connection failed: {error}"), None))?;
    let status = response.status();
    if status.is_success() {
        return Ok(());
    }
    let again = response.headers().get("Retry-After").and_then(|value| value.to_str().ok()?.parse().ok());
    Err((format!("Wrong response from the webhook: {status}"), again.map(Duration::from_secs)))
}
