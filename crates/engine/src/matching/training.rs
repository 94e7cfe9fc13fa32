//! Trains a model on a knowledge base, and fits the scoring weights to cross-fitted questions.

use super::calibration::Calibration;
use super::corpus::{Corpus, TrainingText};
use super::cross_fit::{HeldOut, Truth, cross_fit};
use super::fit::{Case, Choice};
use super::highlight::{Target, asks_for, highlight};
use super::model::Model;
use super::model_builder::build_model;
use super::sample_index::SentenceVotes;
use super::score::Scores;
use super::scoring_features::SectionFeatures;
use super::token::joined;
use crate::knowledge::Knowledge;
use crate::text::normalize;

/// The weight of all near misses together, and of all everyday messages together, when the scope
/// weights are fitted. For comparison, each out-of-scope question of the knowledge base has weight
/// 1. A few out-of-scope questions therefore change little, and hundreds replace the other two.
const NEAR_MISS_WEIGHT: f64 = 60.0;
const EVERYDAY_WEIGHT: f64 = 20.0;
/// The weight of all renamed questions together.
const RENAMED_WEIGHT: f64 = 60.0;

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
    let mut model = build_model(knowledge, &corpus, &all, calibration);
    find_answers(&mut model);
    model
}

/// Finds the sentences that answer the samples, where the author does not say.
fn find_answers(model: &mut Model) {
    let mut samples = std::mem::take(&mut model.sample_index);
    samples.add_answers(|sample| {
        let language = sample.language.filter(|_| (sample.class as usize) < model.section_count())?;
        let normal = normalize(&sample.text);
        let tokens = model.tokenizer.tokenize(&normal);
        let (section, votes) = (sample.class as usize, SentenceVotes::default());
        let target = Target { section, language, asks_for: asks_for(&joined(&tokens), &tokens), votes };
        let query = model.section_index.query(model.features.stopwords(), &tokens, &model.features.words(&tokens));
        highlight(model, &query, &tokens, &target)
    });
    model.sample_index = samples;
}

/// Fits the scoring weights to cross-fitted questions. Fits the ranking weights first, because the
/// scope weights depend on which section ranks first.
pub(super) fn calibrate(prior: Calibration, held_out: &[HeldOut]) -> Calibration {
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
    renamed: f64,
    out_of_scope: f64,
}

impl ScopeCaseWeights {
    fn new(held_out: &[HeldOut]) -> ScopeCaseWeights {
        let count = |truth| held_out.iter().filter(|one| one.truth == truth).count() as f64;
        let samples = held_out.iter().filter(|one| matches!(one.truth, Truth::Section(_))).count() as f64;
        let shared = |weight: f64, truth| weight / f64::max(count(truth), 1.0);
        let total = f64::min(NEAR_MISS_WEIGHT, NEAR_MISS_WEIGHT * count(Truth::NearMiss))
            + f64::min(EVERYDAY_WEIGHT, EVERYDAY_WEIGHT * count(Truth::Everyday))
            + f64::min(RENAMED_WEIGHT, RENAMED_WEIGHT * count(Truth::Renamed))
            + count(Truth::OutOfScope);
        let scale = samples / total.max(1.0);
        ScopeCaseWeights {
            near_miss: scale * shared(NEAR_MISS_WEIGHT, Truth::NearMiss),
            everyday: scale * shared(EVERYDAY_WEIGHT, Truth::Everyday),
            renamed: scale * shared(RENAMED_WEIGHT, Truth::Renamed),
            out_of_scope: scale,
        }
    }

    fn of(&self, truth: Truth) -> f64 {
        match truth {
            Truth::Section(_) => 1.0,
            Truth::NearMiss => self.near_miss,
            Truth::Everyday => self.everyday,
            Truth::Renamed => self.renamed,
            Truth::OutOfScope => self.out_of_scope,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::test_base::{TestSection, base};
    use super::*;
    use crate::knowledge::{SampleQuestion, SourceText};
    use crate::text::Language;

    /// Creates a knowledge base of two sections with `count` sample questions each, and with
    /// `count` out-of-scope questions.
    fn large_base(count: usize) -> Knowledge {
        let mut knowledge = base(&[
            TestSection { title: "Tower", questions: &[], body: "It has floors." },
            TestSection { title: "Bridge", questions: &[], body: "It crosses rivers." },
        ]);
        let location = knowledge.sections[0].texts[&Language::EN].location.clone();
        let questions = |words: &str| -> Vec<SampleQuestion> {
            let question =
                |at| SampleQuestion { text: format!("{words} {at}"), location: location.clone(), answer: None };
            (0..count).map(question).collect()
        };
        let of_sections = [questions("how tall is tower"), questions("how long is bridge")];
        for (section, questions) in knowledge.sections.iter_mut().zip(of_sections) {
            section.texts.get_mut(&Language::EN).expect("English").questions = questions;
        }
        let declined = questions("who is king").into_iter();
        let declined = declined.map(|q| SourceText { text: q.text, location: q.location });
        knowledge.out_of_scope.insert(Language::EN, declined.collect());
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
                verbatim_class: None,
            };
            let one = |truth| HeldOut { truth, scores: scores.clone() };
            let all: Vec<HeldOut> = kinds.iter().flat_map(|(truth, count)| (0..*count).map(|_| one(*truth))).collect();
            let weights = ScopeCaseWeights::new(&all);
            let unanswerable = all.iter().filter(|one| one.truth != Section(0)).map(|one| weights.of(one.truth));
            assert!((unanswerable.sum::<f64>() - 30.0).abs() < 1e-9, "{kinds:?}");
        }
    }
}
