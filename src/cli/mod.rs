//! The command line of `footnote`. Each command has its own file or folder.

mod exit;
mod defaults;
mod log;
mod model_cache;
mod knowledge_args;
mod telegram_args;
mod ask;
mod check;
mod eval;
mod inspector;
mod serve;
mod webhook;

use std::ffi::OsString;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand};

pub use exit::Exit;

/// Footnote answers questions about an article: in Telegram, in a browser, or right here.
///
/// Without a command it serves: Telegram if TELOXIDE_TOKEN is set, a playground in the browser if
/// not. Variables are also read from a file `.env` in the current folder.
#[derive(Debug, Parser)]
#[command(
    name = "footnote",
    version,
    after_help = "Example:\n  footnote ask \"How many hours of data was Whisper trained on?\""
)]
struct Cli {
    #[command(subcommand)]
    command: Option<CliCommand>,

    #[command(flatten)]
    knowledge: knowledge_args::KnowledgeArgs,

    #[command(flatten)]
    log: log::LogArgs,
}

#[derive(Debug, Subcommand)]
enum CliCommand {
    Serve(serve::Args),
    Ask(ask::Args),
    Eval(eval::Args),
    Check(check::Args),
    Webhook(webhook::Args),
}

/// Runs the command that the arguments name. Returns the exit code of the process.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    exit::report(try_run(arguments))
}

fn try_run(arguments: impl IntoIterator<Item = OsString>) -> anyhow::Result<Exit> {
    defaults::read_env_file()?;
    let Cli { command, knowledge, log } = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        // Prints clap's error and exits. `--help` and `--version` are also such errors, but with
        // exit code 0.
        Err(error) => error.exit(),
    };
    let command = command.unwrap_or_else(|| CliCommand::Serve(serve::Args::alone()));
    log.init()?;
    match command {
        CliCommand::Serve(args) => serve::run(args, &knowledge),
        CliCommand::Ask(args) => ask::run(&args, &knowledge),
        CliCommand::Eval(args) => eval::run(&args, &knowledge),
        CliCommand::Check(_) => check::run(&knowledge),
        CliCommand::Webhook(args) => webhook::run(&args),
    }
}

/// Returns clap's definition of the command line. Tests compare the documentation with this
/// definition.
#[must_use]
pub fn definition() -> clap::Command {
    Cli::command()
}
