//! [`Engine`] answers a question in its conversation [`Context`] and returns a [`Turn`].
//!
//! The command line, the bot, inline queries and the tests all use [`Engine`].

use std::cmp::Reverse;

use crate::knowledge::{Diagnostic, Knowledge, Section, SectionId, Severity};
use crate::matching::{self, Decision, Explanation, Match, Matcher, Smalltalk, Unstated};
use crate::question::{Context, ProductNames, Question, Request};
use crate::reply::{self, Card, Layout, Reply, SectionRef};
use crate::text::{Language, normalize};
use crate::wording;

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
    /// The section that sums up the article, if one does.
    summary: Option<usize>,
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
    /// The turns of the other questions in a message with several, which `reply` answers too.
    pub also: Vec<Turn>,
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

/// Returns what a turn says of its question: the sentence, or what is not stated.
fn answer_of(turn: &Turn) -> (Option<usize>, Option<&Unstated>) {
    (turn.matched.highlight, turn.matched.unstated.as_ref())
}

/// Converts the reply to traditional Chinese characters if the question was in traditional Chinese.
fn match_script(question: &Question, reply: Reply) -> Reply {
    if question.is_traditional { reply.in_traditional() } else { reply }
}

/// Returns the section that sums up the article: the one with the most titles, aliases and samples
/// that ask for a summary.
fn summary_section(knowledge: &Knowledge) -> Option<usize> {
    let count = |section: &Section| {
        let texts = section.texts.values();
        let asked = texts.flat_map(|text| {
            let samples = text.questions.iter().map(|question| &question.text);
            let lines = text.aliases.iter().map(|alias| &alias.text).chain(samples).map(String::as_str);
            lines.chain([text.title.as_str()])
        });
        asked.filter(|text| wording::request(&normalize(text)) == Some(Request::Summary)).count()
    };
    let counts = knowledge.sections.iter().map(count).enumerate();
    counts.filter(|(_, count)| *count > 0).min_by_key(|(at, count)| (Reverse(*count), *at)).map(|(at, _)| at)
}

impl Engine {
    /// Creates an engine and trains its matcher on a knowledge base. Training takes about half a
    /// second for the built-in knowledge base.
    #[must_use]
    pub fn new(knowledge: Knowledge) -> Engine {
        let matcher = Matcher::new(&knowledge);
        Engine { names: ProductNames::of(&knowledge), summary: summary_section(&knowledge), matcher, knowledge }
    }

    /// Serializes everything that the engine computed from its knowledge base, for
    /// [`Engine::from_bytes`] in the same build of the program.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        // Serializing should never fail. If it fails, the result is empty, and `from_bytes` rejects
        // an empty input.
        postcard::to_stdvec(&(&self.names, self.summary, &self.matcher)).unwrap_or_default()
    }

    /// Creates an engine from the output of [`Engine::to_bytes`], without training. The knowledge
    /// base must be the same.
    ///
    /// # Errors
    /// Gives the knowledge base back if the bytes are not a serialized engine.
    pub fn from_bytes(knowledge: Knowledge, bytes: &[u8]) -> Result<Engine, Box<Knowledge>> {
        match postcard::from_bytes(bytes) {
            Ok((names, summary, matcher)) => Ok(Engine { knowledge, names, summary, matcher }),
            Err(_) => Err(Box::new(knowledge)),
        }
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
        self.ask_several(text, context).unwrap_or_else(|| self.ask_one(text, context))
    }

    /// Answers a message with several questions. Returns `None` unless each of them has an answer.
    fn ask_several(&self, text: &str, context: &Context) -> Option<Turn> {
        let ways = wording::splits(text);
        // A sample may ask two things at once.
        if ways.is_empty() || self.matcher.sample_section(&self.parse(text, context)).is_some() {
            return None;
        }
        let mut turns = ways.into_iter().find_map(|parts| self.ask_each(&parts, context))?;
        let reply = self.reply_to_all(&turns.iter().collect::<Vec<_>>(), reply::Layout::Answer);
        let also = turns.split_off(1);
        turns.pop().map(|first| Turn { reply, also, ..first })
    }

    /// Asks the questions of a message. Returns `None` if one of them has no answer, if two have
    /// the same answer, or if one compares its subject with another's.
    fn ask_each(&self, parts: &[&str], context: &Context) -> Option<Vec<Turn>> {
        /// Minimum confidence of each answer. One question is split more often than two are asked.
        const MIN_CONFIDENCE: f64 = 0.6;
        let mut context = context.clone();
        let mut turns: Vec<Turn> = Vec::new();
        for part in parts {
            let turn = self.ask_one(part, &context);
            let is_answered = turn.shown().is_some() && turn.matched.confidence >= MIN_CONFIDENCE;
            let is_same = |other: &Turn| other.shown() == turn.shown() && answer_of(other) == answer_of(&turn);
            if !is_answered || turn.question.is_comparison || turns.iter().any(is_same) {
                return None;
            }
            context = self.context_after(&context, &turn);
            turns.push(turn);
        }
        Some(turns)
    }

    /// Joins the replies to several questions. If one section answers all, shows it once, below all
    /// answers.
    fn reply_to_all(&self, turns: &[&Turn], layout: reply::Layout) -> Reply {
        let matches = || turns.iter().map(|turn| (&turn.question, &turn.matched));
        let is_one_section = turns.iter().all(|turn| turn.shown() == turns[0].shown());
        let joined = if is_one_section {
            reply::compose_together(&self.knowledge, &matches().collect::<Vec<_>>(), layout)
        } else {
            let sections = turns.iter().filter_map(|turn| Some((turn.shown()?, turn.question.language)));
            let sections: Vec<(usize, Language)> = sections.collect();
            let brief = || matches().map(|(q, m)| reply::compose_briefly(&self.knowledge, q, m)).collect::<Vec<_>>();
            let replies = match layout {
                reply::Layout::Brief => brief(),
                _ => matches().map(|(q, m)| reply::compose(&self.knowledge, q, m)).collect(),
            };
            reply::join(&self.knowledge, &replies, &sections)
                .unwrap_or_else(|| reply::join_truncated(&self.knowledge, &brief(), &sections))
        };
        if turns.iter().all(|turn| turn.question.is_traditional) { joined.in_traditional() } else { joined }
    }

    /// Answers a message as one question.
    fn ask_one(&self, text: &str, context: &Context) -> Turn {
        let (question, matched) = self.matched(self.parse(text, context), context);
        let reply = match_script(&question, reply::compose(&self.knowledge, &question, &matched));
        Turn { question, matched, reply, also: Vec::new() }
    }

    /// Ranks the sections for a question. If a question for a product finds no section, ranks the
    /// products instead. If only its description of the product finds one, the description becomes
    /// the question.
    fn matched(&self, question: Question, context: &Context) -> (Question, Match) {
        if let Some(matched) = self.requested(&question, context) {
            return match question.request {
                Some(Request::InLanguage(language)) => (question.in_language(language, context), matched),
                _ => (question, matched),
            };
        }
        let matched = self.matcher.rank(&question);
        let is_open = matches!(matched.decision, Decision::Clarify | Decision::Decline);
        if !question.seeks_product || !is_open || self.matcher.is_out_of_scope_sample(&question) {
            return (question, matched);
        }
        let is_introduction = |section: usize| {
            self.knowledge.sections[section].product.is_none_or(|p| self.knowledge.introduction_of(p) == Some(section))
        };
        // The introduction of a product says what the product is, which is what the question asks.
        for question in [Some(question.clone()), question.narrowed()].into_iter().flatten() {
            let matched = self.matcher.rank_products(&question, is_introduction);
            if matched.decision == Decision::Answer {
                return (question, matched);
            }
        }
        let of_all = self.matcher.rank_products(&question, |_| true);
        if of_all.decision == Decision::Answer { (question, of_all) } else { (question, matched) }
    }

    /// Returns the match of a message that asks for a summary, or for more of the section shown
    /// last. Returns `None` for every other message, and for one that a section has as a sample.
    fn requested(&self, question: &Question, context: &Context) -> Option<Match> {
        let request = question.request.filter(|_| self.matcher.sample_section(question).is_none())?;
        let last = context.last_section.as_ref().and_then(|id| self.knowledge.find(id));
        let topic = last.and_then(|last| self.knowledge.sections[last].product);
        let is_about_it = question.has_anaphora && question.follow_up_to.is_some();
        let section = match (request, question.product) {
            (Request::Summary, Some(product)) => self.knowledge.introduction_of(product),
            // "What is it about" asks about the product shown before.
            (Request::Summary, None) if is_about_it && topic.is_some() => {
                topic.and_then(|product| self.knowledge.introduction_of(product))
            }
            (Request::Summary, None) => self.summary,
            (Request::More | Request::Whole | Request::Why, Some(_)) => return None,
            (Request::More, None) => last.map(|last| self.continuation(last, question.language)),
            (Request::Whole, None) => last,
            (Request::InLanguage(language), None) if self.knowledge.languages.contains(&language) => last,
            (Request::InLanguage(_), _) => return None,
            // Without the question before, the section's own reasons are the best answer.
            (Request::Why, _) if question.follow_up_to.is_some() => return None,
            (Request::Why, _) => None,
        };
        Some(match (section, request) {
            (Some(section), _) => Match::of_section(section, self.explain(question, section).score),
            (None, Request::Summary) => Match::smalltalk(Smalltalk::Summary),
            (None, _) => Match::smalltalk(Smalltalk::Unclear),
        })
    }

    /// Returns the section that says more than the answer before: the same section if the answer
    /// did not show all of it at once, or else a related one.
    fn continuation(&self, section: usize, language: Language) -> usize {
        let related = self.knowledge.sections[section].related.first().copied();
        related.filter(|_| reply::is_shown_whole(&self.knowledge, section, language)).unwrap_or(section)
    }

    /// Parses a question. Its script may fit several languages of the knowledge base. Then the
    /// nearest sample questions tell the language, before the language of the context.
    fn parse(&self, text: &str, context: &Context) -> Question {
        let whole = Question::new(text, context, &self.knowledge, &self.names);
        let rest = matching::without_opening(text);
        // A sample may open with a greeting too.
        let question = if rest == text || self.matcher.sample_section(&whole).is_some() {
            whole
        } else {
            let rest = Question::new(rest, context, &self.knowledge, &self.names);
            Question { raw: text.to_owned(), ..rest }
        };
        match self.matcher.likely_language(&question) {
            Some(language) => question.in_language(language, context),
            None => question,
        }
    }

    /// Returns the context of the next question in the same conversation: the section shown last or
    /// the introduction of a product asked about, the language and the Chinese script.
    #[must_use]
    pub fn context_after(&self, context: &Context, turn: &Turn) -> Context {
        // A product that was named stays the subject, although the bot asked back.
        let named = turn.question.product.filter(|_| turn.matched.decision == Decision::Clarify);
        let subject = named.and_then(|product| self.knowledge.introduction_of(product));
        context.after(&turn.question, turn.shown().or(subject).map(|section| self.id(section)))
    }

    /// Returns the reply for a group: a headline and one sentence, with the rest of the section in
    /// an expandable quote.
    #[must_use]
    pub fn brief(&self, turn: &Turn) -> Reply {
        if !turn.also.is_empty() {
            let turns: Vec<&Turn> = std::iter::once(turn).chain(&turn.also).collect();
            return self.reply_to_all(&turns, reply::Layout::Brief);
        }
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

    /// True if a message asks for the explanation of the last answer, as `/why` does. The caller
    /// knows the last turn, and passes it to [`Engine::why`].
    #[must_use]
    pub fn asks_why(&self, text: &str) -> bool {
        wording::request(&normalize(text)) == Some(Request::Why)
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
        let card = |section, highlight| {
            let card = reply::card(&self.knowledge, section, question.language, highlight);
            if question.is_traditional { card.in_traditional() } else { card }
        };
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

#[cfg(test)]
mod tests {
    use super::Engine;
    use crate::knowledge::embedded;
    use crate::question::Context;

    #[test]
    fn a_deserialized_engine_gives_the_same_answers() {
        let engine = Engine::new(embedded().knowledge);
        let bytes = engine.to_bytes();
        let copy = Engine::from_bytes(embedded().knowledge, &bytes).expect("a serialized engine");
        for text in ["what is whisper", "总结一下", "哪个能画画", "zebra", "hello"] {
            let [turn, same] = [&engine, &copy].map(|engine| engine.ask(text, &Context::default()));
            assert_eq!(turn, same, "{text}");
            if let Some(section) = turn.shown() {
                assert_eq!(engine.explain(&turn.question, section), copy.explain(&turn.question, section), "{text}");
            }
        }
        for broken in [&[][..], &bytes[..99]] {
            assert!(Engine::from_bytes(embedded().knowledge, broken).is_err());
        }
    }
}
