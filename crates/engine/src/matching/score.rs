//! Scores the candidate sections of a question.
//!
//! A score is the dot product of a section's [`SectionFeatures`] and their weights. A softmax of
//! the scores gives the probability of each section, given that the question is in scope.

use super::calibration::Calibration;
use super::features::Features;
use super::model::Model;
use super::proper_names::NameSearch;
use super::query::Query;
use super::sample_index::{NearestSamples, SAME_WORDS};
use super::scoring_features::{ScopeFeatures, SectionFeatures};
use super::section_index::TermHits;
use super::token::{MatchKind, Token};
use super::topic::Topic;
use super::vectorizer::WeightedFeature;

/// A candidate section with its score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Scored {
    pub section: usize,
    pub features: SectionFeatures,
    pub score: f64,
    /// The share of the question's words that the section uses.
    pub word_coverage: f64,
    /// How foreign the names in the question are to the section, between 0 and 1.
    pub foreign_name: f64,
}

/// The scored candidate sections of a question, and the scores that indicate whether the question
/// is in scope.
#[derive(Debug, Clone)]
pub(super) struct Scores {
    /// The candidates, sorted by score, best first. Candidates with equal scores are sorted by
    /// section.
    pub ranked: Vec<Scored>,
    /// The SVM margin of the out-of-scope class.
    pub out_of_scope_margin: f64,
    /// The cosine between the question and the nearest out-of-scope question.
    pub out_of_scope_cosine: f64,
    pub token_count: usize,
    pub names_product: bool,
    /// The only class that has the question word for word: a section, or the class of out-of-scope
    /// questions.
    pub verbatim_class: Option<usize>,
}

/// Maximum number of candidate sections found by their texts, and maximum number found by their
/// samples. A larger number costs time without improving the results.
const MAX_CANDIDATES: usize = 6;

/// Limit for the absolute value of SVM margins in the scope features. A larger margin does not make
/// it more certain that a question is in or out of scope.
const MAX_MARGIN: f64 = 1.5;

/// How foreign a name is to a product whose sections do not use it, if another section does.
const FOREIGN_TO_PRODUCT: f64 = 0.8;

/// The factor for a foreign name beside a name that the section uses.
const IN_PASSING: f64 = 0.5;

impl Scores {
    /// Returns the same candidate sections, scored with the weights of `calibration` and sorted by
    /// the new scores.
    pub fn reweighted(&self, calibration: &Calibration) -> Scores {
        let mut ranked = self.ranked.clone();
        for scored in &mut ranked {
            scored.score = calibration.ranking.dot(&scored.features);
        }
        sort(&mut ranked);
        Scores { ranked, ..self.clone() }
    }

    /// Drops the candidates that do not continue the topic, unless none does.
    pub fn keep_topic(&mut self) {
        let continues = |scored: &Scored| scored.features.topic_continuity > 0.0;
        if self.ranked.iter().any(continues) {
            self.ranked.retain(continues);
        }
    }

    pub fn scope_features(&self) -> ScopeFeatures {
        let best = self.ranked.first().map_or_else(SectionFeatures::default, |scored| scored.features);
        let has_same_words = |cosine: f64| indicator(cosine >= SAME_WORDS);
        ScopeFeatures {
            intercept: 1.0,
            svm_margin: best.svm_margin.clamp(-MAX_MARGIN, MAX_MARGIN),
            sample_cosine: best.sample_cosine,
            text_score: best.text_score,
            out_of_scope_margin: self.out_of_scope_margin.clamp(-MAX_MARGIN, MAX_MARGIN),
            out_of_scope_cosine: self.out_of_scope_cosine,
            word_coverage: self.ranked.first().map_or(0.0, |scored| scored.word_coverage),
            log_tokens: (self.token_count as f64).ln_1p(),
            names_product: indicator(self.names_product),
            foreign_name: self.ranked.first().filter(|_| !self.names_product).map_or(0.0, |best| best.foreign_name),
            same_words: has_same_words(best.sample_cosine) - has_same_words(self.out_of_scope_cosine),
            is_verbatim: self.verbatim_class.map_or(0.0, |class| {
                if self.ranked.first().is_some_and(|best| best.section == class) { 1.0 } else { -1.0 }
            }),
        }
    }
}

fn indicator(is_set: bool) -> f64 {
    f64::from(u8::from(is_set))
}

/// A question, encoded for all parts of the model: the SVM, the sample index and the section index.
pub(super) struct EncodedQuestion {
    pub vector: Vec<WeightedFeature>,
    pub query: Query,
    /// The SVM margin of each class. Empty if the model has no SVM.
    margins: Vec<f32>,
    /// For each section, the share of the question's words that the section uses.
    word_coverage: Vec<f32>,
    pub nearest: NearestSamples,
    /// The products that the user named in the question. A product name inherited from the
    /// conversation is not included.
    named_products: Vec<usize>,
    /// The only class that has the question word for word. `None` for a follow-up question, because
    /// it may not mean what the same words mean by themselves.
    verbatim_class: Option<usize>,
    /// The feature keys of the names in the question that are no products.
    pub names: Vec<u64>,
    topic: Option<Topic>,
}

impl EncodedQuestion {
    pub fn new(model: &Model, tokens: &[Token<'_>], topic: Option<Topic>) -> EncodedQuestion {
        let words = model.features.words(tokens);
        let vector = model.vectorizer.vector(tokens, &words);
        let own = tokens.iter().filter(|t| t.match_kind != MatchKind::Inherited);
        let svm_values = vector.iter().map(|w| (w.feature, w.svm_value));
        EncodedQuestion {
            query: model.section_index.query(model.features.stopwords(), tokens, &words),
            margins: model.svm.as_ref().map_or_else(Vec::new, |svm| svm.margins(svm_values)),
            word_coverage: model.word_coverage.shares(model.features.stopwords(), tokens, &words),
            nearest: model.sample_index.nearest(&vector),
            named_products: own.filter_map(|t| t.product.map(usize::from)).collect(),
            verbatim_class: model.verbatim_index.class_of(tokens).filter(|_| topic.is_none()),
            names: Vec::new(),
            vector,
            topic,
        }
    }

    /// Adds what only the question as typed shows: its names, some by their capital letters.
    pub fn with_typed_form(self, raw: &str, model: &Model, tokens: &[Token<'_>]) -> EncodedQuestion {
        let key = |tokens: &[Token<'_>]| match tokens {
            [first, second] => Features::of_han_bigram(first, second),
            _ => tokens.first().map_or(0, |token| model.features.of_token(token)),
        };
        let latin_is_english = model.features.latin_is_english();
        let is_used = |key: u64| model.word_coverage.knows(key);
        let known = &model.proper_names;
        let capitalizes_nouns = model.features.capitalizes_nouns();
        let search =
            NameSearch { raw, tokens, latin_is_english, capitalizes_nouns, known, key: &key, is_used: &is_used };
        self.with_names(search.keys())
    }

    /// Sets the feature keys of the names in the question.
    pub fn with_names(self, names: Vec<u64>) -> EncodedQuestion {
        EncodedQuestion { names, ..self }
    }

    /// Tells how foreign the names in the question are to a section, between 0 and 1: how likely
    /// the question is about a name that neither the section nor others of its product use.
    fn foreign_name(&self, model: &Model, section: usize) -> f64 {
        let product = model.section_products[section];
        // In a base without products, every section may be about the names in the others.
        let is_related = |other: usize| match product {
            Some(_) => model.section_products[other] == product,
            None => model.product_names.is_empty() || other == section,
        };
        let is_own = |name: &u64| model.word_coverage.is_used(*name, |other| other == section);
        // Beside a name that the section uses, the other one is often mentioned in passing.
        let certainty = if self.names.iter().any(is_own) { IN_PASSING } else { 1.0 };
        let foreign = self.names.iter().map(|name| match model.word_coverage.knows(*name) {
            false => 1.0,
            true if !model.word_coverage.is_used(*name, is_related) => FOREIGN_TO_PRODUCT,
            true => 0.0,
        });
        certainty * foreign.fold(0.0, f64::max)
    }

    /// Returns the features of a section. `hits` is the result of scanning the section's text for
    /// the query's terms.
    pub fn section_features(&self, model: &Model, section: usize, hits: &TermHits) -> SectionFeatures {
        let own = model.section_products[section];
        let topic_product = self.topic.and_then(|topic| model.section_products[topic.section]);
        // A section with a sample of the same words is meant, even if the sample names another
        // product, as in "is it as popular as GPT-3?".
        let is_other_product = !self.named_products.is_empty()
            && self.cosine(section) < SAME_WORDS
            && own.is_some_and(|own| !self.named_products.contains(&own) && topic_product != Some(own));
        // True if the section continues the topic, which is the section shown last. If the topic
        // has a product, all sections of this product continue the topic. If the topic has no
        // product, only the topic's own section does.
        let continues =
            |topic: &Topic| if topic_product.is_some() { own == topic_product } else { topic.section == section };
        SectionFeatures {
            svm_margin: self.margin(section).unwrap_or(0.0),
            sample_cosine: self.cosine(section),
            text_score: f64::from(hits.score(&self.query)),
            is_verbatim: indicator(self.verbatim_class == Some(section)),
            other_product: indicator(is_other_product),
            topic_continuity: self.topic.filter(continues).map_or(0.0, |topic| f64::from(topic.certainty())),
        }
    }

    fn margin(&self, class: usize) -> Option<f64> {
        self.margins.get(class).map(|margin| f64::from(*margin))
    }

    /// Returns the cosine between the question and the nearest sample of a class, or 0 if the class
    /// has no feature in common with the question.
    fn cosine(&self, class: usize) -> f64 {
        self.nearest.of(class).map_or(0.0, |(cosine, _)| f64::from(cosine.min(1.0)))
    }

    /// Finds the candidate sections of the question, and scores them.
    pub fn score(&self, model: &Model, tokens: &[Token<'_>]) -> Scores {
        let scored = self.candidates(model).into_iter().map(|section| {
            let hits = model.section_index.scan(&self.query, section, |_, _| {});
            let features = self.section_features(model, section, &hits);
            let score = model.calibration.ranking.dot(&features);
            Scored {
                section,
                features,
                score,
                word_coverage: f64::from(self.word_coverage[section]),
                foreign_name: self.foreign_name(model, section),
            }
        });
        let mut ranked: Vec<Scored> = scored.collect();
        sort(&mut ranked);
        Scores {
            ranked,
            // Without an SVM, assume a margin of −1, which is typical of questions that are not
            // like the out-of-scope questions.
            out_of_scope_margin: self.margin(model.out_of_scope_class()).unwrap_or(-1.0),
            out_of_scope_cosine: self.cosine(model.out_of_scope_class()),
            token_count: tokens.len(),
            names_product: !self.named_products.is_empty(),
            verbatim_class: self.verbatim_class,
        }
    }

    /// Returns the candidate sections: those whose texts match the question best, those whose
    /// samples are most similar to the question, and the one that has the question word for word.
    fn candidates(&self, model: &Model) -> Vec<usize> {
        let by_text = model.section_index.retrieve(&self.query, MAX_CANDIDATES);
        let weights = &model.calibration.ranking;
        let score = |section: usize| {
            let margin = self.margin(section).unwrap_or(0.0);
            (weights.svm_margin * margin + weights.sample_cosine * self.cosine(section), section)
        };
        let by_samples: Vec<(f64, usize)> = if self.margins.is_empty() {
            self.nearest.classes().filter(|class| *class < model.section_count()).map(score).collect()
        } else {
            (0..model.section_count()).map(score).collect()
        };
        let mut all: Vec<usize> = by_text.into_iter().map(|section| section as usize).collect();
        all.extend(largest(by_samples, MAX_CANDIDATES));
        all.extend(self.verbatim_class.filter(|class| *class < model.section_count()));
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// Returns the sections with the largest scores, at most `count`, in arbitrary order. If scores are
/// equal, the sections with the lowest indexes are taken.
fn largest(mut scored: Vec<(f64, usize)>, count: usize) -> impl Iterator<Item = usize> {
    let count = count.min(scored.len());
    if count < scored.len() {
        scored.select_nth_unstable_by(count, |a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    }
    scored.truncate(count);
    scored.into_iter().map(|(_, section)| section)
}

fn sort(ranked: &mut [Scored]) {
    ranked.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.section.cmp(&b.section)));
}

#[cfg(test)]
mod tests {
    use super::super::test_base::{TestSection, base};
    use super::super::training;
    use super::*;

    fn scored(section: usize, text_score: f64, score: f64) -> Scored {
        Scored {
            section,
            features: SectionFeatures { text_score, ..SectionFeatures::default() },
            score,
            word_coverage: 0.75,
            foreign_name: 0.0,
        }
    }

    fn scores(ranked: Vec<Scored>) -> Scores {
        Scores {
            ranked,
            out_of_scope_margin: -9.0,
            out_of_scope_cosine: 0.95,
            token_count: 3,
            names_product: true,
            verbatim_class: None,
        }
    }

    #[test]
    fn candidates_are_ordered_by_score_then_by_section() {
        let mut ranked = vec![scored(2, 0.0, 1.0), scored(1, 0.0, 1.0), scored(0, 0.0, -1.0), scored(3, 0.0, 2.0)];
        sort(&mut ranked);
        assert_eq!(ranked.iter().map(|s| s.section).collect::<Vec<_>>(), [3, 1, 2, 0]);
    }

    #[test]
    fn of_equal_scores_the_first_sections_are_candidates() {
        let sorted = |scored: Vec<(f64, usize)>, count| {
            let mut sections: Vec<usize> = largest(scored, count).collect();
            sections.sort_unstable();
            sections
        };
        assert_eq!(sorted(vec![(0.0, 3), (1.0, 2), (0.0, 1), (0.0, 0)], 2), [0, 2]);
        assert_eq!(sorted(vec![(0.0, 3)], 2), [3]);
        assert!(sorted(Vec::new(), 2).is_empty());
    }

    #[test]
    fn other_weights_give_another_order() {
        let before = scores(vec![scored(0, 0.1, 5.0), scored(1, 0.4, 4.0)]);
        let after = before.reweighted(&Calibration::prior(100.0));
        assert_eq!(after.ranked.iter().map(|s| s.section).collect::<Vec<_>>(), [1, 0]);
        let text_weight = Calibration::prior(100.0).ranking.text_score;
        assert_eq!(after.ranked[0].score, 0.4 * text_weight);
    }

    #[test]
    fn scope_features_are_those_of_the_best_section() {
        let features = scores(vec![scored(0, 0.4, 1.0), scored(1, 0.9, 0.0)]).scope_features();
        let expected = ScopeFeatures {
            intercept: 1.0,
            text_score: 0.4,
            // `scores` sets the out-of-scope margin to −9, which is clamped to −1.5.
            out_of_scope_margin: -1.5,
            out_of_scope_cosine: 0.95,
            word_coverage: 0.75,
            log_tokens: 4.0_f64.ln(),
            names_product: 1.0,
            // −1, because the nearest out-of-scope question has the same words as the question
            // (cosine 0.95), but no sample of the best section does.
            same_words: -1.0,
            ..ScopeFeatures::default()
        };
        assert!((features.log_tokens - expected.log_tokens).abs() < 1e-12);
        assert_eq!(ScopeFeatures { log_tokens: expected.log_tokens, ..features }, expected);
        assert_eq!(scores(Vec::new()).scope_features().text_score, 0.0);
    }

    #[test]
    fn a_sample_question_is_won_by_its_section() {
        let model = training::train(&base(&[
            TestSection { title: "Tower", questions: &["how tall is the tower"], body: "It has ten floors." },
            TestSection { title: "Bridge", questions: &["how long is the bridge"], body: "It crosses three rivers." },
        ]));
        for (question, section) in
            [("how tall is the tower", 0), ("how long is the bridge", 1), ("rivers", 1), ("floors", 0)]
        {
            let tokens = model.tokenize(question);
            let scores = EncodedQuestion::new(&model, &tokens, None).score(&model, &tokens);
            assert_eq!(scores.ranked[0].section, section, "{question}: {scores:?}");
        }
    }

    #[test]
    fn a_topic_without_a_product_favours_its_section_alone() {
        let model = training::train(&base(&[
            TestSection { title: "Tower", questions: &[], body: "It is old." },
            TestSection { title: "Bridge", questions: &[], body: "It is old." },
        ]));
        let tokens = model.tokenize("old");
        let topic = Topic { section: 1, has_anaphora: true };
        let scores = EncodedQuestion::new(&model, &tokens, Some(topic)).score(&model, &tokens);
        let continuity = |section| {
            let scored = scores.ranked.iter().find(|s| s.section == section).expect("a candidate");
            scored.features.topic_continuity as f32
        };
        assert_eq!((continuity(0), continuity(1)), (0.0, topic.certainty()));
        assert_eq!(scores.ranked[0].section, 1);
    }
}
