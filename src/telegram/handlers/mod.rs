//! The handlers of updates from Telegram. Each kind of update has its own file.

pub mod conversation;
pub mod group_reply;
pub mod ask;
pub mod commands;
pub mod group;
pub mod settings;
pub mod buttons;
pub mod inline;
pub mod other;
