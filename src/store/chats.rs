//! Stores the state of each conversation between a person and the bot. Also stores which message of
//! the bot answers which question.

use std::collections::BTreeMap;

use super::backend::{execute, execute_all, row};
use super::clock::Millis;
use super::database::Store;
use super::error::StoreError;
use super::transaction::Transaction;
use footnote_engine::text::Locale;

/// Identifies a conversation by chat and person. In a group, every person has a separate
/// conversation with the bot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ConversationKey {
    pub chat_id: i64,
    /// The id of the Telegram user. In a private chat, `chat_id` is the same number.
    pub person_id: i64,
}

/// The stored state of a conversation.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Chat {
    /// The language of the bot's last reply, and whether Chinese is written in traditional
    /// characters.
    pub locale: Locale,
    /// The id of the section that the bot showed last in this conversation.
    pub last_section: Option<String>,
    /// When the user sent the message, or pressed the button, to which the bot replied with
    /// `last_section`.
    pub last_at: Millis,
    /// Whether the bot has already told the person that it understands only text.
    pub hinted: bool,
}

/// The new state of a conversation, which the store writes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChatUpdate {
    pub asker: ConversationKey,
    pub chat: Chat,
}

/// Records that the message `answer_id` of the bot answers the user's message `question_id`. Both
/// messages are in the same chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnswerLink {
    pub chat_id: i64,
    pub question_id: i64,
    pub answer_id: i64,
}

/// How long the state of a conversation is stored after its last change: 30 days, in milliseconds.
const KEEP_CHATS: Millis = 30 * 24 * 60 * 60 * 1000;

impl Store {
    /// Returns the stored state of a conversation, or the default state for a new conversation.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn chat(&self, asker: ConversationKey) -> Result<Chat, StoreError> {
        type Row = (Option<String>, Option<String>, Millis, bool, bool);
        let row: Option<Row> = row!(
            &self.reader,
            "SELECT language, last_section, last_at, hinted, traditional FROM askers WHERE chat_id = $1 AND person_id = $2",
            asker.chat_id,
            asker.person_id
        )?;
        let chat = |(language, last_section, last_at, hinted, is_traditional): Row| Chat {
            locale: Locale { language: language.and_then(|code| code.parse().ok()), is_traditional },
            last_section,
            last_at,
            hinted,
        };
        Ok(row.map(chat).unwrap_or_default())
    }

    /// Returns two counts for `/mydata`: the person's stored conversations, and the stored links
    /// from questions to answers in the person's private chat.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn count_of_person(&self, person_id: i64) -> Result<(i64, i64), StoreError> {
        let counts = row!(
            &self.reader,
            "SELECT (SELECT COUNT(*) FROM askers WHERE person_id = $1), (SELECT COUNT(*) FROM answers WHERE chat_id = $1)",
            person_id
        )?;
        Ok(counts.unwrap_or_default())
    }

    /// Returns true if the bot has answered no question in this chat that is newer than
    /// `question_id`.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn is_newest_question(&self, chat_id: i64, question_id: i64) -> Result<bool, StoreError> {
        let newest: Option<(Option<i64>,)> =
            row!(&self.reader, "SELECT MAX(question_id) FROM answers WHERE chat_id = $1", chat_id)?;
        Ok(newest.and_then(|(newest,)| newest).is_none_or(|newest| newest <= question_id))
    }

    /// Returns the id of the bot's message that answers the question, or `None` if no answer is
    /// stored.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn answer_to(&self, chat_id: i64, question_id: i64) -> Result<Option<i64>, StoreError> {
        let row: Option<(i64,)> = row!(
            &self.reader,
            "SELECT answer_id FROM answers WHERE chat_id = $1 AND question_id = $2",
            chat_id,
            question_id
        )?;
        Ok(row.map(|(id,)| id))
    }

    pub(super) async fn prune_chats(&self, now: Millis) -> Result<(), StoreError> {
        execute!(&self.relaxed, "DELETE FROM askers WHERE seen_at <= $1", now - KEEP_CHATS)?;
        Ok(())
    }
}

/// Writes the new states of conversations with one SQL statement. If a conversation has several
/// updates, only the last one is written, because the statement may not change a row twice.
pub(super) async fn write(
    transaction: &mut Transaction,
    updates: impl Iterator<Item = &ChatUpdate>,
    now: Millis,
) -> Result<(), StoreError> {
    let updates: BTreeMap<(i64, i64), &ChatUpdate> =
        updates.map(|update| ((update.asker.chat_id, update.asker.person_id), update)).collect();
    if updates.is_empty() {
        return Ok(());
    }
    execute_all!(
        transaction.executor(),
        "INSERT INTO askers (chat_id, person_id, language, last_section, last_at, hinted, traditional, seen_at) ",
        updates.into_values(),
        |ChatUpdate { asker, chat }| (
            asker.chat_id,
            asker.person_id,
            chat.locale.language.map(|language| language.to_string()),
            &chat.last_section,
            chat.last_at,
            chat.hinted,
            chat.locale.is_traditional,
            now,
        ),
        " ON CONFLICT (chat_id, person_id) DO UPDATE SET
                language = excluded.language, last_section = excluded.last_section, last_at = excluded.last_at,
                hinted = excluded.hinted, traditional = excluded.traditional, seen_at = excluded.seen_at"
    )?;
    Ok(())
}

/// Writes links from users' questions to the bot's answers. If a question has several links in the
/// batch, only the last one is written.
pub(super) async fn write_answers(
    transaction: &mut Transaction,
    links: impl Iterator<Item = &AnswerLink>,
    now: Millis,
) -> Result<(), StoreError> {
    let links: BTreeMap<(i64, i64), &AnswerLink> = links.map(|link| ((link.chat_id, link.question_id), link)).collect();
    if links.is_empty() {
        return Ok(());
    }
    execute_all!(
        transaction.executor(),
        "INSERT INTO answers (chat_id, question_id, answer_id, at) ",
        links.into_values(),
        |link| (link.chat_id, link.question_id, link.answer_id, now),
        " ON CONFLICT (chat_id, question_id) DO UPDATE SET answer_id = excluded.answer_id, at = excluded.at"
    )?;
    Ok(())
}
