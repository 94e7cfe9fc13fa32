//! Measures the time per question, the time to load a knowledge base, and the memory of the
//! process. Compares the engine with two other ways to search: strsim and tantivy.
//!
//! `cargo build --release && cargo bench -p footnote-benches` runs all measurements;
//! `… -- built-in cmrc` runs only those knowledge bases. The output is Markdown, for
//! docs/performance.md. `FOOTNOTE_BENCH` names a folder with public data sets as knowledge bases
//! (`<dir>/clinc/knowledge`, `<dir>/clinc/questions.jsonl`, and `cmrc` likewise). The output lists
//! missing data sets as left out.
//!
//! This benchmark has its own `main` instead of using criterion or divan. Those measure the mean of
//! one repeated call. This benchmark reports percentiles over many *different* questions, the
//! memory of a fresh process, and the accuracy of each system. Each knowledge base is measured in
//! separate processes, so that no measurement inherits the heap of another.

use std::collections::HashMap;
use std::env;
use std::error::Error;
use std::fs;
use std::hint::black_box;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use footnote_engine::engine::Engine;
use footnote_engine::knowledge::{self, Knowledge};
use footnote_engine::question::Context;
use footnote_engine::text::Language;
use serde::{Deserialize, Serialize};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Time limit for asking one system (footnote, strsim or tantivy) its questions, in seconds. The
/// questions are shuffled, so those asked before the limit are a random sample.
const MAX_SECONDS: f64 = 10.0;
/// Number of questions that each system is asked even after the time limit.
const MIN_QUESTIONS: usize = 20;
/// Number of times that each question is asked. The time of a question is the median of these
/// times, which filters out interruptions by other processes.
const ROUNDS: usize = 3;
const SYNTHETIC_QUESTIONS: usize = 1_000;
const LENGTHS: [usize; 7] = [1, 4, 16, 64, 256, 1_024, 4_096];
const COLD_STARTS: usize = 20;
/// Maximum length of a Telegram message, in characters.
const LONGEST: usize = 4_096;

fn main() -> Result<()> {
    let arguments: Vec<String> = env::args().skip(1).filter(|a| a != "--bench").collect();
    if let [child, name, what] = arguments.as_slice()
        && child == "--child"
    {
        let base = Base::named(name).ok_or("no such base")?;
        println!("{}", serde_json::to_string(&base.measure(what)?)?);
        return Ok(());
    }
    let wanted = |name: &str| arguments.is_empty() || arguments.iter().any(|a| a == name);
    let mut measured = Vec::new();
    for name in ["built-in", "clinc", "cmrc", "1000", "10000", "100000"].into_iter().filter(|n| wanted(n)) {
        let Some(base) = Base::named(name) else {
            println!("Left out: {name} (FOOTNOTE_BENCH names no folder with {name}/knowledge/footnote.toml)\n");
            continue;
        };
        base.prepare()?;
        let mut all = Measured::default();
        // The child process "cold" trains and saves a matcher. The child processes "warm" and
        // "questions" load the saved matcher.
        for what in ["cold", "warm", "questions"] {
            eprintln!("{name}: {what}");
            all.add(child(name, what)?);
        }
        let _ = fs::remove_file(base.model());
        measured.push((base, all));
    }
    let start = if wanted("built-in") { Some(cold_start()?) } else { None };
    print(&measured, start.as_ref());
    Ok(())
}

fn child(name: &str, what: &str) -> Result<Measured> {
    let out = Command::new(env::current_exe()?).args(["--child", name, what]).stderr(Stdio::inherit()).output()?;
    if !out.status.success() {
        return Err(format!("{name}: measuring `{what}` ended with {}", out.status).into());
    }
    Ok(serde_json::from_slice(&out.stdout)?)
}

// Types of the measurements, and helper functions for measuring.

#[derive(Debug, Default, Serialize, Deserialize)]
struct Measured {
    sections: usize,
    samples: usize,
    /// The total size of all texts of the knowledge base, in bytes.
    text: usize,
    cold: Option<Load>,
    warm: Option<Load>,
    systems: Vec<Speed>,
    lengths: Vec<ByLength>,
    worst: Vec<(String, f64)>,
}

impl Measured {
    fn add(&mut self, other: Measured) {
        self.sections = other.sections;
        self.samples = other.samples;
        self.text = other.text;
        self.cold = self.cold.take().or(other.cold);
        self.warm = self.warm.take().or(other.warm);
        self.systems.extend(other.systems);
        self.lengths.extend(other.lengths);
        self.worst.extend(other.worst);
    }

    fn of(&self, system: &str) -> Option<&Speed> {
        self.systems.iter().find(|s| s.system == system)
    }

    fn worst(&self) -> f64 {
        self.worst.iter().map(|(_, us)| *us).fold(0.0, f64::max)
    }
}

/// The costs of loading a knowledge base. The first two fields are times in seconds: for reading
/// the files, and for training or loading the matcher. The next four are the memory of the process,
/// in KiB.
#[derive(Debug, Serialize, Deserialize)]
struct Load {
    files: f64,
    matcher: f64,
    before: usize,
    with_files: usize,
    after: usize,
    peak: usize,
    /// The size of the serialized matcher, in bytes.
    kept: usize,
}

#[derive(Debug, Default, Serialize, Deserialize)]
struct Speed {
    system: String,
    built: f64,
    asked: usize,
    /// `labelled` counts the questions whose right section is known. `right` counts those for which
    /// the system ranked a right section first.
    labelled: usize,
    right: usize,
    p50: f64,
    p99: f64,
    most: f64,
}

#[derive(Debug, Serialize, Deserialize)]
struct ByLength {
    language: String,
    length: usize,
    p50: f64,
    most: f64,
}

/// Returns the value at the fraction `part` (0 to 1) of the sorted values. 0.5 gives the median.
fn percentile(sorted: &[f64], part: f64) -> f64 {
    sorted.get((sorted.len() as f64 * part) as usize).or(sorted.last()).copied().unwrap_or(f64::NAN)
}

fn sorted(mut times: Vec<f64>) -> Vec<f64> {
    times.sort_by(f64::total_cmp);
    times
}

fn time<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let start = Instant::now();
    let done = black_box(work());
    (done, start.elapsed().as_secs_f64())
}

/// Reads a field of /proc/<process>/status, in KiB. Returns 0 if the file does not exist.
fn memory(process: &str, field: &str) -> usize {
    let status = fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix(field)?.strip_prefix(':'));
    line.and_then(|l| l.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

// The knowledge bases to measure, and their questions.

/// A question, and the ids of the sections that answer the question. `None` if these sections are
/// unknown.
#[derive(Debug, Clone, Deserialize)]
struct Labelled {
    question: String,
    sections: Option<Vec<String>>,
}

#[derive(Debug)]
struct Base {
    name: String,
    /// The folder of the knowledge base. `None` for the built-in knowledge base.
    folder: Option<PathBuf>,
}

impl Base {
    fn named(name: &str) -> Option<Base> {
        let folder = match name {
            "built-in" => None,
            "clinc" | "cmrc" => {
                let folder = PathBuf::from(env::var_os("FOOTNOTE_BENCH")?).join(name).join("knowledge");
                Some(folder.join("footnote.toml").exists().then_some(folder)?)
            }
            _ => Some(scratch().join(format!("synthetic-{name}"))),
        };
        Some(Base { name: name.to_owned(), folder })
    }

    fn title(&self) -> String {
        match self.name.as_str() {
            "built-in" => "built in".to_owned(),
            "clinc" => "CLINC150".to_owned(),
            "cmrc" => "CMRC 2018".to_owned(),
            sections => format!("synthetic, {sections}"),
        }
    }

    fn model(&self) -> PathBuf {
        scratch().join(&self.name).with_extension("model")
    }

    /// Writes the files of a synthetic knowledge base, unless an earlier benchmark has written
    /// them. Does nothing for other knowledge bases.
    fn prepare(&self) -> Result<()> {
        let (Some(folder), Ok(sections)) = (&self.folder, self.name.parse::<usize>()) else { return Ok(()) };
        let manifest = folder.join("footnote.toml");
        if manifest.exists() {
            return Ok(());
        }
        eprintln!("{}: writing", self.name);
        fs::create_dir_all(folder.join("zh"))?;
        let writer = Synthetic::new();
        for section in 0..sections {
            let text = format!("+++\ntitle = \"{}\"\n+++\n\n{}\n", id(section), writer.paragraph(section));
            fs::write(folder.join("zh").join(id(section)).with_extension("md"), text)?;
        }
        // Write the manifest last, so that the next benchmark rewrites a folder that was left
        // incomplete.
        fs::write(manifest, "title = \"Synthetic\"\nlanguages = [\"zh\"]\ndefault_language = \"zh\"\n")?;
        Ok(())
    }

    fn questions(&self) -> Result<Vec<Labelled>> {
        let all = if let Ok(sections) = self.name.parse::<usize>() {
            let writer = Synthetic::new();
            (0..SYNTHETIC_QUESTIONS).map(|n| writer.question(n, sections)).collect()
        } else if let Some(folder) = &self.folder {
            let lines = fs::read_to_string(folder.with_file_name("questions.jsonl"))?;
            lines.lines().map(serde_json::from_str).collect::<std::result::Result<Vec<_>, _>>()?
        } else {
            QUESTIONS.iter().map(|q| Labelled { question: (*q).to_owned(), sections: None }).collect()
        };
        let mut random = Random(1);
        let mut all: Vec<Labelled> = all;
        for at in (1..all.len()).rev() {
            all.swap(at, random.below(at + 1));
        }
        Ok(all)
    }

    fn measure(&self, what: &str) -> Result<Measured> {
        let before = memory("self", "VmRSS");
        let (loaded, files) = time(|| match &self.folder {
            Some(folder) => knowledge::load(folder),
            None => Ok(knowledge::embedded()),
        });
        let base = loaded?.knowledge;
        let with_files = memory("self", "VmRSS");
        let (engine, matcher) = time(|| {
            let kept = if what == "cold" { None } else { fs::read(self.model()).ok() };
            Engine::from_bytes(base, kept.as_deref().unwrap_or_default()).unwrap_or_else(|base| Engine::new(*base))
        });
        // The first Chinese question loads the character conversion tables. Ask one before
        // measuring, so that the resident memory includes the tables.
        black_box(engine.ask("這是什麼", &Context::default()));
        let (after, peak) = (memory("self", "VmRSS"), memory("self", "VmHWM"));
        let kept = engine.to_bytes();
        let load = Load { files, matcher, before, with_files, after, peak, kept: kept.len() };
        let texts = texts(engine.knowledge());
        let mut measured = Measured {
            sections: engine.knowledge().sections.len(),
            samples: texts.iter().filter(|t| t.kind == Kind::Sample).count(),
            text: texts.iter().map(|t| t.text.len()).sum(),
            ..Measured::default()
        };
        match what {
            "cold" => {
                fs::create_dir_all(scratch())?;
                fs::write(self.model(), &kept)?;
                measured.cold = Some(load);
            }
            "warm" => measured.warm = Some(load),
            _ => {
                drop(kept);
                let questions = self.questions()?;
                measured.systems = systems(&engine, &texts, &questions)?;
                measured.lengths = by_length(&engine);
                measured.worst = worst(&engine);
            }
        }
        Ok(measured)
    }
}

/// The folder for synthetic knowledge bases and serialized matchers, inside Cargo's build folder.
fn scratch() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("bench-matching")
}

fn id(section: usize) -> String {
    format!("s-{section:06}")
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Title,
    Sample,
    Body,
}

/// One text of a knowledge base, as input for strsim and tantivy.
struct Text {
    section: Option<usize>,
    kind: Kind,
    language: Language,
    text: String,
}

fn texts(base: &Knowledge) -> Vec<Text> {
    let mut all = Vec::new();
    for (at, section) in base.sections.iter().enumerate() {
        for (language, text) in &section.texts {
            let mut add = |kind, text: String| all.push(Text { section: Some(at), kind, language: *language, text });
            add(Kind::Title, text.title.clone());
            text.aliases.iter().for_each(|alias| add(Kind::Title, alias.text.clone()));
            text.questions.iter().for_each(|question| add(Kind::Sample, question.text.clone()));
            add(Kind::Body, text.body.sentences().map(knowledge::Sentence::plain).collect());
        }
    }
    for (language, line) in base.out_of_scope.iter().flat_map(|(l, lines)| lines.iter().map(move |line| (l, line))) {
        all.push(Text { section: None, kind: Kind::Sample, language: *language, text: line.text.clone() });
    }
    all
}

// The compared systems: footnote, strsim and tantivy.

const OURS: &str = "footnote";
const STRSIM: &str = "strsim, every text";
const TANTIVY: &str = "tantivy";

fn systems(engine: &Engine, texts: &[Text], questions: &[Labelled]) -> Result<Vec<Speed>> {
    let context = Context::default();
    let ids = |section: usize| engine.id(section).as_str();
    for labelled in questions.iter().take(MIN_QUESTIONS) {
        black_box(engine.ask(&labelled.question, &context));
    }
    let ours = speed(OURS, 0.0, questions, |question| {
        let turn = engine.ask(question, &context);
        turn.matched.sections.first().map(|c| ids(c.section))
    });

    let (lowered, built) = time(|| texts.iter().map(|t| (t.section, t.text.to_lowercase())).collect::<Vec<_>>());
    let naive = speed(STRSIM, built, questions, |question| {
        let question = question.to_lowercase();
        let likeness = |(_, text): &&(Option<usize>, String)| strsim::sorensen_dice(&question, text);
        let best = lowered.iter().max_by(|a, b| likeness(a).total_cmp(&likeness(b)));
        best.and_then(|(section, _)| section.map(ids))
    });

    let (other, built) = time(|| other::Search::new(texts, &engine.knowledge().languages));
    let other = other?;
    for labelled in questions.iter().take(MIN_QUESTIONS) {
        black_box(other.ask(&labelled.question));
    }
    let tantivy = speed(TANTIVY, built, questions, |question| other.ask(question).map(ids));
    Ok(vec![ours, naive, tantivy])
}

fn speed<'a>(system: &str, built: f64, questions: &[Labelled], mut ask: impl FnMut(&str) -> Option<&'a str>) -> Speed {
    let mut speed = Speed { system: system.to_owned(), built, ..Speed::default() };
    let mut times: Vec<Vec<f64>> = Vec::with_capacity(questions.len());
    let start = Instant::now();
    'rounds: for round in 0..ROUNDS {
        for (at, labelled) in questions.iter().enumerate() {
            if start.elapsed().as_secs_f64() > MAX_SECONDS && (round > 0 || at >= MIN_QUESTIONS) {
                break 'rounds;
            }
            let (answer, seconds) = time(|| ask(&labelled.question));
            if round > 0 {
                times[at].push(seconds * 1e6);
                continue;
            }
            times.push(vec![seconds * 1e6]);
            if let Some(wanted) = labelled.sections.as_ref().filter(|wanted| !wanted.is_empty()) {
                speed.labelled += 1;
                speed.right += usize::from(answer.is_some_and(|answer| wanted.iter().any(|w| w == answer)));
            }
        }
    }
    let times: Vec<f64> = times.into_iter().map(|own| percentile(&sorted(own), 0.5)).collect();
    let times = sorted(times);
    speed.asked = times.len();
    (speed.p50, speed.p99) = (percentile(&times, 0.5), percentile(&times, 0.99));
    speed.most = times.last().copied().unwrap_or_default();
    speed
}

/// Search with tantivy, for comparison with footnote. Each text of the knowledge base is a
/// document. The answer is the section of the best document by BM25. Uses one segment and one
/// thread.
///
/// English terms are word stems. Each stem of at least four letters is also searched with one typo.
/// Chinese terms are character bigrams.
mod other {
    use tantivy::collector::TopDocs;
    use tantivy::query::{BooleanQuery, BoostQuery, FuzzyTermQuery, Occur, Query, TermQuery};
    use tantivy::schema::{FAST, Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
    use tantivy::tokenizer::{LowerCaser, NgramTokenizer, RemoveLongFilter, SimpleTokenizer, Stemmer, TextAnalyzer};
    use tantivy::{Index, IndexWriter, Searcher, TantivyDocument, Term};

    use super::{Language, Result, Text};

    const WRITER_BYTES: usize = 200 << 20;
    const MIN_FUZZY_CHARS: usize = 4;
    /// Factor on the score of a fuzzy match. An exact match keeps its BM25 score, which is lower
    /// for common words.
    const FUZZY: f32 = 0.3;

    pub struct Search {
        searcher: Searcher,
        /// The fields of tantivy's index, one per language, each with its text analyzer. The flag
        /// is true if words of the language are also searched with fuzzy queries, which find words
        /// at a small edit distance.
        fields: Vec<(Field, TextAnalyzer, bool)>,
        section: Vec<Option<usize>>,
    }

    impl Search {
        pub fn new(texts: &[Text], languages: &[Language]) -> Result<Search> {
            let english = TextAnalyzer::builder(SimpleTokenizer::default())
                .filter(RemoveLongFilter::limit(40))
                .filter(LowerCaser)
                .filter(Stemmer::default())
                .build();
            let chinese = TextAnalyzer::builder(NgramTokenizer::new(2, 2, false)?).filter(LowerCaser).build();
            let mut schema = Schema::builder();
            let number = schema.add_u64_field("number", FAST);
            let mut fields = Vec::new();
            for (language, name, analyzer) in [(Language::EN, "en", english), (Language::ZH, "zh", chinese)] {
                if languages.contains(&language) {
                    let indexing =
                        TextFieldIndexing::default().set_tokenizer(name).set_index_option(IndexRecordOption::WithFreqs);
                    let field = schema.add_text_field(name, TextOptions::default().set_indexing_options(indexing));
                    fields.push((language, name, field, analyzer));
                }
            }
            let index = Index::create_in_ram(schema.build());
            for (_, name, _, analyzer) in &fields {
                index.tokenizers().register(name, analyzer.clone());
            }
            let mut writer: IndexWriter = index.writer_with_num_threads(1, WRITER_BYTES)?;
            for (at, text) in texts.iter().enumerate() {
                let mut document = TantivyDocument::default();
                document.add_u64(number, at as u64);
                for (_, _, field, _) in fields.iter().filter(|(language, ..)| *language == text.language) {
                    document.add_text(*field, &text.text);
                }
                writer.add_document(document)?;
            }
            writer.commit()?;
            let segments = index.searchable_segment_ids()?;
            if segments.len() > 1 {
                writer.merge(&segments).wait()?;
            }
            writer.wait_merging_threads()?;
            let searcher = index.reader()?.searcher();
            let fields =
                fields.into_iter().map(|(language, _, field, a)| (field, a, language == Language::EN)).collect();
            Ok(Search { searcher, fields, section: texts.iter().map(|t| t.section).collect() })
        }

        /// Returns the section of the best document for a question.
        pub fn ask(&self, question: &str) -> Option<usize> {
            let mut terms: Vec<(Occur, Box<dyn Query>)> = Vec::new();
            for (field, analyzer, is_fuzzy) in &self.fields {
                let mut analyzer = analyzer.clone();
                let mut stream = analyzer.token_stream(question);
                while let Some(token) = stream.next() {
                    let term = Term::from_field_text(*field, &token.text);
                    if *is_fuzzy && token.text.chars().count() >= MIN_FUZZY_CHARS {
                        let fuzzy = FuzzyTermQuery::new(term.clone(), 1, true);
                        terms.push((Occur::Should, Box::new(BoostQuery::new(Box::new(fuzzy), FUZZY))));
                    }
                    terms.push((Occur::Should, Box::new(TermQuery::new(term, IndexRecordOption::WithFreqs))));
                }
            }
            let best =
                self.searcher.search(&BooleanQuery::new(terms), &TopDocs::with_limit(1).order_by_score()).ok()?;
            let (_, address) = best.first()?;
            let numbers = self.searcher.segment_reader(address.segment_ord).fast_fields().u64("number").ok()?;
            self.section[numbers.first(address.doc_id)? as usize]
        }
    }
}

// Measures the time per question by length and language, and for inputs designed to be slow.

/// Concatenates the texts of a knowledge base in one language, without titles. Uses the built-in
/// knowledge base if the given one has no text in that language.
fn running_text(engine: &Engine, language: Language) -> Vec<char> {
    const ENOUGH: usize = 200_000;
    let of = |base: &Knowledge| {
        let own = texts(base).into_iter().filter(|t| t.language == language && t.kind != Kind::Title);
        own.flat_map(|t| t.text.chars().chain([' ']).collect::<Vec<_>>()).take(ENOUGH).collect::<Vec<char>>()
    };
    let own = of(engine.knowledge());
    if own.is_empty() { of(&knowledge::embedded().knowledge) } else { own }
}

fn cut(text: &[char], start: usize, length: usize) -> String {
    text.iter().cycle().skip(start).take(length).collect()
}

fn by_length(engine: &Engine) -> Vec<ByLength> {
    const PLACES: usize = 40;
    const TIMES: usize = 5;
    let (zh, en) = (running_text(engine, Language::ZH), running_text(engine, Language::EN));
    let mixed: Vec<char> = zh.chunks(7).zip(en.chunks(9)).flat_map(|(zh, en)| zh.iter().chain(en)).copied().collect();
    let context = Context::default();
    let mut all = Vec::new();
    for (language, text) in [("zh", &zh), ("en", &en), ("mixed", &mixed)] {
        for length in LENGTHS {
            let mut random = Random(7);
            let times = (0..PLACES).map(|_| {
                let question = cut(text, random.below(text.len()), length);
                percentile(&sorted((0..TIMES).map(|_| time(|| engine.ask(&question, &context)).1 * 1e6).collect()), 0.5)
            });
            let times = sorted(times.collect());
            let most = times.last().copied().unwrap_or_default();
            all.push(ByLength { language: language.to_owned(), length, p50: percentile(&times, 0.5), most });
        }
    }
    all
}

/// Measures inputs of 4,096 characters that are designed to be slow. Returns the name of each input
/// and its median time in microseconds.
fn worst(engine: &Engine) -> Vec<(String, f64)> {
    const TIMES: usize = 7;
    let mut random = Random(11);
    let (zh, en) = (running_text(engine, Language::ZH), running_text(engine, Language::EN));
    let (zh_text, en_text): (String, String) = (zh.iter().collect(), en.iter().collect());
    let words: Vec<&str> = en_text.split_whitespace().filter(|w| w.len() >= 6 && w.is_ascii()).take(2_000).collect();
    let letter = |random: &mut Random| char::from(b'a' + random.below(26) as u8);
    let slips: Vec<String> = words
        .iter()
        .map(|word| {
            let at = 1 + random.below(word.len() - 2);
            format!("{}{}{}", &word[..at], letter(&mut random), &word[at + 1..])
        })
        .collect();
    let mut common: HashMap<[char; 2], usize> = HashMap::new();
    zh.windows(2).for_each(|pair| *common.entry([pair[0], pair[1]]).or_default() += 1);
    let mut common: Vec<_> = common.into_iter().filter(|(p, _)| p.iter().all(|c| c.is_alphabetic())).collect();
    common.sort_by_key(|(pair, count)| (std::cmp::Reverse(*count), *pair));
    let common: Vec<char> = common.iter().take(400).flat_map(|(pair, _)| *pair).collect();
    let mut gibberish = |length: usize| {
        let mut text = String::new();
        while text.len() < LONGEST {
            text.extend((0..length).map(|_| letter(&mut random)));
            text.push(' ');
        }
        text
    };
    let inputs = [
        ("the base's own Chinese", zh_text.clone()),
        ("the base's own English", en_text.clone()),
        ("traditional characters", "這個問題與機器學習應用軟體開發無關嗎".repeat(256)),
        ("its 400 commonest pairs of characters", common.iter().cycle().take(LONGEST).collect()),
        ("its words, each with a slip", slips.join(" ").repeat(64)),
        ("unknown words of 8 letters", gibberish(8)),
        ("unknown words of 5 letters", gibberish(5)),
        ("unknown words of 40 letters", gibberish(40)),
        ("one word of 4,096 letters", gibberish(LONGEST)),
        ("one letter, again and again", "ab".repeat(LONGEST)),
        ("different Han characters", (0..LONGEST as u32).filter_map(|n| char::from_u32(0x4E00 + n * 5)).collect()),
        ("one that unfolds to eighteen", "\u{FDFA}".repeat(LONGEST)),
        ("marks over one letter", format!("a{}", "\u{0591}\u{05B0}".repeat(LONGEST))),
        ("emoji", "👩‍👩‍👧‍👦".repeat(LONGEST)),
        ("spaces and a word", format!("{}whisper", " ".repeat(LONGEST - 7))),
    ];
    let context = Context::default();
    let measure = |(name, text): (&str, String)| {
        let text: String = text.chars().take(LONGEST).collect();
        let times = (0..TIMES).map(|_| time(|| engine.ask(&text, &context)).1 * 1e6).collect();
        (name.to_owned(), percentile(&sorted(times), 0.5))
    };
    inputs.into_iter().map(measure).collect()
}

// Measures the running time and memory of the `footnote` program.

#[derive(Debug)]
struct ColdStart {
    /// Running times of `footnote ask`, in seconds: the median with training, then the median and
    /// the maximum with a matcher from the cache.
    learning: f64,
    kept: f64,
    most: f64,
    /// The peak memory of `footnote ask` after one answer, in KiB: with a matcher from the cache,
    /// then with training.
    peak: usize,
    peak_learning: usize,
}

fn cold_start() -> Result<ColdStart> {
    let folder = tempfile::tempdir()?;
    let command = || {
        let mut command = Command::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../target/release/footnote"));
        command.arg("ask").current_dir(folder.path()).env("XDG_CACHE_HOME", folder.path().join("cache"));
        command.env_remove("CACHE_DIRECTORY").env_remove("FOOTNOTE_KNOWLEDGE").env_remove("FOOTNOTE_LOG");
        command.stderr(Stdio::null());
        command
    };
    let forget = || fs::remove_dir_all(folder.path().join("cache"));
    let once = || -> Result<f64> {
        let (out, seconds) = time(|| command().arg("Whisper 用了多少小时的数据训练？").output());
        if out?.stdout.is_empty() { Err("`footnote ask` said nothing".into()) } else { Ok(seconds) }
    };
    // Keep the process waiting for another question, to read its peak memory after the first
    // answer.
    let peak = || -> Result<usize> {
        let mut child = command().stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut questions = child.stdin.take().ok_or("no input")?;
        writeln!(questions, "Whisper 用了多少小时的数据训练？")?;
        questions.flush()?;
        let mut answers = BufReader::new(child.stdout.take().ok_or("no output")?);
        // Read up to an empty line, which ends the answer.
        let mut line = String::from("…");
        while !line.trim().is_empty() {
            line.clear();
            if answers.read_line(&mut line)? == 0 {
                break;
            }
        }
        let peak = memory(&child.id().to_string(), "VmHWM");
        drop(questions);
        std::io::copy(&mut answers, &mut std::io::sink())?;
        child.wait()?;
        Ok(peak)
    };
    let mut learning = Vec::new();
    for _ in 0..COLD_STARTS / 4 {
        let _ = forget();
        learning.push(once()?);
    }
    let kept = sorted((0..COLD_STARTS).map(|_| once()).collect::<Result<Vec<_>>>()?);
    let peak_kept = peak()?;
    let _ = forget();
    Ok(ColdStart {
        learning: percentile(&sorted(learning), 0.5),
        kept: percentile(&kept, 0.5),
        most: kept.last().copied().unwrap_or_default(),
        peak: peak_kept,
        peak_learning: peak()?,
    })
}

// Generates texts that resemble paragraphs of a Chinese encyclopedia.

/// Random number generator: SplitMix64 (Steele, Lea, Flood 2014).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit.max(1) as u64) as usize
    }

    /// Returns a random rank below `limit`. The ranks follow Zipf's law: low ranks are the most
    /// frequent.
    fn rank(&mut self, limit: usize) -> usize {
        let share = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        ((limit as f64).powf(share) as usize - 1).min(limit - 1)
    }
}

/// Generates paragraphs and questions. Their statistics imitate the data set CMRC 2018: about 350
/// characters per paragraph, in sentences of 40.
///
/// The vocabulary has words of one to four characters. Characters and words follow Zipf's law. Each
/// paragraph has a name of three characters, six words of its own that recur often, years, and
/// words in Latin letters.
struct Synthetic {
    words: Vec<String>,
}

const CHARACTERS: usize = 3_500;
const WORDS: usize = 40_000;
const PARAGRAPH_CHARS: usize = 350;
const FRAMES: [&str; 6] =
    ["{}是什么？", "请问{}是在哪一年？", "{}的原因是什么？", "{}有哪些？", "谁{}？", "关于{}，具体是怎样的？"];

impl Synthetic {
    fn new() -> Synthetic {
        let mut random = Random(2018);
        let words = (0..WORDS).map(|rank| {
            let length = match random.below(20) {
                _ if rank < 150 => 1,
                0..15 => 2,
                15..19 => 3,
                _ => 4,
            };
            (0..length).map(|_| Synthetic::character(random.rank(CHARACTERS))).collect()
        });
        Synthetic { words: words.collect() }
    }

    fn character(rank: usize) -> char {
        // Multiplying by a prime spreads the ranks over the Unicode block of Chinese characters in
        // a pseudorandom order.
        char::from_u32(0x4E00 + (rank as u32 * 7_919) % 20_900).unwrap_or('一')
    }

    fn of(section: usize) -> Random {
        Random(section as u64 * 0x1_0001 + 5)
    }

    fn name(random: &mut Random) -> String {
        (0..3).map(|_| Synthetic::character(random.below(CHARACTERS))).collect()
    }

    fn paragraph(&self, section: usize) -> String {
        let mut random = Synthetic::of(section);
        let name = Synthetic::name(&mut random);
        let own: Vec<&String> = (0..6).map(|_| &self.words[150 + random.below(WORDS - 150)]).collect();
        let length = PARAGRAPH_CHARS * 2 / 3 + random.below(PARAGRAPH_CHARS * 2 / 3);
        let mut text = name.clone();
        let (mut count, mut clauses) = (3, 2 + random.below(3));
        while count < length {
            let before = text.len();
            for _ in 0..4 + random.below(5) {
                match random.below(100) {
                    0..3 => text.push_str(&name),
                    3..20 => text.push_str(own[random.below(own.len())]),
                    20..22 => text.push_str(&format!("{}年", 1_700 + random.below(320))),
                    22 => text.push_str(&Synthetic::latin(&mut random)),
                    _ => text.push_str(&self.words[random.rank(WORDS)]),
                }
            }
            clauses -= 1;
            text.push(if clauses == 0 { '。' } else { '，' });
            clauses = if clauses == 0 { 1 + random.below(4) } else { clauses };
            count += text[before..].chars().count();
        }
        text.truncate(text.trim_end_matches(['，', '。']).len());
        text + "。"
    }

    fn latin(random: &mut Random) -> String {
        const SYLLABLES: [&str; 12] = ["ka", "ro", "mi", "ten", "sol", "ar", "vi", "len", "da", "chi", "por", "es"];
        (0..2 + random.below(2)).map(|_| SYLLABLES[random.rank(SYLLABLES.len())]).collect()
    }

    /// Generates a question: inserts a phrase from a random paragraph into a question template.
    /// Half of the questions also contain the paragraph's name.
    fn question(&self, number: usize, sections: usize) -> Labelled {
        let mut random = Random(number as u64 + 1_000_003);
        let section = random.below(sections);
        let paragraph = self.paragraph(section);
        let clauses: Vec<Vec<char>> =
            paragraph.split(['，', '。']).map(|c| c.chars().collect()).filter(|c: &Vec<char>| c.len() >= 8).collect();
        let phrase: String = if clauses.is_empty() {
            paragraph.chars().take(8).collect()
        } else {
            let clause = &clauses[random.below(clauses.len())];
            let length = 6 + random.below(3);
            cut(clause, random.below(clause.len() - length.min(clause.len()) + 1), length)
        };
        let name = Synthetic::name(&mut Synthetic::of(section));
        let about = if random.below(2) == 0 { format!("{name}{phrase}") } else { phrase };
        let question = FRAMES[random.below(FRAMES.len())].replace("{}", &about);
        Labelled { question, sections: Some(vec![id(section)]) }
    }
}

/// Questions to the built-in knowledge base. They are in Chinese, English or both; some have typos
/// or traditional characters, and some have no answer.
const QUESTIONS: [&str; 60] = [
    "GPT-3 能用来做什么？",
    "这篇文章是谁写的",
    "Whisper 是什么？",
    "Whisper 支持多少种语言",
    "语音识别模型用了多少小时的数据",
    "DALL·E 2 可以编辑图片吗",
    "怎么用文字生成图像",
    "CLIP 是怎么训练的",
    "CLIP 有哪些应用",
    "Codex 能写哪些编程语言",
    "自动写代码的那个模型叫什么",
    "ChatGPT 有什么亮点",
    "ChatGPT 会承认错误吗",
    "ChatGPT 和 GPT-3 有什么区别",
    "OpenAI 和 DeepMind 有什么不同",
    "OpenAI 的商业模式是什么",
    "有没有延伸阅读",
    "参考资料在哪里",
    "介绍一下这篇文章讲了什么",
    "可以转载吗",
    "文章是什么时候发表的",
    "图像搜索用哪个模型",
    "客服分析工具用的是什么模型",
    "有哪些产品是用 GPT-3 做的",
    "what is GPT-3",
    "What can GPT-3 be used for?",
    "who wrote this article?",
    "how many hours of audio was Whisper trained on",
    "does whisper translate speech into english",
    "how does CLIP work",
    "which companies use CLIP",
    "can DALL-E 2 edit an existing picture",
    "who has access to dall e 2",
    "what programming languages does codex know",
    "apps built with codex",
    "what makes ChatGPT special",
    "is chatgpt free",
    "How does OpenAI differ from DeepMind?",
    "what does Pygma do",
    "where can I read more about this",
    "give me the sources",
    "tell me about OpenAI",
    "Whisper 的 training data 有多大",
    "CLIP 可以做 image search 吗",
    "DALL·E 2 的 use case 有哪些",
    "ChatGPT 的 limitations",
    "哪些 startup 在用 Codex",
    "how is GPT-3 用于客服",
    "wisper supports how many langauges",
    "waht is chatgtp",
    "dale 2 aplications",
    "whatiscodex",
    "chagpt 和 codx 有什么不一样",
    "请问语音视别用什么模型",
    "這篇文章的作者是誰",
    "語音辨識模型支援哪些語言",
    "圖像生成用哪個模型",
    "今天天气怎么样",
    "how do I cook rice",
    "谢谢",
];

// Prints the results as Markdown tables.

fn print(measured: &[(Base, Measured)], start: Option<&ColdStart>) {
    println!("### One question\n");
    println!("| base | sections | sample questions | system | first one right | asked | p50 µs | p99 µs | most µs |");
    println!("|---|--:|--:|---|--:|--:|--:|--:|--:|");
    for (base, m) in measured {
        for s in &m.systems {
            let right = if s.labelled == 0 {
                "–".to_owned()
            } else {
                format!("{:.1} %", 100.0 * s.right as f64 / s.labelled as f64)
            };
            println!(
                "| {} | {} | {} | {} | {right} | {} | {:.0} | {:.0} | {:.0} |",
                base.title(),
                m.sections,
                m.samples,
                s.system,
                s.asked,
                s.p50,
                s.p99,
                s.most
            );
        }
    }
    println!("\n### By length and language (µs: p50 of 40 places in the text, and the slowest)\n");
    let lengths: Vec<String> = LENGTHS.iter().map(ToString::to_string).collect();
    println!("| base | language | {} |", lengths.join(" | "));
    println!("|---|---|{}", "--:|".repeat(LENGTHS.len()));
    for (base, m) in measured {
        for own in m.lengths.chunks(LENGTHS.len()) {
            let cells: Vec<String> = own.iter().map(|l| format!("{:.0} / {:.0}", l.p50, l.most)).collect();
            println!("| {} | {} | {} |", base.title(), own[0].language, cells.join(" | "));
        }
    }
    println!("\n### 4,096 characters at their worst (µs)\n");
    println!("| input | {} |", measured.iter().map(|(base, _)| base.title()).collect::<Vec<_>>().join(" | "));
    println!("|---|{}", "--:|".repeat(measured.len()));
    for at in 0..measured.first().map_or(0, |(_, m)| m.worst.len()) {
        let cells: Vec<String> = measured.iter().map(|(_, m)| format!("{:.0}", m.worst[at].1)).collect();
        println!("| {} | {} |", measured[0].1.worst[at].0, cells.join(" | "));
    }
    println!("\n### Loading and memory\n");
    println!("Learned: nothing was kept from an earlier run. Read back: what was learned is read from the cache.\n");
    println!(
        "| base | text KiB | files read s | learned s | read back s | peak learning MiB | resident after learning MiB | resident read back MiB | of this files MiB | what is kept MiB | index bytes a section | tantivy built s |"
    );
    println!("|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|");
    for (base, m) in measured {
        let (Some(cold), Some(warm)) = (&m.cold, &m.warm) else { continue };
        let mib = |kib: usize| kib as f64 / 1_024.0;
        println!(
            "| {} | {} | {:.3} | {:.3} | {:.3} | {:.1} | {:.1} | {:.1} | {:.1} | {:.1} | {:.0} | {:.3} |",
            base.title(),
            m.text / 1_024,
            cold.files,
            cold.matcher,
            warm.matcher,
            mib(cold.peak),
            mib(cold.after),
            mib(warm.after),
            mib(warm.with_files.saturating_sub(warm.before)),
            warm.kept as f64 / f64::from(1 << 20),
            index_bytes(m),
            m.of(TANTIVY).map_or(0.0, |s| s.built)
        );
    }
    if let Some(s) = start {
        println!("\n### `footnote ask`, from start to end\n");
        println!("| | p50 ms | slowest ms | most memory MiB |\n|---|--:|--:|--:|");
        println!(
            "| what was learned is kept | {:.1} | {:.1} | {:.1} |",
            s.kept * 1e3,
            s.most * 1e3,
            s.peak as f64 / 1_024.0
        );
        println!("| nothing is kept | {:.1} | | {:.1} |", s.learning * 1e3, s.peak_learning as f64 / 1_024.0);
    }
    println!("\n### Goals\n");
    println!("| goal | figure | |\n|---|--:|---|");
    let find = |name: &str| measured.iter().find(|(base, _)| base.name == name).map(|(_, m)| m);
    let goal = |what: &str, figure: f64, limit: f64, unit: &str, at_most: bool| {
        let met = if at_most { figure <= limit } else { figure >= limit };
        println!("| {what} | {figure:.1}{unit} | {} |", if met { "met" } else { "missed" });
    };
    let p50 = |m: &Measured| m.of(OURS).map_or(f64::NAN, |s| s.p50);
    let p99 = |m: &Measured| m.of(OURS).map_or(f64::NAN, |s| s.p99);
    if let Some(m) = find("built-in") {
        goal("built in: p50 ≤ 40 µs", p50(m), 40.0, " µs", true);
        goal("built in: p99 ≤ 150 µs", p99(m), 150.0, " µs", true);
    }
    if let Some(m) = find("clinc") {
        goal("CLINC150: p50 ≤ 60 µs", p50(m), 60.0, " µs", true);
        goal("CLINC150: p99 ≤ 200 µs", p99(m), 200.0, " µs", true);
        let times = m.of(TANTIVY).map_or(f64::NAN, |s| s.p50) / p50(m);
        goal("CLINC150: at least 5 × faster than tantivy (p50)", times, 5.0, " ×", false);
    }
    if let Some(m) = find("cmrc") {
        goal("CMRC: p50 ≤ 60 µs", p50(m), 60.0, " µs", true);
    }
    if let (Some(small), Some(large)) = (find("1000"), find("100000")) {
        goal("100,000 sections: p50 ≤ 20 × that of 1,000", p50(large) / p50(small), 20.0, " ×", true);
        goal(
            "100,000 sections: index ≤ 2 KiB a section beyond its text",
            index_bytes(large) / 1_024.0,
            2.0,
            " KiB",
            true,
        );
    }
    if let Some((base, m)) = measured.iter().max_by(|a, b| a.1.worst().total_cmp(&b.1.worst())) {
        goal(&format!("worst input of 4,096 characters ≤ 5 ms ({})", base.title()), m.worst() / 1e3, 5.0, " ms", true);
    }
    if let Some(s) = start {
        goal("`footnote ask` ≤ 100 ms, kept", s.kept * 1e3, 100.0, " ms", true);
        goal("`footnote ask` ≤ 100 ms, nothing kept", s.learning * 1e3, 100.0, " ms", true);
        goal("`footnote ask` ≤ 40 MiB, kept", s.peak as f64 / 1_024.0, 40.0, " MiB", true);
        goal("`footnote ask` ≤ 40 MiB, nothing kept", s.peak_learning as f64 / 1_024.0, 40.0, " MiB", true);
    }
}

/// Returns the matcher's memory per section, in bytes, without the memory of the loaded texts. Uses
/// the process that loaded the matcher from the cache, because training leaves unused memory on the
/// heap.
fn index_bytes(m: &Measured) -> f64 {
    let Some(warm) = &m.warm else { return f64::NAN };
    (warm.after.saturating_sub(warm.with_files) * 1_024) as f64 / m.sections.max(1) as f64
}
