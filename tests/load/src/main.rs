//! Load test: measures throughput, CPU time, memory and latency of the bot's process, compared with
//! a minimal bot.
//!
//! `cargo build --release && cargo run --release -p footnote-load` takes about a minute and prints
//! a Markdown table. `-- --seconds 1` is enough as a check, and `.ci/full` runs it that way. The
//! test fails only if a question gets no answer, and never because the machine is slow. With
//! `--database postgres://…`, footnote uses that database.
//!
//! By default, `footnote serve` uses a SQLite file in the `target` folder, and writes each update
//! to disk before confirming it. The minimal bot uses teloxide's dispatcher with long polling,
//! compares questions by `strsim`, and stores nothing. Both bots call this program's fake Bot API.
//! The fake Bot API responds at once and checks nothing, to keep its own cost low.

mod server;
mod simple;

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use server::Server;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Number of questions without an answer that the test keeps open while throughput is measured,
/// each in another chat.
const OUTSTANDING: usize = 64;
/// Number of questions that the test asks per second while latency is measured.
const RATE: u32 = 100;
/// How long to wait for the bot before the test fails. Ten minutes are enough even on a busy
/// machine.
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

/// A bot to measure: its program, arguments, folder and database.
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
        // Avoids /tmp, which may be a RAM disk, because the database must be on a real disk.
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

/// A running bot process. Dropping this value kills the process.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        // The kill fails if the process has already ended, so the error is ignored.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// The measurements of one bot.
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
    // The first start trains the model and stores it in the cache, so this start is not measured.
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

/// Returns the CPU time that a process has used so far. Returns zero on systems without `/proc`.
fn cpu_of(process: u32) -> Duration {
    // `/proc/PID/stat` counts CPU time in hundredths of a second on Linux.
    let ticks = std::fs::read_to_string(format!("/proc/{process}/stat")).ok().and_then(|stat| {
        let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
        Some(fields.get(11)?.parse::<u64>().ok()? + fields.get(12)?.parse::<u64>().ok()?)
    });
    Duration::from_millis(ticks.unwrap_or(0) * 10)
}

/// Returns a field of `/proc/PID/status`, such as `VmHWM:`, in KiB.
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

/// Describes the speed of the disk: the mean time to write and sync 4 KiB, over 20 writes.
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
