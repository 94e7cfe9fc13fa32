//! Starts a headless browser with its WebDriver, and a playground for the browser to open.

use std::io::{BufRead, BufReader};
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder};
use futures_util::FutureExt;
use hyper_util::client::legacy::connect::HttpConnector;
use libtest_mimic::Failed;
use serde_json::json;

use super::page::Page;
use crate::harness::footnote;

/// Width and height of the browser window, in pixels.
pub type Size = (u32, u32);

pub const DESKTOP: Size = (1280, 860);
pub const PHONE: Size = (390, 800);

const BROWSERS: [&str; 3] = ["chromium", "chromium-browser", "google-chrome"];
const DRIVER: &str = "chromedriver";
const MAX_STARTS: usize = 5;

const FLAGS: [&str; 8] = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
];

/// A child process that is killed when this value is dropped.
struct Process(Child);

impl Drop for Process {
    fn drop(&mut self) {
        // Ignores errors, because the process may have ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

pub struct Browser {
    page: Page,
    client: Client,
    _processes: [Process; 2],
    _folder: tempfile::TempDir,
}

impl Browser {
    /// Describes which required programs are not installed. Returns `None` if all are installed.
    pub fn missing() -> Option<String> {
        let browser = BROWSERS.iter().find_map(|name| find(name)).is_none().then_some("chromium");
        let driver = find(DRIVER).is_none().then_some(DRIVER);
        let missing: Vec<&str> = browser.into_iter().chain(driver).collect();
        (!missing.is_empty()).then(|| format!("not installed: {}", missing.join(", ")))
    }

    pub async fn open(size: Size) -> Browser {
        let folder = tempfile::tempdir().expect("a folder");
        let mut bot = footnote(folder.path());
        let playground = start(bot.env("FOOTNOTE_PLAYGROUND", "127.0.0.1:0"), |line| {
            line.split_whitespace().find(|word| word.starts_with("http://")).map(str::to_owned)
        });
        let (bot, url) = playground.expect("the playground says where it is");
        // `chromedriver` may pick a port that is free for only one of IPv4 and IPv6. The driver
        // then exits, and the test starts the driver again.
        let started = (0..MAX_STARTS).find_map(|_| {
            start(Command::new(find(DRIVER)?).arg("--port=0"), |line| {
                line.strip_suffix('.')?.rsplit_once("on port ").map(|(_, port)| port.to_owned())
            })
        });
        let (driver, port) = started.expect("the driver says where it is");
        let profile = format!("--user-data-dir={}", folder.path().join("profile").display());
        let window = format!("--window-size={},{}", size.0, size.1);
        let flags: Vec<&str> = FLAGS.into_iter().chain([profile.as_str(), window.as_str()]).collect();
        let mut options = json!({
            "args": flags,
            "binary": BROWSERS.iter().find_map(|name| find(name)).expect("a browser"),
            "prefs": {"intl.accept_languages": "en"},
        });
        if size.0 <= PHONE.0 {
            // A desktop browser window cannot be this narrow, so the browser emulates a mobile
            // device.
            let screen = json!({"width": size.0, "height": size.1, "pixelRatio": 1.0, "touch": true, "mobile": true});
            options["mobileEmulation"] = json!({"deviceMetrics": screen});
        }
        let capabilities: Capabilities = [("goog:chromeOptions".to_owned(), options)].into_iter().collect();
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities)
            .connect(&format!("http://127.0.0.1:{port}"))
            .await
            .expect("a session of the browser");
        client.goto(&url).await.expect("the page");
        Browser { page: Page::new(client.clone()), client, _processes: [bot, driver], _folder: folder }
    }

    /// Runs a test function on the page. If the function panics, the test fails with the message of
    /// the panic.
    pub async fn run(&self, test: &impl AsyncFn(&Page)) -> Result<(), Failed> {
        let ran = AssertUnwindSafe(async {
            self.page.until("the chats", "return document.querySelectorAll('#chat-list button').length === 3 && !document.querySelector('#composer').hidden").await;
            test(&self.page).await;
        });
        ran.catch_unwind().await.map_err(|panic| {
            let text = panic.downcast_ref::<String>().cloned();
            Failed::from(text.or(panic.downcast_ref::<&str>().map(|s| (*s).to_owned())).unwrap_or_default())
        })
    }

    pub async fn close(self) {
        // Closing the session also closes the browser. If closing fails, the browser ends with the
        // driver.
        let _ = self.client.close().await;
    }
}

/// Starts a process and waits until `look` returns a value for a line of its output. Returns `None`
/// if the process ends first.
fn start(command: &mut Command, look: impl Fn(&str) -> Option<String>) -> Option<(Process, String)> {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().expect("it runs");
    let mut lines = BufReader::new(child.stdout.take().expect("piped")).lines();
    let process = Process(child);
    let found = lines.by_ref().map_while(Result::ok).find_map(|line| look(&line))?;
    // Keeps reading the output, because the process would fail or block when writing to a pipe
    // without a reader.
    std::thread::spawn(move || lines.for_each(drop));
    Some((process, found))
}

/// Returns the path of a program in one of the folders of `PATH`.
fn find(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}
