//! The settings of a group as a panel of buttons.

use super::action::{Action, QuietHours, Setting};
use super::labels::name_of;
use super::message::{Button, Reply, message};
use super::strings::{fill, wording};
use crate::knowledge::Knowledge;
use crate::text::Language;

/// The settings as they are, and what the bot may hear in the group.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Panel {
    /// Does the bot answer unasked?
    pub proactive: bool,
    /// From which confidence on, in percent.
    pub threshold: u8,
    /// The language where a message shows none; the writer's own if there is none here.
    pub language: Option<Language>,
    /// When it is quiet.
    pub quiet: Option<QuietHours>,
    /// The group's time, in hours from UTC.
    pub zone: i8,
    /// Are answers deleted when there was time to read them?
    pub auto_delete: bool,
    /// Does the bot hear everything in the group, or only what is addressed to it?
    pub hears_all: bool,
}

/// The zones that there are, in hours from UTC.
const ZONES: std::ops::RangeInclusive<i8> = -12..=14;

impl Setting {
    /// Is this a value that the panel offers, or may have offered?
    #[must_use]
    pub fn is_possible(&self) -> bool {
        match self {
            Setting::Threshold(percent) => *percent <= 100,
            Setting::QuietHours(Some(quiet)) => quiet.from < 24 && quiet.to < 24,
            Setting::Zone(hours) => ZONES.contains(hours),
            Setting::Unasked(_) | Setting::Language(_) | Setting::QuietHours(None) | Setting::Tidy(_) => true,
        }
    }
}

/// The panel: a row of buttons for each setting, with a mark at what is set.
#[must_use]
pub fn settings(knowledge: &Knowledge, language: Language, panel: &Panel) -> Reply {
    const THRESHOLDS: [u8; 3] = [85, 90, 95];
    const QUIET: [QuietHours; 2] = [QuietHours { from: 22, to: 8 }, QuietHours { from: 0, to: 7 }];
    let say = wording(language);
    let button = |is_set: bool, label: &str, setting| {
        let label = if is_set { format!("✓ {label}") } else { label.to_owned() };
        Button { label, action: Action::Set(setting) }
    };
    let mut thresholds = THRESHOLDS.to_vec();
    // Opinions have moved it.
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
    let own = own.map(|l| button(panel.language == Some(*l), &name_of(*l), Setting::Language(Some(*l))));
    let rows = vec![
        vec![
            button(!panel.proactive, say.only_asked, Setting::Unasked(false)),
            button(panel.proactive, say.unasked, Setting::Unasked(true)),
        ],
        thresholds.iter().map(|p| button(*p == panel.threshold, &format!("{p} %"), Setting::Threshold(*p))).collect(),
        std::iter::once(button(panel.language.is_none(), say.own_language, Setting::Language(None)))
            .chain(own)
            .collect(),
        std::iter::once(button(panel.quiet.is_none(), say.never_quiet, Setting::QuietHours(None)))
            .chain(quiet)
            .collect(),
        vec![
            zone("−", panel.zone.saturating_sub(1)),
            zone(&format!("UTC{:+}", panel.zone), panel.zone),
            zone("+", panel.zone.saturating_add(1)),
        ],
        vec![
            button(!panel.auto_delete, say.keeps_answers, Setting::Tidy(false)),
            button(panel.auto_delete, say.deletes_answers, Setting::Tidy(true)),
        ],
    ];
    let hears = if panel.hears_all { say.hears_all } else { say.hears_addressed };
    message(&fill("{}\n\n{}", &[say.settings, hears]), rows)
}

#[cfg(test)]
mod tests {
    use super::QuietHours;

    #[test]
    fn quiet_hours_may_pass_midnight() {
        let night = QuietHours { from: 22, to: 8 };
        assert!([22, 23, 0, 7].iter().all(|h| night.has(*h)) && [8, 12, 21].iter().all(|h| !night.has(*h)));
        let day = QuietHours { from: 0, to: 7 };
        assert!(day.has(0) && day.has(6) && !day.has(7) && !day.has(23));
    }
}
