//! The Telegram bot: the only module that calls the Bot API.
//!
//! This module uses teloxide's types, payloads and handler trees, but not teloxide's listeners,
//! dispatcher and HTTP client. The listeners confirm updates to Telegram that are only in memory.
//! The dispatcher ends when a handler panics. teloxide also drops updates that it cannot parse.
//! ARCHITECTURE.md lists these differences.

// Calls to the Bot API.
mod token;
mod api_errors;
mod api;
mod webhook_admin;
// Receiving updates: long polling, the webhook, and storage in the inbox.
mod update;
mod intake;
mod stopped;
mod poll;
mod batcher;
mod webhook;
// Parsing messages: commands, questions, links and button data.
mod command;
mod request;
mod address;
mod link;
mod buttons;
// Rate limiters, caches, and the retention of question text.
mod rate_limiter;
mod proactive_limiter;
mod send_rate_limiter;
mod answer_cache;
mod admin_cache;
mod in_memory_state;
mod retention;
// Handling updates and sending replies.
mod bot;
mod destination;
mod send;
mod handlers;
mod dispatch;
// Background tasks, and the function that runs the whole bot.
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
