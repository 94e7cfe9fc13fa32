//! Everything that questions are compared with, by term.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::terms::{Kind, Path, each_term};
use super::weights::{self, Field};
use crate::knowledge::{Knowledge, Product, SectionText};
use crate::question::Question;
use crate::text::{Language, MAX_SLIPS, beginning, normalize, slip, written_together};

/// A term of the base.
#[derive(Debug)]
pub(super) struct Term {
    pub text: Box<str>,
    /// How telling it is: see [`weights::idf`].
    pub weight: f64,
    /// The product whose name it is, written together.
    pub product: Option<usize>,
    /// The passages it stands in, with its share of their length (unit vectors).
    pub passages: Vec<(u32, f32)>,
    /// The sections it stands in, with how much it is theirs (0 to 1). The declined questions are the section after the last.
    pub sections: Vec<(u32, f32)>,
}

/// A title, an alias, a sample question or a sentence.
#[derive(Debug)]
pub(super) struct Passage {
    pub section: u32,
    pub text: String,
    /// Set for a sentence of a body.
    pub sentence: Option<Sentence>,
}

/// What the highlight must know of a sentence.
#[derive(Debug)]
pub(super) struct Sentence {
    pub language: Language,
    /// Its number in the body.
    pub number: usize,
    pub states_number: bool,
    /// It announces what comes after it and says nothing by itself.
    pub leads_in: bool,
    /// The terms it opens with.
    pub opening: Vec<u32>,
}

/// How many terms count as the opening of a sentence.
const OPENING_TERMS: usize = 4;

/// In so many unknown words of a question slips are looked for: who makes more is not typing a question, and looking has its price.
const MAX_SLIPPED_WORDS: usize = 12;

/// A term of a question.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// As typed.
    pub text: String,
    /// The term of the base it was taken for; `None` if the base knows nothing like it.
    pub term: Option<u32>,
    pub path: Path,
    /// How telling it is, less what the path costs.
    pub weight: f64,
    /// The product that it names, or points back at.
    pub product: Option<usize>,
}

#[derive(Debug)]
pub(super) struct Index {
    pub terms: Vec<Term>,
    pub passages: Vec<Passage>,
    /// How many real sections there are; this is also the number of the declined one.
    pub sections: u32,
    by_text: HashMap<Box<str>, u32>,
    names: HashSet<String>,
    /// Words of letters by length, to look for slips in.
    words_by_length: Vec<Vec<u32>>,
    /// The product of each section.
    pub products: Vec<Option<usize>>,
    /// The name that stands for a section in a question which leans on it.
    names_of_sections: Vec<Option<u32>>,
    unknown_weight: f64,
}

/// Counts of one term while the index is built.
struct Draft {
    kind: Kind,
    passages: Vec<(u32, f32)>,
    /// By section, the sum over its passages of the weight of their field.
    sections: HashMap<u32, f32>,
}

impl Index {
    pub fn new(knowledge: &Knowledge) -> Index {
        let sections = knowledge.sections.len() as u32;
        let mut builder =
            Builder { names: names(knowledge), drafts: Vec::new(), by_text: HashMap::new(), passages: Vec::new() };
        for (at, section) in knowledge.sections.iter().enumerate() {
            for (language, text) in &section.texts {
                builder.add_section(at as u32, *language, text);
            }
        }
        // A product's name by itself asks what it is.
        for (at, product) in knowledge.products.iter().enumerate() {
            if let Some(section) = knowledge.introduction_of(at) {
                for name in product.names() {
                    builder.add(section as u32, Field::Alias, name, None);
                }
            }
        }
        for line in knowledge.declined.values().flatten() {
            builder.add(sections, Field::Question, &line.text, None);
        }
        let term_of = |name: &str| builder.by_text.get(written_together(name).as_str()).copied();
        let product_names: Vec<Option<u32>> = knowledge.products.iter().map(|p| term_of(&p.name)).collect();
        let names_of_sections = knowledge.sections.iter().map(|s| product_names[s.product?]).collect();
        let mut index = builder.finish(sections, names_of_sections);
        for (at, product) in knowledge.products.iter().enumerate() {
            for name in product.names() {
                if let Some(&id) = index.by_text.get(written_together(name).as_str()) {
                    index.terms[id as usize].product = Some(at);
                }
            }
        }
        index.products = knowledge.sections.iter().map(|s| s.product).collect();
        index
    }

    /// The terms of a question, each with what it is taken for.
    pub fn terms_of(&self, question: &Question) -> Vec<Asked> {
        let mut asked: Vec<Asked> = Vec::new();
        let mut strange_words = 0;
        each_term(
            &question.normal,
            |joined| self.by_text.contains_key(joined) && self.names.contains(joined),
            |text, kind| {
                if asked.iter().any(|a| a.text == text) {
                    return;
                }
                strange_words += usize::from(kind == Kind::Word && !self.by_text.contains_key(text));
                asked.push(self.look_up(text, kind, strange_words <= MAX_SLIPPED_WORDS));
            },
        );
        let known: f64 = asked.iter().filter(|a| a.term.is_some()).map(|a| a.weight).sum();
        let unknown: f64 = asked.iter().filter(|a| a.term.is_none()).map(|a| a.weight).sum();
        let says_something = !asked.is_empty();
        if let Some(name) = question.leans_on.filter(|_| says_something).and_then(|s| self.names_of_sections[s]) {
            let term = &self.terms[name as usize];
            asked.push(Asked {
                text: term.text.to_string(),
                term: Some(name),
                path: Path::Inherited,
                weight: term.weight * weights::INHERITED,
                // Pointing back at a product is as good as naming it, unless what is asked of it was never heard of.
                product: term.product.filter(|_| question.refers_back && known > unknown),
            });
        }
        asked
    }

    fn look_up(&self, text: &str, kind: Kind, forgiving: bool) -> Asked {
        let asked = |term: Option<u32>, path, weight| {
            let product = term.and_then(|id| self.terms[id as usize].product);
            Asked { text: text.to_owned(), term, path, weight, product }
        };
        if let Some(&id) = self.by_text.get(text) {
            return asked(Some(id), Path::Exact, self.terms[id as usize].weight);
        }
        let unknown = self.unknown_weight * weights::unknown(kind, text);
        if kind != Kind::Word || !forgiving {
            return asked(None, Path::Exact, unknown);
        }
        match self.nearest_word(text) {
            Some((id, path, likeness)) => {
                asked(Some(id), path, self.terms[id as usize].weight.max(unknown * 0.5) * likeness)
            }
            None => asked(None, Path::Exact, unknown),
        }
    }

    /// The known word that an unknown one is most likely meant for.
    fn nearest_word(&self, typed: &str) -> Option<(u32, Path, f64)> {
        let length = typed.chars().count();
        let slips =
            self.words_of(length.saturating_sub(MAX_SLIPS)..length + MAX_SLIPS + 1).filter_map(|(id, known)| {
                let likeness = slip(typed, known)?;
                Some((id, Path::Typo, likeness))
            });
        let longer = self.words_of(length + 1..self.words_by_length.len()).filter_map(|(id, known)| {
            let likeness = beginning(typed, known)?;
            Some((id, Path::Prefix, likeness))
        });
        slips.chain(longer).max_by(|a, b| a.2.total_cmp(&b.2).then(b.0.cmp(&a.0)))
    }

    /// The known words of these lengths.
    fn words_of(&self, lengths: Range<usize>) -> impl Iterator<Item = (u32, &str)> {
        let buckets = self.words_by_length.iter().take(lengths.end).skip(lengths.start);
        buckets.flatten().map(|&id| (id, &*self.terms[id as usize].text))
    }
}

/// Names of products and sections, written together.
fn names(knowledge: &Knowledge) -> HashSet<String> {
    let of_sections =
        knowledge.sections.iter().flat_map(|s| s.texts.values()).flat_map(|t| t.aliases.iter().map(|a| &a.text));
    let of_products = knowledge.products.iter().flat_map(Product::names);
    of_products.chain(of_sections.map(String::as_str)).map(written_together).collect()
}

struct Builder {
    names: HashSet<String>,
    drafts: Vec<Draft>,
    by_text: HashMap<Box<str>, u32>,
    passages: Vec<Passage>,
}

impl Builder {
    fn add_section(&mut self, section: u32, language: Language, text: &SectionText) {
        self.add(section, Field::Title, &text.title, None);
        for alias in &text.aliases {
            self.add(section, Field::Alias, &alias.text, None);
        }
        for question in &text.questions {
            self.add(section, Field::Question, &question.text, None);
        }
        for (at, sentence) in text.body.sentences().enumerate() {
            self.add(section, Field::Sentence, &sentence.plain(), Some((language, at)));
        }
    }

    fn add(&mut self, section: u32, field: Field, text: &str, sentence: Option<(Language, usize)>) {
        let normal = normalize(text);
        let mut counts: HashMap<u32, f32> = HashMap::new();
        let mut opening = Vec::new();
        let (drafts, by_text, names) = (&mut self.drafts, &mut self.by_text, &self.names);
        each_term(
            &normal,
            |joined| names.contains(joined),
            |term, kind| {
                let id = *by_text.entry(term.into()).or_insert_with(|| {
                    drafts.push(Draft { kind, passages: Vec::new(), sections: HashMap::new() });
                    drafts.len() as u32 - 1
                });
                *counts.entry(id).or_default() += 1.0;
                if opening.len() < OPENING_TERMS {
                    opening.push(id);
                }
            },
        );
        let passage = self.passages.len() as u32;
        for (id, count) in counts {
            let draft = &mut self.drafts[id as usize];
            draft.passages.push((passage, 1.0 + f32::ln(count)));
            *draft.sections.entry(section).or_default() += weights::field(field);
        }
        let sentence = sentence.map(|(language, number)| Sentence {
            language,
            number,
            states_number: normal.chars().any(|c| c.is_ascii_digit()),
            leads_in: text.trim_end().ends_with([':', '：']),
            opening,
        });
        self.passages.push(Passage { section, text: text.to_owned(), sentence });
    }

    fn finish(self, sections: u32, names_of_sections: Vec<Option<u32>>) -> Index {
        let mut texts: Vec<Box<str>> = vec![Box::default(); self.drafts.len()];
        for (text, id) in &self.by_text {
            texts[*id as usize] = text.clone();
        }
        let mut terms: Vec<Term> = Vec::with_capacity(self.drafts.len());
        let mut words_by_length: Vec<Vec<u32>> = Vec::new();
        for (draft, text) in self.drafts.into_iter().zip(texts) {
            if draft.kind == Kind::Word {
                let length = text.chars().count();
                words_by_length.resize(words_by_length.len().max(length + 1), Vec::new());
                words_by_length[length].push(terms.len() as u32);
            }
            let weight = weights::idf(draft.sections.len(), sections as usize + 1) * weights::kind(draft.kind, &text);
            let mut of_sections: Vec<(u32, f32)> =
                draft.sections.iter().map(|(s, n)| (*s, weights::belonging(*n))).collect();
            of_sections.sort_unstable_by_key(|(section, _)| *section);
            terms.push(Term { text, weight, product: None, passages: draft.passages, sections: of_sections });
        }
        // Passages become unit vectors of weight x count, so that a dot product is a cosine.
        let mut lengths = vec![0.0_f64; self.passages.len()];
        for term in &terms {
            for (passage, count) in &term.passages {
                lengths[*passage as usize] += (term.weight * f64::from(*count)).powi(2);
            }
        }
        for term in &mut terms {
            for (passage, count) in &mut term.passages {
                let length = lengths[*passage as usize].sqrt();
                *count = if length > 0.0 { (term.weight * f64::from(*count) / length) as f32 } else { 0.0 };
            }
        }
        Index {
            terms,
            passages: self.passages,
            sections,
            by_text: self.by_text,
            names: self.names,
            words_by_length,
            products: Vec::new(),
            names_of_sections,
            unknown_weight: weights::idf(1, sections as usize + 1),
        }
    }
}
