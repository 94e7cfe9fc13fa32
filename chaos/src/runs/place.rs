//! What is around the bot: its disk, its being stopped, a long time; and what it leaves behind.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use super::{Bench, Crowd, Verdict, calibrate, finish, is_whole, kills::NO_POSTGRES, pump, ready, told};
use crate::bot::{Bot, files};
use crate::cluster::Cluster;
use crate::oracle::Tally;
use crate::server::Server;

/// A small disk in memory.
struct SmallDisk(std::path::PathBuf);

impl SmallDisk {
    fn mount(at: &Path) -> Option<SmallDisk> {
        std::fs::create_dir_all(at).ok()?;
        let mount = Command::new("mount").args(["-t", "tmpfs", "-o", "size=16m", "chaos"]).arg(at).output().ok()?;
        mount.status.success().then(|| SmallDisk(at.to_owned()))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

pub async fn full(bench: &Bench) -> Verdict {
    let server = Server::start().await;
    let bot = Bot::footnote(&server);
    let data = bot.folder.path().join("data");
    let Some(disk) = SmallDisk::mount(&data) else {
        return Verdict {
            is_good: true,
            figures: "not run: nothing may be mounted here".to_owned(),
            mark: "-".to_owned(),
        };
    };
    let mut process = bot.start();
    calibrate(&server).await;
    let (mut told_of_it, mut slowest) = (0, Duration::ZERO);
    let times = bench.pick(2, 20);
    for _ in 0..times {
        let filler = data.join("filler");
        // It fails when nothing more fits, as it is meant to.
        let _ = std::fs::write(&filler, vec![1; 32 << 20]);
        let asking = pump(&server, 50, Duration::from_secs(6), Crowd::new(300, 0));
        let (unready, ()) = tokio::join!(bot.until_ready(false, Duration::from_secs(6)), asking);
        told_of_it += u32::from(unready.is_some());
        std::fs::remove_file(&filler).expect("it was written");
        let back = Instant::now();
        server.answered(Duration::from_secs(60)).await;
        slowest = slowest.max(back.elapsed());
    }
    let (tally, has_ended) = finish(bench, &server, &bot, &mut process).await;
    drop(process);
    drop(disk);
    Verdict {
        is_good: is_whole(&tally) && has_ended && slowest < Duration::from_secs(30),
        figures: format!(
            "full {times} times for 6 s, unready {told_of_it} times; all answered {:.1} s after there is room; {}",
            slowest.as_secs_f64(),
            told(&tally)
        ),
        mark: "0 lost, 0 out of order, all answered in 30 s after".to_owned(),
    }
}

pub async fn stopped(bench: &Bench) -> Verdict {
    let Some(cluster) = Cluster::start().await else { return Verdict::broken(NO_POSTGRES) };
    let server = Server::start().await;
    let bots: Vec<Bot> =
        (0..2).map(|_| Bot::footnote(&server).listening(&server).with("DATABASE_URL", &cluster.url())).collect();
    let mut processes: Vec<_> = bots.iter().map(Bot::start).collect();
    calibrate(&server).await;
    let mut unsettled = 0;
    // Longer than a lease, so that whoever goes on has lost what it had in hand.
    let stop = Duration::from_secs(44);
    let times = bench.pick(1, 50);
    for time in 0..times {
        let process = &processes[time % 2];
        let asking = pump(&server, 50, stop, Crowd::new(1_000, 0));
        let stopping = async {
            tokio::time::sleep(Duration::from_millis(700)).await;
            process.signal("STOP");
            unsettled += server.unsettled();
            // The balancer sees that it does not answer, and goes to the other.
            server.state().replicas.retain(|port| Some(*port) != bots[time % 2].webhook);
            tokio::time::sleep(stop).await;
            process.signal("CONT");
            server.state().replicas.extend(bots[time % 2].webhook);
        };
        tokio::join!(asking, stopping);
        server.answered(Duration::from_secs(100)).await;
    }
    let mut tally = Tally::default();
    for (bot, process) in bots.iter().zip(&mut processes) {
        (tally, _) = finish(bench, &server, bot, process).await;
    }
    Verdict {
        is_good: is_whole(&tally) && tally.twice <= unsettled,
        figures: format!("stopped {times} times for {} s with a lease of 40; {}", stop.as_secs(), told(&tally)),
        mark: format!("0 lost, 0 out of order, twice at most {unsettled} (sent within 100 ms of a stop)"),
    }
}

pub async fn soak(bench: &Bench) -> Verdict {
    let (server, bot, mut process) = ready().await;
    let lasts = Duration::from_secs(bench.pick(20, 7_200));
    let crowd = Crowd::new(20_000, 200);
    pump(&server, 50, lasts / 3, crowd).await;
    let warm = process.memory("VmRSS:");
    pump(&server, 50, lasts * 2 / 3, crowd).await;
    server.answered(Duration::from_secs(60)).await;
    let slope = (process.memory("VmRSS:") - warm) / (lasts * 2 / 3).as_secs_f64() * 3_600.0;
    let descriptors = process.descriptors();
    let size =
        files(&bot.folder.path().join("data")).iter().filter_map(|f| Some(f.metadata().ok()?.len())).sum::<u64>();
    let (tally, has_ended) = finish(bench, &server, &bot, &mut process).await;
    Verdict {
        // Twenty seconds tell nothing of an hour.
        is_good: is_whole(&tally) && tally.twice == 0 && has_ended && (bench.short || slope < 1.0),
        figures: format!(
            "50 a second for {} s; {}; memory {warm:.1} MiB when warm, then {slope:+.1} MiB an hour; {descriptors} open files; database {:.1} MiB",
            lasts.as_secs(),
            told(&tally),
            size as f64 / 1_048_576.0
        ),
        mark: "0 lost, 0 twice; --long: memory + < 1 MiB an hour".to_owned(),
    }
}

pub async fn secrets(bench: &Bench) -> Verdict {
    // As talkative as it can be, fetching and brought to; the other runs were looked through when they ended.
    for is_brought in [false, true] {
        let server = Server::start().await;
        let bot = Bot::footnote(&server).with("FOOTNOTE_LOG", "trace");
        let bot = if is_brought { bot.listening(&server) } else { bot };
        let mut process = bot.start();
        calibrate(&server).await;
        pump(&server, 50, Duration::from_secs(3), Crowd::new(200, 20)).await;
        server.answered(Duration::from_secs(60)).await;
        server.state().knobs.is_down = true;
        pump(&server, 20, Duration::from_secs(2), Crowd::new(200, 20)).await;
        server.state().knobs.is_down = false;
        server.answered(Duration::from_secs(60)).await;
        finish(bench, &server, &bot, &mut process).await;
    }
    let leaks = bench.leaks.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let found: Vec<&str> = leaks.0.iter().map(String::as_str).collect();
    Verdict {
        is_good: found.is_empty(),
        figures: format!(
            "{} files of this and the runs before it, {} finds {}",
            leaks.1,
            found.len(),
            found.join(", ")
        ),
        mark: "the token, the secret and questions in no log; after the end in no file of a database".to_owned(),
    }
}
