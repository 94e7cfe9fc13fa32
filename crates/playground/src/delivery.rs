//! Brings updates to the webhook, as Telegram does: each lane in order, several at once, again when they are not taken.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::telegram::{Delivery, FakeTelegram};

/// How long the receiver may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// A wait may be over although nothing has changed.
const LOOK_AGAIN: Duration = Duration::from_millis(200);

/// Brings what there is until `closing`.
pub(super) async fn run(world: Arc<FakeTelegram>, closing: CancellationToken) {
    let Ok(http) = reqwest::Client::builder().no_proxy().timeout(PATIENCE).build() else { return };
    loop {
        let next = world.wait_until(LOOK_AGAIN, |world| Some(world.next_parcels()).filter(|p| !p.is_empty()));
        let parcels = tokio::select! {
            () = closing.cancelled() => return,
            parcels = next => parcels.unwrap_or_default(),
        };
        for parcel in parcels {
            let (world, http) = (Arc::clone(&world), http.clone());
            tokio::spawn(async move {
                let taken = bring(&http, &parcel).await;
                world.settle(&parcel, taken);
            });
        }
    }
}

async fn bring(http: &reqwest::Client, parcel: &Delivery) -> Result<(), (String, Option<Duration>)> {
    let mut request = http.post(&parcel.webhook.url).json(&parcel.update);
    if !parcel.webhook.secret.is_empty() {
        request = request.header("X-Telegram-Bot-Api-Secret-Token", &parcel.webhook.secret);
    }
    let response = request.send().await.map_err(|error| (format!("Connection failed: {error}"), None))?;
    let status = response.status();
    if status.is_success() {
        return Ok(());
    }
    let again = response.headers().get("Retry-After").and_then(|value| value.to_str().ok()?.parse().ok());
    Err((format!("Wrong response from the webhook: {status}"), again.map(Duration::from_secs)))
}
