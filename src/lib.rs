//! Footnote answers questions about an article.
//!
//! The modules stand in the order in which a question meets them.

pub mod cli;
pub mod engine;
pub mod inbox;
pub mod knowledge;
pub mod matching;
pub mod playground;
pub mod question;
pub mod reply;
pub mod store;
pub mod telegram;
pub mod text;
