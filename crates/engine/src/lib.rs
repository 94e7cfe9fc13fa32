//! Answers questions about a small knowledge base by fuzzy string similarity.

pub mod text;
pub mod knowledge;
pub mod question;
pub mod matching;
pub mod reply;
pub mod engine;
