//! The parsed question: normalized text, language, and relation to the conversation before it.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use crate::knowledge::{Knowledge, SectionId, Sentence};
use crate::text::{
    Alphabet, Language, LatinText, NameDictionary, NameSyntax, QuestionRole, Word, contains_phrase, is_simplified,
    is_traditional, normalize, squashed, words,
};
use crate::wording::{
    description, ends_with_that_one, essence, has_no_content, is_bare, looks_around, names_article, points_out, request,
};

pub use crate::wording::Request;

/// The state of a conversation that the bot keeps from one question to the next.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Context {
    /// The section shown last.
    pub last_section: Option<SectionId>,
    /// The language of answers to questions that do not reveal a language.
    pub language: Option<Language>,
    /// Whether Chinese answers use traditional characters when the question fits both Chinese
    /// scripts.
    pub is_traditional: bool,
}

impl Context {
    /// Returns the context of the next question, after a reply that may have shown a section.
    ///
    /// The language becomes the language of the reply. The Chinese script changes only after a
    /// Chinese question, because other questions do not reveal which script the user writes.
    #[must_use]
    pub fn after(&self, question: &Question, shown: Option<&SectionId>) -> Context {
        let is_chinese = question.language == Language::ZH;
        Context {
            last_section: shown.or(self.last_section.as_ref()).cloned(),
            language: Some(question.language),
            is_traditional: if is_chinese { question.is_traditional } else { self.is_traditional },
        }
    }
}

/// A parsed question, ready for matching.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The text as the user typed the question.
    pub raw: String,
    /// The normalized text; see [`normalize`].
    pub normalized: String,
    /// The language of the answer.
    pub language: Language,
    /// The languages of the knowledge base that the question may be in by its script, if these are
    /// several, as English and German are. Empty if the script decides, or tells nothing.
    pub plausible_languages: Vec<Language>,
    /// Whether the answer uses traditional Chinese characters.
    pub is_traditional: bool,
    /// Index of the section shown last, if this question may be a follow-up to that section.
    ///
    /// `None` if the question names another subject, unless the question compares that subject with
    /// the last section. `None` as well if the question asks which subject is meant.
    pub follow_up_to: Option<usize>,
    /// Whether the question refers to the section shown last: with a pronoun ("it", 那个), with a
    /// name from that section, by a comparison, or by having no content words of its own.
    pub has_anaphora: bool,
    /// Whether the question has no content words of its own ("when?"), or only names from the
    /// section shown last, so that it can only be about that section or its product.
    pub is_bare: bool,
    /// Whether the question compares the section shown last with what it names.
    pub is_comparison: bool,
    /// Whether the question asks for one of the products ("which one can draw?") rather than for
    /// one of a product's sections.
    pub seeks_product: bool,
    /// Whether the question points out a subject of the conversation by a property ("the drawing
    /// one").
    pub points_out: bool,
    /// What the message asks for instead of an answer, if it does. With a product, the request is
    /// for that product.
    pub request: Option<Request>,
    /// The first product that the question names, in one of its stricter spellings.
    pub product: Option<usize>,
    /// Whether the question asks for a property of the section shown last, with a possessive
    /// pronoun ("its price", 它的价格).
    pub has_possessive_anaphora: bool,
}

impl Question {
    /// Parses a question in the context of its conversation.
    #[must_use]
    pub fn new(raw: &str, context: &Context, knowledge: &Knowledge, names: &ProductNames) -> Question {
        let normalized = normalize(&essence(raw));
        let (product, rest) = names.remove(&normalized);
        let alphabet =
            Alphabet::of(&rest).or_else(|| context.language.is_none().then(|| Alphabet::of(&normalized)).flatten());
        let may_be = |l: &Language| alphabet.is_none_or(|alphabet| alphabet.may_be(*l));
        let plausible: Vec<Language> = knowledge.languages.iter().copied().filter(may_be).collect();
        // If no language has this script, any language of the base may be the answer's.
        let choices = if plausible.is_empty() { &knowledge.languages } else { &plausible };
        let has = |l: &Language| knowledge.languages.contains(l);
        let wanted = match latin_text(alphabet, &rest, &plausible) {
            Some(LatinText::Pinyin) if has(&Language::ZH) => Some(Language::ZH),
            Some(LatinText::Unclear) => context.language.filter(has),
            _ => context.language.filter(|l| choices.contains(l)),
        };
        let language = wanted.or(choices.first().copied()).unwrap_or_else(|| knowledge.default_language());
        let is_open = alphabet.is_some() && plausible.len() > 1;
        let last = context.last_section.as_ref().and_then(|id| knowledge.find(id));
        let relation = Relation::new(&normalized, product.is_some(), &rest, last, knowledge, names);
        let Relation { looks_around, points_out, .. } = relation;
        Question {
            raw: raw.to_owned(),
            is_traditional: is_answered_in_traditional(raw, language, context),
            has_anaphora: relation.has_anaphora,
            has_possessive_anaphora: contains_phrase(&normalized, POSSESSIVE_ANAPHORA_ZH, POSSESSIVE_ANAPHORA_EN),
            is_bare: relation.is_bare,
            is_comparison: relation.is_comparison,
            seeks_product: looks_around || points_out || relation.is_correction,
            points_out: points_out && last.is_some(),
            request: request(&normalized).or_else(|| request(&rest).filter(|_| product.is_some())),
            product,
            normalized,
            language,
            plausible_languages: if is_open { plausible } else { Vec::new() },
            follow_up_to: last.filter(|_| relation.may_follow_up),
        }
    }

    /// For a question that asks for a product by a description, returns the description as a
    /// question of its own: "drawing" of "I meant the drawing one".
    #[must_use]
    pub fn narrowed(&self) -> Option<Question> {
        let description = description(&self.normalized).filter(|_| self.seeks_product)?;
        Some(Question { normalized: description, follow_up_to: None, has_anaphora: false, ..self.clone() })
    }

    /// Returns the question with another language of the answer.
    #[must_use]
    pub fn in_language(self, language: Language, context: &Context) -> Question {
        let is_traditional = is_answered_in_traditional(&self.raw, language, context);
        Question { language, is_traditional, ..self }
    }

    /// True if the question ends with a question mark (of any script) or contains a question word.
    #[must_use]
    pub fn looks_like_question(&self) -> bool {
        self.raw.trim_end().ends_with(['?', '？', '؟', '\u{037E}'])
            || contains_role(&self.normalized, QuestionRole::Marker)
    }
}

/// Classifies a text in Latin letters. Returns `None` if the text may be in a language other than
/// English and Chinese, because [`LatinText`] knows no other languages.
fn latin_text(alphabet: Option<Alphabet>, rest: &str, plausible: &[Language]) -> Option<LatinText> {
    let is_known = alphabet == Some(Alphabet::Latin) && plausible.iter().all(|l| *l == Language::EN);
    is_known.then(|| LatinText::of(rest))
}

/// How a question relates to the section shown last.
struct Relation {
    may_follow_up: bool,
    has_anaphora: bool,
    is_bare: bool,
    is_comparison: bool,
    is_correction: bool,
    looks_around: bool,
    points_out: bool,
}

impl Relation {
    /// `rest` is the question without product names. `last` is the section shown last.
    fn new(
        normal: &str,
        names_product: bool,
        rest: &str,
        last: Option<usize>,
        knowledge: &Knowledge,
        names: &ProductNames,
    ) -> Relation {
        // "The one of Whisper" is one of the things in a section that is about no product.
        let is_one_of_them = names_product
            && ends_with_that_one(normal)
            && last.is_some_and(|l| knowledge.sections[l].product.is_none());
        let is_comparison = names_product && (is_comparison(rest) || is_one_of_them);
        let (named, rest) = match last {
            Some(last) => names.names_in(rest, last, knowledge),
            None => (None, rest.to_owned()),
        };
        let names_topic = named == Some(Named::InTopic);
        let is_bare = is_bare(normal) || is_one_of_them || (names_topic && has_no_content(&rest));
        let has_pronoun = has_anaphora(normal);
        let (looks_around, points_out) = (looks_around(normal), points_out(normal));
        let is_correction = is_correction(normal);
        let is_elsewhere = is_correction
            || (!is_bare && (looks_around || points_out))
            || (names_product && !is_comparison)
            || (named == Some(Named::Elsewhere) && !has_pronoun)
            || names_article(normal);
        Relation {
            may_follow_up: !is_elsewhere || is_one_of_them,
            has_anaphora: has_pronoun || is_bare || is_comparison || names_topic,
            is_bare,
            is_comparison,
            is_correction,
            looks_around,
            points_out,
        }
    }
}

/// Where a name in a question belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Named {
    /// To the section shown last, or to others of its product.
    InTopic,
    /// To other sections.
    Elsewhere,
}

fn is_answered_in_traditional(raw: &str, language: Language, context: &Context) -> bool {
    language == Language::ZH && (is_traditional(raw) || (context.is_traditional && !is_simplified(raw)))
}

/// The names of all products of a knowledge base.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct ProductNames {
    /// The product of each name.
    names: NameDictionary<usize>,
    /// Other names, such as those of companies, in normal form, with the sections whose aliases
    /// contain them.
    others: HashMap<String, Vec<usize>>,
}

impl ProductNames {
    /// The spellings in which a product name is recognized for language detection and follow-up
    /// detection. The matcher accepts more spellings. These are stricter, because a falsely
    /// recognized name makes the engine ignore the section shown last.
    const SYNTAX: NameSyntax = NameSyntax { max_words: 3, mixes_scripts: true, reads_numerals: false };

    /// Collects the names of all products of a knowledge base.
    #[must_use]
    pub fn of(knowledge: &Knowledge) -> ProductNames {
        let products = knowledge.products.iter().enumerate();
        let names = products.flat_map(|(at, product)| product.names().map(move |name| (squashed(name), at)));
        ProductNames { names: names.collect(), others: other_names(knowledge) }
    }

    /// Tells where the names in a question belong, if there are any other than product names, and
    /// returns the question without these names. `rest` is the question without product names.
    fn names_in(&self, rest: &str, last: usize, knowledge: &Knowledge) -> (Option<Named>, String) {
        let product = knowledge.sections[last].product;
        let belongs = |sections: &Vec<usize>| match product {
            Some(_) => sections.iter().all(|s| knowledge.sections[*s].product == product),
            None => sections.contains(&last),
        };
        let (found, words): (Vec<&str>, Vec<&str>) = rest.split(' ').partition(|word| self.others.contains_key(*word));
        let is_in_topic = found.iter().filter_map(|name| self.others.get(*name)).all(belongs);
        let named = if is_in_topic { Named::InTopic } else { Named::Elsewhere };
        ((!found.is_empty()).then_some(named), words.join(" "))
    }

    /// True if `name` is the name of a product, in any spelling.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.names.get(&squashed(name)).is_some()
    }

    /// True if a text contains the name of a product.
    #[must_use]
    pub fn occur_in(&self, text: &str) -> bool {
        self.remove(&normalize(text)).0.is_some()
    }

    /// Removes product names from a text. Returns the first product named, and the remaining words.
    fn remove(&self, normal: &str) -> (Option<usize>, String) {
        let all: Vec<Word<'_>> = words(normal).collect();
        let (mut first, mut rest, mut at) = (None, String::new(), 0);
        while at < all.len() {
            if let Some((length, product)) = self.names.longest_prefix(&all[at..], ProductNames::SYNTAX) {
                first = first.or(Some(*product));
                at += length;
            } else {
                rest.push(' ');
                rest.push_str(all[at].text);
                at += 1;
            }
        }
        (first, rest)
    }
}

/// Returns the names in the aliases of a knowledge base, such as those of companies, with the
/// sections that have them. A name is a Latin word that is mostly written with a capital letter.
fn other_names(knowledge: &Knowledge) -> HashMap<String, Vec<usize>> {
    let words = |text: &str| -> Vec<String> {
        let all = text.split(|c: char| !c.is_ascii_alphanumeric());
        all.filter(|word| word.len() > 2).map(str::to_owned).collect()
    };
    let mut names: HashMap<String, Vec<usize>> = HashMap::new();
    // How much more often each word is written with a capital letter than without.
    let mut capitalized: HashMap<String, i64> = HashMap::new();
    for (at, section) in knowledge.sections.iter().enumerate() {
        for (_, text) in section.texts.iter().filter(|(language, _)| !language.capitalizes_nouns()) {
            for word in text.aliases.iter().flat_map(|alias| words(&alias.text)) {
                let is_acronym = !word.contains(|c: char| c.is_ascii_lowercase());
                if word.starts_with(|c: char| c.is_ascii_uppercase()) && !is_acronym {
                    let sections = names.entry(normalize(&word)).or_default();
                    if !sections.contains(&at) {
                        sections.push(at);
                    }
                }
            }
            let sentences = text.body.sentences().map(Sentence::plain);
            for sentence in sentences.chain(text.questions.iter().map(|question| question.text.clone())) {
                for word in words(&sentence) {
                    let is_capitalized = word.starts_with(|c: char| c.is_ascii_uppercase());
                    *capitalized.entry(normalize(&word)).or_default() += if is_capitalized { 1 } else { -1 };
                }
            }
        }
    }
    names.retain(|name, _| capitalized.get(name).is_none_or(|margin| *margin >= 0));
    names
}

/// Chinese words that refer to the section shown last, wherever they occur in the question.
const ANAPHORA_ZH: &[&str] = &["它", "这款", "该产品"];
/// Chinese words that refer to the section shown last only if the question starts with them. At the
/// end of a question, 那个 can mean "the one that …", as in 画画那个 ("the one that draws").
const INITIAL_ANAPHORA_ZH: &[&str] = &["这个", "那个", "那这个", "那那个", "这玩意", "那玩意"];
const ANAPHORA_EN: &[&str] = &["it", "its", "they", "them", "their", "this", "that", "those", "these"];

/// Chinese words that ask for a property of the section shown last, as "its" does in "its price".
const POSSESSIVE_ANAPHORA_ZH: &[&str] = &["它的", "它有"];
const POSSESSIVE_ANAPHORA_EN: &[&str] = &["its", "their"];

fn has_anaphora(normal: &str) -> bool {
    contains_phrase(normal, ANAPHORA_ZH, ANAPHORA_EN) || INITIAL_ANAPHORA_ZH.iter().any(|word| normal.starts_with(word))
}

/// Chinese phrases with which a user corrects an earlier question or changes the topic.
const CORRECTION_ZH: &[&str] =
    &["我是说", "我说的是", "我指的是", "不是这个", "说错了", "问错了", "换个话题", "另一个", "算了"];
const CORRECTION_EN: &[&str] = &[
    "i meant",
    "i mean",
    "no wait",
    "not that",
    "instead",
    "the other one",
    "different question",
    "never mind",
    "nevermind",
];

fn is_correction(normal: &str) -> bool {
    contains_phrase(normal, CORRECTION_ZH, CORRECTION_EN)
}

/// Chinese prepositions at the start of a question that compares the section shown last with a
/// product, as in "跟 GPT-3 有什么区别" ("how does it differ from GPT-3").
const COMPARISON_ZH: &[&str] = &["跟", "和", "与", "比"];
/// English words of comparison. If the question also contains a pronoun such as "it", it compares
/// the section shown last with the named product.
const COMPARISON_EN: &[&str] = &[
    "different from",
    "differ from",
    "difference",
    "compared",
    "compare",
    "related",
    "relation",
    "better than",
    "versus",
    "vs",
];

/// True if a question compares the section shown last with the products that the question names.
/// `rest` is the question without these product names.
fn is_comparison(rest: &str) -> bool {
    let rest = rest.trim_start().trim_start_matches(['那', '它', ' ']);
    let english = contains_phrase(rest, &[], COMPARISON_EN) && contains_phrase(rest, &[], ANAPHORA_EN);
    COMPARISON_ZH.iter().any(|word| rest.starts_with(word)) || english
}

fn contains_role(normal: &str, role: QuestionRole) -> bool {
    let phrases = role.phrases();
    contains_phrase(normal, &phrases.han, &phrases.latin)
}

#[cfg(test)]
mod tests {
    use super::{
        Context, POSSESSIVE_ANAPHORA_EN, POSSESSIVE_ANAPHORA_ZH, ProductNames, Question, has_anaphora, is_comparison,
        is_correction,
    };
    use crate::knowledge::{SectionId, embedded};
    use crate::text::{Language, contains_phrase, normalize};
    use crate::wording::check;

    #[test]
    fn pinyin_is_chinese_and_a_few_latin_words_follow_the_context() {
        let knowledge = embedded().knowledge;
        let names = ProductNames::of(&knowledge);
        let language = |text: &str, language| {
            let context = Context { language, ..Context::default() };
            Question::new(text, &context, &knowledge, &names).language
        };
        let contexts = [None, Some(Language::ZH), Some(Language::EN)];
        for text in [
            "whisper shi shenme",
            "whisper yong le duoshao xiaoshi de shuju xunlian",
            "codex shenme shihou fabu",
            "chatgpt neng zuo shenme",
            "chatgpt shi shen me",
            "dalle2 zenme shoufei",
            "gpt-3 he clip de qubie",
            "clip kaiyuan ma",
        ] {
            assert_eq!(contexts.map(|context| language(text, context)), [Language::ZH; 3], "{text}");
        }
        for text in [
            "what can he change in Codex",
            "is whisper free",
            "who made clip",
            "the gpt-3 price",
            "chatgpt training data release date list",
            "can dalle2 make long images",
        ] {
            assert_eq!(contexts.map(|context| language(text, context)), [Language::EN; 3], "{text}");
        }
        for text in ["figma", "dalle2 api", "NFT", "GPT-3 API", "Copilot", "whisper training data", "codex vs clip"] {
            let expected = [Language::EN, Language::ZH, Language::EN];
            assert_eq!(contexts.map(|context| language(text, context)), expected, "{text}");
        }
    }

    #[test]
    fn without_chinese_in_the_base_pinyin_stays_as_it_was() {
        let mut knowledge = embedded().knowledge;
        knowledge.languages = vec![Language::EN];
        let names = ProductNames::of(&knowledge);
        for text in ["whisper shi shenme", "codex kaiyuan ma", "clip zenme yong", "chatgpt neng zuo shenme"] {
            let question = Question::new(text, &Context::default(), &knowledge, &names);
            assert_eq!(question.language, Language::EN, "{text}");
        }
    }

    #[test]
    fn a_conversation_keeps_section_language_and_script() {
        let knowledge = embedded().knowledge;
        let names = ProductNames::of(&knowledge);
        let [whisper, codex] = ["whisper", "codex"].map(|id| SectionId::parse(id).expect("an id"));
        let mut context = Context::default();
        for (text, shown, last_section, language, is_traditional) in [
            ("Whisper 是什么", Some(&whisper), &whisper, Language::ZH, false),
            ("它們離線時能用嗎", None, &whisper, Language::ZH, true),
            ("who can use it", None, &whisper, Language::EN, true),
            ("what is Codex", Some(&codex), &codex, Language::EN, true),
            ("它是谁做的？这些呢", None, &codex, Language::ZH, false),
        ] {
            context = context.after(&Question::new(text, &context, &knowledge, &names), shown);
            let expected =
                Context { last_section: Some(last_section.clone()), language: Some(language), is_traditional };
            assert_eq!(context, expected, "{text}");
        }
    }

    #[test]
    fn anaphora_refer_to_something_said_before() {
        check(
            has_anaphora,
            &["how does it work", "its price", "那个多少钱", "它开源吗", "这款怎么样"],
            &["how does whisper work", "画画那个", "items", "价格", ""],
        );
    }

    #[test]
    fn possessive_anaphora_ask_for_a_property() {
        check(
            |normal| contains_phrase(normal, POSSESSIVE_ANAPHORA_ZH, POSSESSIVE_ANAPHORA_EN),
            &["what is its price", "它的价格", "their team"],
            &["is it free", "那个"],
        );
    }

    #[test]
    fn corrections_take_something_back() {
        check(is_correction, &["I meant Codex", "no, wait", "不是这个", "换个话题吧"], &["what does it mean", "这个"]);
    }

    #[test]
    fn comparisons_start_with_a_preposition_or_name_both_sides() {
        check(
            is_comparison,
            &["跟 有什么区别", "那它和 哪个好", "is it better than", "how does that compare to"],
            &["有什么区别", "what is the difference", "is it free", "我和你", ""],
        );
    }

    #[test]
    fn product_names_are_removed_in_any_spelling() {
        let names = ["dalle2", "gpt3", "whisper"];
        let names = ProductNames {
            names: names.map(|name| (name.to_owned(), 7)).into_iter().collect(),
            ..ProductNames::default()
        };
        for (text, names_product, rest) in [
            ("what is DALL·E 2", true, " what is"),
            ("whisper和GPT-3的区别", true, " 和 的 区 别"),
            ("what is it", false, " what is it"),
            ("gpt three", false, " gpt three"),
            ("", false, ""),
        ] {
            assert_eq!(names.remove(&normalize(text)), (names_product.then_some(7), rest.to_owned()), "{text}");
        }
        assert!(names.has("Dall-E 2") && !names.has("DALL·E"));
    }
}
