//! [`Engine`] answers a question in its conversation [`Context`] and returns a [`Turn`].
//!
//! The command line, the bot, inline queries and the tests all use [`Engine`].

use crate::knowledge::{Diagnostic, Knowledge, SectionId, Severity};
use crate::matching::{Decision, Explanation, Match, Matcher};
use crate::question::{Context, ProductNames, Question};
use crate::reply::{self, Card, Layout, Reply, SectionRef};
use crate::text::Language;

/// Maximum number of inline results returned by [`Engine::search`].
const MAX_CARDS: usize = 20;

/// Answers questions about one knowledge base.
///
/// An engine stores no conversation state: the same question in the same [`Context`] gives the same
/// [`Turn`]. Threads can therefore share one engine.
#[derive(Debug)]
pub struct Engine {
    knowledge: Knowledge,
    names: ProductNames,
    matcher: Matcher,
}

/// One question, the sections that matched the question, and the reply.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn {
    /// The parsed question: normalized text, language, and relation to the conversation before it.
    pub question: Question,
    /// The ranked sections, and the decision to answer, clarify or decline.
    pub matched: Match,
    /// The reply for a private chat. [`Engine::brief`] makes the reply for a group.
    pub reply: Reply,
}

impl Turn {
    /// Index into [`Knowledge::sections`] of the section that the reply shows. `None` unless the
    /// decision is to answer.
    #[must_use]
    pub fn shown(&self) -> Option<usize> {
        (self.matched.decision == Decision::Answer).then(|| self.matched.sections.first().map(|c| c.section)).flatten()
    }

    /// True if the text is worded as a question and the confidence of the decision reaches
    /// `threshold` (0 to 1).
    ///
    /// The bot requires both before it answers a group message that is not addressed to the bot.
    #[must_use]
    pub fn is_certainly_asked(&self, threshold: f64) -> bool {
        self.matched.confidence >= threshold && self.question.looks_like_question()
    }
}

/// Converts the reply to traditional Chinese characters if the question was in traditional Chinese.
fn match_script(question: &Question, reply: Reply) -> Reply {
    if question.is_traditional { reply.in_traditional() } else { reply }
}

impl Engine {
    /// Creates an engine and trains its matcher on a knowledge base. Training takes about half a
    /// second for the built-in knowledge base.
    #[must_use]
    pub fn new(knowledge: Knowledge) -> Engine {
        let matcher = Matcher::new(&knowledge);
        Engine::with_matcher(knowledge, matcher)
    }

    /// Creates an engine with a matcher that was trained earlier on the same knowledge base; see
    /// [`Matcher::from_bytes`].
    #[must_use]
    pub fn with_matcher(knowledge: Knowledge, matcher: Matcher) -> Engine {
        Engine { names: ProductNames::of(&knowledge), matcher, knowledge }
    }

    /// Serializes the trained matcher, for [`Matcher::from_bytes`].
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.matcher.to_bytes()
    }

    /// The knowledge base that the engine answers from.
    #[must_use]
    pub fn knowledge(&self) -> &Knowledge {
        &self.knowledge
    }

    /// Answers a question. Pass the result of [`Engine::context_after`] as the context of the next
    /// question.
    #[must_use]
    pub fn ask(&self, text: &str, context: &Context) -> Turn {
        let question = self.parse(text, context);
        let matched = self.matcher.rank(&question);
        let reply = match_script(&question, reply::compose(&self.knowledge, &question, &matched));
        Turn { question, matched, reply }
    }

    /// Parses a question. Its script may fit several languages of the knowledge base. Then the
    /// nearest sample questions tell the language, before the language of the context.
    fn parse(&self, text: &str, context: &Context) -> Question {
        let question = Question::new(text, context, &self.knowledge, &self.names);
        match self.matcher.likely_language(&question) {
            Some(language) => question.in_language(language, context),
            None => question,
        }
    }

    /// Returns the context of the next question in the same conversation: the section shown last,
    /// the language and the Chinese script.
    #[must_use]
    pub fn context_after(&self, context: &Context, turn: &Turn) -> Context {
        context.after(&turn.question, turn.shown().map(|section| self.id(section)))
    }

    /// Returns the reply for a group: a headline and one sentence, with the rest of the section in
    /// an expandable quote.
    #[must_use]
    pub fn brief(&self, turn: &Turn) -> Reply {
        match_script(&turn.question, reply::compose_briefly(&self.knowledge, &turn.question, &turn.matched))
    }

    /// Splits the score of a section into one contribution per word of the question.
    ///
    /// # Panics
    /// If `section` is not an index into [`Knowledge::sections`].
    #[must_use]
    pub fn explain(&self, question: &Question, section: usize) -> Explanation {
        self.matcher.explain(question, section)
    }

    /// Returns the id of the section at an index, as found in a [`Match`].
    ///
    /// # Panics
    /// If `section` is not an index into [`Knowledge::sections`].
    #[must_use]
    pub fn id(&self, section: usize) -> &SectionId {
        &self.knowledge.sections[section].id
    }

    /// Returns `wanted` if the knowledge base has that language, and the default language of the
    /// knowledge base otherwise.
    #[must_use]
    pub fn language(&self, wanted: Option<Language>) -> Language {
        wanted.filter(|l| self.knowledge.languages.contains(l)).unwrap_or_else(|| self.knowledge.default_language())
    }

    /// Renders one page of a section. Returns `None` if the knowledge base has no such section.
    #[must_use]
    pub fn section_page(&self, section: &SectionRef, layout: Layout) -> Option<Reply> {
        reply::section_page(&self.knowledge, section, layout)
    }

    /// Returns the reply to `/why`: an explanation of how the answer was found, in plain words.
    #[must_use]
    pub fn why(&self, turn: &Turn) -> Reply {
        let best = turn.matched.sections.first();
        let explanation = best.map(|best| self.explain(&turn.question, best.section));
        let why = reply::why(&self.knowledge, &turn.question, &turn.matched, explanation.as_ref());
        match_script(&turn.question, why)
    }

    /// Returns the reply to a press of 👎: buttons for the next best sections.
    #[must_use]
    pub fn alternatives(&self, turn: &Turn) -> Reply {
        match_script(&turn.question, reply::alternatives(&self.knowledge, &turn.question, &turn.matched))
    }

    /// True if the word is the name of a product of the knowledge base, in any spelling.
    #[must_use]
    pub fn names_product(&self, word: &str) -> bool {
        self.names.has(word)
    }

    /// Returns the inline results for a query that the user may still be typing, best first, at
    /// most 20.
    ///
    /// For an empty query, returns the introduction of each product, in menu order.
    #[must_use]
    pub fn search(&self, text: &str, context: &Context) -> Vec<Card> {
        let question = self.parse(text, context);
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

    /// Asks every sample question, section title and out-of-scope question of the knowledge base,
    /// and reports failures.
    ///
    /// A sample question or title fails if another section, or none, ranks first. An out-of-scope
    /// question fails if the engine answers the question.
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
