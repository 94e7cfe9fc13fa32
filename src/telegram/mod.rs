//! The only place that speaks the Bot API.
//!
//! It uses teloxide's types, payloads and handler trees, but not its listeners, dispatcher and HTTP
//! client. Those confirm updates that are only in memory, die of a handler's panic, and drop
//! unknown updates (ARCHITECTURE.md).

// One call to the Bot API.
mod token;
mod api_errors;
mod api;
mod webhook_admin;
// Updates in.
mod update;
mod intake;
mod stopped;
mod poll;
mod batcher;
mod webhook;
// What an update asks.
mod command;
mod request;
mod address;
mod link;
mod buttons;
// Rate limits, caches and privacy.
mod rate_limiter;
mod proactive_limiter;
mod send_rate_limiter;
mod answer_cache;
mod admin_cache;
mod in_memory_state;
mod retention;
// Replies out.
mod bot;
mod destination;
mod send;
mod handlers;
mod dispatch;
// Background tasks, and all of it together.
mod cleanup;
mod menu;
mod run;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzz;

pub use api::{Api, BadUrl, Me};
pub use api_errors::ApiError;
pub(crate) use request::Request;
pub use run::{Feed, Serving, run};
pub use stopped::Stopped;
pub use token::{BadToken, BotToken};
pub use webhook::{BadSecret, Secret};
pub use webhook_admin::{Registration, address_below, register, registration, unregister};
