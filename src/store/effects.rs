//! The effects of handling an update: all changes to the database. The effects are written in the
//! same transaction that completes the update's inbox row.

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
    /// The log entry for the bot's decision, if the update was a question.
    pub turn: Option<TurnLog>,
    pub chat: Option<ChatUpdate>,
    pub answer: Option<AnswerLink>,
    pub rating: Option<Rating>,
    /// The question with its text, if the bot's owner chose to keep the texts of questions.
    pub kept: Option<KeptQuestion>,
    /// The person or group whose data is to be erased (`/forget`).
    pub forget: Option<ErasureRequest>,
    /// The id of a group, and the change to the group's settings or membership.
    pub group: Option<(i64, GroupChange)>,
    pub deletion: Option<Deletion>,
}

/// A log entry for the bot's decision about a question. The entry contains neither the text of the
/// question nor the person who asked.
#[derive(Debug, Clone, PartialEq)]
pub struct TurnLog {
    /// Where the user asked the question, such as `private` for a private chat or `inline` for
    /// inline mode. `door` is also the name of the SQL column and of the metric label.
    pub door: &'static str,
    /// The language code of the reply, such as `en`.
    pub language: String,
    pub decision: &'static str,
    /// The id of the best-matching section, even if the bot asked back which section is meant.
    /// `None` if the bot declined to answer.
    pub section: Option<String>,
    pub confidence: f64,
}

/// How long a logged decision is stored: 90 days, in milliseconds.
const KEEP_TURNS: Millis = 90 * 24 * 60 * 60 * 1000;

impl Store {
    pub(super) async fn prune_turns(&self, now: Millis) -> Result<(), StoreError> {
        execute!(&self.relaxed, "DELETE FROM turns WHERE at <= $1", now - KEEP_TURNS)?;
        Ok(())
    }
}

/// Writes the effects of a batch of updates. Effects that nearly every question has are written
/// with one SQL statement for the whole batch.
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

/// Writes those effects of one update that few updates have, such as a rating. Each kind of effect
/// has its own SQL statement.
async fn write_rare(transaction: &mut Transaction, effects: &Effects, now: Millis) -> Result<(), StoreError> {
    if let Some(rating) = &effects.rating {
        // Raises the threshold before the rating is written, because `raise_threshold` checks that
        // the person has not rated this answer before.
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
