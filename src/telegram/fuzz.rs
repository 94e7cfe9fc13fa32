//! Entry points for fuzzing the parsers of untrusted input, compiled with `cfg(fuzzing)` only.
//!
//! Each function panics if one of its assertions fails.
#![allow(clippy::missing_panics_doc, reason = "a panic reports the finding")]

use super::buttons::{self, Signer};
use super::link::{self, Link};
use super::token::BotToken;
use super::update::{self, Incoming};
use crate::store::ConversationKey;
use footnote_engine::reply::{Action, Target};

/// The bot token that callback data is checked with. No button is ever signed with this token: if
/// one was, the fuzzer could copy its signature, and valid callback data would fail the assertion
/// in [`update`].
const NEVER: &str = "1:never";

/// Parses a payload as an update from Telegram. Asserts that the inbox row contains the payload
/// unchanged, and that the callback data in the payload is rejected.
pub fn update(payload: &str) {
    const NOW: i64 = 1_700_000_000_000;
    let incoming = update::read(payload);
    let received = update::received(payload, update::digest(payload), NOW);
    if let Some(received) = received {
        assert_eq!(received.payload, payload);
        assert!(received.expires_at > received.received_at, "an update lives for a while");
    }
    if let Some(Incoming::CallbackQuery(query)) = incoming {
        let asker =
            ConversationKey { chat_id: query.under.map_or(0, |under| under.chat_id), person_id: query.person_id };
        assert!(signer(NEVER).verify(&query.data, asker).is_err(), "nobody signed that");
    }
}

/// Asserts that the signer rejects `data` as callback data of a button. Then signs the action in
/// `data`, and asserts that a change at the position `at` of the signed data is detected.
pub fn button(data: &str, asker: ConversationKey, at: usize) {
    assert!(signer(NEVER).verify(data, asker).is_err(), "nobody signed that");
    let signer = signer("1:abc");
    let Some(action) = buttons::read(data) else { return };
    let signed = signer.sign(&action, asker);
    let verified = signer.verify(&signed, asker).expect("what was signed is accepted");
    if !leaves_numbers_out(&action) {
        assert_eq!(verified, action);
    }
    assert_eq!(signer.sign(&verified, asker), signed, "what was read is written as it was");
    let another_chat = ConversationKey { chat_id: asker.chat_id.wrapping_add(1), ..asker };
    assert!(signer.verify(&signed, another_chat).is_err(), "it is bound to its chat");
    let another_person = ConversationKey { person_id: asker.person_id.wrapping_add(1), ..asker };
    assert_eq!(signer.verify(&signed, another_person).is_ok(), action.is_for_all(), "and to its person");
    // Replaces or removes the character at `at`, or inserts one. The signer must reject each
    // changed text.
    let at = at % signed.len();
    for (keeps, with) in [(1, "A"), (1, "z"), (1, "0"), (1, "."), (1, ""), (0, "A"), (0, ".")] {
        let Some((head, tail)) = signed.split_at_checked(at) else { continue };
        let Some(tail) = tail.get(keeps..) else { continue };
        let changed = format!("{head}{with}{tail}");
        assert!(changed == signed || signer.verify(&changed, asker).is_err(), "{changed} was not signed");
    }
}

/// Parses `text` as the payload of a link to the bot. Then encodes `text` as a question in such a
/// payload, and asserts that decoding returns the question or its beginning.
pub fn link(text: &str) {
    if let Some(Link::Question(question)) = link::read(text) {
        assert!(!question.is_empty());
    }
    let payload = link::to_question(text);
    assert!(payload.len() <= 64, "Telegram takes 64 characters");
    assert!(payload.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-'));
    match link::read(&payload) {
        Some(Link::Question(question)) => {
            let asked = text.trim();
            assert!(asked.starts_with(&question) && question.len() >= asked.len().min(44));
        }
        other => assert!(other.is_none() && text.trim().is_empty(), "{other:?}"),
    }
}

fn signer(token: &str) -> Signer {
    Signer::new(&BotToken::parse(token).expect("a token"))
}

/// True if the action contains a page or sentence number above 99. Callback data omits such
/// numbers.
fn leaves_numbers_out(action: &Action) -> bool {
    let Action::Navigate(Target::SectionPage(section_ref)) = action else { return false };
    section_ref.showing.page > 99 || section_ref.showing.sentence.is_some_and(|sentence| sentence > 99)
}
