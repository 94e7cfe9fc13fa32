//! Wordings that tell how a question relates to the conversation before it, or that ask for
//! something other than an answer. All functions take normalized texts.

use std::borrow::Cow;
use std::sync::LazyLock;

use crate::text::{MAX_NORMAL_CHARS, PhraseSet, QuestionRole, contains_phrase, normalize, sentences};

/// A message that asks for something other than the answer to a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Request {
    /// A summary of the whole article.
    Summary,
    /// More about the subject of the section shown last.
    More,
    /// The other things in the section shown last.
    Others,
    /// An explanation of the last answer.
    Why,
}

/// The wordings of each request. A message is a request if it consists of these and of
/// [`POLITE`] words only.
const REQUESTS: &[(Request, &[&str])] = &[
    (
        Request::Summary,
        &[
            "summary",
            "summarize",
            "summarise",
            "summarize it all",
            "summarize the article",
            "summarise the article",
            "summarize this article",
            "summarise this article",
            "summarize the text",
            "summarize the post",
            "summarize everything",
            "sum it up",
            "sum up the article",
            "sum up",
            "tl;dr",
            "the gist",
            "give me the gist",
            "give me a summary",
            "give me an overview",
            "a summary",
            "an overview",
            "overview",
            "summary of the article",
            "article summary",
            "brief summary",
            "short summary",
            "main points",
            "key points",
            "key takeaways",
            "main topics",
            "what is the article about",
            "what's the article about",
            "what is this article about",
            "what's this article about",
            "what is this about",
            "what's this about",
            "what does the article say",
            "what does the article cover",
            "what does this article cover",
            "总结",
            "总结一下",
            "总结下",
            "概括",
            "概括一下",
            "概括下",
            "概述",
            "概要",
            "摘要",
            "全文总结",
            "总结全文",
            "总结文章",
            "总结这篇文章",
            "总结一下文章",
            "总结一下全文",
            "总结一下这篇文章",
            "概括一下这篇文章",
            "文章总结",
            "文章概述",
            "主要内容",
            "文章内容",
            "讲了什么",
            "讲了啥",
            "讲什么",
            "讲啥",
            "讲的什么",
            "讲的是什么",
            "说了什么",
            "说了啥",
            "说的是什么",
            "写了什么",
            "文章讲了什么",
            "文章讲了啥",
            "文章讲什么",
            "文章说了什么",
            "文章写了什么",
            "这篇讲了什么",
            "这篇讲了啥",
            "这篇讲啥",
            "这篇讲什么",
            "这篇文章讲了什么",
            "这篇文章讲什么",
            "这篇文章讲了啥",
            "这篇文章讲的是什么",
            "这篇文章说了什么",
            "太长不看",
            "长话短说",
            "zusammenfassung",
            "fasse zusammen",
            "resumen",
            "résumé",
            "riassunto",
            "resumo",
            "краткое содержание",
            "кратко",
            "о чем статья",
            "короткий зміст",
            "まとめ",
            "要約",
            "要約して",
            "概要",
            "요약",
            "요약해줘",
            "ملخص",
        ],
    ),
    (
        Request::More,
        &[
            "more",
            "tell me more",
            "more details",
            "more detail",
            "in more detail",
            "details",
            "go on",
            "continue",
            "keep going",
            "elaborate",
            "expand",
            "say more",
            "explain more",
            "explain in more detail",
            "more about it",
            "more about that",
            "tell me more about it",
            "tell me more about that",
            "anything else",
            "what else",
            "详细一点",
            "详细点",
            "详细些",
            "详细说说",
            "详细讲讲",
            "详细说",
            "详细说明",
            "详细介绍",
            "详细介绍一下",
            "再详细一点",
            "再详细点",
            "再详细些",
            "更详细",
            "更详细一点",
            "具体一点",
            "具体点",
            "具体说说",
            "具体讲讲",
            "展开",
            "展开说说",
            "展开讲讲",
            "展开说",
            "展开讲",
            "多说一点",
            "多说点",
            "多讲点",
            "再说说",
            "再讲讲",
            "说说看",
            "细说",
            "继续",
            "继续说",
            "接着说",
            "接着讲",
            "然后",
            "还有",
            "还有吗",
            "还有呢",
            "还有什么",
            "还有别的吗",
            "还有其他的吗",
            "更多",
            "mehr",
            "mehr dazu",
            "más",
            "plus de détails",
            "подробнее",
            "ещё",
            "докладніше",
            "もっと",
            "もっと詳しく",
            "詳しく",
            "더",
            "더 자세히",
        ],
    ),
    (
        Request::Others,
        &[
            "and the rest",
            "the rest",
            "the other two",
            "and the other two",
            "what about the other two",
            "the others",
            "and the others",
            "what about the others",
            "剩下的",
            "其余的",
            "其他的",
            "另外的",
            "另外两个",
            "另外几个",
            "另一个呢",
            "其他两个",
            "其他几个",
        ],
    ),
    (
        Request::Why,
        &["why", "why is that", "why that", "how come", "why so", "but why", "为什么", "为啥", "为何", "凭什么"],
    ),
];

/// Words that may accompany a request without changing it.
const POLITE: &[&str] = &[
    "please",
    "pls",
    "can you",
    "could you",
    "would you",
    "for me",
    "ok",
    "so",
    "and",
    "then",
    "but",
    "well",
    "just",
    "a bit",
    "a little",
    "请",
    "请问",
    "麻烦",
    "帮我",
    "给我",
    "能",
    "能不能",
    "可以",
    "那",
    "再",
    "来",
    "你",
    "一下",
    "一点",
    "吗",
    "呢",
    "吧",
    "啊",
    "呀",
    "嘛",
    "的",
];

/// Returns what a message asks for instead of an answer, if it asks for nothing else.
#[must_use]
pub(crate) fn request(normal: &str) -> Option<Request> {
    static SET: LazyLock<PhraseSet> = LazyLock::new(|| {
        let of = |(at, (_, phrases)): (usize, &'static (Request, &[&'static str]))| {
            phrases.iter().map(move |phrase| (1 << at, *phrase))
        };
        PhraseSet::new(REQUESTS.iter().enumerate().flat_map(of).chain(POLITE.iter().map(|word| (0, *word))))
    });
    let flags = short(normal).and_then(|normal| SET.flags(normal))?;
    REQUESTS.iter().enumerate().find(|(at, _)| flags == 1 << at).map(|(_, (request, _))| *request)
}

/// Words that ask, or that name a property which everything may have.
const BARE: &[&str] = &[
    "什么时候",
    "何时",
    "哪天",
    "哪一天",
    "哪年",
    "哪一年",
    "几月",
    "多久",
    "谁",
    "哪家",
    "哪个公司",
    "哪家公司",
    "怎么",
    "怎样",
    "如何",
    "哪里",
    "哪儿",
    "在哪",
    "多少",
    "多大",
    "什么",
    "啥",
    "吗",
    "没",
    "不",
    "价格",
    "价钱",
    "收费",
    "免费",
    "费用",
    "链接",
    "网址",
    "官网",
    "名字",
    "when",
    "where",
    "who",
    "how",
    "what",
    "which company",
    "cost",
    "price",
    "free",
    "offline",
    "available",
    "why",
    "how come",
    "为什么",
    "为啥",
];
/// Words that may accompany those of [`BARE`].
const BARE_GLUE: &[&str] = &[
    "是",
    "的",
    "了",
    "过",
    "要",
    "得",
    "需要",
    "能",
    "可以",
    "有",
    "做",
    "写",
    "开发",
    "研发",
    "制作",
    "推出",
    "发布",
    "发表",
    "出",
    "出来",
    "上线",
    "用",
    "使用",
    "访问",
    "下载",
    "获取",
    "试",
    "试用",
    "联网",
    "上网",
    "网络",
    "离线",
    "花",
    "钱",
    "付费",
    "付钱",
    "贵",
    "叫",
    "公司",
    "团队",
    "还",
    "也",
    "都",
    "那",
    "请问",
    "啊",
    "呀",
    "呢",
    "吧",
    "access",
    "is",
    "was",
    "are",
    "were",
    "do",
    "does",
    "did",
    "can",
    "could",
    "will",
    "i",
    "to",
    "the",
    "and",
    "so",
    "ok",
    "but",
    "then",
    "much",
    "many",
    "long",
    "big",
    "large",
    "ago",
    "made",
    "make",
    "makes",
    "created",
    "built",
    "developed",
    "wrote",
    "written",
    "released",
    "launched",
    "published",
    "announced",
    "come",
    "came",
    "out",
    "use",
    "used",
    "using",
    "get",
    "have",
    "need",
    "pay",
    "for",
    "by",
    "internet",
    "name",
    "called",
    "company",
    "download",
    "try",
    "about",
    "it",
    "它",
];

/// True if a question has no content words of its own, such as "when" or 谁做的 ("who made it").
#[must_use]
pub(crate) fn is_bare(normal: &str) -> bool {
    bare_flags(normal) == Some(1)
}

/// True if a text has no content words, whether or not it asks anything.
#[must_use]
pub(crate) fn has_no_content(normal: &str) -> bool {
    bare_flags(normal).is_some()
}

/// Returns 1 if a text without content words asks something, 0 if it does not, and `None` if it has
/// content words.
fn bare_flags(normal: &str) -> Option<u32> {
    static SET: LazyLock<PhraseSet> = LazyLock::new(|| {
        PhraseSet::new(BARE.iter().map(|word| (1, *word)).chain(BARE_GLUE.iter().map(|word| (0, *word))))
    });
    short(normal).and_then(|normal| SET.flags(normal))
}

/// Chinese words that ask which of all subjects is meant.
const WHICH_ZH: &[&str] = &[
    "哪个",
    "哪款",
    "哪一个",
    "哪一款",
    "哪家",
    "哪一家",
    "哪几个",
    "哪几款",
    "哪些产品",
    "哪些模型",
    "哪些工具",
    "哪些软件",
    "哪些应用能",
    "哪些能",
    "哪些可以",
];
/// What follows a Chinese "which" that asks for a property instead, as in 哪个版本 ("which version").
const PROPERTY_ZH: &[&str] =
    &["版本", "语言", "国家", "公司", "团队", "平台", "网站", "地方", "年", "月", "人", "部分", "步骤", "系列", "大学"];
/// Chinese phrases that look for a subject among all of them.
const LOOKS_AROUND_ZH: &[&str] =
    &["有没有能", "有没有可以", "有没有会", "有没有什么", "有什么能", "有什么可以", "有啥能"];
/// Chinese phrases that ask for a tool if nothing but particles follows.
const WITH_WHAT_ZH: &[&str] =
    &["用什么", "用啥", "用哪个", "用什么好", "用什么比较好", "用什么工具", "用什么软件", "用什么模型"];
const LOOKS_AROUND_EN: &[&str] = &[
    "which one",
    "which ones",
    "which of",
    "which model",
    "which models",
    "which tool",
    "which tools",
    "which product",
    "which products",
    "which app",
    "which software",
    "which program",
    "which service",
    "which ai",
    "which can",
    "which is",
    "which does",
    "which should",
    "what can i use",
    "what could i use",
    "what should i use",
    "what do i use",
    "what to use",
    "what tool",
    "what model",
    "what product",
    "what app",
    "what software",
    "anything for",
    "is there anything",
    "is there something",
    "is there one that",
    "are there any that",
];
/// Pronouns that refer to the section shown last, even in a question for "which one".
const IT_ZH: &[&str] = &["它"];
const IT_EN: &[&str] = &["it", "its"];

/// True if a question asks which of the subjects is meant, as "which one can draw?" does.
#[must_use]
pub(crate) fn looks_around(normal: &str) -> bool {
    let asks_which = |word: &&str| {
        let mut after = normal.match_indices(*word).map(|(at, _)| &normal[at + word.len()..]);
        after.any(|rest| !PROPERTY_ZH.iter().any(|property| rest.starts_with(property)))
    };
    let asks_with_what = WITH_WHAT_ZH.iter().any(|phrase| without_particles(normal).ends_with(phrase));
    !contains_phrase(normal, IT_ZH, IT_EN)
        && (WHICH_ZH.iter().any(asks_which)
            || asks_with_what
            || contains_phrase(normal, LOOKS_AROUND_ZH, LOOKS_AROUND_EN))
}

/// Ordinals and the like in "the first one", which refer to a list shown before.
const ORDINALS_EN: &[&str] = &["first", "second", "third", "fourth", "fifth", "last", "other", "next", "same", "only"];

/// True if a question points out a subject by a property, as "the drawing one" and 画画那个 do.
#[must_use]
pub(crate) fn points_out(normal: &str) -> bool {
    let words: Vec<&str> = normal.split(' ').collect();
    let is_described = |at: usize| {
        let described =
            words[at].trim_end_matches('s') == "one" && (1..=3).any(|n| at > n && words[at - n - 1] == "the");
        described && !ORDINALS_EN.contains(&words[at - 1])
    };
    let shown =
        |word: &str| normal.find(word).is_some_and(|at| at > 0 && !normal[..at].trim_end_matches('那').is_empty());
    (0..words.len()).any(is_described) || shown("那个") || shown("那款")
}

/// True if a question ends by pointing at one of the things just shown: Whisper 的那个 ("the one of
/// Whisper").
#[must_use]
pub(crate) fn ends_with_that_one(normal: &str) -> bool {
    let end = without_particles(normal).trim_end();
    end.ends_with("的那个") || end.ends_with("的那条") || end.ends_with("那条")
}

fn without_particles(normal: &str) -> &str {
    normal.trim_end_matches(['呢', '啊', '吧', '呀', '好', ' '])
}

/// Chinese phrases around the description of a subject, as in 有没有能画画的 ("is there one that draws").
const AROUND_ZH: &[&str] = &[
    "有没有可以",
    "有没有什么",
    "有没有能",
    "有没有会",
    "有什么可以",
    "有什么能",
    "有啥能",
    "用什么工具",
    "用什么软件",
    "用什么模型",
    "用哪一个",
    "用哪一款",
    "用哪个",
    "用哪款",
    "用什么",
    "用啥",
    "哪一个",
    "哪一款",
    "哪几个",
    "哪几款",
    "哪一家",
    "哪个",
    "哪款",
    "哪家",
    "那个",
    "那款",
    "我是说",
    "我说的是",
    "我指的是",
    "说错了",
    "问错了",
    "算了",
    "换个话题",
    "展开讲讲",
    "展开说说",
    "讲讲",
    "说说",
    "介绍一下",
    "比较好",
    "最好",
];
/// English words around the description of a subject, as in "which one can draw".
const AROUND_EN: &[&str] = &[
    "which",
    "one",
    "ones",
    "of",
    "them",
    "these",
    "those",
    "model",
    "models",
    "tool",
    "tools",
    "product",
    "products",
    "app",
    "software",
    "program",
    "service",
    "can",
    "could",
    "should",
    "would",
    "is",
    "are",
    "does",
    "do",
    "i",
    "use",
    "to",
    "what",
    "for",
    "the",
    "a",
    "an",
    "no",
    "wait",
    "meant",
    "mean",
    "never",
    "mind",
    "nevermind",
    "tell",
    "me",
    "about",
    "instead",
    "not",
    "that",
    "anything",
    "something",
    "there",
    "any",
    "and",
    "but",
    "so",
    "ok",
    "sorry",
];

/// Returns the description in a question that asks for a subject by a description: "draw" of "which
/// one can draw". Returns `None` if nothing, or all, of the question is the description.
#[must_use]
pub(crate) fn description(normal: &str) -> Option<String> {
    let around = AROUND_ZH.iter().fold(normal.to_owned(), |text, phrase| text.replace(phrase, " "));
    let words = around.split(' ').filter(|word| !AROUND_EN.contains(word));
    let words = words.map(|word| {
        let start = word.trim_start_matches(['那', '能', '会', '来', '是', '做', '要']);
        start.trim_start_matches("可以").trim_end_matches(['用', '好', '呢', '吗', '的', '啊', '吧', '要', '想'])
    });
    let rest: Vec<&str> = words.filter(|word| !word.is_empty()).collect();
    let rest = rest.join(" ");
    (!rest.is_empty() && rest != normal).then_some(rest)
}

const ARTICLE_ZH: &[&str] = &["文章", "这篇", "本文", "全文", "原文"];
/// Words for what people do with articles alone.
const REPUBLISH_ZH: &[&str] = &["公众号", "转载", "转发"];
const ARTICLE_EN: &[&str] = &[
    "the article",
    "this article",
    "the post",
    "this post",
    "the author",
    "wrote this",
    "this published",
    "this written",
    "repost this",
    "reprint this",
    "put this up",
    "share this",
    "quote this",
    "cite this",
    "discussed here",
    "covered here",
];
/// Words that ask what the article says about something. Such a question is not about the article.
const SAYS_ZH: &[&str] = &["里", "中", "说", "提", "写到", "讲"];
const SAYS_EN: &[&str] = &["say", "says", "said", "mention", "mentions", "tell", "tells", "in the article"];

/// True if a question is about the article itself, and not about something in it.
#[must_use]
pub(crate) fn names_article(normal: &str) -> bool {
    contains_phrase(normal, REPUBLISH_ZH, &[])
        || (contains_phrase(normal, ARTICLE_ZH, ARTICLE_EN)
            && !contains_phrase(normal, SAYS_ZH, SAYS_EN)
            && !contains_phrase(normal, IT_ZH, IT_EN))
}

/// Words that begin a question in English.
const BEGINS_QUESTION_EN: &[&str] = &[
    "what", "who", "when", "where", "why", "how", "which", "is", "are", "was", "does", "do", "did", "can", "could",
    "will", "whats", "whos",
];

/// True if a clause begins as an English question does.
fn begins_as_question(normal: &str) -> bool {
    normal.split(' ').find(|word| *word != "and").is_some_and(|word| BEGINS_QUESTION_EN.contains(&word))
}

/// True if a clause asks something, with a question word or in the word order of a question.
fn asks(clause: &str) -> bool {
    let normal = normalize(clause);
    let marker = QuestionRole::Marker.phrases();
    begins_as_question(&normal) || contains_phrase(&normal, &marker.han, &marker.latin)
}

/// Splits a message into several questions: at numbers, line breaks, question marks or commas.
/// Returns each way to split the message into two or three parts.
#[must_use]
pub(crate) fn splits(raw: &str) -> Vec<Vec<&str>> {
    const COUNT: std::ops::RangeInclusive<usize> = 2..=3;
    let parts = |is_mark: fn(char) -> bool| -> Vec<&str> {
        raw.split(is_mark).map(without_number).filter(|part| part.chars().any(char::is_alphanumeric)).collect()
    };
    let by_comma = parts(|c| matches!(c, ',' | '，' | ';' | '；'));
    let by_comma = if by_comma.iter().all(|part| asks(part)) { by_comma } else { Vec::new() };
    let ways = [numbered(raw), parts(|c| matches!(c, '\n' | '\r')), parts(|c| matches!(c, '?' | '？')), by_comma];
    ways.into_iter().filter(|way| COUNT.contains(&way.len())).collect()
}

/// True if a text starts with a mark that follows a number in a list.
fn starts_with_mark(text: &str) -> bool {
    text.starts_with(['.', '、', ')', '）', '．', ':', '：'])
}

/// Splits a message at the numbers 1, 2, 3 of a list. Empty if there is no such list.
fn numbered(raw: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = raw.trim_start();
    for number in ["1", "2", "3", "4"] {
        let is_number = |at: usize| {
            let begins = rest[..at].chars().next_back().is_none_or(|c| !c.is_ascii_alphanumeric() && c != '.');
            begins && starts_with_mark(&rest[at + number.len()..])
        };
        let Some(at) = rest.match_indices(number).map(|(at, _)| at).find(|at| is_number(*at)) else { break };
        if number != "1" {
            parts.push(rest[..at].trim());
        } else if at > 0 {
            return Vec::new();
        }
        rest = rest[at + number.len()..].trim_start_matches(['.', '、', ')', '）', '．', ':', '：']);
    }
    parts.push(rest.trim());
    parts
}

/// Removes the number of a list item.
fn without_number(part: &str) -> &str {
    let part = part.trim();
    let rest = part.trim_start_matches(|c: char| c.is_ascii_digit());
    if rest.len() < part.len() && starts_with_mark(rest) {
        rest.trim_start_matches(['.', '、', ')', '）', '．', ':', '：']).trim()
    } else {
        part
    }
}

/// Returns the part of a long message that is worth reading: the last questions in it, or else its
/// start and its end. A short message is returned whole.
#[must_use]
pub(crate) fn essence(raw: &str) -> Cow<'_, str> {
    /// Maximum number of characters that the parts of a long message have together.
    const MAX_CHARS: usize = 256;
    if raw.chars().nth(MAX_NORMAL_CHARS).is_none() {
        return Cow::Borrowed(raw);
    }
    let mut kept: Vec<&str> = Vec::new();
    let mut room = MAX_CHARS;
    let all: Vec<&str> = sentences(raw).map(|range| &raw[range]).collect();
    for sentence in all.into_iter().rev() {
        let count = sentence.chars().count();
        let is_question = sentence.ends_with(['?', '？']) || (count <= MAX_CHARS && asks(sentence));
        if is_question && count <= room {
            room -= count;
            kept.insert(0, sentence);
        }
    }
    if !kept.is_empty() {
        return Cow::Owned(kept.join("\n"));
    }
    let half = |at: Option<(usize, char)>| at.map_or(0, |(at, _)| at);
    let start = &raw[..half(raw.char_indices().nth(MAX_CHARS))];
    let end = &raw[half(raw.char_indices().nth_back(MAX_CHARS))..];
    Cow::Owned(format!("{start}\n{end}"))
}

/// Returns the text if it is short enough to be one of the wordings here.
fn short(normal: &str) -> Option<&str> {
    const MAX_BYTES: usize = 80;
    Some(normal).filter(|normal| !normal.is_empty() && normal.len() <= MAX_BYTES)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(predicate: impl Fn(&str) -> bool, holds: &[&str], fails: &[&str]) {
        for (texts, expected) in [(holds, true), (fails, false)] {
            for text in texts {
                assert_eq!(predicate(&normalize(text)), expected, "{text}");
            }
        }
    }

    #[test]
    fn a_request_is_the_whole_message() {
        for (expected, texts) in [
            (
                Some(Request::Summary),
                &[
                    "summarize the article",
                    "TL;DR",
                    "总结一下",
                    "讲了什么？",
                    "請總結一下",
                    "這篇文章講了什麼",
                    "Zusammenfassung, please",
                ][..],
            ),
            (Some(Request::More), &["more", "Tell me more!", "再详细一点", "展开说说", "能展开讲讲吗", "还有吗"]),
            (Some(Request::Others), &["另外两个呢", "and the other two?"]),
            (Some(Request::Why), &["why?", "为什么", "为什么呢", "But why?", "為什麼"]),
            (None, &["why is it free", "more languages", "总结 GPT-3", "summarize codex", "please", "", "why more"]),
        ] {
            for text in texts {
                assert_eq!(request(&normalize(text)), expected, "{text}");
            }
        }
    }

    #[test]
    fn bare_questions_have_no_content_words() {
        check(
            is_bare,
            &[
                "when",
                "什么时候写的",
                "谁做的",
                "要钱吗",
                "how much does it cost",
                "要联网吗",
                "怎么 access",
                "叫什么名字",
                "and who made it",
                "when was it released?",
                "哪家公司做的",
                "free?",
            ],
            &["when did napoleon die", "今天星期几", "谁是总统", "要下雨吗", "is it raining", "的了", "", "现在几点"],
        );
    }

    #[test]
    fn which_one_looks_around() {
        check(
            looks_around,
            &[
                "哪个能画画",
                "语音识别用哪个",
                "哪款免费",
                "哪家更大",
                "写代码用什么",
                "写代码用什么好呢",
                "有没有能聊天的",
                "which one can draw",
                "which of them does speech?",
                "what can I use to write code",
                "anything for images?",
            ],
            &[
                "它用什么语言",
                "用什么训练的",
                "哪个版本好",
                "which languages",
                "which one of its parts",
                "有没有 API",
                "what is it",
            ],
        );
    }

    #[test]
    fn a_subject_is_pointed_out_by_a_property() {
        check(
            points_out,
            &["no wait i meant the drawing one", "画画那个呢", "我是说听写那个", "the speech to text one", "聊天那款"],
            &["the first one", "which one", "那个多少钱", "那那个呢", "one", "the one", "no one"],
        );
        check(ends_with_that_one, &["Whisper的那个", "whisper 的那条呢"], &["那个", "画画那个", "那个 whisper"]);
    }

    #[test]
    fn a_description_is_what_remains_of_a_question_for_a_subject() {
        for (question, expected) in [
            ("哪个能画画", Some("画画")),
            ("那写代码用什么好呢", Some("写代码")),
            ("画画那个呢", Some("画画")),
            ("我是说听写那个", Some("听写")),
            ("which one can draw?", Some("draw")),
            ("no wait i meant the drawing one", Some("drawing")),
            ("never mind, tell me about the chatbot", Some("chatbot")),
            ("which one", None),
            ("drawing", None),
        ] {
            assert_eq!(description(&normalize(question)).as_deref(), expected, "{question}");
        }
    }

    #[test]
    fn a_message_is_split_into_questions() {
        for (raw, expected) in [
            ("1. whisper多少小时 2. codex何时发布", &["whisper多少小时", "codex何时发布"][..]),
            ("1、A 是什么\n2、B 免费吗", &["A 是什么", "B 免费吗"]),
            ("what is A?\nwhat is B?", &["what is A?", "what is B?"]),
            ("what is A? and is B free?", &["what is A", "and is B free"]),
            ("A 是什么，B 免费吗", &["A 是什么", "B 免费吗"]),
            ("is A free, when was B released", &["is A free", "when was B released"]),
        ] {
            assert_eq!(splits(raw).first().map(Vec::as_slice), Some(expected), "{raw}");
        }
        for raw in [
            "跟 A 比，B 有什么不同",
            "if A is free, is B?",
            "is A, like B, free",
            "A 1.5 和 B 2.0",
            "what is A?",
            "",
            "2. b 1. a",
        ] {
            assert_eq!(splits(raw), Vec::<Vec<&str>>::new(), "{raw}");
        }
    }

    #[test]
    fn a_long_message_is_read_where_it_asks() {
        let log = "2022-12-01 12:00:00 worker started ok. ".repeat(40);
        for (text, expected) in [
            ("what is A".to_owned(), "what is A"),
            (format!("{log}\nwhat is A?"), "what is A?"),
            (format!("what is A? {log}"), "what is A?"),
            (format!("{}A 是什么", "你好。".repeat(300)), "A 是什么"),
        ] {
            assert_eq!(essence(&text), expected);
        }
        let plain = essence(&log).into_owned();
        assert!(plain.chars().count() < 520 && plain.starts_with("2022"));
    }

    #[test]
    fn questions_about_the_article_name_it() {
        check(
            names_article,
            &["who wrote the article", "文章是谁写的", "这篇什么时候发的"],
            &["does the article say how much", "文章里有没有价格", "articles", "who wrote it"],
        );
    }
}
