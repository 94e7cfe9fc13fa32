//! Builds a model from the texts of a knowledge base, with given scoring weights.

use super::calibration::Calibration;
use super::corpus::{Corpus, NormalizedSection, TrainingText, name_tokenizer, proper_names};
use super::features::Features;
use super::linear::{LinearSvm, SparseVector, TrainingSet};
use super::model::Model;
use super::phonetic_model::PhoneticModel;
use super::sample_index::{Sample, SampleIndex};
use super::section_index::{SectionIndex, SectionInput};
use super::tokenizer::Tokenizer;
use super::vectorizer::Vectorizer;
use super::verbatim_index::VerbatimIndex;
use super::vocabulary::Vocabulary;
use super::word_coverage::WordCoverage;
use crate::answer_kind;
use crate::attribute::Attributes;
use crate::knowledge::Knowledge;
use crate::text::{Alphabet, Language, Script, words};

/// Number of passes over the samples when the SVM is trained. More passes do not improve the
/// results.
const EPOCHS: usize = 6;

/// Maximum of (number of samples) × (number of classes) for training an SVM. Training at this limit
/// takes some seconds.
const MAX_SVM_WORK: usize = 10_000_000;

/// Builds a model from the section texts of a corpus, and from these training texts.
pub(super) fn build_model(
    knowledge: &Knowledge,
    corpus: &Corpus,
    texts: &[&TrainingText],
    calibration: Calibration,
) -> Model {
    let tokenizer = train_tokenizer(knowledge, corpus, texts);
    let features = Features::from(knowledge.languages.clone());
    let tokenized = texts.iter().map(|text| tokenizer.tokenize(&text.normalized));
    let verbatim_index =
        VerbatimIndex::new(texts.iter().map(|text| (text.class, tokenizer.tokenize(&text.normalized))));
    let (vectorizer, vectors) = Vectorizer::fit(&features, tokenized, corpus.sections.len());
    let word_coverage = index_words(&features, &tokenizer, corpus, texts);
    let sample = |text: &&TrainingText| Sample {
        class: text.class as u32,
        text: text.text.clone(),
        language: text.language,
        answer: text.answer.and_then(|answer| u16::try_from(answer).ok()),
        is_inferred: false,
    };
    let samples = texts.iter().map(sample).collect();
    let sample_index = SampleIndex::new(samples, vectors.iter().map(|v| &v.cosine), vectorizer.feature_count());
    let svm_vectors: Vec<SparseVector> = vectors.into_iter().map(|v| v.svm).collect();
    Model {
        svm: train_svm(corpus, texts, &svm_vectors, vectorizer.svm_feature_count()),
        tokenizer,
        features,
        vectorizer,
        sample_index,
        section_index: index_sections(knowledge, corpus),
        word_coverage,
        proper_names: proper_names(knowledge),
        section_attributes: section_attributes(corpus, texts),
        verbatim_index,
        calibration,
        section_products: knowledge.sections.iter().map(|s| s.product).collect(),
        product_names: corpus.product_names.clone(),
        sentence_ranges: corpus.sections.iter().map(|section| section.ranges.clone()).collect(),
        sentence_traits: corpus.sections.iter().map(|section| section.traits.clone()).collect(),
        wrong_answer_cost: knowledge.wrong_answer_costs,
    }
}

/// Returns the attributes that each section may state: those that its sentences state, and those
/// that its samples ask for, without those that hardly any sample of the section asks for.
fn section_attributes(corpus: &Corpus, texts: &[&TrainingText]) -> Vec<Attributes> {
    /// The minimum share of a section's samples that ask for an attribute.
    const MIN_SHARE: f64 = 0.05;
    let mut asked: Vec<Vec<Attributes>> = vec![Vec::new(); corpus.sections.len()];
    for text in texts.iter().filter(|text| corpus.is_sample(text)) {
        asked[text.class].push(Attributes::asked(&text.normalized, answer_kind::asked(&text.normalized)));
    }
    let of = |(section, samples): (&NormalizedSection, Vec<Attributes>)| {
        let sentences = section.sentences.iter().zip(&section.traits);
        let stated = sentences.map(|(sentence, traits)| Attributes::stated(sentence, traits.gives));
        stated.fold(Attributes::frequent(&samples, MIN_SHARE), Attributes::union)
    };
    corpus.sections.iter().zip(asked).map(of).collect()
}

fn index_sections(knowledge: &Knowledge, corpus: &Corpus) -> SectionIndex {
    // Section texts are tokenized without corrections, which only needs the product names.
    let tokenizer = name_tokenizer(&corpus.name_table);
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
    let has_samples = texts.iter().any(|text| corpus.is_sample(text));
    if !has_samples || texts.len().saturating_mul(class_count) > MAX_SVM_WORK {
        return None;
    }
    let classes: Vec<u32> = texts.iter().map(|text| text.class as u32).collect();
    Some(LinearSvm::train(&TrainingSet { vectors, classes: &classes, feature_count, class_count }, EPOCHS))
}

#[cfg(test)]
mod tests {
    use super::super::test_base::{TestSection, base};
    use super::*;

    fn knowledge(questions: &[&str]) -> Knowledge {
        base(&[
            TestSection { title: "Tower", questions, body: "It has floors." },
            TestSection { title: "Bridge", questions: &[], body: "It crosses rivers." },
        ])
    }

    fn model(questions: &[&str]) -> Model {
        let knowledge = knowledge(questions);
        let corpus = Corpus::new(&knowledge);
        let texts: Vec<&TrainingText> = corpus.training_texts.iter().collect();
        build_model(&knowledge, &corpus, &texts, Calibration::prior(1.0))
    }

    #[test]
    fn only_sample_questions_train_an_svm() {
        assert!(model(&[]).svm.is_none());
        assert!(model(&["how tall is it"]).svm.is_some());
    }

    #[test]
    fn the_section_index_depends_on_the_section_texts_alone() {
        let bytes = |questions: &[&str]| postcard::to_stdvec(&model(questions).section_index).expect("serializable");
        assert_eq!(bytes(&[]), bytes(&["how tall is it", "who built the tower"]));
    }

    #[test]
    fn words_of_samples_titles_and_texts_are_covered() {
        let model = model(&["how tall is it"]);
        for (word, section) in [("tall", 0), ("tower", 0), ("floors", 0), ("rivers", 1)] {
            let tokens = model.tokenize(word);
            let shares =
                model.word_coverage.shares(model.features.stopwords(), &tokens, &model.features.words(&tokens));
            assert_eq!((shares[section], shares[1 - section]), (1.0, 0.0), "{word}");
        }
    }
}
