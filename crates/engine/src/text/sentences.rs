//! Sentence segmentation.

use unicode_segmentation::UnicodeSegmentation;

/// Splits a text into sentences by Unicode Standard Annex #29. Returns byte ranges without
/// surrounding white space.
pub fn sentences(text: &str) -> impl Iterator<Item = std::ops::Range<usize>> {
    text.split_sentence_bound_indices().filter_map(|(start, sentence)| {
        let body = sentence.trim_start();
        let start = start + sentence.len() - body.len();
        let body = body.trim_end();
        (!body.is_empty()).then(|| start..start + body.len())
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::sentences;

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        assert_eq!(sentences(text).map(|range| &text[range]).collect::<Vec<_>>(), expected, "{text:?}");
    }

    #[test]
    fn sentences_end_at_stops_and_line_breaks() {
        check("", &[]);
        check(" \n\t ", &[]);
        check("One sentence", &["One sentence"]);
        check("It is free. Is it open?  Yes!", &["It is free.", "Is it open?", "Yes!"]);
        check("它是免费的。开源吗？是！", &["它是免费的。", "开源吗？", "是！"]);
        check("a title\nIts first line", &["a title", "Its first line"]);
    }

    #[test]
    fn a_full_stop_inside_a_number_ends_nothing() {
        check("It costs 1.50 a month. Cheap.", &["It costs 1.50 a month.", "Cheap."]);
    }

    proptest! {
        #[test]
        fn sentences_lose_nothing_but_space(text in any::<String>()) {
            let kept: String = sentences(&text).map(|range| text[range].to_owned()).collect();
            let dense = |s: &str| s.split_whitespace().collect::<String>();
            prop_assert_eq!(dense(&kept), dense(&text));
        }

        #[test]
        fn sentences_are_in_order_and_trimmed(text in "[a-c.?!。 \n]{0,40}") {
            let mut end = 0;
            for range in sentences(&text) {
                prop_assert!(end <= range.start);
                let sentence = &text[range.clone()];
                prop_assert!(!sentence.is_empty() && sentence == sentence.trim());
                end = range.end;
            }
        }
    }
}
