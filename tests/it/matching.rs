//! Tests of the matcher's invariants, which hold for every question, on generated and extreme
//! inputs.

use std::fs;
use std::path::Path;
use std::sync::LazyLock;

use footnote_engine::engine::{Engine, Turn};
use footnote_engine::knowledge::{self, Knowledge};
use footnote_engine::matching::{self, Decision};
use footnote_engine::question::Context;
use footnote_engine::reply::MAX_MESSAGE_UNITS;
use footnote_engine::text::{Language, MAX_NORMAL_CHARS, normalize, words};
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::harness::{engine, root};

/// Maximum rounding difference between a section's score and the sum of the explained parts of the
/// score. The two sums add in different orders, partly in single precision.
const ROUNDING: f64 = 1e-6;

/// All words in Latin letters and all Han characters in the sample questions of the built-in
/// knowledge base, without duplicates.
static WORDS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let base = knowledge::embedded().knowledge;
    let texts = base.sections.iter().flat_map(|s| s.texts.values());
    let normals = texts.flat_map(|t| &t.questions).map(|line| normalize(&line.text));
    let mut all: Vec<String> =
        normals.flat_map(|normal| words(&normal).map(|w| w.text.to_owned()).collect::<Vec<_>>()).collect();
    all.sort_unstable();
    all.dedup();
    all
});

/// Generates random questions of three kinds: words of the knowledge base, some cut short, with or
/// without spaces; arbitrary text; and both combined.
fn questions() -> impl Strategy<Value = String> {
    let word = (select(WORDS.as_slice()), any::<Index>(), select(&["", " ", "?", "，"][..]), any::<bool>());
    let of_words = prop::collection::vec(word, 1..16).prop_map(|all| {
        let shown = |(word, cut, gap, is_whole): &(String, Index, &str, bool)| {
            let count = word.chars().count();
            let kept = if *is_whole { count } else { 1 + cut.index(count) };
            format!("{}{gap}", word.chars().take(kept).collect::<String>())
        };
        all.iter().map(shown).collect::<String>()
    });
    let of_words = of_words.boxed();
    let both = (any::<String>(), of_words.clone()).prop_map(|(one, other)| format!("{one} {other}"));
    prop_oneof![3 => of_words, 1 => any::<String>(), 1 => both]
}

/// Generates random contexts of a question: any previous section or none, and any language or none.
fn contexts() -> impl Strategy<Value = Context> {
    (prop::option::of(any::<Index>()), select(&[None, Some(Language::ZH), Some(Language::EN)][..])).prop_map(
        |(last, language)| {
            let sections = &engine().knowledge().sections.len();
            Context {
                last_section: last.map(|at| engine().id(at.index(*sections)).clone()),
                language,
                ..Context::default()
            }
        },
    )
}

/// Asserts what must hold for every question: the length limits are kept, sections are sorted by
/// score, probabilities lie between 0 and 1, and explanations add up to the scores.
fn check(engine: &Engine, turn: &Turn) {
    let (question, matched, reply) = (&turn.question, &turn.matched, &turn.reply.text);
    assert!(question.normalized.chars().count() <= MAX_NORMAL_CHARS);
    assert!(matched.sections.len() <= 5 && matched.options().len() <= 3);
    assert!(matched.sections.is_sorted_by(|a, b| a.score >= b.score));
    let chances = matched.sections.iter().map(|c| c.confidence).chain([matched.confidence, matched.in_scope]);
    for chance in chances {
        assert!((0.0..=1.0 + ROUNDING).contains(&chance), "{:?}: {matched:?}", question.raw);
    }
    for candidate in &matched.sections {
        let why = engine.explain(question, candidate.section);
        let apart = (why.score - candidate.score).abs();
        assert!(apart < ROUNDING, "{:?}: {} ≠ {}", question.raw, why.score, candidate.score);
        // A question has at most one word per character. The explanation may list one more word,
        // which the question inherits from the context.
        assert!(why.words.len() <= MAX_NORMAL_CHARS + 1);
    }
    assert!(!reply.text().is_empty() && reply.units() <= MAX_MESSAGE_UNITS);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]
    #[test]
    fn every_score_is_explained_in_every_context(text in questions(), context in contexts()) {
        check(&engine(), &engine().ask(&text, &context));
    }
}

#[test]
fn the_longest_messages_of_the_worst_kinds_are_answered_within_bounds() {
    const MESSAGE: usize = 4096;
    let long = |kind: &str| kind.chars().cycle().take(MESSAGE).collect::<String>();
    let cycle = |parts: Vec<String>| parts.concat().chars().cycle().take(MESSAGE).collect::<String>();
    let unknown_words = (0..2000_u32).map(|n| format!("x{:x}q ", n.wrapping_mul(2_654_435_761))).collect();
    let unknown_han = (0..MESSAGE as u32).filter_map(|n| char::from_u32(0x3400 + n)).collect::<String>();
    let known_words = WORDS.iter().map(|w| format!("{w} ")).collect();
    let cut_words =
        WORDS.iter().filter(|w| w.len() > 5).map(|w| format!("{} ", &w.chars().skip(1).collect::<String>()));
    let texts = [
        long("a"),
        long("1"),
        long("ab"),
        long("啊"),
        long("的是"),
        cycle(unknown_words),
        unknown_han,
        long("zhe ge mo xing yong le duo shao xiao shi de shu ju "),
        long("zhegemoxingyongleduoshaoxiaoshideshuju"),
        long("a啊"),
        long("whisper啊1ガ é "),
        cycle(known_words),
        cycle(cut_words.collect()),
        long("wisper dale2 kodex chatgtp "),
        long("e\u{301}\u{200D}\u{1F602}"),
        long("\u{FDFA}"),
    ];
    let engine = engine();
    let leaning = Context { last_section: Some(engine.id(0).clone()), language: None, ..Context::default() };
    for text in &texts {
        for context in [&Context::default(), &leaning] {
            check(&engine, &engine.ask(text, context));
        }
    }
}

/// Of 50 misspelled words, the tokenizer must correct exactly 12. This is the limit per question,
/// because each correction costs time.
#[test]
fn only_so_many_slips_are_looked_for() {
    let engine = engine();
    let turn = engine.ask(&"traning ".repeat(50), &Context::default());
    let parts = engine.explain(&turn.question, 0).words;
    assert_eq!(parts.len(), 50);
    assert_eq!(parts.iter().filter(|p| p.match_kind == matching::MatchKind::Typo).count(), 12);
}

/// Copies the built-in knowledge base into a folder so that the files load in another order. Each
/// section file gets its own folder. The out-of-scope questions are reversed and split over two
/// files.
fn rearranged(folder: &Path) -> Knowledge {
    let copy = |from: &Path, to: &Path| {
        fs::create_dir_all(to.parent().expect("a parent")).expect("a folder");
        fs::copy(from, to).expect("copied");
    };
    copy(&root().join("knowledge/footnote.toml"), &folder.join("footnote.toml"));
    for language in ["zh", "en"] {
        let entries = fs::read_dir(root().join("knowledge").join(language)).expect("a folder");
        let mut files: Vec<_> = entries.map(|e| e.expect("an entry").path()).collect();
        files.sort_unstable_by(|a, b| b.cmp(a));
        for (at, file) in files.iter().enumerate() {
            let own = folder.join(language).join(format!("{at:02}"));
            let name = file.file_name().expect("a name");
            if name != "_declined.toml" {
                copy(file, &own.join(name));
                continue;
            }
            let table: toml::Table = fs::read_to_string(file).expect("text").parse().expect("TOML");
            let mut lines = table["questions"].as_array().expect("a list").clone();
            lines.reverse();
            let (one, other) = lines.split_at(lines.len() / 3);
            for (half, lines) in [("a", one), ("b", other)] {
                let own = own.join(half);
                fs::create_dir_all(&own).expect("a folder");
                let text = format!("questions = {}\n", toml::Value::Array(lines.to_vec()));
                fs::write(own.join(name), text).expect("written");
            }
        }
    }
    let loaded = knowledge::load(folder).expect("readable");
    assert!(loaded.diagnostics.is_empty(), "{:?}", loaded.diagnostics);
    loaded.knowledge
}

#[test]
fn scores_do_not_depend_on_the_order_of_files() {
    let folder = tempfile::tempdir().expect("a folder");
    let (one, other) = (engine(), Engine::new(rearranged(folder.path())));
    for question in ["Whisper 用了多少小时", "what is Codex", "figma", "今天天气怎么样", "who won the world cup"]
    {
        let [one, other] = [&*one, &other].map(|engine| engine.ask(question, &Context::default()).matched);
        assert_eq!(one.decision, other.decision, "{question}");
        assert_eq!(one.sections.len(), other.sections.len(), "{question}");
        for (a, b) in one.sections.iter().zip(&other.sections) {
            assert_eq!(a.section, b.section, "{question}");
            assert!((a.score - b.score).abs() < 1e-4, "{question}: {} ≠ {}", a.score, b.score);
        }
    }
}

#[test]
fn the_more_a_wrong_answer_costs_the_less_is_answered() {
    let base = |wrong_answer_costs| Knowledge { wrong_answer_costs, ..knowledge::embedded().knowledge };
    let careful = Engine::new(base(100.0));
    let mut answered = 0;
    for question in ["生成代码", "text to code", "识别语音", "多语言"] {
        let [usual, careful] = [&*engine(), &careful].map(|e| e.ask(question, &Context::default()).matched.decision);
        assert_ne!(careful, Decision::Answer, "{question}");
        answered += usize::from(usual == Decision::Answer);
    }
    assert!(answered >= 2, "{answered} of 4 are answered otherwise");
}

#[test]
fn many_words_of_the_base_in_one_message_are_answered_in_time() {
    // Builds a message of as many different words of the knowledge base as possible: up to 26 words
    // of one or two ASCII characters, and pairs of neighbouring Han characters.
    let knowledge = knowledge::embedded().knowledge;
    let han = |c: &char| ('\u{4E00}'..='\u{9FFF}').contains(c);
    let texts = knowledge.sections.iter().flat_map(|s| s.texts.values());
    let plain: String = texts.flat_map(|t| t.body.sentences()).map(|s| normalize(&s.plain()) + " ").collect();
    let short = plain.split([' ']).filter(|w| w.len() <= 2 && w.is_ascii() && !w.is_empty());
    let short: std::collections::BTreeSet<&str> = short.collect();
    let mut text: String = short.into_iter().take(26).map(|word| format!("{word} ")).collect();
    let mut seen = std::collections::HashSet::<char>::new();
    for sentence in plain.split(' ') {
        let characters: Vec<char> = sentence.chars().collect();
        for pair in characters.windows(2) {
            if pair.iter().all(han) && pair[0] != pair[1] && pair.iter().all(|c| !seen.contains(c)) {
                seen.extend(pair);
                text.extend(pair);
                text.push(' ');
            }
        }
    }
    assert!(seen.len() > 256, "{}", seen.len());
    assert!(engine().ask(&text, &Context::default()).matched.sections.len() > 1);
}
