//! Which sentence of the right section is shown as the answer. The rows stand for kinds of
//! questions.

use crate::harness::engine;
use footnote_engine::question::Context;

/// Asserts that what is shown first as the answer to each question contains a text.
#[track_caller]
fn check(rows: &[(&str, &str)]) {
    let engine = engine();
    let mut wrong = Vec::new();
    for (question, expected) in rows {
        let turn = engine.ask(question, &Context::default());
        let shown = turn.shown().zip(turn.matched.highlight).map(|(section, at)| {
            let (_, text) = engine.knowledge().text(section, turn.question.language);
            let sentences: Vec<String> =
                text.body.sentences().map(footnote_engine::knowledge::Sentence::plain).collect();
            sentences[text.body.answer(at)].join(" ")
        });
        if !shown.as_deref().is_some_and(|shown| shown.contains(expected)) {
            wrong.push(format!("{question}: {shown:?} lacks {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_is_takes_the_definition() {
    check(&[
        ("GPT-3 是什么", "深度学习模型"),
        ("CLIP 是什么", "预训练语言模型"),
        ("Codex 是什么", "自然语言变成代码"),
        ("DALL·E 2 是什么", "能把文字变成图片"),
        ("what is whisper", "automatic speech recognition"),
        ("what is codex", "natural language into code"),
        ("tell me about chatgpt", "chatbot"),
    ]);
}

#[test]
fn who_and_when_take_the_name_and_the_date() {
    check(&[
        ("who wrote this", "Han Xinzi"),
        ("这文章谁写的", "韩信子"),
        ("who published the article", "ShowMeAI"),
        ("who made whisper", "OpenAI"),
        ("who made DALL-E 2", "OpenAI"),
        ("ChatGPT什么时候出的", "11 月 30 日"),
        ("ChatGPT几月出的", "11 月 30 日"),
        ("when did chatgpt come out", "November 30, 2022"),
        ("when was the article published", "December 26, 2022"),
        ("文章是哪天发布的", "12 月 26 日"),
    ]);
}

#[test]
fn how_many_takes_the_number_and_a_link_is_a_link() {
    check(&[
        ("how many hours was whisper trained on", "680,000"),
        ("Whisper 免费吗", "不收费"),
        ("is whisper free", "free and programmable"),
        ("Whisper 用了多少小时数据", "680,000"),
        ("一共介绍了几款产品", "6 款"),
        ("how many products are covered", "6 products"),
        ("原文链接", "showmeai.tech/article-detail/414"),
    ]);
}

#[test]
fn what_can_it_do_takes_the_purpose() {
    check(&[
        ("what can chatgpt do", "write code"),
        ("what can codex do", "programming"),
        ("what can dall-e 2 do", "generate them, edit them"),
        ("Whisper能离线用吗", "本地"),
        ("is whisper free", "free"),
    ]);
}

#[test]
fn a_sentence_about_another_name_is_no_answer() {
    check(&[
        ("what is openai's mission", "OpenAI's mission"),
        ("what is DeepMind's mission", "DeepMind's mission"),
        ("DeepMind 的使命是什么", "DeepMind 的使命"),
        ("OpenAI 的使命是什么", "OpenAI 的使命"),
    ]);
}
