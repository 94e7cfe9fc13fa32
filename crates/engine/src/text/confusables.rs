//! Pairs of Han characters that look alike.

/// Returns the pairs of Han characters that are easily mistaken for each other, such as 末 and 未.
///
/// Each pair occurs once. `confusables.txt` was computed for this project from the font Noto Sans
/// CJK SC. A pair is listed if the blurred images of its two glyphs have a cosine similarity of at
/// least 0.6. The file contains no part of the font.
pub fn confusables() -> impl Iterator<Item = (char, char)> {
    include_str!("confusables.txt").lines().filter_map(|line| {
        let mut pair = line.chars();
        pair.next().zip(pair.next())
    })
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::confusables;
    use crate::text::is_han;

    #[test]
    fn look_alikes_are_listed() {
        let all: HashSet<(char, char)> = confusables().collect();
        for (a, b) in [('未', '末'), ('一', '十'), ('上', '土')] {
            assert!(all.contains(&(a, b)) || all.contains(&(b, a)), "{a}{b}");
        }
        assert!(!all.contains(&('语', '音')) && !all.contains(&('音', '语')));
    }

    #[test]
    fn every_line_is_one_pair_of_different_han_characters() {
        let lines = include_str!("confusables.txt").lines();
        assert!(lines.clone().all(|line| line.chars().count() == 2));
        assert_eq!(confusables().count(), lines.count());
        assert!(confusables().all(|(a, b)| a != b && is_han(a) && is_han(b)));
    }

    #[test]
    fn no_pair_occurs_twice() {
        let ordered: HashSet<_> = confusables().map(|(a, b)| (a.min(b), a.max(b))).collect();
        assert_eq!(ordered.len(), confusables().count());
    }
}
