//! Fuzzes the parser of `/start` payloads, because anyone can create a deep link to the bot with
//! any payload.

#![no_main]

use footnote::telegram::fuzz;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| fuzz::link(&String::from_utf8_lossy(bytes)));
