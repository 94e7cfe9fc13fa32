//! What an earlier answer was about, and how a question refers to it.

/// The section shown last, which a question without a subject of its own may be about.
#[derive(Debug, Clone, Copy)]
pub(super) struct Topic {
    pub section: usize,
    /// Does the question refer to it with an anaphor ("it", 那个)?
    pub has_anaphora: bool,
}

/// Certainty that a question with an anaphor is about the topic: an anaphor may also refer to the
/// question itself.
const ANAPHORIC: f32 = 0.9;
/// Certainty for a question that merely names no product: it may as well start another topic.
const IMPLICIT: f32 = 0.5;

impl Topic {
    /// The certainty that the question is about the topic, between 0 and 1.
    pub fn certainty(self) -> f32 {
        if self.has_anaphora { ANAPHORIC } else { IMPLICIT }
    }
}

/// How a follow-up question refers to the topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FollowUpKind {
    /// It names no product, or has a plain anaphor.
    Implicit,
    /// It asks for a property of the topic ("its price").
    Possessive,
}

impl FollowUpKind {
    /// The weight of the reading with the inherited product; the reading without it gets the rest.
    pub fn inherited_weight(self) -> f64 {
        match self {
            // Below one half: the inherited name matches its own sections whatever was asked.
            FollowUpKind::Implicit => 0.4,
            // "Its" has no other referent, so that the inherited name is nearly as good as a typed
            // one.
            FollowUpKind::Possessive => 0.8,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_explicit_reference_is_surer_than_none() {
        let topic = |has_anaphora| Topic { section: 0, has_anaphora };
        assert!(topic(true).certainty() > topic(false).certainty());
        assert!(FollowUpKind::Possessive.inherited_weight() > FollowUpKind::Implicit.inherited_weight());
    }
}
