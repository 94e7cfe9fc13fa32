//! Question words and phrases in normalized form, each with its roles in parsing and matching.

use std::sync::LazyLock;

use QuestionRole::{Interchangeable, Marker, Stopword};

/// A role of a question word, that is, how the word is used in parsing and matching.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum QuestionRole {
    /// Shows that a text is a question. English words that also have other uses are not included.
    Marker,
    /// Carries no content. The sentence that answers the question does not contain the word.
    Stopword,
    /// Replaceable by the other words of this role without changing the question. Tests ignore
    /// these words when checking that no evaluation question is in the knowledge base.
    Interchangeable,
}

/// Number of variants of [`QuestionRole`].
const ROLES: usize = 3;

/// All question words, grouped by roles. Each word occurs once.
const QUESTION_WORDS: &[(&[QuestionRole], &[&str])] = &[
    (&[Marker, Stopword], &["哪里", "谁"]),
    (&[Marker, Stopword, Interchangeable], &["多少"]),
    (&[Marker, Stopword], &["为何"]),
    (&[Marker, Stopword, Interchangeable], &["为什么", "why"]),
    (
        &[Marker, Stopword, Interchangeable],
        &["什么", "怎么", "如何", "哪些", "哪个", "请问", "吗", "有没有", "是不是", "which"],
    ),
    (&[Marker], &["几个", "how many", "how much"]),
    (
        &[Marker],
        &["what is", "what are", "what does", "what did", "what can", "how does", "how do", "who made", "explain"],
    ),
    (
        &[Stopword],
        &[
            "怎么办",
            "何地",
            "何处",
            "何人",
            "何种",
            "哪儿",
            "哪位",
            "哪种",
            "哪一",
            "多高",
            "何",
            "哪",
            "几",
            "whom",
            "whose",
            "many",
            "much",
        ],
    ),
    (&[Stopword], &["多大", "多久", "多长", "哪年", "何时"]),
    (&[Stopword, Interchangeable], &["when"]),
    (
        &[Stopword, Interchangeable],
        &[
            "怎么样",
            "有没有人知道",
            "能不能",
            "可不可以",
            "想问",
            "告诉我",
            "怎样",
            "是否",
            "呢",
            "吧",
            "呀",
            "啊",
            "么",
            "啥",
            "咋",
            "what",
            "who",
            "where",
            "how",
            "did",
            "does",
            "do",
            "please",
            "tell",
            "me",
            "hey",
            "hi",
        ],
    ),
    (&[Interchangeable], &["什么时候"]),
];

/// The question words of one role, grouped by script.
#[derive(Debug, Default)]
pub struct Phrases {
    /// Words and phrases of Han characters.
    pub han: Vec<&'static str>,
    /// English words and phrases.
    pub latin: Vec<&'static str>,
}

impl QuestionRole {
    /// Returns the question words with this role.
    #[must_use]
    pub fn phrases(self) -> &'static Phrases {
        static BY_ROLE: LazyLock<[Phrases; ROLES]> = LazyLock::new(|| {
            let mut by_role: [Phrases; ROLES] = Default::default();
            for (roles, phrases) in QUESTION_WORDS {
                for role in *roles {
                    let of_role = &mut by_role[*role as usize];
                    for phrase in *phrases {
                        let list = if phrase.is_ascii() { &mut of_role.latin } else { &mut of_role.han };
                        list.push(phrase);
                    }
                }
            }
            by_role
        });
        &BY_ROLE[self as usize]
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::QUESTION_WORDS;
    use super::QuestionRole::{self, Interchangeable, Marker, Stopword};
    use crate::text::{is_han, normalize};

    fn all() -> impl Iterator<Item = &'static str> {
        QUESTION_WORDS.iter().flat_map(|(_, phrases)| phrases.iter().copied())
    }

    #[test]
    fn every_word_is_listed_once_and_in_normal_form() {
        let mut met = HashSet::new();
        for phrase in all() {
            assert!(met.insert(phrase), "{phrase} is listed twice");
            assert_eq!(normalize(phrase), phrase);
            assert!(phrase.is_ascii() || phrase.chars().all(is_han), "{phrase} mixes scripts");
        }
    }

    #[track_caller]
    fn check(phrase: &str, expected: &[QuestionRole]) {
        let roles = [Marker, Stopword, Interchangeable].into_iter().filter(|role| {
            let phrases = role.phrases();
            phrases.han.contains(&phrase) || phrases.latin.contains(&phrase)
        });
        assert_eq!(roles.collect::<Vec<_>>(), expected, "{phrase}");
    }

    #[test]
    fn words_have_the_roles_of_their_group() {
        check("多少", &[Marker, Stopword, Interchangeable]);
        check("为何", &[Marker, Stopword]);
        check("谁", &[Marker, Stopword]);
        check("when", &[Stopword, Interchangeable]);
        check("whisper", &[]);
    }

    #[test]
    fn phrases_are_split_by_script() {
        for role in [Marker, Stopword, Interchangeable] {
            let phrases = role.phrases();
            assert!(phrases.latin.iter().all(|phrase| phrase.is_ascii()));
            assert!(phrases.han.iter().all(|phrase| phrase.chars().all(is_han)));
            assert!(!phrases.latin.is_empty() && !phrases.han.is_empty(), "{role:?}");
        }
    }
}
