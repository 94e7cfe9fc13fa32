//! Everything about the base's Han characters and names that spelling by sound or look needs.
//!
//! The parts form a noisy channel (Kernighan, Church, Gale: A Spelling Correction Program Based on
//! a Noisy Channel Model, 1990). The language model is the base itself. What it does not support
//! stays as typed.

use serde::{Deserialize, Serialize};

use super::char_bigram_model::CharBigramModel;
use super::char_correction::LookalikeIndex;
use super::initials_index::InitialsIndex;
use super::reading_index::ReadingIndex;
use super::spoken_names::SpokenNames;
use crate::text::QuestionRole;

/// The weight of a title, an alias or a question word, against 1 for a sentence.
const NAME_WEIGHT: u32 = 3;

#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct PhoneticModel {
    pub chars: CharBigramModel,
    pub readings: ReadingIndex,
    pub initials: InitialsIndex,
    pub lookalikes: LookalikeIndex,
    pub spoken_names: SpokenNames,
}

impl PhoneticModel {
    /// Builds the model from normal forms and from product names as written.
    ///
    /// `names` are titles and aliases.
    pub fn new<'a>(
        sentences: impl Iterator<Item = &'a str>,
        names: impl Iterator<Item = &'a str> + Clone,
        products: impl Iterator<Item = (&'a str, u16)>,
    ) -> PhoneticModel {
        // Users type question words as pinyin whatever the base is about.
        let question_words = QuestionRole::Stopword.phrases().han.iter().copied();
        let names_and_question_words = names.clone().chain(question_words);
        let chars = CharBigramModel::new(
            sentences.map(|text| (text, 1)).chain(names_and_question_words.map(|text| (text, NAME_WEIGHT))),
        );
        PhoneticModel {
            readings: ReadingIndex::new(chars.characters()),
            lookalikes: LookalikeIndex::new(&chars),
            chars,
            initials: InitialsIndex::new(names),
            spoken_names: SpokenNames::new(products),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::PhoneticModel;

    #[test]
    fn names_count_more_than_sentences_and_question_words_are_always_known() {
        let model = PhoneticModel::new(["语音识别"].into_iter(), ["价格表"].into_iter(), [("Whisper", 0)].into_iter());
        assert_eq!((model.chars.count('语', '音'), model.chars.count('价', '格')), (1, 3));
        assert!(model.chars.is_established('为', '什'));
        assert_eq!((model.initials.find("jgb"), model.initials.find("yysb")), (Some("价格表"), None));
    }
}
