//! Trains a model on a knowledge base, and fits the scoring weights to cross-fitted questions.

use super::calibration::Calibration;
use super::corpus::{Corpus, NormalizedSection, TrainingText};
use super::cross_fit::{HeldOut, Truth, cross_fit};
use super::features::Features;
use super::fit::{Case, Choice};
use super::linear::{LinearSvm, SparseVector, TrainingSet};
use super::model::Model;
use super::phonetic_model::PhoneticModel;
use super::sample_index::{Sample, SampleIndex};
use super::score::Scores;
use super::scoring_features::SectionFeatures;
use super::section_index::{SectionIndex, SectionInput};
use super::tokenizer::Tokenizer;
use super::vectorizer::Vectorizer;
use super::vocabulary::Vocabulary;
use super::word_coverage::WordCoverage;
use crate::knowledge::Knowledge;
use crate::text::{Script, words};

/// Number of passes over the samples when the SVM is trained. More passes do not improve the
/// results.
const EPOCHS: usize = 6;

/// Maximum of (number of samples) × (number of classes) for training an SVM. Training at this limit
/// takes some seconds.
const MAX_SVM_WORK: usize = 10_000_000;

/// The weight of all near misses together, and of all everyday messages together, when the scope
/// weights are fitted. For comparison, each out-of-scope question of the knowledge base has weight
/// 1. A few out-of-scope questions therefore change little, and hundreds replace the other two.
const NEAR_MISS_WEIGHT: f64 = 60.0;
const EVERYDAY_WEIGHT: f64 = 20.0;

/// Trains a model on all texts of a knowledge base.
///
/// Training starts from weights fitted to other knowledge bases. The weights are then fitted to
/// cross-fitted questions of this knowledge base. The fewer questions, the nearer the weights stay
/// to those of other knowledge bases.
pub(super) fn train(knowledge: &Knowledge) -> Model {
    let corpus = Corpus::new(knowledge);
    let all: Vec<&TrainingText> = corpus.training_texts.iter().collect();
    let prior = Calibration::prior(corpus.samples_per_section());
    let calibration = calibrate(prior, &cross_fit(knowledge, &corpus, prior));
    train_on(knowledge, &corpus, &all, index_sections(&corpus), calibration)
}

pub(super) fn index_sections(corpus: &Corpus) -> SectionIndex {
    // Section texts are tokenized without corrections, which only needs the product names.
    let tokenizer = Tokenizer::new(corpus.name_table.clone(), Vocabulary::default(), PhoneticModel::default());
    let inputs: Vec<SectionInput<'_>> = corpus
        .sections
        .iter()
        .map(|section| SectionInput {
            sentences: section.sentences.iter().map(|sentence| tokenizer.tokenize(sentence)).collect(),
            lead: section.lead,
            name_tokens: section.name_words,
        })
        .collect();
    SectionIndex::new(&Features::default(), &inputs)
}

pub(super) fn train_on(
    knowledge: &Knowledge,
    corpus: &Corpus,
    texts: &[&TrainingText],
    section_index: SectionIndex,
    calibration: Calibration,
) -> Model {
    let tokenizer = train_tokenizer(knowledge, corpus, texts);
    let features = Features::default();
    let (vectorizer, vectors) =
        Vectorizer::fit(&features, texts.iter().map(|text| tokenizer.tokenize(&text.normalized)));
    let word_coverage = index_words(&features, &tokenizer, corpus, texts);
    let sample = |text: &&TrainingText| Sample { class: text.class as u32, text: text.text.clone() };
    let samples = texts.iter().map(sample).collect();
    let sample_index = SampleIndex::new(samples, vectors.iter().map(|v| &v.cosine), vectorizer.feature_count());
    let svm_vectors: Vec<SparseVector> = vectors.into_iter().map(|v| v.svm).collect();
    Model {
        svm: train_svm(corpus, texts, &svm_vectors, vectorizer.svm_feature_count()),
        tokenizer,
        features,
        vectorizer,
        sample_index,
        section_index,
        word_coverage,
        calibration,
        section_products: knowledge.sections.iter().map(|s| s.product).collect(),
        product_names: corpus.product_names.clone(),
        sentence_ranges: corpus.sections.iter().map(|section| section.ranges.clone()).collect(),
        sentence_traits: corpus.sections.iter().map(|section| section.traits.clone()).collect(),
        wrong_answer_cost: knowledge.wrong_answer_costs,
    }
}

fn index_words(features: &Features, tokenizer: &Tokenizer, corpus: &Corpus, texts: &[&TrainingText]) -> WordCoverage {
    let in_scope = texts.iter().filter(|text| text.class < corpus.out_of_scope_class());
    let samples = in_scope.map(|text| (text.class, text.normalized.as_str()));
    let sections = corpus.sections.iter().enumerate();
    let sentences = sections.flat_map(|(at, section)| section.sentences.iter().map(move |s| (at, s.as_str())));
    let tokenized = samples.chain(sentences).map(|(section, text)| (section, tokenizer.tokenize(text)));
    WordCoverage::new(features, corpus.sections.len(), tokenized)
}

fn train_tokenizer(knowledge: &Knowledge, corpus: &Corpus, texts: &[&TrainingText]) -> Tokenizer {
    let sentences = corpus.sections.iter().flat_map(|section| &section.sentences);
    let normalized = texts.iter().map(|text| &text.normalized).chain(sentences);
    let latin = normalized.flat_map(|text| words(text)).filter(|word| word.script == Script::Letters);
    let vocabulary = Vocabulary::new(latin.map(|word| word.text));
    Tokenizer::new(corpus.name_table.clone(), vocabulary, train_phonetic_model(knowledge, corpus, texts))
}

fn train_phonetic_model(knowledge: &Knowledge, corpus: &Corpus, texts: &[&TrainingText]) -> PhoneticModel {
    // `section.ranges` covers the sentences of the body. All other sentences are titles or aliases.
    let is_name =
        |section: &NormalizedSection, at: usize| !section.ranges.iter().any(|range| range.range().contains(&at));
    let sentences_that = |are_names: bool| {
        corpus.sections.iter().flat_map(move |section| {
            let own = section.sentences.iter().enumerate().filter(move |(at, _)| is_name(section, *at) == are_names);
            own.map(|(_, sentence)| sentence.as_str())
        })
    };
    let questions = texts.iter().filter(|text| text.is_question).map(|text| text.normalized.as_str());
    let products = knowledge.products.iter().enumerate().map(|(at, product)| (product.name.as_str(), at as u16));
    PhoneticModel::new(questions.chain(sentences_that(false)), sentences_that(true), products)
}

fn train_svm(
    corpus: &Corpus,
    texts: &[&TrainingText],
    vectors: &[SparseVector],
    feature_count: usize,
) -> Option<LinearSvm> {
    let class_count = corpus.out_of_scope_class() + 1;
    let has_samples = texts.iter().any(|text| corpus.is_sample(text));
    if !has_samples || texts.len().saturating_mul(class_count) > MAX_SVM_WORK {
        return None;
    }
    let classes: Vec<u32> = texts.iter().map(|text| text.class as u32).collect();
    Some(LinearSvm::train(&TrainingSet { vectors, classes: &classes, feature_count, class_count }, EPOCHS))
}

/// Fits the scoring weights to cross-fitted questions. Fits the ranking weights first, because the
/// scope weights depend on which section ranks first.
fn calibrate(prior: Calibration, held_out: &[HeldOut]) -> Calibration {
    let calibration = prior.fit_ranking(&held_out.iter().filter_map(choice).collect::<Vec<_>>());
    let weights = ScopeCaseWeights::new(held_out);
    let cases: Vec<Case<_>> = held_out
        .iter()
        .map(|one| Case {
            features: one.scores.reweighted(&calibration).scope_features().to_array(),
            is_true: matches!(one.truth, Truth::Section(_)),
            weight: weights.of(one.truth),
        })
        .collect();
    calibration.fit_scope(&cases)
}

/// Returns the candidate sections of a question, and which of them is right. Returns `None` if none
/// is.
fn choice(one: &HeldOut) -> Option<Choice<{ SectionFeatures::N }>> {
    let Scores { ranked, .. } = &one.scores;
    let right = ranked.iter().position(|scored| Truth::Section(scored.section) == one.truth)?;
    Some(Choice { options: ranked.iter().map(|scored| scored.features.to_array()).collect(), right })
}

/// The weight of one question of each kind, when the scope weights are fitted. All unanswerable
/// questions together weigh as much as all sample questions.
struct ScopeCaseWeights {
    near_miss: f64,
    everyday: f64,
    out_of_scope: f64,
}

impl ScopeCaseWeights {
    fn new(held_out: &[HeldOut]) -> ScopeCaseWeights {
        let count = |truth| held_out.iter().filter(|one| one.truth == truth).count() as f64;
        let samples = held_out.iter().filter(|one| matches!(one.truth, Truth::Section(_))).count() as f64;
        let shared = |weight: f64, truth| weight / f64::max(count(truth), 1.0);
        let total = f64::min(NEAR_MISS_WEIGHT, NEAR_MISS_WEIGHT * count(Truth::NearMiss))
            + f64::min(EVERYDAY_WEIGHT, EVERYDAY_WEIGHT * count(Truth::Everyday))
            + count(Truth::OutOfScope);
        let scale = samples / total.max(1.0);
        ScopeCaseWeights {
            near_miss: scale * shared(NEAR_MISS_WEIGHT, Truth::NearMiss),
            everyday: scale * shared(EVERYDAY_WEIGHT, Truth::Everyday),
            out_of_scope: scale,
        }
    }

    fn of(&self, truth: Truth) -> f64 {
        match truth {
            Truth::Section(_) => 1.0,
            Truth::NearMiss => self.near_miss,
            Truth::Everyday => self.everyday,
            Truth::OutOfScope => self.out_of_scope,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_base::{TestSection, base};
    use super::*;
    use crate::knowledge::SourceText;
    use crate::text::Language;

    /// Creates a knowledge base of two sections with `count` sample questions each, and with
    /// `count` out-of-scope questions.
    fn large_base(count: usize) -> Knowledge {
        let mut knowledge = base(&[
            TestSection { title: "Tower", questions: &[], body: "It has floors." },
            TestSection { title: "Bridge", questions: &[], body: "It crosses rivers." },
        ]);
        let location = knowledge.sections[0].texts[&Language::EN].location.clone();
        let questions = |words: &str| -> Vec<SourceText> {
            let question = |at| SourceText { text: format!("{words} {at}"), location: location.clone() };
            (0..count).map(question).collect()
        };
        let of_sections = [questions("how tall is tower"), questions("how long is bridge")];
        for (section, questions) in knowledge.sections.iter_mut().zip(of_sections) {
            section.texts.get_mut(&Language::EN).expect("English").questions = questions;
        }
        knowledge.out_of_scope.insert(Language::EN, questions("who is king"));
        knowledge
    }

    #[test]
    fn a_base_without_sample_questions_has_no_svm_and_the_prior_weights() {
        let model = train(&base(&[TestSection { title: "Tower", questions: &[], body: "It has floors." }]));
        assert!(model.svm.is_none());
        assert_eq!(model.calibration, Calibration::prior(0.0));
    }

    #[test]
    fn the_more_samples_the_further_from_the_prior() {
        let distance = |count: usize| {
            let calibration = train(&large_base(count)).calibration;
            let prior = Calibration::prior(count as f64);
            let pairs = calibration.scope.to_array().into_iter().zip(prior.scope.to_array());
            pairs.map(|(weight, prior)| (weight - prior).abs()).sum::<f64>()
        };
        let (few, many) = (distance(3), distance(100));
        assert!(0.0 < few && few < many, "{few} {many}");
    }

    #[test]
    fn the_final_model_knows_the_held_out_questions() {
        let model = train(&large_base(20));
        // Each question ends with its number, which no other text has.
        assert!((0..20).all(|number| model.knows(&model.tokenize(&number.to_string())[0])));
    }

    #[test]
    fn the_section_index_depends_on_the_section_texts_alone() {
        let bytes = |knowledge: &Knowledge| {
            postcard::to_stdvec(&index_sections(&Corpus::new(knowledge))).expect("serializable")
        };
        assert_eq!(bytes(&large_base(1)), bytes(&large_base(5)));
    }

    #[test]
    fn training_is_deterministic() {
        let calibration = || train(&large_base(200)).calibration;
        assert_eq!(calibration(), calibration());
    }

    #[test]
    fn unanswerable_questions_weigh_as_much_as_samples() {
        use Truth::{Everyday, NearMiss, OutOfScope, Section};
        for kinds in [
            vec![(Section(0), 30), (NearMiss, 30), (Everyday, 200), (OutOfScope, 7)],
            vec![(Section(0), 30), (NearMiss, 0), (Everyday, 200), (OutOfScope, 0)],
            vec![(Section(0), 30), (NearMiss, 0), (Everyday, 0), (OutOfScope, 3)],
        ] {
            let scores = Scores {
                ranked: Vec::new(),
                out_of_scope_margin: 0.0,
                out_of_scope_cosine: 0.0,
                token_count: 0,
                names_product: false,
            };
            let one = |truth| HeldOut { truth, scores: scores.clone() };
            let all: Vec<HeldOut> = kinds.iter().flat_map(|(truth, count)| (0..*count).map(|_| one(*truth))).collect();
            let weights = ScopeCaseWeights::new(&all);
            let unanswerable = all.iter().filter(|one| one.truth != Section(0)).map(|one| weights.of(one.truth));
            assert!((unanswerable.sum::<f64>() - 30.0).abs() < 1e-9, "{kinds:?}");
        }
    }
}
