//! Regression tests for the quality of the answers. Each test runs `footnote eval` on a file of
//! labelled questions and asserts minimum shares of correct answers.

use serde_json::Value;

use crate::harness::{footnote, root};

fn eval(file: &str) -> Value {
    let output = footnote(root()).args(["eval", "--json", "--questions", file]).output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).expect("one JSON object")
}

#[test]
fn the_labelled_questions_stay_above_their_floor() {
    let report = eval("tests/questions/dev.jsonl");
    let count = |key: &str| report[key].as_f64().unwrap_or_else(|| panic!("no {key} in {report}"));
    assert_eq!(count("answerable"), 229.0);
    assert_eq!(count("unanswerable"), 68.0);
    assert_eq!(count("missing_attribute"), 21.0);
    let right = (count("answered_right") + count("clarified_right")) / count("answerable");
    let wrong = (count("answered_wrong") + count("clarified_wrong")) / count("answerable");
    let declined = count("declined_right") / count("unanswerable");
    assert!(right >= 0.94, "answered or clarified right: {right:.3}");
    assert!(wrong <= 0.03, "answered or clarified wrong: {wrong:.3}");
    assert!(declined >= 0.92, "declined right: {declined:.3}");
    assert!(count("ece") <= 0.06, "confidence is off: {:.3}", count("ece"));
    let sum = ["answered_right", "clarified_right", "answered_wrong", "clarified_wrong", "declined_wrong"]
        .map(count)
        .iter()
        .sum::<f64>();
    assert_eq!(sum, count("answerable"));
}

#[test]
fn the_dialogues_stay_above_their_floor() {
    let report = eval("tests/questions/dev-dialogues.jsonl");
    assert_eq!(report["turns"], 66);
    let right = report["turns_right"].as_f64().expect("a number") / 66.0;
    assert!(right >= 0.85, "turns right: {right:.3}");
}
