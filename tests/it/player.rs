//! Plays a scenario file: runs the bot against the local Bot API, and checks the bot's reaction to
//! each step.
//!
//! A scenario defines users, optional groups, and steps. A step is a user's action (`says`,
//! `edits`, `presses`, `types`, `chooses`, `attaches`) and the expected reaction of the bot.
//!
//! After a step with `silent = true` the bot must not react. The player detects an unwanted
//! reaction at the next answer in the same chat, as an extra message. The playground's page saves
//! sessions as scenario files.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

use footnote::store::Store;
use footnote_playground::{Attachment, FakeTelegram, Group, GroupKind, Person, Role, Say};
use serde::Deserialize;
use serde_json::Value;
use sqlx::Connection as _;

use crate::harness::{self, Bot, PATIENCE, callback_data, covered, labels};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Scenario {
    /// The name of the folder in `tests/bases` that holds the knowledge base. By default, the bot
    /// uses the built-in knowledge base.
    base: Option<String>,
    /// The users by name, each with the language code of the user's app.
    people: BTreeMap<String, String>,
    /// The only group of the scenario. A step with `in_group = true` takes place in this group.
    group: Option<GroupSetUp>,
    /// The groups by title, for scenarios with several groups. A step chooses one in its field
    /// `group`.
    #[serde(default)]
    groups: BTreeMap<String, GroupSetUp>,
    #[serde(rename = "step", default)]
    steps: Vec<Step>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct GroupSetUp {
    kind: String,
    /// Names of the group's members. The default is all users.
    members: Option<Vec<String>>,
    /// Whether the bot is a member of the group from the start.
    #[serde(default = "yes")]
    has_bot: bool,
    /// Names of the group members who are administrators.
    #[serde(default)]
    administrators: Vec<String>,
    /// Whether the bot's privacy mode is on: Telegram then delivers only messages that address the
    /// bot, such as commands, mentions and replies.
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
    #[serde(default)]
    who: String,
    /// The language code of the user's app, from this step on.
    language: Option<String>,
    /// If set, the step only switches the bot's privacy mode on or off.
    privacy: Option<bool>,
    /// If set, the step only lets this many minutes pass.
    minutes_pass: Option<i64>,
    /// The action on the group that the step performs: `adds the bot`, `removes the bot`, `joins`,
    /// `leaves` or `migrates`.
    does: Option<String>,
    /// Whether the step takes place in the scenario's only group, instead of the user's private
    /// chat with the bot.
    #[serde(default)]
    in_group: bool,
    /// The title of the group in which the step takes place.
    group: Option<String>,
    /// The name of the forum topic in which the step takes place.
    topic: Option<String>,
    /// The name of the message that the user replies to. `bot` means the bot's last message in the
    /// chat.
    replies_to: Option<String>,
    /// The part of the replied-to message that the user quotes.
    quoting: Option<String>,
    /// Whether the user, an administrator of the group, writes anonymously as the group.
    #[serde(default)]
    as_group: bool,
    /// Whether the player sends the message at once, even if the bot's rate limit for this user is
    /// reached.
    #[serde(default)]
    hurries: bool,
    /// The name by which later steps refer to the user's message.
    name: Option<String>,
    says: Option<String>,
    /// The name of the user's message to edit, and the new text.
    edits: Option<(String, String)>,
    /// The label of the button that the user presses.
    presses: Option<String>,
    /// The name of the message with the button. The default is the bot's last message in the chat.
    under: Option<String>,
    /// The text of an inline query, typed after the bot's name in any chat.
    types: Option<String>,
    /// The id of the inline result that the user sends.
    chooses: Option<String>,
    /// Whether the user presses the button above the inline results. The button opens the private
    /// chat with the bot and passes on the inline query, as a parameter of `/start`.
    #[serde(default)]
    goes_private: bool,
    /// The kind of attachment that the user sends, such as `photo`, `voice` or `sticker`.
    attaches: Option<Attachment>,

    // The fields below describe the expected reaction of the bot.
    #[serde(default)]
    silent: bool,
    /// Texts that the bot's message must contain.
    #[serde(default)]
    shows: Vec<String>,
    /// Texts that the bot's message must not contain.
    #[serde(default)]
    lacks: Vec<String>,
    /// Labels of buttons that the bot's message must have. Other buttons are allowed.
    #[serde(default)]
    buttons: Vec<String>,
    /// The name by which later steps refer to the bot's message.
    shown_as: Option<String>,
    /// The name of the message that the bot must reply to.
    answers: Option<String>,
    /// The text that the bot's reply must quote from the user's message.
    quotes: Option<String>,
    /// Whether the bot's message must contain an expandable block quotation, which Telegram shows
    /// collapsed.
    folded: Option<bool>,
    /// The sentence that answers: below the headline, or in bold in its place.
    answer: Option<String>,
    /// A URL that the bot's message must link to.
    link: Option<String>,
    /// The URL of the picture above the bot's message. By default, the message must have no link
    /// preview.
    picture: Option<String>,
    /// If true, the step only waits until the bot deletes its last message in the chat.
    #[serde(default)]
    is_deleted: bool,
    /// Text that the pop-up notice after the button press must contain.
    notice: Option<String>,
    /// Whether the bot must respond to the button press with a new message instead of an edit.
    #[serde(default)]
    new_message: bool,
    /// The expected id of the first inline result.
    card: Option<String>,
    /// The expected number of inline results.
    cards: Option<usize>,
}

/// The chat id of the first group. Each further group gets the next lower id.
const GROUP_ID: i64 = -1_002_000_000_001;

/// Number of messages from one user that the bot's rate limiter lets through within `WINDOW`. The
/// player sends faster than people do, so the player has to wait after this many messages.
const AT_ONCE: usize = 6;
const WINDOW: Duration = Duration::from_secs(10);

struct Place {
    id: i64,
    members: Vec<String>,
    topics: HashMap<String, i64>,
    /// Whether the last step in the group expected the bot to stay silent.
    is_silent: bool,
}

struct Play {
    bot: Bot,
    fake_telegram: Arc<FakeTelegram>,
    /// The scenario file and the step number, for failure messages.
    at: String,
    people: BTreeMap<String, Person>,
    /// All groups of the scenario. The key is the title that steps use. The group declared in the
    /// scenario's field `group` has no title in the file, so its key is the empty string.
    groups: BTreeMap<String, Place>,
    /// Message ids, by the name that a step gives the message.
    named: HashMap<String, i64>,
    /// The times at which each user asked in groups, by user id. The player uses these times to
    /// stay below the bot's rate limit.
    asked: HashMap<i64, Vec<Instant>>,
    database: String,
}

/// Plays a scenario from its text. A failed expectation panics with the file and the step.
pub async fn play(file: &str, text: &str) {
    let scenario: Scenario = toml::from_str(text).unwrap_or_else(|error| panic!("{file}: {error}"));
    let people = (scenario.people.iter().zip(1101..))
        .map(|((name, language), id)| (name.clone(), Person::new(id, name, language)))
        .collect();
    let folder = tempfile::tempdir().expect("a folder");
    let database = format!("sqlite:{}", folder.path().join("footnote.db").display());
    let engine = scenario.base.as_ref().map_or_else(harness::engine, |base| harness::engine_over(base));
    let bot = Bot::start_with(engine, Store::open(&database).await.expect("a database")).await;
    let fake_telegram = Arc::clone(&bot.server.fake_telegram);
    let (groups, named, asked) = (BTreeMap::new(), HashMap::new(), HashMap::new());
    let mut play = Play { bot, fake_telegram, at: file.to_owned(), people, groups, named, asked, database };
    let only = scenario.group.into_iter().map(|group| (String::new(), group));
    for ((title, group), id) in only.chain(scenario.groups).zip((i64::MIN..=GROUP_ID).rev()) {
        play.set_up(&title, &group, id);
    }
    for (number, step) in (1..).zip(&scenario.steps) {
        play.at = format!("{file}, step {number}");
        play.step(step).await;
    }
    play.at = format!("{file}, at the end");
    // Asks one more question in each group whose last step expected silence. The bot answers the
    // messages of a group in order, so its answer arrives after any unwanted reaction to that step.
    // The test fails if a reaction arrives together with the answer.
    for title in play.groups.keys().cloned().collect::<Vec<_>>() {
        play.ask_something(&title).await;
    }
    play.bot.stop().await;
}

impl Play {
    fn set_up(&mut self, title: &str, group: &GroupSetUp, id: i64) {
        let kind = match group.kind.as_str() {
            "group" => GroupKind::Group,
            "supergroup" => GroupKind::Supergroup,
            "forum" => GroupKind::Forum,
            other => panic!("{}: no kind of group: {other}", self.at),
        };
        let names: Vec<String> = group.members.clone().unwrap_or_else(|| self.people.keys().cloned().collect());
        let role = |name: &String| {
            if group.administrators.contains(name) { Role::Administrator } else { Role::Member }
        };
        let members = names.iter().map(|name| (self.person(name), role(name))).collect();
        self.fake_telegram.set_privacy(group.privacy);
        let shown = if title.is_empty() { "Readers" } else { title };
        let bot = group.has_bot.then_some(Role::Member);
        self.fake_telegram.add_group(Group { id, title: shown.to_owned(), kind, members, bot });
        let creator = self.person(names.first().expect("somebody in the group"));
        let open =
            |topic: &String| (topic.clone(), self.fake_telegram.add_topic(id, &creator, topic).expect("a forum"));
        let topics = group.topics.iter().map(open).collect();
        self.groups.insert(title.to_owned(), Place { id, members: names, topics, is_silent: false });
    }

    fn person(&self, name: &str) -> Person {
        self.people.get(name).unwrap_or_else(|| panic!("{}: nobody is called `{name}`", self.at)).clone()
    }

    fn message(&self, name: &str) -> i64 {
        *self.named.get(name).unwrap_or_else(|| panic!("{}: no message is called `{name}`", self.at))
    }

    /// Returns the bot's messages in a chat, oldest first.
    fn replies(&self, chat_id: i64) -> Vec<Value> {
        let history = self.fake_telegram.history(chat_id);
        history.into_iter().filter(|m| m["from"]["username"] == "footnote_bot").collect()
    }

    fn last_reply(&self, chat_id: i64) -> i64 {
        let last = self.replies(chat_id).pop().unwrap_or_else(|| panic!("{}: the bot has said nothing", self.at));
        last["message_id"].as_i64().expect("a number")
    }

    async fn wait_for_reply(&self, chat_id: i64, before: usize, what: &str) -> Value {
        let enough = |_: &_| Some(self.replies(chat_id)).filter(|replies| replies.len() > before);
        let replies = self.fake_telegram.wait_until(PATIENCE, enough).await;
        let mut replies = replies.unwrap_or_else(|| panic!("{}: no answer to {what}", self.at));
        assert_eq!(replies.len(), before + 1, "{}: {what}: something was answered unasked: {replies:#?}", self.at);
        replies.pop().expect("one more")
    }

    async fn step(&mut self, step: &Step) {
        if let Some(privacy) = step.privacy {
            return self.fake_telegram.set_privacy(privacy);
        }
        if let Some(minutes) = step.minutes_pass {
            return self.pass(minutes).await;
        }
        if let (Some(language), Some(person)) = (&step.language, self.people.get_mut(&step.who)) {
            person.language_code.clone_from(language);
        }
        let person = self.person(&step.who);
        let title = step.group.clone().or(step.in_group.then(String::new));
        let group = title.as_ref().map(|title| {
            self.groups.get(title).unwrap_or_else(|| panic!("{}: there is no group `{title}`", self.at)).id
        });
        let chat_id = group.unwrap_or(person.id);
        let thread = step.topic.as_ref().map(|topic| {
            let topics = &self.groups[title.as_deref().unwrap_or_default()].topics;
            *topics.get(topic).unwrap_or_else(|| panic!("{}: there is no topic `{topic}`", self.at))
        });
        if let Some(place) = title.as_ref().and_then(|title| self.groups.get_mut(title)) {
            place.is_silent = step.silent;
        }
        let before = self.replies(chat_id).len();
        let shown = if step.is_deleted {
            self.see_deleted(chat_id).await;
            None
        } else if let Some(typed) = &step.types {
            self.type_inline(step, group, thread, &person, typed).await
        } else if let Some(what) = &step.does {
            self.change_group(step, title.as_deref().unwrap_or_default(), &person, what).await
        } else if let Some((name, text)) = &step.edits {
            self.edit(step, group, &person, name, text).await
        } else if let Some(label) = &step.presses {
            Some(self.press(step, chat_id, &person, label, before).await)
        } else {
            let what = self.say(step, group, thread, &person).await;
            if step.silent { None } else { Some(self.wait_for_reply(chat_id, before, &what).await) }
        };
        if let Some(shown) = shown {
            if let Some(name) = &step.shown_as {
                self.named.insert(name.clone(), shown["message_id"].as_i64().expect("a number"));
            }
            self.check(step, thread, &shown);
        }
    }

    /// Sends the user's text or attachment. Returns the text, or the kind of attachment, for
    /// failure messages.
    async fn say(&mut self, step: &Step, group: Option<i64>, thread: Option<i64>, person: &Person) -> String {
        let chat_id = group.unwrap_or(person.id);
        let reply_to = step.replies_to.as_ref().map(|name| match name.as_str() {
            "bot" => self.last_reply(chat_id),
            name => self.message(name),
        });
        if group.is_some() && !step.silent && !step.hurries {
            self.take_time(person.id).await;
        }
        let (id, what) = match (&step.says, step.attaches) {
            (Some(text), _) => {
                let quote = step.quoting.clone();
                let id = match (group, reply_to) {
                    (Some(group), _) => {
                        let as_chat = step.as_group;
                        let say = Say { reply_to, quote, thread, as_chat, ..Say::new(text) };
                        self.fake_telegram.say_in(group, person, say).map(|posted| posted.message_id)
                    }
                    (None, Some(to)) => {
                        self.fake_telegram.reply(person, to, quote.as_deref(), text).map(|s| s.message_id)
                    }
                    (None, None) => Ok(self.fake_telegram.say(person, text).message_id),
                };
                (id.unwrap_or_else(|denied| panic!("{}: {denied}", self.at)), text.clone())
            }
            (None, Some(kind)) if group.is_none() => {
                (self.fake_telegram.attach(person, kind).message_id, format!("{kind:?}"))
            }
            _ => panic!("{}: nobody does anything that can be done there", self.at),
        };
        if let Some(name) = &step.name {
            self.named.insert(name.clone(), id);
        }
        what
    }

    async fn edit(
        &mut self,
        step: &Step,
        group: Option<i64>,
        person: &Person,
        name: &str,
        text: &str,
    ) -> Option<Value> {
        let chat_id = group.unwrap_or(person.id);
        let before = self.replies(chat_id);
        let id = self.message(name);
        let edited = match group {
            Some(group) => self.fake_telegram.edit_in(group, person, id, text).map(|_| ()),
            None => self.fake_telegram.edit(person, id, text).map(|_| ()),
        };
        edited.unwrap_or_else(|denied| panic!("{}: {denied}", self.at));
        if step.silent {
            return None;
        }
        let changed = self.fake_telegram.wait_until(PATIENCE, |_| {
            let now = self.replies(chat_id);
            now.into_iter()
                .rev()
                .find(|m| before.iter().all(|old| old["message_id"] != m["message_id"] || old["text"] != m["text"]))
        });
        Some(changed.await.unwrap_or_else(|| panic!("{}: the answer to {name} does not change", self.at)))
    }

    async fn press(&self, step: &Step, chat_id: i64, person: &Person, label: &str, before: usize) -> Value {
        let id = step.under.as_ref().map_or_else(|| self.last_reply(chat_id), |name| self.message(name));
        let message =
            || self.fake_telegram.history(chat_id).into_iter().find(|m| m["message_id"] == id).expect("the message");
        let under = message();
        assert!(labels(&under).iter().any(|l| l == label), "{}: no button {label}, only {:?}", self.at, labels(&under));
        let query = self.fake_telegram.press(person, chat_id, id, &callback_data(&under, label)).expect("a button");
        let is_it = |call: &footnote_playground::Call| call.params["callback_query_id"] == query.as_str();
        let call = self.bot.server.wait_for_call("answerCallbackQuery", is_it).await;
        if let Some(notice) = &step.notice {
            let text = call.params["text"].as_str().unwrap_or_default();
            assert!(text.contains(notice), "{}: {label}: the notice is {text:?}", self.at);
        }
        if step.new_message { self.wait_for_reply(chat_id, before, label).await } else { message() }
    }

    async fn type_inline(
        &mut self,
        step: &Step,
        group: Option<i64>,
        thread: Option<i64>,
        person: &Person,
        typed: &str,
    ) -> Option<Value> {
        let id = match group {
            Some(group) => self.fake_telegram.inline_in(group, person, typed, "").expect("a member"),
            None => self.fake_telegram.inline(person, typed, ""),
        };
        let answer = self.fake_telegram.inline_answer(&id, PATIENCE).await;
        let answer = answer.unwrap_or_else(|| panic!("{}: no cards for {typed:?}", self.at));
        let results = answer["results"].as_array().cloned().unwrap_or_default();
        if let Some(card) = &step.card {
            assert_eq!(results[0]["id"], card.as_str(), "{}: {typed:?}", self.at);
        }
        if let Some(cards) = step.cards {
            assert_eq!(results.len(), cards, "{}: {typed:?}", self.at);
        }
        if step.goes_private {
            let payload = answer["button"]["start_parameter"].as_str();
            let payload = payload.unwrap_or_else(|| panic!("{}: no button above the cards", self.at));
            let before = self.replies(person.id).len();
            self.fake_telegram.say(person, &format!("/start {payload}"));
            return Some(self.wait_for_reply(person.id, before, typed).await);
        }
        let card = step.chooses.as_ref()?;
        let chat_id = group.unwrap_or(person.id);
        let posted = self.fake_telegram.choose_in_topic(person, chat_id, thread, typed, card);
        let posted = posted.unwrap_or_else(|denied| panic!("{}: {card}: {denied}", self.at));
        if let Some(name) = &step.name {
            self.named.insert(name.clone(), posted.message_id);
        }
        None
    }

    /// Performs a user's action on a group. Returns the bot's message that follows, if the step
    /// expects a message.
    async fn change_group(&mut self, step: &Step, title: &str, person: &Person, what: &str) -> Option<Value> {
        let id = self.groups[title].id;
        let before = self.replies(id).len();
        match what {
            "adds the bot" => self.fake_telegram.add_bot(id, person).map(|_| ()),
            "removes the bot" => self.fake_telegram.remove_bot(id, person).map(|_| ()),
            "joins" => self.fake_telegram.join(id, person).map(|_| ()),
            "leaves" => self.fake_telegram.leave(id, person).map(|_| ()),
            "migrates" => self.fake_telegram.migrate(id).map(|new| {
                self.groups.get_mut(title).expect("a group").id = new;
            }),
            other => panic!("{}: nobody can do `{other}`", self.at),
        }
        .unwrap_or_else(|denied| panic!("{}: {denied}", self.at));
        if step.silent || step.shows.is_empty() { None } else { Some(self.wait_for_reply(id, before, what).await) }
    }

    /// Simulates that time passes: moves the stored times in the bot's database into the past.
    async fn pass(&self, minutes: i64) {
        let settled = self
            .fake_telegram
            .wait_until(PATIENCE, |fake_telegram| (fake_telegram.unconfirmed() == 0).then_some(()))
            .await;
        settled.unwrap_or_else(|| panic!("{}: the bot has not heard all of it", self.at));
        let mut database = sqlx::SqliteConnection::connect(&self.database).await.expect("the database");
        // Waits until the inbox has no unfinished row, because the bot writes the effects of an
        // answer to the database after sending the answer.
        for _ in 0..200 {
            let look = sqlx::query_scalar("SELECT COUNT(*) FROM inbox WHERE state < 2");
            let open: i64 = look.fetch_one(&mut database).await.expect("a count");
            if open == 0 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        for (table, column) in
            [("askers", "last_at"), ("askers", "seen_at"), ("groups", "left_at"), ("deletions", "due")]
        {
            let earlier = format!("UPDATE {table} SET {column} = {column} - {}", minutes * 60_000);
            sqlx::query(sqlx::AssertSqlSafe(earlier)).execute(&mut database).await.expect("an update");
        }
    }

    /// Waits until the bot's last message in a chat is deleted.
    async fn see_deleted(&self, chat_id: i64) {
        let last = self.last_reply(chat_id);
        let gone = self.fake_telegram.wait_until(PATIENCE, |fake_telegram| {
            fake_telegram.history(chat_id).iter().all(|m| m["message_id"] != last).then_some(())
        });
        gone.await.unwrap_or_else(|| panic!("{}: the message is still there", self.at));
    }

    fn check(&self, step: &Step, thread: Option<i64>, shown: &Value) {
        let at = &self.at;
        let text = shown["text"].as_str().unwrap_or_default();
        for part in &step.shows {
            assert!(text.contains(part), "{at}: `{part}` is missing in {text}");
        }
        for part in &step.lacks {
            assert!(!text.contains(part), "{at}: `{part}` is in {text}");
        }
        for button in &step.buttons {
            assert!(labels(shown).contains(button), "{at}: no button {button}, only {:?}", labels(shown));
        }
        if let Some(name) = &step.answers {
            assert_eq!(shown["reply_to_message"]["message_id"], self.message(name), "{at}: which it answers");
        }
        if let Some(quote) = &step.quotes {
            assert_eq!(shown["quote"]["text"], quote.as_str(), "{at}: what it quotes");
        }
        if let Some(folded) = step.folded {
            let entities = shown["entities"].as_array().cloned().unwrap_or_default();
            let is_folded = entities.iter().any(|e| e["type"] == "expandable_blockquote");
            assert_eq!(is_folded, folded, "{at}: folded up");
        }
        if let Some(sentence) = &step.answer {
            let is_above = text.lines().nth(1) == Some(sentence.as_str());
            assert!(is_above || covered(shown, "bold").contains(sentence), "{at}: the sentence that answers: {text}");
        }
        if let Some(link) = &step.link {
            let entities = shown["entities"].as_array().cloned().unwrap_or_default();
            assert!(entities.iter().any(|e| e["url"] == link.as_str()), "{at}: nothing leads to {link}: {entities:?}");
        }
        let preview = &shown["link_preview_options"];
        match &step.picture {
            Some(picture) => assert_eq!(preview["url"], picture.as_str(), "{at}: the picture"),
            None => assert_eq!(preview["is_disabled"], true, "{at}: a link has a preview"),
        }
        if step.says.is_some() && (step.in_group || step.group.is_some()) && step.replies_to.is_none() {
            // Outside forums, `message_thread_id` identifies a chain of replies instead of a topic.
            let shown = shown["message_thread_id"].as_i64().filter(|_| shown["is_topic_message"] == true);
            assert_eq!(shown, thread, "{at}: the topic it stands in");
        }
    }

    /// Asks a question in a group, if the last step in the group expected silence. Fails if the bot
    /// sends anything besides the answer, because then the bot has reacted to that step.
    async fn ask_something(&mut self, title: &str) {
        let place = &self.groups[title];
        let (id, who) = (place.id, self.person(place.members.first().expect("somebody")));
        if !place.is_silent {
            return;
        }
        let before = self.replies(id).len();
        self.take_time(who.id).await;
        self.fake_telegram.say_in(id, &who, Say::new("/ask@footnote_bot what is CLIP")).expect("a member");
        self.wait_for_reply(id, before, "the last question").await;
    }

    /// Waits until the bot's rate limit lets this user ask again.
    async fn take_time(&mut self, person_id: i64) {
        let asked = self.asked.entry(person_id).or_default();
        if let Some(first) = asked.len().checked_sub(AT_ONCE).map(|at| asked[at]) {
            tokio::time::sleep((WINDOW + Duration::from_millis(200)).saturating_sub(first.elapsed())).await;
        }
        asked.push(Instant::now());
    }
}
