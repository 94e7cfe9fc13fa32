//! The settings panel of a group.

use super::action::{Action, QuietHours, Setting};
use super::message::{Button, Reply, message};
use super::strings::{Strings, fill, own_name};
use crate::knowledge::Knowledge;
use crate::text::Language;

/// The settings of a group, and whether the bot receives all messages of the group.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Panel {
    /// Whether the bot gives proactive answers: answers to messages that are not addressed to the
    /// bot.
    pub proactive: bool,
    /// The minimum confidence for answering a message that is not addressed to the bot, in percent.
    pub threshold: u8,
    /// The language of answers to messages that do not reveal their language. `None` means the
    /// language of the writer's Telegram app.
    pub language: Option<Language>,
    /// The quiet hours. `None` means no quiet hours.
    pub quiet: Option<QuietHours>,
    /// The time zone of the group, in hours from UTC: -12 to 14.
    pub zone: i8,
    /// Whether the bot deletes its messages in the group after
    /// [`reading_seconds`](super::reading_seconds), the estimated reading time.
    pub auto_delete: bool,
    /// Whether the bot receives all messages of the group, or only those addressed to the bot.
    pub hears_all: bool,
}

/// The allowed time zones, in hours from UTC.
const ZONES: std::ops::RangeInclusive<i8> = -12..=14;

impl Setting {
    /// True if the new value is in its allowed range. Button data is untrusted and may contain any
    /// value.
    #[must_use]
    pub fn is_possible(&self) -> bool {
        match self {
            Setting::Threshold(percent) => *percent <= 100,
            Setting::QuietHours(Some(quiet)) => quiet.from < 24 && quiet.to < 24,
            Setting::Zone(hours) => ZONES.contains(hours),
            Setting::Proactive(_) | Setting::Language(_) | Setting::QuietHours(None) | Setting::AutoDelete(_) => true,
        }
    }
}

/// Renders the settings panel: one row of buttons per setting, with ✓ on the current value.
#[must_use]
pub fn settings(knowledge: &Knowledge, language: Language, panel: &Panel) -> Reply {
    const THRESHOLDS: [u8; 3] = [85, 90, 95];
    const QUIET: [QuietHours; 2] = [QuietHours { from: 22, to: 8 }, QuietHours { from: 0, to: 7 }];
    let strings = Strings::of(language);
    let button = |is_set: bool, label: &str, setting| {
        let label = if is_set { format!("✓ {label}") } else { label.to_owned() };
        Button { label, action: Action::Set(setting) }
    };
    let mut thresholds = THRESHOLDS.to_vec();
    // Offer the current threshold too. A rating of 👎 raises a group's threshold to a value that may
    // not be in the list.
    if !thresholds.contains(&panel.threshold) {
        thresholds.push(panel.threshold);
    }
    let hours = |quiet: QuietHours| format!("{}–{}", quiet.from, quiet.to);
    let quiet = QUIET.map(|q| button(panel.quiet == Some(q), &hours(q), Setting::QuietHours(Some(q))));
    let zone = |label: &str, hours: i8| {
        let setting = Setting::Zone(hours.clamp(*ZONES.start(), *ZONES.end()));
        Button { label: label.to_owned(), action: Action::Set(setting) }
    };
    let own = knowledge.languages.iter();
    let own = own.map(|l| button(panel.language == Some(*l), &own_name(*l), Setting::Language(Some(*l))));
    let rows = vec![
        vec![
            button(!panel.proactive, strings.not_proactive, Setting::Proactive(false)),
            button(panel.proactive, strings.proactive, Setting::Proactive(true)),
        ],
        thresholds.iter().map(|p| button(*p == panel.threshold, &format!("{p} %"), Setting::Threshold(*p))).collect(),
        std::iter::once(button(panel.language.is_none(), strings.own_language, Setting::Language(None)))
            .chain(own)
            .collect(),
        std::iter::once(button(panel.quiet.is_none(), strings.never_quiet, Setting::QuietHours(None)))
            .chain(quiet)
            .collect(),
        vec![
            zone("−", panel.zone.saturating_sub(1)),
            zone(&format!("UTC{:+}", panel.zone), panel.zone),
            zone("+", panel.zone.saturating_add(1)),
        ],
        vec![
            button(!panel.auto_delete, strings.keeps_answers, Setting::AutoDelete(false)),
            button(panel.auto_delete, strings.deletes_answers, Setting::AutoDelete(true)),
        ],
    ];
    let received = if panel.hears_all { strings.hears_all } else { strings.hears_addressed };
    message(&fill("{}\n\n{}", &[strings.settings, received]), rows)
}
