//! Extracts features from texts and questions: words, n-grams and word clusters.

use std::hash::{BuildHasher, Hash};

use rustc_hash::FxBuildHasher;
use serde::{Deserialize, Serialize};

use super::stemmers::Stemmers;
use super::stopwords::Stopwords;
use super::token::{MatchKind, Token};
use super::word_clusters;
use crate::text::{Alphabet, Language, Script};

/// The kind of a feature.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum FeatureKind {
    /// The stem of a word of letters, or a product name.
    Word,
    /// Two adjacent tokens, except two Han characters. The start and the end of the text count as
    /// tokens.
    WordBigram,
    /// Two to five adjacent characters of a word, after adding a space on both sides of the word.
    CharNgram,
    /// One Han character, or one character of another script without spaces.
    Han,
    /// Two adjacent characters of that kind.
    HanBigram,
    /// Three adjacent characters of that kind.
    HanTrigram,
    /// A cluster of English words with similar meanings.
    Cluster,
}

/// One feature of a text.
#[derive(Debug, Clone, Copy)]
pub(super) struct Feature {
    /// A hash of the feature's kind and text.
    pub key: u64,
    pub kind: FeatureKind,
    /// The index of the first token that the feature comes from.
    pub token: usize,
    /// The lowest certainty among the feature's tokens; see [`Token::certainty`]. For a word
    /// cluster, this certainty is multiplied by the word's weight in the cluster.
    pub certainty: f32,
}

/// The lengths of the character n-grams, in characters.
const CHAR_NGRAM_LENGTHS: std::ops::RangeInclusive<usize> = 2..=5;

fn key(kind: FeatureKind, parts: impl Hash) -> u64 {
    FxBuildHasher.hash_one((kind as u8, parts))
}

/// Extracts the features of tokens.
#[derive(Serialize, Deserialize)]
#[serde(from = "Vec<Language>", into = "Vec<Language>")]
pub(super) struct Features {
    languages: Vec<Language>,
    stemmers: Stemmers,
    stopwords: Stopwords,
}

impl std::fmt::Debug for Features {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Features").field(&self.languages).finish()
    }
}

impl From<Vec<Language>> for Features {
    fn from(languages: Vec<Language>) -> Features {
        Features { stemmers: Stemmers::new(&languages), stopwords: Stopwords::of(&languages), languages }
    }
}

impl From<Features> for Vec<Language> {
    fn from(features: Features) -> Vec<Language> {
        features.languages
    }
}

impl Clone for Features {
    fn clone(&self) -> Features {
        Features::from(self.languages.clone())
    }
}

impl Default for Features {
    fn default() -> Features {
        Features::from(vec![Language::EN])
    }
}

impl Features {
    /// Returns the stopwords of the languages.
    pub fn stopwords(&self) -> &Stopwords {
        &self.stopwords
    }

    /// True if a language of the knowledge base writes all nouns with a capital letter.
    pub fn capitalizes_nouns(&self) -> bool {
        self.languages.iter().any(|language| language.capitalizes_nouns())
    }

    /// Returns the number of words that carry content, without product names. A Han character
    /// counts as half a word.
    pub fn content_words(&self, tokens: &[Token<'_>]) -> f32 {
        let weights = self.stopwords.weights(tokens);
        let content = tokens.iter().zip(weights).filter(|(token, weight)| *weight >= 1.0 && token.product.is_none());
        content.map(|(token, _)| if token.script == Script::Han { 0.5 } else { 1.0 }).sum()
    }

    /// True if no language but English is written in Latin letters.
    pub fn latin_is_english(&self) -> bool {
        self.languages.iter().all(|language| *language == Language::EN || !Alphabet::Latin.may_be(*language))
    }

    /// Returns the feature key of a word: a hash of the word's stem.
    pub fn of_word(&self, word: &str) -> u64 {
        key(FeatureKind::Word, &*self.stemmers.stem(word))
    }

    /// Returns the feature key of a product name. Product names are not stemmed.
    pub fn of_name(name: &str) -> u64 {
        key(FeatureKind::Word, name)
    }

    /// Returns the feature key of a Han character.
    pub fn of_han(character: &str) -> u64 {
        key(FeatureKind::Han, character)
    }

    /// Returns the feature key of two adjacent Han characters.
    pub fn of_han_bigram(first: &Token<'_>, second: &Token<'_>) -> u64 {
        key(FeatureKind::HanBigram, (&*first.text, &*second.text))
    }

    /// Returns the feature key of a single token.
    pub fn of_token(&self, token: &Token<'_>) -> u64 {
        match token.script {
            Script::Han => Features::of_han(&token.text),
            Script::Letters if token.product.is_some() => Features::of_name(&token.text),
            Script::Letters => self.of_word(&token.text),
        }
    }

    /// Returns the feature key of two adjacent words or Han characters, given their ids.
    pub fn of_pair(kind: FeatureKind, first: u32, second: u32) -> u64 {
        key(kind, (first, second))
    }

    /// Returns the feature key of each token.
    pub fn words(&self, tokens: &[Token<'_>]) -> Vec<u64> {
        tokens.iter().map(|token| self.of_token(token)).collect()
    }

    /// Calls `each` with every feature of a text. `words` are the feature keys of the tokens, as
    /// returned by [`Features::words`].
    pub fn each(tokens: &[Token<'_>], words: &[u64], mut each: impl FnMut(Feature)) {
        const EDGE: u64 = 0;
        // The number of tokens that the user typed. A product name inherited from the conversation
        // follows the typed tokens, and forms no bigram with them.
        let typed = tokens.iter().filter(|t| t.match_kind != MatchKind::Inherited).count();
        let mut previous = (EDGE, true, 1.0_f32);
        let mut padded = String::new();
        let mut starts: Vec<usize> = Vec::new();
        for (at, (token, &own)) in tokens.iter().zip(words).enumerate() {
            let mut emit = |key, kind, certainty| each(Feature { key, kind, token: at, certainty });
            let is_word = token.script == Script::Letters;
            match token.script {
                Script::Han => {
                    let run =
                        tokens[at + 1..].iter().take_while(|t| t.script == Script::Han && t.joined).take(2).count();
                    emit(own, FeatureKind::Han, token.certainty);
                    if run > 0 {
                        let next = &tokens[at + 1];
                        let certainty = token.certainty.min(next.certainty);
                        emit(Features::of_han_bigram(token, next), FeatureKind::HanBigram, certainty);
                        if run > 1 {
                            let last = &tokens[at + 2];
                            let parts = (&*token.text, &*next.text, &*last.text);
                            emit(
                                key(FeatureKind::HanTrigram, parts),
                                FeatureKind::HanTrigram,
                                certainty.min(last.certainty),
                            );
                        }
                    }
                }
                Script::Letters => {
                    emit(own, FeatureKind::Word, token.certainty);
                    padded.clear();
                    padded.push(' ');
                    padded.push_str(&token.text);
                    padded.push(' ');
                    starts.clear();
                    starts.extend(padded.char_indices().map(|(at, _)| at).chain([padded.len()]));
                    for length in CHAR_NGRAM_LENGTHS {
                        for ends in starts.windows(length + 1) {
                            emit(
                                key(FeatureKind::CharNgram, &padded[ends[0]..ends[length]]),
                                FeatureKind::CharNgram,
                                token.certainty,
                            );
                        }
                    }
                    if token.product.is_none() {
                        for cluster in word_clusters::clusters_of(&token.text) {
                            emit(
                                key(FeatureKind::Cluster, cluster.number),
                                FeatureKind::Cluster,
                                cluster.weight * token.certainty,
                            );
                        }
                    }
                }
            }
            if at < typed && (is_word || previous.1) {
                emit(
                    key(FeatureKind::WordBigram, (previous.0, own)),
                    FeatureKind::WordBigram,
                    token.certainty.min(previous.2),
                );
            }
            if at < typed {
                previous = (own, is_word, token.certainty);
            }
        }
        if let Some(last) = typed.checked_sub(1) {
            let feature = key(FeatureKind::WordBigram, (previous.0, EDGE));
            each(Feature { key: feature, kind: FeatureKind::WordBigram, token: last, certainty: previous.2 });
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::{Feature, FeatureKind, Features, key};
    use crate::matching::token::{MatchKind, Token};

    fn extract(tokens: &[Token<'_>]) -> Vec<Feature> {
        let mut all = Vec::new();
        Features::each(tokens, &Features::default().words(tokens), |feature| all.push(feature));
        all
    }

    /// Asserts that `normal` has exactly these features of one kind. `expected` holds the texts
    /// that the feature keys are hashed from.
    #[track_caller]
    fn check<T: std::hash::Hash>(normal: &str, kind: FeatureKind, expected: &[T]) {
        let found: Vec<u64> =
            extract(&Token::all_exact(normal)).iter().filter(|f| f.kind == kind).map(|f| f.key).collect();
        assert_eq!(found, expected.iter().map(|parts| key(kind, parts)).collect::<Vec<_>>(), "{normal}");
    }

    #[test]
    fn words_are_stemmed() {
        check("trained models", FeatureKind::Word, &["train", "model"]);
        let features = Features::default();
        assert_eq!(features.of_word("training"), features.of_word("trained"));
        assert_ne!(features.of_word("training"), features.of_word("rain"));
    }

    #[test]
    fn a_language_has_its_own_stemmer() {
        let german = Features::from(vec!["de".parse().expect("a code")]);
        assert_eq!(german.of_word("schlussel"), german.of_word("schluessel"));
        let english = Features::default();
        assert_ne!(english.of_word("schlussel"), english.of_word("schluessel"));
    }

    #[test]
    fn names_are_not_stemmed() {
        let mut name = Token::all_exact("codes").remove(0);
        name.product = Some(0);
        let features = Features::default();
        assert_eq!(features.of_token(&name), Features::of_name("codes"));
        assert_ne!(features.of_token(&name), features.of_word("codes"));
        assert!(extract(&[name]).iter().all(|f| f.kind != FeatureKind::Cluster), "a name has no meaning");
    }

    #[test]
    fn char_ngrams_include_the_spaces_around_a_word() {
        check("ab", FeatureKind::CharNgram, &[" a", "ab", "b ", " ab", "ab ", " ab "]);
        check("语", FeatureKind::CharNgram, &[""; 0]);
    }

    #[test]
    fn han_characters_make_ngrams_within_a_run() {
        check("语音识", FeatureKind::Han, &["语", "音", "识"]);
        check("语音识别", FeatureKind::HanBigram, &[("语", "音"), ("音", "识"), ("识", "别")]);
        check("语音识别", FeatureKind::HanTrigram, &[("语", "音", "识"), ("音", "识", "别")]);
        check("语 音a识", FeatureKind::HanBigram, &[("", ""); 0]);
    }

    #[test]
    fn word_bigrams_include_the_edges_but_no_two_han_characters() {
        let features = Features::default();
        let word = |text| features.of_word(text);
        check("a b", FeatureKind::WordBigram, &[(0, word("a")), (word("a"), word("b")), (word("b"), 0)]);
        let (first, last) = (Features::of_han("语"), Features::of_han("音"));
        check("语音a", FeatureKind::WordBigram, &[(0, first), (last, word("a")), (word("a"), 0)]);
        check("", FeatureKind::WordBigram, &[(0_u64, 0_u64); 0]);
    }

    #[test]
    fn an_inherited_name_has_no_neighbours() {
        let mut tokens = Token::all_exact("price whisper");
        tokens[1].match_kind = MatchKind::Inherited;
        tokens[1].product = Some(0);
        let price = Features::default().of_word("price");
        let bigrams: Vec<u64> =
            extract(&tokens).iter().filter(|f| f.kind == FeatureKind::WordBigram).map(|f| f.key).collect();
        assert_eq!(bigrams, [(0, price), (price, 0)].map(|parts| key(FeatureKind::WordBigram, parts)));
    }

    #[test]
    fn a_feature_is_as_certain_as_its_least_certain_token() {
        let mut tokens = Token::all_exact("语音识");
        for (token, certainty) in tokens.iter_mut().zip([0.9, 0.5, 0.7]) {
            token.certainty = certainty;
        }
        let mut found: HashMap<FeatureKind, Vec<(usize, f32)>> = HashMap::new();
        for feature in extract(&tokens) {
            found.entry(feature.kind).or_default().push((feature.token, feature.certainty));
        }
        assert_eq!(found[&FeatureKind::Han], [(0, 0.9), (1, 0.5), (2, 0.7)]);
        assert_eq!(found[&FeatureKind::HanBigram], [(0, 0.5), (1, 0.5)]);
        assert_eq!(found[&FeatureKind::HanTrigram], [(0, 0.5)]);
    }

    #[test]
    fn clusters_weigh_less_for_uncertain_words() {
        let clusters = |certainty| {
            let mut token = Token::all_exact("price").remove(0);
            token.certainty = certainty;
            let all = extract(&[token]);
            all.iter().filter(|f| f.kind == FeatureKind::Cluster).map(|f| f.certainty).collect::<Vec<_>>()
        };
        let (sure, unsure) = (clusters(1.0), clusters(0.5));
        assert!(!sure.is_empty() && sure.len() == unsure.len());
        assert!(sure.iter().zip(&unsure).all(|(sure, unsure)| *unsure == sure * 0.5));
    }
}
