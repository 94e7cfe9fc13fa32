//! All integration tests, in one binary. Each module tests one component or one command from the
//! user's point of view.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the message")]

mod accuracy;
mod apart;
mod ask;
mod backlog;
mod bot;
mod bot_api;
mod chatter;
mod cli;
mod conversation;
mod crash;
mod groups_api;
mod doors;
mod harness;
mod inbox;
mod knowledge;
mod languages;
mod markdown;
mod matching;
mod metrics;
mod missing;
mod privacy;
mod page;
mod player;
mod scenarios;
mod schema;
mod sentences;
mod small_bases;
mod store;
#[path = "../suite/mod.rs"]
mod suite;
mod tidy;
mod webhook;
