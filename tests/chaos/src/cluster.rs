//! A private PostgreSQL server that the chaos test can kill.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::bot::free_port;

pub struct Cluster {
    bin: PathBuf,
    folder: tempfile::TempDir,
    port: u16,
}

fn is_root() -> bool {
    Command::new("id").arg("-u").output().is_ok_and(|output| output.stdout == b"0\n")
}

impl Cluster {
    /// Creates and starts a PostgreSQL server. Returns `None` if PostgreSQL is not installed.
    pub async fn start() -> Option<Cluster> {
        let mut versions: Vec<_> =
            std::fs::read_dir("/usr/lib/postgresql").ok()?.filter_map(|e| Some(e.ok()?.path())).collect();
        versions.sort();
        let bin = versions.pop()?.join("bin");
        let folder = tempfile::tempdir().expect("a folder");
        if is_root() {
            let _ = Command::new("chown").arg("postgres").arg(folder.path()).status();
        }
        let cluster = Cluster { bin, folder, port: free_port() };
        let data = cluster.data();
        let made =
            cluster.run("initdb", &["-D", &data, "-U", "footnote", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"]);
        assert!(made, "initdb fails");
        assert!(cluster.run_again().await, "PostgreSQL does not start");
        Some(cluster)
    }

    /// Returns the data directory of the PostgreSQL server.
    pub fn folder(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn data(&self) -> String {
        self.folder().display().to_string()
    }

    fn run(&self, program: &str, arguments: &[&str]) -> bool {
        let program = self.bin.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        // Runs in `/`, because the user `postgres` may not be allowed to enter the current
        // directory.
        let status = command.args(arguments).current_dir("/").stdout(Stdio::null()).stderr(Stdio::null()).status();
        status.is_ok_and(|status| status.success())
    }

    pub fn url(&self) -> String {
        format!("postgres://footnote@127.0.0.1:{}/postgres", self.port)
    }

    /// Starts the PostgreSQL server, with up to 40 attempts, because remains of a killed server can
    /// block a start for a moment.
    pub async fn run_again(&self) -> bool {
        let options = format!(
            "-p {} -k {} -c listen_addresses=127.0.0.1 -c max_connections=200",
            self.port,
            self.folder.path().display()
        );
        let (data, log) = (self.data(), format!("{}/log", self.folder.path().display()));
        for _ in 0..40 {
            if self.run("pg_ctl", &["-D", &data, "-l", &log, "-w", "-t", "20", "-o", &options, "start"]) {
                return true;
            }
            tokio::time::sleep(Duration::from_millis(250)).await;
        }
        false
    }

    /// Sends SIGKILL to the main process of the PostgreSQL server.
    pub fn kill(&self) {
        let file = std::fs::read_to_string(format!("{}/postmaster.pid", self.data())).unwrap_or_default();
        let process = file.lines().next().expect("it runs");
        let _ = Command::new("kill").args(["-9", process]).status();
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.run("pg_ctl", &["-D", &self.data(), "-m", "immediate", "-w", "stop"]);
    }
}
