//! Data for the page: the current state of all chats, and the events that change the state.

use serde_json::{Value, json};
use tokio::sync::broadcast;

use super::group::{GroupKind, GroupState, Role};
use super::person::{PAGE_PERSON_ID, Person};
use super::state::{FakeTelegram, State};

impl FakeTelegram {
    /// Returns the current state of all chats for a page that has just opened, and a receiver for
    /// all later events.
    pub(crate) fn watch_page(&self, language: &str) -> (Value, broadcast::Receiver<Value>) {
        self.read(|state| {
            let person = Person::default();
            let mut chats = vec![json!({
                "id": person.id,
                "kind": "private",
                "title": state.bot["first_name"],
                "topics": [],
                "members": [],
                "messages": state.chats.history(person.id),
                "commands": state.profile.commands_for(person.id, language),
            })];
            chats.extend(state.chats.groups().map(|(id, about, group)| state.group_view(id, about, group, language)));
            let hello = json!({
                "kind": "hello",
                "bot": state.bot,
                "person": {"id": person.id, "first_name": person.first_name},
                "about": state.profile.description_for(language),
                "privacy": state.privacy,
                "chats": chats,
            });
            (hello, state.page.subscribe())
        })
    }

    /// Returns a member of a group by user id.
    pub(crate) fn member_of(&self, chat_id: i64, person_id: i64) -> Option<Person> {
        self.read(|state| {
            let user = &state.chats.group(chat_id)?.members.get(&person_id)?.user;
            let part = |name: &str| user[name].as_str().unwrap_or_default();
            Some(Person::new(person_id, part("first_name"), part("language_code")))
        })
    }
}

impl State {
    fn group_view(&self, id: i64, about: &Value, group: &GroupState, language: &str) -> Value {
        let topics = group.topics.iter().filter_map(|topic| {
            let opened = &self.chats.message(id, *topic)?["forum_topic_created"];
            Some(json!({"id": topic, "name": opened["name"]}))
        });
        let member = |role: Role| if role == Role::Member { "member" } else { "administrator" };
        let members = group.members.values().map(|found| {
            json!({
                "id": found.user["id"],
                "first_name": found.user["first_name"],
                "language_code": found.user["language_code"],
                "role": member(found.role),
            })
        });
        let kind = match group.kind {
            GroupKind::Group => "group",
            GroupKind::Supergroup => "supergroup",
            GroupKind::Forum => "forum",
            GroupKind::Private => "pair",
        };
        json!({
            "id": id,
            "kind": kind,
            "title": about.get("title").unwrap_or(&about["first_name"]),
            "topics": topics.collect::<Vec<_>>(),
            "members": members.collect::<Vec<_>>(),
            "messages": self.chats.history(id),
            "commands": self.profile.group_commands(id, language, false),
            "administrator_commands": self.profile.group_commands(id, language, true),
        })
    }

    /// Sends an event to the page if the page shows the chat: the private chat of the page's user,
    /// or any group.
    pub(super) fn tell_page(&self, chat_id: i64, mut event: Value) {
        if chat_id == PAGE_PERSON_ID || self.chats.group(chat_id).is_some() {
            event["chat_id"] = chat_id.into();
            // Ignores the error, because an error only means that no page is open.
            let _ = self.page.send(event);
        }
    }
}
