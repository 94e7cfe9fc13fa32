//! The data for correcting words of a question by sound or look: statistics of Han characters, and
//! the pronunciations of product names.
//!
//! Corrections follow the noisy channel model (Kernighan, Church, Gale: A Spelling Correction
//! Program Based on a Noisy Channel Model, 1990). The language model is estimated from the
//! knowledge base. Text that the language model does not support is left as typed.

use serde::{Deserialize, Serialize};

use super::char_bigram_model::CharBigramModel;
use super::char_correction::LookalikeIndex;
use super::initials_index::InitialsIndex;
use super::reading_index::ReadingIndex;
use super::spoken_names::SpokenNames;
use crate::text::QuestionRole;

/// The number of times that each title, alias and question word counts in the character statistics.
/// Each sentence counts once.
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
    /// Builds the model. `sentences` are normalized sentences, `names` are the normalized titles
    /// and aliases, and `products` are product names as written, with the product's index.
    pub fn new<'a>(
        sentences: impl Iterator<Item = &'a str>,
        names: impl Iterator<Item = &'a str> + Clone,
        products: impl Iterator<Item = (&'a str, u16)>,
    ) -> PhoneticModel {
        // Include question words, because users type question words in pinyin, whatever the
        // knowledge base is about.
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
