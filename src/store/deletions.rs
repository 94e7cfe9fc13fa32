//! Stores which messages of the bot are to be deleted from their chats, and when.

use super::backend::{execute, rows};
use super::clock::Millis;
use super::database::Store;
use super::error::StoreError;
use super::transaction::Transaction;

/// A message of the bot, and the time `due` at which to delete the message from its chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deletion {
    pub chat_id: i64,
    pub message_id: i64,
    pub due: Millis,
}

impl Store {
    /// Returns at most `limit` messages of the bot whose deletion is due, the longest overdue
    /// first.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn due_deletions(&self, now: Millis, limit: i64) -> Result<Vec<Deletion>, StoreError> {
        let due = "SELECT chat_id, message_id, due FROM deletions WHERE due <= $1 ORDER BY due LIMIT $2";
        let rows: Vec<(i64, i64, Millis)> =
            Store::with_timeout(async { Ok(rows!(&self.reader, due, now, limit)?) }).await?;
        Ok(rows.into_iter().map(|(chat_id, message_id, due)| Deletion { chat_id, message_id, due }).collect())
    }

    /// Removes an entry from the schedule, after Telegram deleted the message or the message cannot
    /// be deleted.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_deletion(&self, deletion: &Deletion) -> Result<(), StoreError> {
        let _guard = self.write_guard().await;
        let forget = "DELETE FROM deletions WHERE chat_id = $1 AND message_id = $2";
        Store::with_timeout(async { Ok(execute!(&self.relaxed, forget, deletion.chat_id, deletion.message_id)?) })
            .await?;
        Ok(())
    }
}

pub(super) async fn write(transaction: &mut Transaction, deletion: Deletion) -> Result<(), StoreError> {
    let Deletion { chat_id, message_id, due } = deletion;
    execute!(
        transaction.executor(),
        "INSERT INTO deletions (chat_id, message_id, due) VALUES ($1, $2, $3)
             ON CONFLICT (chat_id, message_id) DO UPDATE SET due = excluded.due",
        chat_id,
        message_id,
        due
    )?;
    Ok(())
}
