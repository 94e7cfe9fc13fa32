//! Writes the log to standard error, as text or as JSON.

use std::io::{IsTerminal, Write, stderr};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

use super::defaults::or;

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One object a line.
    Json,
}

const DEFAULT_LOG: &str = "footnote=info,warn";

// The struct has no doc comment, because clap would print the comment in the help.
#[derive(Debug, clap::Args)]
pub struct LogArgs {
    /// How much to log: error, warn, info, debug, or a tracing filter
    #[arg(long, value_name = "FILTER", env = "FOOTNOTE_LOG", default_value = DEFAULT_LOG, global = true)]
    log: String,

    /// How log lines look: for people (text) or one object a line (json)
    #[arg(long, value_name = "FORMAT", env = "FOOTNOTE_LOG_FORMAT", default_value = "text", global = true)]
    log_format: LogFormat,
}

impl LogArgs {
    /// Starts logging with the filter and format of the command line.
    pub fn init(&self) -> anyhow::Result<()> {
        start(or(&self.log, DEFAULT_LOG), self.log_format)
    }
}

fn start(filter: &str, format: LogFormat) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(filter)
        .map_err(|error| anyhow::anyhow!("FOOTNOTE_LOG: `{filter}` is no log filter ({error}); write e.g. info"))?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(RedactedStderr);
    // Logs only the location of a panic. A panic message may quote a user's question, which must
    // not be logged.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panicked: please report this");
    }));
    match format {
        LogFormat::Text => log.with_ansi(stderr().is_terminal()).init(),
        LogFormat::Json => log.json().flatten_event(true).init(),
    }
    Ok(())
}

/// Writes log lines to standard error, with bot tokens redacted in case a library logs one.
struct RedactedStderr;

impl<'a> MakeWriter<'a> for RedactedStderr {
    type Writer = LogLine;

    fn make_writer(&'a self) -> LogLine {
        LogLine(Vec::new())
    }
}

/// Buffers one log line, and writes the line when it is complete.
struct LogLine(Vec<u8>);

impl Write for LogLine {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        let line = std::mem::take(&mut self.0);
        stderr().write_all(&redact_tokens(line))
    }
}

impl Drop for LogLine {
    fn drop(&mut self) {
        // Ignores a failure to write, because a failure of the log cannot be logged.
        let _ = self.flush();
    }
}

/// Minimum length of a secret that is redacted, in characters. A bot token consists of digits, a
/// colon, and the secret.
const SHORTEST_SECRET: usize = 20;

/// In a log line, replaces the secret of everything that looks like a bot token with `[token]`.
fn redact_tokens(mut line: Vec<u8>) -> Vec<u8> {
    let is_secret = |b: &u8| b.is_ascii_alphanumeric() || *b == b'_' || *b == b'-';
    let mut at = 0;
    while let Some(colon) = line[at..].iter().position(|b| *b == b':').map(|found| at + found) {
        let length = line[colon + 1..].iter().take_while(|b| is_secret(b)).count();
        if colon > 0 && line[colon - 1].is_ascii_digit() && length >= SHORTEST_SECRET {
            line.splice(colon + 1..colon + 1 + length, *b"[token]");
        }
        at = colon + 1;
    }
    line
}

#[cfg(test)]
mod tests {
    use super::redact_tokens;

    #[test]
    fn tokens_are_redacted_and_nothing_else() {
        let redact = |line: &str| String::from_utf8(redact_tokens(line.as_bytes().to_vec())).expect("text");
        assert_eq!(
            redact("POST http://127.0.0.1:8081/bot123456789:AAH_x-9aaaaaaaaaaaaaaaaaa/getMe 12:30:01 a::b"),
            "POST http://127.0.0.1:8081/bot123456789:[token]/getMe 12:30:01 a::b"
        );
        assert_eq!(
            redact("2026-01-01T00:00:00.123Z INFO update=5: done"),
            "2026-01-01T00:00:00.123Z INFO update=5: done"
        );
    }
}
