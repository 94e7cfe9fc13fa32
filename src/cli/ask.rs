//! The command `footnote ask`: answers a single question, an interactive chat, or one question per
//! line of standard input.

use std::io::{BufRead, IsTerminal, Write};

use serde::Serialize;

use super::exit::Exit;
use super::knowledge_args::KnowledgeArgs;
use footnote_engine::engine::{Engine, Turn};
use footnote_engine::knowledge::SectionId;
use footnote_engine::matching::{Decision, MatchKind, Unstated, WordContribution};
use footnote_engine::question::Context;
use footnote_engine::reply::{Layout, SectionRef, plain};
use footnote_engine::text::to_traditional;

/// Answers a question.
///
/// Without a question: a chat on a terminal (an empty line ends it), or one independent question a
/// line from standard input.
#[derive(Debug, clap::Args)]
#[command(
    after_help = "Examples:\n  footnote ask \"Whisper 用了多少小时的数据训练？\"\n  footnote ask --json < questions.txt"
)]
pub struct Args {
    /// The question
    question: Option<String>,
    /// One JSON object a line instead of text
    #[arg(long)]
    json: bool,
    /// Also tell how the answer was found
    #[arg(long)]
    explain: bool,
}

pub fn run(args: &Args, knowledge: &KnowledgeArgs) -> anyhow::Result<Exit> {
    let engine = knowledge.engine()?;
    let mut out = std::io::stdout().lock();
    match &args.question {
        Some(question) => show(&mut out, &engine, args, &engine.ask(question, &Context::default()))?,
        None if std::io::stdin().is_terminal() => chat(&mut out, &engine, args)?,
        None => each_line(&mut out, &engine, args)?,
    }
    Ok(Exit::Success)
}

fn each_line(out: &mut impl Write, engine: &Engine, args: &Args) -> std::io::Result<()> {
    for line in std::io::stdin().lock().split(b'\n') {
        let line = line?;
        let question = String::from_utf8_lossy(&line);
        show(out, engine, args, &engine.ask(question.trim_end_matches('\r'), &Context::default()))?;
        if !args.json {
            writeln!(out)?;
        }
    }
    Ok(())
}

fn chat(out: &mut impl Write, engine: &Engine, args: &Args) -> std::io::Result<()> {
    writeln!(out, "{}", plain(&engine.ask("help", &Context::default()).reply))?;
    let mut context = Context::default();
    let mut options: Vec<SectionId> = Vec::new();
    let mut last: Option<Turn> = None;
    let mut lines = std::io::stdin().lock().lines();
    loop {
        write!(out, "\n> ")?;
        out.flush()?;
        let Some(line) = lines.next().transpose()?.filter(|line| !line.trim().is_empty()) else { return Ok(()) };
        // A line with a number selects one of the sections that the bot offered when it asked back.
        let chosen = line.trim().parse::<usize>().ok().and_then(|n| options.get(n.checked_sub(1)?));
        if let Some(id) = chosen {
            let reply =
                engine.section_page(&SectionRef::of(id.clone(), engine.language(context.language)), Layout::Whole);
            let text = reply.as_ref().map(plain).unwrap_or_default();
            writeln!(out, "{}", in_script(context.is_traditional, text))?;
            context.last_section = Some(id.clone());
            options.clear();
            continue;
        }
        if let Some(turn) = last.as_ref().filter(|_| engine.asks_why(&line)) {
            writeln!(out, "{}", plain(&engine.why(turn)))?;
            continue;
        }
        let turn = engine.ask(&line, &context);
        show(out, engine, args, &turn)?;
        let offered = match turn.matched.decision {
            Decision::Clarify => turn.matched.options(),
            Decision::Decline => turn.matched.nearest(),
            Decision::Answer | Decision::Smalltalk(_) => &[],
        };
        options = offered.iter().map(|c| engine.id(c.section).clone()).collect();
        context = engine.context_after(&context, &turn);
        last = Some(turn);
    }
}

fn show(out: &mut impl Write, engine: &Engine, args: &Args, turn: &Turn) -> std::io::Result<()> {
    if args.json {
        serde_json::to_writer(&mut *out, &Answer::of(engine, turn))?;
        writeln!(out)?;
    } else {
        writeln!(out, "{}", text_of(engine, turn))?;
    }
    if args.explain {
        explain(out, engine, args, turn)?;
    }
    Ok(())
}

/// Returns the text of the reply. Below a declined question, lists the nearest sections, which a
/// chat shows as buttons.
fn text_of(engine: &Engine, turn: &Turn) -> String {
    let mut text = plain(&turn.reply);
    if turn.matched.decision == Decision::Decline {
        for (at, candidate) in turn.matched.nearest().iter().enumerate() {
            let (_, section) = engine.knowledge().text(candidate.section, turn.question.language);
            let title = in_script(turn.question.is_traditional, section.title.clone());
            text += &format!("\n{}. {title}", at + 1);
        }
    }
    text
}

/// Converts a text to traditional Chinese characters if the user writes them.
fn in_script(is_traditional: bool, text: String) -> String {
    if is_traditional { to_traditional(&text) } else { text }
}

/// The JSON object that `footnote ask --json` prints for one question. The field names are the JSON
/// keys.
#[derive(Serialize)]
struct Answer<'a> {
    question: &'a str,
    language: String,
    decision: &'static str,
    confidence: f64,
    sections: Vec<Section<'a>>,
    highlight: Option<String>,
    /// The attribute of the question's subject that the article does not state.
    unstated: Option<&'static str>,
    /// The words of a declined question that the knowledge base does not contain.
    unknown_words: &'a [String],
    text: String,
}

#[derive(Serialize)]
struct Section<'a> {
    id: &'a str,
    score: f64,
    confidence: f64,
}

impl<'a> Answer<'a> {
    fn of(engine: &'a Engine, turn: &'a Turn) -> Answer<'a> {
        let matched = &turn.matched;
        let section = |c: &footnote_engine::matching::Candidate| Section {
            id: engine.id(c.section).as_str(),
            score: round(c.score),
            confidence: round(c.confidence),
        };
        let sentence = |section: usize, at: usize| {
            let (_, text) = engine.knowledge().text(section, turn.question.language);
            text.body.sentences().nth(at).map(|s| in_script(turn.question.is_traditional, s.plain()))
        };
        let (unstated, unknown_words) = match &matched.unstated {
            Some(Unstated::Attribute(attribute)) => (Some(attribute.name_en), &[][..]),
            Some(Unstated::Words(words)) => (None, words.as_slice()),
            None => (None, &[][..]),
        };
        Answer {
            question: &turn.question.raw,
            language: turn.question.language.to_string(),
            decision: matched.decision.name(),
            confidence: round(matched.confidence),
            sections: matched.sections.iter().map(section).collect(),
            highlight: turn.shown().zip(matched.highlight).and_then(|(s, at)| sentence(s, at)),
            unstated,
            unknown_words,
            text: text_of(engine, turn),
        }
    }
}

/// Converts an answer and its explanation to one JSON object. The inspector in the playground's
/// page shows this object.
pub(super) fn inspect(engine: &Engine, turn: &Turn) -> serde_json::Value {
    let why = turn.matched.sections.iter().take(MAX_EXPLAINED).map(|candidate| {
        let why = engine.explain(&turn.question, candidate.section);
        let word = |word: &WordContribution| {
            serde_json::json!({
                "asked": word.typed,
                "matched": word.matched,
                "path": match_kind_name(word.match_kind),
                "adds": round(word.sum()),
            })
        };
        serde_json::json!({
            "id": engine.id(candidate.section).as_str(),
            "nearest": why.nearest_sample,
            "base": round(why.intercept),
            "words": why.words.iter().map(word).collect::<Vec<_>>(),
            "unknown": why.unknown,
        })
    });
    serde_json::json!({
        "answer": Answer::of(engine, turn),
        "normal": turn.question.normalized,
        "ours": round(turn.matched.in_scope),
        "leans_on": turn.question.follow_up_to.map(|section| engine.id(section).as_str()),
        "why": why.collect::<Vec<_>>(),
    })
}

fn round(number: f64) -> f64 {
    (number * 10_000.0).round() / 10_000.0
}

/// Maximum number of sections per question whose score is explained.
const MAX_EXPLAINED: usize = 2;

/// Prints how much each word of the question adds to the scores of the best sections. With
/// `--json`, prints to standard error, so that standard output contains only one JSON object per
/// line.
fn explain(out: &mut impl Write, engine: &Engine, args: &Args, turn: &Turn) -> std::io::Result<()> {
    let mut text = format!("\nread as: {}\n", turn.question.normalized);
    for candidate in turn.matched.sections.iter().take(MAX_EXPLAINED) {
        let why = engine.explain(&turn.question, candidate.section);
        let id = engine.id(candidate.section);
        text += &format!(
            "\n{id}: score {:.2}, confidence {:.2}; nearest sample: {}\n",
            why.score, candidate.confidence, why.nearest_sample
        );
        text += "   score = samples + nearest + text\n";
        for part in &why.words {
            let is_exact = part.match_kind == MatchKind::Exact;
            let matched_word = if is_exact {
                part.typed.clone()
            } else {
                format!("{} → {} ({})", part.typed, part.matched, match_kind_name(part.match_kind))
            };
            text += &format!(
                "  {:+.2} = {:+.2} {:+.2} {:+.2}  {matched_word}\n",
                part.sum(),
                part.svm,
                part.sample,
                part.text
            );
        }
        text += &format!("  {:+.2}  what no word added\n", why.intercept);
        if !why.unknown.is_empty() {
            text += &format!("  unknown: {}\n", why.unknown.join(" "));
        }
    }
    let matched = &turn.matched;
    text += &format!(
        "\nprobability that the article answers this: {:.2}; decision: {}\n",
        matched.in_scope,
        matched.decision.name()
    );
    if args.json { std::io::stderr().write_all(text.as_bytes()) } else { out.write_all(text.as_bytes()) }
}

/// Returns the name by which explanations call this kind of match between a typed word and a known
/// word.
fn match_kind_name(kind: MatchKind) -> &'static str {
    match kind {
        MatchKind::Exact => "as typed",
        MatchKind::Typo => "a slip",
        MatchKind::Prefix => "the beginning of the word",
        MatchKind::Split => "written together",
        MatchKind::Pinyin => "pinyin",
        MatchKind::Homophone => "a character of the same sound",
        MatchKind::Lookalike => "a character of similar look",
        MatchKind::Sound => "a name by its sound",
        MatchKind::Inherited => "from the section before",
    }
}
