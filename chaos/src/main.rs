//! The bot as a process that is killed, cut off, flooded and lied to: is a question that Telegram has handed over answered, once, in order, whatever dies?
//!
//! `cargo build --release --workspace && cargo run --release -p footnote-chaos -- --short` takes some nine minutes and is what CI runs; `--long` has the whole load and takes
//! hours. `--run 1,14` runs some, `--seed N` with other chances. One line for each run: its figures, and what they have to be. docs/reliability.md says what the numbers mean.
//!
//! `footnote serve` runs as it is. The Bot API, the way to it and whoever brings updates are this program's (`server`, `faults`, `deliver`), and so is whoever knows what was asked and answered (`oracle`).

mod base;
mod bot;
mod cluster;
mod deliver;
mod faults;
mod oracle;
mod runs;
mod server;

use std::sync::Arc;
use std::time::{Duration, Instant};

use runs::{Bench, Verdict};

fn main() -> std::process::ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (mut short, mut seed, mut only) = (true, 1, Vec::new());
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().unwrap_or_default();
        match argument.as_str() {
            "--short" => short = true,
            "--long" => short = false,
            "--seed" => seed = value().parse().expect("--seed needs a number"),
            "--run" => only = value().split(',').map(|n| n.parse().expect("--run needs numbers")).collect(),
            other => panic!("no such option: {other}; there are --short, --long, --seed N and --run N,N"),
        }
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    let failed = runtime.expect("a runtime").block_on(run(short, seed, &only));
    std::process::ExitCode::from(u8::from(failed))
}

async fn run(short: bool, seed: u64, only: &[u32]) -> bool {
    let bench = Arc::new(Bench::new(short, seed));
    println!("{}, seed {seed}", if short { "short" } else { "long" });
    let (mut passed, mut failed) = (0, 0);
    let began = Instant::now();
    for (number, name, run) in runs::ALL {
        if !only.is_empty() && !only.contains(&number) {
            continue;
        }
        let began = Instant::now();
        // No run may hang the rest; a long one has up to two hours and a half.
        let most = Duration::from_secs(if short { 240 } else { 9_000 });
        let running = tokio::spawn(run(Arc::clone(&bench)));
        let stop = running.abort_handle();
        let verdict = match tokio::time::timeout(most, running).await {
            Ok(Ok(verdict)) => verdict,
            Ok(Err(error)) => Verdict::broken(&error.to_string()),
            Err(_) => {
                stop.abort();
                Verdict::broken("it does not end")
            }
        };
        let leaks = bench.new_leaks();
        let verdict = Verdict {
            is_good: verdict.is_good && leaks.is_empty(),
            figures: if leaks.is_empty() { verdict.figures } else { format!("{}; LEAKED: {leaks}", verdict.figures) },
            ..verdict
        };
        let word = if verdict.is_good { "passed" } else { "FAILED" };
        println!(
            "{word} {number:>2} {name} ({:.0} s): {} | must: {}",
            began.elapsed().as_secs_f64(),
            verdict.figures,
            verdict.mark
        );
        *(if verdict.is_good { &mut passed } else { &mut failed }) += 1;
    }
    println!("{passed} passed, {failed} failed in {:.0} s", began.elapsed().as_secs_f64());
    failed > 0
}
