//! The HTTP server for `/healthz`, `/readyz` and `/metrics`.

use std::convert::Infallible;
use std::future::IntoFuture;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};
use serde::Serialize;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::metrics;
use super::state::HealthState;
use crate::store::Store;

/// Maximum age of the oldest due row of the inbox, in milliseconds. Above this age, `/readyz`
/// reports that the bot does not keep up.
const MAX_LAG: i64 = 60_000;

/// How often the Prometheus exporter aggregates recorded measurements into histograms.
const UPKEEP_EVERY: Duration = Duration::from_secs(2);

/// The exporter of the bot's metrics, in the Prometheus text format.
#[derive(Clone)]
pub struct Exporter(PrometheusHandle);

impl Exporter {
    /// Installs the process-wide recorder of the `metrics` crate. Call this once per process.
    ///
    /// # Errors
    /// When a recorder is already installed.
    pub fn start() -> Result<Exporter, BuildError> {
        // Upper bounds of the buckets of all histograms, in seconds. The bounds range from an
        // immediate answer to an answer after an outage of five minutes.
        const BUCKETS: [f64; 12] = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1.0, 5.0, 30.0, 300.0];
        let builder = PrometheusBuilder::new();
        let builder = builder.set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &BUCKETS)?;
        let exporter = Exporter(builder.install_recorder()?);
        metrics::describe();
        Ok(exporter)
    }
}

#[derive(Clone)]
struct Sources {
    health: Arc<HealthState>,
    store: Store,
    exporter: Exporter,
    /// Whether the bot polls for updates. If false, the bot receives updates by webhook.
    polls: bool,
}

/// Serves the health and metrics endpoints until `stop` is cancelled.
///
/// # Errors
/// When the server fails.
pub async fn serve(
    listener: TcpListener,
    health: Arc<HealthState>,
    store: Store,
    exporter: Exporter,
    polls: bool,
    stop: CancellationToken,
) -> std::io::Result<()> {
    let upkeep = upkeep(exporter.clone());
    let sources = Sources { health, store, exporter, polls };
    let router = Router::new()
        .route("/healthz", get(|| async { "alive\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(scrape))
        .with_state(sources);
    let serving = axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned());
    tokio::select! {
        served = serving.into_future() => served,
        never = upkeep => match never {},
    }
}

/// Aggregates recorded measurements into histograms regularly. Otherwise the measurements would
/// accumulate in memory while nobody reads `/metrics`.
async fn upkeep(exporter: Exporter) -> Infallible {
    loop {
        tokio::time::sleep(UPKEEP_EVERY).await;
        exporter.0.run_upkeep();
    }
}

/// The JSON body of the `/readyz` response. Each field is `ok` or describes a problem.
#[derive(Serialize)]
struct Readiness {
    database: String,
    telegram: &'static str,
    inbox: String,
}

async fn ready(State(sources): State<Sources>) -> (StatusCode, Json<Readiness>) {
    const OK: &str = "ok";
    let now = sources.store.now();
    let depth = sources.store.depth(now).await;
    let telegram = sources.health.problem(now, sources.polls).unwrap_or(OK);
    let (database, inbox) = match depth {
        Ok(depth) if depth.lag > MAX_LAG => {
            (OK.to_owned(), format!("the oldest of {} rows has waited for {} s", depth.open, depth.lag / 1000))
        }
        Ok(_) => (OK.to_owned(), OK.to_owned()),
        Err(error) => (error.to_string(), "unknown".to_owned()),
    };
    let is_ready = [&database, &inbox].iter().all(|part| *part == OK) && telegram == OK;
    let status = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(Readiness { database, telegram, inbox }))
}

async fn scrape(State(sources): State<Sources>) -> String {
    if let Ok(depth) = sources.store.depth(sources.store.now()).await {
        metrics::set_inbox_depth(depth.open, depth.lag as f64 / 1000.0);
    }
    sources.exporter.0.render()
}
