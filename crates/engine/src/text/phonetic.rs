//! How names sound, coarsely: a name that was heard and written down in Han characters, as separate letters or as other English words is still near to itself.
//!
//! A sound is one byte; consonants that no transliteration keeps apart cost little to exchange. Sources: the initials and finals of Hanyu Pinyin (GB/T 16159), the habits of Chinese
//! transliteration (a vowel that only carries a consonant, as in 克 for k), and a small part of the rules of English spelling. The distance is Levenshtein's, with weights.

use serde::{Deserialize, Serialize};

use super::pinyin::{is_pinyin, readings, spelling};
use super::{is_han, normalize, words};

/// How a name sounds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PhoneticKey {
    sounds: Vec<u8>,
    weight: f32,
    /// The number that it ends with.
    pub number: Option<u8>,
    /// Has it so few consonants that many words sound like it?
    pub is_short: bool,
}

/// A vowel that only carries a consonant.
const CARRIER: u8 = b'.';
/// Fewer consonants are found in many words.
const MIN_CONSONANTS: usize = 3;
/// Longest name that is spelt out letter for letter.
const MAX_SPELT_LETTERS: usize = 5;

impl PhoneticKey {
    /// How a name may sound: as a word, and spelt out.
    #[must_use]
    pub fn of_name(name: &str) -> Vec<PhoneticKey> {
        let mut parted = String::new();
        for c in name.chars() {
            // "ChatGPT" is said as two words.
            if c.is_uppercase() && parted.ends_with(char::is_lowercase) {
                parted.push(' ');
            }
            parted.push(c);
        }
        let normal = normalize(&parted);
        let parts: Vec<&str> = words(&normal).map(|w| w.text).collect();
        let (said, number) = match parts.split_last() {
            Some((last, before)) if !before.is_empty() && number(last).is_some() => (before, number(last)),
            _ => (&parts[..], None),
        };
        let mut ways = vec![PhoneticKey::new(said.iter().flat_map(|word| phonemes(word)).collect(), number)];
        if let [word] = said
            && word.len() <= MAX_SPELT_LETTERS
        {
            ways.push(PhoneticKey::new(word.bytes().flat_map(letter).copied().collect(), number));
        }
        ways.retain(|way| !way.is_short || way.number.is_some());
        ways.dedup();
        ways
    }

    fn new(sounds: Vec<u8>, number: Option<u8>) -> PhoneticKey {
        let consonants = sounds.iter().filter(|s| !is_vowel(**s) && **s != CARRIER).count();
        let weight = sounds.iter().map(|s| deletion_cost(*s)).sum();
        PhoneticKey { sounds, weight, number, is_short: consonants < MIN_CONSONANTS }
    }
}

/// A name that is compared with sounds as they come: one row of the table of Levenshtein's distance.
#[derive(Debug, Clone)]
pub struct IncrementalDistance<'a> {
    name: &'a PhoneticKey,
    row: Vec<f32>,
}

impl<'a> IncrementalDistance<'a> {
    /// Nothing was heard yet.
    #[must_use]
    pub fn new(name: &'a PhoneticKey) -> IncrementalDistance<'a> {
        let mut sum = 0.0;
        let sums = name.sounds.iter().map(|sound| {
            sum += deletion_cost(*sound);
            sum
        });
        IncrementalDistance { name, row: [0.0].into_iter().chain(sums).collect() }
    }

    /// Hears one sound more.
    pub fn hear(&mut self, sound: u8) {
        let mut corner = self.row[0];
        self.row[0] += deletion_cost(sound);
        for at in 1..self.row.len() {
            let own = self.name.sounds[at - 1];
            let best = (corner + substitution_cost(own, sound))
                .min(self.row[at - 1] + deletion_cost(own))
                .min(self.row[at] + deletion_cost(sound));
            corner = std::mem::replace(&mut self.row[at], best);
        }
    }

    /// How far what was heard is from the name, in parts of the name.
    #[must_use]
    pub fn distance(&self) -> f32 {
        self.row.last().map_or(f32::INFINITY, |cost| cost / self.name.weight)
    }

    /// The least that the distance can become, whatever follows.
    #[must_use]
    pub fn lower_bound(&self) -> f32 {
        self.row.iter().copied().fold(f32::INFINITY, f32::min) / self.name.weight
    }
}

/// The sounds of a word: of a Han character its reading, of letters what English or, for three syllables and more, pinyin makes of them. None of a number.
#[must_use]
pub fn phonemes(word: &str) -> Vec<u8> {
    let mut out = Vec::new();
    match word.chars().next() {
        Some(c) if is_han(c) => readings(c).take(1).for_each(|s| of_syllable(spelling(s), &mut out)),
        Some(_) if word.is_ascii() => {
            let word = word.trim_end_matches(|c: char| c.is_ascii_digit());
            match syllables(word) {
                Some(cut) if cut.len() > 2 => cut.into_iter().for_each(|s| of_syllable(s, &mut out)),
                _ => of_letters(word, &mut out),
            }
        }
        _ => {}
    }
    out
}

/// The number that a word says, in digits, in Roman ones, in English or in Chinese.
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

/// The fewest syllables that letters are cut into, longest first: enough for a sound.
fn syllables(word: &str) -> Option<Vec<&str>> {
    if !is_pinyin(word) {
        return None;
    }
    let mut rest = word;
    let mut out = Vec::new();
    while !rest.is_empty() {
        let longest = (1..=rest.len().min(super::pinyin::MAX_SYLLABLE_LETTERS)).rev();
        let fits = |end: &usize| {
            super::pinyin::syllable(&rest[..*end]).is_some() && (*end == rest.len() || is_pinyin(&rest[*end..]))
        };
        let (first, tail) = rest.split_at(longest.into_iter().find(fits)?);
        out.push(first);
        rest = tail;
    }
    Some(out)
}

const fn is_vowel(sound: u8) -> bool {
    matches!(sound, b'a' | b'e' | b'i' | b'o' | b'u')
}

/// What it costs to leave a sound out.
const fn deletion_cost(sound: u8) -> f32 {
    match sound {
        CARRIER => 0.03,
        b'h' | b'r' => 0.4,
        b'n' => 0.6,
        s if is_vowel(s) => 0.2,
        _ => 1.0,
    }
}

/// What it costs to take one sound for another: by how often transliterations do. `S` is sh, `j` and `c` are zh and ch.
const NEAR: [(&[u8; 2], f32); 29] = [
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

/// A sound's place in [`EXCHANGED`].
const fn place(sound: u8) -> usize {
    (sound % 64) as usize
}

/// The table of what it costs to take one sound for another.
static EXCHANGED: [[f32; 64]; 64] = {
    let mut table = [[1.0; 64]; 64];
    let sounds = b".Sabcdefghijklmnopqrstuvwxyz";
    let mut i = 0;
    while i < sounds.len() * sounds.len() {
        let (a, b) = (sounds[i / sounds.len()], sounds[i % sounds.len()]);
        table[place(a)][place(b)] = match (is_vowel(a), is_vowel(b)) {
            _ if a == b => 0.0,
            (true, true) => 0.35,
            (true, false) if b == CARRIER => 0.08,
            (false, true) if a == CARRIER => 0.08,
            // A vowel is never taken for a consonant.
            (true, _) | (_, true) => 2.0,
            _ if a == CARRIER || b == CARRIER => 2.0,
            _ => 1.0,
        };
        i += 1;
    }
    let mut i = 0;
    while i < NEAR.len() {
        let ([a, b], cost) = NEAR[i];
        table[place(*a)][place(*b)] = cost;
        table[place(*b)][place(*a)] = cost;
        i += 1;
    }
    table
};

fn substitution_cost(a: u8, b: u8) -> f32 {
    EXCHANGED[place(a)][place(b)]
}

fn of_syllable(spelling: &str, out: &mut Vec<u8>) {
    const CARRIED: [&str; 20] = [
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
    if CARRIED.contains(&spelling) {
        out.push(CARRIER);
        return;
    }
    // Of a diphthong the vowel that is heard most.
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

/// The English name of a letter.
fn letter(letter: u8) -> &'static [u8] {
    const NAMES: [&str; 26] = [
        "ei", "bi", "si", "di", "i", "ef", "ji", "eic", "ai", "jei", "kei", "el", "em", "en", "o", "pi", "kiu", "ar",
        "es", "ti", "iu", "wi", "d.biu", "eks", "wai", "zi",
    ];
    NAMES.get(usize::from(letter.wrapping_sub(b'a'))).map_or(&[], |name| name.as_bytes())
}

/// How English is spelt; the first that fits counts.
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

fn of_letters(word: &str, out: &mut Vec<u8>) {
    const MAX_INITIALS: usize = 4;
    let is_sayable = word.len() > 1 && word.bytes().any(|b| is_vowel(b) || b == b'y');
    if !is_sayable && word.len() <= MAX_INITIALS {
        out.extend(word.bytes().flat_map(letter));
        return;
    }
    let is_silent = word.len() > 3 && word.ends_with('e') && !word.ends_with("ee") && !word.ends_with("le");
    let mut rest = if is_silent { &word[..word.len() - 1] } else { word };
    while let Some(first) = rest.bytes().next() {
        let spelt = SPELLINGS.iter().find(|(letters, _)| rest.starts_with(letters));
        match spelt {
            Some((_, sounds)) => out.extend(sounds.bytes()),
            None if first == b'h' && out.last().is_some_and(|s| is_vowel(*s)) => {}
            None if out.last() == Some(&first) && !is_vowel(first) => {}
            None => out.push(first),
        }
        rest = &rest[spelt.map_or(1, |(letters, _)| letters.len())..];
    }
}
