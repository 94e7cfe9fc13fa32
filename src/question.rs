//! A question as asked, in the form in which it is matched, with what the conversation before it adds.

use std::collections::HashSet;

use crate::knowledge::{Knowledge, Product, SectionId};
use crate::text::{Language, Script, detect, normalize, words, written_together};

/// What a chat remembers between two questions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    /// The section shown last.
    pub last_section: Option<SectionId>,
    /// The language to answer in where the question itself does not show one.
    pub language: Option<Language>,
}

/// A question, ready to be matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// As typed.
    pub asked: String,
    /// As compared: see [`normalize`].
    pub normal: String,
    /// The language it is answered in.
    pub language: Language,
    /// The section that it may lean on: the one shown last, unless the question names a product itself.
    pub leans_on: Option<usize>,
    /// Does it point back at something said before ("it", 那个)?
    pub refers_back: bool,
    /// Does it want a number: an amount, a date, a price?
    pub wants_number: bool,
}

impl Question {
    /// Reads a question in its context.
    #[must_use]
    pub fn new(asked: &str, context: &Context, knowledge: &Knowledge, names: &Names) -> Question {
        let normal = normalize(asked);
        let (named, rest) = names.split(&normal);
        let spoken = detect(&rest).or_else(|| context.language.is_none().then(|| detect(&normal)).flatten());
        let language = [spoken, context.language]
            .into_iter()
            .flatten()
            .find(|l| knowledge.languages.contains(l))
            .unwrap_or_else(|| knowledge.default_language());
        let last = context.last_section.as_ref().and_then(|id| knowledge.find(id));
        Question {
            asked: asked.to_owned(),
            wants_number: contains(&normal, NUMBER_WORDS_ZH, NUMBER_WORDS_EN),
            refers_back: contains(&normal, BACK_WORDS_ZH, BACK_WORDS_EN),
            normal,
            language,
            leans_on: last.filter(|_| !named),
        }
    }
}

/// The names of the products, which belong to no language and tell what a question is about.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// Written together, as `dalle2` for "DALL·E 2".
    joined: HashSet<String>,
}

/// Most words that one name is written in.
const MAX_NAME_WORDS: usize = 3;

impl Names {
    /// All names of all products.
    #[must_use]
    pub fn of(knowledge: &Knowledge) -> Names {
        Names { joined: knowledge.products.iter().flat_map(Product::names).map(written_together).collect() }
    }

    /// Does the text name a product, and what does it say beside the names?
    fn split(&self, normal: &str) -> (bool, String) {
        let all: Vec<_> = words(normal).collect();
        let (mut named, mut rest, mut at) = (false, String::new(), 0);
        while at < all.len() {
            let name = (1..=MAX_NAME_WORDS.min(all.len() - at)).rev().find(|n| {
                all[at].script == Script::Letters
                    && self.joined.contains(&all[at..at + n].iter().map(|w| w.text).collect::<String>())
            });
            if name.is_none() {
                rest.push(' ');
                rest.push_str(all[at].text);
            }
            named |= name.is_some();
            at += name.unwrap_or(1);
        }
        (named, rest)
    }
}

/// Words that ask for a number, in normal form.
const NUMBER_WORDS_ZH: &[&str] = &[
    "多少",
    "几个",
    "几种",
    "几月",
    "几号",
    "几年",
    "多大",
    "多久",
    "多长",
    "多贵",
    "哪年",
    "哪天",
    "哪一年",
    "哪一天",
    "什么时候",
    "何时",
    "价格",
    "日期",
];
const NUMBER_WORDS_EN: &[&str] = &[
    "how many",
    "how much",
    "how long",
    "how big",
    "how large",
    "how often",
    "when",
    "what year",
    "what date",
    "number of",
    "price",
    "cost",
    "date",
];

/// Words that point back, in normal form.
const BACK_WORDS_ZH: &[&str] = &["它", "这个", "那个", "这款", "该产品", "呢"];
const BACK_WORDS_EN: &[&str] = &["it", "its", "they", "them", "their", "this", "those", "these"];

/// Does a normal form contain one of these: in Chinese anywhere, in English as a whole word?
fn contains(normal: &str, chinese: &[&str], english: &[&str]) -> bool {
    let padded = format!(" {normal} ");
    chinese.iter().any(|w| normal.contains(w)) || english.iter().any(|w| padded.contains(&format!(" {w} ")))
}
