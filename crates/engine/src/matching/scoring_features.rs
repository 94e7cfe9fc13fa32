//! The feature vectors for ranking sections and for detecting questions out of scope.
//!
//! The weights of a feature vector have the same type as the vector, so a score is a dot product.
//! To add a similarity feature, add a field here. The compiler then points to every place that must
//! set its value (`score.rs`), its weight (`calibration.rs`) or its explanation (`explain.rs`).

use serde::{Deserialize, Serialize};

use super::fit;

/// Declares a struct of `f64` fields that converts to and from an array, in field order.
macro_rules! feature_vector {
    ($(#[$doc:meta])* $name:ident { $($(#[$field_doc:meta])* $field:ident,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
        pub(super) struct $name {
            $($(#[$field_doc])* pub $field: f64,)*
        }

        impl $name {
            pub const N: usize = [$(stringify!($field)),*].len();

            pub fn to_array(self) -> [f64; Self::N] {
                [$(self.$field),*]
            }

            // The sentence weights are not fitted at run time, so only a test needs theirs.
            #[cfg_attr(not(test), allow(dead_code))]
            pub fn from_array([$($field),*]: [f64; Self::N]) -> $name {
                $name { $($field),* }
            }

            /// Returns the dot product of two feature vectors. The products are summed in field
            /// order.
            pub fn dot(&self, other: &$name) -> f64 {
                fit::dot(&self.to_array(), &other.to_array())
            }
        }
    };
}

feature_vector! {
    /// The features of one section for one question.
    SectionFeatures {
        /// The margin of the section's SVM: about 1 for the section's sample questions, and about
        /// −1 for all other questions.
        svm_margin,
        /// The cosine between the question and the section's nearest sample.
        sample_cosine,
        /// The BM25 score of the section's text, scaled to the range from 0 to 1.
        text_score,
        /// 1 if the question is a sample question, title or alias of this section word for word,
        /// and of no other.
        is_verbatim,
        /// 1 if the question names products, but the section belongs to another product.
        other_product,
        /// The certainty that the question continues the topic of the conversation, if this section
        /// belongs to that topic. Otherwise 0.
        topic_continuity,
    }
}

feature_vector! {
    /// The features that indicate whether a question is in scope.
    ScopeFeatures {
        /// Always 1, so that the weight of this feature is the intercept of the logistic
        /// regression.
        intercept,
        /// The SVM margin of the best section, clamped to ±1.5.
        svm_margin,
        /// The cosine between the question and the best section's nearest sample.
        sample_cosine,
        /// The text score of the best section.
        text_score,
        /// The SVM margin of the out-of-scope class, clamped to ±1.5.
        out_of_scope_margin,
        /// The cosine between the question and the nearest out-of-scope question.
        out_of_scope_cosine,
        /// The share of the question's words that the best section uses in any of its samples and
        /// texts.
        word_coverage,
        /// The logarithm of the number of tokens plus one.
        log_tokens,
        /// 1 if the question names a product.
        names_product,
        /// How foreign the names in the question are to the best section, between 0 and 1. 0 if the
        /// question names a product.
        foreign_name,
        /// 1 if a sample of the best section has almost the same words as the question, −1 if an
        /// out-of-scope question does, and 0 if both or neither do.
        same_words,
        /// 1 if the question is a sample question, title or alias of the best section word for
        /// word, −1 if it is an out-of-scope question.
        is_verbatim,
    }
}

feature_vector! {
    /// The features of one sentence of a section for one question.
    SentenceFeatures {
        /// The share of the question's words that the sentence has, weighted by how few sentences
        /// of the section have them.
        overlap,
        /// The same share at the start of the sentence.
        overlap_at_start,
        /// 1 for the first sentence of the section, which usually says what the section is about.
        is_first,
        /// The distance from the start of the section: 0 for the first sentence, 1 for the last.
        position,
        /// The votes of the nearest samples whose author names the sentence.
        votes,
        /// The votes of the nearest samples whose sentence is inferred.
        inferred_votes,
        /// 1 if the sentence gives what the question asks for, such as a date.
        gives_asked,
        /// 1 if the question asks for a date, a price or another number, and the sentence gives
        /// one.
        gives_number,
        /// 1 if the question asks for a person or an organization, and the sentence mentions a name
        /// that the question does not.
        gives_name,
        /// The overlap of the sentence before.
        overlap_before,
        /// 1 if the question only asks what its subject is, and the sentence is the first.
        defines,
        /// 1 if the question asks what something is for, and the sentence says what it can do.
        gives_purpose,
        /// 1 if the sentence mentions a name of the question first.
        same_subject,
        /// The share of the question's names, without the section's product, that the sentence
        /// mentions.
        mentions_names,
        /// 1 if the sentence mentions names, and none of those of the question.
        other_subject,
        /// 1 if the sentence continues the one before it.
        continues_previous,
        /// 1 if the sentence introduces a list.
        introduces_list,
        /// 1 if the sentence introduces a list and the question asks for several things, or for a
        /// purpose.
        introduces_asked_list,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_keep_their_order_in_the_array() {
        let array = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0];
        let features = SectionFeatures::from_array(array);
        assert_eq!(features.svm_margin, 1.0);
        assert_eq!(features.topic_continuity, 6.0);
        assert_eq!(features.to_array(), array);
        assert_eq!((SectionFeatures::N, ScopeFeatures::N), (6, 12));
        let sentence = SentenceFeatures::from_array(std::array::from_fn(|at| at as f64));
        assert_eq!((sentence.overlap, sentence.votes), (0.0, 4.0));
    }

    #[test]
    fn a_score_is_the_sum_of_products() {
        let features = SectionFeatures { svm_margin: 0.5, other_product: 1.0, ..SectionFeatures::default() };
        let weights = SectionFeatures { svm_margin: 4.0, other_product: -2.0, text_score: 9.0, ..Default::default() };
        assert_eq!(weights.dot(&features), 0.0);
        assert_eq!(weights.dot(&SectionFeatures { text_score: 0.5, ..features }), 4.5);
    }
}
