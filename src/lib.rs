//! Footnote answers questions about an article.
//!
//! The modules stand in the order in which a question meets them. `text` folds it to a normal form; `knowledge` is what it is
//! held against; `question` puts it into its context; `matching` ranks the sections and decides; `reply` makes a message of that; `engine` is the
//! one door to all of it, and the end of what is pure. `store` keeps, `inbox` takes in hand, `health` tells how it goes, `telegram` and `playground` speak to the outside, `cli`
//! wires them together. A module names only those before it (ARCHITECTURE.md).
//!
//! ```
//! use footnote::{engine::Engine, knowledge, question::Context, reply::plain};
//!
//! let engine = Engine::new(knowledge::embedded().knowledge);
//! let turn = engine.ask("what does Pygma do", &Context::default());
//! assert!(plain(&turn.reply).contains("Figma"));
//! ```

pub mod text;
pub mod knowledge;
pub mod question;
pub mod matching;
pub mod reply;
pub mod engine;
pub mod store;
pub mod inbox;
pub mod health;
pub mod telegram;
pub mod playground;
pub mod cli;
