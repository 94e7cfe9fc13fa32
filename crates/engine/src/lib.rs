//! Answers questions about a small knowledge base by fuzzy string similarity.
//!
//! A knowledge base is a folder of Markdown sections, in one or more languages. Each section lists
//! sample questions. For each question, the engine finds the section that answers the question,
//! asks the user to choose between sections, or declines.
//!
//! The engine tolerates typos, pinyin, homophones and a mix of Chinese and English. The engine is
//! deterministic and synchronous, and does no input or output after loading. Every score can be
//! explained word by word.
//!
//! # Example
//!
//! ```
//! use footnote_engine::engine::Engine;
//! use footnote_engine::knowledge::{Unreadable, load};
//! use footnote_engine::matching::Decision;
//! use footnote_engine::question::Context;
//! use footnote_engine::reply::plain;
//!
//! # fn main() -> Result<(), Unreadable> {
//! let loaded = load("../../knowledge".as_ref())?;
//! assert!(loaded.is_whole(), "{:?}", loaded.diagnostics);
//! let engine = Engine::new(loaded.knowledge);
//!
//! let context = Context::default();
//! let turn = engine.ask("how many hours was wisper traind on", &context);
//! assert_eq!(turn.matched.decision, Decision::Answer);
//! println!("{}", plain(&turn.reply));
//!
//! let best = turn.matched.sections[0].section;
//! for word in engine.explain(&turn.question, best).words {
//!     println!("{:+.2}  {} → {}", word.sum(), word.typed, word.matched);
//! }
//!
//! let context = engine.context_after(&context, &turn);
//! let turn = engine.ask("does it run offline?", &context);
//! assert_eq!(engine.id(turn.matched.sections[0].section).as_str(), "whisper-applications");
//! # Ok(())
//! # }
//! ```
//!
//! # The stages of answering a question
//!
//! | step | module | result |
//! |---|---|---|
//! | Load a folder, report every mistake in it | [`knowledge`] | [`Knowledge`], [`Diagnostic`]s |
//! | Train on the sample questions and texts | [`matching`] | [`Matcher`] |
//! | Normalize a question, detect its language | [`question`], [`text`] | [`Question`] |
//! | Rank the sections; answer, clarify or decline | [`matching`] | [`Match`] |
//! | Lay the section out as a message with buttons | [`reply`] | [`Reply`] |
//!
//! [`Knowledge`]: knowledge::Knowledge
//! [`Diagnostic`]: knowledge::Diagnostic
//! [`Matcher`]: matching::Matcher
//! [`Question`]: question::Question
//! [`Match`]: matching::Match
//! [`Reply`]: reply::Reply
//!
//! The module [`engine`] runs these steps. The caller executes the [`reply::Action`] of a pressed
//! button.

#![warn(missing_docs)]

pub mod text;
pub mod knowledge;
pub mod answer_kind;
pub mod attribute;
mod wording;
pub mod question;
pub mod matching;
pub mod reply;
pub mod engine;
