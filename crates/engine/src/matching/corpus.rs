//! Collects the normalized texts of a knowledge base, for training and for indexing.

use std::collections::HashMap;
use std::hash::BuildHasher;
use std::ops::Range;

use rustc_hash::FxBuildHasher;
use serde::{Deserialize, Serialize};

use super::phonetic_model::PhoneticModel;
use super::proper_names::ProperNames;
use super::sentence_traits::{SentenceForm, SentenceTraits};
use super::tokenizer::Tokenizer;
use super::vocabulary::Vocabulary;
use crate::knowledge::{Knowledge, Section, Sentence};
use crate::text::{Language, normalize, squashed, words};

/// A training text: a title, an alias, a sample question, an out-of-scope question, or a generated
/// question about what a product is.
pub(super) struct TrainingText {
    /// The class label for training: the index of the text's section. Out-of-scope questions have
    /// the number of sections as their label.
    pub class: usize,
    pub text: String,
    pub normalized: String,
    /// True for sample questions and out-of-scope questions. False for titles, aliases and
    /// generated questions.
    pub is_question: bool,
    /// The language of the text; `None` for a generated question.
    pub language: Option<Language>,
    /// For a sample question, the sentence that answers it: an index into the body of the section
    /// in this language. `None` if the author does not say.
    pub answer: Option<usize>,
}

impl TrainingText {
    fn new(class: usize, text: &str, is_question: bool) -> TrainingText {
        TrainingText {
            class,
            text: text.to_owned(),
            normalized: normalize(text),
            is_question,
            language: None,
            answer: None,
        }
    }

    fn in_language(self, language: Language) -> TrainingText {
        TrainingText { language: Some(language), ..self }
    }

    /// Returns a hash of the text. A selection by this hash does not depend on the order of files
    /// and lines.
    pub fn hash(&self) -> u64 {
        FxBuildHasher.hash_one(&self.normalized)
    }
}

/// The range of one language's body sentences in [`NormalizedSection::sentences`].
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(super) struct SentenceRange {
    pub language: Language,
    pub first: usize,
    pub count: usize,
}

impl SentenceRange {
    pub fn range(&self) -> Range<usize> {
        self.first..self.first + self.count
    }
}

/// The normalized text of a section, in all languages. Titles and aliases are stored as sentences
/// too, but are in none of the `ranges`.
#[derive(Default, Clone)]
pub(super) struct NormalizedSection {
    pub sentences: Vec<String>,
    /// The form of each sentence, in the order of `sentences`.
    forms: Vec<SentenceForm>,
    /// The properties of each sentence, in the order of `sentences`.
    pub traits: Vec<SentenceTraits>,
    /// For each language, the range of the body in `sentences`.
    pub ranges: Vec<SentenceRange>,
    /// The index of the lead in `sentences`. The lead is the first body sentence in the section's
    /// first language.
    pub lead: usize,
    /// The number of words at the start of the lead that name the section's subject.
    pub name_words: usize,
}

impl NormalizedSection {
    fn new(section: &Section) -> NormalizedSection {
        let mut normalized = NormalizedSection::default();
        for (language, text) in &section.texts {
            for name in text.aliases.iter().map(|a| &a.text).chain([&text.title]) {
                normalized.sentences.push(normalize(name));
                normalized.forms.push(SentenceForm { introduces_next: true, ..SentenceForm::default() });
            }
            let first = normalized.sentences.len();
            if normalized.ranges.is_empty() {
                normalized.lead = first;
            }
            for sentence in text.body.sentences() {
                normalized.push_sentence(sentence);
            }
            let count = normalized.sentences.len() - first;
            normalized.ranges.push(SentenceRange { language: *language, first, count });
        }
        normalized
    }

    fn push_sentence(&mut self, sentence: &Sentence) {
        let plain = sentence.plain();
        if self.sentences.len() == self.lead {
            self.name_words = words(&normalize(leading_name(&plain))).count();
        }
        self.forms.push(SentenceForm {
            has_link: sentence.spans.iter().any(|span| span.link.is_some()),
            introduces_next: plain.trim_end().ends_with([':', '：']),
        });
        self.sentences.push(normalize(&plain));
    }

    fn find_traits(&mut self, tokenizer: &Tokenizer, names: &ProperNames) {
        let sentences = self.sentences.iter().zip(&self.forms);
        let traits = |(normal, form): (&String, &SentenceForm)| {
            SentenceTraits::new(normal, &tokenizer.tokenize(normal), *form, names)
        };
        self.traits = sentences.map(traits).collect();
    }
}

/// Returns the name at the start of a sentence: the text before the first punctuation mark.
fn leading_name(sentence: &str) -> &str {
    let is_mark = |c: char| !c.is_alphanumeric() && !c.is_whitespace() && !matches!(c, '-' | '·' | '\'' | '.');
    let start = sentence.find(|c: char| c.is_alphanumeric()).unwrap_or(0);
    let end = sentence[start..].find(is_mark).map_or(sentence.len(), |at| start + at);
    &sentence[start..end]
}

/// Templates of questions that ask only what a product is. `{}` stands for a name of the product.
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

/// Maps each squashed product name (normalized, without spaces) to the product's index and
/// canonical name.
pub(super) type NameTable = HashMap<String, (u16, String)>;

pub(super) struct Corpus {
    /// All training texts, sorted by class, then by text.
    pub training_texts: Vec<TrainingText>,
    pub sections: Vec<NormalizedSection>,
    /// The canonical name of each product, squashed: normalized, without spaces.
    pub product_names: Vec<String>,
    pub name_table: NameTable,
}

impl Corpus {
    pub fn new(knowledge: &Knowledge) -> Corpus {
        let product_names: Vec<String> = knowledge.products.iter().map(|p| squashed(&p.name)).collect();
        let mut name_table = NameTable::new();
        for (at, product) in knowledge.products.iter().enumerate() {
            for name in product.names() {
                name_table.insert(squashed(name), (at as u16, product_names[at].clone()));
            }
        }
        let mut sections: Vec<NormalizedSection> = knowledge.sections.iter().map(NormalizedSection::new).collect();
        let names = proper_names(knowledge);
        let tokenizer = name_tokenizer(&name_table);
        sections.iter_mut().for_each(|section| section.find_traits(&tokenizer, &names));
        Corpus { training_texts: training_texts(knowledge), sections, product_names, name_table }
    }

    /// Returns the class label of out-of-scope questions, which equals the number of sections.
    pub fn out_of_scope_class(&self) -> usize {
        self.sections.len()
    }

    /// Returns the mean number of sample questions per section, in all languages together.
    pub fn samples_per_section(&self) -> f64 {
        let samples = self.training_texts.iter().filter(|text| self.is_sample(text)).count();
        samples as f64 / self.sections.len().max(1) as f64
    }

    /// True for the sample questions of sections.
    pub fn is_sample(&self, text: &TrainingText) -> bool {
        text.is_question && text.class < self.out_of_scope_class()
    }

    /// Returns the corpus as if some sections had no text. Sections keep their numbers. The
    /// training texts are not copied.
    pub fn without_texts_of(&self, is_left_out: impl Fn(usize) -> bool) -> Corpus {
        let kept = |(at, section): (usize, &NormalizedSection)| {
            if is_left_out(at) { NormalizedSection::default() } else { section.clone() }
        };
        Corpus {
            training_texts: Vec::new(),
            sections: self.sections.iter().enumerate().map(kept).collect(),
            product_names: self.product_names.clone(),
            name_table: self.name_table.clone(),
        }
    }
}

/// Returns a tokenizer that knows the product names, and corrects nothing.
pub(super) fn name_tokenizer(name_table: &NameTable) -> Tokenizer {
    Tokenizer::new(name_table.clone(), Vocabulary::default(), PhoneticModel::default())
}

/// Returns the proper names in the bodies of a knowledge base, and the numbered names in its titles
/// and aliases.
pub(super) fn proper_names(knowledge: &Knowledge) -> ProperNames {
    let (mut sentences, mut titles) = (Vec::new(), Vec::new());
    for (language, text) in knowledge.sections.iter().flat_map(|section| &section.texts) {
        titles.extend(text.aliases.iter().map(|alias| &alias.text).chain([&text.title]).map(|name| normalize(name)));
        if !language.capitalizes_nouns() {
            sentences.extend(text.body.sentences().map(Sentence::plain));
        }
    }
    ProperNames::new(sentences.iter().map(String::as_str)).with_titles(titles.iter().map(String::as_str))
}

fn training_texts(knowledge: &Knowledge) -> Vec<TrainingText> {
    let mut texts = Vec::new();
    for (at, section) in knowledge.sections.iter().enumerate() {
        for (language, text) in &section.texts {
            let names = text.aliases.iter().map(|a| &a.text).chain([&text.title]);
            let names = names.map(|name| TrainingText::new(at, name, false));
            let questions = text.questions.iter().map(|question| TrainingText {
                answer: question.answer,
                ..TrainingText::new(at, &question.text, true)
            });
            texts.extend(names.chain(questions).map(|text| text.in_language(*language)));
        }
    }
    for (at, product) in knowledge.products.iter().enumerate() {
        if let Some(section) = knowledge.introduction_of(at) {
            let framed =
                |name: &str| INTRODUCTIONS.map(|frame| TrainingText::new(section, &frame.replace("{}", name), false));
            texts.extend(product.names().flat_map(framed));
        }
    }
    for (language, lines) in &knowledge.out_of_scope {
        let declined = lines.iter().map(|line| TrainingText::new(knowledge.sections.len(), &line.text, true));
        texts.extend(declined.map(|text| text.in_language(*language)));
    }
    // Sort the texts, so that the model does not depend on the order of files and lines.
    texts.sort_unstable_by(|a, b| {
        (a.class, &a.normalized, &a.text, a.language).cmp(&(b.class, &b.normalized, &b.text, b.language))
    });
    texts
}

#[cfg(test)]
mod tests {
    use super::super::test_base::{TestSection, base};
    use super::*;
    use crate::answer_kind::AnswerKind;
    use crate::knowledge::SourceText;

    const QUESTIONS: [&str; 4] = ["how tall is it", "who made it", "when was it made", "what does it cost"];

    fn tower() -> Knowledge {
        base(&[
            TestSection {
                title: "Tower",
                questions: &QUESTIONS,
                body: "The Tower: it is old. It has floors:\n\n- ten",
            },
            TestSection {
                title: "Bridge",
                questions: &["where is the bridge"],
                body: "It is long because of 3 rivers.",
            },
        ])
    }

    #[test]
    fn training_texts_do_not_depend_on_the_order_of_lines() {
        let texts = |knowledge: &Knowledge| {
            let corpus = Corpus::new(knowledge);
            corpus.training_texts.iter().map(|t| (t.class, t.text.clone(), t.hash())).collect::<Vec<_>>()
        };
        let mut reversed = tower();
        for text in reversed.sections.iter_mut().flat_map(|section| section.texts.values_mut()) {
            text.questions.reverse();
        }
        assert_eq!(texts(&reversed), texts(&tower()));
        assert!(texts(&tower()).is_sorted_by_key(|(class, ..)| *class));
    }

    #[test]
    fn left_out_sections_keep_their_numbers_and_lose_their_texts() {
        let corpus = Corpus::new(&tower());
        let rest = corpus.without_texts_of(|section| section == 0);
        assert_eq!(rest.sections.len(), 2);
        assert!(rest.sections[0].sentences.is_empty());
        assert_eq!(rest.sections[1].sentences, corpus.sections[1].sentences);
    }

    #[test]
    fn out_of_scope_questions_are_no_sample_questions() {
        let mut knowledge = tower();
        let questions: Vec<_> = knowledge
            .sections
            .iter_mut()
            .flat_map(|s| s.texts.values_mut())
            .flat_map(|t| t.questions.drain(..))
            .map(|question| SourceText { text: question.text, location: question.location })
            .collect();
        knowledge.out_of_scope.insert(Language::EN, questions);
        let corpus = Corpus::new(&knowledge);
        assert_eq!(corpus.samples_per_section(), 0.0);
        assert!(corpus.training_texts.iter().any(|text| text.class == corpus.out_of_scope_class()));
    }

    #[test]
    fn a_section_knows_its_lead_ranges_and_traits() {
        let sections = Corpus::new(&tower()).sections;
        let tower = &sections[0];
        assert_eq!((tower.lead, tower.ranges[0].first, tower.ranges[0].range().end), (1, 1, tower.sentences.len()));
        // The lead starts with the name "The Tower", which ends at the colon and has two words.
        assert_eq!(tower.name_words, 2);
        assert!(tower.traits[0].introduces_next, "a title answers nothing");
        let has_floors = tower.sentences.iter().position(|s| s.contains("floors")).expect("a sentence");
        assert!(tower.traits[has_floors].introduces_next);
        let rivers = &sections[1].traits[1];
        assert!(rivers.gives.contains(AnswerKind::Count) && !rivers.introduces_next);
    }

    #[test]
    fn a_product_gets_introducing_questions() {
        let mut knowledge = tower();
        let mut product = crate::knowledge::embedded().knowledge.products.swap_remove(0);
        (product.name, product.id) = ("Sky-Tower 2".to_owned(), "sky".to_owned());
        product.aliases.clear();
        knowledge.products.push(product);
        knowledge.sections[0].product = Some(0);
        let corpus = Corpus::new(&knowledge);
        let introductions = corpus.training_texts.iter().filter(|text| text.text.contains("Sky-Tower 2"));
        assert!(introductions.clone().all(|text| text.class == 0 && !text.is_question));
        assert_eq!(introductions.count(), INTRODUCTIONS.len());
        assert_eq!(corpus.name_table.len(), 1);
        assert!(corpus.name_table.contains_key(&corpus.product_names[0]));
    }

    #[test]
    fn a_name_ends_at_the_first_mark() {
        for (sentence, name) in
            [("DALL·E 2 (2022) draws", "DALL·E 2 "), ("“GPT-3” writes", "GPT-3"), ("plain", "plain"), ("…", "")]
        {
            assert_eq!(leading_name(sentence), name, "{sentence}");
        }
    }
}
