//! The topic of the conversation, that is, the section shown last, and how a question refers to the
//! topic.

/// The section shown last in the conversation. A question that names no subject may be about this
/// section.
#[derive(Debug, Clone, Copy)]
pub(super) struct Topic {
    pub section: usize,
    /// Whether the question refers to the topic with a pronoun ("it", 那个).
    pub has_anaphora: bool,
}

/// The certainty that a question with a pronoun is about the topic. Less than 1, because the
/// pronoun may refer to another word of the question.
const ANAPHORIC: f32 = 0.9;
/// The certainty that a question with neither a product name nor a pronoun is about the topic. Such
/// a question may just as well start a new topic.
const IMPLICIT: f32 = 0.5;

impl Topic {
    /// Returns the certainty that the question is about the topic, between 0 and 1.
    pub fn certainty(self) -> f32 {
        if self.has_anaphora { ANAPHORIC } else { IMPLICIT }
    }
}

/// How a follow-up question refers to the topic.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FollowUpKind {
    /// The question names no product.
    Implicit,
    /// The question contains a plain pronoun such as "it", which may also refer to nothing ("is it
    /// raining").
    Pronoun,
    /// The question asks for a property of the topic ("its price").
    Possessive,
    /// The question has no content words of its own ("when?").
    Bare,
}

impl FollowUpKind {
    /// Returns the weight of the logit computed with the product name inherited from the topic. The
    /// logit computed without that name gets the remaining weight.
    pub fn inherited_weight(self) -> f64 {
        match self {
            // Below one half, because the inherited name matches all sections of its product,
            // whatever the question asks.
            FollowUpKind::Implicit => 0.4,
            FollowUpKind::Pronoun => 0.6,
            // The word "its" almost always refers to the topic, so the inherited name is nearly as
            // reliable as a name that the user typed.
            FollowUpKind::Possessive => 0.8,
            // Without the topic, the question means nothing.
            FollowUpKind::Bare => 1.0,
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
        let kinds = [FollowUpKind::Implicit, FollowUpKind::Pronoun, FollowUpKind::Possessive, FollowUpKind::Bare];
        assert!(kinds.map(FollowUpKind::inherited_weight).is_sorted());
    }
}
