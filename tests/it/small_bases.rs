//! Bases with few sample questions or none, as newcomers write them: the built-in base with most of
//! its samples taken away, and the small bases in `tests/bases`.

use std::fs;
use std::sync::Arc;

use crate::harness::{engine_over, root};
use footnote_engine::engine::Engine;
use footnote_engine::knowledge::{Knowledge, embedded};
use footnote_engine::matching::Decision;
use footnote_engine::question::Context;
use footnote_engine::text::Language;
use serde_json::Value;

/// The built-in base with at most `samples` sample questions for each section and language, and at
/// most `declined` out-of-scope questions for each language.
fn thinned(samples: usize, declined: usize) -> Knowledge {
    let mut knowledge = embedded().knowledge;
    for text in knowledge.sections.iter_mut().flat_map(|section| section.texts.values_mut()) {
        text.questions = evenly(&text.questions, samples);
    }
    for questions in knowledge.out_of_scope.values_mut() {
        *questions = evenly(questions, declined);
    }
    knowledge
}

/// Takes `count` items at even distances.
fn evenly<T: Clone>(items: &[T], count: usize) -> Vec<T> {
    let count = count.min(items.len());
    (0..count).map(|at| items[at * items.len() / count].clone()).collect()
}

/// Percentages of the labelled questions in `tests/questions/dev.jsonl`.
#[derive(Debug)]
struct Shares {
    /// Of the answerable questions, those answered right, or asked back with the right section.
    right: f64,
    /// Of the answerable questions, those answered wrong, or asked back without the right section.
    wrong: f64,
    /// Of the unanswerable questions, those declined.
    declined: f64,
}

fn shares(knowledge: Knowledge) -> Shares {
    let engine = Engine::new(knowledge);
    let (mut answerable, mut right, mut wrong, mut unanswerable, mut declined) = (0, 0, 0, 0, 0);
    let lines = fs::read_to_string(root().join("tests/questions/dev.jsonl")).expect("questions");
    for line in lines.lines() {
        let labelled: Value = serde_json::from_str(line).expect("JSON");
        if labelled["style"] == "missing-attribute" {
            continue;
        }
        let turn = engine.ask(labelled["question"].as_str().expect("a question"), &Context::default());
        let wanted: Vec<&str> =
            labelled["sections"].as_array().expect("ids").iter().filter_map(Value::as_str).collect();
        let shown = match turn.matched.decision {
            Decision::Answer => &turn.matched.sections[..1],
            Decision::Clarify => turn.matched.options(),
            Decision::Decline | Decision::Smalltalk(_) => &[],
        };
        let is_right = shown.iter().any(|c| wanted.contains(&engine.id(c.section).as_str()));
        if wanted.is_empty() {
            unanswerable += 1;
            declined += usize::from(shown.is_empty());
        } else {
            answerable += 1;
            right += usize::from(is_right);
            wrong += usize::from(!is_right && !shown.is_empty());
        }
    }
    let percent = |part: usize, whole: usize| 100.0 * part as f64 / whole as f64;
    Shares {
        right: percent(right, answerable),
        wrong: percent(wrong, answerable),
        declined: percent(declined, unanswerable),
    }
}

#[test]
fn few_samples_are_enough_to_be_useful() {
    for (samples, right, wrong, declined) in [(0, 65.0, 12.0, 85.0), (1, 56.0, 10.0, 85.0), (5, 75.0, 9.0, 75.0)] {
        let found = shares(thinned(samples, 0));
        let is_above_floor = found.right >= right && found.wrong <= wrong && found.declined >= declined;
        assert!(is_above_floor, "{samples} samples: {found:?}");
    }
}

#[test]
fn more_samples_answer_no_less() {
    /// Two questions of a hundred may go either way by chance.
    const NOISE: f64 = 2.0;
    let mut best: f64 = 0.0;
    for samples in [1, 3, 5, 10, 20, 40] {
        let found = shares(thinned(samples, 0));
        assert!(found.right >= best - NOISE, "{samples} samples: {found:?}, before {best}");
        best = best.max(found.right);
    }
}

#[test]
fn more_declined_examples_silence_nothing() {
    let mut before: Option<f64> = None;
    for declined in [0, 3, 30, 300] {
        let found = shares(thinned(5, declined));
        assert!(before.is_none_or(|before| found.right >= before - 2.0), "{declined} declined: {found:?}, {before:?}");
        before = Some(found.right);
    }
}

#[test]
fn a_sample_that_opens_with_a_greeting_is_answered_word_for_word() {
    let mut knowledge = thinned(1, 0);
    let section = knowledge.sections.iter().position(|section| section.id.as_str() == "further-reading").expect("it");
    let english = knowledge.sections[section].texts.get_mut(&Language::EN).expect("English");
    english.questions[0].text = "Hello, Whisper!".to_owned();
    let turn = Engine::new(knowledge).ask("Hello, Whisper!", &Context::default());
    assert_eq!(turn.shown(), Some(section), "{:?}", turn.matched);
}

#[test]
fn a_title_or_a_sample_word_for_word_is_answered() {
    let mut failures = Vec::new();
    let small = ["ru", "ja", "ko", "de"].map(|code| (code.to_owned(), engine_over(code)));
    let thinned = [0, 1, 5].map(|samples| (format!("{samples} samples"), Arc::new(Engine::new(thinned(samples, 0)))));
    for (name, engine) in small.into_iter().chain(thinned) {
        for (index, section) in engine.knowledge().sections.iter().enumerate() {
            let samples = section.texts.values().flat_map(|text| text.questions.iter().map(|q| &q.text));
            for text in section.texts.values().map(|text| &text.title).chain(samples) {
                let matched = engine.ask(text, &Context::default()).matched;
                let is_shown = matched.decision == Decision::Answer && matched.sections[0].section == index;
                if !is_shown {
                    failures.push(format!("{name}: {text} ({:?}, {:.2})", matched.decision, matched.in_scope));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{} texts: {failures:#?}", failures.len());
}

#[test]
fn a_decline_offers_the_nearest_sections() {
    let engine = Engine::new(thinned(5, 0));
    let (mut declined, mut within_reach) = (0, 0);
    let lines = fs::read_to_string(root().join("tests/questions/dev.jsonl")).expect("questions");
    for line in lines.lines() {
        let labelled: Value = serde_json::from_str(line).expect("JSON");
        let wanted: Vec<&str> =
            labelled["sections"].as_array().expect("ids").iter().filter_map(Value::as_str).collect();
        let turn = engine.ask(labelled["question"].as_str().expect("a question"), &Context::default());
        if turn.matched.decision != Decision::Decline {
            continue;
        }
        let nearest = turn.matched.nearest();
        assert_eq!(turn.reply.buttons.len(), nearest.len() + 1, "one button each, and the topics");
        if !wanted.is_empty() {
            declined += 1;
            within_reach += usize::from(nearest.iter().any(|c| wanted.contains(&engine.id(c.section).as_str())));
        }
    }
    assert!(declined >= 20 && 2 * within_reach >= declined, "{within_reach} of {declined}");
}
