//! Load test: throughput, CPU, memory and latency of the bot as a process, beside a minimal
//! baseline bot.
//!
//! `cargo build --release && cargo run --release -p footnote-load` takes a minute or so; `--
//! --seconds 1` is enough to see that it works, and is what CI runs: it fails if a question is not
//! answered, and never because the machine is busy. The output is Markdown. With `--database
//! postgres://…` footnote keeps everything there.
//!
//! `footnote serve` runs with its database in a file, on the disk of the `target` folder, and each
//! update is there before it is confirmed. The other is teloxide's own dispatcher and long polling,
//! with `strsim` over all sample questions of the same base; it keeps nothing. Both speak with a
//! Bot API of this program: it answers at once and checks nothing, so that what is measured is the
//! bots.

mod server;
mod simple;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use server::Server;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// How many questions are open at any time while throughput is measured, each in another chat.
const OUTSTANDING: usize = 64;
/// Questions a second while latency is measured.
const RATE: u32 = 100;
/// A bot without an answer after this time has failed, however busy the machine is.
const PATIENCE: Duration = Duration::from_secs(600);
const WARM_UP: Duration = Duration::from_millis(500);

fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1).filter(|a| a != "--bench");
    let (mut seconds, mut database) = (8.0, None);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--simple" => return simple::run(&arguments.next().ok_or("--simple needs an address")?),
            "--seconds" => seconds = arguments.next().ok_or("--seconds needs a number")?.parse()?,
            "--database" => database = Some(arguments.next().ok_or("--database needs an address")?),
            other => {
                return Err(format!("no such option: {other}; there are --seconds N and --database ADDRESS").into());
            }
        }
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    tokio::task::LocalSet::new().block_on(&runtime, async {
        let lasts = Duration::from_secs_f64(seconds);
        let ours = measure(&Bot::footnote(database)?, lasts).await?;
        let simple = measure(&Bot::simple()?, lasts).await?;
        print(&ours, &simple);
        Ok(())
    })
}

/// A bot to be measured.
struct Bot {
    program: PathBuf,
    arguments: Vec<String>,
    folder: tempfile::TempDir,
    database: Option<String>,
}

impl Bot {
    fn footnote(database: Option<String>) -> Result<Bot> {
        let here = std::env::current_exe()?;
        let program = std::env::var_os("FOOTNOTE_BIN").map_or_else(|| here.with_file_name("footnote"), PathBuf::from);
        if !program.exists() {
            return Err(format!("{} is not there: cargo build --release", program.display()).into());
        }
        // Not in /tmp, which may be in memory.
        let folder = tempfile::tempdir_in(here.parent().ok_or("a program without a folder")?)?;
        Ok(Bot { program, arguments: vec!["serve".to_owned()], folder, database })
    }

    fn simple() -> Result<Bot> {
        Ok(Bot {
            program: std::env::current_exe()?,
            arguments: vec!["--simple".to_owned()],
            folder: tempfile::tempdir()?,
            database: None,
        })
    }

    fn start(&self, server: &Server) -> Result<Process> {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments);
        if self.arguments.iter().any(|a| a == "--simple") {
            command.arg(server.url());
        }
        command.current_dir(self.folder.path()).env("TELOXIDE_TOKEN", server::TOKEN);
        command.env("TELOXIDE_API_URL", server.url()).env("XDG_CACHE_HOME", self.folder.path());
        for variable in ["DATABASE_URL", "FOOTNOTE_KNOWLEDGE", "FOOTNOTE_LOG", "CACHE_DIRECTORY"] {
            command.env_remove(variable);
        }
        command.envs(self.database.iter().map(|address| ("DATABASE_URL", address)));
        Ok(Process(command.stdin(Stdio::null()).stdout(Stdio::null()).spawn()?))
    }
}

/// A bot that is killed when it is dropped.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What was measured of a bot.
struct Measured {
    ready: Duration,
    answers_per_second: f64,
    cpu_under_load: Duration,
    open_at_most: Duration,
    median: Duration,
    late: Duration,
    cpu_at_rate: Duration,
    resident: Option<u64>,
}

async fn measure(bot: &Bot, lasts: Duration) -> Result<Measured> {
    // The first start learns, and is not measured.
    let server = Server::start().await?;
    let learning = bot.start(&server)?;
    server.fetching(PATIENCE).await?;
    drop(learning);
    let server = Server::start().await?;
    let began = Instant::now();
    let running = bot.start(&server)?;
    server.fetching(PATIENCE).await?;
    let ready = began.elapsed();
    let process = running.0.id();

    server.keep_open(OUTSTANDING);
    tokio::time::sleep(WARM_UP).await;
    server.take_waits();
    let (began, cpu) = (Instant::now(), cpu_of(process));
    tokio::time::sleep(lasts).await;
    let mut waits = server.take_waits();
    let (took, used) = (began.elapsed(), cpu_of(process).saturating_sub(cpu));
    waits.sort_unstable();
    let answers_per_second = waits.len() as f64 / took.as_secs_f64();
    let cpu_under_load = used / waits.len().max(1) as u32;
    let open_at_most = quantile(&waits, 0.99);
    server.keep_open(0);
    server.all_answered(PATIENCE).await?;

    server.take_waits();
    let cpu = cpu_of(process);
    let mut beat = tokio::time::interval(Duration::from_secs(1) / RATE);
    for _ in 0..(lasts.as_secs_f64() * f64::from(RATE)) as u64 {
        beat.tick().await;
        server.ask();
    }
    server.all_answered(PATIENCE).await?;
    let used = cpu_of(process).saturating_sub(cpu);
    let mut waits = server.take_waits();
    waits.sort_unstable();
    let measured = Measured {
        ready,
        answers_per_second,
        cpu_under_load,
        open_at_most,
        median: quantile(&waits, 0.5),
        late: quantile(&waits, 0.99),
        cpu_at_rate: used / waits.len().max(1) as u32,
        resident: status_of(process, "VmHWM:"),
    };
    Ok(measured)
}

fn quantile(sorted: &[Duration], share: f64) -> Duration {
    let at = (sorted.len().saturating_sub(1)) as f64 * share;
    sorted.get(at.round() as usize).copied().unwrap_or_default()
}

/// The time that a process has computed for so far; nothing where there is no `/proc`.
fn cpu_of(process: u32) -> Duration {
    // In hundredths of a second, as Linux always gives it to programs.
    let ticks = std::fs::read_to_string(format!("/proc/{process}/stat")).ok().and_then(|stat| {
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        Some(fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?)
    });
    Duration::from_millis(ticks.unwrap_or(0) * 10)
}

/// A field of a process's status, in KiB.
fn status_of(process: u32, field: &str) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    status.lines().find_map(|line| line.strip_prefix(field)?.split_whitespace().next()?.parse().ok())
}

fn print(ours: &Measured, simple: &Measured) {
    let ms = |d: Duration| format!("{:.2} ms", d.as_secs_f64() * 1e3);
    let row = |name: &str, of: &dyn Fn(&Measured) -> String| println!("| {name} | {} | {} |", of(ours), of(simple));
    println!(
        "| | footnote, every update on the disk | teloxide's dispatcher and strsim, nothing kept |\n|---|---|---|"
    );
    row(&format!("answers a second, {OUTSTANDING} open"), &|m| format!("{:.0}", m.answers_per_second));
    row("… computing for each", &|m| ms(m.cpu_under_load));
    row("… 99 % within", &|m| ms(m.open_at_most));
    row(&format!("at {RATE} a second: half within"), &|m| ms(m.median));
    row("… 99 % within", &|m| ms(m.late));
    row("… computing for each", &|m| ms(m.cpu_at_rate));
    row("memory at most", &|m| m.resident.map_or("?".to_owned(), |kib| format!("{:.1} MiB", kib as f64 / 1024.0)));
    row("fetches after the start", &|m| ms(m.ready));
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    println!("\nOn {cores} cores, which this program shares with the bot. {}", disk());
}

/// How long the disk takes to have something for certain.
fn disk() -> String {
    let time = |folder: &Path| -> std::io::Result<Duration> {
        use std::io::Write;
        let mut file = tempfile::tempfile_in(folder)?;
        let began = Instant::now();
        for _ in 0..20 {
            file.write_all(&[1; 4_096])?;
            file.sync_data()?;
        }
        Ok(began.elapsed() / 20)
    };
    let here = std::env::current_exe().ok().and_then(|exe| exe.parent().map(Path::to_owned)).unwrap_or_default();
    time(&here).map_or_else(
        |error| error.to_string(),
        |took| format!("The disk has 4 KiB after {:.1} ms.", took.as_secs_f64() * 1e3),
    )
}
