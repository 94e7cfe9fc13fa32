//! The Footnote bot for Telegram, and its command line. The crate `footnote-engine` matches
//! questions to the sections of an article.

pub mod store;
pub mod health;
pub mod inbox;
pub mod telegram;
pub mod cli;
