//! State that all HTTP request handlers share.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::telegram::FakeTelegram;

/// Explains as JSON how the matcher understands the last text. The arguments are one person's texts
/// in one chat, oldest first, and the language of the person's app.
///
/// The caller passes this function in, because the playground does not depend on the matcher.
pub type MatcherProbe = Arc<dyn Fn(&[String], &str) -> serde_json::Value + Send + Sync>;

#[derive(Clone)]
pub(crate) struct App {
    pub telegram: Arc<FakeTelegram>,
    pub matcher_probe: Option<MatcherProbe>,
    /// Cancelled at shutdown. Waiting requests end then, so that no waiting request keeps the
    /// server alive.
    pub closing: CancellationToken,
}
