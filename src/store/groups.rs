//! What the administrators of a group have set.

use super::backend::{execute, row};
use super::transaction::Transaction;
use super::{ConversationKey, Millis, Store, StoreError};
use footnote_engine::reply::QuietHours;

/// The settings of a group.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// The language where a message shows none.
    pub language: Option<String>,
    /// Does the bot answer unasked?
    pub unasked: bool,
    /// From which confidence on it does, between 0 and 1.
    pub threshold: f64,
    /// When it is quiet.
    pub quiet: Option<QuietHours>,
    /// The group's time, in hours from UTC.
    pub zone: i8,
    /// Are its answers deleted when there was time to read them?
    pub tidy: bool,
}

impl Default for Group {
    fn default() -> Group {
        Group { language: None, unasked: false, threshold: 0.9, quiet: None, zone: 0, tidy: false }
    }
}

impl Group {
    /// Is it a quiet hour at this time?
    #[must_use]
    pub fn is_quiet(&self, now: Millis) -> bool {
        const HOUR: Millis = 60 * 60 * 1000;
        let hour = (now.div_euclid(HOUR) + Millis::from(self.zone)).rem_euclid(24);
        self.quiet.is_some_and(|quiet| u8::try_from(hour).is_ok_and(|hour| quiet.has(hour)))
    }
}

/// What an answer that did not help adds to the confidence from which on the bot speaks unasked, and the most it can come to.
const DISLIKED: f64 = 0.01;
const MAX_THRESHOLD: f64 = 0.99;

/// What becomes of the settings of a group.
#[derive(Debug, Clone, PartialEq)]
pub enum GroupChange {
    /// They are these from now on.
    Set(Group),
    /// The bot was taken in.
    Joined,
    /// The bot was removed.
    Left,
    /// The group has another number from now on.
    Migrated(Migrated),
}

/// A group that has become a supergroup.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migrated {
    /// Its number from now on.
    pub to: i64,
    /// The name under which its questions were kept.
    pub old_name: String,
    /// And under which they are kept from now on.
    pub new_name: String,
}

/// How long the settings of a group outlive the bot's membership.
const KEEP_LEFT: Millis = 30 * 24 * 60 * 60 * 1000;

impl Store {
    /// The settings of a group.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn group(&self, chat_id: i64) -> Result<Group, StoreError> {
        type Row = (Option<String>, bool, f64, Option<i16>, Option<i16>, i16, bool);
        let row: Option<Row> = row!(
            &self.read,
            "SELECT language, unasked, threshold, quiet_from, quiet_to, zone, tidy FROM groups WHERE chat_id = $1",
            chat_id
        )?;
        let hour = |hour: Option<i16>| hour.and_then(|hour| u8::try_from(hour).ok());
        let group = row.map(|(language, unasked, threshold, from, to, zone, tidy)| {
            let quiet = hour(from).zip(hour(to)).map(|(from, to)| QuietHours { from, to });
            Group { language, unasked, threshold, quiet, zone: i8::try_from(zone).unwrap_or_default(), tidy }
        });
        Ok(group.unwrap_or_default())
    }

    /// Takes note that nobody is there any more: a group that the bot was removed from, or somebody who has blocked it. What was to be deleted there stays.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn mark_unreachable(&self, chat_id: i64, now: Millis) -> Result<(), StoreError> {
        let _turn = self.turn().await;
        let on = &self.quick;
        execute!(on, "UPDATE groups SET left_at = $2 WHERE chat_id = $1 AND left_at IS NULL", chat_id, now)?;
        execute!(on, "DELETE FROM deletions WHERE chat_id = $1", chat_id)?;
        Ok(())
    }

    /// Deletes the settings of groups that the bot has left a month ago.
    pub(super) async fn prune_groups(&self, now: Millis) -> Result<(), StoreError> {
        execute!(&self.quick, "DELETE FROM groups WHERE left_at <= $1", now - KEEP_LEFT)?;
        Ok(())
    }
}

pub(super) async fn write(
    work: &mut Transaction,
    chat_id: i64,
    change: &GroupChange,
    now: Millis,
) -> Result<(), StoreError> {
    match change {
        GroupChange::Set(Group { language, unasked, threshold, quiet, zone, tidy }) => {
            execute!(
                work.on(),
                "INSERT INTO groups (chat_id, language, unasked, threshold, quiet_from, quiet_to, zone, tidy)
                 VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
                 ON CONFLICT (chat_id) DO UPDATE SET
                   language = excluded.language, unasked = excluded.unasked, threshold = excluded.threshold,
                   quiet_from = excluded.quiet_from, quiet_to = excluded.quiet_to, zone = excluded.zone,
                   tidy = excluded.tidy, left_at = NULL",
                chat_id,
                language,
                unasked,
                threshold,
                quiet.map(|q| i16::from(q.from)),
                quiet.map(|q| i16::from(q.to)),
                i16::from(*zone),
                tidy
            )?;
        }
        GroupChange::Joined => {
            execute!(work.on(), "UPDATE groups SET left_at = NULL WHERE chat_id = $1", chat_id)?;
        }
        GroupChange::Left => {
            execute!(work.on(), "UPDATE groups SET left_at = $2 WHERE chat_id = $1", chat_id, now)?;
        }
        GroupChange::Migrated(Migrated { to, old_name, new_name }) => {
            // What the new number has of its own gives way to what comes from the old one. Messages do not come along, and nothing that is about single ones.
            for statement in [
                "DELETE FROM groups WHERE chat_id = $2 AND EXISTS (SELECT 1 FROM groups WHERE chat_id = $1)",
                "UPDATE groups SET chat_id = $2 WHERE chat_id = $1",
                "DELETE FROM askers WHERE chat_id = $2 AND person_id IN (SELECT person_id FROM askers WHERE chat_id = $1)",
                "UPDATE askers SET chat_id = $2 WHERE chat_id = $1",
                "UPDATE inbox SET lane = $2 WHERE state = 3 AND lane = $1",
            ] {
                execute!(work.on(), statement, chat_id, to)?;
            }
            for statement in [
                "DELETE FROM ratings WHERE chat_id = $1",
                "DELETE FROM answers WHERE chat_id = $1",
                "DELETE FROM deletions WHERE chat_id = $1",
            ] {
                execute!(work.on(), statement, chat_id)?;
            }
            execute!(work.on(), "UPDATE questions SET place = $2 WHERE place = $1", old_name, new_name)?;
        }
    }
    Ok(())
}

/// Raises the confidence from which on the bot speaks unasked, where it does, when somebody says that an answer did not help and has not had another opinion of it: who changes it to and fro counts once.
pub(super) async fn note_opinion(
    work: &mut Transaction,
    asker: &ConversationKey,
    message_id: i64,
    helped: bool,
) -> Result<(), StoreError> {
    if helped {
        return Ok(());
    }
    execute!(
        work.on(),
        "UPDATE groups SET threshold = CASE WHEN threshold + $4 < $5 THEN threshold + $4 ELSE $5 END
         WHERE chat_id = $1 AND unasked AND threshold < $5
           AND NOT EXISTS (SELECT 1 FROM ratings WHERE chat_id = $1 AND message_id = $2 AND person_id = $3)",
        asker.chat_id,
        message_id,
        asker.person_id,
        DISLIKED,
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
