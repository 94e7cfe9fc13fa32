//! `/healthz`, `/readyz` and `/metrics`.

use std::convert::Infallible;
use std::future::IntoFuture;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use metrics::{Unit, describe_counter, describe_gauge, describe_histogram, gauge};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use serde::Serialize;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::HealthState;
use crate::store::Store;

/// A question that waits longer than this says that the bot does not keep up, in milliseconds.
const LONGEST_LAG: i64 = 60_000;

/// How often single measurements are summed up.
const UPKEEP_EVERY: Duration = Duration::from_secs(2);

/// Everything that the process counts.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

impl Metrics {
    /// Begins to count; once in a process.
    ///
    /// # Errors
    /// When somebody else counts already.
    pub fn start() -> Result<Metrics, BuildError> {
        /// Seconds: from an answer at once to one after an outage.
        const BUCKETS: [f64; 12] = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0, 300.0];
        let builder = PrometheusBuilder::new();
        let builder = builder.set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &BUCKETS)?;
        let metrics = Metrics(builder.install_recorder()?);
        describe();
        Ok(metrics)
    }
}

/// What each of them means; docs/operating.md says what to do about it.
fn describe() {
    describe_counter!("footnote_updates_total", "Updates kept, by how they came in");
    describe_counter!("footnote_questions_total", "Questions answered, by door, decision and language");
    describe_histogram!("footnote_answer_seconds", Unit::Seconds, "From a question's arrival until it is answered");
    describe_counter!("footnote_sends_total", "Calls of the Bot API, by method and outcome");
    describe_counter!("footnote_retries_total", "Rows put back to be tried again, by reason");
    describe_counter!("footnote_parked_total", "Rows set aside after too many attempts");
    describe_counter!("footnote_expired_total", "Rows dropped because nobody waits for them any more");
    describe_counter!("footnote_dropped_total", "Rows dropped because their lane, or the inbox, was full");
    describe_counter!("footnote_duplicates_avoided_total", "Updates that came again and were known already");
    describe_gauge!("footnote_inbox_open", "Rows that wait or are in hand");
    describe_gauge!("footnote_inbox_lag_seconds", Unit::Seconds, "For how long the oldest due row has waited");
}

#[derive(Clone)]
struct Watched {
    vitals: Arc<HealthState>,
    store: Store,
    metrics: Metrics,
    /// Does the bot fetch updates, rather than have them brought?
    fetches: bool,
}

/// Tells how the bot is doing until `stop`.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listener: TcpListener,
    vitals: Arc<HealthState>,
    store: Store,
    metrics: Metrics,
    fetches: bool,
    stop: CancellationToken,
) -> std::io::Result<()> {
    let counts = metrics.clone();
    let watched = Watched { vitals, store, metrics, fetches };
    let router = Router::new()
        .route("/healthz", get(|| async { "alive\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(count))
        .with_state(watched);
    let serving = axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned());
    tokio::select! {
        served = serving.into_future() => served,
        never = upkeep(counts) => match never {},
    }
}

/// Has what was measured counted, so that it does not pile up where nobody reads `/metrics`.
async fn upkeep(metrics: Metrics) -> Infallible {
    loop {
        tokio::time::sleep(UPKEEP_EVERY).await;
        metrics.0.run_upkeep();
    }
}

/// The state of each part: `ok`, or what is wrong with it.
#[derive(Serialize)]
struct Readiness {
    database: String,
    telegram: &'static str,
    inbox: String,
}

async fn ready(State(watched): State<Watched>) -> (StatusCode, Json<Readiness>) {
    const OK: &str = "ok";
    let now = watched.store.now();
    let depth = watched.store.depth(now).await;
    let telegram = watched.vitals.problem(now, watched.fetches).unwrap_or(OK);
    let (database, inbox) = match depth {
        Ok(depth) if depth.lag > LONGEST_LAG => {
            (OK.to_owned(), format!("the oldest of {} rows has waited for {} s", depth.open, depth.lag / 1000))
        }
        Ok(_) => (OK.to_owned(), OK.to_owned()),
        Err(error) => (error.to_string(), "unknown".to_owned()),
    };
    let is_ready = [&database, &inbox].iter().all(|part| *part == OK) && telegram == OK;
    let status = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(Readiness { database, telegram, inbox }))
}

async fn count(State(watched): State<Watched>) -> String {
    // What stands in the database is looked up when somebody asks.
    if let Ok(depth) = watched.store.depth(watched.store.now()).await {
        gauge!("footnote_inbox_open").set(depth.open as f64);
        gauge!("footnote_inbox_lag_seconds").set(depth.lag as f64 / 1000.0);
    }
    watched.metrics.0.render()
}
