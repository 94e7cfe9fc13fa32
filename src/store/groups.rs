//! Stores the settings of Telegram groups.

use super::backend::{execute, row};
use super::clock::Millis;
use super::database::Store;
use super::error::StoreError;
use super::ratings::Rating;
use super::transaction::Transaction;
use footnote_engine::reply::QuietHours;
use footnote_engine::text::Language;

/// The settings of a group, which its administrators can change.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// The language of the bot's replies to messages whose language the bot cannot detect. `None`
    /// means the language of the sender's Telegram app.
    pub language: Option<Language>,
    /// Whether the bot also answers questions that are not addressed to it (proactive answers).
    pub unasked: bool,
    /// Minimum confidence for a proactive answer, from 0 to 1.
    pub threshold: f64,
    pub quiet: Option<QuietHours>,
    /// The offset of the group's time zone from UTC, in hours.
    pub zone: i8,
    /// Whether the bot deletes its answers in this group after the time needed to read them.
    pub tidy: bool,
}

impl Default for Group {
    fn default() -> Group {
        Group { language: None, unasked: false, threshold: 0.9, quiet: None, zone: 0, tidy: false }
    }
}

impl Group {
    #[must_use]
    pub fn is_quiet(&self, now: Millis) -> bool {
        const HOUR: Millis = 60 * 60 * 1000;
        let hour = (now.div_euclid(HOUR) + Millis::from(self.zone)).rem_euclid(24);
        self.quiet.is_some_and(|quiet| u8::try_from(hour).is_ok_and(|hour| quiet.contains(hour)))
    }
}

/// Amount by which a user's negative rating raises the group's threshold for proactive answers.
const THRESHOLD_STEP: f64 = 0.01;
/// Maximum to which negative ratings can raise a group's threshold for proactive answers.
const MAX_THRESHOLD: f64 = 0.99;

/// A change to a group's settings, or to the bot's membership in the group.
#[derive(Debug, Clone, PartialEq)]
pub enum GroupChange {
    Set(Group),
    /// The bot joined the group.
    Joined,
    /// The bot left the group or was removed.
    Left,
    /// Telegram turned the group into a supergroup and gave it a new id.
    Migrated(Migrated),
}

/// The new id of a group that became a supergroup, and the group's old and new pseudonyms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migrated {
    /// The new id of the group.
    pub to: i64,
    /// The pseudonym that stored questions contain instead of the group's old id.
    pub old_name: String,
    /// The pseudonym that stands for the group's new id in stored questions.
    pub new_name: String,
}

/// How long a group's settings are stored after the bot left the group: 30 days, in milliseconds.
const KEEP_LEFT: Millis = 30 * 24 * 60 * 60 * 1000;

impl Store {
    /// Returns the settings of a group, or the default settings for a new group.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn group(&self, chat_id: i64) -> Result<Group, StoreError> {
        type Row = (Option<String>, bool, f64, Option<i16>, Option<i16>, i16, bool);
        let row: Option<Row> = row!(
            &self.reader,
            "SELECT language, unasked, threshold, quiet_from, quiet_to, zone, tidy FROM groups WHERE chat_id = $1",
            chat_id
        )?;
        let hour = |hour: Option<i16>| hour.and_then(|hour| u8::try_from(hour).ok());
        let group = row.map(|(language, unasked, threshold, from, to, zone, tidy): Row| {
            let language = language.and_then(|code| code.parse().ok());
            let quiet = hour(from).zip(hour(to)).map(|(from, to)| QuietHours { from, to });
            Group { language, unasked, threshold, quiet, zone: i8::try_from(zone).unwrap_or_default(), tidy }
        });
        Ok(group.unwrap_or_default())
    }

    /// Records that the bot can no longer send to a chat, because a user blocked the bot or a group
    /// removed it. Also cancels the scheduled deletions of the bot's messages in that chat.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn mark_unreachable(&self, chat_id: i64, now: Millis) -> Result<(), StoreError> {
        let _guard = self.write_guard().await;
        let pool = &self.relaxed;
        execute!(pool, "UPDATE groups SET left_at = $2 WHERE chat_id = $1 AND left_at IS NULL", chat_id, now)?;
        execute!(pool, "DELETE FROM deletions WHERE chat_id = $1", chat_id)?;
        Ok(())
    }

    pub(super) async fn prune_groups(&self, now: Millis) -> Result<(), StoreError> {
        execute!(&self.relaxed, "DELETE FROM groups WHERE left_at <= $1", now - KEEP_LEFT)?;
        Ok(())
    }
}

pub(super) async fn write(
    transaction: &mut Transaction,
    chat_id: i64,
    change: &GroupChange,
    now: Millis,
) -> Result<(), StoreError> {
    match change {
        GroupChange::Set(Group { language, unasked, threshold, quiet, zone, tidy }) => {
            execute!(
                transaction.executor(),
                "INSERT INTO groups (chat_id, language, unasked, threshold, quiet_from, quiet_to, zone, tidy)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                 ON CONFLICT (chat_id) DO UPDATE SET
                   language = excluded.language, unasked = excluded.unasked, threshold = excluded.threshold,
                   quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to, zone = excluded.zone,
                   tidy = excluded.tidy, left_at = NULL",
                chat_id,
                language.map(|language| language.to_string()),
                unasked,
                threshold,
                quiet.map(|q| i16::from(q.from)),
                quiet.map(|q| i16::from(q.to)),
                i16::from(*zone),
                tidy
            )?;
        }
        GroupChange::Joined => {
            execute!(transaction.executor(), "UPDATE groups SET left_at = NULL WHERE chat_id = $1", chat_id)?;
        }
        GroupChange::Left => {
            execute!(transaction.executor(), "UPDATE groups SET left_at = $2 WHERE chat_id = $1", chat_id, now)?;
        }
        GroupChange::Migrated(Migrated { to, old_name, new_name }) => {
            // Moves the group's data from the old to the new id. If both ids have data, the data of
            // the old id is kept. The supergroup has new message ids, so ratings, answer links and
            // scheduled deletions are removed.
            for statement in [
                "DELETE FROM groups WHERE chat_id = $2 AND EXISTS (SELECT 1 FROM groups WHERE chat_id = $1)",
                "UPDATE groups SET chat_id = $2 WHERE chat_id = $1",
                "DELETE FROM askers WHERE chat_id = $2 AND person_id IN (SELECT person_id FROM askers WHERE chat_id = $1)",
                "UPDATE askers SET chat_id = $2 WHERE chat_id = $1",
                "UPDATE inbox SET lane = $2 WHERE state = 3 AND lane = $1",
            ] {
                execute!(transaction.executor(), statement, chat_id, to)?;
            }
            for statement in [
                "DELETE FROM ratings WHERE chat_id = $1",
                "DELETE FROM answers WHERE chat_id = $1",
                "DELETE FROM deletions WHERE chat_id = $1",
            ] {
                execute!(transaction.executor(), statement, chat_id)?;
            }
            execute!(transaction.executor(), "UPDATE questions SET place = $2 WHERE place = $1", old_name, new_name)?;
        }
    }
    Ok(())
}

/// Raises a group's threshold for proactive answers after a negative rating. Only a person's first
/// rating of an answer raises the threshold.
pub(super) async fn raise_threshold(transaction: &mut Transaction, rating: &Rating) -> Result<(), StoreError> {
    let Rating { asker, message_id, helped, .. } = rating;
    if *helped {
        return Ok(());
    }
    execute!(
        transaction.executor(),
        "UPDATE groups SET threshold = CASE WHEN threshold + $4 < $5 THEN threshold + $4 ELSE $5 END
         WHERE chat_id = $1 AND unasked AND threshold < $5
           AND NOT EXISTS (SELECT 1 FROM ratings WHERE chat_id = $1 AND message_id = $2 AND person_id = $3)",
        asker.chat_id,
        message_id,
        asker.person_id,
        THRESHOLD_STEP,
        MAX_THRESHOLD
    )?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quiet_hours_are_the_groups_own() {
        let group = Group { quiet: Some(QuietHours { from: 22, to: 8 }), zone: 8, ..Group::default() };
        let at = |utc_hour: Millis| utc_hour * 60 * 60 * 1000;
        assert!(group.is_quiet(at(14)), "22 o'clock in Shanghai");
        assert!(group.is_quiet(at(23)) && !group.is_quiet(at(24)));
        assert!(!group.is_quiet(at(13)) && !Group::default().is_quiet(at(3)));
    }
}
