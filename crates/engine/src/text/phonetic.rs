//! Phonetic similarity of names, tolerant enough to match transliterations.
//!
//! Users may write a name in Han characters, letter by letter, or as English words that sound like
//! the name. A [`PhoneticKey`] is a sequence of phonemes, one byte each. Keys are compared by a
//! weighted Levenshtein distance. Phonemes that transliterations often confuse have a low
//! substitution cost.
//!
//! Sources: the initials and finals of Hanyu Pinyin (GB/T 16159), the conventions of Chinese
//! transliteration (克 stands for the consonant k, with a silent vowel), and a few rules of English
//! spelling.

use serde::{Deserialize, Serialize};

use super::pinyin::{MAX_SYLLABLE_LETTERS, is_pinyin, readings, spelling, syllable};
use super::{is_han, normalize, words};

/// The pronunciation of a name, as a sequence of phonemes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PhoneticKey {
    phonemes: Vec<u8>,
    /// The sum of the deletion costs of all phonemes. Edit distances to the name are divided by
    /// this weight, so that distances to short and long names are comparable.
    weight: f32,
    /// The number at the end of the name, such as 3 in GPT-3.
    pub number: Option<u8>,
    /// Whether the name has fewer than three consonants. Many words sound similar to such a name.
    pub is_short: bool,
}

/// A silent vowel, as in 克, which transliterates the consonant k.
const SILENT_VOWEL: u8 = b'.';
/// Minimum number of consonants of a distinctive name. Many words sound similar to a name with
/// fewer consonants.
const MIN_CONSONANTS: usize = 3;
/// Maximum length, in letters, of a name that users may also pronounce letter by letter.
const MAX_SPELT_LETTERS: usize = 5;

impl PhoneticKey {
    /// Returns the pronunciations of a name: as words, and letter by letter if the name is one
    /// short word.
    #[must_use]
    pub fn of_name(name: &str) -> Vec<PhoneticKey> {
        let mut separated = String::new();
        for c in name.chars() {
            // Splits "ChatGPT" into two words, because the name is pronounced as two words.
            if c.is_uppercase() && separated.ends_with(char::is_lowercase) {
                separated.push(' ');
            }
            separated.push(c);
        }
        let normal = normalize(&separated);
        let parts: Vec<&str> = words(&normal).map(|w| w.text).collect();
        let (spoken, number) = match parts.split_last() {
            Some((last, before)) if !before.is_empty() && number(last).is_some() => (before, number(last)),
            _ => (&parts[..], None),
        };
        let mut keys = vec![PhoneticKey::new(spoken.iter().flat_map(|word| phonemes(word)).collect(), number)];
        if let [word] = spoken
            && word.len() <= MAX_SPELT_LETTERS
        {
            keys.push(PhoneticKey::new(word.bytes().flat_map(letter_name).copied().collect(), number));
        }
        keys.retain(|key| !key.is_short || key.number.is_some());
        keys.dedup();
        keys
    }

    fn new(phonemes: Vec<u8>, number: Option<u8>) -> PhoneticKey {
        let consonants = phonemes.iter().filter(|p| !is_vowel(**p) && **p != SILENT_VOWEL).count();
        let weight = phonemes.iter().map(|p| deletion_cost(*p)).sum();
        PhoneticKey { phonemes, weight, number, is_short: consonants < MIN_CONSONANTS }
    }
}

/// Weighted Levenshtein distance between a name and a sequence of phonemes to which phonemes can be
/// appended.
///
/// Only the current row of the dynamic programming table is kept.
#[derive(Debug, Clone)]
pub struct IncrementalDistance<'a> {
    name: &'a PhoneticKey,
    row: Vec<f32>,
}

impl<'a> IncrementalDistance<'a> {
    /// Creates the distance between the name and an empty sequence of phonemes.
    #[must_use]
    pub fn new(name: &'a PhoneticKey) -> IncrementalDistance<'a> {
        let mut sum = 0.0;
        let sums = name.phonemes.iter().map(|phoneme| {
            sum += deletion_cost(*phoneme);
            sum
        });
        IncrementalDistance { name, row: [0.0].into_iter().chain(sums).collect() }
    }

    /// Appends a phoneme to the sequence that is compared with the name.
    pub fn push(&mut self, phoneme: u8) {
        let mut corner = self.row[0];
        self.row[0] += deletion_cost(phoneme);
        for at in 1..self.row.len() {
            let own = self.name.phonemes[at - 1];
            let best = (corner + substitution_cost(own, phoneme))
                .min(self.row[at - 1] + deletion_cost(own))
                .min(self.row[at] + deletion_cost(phoneme));
            corner = std::mem::replace(&mut self.row[at], best);
        }
    }

    /// Returns the edit distance between the name and the phonemes appended so far, divided by the
    /// name's weight. The weight is the cost of deleting all phonemes of the name. The division
    /// makes the distances of short and long names comparable.
    #[must_use]
    pub fn distance(&self) -> f32 {
        self.row.last().map_or(f32::INFINITY, |cost| cost / self.name.weight)
    }

    /// Returns a lower bound of all values that [`IncrementalDistance::distance`] can return after
    /// further phonemes are appended.
    #[must_use]
    pub fn lower_bound(&self) -> f32 {
        self.row.iter().copied().fold(f32::INFINITY, f32::min) / self.name.weight
    }
}

/// Returns the phonemes of a word. A number has no phonemes.
///
/// A Han character has the phonemes of its most common reading. Latin letters are read as pinyin if
/// they form three or more syllables, and as English otherwise.
#[must_use]
pub fn phonemes(word: &str) -> Vec<u8> {
    let mut out = Vec::new();
    match word.chars().next() {
        Some(c) if is_han(c) => readings(c).take(1).for_each(|s| push_syllable(spelling(s), &mut out)),
        Some(_) if word.is_ascii() => {
            let word = word.trim_end_matches(|c: char| c.is_ascii_digit());
            match split_syllables(word) {
                Some(cut) if cut.len() > 2 => cut.into_iter().for_each(|s| push_syllable(s, &mut out)),
                _ => push_letters(word, &mut out),
            }
        }
        _ => {}
    }
    out
}

/// Returns the number that a word stands for, in digits, Roman numerals, English or Chinese.
#[must_use]
pub fn number(word: &str) -> Option<u8> {
    Some(match word {
        "one" | "i" | "一" => 1,
        "two" | "ii" | "二" | "两" => 2,
        "three" | "iii" | "三" | "san" => 3,
        "four" | "iv" | "四" => 4,
        _ => word.parse().ok()?,
    })
}

/// Splits a word into pinyin syllables, greedily from the left.
fn split_syllables(word: &str) -> Option<Vec<&str>> {
    if !is_pinyin(word) {
        return None;
    }
    let mut rest = word;
    let mut out = Vec::new();
    while !rest.is_empty() {
        let longest = (1..=rest.len().min(MAX_SYLLABLE_LETTERS)).rev();
        let fits = |end: &usize| syllable(&rest[..*end]).is_some() && (*end == rest.len() || is_pinyin(&rest[*end..]));
        let (first, tail) = rest.split_at(longest.into_iter().find(fits)?);
        out.push(first);
        rest = tail;
    }
    Some(out)
}

const fn is_vowel(phoneme: u8) -> bool {
    matches!(phoneme, b'a' | b'e' | b'i' | b'o' | b'u')
}

/// The cost of inserting or deleting a phoneme.
const fn deletion_cost(phoneme: u8) -> f32 {
    match phoneme {
        SILENT_VOWEL => 0.03,
        b'h' | b'r' => 0.4,
        b'n' => 0.6,
        p if is_vowel(p) => 0.2,
        _ => 1.0,
    }
}

/// Pairs of phonemes that transliterations confuse, with their substitution costs.
///
/// `S` stands for the sound sh, `j` for zh and `c` for ch.
const CONFUSED_PHONEMES: [(&[u8; 2], f32); 29] = [
    (b"bp", 0.15),
    (b"dt", 0.15),
    (b"gk", 0.15),
    (b"cj", 0.15),
    (b"Ss", 0.2),
    (b"sz", 0.2),
    (b"Sc", 0.3),
    (b"cz", 0.3),
    (b"jz", 0.3),
    (b"Sj", 0.4),
    (b"ln", 0.4),
    (b"lr", 0.3),
    (b"fw", 0.5),
    (b"hw", 0.3),
    (b"fh", 0.4),
    (b"fp", 0.5),
    (b"mn", 0.4),
    (b"ck", 0.6),
    (b"gj", 0.5),
    (b"dj", 0.6),
    (b"ct", 0.5),
    (b"bf", 0.6),
    (b"rw", 0.5),
    (b"ei", 0.12),
    (b"ao", 0.12),
    (b"ae", 0.15),
    (b"ou", 0.12),
    (b"eo", 0.15),
    (b"iu", 0.25),
];

/// Returns the row or column of a phoneme in [`SUBSTITUTION_COSTS`].
const fn index(phoneme: u8) -> usize {
    (phoneme % 64) as usize
}

static SUBSTITUTION_COSTS: [[f32; 64]; 64] = {
    let mut table = [[1.0; 64]; 64];
    let phonemes = b".Sabcdefghijklmnopqrstuvwxyz";
    let mut i = 0;
    while i < phonemes.len() * phonemes.len() {
        let (a, b) = (phonemes[i / phonemes.len()], phonemes[i % phonemes.len()]);
        table[index(a)][index(b)] = match (is_vowel(a), is_vowel(b)) {
            _ if a == b => 0.0,
            (true, true) => 0.35,
            (true, false) if b == SILENT_VOWEL => 0.08,
            (false, true) if a == SILENT_VOWEL => 0.08,
            // Substituting a vowel and a consonant costs more than deleting one and inserting the
            // other, so a substitution is never chosen.
            (true, _) | (_, true) => 2.0,
            _ if a == SILENT_VOWEL || b == SILENT_VOWEL => 2.0,
            _ => 1.0,
        };
        i += 1;
    }
    let mut i = 0;
    while i < CONFUSED_PHONEMES.len() {
        let ([a, b], cost) = CONFUSED_PHONEMES[i];
        table[index(*a)][index(*b)] = cost;
        table[index(*b)][index(*a)] = cost;
        i += 1;
    }
    table
};

fn substitution_cost(a: u8, b: u8) -> f32 {
    SUBSTITUTION_COSTS[index(a)][index(b)]
}

fn push_syllable(spelling: &str, out: &mut Vec<u8>) {
    const WITH_SILENT_VOWEL: [&str; 20] = [
        "ke", "te", "de", "ge", "le", "se", "ze", "ce", "pu", "bu", "mu", "fu", "si", "ci", "zi", "shi", "zhi", "chi",
        "er", "e",
    ];
    let (initial, end) = spelling.split_at(spelling.find(['a', 'e', 'i', 'o', 'u', 'v']).unwrap_or(spelling.len()));
    out.extend(match initial {
        "" | "y" => None,
        "zh" | "j" => Some(b'j'),
        "ch" | "q" => Some(b'c'),
        "sh" | "x" => Some(b'S'),
        "c" | "z" => Some(b'z'),
        other => other.bytes().next(),
    });
    if WITH_SILENT_VOWEL.contains(&spelling) {
        out.push(SILENT_VOWEL);
        return;
    }
    // Reduces a diphthong to its main vowel.
    let (vowels, coda) = end.split_at(end.find(['n', 'r']).unwrap_or(end.len()));
    out.push(match vowels {
        "a" | "ai" | "ao" | "ia" | "iao" | "ua" | "uai" => b'a',
        "e" | "ei" | "ie" | "ue" | "ve" => b'e',
        "o" | "ou" | "uo" | "io" => b'o',
        "i" | "ui" => b'i',
        _ => b'u',
    });
    if coda.starts_with('n') {
        out.push(b'n');
    }
}

/// Returns the phonemes of a letter's English name.
fn letter_name(letter: u8) -> &'static [u8] {
    const NAMES: [&str; 26] = [
        "ei", "bi", "si", "di", "i", "ef", "ji", "eic", "ai", "jei", "kei", "el", "em", "en", "o", "pi", "kiu", "ar",
        "es", "ti", "iu", "wi", "d.biu", "eks", "wai", "zi",
    ];
    NAMES.get(usize::from(letter.wrapping_sub(b'a'))).map_or(&[], |name| name.as_bytes())
}

/// English spellings and their phonemes. The first spelling that matches wins.
const SPELLINGS: [(&str, &str); 33] = [
    ("tch", "c"),
    ("tion", "Sn"),
    ("dge", "j"),
    ("igh", "ai"),
    ("sch", "sk"),
    ("wh", "w"),
    ("ph", "f"),
    ("ck", "k"),
    ("sh", "S"),
    ("ch", "c"),
    ("th", "s"),
    ("gh", ""),
    ("kn", "n"),
    ("wr", "r"),
    ("qu", "kw"),
    ("ee", "i"),
    ("ea", "i"),
    ("oo", "u"),
    ("ou", "u"),
    ("au", "o"),
    ("ce", "se"),
    ("ci", "si"),
    ("cy", "si"),
    ("ge", "je"),
    ("gi", "ji"),
    ("er", "."),
    ("ar", "a"),
    ("c", "k"),
    ("q", "k"),
    ("x", "ks"),
    ("y", "i"),
    ("v", "w"),
    ("z", "s"),
];

fn push_letters(word: &str, out: &mut Vec<u8>) {
    const MAX_INITIALS: usize = 4;
    let is_pronounceable = word.len() > 1 && word.bytes().any(|b| is_vowel(b) || b == b'y');
    if !is_pronounceable && word.len() <= MAX_INITIALS {
        out.extend(word.bytes().flat_map(letter_name));
        return;
    }
    let is_silent = word.len() > 3 && word.ends_with('e') && !word.ends_with("ee") && !word.ends_with("le");
    let mut rest = if is_silent { &word[..word.len() - 1] } else { word };
    while let Some(first) = rest.bytes().next() {
        let rule = SPELLINGS.iter().find(|(letters, _)| rest.starts_with(letters));
        match rule {
            Some((_, phonemes)) => out.extend(phonemes.bytes()),
            None if first == b'h' && out.last().is_some_and(|p| is_vowel(*p)) => {}
            None if out.last() == Some(&first) && !is_vowel(first) => {}
            None => out.push(first),
        }
        rest = &rest[rule.map_or(1, |(letters, _)| letters.len())..];
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{
        CONFUSED_PHONEMES, IncrementalDistance, PhoneticKey, deletion_cost, number, phonemes, split_syllables,
        substitution_cost,
    };
    use crate::text::{normalize, words};

    #[track_caller]
    fn check_phonemes(word: &str, expected: &str) {
        assert_eq!(String::from_utf8(phonemes(word)).expect("ASCII"), expected, "{word}");
    }

    #[test]
    fn han_characters_sound_like_their_reading() {
        check_phonemes("语", "u");
        check_phonemes("中", "jon");
        check_phonemes("克", "k.");
        check_phonemes("夏", "Sa");
    }

    #[test]
    fn english_spelling_is_read_aloud() {
        check_phonemes("whisper", "wisp.");
        check_phonemes("phone", "fon");
        check_phonemes("codex", "kodeks");
        check_phonemes("dolly", "doli");
        check_phonemes("bee", "bi");
    }

    #[test]
    fn initials_are_read_letter_by_letter() {
        check_phonemes("gpt", "jipiti");
        check_phonemes("x", "eks");
    }

    #[test]
    fn three_syllables_of_pinyin_are_not_english() {
        check_phonemes("weisipo", "wes.po");
        assert_eq!(split_syllables("weisipo"), Some(vec!["wei", "si", "po"]));
        assert_eq!(split_syllables("xianguo"), Some(vec!["xian", "guo"]));
        assert_eq!(split_syllables("whisper"), None);
    }

    #[test]
    fn digits_have_no_phonemes() {
        check_phonemes("12", "");
        check_phonemes("gpt3", "jipiti");
    }

    #[test]
    fn numbers_are_read_in_every_spelling() {
        assert_eq!(["two", "三", "ii", "12", "x", ""].map(number), [Some(2), Some(3), Some(2), Some(12), None, None]);
        assert_eq!(number("256"), None, "larger than a version number");
    }

    #[test]
    fn the_costs_are_symmetric_and_zero_for_the_same() {
        for (pair, cost) in CONFUSED_PHONEMES {
            let [a, b] = *pair;
            assert_eq!((substitution_cost(a, b), substitution_cost(b, a)), (cost, cost));
            assert!(cost < 1.0 && substitution_cost(a, a) == 0.0);
        }
        assert_eq!(substitution_cost(b'k', b'm'), 1.0);
        assert_eq!(substitution_cost(b'a', b'k'), 2.0);
    }

    fn key(phonemes: &[u8]) -> PhoneticKey {
        PhoneticKey::new(phonemes.to_vec(), None)
    }

    fn distance(name: &PhoneticKey, typed: &[u8]) -> f32 {
        let mut distance = IncrementalDistance::new(name);
        typed.iter().for_each(|phoneme| distance.push(*phoneme));
        distance.distance()
    }

    #[track_caller]
    fn check_distance(name: &[u8], typed: &[u8], cost: f32) {
        let weight: f32 = name.iter().map(|p| deletion_cost(*p)).sum();
        let found = distance(&key(name), typed);
        assert!((found - cost / weight).abs() < 1e-6, "{found} is not {cost} / {weight}");
    }

    #[test]
    fn the_distance_is_the_cheapest_edit_per_weight() {
        check_distance(b"kat", b"kat", 0.0);
        check_distance(b"kat", b"gat", 0.15);
        check_distance(b"kat", b"at", 1.0);
        check_distance(b"kat", b"kt", 0.2);
        check_distance(b"kat", b"kats", 1.0);
        check_distance(b"kat", b"", 2.2);
        // Deleting the vowel a (0.2) and inserting the consonant s (1.0) is cheaper than
        // substituting them (2.0).
        check_distance(b"kat", b"kst", 1.2);
    }

    #[test]
    fn a_capital_inside_a_name_starts_a_word_and_a_last_number_stands_apart() {
        let keys = PhoneticKey::of_name("ChatGPT 4");
        assert_eq!(keys, [PhoneticKey::new(b"catjipiti".to_vec(), Some(4))]);
        assert!(PhoneticKey::of_name("Bo").is_empty(), "many words sound like it");
        assert!(PhoneticKey::of_name("Bo 2").iter().all(|key| key.is_short && key.number == Some(2)));
    }

    #[test]
    fn short_names_are_also_spelt_out() {
        assert_eq!(PhoneticKey::of_name("CLIP"), [key(b"klip"), key(b"sielaipi")]);
    }

    /// Returns the smallest distance between a text and any pronunciation of a name.
    fn distance_to_name(typed: &str, name: &str) -> f32 {
        let typed: Vec<u8> = words(&normalize(typed)).flat_map(|word| phonemes(word.text)).collect();
        PhoneticKey::of_name(name).iter().map(|key| distance(key, &typed)).fold(f32::INFINITY, f32::min)
    }

    #[test]
    fn transliterations_are_near_and_other_words_are_far() {
        for (typed, name) in [
            ("威斯珀", "Whisper"),
            ("柯戴克斯", "Codex"),
            ("恰特吉皮提", "ChatGPT"),
            ("克里普", "CLIP"),
            ("see l i p", "CLIP"),
            ("jee pee tee", "GPT-3"),
            ("dolly", "DALL·E 2"),
        ] {
            let found = distance_to_name(typed, name);
            assert!(found < 0.12, "{typed} for {name}: {found}");
        }
        for (typed, name) in
            [("天气", "Whisper"), ("cortisone", "Codex"), ("club", "CLIP"), ("grip", "CLIP"), ("whisker", "Whisper")]
        {
            let found = distance_to_name(typed, name);
            assert!(found > 0.12, "{typed} for {name}: {found}");
        }
    }

    proptest! {
        #[test]
        fn the_lower_bound_never_exceeds_a_later_distance(
            name in "[.Sabcdefghijklmnopqrstuwz]{1,12}",
            typed in "[.Sabcdefghijklmnopqrstuwz]{0,20}",
        ) {
            let name = key(name.as_bytes());
            let mut distance = IncrementalDistance::new(&name);
            let mut bound = distance.lower_bound();
            for phoneme in typed.bytes() {
                distance.push(phoneme);
                prop_assert!(distance.lower_bound() >= bound - 1e-5, "bounds never shrink");
                bound = distance.lower_bound();
                prop_assert!(bound <= distance.distance());
            }
        }

        #[test]
        fn any_word_has_ascii_phonemes(word in "\\PC{0,20}") {
            prop_assert!(phonemes(&word).iter().all(u8::is_ascii));
        }
    }
}
