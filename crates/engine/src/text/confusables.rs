//! Characters that look like one another.

/// Pairs of Han characters that are easily taken for one another, as 末 and 未; each pair once.
///
/// `confusables.txt` was measured for this program: the cosine of the blurred glyphs of all common characters in Noto Sans CJK SC is at least 0.6. It holds no part of the font.
pub fn confusables() -> impl Iterator<Item = (char, char)> {
    include_str!("confusables.txt").lines().filter_map(|line| {
        let mut two = line.chars();
        two.next().zip(two.next())
    })
}
