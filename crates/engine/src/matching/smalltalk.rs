//! Greetings, thanks and calls for help: short things that deserve a short reply.

/// What kind of small talk it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Smalltalk {
    /// "Hello".
    Greeting,
    /// "Thank you".
    Thanks,
    /// "What can you do?"
    Help,
    /// "Bye".
    Farewell,
}

use Smalltalk::{Farewell, Greeting, Help, Thanks};

/// Phrases in normal form without spaces. A text that is made of these and [`FILLERS`] only is small talk.
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

/// Words that stand beside small talk and change nothing.
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

/// Longest text that can be small talk, in bytes.
const MAX_BYTES: usize = 80;

/// What small talk a normal form is made of, the first kind of [`PHRASES`] that occurs winning; `None` if it says anything else.
pub(super) fn recognise(normal: &str) -> Option<Smalltalk> {
    if normal.is_empty() || normal.len() > MAX_BYTES {
        return None;
    }
    let text = normal.replace(' ', "");
    // kinds[i]: the phrases that text[..i] can be made of, as a set of bits; None where it cannot.
    let mut reached: Vec<Option<u8>> = vec![None; text.len() + 1];
    reached[0] = Some(0);
    for start in 0..text.len() {
        let Some(kinds) = reached[start] else { continue };
        let phrases =
            PHRASES.iter().enumerate().flat_map(|(kind, (_, list))| list.iter().map(move |p| (1 << kind, *p)));
        for (bit, phrase) in phrases.chain(FILLERS.iter().map(|f| (0, *f))) {
            if text[start..].starts_with(phrase) {
                let end = start + phrase.len();
                reached[end] = Some(reached[end].unwrap_or(0).max(kinds | bit));
            }
        }
    }
    let kinds = reached[text.len()]?;
    PHRASES.iter().enumerate().find(|(kind, _)| kinds & (1 << kind) != 0).map(|(_, (kind, _))| *kind)
}
