//! What the bot says about itself: its commands per scope and language, and its two descriptions
//! per language.

use std::collections::BTreeMap;

use serde_json::Value;

/// The two texts about the bot.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum About {
    /// Shown in an empty chat.
    Description,
    /// Shown on the bot's profile.
    ShortDescription,
}

#[derive(Default)]
pub(super) struct Profile {
    /// By scope (such as `default` or `chat:1`) and language (empty: all others).
    commands: BTreeMap<(String, String), Vec<Value>>,
    about: BTreeMap<(About, String), String>,
}

impl Profile {
    /// The commands a person sees in the private chat: the narrowest scope first, the own language
    /// before the others.
    pub fn commands_for(&self, person_id: i64, language: &str) -> Vec<Value> {
        let language = language.get(..2).unwrap_or_default();
        [format!("chat:{person_id}"), "all_private_chats".to_owned(), "default".to_owned()]
            .into_iter()
            .flat_map(|scope| [(scope.clone(), language.to_owned()), (scope, String::new())])
            .find_map(|key| self.commands.get(&key).cloned())
            .unwrap_or_default()
    }

    /// The commands a member of a group sees there, or an administrator.
    pub fn group_commands(&self, chat_id: i64, language: &str, is_administrator: bool) -> Vec<Value> {
        let language = language.get(..2).unwrap_or_default();
        let of_administrators = [format!("chat_administrators:{chat_id}"), "all_chat_administrators".to_owned()];
        let of_all = [format!("chat:{chat_id}"), "all_group_chats".to_owned(), "default".to_owned()];
        (of_administrators.into_iter().filter(|_| is_administrator).chain(of_all))
            .flat_map(|scope| [(scope.clone(), language.to_owned()), (scope, String::new())])
            .find_map(|key| self.commands.get(&key).cloned())
            .unwrap_or_default()
    }

    /// The description a person sees in the empty chat.
    pub fn description_for(&self, language: &str) -> &str {
        let language = language.get(..2).unwrap_or_default();
        let of = |language: &str| self.about.get(&(About::Description, language.to_owned()));
        of(language).or_else(|| of("")).map_or("", String::as_str)
    }

    /// Sets the commands of a scope and language; an empty list removes them.
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
