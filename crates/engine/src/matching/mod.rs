//! Which sections a question belongs to, how sure that is, and why.

mod section_index;
mod decide;
mod explain;
mod features;
mod fit;
mod stopwords;
mod highlight;
mod model;
mod feature_ids;
mod linear;
mod word_clusters;
mod token;
mod tokenizer;
mod sample_index;
mod score;
mod smalltalk;
mod phonetic_model;
mod char_bigram_model;
mod reading_index;
mod pinyin_decoder;
mod initials_index;
mod char_correction;
mod spoken_names;
mod vocabulary;
mod calibration;

pub use decide::{Candidate, Decision, Match};
pub use explain::{Explanation, Part};
pub use smalltalk::Smalltalk;
pub use token::MatchKind;

use crate::knowledge::Knowledge;
use crate::question::Question;
use calibration::FollowUpKind;
use model::Model;
use score::{EncodedQuestion, Scores};
use token::Token;

/// Ranks the sections of one base. Built once; asking changes nothing, so it can be shared.
#[derive(Debug)]
pub struct Matcher {
    index: Model,
}

impl Matcher {
    /// Reads everything that questions are compared with.
    #[must_use]
    pub fn new(knowledge: &Knowledge) -> Matcher {
        Matcher { index: Model::new(knowledge) }
    }

    /// What to do with a question: answer it, ask back, or decline, with the sections that come nearest.
    #[must_use]
    pub fn rank(&self, question: &Question) -> Match {
        if let Some(kind) = smalltalk::recognise(&question.normalized) {
            return Match::smalltalk(kind);
        }
        let view = View::of(&self.index, question);
        let mut matched =
            decide::decide(&self.index, &view.scores, view.alone.as_ref().map(|(alone, how)| (alone, *how)));
        if let Some(best) = matched.sections.first() {
            matched.highlight = highlight::highlight(&self.index, &view.seen, &view.tokens, question, best.section);
        }
        matched
    }

    /// How a section came to its score for this question. The parts add up to the score that [`Matcher::rank`] gives it.
    #[must_use]
    pub fn explain(&self, question: &Question, section: usize) -> Explanation {
        let view = View::of(&self.index, question);
        explain::explain(&self.index, &view.seen, &view.tokens, &question.normalized, section)
    }

    /// Everything that was learned, for [`Matcher::from_bytes`] of the same build of the program.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        // Of plain numbers and texts nothing can fail to be written; an empty answer is read back as none.
        postcard::to_stdvec(&self.index).unwrap_or_default()
    }

    /// What [`Matcher::to_bytes`] gave; `None` for anything else.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Matcher> {
        postcard::from_bytes(bytes).ok().map(|index| Matcher { index })
    }
}

/// A question as the matcher has decided to read it.
struct View<'a> {
    tokens: Vec<Token<'a>>,
    seen: EncodedQuestion,
    scores: Scores,
    /// What it says by itself, if it leans on what was spoken of before.
    alone: Option<(Scores, FollowUpKind)>,
}

impl<'a> View<'a> {
    fn of(index: &'a Model, question: &'a Question) -> View<'a> {
        let (tokens, context) = index.read(question);
        let seen = EncodedQuestion::new(index, &tokens, None);
        let alone = seen.score(index, &tokens);
        let Some(context) = context.filter(|context| !decide::speaks_for_itself(index, &alone, *context)) else {
            return View { tokens, seen, scores: alone, alone: None };
        };
        let how = if question.has_possessive_anaphora { FollowUpKind::AskingOfIt } else { FollowUpKind::Silently };
        let tokens = index.leaning(&tokens, context);
        let seen = EncodedQuestion::new(index, &tokens, Some(context));
        View { scores: seen.score(index, &tokens), tokens, seen, alone: Some((alone, how)) }
    }
}
