//! `footnote serve`: wires everything together.

use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clap::Parser;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::telegram_args::Account;
use super::{Cli, Exit, or};
use crate::health::{self, Exporter, HealthState};
use crate::store::Store;
use crate::telegram::{self, Api, Feed, Me, Secret, Serving, Token};
use footnote_engine::engine::Engine;
use footnote_playground::FakeTelegram;

/// How long leaving may take once all is done.
const LEAVE_WITHIN: Duration = Duration::from_secs(5);

/// Serves Telegram, or without a token the playground: the whole bot in the browser.
#[derive(Debug, Parser)]
#[command(name = "footnote serve", after_help = "Example:\n  TELOXIDE_TOKEN=123456789:AAH… footnote serve")]
pub struct Args {
    #[command(flatten)]
    account: Account,
    /// Database in which questions wait until they are answered
    #[arg(long, value_name = "URL", env = "DATABASE_URL", default_value = DEFAULT_DATABASE, hide_env_values = true)]
    database: String,
    /// Address at which /healthz, /readyz and /metrics are served; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", env = "FOOTNOTE_HTTP", default_value = DEFAULT_HTTP)]
    http: String,
    /// Address at which Telegram brings updates (see `footnote webhook`); without it they are fetched
    #[arg(long, value_name = "ADDRESS", env = "FOOTNOTE_WEBHOOK")]
    webhook: Option<String>,
    /// The secret that Telegram sends along
    #[arg(long, value_name = "SECRET", env = "FOOTNOTE_WEBHOOK_SECRET", hide_env_values = true)]
    webhook_secret: Option<String>,
    /// Keep the words of questions for so long, such as 30d; without it they are kept only until they are answered
    #[arg(long, value_name = "DAYS", env = "FOOTNOTE_KEEP_QUESTIONS")]
    keep_questions: Option<Days>,
    /// Address of the playground, on this machine only; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", env = "FOOTNOTE_PLAYGROUND", default_value = DEFAULT_PLAYGROUND)]
    playground: String,
}

/// A number of days, written `30d`; 0 is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Days(u64);

impl std::str::FromStr for Days {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Days, Self::Err> {
        // A variable that is set to nothing is as good as not set.
        if text.trim().is_empty() {
            return Ok(Days(0));
        }
        let days = text.trim().strip_suffix('d').and_then(|days| days.parse().ok());
        days.filter(|days| (1..=3650).contains(days))
            .map(Days)
            .ok_or("write a number of days from 1 to 3650, such as 30d")
    }
}

const DEFAULT_DATABASE: &str = "sqlite:data/footnote.db";
const DEFAULT_HTTP: &str = "127.0.0.1:8418";
const DEFAULT_PLAYGROUND: &str = "127.0.0.1:8417";

/// A token for the playground's own bot, another at every start, so that no other page in the browser can guess it.
fn playground_token() -> String {
    use std::hash::{BuildHasher, RandomState};
    let [one, other]: [u64; 2] = std::array::from_fn(|_| RandomState::new().hash_one("playground"));
    format!("417000417:{one:016x}{other:016x}")
}

impl Args {
    /// As `footnote` without a command takes them: from variables and defaults.
    pub fn alone() -> Args {
        Args::parse_from(["footnote serve"])
    }
}

pub fn run(args: Args, cli: &Cli) -> anyhow::Result<Exit> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let stop = stop_signal()?;
        let Some(engine) = learn(cli.folder().map(OsStr::to_owned), &stop).await? else { return Ok(Exit::Success) };
        match args.account.api()? {
            Some(api) => serve_telegram(api, &args, engine, stop).await,
            None => serve_playground(&args, engine, stop).await,
        }
    })
}

/// The engine, or nothing if the wait for it is ended. Learning a large base takes seconds, and nobody may have to wait for it to stop.
async fn learn(folder: Option<OsString>, stop: &CancellationToken) -> anyhow::Result<Option<Arc<Engine>>> {
    let (done, learned) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || done.send(super::engine(folder.as_deref()).map(Arc::new)));
    tokio::select! {
        engine = learned => Ok(Some(engine??)),
        () = stop.cancelled() => Ok(None),
    }
}

async fn serve_telegram(api: Api, args: &Args, engine: Arc<Engine>, stop: CancellationToken) -> anyhow::Result<Exit> {
    let feed = feed(args).await?;
    let watch = listen("FOOTNOTE_HTTP", or(&args.http, DEFAULT_HTTP), DEFAULT_HTTP).await?;
    let store = Store::open(or(&args.database, DEFAULT_DATABASE)).await.context("DATABASE_URL")?;
    let brought_to = match &feed {
        Feed::Polling => None,
        Feed::Webhook(listener, _) => Some(listener.local_addr()?),
    };
    let sections = engine.knowledge().sections.len();
    let watched_at = watch.local_addr()?;
    let ready = |me: &Me| {
        // Only where systemd has started us, and it alone listens.
        let _ = sd_notify::notify(&[sd_notify::NotifyState::Ready]);
        say(&format!("Footnote serves Telegram as @{} with {sections} sections. Ctrl-C ends it.", me.username));
        say(&format!("Its health: http://{watched_at}/readyz"));
        if let Some(address) = brought_to {
            say(&format!("Updates are taken at http://{address}/telegram."));
        }
    };
    let vitals = Arc::new(HealthState::default());
    // Until the very end: whoever asks while the last questions are answered is told.
    let watching = CancellationToken::new();
    let watcher = health::serve(
        watch,
        Arc::clone(&vitals),
        store.clone(),
        Exporter::start()?,
        brought_to.is_none(),
        watching.clone(),
    );
    let watcher = tokio::spawn(watcher);
    let keep_questions =
        args.keep_questions.filter(|days| days.0 > 0).map(|Days(days)| Duration::from_secs(days * 24 * 60 * 60));
    let serving = Serving { engine, store: store.clone(), feed, vitals, keep_questions };
    let served = telegram::run(api, serving, stop, ready).await;
    watching.cancel();
    // All is written; whoever still asks how it goes, and a database that has ceased to answer, are not waited for.
    if let Ok(watched) = tokio::time::timeout(LEAVE_WITHIN, watcher).await {
        watched??;
    }
    if tokio::time::timeout(LEAVE_WITHIN, store.close()).await.is_err() {
        tracing::warn!("the database does not answer; leaving without a word to it");
    }
    finish(served)
}

/// How updates come in: brought, where an address for that is named.
async fn feed(args: &Args) -> anyhow::Result<Feed> {
    let Some(address) = args.webhook.as_deref().filter(|address| !address.trim().is_empty()) else {
        return Ok(Feed::Polling);
    };
    let secret = args.webhook_secret.as_deref().unwrap_or_default();
    let secret = Secret::parse(secret.trim())?;
    Ok(Feed::Webhook(listen("FOOTNOTE_WEBHOOK", address.trim(), "").await?, secret))
}

async fn serve_playground(args: &Args, engine: Arc<Engine>, stop: CancellationToken) -> anyhow::Result<Exit> {
    let listener = listen_here(or(&args.playground, DEFAULT_PLAYGROUND)).await?;
    let address = listener.local_addr()?;
    let token = playground_token();
    let world = FakeTelegram::new(&token);
    world.seed()?;
    let api = Api::new(&format!("http://{address}"), Token::parse(&token)?)?;
    let store = Store::in_memory().await?;
    let stopped = stop.clone();
    let lens = Some(super::inspector::lens(Arc::clone(&engine)));
    let page =
        tokio::spawn(footnote_playground::serve(listener, world, lens, async move { stopped.cancelled().await }));
    let ready = |_: &Me| {
        say(&format!("Footnote's playground: http://{address}/"));
        say("No TELOXIDE_TOKEN is set, so the bot runs here and nothing leaves this machine. Ctrl-C ends it.");
        say(
            "For Telegram: send /newbot to @BotFather there, write TELOXIDE_TOKEN=<the token> into .env, and start again.",
        );
    };
    let served = telegram::run(api, Serving::new(engine, store), stop.clone(), ready).await;
    stop.cancel();
    page.await??;
    finish(served)
}

/// Tells whoever started us. Nobody may be reading, and then serving goes on all the same.
fn say(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn finish(served: Result<(), telegram::Stopped>) -> anyhow::Result<Exit> {
    match served {
        Ok(()) => Ok(Exit::Success),
        Err(error @ telegram::Stopped::TokenRefused(_)) => Err(error.into()),
        Err(error @ telegram::Stopped::Conflict) => {
            tracing::error!(%error, "stopped");
            Ok(Exit::NotNow)
        }
        Err(error) => {
            tracing::error!(%error, "stopped");
            Ok(Exit::Failure)
        }
    }
}

/// The playground's port. The page acts for whoever opens it, so it is not for other machines.
async fn listen_here(address: &str) -> anyhow::Result<TcpListener> {
    let listener = listen("FOOTNOTE_PLAYGROUND", address, DEFAULT_PLAYGROUND).await?;
    let address = listener.local_addr()?;
    anyhow::ensure!(
        address.ip().is_loopback(),
        "FOOTNOTE_PLAYGROUND: {address} is open to other machines; use 127.0.0.1:{}",
        address.port()
    );
    Ok(listener)
}

/// A listener at the address that a variable names. Whoever did not name one does not mind another port than the default.
async fn listen(variable: &str, address: &str, default: &str) -> anyhow::Result<TcpListener> {
    let Ok(address) = address.parse::<SocketAddr>() else {
        anyhow::bail!("{variable}: `{address}` is no address; write e.g. 127.0.0.1:8417, or port 0 for a free one")
    };
    match TcpListener::bind(address).await {
        Ok(listener) => Ok(listener),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse && address.to_string() == default => {
            say(&format!("{address} is taken, so another port is used ({variable})."));
            Ok(TcpListener::bind((address.ip(), 0)).await?)
        }
        Err(error) => Err(error)
            .with_context(|| format!("{variable}: cannot listen on {address}; name another port, or 0 for a free one")),
    }
}

/// Cancelled by SIGINT (Ctrl-C) or SIGTERM.
fn stop_signal() -> anyhow::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let token = stop.clone();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        tokio::spawn(async move {
            tokio::select! {
                _ = interrupt.recv() => {}
                _ = terminate.recv() => {}
            }
            tracing::info!("stopping");
            token.cancel();
        });
    }
    #[cfg(not(unix))]
    tokio::spawn(async move {
        if tokio::signal::ctrl_c().await.is_ok() {
            token.cancel();
        }
    });
    Ok(stop)
}
