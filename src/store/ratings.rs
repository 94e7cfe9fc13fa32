//! Stores users' ratings of the bot's answers.

use super::backend::{execute, row};
use super::chats::ConversationKey;
use super::clock::Millis;
use super::database::Store;
use super::error::StoreError;
use super::transaction::Transaction;

/// A person's rating of an answer of the bot: helpful (👍) or not (👎).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rating {
    pub asker: ConversationKey,
    /// The id of the bot's message that was rated.
    pub message_id: i64,
    /// The id of the section that the rated message shows.
    pub section: String,
    pub helped: bool,
}

/// How long a rating is stored: 90 days, in milliseconds.
const KEEP_RATINGS: Millis = 90 * 24 * 60 * 60 * 1000;

impl Store {
    /// Returns a person's rating of an answer: true for 👍, false for 👎. Returns `None` if the
    /// person has not rated the answer.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn rating(&self, asker: ConversationKey, message_id: i64) -> Result<Option<bool>, StoreError> {
        let row: Option<(bool,)> = row!(
            &self.reader,
            "SELECT helped FROM ratings WHERE chat_id = $1 AND message_id = $2 AND person_id = $3",
            asker.chat_id,
            message_id,
            asker.person_id
        )?;
        Ok(row.map(|(helped,)| helped))
    }

    pub(super) async fn prune_ratings(&self, now: Millis) -> Result<(), StoreError> {
        execute!(&self.relaxed, "DELETE FROM ratings WHERE at <= $1", now - KEEP_RATINGS)?;
        Ok(())
    }
}

pub(super) async fn write(transaction: &mut Transaction, rating: &Rating, now: Millis) -> Result<(), StoreError> {
    let Rating { asker, message_id, section, helped } = rating;
    execute!(
        transaction.executor(),
        "INSERT INTO ratings (chat_id, message_id, person_id, section, helped, at) VALUES ($1, $2, $3, $4, $5, $6)
             ON CONFLICT (chat_id, message_id, person_id) DO UPDATE SET
               section = excluded.section, helped = excluded.helped, at = excluded.at",
        asker.chat_id,
        message_id,
        asker.person_id,
        section,
        helped,
        now
    )?;
    Ok(())
}
