//! Simulates a user of the playground's page in the browser tests: clicks, types, and waits for
//! results. Every wait has a timeout.

use std::time::{Duration, Instant};

use fantoccini::key::Key;
use fantoccini::{Client, Locator};
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(20);
const BETWEEN_LOOKS: Duration = Duration::from_millis(30);
const MAX_TABS: usize = 60;

pub struct Page {
    client: Client,
}

impl Page {
    pub fn new(client: Client) -> Page {
        Page { client }
    }

    pub async fn js(&self, script: &str) -> Value {
        self.js_of(script, Vec::new()).await
    }

    async fn js_of(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.client.execute(script, arguments).await.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// Runs an asynchronous script in the page. Returns the value that the script passes to `done`.
    pub async fn later(&self, script: &str) -> Value {
        let script = format!("const done = arguments[arguments.length - 1]; {script}");
        self.client.execute_async(&script, Vec::new()).await.unwrap_or_else(|error| panic!("{script}: {error}"))
    }

    /// Runs a script in the page repeatedly until the result is neither null nor false. Returns the
    /// result.
    pub async fn until(&self, what: &str, script: &str) -> Value {
        self.until_of(what, script, Vec::new()).await
    }

    async fn until_of(&self, what: &str, script: &str, arguments: Vec<Value>) -> Value {
        let end = Instant::now() + PATIENCE;
        loop {
            let seen = self.js_of(script, arguments.clone()).await;
            if !matches!(seen, Value::Null | Value::Bool(false)) {
                return seen;
            }
            if Instant::now() > end {
                let page = self.js("return document.querySelector('.chat').innerText").await;
                panic!("not seen: {what}; the chat is\n{}", page.as_str().unwrap_or_default());
            }
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
    }

    pub async fn text(&self, selector: &str) -> String {
        let text = self
            .until_of(selector, "return document.querySelector(arguments[0])?.innerText", vec![selector.into()])
            .await;
        text.as_str().unwrap_or_default().to_owned()
    }

    pub async fn count(&self, selector: &str) -> u64 {
        let count = self.js_of("return document.querySelectorAll(arguments[0]).length", vec![selector.into()]).await;
        count.as_u64().unwrap_or_default()
    }

    /// Clicks an element. Waits until the element exists and no other element covers it.
    pub async fn click(&self, selector: &str) {
        let end = Instant::now() + PATIENCE;
        loop {
            let element = self.client.find(Locator::Css(selector)).await;
            let clicked = match element {
                Ok(element) => element.click().await,
                Err(error) => Err(error),
            };
            match clicked {
                Ok(()) => return,
                Err(error) if Instant::now() > end => panic!("{selector}: {error}"),
                // Retries the click, because the page may be about to render or move the element.
                Err(_) => tokio::time::sleep(BETWEEN_LOOKS).await,
            }
        }
    }

    /// Clicks the last element that matches the selector and contains this text.
    pub async fn click_text(&self, selector: &str, text: &str) {
        let mark = "for (const n of document.querySelectorAll('[data-aim]')) delete n.dataset.aim;
            const found = [...document.querySelectorAll(arguments[0])].filter((n) => n.innerText.trim().includes(arguments[1])).at(-1);
            if (found) found.dataset.aim = ''; return found !== undefined";
        self.until_of(&format!("{selector} with {text}"), mark, vec![selector.into(), text.into()]).await;
        self.click("[data-aim]").await;
    }

    pub async fn open(&self, chat: &str) {
        self.click_text("#chat-list button", chat).await;
        let is_open = "return document.querySelector('#name').innerText === arguments[0]";
        self.until_of(chat, is_open, vec![chat.into()]).await;
    }

    pub async fn speak_as(&self, name: &str) {
        self.click_text("#speakers button", name).await;
        let is_so = "return document.querySelector('#speakers [aria-checked=true]').innerText.includes(arguments[0])";
        self.until_of(name, is_so, vec![name.into()]).await;
    }

    /// Types text into the message input.
    pub async fn write(&self, text: &str) {
        let input = self.client.find(Locator::Css("#input")).await.expect("the composer");
        input.send_keys(text).await.expect("typed");
    }

    pub async fn clear(&self) {
        let input = self.client.find(Locator::Css("#input")).await.expect("the composer");
        input.clear().await.expect("cleared");
    }

    /// Sends a message and waits until the message appears in the chat.
    pub async fn say(&self, text: &str) {
        self.write(text).await;
        self.key(Key::Enter).await;
        let is_there = "return document.querySelector('#input').value === '' && [...document.querySelectorAll('.mine .text')].some((n) => n.innerText.includes(arguments[0]))";
        self.until_of(text, is_there, vec![text.into()]).await;
    }

    /// Waits until the chat shows a message from others that contains this text. Returns the
    /// message id.
    pub async fn answer(&self, text: &str) -> i64 {
        let find = "const found = [...document.querySelectorAll('.theirs')].filter((n) => n.querySelector('.text').innerText.includes(arguments[0])).at(-1); return found?.id.replace('message-', '')";
        let id = self.until_of(&format!("an answer with {text}"), find, vec![text.into()]).await;
        id.as_str().and_then(|id| id.parse().ok()).expect("a number")
    }

    /// Waits for an inline keyboard button whose label contains this text, and presses the last
    /// such button.
    pub async fn press(&self, label: &str) {
        self.press_in(".key", label).await;
    }

    pub async fn press_in(&self, selector: &str, label: &str) {
        self.click_text(selector, label).await;
    }

    /// Clicks a button in the toolbar of the last message that contains this text. `tool` is the
    /// CSS class of the button, such as `reply`.
    pub async fn tool(&self, text: &str, tool: &str) {
        let mark = "for (const n of document.querySelectorAll('[data-aim]')) delete n.dataset.aim;
            const found = [...document.querySelectorAll('.message')].filter((n) => n.querySelector('.text').innerText.includes(arguments[0])).at(-1);
            if (!found) return false; found.scrollIntoView({ block: 'center' }); found.focus();
            found.querySelector(`.tools .${arguments[1]}`).dataset.aim = ''; return true";
        self.until_of(&format!("a message with {text}"), mark, vec![text.into(), tool.into()]).await;
        self.click("[data-aim]").await;
    }

    /// Sends a key press to the focused element of the page.
    pub async fn key(&self, key: Key) {
        self.keys(&String::from(char::from(key))).await;
    }

    pub async fn keys(&self, keys: &str) {
        let focused = self.client.active_element().await.expect("a focus");
        focused.send_keys(keys).await.expect("typed");
    }

    /// Presses Tab, or Shift+Tab if `back` is true, until the JavaScript condition `wanted` is
    /// true.
    pub async fn tab_to(&self, back: bool, wanted: &str) {
        let tab = char::from(Key::Tab).to_string();
        let step = if back { format!("{}{tab}{}", char::from(Key::Shift), char::from(Key::Null)) } else { tab };
        for _ in 0..MAX_TABS {
            self.keys(&step).await;
            if self.js(&format!("return {wanted}")).await == json!(true) {
                return;
            }
        }
        panic!("the tabulator does not come to: {wanted}");
    }

    pub async fn picture(&self) -> Vec<u8> {
        self.client.screenshot().await.expect("a picture")
    }
}
