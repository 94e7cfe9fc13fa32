//! Fuzzes the parser and the signatures of callback data, because any client may send any data. The
//! first 17 bytes hold the chat id, the user id and the position of a character to change. The rest
//! is the callback data.

#![no_main]

use footnote::store::ConversationKey;
use footnote::telegram::fuzz;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((chat, rest)) = bytes.split_first_chunk() else { return };
    let Some((person, rest)) = rest.split_first_chunk() else { return };
    let Some((at, data)) = rest.split_first() else { return };
    let asker = ConversationKey { chat_id: i64::from_be_bytes(*chat), person_id: i64::from_be_bytes(*person) };
    fuzz::button(&String::from_utf8_lossy(data), asker, usize::from(*at));
});
