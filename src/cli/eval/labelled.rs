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
    /// Texts of which what the answer shows first must contain one. `None` if the highlight is not
    /// evaluated.
    pub answer: Option<AnswerTexts>,
    #[serde(default)]
    pub lang: String,
    #[serde(default)]
    pub style: String,
}

/// One text, or any of several.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum AnswerTexts {
    One(String),
    AnyOf(Vec<String>),
}

impl AnswerTexts {
    pub fn as_slice(&self) -> &[String] {
        match self {
            AnswerTexts::One(text) => std::slice::from_ref(text),
            AnswerTexts::AnyOf(texts) => texts,
        }
    }
}
