//! A line of a question file: a labelled question, or a dialogue of them.

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
    /// What the sentence that answers it contains.
    pub answer: Option<String>,
    #[serde(default)]
    pub lang: String,
    #[serde(default)]
    pub style: String,
}
