//! Matches questions with sections: ranks the sections, estimates their probabilities, decides how
//! to respond, and explains the scores.
//!
//! The files, in reading order:
//!
//! 1. **From a text to features.** `smalltalk` recognizes messages that need no section.
//!    `tokenizer` splits a text into each `token`. In questions, it also corrects typos with
//!    `vocabulary`, and input by sound with `phonetic_model`: `pinyin_decoder`, `initials_index`
//!    and `char_correction` use `char_bigram_model` and `reading_index`, and `spoken_names` finds
//!    misheard names. `stopwords` gives low weight to words without content. `features` turns
//!    tokens into words by `stemmers`, n-grams and `word_clusters`. `feature_ids` numbers the
//!    features.
//! 2. **Similarity to sample questions.** `vectorizer` makes TF-IDF vectors, and adds up the
//!    `word_vectors`. `sample_index` finds the nearest sample of each section by cosine. `linear`
//!    is a linear support vector machine per section.
//! 3. **Similarity to section texts.** `query` encodes the question as terms, weighted by
//!    `term_statistics`. `section_index` retrieves sections by their rarest terms and scores
//!    sections with BM25. `posting_codec` is the byte format of `section_index`. `word_coverage`
//!    tells which of the question's words a section uses.
//! 4. **Scoring.** `scoring_features` defines the similarity features. `topic` is the section of an
//!    earlier answer. `calibration` holds the feature weights, and `fit` estimates the weights.
//!    `model` contains all trained parts. `score` encodes a question and scores the candidate
//!    sections.
//! 5. **Training.** `corpus` collects the texts of a knowledge base. `model_builder` builds a model
//!    from the texts, with given weights. `cross_fit` scores questions with
//!    models that were not trained on them. `training` trains a model on the corpus and fits the
//!    weights to these scores.
//! 6. **The result.** `costs` chooses the action with the lowest expected cost, and `decide`
//!    returns the action in a [`Match`]. `highlight` finds the sentence that answers the question,
//!    from its `sentence_traits` and `proper_names`, and `unstated` what no sentence states.
//!    `explain` splits a score into contributions of words. `expectation` estimates by
//!    cross-validation what a knowledge base will answer.

mod smalltalk;
mod token;
mod tokenizer;
mod vocabulary;
mod phonetic_model;
mod char_bigram_model;
mod reading_index;
mod pinyin_decoder;
mod initials_index;
mod char_correction;
mod spoken_names;
mod stopwords;
mod stemmers;
mod features;
mod word_clusters;
mod feature_ids;
mod word_vectors;
mod vectorizer;
mod sample_index;
mod linear;
mod query;
mod term_statistics;
mod section_index;
mod posting_codec;
mod word_coverage;
mod verbatim_index;
mod scoring_features;
mod topic;
mod calibration;
mod fit;
mod model;
mod score;
mod proper_names;
mod sentence_traits;
mod corpus;
mod model_builder;
mod cross_fit;
mod training;
mod costs;
mod decide;
mod expectation;
mod unstated;
mod highlight;
mod explain;
#[cfg(test)]
mod test_base;

pub use decide::{Candidate, Decision, Match};
pub use expectation::Expectation;
pub use explain::{Explanation, WordContribution};
pub use smalltalk::{Smalltalk, without_opening};
pub use token::MatchKind;
pub use unstated::Unstated;

use serde::{Deserialize, Serialize};

use crate::knowledge::Knowledge;
use crate::question::Question;
use crate::text::{Language, without_signs};
use crate::wording;
use model::Model;
use sample_index::NearestSamples;
use score::{EncodedQuestion, Scores};
use token::Token;
use topic::FollowUpKind;
use unstated::QuestionForms;

/// Returns what the matcher lacks for a language, such as a stemmer, and what follows for the user.
#[must_use]
pub fn gaps(language: Language) -> Vec<&'static str> {
    let mut gaps = Vec::new();
    if !stemmers::needs_no_stemmer(language) {
        gaps.push("no stemmer: give samples with other forms of the same word");
    }
    if !stopwords::Stopwords::covers(language) {
        gaps.push("no stop words: common words count as much as rare ones");
    }
    if !smalltalk::greets_in(language) {
        gaps.push("no greetings: \"hello\" in it is taken for a question");
    }
    gaps
}

/// Ranks the sections of one knowledge base for a question. Questions do not change the trained
/// matcher, so threads can share one.
#[derive(Debug, Serialize, Deserialize)]
pub struct Matcher {
    model: Model,
}

impl Matcher {
    /// Trains a matcher on the texts of a knowledge base.
    #[must_use]
    pub fn new(knowledge: &Knowledge) -> Matcher {
        Matcher { model: training::train(knowledge) }
    }

    /// Ranks the sections for a question, and decides whether to answer, clarify or decline.
    #[must_use]
    pub fn rank(&self, question: &Question) -> Match {
        if let Some(kind) = smalltalk::recognise(&question.normalized) {
            // A base may have a section called "Test", or one about ☀. "What for?" asks about the
            // section before.
            let is_follow_up = question.is_bare && question.follow_up_to.is_some() && question.normalized.contains(' ');
            if self.sample_section(question).is_none() && !self.knows_signs(&question.normalized) && !is_follow_up {
                return Match::smalltalk(kind);
            }
        }
        self.decide(question, |_| true, false)
    }

    /// True if a text consists only of signs and pictographs, and a section has one of them.
    fn knows_signs(&self, normal: &str) -> bool {
        let model = &self.model;
        let is_known = |token: &Token<'_>| model.word_coverage.knows(model.features.of_token(token));
        without_signs(normal).trim().is_empty() && model.tokenizer.tokenize(normal).iter().any(is_known)
    }

    /// Ranks some of the sections for a question that seeks a product. Any section of the right
    /// product counts as a right answer.
    #[must_use]
    pub fn rank_products(&self, question: &Question, is_candidate: impl Fn(usize) -> bool) -> Match {
        self.decide(question, is_candidate, true)
    }

    fn decide(&self, question: &Question, is_candidate: impl Fn(usize) -> bool, seeks_product: bool) -> Match {
        let mut resolved = ResolvedQuestion::new(&self.model, question);
        resolved.scores.ranked.retain(|scored| is_candidate(scored.section));
        let standalone = resolved.standalone.as_ref().map(|(scores, kind)| (scores, *kind));
        let (calibration, wrong_answer_cost) = (&self.model.calibration, self.model.wrong_answer_cost);
        // Of a follow-up, the product is known. Its other sections are a button away.
        let is_follow_up = standalone.is_some();
        let is_bare_follow_up = resolved.is_bare && is_follow_up;
        let hints = decide::DecisionHints {
            merged: (seeks_product || is_follow_up).then_some(self.model.section_products.as_slice()),
            lacks_subject: question.follow_up_to.is_none() && (resolved.is_bare || question.has_anaphora),
            is_surely_in_scope: question.points_out || is_bare_follow_up || self.is_rare_keyword(&resolved),
        };
        let matched = decide::decide(calibration, wrong_answer_cost, &resolved.scores, standalone, hints);
        self.with_answer(&resolved, question, matched)
    }

    /// True if a question is a single word of content that only one section uses, such as a code or
    /// an amount. Whoever types it looks for that section.
    fn is_rare_keyword(&self, resolved: &ResolvedQuestion<'_>) -> bool {
        let model = &self.model;
        let [token] = &resolved.tokens[..] else { return false };
        let is_plain = token.match_kind == MatchKind::Exact && token.product.is_none();
        let is_content = model.features.content_words(&resolved.tokens) >= 1.0;
        is_plain && is_content && model.word_coverage.frequency(model.features.of_token(token)) == 1
    }

    /// Adds what the best section says of the question: the sentence that answers it, or what is
    /// not stated. May choose another of the sections for that.
    fn with_answer(&self, resolved: &ResolvedQuestion<'_>, question: &Question, mut matched: Match) -> Match {
        let (model, tokens, nearest) = (&self.model, &resolved.tokens, &resolved.encoded.nearest);
        let corrected = token::joined(tokens);
        let kinds = highlight::asks_for(&corrected, tokens);
        let forms = QuestionForms {
            raw: &question.raw,
            normalized: &question.normalized,
            tokens,
            corrected: &corrected,
            kinds,
            language: question.language,
        };
        self.choose_by_kind(&forms, &mut matched);
        self.find_unstated(&forms, nearest, question.seeks_product, &mut matched);
        let section = matched.sections.first().map(|best| best.section);
        if let (Some(section), None) = (section, &matched.unstated) {
            let votes = model.sample_index.votes(nearest, section, question.language);
            let target = highlight::Target { section, language: question.language, asks_for: kinds, votes };
            matched.highlight = highlight::highlight(model, &resolved.encoded.query, tokens, &target);
        }
        matched
    }

    /// True if the options of a clarification are all about one product.
    fn is_about_one_product(&self, options: &[Candidate]) -> bool {
        let product = |c: &Candidate| self.model.section_products[c.section];
        let first = options.first().and_then(product);
        first.is_some() && options.iter().all(|option| product(option) == first)
    }

    /// Answers if a date or a price is asked for, and only one of the sections about the product
    /// gives one. The product is that of all options of a clarification, or the one that a declined
    /// question names.
    fn choose_by_kind(&self, forms: &QuestionForms<'_>, matched: &mut Match) {
        /// Minimum probability that a declined question is in scope.
        const MIN_IN_SCOPE: f64 = 0.4;
        let options = matched.options();
        let product = match matched.decision {
            Decision::Clarify if self.is_about_one_product(options) => self.model.section_products[options[0].section],
            Decision::Decline if matched.in_scope >= MIN_IN_SCOPE => unstated::named_product(forms.tokens),
            _ => None,
        };
        if product.is_none() {
            return;
        }
        let is_right = |c: &Candidate| {
            self.model.section_products[c.section] == product
                && highlight::gives_date_or_price(&self.model, c.section, forms.language, forms.kinds)
        };
        let mut right = matched.sections.iter().enumerate().filter(|(_, c)| is_right(c)).map(|(at, _)| at);
        if let (Some(only), None) = (right.next(), right.next()) {
            matched.answer_with(only);
        }
    }

    /// Finds the attribute that the sections about the question's subject do not state. Then shows
    /// what they do state. For a declined question, also finds the words that no section uses.
    fn find_unstated(
        &self,
        forms: &QuestionForms<'_>,
        nearest: &NearestSamples,
        seeks_product: bool,
        matched: &mut Match,
    ) {
        let Some(best) = matched.sections.first().map(|best| best.section) else { return };
        let named = unstated::named_product(forms.tokens);
        let is_of_named = |c: &Candidate| named.is_some() && self.model.section_products[c.section] == named;
        let at = matched.sections.iter().position(is_of_named);
        let is_subject_known = !seeks_product
            && match named {
                Some(_) => at.is_some(),
                None => matched.decision != Decision::Clarify || self.is_about_one_product(matched.options()),
            };
        let at = at.unwrap_or(0);
        let subject = matched.sections[at].section;
        let attribute = unstated::unstated_attribute(&self.model, forms, nearest, [subject, best]);
        match (attribute.filter(|_| is_subject_known), matched.decision) {
            (Some(attribute), Decision::Answer | Decision::Clarify) => {
                matched.answer_with(at);
                matched.unstated = Some(Unstated::Attribute(attribute));
            }
            (Some(attribute), Decision::Decline) if named.is_some() && at == 0 => {
                matched.unstated = Some(Unstated::Attribute(attribute));
            }
            // A question that is far from everything needs no reasons.
            (_, Decision::Decline) if matched.is_plausible() => {
                let words = unstated::unused_words(&self.model, forms);
                matched.unstated = (!words.is_empty()).then_some(Unstated::Words(words));
            }
            _ => {}
        }
    }

    /// Returns the only section that has the question word for word among its samples, titles or
    /// aliases.
    #[must_use]
    pub fn sample_section(&self, question: &Question) -> Option<usize> {
        let tokens = self.model.tokenize(&question.normalized);
        self.model.verbatim_index.class_of(&tokens).filter(|class| *class < self.model.section_count())
    }

    /// True if the knowledge base lists the question, word for word, as out of scope.
    #[must_use]
    pub fn is_out_of_scope_sample(&self, question: &Question) -> bool {
        let tokens = self.model.tokenize(&question.normalized);
        self.model.verbatim_index.class_of(&tokens) == Some(self.model.out_of_scope_class())
    }

    /// Returns which of the question's plausible languages its nearest sample is in. Returns `None`
    /// if no sample is near, or if samples in two languages are equally near.
    #[must_use]
    pub fn likely_language(&self, question: &Question) -> Option<Language> {
        /// Minimum cosine of a sample that tells the language.
        const MIN_COSINE: f32 = 0.2;
        /// Minimum lead over the nearest sample in another language. A name alone is as near to
        /// both.
        const MIN_LEAD: f32 = 0.05;
        if question.plausible_languages.len() < 2 {
            return None;
        }
        let tokens = self.model.tokenize(&question.normalized);
        let vector = self.model.vectorizer.vector(&tokens, &self.model.features.words(&tokens));
        let by_language = question.plausible_languages.iter();
        let mut nearest: Vec<(f32, Language)> =
            by_language.map(|l| (self.model.sample_index.nearest_in(*l, &vector), *l)).collect();
        nearest.sort_by(|a, b| b.0.total_cmp(&a.0));
        let [(first, language), (second, _), ..] = nearest[..] else { return None };
        (first >= MIN_COSINE && first - second >= MIN_LEAD).then_some(language)
    }

    /// Splits a section's score into an intercept and contributions of the question's words. The
    /// sum is the score that [`Matcher::rank`] returns.
    #[must_use]
    pub fn explain(&self, question: &Question, section: usize) -> Explanation {
        let resolved = ResolvedQuestion::new(&self.model, question);
        explain::explain(&self.model, &resolved.encoded, &resolved.tokens, &question.normalized, section)
    }

    /// Estimates what a knowledge base will answer, by cross-validation on its sample questions.
    /// Returns `None` if there are none. Takes about as long as training.
    #[must_use]
    pub fn expectation(knowledge: &Knowledge) -> Option<Expectation> {
        expectation::expectation(knowledge)
    }
}

/// A question with its scores, after deciding whether the question is a follow-up to the section
/// shown last.
struct ResolvedQuestion<'a> {
    tokens: Vec<Token<'a>>,
    encoded: EncodedQuestion,
    scores: Scores,
    /// For a follow-up question: the question's scores without the topic of the conversation, and
    /// the kind of follow-up. `None` for all other questions.
    standalone: Option<(Scores, FollowUpKind)>,
    /// Whether the question has no content words of its own, also after decoding its pinyin.
    is_bare: bool,
}

impl<'a> ResolvedQuestion<'a> {
    fn new(model: &'a Model, question: &'a Question) -> ResolvedQuestion<'a> {
        let tokens = model.tokenize(&question.normalized);
        let encoded = EncodedQuestion::new(model, &tokens, None).with_typed_form(&question.raw, model, &tokens);
        let scores = encoded.score(model, &tokens);
        let is_pinyin = tokens.iter().any(|token| token.match_kind == MatchKind::Pinyin);
        let is_bare = question.is_bare || (is_pinyin && wording::is_bare(&token::joined(&tokens)));
        let topic = model.topic(question, is_bare, &tokens);
        let content = model.features.content_words(&tokens);
        let Some(topic) = topic.filter(|topic| !decide::starts_new_topic(model, &scores, *topic, content)) else {
            return ResolvedQuestion { tokens, encoded, scores, standalone: None, is_bare };
        };
        let kind = match (question.has_possessive_anaphora, question.has_anaphora) {
            _ if is_bare => FollowUpKind::Bare,
            (true, _) => FollowUpKind::Possessive,
            (false, true) => FollowUpKind::Pronoun,
            (false, false) => FollowUpKind::Implicit,
        };
        let tokens = model.with_inherited_product(&tokens, topic);
        // The inherited product adds no name.
        let encoded = EncodedQuestion::new(model, &tokens, Some(topic)).with_names(encoded.names);
        let mut inherited = encoded.score(model, &tokens);
        if kind == FollowUpKind::Bare {
            inherited.keep_topic();
        }
        ResolvedQuestion { tokens, encoded, scores: inherited, standalone: Some((scores, kind)), is_bare }
    }
}

#[cfg(test)]
mod tests {
    use super::test_base::{TestSection, base};
    use super::*;
    use crate::question::{Context, ProductNames};

    fn knowledge() -> Knowledge {
        base(&[
            TestSection { title: "Tower", questions: &["how tall is the tower"], body: "It has ten floors." },
            TestSection { title: "Bridge", questions: &["how long is the bridge"], body: "It crosses three rivers." },
        ])
    }

    fn question(knowledge: &Knowledge, text: &str) -> Question {
        Question::new(text, &Context::default(), knowledge, &ProductNames::of(knowledge))
    }

    #[test]
    fn the_nearest_sample_tells_the_language() {
        let mut knowledge = knowledge();
        let german: Language = "de".parse().expect("a code");
        knowledge.languages.push(german);
        let mut text = knowledge.sections[0].texts[&Language::EN].clone();
        (text.title, text.questions[0].text) = ("Turm".to_owned(), "wie hoch ist der Turm".to_owned());
        knowledge.sections[0].texts.insert(german, text);
        let matcher = Matcher::new(&knowledge);
        let likely = |text: &str| matcher.likely_language(&question(&knowledge, text));
        assert_eq!(likely("wie hoch ist der Turm"), Some(german));
        assert_eq!(likely("how tall is the tower"), Some(Language::EN));
        assert_eq!([likely("xyz"), likely("多高")], [None; 2]);
    }

    #[test]
    fn gaps_are_named() {
        let count = |code: &str| gaps(code.parse().expect("a code")).len();
        assert_eq!(["en", "zh", "de", "ja", "vi", "pl", "fi", "cs"].map(count), [0, 0, 0, 0, 0, 2, 2, 3]);
    }

    #[test]
    fn only_questions_about_the_base_are_answered() {
        let knowledge = knowledge();
        let matcher = Matcher::new(&knowledge);
        let decision = |text: &str| matcher.rank(&question(&knowledge, text)).decision;
        assert_eq!(decision("how tall is the tower"), Decision::Answer);
        assert_eq!(decision("zebra stripes"), Decision::Decline);
        assert!(matches!(decision("hello"), Decision::Smalltalk(Smalltalk::Greeting)));
    }
}
