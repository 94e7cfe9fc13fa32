//! Runs with faults between the bot and Telegram.

use std::time::{Duration, Instant};

use super::{Bench, Crowd, Verdict, finish, is_whole, pump, ready, told};
use crate::faults::{BROKEN, STALLED};

pub async fn floods(bench: &Bench) -> Verdict {
    let (server, bot, mut process) = ready().await;
    {
        let mut state = server.state();
        state.faults.flood_share = 0.05;
        state.faults.flood_most = bench.pick(3, 30);
    }
    pump(&server, 50, Duration::from_secs(bench.pick(8, 390)), Crowd::new(400, 0)).await;
    server.state().faults.flood_share = 0.0;
    server.answered(Duration::from_secs(120)).await;
    let others = {
        let state = server.state();
        let waits = state.oracle.waits_in(|chat| !state.faults.refused.contains_key(&chat));
        (state.faults.refused.len(), crate::oracle::quantile(&waits, 0.99), waits.is_empty())
    };
    let pause = Duration::from_secs(bench.pick(4, 10));
    let began = Instant::now();
    server.state().faults.flood_all = Some(began + pause);
    pump(&server, 50, pause, Crowd { first: 300_000, chats: 400, groups: 0 }).await;
    server.answered(Duration::from_secs(60)).await;
    let (early, in_pause) = {
        let state = server.state();
        // The bot pauses all chats after Telegram has refused messages to three chats with error
        // 429. Messages that arrive up to 300 ms after the third were already on their way.
        let third = state.pause_sends.get(2).copied().unwrap_or(began) + Duration::from_millis(300);
        (state.early, state.pause_sends.iter().filter(|at| **at > third && **at < began + pause).count())
    };
    let (tally, has_ended) = finish(bench, &server, &bot, &mut process).await;
    Verdict {
        is_good: is_whole(&tally)
            && tally.twice == 0
            && early == 0
            && in_pause == 0
            && has_ended
            && others.1 < Duration::from_secs(1)
            && !others.2,
        figures: format!(
            "5 % of messages refused (fewer than three a second), then all for {} s; {}; {early} sent too early, {in_pause} sent in the pause; without the {} chats that were refused 99 % within {:.0} ms",
            pause.as_secs(),
            told(&tally),
            others.0,
            others.1.as_secs_f64() * 1e3
        ),
        mark: "0 lost, 0 twice, none too early, none in the pause for all; the other chats' 99 % < 1 s".to_owned(),
    }
}

pub async fn broken(bench: &Bench) -> Verdict {
    let (server, bot, mut process) = ready().await;
    {
        let mut state = server.state();
        state.faults.share = 0.1;
        state.faults.kinds = &BROKEN;
        state.fetches.clear();
    }
    pump(&server, 200, Duration::from_secs(bench.pick(10, 100)), Crowd::new(1_000, 0)).await;
    let gap = {
        let mut state = server.state();
        state.faults.share = 0.0;
        state.fetches.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap_or_default()
    };
    server.answered(Duration::from_secs(90)).await;
    let unknown = server.state().unknown;
    let (tally, has_ended) = finish(bench, &server, &bot, &mut process).await;
    Verdict {
        is_good: is_whole(&tally) && tally.twice <= unknown && gap <= Duration::from_secs(5) && has_ended,
        figures: format!(
            "10 % of calls, {}; {unknown} carried out unknown to the bot; longest without fetching {:.2} s",
            told(&tally),
            gap.as_secs_f64()
        ),
        mark: "0 lost, 0 out of order, twice at most as often as carried out unknown to the bot, fetching again in 5 s"
            .to_owned(),
    }
}

pub async fn stalls(bench: &Bench) -> Verdict {
    let (server, bot, mut process) = ready().await;
    let before = process.descriptors();
    {
        let mut state = server.state();
        state.faults.share = bench.pick(0.05, 0.1);
        // With `--short`, only `sendMessage` calls stall, because a stalled `getUpdates` call takes
        // 35 s to time out.
        state.faults.is_sends_only = bench.short;
        state.faults.kinds = &STALLED;
    }
    pump(&server, 50, Duration::from_secs(bench.pick(8, 200)), Crowd::new(1_000, 0)).await;
    server.state().faults.share = 0.0;
    // A stalled `getUpdates` call takes 35 s to time out: 25 s of long polling and 10 s more.
    server.answered(Duration::from_secs(150)).await;
    // Waits until the bot's HTTP client has closed idle connections, before counting open files.
    // With `--short` the wait is too short for that, so the limit is higher.
    tokio::time::sleep(Duration::from_secs(bench.pick(12, 95))).await;
    let (count, fetching, others, unknown) = {
        let state = server.state();
        let slowest = |is_fetching: bool| {
            let stalls = state.stalls.iter().filter(|(method, _)| (method == "getupdates") == is_fetching);
            stalls.map(|(_, took)| *took).max().unwrap_or_default()
        };
        (state.stalls.len(), slowest(true), slowest(false), state.unknown)
    };
    let after = process.descriptors();
    let (tally, has_ended) = finish(bench, &server, &bot, &mut process).await;
    Verdict {
        is_good: is_whole(&tally)
            && tally.twice <= unknown
            && others < Duration::from_secs(11)
            && fetching < Duration::from_secs(36)
            && after <= before + bench.pick(40, 16)
            && has_ended,
        figures: format!(
            "{count} stalled, given up after {:.1} s at most, fetching after {:.1} s; {}; {unknown} carried out unknown to the bot; open files {before} before, {after} after",
            others.as_secs_f64(),
            fetching.as_secs_f64(),
            told(&tally)
        ),
        mark: "0 lost, 0 out of order, each given up within its time (10 s; fetching 35 s) and 1 s; open files at most 40 more, --long: 16 more after 95 s".to_owned(),
    }
}

pub async fn outage(bench: &Bench) -> Verdict {
    let (server, bot, mut process) = ready().await;
    let lasts = Duration::from_secs(bench.pick(6, 60));
    let mut slowest = Duration::ZERO;
    let mut stale = Vec::new();
    for _ in 0..bench.pick(1, 5) {
        server.state().faults.is_down = true;
        stale.extend(server.look_ups(800_000, 20, false, Some(lasts / 2)));
        pump(&server, 50, lasts, Crowd::new(1_000, 0)).await;
        server.state().faults.is_down = false;
        let back = Instant::now();
        server.answered(Duration::from_secs(180)).await;
        slowest = slowest.max(back.elapsed());
    }
    let late = stale.iter().filter(|id| server.state().acknowledged.contains_key(*id)).count();
    // Counts the inline queries that `getUpdates` returned to the bot. The others expired on the
    // server first, as with Telegram.
    let handed = server.state().perishable;
    let (tally, has_ended) = finish(bench, &server, &bot, &mut process).await;
    Verdict {
        is_good: is_whole(&tally)
            && tally.twice == 0
            && slowest < Duration::from_secs(180)
            && late == 0
            && handed > 0
            && has_ended,
        figures: format!(
            "away for {} s, all answered {:.1} s after; {}; {late} of {} old inline queries answered, {handed} of which were handed over",
            lasts.as_secs(),
            slowest.as_secs_f64(),
            told(&tally),
            stale.len()
        ),
        mark: "0 lost, 0 twice, 0 out of order, all answered in 3 min, no old inline query answered".to_owned(),
    }
}

pub async fn conflict(bench: &Bench) -> Verdict {
    let (server, bot, mut process) = ready().await;
    let (mut unwell, mut well) = (Duration::ZERO, Duration::ZERO);
    let (mut calls, mut is_good) = (0, true);
    // How long `getUpdates` returns error 409 (conflict), as if another process polled with the
    // same token. Less than a minute, because after a minute of this error the bot exits with code
    // 75.
    let lasts = Duration::from_secs(bench.pick(14, 50));
    for _ in 0..bench.pick(1, 20) {
        server.state().faults.is_conflict = true;
        // This question ends the bot's pending long poll, so that the bot calls `getUpdates` again
        // and gets error 409.
        server.ask(1_000);
        tokio::time::sleep(Duration::from_secs(1)).await;
        server.state().fetches.clear();
        let began = Instant::now();
        let asking = pump(&server, 20, lasts, Crowd::new(200, 0));
        let (told, ()) = tokio::join!(bot.until_ready(false, Duration::from_secs(20)), asking);
        is_good &= told.is_some();
        unwell = unwell.max(told.unwrap_or_default());
        // The bot may call `getUpdates` once in eight seconds: the fake Bot API returns error 409
        // after three seconds, and the bot then waits five seconds.
        let most = (began.elapsed().as_secs() / 8 + 2) as usize;
        calls = calls.max(server.state().fetches.len());
        is_good &= calls <= most;
        server.state().faults.is_conflict = false;
        let back = Instant::now();
        is_good &= server.answered(Duration::from_secs(30)).await
            && bot.until_ready(true, Duration::from_secs(15)).await.is_some();
        well = well.max(back.elapsed());
    }
    let (tally, has_ended) = finish(bench, &server, &bot, &mut process).await;
    Verdict {
        is_good: is_good
            && is_whole(&tally)
            && tally.twice == 0
            && unwell <= Duration::from_secs(10)
            && well <= Duration::from_secs(15)
            && has_ended,
        figures: format!(
            "409 for {} s, {calls} calls; unready after {:.1} s, all answered and ready {:.1} s after it; {}",
            lasts.as_secs(),
            unwell.as_secs_f64(),
            well.as_secs_f64(),
            told(&tally)
        ),
        mark: "a call in 8 s at most, unready within 10 s, well again within 15 s, 0 lost, 0 twice".to_owned(),
    }
}

pub async fn moves(bench: &Bench) -> Verdict {
    let (server, bot, mut process) = ready().await;
    // Answers take 200 ms, so that some answers are on their way while the group becomes a
    // supergroup.
    server.state().faults.latency = Duration::from_millis(200);
    let groups = bench.pick(50, 500);
    for number in 0..groups {
        let group = -4_000_000 - number;
        server.ask(group);
        server.ask(group);
        tokio::time::sleep(Duration::from_millis(40)).await;
        let new = server.migrate(group);
        server.ask(new);
    }
    let is_answered = server.answered(Duration::from_secs(60)).await;
    let (tally, has_ended) = finish(bench, &server, &bot, &mut process).await;
    Verdict {
        is_good: is_answered && is_whole(&tally) && tally.twice == 0 && has_ended,
        figures: format!("{groups} groups moved with questions open: {}", told(&tally)),
        mark: "all answered once, where the group is now".to_owned(),
    }
}

/// Error codes and descriptions of the real Bot API server (its `Client.cpp`), with the expected
/// number of attempts to send the message. After a formatting error, the bot tries once more as
/// plain text.
const REFUSALS: [(u16, &str, u64); 20] = [
    (400, "Bad Request: chat not found", 1),
    (400, "Bad Request: PEER_ID_INVALID", 1),
    (400, "Bad Request: not enough rights to send text messages to the chat", 1),
    (400, "Bad Request: have no rights to send a message", 1),
    (400, "Bad Request: CHAT_WRITE_FORBIDDEN", 1),
    (400, "Bad Request: TOPIC_CLOSED", 1),
    (403, "Forbidden: bot was blocked by the user", 1),
    (403, "Forbidden: user is deactivated", 1),
    (403, "Forbidden: bot was kicked from the group chat", 1),
    (403, "Forbidden: bot was kicked from the supergroup chat", 1),
    (403, "Forbidden: bot is not a member of the supergroup chat", 1),
    (403, "Forbidden: bot can't initiate conversation with a user", 1),
    (403, "Forbidden: bot can't send messages to bots", 1),
    (400, "Bad Request: message is too long", 2),
    (400, "Bad Request: can't parse entities: unsupported start tag \"b\" at byte offset 0", 2),
    (400, "Bad Request: ENTITY_BOUNDS_INVALID", 2),
    (400, "Bad Request: BUTTON_DATA_INVALID", 2),
    (400, "Bad Request: BUTTON_URL_INVALID", 2),
    (400, "Bad Request: QUOTE_TEXT_INVALID", 2),
    (400, "Bad Request: something that nobody has seen before", 1),
];

pub async fn refusals(bench: &Bench) -> Verdict {
    let (server, bot, mut process) = ready().await;
    let each = bench.pick(5, 100);
    let text = server.state().oracle.palette()[0].text.clone();
    let chats: Vec<(i64, u64)> = (0i64..)
        .zip(REFUSALS.iter().flat_map(|refusal| std::iter::repeat_n(refusal, each)))
        .map(|(number, (code, words, tries))| {
            let chat = 630_000 + number;
            server.state().faults.refusals.insert(chat, (*code, words, 0));
            (chat, *tries)
        })
        .collect();
    for (chat, _) in &chats {
        server.say(*chat, &text);
        tokio::time::sleep(Duration::from_millis(3)).await;
    }
    let tries_of =
        |state: &crate::server::State, chat: i64| state.faults.refusals.get(&chat).map_or(0, |(.., times)| *times);
    server
        .until(Duration::from_secs(60), |state| chats.iter().all(|(chat, tries)| tries_of(state, *chat) >= *tries))
        .await;
    // Waits for attempts beyond the expected number. A bot that retries does so within some
    // seconds.
    tokio::time::sleep(Duration::from_secs(bench.pick(5, 40))).await;
    let wrong = chats.iter().filter(|(chat, tries)| tries_of(&server.state(), *chat) != *tries).count();
    server.state().faults.refusals.clear();
    for (chat, _) in &chats {
        server.ask(*chat);
    }
    server.answered(Duration::from_secs(60)).await;
    let (tally, has_ended) = finish(bench, &server, &bot, &mut process).await;
    Verdict {
        is_good: wrong == 0 && is_whole(&tally) && tally.twice == 0 && has_ended,
        figures: format!(
            "{} refusals, {each} chats each: {wrong} tried more or less often than is due; afterwards {}",
            REFUSALS.len(),
            told(&tally)
        ),
        mark: "each tried once, what is about looks once more and plain; nothing held up".to_owned(),
    }
}
