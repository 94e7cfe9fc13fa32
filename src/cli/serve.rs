//! `footnote serve`: wires everything together.

use std::ffi::{OsStr, OsString};
use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;

use clap::Parser;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{Cli, Exit};
use crate::engine::Engine;
use crate::playground::{self, World};
use crate::store::Store;
use crate::telegram::{self, Api, Me, Token};

/// Serves Telegram, or without a token the playground: the whole bot in the browser.
#[derive(Debug, Parser)]
#[command(name = "footnote serve", after_help = "Example:\n  TELOXIDE_TOKEN=123456789:AAH… footnote serve")]
pub struct Args {
    /// The bot's token from @BotFather; better in the variable or in .env than on the command line, where others can see it
    #[arg(long, value_name = "TOKEN", env = "TELOXIDE_TOKEN", hide_env_values = true)]
    token: Option<String>,
    /// Address of the Bot API
    #[arg(long, value_name = "URL", env = "TELOXIDE_API_URL", default_value = Api::TELEGRAM)]
    api_url: String,
    /// Database in which questions wait until they are answered
    #[arg(long, value_name = "URL", env = "DATABASE_URL", default_value = DEFAULT_DATABASE)]
    database: String,
    /// Address of the playground, on this machine only; port 0 takes a free one
    #[arg(long, value_name = "ADDRESS", env = "FOOTNOTE_PLAYGROUND", default_value = DEFAULT_PLAYGROUND)]
    playground: String,
}

const DEFAULT_DATABASE: &str = "sqlite:data/footnote.db";
const DEFAULT_PLAYGROUND: &str = "127.0.0.1:8417";

/// A variable that is set to nothing is as good as not set.
fn or<'a>(value: &'a str, default: &'a str) -> &'a str {
    if value.trim().is_empty() { default } else { value.trim() }
}

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
        match args.token.as_deref().map(str::trim).filter(|token| !token.is_empty()) {
            Some(token) => serve_telegram(token, &args, engine, stop).await,
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

async fn serve_telegram(
    token: &str,
    args: &Args,
    engine: Arc<Engine>,
    stop: CancellationToken,
) -> anyhow::Result<Exit> {
    let api = Api::new(or(&args.api_url, Api::TELEGRAM), Token::parse(token)?)?;
    let store = Store::open(or(&args.database, DEFAULT_DATABASE))
        .await
        .map_err(|error| anyhow::anyhow!("DATABASE_URL: {error}"))?;
    let sections = engine.knowledge().sections.len();
    let ready = |me: &Me| {
        say(&format!("Footnote serves Telegram as @{} with {sections} sections. Ctrl-C ends it.", me.username))
    };
    let served = telegram::run(api, engine, store.clone(), stop, ready).await;
    store.close().await;
    finish(served)
}

async fn serve_playground(args: &Args, engine: Arc<Engine>, stop: CancellationToken) -> anyhow::Result<Exit> {
    let listener = listen(or(&args.playground, DEFAULT_PLAYGROUND)).await?;
    let address = listener.local_addr()?;
    let token = playground_token();
    let world = World::new(&token);
    world.furnish()?;
    let api = Api::new(&format!("http://{address}"), Token::parse(&token)?)?;
    let store = Store::in_memory().await?;
    let stopped = stop.clone();
    let lens = Some(super::lens::lens(Arc::clone(&engine)));
    let page = tokio::spawn(playground::serve(listener, world, lens, async move { stopped.cancelled().await }));
    let ready = |_: &Me| {
        say(&format!("Footnote's playground: http://{address}/"));
        say("No TELOXIDE_TOKEN is set, so the bot runs here and nothing leaves this machine. Ctrl-C ends it.");
        say(
            "For Telegram: send /newbot to @BotFather there, write TELOXIDE_TOKEN=<the token> into .env, and start again.",
        );
    };
    let served = telegram::run(api, engine, store, stop.clone(), ready).await;
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
        Err(error) => {
            tracing::error!(%error, "stopped");
            Ok(Exit::Failure)
        }
    }
}

/// The playground's port. The page acts for whoever opens it, so it is not for other machines.
async fn listen(address: &str) -> anyhow::Result<TcpListener> {
    let wrong = || {
        anyhow::anyhow!(
            "FOOTNOTE_PLAYGROUND: `{address}` is no address; write e.g. {DEFAULT_PLAYGROUND}, or port 0 for a free one"
        )
    };
    let address: SocketAddr = address.parse().map_err(|_| wrong())?;
    anyhow::ensure!(
        address.ip().is_loopback(),
        "FOOTNOTE_PLAYGROUND: {address} is open to other machines; use 127.0.0.1:{}",
        address.port()
    );
    match TcpListener::bind(address).await {
        Ok(listener) => Ok(listener),
        // Whoever did not ask for this port does not mind another.
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse && address.to_string() == DEFAULT_PLAYGROUND => {
            say(&format!("{address} is taken, so the playground is at another port."));
            Ok(TcpListener::bind((address.ip(), 0)).await?)
        }
        Err(error) => anyhow::bail!(
            "FOOTNOTE_PLAYGROUND: cannot listen on {address}: {error}; name another port, or 0 for a free one"
        ),
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
