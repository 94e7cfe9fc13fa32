//! The plain way to choose a sentence, to hold ours against: BM25 with each sentence as a document.

use std::collections::{HashMap, HashSet};

use footnote_engine::text::{Script, normalize, words};

/// How fast a term saturates, and how much length counts against a sentence: the usual values.
const K1: f64 = 1.2;
const B: f64 = 0.75;

/// The sentence that has most of the question; of equals the first, and `None` if no sentence has
/// any of it.
pub(super) fn plain_choice(question: &str, sentences: &[String]) -> Option<usize> {
    let asked: HashSet<String> = terms(question).into_iter().collect();
    let counted: Vec<HashMap<String, f64>> = sentences.iter().map(|s| count(terms(s))).collect();
    let lengths: Vec<f64> = counted.iter().map(|terms| terms.values().sum()).collect();
    let total = sentences.len() as f64;
    let mean = (lengths.iter().sum::<f64>() / total).max(1.0);
    let idf = |term: &String| {
        let with = counted.iter().filter(|terms| terms.contains_key(term)).count() as f64;
        (1.0 + (total - with + 0.5) / (with + 0.5)).ln()
    };
    // In the order of the text, so that rounding is the same every time.
    let mut asked: Vec<(f64, String)> = asked.into_iter().map(|term| (idf(&term), term)).collect();
    asked.sort_by(|a, b| a.1.cmp(&b.1));
    let score = |(terms, length): (&HashMap<String, f64>, &f64)| {
        let damped = |n: f64| n * (K1 + 1.0) / (n + K1 * (1.0 - B + B * length / mean));
        asked.iter().filter_map(|(idf, term)| Some(idf * damped(*terms.get(term)?))).sum::<f64>()
    };
    let mut best = None;
    for (at, score) in counted.iter().zip(&lengths).map(score).enumerate() {
        if score > best.map_or(0.0, |(most, _)| most) {
            best = Some((score, at));
        }
    }
    best.map(|(_, at)| at)
}

/// Words of letters, Han characters, and two of these in a row.
fn terms(text: &str) -> Vec<String> {
    let normal = normalize(text);
    let all: Vec<_> = words(&normal).collect();
    let is_pair = |a: &footnote_engine::text::Word<'_>, b: &footnote_engine::text::Word<'_>| {
        a.script == Script::Han && b.script == Script::Han && b.joined
    };
    let pairs = all.windows(2).filter(|w| is_pair(&w[0], &w[1])).map(|w| [w[0].text, w[1].text].concat());
    all.iter().map(|w| w.text.to_owned()).chain(pairs).collect()
}

fn count(terms: Vec<String>) -> HashMap<String, f64> {
    let mut counts = HashMap::new();
    for term in terms {
        *counts.entry(term).or_default() += 1.0;
    }
    counts
}
