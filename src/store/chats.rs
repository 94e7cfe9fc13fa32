//! What chats remember, which message answers which, and the log of decisions.

use std::collections::BTreeMap;

use super::backend::{execute, execute_all, row, rows};
use super::groups::{self, GroupChange};
use super::questions::{self, ErasureRequest, KeptQuestion};
use super::transaction::Transaction;
use super::{Millis, Store, StoreError};

/// Who asks, and where: in a group everybody has a conversation of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ConversationKey {
    /// The chat.
    pub chat_id: i64,
    /// The person; in a private chat the same as the chat.
    pub person_id: i64,
}

/// What is remembered of a conversation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chat {
    /// The language it was last answered in.
    pub language: Option<String>,
    /// The section shown last.
    pub last_section: Option<String>,
    /// When that was.
    pub last_at: Millis,
    /// Has the hint been given that only text is understood?
    pub hinted: bool,
    /// Is Chinese to be in traditional characters?
    pub is_traditional: bool,
}

/// A conversation as it is to be remembered from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatUpdate {
    /// Whose.
    pub asker: ConversationKey,
    /// What is remembered.
    pub chat: Chat,
}

/// Our message that answers a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnswerLink {
    /// The chat both are in.
    pub chat_id: i64,
    /// The question's message.
    pub question_id: i64,
    /// Our message.
    pub answer_id: i64,
}

/// What somebody thinks of an answer of ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rating {
    /// Who, and where.
    pub asker: ConversationKey,
    /// Our message.
    pub message_id: i64,
    /// The section that it shows.
    pub section: String,
    /// Did it help?
    pub helped: bool,
}

/// What was decided about a question; neither its words nor who asked.
#[derive(Debug, Clone, PartialEq)]
pub struct TurnLog {
    /// How it came in, such as `private` or `inline`.
    pub door: &'static str,
    /// The language of the reply.
    pub language: String,
    /// The decision.
    pub decision: &'static str,
    /// The section shown or nearest.
    pub section: Option<String>,
    /// How sure it was.
    pub confidence: f64,
}

/// What handling an update leaves behind.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Effects {
    /// The decision, where there was a question.
    pub turn: Option<TurnLog>,
    /// The chat as it is from now on.
    pub chat: Option<ChatUpdate>,
    /// The message that answers.
    pub answer: Option<AnswerLink>,
    /// What somebody thinks of an answer.
    pub rating: Option<Rating>,
    /// The question in its words, where those are kept.
    pub kept: Option<KeptQuestion>,
    /// Of whom everything is to be forgotten.
    pub forget: Option<ErasureRequest>,
    /// What becomes of the settings of a group.
    pub group: Option<(i64, GroupChange)>,
    /// The message of ours that goes, and when.
    pub deletion: Option<Deletion>,
}

/// A message of ours that goes at some time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deletion {
    /// The chat.
    pub chat_id: i64,
    /// The message.
    pub message_id: i64,
    /// When.
    pub due: Millis,
}

/// How long a conversation is remembered, and how long decisions and opinions are.
const KEEP_CHATS: Millis = 30 * 24 * 60 * 60 * 1000;
const KEEP_TURNS: Millis = 90 * 24 * 60 * 60 * 1000;

impl Store {
    /// What is remembered of a conversation; nothing of a new one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn chat(&self, asker: ConversationKey) -> Result<Chat, StoreError> {
        type Row = (Option<String>, Option<String>, Millis, bool, bool);
        let row: Option<Row> = row!(
            &self.read,
            "SELECT language, last_section, last_at, hinted, traditional FROM askers WHERE chat_id = $1 AND person_id = $2",
            asker.chat_id,
            asker.person_id
        )?;
        let chat = |(language, last_section, last_at, hinted, is_traditional)| Chat {
            language,
            last_section,
            last_at,
            hinted,
            is_traditional,
        };
        Ok(row.map(chat).unwrap_or_default())
    }

    /// How many conversations with a person are remembered, and how many of their questions in private have an answer that can still be changed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn kept_of(&self, person_id: i64) -> Result<(i64, i64), StoreError> {
        let counts = row!(
            &self.read,
            "SELECT (SELECT COUNT(*) FROM askers WHERE person_id = $1), (SELECT COUNT(*) FROM answers WHERE chat_id = $1)",
            person_id
        )?;
        Ok(counts.unwrap_or_default())
    }

    /// Is this the newest question of the chat that has an answer?
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_newest_question(&self, chat_id: i64, question_id: i64) -> Result<bool, StoreError> {
        let newest: Option<(Option<i64>,)> =
            row!(&self.read, "SELECT MAX(question_id) FROM answers WHERE chat_id = $1", chat_id)?;
        Ok(newest.and_then(|(newest,)| newest).is_none_or(|newest| newest <= question_id))
    }

    /// What somebody has said of an answer: whether it helped.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn opinion(&self, asker: ConversationKey, message_id: i64) -> Result<Option<bool>, StoreError> {
        let row: Option<(bool,)> = row!(
            &self.read,
            "SELECT helped FROM ratings WHERE chat_id = $1 AND message_id = $2 AND person_id = $3",
            asker.chat_id,
            message_id,
            asker.person_id
        )?;
        Ok(row.map(|(helped,)| helped))
    }

    /// Messages of ours whose time has come, at most `limit`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn due_deletions(&self, now: Millis, limit: i64) -> Result<Vec<Deletion>, StoreError> {
        let due = "SELECT chat_id, message_id, due FROM deletions WHERE due <= $1 ORDER BY due LIMIT $2";
        let rows: Vec<(i64, i64, Millis)> = Store::within(async { Ok(rows!(&self.read, due, now, limit)?) }).await?;
        Ok(rows.into_iter().map(|(chat_id, message_id, due)| Deletion { chat_id, message_id, due }).collect())
    }

    /// Takes note that a message is gone, or cannot be deleted.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn forget_deletion(&self, deletion: &Deletion) -> Result<(), StoreError> {
        let _turn = self.turn().await;
        let gone = "DELETE FROM deletions WHERE chat_id = $1 AND message_id = $2";
        Store::within(async { Ok(execute!(&self.quick, gone, deletion.chat_id, deletion.message_id)?) }).await?;
        Ok(())
    }

    /// Our message that answers this one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn answer_to(&self, chat_id: i64, question_id: i64) -> Result<Option<i64>, StoreError> {
        let row: Option<(i64,)> = row!(
            &self.read,
            "SELECT answer_id FROM answers WHERE chat_id = $1 AND question_id = $2",
            chat_id,
            question_id
        )?;
        Ok(row.map(|(id,)| id))
    }

    /// Forgets conversations that nobody has gone on with for a month, and decisions older than three.
    pub(super) async fn prune_chats(&self, now: Millis) -> Result<(), StoreError> {
        execute!(&self.quick, "DELETE FROM askers WHERE seen_at <= $1", now - KEEP_CHATS)?;
        execute!(&self.quick, "DELETE FROM ratings WHERE at <= $1", now - KEEP_TURNS)?;
        execute!(&self.quick, "DELETE FROM turns WHERE at <= $1", now - KEEP_TURNS)?;
        Ok(())
    }
}

/// Writes what handling some updates leaves behind. What every question leaves is one statement for all of them.
pub(super) async fn write(work: &mut Transaction, records: &[&Effects], now: Millis) -> Result<(), StoreError> {
    let turns: Vec<&TurnLog> = records.iter().filter_map(|r| r.turn.as_ref()).collect();
    if !turns.is_empty() {
        execute_all!(
            work.on(),
            "INSERT INTO turns (at, door, language, decision, section, confidence) ",
            turns,
            |turn| (now, turn.door, &turn.language, turn.decision, &turn.section, turn.confidence),
            ""
        )?;
    }
    // Of a conversation, or a question, the last counts; one statement may not write the same row twice.
    let chats: BTreeMap<(i64, i64), &ChatUpdate> =
        records.iter().filter_map(|r| r.chat.as_ref()).map(|c| ((c.asker.chat_id, c.asker.person_id), c)).collect();
    if !chats.is_empty() {
        execute_all!(
            work.on(),
            "INSERT INTO askers (chat_id, person_id, language, last_section, last_at, hinted, traditional, seen_at) ",
            chats.into_values(),
            |ChatUpdate { asker, chat }| (
                asker.chat_id,
                asker.person_id,
                &chat.language,
                &chat.last_section,
                chat.last_at,
                chat.hinted,
                chat.is_traditional,
                now,
            ),
            " ON CONFLICT (chat_id, person_id) DO UPDATE SET
                language = excluded.language, last_section = excluded.last_section, last_at = excluded.last_at,
                hinted = excluded.hinted, traditional = excluded.traditional, seen_at = excluded.seen_at"
        )?;
    }
    let answers: BTreeMap<(i64, i64), &AnswerLink> =
        records.iter().filter_map(|r| r.answer.as_ref()).map(|a| ((a.chat_id, a.question_id), a)).collect();
    if !answers.is_empty() {
        execute_all!(
            work.on(),
            "INSERT INTO answers (chat_id, question_id, answer_id, at) ",
            answers.into_values(),
            |link| (link.chat_id, link.question_id, link.answer_id, now),
            " ON CONFLICT (chat_id, question_id) DO UPDATE SET answer_id = excluded.answer_id, at = excluded.at"
        )?;
    }
    for record in records {
        write_rare(work, record, now).await?;
    }
    Ok(())
}

async fn write_rare(work: &mut Transaction, record: &Effects, now: Millis) -> Result<(), StoreError> {
    if let Some(Rating { asker, message_id, section, helped }) = &record.rating {
        groups::note_opinion(work, asker, *message_id, *helped).await?;
        execute!(
            work.on(),
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
    }
    if let Some(question) = &record.kept {
        questions::keep(work, question, now).await?;
    }
    if let Some(whom) = &record.forget {
        questions::forget(work, whom).await?;
    }
    if let Some(Deletion { chat_id, message_id, due }) = record.deletion {
        execute!(
            work.on(),
            "INSERT INTO deletions (chat_id, message_id, due) VALUES ($1, $2, $3)
             ON CONFLICT (chat_id, message_id) DO UPDATE SET due = excluded.due",
            chat_id,
            message_id,
            due
        )?;
    }
    if let Some((chat_id, change)) = &record.group {
        groups::write(work, *chat_id, change, now).await?;
    }
    Ok(())
}
