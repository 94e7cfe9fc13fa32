//! Text processing: normalization, word segmentation, language detection, string distances and
//! pronunciation.
//!
//! This module does not depend on sections or knowledge bases.

mod characters;
mod taiwan;
mod normalize;
mod words;
mod phrase_set;
mod sentences;
mod language;
mod locale;
mod question_words;
mod distance;
mod confusables;
mod pinyin;
mod latin;
mod phonetic;
mod name_dictionary;

pub use characters::{is_han, is_hangul, is_kana, is_name_sign, is_pictograph, is_unspaced, is_wide};
pub use confusables::confusables;
pub use distance::{max_typos, prefix_similarity, typo_similarity};
pub use language::{Alphabet, Language, NotALanguage};
pub use latin::{FUNCTION_WORDS_EN, LatinText};
pub use locale::Locale;
pub use name_dictionary::{NameDictionary, NameSyntax};
pub use normalize::{
    MAX_NORMAL_CHARS, is_simplified, is_traditional, normalize, squashed, to_traditional, traditional_converter,
    without_signs,
};
pub use phonetic::{IncrementalDistance, PhoneticKey, number, phonemes};
pub use phrase_set::PhraseSet;
pub use pinyin::{MAX_SYLLABLE_LETTERS, Syllable, fuzzy_pinyin_class, is_pinyin, readings, spelling, syllable};
pub use question_words::{Phrases, QuestionRole};
pub use sentences::sentences;
pub use words::{Script, Word, contains_phrase, words};
