//! Caches for a minute which users are administrators of which groups. Only administrators may
//! change a group's settings or erase its data.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::Deserialize;
use teloxide::payloads::GetChatMember;
use teloxide::types::{ChatId, UserId};

use super::api::Api;
use crate::store::ConversationKey;

/// How long the bot relies on Telegram's answer whether a user is an administrator.
const TRUSTED_FOR: Duration = Duration::from_secs(60);
const MAX_ENTRIES: usize = 10_000;

#[derive(Debug, Default)]
pub(super) struct AdminCache(Mutex<HashMap<ConversationKey, (bool, Instant)>>);

impl AdminCache {
    /// True if the person is an administrator of the group. An anonymous administrator writes as
    /// the group, so the person's id is the group's id. If Telegram gives no answer, returns false.
    pub async fn is_admin(&self, api: &Api, asker: ConversationKey) -> bool {
        #[derive(Deserialize)]
        struct Member {
            status: String,
        }
        let ConversationKey { chat_id, person_id } = asker;
        if person_id == chat_id {
            return true;
        }
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&asker).copied();
        if let Some((is_admin, asked)) = known
            && asked.elapsed() < TRUSTED_FOR
        {
            return is_admin;
        }
        let Ok(user) = u64::try_from(person_id) else { return false };
        let member = match api.call::<_, Member>(&GetChatMember::new(ChatId(chat_id), UserId(user))).await {
            Ok(member) => member,
            Err(error) => {
                tracing::warn!(%error, "could not check whether a user is a group administrator; treating the user as an ordinary member");
                return false;
            }
        };
        let is_admin = matches!(member.status.as_str(), "creator" | "administrator");
        let mut remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if remembered.len() >= MAX_ENTRIES {
            remembered.retain(|_, (_, asked)| asked.elapsed() < TRUSTED_FOR);
        }
        remembered.insert(asker, (is_admin, Instant::now()));
        is_admin
    }
}
