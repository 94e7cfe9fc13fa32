//! Questions that look around among all subjects, point one of them out, or are about the article
//! itself. All functions take normalized texts.

use crate::text::contains_phrase;

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

#[cfg(test)]
mod tests {
    use super::super::check;
    use super::*;
    use crate::text::normalize;

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
    fn questions_about_the_article_name_it() {
        check(
            names_article,
            &["who wrote the article", "文章是谁写的", "这篇什么时候发的"],
            &["does the article say how much", "文章里有没有价格", "articles", "who wrote it"],
        );
    }
}
