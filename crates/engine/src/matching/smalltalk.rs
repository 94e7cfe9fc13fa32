//! Recognizes messages that ask nothing of the article, such as greetings, thanks, laughter and
//! complaints. They get a short fixed reply.

use std::sync::LazyLock;

use crate::text::{Language, PhraseSet, normalize, without_signs};

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
    /// A summary is wanted, and no section has one. `recognise` never returns this kind.
    Summary,
    /// A complaint about the last answer, such as "that's wrong".
    Complaint,
    /// A question about the bot itself, such as "are you a robot?"
    Identity,
    /// An insult.
    Insult,
    /// Agreement, such as "ok" or a thumbs-up.
    Agreement,
    /// Laughter, such as "lol".
    Laughter,
    /// A message that is too short to mean anything, such as "no", "test" or a question mark.
    Unclear,
}

use Smalltalk::{Agreement, Complaint, Farewell, Greeting, Help, Identity, Insult, Laughter, Thanks, Unclear};

/// The phrases of each kind, without spaces. If a text contains several kinds, the first kind in
/// this list wins.
///
/// A text that consists only of these phrases and of [`FILLERS`] is small talk.
const PHRASES: &[(Smalltalk, &[&str])] = &[
    (
        Complaint,
        &[
            "that's wrong",
            "thats wrong",
            "this is wrong",
            "that is wrong",
            "wrong",
            "wrong answer",
            "you are wrong",
            "you're wrong",
            "incorrect",
            "not correct",
            "that's not right",
            "that is not right",
            "not what i asked",
            "that's not what i asked",
            "that is not what i asked",
            "i didn't ask that",
            "bad answer",
            "that doesn't answer my question",
            "that's not it",
            "答非所问",
            "不对",
            "不对吧",
            "错了",
            "你错了",
            "说错了",
            "答错了",
            "回答错了",
            "你答错了",
            "不是这个",
            "我问的不是这个",
            "不是我要的",
            "不是我问的",
            "没回答我的问题",
            "没答到点上",
            "答得不对",
            "瞎说",
            "胡说",
            "胡说八道",
            "乱说",
        ],
    ),
    (
        Insult,
        &[
            "stupid",
            "you are stupid",
            "you're stupid",
            "stupid bot",
            "idiot",
            "you idiot",
            "moron",
            "dumb",
            "you are dumb",
            "you're dumb",
            "dumb bot",
            "useless",
            "you are useless",
            "you're useless",
            "you suck",
            "this sucks",
            "it sucks",
            "that sucks",
            "shut up",
            "fuck",
            "fuck you",
            "fuck off",
            "wtf",
            "screw you",
            "garbage",
            "trash",
            "crap",
            "bullshit",
            "傻逼",
            "傻b",
            "傻",
            "傻瓜",
            "你傻吗",
            "笨",
            "笨蛋",
            "你真笨",
            "你好笨",
            "好笨",
            "真笨",
            "太笨了",
            "蠢",
            "蠢货",
            "真蠢",
            "垃圾",
            "废物",
            "智障",
            "弱智",
            "白痴",
            "脑残",
            "滚",
            "滚蛋",
            "滚开",
            "没用",
            "真没用",
            "什么玩意",
            "什么垃圾",
            "他妈的",
            "妈的",
            "卧槽",
            "tmd",
            "cnm",
            "nmsl",
        ],
    ),
    (
        Identity,
        &[
            "are you a robot",
            "are you a bot",
            "are you human",
            "are you a human",
            "are you real",
            "are you a real person",
            "are you an ai",
            "are you ai",
            "are you chatgpt",
            "are you gpt",
            "are you openai",
            "who made you",
            "who built you",
            "who created you",
            "who wrote you",
            "who programmed you",
            "what's your name",
            "what is your name",
            "你是机器人吗",
            "你是机器人",
            "你是真人吗",
            "你是人吗",
            "你是人还是机器",
            "你是人还是机器人",
            "你是ai吗",
            "你是chatgpt吗",
            "你是gpt吗",
            "你是chatgpt",
            "你是人工智能吗",
            "谁做的你",
            "谁做了你",
            "你是谁做的",
            "谁开发的你",
            "谁开发了你",
            "你是谁开发的",
            "谁创造了你",
            "你叫什么",
            "你叫什么名字",
            "你的名字",
        ],
    ),
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
            "你能干啥",
            "你能做啥",
            "你会啥",
            "你会干什么",
            "你会干嘛",
            "你会做什么",
            "你有什么用",
            "你有什么功能",
            "你能帮我什么",
            "你能帮我做什么",
            "你是干什么的",
            "你是干嘛的",
            "你是做什么的",
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
            "hilfe",
            "wiefunktioniertdas",
            "waskannstdu",
            "werbistdu",
            "ayuda",
            "quepuedeshacer",
            "comofunciona",
            "aide",
            "aiuto",
            "ajuda",
            "trogiup",
            "помощь",
            "помоги",
            "чтотыумеешь",
            "допомога",
            "ヘルプ",
            "使い方",
            "도움말",
            "도와줘",
            "도와주세요",
            "사용법",
            "مساعدة",
            "ช่วยด้วย",
            "วิธีใช้",
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
            "great",
            "perfect",
            "nice",
            "awesome",
            "cool",
            "太好了",
            "不错",
            "真棒",
            "厉害",
            "danke",
            "dankeschon",
            "vielendank",
            "dankedir",
            "gracias",
            "muchasgracias",
            "merci",
            "mercibeaucoup",
            "grazie",
            "obrigado",
            "obrigada",
            "camon",
            "camonban",
            "спасибо",
            "большоеспасибо",
            "спасибобольшое",
            "благодарю",
            "дякую",
            "ありがとう",
            "ありがとうございます",
            "ありがとうございました",
            "どうも",
            "감사합니다",
            "고맙습니다",
            "고마워",
            "고마워요",
            "شكرا",
            "شكراجزيلا",
            "ขอบคุณ",
            "ขอบคุณครับ",
            "ขอบคุณค่ะ",
            "תודה",
            "ευχαριστω",
            "tesekkurler",
            "dziekuje",
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
            "tschuss",
            "aufwiedersehen",
            "bisbald",
            "adios",
            "hastaluego",
            "aurevoir",
            "arrivederci",
            "tchau",
            "tambiet",
            "пока",
            "досвидания",
            "допобачення",
            "さようなら",
            "またね",
            "バイバイ",
            "안녕히계세요",
            "잘가",
            "معالسلامة",
            "ลาก่อน",
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
            "hallo",
            "gutentag",
            "gutenmorgen",
            "gutenabend",
            "moin",
            "servus",
            "gruezi",
            "hola",
            "buenosdias",
            "buenastardes",
            "buenasnoches",
            "bonjour",
            "bonsoir",
            "salut",
            "ciao",
            "buongiorno",
            "buonasera",
            "ola",
            "bomdia",
            "boatarde",
            "boanoite",
            "xinchao",
            "chao",
            "chaoban",
            "chaobuoisang",
            "привет",
            "здравствуйте",
            "здравствуй",
            "добрыйдень",
            "доброеутро",
            "добрыйвечер",
            "приветствую",
            "привіт",
            "добридень",
            "こんにちは",
            "こんばんは",
            "おはよう",
            "おはようございます",
            "はじめまして",
            "もしもし",
            "ハロー",
            "안녕",
            "안녕하세요",
            "안녕하십니까",
            "여보세요",
            "مرحبا",
            "اهلا",
            "السلامعليكم",
            "صباحالخير",
            "مساءالخير",
            "สวัสดี",
            "สวัสดีครับ",
            "สวัสดีค่ะ",
            "שלום",
            "γειασου",
            "γεια",
            "καλημερα",
            "namaste",
            "नमस्ते",
            "merhaba",
            "czesc",
            "dziendobry",
        ],
    ),
    (
        Agreement,
        &[
            "ok",
            "okay",
            "okk",
            "okie",
            "yes",
            "yep",
            "yeah",
            "yup",
            "sure",
            "alright",
            "all right",
            "fine",
            "i see",
            "got it",
            "gotcha",
            "hmm",
            "mhm",
            "uh huh",
            "好",
            "好的",
            "好滴",
            "好吧",
            "行",
            "行吧",
            "嗯",
            "嗯嗯",
            "嗯哼",
            "哦",
            "哦哦",
            "噢",
            "喔",
            "是",
            "是的",
            "对",
            "对的",
            "对啊",
            "没错",
            "收到",
            "知道了",
            "明白了",
            "明白",
            "了解",
            "懂了",
            "好嘞",
            "可以",
            "原来如此",
            "这样啊",
        ],
    ),
    (
        Laughter,
        &[
            "lol",
            "lmao",
            "rofl",
            "haha",
            "hahaha",
            "hehe",
            "xd",
            "哈",
            "哈哈",
            "嘿嘿",
            "呵呵",
            "嘻嘻",
            "笑死",
            "笑死我了",
            "233",
            "2333",
            "hh",
            "hhh",
            "www",
        ],
    ),
    (
        Unclear,
        &[
            "no",
            "nope",
            "nah",
            "not really",
            "start",
            "test",
            "testing",
            "stop",
            "begin",
            "what",
            "huh",
            "sorry",
            "pardon",
            "come again",
            "question",
            "不",
            "不是",
            "没有",
            "不要",
            "不用",
            "不用了",
            "开始",
            "测试",
            "试试",
            "试一下",
            "停",
            "停止",
            "啥",
            "什么",
            "啊",
            "额",
            "呃",
            "怎么了",
            "咋了",
            "问题",
            "提问",
            "我有问题",
            "我有个问题",
            "i have a question",
            "can i ask a question",
            "can i ask something",
            "asdf",
            "123",
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
    "mate",
    "man",
    "bro",
    "dude",
    "buddy",
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

/// Languages with a greeting in [`PHRASES`].
const GREETINGS: [&str; 17] =
    ["ar", "de", "el", "en", "es", "fr", "he", "hi", "it", "ja", "ko", "pl", "pt", "ru", "th", "tr", "uk"];

/// True if greetings in the language are recognized.
pub(super) fn greets_in(language: Language) -> bool {
    matches!(language.as_str(), "zh" | "vi") || GREETINGS.contains(&language.as_str())
}

/// Maximum length of a text that counts as small talk, in bytes.
const MAX_BYTES: usize = 80;

/// All phrases and fillers. The flag of a phrase is the bit of its kind; a filler has no flag.
static PHRASE_SET: LazyLock<PhraseSet> = LazyLock::new(|| {
    let phrases = PHRASES.iter().enumerate().flat_map(|(kind, (_, list))| list.iter().map(move |p| (1 << kind, *p)));
    PhraseSet::new(phrases.chain(FILLERS.iter().map(|filler| (0, *filler))))
});

/// The kinds of pictographs that a message may consist of.
const PICTOGRAPHS: &[(Smalltalk, &[char])] = &[
    (Thanks, &['🙏', '❤', '🌹', '😘', '🥰', '😍']),
    (Agreement, &['👍', '👌', '👏', '🙂', '😊', '💯', '✅', '✔', '🆗', '💪', '🎉']),
    (Laughter, &['😂', '🤣', '😆', '😄', '😁', '😹', '😅', '😀', '😃']),
    (Complaint, &['👎', '❌', '😡', '😠']),
    (Farewell, &['👋']),
];

/// Returns the kind of small talk of a normalized text, or `None` if the text says anything else.
///
/// If a text contains several kinds, the first one in [`PHRASES`] wins. A text without words is
/// small talk.
pub(super) fn recognise(normal: &str) -> Option<Smalltalk> {
    if normal.len() > MAX_BYTES {
        return None;
    }
    if without_signs(normal).trim().is_empty() {
        let of = |c: char| PICTOGRAPHS.iter().find(|(_, all)| all.contains(&c)).map(|(kind, _)| *kind);
        return Some(normal.chars().find_map(of).unwrap_or(Unclear));
    }
    let found = PHRASE_SET.flags(normal)?;
    PHRASES.iter().enumerate().find(|(kind, _)| found & (1 << kind) != 0).map(|(_, (kind, _))| *kind)
}

/// Returns a message without the small talk that opens it, as in "hi, what is Whisper?". A message
/// of small talk alone stays whole.
#[must_use]
pub fn without_opening(raw: &str) -> &str {
    const MARKS: [char; 13] = [',', '，', '.', '。', '!', '！', '~', '～', '\n', ';', '；', '、', '…'];
    let mut rest = raw;
    while let Some((clause, after)) = rest.split_once(MARKS) {
        let is_opening = matches!(recognise(&normalize(clause)), Some(Greeting | Thanks | Agreement | Laughter));
        let after = after.trim_start_matches(MARKS).trim_start();
        if !is_opening || !after.contains(char::is_alphanumeric) {
            break;
        }
        rest = after;
    }
    rest
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Smalltalk::{
        Agreement, Complaint, Farewell, Greeting, Help, Identity, Insult, Laughter, Thanks, Unclear,
    };
    use super::{PHRASES, Smalltalk, greets_in, recognise, without_opening};
    use crate::text::normalize;

    #[track_caller]
    fn check(text: &str, expected: Option<Smalltalk>) {
        assert_eq!(recognise(&normalize(text)), expected, "{text:?}");
    }

    #[test]
    fn every_phrase_is_its_own_kind() {
        for (kind, phrases) in PHRASES {
            for phrase in *phrases {
                check(phrase, Some(*kind));
            }
        }
    }

    #[test]
    fn greetings_are_known_in_many_languages() {
        for greeting in ["Guten Tag!", "¡Hola!", "Привет", "こんにちは。", "안녕하세요", "Xin chào", "مرحبا", "สวัสดีครับ"]
        {
            check(greeting, Some(Greeting));
        }
        check("Vielen Dank 👍", Some(Thanks));
        check("さようなら", Some(Farewell));
        for (code, expected) in [("de", true), ("vi", true), ("zh", true), ("fi", false)] {
            assert_eq!(greets_in(code.parse().expect("a code")), expected, "{code}");
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
    fn what_asks_nothing_of_the_article_has_a_kind() {
        for (kind, texts) in [
            (Laughter, &["哈哈哈", "哈哈哈哈哈", "lol", "LOL!", "hahahaha", "😂", "呵呵"][..]),
            (Agreement, &["嗯嗯", "👍", "👍👍", "ok", "OK.", "好的呀", "I see", "原來如此"]),
            (Insult, &["you are stupid!", "傻逼", "你好笨啊", "shut up"]),
            (Identity, &["你是机器人吗？", "are you a robot?", "who made you", "What's your name?", "你叫什麼名字"]),
            (Complaint, &["that's wrong", "That’s wrong!", "答非所问", "不对吧", "👎", "haha wrong"]),
            (Unclear, &["?", "？？？", "", "no", "No.", "start", "test", "测试", "what?", "啊", "🎈"]),
            (Thanks, &["ok thanks", "🙏", "哈哈 谢谢"]),
        ] {
            for text in texts {
                check(text, Some(kind));
            }
        }
    }

    #[test]
    fn what_says_more_is_no_small_talk() {
        check("hello, what is Whisper", None);
        check("hi whisper", None);
        check("谢谢 价格", None);
        check("no, whisper", None);
        check("test whisper", None);
        check("what is it", None);
        check("wrong answers of codex", None);
        check(&"hi ".repeat(100), None);
    }

    #[test]
    fn small_talk_before_a_question_is_dropped() {
        for (raw, expected) in [
            ("hi, what is Whisper?", "what is Whisper?"),
            ("你好，你能干啥", "你能干啥"),
            ("thanks! and is it free", "and is it free"),
            ("哈哈，谢谢。那价格呢", "那价格呢"),
            ("what is it, hello", "what is it, hello"),
            ("hello!", "hello!"),
            ("谢谢，👍", "谢谢，👍"),
            ("no, whisper", "no, whisper"),
            ("", ""),
        ] {
            assert_eq!(without_opening(raw), expected);
        }
    }

    #[test]
    fn fillers_alone_are_no_small_talk() {
        check("you and the", None);
        check("先都", None);
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
