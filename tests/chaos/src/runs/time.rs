//! Runs with a stopped process, with clocks that jump, and with a long duration.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use super::kills::NO_POSTGRES;
use super::{Bench, Crowd, Verdict, calibrate, finish, is_whole, pump, ready, told};
use crate::bot::{Bot, Process, files};
use crate::cluster::Cluster;
use crate::oracle::Tally;
use crate::server::Server;

/// How long a process of the bot is stopped with SIGSTOP. The bot's leases on inbox rows last 40 s,
/// so a process that continues afterwards has lost its leases.
const STANDSTILL: Duration = Duration::from_secs(44);

/// Two processes of the bot that share one PostgreSQL database.
struct Pair {
    cluster: Cluster,
    server: Server,
    bots: Vec<Bot>,
    processes: Vec<Process>,
}

impl Pair {
    async fn start(change: impl Fn(usize, Bot, &Server) -> Bot) -> Option<Pair> {
        let cluster = Cluster::start().await?;
        let server = Server::start().await;
        let bots: Vec<Bot> = (0..2)
            .map(|number| change(number, Bot::footnote(&server).with("DATABASE_URL", &cluster.url()), &server))
            .collect();
        let mut processes = Vec::new();
        for bot in &bots {
            processes.push(bot.start());
            // Waits before starting the second process, so that the first process is the one that
            // polls.
            bot.until_ready(true, Duration::from_secs(20)).await;
        }
        calibrate(&server).await;
        Some(Pair { cluster, server, bots, processes })
    }

    /// Stops both processes. Returns the oracle's results, and true if both processes exited with
    /// code 0.
    async fn finish(mut self, bench: &Bench) -> (Tally, bool) {
        let (mut tally, mut have_ended) = (Tally::default(), true);
        for (bot, process) in self.bots.iter().zip(&mut self.processes) {
            let (so_far, has_ended) = finish(bench, &self.server, bot, process).await;
            (tally, have_ended) = (so_far, have_ended && has_ended);
        }
        bench.look_through_cluster(&self.cluster.folder());
        (tally, have_ended)
    }
}

pub async fn stopped(bench: &Bench) -> Verdict {
    let (brought, fetching) = tokio::join!(stopped_at_a_webhook(bench), stopped_leader(bench));
    let (Some(((brought, are_there), unsettled)), Some(((fetched, are_there_too), slowest, more))) =
        (brought, fetching)
    else {
        return Verdict::broken(NO_POSTGRES);
    };
    Verdict {
        is_good: [&brought, &fetched].into_iter().all(is_whole)
            && brought.twice <= unsettled
            && fetched.twice <= more
            && slowest < Duration::from_secs(20)
            && are_there
            && are_there_too,
        figures: format!(
            "stopped {} times for {} s with a lease of 40; updates brought: {}; one of two that fetch, while it does, {} times: {}; the other fetches after {:.1} s",
            bench.pick(1, 50),
            STANDSTILL.as_secs(),
            told(&brought),
            bench.pick(1, 10),
            told(&fetched),
            slowest.as_secs_f64()
        ),
        mark: format!(
            "0 lost, 0 out of order, twice at most {unsettled} and {more} (sent within 100 ms of a stop), the other fetches within 20 s"
        ),
    }
}

/// Stops and continues the two processes of the bot in turn while updates arrive by webhook. Also
/// returns how many messages may have been sent twice.
async fn stopped_at_a_webhook(bench: &Bench) -> Option<((Tally, bool), u64)> {
    let pair = Pair::start(|_, bot, server| bot.listening(server)).await?;
    let (server, mut unsettled) = (&pair.server, 0);
    for time in 0..bench.pick(1, 50) {
        let (process, port) = (&pair.processes[time % 2], pair.bots[time % 2].webhook);
        let asking = pump(server, 50, STANDSTILL, Crowd::new(1_000, 0));
        let stopping = async {
            tokio::time::sleep(Duration::from_millis(700)).await;
            process.signal("STOP");
            unsettled += server.unsettled();
            // Removes the stopped process from the load balancer, as a failed health check would.
            server.state().replicas.retain(|other| Some(*other) != port);
            tokio::time::sleep(STANDSTILL).await;
            process.signal("CONT");
            server.state().replicas.extend(port);
        };
        tokio::join!(asking, stopping);
        server.answered(Duration::from_secs(100)).await;
    }
    Some((pair.finish(bench).await, unsettled))
}

/// Stops and continues the process that polls for updates. Also returns the longest time without
/// polling, and how many messages may have been sent twice.
async fn stopped_leader(bench: &Bench) -> Option<((Tally, bool), Duration, u64)> {
    let pair = Pair::start(|_, bot, _| bot).await?;
    let (server, mut unsettled, mut slowest) = (&pair.server, 0, Duration::ZERO);
    for time in 0..bench.pick(1, 10) {
        // After a stop the other process polls, so the processes are stopped in turn.
        let process = &pair.processes[time % 2];
        let asking = pump(server, 50, STANDSTILL, Crowd::new(1_000, 0));
        let stopping = async {
            tokio::time::sleep(Duration::from_millis(700)).await;
            process.signal("STOP");
            unsettled += server.unsettled();
            let began = Instant::now();
            server.until(STANDSTILL, |state| state.fetches.last().is_some_and(|at| *at > began)).await;
            slowest = slowest.max(began.elapsed());
            tokio::time::sleep(STANDSTILL.saturating_sub(began.elapsed())).await;
            process.signal("CONT");
        };
        tokio::join!(asking, stopping);
        server.answered(Duration::from_secs(100)).await;
    }
    Some((pair.finish(bench).await, slowest, unsettled))
}

/// Finds Debian's `faketime` library, which shifts a process's wall clock. The monotonic clock
/// stays unchanged.
fn another_clock() -> Option<PathBuf> {
    let libraries = std::fs::read_dir("/usr/lib").ok()?.filter_map(|entry| Some(entry.ok()?.path()));
    libraries.map(|folder| folder.join("faketime/libfaketimeMT.so.1")).find(|library| library.exists())
}

fn with_another_clock(bot: Bot, library: &str) -> Bot {
    let file = bot.folder.path().join("clock").display().to_string();
    std::fs::write(&file, "+0").expect("a file");
    let bot = bot.with("LD_PRELOAD", library).with("FAKETIME_TIMESTAMP_FILE", &file);
    bot.with("FAKETIME_DONT_FAKE_MONOTONIC", "1").with("FAKETIME_CACHE_DURATION", "1")
}

fn set(bot: &Bot, clock: &str) {
    std::fs::write(bot.folder.path().join("clock"), clock).expect("the file");
}

pub async fn clocks(bench: &Bench) -> Verdict {
    let Some(library) = another_clock() else { return Verdict::broken("faketime is not installed") };
    let library = library.display().to_string();
    let server = Server::start().await;
    let bot = with_another_clock(Bot::footnote(&server), &library);
    let mut process = bot.start();
    calibrate(&server).await;
    {
        let mut state = server.state();
        // 2 % of messages get a `retry_after` of one second. A clock that jumps must not make this
        // wait a day long.
        state.faults.flood_share = 0.02;
        // The bot needs three seconds to answer 15 inline queries at 200 ms each. The clock jumps
        // in this time, since the process notices the new clock within a second.
        state.faults.pop_up = Duration::from_millis(200);
    }
    let Some(pair) = Pair::start(|number, bot, server| {
        let bot = bot.listening(server);
        if number == 0 { with_another_clock(bot, &library) } else { bot }
    })
    .await
    else {
        return Verdict::broken(NO_POSTGRES);
    };
    let leaps = ["+1h", "+0", "-1h", "-24h", "+1h", "-24h", "+0", "+24h", "-1h", "+0"];
    let leaps = &leaps[..bench.pick(5, 10)];
    let between = Duration::from_secs(bench.pick(4, 30));
    let mut typed = Vec::new();
    for leap in leaps {
        set(&bot, leap);
        set(&pair.bots[0], leap);
        typed.extend(server.look_ups(800_000, 15, true, None));
        tokio::join!(
            pump(&server, 50, between, Crowd::new(500, 50)),
            pump(&pair.server, 50, between, Crowd::new(500, 50))
        );
    }
    server.state().faults.flood_share = 0.0;
    server.answered(Duration::from_secs(60)).await;
    pair.server.answered(Duration::from_secs(60)).await;
    let unanswered = typed.iter().filter(|id| !server.state().acknowledged.contains_key(*id)).count();
    // Collects the dates in the bot's log, which show whether the changed clock took effect.
    let days: std::collections::BTreeSet<String> = std::fs::read_to_string(bot.log())
        .unwrap_or_default()
        .lines()
        .filter_map(|line| Some(line.get(..10)?.to_owned()).filter(|day| day.starts_with("20")))
        .collect();
    let (one, has_ended) = finish(bench, &server, &bot, &mut process).await;
    let (two, are_there) = pair.finish(bench).await;
    let longest = [&one, &two].into_iter().filter_map(|tally| tally.waits.last()).max().copied().unwrap_or_default();
    Verdict {
        is_good: [&one, &two].into_iter().all(|tally| is_whole(tally) && tally.twice == 0)
            && longest < Duration::from_secs(60)
            && unanswered * 100 <= typed.len()
            && days.len() > 1
            && has_ended
            && are_there,
        figures: format!(
            "{} leaps ({}), fetching, SQLite, 2 % of messages refused: {}; {unanswered} of {} inline queries not answered; one of two replicas, PostgreSQL: {}; the longest wait {:.1} s; it believed in {} days",
            leaps.len(),
            leaps.join(" "),
            told(&one),
            typed.len(),
            told(&two),
            longest.as_secs_f64(),
            days.len()
        ),
        mark: "0 lost, 0 twice, 0 out of order, ≤ 1 % of inline queries given up early, no wait of 60 s".to_owned(),
    }
}

pub async fn soak(bench: &Bench) -> Verdict {
    let (server, bot, mut process) = ready().await;
    let lasts = Duration::from_secs(bench.pick(20, 7_200));
    let crowd = Crowd::new(20_000, 200);
    let (stops, stands) = (bench.pick(2, 8), Duration::from_secs(bench.pick(1, 5)));
    // Stops the process several times while it warms up, as on a machine that stalls. After each
    // stop, the bot handles many rows at once, and keeps some of the memory used for them. Memory
    // that grows after the warm-up is a leak.
    let stalling = async {
        for _ in 0..stops {
            tokio::time::sleep(lasts / 3 / (stops + 2)).await;
            process.signal("STOP");
            tokio::time::sleep(stands).await;
            process.signal("CONT");
        }
    };
    tokio::join!(pump(&server, 50, lasts / 3, crowd), stalling);
    let warm = process.memory("VmRSS:");
    pump(&server, 50, lasts * 2 / 3, crowd).await;
    server.answered(Duration::from_secs(60)).await;
    let slope = (process.memory("VmRSS:") - warm) / (lasts * 2 / 3).as_secs_f64() * 3_600.0;
    let descriptors = process.descriptors();
    let size =
        files(&bot.folder.path().join("data")).iter().filter_map(|f| Some(f.metadata().ok()?.len())).sum::<u64>();
    let (tally, has_ended) = finish(bench, &server, &bot, &mut process).await;
    Verdict {
        // With `--short`, the run is too short (20 s) to measure growth per hour.
        is_good: is_whole(&tally) && tally.twice == 0 && has_ended && (bench.short || slope < 1.0),
        figures: format!(
            "50 a second for {} s, {stops} times stopped for {} s in the first third; {}; memory {warm:.1} MiB when warm, then {slope:+.1} MiB an hour; {descriptors} open files; database {:.1} MiB",
            lasts.as_secs(),
            stands.as_secs(),
            told(&tally),
            size as f64 / 1_048_576.0
        ),
        mark: "0 lost, 0 twice; --long: memory + < 1 MiB an hour".to_owned(),
    }
}
