//! The parsed question: normalized text, language, and relation to the conversation before it.

use crate::knowledge::{Knowledge, Product, SectionId};
use crate::text::{
    Alphabet, Language, NameDictionary, NameSyntax, QuestionRole, Word, contains_phrase, is_simplified, is_traditional,
    normalize, squashed, words,
};

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
    /// `None` if the question names a product, unless the question compares that product with the
    /// last section.
    pub follow_up_to: Option<usize>,
    /// Whether the question contains a pronoun ("it", 那个) that may refer to the section shown last.
    pub has_anaphora: bool,
    /// Whether the question asks for a property of the section shown last, with a possessive
    /// pronoun ("its price", 它的价格).
    pub has_possessive_anaphora: bool,
}

impl Question {
    /// Parses a question in the context of its conversation.
    #[must_use]
    pub fn new(raw: &str, context: &Context, knowledge: &Knowledge, names: &ProductNames) -> Question {
        let normalized = normalize(raw);
        let (names_product, rest) = names.remove(&normalized);
        let alphabet =
            Alphabet::of(&rest).or_else(|| context.language.is_none().then(|| Alphabet::of(&normalized)).flatten());
        let may_be = |l: &Language| alphabet.is_none_or(|alphabet| alphabet.may_be(*l));
        let plausible: Vec<Language> = knowledge.languages.iter().copied().filter(may_be).collect();
        // If no language has this script, any language of the base may be the answer's.
        let choices = if plausible.is_empty() { &knowledge.languages } else { &plausible };
        let wanted = context.language.filter(|l| choices.contains(l));
        let language = wanted.or(choices.first().copied()).unwrap_or_else(|| knowledge.default_language());
        let is_open = alphabet.is_some() && plausible.len() > 1;
        let may_follow_up = !is_correction(&normalized) && (!names_product || is_comparison(&rest));
        let last = context.last_section.as_ref().and_then(|id| knowledge.find(id));
        Question {
            raw: raw.to_owned(),
            is_traditional: is_answered_in_traditional(raw, language, context),
            has_anaphora: has_anaphora(&normalized),
            has_possessive_anaphora: contains_phrase(&normalized, POSSESSIVE_ANAPHORA_ZH, POSSESSIVE_ANAPHORA_EN),
            normalized,
            language,
            plausible_languages: if is_open { plausible } else { Vec::new() },
            follow_up_to: last.filter(|_| may_follow_up),
        }
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

fn is_answered_in_traditional(raw: &str, language: Language, context: &Context) -> bool {
    language == Language::ZH && (is_traditional(raw) || (context.is_traditional && !is_simplified(raw)))
}

/// The names of all products of a knowledge base.
#[derive(Debug, Clone, Default)]
pub struct ProductNames {
    names: NameDictionary<()>,
}

impl ProductNames {
    /// The spellings in which a product name is recognized for language detection and follow-up
    /// detection. The matcher accepts more spellings. These are stricter, because a falsely
    /// recognized name makes the engine ignore the section shown last.
    const SYNTAX: NameSyntax = NameSyntax { max_words: 3, mixes_scripts: true, reads_numerals: false };

    /// Collects the names of all products of a knowledge base.
    #[must_use]
    pub fn of(knowledge: &Knowledge) -> ProductNames {
        let names = knowledge.products.iter().flat_map(Product::names);
        ProductNames { names: names.map(|name| (squashed(name), ())).collect() }
    }

    /// True if `name` is the name of a product, in any spelling.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.names.get(&squashed(name)).is_some()
    }

    /// Removes product names from a text. Returns whether the text contained a name, and the
    /// remaining words.
    fn remove(&self, normal: &str) -> (bool, String) {
        let all: Vec<Word<'_>> = words(normal).collect();
        let (mut names_product, mut rest, mut at) = (false, String::new(), 0);
        while at < all.len() {
            if let Some((length, ())) = self.names.longest_prefix(&all[at..], ProductNames::SYNTAX) {
                names_product = true;
                at += length;
            } else {
                rest.push(' ');
                rest.push_str(all[at].text);
                at += 1;
            }
        }
        (names_product, rest)
    }
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
    &["我是说", "我说的是", "我指的是", "不是这个", "说错了", "问错了", "换个话题", "另一个"];
const CORRECTION_EN: &[&str] =
    &["i meant", "i mean", "no wait", "not that", "instead", "the other one", "different question"];

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

    /// Asserts that a predicate is true for each text in `holds` and false for each in `fails`.
    /// Texts are normalized first.
    #[track_caller]
    fn check(predicate: impl Fn(&str) -> bool, holds: &[&str], fails: &[&str]) {
        for (texts, expected) in [(holds, true), (fails, false)] {
            for text in texts {
                assert_eq!(predicate(&normalize(text)), expected, "{text}");
            }
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
        let names = ProductNames { names: names.map(|name| (name.to_owned(), ())).into_iter().collect() };
        for (text, names_product, rest) in [
            ("what is DALL·E 2", true, " what is"),
            ("whisper和GPT-3的区别", true, " 和 的 区 别"),
            ("what is it", false, " what is it"),
            ("gpt three", false, " gpt three"),
            ("", false, ""),
        ] {
            assert_eq!(names.remove(&normalize(text)), (names_product, rest.to_owned()), "{text}");
        }
        assert!(names.has("Dall-E 2") && !names.has("DALL·E"));
    }
}
