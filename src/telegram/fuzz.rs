//! A door for `fuzz/` to what reads other people's bytes. It is there only where `cfg(fuzzing)` is set, and each function panics where a promise is broken.
#![allow(clippy::missing_panics_doc, reason = "to panic is what they are for")]

use super::api::Token;
use super::buttons::{self, Signer};
use super::link::{self, Link};
use super::update::{self, Incoming};
use crate::store::ConversationKey;
use footnote_engine::reply::Action;

/// A token with which nothing is ever signed here: what is, the fuzzer sees, and sends.
const NEVER: &str = "1:never";

/// Reads a payload as an update. Whatever is understood of one with a number is also kept, and what is kept is what came.
pub fn update(payload: &str) {
    const NOW: i64 = 1_700_000_000_000;
    let incoming = update::read(payload);
    let received = update::received(payload, update::digest(payload), NOW);
    if let Some(received) = received {
        assert_eq!(received.payload, payload);
        assert!(received.expires_at > received.received_at, "an update lives for a while");
    }
    if let Some(Incoming::CallbackQuery(press)) = incoming {
        let asker =
            ConversationKey { chat_id: press.under.map_or(0, |under| under.chat_id), person_id: press.person_id };
        assert!(signer(NEVER).verify(&press.data, asker).is_err(), "nobody signed that");
    }
}

/// Takes `data` for what a button carries, and for the action in it, which is then signed and changed at `at`.
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
    // Another character, one less, one more.
    let at = at % signed.len();
    for (keeps, with) in [(1, "A"), (1, "z"), (1, "0"), (1, "."), (1, ""), (0, "A"), (0, ".")] {
        let Some((head, tail)) = signed.split_at_checked(at) else { continue };
        let Some(tail) = tail.get(keeps..) else { continue };
        let changed = format!("{head}{with}{tail}");
        assert!(changed == signed || signer.verify(&changed, asker).is_err(), "{changed} was not signed");
    }
}

/// Takes `text` for what a link carries, and for a question that a link shall carry.
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
    Signer::new(&Token::parse(token).expect("a token"))
}

/// Of a passage, numbers above 99 are not written.
fn leaves_numbers_out(action: &Action) -> bool {
    let Action::Read(passage) = action else { return false };
    passage.showing.page > 99 || passage.showing.sentence.is_some_and(|sentence| sentence > 99)
}
