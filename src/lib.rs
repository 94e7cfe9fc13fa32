//! The Footnote bot and its command line, around the matching library `footnote-engine`.

pub mod store;
pub mod health;
pub mod inbox;
pub mod telegram;
pub mod cli;
