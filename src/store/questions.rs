//! Stores the texts of questions, if the bot's owner chose to keep them, and erases the data of
//! people and groups.

use super::backend::{Backend, execute, row};
use super::clock::Millis;
use super::database::Store;
use super::error::StoreError;
use super::notify;
use super::transaction::Transaction;

/// A question with its text, kept only if the bot's owner chose to keep question texts. Contains
/// pseudonyms of the person and the chat instead of Telegram ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptQuestion {
    /// Pseudonym of the person who asked. Only a holder of the bot's token can compute the
    /// pseudonym from the person's id.
    pub person: String,
    /// Pseudonym of the chat in which the person asked.
    pub place: String,
    /// The text of the question.
    pub asked: String,
    /// The language code of the answer, such as `en`.
    pub language: String,
    pub decision: &'static str,
    /// The id of the best-matching section, even if the bot asked back or declined. `None` if no
    /// section matched.
    pub section: Option<String>,
}

/// A request to erase the data of a person or group. Contains the Telegram id, and the pseudonym
/// that stands for the id in stored questions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ErasureRequest {
    /// Erases the data of the person with this id, in all chats.
    Person(i64, String),
    /// Erases the data of the group with this id, including all its members' conversations there.
    Group(i64, String),
}

impl Store {
    /// Returns the number of stored questions of a person. `person` is the person's pseudonym.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_kept_questions(&self, person: &str) -> Result<i64, StoreError> {
        let count: Option<(i64,)> = row!(&self.reader, "SELECT COUNT(*) FROM questions WHERE person = $1", person)?;
        Ok(count.map_or(0, |(count,)| count))
    }

    /// Deletes the question texts that were stored at or before the time `until`. Returns the
    /// number of deleted questions.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn prune_questions(&self, until: Millis) -> Result<u64, StoreError> {
        let _guard = self.write_guard().await;
        Store::with_timeout(async { Ok(execute!(&self.relaxed, "DELETE FROM questions WHERE at <= $1", until)?) }).await
    }

    /// Removes erased data from SQLite's write-ahead log by truncating the log. The database file
    /// itself needs no such step, because SQLite overwrites deleted data there (`secure_delete`).
    ///
    /// # Errors
    /// When the database fails. It is no error if another connection is reading; the log then stays
    /// as it is.
    pub async fn truncate_wal(&self) -> Result<(), StoreError> {
        if let Backend::Sqlite(_) = &self.relaxed {
            let _guard = self.write_guard().await;
            let _: Option<(i64, i64, i64)> = row!(&self.relaxed, "PRAGMA wal_checkpoint(TRUNCATE)")?;
        }
        Ok(())
    }
}

pub(super) async fn keep(
    transaction: &mut Transaction,
    question: &KeptQuestion,
    now: Millis,
) -> Result<(), StoreError> {
    execute!(
        transaction.executor(),
        "INSERT INTO questions (at, person, place, asked, language, decision, section) VALUES ($1, $2, $3, $4, $5, $6, $7)",
        now,
        &question.person,
        &question.place,
        &question.asked,
        &question.language,
        question.decision,
        &question.section
    )?;
    Ok(())
}

pub(super) async fn erase(transaction: &mut Transaction, request: &ErasureRequest) -> Result<(), StoreError> {
    let (statements, id, pseudonym): (&[&'static str], _, _) = match request {
        ErasureRequest::Person(id, pseudonym) => (
            &[
                "DELETE FROM askers WHERE person_id = $1",
                "DELETE FROM ratings WHERE person_id = $1",
                "DELETE FROM answers WHERE chat_id = $1",
                // Erases the payload of dead letters that belong to the person's private chat or
                // contain the person's id. An update contains the id of every user in it, such as
                // the author of a quoted message.
                "UPDATE inbox SET payload = NULL WHERE state = 3 AND (lane = $1 OR payload LIKE '%\"id\":' || CAST($1 AS TEXT) || ',%')",
            ],
            id,
            pseudonym,
        ),
        ErasureRequest::Group(id, pseudonym) => (
            &[
                "DELETE FROM askers WHERE chat_id = $1",
                "DELETE FROM ratings WHERE chat_id = $1",
                "DELETE FROM answers WHERE chat_id = $1",
                "DELETE FROM groups WHERE chat_id = $1",
                "DELETE FROM deletions WHERE chat_id = $1",
                "UPDATE inbox SET payload = NULL WHERE state = 3 AND lane = $1",
            ],
            id,
            pseudonym,
        ),
    };
    for statement in statements {
        execute!(transaction.executor(), *statement, id)?;
    }
    let questions = match request {
        ErasureRequest::Person(..) => "DELETE FROM questions WHERE person = $1",
        ErasureRequest::Group(..) => "DELETE FROM questions WHERE place = $1",
    };
    execute!(transaction.executor(), questions, pseudonym)?;
    if let Backend::Postgres(executor) = transaction.executor() {
        // Other processes of the bot have recent questions in memory and must forget them too.
        notify::forgotten(executor, *id).await?;
    }
    Ok(())
}
