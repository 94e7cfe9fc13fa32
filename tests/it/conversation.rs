//! Conversations: what a question refers to, and messages that are no questions about the article.

use footnote_engine::engine::{Engine, Turn};
use footnote_engine::knowledge::SectionId;
use footnote_engine::matching::{Decision, Smalltalk};
use footnote_engine::question::Context;
use footnote_engine::reply::plain;
use footnote_engine::text::Language;

use crate::harness::engine;

fn after(section: &str) -> Context {
    Context { last_section: SectionId::parse(section), ..Context::default() }
}

fn shown<'a>(engine: &'a Engine, turn: &Turn) -> &'a str {
    turn.shown().map_or("-", |section| engine.id(section).as_str())
}

/// Asserts the section shown for each question, asked after another section.
#[track_caller]
fn check(rows: &[(&str, &str, &str)]) {
    let engine = engine();
    let failures: Vec<String> = rows
        .iter()
        .filter_map(|(last, question, expected)| {
            let turn = engine.ask(question, &after(last));
            let got = shown(&engine, &turn);
            (got != *expected).then(|| format!("after {last}: {question}: {got}, not {expected} ({:?})", turn.matched))
        })
        .collect();
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn which_one_looks_beyond_the_section_before() {
    check(&[
        ("whisper", "哪个能画画", "dall-e-2"),
        ("gpt-3", "语音识别用哪个", "whisper"),
        ("clip", "哪款是聊天机器人", "chatgpt"),
        ("codex", "which one can make pictures", "dall-e-2"),
        ("dall-e-2", "which of them does speech?", "whisper"),
        ("codex", "what can I use to transcribe a meeting", "whisper"),
    ]);
}

#[test]
fn what_names_something_else_does_not_lean() {
    check(&[
        ("clip", "what is wisper", "whisper"),
        ("codex", "dali 能改图吗", "dall-e-2"),
        ("whisper", "DeepMind 的使命呢", "openai-vs-deepmind"),
        ("dall-e-2", "what does copilot do", "codex-applications"),
        ("whisper", "who wrote the article", "about-article"),
        ("codex", "文章是谁写的", "about-article"),
    ]);
}

#[test]
fn a_question_without_content_words_is_about_the_section_before() {
    check(&[
        ("chatgpt", "when", "chatgpt"),
        ("codex", "什么时候发布的", "codex"),
        ("about-article", "什么时候写的", "about-article"),
        ("dall-e-2", "谁做的", "dall-e-2"),
        ("clip", "and who made it", "clip"),
        ("whisper", "要钱吗", "whisper-applications"),
        ("whisper", "how much does it cost", "whisper-applications"),
        ("whisper", "要联网吗", "whisper-applications"),
        ("dall-e-2", "怎么 access", "dall-e-2"),
        ("codex-applications", "另外两个呢", "codex-applications"),
        ("about-article", "叫什么名字", "about-article"),
    ]);
}

#[test]
fn a_subject_that_is_pointed_out_is_not_asked_back() {
    check(&[
        ("gpt-3", "never mind, tell me about the chatbot", "chatgpt"),
        ("whisper", "no wait i meant the drawing one", "dall-e-2"),
        ("overview", "画画那个呢", "dall-e-2"),
        ("clip", "no wait, the speech one", "whisper"),
        ("references", "Whisper的那个", "references"),
    ]);
}

#[test]
fn a_summary_is_the_section_whose_samples_ask_for_one() {
    check(&[
        ("whisper", "summarize the article", "overview"),
        ("codex", "总结一下", "overview"),
        ("-", "tl;dr", "overview"),
        ("-", "讲了什么", "overview"),
        ("whisper", "summarize codex", "codex"),
        ("-", "tldr whisper", "whisper"),
        ("-", "一句话总结一下gpt3", "gpt-3"),
        ("codex", "summarize clip in one sentence", "clip"),
    ]);
    let mut other = footnote_engine::knowledge::embedded().knowledge;
    other.sections.retain(|section| section.id.as_str() != "overview");
    for section in &mut other.sections {
        section.related.clear();
    }
    let turn = Engine::new(other).ask("summarize the article", &Context::default());
    assert_eq!(turn.matched.decision, Decision::Smalltalk(Smalltalk::Summary));
    assert!(turn.reply.buttons.len() > 3, "the topics");
}

#[test]
fn more_is_the_rest_of_the_section_before() {
    check(&[
        ("codex", "tell me more", "codex"),
        ("whisper-applications", "展开说说", "whisper-applications"),
        ("dall-e-2", "再详细一点", "dall-e-2"),
        ("chatgpt-applications", "还有呢", "chatgpt-highlights"),
        ("further-reading", "还有吗", "further-reading"),
        ("-", "more", "-"),
        ("openai-vs-deepmind", "什么意思，解释下", "openai-vs-deepmind"),
        ("codex", "再說多一點", "codex"),
    ]);
    let turn = engine().ask("more", &after("codex"));
    assert_eq!(turn.matched.highlight, None, "the whole section");
}

#[test]
fn another_language_shows_the_section_before_in_it() {
    let engine = engine();
    for (text, expected) in [
        ("in Chinese please", "语音识别"),
        ("请用中文", "语音识别"),
        ("in English", "speech recognition"),
        ("用英文", "speech"),
    ] {
        let turn = engine.ask(text, &after("whisper"));
        assert!(plain(&turn.reply).contains(expected), "{text}: {}", plain(&turn.reply));
        assert_eq!(engine.context_after(&after("whisper"), &turn).language, Some(turn.question.language));
    }
}

#[test]
fn why_asks_for_the_reasons_of_an_answer() {
    let engine = engine();
    assert!(["why?", "为什么", "為什麼呢"].iter().all(|text| engine.asks_why(text)));
    assert!(!engine.asks_why("why is Whisper free"));
    assert!(shown(&engine, &engine.ask("why", &after("whisper"))).starts_with("whisper"), "reasons of its product");
}

#[test]
fn two_questions_get_two_answers() {
    let engine = engine();
    for (text, sections) in [
        ("1. whisper多少小时 2. codex何时发布", ["whisper", "codex"]),
        ("Codex 是什么，Whisper 免费吗", ["codex", "whisper-applications"]),
        ("what is CLIP?\nwhat is ChatGPT?", ["clip", "chatgpt"]),
        ("is Whisper free? when was Codex released?", ["whisper-applications", "codex"]),
        ("Whisper 是什么？免费吗？", ["whisper", "whisper-applications"]),
        ("does whisper work offline and who made it", ["whisper-applications", "whisper"]),
    ] {
        let turn = engine.ask(text, &Context::default());
        let all: Vec<&str> = std::iter::once(&turn).chain(&turn.also).map(|turn| shown(&engine, turn)).collect();
        assert_eq!(all, sections, "{text}");
        for reply in [&turn.reply, &engine.brief(&turn)] {
            for turn in std::iter::once(&turn).chain(&turn.also) {
                let section = turn.shown().expect("an answer");
                let title = &engine.knowledge().text(section, turn.question.language).1.title;
                assert!(plain(reply).contains(title.as_str()), "{text}: {}", plain(reply));
            }
        }
    }
    for text in ["Codex 和 GPT-3 的区别", "跟 GPT-3 比，Codex 有什么不同", "what is Codex, please"] {
        assert!(engine.ask(text, &Context::default()).also.is_empty(), "{text}");
    }
}

#[test]
fn two_questions_about_one_section_get_both_sentences() {
    let engine = engine();
    for (text, sentences) in [
        ("这文章谁写的，能转载吗", ["作者是韩信子", "要先与平台和作者取得联系"]),
        ("who wrote the article and when was it published?", ["Han Xinzi", "December 26, 2022"]),
        ("怎么试用 GPT-3？要花钱吗", ["beta.openai.com/playground", "18 美元"]),
        ("when was codex released, is it free", ["August 2021", "does not mention the price"]),
    ] {
        let turn = engine.ask(text, &Context::default());
        for reply in [&turn.reply, &engine.brief(&turn)] {
            let shown = plain(reply);
            let head: Vec<&str> = shown.lines().skip(1).take(2).collect();
            assert!(head[0].contains(sentences[0]) && head[1].contains(sentences[1]), "{text}: {shown}");
        }
    }
}

#[test]
fn small_talk_that_is_none_of_the_articles_gets_a_fitting_line() {
    let engine = engine();
    let say = |text: &str, language| {
        let context = Context { language: Some(language), ..after("whisper") };
        plain(&engine.ask(text, &context).reply)
    };
    for (text, language, expected) in [
        ("哈哈哈", Language::ZH, "😄"),
        ("lol", Language::EN, "😄"),
        ("嗯嗯", Language::ZH, "好的"),
        ("👍", Language::EN, "All right"),
        ("ok", Language::EN, "All right"),
        ("?", Language::EN, "/topics"),
        ("no", Language::EN, "/topics"),
        ("start", Language::EN, "/topics"),
        ("test", Language::EN, "/topics"),
        ("you are stupid", Language::EN, "Sorry"),
        ("傻逼", Language::ZH, "抱歉"),
        ("你是机器人吗", Language::ZH, "程序"),
        ("who made you", Language::EN, "program"),
        ("that's wrong", Language::EN, "👎"),
        ("答非所问", Language::ZH, "👎"),
    ] {
        let said = say(text, language);
        assert!(said.contains(expected), "{text}: {said}");
    }
}

#[test]
fn a_question_behind_a_long_text_is_read() {
    let engine = engine();
    let log = "2022-12-01 12:00:00 INFO worker 7 finished job 4711 without errors. ".repeat(12);
    let greeting = "你好，打扰了，希望你一切都好。".repeat(40);
    for (text, expected) in [
        (format!("{log}\nwhat is Codex?"), "codex"),
        (format!("{greeting}Whisper 是什么"), "whisper"),
        (format!("Whisper 免费吗？\n{log}"), "whisper-applications"),
    ] {
        assert_eq!(shown(&engine, &engine.ask(&text, &Context::default())), expected);
    }
}
