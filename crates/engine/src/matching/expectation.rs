//! Estimates how well a knowledge base will answer questions like its samples, by cross-validation.

use super::calibration::Calibration;
use super::corpus::Corpus;
use super::cross_fit::{HeldOut, Truth, cross_fit};
use super::decide::{Decision, DecisionHints, decide};
use super::training::calibrate;
use crate::knowledge::Knowledge;

/// What to expect of questions like the sample questions. Each sample question was asked of a model
/// that did not know this question.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Expectation {
    /// The number of sample questions that were asked.
    pub asked: usize,
    /// The number answered with the right section.
    pub answered: usize,
    /// The number for which the bot asked back and offered the right section.
    pub asked_back: usize,
    /// The number answered with a wrong section, or asked back without the right one.
    pub wrong: usize,
    /// The number declined.
    pub declined: usize,
    /// Sections with at least one failure, most failures first: the index of the section, the
    /// number of its sample questions that were asked, and the number of those that were answered
    /// or asked back right.
    pub weakest: Vec<(usize, usize, usize)>,
}

/// Cross-validates the sample questions of a knowledge base. Returns `None` if there are none.
///
/// The estimate is slightly kind: the scoring weights were fitted to the same questions.
pub(super) fn expectation(knowledge: &Knowledge) -> Option<Expectation> {
    let corpus = Corpus::new(knowledge);
    let prior = Calibration::prior(corpus.samples_per_section());
    let held_out = cross_fit(knowledge, &corpus, prior);
    let calibration = calibrate(prior, &held_out);
    let mut expectation = Expectation::default();
    let mut by_section = vec![(0, 0); corpus.sections.len()];
    for HeldOut { truth, scores } in &held_out {
        let Truth::Section(section) = *truth else { continue };
        let scores = scores.reweighted(&calibration);
        let matched = decide(&calibration, knowledge.wrong_answer_costs, &scores, None, DecisionHints::default());
        let is_first = matched.sections.first().is_some_and(|c| c.section == section);
        let is_offered = matched.options().iter().any(|c| c.section == section);
        let counter = match matched.decision {
            Decision::Answer if is_first => &mut expectation.answered,
            Decision::Clarify if is_offered => &mut expectation.asked_back,
            Decision::Answer | Decision::Clarify => &mut expectation.wrong,
            Decision::Decline | Decision::Smalltalk(_) => &mut expectation.declined,
        };
        *counter += 1;
        let is_right =
            matched.decision == Decision::Answer && is_first || matched.decision == Decision::Clarify && is_offered;
        let (asked, right) = &mut by_section[section];
        (*asked, *right) = (*asked + 1, *right + usize::from(is_right));
    }
    expectation.asked = by_section.iter().map(|(asked, _)| asked).sum();
    let sections = by_section.into_iter().enumerate().map(|(section, (asked, right))| (section, asked, right));
    expectation.weakest = sections.filter(|(_, asked, right)| right < asked).collect();
    expectation.weakest.sort_by_key(|(_, asked, right)| std::cmp::Reverse(asked - right));
    (expectation.asked > 0).then_some(expectation)
}

#[cfg(test)]
mod tests {
    use super::super::test_base::{TestSection, base};
    use super::*;

    #[test]
    fn a_base_without_samples_is_not_estimated() {
        assert_eq!(expectation(&base(&[TestSection { title: "Tower", questions: &[], body: "It has floors." }])), None);
    }

    #[test]
    fn every_sample_is_counted_once() {
        let alike =
            ["how tall is the tower", "height of this old tower", "which floors are tall", "is it a high tower"];
        let unlike = ["zebra stripes", "green ideas", "seven moons", "old iron"];
        let knowledge = base(&[
            TestSection { title: "Tower", questions: &alike, body: "It has floors." },
            TestSection { title: "Bridge", questions: &unlike, body: "It crosses rivers." },
        ]);
        let found = expectation(&knowledge).expect("samples");
        assert_eq!(found.asked, alike.len() + unlike.len());
        assert_eq!(found.answered + found.asked_back + found.wrong + found.declined, found.asked);
        assert_eq!(found.weakest[0], (1, unlike.len(), 0), "{found:?}");
    }
}
