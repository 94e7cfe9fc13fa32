//! What chats remember, which message answers which, and the log of decisions.

use sqlx::SqliteConnection;

use super::groups::{self, GroupChange};
use super::{Millis, Store, StoreError};

/// Who asks, and where: in a group everybody has a conversation of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Asker {
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
    pub asker: Asker,
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
    pub asker: Asker,
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
pub struct Record {
    /// The decision, where there was a question.
    pub turn: Option<TurnLog>,
    /// The chat as it is from now on.
    pub chat: Option<ChatUpdate>,
    /// The message that answers.
    pub answer: Option<AnswerLink>,
    /// What somebody thinks of an answer.
    pub rating: Option<Rating>,
    /// Whose conversations are to be forgotten, in all chats.
    pub forget: Option<i64>,
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
    pub async fn chat(&self, asker: Asker) -> Result<Chat, StoreError> {
        type Row = (Option<String>, Option<String>, Millis, bool, bool);
        let row: Option<Row> = sqlx::query_as(
            "SELECT language, last_section, last_at, hinted, traditional FROM askers WHERE chat_id = ?1 AND person_id = ?2",
        )
        .bind(asker.chat_id)
        .bind(asker.person_id)
        .fetch_optional(&self.quick)
        .await?;
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
    pub async fn kept_of(&self, person_id: i64) -> Result<(i64, i64), StoreError> {
        let counts = "SELECT (SELECT COUNT(*) FROM askers WHERE person_id = ?1), (SELECT COUNT(*) FROM answers WHERE chat_id = ?1)";
        Ok(sqlx::query_as(counts).bind(person_id).fetch_one(&self.quick).await?)
    }

    /// Is this the newest question of the chat that has an answer?
    pub async fn is_newest_question(&self, chat_id: i64, question_id: i64) -> Result<bool, StoreError> {
        let (newest,): (Option<i64>,) = sqlx::query_as("SELECT MAX(question_id) FROM answers WHERE chat_id = ?1")
            .bind(chat_id)
            .fetch_one(&self.quick)
            .await?;
        Ok(newest.is_none_or(|newest| newest <= question_id))
    }

    /// What somebody has said of an answer: whether it helped.
    pub async fn opinion(&self, asker: Asker, message_id: i64) -> Result<Option<bool>, StoreError> {
        let row: Option<(bool,)> =
            sqlx::query_as("SELECT helped FROM ratings WHERE chat_id = ?1 AND message_id = ?2 AND person_id = ?3")
                .bind(asker.chat_id)
                .bind(message_id)
                .bind(asker.person_id)
                .fetch_optional(&self.quick)
                .await?;
        Ok(row.map(|(helped,)| helped))
    }

    /// Messages of ours whose time has come, at most `limit`.
    pub async fn due_deletions(&self, now: Millis, limit: i64) -> Result<Vec<Deletion>, StoreError> {
        let rows: Vec<(i64, i64, Millis)> =
            sqlx::query_as("SELECT chat_id, message_id, due FROM deletions WHERE due <= ?1 ORDER BY due LIMIT ?2")
                .bind(now)
                .bind(limit)
                .fetch_all(&self.quick)
                .await?;
        Ok(rows.into_iter().map(|(chat_id, message_id, due)| Deletion { chat_id, message_id, due }).collect())
    }

    /// Takes note that a message is gone, or cannot be deleted.
    pub async fn forget_deletion(&self, deletion: &Deletion) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM deletions WHERE chat_id = ?1 AND message_id = ?2")
            .bind(deletion.chat_id)
            .bind(deletion.message_id)
            .execute(&self.quick)
            .await?;
        Ok(())
    }

    /// Forgets conversations that nobody has gone on with for a month, and decisions older than three.
    pub(super) async fn prune_chats(&self, now: Millis) -> Result<(), StoreError> {
        sqlx::query("DELETE FROM askers WHERE seen_at <= ?1").bind(now - KEEP_CHATS).execute(&self.quick).await?;
        sqlx::query("DELETE FROM ratings WHERE at <= ?1").bind(now - KEEP_TURNS).execute(&self.quick).await?;
        sqlx::query("DELETE FROM turns WHERE at <= ?1").bind(now - KEEP_TURNS).execute(&self.quick).await?;
        Ok(())
    }

    /// Our message that answers this one.
    pub async fn answer_to(&self, chat_id: i64, question_id: i64) -> Result<Option<i64>, StoreError> {
        let row: Option<(i64,)> =
            sqlx::query_as("SELECT answer_id FROM answers WHERE chat_id = ?1 AND question_id = ?2")
                .bind(chat_id)
                .bind(question_id)
                .fetch_optional(&self.quick)
                .await?;
        Ok(row.map(|(id,)| id))
    }
}

pub(super) async fn write(connection: &mut SqliteConnection, record: &Record, now: Millis) -> Result<(), StoreError> {
    if let Some(turn) = &record.turn {
        sqlx::query(
            "INSERT INTO turns (at, door, language, decision, section, confidence) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )
        .bind(now)
        .bind(turn.door)
        .bind(&turn.language)
        .bind(turn.decision)
        .bind(&turn.section)
        .bind(turn.confidence)
        .execute(&mut *connection)
        .await?;
    }
    if let Some(ChatUpdate { asker, chat }) = &record.chat {
        sqlx::query("INSERT OR REPLACE INTO askers (chat_id, person_id, language, last_section, last_at, hinted, traditional, seen_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)")
            .bind(asker.chat_id)
            .bind(asker.person_id)
            .bind(&chat.language)
            .bind(&chat.last_section)
            .bind(chat.last_at)
            .bind(chat.hinted)
            .bind(chat.is_traditional)
            .bind(now)
            .execute(&mut *connection)
            .await?;
    }
    if let Some(link) = &record.answer {
        sqlx::query("INSERT OR REPLACE INTO answers (chat_id, question_id, answer_id, at) VALUES (?1, ?2, ?3, ?4)")
            .bind(link.chat_id)
            .bind(link.question_id)
            .bind(link.answer_id)
            .bind(now)
            .execute(&mut *connection)
            .await?;
    }
    if let Some(Rating { asker, message_id, section, helped }) = &record.rating {
        groups::note_opinion(connection, asker, *message_id, *helped).await?;
        sqlx::query("INSERT OR REPLACE INTO ratings (chat_id, message_id, person_id, section, helped, at) VALUES (?1, ?2, ?3, ?4, ?5, ?6)")
            .bind(asker.chat_id)
            .bind(message_id)
            .bind(asker.person_id)
            .bind(section)
            .bind(helped)
            .bind(now)
            .execute(&mut *connection)
            .await?;
    }
    if let Some(person_id) = record.forget {
        for statement in [
            "DELETE FROM askers WHERE person_id = ?1",
            "DELETE FROM ratings WHERE person_id = ?1",
            "DELETE FROM answers WHERE chat_id = ?1",
        ] {
            sqlx::query(statement).bind(person_id).execute(&mut *connection).await?;
        }
    }
    if let Some(Deletion { chat_id, message_id, due }) = record.deletion {
        sqlx::query("INSERT OR REPLACE INTO deletions (chat_id, message_id, due) VALUES (?1, ?2, ?3)")
            .bind(chat_id)
            .bind(message_id)
            .bind(due)
            .execute(&mut *connection)
            .await?;
    }
    if let Some((chat_id, change)) = &record.group {
        groups::write(connection, *chat_id, change, now).await?;
    }
    Ok(())
}
