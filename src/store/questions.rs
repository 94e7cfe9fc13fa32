//! The words of questions, where the owner keeps them, and everything there is of somebody, to be erased.

use super::backend::{Backend, execute, row};
use super::transaction::Transaction;
use super::{Millis, Store, StoreError, postgres};

/// A question in its words, as it is kept: with no number by which Telegram knows anybody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptQuestion {
    /// Who asked, under a name that only this bot can make of a number.
    pub person: String,
    /// In which chat, likewise.
    pub place: String,
    /// What was asked.
    pub asked: String,
    /// The language of the answer.
    pub language: String,
    /// What was decided.
    pub decision: &'static str,
    /// The section shown or nearest.
    pub section: Option<String>,
}

/// Of what everything is to be erased, by its number and by the name under which its questions are kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ErasureRequest {
    /// A person, in all chats.
    Person(i64, String),
    /// A group, with everybody in it.
    Group(i64, String),
}

impl Store {
    /// How many questions of a person are kept, by the name they are kept under.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn kept_questions(&self, person: &str) -> Result<i64, StoreError> {
        let count: Option<(i64,)> = row!(&self.read, "SELECT COUNT(*) FROM questions WHERE person = $1", person)?;
        Ok(count.map_or(0, |(count,)| count))
    }

    /// Deletes the questions that were asked up to this time.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn prune_questions(&self, until: Millis) -> Result<u64, StoreError> {
        let _turn = self.turn().await;
        Store::within(async { Ok(execute!(&self.quick, "DELETE FROM questions WHERE at <= $1", until)?) }).await
    }

    /// Makes what was deleted gone from the files too: SQLite overwrites it in the database by itself, but its log still has it.
    ///
    /// # Errors
    /// When the database fails. Where somebody reads at that moment, it is left for another time.
    pub async fn truncate_wal(&self) -> Result<(), StoreError> {
        if let Backend::Sqlite(_) = &self.quick {
            let _turn = self.turn().await;
            let _: Option<(i64, i64, i64)> = row!(&self.quick, "PRAGMA wal_checkpoint(TRUNCATE)")?;
        }
        Ok(())
    }
}

pub(super) async fn keep(work: &mut Transaction, question: &KeptQuestion, now: Millis) -> Result<(), StoreError> {
    execute!(
        work.on(),
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

pub(super) async fn forget(work: &mut Transaction, whom: &ErasureRequest) -> Result<(), StoreError> {
    let (statements, id, name): (&[&'static str], _, _) = match whom {
        ErasureRequest::Person(id, name) => (
            &[
                "DELETE FROM askers WHERE person_id = $1",
                "DELETE FROM ratings WHERE person_id = $1",
                "DELETE FROM answers WHERE chat_id = $1",
                // What they said elsewhere, or had quoted: Telegram writes of everybody in a message who it is.
                "UPDATE inbox SET payload = NULL WHERE state = 3 AND (lane = $1 OR payload LIKE '%\"id\":' || CAST($1 AS TEXT) || ',%')",
            ],
            id,
            name,
        ),
        ErasureRequest::Group(id, name) => (
            &[
                "DELETE FROM askers WHERE chat_id = $1",
                "DELETE FROM ratings WHERE chat_id = $1",
                "DELETE FROM answers WHERE chat_id = $1",
                "DELETE FROM groups WHERE chat_id = $1",
                "DELETE FROM deletions WHERE chat_id = $1",
                "UPDATE inbox SET payload = NULL WHERE state = 3 AND lane = $1",
            ],
            id,
            name,
        ),
    };
    for statement in statements {
        execute!(work.on(), *statement, id)?;
    }
    let questions = match whom {
        ErasureRequest::Person(..) => "DELETE FROM questions WHERE person = $1",
        ErasureRequest::Group(..) => "DELETE FROM questions WHERE place = $1",
    };
    execute!(work.on(), questions, name)?;
    if let Backend::Postgres(on) = work.on() {
        // The others still know their latest questions.
        sqlx::query("SELECT pg_notify($1, $2)").bind(postgres::CHANNEL).bind(id.to_string()).execute(on).await?;
    }
    Ok(())
}
