//! Tests that the bot ignores ordinary group chat that mentions products. The engine may mistake at
//! most 3 of the 2,000 chat lines for questions.

use std::time::{Duration, Instant};

use footnote::store::{MAX_OPEN_PER_KEY, Store};
use footnote_engine::question::Context;
use footnote_playground::{Group, GroupKind, Person, Role, Say};

use crate::harness::{Bot, PATIENCE, engine};

const LINES: &str = include_str!("../chatter/lines.txt");

#[test]
fn hardly_any_chatter_is_taken_for_a_question() {
    let engine = engine();
    let context = Context::default();
    let taken: Vec<&str> = LINES
        .lines()
        .filter(|line| {
            let turn = engine.ask(line, &context);
            turn.shown().is_some() && turn.is_certainly_asked(0.9)
        })
        .collect();
    assert_eq!(LINES.lines().count(), 2_000);
    assert!(taken.len() <= 3, "{}: {taken:#?}", taken.len());
}

const GROUP_ID: i64 = -1_002_000_000_003;

/// Posts every chat line in a group without addressing the bot, then posts a question with `/ask`.
/// The bot must answer only the `/ask` question.
#[tokio::test]
async fn in_a_group_it_stays_silent_through_all_of_it() {
    let store = Store::in_memory().await.expect("memory");
    let bot = Bot::start_with(engine(), store.clone()).await;
    let fake_telegram = &bot.server.fake_telegram;
    let people = ["Ann", "Bo", "Cy"].into_iter().zip(3001..).map(|(name, id)| Person::new(id, name, "en"));
    let people: Vec<Person> = people.collect();
    let members = people.iter().map(|p| (p.clone(), Role::Member)).collect();
    let (title, kind) = ("Readers".to_owned(), GroupKind::Supergroup);
    fake_telegram.set_privacy(false);
    fake_telegram.add_group(Group { id: GROUP_ID, title, kind, members, bot: Some(Role::Member) });
    let said: Vec<_> = LINES.lines().zip(people.iter().cycle()).collect();
    // Posts at most `MAX_OPEN_PER_KEY` lines before the bot has handled them, because the queue
    // drops further messages of the same chat.
    for some in said.chunks(MAX_OPEN_PER_KEY as usize) {
        for (line, person) in some {
            fake_telegram.say_in(GROUP_ID, person, Say::new(line)).expect("a member");
        }
        let began = Instant::now();
        while fake_telegram.unconfirmed() > 0 || store.next_due().await.expect("read").is_some() {
            assert!(began.elapsed() < PATIENCE, "it does not hear");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }
    fake_telegram.say_in(GROUP_ID, &people[0], Say::new("/ask what is CLIP")).expect("a member");
    let replies = bot.server.wait_for_replies(GROUP_ID, 1).await;
    assert_eq!(replies.len(), 1, "{replies:#?}");
    assert!(replies[0]["text"].as_str().is_some_and(|text| text.starts_with("CLIP")), "{replies:#?}");
    assert_eq!(fake_telegram.unconfirmed(), 0, "it has heard all of it");
    bot.stop().await;
}
