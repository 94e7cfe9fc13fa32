//! Text in, text out. Nothing here knows of a section or an article.

mod distance;
mod language;
mod normalize;
mod sentences;
mod words;

pub use distance::{beginning, slip, slips_in};
pub use language::{Language, NotALanguage, detect};
pub use normalize::{MAX_NORMAL_CHARS, normalize, written_together};
pub use sentences::sentences;
pub use words::{Script, Word, is_wide, words};
