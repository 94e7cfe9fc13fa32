//! Chaos test: runs the bot as a process under kills, network faults and floods. The bot must
//! answer every delivered question once and in order.
//!
//! `cargo build --release --workspace && cargo run --release -p footnote-chaos -- --short` takes
//! about nine minutes. `--long` applies the full load and takes hours. `--run 1,14` selects runs,
//! and `--seed N` changes the random choices. Each run prints one line with its measurements and
//! their limits. docs/reliability.md explains the numbers.
//!
//! `footnote serve` runs unchanged. This program simulates the Bot API (`server`), its faults
//! (`faults`) and the webhook delivery (`deliver`). The module `oracle` records questions and
//! answers.

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

use runs::{ALL, Bench, Verdict};

fn main() -> std::process::ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (mut short, mut seed, mut only) = (true, 1, Vec::new());
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().unwrap_or_default();
        match argument.as_str() {
            "--short" => short = true,
            "--long" => short = false,
            "--seed" => seed = value().parse().expect("--seed needs a number"),
            "--run" => only = value().split(',').map(numbered).collect(),
            other => panic!("no such option: {other}; there are --short, --long, --seed N and --run N,N"),
        }
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build();
    std::process::ExitCode::from(runtime.expect("a runtime").block_on(run(short, seed, &only)))
}

fn numbered(text: &str) -> u32 {
    let number = text.parse().expect("--run needs numbers");
    assert!(ALL.iter().any(|(other, ..)| *other == number), "no run {number}: 6 and 27 are tests, 25 is .ci/fuzz");
    number
}

/// Executes the selected runs. Returns the exit code: 0 if all passed, or 1 if a run failed.
/// Returns 2 if questions were lost, answers were wrong or out of order, or a secret leaked,
/// because a slow machine does not explain these failures.
async fn run(short: bool, seed: u64, only: &[u32]) -> u8 {
    let bench = Arc::new(Bench::new(short, seed));
    println!("{}, seed {seed}", if short { "short" } else { "long" });
    let (mut passed, mut failed, mut not_run) = (0, 0, 0);
    let began = Instant::now();
    for (number, name, run) in ALL {
        if !only.is_empty() && !only.contains(&number) {
            continue;
        }
        let began = Instant::now();
        // Time limit of one run, so that a run that hangs does not block the others. The longest
        // run with `--long` takes over two hours.
        let most = Duration::from_secs(if short { 240 } else { 9_000 });
        let running = tokio::spawn(run(Arc::clone(&bench)));
        let stop = running.abort_handle();
        let verdict = match tokio::time::timeout(most, running).await {
            Ok(Ok(Ok(verdict))) => verdict,
            Ok(Ok(Err(reason))) => {
                println!("NOT RUN {number:>2} {name}: {reason}");
                not_run += 1;
                continue;
            }
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
    let skipped = if not_run > 0 { format!(", {not_run} not run") } else { String::new() };
    println!("{passed} passed, {failed} failed{skipped} in {:.0} s", began.elapsed().as_secs_f64());
    match failed {
        0 => 0,
        _ if bench.has_broken_a_promise() => 2,
        _ => 1,
    }
}
