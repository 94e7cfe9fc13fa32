//! The effects of handling an update. They are stored in the transaction that completes the
//! update's row.

use super::backend::{execute, execute_all};
use super::chats::{self, AnswerLink, ChatUpdate};
use super::clock::Millis;
use super::database::Store;
use super::deletions::{self, Deletion};
use super::error::StoreError;
use super::groups::{self, GroupChange};
use super::questions::{self, ErasureRequest, KeptQuestion};
use super::ratings::{self, Rating};
use super::transaction::Transaction;

/// All changes that handling an update makes to the database.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Effects {
    /// The decision about the question, if the update was a question.
    pub turn: Option<TurnLog>,
    pub chat: Option<ChatUpdate>,
    pub answer: Option<AnswerLink>,
    pub rating: Option<Rating>,
    /// The text of the question, if the bot's owner chose to keep question texts.
    pub kept: Option<KeptQuestion>,
    /// The person or group whose data is erased.
    pub forget: Option<ErasureRequest>,
    /// A group's id, and the change to its settings.
    pub group: Option<(i64, GroupChange)>,
    pub deletion: Option<Deletion>,
}

/// The decision about a question. The log contains neither the text of the question nor the person
/// who asked.
#[derive(Debug, Clone, PartialEq)]
pub struct TurnLog {
    /// Where the question came from, such as `private` or `inline`. The SQL column and the metric
    /// label are also called `door`.
    pub door: &'static str,
    /// The language of the reply.
    pub language: String,
    pub decision: &'static str,
    /// The best-matching section, even if the bot asked back. `None` if the bot declined to answer.
    pub section: Option<String>,
    pub confidence: f64,
}

const KEEP_TURNS: Millis = 90 * 24 * 60 * 60 * 1000;

impl Store {
    pub(super) async fn prune_turns(&self, now: Millis) -> Result<(), StoreError> {
        execute!(&self.relaxed, "DELETE FROM turns WHERE at <= $1", now - KEEP_TURNS)?;
        Ok(())
    }
}

/// Writes the effects of a batch. Effects that every question has are written with one statement
/// for the whole batch.
pub(super) async fn write(transaction: &mut Transaction, batch: &[&Effects], now: Millis) -> Result<(), StoreError> {
    write_turns(transaction, batch.iter().filter_map(|e| e.turn.as_ref()).collect(), now).await?;
    chats::write(transaction, batch.iter().filter_map(|e| e.chat.as_ref()), now).await?;
    chats::write_answers(transaction, batch.iter().filter_map(|e| e.answer.as_ref()), now).await?;
    for effects in batch {
        write_rare(transaction, effects, now).await?;
    }
    Ok(())
}

async fn write_turns(transaction: &mut Transaction, turns: Vec<&TurnLog>, now: Millis) -> Result<(), StoreError> {
    if turns.is_empty() {
        return Ok(());
    }
    execute_all!(
        transaction.executor(),
        "INSERT INTO turns (at, door, language, decision, section, confidence) ",
        turns,
        |turn| (now, turn.door, &turn.language, turn.decision, &turn.section, turn.confidence),
        ""
    )?;
    Ok(())
}

/// Writes effects that only a few updates have. Each effect takes a statement of its own.
async fn write_rare(transaction: &mut Transaction, effects: &Effects, now: Millis) -> Result<(), StoreError> {
    if let Some(rating) = &effects.rating {
        // Must run before the rating is written, because `raise_threshold` checks that the person
        // has not rated this answer before.
        groups::raise_threshold(transaction, rating).await?;
        ratings::write(transaction, rating, now).await?;
    }
    if let Some(question) = &effects.kept {
        questions::keep(transaction, question, now).await?;
    }
    if let Some(request) = &effects.forget {
        questions::erase(transaction, request).await?;
    }
    if let Some(deletion) = effects.deletion {
        deletions::write(transaction, deletion).await?;
    }
    if let Some((chat_id, change)) = &effects.group {
        groups::write(transaction, *chat_id, change, now).await?;
    }
    Ok(())
}
