//! Recognizes greetings, thanks, farewells and calls for help, which get a short fixed reply.

/// A kind of small talk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Smalltalk {
    /// A greeting, such as "hello".
    Greeting,
    /// Thanks, such as "thank you".
    Thanks,
    /// A call for help, such as "what can you do?"
    Help,
    /// A farewell, such as "bye".
    Farewell,
}

use Smalltalk::{Farewell, Greeting, Help, Thanks};

/// The phrases of each kind, normalized and without spaces. If a text contains several kinds, the
/// first kind in this list wins.
///
/// A text that consists only of these phrases and of [`FILLERS`] is small talk.
const PHRASES: &[(Smalltalk, &[&str])] = &[
    (
        Help,
        &[
            "help",
            "helpme",
            "帮助",
            "怎么用",
            "怎么使用",
            "如何使用",
            "使用说明",
            "使用帮助",
            "你是谁",
            "你是什么",
            "whoareyou",
            "whatareyou",
            "你能做什么",
            "你会什么",
            "你能干什么",
            "你能干嘛",
            "你可以做什么",
            "whatcanyoudo",
            "howdoesthiswork",
            "howdoiusethis",
            "howtousethis",
            "howdoiusethisbot",
            "commands",
            "whatcaniask",
            "whatcaniaskyou",
            "我能问什么",
            "能问什么",
            "可以问什么",
        ],
    ),
    (
        Thanks,
        &[
            "thanks",
            "thankyou",
            "thankyousomuch",
            "thanksalot",
            "thx",
            "ty",
            "tysm",
            "cheers",
            "muchappreciated",
            "谢谢",
            "谢谢你",
            "谢了",
            "谢啦",
            "多谢",
            "感谢",
            "非常感谢",
            "辛苦了",
            "3q",
            "gotit",
            "ok",
            "okay",
            "okk",
            "好的",
            "好滴",
            "收到",
            "知道了",
            "明白了",
            "明白",
            "了解",
            "懂了",
            "great",
            "perfect",
            "nice",
            "awesome",
            "cool",
            "太好了",
            "不错",
            "真棒",
            "厉害",
        ],
    ),
    (
        Farewell,
        &[
            "bye",
            "byebye",
            "goodbye",
            "goodnight",
            "seeyou",
            "seeya",
            "cya",
            "再见",
            "拜拜",
            "晚安",
            "回头见",
            "88",
            "下次见",
        ],
    ),
    (
        Greeting,
        &[
            "hi",
            "hii",
            "hello",
            "hey",
            "heyy",
            "hiya",
            "yo",
            "goodmorning",
            "goodafternoon",
            "goodevening",
            "morning",
            "howareyou",
            "whatsup",
            "sup",
            "你好",
            "您好",
            "你们好",
            "大家好",
            "嗨",
            "哈喽",
            "哈罗",
            "喂",
            "在吗",
            "在么",
            "在不在",
            "在不",
            "有人吗",
            "有人在吗",
            "早",
            "早上好",
            "早安",
            "上午好",
            "中午好",
            "下午好",
            "晚上好",
            "nihao",
            "ninhao",
        ],
    ),
];

/// Words that may accompany small talk without changing its kind.
const FILLERS: &[&str] = &[
    "啊",
    "呀",
    "啦",
    "哦",
    "哈",
    "哈哈",
    "呢",
    "吧",
    "了",
    "嘿",
    "嗯",
    "嗯嗯",
    "噢",
    "喔",
    "哟",
    "们",
    "你",
    "您",
    "各位",
    "大家",
    "朋友",
    "机器人",
    "小助手",
    "亲",
    "那",
    "先",
    "都",
    "bot",
    "there",
    "all",
    "everyone",
    "guys",
    "friend",
    "again",
    "so",
    "much",
    "very",
    "you",
    "for",
    "your",
    "the",
    "to",
    "and",
    "please",
    "pls",
    "um",
    "oh",
    "well",
    "again",
    "haha",
    "lol",
];

/// Maximum length of a text that counts as small talk, in bytes.
const MAX_BYTES: usize = 80;

/// Returns the kind of small talk of a normalized text, or `None` if the text says anything else.
///
/// If a text contains several kinds, the first one in [`PHRASES`] wins.
pub(super) fn recognise(normal: &str) -> Option<Smalltalk> {
    if normal.is_empty() || normal.len() > MAX_BYTES {
        return None;
    }
    let text = normal.replace(' ', "");
    // kinds[i] is a bit set of the kinds of phrases in text[..i]. None if text[..i] cannot be split
    // into phrases and fillers.
    let mut kinds: Vec<Option<u8>> = vec![None; text.len() + 1];
    kinds[0] = Some(0);
    for start in 0..text.len() {
        let Some(before) = kinds[start] else { continue };
        let phrases =
            PHRASES.iter().enumerate().flat_map(|(kind, (_, list))| list.iter().map(move |p| (1 << kind, *p)));
        for (bit, phrase) in phrases.chain(FILLERS.iter().map(|f| (0, *f))) {
            if text[start..].starts_with(phrase) {
                let end = start + phrase.len();
                kinds[end] = Some(kinds[end].unwrap_or(0).max(before | bit));
            }
        }
    }
    let found = kinds[text.len()]?;
    PHRASES.iter().enumerate().find(|(kind, _)| found & (1 << kind) != 0).map(|(_, (kind, _))| *kind)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Smalltalk::{Farewell, Greeting, Help, Thanks};
    use super::{FILLERS, PHRASES, Smalltalk, recognise};
    use crate::text::{normalize, squashed};

    #[track_caller]
    fn check(text: &str, expected: Option<Smalltalk>) {
        assert_eq!(recognise(&normalize(text)), expected, "{text:?}");
    }

    #[test]
    fn every_phrase_is_its_own_kind_and_in_normal_form() {
        for (kind, phrases) in PHRASES {
            for phrase in *phrases {
                assert_eq!(squashed(phrase), *phrase);
                check(phrase, Some(*kind));
            }
        }
        for filler in FILLERS {
            assert_eq!(squashed(filler), *filler);
        }
    }

    #[test]
    fn spelling_and_fillers_change_nothing() {
        check("Hello!!", Some(Greeting));
        check("Hi there, everyone", Some(Greeting));
        check("Thank you so much!", Some(Thanks));
        check("你好呀", Some(Greeting));
        check("謝謝你", Some(Thanks));
        check("what can you do?", Some(Help));
        check("再见啦各位", Some(Farewell));
    }

    #[test]
    fn of_several_kinds_help_wins_over_thanks_over_farewell_over_greeting() {
        check("hi, help", Some(Help));
        check("thanks, bye", Some(Thanks));
        check("bye and hello", Some(Farewell));
    }

    #[test]
    fn what_says_more_is_no_small_talk() {
        check("hello, what is Whisper", None);
        check("hi whisper", None);
        check("谢谢 价格", None);
        check("", None);
        check("?", None);
        check(&"hi ".repeat(100), None);
    }

    #[test]
    fn fillers_alone_are_no_small_talk() {
        check("you and the", None);
        check("啊", None);
    }

    proptest! {
        #[test]
        fn any_text_can_be_tested(text in "\\PC{0,60}") {
            let kind = recognise(&normalize(&text));
            let surrounded = recognise(&normalize(&format!("{text} bye")));
            if let Some(kind) = kind {
                prop_assert!(surrounded.is_some(), "{:?} then bye", kind);
            }
        }
    }
}
