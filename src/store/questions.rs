//! The words of questions, if the owner keeps them, and the erasure of somebody's data.

use super::backend::{Backend, execute, row};
use super::clock::Millis;
use super::database::Store;
use super::error::StoreError;
use super::notify;
use super::transaction::Transaction;

/// A question in its words. Person and chat are pseudonyms, not Telegram's ids.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptQuestion {
    /// Who asked: a pseudonym that only this bot can compute from the id.
    pub person: String,
    /// The chat's pseudonym.
    pub place: String,
    /// The question's text.
    pub asked: String,
    /// The language of the answer.
    pub language: String,
    pub decision: &'static str,
    /// The section shown, or the nearest.
    pub section: Option<String>,
}

/// Whose data is to be erased, by id and by the pseudonym under which questions are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ErasureRequest {
    /// A person, in all chats.
    Person(i64, String),
    /// A group, with everybody in it.
    Group(i64, String),
}

impl Store {
    /// How many questions of a person are kept, by the person's pseudonym.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_kept_questions(&self, person: &str) -> Result<i64, StoreError> {
        let count: Option<(i64,)> = row!(&self.reader, "SELECT COUNT(*) FROM questions WHERE person = $1", person)?;
        Ok(count.map_or(0, |(count,)| count))
    }

    /// Deletes questions asked up to a time. Returns how many.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn prune_questions(&self, until: Millis) -> Result<u64, StoreError> {
        let _guard = self.write_guard().await;
        Store::with_timeout(async { Ok(execute!(&self.relaxed, "DELETE FROM questions WHERE at <= $1", until)?) }).await
    }

    /// Removes deleted data from SQLite's write-ahead log too. In the database file itself, SQLite
    /// overwrites what it deletes.
    ///
    /// # Errors
    /// When the database fails. While another connection reads, the log is left as it is.
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
                // Their messages in groups, and quotes of them: an update holds the id of everybody
                // in it.
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
        // Other processes have recent questions in memory.
        notify::forgotten(executor, *id).await?;
    }
    Ok(())
}
