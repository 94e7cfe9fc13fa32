//! The command `footnote webhook`: registers, deletes and shows the webhook at Telegram.

use std::io::Write;

use clap::{Parser, Subcommand};

use super::exit::Exit;
use super::telegram_args::TelegramArgs;
use crate::telegram::{self, Api, Registration, Secret};

/// Says where Telegram brings updates: to `footnote serve` processes that listen
/// (FOOTNOTE_WEBHOOK), or nowhere, so that one fetches them.
#[derive(Debug, Parser)]
#[command(
    name = "footnote webhook",
    after_help = "Example:\n  FOOTNOTE_WEBHOOK_SECRET=… footnote webhook set https://bot.example.org"
)]
pub struct Args {
    #[command(flatten)]
    telegram: TelegramArgs,
    #[command(subcommand)]
    command: WebhookCommand,
}

#[derive(Debug, Subcommand)]
enum WebhookCommand {
    /// From now on updates are brought to this address
    Set {
        /// The public address of the bot, or of the load balancer before it; `/telegram` is added
        /// to it
        url: String,
        /// The secret that Telegram sends along, the same that the listening processes have
        #[arg(long, value_name = "SECRET", env = "FOOTNOTE_WEBHOOK_SECRET", hide_env_values = true)]
        secret: String,
        /// How many connections Telegram may open at once
        #[arg(long, value_name = "N", default_value_t = 40, value_parser = clap::value_parser!(u8).range(1..=100))]
        max_connections: u8,
    },
    /// From now on updates are fetched; those that wait are kept
    Delete,
    /// Shows where updates are brought and how that goes
    Info,
}

pub fn run(args: &Args) -> anyhow::Result<Exit> {
    let api = args.telegram.api()?.ok_or_else(|| {
        anyhow::anyhow!("TELOXIDE_TOKEN is not set: write the bot's token into .env, or give it with --token")
    })?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let registration = runtime.block_on(execute(&api, &args.command))?;
    let mut out = std::io::stdout().lock();
    if registration.url.is_empty() {
        writeln!(out, "Telegram brings no updates: the bot fetches them.")?;
    } else {
        let connections = registration.max_connections.unwrap_or(40);
        writeln!(out, "Telegram brings updates to {} over at most {connections} connections.", registration.url)?;
    }
    writeln!(out, "{} updates wait at Telegram.", registration.pending_update_count)?;
    if let Some(error) = registration.last_error_message {
        writeln!(out, "The last failure: {error}")?;
    }
    Ok(Exit::Success)
}

async fn execute(api: &Api, command: &WebhookCommand) -> anyhow::Result<Registration> {
    match command {
        WebhookCommand::Set { url, secret, max_connections } => {
            let url = telegram::address_below(url);
            telegram::register(api, &url, &Secret::parse(secret)?, *max_connections).await?;
        }
        WebhookCommand::Delete => telegram::unregister(api).await?,
        WebhookCommand::Info => {}
    }
    Ok(telegram::registration(api).await?)
}
