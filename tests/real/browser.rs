//! Tests of the playground's page in headless Chromium, against a real `footnote serve` process.
//! The tests need Debian's packages `chromium` and `chromium-driver`.
//!
//! The command `FOOTNOTE_SCREENSHOTS=docs/images cargo test --test real screenshots` renews the
//! screenshots of the README.

mod chromium;
mod page;

use std::path::PathBuf;

use fantoccini::key::Key;
use libtest_mimic::Trial;

use self::chromium::{Browser, DESKTOP, PHONE, Size};
use self::page::Page;
use crate::player;

const HOURS: &str = "how many hours of data was Whisper trained on?";
const HOURS_ZH: &str = "Whisper 用了多少小时的数据训练？";

/// Returns all browser tests. Marks the tests as ignored if the browser or its driver is not
/// installed.
pub fn trials() -> Vec<Trial> {
    let missing = Browser::missing();
    if let Some(missing) = &missing {
        eprintln!("The browser tests are ignored: {missing}. On Debian: apt-get install chromium chromium-driver");
    }
    let mut trials = vec![
        trial("ask_in_private", DESKTOP, ask_in_private),
        trial("a_button_changes_the_message", DESKTOP, a_button_changes_the_message),
        trial("cards_are_chosen_and_their_buttons_work", DESKTOP, cards_are_chosen_and_their_buttons_work),
        trial("a_group_is_left_in_peace_until_asked", DESKTOP, a_group_is_left_in_peace_until_asked),
        trial("answers_and_edits_in_a_group", DESKTOP, answers_and_edits_in_a_group),
        trial("a_forum_is_answered_in_its_topic", DESKTOP, a_forum_is_answered_in_its_topic),
        trial("settings_are_for_administrators", DESKTOP, settings_are_for_administrators),
        trial("the_inspector_shows_both_views", DESKTOP, the_inspector_shows_both_views),
        trial("privacy_mode_decides_what_reaches_the_bot", DESKTOP, privacy_mode_decides_what_reaches_the_bot),
        trial("the_keyboard_is_enough", DESKTOP, the_keyboard_is_enough),
        trial("a_phone_has_room_for_all", PHONE, a_phone_has_room_for_all),
        trial("chinese_and_dark", DESKTOP, chinese_and_dark),
        trial("a_saved_session_is_a_scenario", DESKTOP, a_saved_session_is_a_scenario),
        trial("every_control_has_a_name", DESKTOP, every_control_has_a_name),
    ];
    if std::env::var_os("FOOTNOTE_SCREENSHOTS").is_some() {
        trials.push(trial("screenshots", (1040, 800), screenshots));
    }
    trials.into_iter().map(|trial| trial.with_ignored_flag(missing.is_some())).collect()
}

/// Creates a test with its own bot process, WebDriver and browser. All three are stopped when the
/// test ends, even after a panic.
fn trial<T>(name: &str, size: Size, test: T) -> Trial
where
    T: AsyncFn(&Page) + Send + 'static,
{
    Trial::test(format!("browser::{name}"), move || {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        runtime.block_on(async {
            let browser = Browser::open(size).await;
            let outcome = browser.run(&test).await;
            browser.close().await;
            outcome
        })
    })
}

async fn ask_in_private(page: &Page) {
    page.say(HOURS).await;
    page.answer("680,000 hours").await;
    page.say("best pizza in town").await;
    page.answer("does not say").await;
}

async fn a_button_changes_the_message(page: &Page) {
    page.say(HOURS).await;
    let id = page.answer("680,000 hours").await;
    page.press("中文").await;
    assert_eq!(page.answer("680,000 小时").await, id, "the same message");
    page.press("English").await;
    assert_eq!(page.answer("680,000 hours").await, id, "and back");
    page.press("👍").await;
    page.until("a notice", "return document.querySelector('#toast.shown')?.textContent.includes('Thank')").await;
}

async fn cards_are_chosen_and_their_buttons_work(page: &Page) {
    page.open("Readers").await;
    page.write("@footnote_bot whis").await;
    page.until("cards", "return document.querySelectorAll('#popup .result').length > 0").await;
    page.until("settled", "return !document.querySelector('#popup.loading')").await;
    page.key(Key::Enter).await;
    page.until("the card in the chat", "return document.querySelector('.mine .via') !== null").await;
    let text = page.text(".mine .text").await;
    assert!(text.contains("Whisper"), "{text}");
    page.press("中文").await;
    page.until("the card in Chinese", "return document.querySelector('.mine .text').innerText.includes('语音')").await;
}

async fn a_group_is_left_in_peace_until_asked(page: &Page) {
    page.open("Readers").await;
    let before = page.count(".theirs").await;
    page.say("is Whisper any good?").await;
    page.speak_as("小林").await;
    page.say(&format!("/ask {HOURS_ZH}")).await;
    let id = page.answer("680,000 小时").await;
    let replied = page.text(&format!("#message-{id} .replied")).await;
    assert!(replied.contains("小林") && replied.contains("多少小时"), "it answers the question: {replied}");
    // The page shows two more messages as written by others: Ann's question, since the page now
    // writes as 小林, and the bot's answer.
    assert_eq!(page.count(".theirs").await, before + 2);
    let author = page.text(&format!("#message-{id} .author")).await;
    assert!(author.contains("Footnote"), "{author}");
}

async fn answers_and_edits_in_a_group(page: &Page) {
    page.open("Readers").await;
    page.say(HOURS).await;
    page.speak_as("Mira").await;
    page.tool("how many hours", "reply").await;
    page.until("whom it answers", "return document.querySelector('#context').innerText.includes('Ann')").await;
    page.say("/ask").await;
    let id = page.answer("680,000 hours").await;
    let replied = page.text(&format!("#message-{id} .replied")).await;
    assert!(replied.contains("Ann"), "the one who wondered is answered: {replied}");
    page.say("/ask what does Pygma do").await;
    let id = page.answer("Figma").await;
    page.tool("what does Pygma do", "pencil").await;
    page.clear().await;
    page.say("/ask what is CLIP").await;
    page.until(
        "the edited answer",
        &format!("return document.querySelector('#message-{id} .text').innerText.includes('CLIP')"),
    )
    .await;
}

async fn a_forum_is_answered_in_its_topic(page: &Page) {
    page.open("Book club").await;
    page.click_text("#topics button", "Models").await;
    page.until("the topic", "return document.querySelector('#log').innerText.includes('Models')").await;
    page.say("/ask what is CLIP").await;
    page.answer("CLIP").await;
    page.click_text("#topics button", "General").await;
    page.until("General", "return !document.querySelector('#log').innerText.includes('what is CLIP')").await;
    assert_eq!(page.count(".mine").await, 0, "General has nothing of it");
}

async fn settings_are_for_administrators(page: &Page) {
    page.open("Readers").await;
    page.say("/settings").await;
    page.answer("Only administrators").await;
    page.speak_as("Mira").await;
    page.say("/settings").await;
    page.answer("Settings of this group").await;
    page.speak_as("Ann").await;
    page.press("Also unasked").await;
    page.until(
        "the refusal, for her alone",
        "const d = document.querySelector('#alert'); return d.open && d.innerText.includes('Only administrators') && d.innerText.includes('Ann')",
    )
    .await;
    page.click("#alert button").await;
    page.speak_as("Mira").await;
    page.press("Also unasked").await;
    page.until(
        "the change",
        "return [...document.querySelectorAll('.key')].some(k => k.innerText.includes('✓ Also unasked'))",
    )
    .await;
}

async fn the_inspector_shows_both_views(page: &Page) {
    page.open("Readers").await;
    page.say("is Whisper any good?").await;
    page.tool("is Whisper any good?", "inside").await;
    page.until(
        "why it was not told",
        "return document.querySelector('#view').innerText.includes('privacy mode is on')",
    )
    .await;
    page.say("/ask wisper hours").await;
    page.answer("Whisper").await;
    page.tool("/ask wisper hours", "inside").await;
    page.until("the update", "return document.querySelector('#view').innerText.includes('\"update_id\"')").await;
    page.click("#view-matcher").await;
    let seen = page.text("#view").await;
    for part in ["wisper hours", "Normal form", "a slip", "Confidence", "Nearest sections"] {
        assert!(seen.contains(part), "`{part}` is missing in {seen}");
    }
    page.click("#view-telegram").await;
    page.tool("Whisper:", "inside").await;
    page.until("the call", "return document.querySelector('#view').innerText.includes('sendMessage')").await;
    let seen = page.text("#view").await;
    assert!(seen.contains("reply_parameters") && seen.contains("Telegram answered"), "{seen}");
    page.key(Key::Escape).await;
    page.until("closed", "return document.querySelector('#inspector').hidden").await;
}

async fn privacy_mode_decides_what_reaches_the_bot(page: &Page) {
    page.open("Readers").await;
    page.click("#privacy").await;
    page.until("off", "return document.querySelector('#privacy').getAttribute('aria-checked') === 'false'").await;
    page.say("good morning").await;
    page.tool("good morning", "inside").await;
    page.until("the update", "return document.querySelector('#view').innerText.includes('\"update_id\"')").await;
}

async fn the_keyboard_is_enough(page: &Page) {
    page.until("the focus", "return document.activeElement.id === 'input'").await;
    page.keys(HOURS).await;
    page.key(Key::Enter).await;
    let id = page.answer("680,000 hours").await;
    page.tab_to(
        true,
        "document.activeElement.classList.contains('key') && document.activeElement.innerText === '中文'",
    )
    .await;
    page.key(Key::Enter).await;
    assert_eq!(page.answer("680,000 小时").await, id);
    page.until("the focus stays", "return document.activeElement.classList.contains('key')").await;
    page.tab_to(true, "document.activeElement.classList.contains('message')").await;
    page.key(Key::Enter).await;
    page.until("inside", "return document.activeElement.getAttribute('role') === 'tab'").await;
    page.key(Key::Right).await;
    page.until("the matcher", "return document.querySelector('#view').innerText.includes('Normal form')").await;
    page.key(Key::Escape).await;
    page.until("back at the message", "return document.activeElement.classList.contains('message')").await;
    page.tab_to(true, "document.activeElement.closest('#chats') !== null").await;
    page.tab_to(true, "document.activeElement.closest('#chat-list') !== null").await;
    page.key(Key::Home).await;
    page.key(Key::Down).await;
    page.key(Key::Enter).await;
    page.until("the group", "return document.querySelector('#name').innerText === 'Readers'").await;
    page.tab_to(true, "document.activeElement.getAttribute('role') === 'radio'").await;
    page.key(Key::Right).await;
    page.until("another speaks", "return document.activeElement.getAttribute('aria-checked') === 'true' && document.activeElement.innerText.includes('小林')").await;
}

async fn a_phone_has_room_for_all(page: &Page) {
    let fits = async |what: &str| {
        let wide = page.js("return [document.documentElement.scrollWidth, document.querySelector('#log').scrollWidth - document.querySelector('#log').clientWidth, innerWidth]").await;
        assert_eq!((wide[0].as_i64(), wide[1].as_i64()), (Some(390), Some(0)), "{what}: {wide}");
        let input = page.js("const r = document.querySelector('#input').getBoundingClientRect(); return [r.left, r.right, r.bottom, innerHeight]").await;
        let side = |at: usize| input[at].as_f64().unwrap();
        assert!(side(0) >= 0.0 && side(1) <= 390.0 && side(2) <= side(3), "{what}: the composer is at {input}");
    };
    page.say(HOURS).await;
    page.answer("680,000 hours").await;
    fits("in private").await;
    for name in ["Readers", "Book club"] {
        page.click("#burger").await;
        page.until("the drawer", "return document.querySelector('#chats').getBoundingClientRect().left === 0").await;
        page.open(name).await;
        page.until("no drawer", "return document.querySelector('#chats').getBoundingClientRect().right <= 0").await;
        page.say("/ask what does Pygma do").await;
        page.answer("Figma").await;
        fits(name).await;
    }
    page.tool("Figma", "inside").await;
    page.until("the sheet", "return document.querySelector('#view').innerText.includes('sendMessage')").await;
    fits("the inspector").await;
    page.click("#close-inspector").await;
}

async fn chinese_and_dark(page: &Page) {
    page.click(".languages [value=zh]").await;
    page.until(
        "Chinese",
        "return document.documentElement.lang === 'zh-CN' && document.querySelector('#chats h2').innerText === '聊天'",
    )
    .await;
    page.say(HOURS_ZH).await;
    page.answer("680,000 小时").await;
    let bright = "return getComputedStyle(document.querySelector('header')).backgroundColor.match(/[\\d.]+/g).slice(0, 3).reduce((a, b) => a + Number(b), 0)";
    let before = page.js(bright).await.as_f64().unwrap();
    page.click("#theme").await;
    let after = page.js(bright).await.as_f64().unwrap();
    assert!((before > 380.0) != (after > 380.0), "{before} became {after}");
}

async fn a_saved_session_is_a_scenario(page: &Page) {
    page.say("what is Whisper").await;
    page.answer("Whisper").await;
    page.say("is it free?").await;
    page.answer("free").await;
    page.press("中文").await;
    page.answer("免费").await;
    page.press("👎").await;
    page.until("what else", "return document.querySelectorAll('.theirs').length === 3").await;
    page.open("Readers").await;
    page.say(HOURS).await;
    page.speak_as("小林").await;
    page.tool("how many hours", "reply").await;
    page.say("/ask").await;
    page.answer("680,000").await;
    page.write("@footnote_bot codex").await;
    page.until(
        "cards",
        "return document.querySelectorAll('#popup .result').length > 0 && !document.querySelector('#popup.loading')",
    )
    .await;
    page.key(Key::Enter).await;
    page.until("the card", "return document.querySelector('.mine .via') !== null").await;
    page.press_in(".mine .key", "English").await;
    page.until("changed", "return document.querySelector('.mine:has(.via) .text').innerText.includes('Codex:')").await;
    page.open("Book club").await;
    page.click_text("#topics button", "Models").await;
    page.say("/ask what is CLIP").await;
    page.answer("CLIP").await;
    page.tool("/ask what is CLIP", "pencil").await;
    page.clear().await;
    page.say("/ask what does Pygma do").await;
    page.answer("Figma").await;
    page.click("#privacy").await;
    page.until("off", "return document.querySelector('#privacy').getAttribute('aria-checked') === 'false'").await;
    page.say("good morning").await;

    let link = "const a = document.querySelector('#save'); return a.download";
    assert_eq!(page.js(link).await, "session.toml");
    let file = page.later("fetch(document.querySelector('#save').href).then(r => r.text()).then(done)").await;
    let file = file.as_str().expect("text");
    for part in
        ["[groups.Readers]", "topic = \"Models\"", "presses = \"中文\"", "chooses = \"codex\"", "privacy = false"]
    {
        assert!(file.contains(part), "`{part}` is missing in\n{file}");
    }
    player::play("the saved session", file).await;
}

async fn every_control_has_a_name(page: &Page) {
    page.say(HOURS).await;
    page.answer("680,000 hours").await;
    let nameless = "const named = (n) => [n.getAttribute('aria-label'), ...(n.getAttribute('aria-labelledby') ?? '').split(' ').map((id) => document.getElementById(id)?.textContent),
          n.matches('input, textarea, [role=listbox], [role=log]') ? '' : n.textContent].some((text) => text?.trim());
        return [...document.querySelectorAll('button, a[href], input, textarea, select, summary, [tabindex], [role=tab], [role=switch], [role=radio], [role=option], [role=tablist], [role=radiogroup], [role=log]')]
          .filter((n) => n.checkVisibility() && !named(n)).map((n) => n.outerHTML.slice(0, 200))";
    let check = async |where_: &str| {
        assert_eq!(page.js(nameless).await, serde_json::json!([]), "without a name, {where_}");
    };
    check("in private").await;
    page.open("Book club").await;
    page.say("/ask what is CLIP").await;
    page.answer("CLIP").await;
    page.tool("/ask what is CLIP", "inside").await;
    page.until("the update", "return document.querySelector('#view').innerText.includes('\"update_id\"')").await;
    check("in a forum, looking inside").await;
    page.click("#view-matcher").await;
    check("at the matcher").await;
    page.write("/").await;
    page.until("commands", "return !document.querySelector('#popup').hidden").await;
    check("with a list").await;
}

async fn screenshots(page: &Page) {
    let folder = PathBuf::from(std::env::var_os("FOOTNOTE_SCREENSHOTS").unwrap());
    let save = async |name: &str| {
        page.until("at rest", "return document.getAnimations().every((a) => a.playState !== 'running')").await;
        std::fs::write(folder.join(name), page.picture().await).expect("the folder is there");
    };
    page.say("whisper 幾小時").await;
    page.answer("680,000").await;
    page.say(HOURS).await;
    page.answer("680,000 hours").await;
    save("private.png").await;
    page.open("Readers").await;
    page.say("does anybody know how Whisper was trained?").await;
    page.speak_as("小林").await;
    page.say(&format!("/ask {HOURS_ZH}")).await;
    page.answer("680,000 小时").await;
    page.speak_as("Ann").await;
    page.tool("Whisper：语音识别", "inside").await;
    page.click("#view-matcher").await;
    save("group.png").await;
    page.click("#close-inspector").await;
    page.open("Book club").await;
    page.click_text("#topics button", "Models").await;
    page.write("@footnote_bot codex").await;
    page.until(
        "cards",
        "return document.querySelectorAll('#popup .result').length > 0 && !document.querySelector('#popup.loading')",
    )
    .await;
    save("inline.png").await;
}
