//! The command `footnote serve`: runs the bot with its database and health endpoints, or runs the
//! playground.

use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use clap::Parser;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::defaults::or;
use super::exit::Exit;
use super::knowledge_args::{self, KnowledgeArgs};
use super::telegram_args::TelegramArgs;
use crate::health::{self, Exporter, HealthState};
use crate::store::Store;
use crate::telegram::{self, Api, BotToken, Feed, Me, Secret, Serving};
use footnote_engine::engine::Engine;
use footnote_playground::FakeTelegram;

/// Maximum time that a stopping process waits for the health server to stop, and then for the
/// database to close.
const SHUTDOWN_TIMEOUT: Duration = Duration::from_secs(5);

/// Serves Telegram, or without a token the playground: the whole bot in the browser.
#[derive(Debug, Parser)]
#[command(name = "footnote serve", after_help = "Example:\n  TELOXIDE_TOKEN=123456789:AAH… footnote serve")]
pub struct Args {
    #[command(flatten)]
    telegram: TelegramArgs,
    /// Database in which questions wait until they are answered
    #[arg(long, value_name = "URL", env = "DATABASE_URL", default_value = DEFAULT_DATABASE, hide_env_values = true)]
    database: String,
    /// Address at which /healthz, /readyz and /metrics are served; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", env = "FOOTNOTE_HTTP", default_value = DEFAULT_HTTP)]
    http: String,
    /// Address at which Telegram brings updates (see `footnote webhook`); without it they are
    /// fetched
    #[arg(long, value_name = "ADDRESS", env = "FOOTNOTE_WEBHOOK")]
    webhook: Option<String>,
    /// The secret that Telegram sends along
    #[arg(long, value_name = "SECRET", env = "FOOTNOTE_WEBHOOK_SECRET", hide_env_values = true)]
    webhook_secret: Option<String>,
    /// Keep the words of questions for so long, such as 30d; without it they are kept only until
    /// they are answered
    #[arg(long, value_name = "DAYS", env = "FOOTNOTE_KEEP_QUESTIONS")]
    keep_questions: Option<Days>,
    /// Address of the playground, on this machine only; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", env = "FOOTNOTE_PLAYGROUND", default_value = DEFAULT_PLAYGROUND)]
    playground: String,
}

/// A number of days, written as `30d` on the command line. 0 means that the option or variable is
/// empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Days(u64);

impl std::str::FromStr for Days {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Days, Self::Err> {
        // An empty environment variable counts as unset.
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

/// Generates a random token for the playground's bot, so that other pages in the browser cannot
/// guess it.
fn playground_token() -> String {
    use std::hash::{BuildHasher, RandomState};
    let [one, other]: [u64; 2] = std::array::from_fn(|_| RandomState::new().hash_one("playground"));
    format!("417000417:{one:016x}{other:016x}")
}

impl Args {
    /// Returns the arguments of `footnote` without a command. They come from environment variables
    /// and defaults.
    pub fn alone() -> Args {
        Args::parse_from(["footnote serve"])
    }
}

pub fn run(args: Args, knowledge: &KnowledgeArgs) -> anyhow::Result<Exit> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let stop = stop_signal()?;
        let Some(engine) = load_engine(knowledge.folder().map(OsStr::to_owned), &stop).await? else {
            return Ok(Exit::Success);
        };
        match args.telegram.api()? {
            Some(api) => serve_telegram(api, &args, engine, stop).await,
            None => serve_playground(&args, engine, stop).await,
        }
    })
}

/// Loads the knowledge base and trains the engine, which can take seconds. Returns `None` if the
/// stop signal arrives before the engine is ready.
async fn load_engine(folder: Option<OsString>, stop: &CancellationToken) -> anyhow::Result<Option<Arc<Engine>>> {
    let (sender, engine) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || sender.send(knowledge_args::engine(folder.as_deref()).map(Arc::new)));
    tokio::select! {
        engine = engine => Ok(Some(engine??)),
        () = stop.cancelled() => Ok(None),
    }
}

async fn serve_telegram(api: Api, args: &Args, engine: Arc<Engine>, stop: CancellationToken) -> anyhow::Result<Exit> {
    let feed = feed(args).await?;
    let health_listener = listen("FOOTNOTE_HTTP", or(&args.http, DEFAULT_HTTP), DEFAULT_HTTP).await?;
    let store = Store::open(or(&args.database, DEFAULT_DATABASE)).await.context("DATABASE_URL")?;
    let webhook_address = match &feed {
        Feed::Polling => None,
        Feed::Webhook(listener, _) => Some(listener.local_addr()?),
    };
    let sections = engine.knowledge().sections.len();
    let health_address = health_listener.local_addr()?;
    let ready = |me: &Me| {
        // Tells systemd that the service is ready. Does nothing if systemd did not start the
        // process.
        let _ = sd_notify::notify(&[sd_notify::NotifyState::Ready]);
        print_line(&format!("Footnote serves Telegram as @{} with {sections} sections. Ctrl-C ends it.", me.username));
        print_line(&format!("Its health: http://{health_address}/readyz"));
        if let Some(address) = webhook_address {
            print_line(&format!("Updates are taken at http://{address}/telegram."));
        }
    };
    let health = Arc::new(HealthState::default());
    // The health server has its own stop signal, because it keeps running while the bot answers the
    // last questions.
    let stop_health = CancellationToken::new();
    let health_server = health::serve(
        health_listener,
        Arc::clone(&health),
        store.clone(),
        Exporter::start()?,
        webhook_address.is_none(),
        stop_health.clone(),
    );
    let health_server = tokio::spawn(health_server);
    let keep_questions =
        args.keep_questions.filter(|days| days.0 > 0).map(|Days(days)| Duration::from_secs(days * 24 * 60 * 60));
    let serving = Serving { engine, store: store.clone(), feed, health, keep_questions };
    let served = telegram::run(api, serving, stop, ready).await;
    stop_health.cancel();
    // All data is already committed, so the program does not wait long for open health requests or
    // a hanging database.
    if let Ok(watched) = tokio::time::timeout(SHUTDOWN_TIMEOUT, health_server).await {
        watched??;
    }
    if tokio::time::timeout(SHUTDOWN_TIMEOUT, store.close()).await.is_err() {
        tracing::warn!("could not close the database in time; exiting without it");
    }
    exit_after(served)
}

/// Returns the source of updates: the webhook if a webhook address is given, otherwise long
/// polling.
async fn feed(args: &Args) -> anyhow::Result<Feed> {
    let Some(address) = args.webhook.as_deref().filter(|address| !address.trim().is_empty()) else {
        return Ok(Feed::Polling);
    };
    let secret = args.webhook_secret.as_deref().unwrap_or_default();
    let secret = Secret::parse(secret.trim())?;
    Ok(Feed::Webhook(listen("FOOTNOTE_WEBHOOK", address.trim(), "").await?, secret))
}

async fn serve_playground(args: &Args, engine: Arc<Engine>, stop: CancellationToken) -> anyhow::Result<Exit> {
    let listener = listen_on_loopback(or(&args.playground, DEFAULT_PLAYGROUND)).await?;
    let address = listener.local_addr()?;
    let token = playground_token();
    let fake_telegram = FakeTelegram::new(&token);
    fake_telegram.seed()?;
    let api = Api::new(&format!("http://{address}"), BotToken::parse(&token)?)?;
    let store = Store::in_memory().await?;
    let stopped = stop.clone();
    let probe = Some(super::inspector::probe(Arc::clone(&engine)));
    let page =
        tokio::spawn(footnote_playground::serve(
            listener,
            fake_telegram,
            probe,
            async move { stopped.cancelled().await },
        ));
    let ready = |_: &Me| {
        print_line(&format!("Footnote's playground: http://{address}/"));
        print_line("No TELOXIDE_TOKEN is set, so the bot runs here and nothing leaves this machine. Ctrl-C ends it.");
        print_line(
            "For Telegram: send /newbot to @BotFather there, write TELOXIDE_TOKEN=<the token> into .env, and start again.",
        );
    };
    let served = telegram::run(api, Serving::new(engine, store), stop.clone(), ready).await;
    stop.cancel();
    page.await??;
    exit_after(served)
}

/// Prints a line to standard output. Ignores errors, because a closed standard output must not stop
/// the bot.
fn print_line(line: &str) {
    let _ = writeln!(std::io::stdout(), "{line}");
}

fn exit_after(served: Result<(), telegram::Stopped>) -> anyhow::Result<Exit> {
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

/// Opens the playground's listener. Only loopback addresses are allowed, because the playground's
/// page has no login.
async fn listen_on_loopback(address: &str) -> anyhow::Result<TcpListener> {
    let listener = listen("FOOTNOTE_PLAYGROUND", address, DEFAULT_PLAYGROUND).await?;
    let address = listener.local_addr()?;
    anyhow::ensure!(
        address.ip().is_loopback(),
        "FOOTNOTE_PLAYGROUND: {address} is open to other machines; use 127.0.0.1:{}",
        address.port()
    );
    Ok(listener)
}

/// Opens a listener at an address. If the default address is taken, opens the listener at any free
/// port instead. Error messages name `variable`, the environment variable that sets the address.
async fn listen(variable: &str, address: &str, default: &str) -> anyhow::Result<TcpListener> {
    let Ok(address) = address.parse::<SocketAddr>() else {
        anyhow::bail!("{variable}: `{address}` is no address; write e.g. 127.0.0.1:8417, or port 0 for a free one")
    };
    match TcpListener::bind(address).await {
        Ok(listener) => Ok(listener),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse && address.to_string() == default => {
            print_line(&format!("{address} is taken, so another port is used ({variable})."));
            Ok(TcpListener::bind((address.ip(), 0)).await?)
        }
        Err(error) => Err(error)
            .with_context(|| format!("{variable}: cannot listen on {address}; name another port, or 0 for a free one")),
    }
}

/// Returns a cancellation token that SIGINT (Ctrl-C) or SIGTERM cancels.
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
