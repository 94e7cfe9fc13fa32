//! Ordinary talk in a group, in which products are named in passing: nobody has asked, and hardly anything may be taken for a question.

use footnote::question::Context;

use crate::harness::engine;

const LINES: &str = include_str!("../chatter/lines.txt");

#[test]
fn hardly_any_chatter_is_taken_for_a_question() {
    let engine = engine();
    let context = Context::default();
    let taken: Vec<&str> = LINES
        .lines()
        .filter(|line| {
            let turn = engine.ask(line, &context);
            turn.shown().is_some() && turn.is_certainly_asked(0.9)
        })
        .collect();
    assert_eq!(LINES.lines().count(), 2_000);
    assert!(taken.len() <= 3, "{}: {taken:#?}", taken.len());
}
