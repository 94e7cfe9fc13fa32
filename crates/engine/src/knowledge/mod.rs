//! A knowledge base: an article as sections, in one or more languages.
//!
//! [`load`] reads a [`Knowledge`] from a folder; [`embedded`] is the one in the binary. Loading
//! never stops at a mistake: it returns what it could read, and a [`Diagnostic`] for everything
//! else. [`check`] finds mistakes in a base that could be read.

mod diagnostic;
mod localized;
mod body;
mod section;
mod base;
mod files;
mod fields;
mod load;
mod numbers;
mod check;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzz;

pub use base::{Article, Knowledge, Product};
pub use body::{Block, BlockKind, Body, Sentence, Span, Style};
pub use check::check;
pub use diagnostic::{Diagnostic, Location, Severity};
pub use files::Unreadable;
pub use load::{Loaded, embedded, load};
pub use localized::Localized;
pub use section::{Section, SectionId, SectionText, SourceText};
