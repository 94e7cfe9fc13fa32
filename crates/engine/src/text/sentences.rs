//! Cutting running text into sentences.

use unicode_segmentation::UnicodeSegmentation;

/// The sentences of a text (Unicode Standard Annex #29), as ranges of bytes that leave out the white space around them.
pub fn sentences(text: &str) -> impl Iterator<Item = std::ops::Range<usize>> {
    text.split_sentence_bound_indices().filter_map(|(start, sentence)| {
        let body = sentence.trim_start();
        let start = start + sentence.len() - body.len();
        let body = body.trim_end();
        (!body.is_empty()).then(|| start..start + body.len())
    })
}
