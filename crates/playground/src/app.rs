//! What every request handler shares.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::telegram::FakeTelegram;

/// Explains the match of the last text as JSON. The arguments are one person's texts in one chat,
/// oldest first, and the app's language. The playground does not depend on the matcher, so the
/// caller passes this in.
pub type MatcherProbe = Arc<dyn Fn(&[String], &str) -> serde_json::Value + Send + Sync>;

#[derive(Clone)]
pub(crate) struct App {
    pub telegram: Arc<FakeTelegram>,
    pub matcher_probe: Option<MatcherProbe>,
    /// Cancelled at shutdown, so that nothing that waits keeps the server alive.
    pub closing: CancellationToken,
}
