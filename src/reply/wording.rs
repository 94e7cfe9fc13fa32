//! Every fixed sentence of the interface, in every language it speaks.

use crate::text::Language;

/// The fixed sentences of one language. `{}` stands for what is put in.
#[derive(Debug)]
pub struct Wording {
    /// What an empty chat shows; `{}` is the article's title.
    pub description: &'static str,
    /// What the bot is for; `{}` is the article's title.
    pub welcome: &'static str,
    /// How to begin.
    pub how_to_ask: &'static str,
    /// What /help says beside `how_to_ask`.
    pub help: &'static str,
    /// Two or three sections are close.
    pub clarify: &'static str,
    /// The button that refuses all that was offered.
    pub none_of_these: &'static str,
    /// What is said after that button.
    pub none_of_these_reply: &'static str,
    /// The article does not say.
    pub decline: &'static str,
    /// Leads to the list of topics.
    pub topics_button: &'static str,
    /// Stands above the list of topics.
    pub topics: &'static str,
    /// Stands above a product's sections; `{}` is its name.
    pub product: &'static str,
    /// An answer to thanks.
    pub thanks: &'static str,
    /// An answer to a farewell.
    pub farewell: &'static str,
    /// Something came that is not text.
    pub not_text: &'static str,
    /// A button that no longer works.
    pub stale_button: &'static str,
    /// Stands before the source.
    pub source: &'static str,
    /// Stands before the article's title, author, publisher and date.
    pub credit: &'static str,
    /// Joins the article's title (first `{}`) and the place in it.
    pub source_place: &'static str,
    /// The button in the inline bar when nothing was found.
    pub ask_in_private: &'static str,
    /// What the menu says of /start, /help and /topics.
    pub commands: [&'static str; 3],
}

const ZH: Wording = Wording {
    description: "我回答关于《{}》这篇文章的问题。中文、英文、拼音都能问，混着写、有错字也没关系；文章没写到的，我会如实告诉你。",
    welcome: "你好！我是 Footnote，专门回答关于《{}》这篇文章的问题。",
    how_to_ask: "直接把问题发给我就行，中文、英文、拼音混着写、有错字都没关系。也可以从下面的话题开始。",
    help: "• 直接提问，例如“Whisper 用了多少小时的数据训练？”\n• /topics 看看文章讲了哪些内容\n• 问题发出后可以修改，我的回答会跟着更新\n• 文章没有写到的，我会如实告诉你",
    clarify: "你想问的是哪一个？",
    none_of_these: "都不是",
    none_of_these_reply: "好的。换个说法再问我一次，或者看看文章的话题。",
    decline: "文章里没有提到这个。",
    topics_button: "看看话题",
    topics: "这篇文章讲了这些内容，点一个看看：",
    product: "关于 {}，文章讲了：",
    thanks: "不客气！还有问题随时问我。",
    farewell: "再见！想起别的问题再来找我。",
    not_text: "我只看得懂文字。把问题打出来发给我吧。",
    stale_button: "这个按钮已经失效了，请重新提问。",
    source: "出处：",
    credit: "文章：{}",
    source_place: "《{}》“{}”",
    ask_in_private: "没有找到，私聊问我",
    commands: ["开始", "怎么用", "文章讲了哪些内容"],
};

const EN: Wording = Wording {
    description: "I answer questions about the article “{}”. Ask in English or Chinese; typos are fine, and if the article does not say, I tell you so.",
    welcome: "Hello! I am Footnote. I answer questions about the article “{}”.",
    how_to_ask: "Just send me your question, in English or Chinese; typos are fine. Or start with one of the topics below.",
    help: "• Just ask, for example “How many hours of data was Whisper trained on?”\n• /topics shows what the article covers\n• Edit your question and my answer changes with it\n• If the article does not say, I tell you so",
    clarify: "Which of these do you mean?",
    none_of_these: "None of these",
    none_of_these_reply: "All right. Try asking in other words, or look through the topics.",
    decline: "The article does not say.",
    topics_button: "See the topics",
    topics: "This is what the article covers. Pick one:",
    product: "On {}, the article has:",
    thanks: "You are welcome! Ask me anything else about the article.",
    farewell: "Goodbye! Come back when another question turns up.",
    not_text: "I can only read text. Please type your question.",
    stale_button: "This button no longer works. Please ask again.",
    source: "Source: ",
    credit: "The article: {}",
    source_place: "“{}”, “{}”",
    ask_in_private: "Nothing found: ask me in private",
    commands: ["Start", "How to use me", "What the article covers"],
};

/// The languages that the interface itself speaks.
pub const LANGUAGES: [Language; 2] = [Language::ZH, Language::EN];

/// The fixed sentences in this language, or in English.
#[must_use]
pub fn wording(language: Language) -> &'static Wording {
    if language == Language::ZH { &ZH } else { &EN }
}

/// Puts texts into the places of a sentence, in order.
#[must_use]
pub fn fill(sentence: &str, texts: &[&str]) -> String {
    let mut parts = sentence.split("{}");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for (part, text) in parts.zip(texts.iter().chain(std::iter::repeat(&""))) {
        out.push_str(text);
        out.push_str(part);
    }
    out
}
