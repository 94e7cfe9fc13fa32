//! [`Engine`]: a question in its context goes in, a [`Turn`] comes out.
//!
//! The command line, the bot, inline search and the tests all ask through it.

use crate::knowledge::{Diagnostic, Knowledge, SectionId, Severity};
use crate::matching::{Decision, Explanation, Match, Matcher};
use crate::question::{Context, ProductNames, Question};
use crate::reply::{self, Card, Layout, Reply, SectionRef};
use crate::text::Language;

/// The most cards of one search.
const MAX_CARDS: usize = 20;

/// Answers questions about one base.
///
/// It keeps no conversation: the same question in the same [`Context`] gives the same [`Turn`]. It
/// can therefore be shared between threads.
#[derive(Debug)]
pub struct Engine {
    knowledge: Knowledge,
    names: ProductNames,
    matcher: Matcher,
}

/// One question, the sections that it matched, and the reply.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn {
    /// The question as parsed.
    pub question: Question,
    /// The ranked sections and the decision.
    pub matched: Match,
    /// The reply for a private chat. [`Engine::brief`] makes the one for a group.
    pub reply: Reply,
}

impl Turn {
    /// The section that the reply shows: an index into [`Knowledge::sections`]. `None` unless the
    /// decision is to answer.
    #[must_use]
    pub fn shown(&self) -> Option<usize> {
        (self.matched.decision == Decision::Answer).then(|| self.matched.sections.first().map(|c| c.section)).flatten()
    }

    /// Is the text worded as a question, and is the decision at least this probable (0 to 1)?
    ///
    /// Proactive answers require it, because nobody addressed the bot.
    #[must_use]
    pub fn is_certainly_asked(&self, threshold: f64) -> bool {
        self.matched.confidence >= threshold && self.question.looks_like_question()
    }
}

/// Converts the reply to a question in traditional Chinese into traditional characters.
fn match_script(question: &Question, reply: Reply) -> Reply {
    if question.is_traditional { reply.in_traditional() } else { reply }
}

impl Engine {
    /// Trains a matcher on a base; for the built-in base, in about half a second.
    #[must_use]
    pub fn new(knowledge: Knowledge) -> Engine {
        let matcher = Matcher::new(&knowledge);
        Engine::with_matcher(knowledge, matcher)
    }

    /// Reuses a matcher trained on the same base; see [`Matcher::from_bytes`].
    #[must_use]
    pub fn with_matcher(knowledge: Knowledge, matcher: Matcher) -> Engine {
        Engine { names: ProductNames::of(&knowledge), matcher, knowledge }
    }

    /// The trained matcher in bytes, for [`Matcher::from_bytes`].
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.matcher.to_bytes()
    }

    /// The base that the answers come from.
    #[must_use]
    pub fn knowledge(&self) -> &Knowledge {
        &self.knowledge
    }

    /// Answers a question. Pass [`Engine::context_after`] as the context of the next one.
    #[must_use]
    pub fn ask(&self, text: &str, context: &Context) -> Turn {
        let question = Question::new(text, context, &self.knowledge, &self.names);
        let matched = self.matcher.rank(&question);
        let reply = match_script(&question, reply::compose(&self.knowledge, &question, &matched));
        Turn { question, matched, reply }
    }

    /// The context of the next question in the same conversation: the section shown last, the
    /// language and the Chinese script.
    #[must_use]
    pub fn context_after(&self, context: &Context, turn: &Turn) -> Context {
        context.after(&turn.question, turn.shown().map(|section| self.id(section)))
    }

    /// The reply for a group: a headline and one sentence, the rest folded up.
    #[must_use]
    pub fn brief(&self, turn: &Turn) -> Reply {
        match_script(&turn.question, reply::compose_briefly(&self.knowledge, &turn.question, &turn.matched))
    }

    /// Breaks the score of a section down by the words of the question.
    ///
    /// # Panics
    /// If `section` is not an index into [`Knowledge::sections`].
    #[must_use]
    pub fn explain(&self, question: &Question, section: usize) -> Explanation {
        self.matcher.explain(question, section)
    }

    /// The id of a section that a [`Match`] names by its index.
    ///
    /// # Panics
    /// If `section` is not an index into [`Knowledge::sections`].
    #[must_use]
    pub fn id(&self, section: usize) -> &SectionId {
        &self.knowledge.sections[section].id
    }

    /// The wanted language if the base has it, or else the base's default.
    #[must_use]
    pub fn language(&self, wanted: Option<Language>) -> Language {
        wanted.filter(|l| self.knowledge.languages.contains(l)).unwrap_or_else(|| self.knowledge.default_language())
    }

    /// One page of a section; `None` if the base has no such section.
    #[must_use]
    pub fn section_page(&self, section: &SectionRef, layout: Layout) -> Option<Reply> {
        reply::section_page(&self.knowledge, section, layout)
    }

    /// The reply to "why?": how the answer was found, in plain words.
    #[must_use]
    pub fn why(&self, turn: &Turn) -> Reply {
        let best = turn.matched.sections.first();
        let explanation = best.map(|best| self.explain(&turn.question, best.section));
        let why = reply::why(&self.knowledge, &turn.question, &turn.matched, explanation.as_ref());
        match_script(&turn.question, why)
    }

    /// The reply to 👎: buttons for the next best sections.
    #[must_use]
    pub fn alternatives(&self, turn: &Turn) -> Reply {
        match_script(&turn.question, reply::alternatives(&self.knowledge, &turn.question, &turn.matched))
    }

    /// Is this the name of a product of the base, in any spelling?
    #[must_use]
    pub fn names_product(&self, word: &str) -> bool {
        self.names.has(word)
    }

    /// Search results for a text that somebody is still typing, best first, at most 20.
    ///
    /// For an empty text: the introduction of each product, in the order of the menu.
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

    /// Asks every sample question, title and out-of-scope question of the base.
    ///
    /// Reports each sample question or title whose first section is not its own, and each
    /// out-of-scope question that is answered.
    #[must_use]
    pub fn self_check(&self) -> Vec<Diagnostic> {
        let context = Context::default();
        let mut diagnostics = Vec::new();
        for (index, section) in self.knowledge.sections.iter().enumerate() {
            let titles = section.texts.values().map(|t| (t.title.as_str(), &t.location));
            let questions = section.texts.values().flat_map(|t| &t.questions).map(|l| (l.text.as_str(), &l.location));
            for (text, location) in titles.chain(questions) {
                let winner = self.ask(text, &context).matched.sections.first().map(|c| c.section);
                if winner != Some(index) {
                    let what = match winner {
                        Some(winner) => format!("`{text}` goes to `{}`, not to `{}`", self.id(winner), section.id),
                        None => format!("`{text}` is not taken for a question of `{}`", section.id),
                    };
                    let help = "reword it, move it, or give its section more questions of the kind";
                    diagnostics.push(Diagnostic::new(Severity::Error, location.clone(), what, help));
                }
            }
        }
        for line in self.knowledge.out_of_scope.values().flatten() {
            let turn = self.ask(&line.text, &context);
            if let Some(section) = turn.shown() {
                let what = format!("this should be declined, and is answered with `{}`", self.id(section));
                let help = "add more of the kind here, or see whether the section does answer it";
                diagnostics.push(Diagnostic::new(Severity::Warning, line.location.clone(), what, help));
            }
        }
        diagnostics
    }
}
