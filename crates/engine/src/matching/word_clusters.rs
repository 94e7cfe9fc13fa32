//! Groups of English words that mean alike, for questions that use other words than the samples.
//!
//! The twenty thousand commonest words of GloVe 6B (Pennington, Socher, Manning: GloVe: Global Vectors for Word Representation, EMNLP 2014; public domain under PDDL 1.0), freed of what all vectors share
//! (Mu, Viswanath: All-but-the-Top, ICLR 2018), were gathered around 512 centres by k-means. Kept of it is which centres each word is near, and how near: `word_clusters.txt` has the words in
//! order, `word_clusters.bin` for each of them a byte for how rare it is, a byte for how many groups follow, and these in two bytes each: ten bits of number, six of nearness.

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

static WORDS: &str = include_str!("word_clusters.txt");
static GROUPS: &[u8] = include_bytes!("word_clusters.bin");

/// Where in [`GROUPS`] that stands which belongs to each word.
static PLACES: LazyLock<FxHashMap<&str, u32>> = LazyLock::new(|| {
    let mut group = 0;
    let place = |word| {
        let own = group;
        group += 2 + 2 * usize::from(GROUPS.get(group + 1).copied().unwrap_or_default());
        (word, own as u32)
    };
    WORDS.lines().map(place).collect()
});

/// A group that a word belongs to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Cluster {
    pub number: u16,
    /// How much the word speaks for it, between 0 and 1: common words say little.
    pub weight: f32,
}

/// The groups of a word; none for a word that is not among the commonest.
pub(super) fn groups(word: &str) -> impl Iterator<Item = Cluster> {
    /// What the bytes' largest values stand for.
    const RAREST: f32 = 1.15;
    const NEAREST: f32 = 0.7;
    let place = PLACES.get(word).and_then(|place| GROUPS.get(*place as usize..));
    let found = place.and_then(|bytes| bytes.split_first_chunk::<2>());
    let ([rarity, count], groups) = found.map_or(([0, 0], &[][..]), |(head, rest)| (*head, rest));
    groups.chunks_exact(2).take(usize::from(count)).map(move |pair| {
        let packed = u16::from_le_bytes([pair[0], pair[1]]);
        let nearness = f32::from(packed % 64) / 63.0 * NEAREST;
        Cluster { number: packed / 64, weight: f32::from(rarity) / 255.0 * RAREST * nearness }
    })
}
