//! What every request handler shares.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::telegram::FakeTelegram;

/// What the matcher makes of the last of these texts, which one person wrote in one chat in this order, in an app of this language; as JSON for the page.
/// The playground does not know the matcher, so whoever serves it lends it one.
pub type MatcherProbe = Arc<dyn Fn(&[String], &str) -> serde_json::Value + Send + Sync>;

#[derive(Clone)]
pub(crate) struct App {
    pub telegram: Arc<FakeTelegram>,
    pub matcher_probe: Option<MatcherProbe>,
    /// Cancelled at shutdown, so that nothing that waits keeps the server alive.
    pub closing: CancellationToken,
}
