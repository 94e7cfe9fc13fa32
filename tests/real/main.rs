//! Tests that need something real that may not be there. Each is reported by its name, as ignored where it cannot run.
#![expect(clippy::unwrap_used, reason = "in a test a panic is the message")]

mod browser;
#[path = "../it/harness.rs"]
#[allow(dead_code, reason = "what the other tests share is more than is needed here")]
mod harness;
#[path = "../it/player.rs"]
mod player;
#[path = "../it/schema.rs"]
#[allow(dead_code, reason = "as above")]
mod schema;

use libtest_mimic::Arguments;

fn main() {
    let arguments = Arguments::from_args();
    let trials = [browser::trials()].into_iter().flatten().collect();
    libtest_mimic::run(&arguments, trials).exit();
}
