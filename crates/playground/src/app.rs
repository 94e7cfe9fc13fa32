//! State that all HTTP request handlers of the playground share.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;

use super::telegram::FakeTelegram;

/// Function that explains, as JSON, how the matcher understands the last of a person's texts. The
/// arguments are the person's texts in one chat, oldest first, and the language of the person's
/// app.
///
/// The program that starts the playground provides this function, because the playground crate does
/// not depend on the matcher.
pub type MatcherProbe = Arc<dyn Fn(&[String], &str) -> serde_json::Value + Send + Sync>;

#[derive(Clone)]
pub(crate) struct App {
    pub telegram: Arc<FakeTelegram>,
    pub matcher_probe: Option<MatcherProbe>,
    /// Token that is cancelled when the server shuts down. Requests that wait, such as long polls,
    /// then end. Otherwise they would keep the server alive.
    pub closing: CancellationToken,
}
