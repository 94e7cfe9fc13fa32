//! Who may change the settings of a group: its administrators, as Telegram says, asked again after a minute.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde::Deserialize;
use teloxide::payloads::GetChatMember;
use teloxide::types::{ChatId, UserId};

use super::api::Api;
use crate::store::ConversationKey;

/// How long Telegram's word is taken.
const TRUSTED_FOR: Duration = Duration::from_secs(60);
const MAX_REMEMBERED: usize = 10_000;

#[derive(Debug, Default)]
pub(super) struct Admins(Mutex<HashMap<ConversationKey, (bool, Instant)>>);

impl Admins {
    /// Is this person an administrator of this group? Whoever speaks as the group is. Where Telegram does not say, nobody is.
    pub async fn is_one(&self, api: &Api, asker: ConversationKey) -> bool {
        #[derive(Deserialize)]
        struct Member {
            status: String,
        }
        let ConversationKey { chat_id, person_id } = asker;
        if person_id == chat_id {
            return true;
        }
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner).get(&asker).copied();
        if let Some((is_one, asked)) = known
            && asked.elapsed() < TRUSTED_FOR
        {
            return is_one;
        }
        let Ok(user) = u64::try_from(person_id) else { return false };
        let member = match api.call::<_, Member>(&GetChatMember::new(ChatId(chat_id), UserId(user))).await {
            Ok(member) => member,
            Err(error) => {
                tracing::warn!(%error, "who is an administrator cannot be told; nobody is taken for one");
                return false;
            }
        };
        let is_one = matches!(member.status.as_str(), "creator" | "administrator");
        let mut remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if remembered.len() >= MAX_REMEMBERED {
            remembered.retain(|_, (_, asked)| asked.elapsed() < TRUSTED_FOR);
        }
        remembered.insert(asker, (is_one, Instant::now()));
        is_one
    }
}
