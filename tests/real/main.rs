//! Tests that need a real browser or a real PostgreSQL server. Tests whose requirement is missing
//! are reported as ignored, with a message that names the requirement.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the message")]

mod browser;
#[path = "../it/harness.rs"]
#[allow(dead_code, reason = "the other test binary uses all of it")]
mod harness;
#[path = "../it/player.rs"]
mod player;
mod postgres;
mod proxy;
#[path = "../it/schema.rs"]
#[allow(dead_code, reason = "the other test binary uses all of it")]
mod schema;
#[path = "../suite/mod.rs"]
mod suite;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials: Vec<Trial> = Vec::new();
    trials.extend(browser::trials());
    trials.extend(postgres::trials());
    libtest_mimic::run(&arguments, trials).exit_code()
}
