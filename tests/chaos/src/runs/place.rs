//! Runs about the bot's files: a full disk, and secrets left in files.

use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use super::{Bench, Crowd, Ran, Verdict, calibrate, finish, is_whole, pump, told};
use crate::bot::Bot;
use crate::server::Server;

/// A 16 MiB file system in memory. Dropping this value unmounts the file system.
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

pub async fn full(bench: &Bench) -> Ran {
    let server = Server::start().await;
    let bot = Bot::footnote(&server);
    let data = bot.folder.path().join("data");
    let disk = SmallDisk::mount(&data).ok_or("no disk may be mounted here; root may")?;
    let mut process = bot.start();
    calibrate(&server).await;
    let (mut told_of_it, mut slowest) = (0, Duration::ZERO);
    let times = bench.pick(2, 20);
    for _ in 0..times {
        let filler = data.join("filler");
        // This write is meant to fail: the file of 32 MiB fills the disk of 16 MiB.
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
    Ok(Verdict {
        is_good: is_whole(&tally)
            && tally.twice == 0
            && has_ended
            && told_of_it == times
            && slowest < Duration::from_secs(30),
        figures: format!(
            "full {times} times for 6 s, unready {told_of_it} times; all answered {:.1} s after there is room; {}",
            slowest.as_secs_f64(),
            told(&tally)
        ),
        mark: "0 lost, 0 twice, 0 out of order, unready each time, all answered in 30 s after".to_owned(),
    })
}

pub async fn secrets(bench: &Bench) -> Verdict {
    // Both bots log at the most verbose level: first a bot that polls, then a bot with a webhook.
    // The files of all other runs were searched when those runs ended.
    let mut is_whole_each_time = true;
    for is_brought in [false, true] {
        let server = Server::start().await;
        let bot = Bot::footnote(&server).with("FOOTNOTE_LOG", "trace");
        let bot = if is_brought { bot.listening(&server) } else { bot };
        let mut process = bot.start();
        calibrate(&server).await;
        pump(&server, 50, Duration::from_secs(3), Crowd::new(200, 20)).await;
        server.answered(Duration::from_secs(60)).await;
        server.state().faults.is_down = true;
        pump(&server, 20, Duration::from_secs(2), Crowd::new(200, 20)).await;
        server.state().faults.is_down = false;
        server.answered(Duration::from_secs(60)).await;
        let (tally, has_ended) = finish(bench, &server, &bot, &mut process).await;
        is_whole_each_time &= is_whole(&tally) && has_ended;
    }
    let leaks = bench.leaks.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let found: Vec<&str> = leaks.found.iter().map(String::as_str).collect();
    Verdict {
        is_good: found.is_empty() && is_whole_each_time,
        figures: format!(
            "{} files of this and the runs before it, {} finds {}",
            leaks.files,
            found.len(),
            found.join(", ")
        ),
        mark: "all answered; the token, the secret and questions in no log; after the end in no file of a database"
            .to_owned(),
    }
}
