//! What the administrators of a group have set.

use sqlx::SqliteConnection;

use super::{Millis, Store, StoreError};

/// The settings of a group.
#[derive(Debug, Clone, PartialEq)]
pub struct Group {
    /// The language where a message shows none.
    pub language: Option<String>,
    /// Does the bot answer unasked?
    pub unasked: bool,
    /// From which confidence on it does, between 0 and 1.
    pub threshold: f64,
}

impl Default for Group {
    fn default() -> Group {
        Group { language: None, unasked: false, threshold: 0.9 }
    }
}

/// What becomes of the settings of a group.
#[derive(Debug, Clone, PartialEq)]
pub enum GroupChange {
    /// They are these from now on.
    Set(Group),
    /// The bot was removed.
    Left,
    /// The group has this number from now on.
    Migrated(i64),
}

/// How long the settings of a group outlive the bot's membership.
const KEEP_LEFT: Millis = 30 * 24 * 60 * 60 * 1000;

impl Store {
    /// The settings of a group.
    pub async fn group(&self, chat_id: i64) -> Result<Group, StoreError> {
        let row: Option<(Option<String>, bool, f64)> =
            sqlx::query_as("SELECT language, unasked, threshold FROM groups WHERE chat_id = ?1")
                .bind(chat_id)
                .fetch_optional(&self.quick)
                .await?;
        let group = row.map(|(language, unasked, threshold)| Group { language, unasked, threshold });
        Ok(group.unwrap_or_default())
    }

    /// Deletes the settings of groups that the bot has left a month ago.
    pub(super) async fn prune_groups(&self, now: Millis) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM groups WHERE left_at <= ?1").bind(now - KEEP_LEFT).execute(&self.quick).await?;
        Ok(())
    }
}

pub(super) async fn write(
    connection: &mut SqliteConnection,
    chat_id: i64,
    change: &GroupChange,
    now: Millis,
) -> Result<(), StoreError> {
    match change {
        GroupChange::Set(Group { language, unasked, threshold }) => {
            sqlx::query(
                "INSERT OR REPLACE INTO groups (chat_id, language, unasked, threshold) VALUES (?1, ?2, ?3, ?4)",
            )
            .bind(chat_id)
            .bind(language)
            .bind(unasked)
            .bind(threshold)
            .execute(connection)
            .await?;
        }
        GroupChange::Left => {
            sqlx::query("UPDATE groups SET left_at = ?2 WHERE chat_id = ?1")
                .bind(chat_id)
                .bind(now)
                .execute(connection)
                .await?;
        }
        GroupChange::Migrated(new) => {
            for statement in [
                "UPDATE OR REPLACE groups SET chat_id = ?2 WHERE chat_id = ?1",
                "UPDATE OR REPLACE askers SET chat_id = ?2 WHERE chat_id = ?1",
            ] {
                sqlx::query(statement).bind(chat_id).bind(new).execute(&mut *connection).await?;
            }
        }
    }
    Ok(())
}
