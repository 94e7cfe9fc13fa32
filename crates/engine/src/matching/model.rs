//! Everything that questions are compared with, built once from a base.

use serde::{Deserialize, Serialize};
use std::hash::BuildHasher;

use rustc_hash::FxBuildHasher;

use super::calibration::Calibration;
use super::features::{FeatureKind, Features};
use super::fit::{Case, Choice};
use super::phonetic_model::PhoneticModel;
use super::sample_index::{self, Sample, SampleIndex};
use super::score::{EncodedQuestion, Scores, Topic};
use super::section_index::{self, SectionIndex};
use super::stopwords;
use super::token::{MatchKind, Token};
use super::tokenizer::Tokenizer;
use super::vocabulary::Vocabulary;
use crate::knowledge::{Knowledge, Product};
use crate::question::{self, Question};
use crate::text::{Language, Script, normalize, squashed, words};

/// Where the sentences of one language stand in the text of a section.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct SentenceRange {
    pub language: Language,
    /// The first sentence of its body, counted over all parts.
    pub first: usize,
    pub sentences: usize,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Model {
    pub reader: Tokenizer,
    #[serde(skip)]
    pub features: Features,
    pub samples: SampleIndex,
    pub bodies: SectionIndex,
    /// How many sections there are; also the class of the declined questions.
    pub sections: usize,
    /// The product of each section.
    pub products: Vec<Option<usize>>,
    /// The name that stands for each product.
    pub names: Vec<String>,
    /// By section.
    pub parts: Vec<Vec<SentenceRange>>,
    /// Sentences that announce what comes after them and say nothing by themselves, or that state a number: by section.
    pub sentences: Vec<Vec<Sentence>>,
    pub weights: Calibration,
    /// What a wrong answer costs, as the base has it.
    pub wrong_answer_costs: f64,
}

/// What the highlight must know of a sentence.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct Sentence {
    pub states_number: bool,
    pub gives_reason: bool,
    pub leads_in: bool,
}

/// A title, an alias or a sample question, folded.
struct TrainingText {
    class: usize,
    text: String,
    normal: String,
    /// A sample question (or a declined one), not a name.
    is_question: bool,
}

impl TrainingText {
    fn new(class: usize, text: &str, is_question: bool) -> TrainingText {
        TrainingText { class, text: text.to_owned(), normal: normalize(text), is_question }
    }

    /// Is it held out to see how far scores are to be trusted? Its words alone decide, not where it stands.
    fn is_held_out(&self) -> bool {
        self.is_question && FxBuildHasher.hash_one(&self.normal) >> 32 & 0xFFFF < 0xFFFF / HELD_OUT
    }
}

/// The text of a section, folded.
struct NormalizedSection {
    /// Titles, aliases and sentences.
    sentences: Vec<String>,
    opening: usize,
    name: usize,
    parts: Vec<SentenceRange>,
    facts: Vec<Sentence>,
}

/// One in so many sample questions is held out.
const HELD_OUT: u64 = 5;

/// What asks for nothing but what a thing is.
const INTRODUCTIONS: [&str; 11] = [
    "{}",
    "what is {}",
    "what's {}?",
    "tell me about {}",
    "explain {}",
    "what about {}",
    "{} 是什么",
    "什么是 {}",
    "介绍一下 {}",
    "{} 是干嘛的",
    "那 {} 呢",
];

/// With fewer held out, what they show is chance.
const MIN_HELD_OUT: usize = 100;

impl Model {
    pub fn new(knowledge: &Knowledge) -> Model {
        let (lines, bodies) = fold(knowledge);
        let (held, most): (Vec<&TrainingText>, Vec<&TrainingText>) = lines.iter().partition(|line| line.is_held_out());
        let weights = if held.len() >= MIN_HELD_OUT {
            Model::of(knowledge, &most, &bodies, Calibration::default()).fitted(&held)
        } else if lines.iter().any(|line| line.is_question && line.class < knowledge.sections.len()) {
            Calibration::default()
        } else {
            Calibration::of_texts()
        };
        Model::of(knowledge, &lines.iter().collect::<Vec<_>>(), &bodies, weights)
    }

    fn of(knowledge: &Knowledge, lines: &[&TrainingText], texts: &[NormalizedSection], weights: Calibration) -> Model {
        let names: Vec<String> = knowledge.products.iter().map(|p| squashed(&p.name)).collect();
        let of_product = |(at, product): (usize, &Product)| {
            product.names().map(|name| (squashed(name), (at as u16, names[at].clone()))).collect::<Vec<_>>()
        };
        let names_of_products = knowledge.products.iter().enumerate().flat_map(of_product);
        let normals = lines.iter().map(|line| &line.normal).chain(texts.iter().flat_map(|t| &t.sentences));
        let latin = normals.flat_map(|normal| words(normal)).filter(|word| word.script == Script::Letters);
        let vocabulary = Vocabulary::new(latin.map(|word| word.text));
        let reader = Tokenizer::new(names_of_products, vocabulary, phonetic_model(knowledge, lines, texts));
        let features = Features::default();
        let sections = knowledge.sections.len();
        let drafts: Vec<sample_index::SampleInput<'_>> = lines
            .iter()
            .map(|line| sample_index::SampleInput {
                passage: Sample { class: line.class as u32, text: line.text.clone() },
                is_question: line.is_question,
                tokens: reader.tokenize(&line.normal),
            })
            .collect();
        let samples = SampleIndex::new(&features, drafts, sections + 1);
        let drafts: Vec<section_index::Draft<'_>> = texts
            .iter()
            .map(|text| section_index::Draft {
                sentences: text.sentences.iter().map(|s| reader.tokenize(s)).collect(),
                opening: text.opening,
                name: text.name,
            })
            .collect();
        let bodies = SectionIndex::new(&features, &drafts);
        Model {
            samples,
            bodies,
            sections,
            products: knowledge.sections.iter().map(|s| s.product).collect(),
            names,
            parts: texts.iter().map(|t| t.parts.clone()).collect(),
            sentences: texts.iter().map(|t| t.facts.clone()).collect(),
            weights,
            wrong_answer_costs: knowledge.wrong_answer_costs,
            reader,
            features,
        }
    }

    /// Reads a question: its own words, and what it may lean on.
    pub fn read<'a>(&'a self, question: &'a Question) -> (Vec<Token<'a>>, Option<Topic>) {
        let tokens = self.read_text(&question.normalized);
        let is_pointed_at = question.has_anaphora;
        let context =
            question.follow_up_to.filter(|_| self.can_lean(&tokens)).map(|section| Topic { section, is_pointed_at });
        (tokens, context)
    }

    /// The tokens, and behind them the name of the product that was spoken of before.
    pub fn leaning<'a>(&'a self, tokens: &[Token<'a>], context: Topic) -> Vec<Token<'a>> {
        let mut all = tokens.to_vec();
        let end = tokens.last().map_or(0, |token| token.typed.end);
        all.extend(self.products[context.section].map(|product| Token {
            text: self.names[product].as_str().into(),
            typed: end..end,
            script: Script::Letters,
            joined: false,
            match_kind: MatchKind::Inherited,
            certainty: context.sure(),
            product: Some(product as u16),
        }));
        all
    }

    /// May a question be about what was spoken of before? Not if it says more that was never heard of than what was.
    fn can_lean(&self, tokens: &[Token<'_>]) -> bool {
        // One Han character alone says little: it is known with its neighbour.
        let mut is_known: Vec<bool> = tokens.iter().map(|t| t.script == Script::Letters && self.knows(t)).collect();
        Features::each(tokens, &self.features.words(tokens), |f| {
            if f.kind == FeatureKind::HanBigram && self.samples.knows(f.key) {
                is_known[f.token..=f.token + 1].fill(true);
            }
        });
        let (mut known, mut unknown) = (0.0, 0.0);
        for (is_known, weight) in is_known.into_iter().zip(stopwords::weights(tokens)) {
            *if is_known { &mut known } else { &mut unknown } += weight;
        }
        !tokens.is_empty() && known >= unknown
    }

    /// Does the base have a use for this word?
    pub fn knows(&self, token: &Token<'_>) -> bool {
        let key = self.features.of_token(token);
        self.samples.knows(key) || self.bodies.knows(key)
    }

    fn read_text<'a>(&'a self, normal: &'a str) -> Vec<Token<'a>> {
        self.reader.tokenize_question(normal, |word| {
            let key = self.features.of_word(word);
            self.samples.knows(key) || self.bodies.knows(key)
        })
    }

    /// The weights under which what was held out fares best.
    fn fitted(&self, held: &[&TrainingText]) -> Calibration {
        let mut choices = Vec::new();
        let mut cases: Vec<(Scores, bool)> = Vec::new();
        for line in held {
            let tokens = self.read_text(&line.normal);
            let scores = EncodedQuestion::new(self, &tokens, None).score(self, &tokens);
            let right = scores.ranked.iter().position(|s| s.section == line.class);
            if let Some(right) = right {
                choices.push(Choice { options: scores.ranked.iter().map(|s| s.signs).collect(), right });
            }
            cases.push((scores, line.class < self.sections));
        }
        let weights = self.weights.with_sections(&choices);
        let weigh = |is_true: bool| {
            let own = cases.iter().filter(|(_, other)| *other == is_true).count();
            cases.len() as f64 / (2.0 * own.max(1) as f64)
        };
        let (ours, others) = (weigh(true), weigh(false));
        let cases: Vec<Case<_>> = cases
            .iter()
            .map(|(scores, is_true)| {
                let signs = scores.reweighted(&weights).signs();
                Case { signs, is_true: *is_true, weight: if *is_true { ours } else { others } }
            })
            .collect();
        weights.with_ours(&cases)
    }
}

/// The name with which an opening begins: what stands before the first sign.
fn name_of(sentence: &str) -> &str {
    let is_sign = |c: char| !c.is_alphanumeric() && !c.is_whitespace() && !matches!(c, '-' | '·' | '\'' | '.');
    let start = sentence.find(|c: char| c.is_alphanumeric()).unwrap_or(0);
    let end = sentence[start..].find(is_sign).map_or(sentence.len(), |at| start + at);
    &sentence[start..end]
}

/// Folds all texts of a base: what is compared with as a whole, and what is read.
fn fold(knowledge: &Knowledge) -> (Vec<TrainingText>, Vec<NormalizedSection>) {
    let mut lines = Vec::new();
    let mut bodies = Vec::new();
    for (at, section) in knowledge.sections.iter().enumerate() {
        let mut body =
            NormalizedSection { sentences: Vec::new(), opening: 0, name: 0, parts: Vec::new(), facts: Vec::new() };
        for (language, text) in &section.texts {
            for name in text.aliases.iter().map(|a| &a.text).chain([&text.title]) {
                lines.push(TrainingText::new(at, name, false));
                body.sentences.push(normalize(name));
                body.facts.push(Sentence { states_number: false, gives_reason: false, leads_in: true });
            }
            for question in &text.questions {
                lines.push(TrainingText::new(at, &question.text, true));
            }
            let first = body.sentences.len();
            if body.parts.is_empty() {
                body.opening = first;
            }
            for sentence in text.body.sentences() {
                let plain = sentence.plain();
                let normal = normalize(&plain);
                if body.sentences.len() == body.opening {
                    body.name = words(&normalize(name_of(&plain))).count();
                }
                body.facts.push(Sentence {
                    states_number: normal.chars().any(|c| c.is_ascii_digit()),
                    gives_reason: question::gives_reason(&normal),
                    leads_in: plain.trim_end().ends_with([':', '：']),
                });
                body.sentences.push(normal);
            }
            body.parts.push(SentenceRange { language: *language, first, sentences: body.sentences.len() - first });
        }
        bodies.push(body);
    }
    // A product's name asks what it is, by itself and in a frame that says no more.
    for (at, product) in knowledge.products.iter().enumerate() {
        if let Some(section) = knowledge.introduction_of(at) {
            let framed =
                |name: &str| INTRODUCTIONS.map(|frame| TrainingText::new(section, &frame.replace("{}", name), false));
            lines.extend(product.names().flat_map(framed));
        }
    }
    lines.extend(
        knowledge.out_of_scope.values().flatten().map(|l| TrainingText::new(knowledge.sections.len(), &l.text, true)),
    );
    // Nothing may depend on the order of files, or of lines in them.
    lines.sort_unstable_by(|a, b| (a.class, &a.normal, &a.text).cmp(&(b.class, &b.normal, &b.text)));
    (lines, bodies)
}

fn phonetic_model(knowledge: &Knowledge, lines: &[&TrainingText], texts: &[NormalizedSection]) -> PhoneticModel {
    // What is in no part is a title or an alias.
    let is_name = |text: &NormalizedSection, at: usize| {
        !text.parts.iter().any(|part| (part.first..part.first + part.sentences).contains(&at))
    };
    let sentences_that = |are_names: bool| {
        texts.iter().flat_map(move |text| {
            let own = text.sentences.iter().enumerate().filter(move |(at, _)| is_name(text, *at) == are_names);
            own.map(|(_, sentence)| sentence.as_str())
        })
    };
    let questions = lines.iter().filter(|line| line.is_question).map(|line| line.normal.as_str());
    let products = knowledge.products.iter().enumerate().map(|(at, product)| (product.name.as_str(), at as u16));
    PhoneticModel::new(questions.chain(sentences_that(false)), sentences_that(true), products)
}
