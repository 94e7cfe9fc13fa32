//! One line of an evaluation file: a labelled question, or a dialogue of several labelled
//! questions.

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum LabelledLine {
    Dialogue { turns: Vec<LabelledQuestion> },
    Question(LabelledQuestion),
}

#[derive(Deserialize)]
pub(super) struct LabelledQuestion {
    pub question: String,
    pub sections: Vec<String>,
    /// Text that the highlighted sentence of the answer must contain. `None` if the highlight is
    /// not evaluated.
    pub answer: Option<String>,
    #[serde(default)]
    pub lang: String,
    #[serde(default)]
    pub style: String,
}
