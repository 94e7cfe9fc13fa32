//! Loads and checks a knowledge base: an article split into sections, in one or more languages.
//!
//! [`load`] reads a [`Knowledge`] from a folder, and [`embedded`] loads the knowledge base in the
//! binary. Loading continues after a mistake. The result is the parts that could be parsed, and a
//! [`Diagnostic`] for each mistake. [`check`] then finds mistakes in the contents.

mod diagnostic;
mod localized;
mod address;
mod html;
mod source;
mod body;
mod markdown;
mod section;
mod base;
mod files;
mod yaml;
mod fields;
mod slug;
mod load;
mod numbers;
mod check;
#[cfg(fuzzing)]
#[doc(hidden)]
pub mod fuzz;

pub use base::{Article, Knowledge, Product};
pub use body::{Block, BlockKind, Body, Gap, ListPosition, Loss, Marker, Sentence, Span, Style};
pub use check::check;
pub use diagnostic::{Diagnostic, Location, Severity};
pub use files::Unreadable;
pub use load::{Loaded, embedded, load};
pub use localized::Localized;
pub use section::{SampleQuestion, Section, SectionId, SectionText, SourceText};
