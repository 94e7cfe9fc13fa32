//! The baseline with which `footnote eval` compares the engine's highlighted sentence. The baseline
//! ranks the sentences of a section by BM25, with each sentence as a document.

use std::collections::{HashMap, HashSet};

use footnote_engine::text::{Script, normalize, words};

/// The BM25 parameter that limits the effect of term frequency, with a common value.
const K1: f64 = 1.2;
/// The BM25 parameter that sets the strength of length normalization, with a common value.
const B: f64 = 0.75;

/// Returns the index of the sentence with the highest BM25 score for the question. Returns `None`
/// if no sentence contains a term of the question. Of equal scores, the first wins.
pub(super) fn bm25_choice(question: &str, sentences: &[String]) -> Option<usize> {
    let query: HashSet<String> = terms(question).into_iter().collect();
    let counts: Vec<HashMap<String, f64>> = sentences.iter().map(|s| count(terms(s))).collect();
    let lengths: Vec<f64> = counts.iter().map(|terms| terms.values().sum()).collect();
    let total = sentences.len() as f64;
    let mean = (lengths.iter().sum::<f64>() / total).max(1.0);
    let idf = |term: &String| {
        let with = counts.iter().filter(|terms| terms.contains_key(term)).count() as f64;
        (1.0 + (total - with + 0.5) / (with + 0.5)).ln()
    };
    // Sums the scores of the terms in alphabetical order. The order of a hash set is random, so the
    // rounding errors of the sum would change between runs.
    let mut query: Vec<(f64, String)> = query.into_iter().map(|term| (idf(&term), term)).collect();
    query.sort_by(|a, b| a.1.cmp(&b.1));
    let score = |(terms, length): (&HashMap<String, f64>, &f64)| {
        let saturated = |n: f64| n * (K1 + 1.0) / (n + K1 * (1.0 - B + B * length / mean));
        query.iter().filter_map(|(idf, term)| Some(idf * saturated(*terms.get(term)?))).sum::<f64>()
    };
    let mut best = None;
    for (at, score) in counts.iter().zip(&lengths).map(score).enumerate() {
        if score > best.map_or(0.0, |(most, _)| most) {
            best = Some((score, at));
        }
    }
    best.map(|(_, at)| at)
}

/// Splits a text into BM25 terms: words in Latin letters, single Han characters, and pairs of
/// adjacent Han characters.
fn terms(text: &str) -> Vec<String> {
    let normal = normalize(text);
    let all: Vec<_> = words(&normal).collect();
    let is_bigram = |a: &footnote_engine::text::Word<'_>, b: &footnote_engine::text::Word<'_>| {
        a.script == Script::Han && b.script == Script::Han && b.joined
    };
    let bigrams = all.windows(2).filter(|w| is_bigram(&w[0], &w[1])).map(|w| [w[0].text, w[1].text].concat());
    all.iter().map(|w| w.text.to_owned()).chain(bigrams).collect()
}

fn count(terms: Vec<String>) -> HashMap<String, f64> {
    let mut counts = HashMap::new();
    for term in terms {
        *counts.entry(term).or_default() += 1.0;
    }
    counts
}
