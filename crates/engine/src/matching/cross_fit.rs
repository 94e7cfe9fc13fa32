//! Cross-fitting: scores questions with models that were not trained on them.
//!
//! The scoring weights are fitted to such scores (Chernozhukov and others: Double/debiased machine
//! learning, 2018, uses the same idea). A model is surer of its own samples than of the questions
//! of users, so weights fitted to these samples would be too confident.
//!
//! There are five kinds of questions:
//!
//! - held-out sample questions, which their sections answer;
//! - sample questions of left-out sections, which no remaining section answers (near misses);
//! - held-out sample questions with a name that no section has, in place of their own names;
//! - everyday messages that belong to no knowledge base (far misses);
//! - held-out out-of-scope questions of the knowledge base.

use crate::knowledge::Knowledge;
use crate::text::{Language, normalize};

use super::calibration::Calibration;
use super::corpus::{Corpus, TrainingText};
use super::model::Model;
use super::model_builder::build_model;
use super::proper_names;
use super::sample_index::SAME_WORDS;
use super::score::{EncodedQuestion, Scores};

/// Number of parts of the samples and of the sections. Each part is left out in turn.
const FOLDS: usize = 5;

/// Number of held-out sample questions that are enough. In a large knowledge base, fewer folds give
/// as many, which saves training time.
const ENOUGH_SAMPLES: usize = 1_000;

/// Maximum number of near misses per fold. More would only take time.
const MAX_NEAR_MISSES: usize = 500;

/// Maximum number of renamed questions per fold.
const MAX_RENAMED: usize = 100;

/// An everyday message is left out if one section uses this share of the message's words, because
/// the section may be about the message's subject.
const MAX_EVERYDAY_COVERAGE: f64 = 0.5;

/// Messages that people send to any bot, and that hardly any article answers. One message per line.
static EVERYDAY_EN: &str = include_str!("everyday_en.txt");
static EVERYDAY_ZH: &str = include_str!("everyday_zh.txt");

/// What a question of the cross-fitting is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Truth {
    /// The section with this index answers the question.
    Section(usize),
    /// The question is a sample of a left-out section.
    NearMiss,
    /// The question is a sample in which another name has taken the place of a known one.
    Renamed,
    Everyday,
    /// The knowledge base lists the question as out of scope.
    OutOfScope,
}

/// A question with its scores from a model that does not know the question.
#[derive(Debug)]
pub(super) struct HeldOut {
    pub truth: Truth,
    pub scores: Scores,
}

/// Scores questions of each kind. Returns none if the knowledge base has no sample questions.
pub(super) fn cross_fit(knowledge: &Knowledge, corpus: &Corpus, calibration: Calibration) -> Vec<HeldOut> {
    let fold_of = folds(corpus);
    let everyday: Vec<&str> = everyday_messages(knowledge).collect();
    let (mut held_out, mut sample_count) = (Vec::new(), 0);
    for fold in 0..FOLDS {
        let is_held_out = |at: usize| fold_of[at] == Some(fold);
        let own: Vec<&TrainingText> = select(corpus, is_held_out);
        let samples = own.iter().filter(|text| corpus.is_sample(text)).count();
        if samples == 0 {
            continue;
        }
        let model = build_model(knowledge, corpus, &select(corpus, |at| !is_held_out(at)), calibration);
        for text in &own {
            let truth = if corpus.is_sample(text) { Truth::Section(text.class) } else { Truth::OutOfScope };
            let scores = score(&model, &text.text, &text.normalized);
            if !repeats_a_sample(truth, &scores) {
                held_out.push(HeldOut { truth, scores });
            }
        }
        let mut own_samples: Vec<&TrainingText> = own.into_iter().filter(|text| corpus.is_sample(text)).collect();
        own_samples.sort_by_key(|text| text.hash());
        let renamed = own_samples.into_iter().filter_map(|text| with_other_names(&model, text));
        held_out.extend(
            renamed
                .take(MAX_RENAMED)
                .map(|text| HeldOut { truth: Truth::Renamed, scores: score(&model, &text, &text) }),
        );
        for message in everyday.iter().skip(fold).step_by(FOLDS) {
            let scores = score(&model, message, &normalize(message));
            if scores.ranked.iter().all(|scored| scored.word_coverage < MAX_EVERYDAY_COVERAGE) {
                held_out.push(HeldOut { truth: Truth::Everyday, scores });
            }
        }
        held_out.extend(near_misses(knowledge, corpus, fold, calibration));
        sample_count += samples;
        if sample_count >= ENOUGH_SAMPLES {
            break;
        }
    }
    held_out
}

/// Returns a question with a well-known name that no section has, in place of each product name and
/// each proper name. Returns `None` if the question has no such names.
fn with_other_names(model: &Model, text: &TrainingText) -> Option<String> {
    let tokens = model.tokenize(&text.normalized);
    let mut names = proper_names::well_known(text.hash()).filter(|name| {
        let tokens = model.tokenize(name);
        !tokens.iter().any(|token| token.product.is_some() || model.word_coverage.knows(model.features.of_token(token)))
    });
    let (mut renamed, mut end) = (String::new(), 0);
    for token in tokens.iter().filter(|token| token.product.is_some() || model.proper_names.has(token)) {
        renamed.push_str(&text.normalized[end..token.typed.start]);
        renamed.push_str(names.next()?);
        end = token.typed.end;
    }
    renamed.push_str(&text.normalized[end..]);
    (end > 0).then_some(renamed)
}

/// True if the question has the same words as a sample of its section that was not held out, such
/// as a generated question. Such a question is easy, and does not show how the model does on new
/// wordings.
fn repeats_a_sample(truth: Truth, scores: &Scores) -> bool {
    let of_section = scores.ranked.iter().find(|scored| truth == Truth::Section(scored.section));
    of_section.is_some_and(|scored| scored.features.sample_cosine >= SAME_WORDS)
}

/// Leaves out one in [`FOLDS`] sections, and scores their sample questions.
fn near_misses(knowledge: &Knowledge, corpus: &Corpus, fold: usize, calibration: Calibration) -> Vec<HeldOut> {
    let is_left_out = |section: usize| section < corpus.out_of_scope_class() && section % FOLDS == fold;
    let of_section = |at: usize| is_left_out(corpus.training_texts[at].class);
    let mut own: Vec<&TrainingText> = select(corpus, of_section);
    own.retain(|text| text.is_question);
    if own.is_empty() || (0..corpus.sections.len()).all(is_left_out) {
        return Vec::new();
    }
    own.sort_by_key(|text| text.hash());
    own.truncate(MAX_NEAR_MISSES);
    let rest = corpus.without_texts_of(is_left_out);
    let model = build_model(knowledge, &rest, &select(corpus, |at| !of_section(at)), calibration);
    let near_miss =
        |text: &TrainingText| HeldOut { truth: Truth::NearMiss, scores: score(&model, &text.text, &text.normalized) };
    // A question that another section has too is answered there.
    own.into_iter().map(near_miss).filter(|one| one.scores.verbatim_class.is_none()).collect()
}

/// Assigns each question of the corpus to a fold, evenly within each class. Titles, aliases and
/// generated questions are in no fold.
fn folds(corpus: &Corpus) -> Vec<Option<usize>> {
    let mut questions: Vec<usize> =
        (0..corpus.training_texts.len()).filter(|at| corpus.training_texts[*at].is_question).collect();
    questions.sort_by_key(|at| (corpus.training_texts[*at].class, corpus.training_texts[*at].hash()));
    let mut folds = vec![None; corpus.training_texts.len()];
    let classes = questions.chunk_by(|a, b| corpus.training_texts[*a].class == corpus.training_texts[*b].class);
    for (class, questions) in classes.enumerate() {
        for (rank, at) in questions.iter().enumerate() {
            folds[*at] = Some((rank + class) % FOLDS);
        }
    }
    folds
}

fn select(corpus: &Corpus, mut is_wanted: impl FnMut(usize) -> bool) -> Vec<&TrainingText> {
    let wanted = corpus.training_texts.iter().enumerate().filter(|(at, _)| is_wanted(*at));
    wanted.map(|(_, text)| text).collect()
}

fn score(model: &Model, raw: &str, normalized: &str) -> Scores {
    let tokens = model.tokenize(normalized);
    EncodedQuestion::new(model, &tokens, None).with_typed_form(raw, model, &tokens).score(model, &tokens)
}

/// Returns the everyday messages in the languages of the knowledge base. If there are none, returns
/// those in English: like most far misses, they have hardly a word of the knowledge base.
fn everyday_messages(knowledge: &Knowledge) -> impl Iterator<Item = &'static str> {
    let is_chinese = knowledge.languages.contains(&Language::ZH);
    let is_english = !is_chinese || knowledge.languages.contains(&Language::EN);
    let own = [(is_english, EVERYDAY_EN), (is_chinese, EVERYDAY_ZH)];
    own.into_iter().filter(|(is_own, _)| *is_own).flat_map(|(_, messages)| messages.lines())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::super::test_base::{TestSection, base};
    use super::*;

    const TOWER: [&str; 6] = [
        "how tall is the tower",
        "height of the tower",
        "when was the tower built",
        "who built the tower",
        "is the tower open",
        "how many floors has the tower",
    ];
    const BRIDGE: [&str; 3] = ["how long is the bridge", "where is the bridge", "can i cross the bridge"];

    fn knowledge() -> Knowledge {
        base(&[
            TestSection { title: "Tower", questions: &TOWER, body: "It has ten floors." },
            TestSection { title: "Bridge", questions: &BRIDGE, body: "It crosses three rivers." },
        ])
    }

    fn cross_fitted(knowledge: &Knowledge) -> Vec<HeldOut> {
        cross_fit(knowledge, &Corpus::new(knowledge), Calibration::prior(4.0))
    }

    fn count(held_out: &[HeldOut], is_it: impl Fn(Truth) -> bool) -> usize {
        held_out.iter().filter(|one| is_it(one.truth)).count()
    }

    #[test]
    fn a_sample_with_a_name_is_asked_with_another_name_too() {
        let mut knowledge = knowledge();
        knowledge.sections[0].texts.values_mut().for_each(|text| {
            text.questions[0].text = "how tall is the eiffel tower".to_owned();
        });
        let corpus = Corpus::new(&knowledge);
        let mut model = build_model(&knowledge, &corpus, &select(&corpus, |_| true), Calibration::prior(4.0));
        model.proper_names = proper_names::ProperNames::new(["the tower of Eiffel"].into_iter());
        let with_other_names = |text: &str| {
            let is_it = |t: &&TrainingText| t.text == text;
            super::with_other_names(&model, corpus.training_texts.iter().find(is_it).expect("a sample"))
        };
        let renamed = with_other_names("how tall is the eiffel tower").expect("it has a name");
        let name = renamed.strip_prefix("how tall is the ").and_then(|rest| rest.strip_suffix(" tower"));
        assert!(name.is_some_and(proper_names::is_well_known), "{renamed}");
        assert_eq!(with_other_names("how long is the bridge"), None);
    }

    #[test]
    fn each_sample_is_asked_once_as_a_question_and_once_as_a_near_miss() {
        let held_out = cross_fitted(&knowledge());
        assert_eq!(count(&held_out, |truth| truth == Truth::Section(0)), TOWER.len());
        assert_eq!(count(&held_out, |truth| truth == Truth::Section(1)), BRIDGE.len());
        assert_eq!(count(&held_out, |truth| truth == Truth::NearMiss), TOWER.len() + BRIDGE.len());
        assert!(count(&held_out, |truth| truth == Truth::Everyday) > 200);
    }

    #[test]
    fn no_model_knows_the_question_or_the_section() {
        for one in cross_fitted(&knowledge()) {
            if let Truth::Section(_) = one.truth {
                assert!(one.scores.ranked.iter().all(|s| s.features.sample_cosine < 0.999), "{one:?}");
            }
            if one.truth == Truth::NearMiss {
                assert!(one.scores.ranked.iter().filter(|s| s.features.text_score > 0.0).count() <= 1, "{one:?}");
            }
        }
    }

    #[test]
    fn a_base_without_samples_has_nothing_to_hold_out() {
        let knowledge = base(&[TestSection { title: "Tower", questions: &[], body: "It has ten floors." }]);
        assert!(cross_fitted(&knowledge).is_empty());
        let one = base(&[TestSection { title: "Tower", questions: &["how tall"], body: "It has ten floors." }]);
        assert_eq!(count(&cross_fitted(&one), |truth| truth == Truth::NearMiss), 0);
    }

    #[test]
    fn folds_are_even_within_a_class() {
        let corpus = Corpus::new(&knowledge());
        let folds = folds(&corpus);
        for class in 0..2 {
            let of_class = |at: &usize| corpus.training_texts[*at].class == class;
            let own: Vec<Option<usize>> = (0..folds.len()).filter(of_class).map(|at| folds[at]).collect();
            let per_fold = |fold| own.iter().filter(|own| **own == Some(fold)).count();
            assert!((0..FOLDS).all(|fold| per_fold(fold) <= TOWER.len().div_ceil(FOLDS)), "{own:?}");
            assert!(own.contains(&None), "a title is in no fold");
        }
    }

    #[test]
    fn everyday_messages_are_those_of_the_languages() {
        let mut knowledge = knowledge();
        let english = EVERYDAY_EN.lines().count();
        assert_eq!(everyday_messages(&knowledge).count(), english);
        knowledge.languages.push(Language::ZH);
        assert_eq!(everyday_messages(&knowledge).count(), english + EVERYDAY_ZH.lines().count());
        knowledge.languages = vec!["ru".parse().expect("a language")];
        assert_eq!(everyday_messages(&knowledge).count(), english);
    }

    #[test]
    fn everyday_messages_are_distinct() {
        for messages in [EVERYDAY_EN, EVERYDAY_ZH] {
            let distinct: HashSet<String> = messages.lines().map(normalize).collect();
            assert_eq!(distinct.len(), messages.lines().count());
            assert!(distinct.len() > 280 && !distinct.contains(""));
        }
    }
}
