//! The fixed texts of the user interface, in Chinese and English.

use crate::text::Language;

/// The fixed texts in one language. In a text, the function `fill` replaces the first `{}` by the
/// first value, the second `{}` by the second value, and so on.
#[derive(Debug)]
pub struct Strings {
    /// The bot's description, which Telegram shows in an empty chat with the bot. The article's
    /// title (first `{}`) and the languages of the knowledge base (second).
    pub description: &'static str,
    /// The greeting. `{}` is the article's title.
    pub welcome: &'static str,
    /// The instructions for asking a first question; shown below `welcome`. `{}` is the languages
    /// of the knowledge base.
    pub how_to_ask: &'static str,
    /// The heading above a few sample questions.
    pub examples: &'static str,
    /// The format of one sample question, which is `{}`.
    pub example: &'static str,
    /// The text of `/help`, below `welcome`. `{}` is the languages of the knowledge base.
    pub help: &'static str,
    /// The question above the options of a clarification: which of them the user means.
    pub clarify: &'static str,
    /// The button that rejects all options of a clarification.
    pub none_of_these: &'static str,
    /// The reply when the user rejects all options of a clarification.
    pub none_of_these_reply: &'static str,
    /// The reply to a question that the article does not answer.
    pub decline: &'static str,
    /// The reply to a declined question, above buttons for the nearest sections.
    pub decline_but_near: &'static str,
    /// The sentence that the article does not state an attribute (second `{}`) of a subject
    /// (first).
    pub unstated_attribute: &'static str,
    /// The sentence that the article does not contain some words. `{}` is the list of these words,
    /// each formatted by `quoted`.
    pub unknown_words: &'static str,
    /// The format of quoted words, which are `{}`.
    pub quoted: &'static str,
    /// The words after `unstated_attribute`, above what the article says of the subject.
    pub says_instead: &'static str,
    /// The words after `unstated_attribute` and `unknown_words`, above buttons for the nearest
    /// sections.
    pub nearest: &'static str,
    /// The button that opens the topics menu.
    pub topics_button: &'static str,
    /// The heading of the topics menu.
    pub topics: &'static str,
    /// The heading of the list of a product's sections. `{}` is the product's name.
    pub product: &'static str,
    /// The reply to thanks.
    pub thanks: &'static str,
    /// The reply to a farewell.
    pub farewell: &'static str,
    /// The reply to a complaint about the last answer: how to reject the answer.
    pub complaint: &'static str,
    /// The reply to a question about the bot itself. `{}` is the article's title.
    pub identity: &'static str,
    /// The reply to an insult.
    pub insult: &'static str,
    /// The reply to agreement, such as "ok".
    pub agreement: &'static str,
    /// The reply to laughter.
    pub laughter: &'static str,
    /// The reply to a message that is too short to mean anything: how to ask.
    pub unclear: &'static str,
    /// The reply to a message without text.
    pub not_text: &'static str,
    /// The notice after a press of a button that no longer works.
    pub stale_button: &'static str,
    /// The text in front of a section's source (see `source_place`).
    pub source: &'static str,
    /// The credit line. `{}` is the article's title, authors, publisher and date.
    pub credit: &'static str,
    /// The source of a section: the article's title (first `{}`) and the heading in the article
    /// (second).
    pub source_place: &'static str,
    /// The button above the list of inline results when nothing was found. The button opens a
    /// private chat.
    pub ask_in_private: &'static str,
    /// The button that asks for an explanation of an answer.
    pub why_button: &'static str,
    /// Sentence of the `/why` reply: the section that was shown (first `{}`) and its confidence
    /// (second).
    pub why_section: &'static str,
    /// Sentence of the `/why` reply after a clarification: several sections had similar confidence.
    /// `{}` is the list of these sections, each formatted by `why_candidate`.
    pub why_close: &'static str,
    /// Sentence of the `/why` reply after the bot declined: the confidence of the best section was
    /// too low. `{}` is that section, formatted by `why_candidate`.
    pub why_declined: &'static str,
    /// Format of a section in `why_close` and `why_declined`: the title (first `{}`) and the
    /// confidence (second).
    pub why_candidate: &'static str,
    /// Sentence of the `/why` reply: the words that contributed most to the score. `{}` is the list
    /// of these words.
    pub why_words: &'static str,
    /// Sentence of the `/why` reply: the conversation before the question also contributed to the
    /// score.
    pub why_before: &'static str,
    /// Sentence of the `/why` reply: the words of the question that do not occur in the knowledge
    /// base. `{}` is the list of these words.
    pub why_unknown: &'static str,
    /// Sentence of the `/why` reply: the second-best section (first `{}`) and its confidence
    /// (second).
    pub why_next: &'static str,
    /// The reply to `/why` when there is no answer to explain.
    pub why_nothing: &'static str,
    /// The labels with which the `/why` reply shows how a word of the question was matched to a
    /// word of the knowledge base.
    pub match_kinds: MatchKindNames,
    /// The separator between two items of a list, such as a comma and a space.
    pub comma: &'static str,
    /// The separator before the last item of a choice, such as " or ".
    pub or: &'static str,
    /// The name of an additional way to ask in Chinese: pinyin. Empty where it needs no mention.
    pub pinyin: &'static str,
    /// The notice after a press of 👍.
    pub rated: &'static str,
    /// The question after a press of 👎: whether the user means one of the next best sections.
    pub did_not_help: &'static str,
    /// The button that rejects all alternatives offered after 👎.
    pub not_in_the_article: &'static str,
    /// The button of an inline result that shows the whole section.
    pub more: &'static str,
    /// The notice after a press of a button that belongs to another user.
    pub not_yours: &'static str,
    /// The button under an inline result that opens a private chat with the bot.
    pub in_private: &'static str,
    /// The heading of the settings panel of a group.
    pub settings: &'static str,
    /// The settings button that turns proactive answers off.
    pub not_proactive: &'static str,
    /// The settings button that turns proactive answers on.
    pub proactive: &'static str,
    /// The settings button that selects the writer's own language for answers.
    pub own_language: &'static str,
    /// The settings button that turns quiet hours off.
    pub never_quiet: &'static str,
    /// The settings button that turns automatic deletion of answers off.
    pub keeps_answers: &'static str,
    /// The settings button that turns automatic deletion of answers on.
    pub deletes_answers: &'static str,
    /// The note in the settings panel that the bot receives every message of the group.
    pub hears_all: &'static str,
    /// The note in the settings panel that the bot receives only messages addressed to the bot, and
    /// how to change that.
    pub hears_addressed: &'static str,
    /// The notice that only administrators can change the settings of a group.
    pub for_administrators: &'static str,
    /// The descriptions of the commands in Telegram's command menu.
    pub commands: CommandDescriptions,
    /// The instructions for asking the bot in a group.
    pub in_a_group: &'static str,
    /// The privacy notice: which data is stored, for how long, and how to erase the data. `{}` is
    /// `words_are_kept` or `words_are_not_kept`.
    pub privacy: &'static str,
    /// The sentence of the privacy notice saying that texts of questions are stored for `{}` days.
    pub words_are_kept: &'static str,
    /// The sentence of the privacy notice saying that texts of questions are not stored.
    pub words_are_not_kept: &'static str,
    /// The reply to `/mydata`: how many conversations (first `{}`), links between a question and
    /// its answer (second) and question texts (third) the bot stores about the user.
    pub my_data: &'static str,
    /// The confirmation that all data about the user was erased.
    pub forgotten: &'static str,
    /// The heading of the menu for choosing a language.
    pub which_language: &'static str,
    /// The confirmation of the chosen language. `{}` is the language's own name.
    pub language_chosen: &'static str,
    /// The notice that the user exceeds the rate limit.
    pub slow_down: &'static str,
    /// The short description on the bot's profile page in Telegram. The article's title (first
    /// `{}`) and the languages of the knowledge base (second).
    pub short_description: &'static str,
}

/// The labels with which the `/why` reply shows how a word of the question was matched, one for
/// each [`MatchKind`](crate::matching::MatchKind) except an exact match.
#[derive(Debug)]
pub struct MatchKindNames {
    /// The `/why` label for a word whose typo was corrected.
    pub typo: &'static str,
    /// The `/why` label for a prefix that was completed to a word.
    pub prefix: &'static str,
    /// The `/why` label for words that were typed without spaces between them.
    pub split: &'static str,
    /// The `/why` label for pinyin that was decoded to Chinese characters.
    pub pinyin: &'static str,
    /// The `/why` label for a character that was replaced by one with the same pronunciation.
    pub homophone: &'static str,
    /// The `/why` label for a character that was replaced by one that looks similar.
    pub lookalike: &'static str,
    /// The `/why` label for a product name that was recognized by its pronunciation.
    pub sound: &'static str,
    /// The `/why` label for a word that the user did not type: the product name of the section
    /// shown before.
    pub inherited: &'static str,
}

/// The descriptions of the commands in the command menu.
#[derive(Debug)]
pub struct CommandDescriptions {
    /// The description of `/start`.
    pub start: &'static str,
    /// The description of `/help`.
    pub help: &'static str,
    /// The description of `/topics`.
    pub topics: &'static str,
    /// The description of `/ask`.
    pub ask: &'static str,
    /// The description of `/why`.
    pub why: &'static str,
    /// The description of `/lang`.
    pub lang: &'static str,
    /// The description of `/settings`.
    pub settings: &'static str,
    /// The description of `/privacy`.
    pub privacy: &'static str,
    /// The description of `/mydata`.
    pub my_data: &'static str,
    /// The description of `/forget`.
    pub forget: &'static str,
}

const ZH: Strings = Strings {
    description: "我回答关于《{}》这篇文章的问题。可以用{}提问，混着写、有错字也没关系；文章没写到的，我会如实告诉你。",
    welcome: "你好！我是 Footnote，专门回答关于《{}》这篇文章的问题。",
    how_to_ask: "直接把问题发给我就行，可以用{}，混着写、有错字都没关系。也可以从下面的话题开始。",
    examples: "比如：",
    example: "• {}",
    help: "• 直接提问，可以用{}\n• /topics 看看文章讲了哪些内容\n• 问题发出后可以修改，我的回答会跟着更新\n• 文章没有写到的，我会如实告诉你",
    clarify: "你想问的是哪一个？",
    none_of_these: "都不是",
    none_of_these_reply: "好的。换个说法再问我一次，或者看看文章的话题。",
    decline: "文章里没有提到这个。",
    decline_but_near: "文章里没有找到这个。最接近的内容：",
    unstated_attribute: "关于{}，文章没有提到{}。",
    unknown_words: "文章里没有找到{}。",
    quoted: "“{}”",
    says_instead: "它写了这些：",
    nearest: "最接近的内容：",
    topics_button: "看看话题",
    topics: "这篇文章讲了这些内容，点一个看看：",
    product: "关于 {}，文章讲了：",
    thanks: "不客气！还有问题随时问我。",
    farewell: "再见！想起别的问题再来找我。",
    complaint: "抱歉没答对。点那条回答下面的 👎，我会给出其他段落；或者换个说法再问一次。",
    identity: "我是 Footnote，一个程序，不是真人。我用《{}》这篇文章里的话回答问题，文章没写到的我不会编。",
    insult: "抱歉没帮上忙。告诉我你想知道文章里的什么，我再试一次。",
    agreement: "好的。还想知道什么，直接问我就行。",
    laughter: "😄 还想知道文章里的什么？",
    unclear: "这还看不出想问什么。用一句话问我文章里的内容吧，/topics 可以看到有哪些话题。",
    not_text: "我只看得懂文字。把问题打出来发给我吧。",
    stale_button: "这个按钮已经失效了，请重新提问。",
    source: "出处：",
    credit: "文章：{}",
    source_place: "《{}》“{}”",
    ask_in_private: "没有找到，私聊问我",
    commands: CommandDescriptions {
        start: "开始",
        help: "怎么用",
        topics: "文章讲了哪些内容",
        ask: "提一个问题",
        why: "上一个回答是怎么找到的",
        lang: "选择语言",
        settings: "群设置（管理员）",
        privacy: "会记下什么",
        my_data: "记下了我的什么",
        forget: "忘掉我的一切",
    },
    settings: "群设置，从上到下：\n• 只在被问到时回答，还是有把握时也主动回答\n• 主动回答需要的把握\n• 看不出语言时用哪种\n• 安静时段：不主动说话，回答不响铃\n• 群的时区\n• 回答一直留着，还是读完的时间过后删掉",
    not_proactive: "只回答提问",
    proactive: "也主动回答",
    own_language: "跟随提问者",
    never_quiet: "不设安静时段",
    keeps_answers: "保留回答",
    deletes_answers: "读完后删除",
    more: "展开",
    not_yours: "这个按钮是给提问的人用的。你也可以直接问我。",
    hears_all: "现在我能看到群里的所有消息，主动回答可以用。",
    hears_addressed: "现在我只看得到 /ask、@我 和回复我的消息。要用主动回答，请把我设为管理员，或在 @BotFather 用 /setprivacy 关闭隐私模式后重新拉我进群。",
    for_administrators: "只有管理员可以改群设置。",
    why_button: "为什么？",
    why_section: "我选了“{}”，把握 {}。",
    why_close: "有几段都接近，所以反问：{}。",
    why_declined: "最接近的是{}，把握不够，所以没有回答。",
    why_candidate: "“{}”（{}）",
    why_words: "主要看这些字词：{}。",
    why_before: "也参考了前面聊到的内容。",
    why_unknown: "文章里没有的：{}。",
    why_next: "其次是“{}”，{}。",
    why_nothing: "没有可解释的回答。请再问一次，然后发 /why。",
    match_kinds: MatchKindNames {
        typo: "打错的字",
        prefix: "词的开头",
        split: "连写的词",
        pinyin: "拼音",
        homophone: "同音字",
        lookalike: "形近字",
        sound: "按读音",
        inherited: "承接上文",
    },
    comma: "、",
    or: "或",
    pinyin: "拼音",
    rated: "谢谢反馈！",
    did_not_help: "抱歉没答到点上。你想问的是不是：",
    not_in_the_article: "都不是，文章里没有",
    in_private: "私聊问我",
    in_a_group: "在群里可以这样问我：\n• /ask 加上问题；回复别人的消息发 /ask，我就回答那一条\n• 在消息里 @ 我\n• 回复我的消息接着问",
    privacy: "我会记下：你上次看的段落（30 分钟后不再参考）和用的语言（一个月没聊就删除），哪条回答对应哪条提问（48 小时后删除），还有你点的 👍👎（三个月后删除）。\n{}为了解释回答，最近的提问还留在内存里；文字不进日志。\n/mydata 查看，/forget 立刻全部删除。",
    words_are_kept: "为了改进，机器人的主人把提问的文字保留 {} 天，不带你的名字和号码。",
    words_are_not_kept: "消息的文字只留到回答为止（实在答不了的留一周）。",
    my_data: "我现在记着你的：{} 段对话的上次话题和语言，{} 条提问与回答的对应，{} 条提问的文字。用 /forget 可以全部删除。",
    forgotten: "好，关于你的都已经忘掉了。",
    which_language: "看不出提问是哪种语言时，我用：",
    language_chosen: "好的，之后用{}回答。",
    slow_down: "问得太快啦，歇几秒再问我吧。",
    short_description: "回答关于《{}》的问题，可以用{}问。",
};

const EN: Strings = Strings {
    description: "I answer questions about the article “{}”. Ask in {}; typos are fine, and if the article does not say, I tell you so.",
    welcome: "Hello! I am Footnote. I answer questions about the article “{}”.",
    how_to_ask: "Just send me your question, in {}; typos are fine. Or start with one of the topics below.",
    examples: "For example:",
    example: "• {}",
    help: "• Just ask, in {}\n• /topics shows what the article covers\n• Edit your question and my answer changes with it\n• If the article does not say, I tell you so",
    clarify: "Which of these do you mean?",
    none_of_these: "None of these",
    none_of_these_reply: "All right. Try asking in other words, or look through the topics.",
    decline: "The article does not say.",
    decline_but_near: "I could not find that in the article. The nearest I have:",
    unstated_attribute: "About {}, the article does not mention {}.",
    unknown_words: "I could not find {} in the article.",
    quoted: "“{}”",
    says_instead: " What it does say:",
    nearest: " The nearest I have:",
    topics_button: "See the topics",
    topics: "This is what the article covers. Pick one:",
    product: "On {}, the article has:",
    thanks: "You are welcome! Ask me anything else about the article.",
    farewell: "Goodbye! Come back when another question turns up.",
    complaint: "Sorry about that. Press 👎 under the answer to see other sections, or ask in other words.",
    identity: "I am Footnote, a program and no person. I answer with what the article “{}” says, and make nothing up.",
    insult: "Sorry that I was no help. Tell me what you want to know from the article, and I will try again.",
    agreement: "All right. Ask me whenever you want to know more.",
    laughter: "😄 What else would you like to know from the article?",
    unclear: "I cannot tell yet what you want to know. Ask me about the article in a sentence; /topics shows what it covers.",
    not_text: "I can only read text. Please type your question.",
    stale_button: "This button no longer works. Please ask again.",
    source: "Source: ",
    credit: "The article: {}",
    source_place: "“{}”, “{}”",
    ask_in_private: "Nothing found: ask me in private",
    commands: CommandDescriptions {
        start: "Start",
        help: "How to use me",
        topics: "What the article covers",
        ask: "Ask a question",
        why: "How the last answer was found",
        lang: "Choose a language",
        settings: "Settings of a group (administrators)",
        privacy: "What is kept",
        my_data: "What is kept of me",
        forget: "Forget all about me",
    },
    settings: "Settings of this group, from top to bottom:\n• answer only when asked, or also when I am sure enough\n• how sure I must be for that\n• the language where a message shows none\n• quiet hours: nothing unasked, and no sound\n• the group's time zone\n• answers stay, or go when there was time to read them",
    not_proactive: "Only when asked",
    proactive: "Also unasked",
    own_language: "The writer's",
    never_quiet: "Never quiet",
    keeps_answers: "Answers stay",
    deletes_answers: "Delete when read",
    more: "More",
    not_yours: "This button is for whoever asked. You can ask me yourself.",
    hears_all: "I see all messages of this group, so answering unasked works.",
    hears_addressed: "I only see /ask, messages that mention me and replies to mine. For answering unasked, make me an administrator, or switch privacy mode off with /setprivacy at @BotFather and add me again.",
    for_administrators: "Only administrators can change the settings of a group.",
    why_button: "Why?",
    why_section: "I chose “{}”, {} sure.",
    why_close: "Several are close, so I asked back: {}.",
    why_declined: "The nearest is {}: not sure enough to answer.",
    why_candidate: "“{}” ({})",
    why_words: "What counted most: {}.",
    why_before: "What we spoke of before counted too.",
    why_unknown: "Not in the article: {}.",
    why_next: "Next would be “{}”, {}.",
    why_nothing: "There is no answer to explain. Ask again, then send /why.",
    match_kinds: MatchKindNames {
        typo: "a slip",
        prefix: "a beginning",
        split: "written together",
        pinyin: "pinyin",
        homophone: "same sound",
        lookalike: "similar look",
        sound: "by ear",
        inherited: "from before",
    },
    comma: ", ",
    or: " or ",
    pinyin: "",
    rated: "Thank you!",
    did_not_help: "Sorry that this missed. Did you mean one of these?",
    not_in_the_article: "None: not in the article",
    in_private: "Ask me in private",
    in_a_group: "Three ways to ask me in a group:\n• /ask and your question; or /ask in reply to somebody's message, and I answer that one\n• mention me in a message\n• reply to one of my messages to go on",
    privacy: "I keep the section you saw last (not looked at after 30 minutes) and your language (deleted after a month without a question), which of my answers belongs to which question (deleted after 48 hours), and your 👍 and 👎 (deleted after three months).\n{} The latest questions stay in memory, to explain answers; no log has them.\n/mydata shows what there is, /forget deletes all of it at once.",
    words_are_kept: "To get better, whoever runs me keeps the words of questions for {} days, without your name or number.",
    words_are_not_kept: "The words of a message are kept until it is answered (a week if that fails).",
    my_data: "I keep of you: the last topic and language of {} conversations, for {} questions which message answers them, and the words of {} questions. /forget deletes all of it.",
    forgotten: "Done: everything about you is forgotten.",
    which_language: "Where a question does not show its language, I answer in:",
    language_chosen: "All right, {} from now on.",
    slow_down: "That was quick! Give me a few seconds, then ask again.",
    short_description: "Answers questions about “{}”. Ask in {}.",
};

/// The languages of the user interface. A knowledge base may have other languages.
pub const LANGUAGES: [Language; 2] = [Language::ZH, Language::EN];

/// Names of languages: the code, and the name in the language itself, in English and in Chinese.
const LANGUAGE_NAMES: [(&str, &str, &str, &str); 78] = [
    ("zh", "中文", "Chinese", "中文"),
    ("en", "English", "English", "英文"),
    ("ja", "日本語", "Japanese", "日文"),
    ("ko", "한국어", "Korean", "韩文"),
    ("ru", "Русский", "Russian", "俄文"),
    ("uk", "Українська", "Ukrainian", "乌克兰文"),
    ("be", "Беларуская", "Belarusian", "白俄罗斯文"),
    ("bg", "Български", "Bulgarian", "保加利亚文"),
    ("sr", "Српски", "Serbian", "塞尔维亚文"),
    ("mk", "Македонски", "Macedonian", "马其顿文"),
    ("kk", "Қазақша", "Kazakh", "哈萨克文"),
    ("ky", "Кыргызча", "Kyrgyz", "吉尔吉斯文"),
    ("mn", "Монгол", "Mongolian", "蒙古文"),
    ("tg", "Тоҷикӣ", "Tajik", "塔吉克文"),
    ("de", "Deutsch", "German", "德文"),
    ("fr", "Français", "French", "法文"),
    ("es", "Español", "Spanish", "西班牙文"),
    ("pt", "Português", "Portuguese", "葡萄牙文"),
    ("it", "Italiano", "Italian", "意大利文"),
    ("nl", "Nederlands", "Dutch", "荷兰文"),
    ("pl", "Polski", "Polish", "波兰文"),
    ("cs", "Čeština", "Czech", "捷克文"),
    ("sk", "Slovenčina", "Slovak", "斯洛伐克文"),
    ("sl", "Slovenščina", "Slovenian", "斯洛文尼亚文"),
    ("hr", "Hrvatski", "Croatian", "克罗地亚文"),
    ("bs", "Bosanski", "Bosnian", "波斯尼亚文"),
    ("ro", "Română", "Romanian", "罗马尼亚文"),
    ("hu", "Magyar", "Hungarian", "匈牙利文"),
    ("fi", "Suomi", "Finnish", "芬兰文"),
    ("et", "Eesti", "Estonian", "爱沙尼亚文"),
    ("lv", "Latviešu", "Latvian", "拉脱维亚文"),
    ("lt", "Lietuvių", "Lithuanian", "立陶宛文"),
    ("sv", "Svenska", "Swedish", "瑞典文"),
    ("da", "Dansk", "Danish", "丹麦文"),
    ("no", "Norsk", "Norwegian", "挪威文"),
    ("nb", "Norsk", "Norwegian", "挪威文"),
    ("is", "Íslenska", "Icelandic", "冰岛文"),
    ("ga", "Gaeilge", "Irish", "爱尔兰文"),
    ("ca", "Català", "Catalan", "加泰罗尼亚文"),
    ("eu", "Euskara", "Basque", "巴斯克文"),
    ("gl", "Galego", "Galician", "加利西亚文"),
    ("sq", "Shqip", "Albanian", "阿尔巴尼亚文"),
    ("el", "Ελληνικά", "Greek", "希腊文"),
    ("tr", "Türkçe", "Turkish", "土耳其文"),
    ("az", "Azərbaycanca", "Azerbaijani", "阿塞拜疆文"),
    ("uz", "Oʻzbekcha", "Uzbek", "乌兹别克文"),
    ("hy", "Հայերեն", "Armenian", "亚美尼亚文"),
    ("ka", "ქართული", "Georgian", "格鲁吉亚文"),
    ("he", "עברית", "Hebrew", "希伯来文"),
    ("ar", "العربية", "Arabic", "阿拉伯文"),
    ("fa", "فارسی", "Persian", "波斯文"),
    ("ur", "اردو", "Urdu", "乌尔都文"),
    ("hi", "हिन्दी", "Hindi", "印地文"),
    ("mr", "मराठी", "Marathi", "马拉地文"),
    ("ne", "नेपाली", "Nepali", "尼泊尔文"),
    ("bn", "বাংলা", "Bengali", "孟加拉文"),
    ("pa", "ਪੰਜਾਬੀ", "Punjabi", "旁遮普文"),
    ("gu", "ગુજરાતી", "Gujarati", "古吉拉特文"),
    ("ta", "தமிழ்", "Tamil", "泰米尔文"),
    ("te", "తెలుగు", "Telugu", "泰卢固文"),
    ("kn", "ಕನ್ನಡ", "Kannada", "卡纳达文"),
    ("ml", "മലയാളം", "Malayalam", "马拉雅拉姆文"),
    ("si", "සිංහල", "Sinhala", "僧伽罗文"),
    ("th", "ไทย", "Thai", "泰文"),
    ("lo", "ລາວ", "Lao", "老挝文"),
    ("km", "ខ្មែរ", "Khmer", "高棉文"),
    ("my", "မြန်မာ", "Burmese", "缅甸文"),
    ("vi", "Tiếng Việt", "Vietnamese", "越南文"),
    ("id", "Bahasa Indonesia", "Indonesian", "印度尼西亚文"),
    ("ms", "Bahasa Melayu", "Malay", "马来文"),
    ("tl", "Tagalog", "Tagalog", "他加禄文"),
    ("fil", "Filipino", "Filipino", "菲律宾文"),
    ("sw", "Kiswahili", "Swahili", "斯瓦希里文"),
    ("am", "አማርኛ", "Amharic", "阿姆哈拉文"),
    ("af", "Afrikaans", "Afrikaans", "南非荷兰文"),
    ("yue", "粵語", "Cantonese", "粤语"),
    ("la", "Latina", "Latin", "拉丁文"),
    ("eo", "Esperanto", "Esperanto", "世界语"),
];

fn names_of(language: Language) -> Option<&'static (&'static str, &'static str, &'static str, &'static str)> {
    LANGUAGE_NAMES.iter().find(|(code, ..)| *code == language.as_str())
}

/// Returns the name of a language in that language, such as Deutsch, or its code in capitals.
#[must_use]
pub fn own_name(language: Language) -> String {
    names_of(language).map_or_else(|| language.as_str().to_uppercase(), |(_, own, ..)| (*own).to_owned())
}

/// Returns the name of a language in a language of the interface, or else its own name.
#[must_use]
pub fn name_in(language: Language, interface: Language) -> String {
    let name =
        names_of(language).map(|(.., english, chinese)| if interface == Language::ZH { chinese } else { english });
    name.map_or_else(|| own_name(language), |name| (*name).to_owned())
}

impl Strings {
    /// Returns the fixed texts in Chinese for Chinese, and in English for every other language.
    #[must_use]
    pub fn of(language: Language) -> &'static Strings {
        if language == Language::ZH { &ZH } else { &EN }
    }
}

/// Replaces each `{}` in `sentence` by the next of `texts`. Removes each `{}` for which no text is
/// left.
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

#[cfg(test)]
mod tests {
    use super::{LANGUAGE_NAMES, LANGUAGES, fill, name_in, own_name};
    use crate::text::Language;

    #[test]
    fn languages_have_names() {
        let language = |code: &str| code.parse::<Language>().expect("a code");
        for (code, own, english, chinese) in
            [("de", "Deutsch", "German", "德文"), ("ru", "Русский", "Russian", "俄文"), ("xx", "XX", "XX", "XX")]
        {
            let language = language(code);
            let names = (own_name(language), name_in(language, Language::EN), name_in(language, Language::ZH));
            assert_eq!(names, (own.to_owned(), english.to_owned(), chinese.to_owned()));
        }
        for (at, (code, ..)) in LANGUAGE_NAMES.iter().enumerate() {
            assert_eq!(language(code).as_str(), *code);
            assert!(!LANGUAGE_NAMES[..at].iter().any(|(other, ..)| other == code), "{code} is listed twice");
        }
        assert!(LANGUAGES.iter().all(|language| LANGUAGE_NAMES.iter().any(|(code, ..)| *code == language.as_str())));
    }

    #[test]
    fn texts_fill_the_places_in_order() {
        assert_eq!(fill("{} and {}!", &["one", "two"]), "one and two!");
        assert_eq!(fill("{} and {}", &["{}"]), "{} and ");
        assert_eq!(fill("none", &["one"]), "none");
    }
}
