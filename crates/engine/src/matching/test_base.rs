//! Creates small knowledge bases for the tests of the `matching` module.

use crate::knowledge::{Body, Knowledge, SampleQuestion, SectionId, embedded};
use crate::text::Language;

/// A section of a test knowledge base, in English and without a product.
pub(super) struct TestSection<'a> {
    pub title: &'a str,
    pub questions: &'a [&'a str],
    /// The body, in Markdown.
    pub body: &'a str,
}

/// Creates a knowledge base of only these sections, in this order.
pub(super) fn base(sections: &[TestSection<'_>]) -> Knowledge {
    let mut knowledge = embedded().knowledge;
    let template = knowledge.sections.swap_remove(0);
    let text = template.texts.values().next().expect("a text").clone();
    knowledge.products.clear();
    knowledge.out_of_scope.clear();
    knowledge.languages = vec![Language::EN];
    let section = |(number, section): (usize, &TestSection<'_>)| {
        let mut text = text.clone();
        let question = |question: &&str| SampleQuestion {
            text: (*question).to_owned(),
            location: text.location.clone(),
            answer: None,
        };
        text.questions = section.questions.iter().map(question).collect();
        text.aliases.clear();
        section.title.clone_into(&mut text.title);
        text.body = Body::parse(section.body);
        let mut own = template.clone();
        own.id = SectionId::parse(&format!("s{number:03}")).expect("an id");
        own.product = None;
        own.related.clear();
        own.texts = [(Language::EN, text)].into();
        own
    };
    knowledge.sections = sections.iter().enumerate().map(section).collect();
    knowledge
}
