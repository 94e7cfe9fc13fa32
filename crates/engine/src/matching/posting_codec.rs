//! The byte format of the section index.
//!
//! A posting list is an ascending sequence of section numbers. Each number is stored as a varint of
//! the difference from the previous number. The forward index stores a term id as one 16-bit code,
//! or as two 16-bit codes for a rare term.

/// The smallest term id that is stored as two 16-bit codes, and the smallest value of the first of
/// these codes.
///
/// First codes, second codes and the codes of all other terms have separate value ranges. Decoding
/// can therefore start at any code of the forward index, without looking at earlier codes.
const FIRST_HALVES: u32 = 0xF000;
/// The smallest value of the second code of a rare term.
const SECOND_HALVES: u32 = 0xF800;
/// The number of bits of the term id that each of the two codes of a rare term stores.
const HALF_BITS: u32 = 11;
/// The largest term id that can be stored. Larger ids are stored as this id.
const MAX_TERM_ID: u32 = FIRST_HALVES + (1 << (2 * HALF_BITS)) - 1;

fn encode_varint(bytes: &mut Vec<u8>, mut number: u32) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn decode_varint(bytes: &[u8], at: &mut usize) -> u32 {
    let (mut number, mut shift) = (0, 0);
    while let Some(&byte) = bytes.get(*at) {
        *at += 1;
        number |= u32::from(byte & 0x7F) << shift;
        if byte < 0x80 {
            break;
        }
        shift += 7;
    }
    number
}

/// Appends an ascending list of section numbers to `bytes`, as varints of the differences.
pub(super) fn encode_postings(bytes: &mut Vec<u8>, sections: &[u32]) {
    let mut before = 0;
    for section in sections {
        encode_varint(bytes, section - before);
        before = *section;
    }
}

/// Decodes `count` section numbers, starting at byte offset `at`.
pub(super) fn decode_postings(bytes: &[u8], mut at: usize, count: usize) -> impl Iterator<Item = u32> {
    let mut section = 0;
    (0..count).map(move |_| {
        section += decode_varint(bytes, &mut at);
        section
    })
}

/// Encodes a term id for the forward index: as one 16-bit code, or as two codes for a rare term.
pub(super) fn encode_term(term_id: u32) -> impl Iterator<Item = u16> {
    let rare = term_id.min(MAX_TERM_ID).checked_sub(FIRST_HALVES);
    let first = rare.map_or(term_id, |rare| FIRST_HALVES + (rare >> HALF_BITS));
    let second = rare.map(|rare| SECOND_HALVES + rare % (1 << HALF_BITS));
    [Some(first), second].into_iter().flatten().map(|code| code as u16)
}

/// Decodes a term id from its first code. Calls `second` to read the second code only if the term
/// has two codes.
#[inline]
pub(super) fn decode_term(first: u16, second: impl FnOnce() -> u16) -> u32 {
    match u32::from(first).checked_sub(FIRST_HALVES) {
        None => u32::from(first),
        Some(half) => FIRST_HALVES + (half << HALF_BITS) + u32::from(second()).saturating_sub(SECOND_HALVES),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_varint_takes_a_byte_per_seven_bits() {
        for (number, length) in [(0, 1), (0x7F, 1), (0x80, 2), (0x3FFF, 2), (0x4000, 3), (u32::MAX, 5)] {
            let mut bytes = Vec::new();
            encode_varint(&mut bytes, number);
            assert_eq!(bytes.len(), length, "{number}");
        }
    }

    #[test]
    fn a_truncated_varint_does_not_panic() {
        let mut at = 0;
        assert_eq!(decode_varint(&[0x81], &mut at), 1);
        assert_eq!((decode_varint(&[], &mut at), at), (0, 1));
    }

    #[track_caller]
    fn check_term(term_id: u32, codes: &[u16]) {
        assert_eq!(encode_term(term_id).collect::<Vec<_>>(), codes, "{term_id}");
        assert_eq!(decode_term(codes[0], || codes[1]), term_id);
    }

    #[test]
    fn rare_terms_take_two_codes() {
        check_term(0, &[0]);
        check_term(0xEFFF, &[0xEFFF]);
        check_term(0xF000, &[0xF000, 0xF800]);
        check_term(0xF000 + 0x7FF, &[0xF000, 0xFFFF]);
        check_term(0xF000 + 0x800, &[0xF001, 0xF800]);
        check_term(MAX_TERM_ID, &[0xF7FF, 0xFFFF]);
    }

    #[test]
    fn ids_beyond_the_last_code_share_it() {
        assert!(encode_term(MAX_TERM_ID + 1).eq(encode_term(MAX_TERM_ID)));
        assert!(encode_term(u32::MAX).eq(encode_term(MAX_TERM_ID)));
    }

    proptest! {
        #[test]
        fn varints_round_trip(numbers in prop::collection::vec(any::<u32>(), 0..20)) {
            let mut bytes = Vec::new();
            numbers.iter().for_each(|number| encode_varint(&mut bytes, *number));
            let mut at = 0;
            let decoded: Vec<u32> = numbers.iter().map(|_| decode_varint(&bytes, &mut at)).collect();
            prop_assert_eq!(decoded, numbers);
            prop_assert_eq!(at, bytes.len());
        }

        #[test]
        fn postings_round_trip(sections in prop::collection::btree_set(0..200_000_u32, 0..50), before in 0..9_usize) {
            let sections: Vec<u32> = sections.into_iter().collect();
            let mut bytes = vec![0xFF; before];
            encode_postings(&mut bytes, &sections);
            let decoded: Vec<u32> = decode_postings(&bytes, before, sections.len()).collect();
            prop_assert_eq!(decoded, sections);
        }

        #[test]
        fn terms_round_trip(term_id in 0..=MAX_TERM_ID) {
            let codes: Vec<u16> = encode_term(term_id).collect();
            prop_assert_eq!(decode_term(codes[0], || codes[1]), term_id);
            // Only second codes have values from `SECOND_HALVES` up, so that a decoder can
            // recognize them.
            if let Some(second) = codes.get(1) {
                prop_assert!(u32::from(*second) >= SECOND_HALVES);
            }
            prop_assert!(u32::from(codes[0]) < SECOND_HALVES);
        }
    }
}
