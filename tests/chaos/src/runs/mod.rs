//! The runs of the chaos test, numbered as in docs/reliability.md.

mod abuse;
mod kills;
mod network;
mod place;
mod text;
mod time;

use std::collections::BTreeSet;
use std::path::Path;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::bot::{Bot, Process, files};
use crate::deliver::SECRET;
use crate::oracle::{Known, Tally, mark_of, quantile};
use crate::server::{Server, TOKEN};

/// The result of one run of the chaos test: its measurements (`figures`) and their limits (`mark`).
pub struct Verdict {
    pub is_good: bool,
    pub figures: String,
    pub mark: String,
}

/// The result of a run, or the reason why the run is impossible on this machine.
pub type Ran = Result<Verdict, &'static str>;

impl From<Verdict> for Ran {
    fn from(verdict: Verdict) -> Ran {
        Ok(verdict)
    }
}

impl Verdict {
    pub fn broken(reason: &str) -> Verdict {
        Verdict { is_good: false, figures: reason.to_owned(), mark: "come to an end".to_owned() }
    }
}

type Run = fn(Arc<Bench>) -> Pin<Box<dyn Future<Output = Ran> + Send>>;

macro_rules! runs {
    ($($number:literal $name:literal $run:path),* $(,)?) => {
        [$(($number, $name, |bench| Box::pin(async move { Ran::from($run(&bench).await) }))),*]
    };
}

pub const ALL: [(u32, &str, Run); 24] = runs![
    1 "killed, fetching, SQLite" kills::fetching,
    2 "three replicas, one killed at a time, PostgreSQL" kills::replicas,
    3 "PostgreSQL killed" kills::database,
    4 "killed at a chosen moment" kills::moments,
    5 "told to end" kills::signals,
    7 "told to wait" network::floods,
    8 "broken answers" network::broken,
    9 "stalled connections" network::stalls,
    10 "nobody there" network::outage,
    11 "another poller" network::conflict,
    12 "malformed updates" abuse::malformed,
    13 "strangers at the webhook" abuse::strangers,
    14 "one who floods" abuse::flooder,
    15 "long questions" abuse::long_questions,
    16 "groups that move" network::moves,
    17 "refused" network::refusals,
    18 "markup" text::markup,
    19 "forged buttons" abuse::forged,
    20 "numbers at the edges" abuse::edges,
    21 "disk full" place::full,
    22 "clocks that leap" time::clocks,
    23 "stopped and continued, PostgreSQL" time::stopped,
    24 "for a long time" time::soak,
    26 "secrets" place::secrets,
];

/// Settings and results that all runs share.
pub struct Bench {
    pub short: bool,
    pub seed: u64,
    /// Secrets that were found in the bot's files and logs.
    pub leaks: Mutex<Leaks>,
    /// True if a run lost a question, got answers out of order, or got an answer that fits no
    /// question.
    is_any_untrue: AtomicBool,
}

#[derive(Default)]
pub struct Leaks {
    pub found: BTreeSet<String>,
    told: usize,
    pub files: u64,
}

impl Bench {
    pub fn new(short: bool, seed: u64) -> Bench {
        Bench { short, seed, leaks: Mutex::default(), is_any_untrue: AtomicBool::new(false) }
    }

    /// Returns the first value with `--short` and the second with `--long`.
    pub fn pick<T>(&self, short: T, long: T) -> T {
        if self.short { short } else { long }
    }

    /// True if a run failed for a reason that a slow machine does not explain: a question was lost,
    /// an answer was wrong or out of order, or a secret leaked.
    pub fn has_broken_a_promise(&self) -> bool {
        let leaks = self.leaks.lock().unwrap_or_else(PoisonError::into_inner);
        self.is_any_untrue.load(Ordering::Relaxed) || !leaks.found.is_empty()
    }

    /// Lists all secrets that the runs have found in files so far. The result is empty if no
    /// further secret was found since the last call.
    pub fn new_leaks(&self) -> String {
        let mut leaks = self.leaks.lock().unwrap_or_else(PoisonError::into_inner);
        if leaks.told == leaks.found.len() {
            return String::new();
        }
        leaks.told = leaks.found.len();
        leaks.found.iter().map(String::as_str).collect::<Vec<_>>().join(", ")
    }

    /// Searches the data directory of a PostgreSQL server for the bot token and the webhook secret,
    /// and records what it finds in `leaks`.
    pub fn look_through_cluster(&self, folder: &Path) {
        let secrets =
            [("the token", TOKEN.split_once(':').map_or(TOKEN, |(_, secret)| secret)), ("the secret", SECRET)];
        let mut leaks = self.leaks.lock().unwrap_or_else(PoisonError::into_inner);
        for file in files(folder) {
            let Ok(bytes) = std::fs::read(&file) else { continue };
            leaks.files += 1;
            for (what, _) in secrets.iter().filter(|(_, words)| contains(&bytes, words.as_bytes())) {
                leaks.found.insert(format!("{what} in {}", file.display()));
            }
        }
    }

    /// Searches the bot's folder for the bot token, the webhook secret and the texts of questions.
    /// The log must never contain a question. The database may contain a question until the bot has
    /// answered it, so other files than the log are searched for questions only after a clean
    /// shutdown. Short questions are skipped, because a section may have the same title.
    pub fn look_through(&self, bot: &Bot, server: &Server, has_ended: bool) {
        let (secret, oracle) = (TOKEN.split_once(':').map_or(TOKEN, |(_, secret)| secret), &server.state().oracle);
        let mut leaks = self.leaks.lock().unwrap_or_else(PoisonError::into_inner);
        for file in files(bot.folder.path()) {
            let Ok(bytes) = std::fs::read(&file) else { continue };
            leaks.files += 1;
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let holds = |words: &str| contains(&bytes, words.as_bytes());
            for (what, words) in [("the token", secret), ("the secret", SECRET)] {
                if holds(words) {
                    leaks.found.insert(format!("{what} in {name}"));
                }
            }
            if (has_ended || name == "log")
                && let Some(known) = oracle.palette().iter().find(|k| k.text.len() > 20 && holds(&k.text))
            {
                leaks.found.insert(format!("`{}` in {name}", known.text));
            }
        }
    }
}

fn contains(bytes: &[u8], words: &[u8]) -> bool {
    let Some(first) = words.first() else { return false };
    let mut at = 0;
    while let Some(found) = bytes[at..].iter().position(|b| b == first) {
        at += found;
        if bytes[at..].starts_with(words) {
            return true;
        }
        at += 1;
    }
    false
}

/// The chats from which a run sends questions: private chats and groups. A group sends a third as
/// many questions as a private chat, to stay within the bot's rate limit.
#[derive(Debug, Clone, Copy)]
pub struct Crowd {
    pub first: i64,
    pub chats: i64,
    /// Number of groups among the chats.
    pub groups: i64,
}

impl Crowd {
    pub fn new(chats: i64, groups: i64) -> Crowd {
        Crowd { first: 100_000, chats, groups }
    }
}

/// Sends questions from the crowd's chats in turn, `rate` a second, for the duration `lasts`.
pub async fn pump(server: &Server, rate: u32, lasts: Duration, crowd: Crowd) {
    let (began, mut asked, mut turn) = (Instant::now(), 0.0, 0i64);
    while began.elapsed() < lasts {
        while asked < began.elapsed().as_secs_f64() * f64::from(rate) {
            let (round, seat) = (turn / crowd.chats, turn % crowd.chats);
            turn += 1;
            if seat >= crowd.groups {
                server.ask(crowd.first + seat);
            } else if round % 3 == 0 {
                server.ask(-1_000_000_000_000 - crowd.first - seat);
            } else {
                continue;
            }
            asked += 1.0;
        }
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// Asks the first sample question of each section of the built-in knowledge base, and records the
/// first line of each answer. The oracle tells answers apart by their first lines.
pub async fn calibrate(server: &Server) {
    let knowledge = footnote_engine::knowledge::embedded().knowledge;
    let texts = knowledge.sections.iter().filter_map(|section| {
        let (_, text) = section.texts.iter().find(|(language, _)| language.to_string() == "en")?;
        Some(text.questions.first()?.text.clone())
    });
    let mut palette: Vec<Known> = Vec::new();
    for (at, text) in texts.enumerate() {
        let chat = 9_000 + at as i64;
        server.say(chat, &text);
        let began = Instant::now();
        let mark = loop {
            if let Some(mark) = server.state().seen.get(&chat) {
                break mark_of(mark).to_owned();
            }
            assert!(began.elapsed() < Duration::from_secs(30), "the bot does not answer");
            tokio::time::sleep(Duration::from_millis(2)).await;
        };
        if palette.iter().all(|known| known.mark != mark) {
            palette.push(Known { text, mark });
        }
    }
    assert!(palette.len() > 12, "only {} answers can be told apart", palette.len());
    server.state().oracle.set_palette(palette);
}

/// Starts a fake Bot API and a bot that polls it, and calibrates the oracle.
pub async fn ready() -> (Server, Bot, Process) {
    let server = Server::start().await;
    let bot = Bot::footnote(&server);
    let process = bot.start();
    calibrate(&server).await;
    (server, bot, process)
}

/// Stops the bot with SIGTERM, searches the bot's files for leaks, and sums up the oracle's
/// results. Also returns true if the bot was still running and exited with code 0.
pub async fn finish(bench: &Bench, server: &Server, bot: &Bot, process: &mut Process) -> (Tally, bool) {
    // A duplicate answer may arrive late, so wait before counting.
    tokio::time::sleep(Duration::from_millis(1_500)).await;
    let has_ended = process.is_running() && process.stop().await;
    bench.look_through(bot, server, has_ended);
    let tally = server.state().oracle.tally(Duration::from_secs(30));
    if tally.lost + tally.order + tally.strange > 0 {
        bench.is_any_untrue.store(true, Ordering::Relaxed);
    }
    (tally, has_ended)
}

pub fn told(tally: &Tally) -> String {
    let ms = |share| quantile(&tally.waits, share).as_secs_f64() * 1e3;
    format!(
        "{} asked, {} lost, {} twice, {} out of order, {} strange, half within {:.0} ms, 99 % {:.0} ms",
        tally.asked,
        tally.lost,
        tally.twice,
        tally.order,
        tally.strange,
        ms(0.5),
        ms(0.99)
    )
}

/// True if no question was lost, no answer was out of order, and every answer fits a question.
pub fn is_whole(tally: &Tally) -> bool {
    tally.asked > 0 && tally.lost == 0 && tally.order == 0 && tally.strange == 0
}
