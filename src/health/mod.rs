//! Health and metrics, and the small HTTP server that reports them.

pub mod metrics;
mod state;
mod server;

pub use server::{Exporter, serve};
pub use state::HealthState;
