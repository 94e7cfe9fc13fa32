//! A question as asked, in the form in which it is matched, with what the conversation before it adds.

use std::collections::HashSet;

use crate::knowledge::{Knowledge, Product, SectionId};
use crate::text::{Language, Script, detect, is_simplified, is_traditional, normalize, squashed, words};

/// What a chat remembers between two questions.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    /// The section shown last.
    pub last_section: Option<SectionId>,
    /// The language to answer in where the question itself does not show one.
    pub language: Option<Language>,
    /// Are answers in Chinese to be in traditional characters where the question itself does not show which?
    pub is_traditional: bool,
}

/// A question, ready to be matched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// As typed.
    pub raw: String,
    /// As compared: see [`normalize`].
    pub normalized: String,
    /// The language it is answered in.
    pub language: Language,
    /// Is it in traditional characters, so that the answer should be too?
    pub is_traditional: bool,
    /// The section that it may lean on: the one shown last, unless the question names a product itself, other than to compare with it.
    pub follow_up_to: Option<usize>,
    /// Does it point back at something said before ("it", 那个)?
    pub has_anaphora: bool,
    /// Does it ask for something of that ("its price", 它的价格)?
    pub has_possessive_anaphora: bool,
    /// What kind of thing the answer is.
    pub answer_type: AnswerType,
}

impl Question {
    /// Is it put as a question is: with a question mark, or with words that ask?
    #[must_use]
    pub fn looks_like_question(&self) -> bool {
        self.raw.trim_end().ends_with(['?', '？']) || contains(&self.normalized, ASKING_ZH, ASKING_EN)
    }
}

/// Words that ask, in normal form; of English ones those that hardly do anything else.
const ASKING_ZH: &[&str] = &[
    "什么",
    "怎么",
    "如何",
    "多少",
    "哪些",
    "哪个",
    "哪里",
    "为什么",
    "为何",
    "请问",
    "吗",
    "谁",
    "有没有",
    "是不是",
    "几个",
];
const ASKING_EN: &[&str] = &[
    "what is",
    "what are",
    "what does",
    "what did",
    "what can",
    "how many",
    "how much",
    "how does",
    "how do",
    "why",
    "who made",
    "which",
    "explain",
];

/// What kind of thing a question wants to hear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerType {
    /// An amount, a date, a price.
    Number,
    /// Why something is so.
    Reason,
    /// No telling.
    Anything,
}

impl Question {
    /// Reads a question in its context.
    #[must_use]
    pub fn new(asked: &str, context: &Context, knowledge: &Knowledge, names: &ProductNames) -> Question {
        let normal = normalize(asked);
        let (named, rest) = names.split(&normal);
        let spoken = detect(&rest).or_else(|| context.language.is_none().then(|| detect(&normal)).flatten());
        let language = [spoken, context.language]
            .into_iter()
            .flatten()
            .find(|l| knowledge.languages.contains(l))
            .unwrap_or_else(|| knowledge.default_language());
        let may_lean = !is_correction(&normal) && (!named || compares(&rest));
        let last = context.last_section.as_ref().and_then(|id| knowledge.find(id));
        Question {
            raw: asked.to_owned(),
            is_traditional: language == Language::ZH
                && (is_traditional(asked) || (context.is_traditional && !is_simplified(asked))),
            answer_type: wants(&normal),
            has_anaphora: refers_back(&normal),
            has_possessive_anaphora: contains(&normal, OF_IT_ZH, OF_IT_EN),
            normalized: normal,
            language,
            follow_up_to: last.filter(|_| may_lean),
        }
    }
}

/// The names of the products, which belong to no language and tell what a question is about.
#[derive(Debug, Clone, Default)]
pub struct ProductNames {
    /// Written together, as `dalle2` for "DALL·E 2".
    joined: HashSet<String>,
}

/// Most words that one name is written in.
const MAX_NAME_WORDS: usize = 3;

impl ProductNames {
    /// All names of all products.
    #[must_use]
    pub fn of(knowledge: &Knowledge) -> ProductNames {
        ProductNames { joined: knowledge.products.iter().flat_map(Product::names).map(squashed).collect() }
    }

    /// Is this one of them, in any spelling?
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.joined.contains(&squashed(name))
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

/// Words that ask for a reason, and that give one, in normal form.
const WHY_ZH: &[&str] = &["为什么", "为何", "为啥", "原因", "凭什么"];
const WHY_EN: &[&str] = &["why", "reason", "how come"];
const BECAUSE_ZH: &[&str] = &["因为", "由于", "所以", "因此", "原因", "为了", "才能"];
const BECAUSE_EN: &[&str] = &["because", "since", "due to", "so that", "thanks to", "reason", "therefore"];

fn wants(normal: &str) -> AnswerType {
    if contains(normal, WHY_ZH, WHY_EN) {
        AnswerType::Reason
    } else if contains(normal, NUMBER_WORDS_ZH, NUMBER_WORDS_EN) {
        AnswerType::Number
    } else {
        AnswerType::Anything
    }
}

/// Does a sentence, in normal form, give a reason?
#[must_use]
pub fn gives_reason(normal: &str) -> bool {
    contains(normal, BECAUSE_ZH, BECAUSE_EN)
}

/// Words that point back, in normal form.
const BACK_WORDS_ZH: &[&str] = &["它", "这款", "该产品"];
/// The same, but only where a question begins with them: 画画那个 means another one.
const BACK_BEGINNINGS_ZH: &[&str] = &["这个", "那个", "那这个", "那那个", "这玩意", "那玩意"];
const BACK_WORDS_EN: &[&str] = &["it", "its", "they", "them", "their", "this", "that", "those", "these"];

/// Those of them that ask for something of what they point at.
const OF_IT_ZH: &[&str] = &["它的", "它有"];
const OF_IT_EN: &[&str] = &["its", "their"];

fn refers_back(normal: &str) -> bool {
    contains(normal, BACK_WORDS_ZH, BACK_WORDS_EN) || BACK_BEGINNINGS_ZH.iter().any(|word| normal.starts_with(word))
}

/// Words that take back what was said before.
const CORRECTING_ZH: &[&str] =
    &["我是说", "我说的是", "我指的是", "不是这个", "说错了", "问错了", "换个话题", "另一个"];
const CORRECTING_EN: &[&str] =
    &["i meant", "i mean", "no wait", "not that", "instead", "the other one", "different question"];

fn is_correction(normal: &str) -> bool {
    contains(normal, CORRECTING_ZH, CORRECTING_EN)
}

/// Words with which a comparison begins whose other side was said before, as in "跟 GPT-3 有什么区别".
const COMPARING_ZH: &[&str] = &["跟", "和", "与", "比"];
/// Words that compare what "it" or "that" is with what is named.
const COMPARING_EN: &[&str] = &[
    "different from",
    "differ from",
    "difference",
    "compared",
    "compare",
    "related",
    "relation",
    "better than",
    "versus",
    "vs",
];

/// Does what is said beside a name compare it with what was spoken of before?
fn compares(rest: &str) -> bool {
    let rest = rest.trim_start().trim_start_matches(['那', '它', ' ']);
    let english = contains(rest, &[], COMPARING_EN) && contains(rest, &[], BACK_WORDS_EN);
    COMPARING_ZH.iter().any(|word| rest.starts_with(word)) || english
}

/// Does a normal form contain one of these: in Chinese anywhere, in English as whole words?
fn contains(normal: &str, chinese: &[&str], english: &[&str]) -> bool {
    let is_space = |at: usize| normal.as_bytes().get(at).is_none_or(|byte| *byte == b' ');
    normal.char_indices().any(|(at, c)| {
        let rest = &normal[at..];
        if c.is_ascii() {
            (at == 0 || is_space(at - 1))
                && english.iter().any(|word| rest.starts_with(word) && is_space(at + word.len()))
        } else {
            chinese.iter().any(|word| rest.starts_with(word))
        }
    })
}
