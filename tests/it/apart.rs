//! Guards against train/test leakage: asserts that the knowledge base contains none of the
//! evaluation questions in `tests/questions`.

use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs;
use std::sync::LazyLock;

use footnote_engine::knowledge::{self, Product};
use footnote_engine::text::{QuestionRole, normalize, words};
use serde_json::Value;

use crate::harness::root;

/// Minimum Dice coefficient of two questions, computed on their content words, at which the test
/// treats the questions as the same. The coefficient is 0 for no shared word and 1 for the same
/// words.
const TOO_LIKE: f64 = 0.9;

/// Chinese filler phrases. The comparison of two questions ignores these phrases, because a filler
/// does not change what a question asks.
const FILLERS_ZH: &[&str] = &[
    "能不能告诉我",
    "可以告诉我",
    "麻烦问一下",
    "我想知道",
    "我想问",
    "请问一下",
    "问一下",
    "想知道",
    "介绍一下",
    "说一下",
    "讲一下",
    "一下",
    "到底",
    "究竟",
    "那个",
    "这个",
    "就是",
    "的",
    "了",
    "是",
    "啦",
    "哦",
    "嗯",
    "嘛",
    "哈",
    "诶",
    "呃",
];
/// English filler words. The comparison of two questions ignores these words, like the Chinese
/// fillers.
const FILLERS_EN: &[&str] = &[
    "is", "are", "was", "were", "the", "a", "an", "of", "pls", "plz", "um", "uh", "oh", "well", "so", "ok", "okay",
    "lol", "haha", "just", "actually", "can", "could", "you", "i", "s",
];

/// Returns the content words of a question: words in Latin letters, and single Han characters.
/// Leaves out fillers and interchangeable question words, such as "why". Returns all words if no
/// content word remains.
fn telling(question: &str) -> BTreeSet<String> {
    /// Chinese fillers and question words to remove, longest first. Otherwise, removing a short
    /// phrase would leave a fragment of a longer phrase.
    static IGNORED_ZH: LazyLock<Vec<&str>> = LazyLock::new(|| {
        let mut ignored = [FILLERS_ZH, &QuestionRole::Interchangeable.phrases().han].concat();
        ignored.sort_by_key(|phrase| Reverse(phrase.len()));
        ignored
    });
    let normal = normalize(question);
    let bare = IGNORED_ZH.iter().fold(normal.clone(), |rest, phrase| rest.replace(phrase, " "));
    let question_words = &QuestionRole::Interchangeable.phrases().latin;
    let is_ignored = |word: &str| FILLERS_EN.contains(&word) || question_words.contains(&word);
    let set = |text: &str, is_ignored: &dyn Fn(&str) -> bool| {
        words(text).map(|w| w.text).filter(|w| !is_ignored(w)).map(str::to_owned).collect::<BTreeSet<_>>()
    };
    let telling = set(&bare, &is_ignored);
    if telling.is_empty() { set(&normal, &|_| false) } else { telling }
}

/// Returns the text of every labelled question in `tests/questions`, including the questions in
/// dialogues.
fn measured() -> Vec<String> {
    let mut measured = Vec::new();
    for entry in fs::read_dir(root().join("tests/questions")).expect("questions") {
        for line in fs::read_to_string(entry.expect("a file").path()).expect("text").lines() {
            let line: Value = serde_json::from_str(line).expect("JSON");
            let turns = line["turns"].as_array().cloned().unwrap_or_else(|| vec![line.clone()]);
            measured.extend(turns.iter().map(|t| t["question"].as_str().expect("a question").to_owned()));
        }
    }
    measured
}

/// Inverted index of the labelled questions: maps a content word to the questions that contain the
/// word.
struct Measured {
    sizes: Vec<usize>,
    with: HashMap<String, Vec<usize>>,
}

impl Measured {
    fn of(questions: &[String]) -> Measured {
        let mut measured = Measured { sizes: Vec::new(), with: HashMap::new() };
        for (at, words) in questions.iter().map(|q| telling(q)).enumerate() {
            measured.sizes.push(words.len());
            for word in words {
                measured.with.entry(word).or_default().push(at);
            }
        }
        measured
    }

    /// Returns the highest Dice coefficient of content words between the question and any labelled
    /// question.
    fn likeness(&self, question: &str) -> f64 {
        let own = telling(question);
        let mut shared: HashMap<usize, usize> = HashMap::new();
        for at in own.iter().filter_map(|word| self.with.get(word)).flatten() {
            *shared.entry(*at).or_default() += 1;
        }
        let dice = |(at, shared): (usize, usize)| 2.0 * shared as f64 / (own.len() + self.sizes[at]) as f64;
        shared.into_iter().map(dice).fold(0.0, f64::max)
    }
}

#[test]
fn likeness_sees_through_frames_and_fillers_and_order() {
    let measured = Measured::of(&["请问 Whisper 用了多少小时的数据训练？".to_owned(), "what is it".to_owned()]);
    for same in ["whisper 訓練用了多少小時的數據呢", "嗯，Whisper 用多少小时数据训练", "What is it?"]
    {
        assert!(measured.likeness(same) >= TOO_LIKE, "{same}");
    }
    for other in ["Whisper 用了多少种语言的数据训练", "Codex 用了多少代码训练", "is it free"] {
        assert!(measured.likeness(other) < TOO_LIKE, "{other}");
    }
}

#[test]
fn the_base_shares_no_question_with_the_measured_ones() {
    let questions = measured();
    assert!(questions.len() > 300);
    let verbatim: HashSet<String> = questions.iter().map(|q| normalize(q)).collect();
    let measured = Measured::of(&questions);
    let base = knowledge::embedded().knowledge;
    // Sample questions that consist only of a product name may resemble a labelled question,
    // because the matcher generates such sample questions itself. Such a question must still not
    // repeat a labelled question word for word.
    let names: HashSet<BTreeSet<String>> = base.products.iter().flat_map(Product::names).map(telling).collect();
    let is_like = |text: &str| !names.contains(&telling(text)) && measured.likeness(text) >= TOO_LIKE;
    let texts = || base.sections.iter().flat_map(|s| s.texts.values());
    let samples = texts().flat_map(|t| &t.questions).map(|q| (&q.text, &q.location));
    let asked = samples.chain(base.out_of_scope.values().flatten().map(|q| (&q.text, &q.location)));
    let shared = asked.filter(|(text, _)| verbatim.contains(&normalize(text)) || is_like(text));
    let aliases = texts().flat_map(|t| &t.aliases).map(|a| (&a.text, &a.location));
    let shared = shared.chain(aliases.filter(|(text, _)| is_like(text)));
    // The failure message lists only lines of the knowledge base, because authors of the knowledge
    // base must not read the labelled questions.
    let list: Vec<String> = shared.map(|(text, location)| format!("{location}: {text}")).collect();
    assert!(list.is_empty(), "as good as in tests/questions; take them out of the base:\n{}", list.join("\n"));
}
