//! Fuzzes the parser of Telegram updates with arbitrary bytes.

#![no_main]

use footnote::telegram::fuzz;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| fuzz::update(&String::from_utf8_lossy(bytes)));
