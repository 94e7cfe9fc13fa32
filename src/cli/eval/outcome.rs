//! The outcome of one labelled question.

/// The outcome of a labelled question: whether the engine answered, clarified or declined, and
/// whether that was right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Outcome {
    AnsweredRight,
    ClarifiedRight,
    AnsweredWrong,
    ClarifiedWrong,
    DeclinedWrong,
    DeclinedRight,
    AnsweredUnanswerable,
    ClarifiedUnanswerable,
    /// The outcome of a question of style `missing-attribute`. Such a question asks for something
    /// that the article does not say about a product.
    MissingAttribute {
        right: bool,
    },
}

impl Outcome {
    pub fn is_right(self) -> bool {
        use Outcome::{AnsweredRight, ClarifiedRight, DeclinedRight, MissingAttribute};
        matches!(self, AnsweredRight | ClarifiedRight | DeclinedRight | MissingAttribute { right: true })
    }
}
