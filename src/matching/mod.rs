//! Which sections a question belongs to, how sure that is, and why.

mod decide;
mod explain;
mod highlight;
mod index;
mod score;
mod smalltalk;
mod terms;
mod weights;

pub use decide::{Candidate, Decision, Match};
pub use explain::{Explanation, Part};
pub use smalltalk::Smalltalk;
pub use terms::Path;

use crate::knowledge::Knowledge;
use crate::question::Question;
use index::Index;

/// Ranks the sections of one base. Built once; asking changes nothing, so it can be shared.
#[derive(Debug)]
pub struct Matcher {
    index: Index,
}

impl Matcher {
    /// Reads everything that questions are compared with.
    #[must_use]
    pub fn new(knowledge: &Knowledge) -> Matcher {
        Matcher { index: Index::new(knowledge) }
    }

    /// What to do with a question: answer it, ask back, or decline, with the sections that come nearest.
    #[must_use]
    pub fn rank(&self, question: &Question) -> Match {
        if let Some(kind) = smalltalk::recognise(&question.normal) {
            return Match::smalltalk(kind);
        }
        let terms = self.index.terms_of(question);
        let scores = score::score(&self.index, &terms);
        let mut matched = decide::decide(&scores);
        if let Some(best) = matched.sections.first() {
            matched.highlight = highlight::highlight(&self.index, &terms, &scores, question, best.section);
        }
        matched
    }

    /// How a section came to its score for this question. The parts add up to the score that [`Matcher::rank`] gives it.
    #[must_use]
    pub fn explain(&self, question: &Question, section: usize) -> Explanation {
        explain::explain(&self.index, &self.index.terms_of(question), section)
    }
}
