//! Attributes that nearly every subject has, such as a price, and that a text may or may not state.
//!
//! A question for an attribute finds the text about its subject even if the text does not state the
//! attribute. The tables tell the two apart: a text that states an attribute uses one of its words.

use crate::answer_kind::{AnswerKind, AnswerKinds};
use crate::text::contains_phrase;

/// An attribute of the subject of a section.
#[derive(Debug, PartialEq, Eq)]
pub struct Attribute {
    /// The name of the attribute in Chinese.
    pub name_zh: &'static str,
    /// The name of the attribute in English, as it follows "does not mention".
    pub name_en: &'static str,
    /// The words in letters, and those of scripts without spaces, with which questions ask for the
    /// attribute. A text that uses them may state it.
    words: Words,
    /// More words of texts that state the attribute.
    stating: Words,
    /// The kind of answer that a question must ask for besides its words, and that a text must
    /// give besides them.
    kind: Option<AnswerKind>,
}

/// Words and phrases in normal form.
#[derive(Debug, PartialEq, Eq)]
struct Words {
    latin: &'static [&'static str],
    unspaced: &'static [&'static str],
}

impl Words {
    const NONE: Words = Words { latin: &[], unspaced: &[] };

    fn occur_in(&self, normal: &str) -> bool {
        contains_phrase(normal, self.unspaced, self.latin)
    }
}

/// All attributes. A set of them is a bit mask, so there are at most 64.
const ATTRIBUTES: &[Attribute] = &[
    Attribute {
        name_zh: "价格",
        name_en: "the price",
        words: Words::NONE,
        stating: Words::NONE,
        kind: Some(AnswerKind::Price),
    },
    Attribute {
        name_zh: "发布日期",
        name_en: "the release date",
        words: Words {
            latin: &[
                "release",
                "released",
                "come out",
                "came out",
                "launch",
                "launched",
                "published",
                "available",
                "born",
                "announced",
                "invented",
                "created",
                "introduced",
                "out",
            ],
            unspaced: &["发布", "推出", "上线", "出的", "出来", "问世", "诞生", "面世", "发表", "公布", "上市", "出现"],
        },
        stating: Words::NONE,
        kind: Some(AnswerKind::Time),
    },
    Attribute {
        name_zh: "用户数量",
        name_en: "the number of users",
        words: Words {
            latin: &[
                "how many users",
                "how many people use",
                "how many people are using",
                "number of users",
                "active users",
                "user base",
                "user count",
            ],
            unspaced: &[
                "多少用户",
                "多少人用",
                "多少人在用",
                "用户数",
                "用户量",
                "用户规模",
                "用户有多少",
                "日活",
                "月活",
            ],
        },
        stating: Words {
            latin: &["million users", "thousand users", "users a day", "million people"],
            unspaced: &["万用户", "亿用户", "名用户", "个用户", "万人", "亿人"],
        },
        kind: None,
    },
    Attribute {
        name_zh: "缺点",
        name_en: "drawbacks",
        words: Words {
            latin: &[
                "downside",
                "downsides",
                "drawback",
                "drawbacks",
                "limitation",
                "limitations",
                "weakness",
                "weaknesses",
                "disadvantage",
                "disadvantages",
                "shortcoming",
                "shortcomings",
                "bad at",
                "flaw",
                "flaws",
            ],
            unspaced: &["缺点", "局限", "不足", "弊端", "短板", "短处", "劣势", "坏处", "缺陷", "毛病", "硬伤"],
        },
        stating: Words {
            latin: &["risk", "risks", "danger", "dangers", "problem with"],
            unspaced: &["风险", "隐患", "限制"],
        },
        kind: None,
    },
    Attribute {
        name_zh: "是否开源",
        name_en: "whether it is open source",
        words: Words {
            latin: &["open source", "opensource", "open sourced", "source code"],
            unspaced: &["开源", "源代码", "源码"],
        },
        stating: Words { latin: &["github"], unspaced: &[] },
        kind: None,
    },
    Attribute {
        name_zh: "参数量",
        name_en: "the number of parameters",
        words: Words { latin: &["parameters", "params", "parameter count"], unspaced: &["参数"] },
        stating: Words::NONE,
        kind: None,
    },
    Attribute {
        name_zh: "准确度",
        name_en: "how accurate it is",
        words: Words {
            latin: &["accurate", "accuracy", "error rate", "precision", "reliable"],
            unspaced: &["准确", "精度", "正确率", "错误率", "准不准", "准吗", "识别率", "可靠"],
        },
        stating: Words { latin: &["errors", "correct", "exact"], unspaced: &["出错", "正确", "精确", "精准"] },
        kind: None,
    },
    Attribute {
        name_zh: "速度",
        name_en: "how fast it is",
        words: Words {
            latin: &["how fast", "speed", "latency", "how quick"],
            unspaced: &["多快", "速度", "快不快", "快吗", "延迟"],
        },
        stating: Words {
            latin: &["fast", "faster", "quick", "quickly", "seconds", "minutes", "slow"],
            unspaced: &["快", "慢", "秒", "分钟"],
        },
        kind: None,
    },
    Attribute {
        name_zh: "硬件要求",
        name_en: "the hardware it needs",
        words: Words {
            latin: &["gpu", "vram", "ram", "hardware", "system requirements", "graphics card"],
            unspaced: &["显存", "内存", "显卡", "配置要求", "什么配置", "硬件"],
        },
        stating: Words::NONE,
        kind: None,
    },
    Attribute {
        name_zh: "商业用途",
        name_en: "commercial use",
        words: Words {
            latin: &["used commercially", "commercial use", "license", "licence", "licensed"],
            unspaced: &["可以商用", "能商用", "可商用", "许可证", "授权", "可以商业"],
        },
        stating: Words { latin: &["rights", "copyright"], unspaced: &["版权", "许可"] },
        kind: None,
    },
    Attribute {
        name_zh: "版本",
        name_en: "versions",
        words: Words {
            latin: &["which version", "versions of", "latest version", "edition", "editions"],
            unspaced: &["版本", "中文版", "英文版", "手机版", "专业版"],
        },
        stating: Words::NONE,
        kind: None,
    },
    Attribute {
        name_zh: "创始人或负责人",
        name_en: "who founded it or heads it",
        words: Words {
            latin: &["founder", "founders", "who founded", "ceo", "head of"],
            unspaced: &["创始人", "创办", "首席执行官", "总裁", "负责人"],
        },
        stating: Words::NONE,
        kind: None,
    },
    Attribute {
        name_zh: "投资情况",
        name_en: "investors or revenue",
        words: Words {
            latin: &["investor", "investors", "invested", "funding", "valuation", "revenue", "profit"],
            unspaced: &["投资", "融资", "估值", "营收", "利润", "股价"],
        },
        stating: Words::NONE,
        kind: None,
    },
    Attribute {
        name_zh: "名字的全称",
        name_en: "what the name stands for",
        words: Words {
            latin: &["stand for", "stands for", "short for", "abbreviation", "acronym"],
            unspaced: &["全称", "缩写", "全名"],
        },
        stating: Words::NONE,
        kind: None,
    },
    Attribute {
        name_zh: "分辨率",
        name_en: "the resolution",
        words: Words { latin: &["resolution", "pixels"], unspaced: &["分辨率", "像素"] },
        stating: Words::NONE,
        kind: None,
    },
    Attribute {
        name_zh: "竞争对手",
        name_en: "competitors",
        words: Words {
            latin: &["competitor", "competitors", "rival", "rivals", "alternative", "alternatives"],
            unspaced: &["竞争对手", "替代品", "对手是"],
        },
        stating: Words { latin: &["compete", "competes", "challenge"], unspaced: &["竞争", "挑战"] },
        kind: None,
    },
    Attribute {
        name_zh: "联系方式",
        name_en: "contact details",
        words: Words {
            latin: &["phone number", "telephone", "email address", "contact you"],
            unspaced: &["电话", "联系方式", "邮箱"],
        },
        stating: Words { latin: &["call", "email", "write to"], unspaced: &["联系", "致电"] },
        kind: None,
    },
    Attribute {
        name_zh: "保修",
        name_en: "a warranty",
        words: Words { latin: &["warranty", "guarantee"], unspaced: &["保修", "质保"] },
        stating: Words::NONE,
        kind: None,
    },
    Attribute {
        name_zh: "重量",
        name_en: "the weight",
        words: Words { latin: &["weigh", "weight", "how heavy"], unspaced: &["重量", "多重", "多沉"] },
        stating: Words { latin: &["kg", "grams", "pounds"], unspaced: &["公斤", "千克"] },
        kind: None,
    },
];

impl Attribute {
    /// Returns the attribute that a normalized question asks for. `kinds` are the kinds of answers
    /// that it asks for.
    #[must_use]
    pub fn asked(normal: &str, kinds: AnswerKinds) -> Option<&'static Attribute> {
        ATTRIBUTES.iter().find(|attribute| attribute.is_asked(normal, kinds))
    }

    fn is_asked(&self, normal: &str, kinds: AnswerKinds) -> bool {
        let has_words = self.words == Words::NONE || self.words.occur_in(normal);
        has_words && self.kind.is_none_or(|kind| kinds.contains(kind))
    }

    /// True if a normalized sentence may state the attribute. `given` are the kinds of answers that
    /// it gives.
    fn is_stated(&self, normal: &str, given: AnswerKinds) -> bool {
        match self.kind {
            Some(kind) => given.contains(kind),
            None => self.words.occur_in(normal) || self.stating.occur_in(normal),
        }
    }
}

/// A set of attributes, by their position in the table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Attributes(u64);

impl Attributes {
    /// Returns the attributes that a normalized sentence may state.
    #[must_use]
    pub fn stated(normal: &str, given: AnswerKinds) -> Attributes {
        Attributes::filtered(|attribute| attribute.is_stated(normal, given))
    }

    /// Returns the attributes that a normalized question asks for.
    #[must_use]
    pub fn asked(normal: &str, kinds: AnswerKinds) -> Attributes {
        Attributes::filtered(|attribute| attribute.is_asked(normal, kinds))
    }

    /// Returns the attributes of which at least the share `min` of the sets has each.
    #[must_use]
    pub fn frequent(sets: &[Attributes], min: f64) -> Attributes {
        let has = |at: usize| sets.iter().filter(|set| set.0 & (1 << at) != 0).count();
        let is_frequent = |at: &usize| has(*at) > 0 && has(*at) as f64 >= min * sets.len() as f64;
        Attributes((0..ATTRIBUTES.len()).filter(is_frequent).map(|at| 1 << at).sum())
    }

    fn filtered(is_in: impl Fn(&Attribute) -> bool) -> Attributes {
        Attributes(ATTRIBUTES.iter().enumerate().filter(|(_, a)| is_in(a)).map(|(at, _)| 1 << at).sum())
    }

    /// True if the set has the attribute.
    #[must_use]
    pub fn contains(self, attribute: &Attribute) -> bool {
        ATTRIBUTES.iter().position(|other| other == attribute).is_some_and(|at| self.0 & (1 << at) != 0)
    }

    /// Returns the attributes of both sets.
    #[must_use]
    pub fn union(self, other: Attributes) -> Attributes {
        Attributes(self.0 | other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer_kind;
    use crate::text::normalize;

    #[test]
    fn questions_ask_for_attributes() {
        for (question, expected) in [
            ("how much does Whisper cost", Some("the price")),
            ("Codex 收费吗", Some("the price")),
            ("when was Whisper released", Some("the release date")),
            ("whisper什么时候出的", Some("the release date")),
            ("CLIP 是哪年推出的", Some("the release date")),
            ("how many users does chatgpt have", Some("the number of users")),
            ("有多少人在用 ChatGPT", Some("the number of users")),
            ("downsides of whisper", Some("drawbacks")),
            ("ChatGPT有什么缺点", Some("drawbacks")),
            ("is it open source", Some("whether it is open source")),
            ("how accurate is whisper", Some("how accurate it is")),
            ("跑 Whisper 需要多大显存", Some("the hardware it needs")),
            ("when does it rain", None),
            ("what is whisper", None),
            ("它能做什么", None),
            ("", None),
        ] {
            let normal = normalize(question);
            let attribute = Attribute::asked(&normal, answer_kind::asked(&normal));
            assert_eq!(attribute.map(|attribute| attribute.name_en), expected, "{question}");
        }
    }

    #[test]
    fn sentences_state_attributes() {
        let stated = |sentence: &str, numbers: &[&str]| {
            let normal = normalize(sentence);
            Attributes::stated(&normal, answer_kind::given(&normal, numbers.iter().copied()))
        };
        let has = |set: Attributes, name: &str| {
            let attribute = ATTRIBUTES.iter().find(|attribute| attribute.name_en == name).expect("a name");
            set.contains(attribute)
        };
        assert!(has(stated("It costs 5 dollars.", &["5"]), "the price"));
        assert!(has(stated("它在 2021 年 8 月发布。", &["2021", "8"]), "the release date"));
        assert!(has(stated("It has 3 million users.", &["3"]), "the number of users"));
        assert!(!has(stated("Users like it.", &[]), "the number of users"));
        let set = stated("It was trained on 680,000 hours.", &["680000"]);
        assert_eq!(set, Attributes::default());
    }

    #[test]
    fn frequent_attributes_are_in_many_sets() {
        let of = |question: &str| Attributes::asked(&normalize(question), answer_kind::asked(&normalize(question)));
        let (price, none) = (of("what is the price"), of("what is it"));
        assert_eq!(Attributes::frequent(&[price, none], 0.5), price);
        assert_eq!(Attributes::frequent(&[price, none, none], 0.5), Attributes::default());
        assert_eq!(Attributes::frequent(&[], 0.5), Attributes::default());
        assert_eq!(price.union(none), price);
    }

    #[test]
    fn words_are_in_normal_form_and_names_are_distinct() {
        let all = ATTRIBUTES.iter().flat_map(|a| [&a.words, &a.stating]).flat_map(|w| w.latin.iter().chain(w.unspaced));
        let changed: Vec<_> = all.filter(|phrase| normalize(phrase) != **phrase).collect();
        assert!(changed.is_empty(), "{changed:?}");
        assert!(ATTRIBUTES.len() <= 64);
        for (at, attribute) in ATTRIBUTES.iter().enumerate() {
            assert_eq!(ATTRIBUTES.iter().position(|other| other == attribute), Some(at), "{}", attribute.name_en);
        }
    }
}
