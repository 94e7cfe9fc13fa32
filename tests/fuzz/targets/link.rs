//! What follows `/start`: anybody may make such a link.

#![no_main]

use footnote::telegram::fuzz;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| fuzz::link(&String::from_utf8_lossy(bytes)));
