//! Any bytes as an update of Telegram's.

#![no_main]

use footnote::telegram::fuzz;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| fuzz::update(&String::from_utf8_lossy(bytes)));
