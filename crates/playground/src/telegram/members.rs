//! Changes of group membership for users and the bot, and the migration of a basic group to a
//! supergroup.

use serde_json::{Value, json};

use super::clock::unix_time;
use super::errors::{ApiError, Denied};
use super::group::{BotMembership, GroupKind, GroupState, Member, Posted, Role};
use super::person::Person;
use super::state::{FakeTelegram, State};

/// Names of the administrator rights in `ChatMember`. Every administrator in the playground has all
/// of them.
const RIGHTS: [&str; 11] = [
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_pin_messages",
];

/// Upper bound of supergroup ids: the id of every supergroup is below this number, as in Telegram.
const LAST_SUPERGROUP: i64 = -1_000_000_000_000;

impl FakeTelegram {
    /// Adds the bot to a group. The bot gets the update `my_chat_member` and the service message
    /// that names it as a new member.
    pub fn add_bot(&self, chat_id: i64, by: &Person) -> Result<Posted, Denied> {
        self.change(|state| {
            state.move_bot(chat_id, by, false, BotMembership::In(Role::Member))?;
            let added = json!({"from": by.user(), "new_chat_members": [state.bot]});
            state.post(chat_id, added)
        })
    }

    /// Removes the bot from a group. The bot gets the update `my_chat_member`. Only in a basic
    /// group does the bot also get the service message about the removal.
    pub fn remove_bot(&self, chat_id: i64, by: &Person) -> Result<Posted, Denied> {
        self.change(|state| {
            let update_id = state.move_bot(chat_id, by, true, BotMembership::Removed)?;
            let removed = json!({"from": by.user(), "left_chat_member": state.bot});
            let message = state.chats.add(chat_id, removed).ok_or(Denied::NO_GROUP)?;
            let message_id = message["message_id"].as_i64().unwrap_or_default();
            state.tell_page(chat_id, json!({"kind": "message", "message": message}));
            if message["chat"]["type"] == GroupKind::Group.name() {
                state.updates.push("message", message);
            }
            Ok(Posted { message_id, update_id: Some(update_id) })
        })
    }

    /// Changes the role of the bot in a group. Returns the id of the update `my_chat_member`.
    pub fn set_bot_role(&self, chat_id: i64, by: &Person, role: Role) -> Result<i64, Denied> {
        self.change(|state| state.move_bot(chat_id, by, true, BotMembership::In(role)))
    }

    /// Adds a person to a group as an ordinary member.
    pub fn join(&self, chat_id: i64, person: &Person) -> Result<Posted, Denied> {
        self.change(|state| {
            let group = state.chats.group_mut(chat_id).ok_or(Denied::NO_GROUP)?;
            if group.moved_to.is_some() || group.members.contains_key(&person.id) {
                return Err(Denied("They cannot join, or are there already."));
            }
            group.members.insert(person.id, Member { user: person.user(), role: Role::Member });
            state.post(chat_id, json!({"from": person.user(), "new_chat_members": [person.user()]}))
        })
    }

    pub fn leave(&self, chat_id: i64, person: &Person) -> Result<Posted, Denied> {
        self.change(|state| {
            state.entered(chat_id, person)?;
            if let Some(group) = state.chats.group_mut(chat_id) {
                group.members.remove(&person.id);
            }
            state.post(chat_id, json!({"from": person.user(), "left_chat_member": person.user()}))
        })
    }

    /// Turns a basic group into a supergroup with the same members and returns the id of the
    /// supergroup. The bot can no longer act in the old chat.
    pub fn migrate(&self, chat_id: i64) -> Result<i64, Denied> {
        self.change(|state| {
            let mut about = state.chats.about(chat_id).cloned().ok_or(Denied::NO_GROUP)?;
            let new_id = state.chats.free_id(LAST_SUPERGROUP.saturating_add(chat_id.min(0)));
            let group = state.chats.group_mut(chat_id).ok_or(Denied::NO_GROUP)?;
            if group.kind != GroupKind::Group || group.moved_to.is_some() {
                return Err(Denied("Only a basic group can become a supergroup."));
            }
            let new_group = GroupState {
                kind: GroupKind::Supergroup,
                members: group.members.clone(),
                ..GroupState::empty(group.bot)
            };
            let owner = group.members.values().find(|member| member.role == Role::Creator);
            let owner = owner.or(group.members.values().next()).map(|member| member.user.clone());
            group.moved_to = Some(new_id);
            about["id"] = new_id.into();
            about["type"] = GroupKind::Supergroup.name().into();
            state.chats.add_group(new_id, about, new_group);
            let mut left = state.as_group(chat_id);
            if let Some(owner) = owner {
                left = json!({"from": owner});
            }
            left["migrate_to_chat_id"] = new_id.into();
            state.post(chat_id, left)?;
            let mut begun = state.as_group(new_id);
            begun["migrate_from_chat_id"] = chat_id.into();
            state.post(new_id, begun)?;
            Ok(new_id)
        })
    }

    /// Returns the membership of a user in a chat, as the Bot API object `ChatMember`.
    pub(crate) fn member(&self, chat_id: i64, user_id: i64) -> Result<Value, ApiError> {
        self.read(|state| {
            state.admit(chat_id)?;
            let Some(group) = state.chats.group(chat_id) else {
                let users = [Some(&state.bot), state.chats.person(chat_id)];
                let user = users.into_iter().flatten().find(|user| user["id"] == user_id);
                return user.map(|user| member(user, Some(Role::Member))).ok_or(ApiError::MemberNotFound);
            };
            if state.bot["id"] == user_id {
                return Ok(standing(&state.bot, group.bot));
            }
            if let Some(found) = group.members.get(&user_id) {
                return Ok(member(&found.user, Some(found.role)));
            }
            let stranger = state.chats.user(user_id).ok_or(ApiError::MemberNotFound)?;
            Ok(member(stranger, None))
        })
    }

    /// Returns the owner and the administrators of a group, each as the Bot API object
    /// `ChatMember`.
    pub(crate) fn administrators(&self, chat_id: i64) -> Result<Vec<Value>, ApiError> {
        self.read(|state| {
            state.admit(chat_id)?;
            let group = state.chats.group(chat_id).ok_or(ApiError::NoAdministrators)?;
            let people = group.members.values().filter(|found| found.role != Role::Member);
            let people = people.map(|found| member(&found.user, Some(found.role)));
            let bot = group.is_bot_administrator().then(|| standing(&state.bot, group.bot));
            Ok(people.chain(bot).collect())
        })
    }
}

impl State {
    /// Changes the bot's membership in a group, queues the update `my_chat_member`, and returns the
    /// id of the update. Fails if `was_there` does not match the bot's presence in the group before
    /// the change.
    fn move_bot(&mut self, chat_id: i64, by: &Person, was_there: bool, to: BotMembership) -> Result<i64, Denied> {
        self.entered(chat_id, by)?;
        let about = self.chats.about(chat_id).cloned();
        let group = self.chats.group_mut(chat_id).ok_or(Denied::NO_GROUP)?;
        if group.kind == GroupKind::Private || group.moved_to.is_some() {
            return Err(Denied("The bot cannot be here."));
        }
        let is_there = matches!(group.bot, BotMembership::In(_));
        if is_there != was_there || group.bot == to {
            return Err(Denied(if is_there { "The bot is that already." } else { "The bot is not there." }));
        }
        let old = std::mem::replace(&mut group.bot, to);
        let change = json!({
            "chat": about,
            "from": by.user(),
            "date": unix_time(),
            "old_chat_member": standing(&self.bot, old),
            "new_chat_member": standing(&self.bot, to),
        });
        Ok(self.updates.push("my_chat_member", change))
    }

    /// Checks that the bot may read a chat: the bot knows the chat and was not removed from the
    /// chat.
    pub(super) fn admit(&self, chat_id: i64) -> Result<(), ApiError> {
        self.chats.about(chat_id).ok_or(ApiError::ChatNotFound)?;
        match self.chats.group(chat_id).map(|group| (group.bot, group.kind)) {
            Some((BotMembership::Stranger, _)) => Err(ApiError::ChatNotFound),
            Some((BotMembership::Removed, kind)) => Err(ApiError::Removed(kind)),
            Some((BotMembership::In(_), _)) | None => Ok(()),
        }
    }

    /// Checks that the bot may act in a chat: the bot may read the chat, and the chat has not
    /// become a supergroup.
    pub(super) fn admit_work(&self, chat_id: i64) -> Result<(), ApiError> {
        self.admit(chat_id)?;
        match self.chats.group(chat_id).and_then(|group| group.moved_to) {
            Some(new_id) => Err(ApiError::Upgraded(new_id)),
            None => Ok(()),
        }
    }
}

fn standing(bot: &Value, standing: BotMembership) -> Value {
    match standing {
        BotMembership::In(role) => member(bot, Some(role)),
        BotMembership::Stranger => member(bot, None),
        // In `ChatMember`, an `until_date` of 0 means that the bot is banned forever.
        BotMembership::Removed => json!({"status": "kicked", "user": bot, "until_date": 0}),
    }
}

/// Builds the Bot API object `ChatMember`. A role of `None` means that the user is not a member.
fn member(user: &Value, role: Option<Role>) -> Value {
    match role {
        None => json!({"status": "left", "user": user}),
        Some(Role::Member) => json!({"status": "member", "user": user}),
        Some(Role::Creator) => json!({"status": "creator", "user": user, "is_anonymous": false}),
        Some(Role::Administrator) => {
            let mut found =
                json!({"status": "administrator", "user": user, "can_be_edited": false, "is_anonymous": false});
            for right in RIGHTS {
                found[right] = true.into();
            }
            found
        }
    }
}
