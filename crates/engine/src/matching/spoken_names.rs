//! Finds product names that the user wrote by their sound, such as 威斯珀 for Whisper.

use serde::{Deserialize, Serialize};

use crate::text::{IncrementalDistance, PhoneticKey, is_han, is_pinyin, number, phonemes};

/// The pronunciations of all product names, each with the index of its product.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct SpokenNames {
    names: Vec<(PhoneticKey, u16)>,
}

/// A word of a question that may be part of a product name.
#[derive(Debug, Clone, Copy)]
pub(super) struct SpokenWord<'a> {
    pub text: &'a str,
    /// Whether the knowledge base contains the word.
    pub is_known: bool,
}

/// A product name found in a question.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct NameMatch {
    /// The number of words of the question that spell the name.
    pub length: usize,
    pub product: u16,
    pub certainty: f32,
}

/// Maximum number of words that may spell one name.
const MAX_WORDS: usize = 8;

/// Maximum phonetic distance between a product name and words of the question that include Han
/// characters.
const MAX_DISTANCE_HAN: f32 = 0.18;
/// Maximum phonetic distance between a product name and several words in Latin letters, or one word
/// of pinyin.
const MAX_DISTANCE_WORDS: f32 = 0.1;
/// Maximum phonetic distance between a product name and a single word in Latin letters. The limit
/// is the strictest, because almost any name sounds similar to some English word.
const MAX_DISTANCE_WORD: f32 = 0.06;

impl SpokenNames {
    /// Indexes the pronunciations of product names, given with the index of each product.
    pub fn new<'a>(names: impl IntoIterator<Item = (&'a str, u16)>) -> SpokenNames {
        let keys = |(name, product)| PhoneticKey::of_name(name).into_iter().map(move |key| (key, product));
        SpokenNames { names: names.into_iter().flat_map(keys).collect() }
    }

    /// Finds product names in a question. Returns each match with the index of its first word. The
    /// matches do not overlap, and are sorted by this index.
    ///
    /// At least half of the words of a match must be unknown to the knowledge base, because known
    /// words are probably meant literally.
    pub fn find(&self, words: &[SpokenWord<'_>]) -> Vec<(usize, NameMatch)> {
        if self.names.is_empty() {
            return Vec::new();
        }
        let mut found: Vec<(f32, usize, NameMatch)> = Vec::new();
        let all: Vec<Vec<u8>> = words.iter().map(|word| phonemes(word.text)).collect();
        for from in 0..words.len() {
            if all[from].is_empty() || words[from..].iter().take(2).all(|word| word.is_known) {
                continue;
            }
            let mut candidates: Vec<(IncrementalDistance<'_>, u16, &PhoneticKey)> =
                self.names.iter().map(|(name, product)| (IncrementalDistance::new(name), *product, name)).collect();
            for to in from..words.len().min(from + MAX_WORDS) {
                if all[to].is_empty() {
                    break;
                }
                candidates.retain_mut(|(distance, ..)| {
                    all[to].iter().for_each(|phoneme| distance.push(*phoneme));
                    distance.lower_bound() <= MAX_DISTANCE_HAN
                });
                let spoken = &words[from..=to];
                if spoken.iter().filter(|word| word.is_known).count() * 2 <= spoken.len() {
                    let matches = candidates.iter().filter_map(|(distance, product, name)| {
                        let distance = distance.distance();
                        let length = match_length(distance, name, spoken, words.get(to + 1))?;
                        let certainty = 1.0 - 2.0 * distance;
                        Some((distance, from, NameMatch { length, product: *product, certainty }))
                    });
                    found.extend(matches);
                }
                if candidates.is_empty() {
                    break;
                }
            }
        }
        without_overlaps(found)
    }
}

/// If matches overlap, keeps the one with the smallest distance. If distances are equal, keeps the
/// longest match.
fn without_overlaps(mut found: Vec<(f32, usize, NameMatch)>) -> Vec<(usize, NameMatch)> {
    found.sort_by(|a, b| {
        a.0.total_cmp(&b.0).then(b.2.length.cmp(&a.2.length)).then((a.1, a.2.product).cmp(&(b.1, b.2.product)))
    });
    let mut kept: Vec<(usize, NameMatch)> = Vec::new();
    for (_, from, name) in found {
        if kept.iter().all(|(other, o)| from + name.length <= *other || other + o.length <= from) {
            kept.push((from, name));
        }
    }
    kept.sort_by_key(|(from, _)| *from);
    kept
}

/// Returns the number of words that spell the name, including a number such as the 3 of GPT-3.
/// Returns `None` if the words do not sound similar enough.
fn match_length(
    distance: f32,
    name: &PhoneticKey,
    words: &[SpokenWord<'_>],
    next: Option<&SpokenWord<'_>>,
) -> Option<usize> {
    let last = words[words.len() - 1].text;
    let digits = last
        .rfind(|c: char| !c.is_ascii_digit())
        .map(|at| &last[at + last[at..].chars().next().map_or(0, char::len_utf8)..]);
    let digits = digits.filter(|digits| !digits.is_empty());
    // The number typed after the name, and the number of words that it adds to the name: 0 if the
    // number is part of the name's last word, 1 if the number is a word by itself.
    let spoken_number = match digits {
        Some(digits) => Some((number(digits), 0)),
        None => next.and_then(|next| number(next.text)).map(|number| (Some(number), 1)),
    };
    let more = match (name.number, spoken_number) {
        (Some(own), Some((Some(spoken), more))) if own == spoken => more,
        (Some(_), _) => return None,
        (None, _) if digits.is_some() => return None,
        (None, _) => 0,
    };
    let has_han = words.iter().any(|word| word.text.chars().all(is_han));
    let max_distance = match words.len() {
        _ if name.is_short => MAX_DISTANCE_WORD,
        _ if has_han => MAX_DISTANCE_HAN,
        1 if !is_pinyin(last) => MAX_DISTANCE_WORD,
        _ => MAX_DISTANCE_WORDS,
    };
    (distance <= max_distance).then_some(words.len() + more)
}

#[cfg(test)]
mod tests {
    use super::{NameMatch, SpokenNames, SpokenWord, without_overlaps};
    use crate::text::{normalize, words};

    /// Asserts the product names found in a text, as (index of the first word, number of words,
    /// product). The knowledge base contains only the words in `known`.
    #[track_caller]
    fn check(text: &str, known: &[&str], expected: &[(usize, usize, u16)]) {
        let names = SpokenNames::new([("Whisper", 0), ("Codex", 1), ("GPT-3", 2), ("CLIP", 3)]);
        let normal = normalize(text);
        let spoken: Vec<SpokenWord<'_>> =
            words(&normal).map(|w| SpokenWord { text: w.text, is_known: known.contains(&w.text) }).collect();
        let found = names.find(&spoken);
        let found: Vec<_> = found.iter().map(|(from, name)| (*from, name.length, name.product)).collect();
        assert_eq!(found, expected, "{text}");
    }

    #[test]
    fn transliterations_are_names() {
        check("威斯珀", &[], &[(0, 3, 0)]);
        check("柯戴克斯和威斯珀", &["和"], &[(0, 4, 1), (5, 3, 0)]);
    }

    #[test]
    fn letters_and_english_words_are_names() {
        check("see l i p", &[], &[(0, 4, 3)]);
        check("wisper", &[], &[(0, 1, 0)]);
    }

    #[test]
    fn a_name_with_a_number_needs_that_number() {
        check("jee pee tee three", &[], &[(0, 4, 2)]);
        check("jee pee tee 3", &[], &[(0, 4, 2)]);
        check("jee pee tee four", &[], &[]);
        check("jee pee tee", &[], &[]);
        check("wisper2", &[], &[]);
    }

    #[test]
    fn known_words_are_no_mishearing() {
        check("威斯珀", &["威", "斯", "珀"], &[]);
        check("威斯珀", &["威"], &[(0, 3, 0)]);
        check("威斯珀", &["威", "斯"], &[]);
    }

    #[test]
    fn other_words_are_no_names() {
        check("今天天气怎么样", &[], &[]);
        check("whisker", &[], &[]);
        check("", &[], &[]);
    }

    #[test]
    fn a_nearer_name_is_more_certain() {
        let names = SpokenNames::new([("Whisper", 0)]);
        let certainty = |text| names.find(&[SpokenWord { text, is_known: false }])[0].1.certainty;
        assert_eq!(certainty("whisper"), 1.0);
        assert!(certainty("whisber") < 1.0 && certainty("whisber") > 0.8);
    }

    #[test]
    fn of_overlapping_names_the_nearest_stays_and_then_the_longest() {
        let name = |length, product| NameMatch { length, product, certainty: 1.0 };
        let found = vec![(0.1, 0, name(3, 0)), (0.05, 2, name(2, 1)), (0.1, 4, name(1, 2)), (0.1, 4, name(2, 3))];
        assert_eq!(without_overlaps(found), [(2, name(2, 1)), (4, name(2, 3))]);
    }

    #[test]
    fn a_base_without_products_has_no_names() {
        assert!(SpokenNames::new([]).find(&[SpokenWord { text: "whisper", is_known: false }]).is_empty());
    }
}
