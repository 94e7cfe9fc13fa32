//! Fuzzes text normalisation. The result must have a bounded length, and normalising it again must
//! change nothing.

#![no_main]

use footnote_engine::text::{MAX_NORMAL_CHARS, normalize, to_traditional};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let normal = normalize(&text);
    assert!(normal.chars().count() <= MAX_NORMAL_CHARS);
    assert!(!normal.starts_with(' ') && !normal.ends_with(' ') && !normal.contains("  "));
    assert_eq!(normalize(&normal), normal);
    let _ = to_traditional(&text);
});
