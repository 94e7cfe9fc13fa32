//! The health and the metrics of the bot, and the HTTP server that exposes them.

pub mod metrics;
mod state;
mod server;

pub use server::{Exporter, serve};
pub use state::HealthState;
