//! The callback data of the bot's buttons: an action and its signature, in at most 64 bytes.
//!
//! The signature binds the action to its chat. Unless everybody may press the button, the signature
//! also binds the action to the user who asked. Forged data has no effect, nor has data copied from
//! another chat or user. The signing key is derived from the bot's token, so buttons keep working
//! after a restart but not with a new token.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::token::BotToken;
use crate::store::ConversationKey;
use footnote_engine::knowledge::SectionId;
use footnote_engine::reply::{Action, QuietHours, SectionRef, Setting, Showing, Target};

/// Signs and verifies the callback data of buttons.
#[derive(Clone)]
pub(super) struct Signer(Hmac<Sha256>);

/// Stands for the conversation when the buttons of inline results are signed, since users can send
/// inline results to any chat. No real chat has the id 0.
pub(super) const CARDS: ConversationKey = ConversationKey { chat_id: 0, person_id: 0 };

/// Length of the signature in callback data, truncated, in bytes.
const MAC_BYTES: usize = 8;
/// Length of the signature in callback data, in base64 characters.
const MAC_LETTERS: usize = 11;

/// The reason why the callback data of a pressed button is rejected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum VerifyError {
    /// The bot did not sign the callback data, or signed it for another chat.
    Unknown,
    /// The signature does not match. The bot may have signed the callback data for another user.
    NotYours,
}

impl Signer {
    pub fn new(token: &BotToken) -> Signer {
        let mut key = Hmac::<Sha256>::new_from_slice(token.reveal().as_bytes()).expect("HMAC takes keys of any length");
        key.update(b"footnote buttons 2");
        Signer(key)
    }

    /// Returns the signed callback data for an action in a conversation, at most 64 bytes.
    pub fn sign(&self, action: &Action, asker: ConversationKey) -> String {
        let written = write(action);
        let mac = self.mac(action, &written, asker).finalize().into_bytes();
        format!("{}{written}", URL_SAFE_NO_PAD.encode(&mac[..MAC_BYTES]))
    }

    /// Returns the action in the callback data `data`, if the bot signed the data for this
    /// conversation. The action has the key of a long section id: see [`Action::resolved`].
    pub fn verify(&self, data: &str, asker: ConversationKey) -> Result<Action, VerifyError> {
        let (mac, written) = data.split_at_checked(MAC_LETTERS).ok_or(VerifyError::Unknown)?;
        let mac = URL_SAFE_NO_PAD.decode(mac).map_err(|_| VerifyError::Unknown)?;
        let action = read(written).ok_or(VerifyError::Unknown)?;
        let refused = if action.is_for_all() { VerifyError::Unknown } else { VerifyError::NotYours };
        self.mac(&action, written, asker).verify_truncated_left(&mac).map_err(|_| refused)?;
        Ok(action)
    }

    fn mac(&self, action: &Action, written: &str, asker: ConversationKey) -> Hmac<Sha256> {
        let person_id = if action.is_for_all() { 0 } else { asker.person_id };
        let mut mac = self.0.clone();
        mac.update(&asker.chat_id.to_be_bytes());
        mac.update(&person_id.to_be_bytes());
        mac.update(written.as_bytes());
        mac
    }
}

fn write(action: &Action) -> String {
    match action {
        Action::Navigate(Target::Section(id)) => format!("s{}", id.key()),
        Action::Navigate(Target::Product(id)) => format!("p{id}"),
        Action::Navigate(Target::SectionPage(SectionRef {
            section,
            showing: Showing { language, sentence, page },
        })) => {
            // Omits sentence and page numbers above 99, so that the callback data fits into 64
            // bytes. Without a page number, the button leads to the first page.
            let short = |n: Option<usize>| n.filter(|n| *n < 100).map(|n| n.to_string()).unwrap_or_default();
            format!(
                "r{language}.{}.{}.{}",
                short(*sentence),
                short(Some(*page).filter(|page| *page > 0)),
                section.key()
            )
        }
        Action::Set(Setting::Proactive(on)) => format!("u{}", u8::from(*on)),
        Action::Set(Setting::Threshold(percent)) => format!("h{percent}"),
        Action::Set(Setting::Language(language)) => format!("a{}", language.map(|l| l.to_string()).unwrap_or_default()),
        Action::Set(Setting::QuietHours(quiet)) => {
            format!("q{}", quiet.map(|QuietHours { from, to }| format!("{from}.{to}")).unwrap_or_default())
        }
        Action::Set(Setting::Zone(hours)) => format!("z{hours}"),
        Action::Set(Setting::AutoDelete(on)) => format!("d{}", u8::from(*on)),
        Action::Explain => "w".to_owned(),
        Action::Rate { section, helped: true } => format!("g{}", section.key()),
        Action::Rate { section, helped: false } => format!("b{}", section.key()),
        Action::Navigate(Target::Language(language)) => format!("v{language}"),
        Action::Navigate(Target::Topics) => "t".to_owned(),
        Action::Navigate(Target::NoneOfThese) => "n".to_owned(),
    }
}

/// Parses the action in callback data whose signature is already removed.
pub(super) fn read(written: &str) -> Option<Action> {
    match written.split_at_checked(1)? {
        ("s", id) => SectionId::parse_key(id).map(Target::Section).map(Action::Navigate),
        ("p", id) => Some(Action::Navigate(Target::Product(id.to_owned()))),
        ("r", section_ref) => {
            let mut parts = section_ref.splitn(4, '.');
            let language = parts.next()?.parse().ok()?;
            let sentence = parts.next()?.parse().ok();
            let page = parts.next()?.parse().unwrap_or(0);
            let section = SectionId::parse_key(parts.next()?)?;
            Some(Action::Navigate(Target::SectionPage(SectionRef {
                section,
                showing: Showing { language, sentence, page },
            })))
        }
        ("w", "") => Some(Action::Explain),
        ("g", id) => Some(Action::Rate { section: SectionId::parse_key(id)?, helped: true }),
        ("b", id) => Some(Action::Rate { section: SectionId::parse_key(id)?, helped: false }),
        ("v", language) => language.parse().ok().map(Target::Language).map(Action::Navigate),
        ("t", "") => Some(Action::Navigate(Target::Topics)),
        ("n", "") => Some(Action::Navigate(Target::NoneOfThese)),
        (setting, value) => read_setting(setting, value).filter(Setting::is_possible).map(Action::Set),
    }
}

fn read_setting(setting: &str, value: &str) -> Option<Setting> {
    match (setting, value) {
        ("u", on @ ("0" | "1")) => Some(Setting::Proactive(on == "1")),
        ("d", on @ ("0" | "1")) => Some(Setting::AutoDelete(on == "1")),
        ("h", percent) => percent.parse().ok().map(Setting::Threshold),
        ("a", "") => Some(Setting::Language(None)),
        ("a", language) => language.parse().ok().map(|l| Setting::Language(Some(l))),
        ("q", "") => Some(Setting::QuietHours(None)),
        ("q", hours) => {
            let (from, to) = hours.split_once('.')?;
            Some(Setting::QuietHours(Some(QuietHours { from: from.parse().ok()?, to: to.parse().ok()? })))
        }
        ("z", hours) => hours.parse().ok().map(Setting::Zone),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GROUP: ConversationKey = ConversationKey { chat_id: -100, person_id: 7 };

    fn signer() -> Signer {
        Signer::new(&BotToken::parse("1:abc").expect("valid"))
    }

    #[test]
    fn what_is_signed_is_read_and_fits() {
        let longest = SectionId::parse(&"a".repeat(SectionId::MAX_KEY_BYTES)).expect("valid");
        let language = footnote_engine::text::Language::from_tag("yue").expect("a code");
        let showing = Showing { language, sentence: Some(99), page: 99 };
        for action in [
            Action::Navigate(Target::Section(longest.clone())),
            Action::Navigate(Target::Product("x".repeat(40))),
            Action::Navigate(Target::SectionPage(SectionRef { section: longest.clone(), showing })),
            Action::Navigate(Target::SectionPage(SectionRef {
                section: longest.clone(),
                showing: Showing::new(language, None),
            })),
            Action::Rate { section: longest.clone(), helped: true },
            Action::Rate { section: longest, helped: false },
            Action::Explain,
            Action::Set(Setting::Proactive(true)),
            Action::Set(Setting::Threshold(95)),
            Action::Set(Setting::Language(None)),
            Action::Set(Setting::Language(Some(language))),
            Action::Set(Setting::QuietHours(Some(QuietHours { from: 22, to: 8 }))),
            Action::Set(Setting::QuietHours(None)),
            Action::Set(Setting::Zone(-12)),
            Action::Set(Setting::AutoDelete(true)),
            Action::Navigate(Target::Language(language)),
            Action::Navigate(Target::Topics),
            Action::Navigate(Target::NoneOfThese),
        ] {
            let data = signer().sign(&action, GROUP);
            assert!(data.len() <= 64, "{data}");
            assert_eq!(signer().verify(&data, GROUP), Ok(action));
        }
    }

    #[test]
    fn a_long_id_fits_as_its_key() {
        let longest = SectionId::parse(&"a".repeat(SectionId::MAX_BYTES)).expect("valid");
        let language = footnote_engine::text::Language::from_tag("yue").expect("a code");
        let showing = Showing { language, sentence: Some(99), page: 99 };
        let action = Action::Navigate(Target::SectionPage(SectionRef { section: longest.clone(), showing }));
        let data = signer().sign(&action, GROUP);
        assert!(data.len() <= 64, "{data}");
        let Ok(Action::Navigate(Target::SectionPage(read))) = signer().verify(&data, GROUP) else {
            panic!("{data}");
        };
        assert_eq!((read.section.as_str(), read.showing), (longest.key().as_str(), showing));
    }

    #[test]
    fn what_is_forged_is_not() {
        let asker = ConversationKey { chat_id: 7, person_id: 7 };
        let data = signer().sign(&Action::Navigate(Target::Topics), asker);
        let other = Signer::new(&BotToken::parse("1:abd").expect("valid"));
        assert!(signer().verify(&data, ConversationKey { chat_id: 8, ..asker }).is_err(), "another chat");
        assert!(other.verify(&data, asker).is_err(), "another token");
        for at in 0..data.len() {
            let mut bytes = data.clone().into_bytes();
            bytes[at] ^= 1;
            let forged = String::from_utf8(bytes).expect("valid");
            assert!(signer().verify(&forged, asker).is_err(), "{forged}");
        }
        for junk in ["", "t", "00000000000000", "é".repeat(9).as_str(), "zzzzzzzzzzzzzzzzt", "AAAAAAAAAAAz99"] {
            assert_eq!(signer().verify(junk, asker), Err(VerifyError::Unknown), "{junk}");
        }
    }

    #[test]
    fn some_are_for_all_and_some_for_whoever_asked() {
        let another = ConversationKey { person_id: 8, ..GROUP };
        let section = SectionId::parse("whisper").expect("valid");
        let mine = signer().sign(&Action::Navigate(Target::Section(section.clone())), GROUP);
        assert_eq!(signer().verify(&mine, another), Err(VerifyError::NotYours));
        for action in [
            Action::Navigate(Target::SectionPage(SectionRef::of(section.clone(), footnote_engine::text::Language::EN))),
            Action::Rate { section, helped: false },
        ] {
            assert_eq!(signer().verify(&signer().sign(&action, GROUP), another), Ok(action));
        }
    }
}
