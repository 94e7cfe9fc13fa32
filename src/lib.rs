//! Footnote answers questions about an article.
//!
//! The modules stand in the order in which a question meets them.

pub mod text;
pub mod knowledge;
pub mod question;
pub mod matching;
pub mod reply;
pub mod engine;
pub mod store;
pub mod inbox;
pub mod telegram;
pub mod playground;
pub mod cli;
