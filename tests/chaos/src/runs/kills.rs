//! Runs in which the bot or its database is killed.

use std::time::{Duration, Instant};

use sqlx::ConnectOptions;

use super::{Bench, Crowd, Verdict, calibrate, finish, is_whole, pump, ready, told};
use crate::bot::{Bot, Process};
use crate::cluster::Cluster;
use crate::faults::{Point, Rng};
use crate::oracle::{Tally, quantile};
use crate::server::Server;

pub const NO_POSTGRES: &str = "PostgreSQL is not installed";

/// The result of repeated kills of a bot.
struct Killed {
    /// Number of messages sent within 100 ms before a kill. The bot may have sent these messages
    /// twice.
    unsettled: u64,
    /// How often the bot had already ended by itself before a kill.
    died: u32,
    /// The process started after the last kill.
    process: Process,
}

/// Kills and restarts the bot repeatedly while chats ask questions.
async fn kill_while_asked(bench: &Bench, server: &Server, bot: &Bot, mut process: Process, kills: u32) -> Killed {
    let mut rng = Rng::new(bench.seed);
    let (mut unsettled, mut died) = (0, 0);
    let asking = pump(server, 200, Duration::from_millis(4_800) * kills, Crowd::new(500, 50));
    let killing = async {
        for _ in 0..kills {
            tokio::time::sleep(rng.between(Duration::from_millis(2_800), Duration::from_millis(6_000))).await;
            unsettled += server.unsettled();
            died += u32::from(!process.kill());
            process = bot.start();
        }
    };
    tokio::join!(asking, killing);
    Killed { unsettled, died, process }
}

/// True if at most 0.5 % of the questions were answered twice. Short runs kill too often for this
/// limit: on a busy machine, every kill finds several messages sent and not yet recorded.
fn is_rarely_twice(bench: &Bench, tally: &Tally) -> bool {
    bench.short || tally.twice * 200 <= tally.asked
}

/// Describes the limit of [`is_rarely_twice`].
fn share_mark(bench: &Bench) -> &'static str {
    bench.pick("", " and 0.5 %")
}

async fn database_is_whole(bot: &Bot) -> bool {
    let options = sqlx::sqlite::SqliteConnectOptions::new().filename(bot.database());
    let Ok(mut connection) = options.connect().await else { return false };
    let said: Result<String, _> = sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&mut connection).await;
    let open: Result<i64, _> =
        sqlx::query_scalar("SELECT count(*) FROM inbox WHERE state < 2").fetch_one(&mut connection).await;
    said.is_ok_and(|said| said == "ok") && open.is_ok_and(|open| open == 0)
}

pub async fn fetching(bench: &Bench) -> Verdict {
    let kills = bench.pick(6, 100);
    let (server, bot, process) = ready().await;
    let Killed { unsettled, died, mut process } = kill_while_asked(bench, &server, &bot, process, kills).await;
    server.answered(Duration::from_secs(60)).await;
    let (tally, has_ended) = finish(bench, &server, &bot, &mut process).await;
    let is_intact = database_is_whole(&bot).await;

    let server = Server::start().await;
    let bot = Bot::simple(&server);
    let process = bot.start();
    calibrate(&server).await;
    let kills_of_it = bench.pick(3, 20);
    let killed = kill_while_asked(bench, &server, &bot, process, kills_of_it).await;
    server.answered(Duration::from_secs(bench.pick(8, 30))).await;
    drop(killed);
    let simple = server.state().oracle.tally(Duration::MAX);
    let share = |tally: &Tally| tally.lost as f64 / tally.asked.max(1) as f64 * 100.0;
    Verdict {
        is_good: is_whole(&tally)
            && tally.twice <= unsettled
            && is_rarely_twice(bench, &tally)
            && is_intact
            && died == 0
            && has_ended,
        figures: format!(
            "{kills} kills, {died} times dead before, {}; database {}; beside it teloxide's dispatcher: {kills_of_it} kills, {} asked, {} lost ({:.1} %), {} twice, {} out of order",
            told(&tally),
            if is_intact { "whole, none open" } else { "NOT whole" },
            simple.asked,
            simple.lost,
            share(&simple),
            simple.twice,
            simple.order
        ),
        mark: format!(
            "0 lost, 0 out of order, twice at most {unsettled} (sent within 100 ms of a kill){}, database whole",
            share_mark(bench)
        ),
    }
}

pub async fn replicas(bench: &Bench) -> Verdict {
    let Some(cluster) = Cluster::start().await else { return Verdict::broken(NO_POSTGRES) };
    let kills = bench.pick(6, 100);
    let server = Server::start().await;
    let bots: Vec<Bot> =
        (0..3).map(|_| Bot::footnote(&server).listening(&server).with("DATABASE_URL", &cluster.url())).collect();
    let mut processes: Vec<Process> = bots.iter().map(Bot::start).collect();
    calibrate(&server).await;
    let mut rng = Rng::new(bench.seed);
    let (mut unsettled, mut died, mut in_hand) = (0, 0, 0);
    let asking = pump(&server, 200, Duration::from_millis(3_000) * kills, Crowd::new(1_000, 100));
    let killing = async {
        for kill in 0..kills as usize {
            tokio::time::sleep(rng.between(Duration::from_millis(1_000), Duration::from_millis(4_500))).await;
            unsettled += server.unsettled();
            // Counts the chats that may wait for the lease of a killed replica. They are the chats
            // being answered, plus two whose answer was sent but not yet recorded.
            in_hand += server.state().oracle.in_hand(Duration::from_secs(2)) as u64 + 2;
            died += u32::from(!processes[kill % 3].kill());
            processes[kill % 3] = bots[kill % 3].start();
        }
    };
    tokio::join!(asking, killing);
    server.answered(Duration::from_secs(100)).await;
    let (mut tally, mut have_ended) = (Tally::default(), true);
    for (bot, process) in bots.iter().zip(&mut processes) {
        let (so_far, has_ended) = finish(bench, &server, bot, process).await;
        (tally, have_ended) = (so_far, have_ended && has_ended);
    }
    let others = quantile(&tally.unheld, 0.99);
    let held = tally.waits.len() - tally.unheld.len();
    Verdict {
        is_good: is_whole(&tally)
            && tally.twice <= unsettled
            && is_rarely_twice(bench, &tally)
            && !tally.unheld.is_empty()
            && others < Duration::from_secs(2)
            && tally.held_chats <= in_hand
            && died == 0
            && have_ended,
        figures: format!(
            "{kills} kills, {died} times dead before, {}; without the {held} in the {} chats that waited for a dead one's lease 99 % within {:.0} ms",
            told(&tally),
            tally.held_chats,
            others.as_secs_f64() * 1e3
        ),
        mark: format!(
            "0 lost, 0 out of order, twice at most {unsettled} (sent within 100 ms of a kill){}, at most {in_hand} chats held up (in hand at a kill), the others' 99 % < 2 s",
            share_mark(bench)
        ),
    }
}

pub async fn database(bench: &Bench) -> Verdict {
    let Some(cluster) = Cluster::start().await else { return Verdict::broken(NO_POSTGRES) };
    let kills = bench.pick(2, 10);
    let server = Server::start().await;
    let bot = Bot::footnote(&server).listening(&server).with("DATABASE_URL", &cluster.url());
    let mut process = bot.start();
    calibrate(&server).await;
    server.state().statuses.clear();
    let mut slowest = Duration::ZERO;
    let mut rng = Rng::new(bench.seed);
    let asking = pump(&server, 100, Duration::from_secs(10) * kills, Crowd::new(500, 50));
    let killing = async {
        for _ in 0..kills {
            tokio::time::sleep(rng.between(Duration::from_secs(2), Duration::from_secs(4))).await;
            cluster.kill();
            tokio::time::sleep(Duration::from_millis(1_500)).await;
            assert!(cluster.run_again().await, "PostgreSQL does not start again");
            let back = Instant::now();
            server.until(Duration::from_secs(60), |state| state.taken_at.is_some_and(|at| at > back)).await;
            slowest = slowest.max(back.elapsed());
        }
    };
    tokio::join!(asking, killing);
    server.answered(Duration::from_secs(100)).await;
    let statuses = server.state().statuses.clone();
    let (tally, has_ended) = finish(bench, &server, &bot, &mut process).await;
    let mut told_statuses: Vec<_> = statuses.iter().collect();
    told_statuses.sort();
    Verdict {
        is_good: is_whole(&tally)
            && tally.twice * 200 <= tally.asked
            && has_ended
            && slowest < Duration::from_secs(10)
            && statuses.keys().all(|s| [200, 503].contains(s)),
        figures: format!(
            "{kills} kills, {}; statuses {told_statuses:?}; taking updates again {:.1} s after it was back, at most",
            told(&tally),
            slowest.as_secs_f64()
        ),
        mark: "0 lost, 0 out of order, at most 0.5 % twice, 200 and 503 only, back in < 10 s".to_owned(),
    }
}

pub async fn moments(bench: &Bench) -> Verdict {
    let times = bench.pick(4, 50);
    let (server, bot, mut process) = ready().await;
    let mut figures = Vec::new();
    let mut is_good = true;
    let points = [(Point::Handed, 0), (Point::Confirmed, 1), (Point::Sent, 1), (Point::Answered, 1)];
    for (at, (point, most)) in points.into_iter().enumerate() {
        let before = server.state().oracle.tally(Duration::MAX).twice;
        for time in 0..times {
            server.state().faults.trap = Some((point, process.id()));
            let chat = 200_000 + at as i64 * 1_000 + time;
            (0..3).for_each(|_| server.ask(chat));
            is_good &= process.ended(Duration::from_secs(20)).await.is_some();
            process = bot.start();
            is_good &= server.answered(Duration::from_secs(30)).await;
            // Waits until the bot has recorded the last answer in its database, after sending it.
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        let twice = server.state().oracle.tally(Duration::MAX).twice - before;
        is_good &= twice <= most * times as u64;
        figures.push(format!("{point:?} {twice} twice"));
    }
    let (tally, has_ended) = finish(bench, &server, &bot, &mut process).await;
    Verdict {
        is_good: is_good && is_whole(&tally) && has_ended,
        figures: format!(
            "{times} kills at each of 4 points seen from outside: {}; {}",
            figures.join(", "),
            told(&tally)
        ),
        mark: "0 lost, 0 out of order, none twice where a batch was only handed over, elsewhere once for each kill at most".to_owned(),
    }
}

pub async fn signals(bench: &Bench) -> Verdict {
    let times = bench.pick(8, 100);
    let (server, bot, mut process) = ready().await;
    let mut rng = Rng::new(bench.seed);
    let (mut clean, mut slowest) = (0, Duration::ZERO);
    let flooder = 700_000;
    let asking = pump(&server, 200, Duration::from_millis(2_500) * times, Crowd::new(500, 50));
    let ending = async {
        for time in 0..times {
            let question = server.state().oracle.shortest().to_owned();
            (0..300).for_each(|_| server.say(flooder, &question));
            tokio::time::sleep(rng.between(Duration::from_millis(1_200), Duration::from_millis(2_800))).await;
            process.signal(if time % 2 == 0 { "TERM" } else { "INT" });
            if let Some((code, took)) = process.ended(Duration::from_secs(20)).await {
                clean += u32::from(code == Some(0));
                slowest = slowest.max(took);
            }
            process = bot.start();
        }
    };
    tokio::join!(asking, ending);
    server.answered(Duration::from_secs(60)).await;
    let (tally, has_ended) = finish(bench, &server, &bot, &mut process).await;
    Verdict {
        is_good: is_whole(&tally)
            && has_ended
            && tally.twice == 0
            && clean == times
            && slowest <= Duration::from_secs(15),
        figures: format!(
            "{clean} of {times} ended with 0, the slowest in {:.2} s, beside one chat's 300 each time; {}",
            slowest.as_secs_f64(),
            told(&tally)
        ),
        mark: "each ends with 0 within 15 s; 0 lost, 0 twice, 0 out of order".to_owned(),
    }
}
