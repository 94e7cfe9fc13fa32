//! Tests of the engine's public functions (`ask`, `search`, `explain`) on the built-in knowledge
//! base.

use footnote_engine::engine::{Engine, Turn};
use footnote_engine::knowledge::{self, SectionId};
use footnote_engine::matching::{Decision, MatchKind};
use footnote_engine::question::Context;
use footnote_engine::reply::{MAX_MESSAGE_UNITS, plain};
use footnote_engine::text::{self, Language, is_han, is_simplified};
use proptest::prelude::*;

use crate::harness::engine;

fn shown<'a>(engine: &'a Engine, turn: &Turn) -> &'a str {
    turn.shown().map_or("-", |section| engine.id(section).as_str())
}

/// Asserts that the engine answers `question`, asked without context, with the section `section`,
/// and that the reply contains `words`.
#[track_caller]
fn answers(question: &str, section: &str, words: &str) {
    let engine = engine();
    let turn = engine.ask(question, &Context::default());
    assert_eq!(shown(&engine, &turn), section, "{question}: {:?}", turn.matched);
    let text = plain(&turn.reply);
    assert!(text.contains(words), "{question}: {text}");
}

#[test]
fn questions_of_every_kind() {
    answers("Whisper 用了多少小时的数据训练？", "whisper", "680,000");
    answers("what does Pygma do", "codex-applications", "Figma");
    answers("wisper training data how many hours", "whisper", "680,000 hours");
    answers("WHISPER 用了幾小時的數據來訓練", "whisper", "680,000");
    answers("DALLE2 是什么", "dall-e-2", "DALL·E 2");
    answers("dall-e 2 API 什么时候发布的", "dall-e-2", "2022 年 11 月");
    answers("free credit for new accounts?", "gpt-3-applications", "18");
    answers("chatgpt", "chatgpt", "ChatGPT");
}

#[test]
fn however_it_is_written() {
    let engine = engine();
    for (question, section) in [
        ("yuyin shibie", "whisper"),
        ("yuyinshibie", "whisper"),
        ("yu yin shi bie", "whisper"),
        ("yuying sibie", "whisper"),
        ("yysb", "whisper"),
        ("what is yuyin shibie", "whisper"),
        ("whisper zenme yong", "whisper-applications"),
        ("zuozhe shi shui", "about-article"),
        ("chatgpt de liangdian", "chatgpt-highlights"),
        ("wenzi shengcheng tupian", "dall-e-2"),
        ("与音识别", "whisper"),
        ("人工只能", "openai-vs-deepmind"),
        ("这篇文张的做者是谁", "about-article"),
        ("語音辨識", "whisper"),
        ("Ｗｈｉｓｐｅｒ　是什么", "whisper"),
        ("威斯珀是什么", "whisper"),
        ("维斯帕是什么", "whisper"),
        ("柯戴克斯是什么", "codex"),
        ("恰特吉皮提是什么", "chatgpt"),
        ("差特GPT 是什么", "chatgpt"),
        ("克里普是什么", "clip"),
        ("达利二", "dall-e-2"),
        ("吉皮提三", "gpt-3"),
        ("g p t 3", "gpt-3"),
        ("gpt iii", "gpt-3"),
        ("jee pee tee three", "gpt-3"),
        ("c l i p", "clip"),
        ("cee l i p", "clip"),
        ("dall e two", "dall-e-2"),
        ("dolly 2", "dall-e-2"),
        ("chat gee pee tee", "chatgpt"),
        ("codecks", "codex"),
        ("whatiswhisper", "whisper"),
        ("wisper trainning data", "whisper"),
    ] {
        let turn = engine.ask(question, &Context::default());
        assert_eq!(shown(&engine, &turn), section, "{question}: {:?}", turn.matched);
    }
}

/// Returns the words of `question` that the tokenizer read as another word, because of pinyin, a
/// homophone, a look-alike character or a similar sound. Each string has the form `corrected for
/// typed`.
fn taken_for(engine: &Engine, question: &str) -> Vec<String> {
    let turn = engine.ask(question, &Context::default());
    let why = engine.explain(&turn.question, 0);
    let by_ear =
        |path| matches!(path, MatchKind::Pinyin | MatchKind::Homophone | MatchKind::Lookalike | MatchKind::Sound);
    why.words.into_iter().filter(|p| by_ear(p.match_kind)).map(|p| format!("{} for {}", p.matched, p.typed)).collect()
}

#[test]
fn what_is_written_well_is_read_as_it_is() {
    let engine = engine();
    for question in [
        "大力支持",
        "打理花园",
        "没人搭理我",
        "club",
        "grip strength",
        "GPT-4 是什么",
        "gpt 4",
        "is gpt free?",
        "what can he change",
        "can men dance",
        "how long can i use it",
        "tell me about women in tech",
        "what are the best mexican restaurants",
        "人工智能是什么",
        "语音识别怎么用",
        "北京有什么好吃的",
        "经济和文化",
        "今天天气怎么样",
        "明天下午三点开会",
        "Whisper 用了多少小时的数据训练？",
        "what does Pygma do",
    ] {
        assert_eq!(taken_for(&engine, question), [] as [&str; 0], "{question}");
    }
    assert_eq!(taken_for(&engine, "与音识别"), ["语 for 与"]);
}

#[test]
fn the_sentence_that_answers_stands_first() {
    let engine = engine();
    let turn = engine.ask("what does Pygma do", &Context::default());
    let second_line = plain(&turn.reply).lines().nth(1).map(str::to_owned);
    assert_eq!(
        second_line.as_deref(),
        Some("Pygma turns Figma designs into high-quality code with the help of Codex.")
    );
}

#[track_caller]
fn decides(question: &str, decision: &str) {
    let turn = engine().ask(question, &Context::default());
    assert_eq!(turn.matched.decision.name(), decision, "{question}: {:?}", turn.matched);
    assert!((0.0..=1.0).contains(&turn.matched.confidence));
}

#[test]
fn what_is_not_ours_is_declined() {
    for question in
        ["今天天气怎么样", "who won the world cup", "midjourney 怎么收费", "北京有什么好玩的", "asdkjhasd qwlkje"]
    {
        decides(question, "decline");
    }
}

#[test]
fn small_talk_gets_a_fitting_reply() {
    for question in ["你好", "hello!!", "谢谢啦", "thanks a lot", "help", "你能做什么？", "good night", "好的，谢谢"]
    {
        decides(question, "smalltalk");
    }
    let say = |text: &str| plain(&engine().ask(text, &Context::default()).reply);
    assert!(say("谢谢").contains("不客气"));
    assert!(say("bye").contains("Goodbye"));
    assert!(say("hi").contains("article"));
}

#[test]
fn a_close_call_is_asked_back() {
    let engine = engine();
    let turn = engine.ask("有哪些应用", &Context::default());
    assert_eq!(turn.matched.decision, Decision::Clarify, "{:?}", turn.matched);
    assert!((2..=3).contains(&turn.matched.options().len()));
    assert_eq!(turn.reply.buttons.len(), turn.matched.options().len() + 1, "one button each, and none of these");
}

#[test]
fn a_question_leans_on_the_section_before() {
    let engine = engine();
    let about = |id: &str| Context { last_section: SectionId::parse(id), language: None, ..Context::default() };
    let asked = |text: &str, id: &str| shown(&engine, &engine.ask(text, &about(id))).to_owned();
    assert_eq!(asked("它免费吗", "whisper"), "whisper-applications");
    assert_eq!(asked("what can it be used for", "dall-e-2"), "dall-e-2-applications");
    assert_eq!(asked("Codex 是什么", "whisper"), "codex", "a name of its own counts more");
}

#[test]
fn what_is_not_ours_stays_so_after_a_section_was_shown() {
    let engine = engine();
    let context = Context { last_section: SectionId::parse("whisper"), language: None, ..Context::default() };
    for question in [
        "order pizza please",
        "it stinks",
        "帮我点个外卖",
        "pizza",
        "what is the weather and temperature",
        "is it raining",
        "who won the world cup",
    ] {
        let turn = engine.ask(question, &context);
        assert_eq!(turn.matched.decision, Decision::Decline, "{question}: {:?}", turn.matched);
    }
}

#[test]
fn the_answer_speaks_the_language_of_the_question() {
    let engine = engine();
    let language = |text: &str, context: &Context| engine.ask(text, context).question.language;
    let chat = |language| Context { last_section: None, language: Some(language), ..Context::default() };
    assert_eq!(language("what is Whisper", &chat(Language::ZH)), Language::EN);
    assert_eq!(language("Whisper 是什么", &chat(Language::EN)), Language::ZH);
    assert_eq!(language("Whisper", &chat(Language::ZH)), Language::ZH, "a name belongs to no language");
    assert_eq!(language("DALL-E 2", &chat(Language::EN)), Language::EN);
    assert_eq!(language("42", &Context::default()), Language::ZH, "the base's own");
}

#[test]
fn the_source_is_in_the_language_of_the_answer_and_names_the_product() {
    for (question, place) in [
        ("what is Whisper", "Source: “AI at work in the real world: OpenAI”, “Introduction to Whisper”"),
        ("what is CLIP", "“Introduction to CLIP”"),
        ("which apps use GPT-3", "“GPT-3 · Real-life applications”"),
        ("what does Pygma do", "“Codex · Real-life applications”"),
        ("who uses DALL-E 2", "“DALL·E 2 · Real-life applications”"),
        ("what can ChatGPT be used for", "“ChatGPT · Real-life applications”"),
        ("Pygma 是做什么的", "“Codex · 现实生活中的应用”"),
        ("Whisper 是什么", "“Whisper介绍”"),
        ("Whisper 是什麼", "出處：《真實世界的人工智慧應用落地——OpenAI篇》「Whisper介紹」"),
    ] {
        let text = plain(&engine().ask(question, &Context::default()).reply);
        assert!(text.contains(place), "{question}: {text}");
    }
}

#[test]
fn english_sources_are_english() {
    let engine = engine();
    let texts = engine.knowledge().sections.iter().filter_map(|section| section.texts.get(&Language::EN));
    for text in texts {
        assert!(!text.source.is_empty() && !text.source.chars().any(is_han), "{}", text.source);
    }
}

#[test]
fn questions_with_words_of_taiwan_are_answered_with_them() {
    let engine = engine();
    for (question, section, words) in [
        ("Whisper 的訓練資料有多少小時", "whisper", "資料"),
        ("Codex 能把什麼變成程式碼", "codex", "程式碼"),
        ("CLIP 的向量空間是什麼", "clip", "向量"),
        ("OpenAI 和 DeepMind 是人工智慧巨頭嗎", "openai-vs-deepmind", "人工智慧"),
        ("參考資料有哪些", "references", "參考"),
    ] {
        let turn = engine.ask(question, &Context::default());
        assert_eq!(shown(&engine, &turn), section, "{question}: {:?}", turn.matched);
        let text = plain(&turn.reply);
        assert!(text.contains(words) && !text.contains(['“', '”']), "{question}: {text}");
    }
}

#[test]
fn cards_are_in_the_script_of_the_query() {
    let engine = engine();
    for (query, is_traditional) in
        [("語音辨識", true), ("Codex 程式碼", true), ("DALL-E 2 是什麼", true), ("语音识别", false), ("代码", false)]
    {
        let cards = engine.search(query, &Context::default());
        let card = cards.first().expect(query);
        for text in [&card.title, &card.description, card.reply.text.text()] {
            let is_wrong = if is_traditional { is_simplified(text) } else { text::is_traditional(text) };
            assert!(!is_wrong, "{query}: {text}");
        }
    }
    let app = Context { language: Some(Language::ZH), is_traditional: true, ..Context::default() };
    for query in ["", "whisper", "codex", "clip"] {
        let cards = engine.search(query, &app);
        assert!(!cards.is_empty() && cards.iter().all(|card| !is_simplified(&card.description)), "{query}: {cards:?}");
    }
}

#[test]
fn typing_finds_cards_and_typing_nothing_the_menu() {
    let engine = engine();
    let look =
        |text: &str| engine.search(text, &Context::default()).iter().map(|c| c.section.to_string()).collect::<Vec<_>>();
    assert_eq!(look(""), ["gpt-3", "clip", "dall-e-2", "whisper", "codex", "chatgpt"]);
    assert_eq!(look("whis")[0], "whisper");
    assert_eq!(look("whisper 隐私")[0], "whisper-applications");
    assert!(look("best pizza in town").is_empty());
}

#[test]
fn an_explanation_adds_up_to_the_score() {
    let engine = engine();
    for question in
        ["wisper 幾個小時的數據", "what does Pygma do", "请问 DALL-E 2 可以修改图片吗", "18 dollars", "free?"]
    {
        let turn = engine
            .ask(question, &Context { last_section: SectionId::parse("codex"), language: None, ..Context::default() });
        for candidate in &turn.matched.sections {
            let why = engine.explain(&turn.question, candidate.section);
            assert!((why.score - candidate.score).abs() < 1e-6, "{question}: {} ≠ {}", why.score, candidate.score);
        }
    }
}

#[test]
fn scores_do_not_depend_on_the_order_of_lines() {
    let loaded = knowledge::embedded().knowledge;
    let mut fewer = loaded;
    fewer.out_of_scope.clear();
    let one = Engine::new(fewer.clone());
    for section in &mut fewer.sections {
        for text in section.texts.values_mut() {
            text.questions.reverse();
            text.aliases.reverse();
        }
    }
    let other = Engine::new(fewer);
    for question in ["Whisper 用了多少小时", "what is Codex", "figma"] {
        let scores = |engine: &Engine| {
            let sections = engine.ask(question, &Context::default()).matched.sections;
            sections.iter().map(|c| (c.section, (c.score * 1e5).round())).collect::<Vec<_>>()
        };
        assert_eq!(scores(&one), scores(&other), "{question}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn no_text_panics_and_every_reply_fits_a_message(text in any::<String>()) {
        use std::sync::{Arc, LazyLock};
        static ENGINE: LazyLock<Arc<Engine>> = LazyLock::new(engine);
        let turn = ENGINE.ask(&text, &Context::default());
        prop_assert!(turn.reply.text.units() <= MAX_MESSAGE_UNITS);
        prop_assert!(!turn.reply.text.text().is_empty());
        for entity in turn.reply.text.entities() {
            prop_assert!(entity.length > 0 && entity.offset + entity.length <= turn.reply.text.units());
        }
    }
}
