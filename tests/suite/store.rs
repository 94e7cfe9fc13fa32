//! Tests that a store must pass on every database. Each test gets an empty store and may leave rows
//! behind. `tests/it/store.rs` runs the tests on SQLite, `tests/real/postgres.rs` on PostgreSQL.

use std::pin::Pin;

use footnote::store::{
    AnswerLink, Chat, ChatUpdate, Completion, ConversationKey, Deletion, Depth, Dropped, Effects, ErasureRequest,
    Group, GroupChange, KeptQuestion, Lease, MAX_OPEN, MAX_OPEN_PER_KEY, Migrated, Millis, Outcome, Rating, Received,
    Store, TurnLog,
};
use footnote_engine::reply::QuietHours;
use footnote_engine::text::{Language, Locale};

/// A store test function. The argument is an empty store.
pub type Case = fn(Store) -> Pin<Box<dyn Future<Output = ()> + Send>>;

macro_rules! cases {
    ($($name:ident),* $(,)?) => {
        /// All store tests, each with its name.
        pub const CASES: &[(&str, Case)] = &[$((stringify!($name), |store| Box::pin($name(store)))),*];
    };
}

cases! {
    a_batch_is_kept_once,
    the_same_number_with_other_content_is_another_update,
    a_lane_gives_one_row_at_a_time_in_order,
    ordering_keys_do_not_wait_for_each_other,
    the_limit_takes_the_oldest,
    the_next_row_is_there_as_soon_as_the_one_before_is_done,
    a_lease_that_ran_out_is_another_ones,
    who_holds_an_old_lease_changes_nothing,
    a_row_that_waits_holds_up_its_lane,
    told_to_wait_does_not_count,
    a_dead_letter_lets_its_ordering_key_go_on,
    late_rows_are_closed_unless_leased,
    what_is_too_much_in_a_lane_is_dropped,
    what_is_too_much_in_all_is_dropped,
    a_repeated_row_takes_nobodys_place,
    what_comes_twice_at_once_is_kept_once,
    what_a_question_leaves_is_there_with_its_end,
    many_rows_end_together,
    one_batch_may_speak_of_a_conversation_twice,
    ratings_and_groups,
    a_group_that_moves_takes_all_along,
    what_is_to_be_deleted_is_found_when_it_is_due,
    a_person_is_forgotten_everywhere,
    what_waits_behind_another_is_not_late,
    old_rows_go,
    any_text_comes_back_as_it_was,
}

const NOW: Millis = 1_700_000_000_000;
const FAR: Millis = NOW + 1_000_000_000;

fn row(update_id: i64, ordering_key: i64) -> Received {
    Received {
        update_id,
        digest: update_id * 7,
        ordering_key,
        received_at: 0,
        expires_at: FAR,
        payload: format!("{{\"update_id\":{update_id}}}"),
    }
}

async fn put(store: &Store, rows: &[(i64, i64)]) {
    let batch: Vec<_> = rows.iter().map(|(id, ordering_key)| row(*id, *ordering_key)).collect();
    let put = store.enqueue(&batch, NOW).await.expect("put");
    assert_eq!((put.new as usize, put.dropped), (batch.len(), Vec::new()));
}

async fn lease(store: &Store, now: Millis, limit: i64) -> Vec<Lease> {
    store.lease(now, now + 40_000, limit).await.expect("leased")
}

fn ids(leases: &[Lease]) -> Vec<i64> {
    leases.iter().map(|l| l.update_id).collect()
}

async fn complete(store: &Store, lease: &Lease, outcome: Outcome) -> bool {
    store.complete(&[lease.completion(outcome)], NOW).await.expect("completed")[0]
}

async fn done(store: &Store, lease: &Lease) -> bool {
    complete(store, lease, Outcome::Done(Box::default())).await
}

/// Enqueues a row, leases the row, and completes the row, so that the store writes these effects.
async fn record(store: &Store, update_id: i64, record: Effects, now: Millis) {
    store.enqueue(&[row(update_id, update_id)], now).await.expect("put");
    let lease = lease(store, now, 1_000).await.into_iter().find(|l| l.update_id == update_id).expect("its lease");
    assert_eq!(
        store.complete(&[lease.completion(Outcome::Done(Box::new(record)))], now).await.expect("completed"),
        [true]
    );
}

async fn a_batch_is_kept_once(store: Store) {
    put(&store, &[(1, 10), (2, 10), (3, 11)]).await;
    let again = store.enqueue(&[row(2, 10), row(3, 11), row(4, 11)], NOW).await.expect("put");
    assert_eq!(again.new, 1, "only the fourth is new");
    let first = lease(&store, NOW, 10).await;
    for lease in &first {
        assert!(done(&store, lease).await);
    }
    assert_eq!(store.enqueue(&[row(1, 10), row(3, 11)], NOW).await.expect("put").new, 0, "what is done stays done");
    assert_eq!(store.enqueue(&[], NOW).await.expect("put").new, 0);
}

async fn the_same_number_with_other_content_is_another_update(store: Store) {
    put(&store, &[(1, 10)]).await;
    let first = lease(&store, NOW, 10).await.remove(0);
    let other = Received { digest: -1, ordering_key: 11, payload: "other".to_owned(), ..row(1, 10) };
    assert_eq!(store.enqueue(std::slice::from_ref(&other), NOW).await.expect("put").new, 1);
    assert!(!done(&store, &first).await, "the old one is no longer there");
    let second = lease(&store, NOW, 10).await.remove(0);
    assert_eq!((second.ordering_key, second.payload.as_str(), second.attempts), (11, "other", 1));
}

async fn a_lane_gives_one_row_at_a_time_in_order(store: Store) {
    put(&store, &[(3, 10), (1, 10), (2, 10)]).await;
    for id in 1..=3 {
        let got = lease(&store, NOW, 10).await;
        assert_eq!(ids(&got), [id]);
        assert_eq!(lease(&store, NOW, 10).await, []);
        assert!(done(&store, &got[0]).await);
    }
    assert_eq!(lease(&store, NOW, 10).await, []);
}

async fn ordering_keys_do_not_wait_for_each_other(store: Store) {
    put(&store, &[(1, 10), (2, 11), (3, 10), (4, -12)]).await;
    assert_eq!(ids(&lease(&store, NOW, 10).await), [1, 2, 4]);
}

async fn the_limit_takes_the_oldest(store: Store) {
    put(&store, &[(1, 10), (2, 10), (3, 11), (4, 12)]).await;
    assert_eq!(ids(&lease(&store, NOW, 2).await), [1, 3]);
    assert_eq!(ids(&lease(&store, NOW, 2).await), [4]);
    assert_eq!(lease(&store, NOW, 0).await, []);
}

async fn the_next_row_is_there_as_soon_as_the_one_before_is_done(store: Store) {
    put(&store, &[(1, 10), (2, 10)]).await;
    let first = lease(&store, NOW, 10).await.remove(0);
    assert_eq!(store.next_due().await.expect("read"), Some(NOW + 40_000), "when the lease runs out");
    assert!(done(&store, &first).await);
    assert!(store.next_due().await.expect("read").is_some_and(|due| due <= NOW));
    assert_eq!(ids(&lease(&store, NOW, 10).await), [2]);
}

async fn a_lease_that_ran_out_is_another_ones(store: Store) {
    put(&store, &[(1, 10)]).await;
    let first = store.lease(NOW, NOW + 5, 10).await.expect("leased").remove(0);
    assert_eq!(store.lease(NOW + 4, NOW + 10, 10).await.expect("leased"), []);
    let second = store.lease(NOW + 5, NOW + 10, 10).await.expect("leased").remove(0);
    assert_eq!(second.attempts, 2);
    assert_ne!(second.fence, first.fence);
    assert!(!done(&store, &first).await);
    assert!(done(&store, &second).await);
}

async fn who_holds_an_old_lease_changes_nothing(store: Store) {
    put(&store, &[(1, 10)]).await;
    let old = store.lease(NOW, NOW + 5, 10).await.expect("leased").remove(0);
    let new = lease(&store, NOW + 5, 10).await.remove(0);
    let asker = ConversationKey { chat_id: 10, person_id: 10 };
    let moved = ChatUpdate { asker, chat: Chat { last_section: Some("x".to_owned()), ..Chat::default() } };
    let too_late = Effects { chat: Some(moved), ..Effects::default() };
    for outcome in
        [Outcome::Done(Box::new(too_late)), Outcome::Retry(NOW), Outcome::Postponed(NOW), Outcome::DeadLettered]
    {
        assert!(!complete(&store, &old, outcome).await);
    }
    assert_eq!(store.chat(asker).await.expect("read"), Chat::default());
    assert_eq!(lease(&store, NOW + 5, 10).await, [], "it is still the other's");
    assert!(done(&store, &new).await);
    assert!(!done(&store, &new).await, "once is once");
}

async fn a_row_that_waits_holds_up_its_lane(store: Store) {
    put(&store, &[(1, 10), (2, 10), (3, 11)]).await;
    let first = lease(&store, NOW, 10).await.remove(0);
    assert!(complete(&store, &first, Outcome::Retry(NOW + 500)).await);
    assert_eq!(store.next_due().await.expect("read"), Some(NOW + 500));
    assert_eq!(lease(&store, NOW + 499, 10).await, [], "order comes before haste");
    let again = lease(&store, NOW + 500, 10).await;
    assert_eq!((ids(&again), again[0].attempts), (vec![1], 2));
}

async fn told_to_wait_does_not_count(store: Store) {
    put(&store, &[(1, 10)]).await;
    for _ in 0..7 {
        let row = lease(&store, NOW, 10).await.remove(0);
        assert_eq!(row.attempts, 1);
        assert!(complete(&store, &row, Outcome::Postponed(NOW)).await);
    }
}

async fn a_dead_letter_lets_its_ordering_key_go_on(store: Store) {
    put(&store, &[(1, 10), (2, 10)]).await;
    let first = lease(&store, NOW, 10).await.remove(0);
    assert!(complete(&store, &first, Outcome::DeadLettered).await);
    assert_eq!(ids(&lease(&store, NOW, 10).await), [2]);
    assert_eq!(store.enqueue(&[row(1, 10)], NOW).await.expect("put").new, 0, "it is not taken up again");
}

async fn late_rows_are_closed_unless_leased(store: Store) {
    let until = |received: Received, expires_at| Received { expires_at, ..received };
    let batch = [until(row(1, 10), NOW + 5), until(row(2, 10), NOW + 5), until(row(3, 11), NOW + 6)];
    assert_eq!(store.enqueue(&batch, NOW).await.expect("put").new, 3);
    assert_eq!(store.expire(NOW + 4).await.expect("expired"), 0);
    let leased_row = lease(&store, NOW, 1).await.remove(0);
    assert_eq!(store.expire(NOW + 5).await.expect("expired"), 1, "the second; the first is leased");
    assert!(done(&store, &leased_row).await);
    assert_eq!(ids(&lease(&store, NOW, 10).await), [3]);
}

async fn what_is_too_much_in_a_lane_is_dropped(store: Store) {
    let batch: Vec<_> = (1..=MAX_OPEN_PER_KEY + 3).map(|id| row(id, 10)).chain([row(100, 11)]).collect();
    let kept = store.enqueue(&batch, NOW).await.expect("put");
    assert_eq!(kept.new as i64, MAX_OPEN_PER_KEY + 1);
    assert_eq!(kept.dropped, [Dropped { ordering_key: 10, rows: 3, is_key_full: true }]);
    let again = store.enqueue(&batch, NOW).await.expect("put");
    assert_eq!((again.new, again.dropped), (0, Vec::new()), "dropped is dropped");
    let first = lease(&store, NOW, 1).await.remove(0);
    assert!(done(&store, &first).await);
    assert_eq!(store.enqueue(&[row(200, 10), row(201, 10)], NOW).await.expect("put").new, 1, "one place is free");
}

async fn what_is_too_much_in_all_is_dropped(store: Store) {
    let batch: Vec<_> = (1..=MAX_OPEN + 2).map(|id| row(id, id)).collect();
    let kept = store.enqueue(&batch, NOW).await.expect("put");
    assert_eq!(kept.new as i64, MAX_OPEN);
    assert_eq!(
        kept.dropped,
        [MAX_OPEN + 1, MAX_OPEN + 2].map(|ordering_key| Dropped { ordering_key, rows: 1, is_key_full: false })
    );
    assert_eq!(kept.open, MAX_OPEN);
    assert_eq!(lease(&store, NOW, 100).await.len(), 100);
}

async fn a_repeated_row_takes_nobodys_place(store: Store) {
    let batch: Vec<_> = (1..MAX_OPEN_PER_KEY).map(|id| row(id, 10)).collect();
    store.enqueue(&batch, NOW).await.expect("put");
    let repeated: Vec<_> = batch.iter().cloned().chain([row(500, 10)]).collect();
    let again = store.enqueue(&repeated, NOW).await.expect("put");
    assert_eq!((again.new, again.dropped), (1, Vec::new()));
}

async fn what_comes_twice_at_once_is_kept_once(store: Store) {
    let batch: Vec<_> = (1..MAX_OPEN_PER_KEY).map(|id| row(id, 10)).chain([row(500, 10), row(500, 10)]).collect();
    let put = store.enqueue(&batch, NOW).await.expect("put");
    assert_eq!((put.new as i64, put.dropped), (MAX_OPEN_PER_KEY, Vec::new()), "the last place is its own");
    let mut handled = Vec::new();
    while let [lease] = &lease(&store, NOW, 10).await[..] {
        handled.push(lease.update_id);
        assert!(done(&store, lease).await);
    }
    assert_eq!(handled.last(), Some(&500));
}

fn turn() -> TurnLog {
    let section = Some("whisper".to_owned());
    TurnLog { door: "private", language: "zh".to_owned(), decision: "answer", section, confidence: 0.97 }
}

async fn what_a_question_leaves_is_there_with_its_end(store: Store) {
    let asker = ConversationKey { chat_id: 99, person_id: 99 };
    assert_eq!(store.chat(asker).await.expect("read"), Chat::default());
    assert_eq!(store.answer_to(99, 5).await.expect("read"), None);
    let chat = Chat {
        locale: Locale { language: Some(Language::ZH), is_traditional: true },
        last_section: Some("whisper".to_owned()),
        last_at: NOW,
        hinted: true,
    };
    let link = AnswerLink { chat_id: 99, question_id: 5, answer_id: 6 };
    let all = Effects {
        turn: Some(turn()),
        chat: Some(ChatUpdate { asker, chat: chat.clone() }),
        answer: Some(link),
        ..Effects::default()
    };
    record(&store, 1, all, NOW).await;
    assert_eq!(store.chat(asker).await.expect("read"), chat);
    assert_eq!(store.chat(ConversationKey { person_id: 98, ..asker }).await.expect("read"), Chat::default());
    assert_eq!(store.answer_to(99, 5).await.expect("read"), Some(6));
    assert!(store.is_newest_question(99, 5).await.expect("read"));
    assert!(!store.is_newest_question(99, 4).await.expect("read"));
    assert!(store.is_newest_question(98, 1).await.expect("read"));
    assert_eq!(store.count_of_person(99).await.expect("read"), (1, 1));
    let later = Chat { locale: Locale::default(), hinted: false, ..chat };
    let again = AnswerLink { answer_id: 7, ..link };
    let moved = Some(ChatUpdate { asker, chat: later.clone() });
    record(&store, 2, Effects { chat: moved, answer: Some(again), ..Effects::default() }, NOW).await;
    assert_eq!(store.chat(asker).await.expect("read"), later);
    assert_eq!(store.answer_to(99, 5).await.expect("read"), Some(7));
}

async fn many_rows_end_together(store: Store) {
    let batch: Vec<_> = (1..=200).map(|id| row(id, id)).collect();
    store.enqueue(&batch, NOW).await.expect("put");
    let leases = lease(&store, NOW, 200).await;
    let mut completions: Vec<Completion> = leases
        .iter()
        .map(|l| {
            let asker = ConversationKey { chat_id: l.ordering_key, person_id: l.ordering_key };
            let chat = Chat { last_at: l.update_id, ..Chat::default() };
            let answer = AnswerLink { chat_id: l.ordering_key, question_id: 1, answer_id: l.update_id };
            l.completion(Outcome::Done(Box::new(Effects {
                turn: Some(turn()),
                chat: Some(ChatUpdate { asker, chat }),
                answer: Some(answer),
                ..Effects::default()
            })))
        })
        .collect();
    completions[0].fence = 0;
    completions[1].outcome = Outcome::Retry(NOW);
    completions[2].outcome = Outcome::DeadLettered;
    let ours = store.complete(&completions, NOW).await.expect("completed");
    assert_eq!(ours.iter().filter(|ours| **ours).count(), 199);
    assert!(!ours[0]);
    for (ordering_key, answer) in [(1, None), (2, None), (3, None), (4, Some(4)), (200, Some(200))] {
        assert_eq!(store.answer_to(ordering_key, 1).await.expect("read"), answer, "ordering key {ordering_key}");
    }
    assert!(store.complete(&[], NOW).await.expect("completed").is_empty());
}

async fn one_batch_may_speak_of_a_conversation_twice(store: Store) {
    put(&store, &[(1, 10), (2, 11)]).await;
    let asker = ConversationKey { chat_id: 10, person_id: 1 };
    let leases = lease(&store, NOW, 10).await;
    let completions: Vec<_> = leases
        .iter()
        .map(|l| {
            let chat = Some(ChatUpdate { asker, chat: Chat { last_at: l.update_id, ..Chat::default() } });
            let answer = Some(AnswerLink { chat_id: 10, question_id: 3, answer_id: l.update_id });
            l.completion(Outcome::Done(Box::new(Effects { chat, answer, ..Effects::default() })))
        })
        .collect();
    assert_eq!(store.complete(&completions, NOW).await.expect("completed"), [true, true]);
    assert_eq!(store.chat(asker).await.expect("read").last_at, 2, "the last one counts");
    assert_eq!(store.answer_to(10, 3).await.expect("read"), Some(2));
}

async fn ratings_and_groups(store: Store) {
    assert_eq!(store.group(-5).await.expect("read"), Group::default());
    let set = Group {
        language: Some(Language::EN),
        unasked: true,
        threshold: 0.9,
        quiet: Some(QuietHours { from: 22, to: 8 }),
        zone: -11,
        tidy: true,
    };
    record(&store, 1, Effects { group: Some((-5, GroupChange::Set(set.clone()))), ..Effects::default() }, NOW).await;
    assert_eq!(store.group(-5).await.expect("read"), set);
    let asker = ConversationKey { chat_id: -5, person_id: 1 };
    let by = |person_id, helped| Effects {
        rating: Some(Rating {
            asker: ConversationKey { person_id, ..asker },
            message_id: 7,
            section: "whisper".to_owned(),
            helped,
        }),
        ..Effects::default()
    };
    let threshold = async || store.group(-5).await.expect("read").threshold;
    assert_eq!(store.rating(asker, 7).await.expect("read"), None);
    for (update, helped) in (10..).zip([false, false, true, false]) {
        record(&store, update, by(1, helped), NOW).await;
        assert_eq!(store.rating(asker, 7).await.expect("read"), Some(helped));
    }
    let raised = threshold().await;
    assert!(raised > 0.9 && raised < 0.92, "who changes their mind counts once: {raised}");
    for person in 2..30 {
        record(&store, 20 + person, by(person, false), NOW).await;
    }
    let raised = threshold().await;
    assert!((raised - 0.99).abs() < 1e-9, "never more than that: {raised}");
    for (update, change) in [(5, GroupChange::Left), (6, GroupChange::Joined)] {
        record(&store, update, Effects { group: Some((-5, change)), ..Effects::default() }, NOW).await;
    }
    store.prune(NOW + 40 * 24 * 60 * 60 * 1000, 100).await.expect("pruned");
    assert_eq!(store.group(-5).await.expect("read").language, Some(Language::EN), "it has come back");
    record(&store, 7, Effects { group: Some((-5, GroupChange::Left)), ..Effects::default() }, NOW).await;
    store.prune(NOW + 40 * 24 * 60 * 60 * 1000, 100).await.expect("pruned");
    assert_eq!(store.group(-5).await.expect("read"), Group::default());
}

async fn a_group_that_moves_takes_all_along(store: Store) {
    let group = |language| Group { language: Some(language), ..Group::default() };
    let said = |chat_id, person_id, at| {
        Some(ChatUpdate {
            asker: ConversationKey { chat_id, person_id },
            chat: Chat { last_at: at, ..Chat::default() },
        })
    };
    let records = [
        Effects {
            group: Some((-5, GroupChange::Set(group(Language::ZH)))),
            chat: said(-5, 1, 51),
            ..Effects::default()
        },
        Effects {
            group: Some((-1005, GroupChange::Set(group(Language::EN)))),
            chat: said(-1005, 1, 1),
            ..Effects::default()
        },
        Effects { chat: said(-1005, 2, 2), ..Effects::default() },
        Effects {
            kept: Some(KeptQuestion {
                person: "one".to_owned(),
                place: "five".to_owned(),
                asked: "what is clip".to_owned(),
                language: "en".to_owned(),
                decision: "answer",
                section: None,
            }),
            rating: Some(Rating {
                asker: ConversationKey { chat_id: -5, person_id: 1 },
                message_id: 3,
                section: "clip".to_owned(),
                helped: true,
            }),
            ..Effects::default()
        },
        Effects {
            group: Some((
                -5,
                GroupChange::Migrated(Migrated {
                    to: -1005,
                    old_name: "five".to_owned(),
                    new_name: "thousand and five".to_owned(),
                }),
            )),
            ..Effects::default()
        },
    ];
    for (update, left) in (1..).zip(records) {
        record(&store, update, left, NOW).await;
    }
    assert_eq!(store.group(-1005).await.expect("read"), group(Language::ZH));
    assert_eq!(store.group(-5).await.expect("read"), Group::default());
    let heard =
        async |chat_id, person_id| store.chat(ConversationKey { chat_id, person_id }).await.expect("read").last_at;
    assert_eq!((heard(-1005, 1).await, heard(-1005, 2).await, heard(-5, 1).await), (51, 2, 0));
    assert_eq!(
        store.rating(ConversationKey { chat_id: -5, person_id: 1 }, 3).await.expect("read"),
        None,
        "the messages stay behind"
    );
    // The stored words of a question move with the group to the new chat id. Erasing the data of
    // the new chat must therefore erase the words.
    let forget = ErasureRequest::Group(-1005, "thousand and five".to_owned());
    assert_eq!(store.count_kept_questions("one").await.expect("read"), 1);
    record(&store, 20, Effects { forget: Some(forget), ..Effects::default() }, NOW).await;
    assert_eq!(store.count_kept_questions("one").await.expect("read"), 0);
}

async fn what_is_to_be_deleted_is_found_when_it_is_due(store: Store) {
    let at = |message_id, due| Deletion { chat_id: -5, message_id, due };
    for (update, deletion) in [(1, at(1, NOW + 2)), (2, at(2, NOW + 1)), (3, at(3, NOW + 9)), (4, at(1, NOW + 3))] {
        record(&store, update, Effects { deletion: Some(deletion), ..Effects::default() }, NOW).await;
    }
    assert_eq!(store.due_deletions(NOW, 10).await.expect("read"), []);
    assert_eq!(store.due_deletions(NOW + 3, 10).await.expect("read"), [at(2, NOW + 1), at(1, NOW + 3)]);
    assert_eq!(store.due_deletions(NOW + 3, 1).await.expect("read"), [at(2, NOW + 1)]);
    store.forget_deletion(&at(2, NOW + 1)).await.expect("forgotten");
    assert_eq!(store.due_deletions(NOW + 3, 10).await.expect("read"), [at(1, NOW + 3)]);
}

async fn a_person_is_forgotten_everywhere(store: Store) {
    for (update, (chat_id, person_id)) in (1..).zip([(7, 7), (-5, 7), (-5, 8)]) {
        let asker = ConversationKey { chat_id, person_id };
        let left = Effects {
            chat: Some(ChatUpdate { asker, chat: Chat { last_at: NOW, ..Chat::default() } }),
            rating: Some(Rating { asker, message_id: 3, section: "clip".to_owned(), helped: true }),
            answer: Some(AnswerLink { chat_id, question_id: update, answer_id: 9 }),
            ..Effects::default()
        };
        record(&store, update, left, NOW).await;
    }
    assert_eq!(store.count_of_person(7).await.expect("read"), (2, 1));
    record(
        &store,
        9,
        Effects { forget: Some(ErasureRequest::Person(7, "seven".to_owned())), ..Effects::default() },
        NOW,
    )
    .await;
    assert_eq!(store.count_of_person(7).await.expect("read"), (0, 0));
    let left = ConversationKey { chat_id: -5, person_id: 8 };
    assert_eq!(store.chat(left).await.expect("read").last_at, NOW);
    assert_eq!(store.rating(left, 3).await.expect("read"), Some(true));
    assert_eq!(store.rating(ConversationKey { person_id: 7, ..left }, 3).await.expect("read"), None);
}

/// The first row of a chat is postponed for five minutes, as after error 429 of Telegram. Until
/// this row is due, neither this row nor the second row of the chat may count towards `lag`.
async fn what_waits_behind_another_is_not_late(store: Store) {
    let batch = [row(1, 10), row(2, 10)].map(|row| Received { received_at: NOW, ..row });
    store.enqueue(&batch, NOW).await.expect("put");
    let first = lease(&store, NOW, 10).await.remove(0);
    assert!(complete(&store, &first, Outcome::Postponed(NOW + 300_000)).await);
    let depth = async |now| store.depth(now).await.expect("read");
    assert_eq!(depth(NOW + 200_000).await, Depth { open: 2, lag: 0 });
    assert_eq!(depth(NOW + 300_000).await, Depth { open: 2, lag: 300_000 });
}

async fn old_rows_go(store: Store) {
    const HOUR: Millis = 60 * 60 * 1000;
    put(&store, &[(1, 10), (2, 11), (3, 12), (4, 13)]).await;
    let leases = lease(&store, NOW, 3).await;
    for lease in &leases[..2] {
        assert!(done(&store, lease).await);
    }
    assert!(complete(&store, &leases[2], Outcome::DeadLettered).await);
    let prune = async |after: Millis, limit| store.prune(NOW + after, limit).await.expect("pruned");
    assert_eq!(prune(48 * HOUR - 1, 10).await, 0);
    assert_eq!(prune(48 * HOUR, 1).await, 1);
    assert_eq!(prune(48 * HOUR, 10).await, 1);
    assert_eq!(prune(7 * 24 * HOUR - 1, 10).await, 0);
    assert_eq!(prune(7 * 24 * HOUR, 10).await, 1, "the dead letter");
    assert_eq!(ids(&lease(&store, NOW, 10).await), [4], "what is open stays");
}

async fn any_text_comes_back_as_it_was(store: Store) {
    let payloads = [
        r#"{"text":"它免费吗？\u0000\ud83d"}"#.to_owned(),
        "'; DROP TABLE inbox; --".to_owned(),
        "\u{202e}😀\r\n\t\\".repeat(3_000),
        String::new(),
    ];
    let batch: Vec<_> =
        (1..).zip(&payloads).map(|(id, payload)| Received { payload: payload.clone(), ..row(id, id) }).collect();
    store.enqueue(&batch, NOW).await.expect("put");
    let got: Vec<_> = lease(&store, NOW, 10).await.into_iter().map(|l| l.payload).collect();
    assert_eq!(got, payloads);
}
