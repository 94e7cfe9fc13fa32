//! The bot as a process.

use std::fs::{File, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::deliver::SECRET;
use crate::server::{Server, TOKEN};

/// A bot that can be started again and again, in a folder of its own.
pub struct Bot {
    program: PathBuf,
    arguments: Vec<String>,
    pub folder: tempfile::TempDir,
    variables: Vec<(String, String)>,
    /// Where it takes updates, if they are brought.
    pub webhook: Option<u16>,
    pub health: u16,
}

/// A port that nobody has now.
pub fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("a bound port").port()
}

/// The folder of this program, with the others beside it.
pub fn beside(name: &str) -> PathBuf {
    std::env::current_exe().expect("this program is somewhere").with_file_name(name)
}

impl Bot {
    fn new(program: PathBuf, arguments: &[&str], server: &Server) -> Bot {
        assert!(program.exists(), "{} is not there: cargo build it first", program.display());
        // Not in /tmp, which may be in memory.
        let folder = tempfile::tempdir_in(beside("")).expect("a folder");
        let cache = beside("chaos-cache").display().to_string();
        let variables = [("TELOXIDE_TOKEN", TOKEN), ("TELOXIDE_API_URL", &server.url()), ("XDG_CACHE_HOME", &cache)];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec();
        let arguments = arguments.iter().map(|&a| a.to_owned()).collect();
        let bot = Bot { program, arguments, folder, variables, webhook: None, health: free_port() };
        let health = format!("127.0.0.1:{}", bot.health);
        bot.with("FOOTNOTE_HTTP", &health).with("FOOTNOTE_LOG", "footnote=debug,warn")
    }

    /// `footnote serve`, which fetches and keeps everything in a file.
    pub fn footnote(server: &Server) -> Bot {
        let program = std::env::var_os("FOOTNOTE_BIN").map_or_else(|| beside("footnote"), PathBuf::from);
        Bot::new(program, &["serve"], server)
    }

    /// The bot that anyone would write first, on teloxide's own dispatcher.
    pub fn simple(server: &Server) -> Bot {
        Bot::new(beside("footnote-load"), &["--simple", &server.url()], server)
    }

    pub fn with(mut self, name: &str, value: &str) -> Bot {
        self.variables.retain(|(other, _)| other != name);
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Updates are brought to it, and to this server's other replicas.
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

    /// Does it say that all is well?
    pub async fn is_ready(&self) -> bool {
        let Ok(stream) = tokio::net::TcpStream::connect(("127.0.0.1", self.health)).await else { return false };
        let head = b"GET /readyz HTTP/1.1\r\nHost: bot\r\nConnection: close\r\n\r\n";
        crate::deliver::exchange(stream, head, b"").await.status == 200
    }

    /// Waits until it is ready, or not.
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

/// It is killed when this is dropped.
pub struct Process(Child);

impl Process {
    pub fn id(&self) -> u32 {
        self.0.id()
    }

    pub fn signal(&self, name: &str) {
        // One that has ended and was not waited for takes signals as well.
        assert!(!self.has_died(), "the bot has ended by itself");
        let status = Command::new("kill").args([&format!("-{name}"), &self.id().to_string()]).status();
        assert!(status.is_ok_and(|status| status.success()), "the bot has ended by itself");
    }

    fn has_died(&self) -> bool {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.id())).unwrap_or_default();
        // After the name, which is in brackets and may hold anything.
        stat.rsplit_once(") ").is_none_or(|(_, fields)| fields.starts_with(['Z', 'X']))
    }

    /// SIGKILL, and gone when this returns. Says whether it was still there.
    pub fn kill(&mut self) -> bool {
        let was_running = self.is_running();
        let _ = self.0.kill();
        let _ = self.0.wait();
        was_running
    }

    pub fn is_running(&mut self) -> bool {
        matches!(self.0.try_wait(), Ok(None))
    }

    /// Waits until it has ended; its exit code, if it had one, and how long that took.
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

    /// Ends as an operator would end it.
    pub async fn stop(&mut self) -> bool {
        self.signal("TERM");
        self.ended(Duration::from_secs(20)).await.is_some_and(|(code, _)| code == Some(0))
    }

    /// A field of its status, in MiB.
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

/// All files below a folder.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let entries = entries.filter_map(|entry| Some(entry.ok()?.path()));
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}
