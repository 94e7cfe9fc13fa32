//! What a question asks for, and what a sentence gives: a date, an amount, a reason and so on.
//!
//! The kinds follow the expected answer types of question answering (Li and Roth: Learning Question
//! Classifiers, COLING 2002).

use crate::text::contains_phrase;

/// A kind of answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AnswerKind {
    /// What something is.
    Definition,
    /// A person or an organization.
    Person,
    /// A date or a year.
    Time,
    /// A number of things.
    Count,
    /// A measure: a number with its unit, or a large number.
    Amount,
    /// A price, or that something is free.
    Price,
    /// A web address.
    Link,
    /// Several things.
    List,
    /// What something is for, or what it can do.
    Purpose,
    /// A reason.
    Reason,
    /// How two things differ.
    Difference,
}

use AnswerKind::{Amount, Count, Definition, Difference, Link, List, Person, Price, Purpose, Reason, Time};

/// A set of answer kinds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct AnswerKinds(u16);

impl AnswerKinds {
    /// Adds a kind.
    pub fn insert(&mut self, kind: AnswerKind) {
        self.0 |= 1 << kind as u16;
    }

    /// True if the kind is in the set.
    #[must_use]
    pub fn contains(self, kind: AnswerKind) -> bool {
        self.0 & (1 << kind as u16) != 0
    }

    /// True if one of `kinds` is in both sets.
    #[must_use]
    pub fn share_any(self, other: AnswerKinds, kinds: &[AnswerKind]) -> bool {
        kinds.iter().any(|kind| self.contains(*kind) && other.contains(*kind))
    }
}

/// Words and phrases of a kind: those in letters, which match whole words, and those of scripts
/// without spaces, which match anywhere. All are in normal form.
struct Phrases {
    kind: AnswerKind,
    latin: &'static [&'static str],
    unspaced: &'static [&'static str],
}

/// The phrases with which questions ask for a kind.
const ASKING: &[Phrases] = &[
    Phrases {
        kind: Difference,
        latin: &[
            "difference",
            "differences",
            "differ",
            "different from",
            "compare to",
            "compared to",
            "compare with",
            "versus",
            "vs",
        ],
        unspaced: &["区别", "不同", "不一样", "差别", "差异", "差在哪", "比较", "相比", "对比", "违い"],
    },
    Phrases {
        kind: Person,
        latin: &[
            "who",
            "whose",
            "whom",
            "by whom",
            "author",
            "authors",
            "maker",
            "founder",
            "which company",
            "wer",
            "quien",
            "qui",
            "кто",
            "кем",
        ],
        unspaced: &["谁", "哪家", "哪个公司", "哪个机构", "哪位", "作者", "什么公司", "だれ", "누가", "누구"],
    },
    Phrases {
        kind: Time,
        latin: &[
            "what year",
            "which year",
            "what date",
            "which day",
            "what day",
            "what month",
            "what time",
            "date",
            "how old",
            "wann",
            "cuando",
            "quand",
            "когда",
        ],
        unspaced: &[
            "什么时候",
            "啥时候",
            "何时",
            "几时",
            "几月",
            "几号",
            "几年",
            "哪年",
            "哪一年",
            "哪天",
            "哪一天",
            "哪个月",
            "日期",
            "什么时间",
            "多久以前",
            "いつ",
            "何日",
            "언제",
        ],
    },
    Phrases {
        kind: Count,
        latin: &["how many", "number of", "wie viele", "wieviele", "cuantos", "cuantas", "combien", "сколько"],
        unspaced: &["多少", "几个", "几种", "几款", "几家", "几项", "几门", "几样", "几类", "几次", "いくつ", "몇"],
    },
    Phrases {
        kind: Amount,
        latin: &[
            "how much",
            "how many",
            "how long",
            "how big",
            "how large",
            "how often",
            "how far",
            "how fast",
            "how tall",
            "how high",
            "size",
            "wie viel",
            "wieviel",
            "wie lange",
            "cuanto",
            "cuanta",
            "combien",
            "сколько",
        ],
        unspaced: &["多少", "多大", "多久", "多长", "多高", "多快", "多远", "多重", "どのくらい", "どれくらい", "얼마"],
    },
    Phrases {
        kind: Price,
        latin: &[
            "how much is",
            "how much does",
            "price",
            "prices",
            "cost",
            "costs",
            "free",
            "paid",
            "pay",
            "fee",
            "fees",
            "charge",
            "charges",
            "kostet",
            "kosten",
            "preis",
            "gratis",
            "precio",
            "prix",
            "цена",
            "стоит",
            "бесплатно",
        ],
        unspaced: &[
            "多少钱",
            "价格",
            "价钱",
            "收费",
            "免费",
            "要钱",
            "付费",
            "费用",
            "いくら",
            "料金",
            "无料",
            "가격",
            "무료",
        ],
    },
    Phrases {
        kind: Link,
        latin: &[
            "link",
            "links",
            "url",
            "website",
            "site",
            "address",
            "where can i read",
            "where can i find",
            "github",
        ],
        unspaced: &["链接", "网址", "地址", "网站", "原文", "去哪看", "在哪看", "哪里能看", "りんく", "링크"],
    },
    Phrases {
        kind: List,
        latin: &["which", "what are", "list", "what kinds", "what sort", "what else", "examples"],
        unspaced: &["哪些", "有什么", "有啥", "列出", "列举", "分别", "包括", "例子"],
    },
    Phrases {
        kind: Purpose,
        latin: &[
            "what can",
            "used for",
            "use for",
            "use it for",
            "what for",
            "do with it",
            "can i do with",
            "good for",
            "able to",
            "capable",
            "use case",
            "use cases",
            "applications",
            "what does",
            "wozu",
            "wofur",
            "для чего",
            "зачем",
        ],
        unspaced: &[
            "能做",
            "能干",
            "干嘛",
            "干什么",
            "用来",
            "用途",
            "做什么",
            "有什么用",
            "有啥用",
            "会什么",
            "会做",
            "能力",
            "功能",
            "能帮",
            "作用",
            "何ができ",
            "できること",
        ],
    },
    Phrases {
        kind: Reason,
        latin: &["why", "how come", "reason", "reasons", "warum", "wieso", "weshalb", "por que", "pourquoi", "почему"],
        unspaced: &["为什么", "为啥", "为何", "原因", "凭什么", "なぜ", "どうして", "왜"],
    },
    Phrases {
        kind: Definition,
        latin: &[
            "what is",
            "what are",
            "whats",
            "tell me about",
            "in a nutshell",
            "in short",
            "in one sentence",
            "tl dr",
            "tldr",
            "explain",
            "introduce",
            "describe",
            "was ist",
            "que es",
            "qu est ce",
            "что такое",
        ],
        unspaced: &[
            "一句话",
            "总结一下",
            "概括一下",
            "是什么",
            "什么是",
            "是啥",
            "啥是",
            "是个什么",
            "什么意思",
            "介绍",
            "讲讲",
            "说说",
            "科普",
            "とは",
            "무엇",
            "뭐",
        ],
    },
];

/// The words with which sentences give a kind. Numbers, dates and links are found by their form.
const GIVING: &[Phrases] = &[
    Phrases {
        kind: Difference,
        latin: &["difference", "differences", "different", "differ", "whereas", "unlike"],
        unspaced: &["区别", "不同", "差别", "差异", "违い"],
    },
    Phrases {
        kind: Person,
        latin: &[
            "by",
            "author",
            "authors",
            "founder",
            "founded",
            "team",
            "made by",
            "created",
            "developed",
            "published",
            "belongs to",
            "автор",
        ],
        unspaced: &["作者", "创始", "团队", "推出", "开发", "研发", "创建", "出品", "旗下", "出自", "作った", "著者"],
    },
    Phrases {
        kind: Price,
        latin: &[
            "dollar", "dollars", "usd", "euro", "euros", "free", "paid", "price", "fee", "cost", "costs", "gratis",
        ],
        unspaced: &["元", "免费", "收费", "付费", "价格", "美金", "无料", "원", "무료"],
    },
    Phrases {
        kind: Purpose,
        latin: &[
            "can",
            "used for",
            "used to",
            "helps",
            "help",
            "lets",
            "turns",
            "enables",
            "able to",
            "allows",
            "supports",
            "purpose",
            "job",
            "writes",
            "generates",
        ],
        unspaced: &["可以", "能够", "能", "用来", "用于", "可用", "帮助", "支持", "用途", "负责", "会", "できます"],
    },
    Phrases {
        kind: Reason,
        latin: &[
            "because",
            "since",
            "due to",
            "so that",
            "thanks to",
            "reason",
            "reasons",
            "therefore",
            "weil",
            "denn",
            "porque",
            "потому",
        ],
        unspaced: &["因为", "由于", "所以", "因此", "原因", "为了", "才能", "ため", "から"],
    },
];

fn kinds_of(phrases: &[Phrases], normal: &str) -> AnswerKinds {
    let mut kinds = AnswerKinds::default();
    for phrases in phrases {
        if contains_phrase(normal, phrases.unspaced, phrases.latin) {
            kinds.insert(phrases.kind);
        }
    }
    kinds
}

/// Returns the kinds that a normalized question asks for. Empty if the question does not say.
#[must_use]
pub fn asked(normal: &str) -> AnswerKinds {
    let mut all = kinds_of(ASKING, normal);
    if asks_when(normal) {
        all.insert(Time);
    }
    let mut kinds = all;
    // "What is" is also the start of questions for something else, such as "what is the price".
    if [Person, Time, Count, Amount, Price, Link, Purpose, Reason].into_iter().any(|kind| all.contains(kind)) {
        kinds.0 &= !(1 << Definition as u16 | 1 << List as u16);
    }
    // 多少钱 contains 多少.
    if all.contains(Price) {
        kinds.0 &= !(1 << Count as u16 | 1 << Amount as u16);
    }
    kinds
}

/// True if "when" asks, at the start or the end of a question or before an auxiliary verb.
/// Elsewhere it is mostly a conjunction, as in "what is shown when I start".
fn asks_when(normal: &str) -> bool {
    const AUXILIARY: &[&str] = &["was", "is", "were", "are", "did", "does", "do", "will", "can", "has", "have"];
    let words: Vec<&str> = normal.split(' ').collect();
    let is_asking = |at: usize| match words.get(at + 1) {
        None => true,
        Some(next) => at == 0 || AUXILIARY.contains(next),
    };
    (0..words.len()).any(|at| words[at] == "when" && is_asking(at))
}

/// Returns the kinds that a normalized sentence gives by its words and numbers. `numbers` are those
/// of its words that are numbers, or contain digits, and that are no part of a name.
pub fn given<'a>(normal: &str, numbers: impl Iterator<Item = &'a str>) -> AnswerKinds {
    let mut kinds = kinds_of(GIVING, normal);
    for number in numbers {
        let digits: String = number.chars().filter(|c| c.is_ascii_digit() || *c == '.').collect();
        let Ok(value) = digits.parse::<f64>() else { continue };
        kinds.insert(Count);
        if (1500.0..2100.0).contains(&value) && digits.len() == 4 {
            kinds.insert(Time);
        } else if value >= 10.0 || digits.contains('.') {
            kinds.insert(Amount);
        }
    }
    // 个月 counts months.
    let has_month = normal.match_indices('月').any(|(at, _)| !normal[..at].ends_with('个'));
    if kinds.contains(Count) && (has_month || contains_phrase(normal, TIME_UNITS_HAN, MONTHS)) {
        kinds.insert(Time);
    }
    kinds
}

/// The names of months, without "may", which is mostly a verb.
const MONTHS: &[&str] = &[
    "january",
    "february",
    "march",
    "april",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
    "januar",
    "februar",
    "marz",
    "mai",
    "juni",
    "juli",
    "oktober",
    "dezember",
];
const TIME_UNITS_HAN: &[&str] = &["年"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::normalize;

    #[track_caller]
    fn check(kinds: AnswerKinds, expected: &[AnswerKind], text: &str) {
        for kind in [Definition, Person, Time, Count, Amount, Price, Link, List, Purpose, Reason, Difference] {
            assert_eq!(kinds.contains(kind), expected.contains(&kind), "{text}: {kind:?} in {kinds:?}");
        }
    }

    #[test]
    fn question_words_tell_what_is_asked() {
        for (question, expected) in [
            ("How many languages does it speak?", &[Count, Amount][..]),
            ("When was it released", &[Time]),
            ("and when", &[Time]),
            ("what is shown when I start", &[Definition]),
            ("多少钱", &[Price]),
            ("它什么时候发布", &[Time]),
            ("几月出的", &[Time]),
            ("Why is the sky blue?", &[Reason]),
            ("谁写的", &[Person]),
            ("who made it", &[Person]),
            ("what is Whisper", &[Definition]),
            ("CLIP 是什么", &[Definition]),
            ("what is it used for", &[Purpose]),
            ("ChatGPT 能做什么", &[Purpose]),
            ("what is the price of it", &[Price]),
            ("Whisper 免费吗", &[Price]),
            ("原文链接", &[Link]),
            ("一共介绍了几款产品", &[Count]),
            ("was kostet das", &[Price]),
            ("когда он вышел", &[Time]),
            ("OpenAI跟DeepMind啥区别", &[Difference]),
            ("how is it different from GPT-3", &[Difference]),
            ("updates", &[]),
            ("", &[]),
        ] {
            check(asked(&normalize(question)), expected, question);
        }
    }

    #[test]
    fn words_and_numbers_tell_what_is_given() {
        for (sentence, numbers, expected) in [
            ("It was trained on 680,000 hours.", &["680000"][..], &[Count, Amount][..]),
            ("It came out on November 30, 2022.", &["30", "2022"], &[Count, Amount, Time]),
            ("2022 年 11 月 30 日", &["2022", "11", "30"], &[Count, Amount, Time]),
            ("There are 2 ways.", &["2"], &[Count]),
            ("9 个月后", &["9"], &[Count]),
            ("It may take 9 days.", &["9"], &[Count]),
            ("GPT-3 is a model", &[], &[]),
            ("Because it is free.", &[], &[Reason, Price]),
            ("The author is unknown", &[], &[Person]),
            ("它可以写代码", &[], &[Purpose]),
            ("", &[], &[]),
        ] {
            check(given(&normalize(sentence), numbers.iter().copied()), expected, sentence);
        }
    }

    #[test]
    fn phrases_are_in_normal_form() {
        let all = ASKING.iter().chain(GIVING).flat_map(|phrases| phrases.latin.iter().chain(phrases.unspaced));
        let changed: Vec<_> = all.filter(|phrase| normalize(phrase) != **phrase).collect();
        assert!(changed.is_empty(), "{changed:?}");
    }

    #[test]
    fn sets_hold_what_was_inserted() {
        let (mut set, none) = (AnswerKinds::default(), AnswerKinds::default());
        set.insert(Reason);
        assert!(set.contains(Reason) && !set.contains(Time) && !none.contains(Reason));
        assert!(set.share_any(set, &[Time, Reason]));
        assert!(!set.share_any(set, &[Time]) && !set.share_any(none, &[Reason]));
    }
}
