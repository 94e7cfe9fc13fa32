//! The feature vectors of which scores and probabilities are weighted sums.
//!
//! Weights are a value of the same struct as the features, so a score is a dot product.
//! To add a similarity signal, add a field here. The compiler then lists every place that must
//! give it a value (`score.rs`) and a weight (`calibration.rs`).

use serde::{Deserialize, Serialize};

use super::fit;

/// Declares a struct of `f64` fields that can be read as an array, in the order of its fields.
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

            pub fn from_array([$($field),*]: [f64; Self::N]) -> $name {
                $name { $($field),* }
            }

            /// The sum of the products of equal fields, added up in their order.
            pub fn dot(&self, other: &$name) -> f64 {
                fit::dot(&self.to_array(), &other.to_array())
            }
        }
    };
}

feature_vector! {
    /// The similarity signals between a question and one section.
    SectionFeatures {
        /// The margin of the section's support vector machine: about 1 for its own sample
        /// questions, −1 for others.
        svm_margin,
        /// The cosine with the nearest sample of the section.
        sample_cosine,
        /// BM25 over the section's text, normalized to lie between 0 and 1.
        text_score,
        /// 1 if the question names products and the section is about another one.
        other_product,
        /// The certainty that the section, or its product, is still the topic.
        topic_continuity,
    }
}

feature_vector! {
    /// The signals for and against a question being in scope.
    ScopeFeatures {
        /// Always 1: its weight is the intercept of the logistic curve.
        intercept,
        /// The SVM margin of the best section, clamped.
        svm_margin,
        /// The cosine of the best section with its nearest sample.
        sample_cosine,
        /// The text score of the best section.
        text_score,
        /// The SVM margin of the out-of-scope questions, clamped.
        out_of_scope_margin,
        /// The cosine with the nearest out-of-scope question.
        out_of_scope_cosine,
        /// The share of the question, by weight, that is in no section.
        oov_share,
        /// The logarithm of one more than the number of tokens.
        log_tokens,
        /// 1 if a token is the name of a product.
        names_product,
        /// 1 if a sample of the best section has (nearly) the same words, −1 if an out-of-scope
        /// question has.
        same_words,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_keep_their_order_in_the_array() {
        let array = [1.0, 2.0, 3.0, 4.0, 5.0];
        let features = SectionFeatures::from_array(array);
        assert_eq!(features.svm_margin, 1.0);
        assert_eq!(features.topic_continuity, 5.0);
        assert_eq!(features.to_array(), array);
        assert_eq!((SectionFeatures::N, ScopeFeatures::N), (5, 10));
    }

    #[test]
    fn a_score_is_the_sum_of_products() {
        let features = SectionFeatures { svm_margin: 0.5, other_product: 1.0, ..SectionFeatures::default() };
        let weights = SectionFeatures { svm_margin: 4.0, other_product: -2.0, text_score: 9.0, ..Default::default() };
        assert_eq!(weights.dot(&features), 0.0);
        assert_eq!(weights.dot(&SectionFeatures { text_score: 0.5, ..features }), 4.5);
    }
}
