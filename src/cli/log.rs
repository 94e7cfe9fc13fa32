//! Logging: readable or as JSON, on standard error.

use std::io::{IsTerminal, Write, stderr};

use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people.
    Text,
    /// One object a line.
    Json,
}

/// Begins to log what the filter lets through.
pub fn start(filter: &str, format: Format) -> anyhow::Result<()> {
    let filter = EnvFilter::try_new(filter)
        .map_err(|error| anyhow::anyhow!("FOOTNOTE_LOG: `{filter}` is no log filter ({error}); write e.g. info"))?;
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(Guarded);
    // What a panic says may quote what was asked; where it was is enough to find it.
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        tracing::error!(place, "panicked: please report this");
    }));
    match format {
        Format::Text => log.with_ansi(stderr().is_terminal()).init(),
        Format::Json => log.json().flatten_event(true).init(),
    }
    Ok(())
}

/// Standard error, past a filter of last resort: nothing here logs a token, and a library that did would not either.
struct Guarded;

impl<'a> MakeWriter<'a> for Guarded {
    type Writer = SourceText;

    fn make_writer(&'a self) -> SourceText {
        SourceText(Vec::new())
    }
}

/// One line, written when it is whole.
struct SourceText(Vec<u8>);

impl Write for SourceText {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        let line = std::mem::take(&mut self.0);
        stderr().write_all(&without_tokens(line))
    }
}

impl Drop for SourceText {
    fn drop(&mut self) {
        // There is nobody to tell that nothing can be told.
        let _ = self.flush();
    }
}

/// A token is digits, a colon, and at least so many letters, digits, `_` and `-`.
const SHORTEST_SECRET: usize = 20;

/// The same line with the secret part of whatever looks like a token struck out.
fn without_tokens(mut line: Vec<u8>) -> Vec<u8> {
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
    use super::without_tokens;

    #[test]
    fn tokens_are_struck_out_and_nothing_else() {
        let strike = |line: &str| String::from_utf8(without_tokens(line.as_bytes().to_vec())).expect("text");
        assert_eq!(
            strike("POST http://127.0.0.1:8081/bot123456789:AAH_x-9aaaaaaaaaaaaaaaaaa/getMe 12:30:01 a::b"),
            "POST http://127.0.0.1:8081/bot123456789:[token]/getMe 12:30:01 a::b"
        );
        assert_eq!(
            strike("2026-01-01T00:00:00.123Z INFO update=5: done"),
            "2026-01-01T00:00:00.123Z INFO update=5: done"
        );
    }
}
