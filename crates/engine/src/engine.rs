//! The one door: a question goes in, a turn comes out. The command line, the bot, the inline bar
//! and the tests all come through here.

use crate::knowledge::{Diagnostic, Knowledge, SectionId, Severity};
use crate::matching::{Decision, Explanation, Match, Matcher};
use crate::question::{Context, ProductNames, Question};
use crate::reply::{self, Card, Layout, Reply, SectionRef};
use crate::text::Language;

/// Answers questions about one base. It has no state that a question changes: the same question in
/// the same context gets the same turn.
#[derive(Debug)]
pub struct Engine {
    knowledge: Knowledge,
    names: ProductNames,
    matcher: Matcher,
}

/// One question, what it was taken for, and what the person sees.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn {
    /// The question as understood.
    pub question: Question,
    /// The sections it came to.
    pub matched: Match,
    /// What the person sees.
    pub reply: Reply,
}

impl Turn {
    /// The section that was shown.
    #[must_use]
    pub fn shown(&self) -> Option<usize> {
        (self.matched.decision == Decision::Answer).then(|| self.matched.sections.first().map(|c| c.section)).flatten()
    }
}

/// Who asks in traditional characters is answered in them.
fn match_script(question: &Question, reply: Reply) -> Reply {
    if question.is_traditional { reply.in_traditional() } else { reply }
}

impl Turn {
    /// Was it a question at all, put into words as questions are, and is the answer surer than
    /// this? For what nobody put to us.
    #[must_use]
    pub fn is_certainly_asked(&self, threshold: f64) -> bool {
        self.matched.confidence >= threshold && self.question.looks_like_question()
    }
}

/// Most cards for one look-up.
const MAX_CARDS: usize = 20;

impl Engine {
    /// Reads a base for matching.
    #[must_use]
    pub fn new(knowledge: Knowledge) -> Engine {
        let matcher = Matcher::new(&knowledge);
        Engine::with(knowledge, matcher)
    }

    /// The same base with what was learned from it before.
    #[must_use]
    pub fn with(knowledge: Knowledge, matcher: Matcher) -> Engine {
        Engine { names: ProductNames::of(&knowledge), matcher, knowledge }
    }

    /// What was learned from the base, to be kept.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.matcher.to_bytes()
    }

    /// The base.
    #[must_use]
    pub fn knowledge(&self) -> &Knowledge {
        &self.knowledge
    }

    /// Answers a question.
    #[must_use]
    pub fn ask(&self, text: &str, context: &Context) -> Turn {
        let question = Question::new(text, context, &self.knowledge, &self.names);
        let matched = self.matcher.rank(&question);
        let reply = match_script(&question, reply::compose(&self.knowledge, &question, &matched));
        Turn { question, matched, reply }
    }

    /// The reply to the same question where others read along.
    #[must_use]
    pub fn brief(&self, turn: &Turn) -> Reply {
        match_script(&turn.question, reply::compose_briefly(&self.knowledge, &turn.question, &turn.matched))
    }

    /// How a section came to its score for a question.
    #[must_use]
    pub fn explain(&self, question: &Question, section: usize) -> Explanation {
        self.matcher.explain(question, section)
    }

    /// The id of a section that a [`Match`] names.
    #[must_use]
    pub fn id(&self, section: usize) -> &SectionId {
        &self.knowledge.sections[section].id
    }

    /// The best of these languages that the base has.
    #[must_use]
    pub fn language(&self, wanted: Option<Language>) -> Language {
        wanted.filter(|l| self.knowledge.languages.contains(l)).unwrap_or_else(|| self.knowledge.default_language())
    }

    /// A part of a section; `None` if there is no such section.
    #[must_use]
    pub fn passage(&self, passage: &SectionRef, view: Layout) -> Option<Reply> {
        reply::passage(&self.knowledge, passage, view)
    }

    /// How the answer to a question was found, in plain words.
    #[must_use]
    pub fn why(&self, turn: &Turn) -> Reply {
        let best = turn.matched.sections.first();
        let explanation = best.map(|best| self.explain(&turn.question, best.section));
        let why = reply::why(&self.knowledge, &turn.question, &turn.matched, explanation.as_ref());
        match_script(&turn.question, why)
    }

    /// What else may have been meant.
    #[must_use]
    pub fn alternatives(&self, turn: &Turn) -> Reply {
        match_script(&turn.question, reply::alternatives(&self.knowledge, &turn.question, &turn.matched))
    }

    /// Is this the name of a product, in any spelling?
    #[must_use]
    pub fn names_product(&self, word: &str) -> bool {
        self.names.has(word)
    }

    /// Sections for what somebody is still typing, best first. Nothing typed: what introduces each
    /// product, in the order of the menu.
    #[must_use]
    pub fn search(&self, text: &str, context: &Context) -> Vec<Card> {
        let question = Question::new(text, context, &self.knowledge, &self.names);
        let card = |section, highlight| reply::card(&self.knowledge, section, question.language, highlight);
        if question.normalized.is_empty() {
            let first = (0..self.knowledge.products.len()).filter_map(|p| self.knowledge.introduction_of(p));
            return first.take(MAX_CARDS).map(|section| card(section, None)).collect();
        }
        let matched = self.matcher.rank(&question);
        if !matched.is_plausible() {
            return Vec::new();
        }
        let highlights = std::iter::once(matched.highlight).chain(std::iter::repeat(None));
        matched.sections.iter().zip(highlights).map(|(c, highlight)| card(c.section, highlight)).collect()
    }

    /// Is every sample question, and every title that stands on a button, won by its own section,
    /// and none of the declined ones answered?
    #[must_use]
    pub fn self_check(&self) -> Vec<Diagnostic> {
        let context = Context::default();
        let mut problems = Vec::new();
        for (at, section) in self.knowledge.sections.iter().enumerate() {
            let titles = section.texts.values().map(|t| (t.title.as_str(), &t.location));
            let questions = section.texts.values().flat_map(|t| &t.questions).map(|l| (l.text.as_str(), &l.location));
            for (words, location) in titles.chain(questions) {
                let winner = self.ask(words, &context).matched.sections.first().map(|c| c.section);
                if winner != Some(at) {
                    let what = match winner {
                        Some(winner) => format!("`{words}` goes to `{}`, not to `{}`", self.id(winner), section.id),
                        None => format!("`{words}` is not taken for a question of `{}`", section.id),
                    };
                    let help = "reword it, move it, or give its section more questions of the kind";
                    problems.push(Diagnostic::new(Severity::Error, location.clone(), what, help));
                }
            }
        }
        for line in self.knowledge.out_of_scope.values().flatten() {
            let turn = self.ask(&line.text, &context);
            if let Some(section) = turn.shown() {
                let what = format!("this should be declined, and is answered with `{}`", self.id(section));
                let help = "add more of the kind here, or see whether the section does answer it";
                problems.push(Diagnostic::new(Severity::Warning, line.location.clone(), what, help));
            }
        }
        problems
    }
}
