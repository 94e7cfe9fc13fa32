//! Starts, signals and observes the bot as an operating system process.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::deliver::SECRET;
use crate::server::{Server, TOKEN};

/// The program, arguments, environment variables and folder of a bot. The bot can be started
/// repeatedly.
pub struct Bot {
    program: PathBuf,
    arguments: Vec<String>,
    pub folder: tempfile::TempDir,
    variables: Vec<(String, String)>,
    /// Port of the bot's webhook; `None` if the bot polls for updates.
    pub webhook: Option<u16>,
    pub health: u16,
}

/// Returns a TCP port that no process uses at the moment.
pub fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("a bound port").port()
}

/// Returns the path of a file in this program's folder, where Cargo puts the other binaries too.
pub fn beside(name: &str) -> PathBuf {
    std::env::current_exe().expect("this program is somewhere").with_file_name(name)
}

impl Bot {
    fn new(program: PathBuf, arguments: &[&str], server: &Server) -> Bot {
        assert!(program.exists(), "{} is not there: cargo build it first", program.display());
        // Avoids /tmp, which may be a RAM disk, because the database must be on a real disk.
        let folder = tempfile::tempdir_in(beside("")).expect("a folder");
        let cache = beside("chaos-cache").display().to_string();
        let variables = [("TELOXIDE_TOKEN", TOKEN), ("TELOXIDE_API_URL", &server.url()), ("XDG_CACHE_HOME", &cache)];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let arguments = arguments.iter().map(|&a| a.to_owned()).collect();
        let bot = Bot { program, arguments, folder, variables, webhook: None, health: free_port() };
        let health = format!("127.0.0.1:{}", bot.health);
        bot.with("FOOTNOTE_HTTP", &health).with("FOOTNOTE_LOG", "footnote=debug,warn")
    }

    /// Sets up `footnote serve` with long polling and a SQLite file.
    pub fn footnote(server: &Server) -> Bot {
        let program = std::env::var_os("FOOTNOTE_BIN").map_or_else(|| beside("footnote"), PathBuf::from);
        Bot::new(program, &["serve"], server)
    }

    /// Sets up a minimal bot on teloxide's dispatcher, for comparison.
    pub fn simple(server: &Server) -> Bot {
        Bot::new(beside("footnote-load"), &["--simple", &server.url()], server)
    }

    pub fn with(mut self, name: &str, value: &str) -> Bot {
        self.variables.retain(|(other, _)| other != name);
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Gives the bot a webhook on a free port, and registers the port as a replica with the fake
    /// Bot API.
    pub fn listening(mut self, server: &Server) -> Bot {
        let port = free_port();
        self.webhook = Some(port);
        server.state().replicas.push(port);
        self.with("FOOTNOTE_WEBHOOK", &format!("127.0.0.1:{port}")).with("FOOTNOTE_WEBHOOK_SECRET", SECRET)
    }

    pub fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    pub fn database(&self) -> PathBuf {
        self.folder.path().join("data/footnote.db")
    }

    pub fn start(&self) -> Process {
        let log = || OpenOptions::new().create(true).append(true).open(self.log()).expect("a log file");
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).current_dir(self.folder.path()).stdin(Stdio::null());
        for variable in ["DATABASE_URL", "FOOTNOTE_KNOWLEDGE", "CACHE_DIRECTORY", "FOOTNOTE_WEBHOOK"] {
            command.env_remove(variable);
        }
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        Process(command.stdout::<File>(log()).stderr::<File>(log()).spawn().expect("the bot starts"))
    }

    /// True if the bot's `/readyz` returns status 200.
    pub async fn is_ready(&self) -> bool {
        let Ok(stream) = tokio::net::TcpStream::connect(("127.0.0.1", self.health)).await else { return false };
        let head = b"GET /readyz HTTP/1.1\r\nHost: bot\r\nConnection: close\r\n\r\n";
        crate::deliver::exchange(stream, head, b"").await.status == 200
    }

    /// Waits until the bot's readiness equals `is_ready`. Returns how long this took, or `None` if
    /// it took longer than `patience`.
    pub async fn until_ready(&self, is_ready: bool, patience: Duration) -> Option<Duration> {
        let began = Instant::now();
        while self.is_ready().await != is_ready {
            if began.elapsed() > patience {
                return None;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Some(began.elapsed())
    }
}

/// A running process of the bot. Dropping this value kills the process.
pub struct Process(Child);

impl Process {
    pub fn id(&self) -> u32 {
        self.0.id()
    }

    pub fn signal(&self, name: &str) {
        // A zombie process also accepts signals, so the success of `kill` does not show that the
        // bot still runs.
        assert!(!self.has_died(), "the bot has ended by itself");
        let status = Command::new("kill").args([&format!("-{name}"), &self.id().to_string()]).status();
        assert!(status.is_ok_and(|status| status.success()), "the bot has ended by itself");
    }

    fn has_died(&self) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.id())).unwrap_or_default();
        // The process state follows the process name, which is in brackets and may contain any
        // character.
        stat.rsplit_once(") ").is_none_or(|(_, fields)| fields.starts_with(['Z', 'X']))
    }

    /// Sends SIGKILL and waits until the process has ended. Returns true if the process ran before.
    pub fn kill(&mut self) -> bool {
        let was_running = self.is_running();
        let _ = self.0.kill();
        let _ = self.0.wait();
        was_running
    }

    pub fn is_running(&mut self) -> bool {
        matches!(self.0.try_wait(), Ok(None))
    }

    /// Waits until the process has ended. Returns the exit code, if any, and how long the wait
    /// took. Returns `None` if the process runs longer than `patience`.
    pub async fn ended(&mut self, patience: Duration) -> Option<(Option<i32>, Duration)> {
        let began = Instant::now();
        loop {
            if let Ok(Some(status)) = self.0.try_wait() {
                return Some((status.code(), began.elapsed()));
            }
            if began.elapsed() > patience {
                return None;
            }
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Sends SIGTERM, as an operator would. Returns true if the process exits with code 0 within 20
    /// seconds.
    pub async fn stop(&mut self) -> bool {
        self.signal("TERM");
        self.ended(Duration::from_secs(20)).await.is_some_and(|(code, _)| code == Some(0))
    }

    /// Returns a field of `/proc/PID/status`, such as `VmRSS:`, in MiB.
    pub fn memory(&self, field: &str) -> f64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.id())).unwrap_or_default();
        let kib =
            status.lines().find_map(|line| line.strip_prefix(field)?.split_whitespace().next()?.parse::<f64>().ok());
        kib.unwrap_or(0.0) / 1024.0
    }

    pub fn descriptors(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/fd", self.id())).map_or(0, Iterator::count)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Lists all files in a folder and in its subfolders.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let entries = entries.filter_map(|entry| Some(entry.ok()?.path()));
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}
