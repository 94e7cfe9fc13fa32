//! What is known of a sentence before any question: which kinds of answers it gives, which names it
//! mentions, and whether it can stand alone.

use serde::{Deserialize, Serialize};

use super::proper_names::ProperNames;
use super::token::Token;
use crate::answer_kind::{self, AnswerKind, AnswerKinds};
use crate::text::Script;

/// The form of a sentence in its body, which its words do not show.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct SentenceForm {
    /// Whether a part of the sentence is a link.
    pub has_link: bool,
    /// Whether the sentence only introduces the following text, such as a list, because it ends
    /// with a colon. Also true for titles and aliases.
    pub introduces_next: bool,
}

/// Properties of a sentence of a section, used to choose the sentence that answers a question.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct SentenceTraits {
    pub gives: AnswerKinds,
    pub introduces_next: bool,
    /// Whether the sentence starts with a word such as "however", and so is not the first thing to
    /// say.
    pub continues_previous: bool,
    /// The names that the sentence mentions, in their order.
    pub names: Vec<u64>,
}

/// Words at the start of a sentence that continues the one before it.
const CONTINUING: &[&str] = &[
    "moreover",
    "however",
    "but",
    "also",
    "besides",
    "furthermore",
    "in addition",
    "therefore",
    "thus",
    "instead",
    "otherwise",
    "then",
    "or",
    "and",
    "nevertheless",
    "still",
    "for example",
    "for instance",
    "такж",
    "однако",
    "кроме",
    "но",
    "также",
    "aber",
    "jedoch",
    "außerdem",
    "ausserdem",
    "auch",
    "pero",
    "ademas",
    "mais",
    "cependant",
];
const CONTINUING_UNSPACED: &[&str] = &[
    "但",
    "不过",
    "然而",
    "此外",
    "另外",
    "而且",
    "并且",
    "同时",
    "因此",
    "所以",
    "还",
    "也",
    "甚至",
    "例如",
    "比如",
    "其中",
    "しかし",
    "また",
    "ただし",
    "さらに",
    "하지만",
    "그러나",
    "또한",
];

impl SentenceTraits {
    /// Finds the properties of a sentence, given in normal form and as tokens.
    pub fn new(normal: &str, tokens: &[Token<'_>], form: SentenceForm, names: &ProperNames) -> SentenceTraits {
        let plain = tokens.iter().filter(|token| token.script == Script::Letters && token.product.is_none());
        let numbers = plain.map(|token| &*token.text).filter(|word| word.starts_with(|c: char| c.is_ascii_digit()));
        let mut gives = answer_kind::given(normal, numbers);
        if form.has_link {
            gives.insert(AnswerKind::Link);
        }
        if form.introduces_next || normal.matches('、').count() > 1 {
            gives.insert(AnswerKind::List);
        }
        SentenceTraits {
            gives,
            introduces_next: form.introduces_next,
            continues_previous: continues_previous(normal),
            names: names.in_text(tokens).collect(),
        }
    }
}

fn continues_previous(normal: &str) -> bool {
    let is_whole = |word: &&&str| normal[word.len()..].starts_with(' ');
    CONTINUING.iter().filter(|word| normal.starts_with(**word)).any(|word| is_whole(&word))
        || CONTINUING_UNSPACED.iter().any(|word| normal.starts_with(word))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::normalize;

    fn traits(sentence: &str, form: SentenceForm) -> SentenceTraits {
        let normal = normalize(sentence);
        let names = ProperNames::new(["of DeepMind"].into_iter());
        SentenceTraits::new(&normal, &Token::all_exact(&normal), form, &names)
    }

    #[test]
    fn a_sentence_gives_what_its_words_and_its_form_show() {
        let plain = traits("It has 3 rivers because of rain.", SentenceForm::default());
        assert!(plain.gives.contains(AnswerKind::Count) && plain.gives.contains(AnswerKind::Reason));
        assert!(!plain.gives.contains(AnswerKind::Link) && plain.names.is_empty());
        let form = SentenceForm { has_link: true, introduces_next: true };
        let list = traits("Here are the addresses of DeepMind:", form);
        assert!(list.gives.contains(AnswerKind::Link) && list.gives.contains(AnswerKind::List));
        assert!(list.introduces_next && list.names.len() == 1);
    }

    #[test]
    fn some_words_continue_the_sentence_before() {
        for (sentence, expected) in [
            ("However, it is old.", true),
            ("此外，它很旧。", true),
            ("Однако это так.", true),
            ("Also.", false),
            ("Butter is fat.", false),
            ("它很旧。", false),
            ("", false),
        ] {
            assert_eq!(traits(sentence, SentenceForm::default()).continues_previous, expected, "{sentence}");
        }
    }
}
