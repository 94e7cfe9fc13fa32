//! Splits texts into tokens. In questions, unknown words are also corrected to words of the
//! knowledge base.
//!
//! A product name is one token, in any spelling.

use serde::{Deserialize, Serialize};
use std::borrow::Cow;

use super::char_correction;
use super::phonetic_model::PhoneticModel;
use super::pinyin_decoder::{self, DecodedChar, PinyinContext, PinyinWord};
use super::proper_names;
use super::spoken_names::{NameMatch, SpokenWord};
use super::stopwords::{self, Stopwords};
use super::token::{MatchKind, Token};
use super::vocabulary::Vocabulary;
use crate::text::{Language, NameDictionary, NameSyntax, Script, Word, is_name_sign, is_pictograph, is_pinyin, words};

/// The syntax of product names. A name may be spelled letter by letter in up to seven words, and
/// may contain numerals, as in "dall e two".
const NAME_SYNTAX: NameSyntax = NameSyntax { max_words: 7, mixes_scripts: false, reads_numerals: true };

/// Maximum number of words into which the user may have split a misspelled product name.
const MAX_MISSPELT_NAME_WORDS: usize = 3;

/// Maximum number of unknown words that are corrected per question, because each correction costs
/// time.
const MAX_CORRECTED_WORDS: usize = 12;

/// Maximum number of adjacent words that are decoded as pinyin together.
const MAX_PINYIN_WORDS: usize = 40;

const INITIALS_CERTAINTY: f32 = 0.6;

/// Tokenizes questions and the texts of the knowledge base.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Tokenizer {
    vocabulary: Vocabulary,
    phonetic: PhoneticModel,
    /// Maps each product name to the product's index and canonical name.
    names: NameDictionary<(u16, String)>,
    /// The stopwords of languages other than English and Chinese.
    stopwords: Stopwords,
}

impl Tokenizer {
    /// Creates a tokenizer. `names` maps squashed product names (normalized, without spaces) to the
    /// product's index and canonical name.
    pub fn new(
        names: impl IntoIterator<Item = (String, (u16, String))>,
        vocabulary: Vocabulary,
        phonetic: PhoneticModel,
    ) -> Tokenizer {
        let stopwords = Stopwords::further(&[]);
        Tokenizer { vocabulary, phonetic, names: names.into_iter().collect(), stopwords }
    }

    /// Returns the tokenizer for a base in these languages.
    pub fn for_languages(self, languages: &[Language]) -> Tokenizer {
        Tokenizer { stopwords: Stopwords::further(languages), ..self }
    }

    /// Tokenizes a text of the knowledge base, without corrections.
    pub fn tokenize<'a>(&'a self, normal: &'a str) -> Vec<Token<'a>> {
        let all: Vec<Word<'a>> = words(normal).collect();
        let start = |word: &Word<'_>| word.text.as_ptr() as usize - normal.as_ptr() as usize;
        let mut tokens = Vec::with_capacity(all.len());
        let mut at = 0;
        while at < all.len() {
            let word = &all[at];
            let name = self.names.longest_prefix(&all[at..], NAME_SYNTAX);
            let length = name.map_or(1, |(length, _)| length);
            let last = &all[at + length - 1];
            tokens.push(Token {
                text: name.map_or(Cow::Borrowed(word.text), |(_, (_, name))| Cow::Borrowed(name)),
                typed: start(word)..start(last) + last.text.len(),
                script: if name.is_some() { Script::Letters } else { word.script },
                joined: word.joined,
                match_kind: MatchKind::Exact,
                certainty: 1.0,
                product: name.map(|(_, (product, _))| *product),
            });
            at += length;
        }
        self.stopwords.discount(&mut tokens);
        tokens
    }

    /// Tokenizes a question and replaces unknown words by the words that the user probably meant.
    ///
    /// `is_known` returns true if the knowledge base contains another form of the word.
    pub fn tokenize_question<'a>(&'a self, normal: &'a str, is_known: impl Fn(&str) -> bool) -> Vec<Token<'a>> {
        let exact = self.without_unknown_signs(self.tokenize(normal));
        let unknown: Vec<bool> = exact.iter().map(|token| self.is_unknown(token, &is_known)).collect();
        if !unknown.contains(&true) && !self.has_suspicious_bigram(&exact) {
            return exact;
        }
        let spoken: Vec<SpokenWord<'_>> = (0..exact.len())
            .map(|at| SpokenWord { text: &exact[at].text, is_known: !unknown[at] && !self.is_unknown_han(&exact, at) })
            .collect();
        let mut spoken_names = self.phonetic.spoken_names.find(&spoken).into_iter().peekable();
        let mut tokens: Vec<Token<'a>> = Vec::with_capacity(exact.len());
        let (mut at, mut corrected, mut decoded_to) = (0, 0, 0);
        while at < exact.len() {
            let rest = &exact[at..];
            while spoken_names.next_if(|(from, _)| *from < at).is_some() {}
            if rest[0].script == Script::Letters
                && rest[0].product.is_none()
                && unknown[at..].iter().take(2).any(|u| *u)
                && let Some((length, token)) = self.misspelt_name(rest)
            {
                tokens.push(token);
                at += length;
            } else if let Some((_, name)) = spoken_names.next_if(|(from, _)| *from == at) {
                tokens.extend(self.spoken_name(rest, name));
                at += name.length;
            } else if rest[0].script == Script::Han {
                let end = spoken_names.peek().map_or(exact.len(), |(from, _)| *from);
                at += self.correct_han(&exact[at..end], &mut tokens);
            } else if corrected == MAX_CORRECTED_WORDS {
                tokens.push(rest[0].clone());
                at += 1;
            } else if let Some(length) = self.decode_pinyin(&exact, &unknown, at, &mut decoded_to, &mut tokens) {
                at += length;
            } else if let Some((length, token)) = self.code(rest, &unknown[at..]) {
                tokens.push(token);
                at += length;
            } else if unknown[at] {
                corrected += 1;
                self.correct_word(&rest[0], normal, &mut tokens);
                at += 1;
            } else {
                tokens.push(rest[0].clone());
                at += 1;
            }
        }
        tokens
    }

    /// Removes the emoji and signs that do not occur in the knowledge base.
    fn without_unknown_signs<'a>(&self, mut tokens: Vec<Token<'a>>) -> Vec<Token<'a>> {
        let is_sign = |token: &Token<'_>| token.text.starts_with(|c| is_pictograph(c) || is_name_sign(c));
        let is_kept = |token: &Token<'_>| !is_sign(token) || self.vocabulary.contains(&token.text);
        if !tokens.iter().all(is_kept) {
            for at in 1..tokens.len() {
                tokens[at].joined &= is_kept(&tokens[at - 1]);
            }
            tokens.retain(is_kept);
        }
        tokens
    }

    /// True if the token is a word in Latin letters that the knowledge base does not contain in any
    /// form.
    fn is_unknown(&self, token: &Token<'_>, is_known: impl Fn(&str) -> bool) -> bool {
        token.script == Script::Letters
            && token.product.is_none()
            && !self.vocabulary.contains(&token.text)
            && !is_known(&token.text)
            // The name of another thing is no slip of a word here.
            && !proper_names::is_well_known(&token.text)
    }

    /// True if the Han character at index `at` rarely or never occurs next to either of its
    /// neighbors in the knowledge base.
    fn is_unknown_han(&self, tokens: &[Token<'_>], at: usize) -> bool {
        let Some(own) = tokens[at].han() else { return false };
        let before = at.checked_sub(1).filter(|_| tokens[at].joined).and_then(|before| tokens[before].han());
        let after = tokens.get(at + 1).filter(|token| token.joined).and_then(Token::han);
        let chars = &self.phonetic.chars;
        !before.is_some_and(|before| chars.is_established(before, own))
            && !after.is_some_and(|after| chars.is_established(own, after))
    }

    /// True if two adjacent Han characters of the question are never adjacent in the knowledge
    /// base.
    fn has_suspicious_bigram(&self, tokens: &[Token<'_>]) -> bool {
        tokens.windows(2).any(|pair| match (pair[0].han(), pair[1].han()) {
            (Some(a), Some(b)) => pair[1].joined && !self.phonetic.chars.contains_bigram(a, b),
            _ => false,
        })
    }

    /// Creates the token of a product name that was recognized by its sound.
    fn spoken_name<'a>(&'a self, tokens: &[Token<'a>], found: NameMatch) -> Option<Token<'a>> {
        let (_, name) = self.names.values().find(|(product, _)| *product == found.product)?;
        Some(Token {
            text: Cow::Borrowed(name),
            typed: tokens[0].typed.start..tokens[found.length - 1].typed.end,
            script: Script::Letters,
            match_kind: MatchKind::Sound,
            certainty: found.certainty,
            product: Some(found.product),
            ..tokens[0].clone()
        })
    }

    /// Corrects the adjacent Han characters at the start of `tokens`, and appends the result to
    /// `out`. Returns the number of these characters.
    fn correct_han<'a>(&'a self, tokens: &[Token<'a>], out: &mut Vec<Token<'a>>) -> usize {
        // Characters next to kana are Japanese. Chinese homophones are no corrections for them.
        let is_other = |t: &Token<'_>| t.script == Script::Han && t.han().is_none();
        let joined = tokens[1..].iter().take_while(|t| t.script == Script::Han && t.joined).count() + 1;
        if tokens[..joined].iter().any(is_other) {
            out.extend_from_slice(&tokens[..joined]);
            return joined;
        }
        let more = tokens[1..].iter().take_while(|t| t.script == Script::Han && t.joined);
        let run: Vec<char> = tokens[..1].iter().chain(more).filter_map(Token::han).collect();
        let PhoneticModel { chars, readings, lookalikes, .. } = &self.phonetic;
        let corrections = char_correction::correct(chars, readings, lookalikes, &run);
        for (token, correction) in tokens.iter().zip(corrections) {
            out.push(match correction {
                Some(correction) => Token {
                    text: correction.character.to_string().into(),
                    match_kind: correction.match_kind,
                    certainty: correction.certainty,
                    ..token.clone()
                },
                None => token.clone(),
            });
        }
        run.len()
    }

    /// Decodes pinyin or pinyin initials, starting at token `at`, and appends the result to `out`.
    /// Returns the number of tokens that the result replaces.
    ///
    /// Tokens before `decoded_to` are skipped, because an earlier call tried to decode them.
    fn decode_pinyin<'a>(
        &'a self,
        tokens: &[Token<'a>],
        unknown: &[bool],
        at: usize,
        decoded_to: &mut usize,
        out: &mut Vec<Token<'a>>,
    ) -> Option<usize> {
        if at < *decoded_to {
            return None;
        }
        let may_be_pinyin =
            |token: &&Token<'_>| token.script == Script::Letters && token.product.is_none() && is_pinyin(&token.text);
        let run = tokens[at..].iter().take_while(may_be_pinyin).take(MAX_PINYIN_WORDS).count();
        let is_amid_english = || tokens.iter().any(|token| stopwords::is_english(&token.text));
        *decoded_to = at + run;
        if run == 0 {
            let text = unknown[at].then(|| self.phonetic.initials.find(&tokens[at].text)).flatten();
            let decoded: Vec<DecodedChar> =
                text.filter(|_| !is_amid_english())?.chars().enumerate().map(decoded_initial).collect();
            push_decoded(&tokens[at..=at], &decoded, out);
            return Some(1);
        }
        if !unknown[at..at + run].contains(&true) {
            return None;
        }
        let words: Vec<PinyinWord<'_>> =
            (at..at + run).map(|at| PinyinWord { text: &tokens[at].text, is_known: !unknown[at] }).collect();
        let context = PinyinContext {
            before: out.last().and_then(Token::han),
            after: tokens.get(at + run).and_then(Token::han),
            amid_english: is_amid_english(),
        };
        let decoded = pinyin_decoder::decode(&self.phonetic.chars, &self.phonetic.readings, &words, context)?;
        push_decoded(&tokens[at..at + run], &decoded, out);
        Some(run)
    }

    /// Finds a misspelled product name at the start of `tokens`. Returns the name's length in
    /// words, and a token for the name.
    fn misspelt_name<'a>(&'a self, tokens: &[Token<'a>]) -> Option<(usize, Token<'a>)> {
        let letters = tokens.iter().take_while(|t| t.script == Script::Letters).take(MAX_MISSPELT_NAME_WORDS);
        let (length, similarity, (product, name)) = self.names.most_similar_prefix(letters.map(|t| &*t.text))?;
        let token = Token {
            text: Cow::Borrowed(name),
            typed: tokens[0].typed.start..tokens[length - 1].typed.end,
            script: Script::Letters,
            joined: tokens[0].joined,
            match_kind: MatchKind::Typo,
            certainty: similarity as f32,
            product: Some(*product),
        };
        Some((length, token))
    }

    /// Finds a code of the knowledge base, such as `e1010`, at the start of `tokens`: typed with a
    /// space, or as its number alone. Returns the number of tokens that it replaces.
    fn code<'a>(&'a self, tokens: &[Token<'a>], unknown: &[bool]) -> Option<(usize, Token<'a>)> {
        /// Minimum number of digits of a code that is typed as its number alone.
        const MIN_DIGITS: usize = 3;
        /// Certainty that a number alone stands for the only code with that number.
        const NUMBER_CERTAINTY: f32 = 0.9;
        let is_number = |at: usize| {
            let number = tokens.get(at).filter(|token| token.product.is_none())?;
            (unknown[at] && number.text.bytes().all(|b| b.is_ascii_digit())).then_some(&*number.text)
        };
        let code = |text: String, length: usize, certainty: f32| Token {
            text: text.into(),
            typed: tokens[0].typed.start..tokens[length - 1].typed.end,
            match_kind: MatchKind::Split,
            certainty,
            ..tokens[0].clone()
        };
        if let Some(number) = is_number(1)
            && tokens[0].text.bytes().all(|b| b.is_ascii_lowercase())
        {
            let joined = format!("{}{number}", tokens[0].text);
            return self.vocabulary.contains(&joined).then(|| (2, code(joined, 2, 1.0)));
        }
        let found = is_number(0).filter(|number| number.len() >= MIN_DIGITS)?;
        Some((1, code(self.vocabulary.code_with(found)?.to_owned(), 1, NUMBER_CERTAINTY)))
    }

    /// Corrects an unknown word: as a typo, as several words without spaces, or as a prefix.
    fn correct_word<'a>(&'a self, token: &Token<'a>, normal: &'a str, out: &mut Vec<Token<'a>>) {
        let replaced_by = |text: &'a str, match_kind, similarity: f64| Token {
            text: Cow::Borrowed(text),
            match_kind,
            certainty: similarity as f32,
            ..token.clone()
        };
        let typed = &normal[token.typed.clone()];
        if let Some((text, similarity)) = self.vocabulary.nearest(typed) {
            out.push(replaced_by(text, MatchKind::Typo, similarity));
        } else if let Some(ends) = self.vocabulary.split(typed) {
            let mut start = 0;
            for end in ends {
                let part = &typed[start..end];
                let typed = token.typed.start + start..token.typed.start + end;
                let (product, text) =
                    self.names.get(part).map_or((None, part), |(product, name)| (Some(*product), name));
                out.push(Token {
                    typed,
                    joined: token.joined && start == 0,
                    product,
                    ..replaced_by(text, MatchKind::Split, 1.0)
                });
                start = end;
            }
        } else if let Some((text, similarity)) = self.vocabulary.complete(typed) {
            out.push(replaced_by(text, MatchKind::Prefix, similarity));
        } else {
            out.push(token.clone());
        }
    }
}

fn decoded_initial((at, character): (usize, char)) -> DecodedChar {
    DecodedChar { character, word: 0, typed: at..at + 1, certainty: INITIALS_CERTAINTY }
}

/// Appends `words` to `out`, with the decoded Han characters in place of the pinyin words.
fn push_decoded<'a>(words: &[Token<'a>], decoded: &[DecodedChar], out: &mut Vec<Token<'a>>) {
    let mut rest = decoded;
    for (at, word) in words.iter().enumerate() {
        let (own, after) = rest.split_at(rest.iter().take_while(|d| d.word == at).count());
        rest = after;
        if own.is_empty() {
            out.push(word.clone());
        }
        for decoded in own {
            // Treat the decoded characters as joined, since spaces between pinyin syllables do not
            // separate words.
            let joined = out.last().is_some_and(|token| token.script == Script::Han);
            out.push(Token {
                text: decoded.character.to_string().into(),
                typed: word.typed.start + decoded.typed.start..word.typed.start + decoded.typed.end,
                script: Script::Han,
                joined,
                match_kind: MatchKind::Pinyin,
                certainty: decoded.certainty,
                product: None,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{PhoneticModel, Token, Tokenizer, Vocabulary};
    use crate::text::{normalize, squashed};

    const SENTENCES: [&str; 7] = [
        "the training of a transcription model",
        "speech recognition with whisper is open source",
        "语音识别 很 准确",
        "语音识别 的 准确 率",
        "语音识别 开源",
        "what is whisper",
        "e1010",
    ];

    fn tokenizer() -> Tokenizer {
        let names =
            [("Whisper", 0, "whisper"), ("DALL·E 2", 1, "dalle2"), ("DALL-E", 1, "dalle2"), ("GPT-3", 2, "gpt3")];
        let vocabulary = Vocabulary::new(SENTENCES.iter().flat_map(|s| s.split(' ')).filter(|w| w.is_ascii()));
        let products = [("Whisper", 0), ("DALL·E 2", 1), ("GPT-3", 2)];
        let phonetic = PhoneticModel::new(SENTENCES.into_iter(), ["语音识别"].into_iter(), products.into_iter());
        let names = names.map(|(name, product, main)| (squashed(name), (product, main.to_owned())));
        Tokenizer::new(names, vocabulary, phonetic)
    }

    /// Formats tokens as `text`, product names as `<text:product>`, and corrected tokens as
    /// `kind(text)`. A leading `+` marks a token that follows the previous one without a space.
    fn show(tokens: &[Token<'_>]) -> String {
        let one = |token: &Token<'_>| {
            let joined = if token.joined { "+" } else { "" };
            let text = token.product.map_or(token.text.to_string(), |product| format!("<{}:{product}>", token.text));
            match token.match_kind {
                super::MatchKind::Exact => format!("{joined}{text}"),
                kind => format!("{joined}{kind:?}({text})"),
            }
        };
        tokens.iter().map(one).collect::<Vec<_>>().join(" ")
    }

    #[track_caller]
    fn check_text(text: &str, expected: &str) {
        let (tokenizer, normal) = (tokenizer(), normalize(text));
        assert_eq!(show(&tokenizer.tokenize(&normal)), expected, "{text}");
    }

    #[track_caller]
    fn check_question(text: &str, expected: &str) {
        let (tokenizer, normal) = (tokenizer(), normalize(text));
        assert_eq!(show(&tokenizer.tokenize_question(&normal, |word| word == "recognise")), expected, "{text}");
    }

    #[test]
    fn a_name_in_any_spelling_is_one_token() {
        check_text("DALL·E 2 is new", "<dalle2:1> is new");
        check_text("dall e two and gpt iii", "<dalle2:1> and <gpt3:2>");
        check_text("w h i s p e r", "<whisper:0>");
        check_text("Whisper的语音", "<whisper:0> +的 +语 +音");
    }

    #[test]
    fn signs_that_the_base_does_not_know_are_removed() {
        check_question("whisper 😂 training++", "<whisper:0> training");
        check_question("语音😂识别", "语 +音 识 +别");
        check_text("training 😂", "training 😂");
    }

    #[test]
    fn codes_may_be_typed_with_a_space_or_as_their_number() {
        check_question("e 1010", "Split(e1010)");
        check_question("training 1010", "training Split(e1010)");
        check_question("training 999", "training 999");
        check_question("e1010", "e1010");
    }

    #[test]
    fn japanese_is_not_corrected_as_chinese() {
        check_question("语音失别を", "语 +音 +失 +别 +を");
    }

    #[test]
    fn texts_of_the_base_are_not_corrected() {
        check_text("trainig wisper", "trainig wisper");
        check_text("", "");
    }

    #[test]
    fn known_questions_stay() {
        check_question("what is speech recognition", "what is speech recognition");
        check_question("recognise", "recognise");
        check_question("语音识别", "语 +音 +识 +别");
    }

    #[test]
    fn words_are_corrected_as_typos_then_split_then_completed() {
        check_question("trainig", "Typo(training)");
        check_question("speechrecognition", "Split(speech) Split(recognition)");
        check_question("whatiswhisper", "Split(what) Split(is) Split(<whisper:0>)");
        check_question("transcr", "Prefix(transcription)");
        check_question("zzzzz", "zz");
    }

    #[test]
    fn misspelt_names_are_names() {
        check_question("what is wisper", "what is Typo(<whisper:0>)");
        check_question("dalee two", "Typo(<dalle2:1>)");
    }

    #[test]
    fn names_are_recognised_by_ear() {
        check_question("威斯珀准确吗", "Sound(<whisper:0>) +准 +确 +吗");
        check_question("jee pee tee 3", "Sound(<gpt3:2>)");
    }

    #[test]
    fn pinyin_and_initials_become_han_characters() {
        check_question("yuyinshibie", "Pinyin(语) +Pinyin(音) +Pinyin(识) +Pinyin(别)");
        check_question("yysb", "Pinyin(语) +Pinyin(音) +Pinyin(识) +Pinyin(别)");
        check_question("what is yysb", "what is yysb");
    }

    #[test]
    fn han_characters_are_corrected_in_their_row() {
        check_question("语音失别", "语 +音 +Homophone(识) +别");
    }

    #[test]
    fn tokens_know_where_they_were_typed() {
        let tokenizer = tokenizer();
        let normal = normalize("DALL·E 2 speechrecognition yuyin shibie");
        let tokens = tokenizer.tokenize_question(&normal, |_| false);
        let typed: Vec<&str> = tokens.iter().map(|token| &normal[token.typed.clone()]).collect();
        assert_eq!(typed, ["dall e 2", "speech", "recognition", "yu", "yin", "shi", "bie"]);
    }

    #[test]
    fn only_so_many_words_are_corrected() {
        let (tokenizer, normal) = (tokenizer(), "trainig ".repeat(20));
        let tokens = tokenizer.tokenize_question(&normal, |_| false);
        let corrected = tokens.iter().filter(|t| t.match_kind == super::MatchKind::Typo).count();
        assert_eq!((tokens.len(), corrected), (20, super::MAX_CORRECTED_WORDS));
    }
}
