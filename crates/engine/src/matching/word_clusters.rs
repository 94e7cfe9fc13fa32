//! Clusters of English words with similar meanings, for questions worded differently from the
//! samples.
//!
//! The source is GloVe 6B (Pennington, Socher, Manning: GloVe: Global Vectors for Word
//! Representation, EMNLP 2014; public domain under PDDL 1.0). The vectors of the 20,000 most common
//! words were post-processed (Mu, Viswanath: All-but-the-Top, ICLR 2018). K-means then grouped the
//! words around 512 centers.
//!
//! Only the similarity of each word to its nearest centers is kept. `word_clusters.txt` lists the
//! words. `word_clusters.bin` holds for each word, in the same order:
//! - one byte: the rarity of the word
//! - one byte: the number of clusters of the word
//! - two bytes per cluster: ten bits for the cluster number, six bits for the similarity

use std::sync::LazyLock;

use rustc_hash::FxHashMap;

static WORDS: &str = include_str!("word_clusters.txt");
static CLUSTERS: &[u8] = include_bytes!("word_clusters.bin");

/// The byte offset in [`CLUSTERS`] at which the entry of each word starts.
static OFFSETS: LazyLock<FxHashMap<&str, u32>> = LazyLock::new(|| {
    let mut next = 0;
    let with_offset = |word| {
        let own = next;
        next += 2 + 2 * usize::from(CLUSTERS.get(next + 1).copied().unwrap_or_default());
        (word, own as u32)
    };
    WORDS.lines().map(with_offset).collect()
});

/// A cluster that a word belongs to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Cluster {
    pub number: u16,
    /// How strongly the word indicates the cluster, between 0 and 1. Common words have low weights.
    pub weight: f32,
}

/// Returns the clusters of a word. Words that are not in the list have none.
pub(super) fn clusters_of(word: &str) -> impl Iterator<Item = Cluster> {
    // The rarity that the largest stored rarity byte, 255, stands for.
    const MAX_RARITY: f32 = 1.15;
    // The similarity that the largest stored similarity, 63, stands for.
    const MAX_SIMILARITY: f32 = 0.7;
    let entry = OFFSETS.get(word).and_then(|offset| CLUSTERS.get(*offset as usize..));
    let entry = entry.and_then(|bytes| bytes.split_first_chunk::<2>());
    let ([rarity, count], clusters) = entry.map_or(([0, 0], &[][..]), |(head, rest)| (*head, rest));
    clusters.chunks_exact(2).take(usize::from(count)).map(move |pair| {
        let packed = u16::from_le_bytes([pair[0], pair[1]]);
        let similarity = f32::from(packed % 64) / 63.0 * MAX_SIMILARITY;
        Cluster { number: packed / 64, weight: f32::from(rarity) / 255.0 * MAX_RARITY * similarity }
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{CLUSTERS, WORDS, clusters_of};

    /// Returns the total weight of the clusters that two words share.
    fn shared(a: &str, b: &str) -> f32 {
        let of_b: HashSet<u16> = clusters_of(b).map(|cluster| cluster.number).collect();
        clusters_of(a).filter(|cluster| of_b.contains(&cluster.number)).map(|cluster| cluster.weight).sum()
    }

    #[test]
    fn words_of_similar_meaning_share_clusters() {
        for (a, b, other) in [("price", "cost", "violin"), ("doctor", "physician", "river"), ("car", "truck", "poem")] {
            assert!(shared(a, b) > shared(a, other), "{a} {b} {other}");
            assert!(shared(a, b) > 0.0, "{a} {b}");
        }
    }

    #[test]
    fn common_words_weigh_less() {
        let weight = |word| clusters_of(word).map(|cluster| cluster.weight).fold(0.0, f32::max);
        assert!(weight("the") < weight("physician"));
    }

    #[test]
    fn unknown_words_have_no_clusters() {
        assert_eq!(clusters_of("qwxzv").count(), 0);
        assert_eq!(clusters_of("").count(), 0);
        assert_eq!(clusters_of("价格").count(), 0);
    }

    #[test]
    fn the_two_files_belong_together() {
        let mut bytes = 0;
        for word in WORDS.lines() {
            let clusters: Vec<_> = clusters_of(word).collect();
            bytes += 2 + 2 * clusters.len();
            assert!(clusters.iter().all(|c| c.number < 512 && (0.0..=1.0).contains(&c.weight)), "{word}");
            let distinct: HashSet<u16> = clusters.iter().map(|c| c.number).collect();
            assert_eq!(distinct.len(), clusters.len(), "{word}");
        }
        assert_eq!(bytes, CLUSTERS.len());
    }
}
