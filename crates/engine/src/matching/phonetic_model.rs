//! What was typed by its sound or look: pinyin, characters that sound or look like those that were meant, names written down as they were heard.
//!
//! An input method whose model of the language is the base itself: how often it has each character, and each beside which other. What was typed is taken as a noisy picture of what was
//! meant (Kernighan, Church, Gale: A Spelling Correction Program Based on a Noisy Channel Model, 1990), and Viterbi's algorithm finds the likeliest original. It is believed only
//! where the base speaks for it: what is not certainly ours stays as it was typed.

use serde::{Deserialize, Serialize};
use std::hash::BuildHasher;
use std::ops::Range;

use rustc_hash::{FxBuildHasher, FxHashMap};

use super::stopwords;
use super::tokenizer::MatchKind;
use crate::text::{
    IncrementalDistance, MAX_SYLLABLE_LETTERS, PhoneticKey, Syllable, confusables, folded, is_han, is_pinyin, number,
    phonemes, readings, spelling, syllable,
};

/// A way to read a character.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Spoken {
    character: char,
    syllable: Syllable,
    /// It is not its commonest reading.
    is_rare: bool,
}

/// How the base sounds and looks.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct PhoneticModel {
    characters: FxHashMap<char, u32>,
    pairs: FxHashMap<u64, u32>,
    /// Three characters in a row, hashed and sorted: they are only asked whether they are there, and one wrong yes in a thousand does no harm.
    triples: Vec<u32>,
    total: u32,
    /// By what no dialect tells apart.
    by_sound: FxHashMap<Syllable, Vec<Spoken>>,
    look_alikes: FxHashMap<char, Vec<char>>,
    /// Parts of titles and aliases by the first letters of their syllables, hashed.
    initials: FxHashMap<u64, Box<str>>,
    /// How each product's name sounds.
    names: Vec<(PhoneticKey, u16)>,
}

/// A Latin word of a question that may be pinyin.
#[derive(Debug, Clone, Copy)]
pub(super) struct PinyinWord<'a> {
    pub text: &'a str,
    /// The base has it as a word.
    pub is_known: bool,
}

/// A character that was meant.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct DecodedChar {
    pub character: char,
    /// Which of the words it was typed in, and where in it.
    pub word: usize,
    pub typed: Range<usize>,
    pub certainty: f32,
}

/// A name that was heard.
#[derive(Debug, Clone, Copy)]
pub(super) struct NameMatch {
    /// In how many words.
    pub taken: usize,
    pub product: u16,
    pub certainty: f32,
}

/// A word of a question, where names are listened for.
#[derive(Debug, Clone, Copy)]
pub(super) struct SpokenWord<'a> {
    pub text: &'a str,
    pub is_known: bool,
}

/// How much more a name says than a sentence: titles and aliases are written with care.
pub(super) const NAMED: u32 = 3;
/// Pairs that the base has more rarely are mostly the end of one word and the beginning of the next.
const ESTABLISHED: u32 = 3;
/// A word that is as common as this may be meant whatever stands beside it.
const COMMON: u32 = 8;
/// Of so many times that the rarer character of a pair stands in the base it stands in the pair at least once, if the two are a word.
const MOSTLY: u32 = 8;
/// Characters, and syllables, that are looked at together.
pub(super) const MAX_RUN: usize = 40;
/// The likeliest ways that are followed at every place.
const MAX_WAYS: usize = 8;
/// Initials: fewer are mostly chance.
const INITIALS: std::ops::RangeInclusive<usize> = 3..=8;
/// Most words that a name is heard in.
const MAX_NAME_WORDS: usize = 8;

/// What of a pair's likelihood is owed to the second character alone.
const BY_ITSELF: f64 = 0.1;
/// What it costs, as a logarithm, that somebody does not tell two sounds apart.
const DIALECT: f64 = 3.0;
const RARE_READING: f64 = 2.0;

const AS_TYPED: f32 = 0.9;
const IN_DIALECT: f32 = 0.7;
const BY_INITIALS: f32 = 0.6;
const BY_HOMOPHONE: f32 = 0.7;
const BY_LOOK: f32 = 0.6;

/// How far off a name is still heard: in Han characters, in several Latin words, in one. English has a word for nearly everything that one word can sound like.
const FAR_HAN: f32 = 0.18;
const FAR_WORDS: f32 = 0.1;
const FAR_WORD: f32 = 0.06;

/// A character that may stand between two places.
struct Edge {
    from: usize,
    to: usize,
    character: char,
    cost: f64,
    certainty: f32,
}

/// A way to a place, by its last step and the way before it.
#[derive(Clone, Copy)]
struct Hypothesis {
    cost: f64,
    step: usize,
    before: Option<usize>,
    /// How often its last character stands in the base.
    often: f64,
}

fn pair(a: char, b: char) -> u64 {
    u64::from(a as u32) << 32 | u64::from(b as u32)
}

fn triple(a: char, b: char, c: char) -> u32 {
    (FxBuildHasher.hash_one((a, b, c)) >> 32) as u32
}

impl PhoneticModel {
    /// Learns from a text of the base.
    pub fn add(&mut self, normal: &str, weight: u32) {
        let mut before = (None, None);
        for c in normal.chars() {
            if !is_han(c) {
                before = (None, None);
                continue;
            }
            *self.characters.entry(c).or_default() += weight;
            self.total += weight;
            if let Some(last) = before.1 {
                *self.pairs.entry(pair(last, c)).or_default() += weight;
            }
            if let (Some(first), Some(second)) = before {
                self.triples.push(triple(first, second, c));
            }
            before = (before.1, Some(c));
        }
    }

    /// Learns a title or an alias.
    pub fn add_name(&mut self, normal: &str) {
        self.add(normal, NAMED);
        for run in normal.split(|c| !is_han(c)).filter(|run| !run.is_empty()) {
            let letters: Option<Vec<(char, usize)>> =
                run.char_indices().map(|(at, c)| Some((spelling(readings(c).next()?).chars().next()?, at))).collect();
            let Some(mut letters) = letters else { continue };
            letters.push((' ', run.len()));
            for length in INITIALS {
                for part in letters.windows(length + 1) {
                    let initials: String = part[..length].iter().map(|(letter, _)| letter).collect();
                    self.initials
                        .entry(FxBuildHasher.hash_one(&*initials))
                        .or_insert_with(|| run[part[0].1..part[length].1].into());
                }
            }
        }
    }

    /// Learns the name of a product.
    pub fn add_product(&mut self, name: &str, product: u16) {
        self.names.extend(PhoneticKey::of_name(name).into_iter().map(|sounds| (sounds, product)));
    }

    /// To be called when everything is learned.
    pub fn finish(&mut self) {
        // What asks is typed as pinyin in every base.
        for phrase in stopwords::asking_zh() {
            self.add(phrase, NAMED);
        }
        self.triples.sort_unstable();
        self.triples.dedup();
        self.triples.shrink_to_fit();
        let mut characters: Vec<char> = self.characters.keys().copied().collect();
        characters.sort_unstable();
        for character in characters {
            for (at, syllable) in readings(character).enumerate() {
                self.by_sound.entry(folded(syllable)).or_default().push(Spoken {
                    character,
                    syllable,
                    is_rare: at > 0,
                });
            }
        }
        for (a, b) in confusables() {
            for (typed, meant) in [(a, b), (b, a)] {
                if self.characters.contains_key(&meant) {
                    self.look_alikes.entry(typed).or_default().push(meant);
                }
            }
        }
    }

    fn count(&self, a: char, b: char) -> u32 {
        self.pairs.get(&pair(a, b)).copied().unwrap_or_default()
    }

    /// Is it a pair that the base has more than by chance?
    pub fn is_established(&self, a: char, b: char) -> bool {
        self.count(a, b) >= ESTABLISHED
    }

    /// Does the rarer of the two stand beside the other at least once in so many times?
    fn goes_with(&self, a: char, b: char, times: u32) -> bool {
        let of = |c: char| self.characters.get(&c).copied().unwrap_or_default();
        self.count(a, b) * times >= of(a).min(of(b))
    }

    /// Are the two a word, or a part of one?
    fn is_word(&self, a: char, b: char) -> bool {
        self.is_established(a, b) && self.goes_with(a, b, MOSTLY)
    }

    /// Does the base have the two beside each other?
    pub fn knows(&self, a: char, b: char) -> bool {
        self.count(a, b) > 0
    }

    /// How often a character stands in the base; a little even if it never does.
    fn often(&self, character: char) -> f64 {
        self.characters.get(&character).map_or(0.5, |count| f64::from(*count))
    }

    /// How unlikely a character, itself so often in the base, is after another.
    fn surprise(&self, before: Option<(char, f64)>, character: char, often: f64) -> f64 {
        let alone = often / f64::from(self.total.max(1));
        let beside = before.map_or(alone, |(before, often)| f64::from(self.count(before, character)) / often);
        -((1.0 - BY_ITSELF) * beside + BY_ITSELF * alone).ln()
    }

    /// The likeliest steps from the first place to the last. `steps` are sorted by where they end.
    fn likeliest(&self, steps: &[Edge], last: usize, before: Option<char>, after: Option<char>) -> Option<Vec<usize>> {
        let mut ways: Vec<Vec<Hypothesis>> = Vec::new();
        ways.resize_with(last + 1, Vec::new);
        for here in steps.chunk_by(|a, b| a.to == b.to) {
            let mut found: Vec<Hypothesis> = Vec::new();
            let base = steps.partition_point(|s| s.to < here[0].to);
            for (at, step) in here.iter().enumerate() {
                let often = self.often(step.character);
                let best = if step.from == 0 {
                    Some((self.surprise(before.map(|c| (c, self.often(c))), step.character, often), None))
                } else {
                    let cost = |way: &Hypothesis| {
                        way.cost + self.surprise(Some((steps[way.step].character, way.often)), step.character, often)
                    };
                    let costs = ways[step.from].iter().enumerate().map(|(at, way)| (cost(way), Some(at)));
                    costs.min_by(|a, b| a.0.total_cmp(&b.0))
                };
                found.extend(best.map(|(cost, before)| Hypothesis {
                    cost: cost + step.cost,
                    step: base + at,
                    before,
                    often,
                }));
            }
            found.sort_by(|a, b| a.cost.total_cmp(&b.cost).then(a.step.cmp(&b.step)));
            found.truncate(MAX_WAYS);
            ways[here[0].to] = found;
        }
        let continued = |way: &Hypothesis, after| {
            self.surprise(Some((steps[way.step].character, way.often)), after, self.often(after))
        };
        let end = |way: &Hypothesis| way.cost + after.map_or(0.0, |after| continued(way, after));
        let mut way = ways[last].iter().min_by(|a, b| end(a).total_cmp(&end(b))).copied()?;
        let mut out = vec![way.step];
        while let Some(before) = way.before {
            way = ways[steps[way.step].from][before];
            out.push(way.step);
        }
        out.reverse();
        Some(out)
    }

    /// The characters that words of pinyin stand for, between a character before and one after. Words that the base knows stay words where they do not go with what is beside them. Amid
    /// English a pair or two that the base hardly has is chance.
    pub fn by_pinyin(
        &self,
        words: &[PinyinWord<'_>],
        before: Option<char>,
        after: Option<char>,
        amid_english: bool,
    ) -> Option<Vec<DecodedChar>> {
        let mut steps = Vec::new();
        let mut starts = vec![0];
        for word in words {
            let start = starts[starts.len() - 1];
            for end in 1..=word.text.len() {
                for begin in end.saturating_sub(MAX_SYLLABLE_LETTERS)..end {
                    let Some(typed) = word.text.get(begin..end).and_then(syllable) else { continue };
                    for spoken in self.by_sound.get(&folded(typed)).into_iter().flatten() {
                        let is_same = spoken.syllable == typed;
                        steps.push(Edge {
                            from: start + begin,
                            to: start + end,
                            character: spoken.character,
                            cost: if is_same { 0.0 } else { DIALECT } + if spoken.is_rare { RARE_READING } else { 0.0 },
                            certainty: if is_same { AS_TYPED } else { IN_DIALECT },
                        });
                    }
                }
            }
            starts.push(start + word.text.len());
        }
        let best = self.likeliest(&steps, starts[words.len()], before, after)?;
        let meant: Vec<DecodedChar> = best
            .iter()
            .map(|&step| {
                let step = &steps[step];
                let word = starts.partition_point(|start| *start <= step.from) - 1;
                let typed = step.from - starts[word]..step.to - starts[word];
                DecodedChar { character: step.character, word, typed, certainty: step.certainty }
            })
            .collect();
        self.believed(words, meant, before, after, amid_english)
    }

    /// Of what pinyin may stand for that which the base speaks for.
    fn believed(
        &self,
        words: &[PinyinWord<'_>],
        meant: Vec<DecodedChar>,
        before: Option<char>,
        after: Option<char>,
        amid_english: bool,
    ) -> Option<Vec<DecodedChar>> {
        // The pairs of neighbours, by the character that comes second; with what is known on both sides.
        let with_edges: Vec<Option<char>> =
            [before].into_iter().chain(meant.iter().map(|m| Some(m.character))).chain([after]).collect();
        let counts: Vec<Option<u32>> = with_edges.windows(2).map(|two| Some(self.count(two[0]?, two[1]?))).collect();
        let is_pair = |count: &Option<u32>| count.is_some_and(|count| count >= ESTABLISHED);
        let belongs: Vec<bool> = (0..words.len())
            .map(|word| {
                let first = meant.iter().position(|m| m.word == word).unwrap_or_default();
                let last = meant.iter().rposition(|m| m.word == word).unwrap_or_default();
                let around = &counts[first..=last + 1];
                if words[word].is_known {
                    let within = &counts[first + 1..=last];
                    within.iter().all(is_pair) && [&counts[first], &counts[last + 1]].into_iter().any(is_pair)
                } else {
                    around.iter().flatten().any(|count| *count > 0)
                }
            })
            .collect();
        let kept: Vec<usize> = (0..meant.len()).filter(|at| belongs[meant[*at].word]).collect();
        // Between neighbours of which both are kept.
        let inner = kept.iter().filter(|at| kept.binary_search(&(**at + 1)).is_ok()).map(|at| counts[at + 1]);
        let outer = kept
            .first()
            .filter(|at| **at == 0)
            .and(counts[0])
            .into_iter()
            .chain(kept.last().and_then(|at| counts[at + 1].filter(|_| at + 1 == meant.len())));
        let outer: Vec<u32> = outer.collect();
        let is_continued = outer.iter().any(|count| *count >= ESTABLISHED);
        let pairs: Vec<u32> = inner.flatten().chain(outer).collect();
        let is_word = with_edges.windows(2).any(|two| two[0].zip(two[1]).is_some_and(|(a, b)| self.is_word(a, b)));
        let good = |needed: u32| pairs.iter().filter(|count| **count >= needed).count();
        let is_ours = (is_word || is_continued)
            && if amid_english {
                good(ESTABLISHED) * 3 >= pairs.len() * 2 && kept.len() > 2
            } else {
                good(1) * 2 >= pairs.len()
            };
        let kept: Vec<DecodedChar> = meant.into_iter().filter(|m| belongs[m.word]).collect();
        (is_ours && kept.iter().any(|m| !words[m.word].is_known)).then_some(kept)
    }

    /// The characters of a title or an alias whose initials were typed.
    pub fn by_initials(&self, typed: &str) -> Option<Vec<DecodedChar>> {
        let named = self.initials.get(&FxBuildHasher.hash_one(typed))?;
        let meant = |(at, character)| DecodedChar { character, word: 0, typed: at..at + 1, certainty: BY_INITIALS };
        Some(named.chars().enumerate().map(meant).collect())
    }

    /// Characters that stand in a row, with those changed that were meant otherwise: `None` for what was meant as it is.
    ///
    /// A base is small, so that most of what it does not have is simply about something else: of ordinary sentences that have nothing to do with it hardly one in a hundred may be changed.
    /// So one character is changed at a time, between others that stay, and only into a part of a word that the base has there.
    pub fn corrected(&self, run: &[char]) -> Vec<Option<(char, MatchKind, f32)>> {
        let is_strange = |two: Option<&[char]>| two.is_some_and(|two| !self.knows(two[0], two[1]));
        let doubtful = |at: usize| is_strange(run.get(at..at + 2)) || at > 0 && is_strange(run.get(at - 1..=at));
        (0..run.len()).map(|at| doubtful(at).then(|| self.meant(run, at)).flatten()).collect()
    }

    /// What a character of a row was meant for, if not for itself.
    fn meant(&self, run: &[char], at: usize) -> Option<(char, MatchKind, f32)> {
        let typed = run[at];
        let sounding = readings(typed).flat_map(|sound| {
            let same = self.by_sound.get(&folded(sound)).into_iter().flatten();
            same.filter(move |spoken| spoken.syllable == sound)
                .map(|spoken| (spoken.character, MatchKind::Homophone, BY_HOMOPHONE))
        });
        let looking =
            self.look_alikes.get(&typed).into_iter().flatten().map(|like| (*like, MatchKind::Lookalike, BY_LOOK));
        let believed = sounding.chain(looking).filter(|(character, ..)| *character != typed);
        let believed = believed.filter_map(|meant| Some((meant, self.evidence(run, at, meant.0, meant.1)?)));
        // Of equals the first: sound before look.
        believed.reduce(|best, other| if other.1 > best.1 { other } else { best }).map(|(meant, _)| meant)
    }

    /// How often the base has the word that a change makes; nothing if it is not sure of the change.
    fn evidence(&self, run: &[char], at: usize, meant: char, path: MatchKind) -> Option<u32> {
        let beside = |c: char| {
            let left = at.checked_sub(1).map(|before| (run[before], c));
            let right = run.get(at + 1).map(|after| (c, *after));
            left.into_iter().chain(right)
        };
        let known = |c: char| beside(c).filter(|(a, b)| self.knows(*a, *b)).count();
        // What only frames or joins is not worth changing, and stands beside everything.
        let says_something = |c: char| !stopwords::is_particle(c);
        let words = beside(meant).filter(|(a, b)| self.is_word(*a, *b) && says_something(*a) && says_something(*b));
        let count = words.map(|(a, b)| self.count(a, b)).max()?;
        let in_triple = (at.saturating_sub(2)..=at).filter_map(|start| Some((start, run.get(start..start + 3)?))).any(
            |(start, three)| {
                let of = |i: usize| if start + i == at { meant } else { three[i] };
                self.triples.binary_search(&triple(of(0), of(1), of(2))).is_ok()
            },
        );
        // By itself only what is hardly ever apart.
        let is_inseparable = |(a, b): (char, char)| self.count(a, b) >= COMMON && self.goes_with(a, b, 4);
        let by_itself = path == MatchKind::Homophone && known(run[at]) == 0 && beside(meant).any(is_inseparable);
        let is_sure = in_triple || by_itself;
        (is_sure && known(meant) > known(run[at])).then_some(count)
    }

    /// The names that are heard, and where: never two in one word. At least half of what a name is heard in must be unknown: what is known is no mishearing.
    pub fn hear(&self, said: &[SpokenWord<'_>]) -> Vec<(usize, NameMatch)> {
        if self.names.is_empty() {
            return Vec::new();
        }
        let mut found: Vec<(f32, usize, NameMatch)> = Vec::new();
        let all: Vec<Vec<u8>> = said.iter().map(|word| phonemes(word.text)).collect();
        for from in 0..said.len() {
            if all[from].is_empty() || said[from..].iter().take(2).all(|word| word.is_known) {
                continue;
            }
            let mut compared: Vec<(IncrementalDistance<'_>, u16, &PhoneticKey)> =
                self.names.iter().map(|(name, product)| (IncrementalDistance::new(name), *product, name)).collect();
            for to in from..said.len().min(from + MAX_NAME_WORDS) {
                if all[to].is_empty() {
                    break;
                }
                compared.retain_mut(|(comparison, ..)| {
                    all[to].iter().for_each(|sound| comparison.hear(*sound));
                    comparison.lower_bound() <= FAR_HAN
                });
                let words = &said[from..=to];
                if words.iter().filter(|word| word.is_known).count() * 2 <= words.len() {
                    let near = compared.iter().filter_map(|(comparison, product, name)| {
                        heard(comparison.distance(), name, words, said.get(to + 1)).map(|(taken, distance)| {
                            (distance, from, NameMatch { taken, product: *product, certainty: 1.0 - 2.0 * distance })
                        })
                    });
                    found.extend(near);
                }
                if compared.is_empty() {
                    break;
                }
            }
        }
        // The nearest, and of equals the longest.
        found.sort_by(|a, b| {
            a.0.total_cmp(&b.0).then(b.2.taken.cmp(&a.2.taken)).then((a.1, a.2.product).cmp(&(b.1, b.2.product)))
        });
        let mut out: Vec<(usize, NameMatch)> = Vec::new();
        for (_, from, heard) in found {
            if out.iter().all(|(other, o)| from + heard.taken <= *other || other + o.taken <= from) {
                out.push((from, heard));
            }
        }
        out.sort_by_key(|(from, _)| *from);
        out
    }
}

/// Is it this name? Then in how many words, with the number that it ends with, and how far off.
fn heard(
    distance: f32,
    name: &PhoneticKey,
    words: &[SpokenWord<'_>],
    next: Option<&SpokenWord<'_>>,
) -> Option<(usize, f32)> {
    let last = words[words.len() - 1].text;
    let written = last
        .rfind(|c: char| !c.is_ascii_digit())
        .map(|at| &last[at + last[at..].chars().next().map_or(0, char::len_utf8)..]);
    let written = written.filter(|digits| !digits.is_empty());
    let number = match written {
        Some(digits) => Some((number(digits), 0)),
        None => next.and_then(|next| number(next.text)).map(|number| (Some(number), 1)),
    };
    let taken = match (name.number, number) {
        (Some(own), Some((Some(said), more))) if own == said => more,
        (Some(_), _) => return None,
        (None, _) if written.is_some() => return None,
        (None, _) => 0,
    };
    let is_han = words.iter().any(|word| word.text.chars().all(is_han));
    let far = match words.len() {
        _ if name.is_short => FAR_WORD,
        _ if is_han => FAR_HAN,
        1 if !is_pinyin(last) => FAR_WORD,
        _ => FAR_WORDS,
    };
    (distance <= far).then_some((words.len() + taken, distance))
}
