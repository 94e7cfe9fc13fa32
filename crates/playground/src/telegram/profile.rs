//! The bot's profile: commands for each scope and language, and two descriptions for each language.

use std::collections::BTreeMap;

use serde_json::Value;

/// Selects one of the two descriptions in the bot's profile.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum About {
    /// Text shown in an empty private chat with the bot.
    Description,
    /// Text shown on the bot's profile page.
    ShortDescription,
}

#[derive(Default)]
pub(super) struct Profile {
    /// Commands by scope (such as `default` or `chat:1`) and language code. An empty code means all
    /// languages without commands of their own.
    commands: BTreeMap<(String, String), Vec<Value>>,
    about: BTreeMap<(About, String), String>,
}

impl Profile {
    /// Returns the bot's commands that a user sees in the private chat with the bot. The narrowest
    /// scope with commands wins. Within a scope, commands in the user's language win over commands
    /// without a language.
    pub fn commands_for(&self, person_id: i64, language: &str) -> Vec<Value> {
        let language = language.get(..2).unwrap_or_default();
        [format!("chat:{person_id}"), "all_private_chats".to_owned(), "default".to_owned()]
            .into_iter()
            .flat_map(|scope| [(scope.clone(), language.to_owned()), (scope, String::new())])
            .find_map(|key| self.commands.get(&key).cloned())
            .unwrap_or_default()
    }

    /// Returns the bot's commands that a member or an administrator of a group sees in the group.
    pub fn group_commands(&self, chat_id: i64, language: &str, is_administrator: bool) -> Vec<Value> {
        let language = language.get(..2).unwrap_or_default();
        let of_administrators = [format!("chat_administrators:{chat_id}"), "all_chat_administrators".to_owned()];
        let of_all = [format!("chat:{chat_id}"), "all_group_chats".to_owned(), "default".to_owned()];
        (of_administrators.into_iter().filter(|_| is_administrator).chain(of_all))
            .flat_map(|scope| [(scope.clone(), language.to_owned()), (scope, String::new())])
            .find_map(|key| self.commands.get(&key).cloned())
            .unwrap_or_default()
    }

    /// Returns the bot's description, which a user sees in an empty private chat. Prefers the
    /// user's language.
    pub fn description_for(&self, language: &str) -> &str {
        let language = language.get(..2).unwrap_or_default();
        let of = |language: &str| self.about.get(&(About::Description, language.to_owned()));
        of(language).or_else(|| of("")).map_or("", String::as_str)
    }

    /// Sets the commands of a scope and language. An empty list removes the commands.
    pub fn set_commands(&mut self, scope: String, language: String, commands: Vec<Value>) {
        if commands.is_empty() {
            self.commands.remove(&(scope, language));
        } else {
            self.commands.insert((scope, language), commands);
        }
    }

    pub fn commands(&self, scope: String, language: String) -> Vec<Value> {
        self.commands.get(&(scope, language)).cloned().unwrap_or_default()
    }

    pub fn set_text(&mut self, about: About, language: String, text: String) {
        self.about.insert((about, language), text);
    }

    pub fn text(&self, about: About, language: String) -> String {
        self.about.get(&(about, language)).cloned().unwrap_or_default()
    }
}
