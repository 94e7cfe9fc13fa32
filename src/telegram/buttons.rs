//! What a button carries: the action, signed, in at most 64 bytes.
//!
//! The signature binds the action to the chat the button was sent to, so that data made up by a client, or taken from another chat, does nothing. The key comes from
//! the bot's token: buttons outlive a restart, and die with the token.

use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::api::Token;
use crate::knowledge::SectionId;
use crate::reply::{Action, Setting};

/// Signs and verifies what buttons carry.
#[derive(Clone)]
pub(super) struct Signer(Hmac<Sha256>);

/// Stands for the chat of a button under a card, which can be in any: no chat has this number.
pub(super) const NO_CHAT: i64 = 0;

/// Bytes of the signature that are kept; as hexadecimal digits they take twice as many.
const MAC_BYTES: usize = 8;

impl Signer {
    pub fn new(token: &Token) -> Signer {
        let mut key = Hmac::<Sha256>::new_from_slice(token.secret()).expect("HMAC takes keys of any length");
        key.update(b"footnote buttons 1");
        Signer(key)
    }

    /// The data of a button with this action in this chat; at most 64 bytes.
    pub fn sign(&self, action: &Action, chat_id: i64) -> String {
        let action = match action {
            Action::Section(id) => format!("s{id}"),
            Action::Product(id) => format!("p{id}"),
            Action::Read { section, language, sentence } => {
                // What does not fit is left out: it would only be the first to be read.
                let sentence = sentence.filter(|at| *at < 100).map(|at| at.to_string()).unwrap_or_default();
                format!("r{language}.{sentence}.{section}")
            }
            Action::Set(Setting::Unasked(on)) => format!("u{}", u8::from(*on)),
            Action::Set(Setting::Threshold(percent)) => format!("h{percent}"),
            Action::Set(Setting::Language(language)) => {
                format!("a{}", language.map(|l| l.to_string()).unwrap_or_default())
            }
            Action::Why => "w".to_owned(),
            Action::Rate { section, helped: true } => format!("g{section}"),
            Action::Rate { section, helped: false } => format!("b{section}"),
            Action::Speak(language) => format!("v{language}"),
            Action::Topics => "t".to_owned(),
            Action::NoneOfThese => "n".to_owned(),
        };
        let mac = self.mac(&action, chat_id).finalize().into_bytes();
        let mac: String = mac[..MAC_BYTES].iter().map(|b| format!("{b:02x}")).collect();
        format!("{mac}{action}")
    }

    /// The action of a button that we made for this chat; `None` for anything else.
    pub fn verify(&self, data: &str, chat_id: i64) -> Option<Action> {
        let (mac, action) = data.split_at_checked(2 * MAC_BYTES)?;
        let mac: Vec<u8> =
            (0..MAC_BYTES).map(|i| u8::from_str_radix(mac.get(2 * i..2 * i + 2)?, 16).ok()).collect::<Option<_>>()?;
        self.mac(action, chat_id).verify_truncated_left(&mac).ok()?;
        match action.split_at_checked(1)? {
            ("s", id) => SectionId::parse(id).map(Action::Section),
            ("p", id) => Some(Action::Product(id.to_owned())),
            ("r", read) => {
                let mut parts = read.splitn(3, '.');
                let language = parts.next()?.parse().ok()?;
                let sentence = parts.next()?.parse().ok();
                Some(Action::Read { section: SectionId::parse(parts.next()?)?, language, sentence })
            }
            ("u", on @ ("0" | "1")) => Some(Action::Set(Setting::Unasked(on == "1"))),
            ("h", percent) => {
                let percent = percent.parse().ok().filter(|percent| *percent <= 100)?;
                Some(Action::Set(Setting::Threshold(percent)))
            }
            ("a", "") => Some(Action::Set(Setting::Language(None))),
            ("a", language) => language.parse().ok().map(|l| Action::Set(Setting::Language(Some(l)))),
            ("w", "") => Some(Action::Why),
            ("g", id) => Some(Action::Rate { section: SectionId::parse(id)?, helped: true }),
            ("b", id) => Some(Action::Rate { section: SectionId::parse(id)?, helped: false }),
            ("v", language) => language.parse().ok().map(Action::Speak),
            ("t", "") => Some(Action::Topics),
            ("n", "") => Some(Action::NoneOfThese),
            _ => None,
        }
    }

    fn mac(&self, action: &str, chat_id: i64) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        mac.update(&chat_id.to_be_bytes());
        mac.update(action.as_bytes());
        mac
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signer() -> Signer {
        Signer::new(&Token::parse("1:abc").expect("valid"))
    }

    #[test]
    fn what_is_signed_is_read_and_fits() {
        let longest = SectionId::parse(&"a".repeat(SectionId::MAX_BYTES)).expect("valid");
        let language = crate::text::Language::from_tag("yue").expect("a code");
        for action in [
            Action::Section(longest.clone()),
            Action::Product("x".repeat(40)),
            Action::Read { section: longest.clone(), language, sentence: Some(99) },
            Action::Rate { section: longest.clone(), helped: true },
            Action::Rate { section: longest, helped: false },
            Action::Why,
            Action::Set(Setting::Unasked(true)),
            Action::Set(Setting::Threshold(95)),
            Action::Set(Setting::Language(None)),
            Action::Set(Setting::Language(Some(language))),
            Action::Speak(language),
            Action::Topics,
            Action::NoneOfThese,
        ] {
            let data = signer().sign(&action, -100);
            assert!(data.len() <= 64, "{data}");
            assert_eq!(signer().verify(&data, -100), Some(action));
        }
    }

    #[test]
    fn what_is_forged_is_not() {
        let data = signer().sign(&Action::Topics, 7);
        let other = Signer::new(&Token::parse("1:abd").expect("valid"));
        assert_eq!(signer().verify(&data, 8), None, "another chat");
        assert_eq!(other.verify(&data, 7), None, "another token");
        for at in 0..data.len() {
            let mut bytes = data.clone().into_bytes();
            bytes[at] ^= 1;
            let forged = String::from_utf8(bytes).expect("valid");
            assert_eq!(signer().verify(&forged, 7), None, "{forged}");
        }
        for junk in ["", "t", "00000000000000", "é".repeat(9).as_str(), "zzzzzzzzzzzzzzzzt"] {
            assert_eq!(signer().verify(junk, 7), None, "{junk}");
        }
    }
}
