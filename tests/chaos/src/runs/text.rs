//! Tests with hostile text: markup that must stay plain text, and long questions that may be slow.
//! These tests call the engine directly, without a bot process.

use std::time::{Duration, Instant};

use footnote_engine::engine::Engine;
use footnote_engine::question::Context;
use footnote_engine::reply::{EntityKind, RichText};

use super::{Bench, Verdict};
use crate::base::{Section, loaded, of_size, pick};
use crate::faults::Rng;

/// Text with a meaning in Telegram's markup, Markdown, HTML or Unicode text layout, and some plain
/// words.
const PIECES: [&str; 40] = [
    "<b>",
    "</b>",
    "<a href=\"tg://user?id=1\">",
    "</a>",
    "&lt;",
    "&#60;",
    "&amp;",
    "<",
    ">",
    "*",
    "**",
    "_",
    "__",
    "`",
    "```",
    "~~",
    "||",
    "[",
    "](tg://user?id=1)",
    "](javascript:alert(1))",
    "](https://evil.example)",
    "![](x)",
    "\\",
    "\\*",
    "@somebody",
    "/start",
    "#tag",
    "tg://resolve?domain=x",
    "{{",
    "{0}",
    "%s",
    "\u{202e}",
    "\u{2066}",
    "\u{200b}",
    "e\u{301}",
    "👩‍👩‍👧",
    "🇩🇪",
    "字",
    "words",
    " ",
];

fn hostile(rng: &mut Rng) -> String {
    let pieces = 1 + rng.below(12);
    (0..pieces).map(|_| *pick(&PIECES, rng)).collect()
}

/// Returns hostile text for titles and questions, which must not become links. The URL in the text
/// is on a domain that `fault_of` does not allow, so that `fault_of` reports a link to the URL.
fn hostile_line(rng: &mut Rng) -> String {
    hostile(rng).replace("evil.example", "nowhere.example")
}

/// Describes the first entity that Telegram would reject, or that links to a URL that the knowledge
/// base does not contain. Returns `None` if there is no such entity.
fn fault_of(text: &RichText) -> Option<String> {
    let units: Vec<u16> = text.text().encode_utf16().collect();
    text.entities().iter().find_map(|entity| {
        let stretch = units.get(entity.offset..entity.offset + entity.length);
        let is_whole = stretch.is_some_and(|s| !s.is_empty() && String::from_utf16(s).is_ok());
        let is_known = match &entity.kind {
            EntityKind::Link(url) => {
                url.starts_with("https://evil.example") || url.starts_with("https://chaos.example/")
            }
            _ => true,
        };
        (!is_whole || !is_known).then(|| format!("{entity:?} in {:?}", text.text()))
    })
}

pub async fn markup(bench: &Bench) -> Verdict {
    let count = bench.pick(10_000u32, 100_000);
    let mut rng = Rng::new(bench.seed);
    let (mut faults, mut changed, mut shown, mut strings) = (Vec::new(), 0, 0, 0);
    while strings < count {
        let sections: Vec<Section> = (0..8)
            .map(|_| Section {
                title: format!("A {} z", hostile_line(&mut rng)),
                question: hostile_line(&mut rng),
                body: format!("Plain words about it. {} And more.\n\n{}", hostile(&mut rng), hostile(&mut rng)),
            })
            .collect();
        let base = loaded(&sections);
        let titles: Vec<&str> = sections.iter().map(|section| section.title.as_str()).collect();
        let read = base.knowledge.sections.iter().flat_map(|section| section.texts.values());
        changed += read.filter(|text| !titles.contains(&text.title.as_str())).count();
        let engine = Engine::new(base.knowledge);
        strings += 4 * 8;
        for number in 0..40 {
            let question = sections.get(number % 10).map_or_else(|| hostile_line(&mut rng), |s| s.title.clone());
            strings += u32::from(number % 10 > 7);
            let turn = engine.ask(&question, &Context::default());
            shown += u32::from(turn.shown().is_some());
            let cards = engine.search(&question, &Context::default());
            let texts = [turn.reply.text.clone(), engine.brief(&turn).text, engine.why(&turn).text];
            faults.extend(texts.iter().chain(cards.iter().map(|card| &card.reply.text)).filter_map(fault_of));
            if let Some(section) = turn.shown() {
                let (_, written) = engine.knowledge().text(section, turn.question.language);
                changed += usize::from(!turn.reply.text.text().starts_with(&written.title));
            }
        }
        tokio::task::yield_now().await;
    }
    Verdict {
        is_good: faults.is_empty() && changed == 0 && shown > 0,
        figures: format!(
            "{strings} strings of markup as questions, titles, sample questions and text; {shown} sections shown; {} entities that Telegram would refuse or that lead elsewhere, {changed} titles changed {}",
            faults.len(),
            faults.first().map_or("", String::as_str)
        ),
        mark: "none, and none".to_owned(),
    }
}

/// Returns the time of the slowest question in a generated knowledge base with this many sections.
/// The fastest of three attempts counts for each question, because other programs also use the
/// machine.
pub fn slowest_match(sections: usize, questions: &[String], seed: u64) -> Duration {
    let engine = Engine::new(loaded(&of_size(sections, &mut Rng::new(seed))).knowledge);
    let once = |question: &String| {
        let began = Instant::now();
        std::hint::black_box(engine.ask(question, &Context::default()));
        began.elapsed()
    };
    let took = questions.iter().filter_map(|question| (0..3).map(|_| once(question)).min());
    took.max().unwrap_or_default()
}
