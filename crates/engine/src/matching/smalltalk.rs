//! Recognizes greetings, thanks, farewells and calls for help, which get a short fixed reply.

use std::sync::LazyLock;

use crate::text::{Language, squashed, without_signs};

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

/// The phrases of each kind, without spaces. If a text contains several kinds, the first kind in
/// this list wins.
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

/// Languages with a greeting in [`PHRASES`].
const GREETINGS: [&str; 17] =
    ["ar", "de", "el", "en", "es", "fr", "he", "hi", "it", "ja", "ko", "pl", "pt", "ru", "th", "tr", "uk"];

/// True if greetings in the language are recognized.
pub(super) fn greets_in(language: Language) -> bool {
    matches!(language.as_str(), "zh" | "vi") || GREETINGS.contains(&language.as_str())
}

/// Maximum length of a text that counts as small talk, in bytes.
const MAX_BYTES: usize = 80;

/// All phrases and fillers in normal form, each with the bit of its kind. A filler has no bit.
static NORMALIZED: LazyLock<Vec<(u8, String)>> = LazyLock::new(|| {
    let phrases = PHRASES.iter().enumerate().flat_map(|(kind, (_, list))| list.iter().map(move |p| (1 << kind, p)));
    phrases.chain(FILLERS.iter().map(|filler| (0, filler))).map(|(bit, phrase)| (bit, squashed(phrase))).collect()
});

/// Returns the kind of small talk of a normalized text, or `None` if the text says anything else.
///
/// If a text contains several kinds, the first one in [`PHRASES`] wins.
pub(super) fn recognise(normal: &str) -> Option<Smalltalk> {
    if normal.is_empty() || normal.len() > MAX_BYTES {
        return None;
    }
    let text = without_signs(normal).replace(' ', "");
    // kinds[i] is a bit set of the kinds of phrases in text[..i]. None if text[..i] cannot be split
    // into phrases and fillers.
    let mut kinds: Vec<Option<u8>> = vec![None; text.len() + 1];
    kinds[0] = Some(0);
    for start in 0..text.len() {
        let Some(before) = kinds[start] else { continue };
        for (bit, phrase) in NORMALIZED.iter() {
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
    use super::{PHRASES, Smalltalk, greets_in, recognise};
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
