//! The Footnote bot for Telegram, and its command line. The question matching is in the crate
//! `footnote-engine`.

pub mod store;
pub mod health;
pub mod inbox;
pub mod telegram;
pub mod cli;
