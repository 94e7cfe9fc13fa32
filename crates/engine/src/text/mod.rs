//! Text in, text out. Nothing here knows of a section or an article.

mod confusables;
mod distance;
mod language;
mod locale;
mod normalize;
mod phonetic;
mod pinyin;
mod sentences;
mod words;

pub use confusables::confusables;
pub use distance::{max_typos, prefix_similarity, typo_similarity};
pub use language::{Language, NotALanguage, detect};
pub use locale::Locale;
pub use normalize::{MAX_NORMAL_CHARS, is_simplified, is_traditional, normalize, squashed, to_traditional};
pub use phonetic::{IncrementalDistance, PhoneticKey, number, phonemes};
pub use pinyin::{MAX_SYLLABLE_LETTERS, Syllable, folded, is_pinyin, readings, spelling, syllable};
pub use sentences::sentences;
pub use words::{Script, Word, is_han, is_wide, words};
