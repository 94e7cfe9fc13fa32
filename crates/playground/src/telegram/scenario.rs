//! Writes the session (the users' actions and the bot's responses so far) as a scenario file, in
//! the format of `tests/scenarios/`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use serde_json::Value;

use super::group::{GroupKind, Role};
use super::session::{Step, UserAction};
use super::state::{FakeTelegram, State};

impl FakeTelegram {
    /// Returns the session so far as a scenario file in TOML.
    pub fn session(&self) -> String {
        self.read(|state| Scenario::of(state).write())
    }
}

/// Data for one scenario file: the steps to write, and the messages that need a name in the file.
struct Scenario<'a> {
    state: &'a State,
    steps: Vec<&'a Step>,
    /// Chat id and message id of each message that a later step refers to.
    spoken_of: BTreeSet<(i64, i64)>,
}

impl<'a> Scenario<'a> {
    fn of(state: &'a State) -> Scenario<'a> {
        let mut known = BTreeSet::new();
        let mut steps = Vec::new();
        let mut spoken_of = BTreeSet::new();
        for step in state.session.steps() {
            let needed = match &step.action {
                UserAction::Says { reply_to, .. } => *reply_to,
                UserAction::Presses { under, .. } => Some(*under),
                UserAction::Edits(_) => step.message_id,
                UserAction::Chooses { .. } | UserAction::Attaches(_) | UserAction::Privacy(_) => None,
            };
            // Skips a step that refers to a message from before the session, such as the bot's
            // greeting. Such a step cannot be replayed.
            if needed.is_some_and(|id| !known.contains(&(step.chat_id, id))) {
                continue;
            }
            spoken_of.extend(needed.map(|id| (step.chat_id, id)));
            let shown = step.shown.as_ref().and_then(|m| m["message_id"].as_i64());
            known.extend([step.message_id, shown].into_iter().flatten().map(|id| (step.chat_id, id)));
            steps.push(step);
        }
        Scenario { state, steps, spoken_of }
    }

    fn write(&self) -> String {
        let mut out = String::from("# A session of the playground.\n");
        let mut people: BTreeMap<&str, &str> = BTreeMap::new();
        let groups: BTreeSet<i64> = self.steps.iter().map(|s| s.chat_id).filter(|id| *id < 0).collect();
        for id in &groups {
            for member in self.state.chats.group(*id).into_iter().flat_map(|group| group.members.values()) {
                people.insert(string(&member.user["first_name"]), string(&member.user["language_code"]));
            }
        }
        for person in self.steps.iter().filter_map(|s| s.who.as_ref()) {
            people.entry(&person.first_name).or_insert(&person.language_code);
        }
        let listed: Vec<String> =
            people.iter().map(|(n, language)| format!("{} = {}", key(n), quoted(language))).collect();
        let _ = writeln!(out, "people = {{ {} }}", listed.join(", "));
        for id in groups {
            self.write_group(&mut out, id);
        }
        let mut steps = Steps { scenario: self, languages: people, names: BTreeMap::new() };
        for step in &self.steps {
            steps.write(&mut out, step);
        }
        out
    }

    fn write_group(&self, out: &mut String, id: i64) {
        let (Some(group), Some(about)) = (self.state.chats.group(id), self.state.chats.about(id)) else { return };
        let kind = match group.kind {
            GroupKind::Group => "group",
            GroupKind::Supergroup => "supergroup",
            GroupKind::Forum => "forum",
            // Omits a private chat between two users, because the bot sees none of its messages.
            GroupKind::Private => return,
        };
        let of = |is_wanted: fn(Role) -> bool| -> Vec<&str> {
            let members = group.members.values().filter(|m| is_wanted(m.role));
            members.map(|m| string(&m.user["first_name"])).collect()
        };
        let _ = writeln!(out, "\n[groups.{}]\nkind = {}", key(string(&about["title"])), quoted(kind));
        let _ = writeln!(out, "members = {}", list(&of(|_| true)));
        let administrators = of(|role| role != Role::Member);
        if !administrators.is_empty() {
            let _ = writeln!(out, "administrators = {}", list(&administrators));
        }
        let topics: Vec<&str> = group.topics.iter().filter_map(|topic| self.topic(id, *topic)).collect();
        if !topics.is_empty() {
            let _ = writeln!(out, "topics = {}", list(&topics));
        }
    }

    fn topic(&self, chat_id: i64, thread: i64) -> Option<&str> {
        self.state.chats.message(chat_id, thread)?["forum_topic_created"]["name"].as_str()
    }
}

/// Writer for the steps of a scenario file. Stores the current language of each person, and the
/// names given to messages.
struct Steps<'a> {
    scenario: &'a Scenario<'a>,
    languages: BTreeMap<&'a str, &'a str>,
    names: BTreeMap<(i64, i64), String>,
}

impl<'a> Steps<'a> {
    fn write(&mut self, out: &mut String, step: &'a Step) {
        out.push_str("\n[[step]]\n");
        let mut line = |name: &str, value: String| {
            let _ = writeln!(out, "{name} = {value}");
        };
        if let UserAction::Privacy(is_on) = step.action {
            return line("privacy", is_on.to_string());
        }
        let Some(who) = &step.who else { return };
        line("who", quoted(&who.first_name));
        let language = self.languages.insert(&who.first_name, &who.language_code);
        if language.is_some_and(|before| before != who.language_code) {
            line("language", quoted(&who.language_code));
        }
        if step.chat_id < 0 {
            let about = self.scenario.state.chats.about(step.chat_id);
            line("group", quoted(about.map_or("", |about| string(&about["title"]))));
        }
        let thread = match &step.action {
            UserAction::Says { thread, .. } | UserAction::Chooses { thread, .. } => *thread,
            _ => None,
        };
        if let Some(topic) = thread.and_then(|thread| self.scenario.topic(step.chat_id, thread)) {
            line("topic", quoted(topic));
        }
        let name_of = |id: &i64| self.names.get(&(step.chat_id, *id)).map_or(String::new(), |name| quoted(name));
        match &step.action {
            UserAction::Says { text, reply_to, quoting, .. } => {
                if let Some(id) = reply_to {
                    line("replies_to", name_of(id));
                }
                if let Some(part) = quoting {
                    line("quoting", quoted(part));
                }
                line("says", quoted(text));
            }
            UserAction::Edits(text) => {
                let name = step.message_id.as_ref().map_or(String::new(), name_of);
                line("edits", format!("[{name}, {}]", quoted(text)));
            }
            UserAction::Presses { under, label, .. } => {
                line("under", name_of(under));
                line("presses", quoted(label));
            }
            UserAction::Chooses { query, result, .. } => {
                line("types", quoted(query));
                line("chooses", quoted(result));
            }
            UserAction::Attaches(kind) => line("attaches", quoted(kind.name())),
            UserAction::Privacy(_) => {}
        }
        let made = step.message_id.filter(|_| !matches!(step.action, UserAction::Edits(_)));
        if let Some(name) = self.new_name(step.chat_id, made) {
            line("name", quoted(&name));
        }
        let Some(shown) = &step.shown else {
            if !matches!(step.action, UserAction::Chooses { .. } | UserAction::Presses { .. }) {
                line("silent", "true".to_owned());
            }
            return;
        };
        if step.is_new && matches!(step.action, UserAction::Presses { .. }) {
            line("new_message", "true".to_owned());
        }
        if let Some(notice) = step.notice.as_deref().filter(|notice| !notice.is_empty()) {
            line("notice", quoted(notice));
        }
        let parts = telling(shown);
        if !parts.is_empty() {
            line("shows", list(&parts));
        }
        let labels = labels(shown);
        if !labels.is_empty() {
            line("buttons", list(&labels));
        }
        let answer = shown["message_id"].as_i64().filter(|_| step.is_new);
        if let Some(name) = self.new_name(step.chat_id, answer) {
            line("shown_as", quoted(&name));
        }
    }

    /// Returns a new name, such as `m1`, for a message that a later step refers to. Returns `None`
    /// if the message needs no name or already has a name.
    fn new_name(&mut self, chat_id: i64, message_id: Option<i64>) -> Option<String> {
        let place = (chat_id, message_id?);
        if !self.scenario.spoken_of.contains(&place) || self.names.contains_key(&place) {
            return None;
        }
        let name = format!("m{}", self.names.len() + 1);
        self.names.insert(place, name.clone());
        Some(name)
    }
}

/// Returns the lines by which a scenario recognizes the bot's answer: the first two non-empty
/// lines. These are the title and the sentence that answers the question.
fn telling(message: &Value) -> Vec<&str> {
    let text = message["text"].as_str().unwrap_or_default();
    text.lines().map(str::trim).filter(|line| !line.is_empty()).take(2).collect()
}

/// Returns the texts of the message's buttons that send a callback query. A scenario can press only
/// these buttons.
fn labels(message: &Value) -> Vec<&str> {
    let rows = message["reply_markup"]["inline_keyboard"].as_array().into_iter().flatten();
    let buttons = rows.filter_map(Value::as_array).flatten().filter(|b| b.get("callback_data").is_some());
    buttons.filter_map(|b| b["text"].as_str()).collect()
}

fn string(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn list<T: AsRef<str>>(items: &[T]) -> String {
    let items: Vec<String> = items.iter().map(|item| quoted(item.as_ref())).collect();
    format!("[{}]", items.join(", "))
}

/// Returns a name as a TOML key, in quotes if TOML requires quotes.
fn key(name: &str) -> String {
    let is_bare = !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'));
    if is_bare { name.to_owned() } else { quoted(name) }
}

/// Returns a text as a TOML string on one line.
fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
