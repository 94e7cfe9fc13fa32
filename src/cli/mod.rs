//! The command line: one file, or a folder, for each command.

mod telegram_args;
mod ask;
mod check;
mod eval;
mod inspector;
mod model_cache;
mod log;
mod serve;
mod webhook;

use std::ffi::{OsStr, OsString};
use std::path::Path;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

use crate::store::StoreError;
use crate::telegram::ApiError;
use footnote_engine::engine::Engine;
use footnote_engine::knowledge::{self, Loaded, Severity};

/// How a command ended, as the exit code says it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// 0: all is well.
    Success,
    /// 1: it ran, and the outcome is bad: the base has errors, or the bot had to stop.
    Failure,
    /// 75: it cannot go on now and may be started again later (`EX_TEMPFAIL` of BSD's `sysexits`): another program fetches the bot's updates, or what it needs is away.
    NotNow,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Success => ExitCode::SUCCESS,
            Exit::Failure => ExitCode::FAILURE,
            Exit::NotNow => ExitCode::from(75),
        }
    }
}

/// The exit code of a command that could not run: wrong arguments, variables or files.
const UNUSABLE: u8 = 2;

const DEFAULT_LOG: &str = "footnote=info,warn";

/// Footnote answers questions about an article: in Telegram, in a browser, or right here.
///
/// Without a command it serves: Telegram if TELOXIDE_TOKEN is set, a playground in the browser if not.
/// Variables are also read from a file `.env` in the current folder.
#[derive(Debug, Parser)]
#[command(
    name = "footnote",
    version,
    after_help = "Example:\n  footnote ask \"How many hours of data was Whisper trained on?\""
)]
pub struct Cli {
    #[command(subcommand)]
    command: Option<Command>,

    /// Folder of the knowledge base; without it, the one built in
    #[arg(long, value_name = "DIR", env = "FOOTNOTE_KNOWLEDGE", global = true)]
    knowledge: Option<OsString>,

    /// How much to log: error, warn, info, debug, or a tracing filter
    #[arg(long, value_name = "FILTER", env = "FOOTNOTE_LOG", default_value = DEFAULT_LOG, global = true)]
    log: String,

    /// How log lines look: for people (text) or one object a line (json)
    #[arg(long, value_name = "FORMAT", env = "FOOTNOTE_LOG_FORMAT", default_value = "text", global = true)]
    log_format: log::Format,
}

#[derive(Debug, Subcommand)]
enum Command {
    Serve(serve::Args),
    Ask(ask::Args),
    Eval(eval::Args),
    Check(check::Args),
    Webhook(webhook::Args),
}

/// Runs the command that the arguments name and says how the process should end.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let done = read_env_file().and_then(|()| {
        let mut cli = match Cli::try_parse_from(arguments) {
            Ok(cli) => cli,
            // Help and version come this way too, with status 0.
            Err(error) => error.exit(),
        };
        let command = match cli.command.take() {
            Some(command) => command,
            None => Command::Serve(serve::Args::alone()),
        };
        log::start(or(&cli.log, DEFAULT_LOG), cli.log_format)?;
        match command {
            Command::Serve(args) => serve::run(args, &cli),
            Command::Ask(args) => ask::run(&args, &cli),
            Command::Eval(args) => eval::run(&args, &cli),
            Command::Check(_) => check::run(&cli),
            Command::Webhook(args) => webhook::run(&args),
        }
    });
    match done {
        Ok(exit) => exit.into(),
        // Whoever read our output has seen enough.
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("footnote: {error:#}");
            if is_transient(&error) { Exit::NotNow.into() } else { ExitCode::from(UNUSABLE) }
        }
    }
}

/// Is it about something that may be there another time: a database, a port, the network?
fn is_transient(error: &anyhow::Error) -> bool {
    let is_taken = |error: &std::io::Error| error.kind() == std::io::ErrorKind::AddrInUse;
    error.downcast_ref::<StoreError>().is_some_and(StoreError::is_transient)
        || error.downcast_ref::<ApiError>().is_some_and(ApiError::is_transient)
        || error.downcast_ref::<std::io::Error>().is_some_and(is_taken)
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let io = error.downcast_ref::<std::io::Error>();
    io.is_some_and(|error| error.kind() == std::io::ErrorKind::BrokenPipe)
}

/// The whole command line as data, for tests and documents.
#[must_use]
pub fn definition() -> clap::Command {
    Cli::command()
}

fn read_env_file() -> anyhow::Result<()> {
    match dotenvy::from_path(".env") {
        Err(dotenvy::Error::LineParse(_, at)) => {
            // The line itself is not repeated: it may hold the token.
            anyhow::bail!(
                ".env: a line cannot be read (at its character {at}); write NAME=value, with quotes around a value that has spaces"
            )
        }
        Err(dotenvy::Error::Io(error)) if error.kind() != std::io::ErrorKind::NotFound => {
            anyhow::bail!(".env: {error}")
        }
        _ => Ok(()),
    }
}

/// A variable that is set to nothing is as good as not set.
fn or<'a>(value: &'a str, default: &'a str) -> &'a str {
    if value.trim().is_empty() { default } else { value.trim() }
}

impl Cli {
    /// The folder of the base. A variable that is set to nothing is as good as not set.
    fn folder(&self) -> Option<&OsStr> {
        self.knowledge.as_deref().filter(|folder| !folder.is_empty())
    }

    fn load(&self) -> anyhow::Result<Loaded> {
        load(self.folder())
    }

    fn engine(&self) -> anyhow::Result<Engine> {
        engine(self.folder())
    }
}

/// The base in a folder, or else the one built in.
fn load(folder: Option<&OsStr>) -> anyhow::Result<Loaded> {
    match folder {
        Some(folder) => knowledge::load(Path::new(folder)).map_err(|error| {
            anyhow::anyhow!("{error}; --knowledge (FOOTNOTE_KNOWLEDGE) names a folder with footnote.toml in it")
        }),
        None => Ok(knowledge::embedded()),
    }
}

/// The engine over the base, if all of the base could be read.
fn engine(folder: Option<&OsStr>) -> anyhow::Result<Engine> {
    let loaded = load(folder)?;
    if !loaded.is_whole() {
        let broken = loaded.problems.iter().filter(|p| p.severity == Severity::Broken);
        let list = broken.map(ToString::to_string).collect::<Vec<_>>().join("\n");
        anyhow::bail!("the knowledge base cannot be used\n{list}");
    }
    Ok(model_cache::engine(loaded, folder))
}
