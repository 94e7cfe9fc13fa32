//! Trains a model on a knowledge base, and fits the scoring weights to held-out questions.

use super::calibration::Calibration;
use super::corpus::{Corpus, NormalizedSection, TrainingText};
use super::features::Features;
use super::fit::{Case, Choice};
use super::linear::{LinearSvm, SparseVector, TrainingSet};
use super::model::Model;
use super::phonetic_model::PhoneticModel;
use super::sample_index::{Sample, SampleIndex};
use super::score::{EncodedQuestion, Scores};
use super::section_index::{SectionIndex, SectionInput};
use super::tokenizer::Tokenizer;
use super::vectorizer::Vectorizer;
use super::vocabulary::Vocabulary;
use crate::knowledge::Knowledge;
use crate::text::{Alphabet, Language, Script, words};

/// Minimum number of held-out questions for fitting the scoring weights. With fewer questions, the
/// fit would follow random noise.
const MIN_HELD_OUT: usize = 100;

/// Number of passes over the samples when the SVM is trained. More passes do not improve the
/// results.
const EPOCHS: usize = 6;

/// Maximum of (number of samples) × (number of classes) for training an SVM. Training at this limit
/// takes some seconds.
const MAX_SVM_WORK: usize = 10_000_000;

/// Trains a model on all texts of a knowledge base.
///
/// With enough sample questions, a first model is trained without the held-out questions. The
/// scoring weights are fitted to that model's results on the held-out questions. The final model is
/// then trained on all questions.
pub(super) fn train(knowledge: &Knowledge) -> Model {
    let corpus = Corpus::new(knowledge);
    let all: Vec<&TrainingText> = corpus.training_texts.iter().collect();
    let (held_out, rest) = corpus.split();
    let section_index = index_sections(knowledge, &corpus);
    if held_out.len() < MIN_HELD_OUT {
        let calibration =
            if corpus.has_sample_questions() { Calibration::default() } else { Calibration::without_samples() };
        return train_on(knowledge, &corpus, &all, section_index, calibration);
    }
    let model = train_on(knowledge, &corpus, &rest, section_index, Calibration::default());
    let calibration = calibrate(&model, &held_out);
    // The first and the final model share only the section index, which does not depend on training
    // texts. The vocabulary and the phonetic model of the first model must not contain the words of
    // held-out questions. If they did, no held-out question would have unknown words, although
    // questions of users do.
    train_on(knowledge, &corpus, &all, model.section_index, calibration)
}

fn index_sections(knowledge: &Knowledge, corpus: &Corpus) -> SectionIndex {
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
    SectionIndex::new(&Features::from(knowledge.languages.clone()), &inputs)
}

fn train_on(
    knowledge: &Knowledge,
    corpus: &Corpus,
    texts: &[&TrainingText],
    section_index: SectionIndex,
    calibration: Calibration,
) -> Model {
    let tokenizer = train_tokenizer(knowledge, corpus, texts);
    let features = Features::from(knowledge.languages.clone());
    let (vectorizer, vectors) =
        Vectorizer::fit(&features, texts.iter().map(|text| tokenizer.tokenize(&text.normalized)));
    let sample =
        |text: &&TrainingText| Sample { class: text.class as u32, text: text.text.clone(), language: text.language };
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
        calibration,
        section_products: knowledge.sections.iter().map(|s| s.product).collect(),
        product_names: corpus.product_names.clone(),
        sentence_ranges: corpus.sections.iter().map(|section| section.ranges.clone()).collect(),
        sentence_traits: corpus.sections.iter().map(|section| section.traits.clone()).collect(),
        wrong_answer_cost: knowledge.wrong_answer_costs,
    }
}

fn train_tokenizer(knowledge: &Knowledge, corpus: &Corpus, texts: &[&TrainingText]) -> Tokenizer {
    let sentences = corpus.sections.iter().flat_map(|section| &section.sentences);
    let normalized = texts.iter().map(|text| &text.normalized).chain(sentences);
    let latin = normalized.flat_map(|text| words(text)).filter(|word| word.script == Script::Letters);
    let vocabulary = Vocabulary::new(latin.map(|word| word.text));
    Tokenizer::new(corpus.name_table.clone(), vocabulary, train_phonetic_model(knowledge, corpus, texts))
        .for_languages(&knowledge.languages)
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
    // Pinyin and Chinese homophones mean nothing to readers of Japanese.
    let is_chinese = |_: &&str| knowledge.languages.contains(&Language::ZH) || !has_japanese(knowledge);
    let sentences = questions.chain(sentences_that(false)).filter(is_chinese);
    PhoneticModel::new(sentences, sentences_that(true).filter(is_chinese), products)
}

fn has_japanese(knowledge: &Knowledge) -> bool {
    knowledge.languages.iter().any(|language| Alphabet::Kana.may_be(*language))
}

fn train_svm(
    corpus: &Corpus,
    texts: &[&TrainingText],
    vectors: &[SparseVector],
    feature_count: usize,
) -> Option<LinearSvm> {
    let class_count = corpus.out_of_scope_class() + 1;
    let has_samples = texts.iter().any(|text| text.is_question && text.class < corpus.out_of_scope_class());
    if !has_samples || texts.len().saturating_mul(class_count) > MAX_SVM_WORK {
        return None;
    }
    let classes: Vec<u32> = texts.iter().map(|text| text.class as u32).collect();
    Some(LinearSvm::train(&TrainingSet { vectors, classes: &classes, feature_count, class_count }, EPOCHS))
}

/// Fits the scoring weights to held-out questions. Fits the ranking weights first, because the
/// scope weights depend on which section ranks first.
fn calibrate(model: &Model, held_out: &[&TrainingText]) -> Calibration {
    let mut choices = Vec::new();
    let mut scored: Vec<(Scores, bool)> = Vec::with_capacity(held_out.len());
    for text in held_out {
        let tokens = model.tokenize(&text.normalized);
        let scores = EncodedQuestion::new(model, &tokens, None).score(model, &tokens);
        if let Some(right) = scores.ranked.iter().position(|s| s.section == text.class) {
            choices.push(Choice { options: scores.ranked.iter().map(|s| s.features.to_array()).collect(), right });
        }
        scored.push((scores, text.class < model.out_of_scope_class()));
    }
    let calibration = model.calibration.fit_ranking(&choices);
    let weights = balanced_weights(&scored.iter().map(|(_, is_in_scope)| *is_in_scope).collect::<Vec<_>>());
    let cases: Vec<Case<_>> = scored
        .iter()
        .map(|(scores, is_in_scope)| Case {
            features: scores.reweighted(&calibration).scope_features().to_array(),
            is_true: *is_in_scope,
            weight: weights[usize::from(*is_in_scope)],
        })
        .collect();
    calibration.fit_scope(&cases)
}

/// Returns the weight of a false case and the weight of a true case, chosen so that all false cases
/// together weigh as much as all true cases.
fn balanced_weights(cases: &[bool]) -> [f64; 2] {
    [false, true].map(|kind| {
        let count = cases.iter().filter(|case| **case == kind).count();
        cases.len() as f64 / (2.0 * count.max(1) as f64)
    })
}

#[cfg(test)]
mod tests {
    use super::super::test_base::{TestSection, base};
    use super::*;
    use crate::knowledge::SourceText;

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
    fn a_base_without_sample_questions_has_no_svm_and_its_own_weights() {
        let model = train(&base(&[TestSection { title: "Tower", questions: &[], body: "It has floors." }]));
        assert!(model.svm.is_none());
        assert_eq!(model.calibration, Calibration::without_samples());
    }

    #[test]
    fn a_base_with_few_sample_questions_keeps_the_defaults() {
        let model =
            train(&base(&[TestSection { title: "Tower", questions: &["how tall is it"], body: "It has floors." }]));
        assert!(model.svm.is_some());
        assert_eq!(model.calibration, Calibration::default());
    }

    #[test]
    fn a_base_with_many_sample_questions_is_calibrated() {
        let knowledge = large_base(250);
        let corpus = Corpus::new(&knowledge);
        assert!(corpus.split().0.len() >= MIN_HELD_OUT);
        let model = train(&knowledge);
        assert_ne!(model.calibration.ranking, Calibration::default().ranking);
        assert_ne!(model.calibration.scope, Calibration::default().scope);
        // Each question ends with a number. The final model was also trained on the held-out
        // questions, so it knows the number of the first held-out question.
        let held_out = corpus.split().0;
        let number = held_out[0].normalized.split(' ').next_back().expect("a number");
        assert!(model.knows(&model.tokenize(number)[0]));
    }

    #[test]
    fn the_section_index_depends_on_the_section_texts_alone() {
        let bytes = |knowledge: &Knowledge| {
            postcard::to_stdvec(&index_sections(knowledge, &Corpus::new(knowledge))).expect("serializable")
        };
        assert_eq!(bytes(&large_base(1)), bytes(&large_base(5)));
    }

    #[test]
    fn training_is_deterministic() {
        let calibration = || train(&large_base(200)).calibration;
        assert_eq!(calibration(), calibration());
    }

    #[test]
    fn both_kinds_of_cases_count_for_half() {
        let cases = [true, true, true, false];
        let [of_false, of_true] = balanced_weights(&cases);
        assert_eq!((of_false, 3.0 * of_true), (2.0, 2.0));
        assert_eq!(balanced_weights(&[true, true]), [1.0, 0.5]);
    }
}
