//! Conversations as files: `tests/scenarios/*.toml`, played over HTTP against the local Bot API. Every call of the bot is held against Telegram's schema.
//!
//! A file has people, perhaps a group, and steps. A step is something that somebody does (`says`, `presses`, `types`, `edits`) and what is to be seen afterwards. Where a step says
//! `silent = true` the bot must not react to it, which is known for sure when it has answered the next thing said in the same chat.

use std::collections::HashMap;
use std::fs;

use footnote::playground::{Group, GroupKind, Person, Role, Say};
use serde::Deserialize;
use serde_json::Value;

use crate::harness::{Bot, PATIENCE, callback_data, labels, root};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    /// Who takes part, with their language.
    people: HashMap<String, String>,
    group: Option<GroupSetUp>,
    #[serde(rename = "step")]
    steps: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupSetUp {
    kind: String,
    /// Names of those who are administrators; all others are members.
    #[serde(default)]
    administrators: Vec<String>,
    /// Whether the bot sees only what is addressed to it.
    #[serde(default = "yes")]
    privacy: bool,
    #[serde(default)]
    topics: Vec<String>,
}

fn yes() -> bool {
    true
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    who: String,
    /// In the group rather than in private.
    #[serde(default)]
    in_group: bool,
    /// The topic of the forum.
    topic: Option<String>,
    /// The name of the message that is answered; `bot` is the bot's last one in the chat.
    replies_to: Option<String>,
    /// How later steps call this message.
    name: Option<String>,
    says: Option<String>,
    /// The name of the own message that is changed, and what it says then.
    edits: Option<(String, String)>,
    /// A button of the bot's last message in the chat.
    presses: Option<String>,
    /// What is typed after the bot's name, in any chat.
    types: Option<String>,

    // What is to be seen.
    #[serde(default)]
    silent: bool,
    /// What the bot's message holds, and what it does not.
    #[serde(default)]
    shows: Vec<String>,
    #[serde(default)]
    lacks: Vec<String>,
    /// Buttons that it has, among others.
    #[serde(default)]
    buttons: Vec<String>,
    /// The name of the message that it answers, and the part that it quotes.
    answers: Option<String>,
    quotes: Option<String>,
    /// Whether a part of it is folded up.
    folded: Option<bool>,
    /// What pops up when a button is pressed.
    notice: Option<String>,
    /// Whether a press leads to a new message rather than to a change.
    #[serde(default)]
    new_message: bool,
    /// The first card, by its id, and how many there are.
    card: Option<String>,
    cards: Option<usize>,
}

const GROUP_ID: i64 = -1_002_000_000_001;

struct Play {
    bot: Bot,
    file: String,
    people: HashMap<String, Person>,
    topics: HashMap<String, i64>,
    /// Messages by name.
    named: HashMap<String, i64>,
}

impl Play {
    /// The bot's messages in a chat.
    fn replies(&self, chat_id: i64) -> Vec<Value> {
        let history = self.bot.server.world.history(chat_id);
        history.into_iter().filter(|m| m["from"]["username"] == "footnote_bot").collect()
    }

    async fn wait_for_reply(&self, chat_id: i64, before: usize, what: &str) -> Value {
        let enough = |_: &_| Some(self.replies(chat_id)).filter(|replies| replies.len() > before);
        let replies = self.bot.server.world.wait_until(PATIENCE, enough).await;
        let mut replies = replies.unwrap_or_else(|| panic!("{}: no answer to {what}", self.file));
        assert_eq!(replies.len(), before + 1, "{}: {what}: something was answered unasked: {replies:#?}", self.file);
        replies.pop().expect("one more")
    }

    async fn step(&mut self, step: &Step) {
        let world = std::sync::Arc::clone(&self.bot.server.world);
        let person = self.people[&step.who].clone();
        let chat_id = if step.in_group { GROUP_ID } else { person.id };
        let before = self.replies(chat_id).len();
        let what = format!("{:?}", step.says.as_ref().or(step.presses.as_ref()).or(step.types.as_ref()));
        let shown = if let Some(text) = &step.says {
            let reply_to = step.replies_to.as_ref().map(|name| match name.as_str() {
                "bot" => {
                    self.replies(chat_id).last().expect("a message of the bot")["message_id"].as_i64().expect("id")
                }
                name => self.named[name],
            });
            let thread = step.topic.as_ref().map(|topic| self.topics[topic]);
            let id = if step.in_group {
                let say = Say { reply_to, thread, ..Say::new(text) };
                world.say_in(GROUP_ID, &person, say).expect("a member").message_id
            } else {
                world.say(&person, text).message_id
            };
            if let Some(name) = &step.name {
                self.named.insert(name.clone(), id);
            }
            if step.silent {
                return;
            }
            self.wait_for_reply(chat_id, before, &what).await
        } else if let Some((name, text)) = &step.edits {
            let last = self.replies(chat_id).pop().expect("an answer");
            if step.in_group {
                world.edit_in(GROUP_ID, &person, self.named[name], text).expect("own message");
            } else {
                world.edit(&person, self.named[name], text).expect("own message");
            }
            let changed = world.wait_until(PATIENCE, |_| {
                let now = self.replies(chat_id).into_iter().find(|m| m["message_id"] == last["message_id"])?;
                (now["text"] != last["text"]).then_some(now)
            });
            changed.await.unwrap_or_else(|| panic!("{}: the answer to {name} does not change", self.file))
        } else if let Some(label) = &step.presses {
            let under = self.replies(chat_id).pop().expect("a message of the bot");
            let id = under["message_id"].as_i64().expect("id");
            let query = world.press(&person, chat_id, id, &callback_data(&under, label)).expect("a button");
            let call = self
                .bot
                .server
                .wait_for_call("answerCallbackQuery", |c| c.params["callback_query_id"] == query.as_str())
                .await;
            if let Some(notice) = &step.notice {
                let text = call.params["text"].as_str().unwrap_or_default();
                assert!(text.contains(notice), "{}: {what}: the notice is {text:?}", self.file);
            }
            if step.new_message {
                self.wait_for_reply(chat_id, before, &what).await
            } else {
                self.replies(chat_id).into_iter().find(|m| m["message_id"] == id).expect("the message")
            }
        } else if let Some(typed) = &step.types {
            let id = world.inline(&person, typed, "");
            let answer = world.inline_answer(&id, PATIENCE).await.expect("an answer");
            let results = answer["results"].as_array().cloned().unwrap_or_default();
            if let Some(card) = &step.card {
                assert_eq!(results[0]["id"], card.as_str(), "{}: {what}", self.file);
            }
            if let Some(cards) = step.cards {
                assert_eq!(results.len(), cards, "{}: {what}", self.file);
            }
            return;
        } else {
            panic!("{}: a step in which nobody does anything", self.file);
        };
        self.check(step, &shown, &what);
    }

    fn check(&self, step: &Step, shown: &Value, what: &str) {
        let file = &self.file;
        let text = shown["text"].as_str().unwrap_or_default();
        for part in &step.shows {
            assert!(text.contains(part), "{file}: {what}: `{part}` is missing in {text}");
        }
        for part in &step.lacks {
            assert!(!text.contains(part), "{file}: {what}: `{part}` is in {text}");
        }
        for button in &step.buttons {
            assert!(labels(shown).contains(button), "{file}: {what}: no button {button}, only {:?}", labels(shown));
        }
        if let Some(name) = &step.answers {
            assert_eq!(shown["reply_to_message"]["message_id"], self.named[name], "{file}: {what}: which it answers");
        }
        if let Some(quote) = &step.quotes {
            assert_eq!(shown["quote"]["text"], quote.as_str(), "{file}: {what}: what it quotes");
        }
        if let Some(folded) = step.folded {
            let entities = shown["entities"].as_array().cloned().unwrap_or_default();
            let is_folded = entities.iter().any(|e| e["type"] == "expandable_blockquote");
            assert_eq!(is_folded, folded, "{file}: {what}: folded up");
        }
        if step.says.is_some() && step.in_group {
            let thread = step.topic.as_ref().map(|topic| self.topics[topic]);
            // Outside forums the number tells of a chain of replies.
            let shown = shown["message_thread_id"].as_i64().filter(|_| shown["is_topic_message"] == true);
            assert_eq!(shown, thread, "{file}: {what}: the topic it stands in");
        }
    }
}

async fn play(name: &str) {
    let path = root().join("tests/scenarios").join(name);
    let text = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
    let scenario: Scenario = toml::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}"));
    let mut names: Vec<_> = scenario.people.iter().collect();
    names.sort();
    let people: HashMap<String, Person> = (names.into_iter().zip(1101..))
        .map(|((name, language), id)| (name.clone(), Person::new(id, name, language)))
        .collect();
    let bot = Bot::start().await;
    let mut play = Play { bot, file: name.to_owned(), people, topics: HashMap::new(), named: HashMap::new() };
    let world = std::sync::Arc::clone(&play.bot.server.world);
    if let Some(group) = &scenario.group {
        let kind = match group.kind.as_str() {
            "group" => GroupKind::Group,
            "supergroup" => GroupKind::Supergroup,
            "forum" => GroupKind::Forum,
            other => panic!("{name}: no kind of group: {other}"),
        };
        let role = |name: &String| {
            if group.administrators.contains(name) { Role::Administrator } else { Role::Member }
        };
        let members = play.people.iter().map(|(name, person)| (person.clone(), role(name))).collect();
        world.set_privacy(group.privacy);
        world.add_group(Group { id: GROUP_ID, title: "Readers".to_owned(), kind, members, bot: Some(Role::Member) });
        let creator = play.people.values().next().expect("somebody").clone();
        for topic in &group.topics {
            let id = world.add_topic(GROUP_ID, &creator, topic).expect("a forum");
            play.topics.insert(topic.clone(), id);
        }
    }
    for step in &scenario.steps {
        play.step(step).await;
    }
    // What was to be silent at the end is known to be so when something asked after it is answered.
    if scenario.group.is_some() {
        let before = play.replies(GROUP_ID).len();
        let somebody = play.people.values().next().expect("somebody").clone();
        world.say_in(GROUP_ID, &somebody, Say::new("/ask@footnote_bot what is CLIP")).expect("a member");
        play.wait_for_reply(GROUP_ID, before, "the last question").await;
    }
    play.bot.stop().await;
}

macro_rules! scenarios {
    ($($name:ident)*) => {
        $(#[tokio::test]
        async fn $name() {
            play(concat!(stringify!($name), ".toml")).await;
        })*

        #[test]
        fn every_file_is_played() {
            let files = fs::read_dir(root().join("tests/scenarios")).expect("the folder");
            for file in files {
                let name = file.expect("a file").file_name().to_string_lossy().into_owned();
                assert!([$(concat!(stringify!($name), ".toml")),*].contains(&name.as_str()), "{name} is not played");
            }
        }
    };
}

scenarios! {
    private_answer
    private_buttons
    private_data
    group_addressed
    group_settings
    forum_topics
    inline_cards
}
