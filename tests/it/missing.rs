//! Questions for what the article leaves out: the reply says so, and then what there is.

use crate::harness::engine;
use footnote_engine::matching::Decision;
use footnote_engine::question::Context;
use footnote_engine::reply::plain;

/// Asserts that the private reply to each question contains a text, and the group reply too.
#[track_caller]
fn check(rows: &[(&str, &str)]) {
    let engine = engine();
    let mut wrong = Vec::new();
    for (question, expected) in rows {
        let turn = engine.ask(question, &Context::default());
        for reply in [&turn.reply, &engine.brief(&turn)] {
            let text = plain(reply);
            if !text.contains(expected) {
                wrong.push(format!("{question}: {text}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_missing_price_or_date_is_said_to_be_missing() {
    check(&[
        ("is codex free", "About Codex, the article does not mention the price."),
        ("how much does chatgpt cost", "About ChatGPT, the article does not mention the price."),
        ("DALL·E 2多少钱", "关于 DALL·E 2，文章没有提到价格。"),
        ("CLIP 收费吗", "关于 CLIP，文章没有提到价格。"),
        ("when was whisper released", "About Whisper, the article does not mention the release date."),
        ("when did clip come out", "About CLIP, the article does not mention the release date."),
        ("whisper什么时候出的", "关于 Whisper，文章没有提到发布日期。"),
        ("CLIP 是哪年推出的", "关于 CLIP，文章没有提到发布日期。"),
    ]);
}

#[test]
fn other_missing_attributes_are_named() {
    check(&[
        ("how many users does chatgpt have", "About ChatGPT, the article does not mention the number of users."),
        ("whisper有多少用户", "关于 Whisper，文章没有提到用户数量。"),
        ("ChatGPT有什么缺点", "关于 ChatGPT，文章没有提到缺点。"),
        ("what are the limitations of codex", "About Codex, the article does not mention drawbacks."),
        ("is dall-e 2 open source", "About DALL·E 2, the article does not mention whether it is open source."),
        ("Whisper 开源吗", "关于 Whisper，文章没有提到是否开源。"),
        ("how accurate is whisper", "About Whisper, the article does not mention how accurate it is."),
        ("GPT-3 有多少参数", "关于 GPT-3，文章没有提到参数量。"),
    ]);
}

#[test]
fn traditional_readers_are_told_in_their_characters() {
    check(&[("ChatGPT 有什麼缺點", "關於 ChatGPT，文章沒有提到缺點。")]);
}

#[test]
fn what_the_article_states_is_not_said_to_be_missing() {
    let engine = engine();
    for question in [
        "is whisper free",
        "Whisper 免费吗",
        "when did chatgpt come out",
        "ChatGPT什么时候上线",
        "Whisper多少钱",
        "when was codex released",
        "DALL·E 2 的 API 什么时候发布的",
        "注册 GPT-3 送多少钱",
        "how many applications use gpt-3",
        "文章是哪天发布的",
    ] {
        let turn = engine.ask(question, &Context::default());
        assert_eq!(turn.matched.unstated, None, "{question}");
        assert_eq!(turn.matched.decision, Decision::Answer, "{question}");
    }
}

#[test]
fn a_decline_tells_the_words_that_it_did_not_find() {
    let engine = engine();
    for (question, expected) in [
        ("does whisper run on raspberry pi", "I could not find “raspberry pi” in the article."),
        ("chatgpt voice cloning celebrity", "I could not find “cloning celebrity” in the article."),
    ] {
        let turn = engine.ask(question, &Context::default());
        assert_eq!(turn.matched.decision, Decision::Decline, "{question}");
        assert!(plain(&turn.reply).starts_with(expected), "{question}: {}", plain(&turn.reply));
    }
}

/// Each row is a question that the base answers about its own subjects, about another thing.
#[test]
fn an_unknown_thing_in_a_known_frame_is_not_answered() {
    let engine = engine();
    for question in [
        "Google 的使命是什么",
        "what is google's mission",
        "微软的使命",
        "spacex的使命是啥",
        "京东新用户有优惠吗",
        "有多少人在用抖音",
        "how many apps use netflix",
        "小红书上的文章怎么转载",
        "What was the first commercial product of Sony?",
        "where is the playground for typescript",
        "《人类简史》的作者叫什么名字",
    ] {
        let turn = engine.ask(question, &Context::default());
        assert_ne!(turn.matched.decision, Decision::Answer, "{question}: {:?}", turn.matched);
    }
}
