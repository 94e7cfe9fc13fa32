//! Reads environment variables from the file `.env`, and replaces empty values by defaults.

/// Returns the trimmed value of an option, or the default if the value is empty. An empty
/// environment variable counts as unset.
pub(super) fn or<'a>(value: &'a str, default: &'a str) -> &'a str {
    if value.trim().is_empty() { default } else { value.trim() }
}

/// Sets environment variables from the file `.env`. Variables that are already set keep their
/// values.
pub(super) fn read_env_file() -> anyhow::Result<()> {
    match dotenvy::from_path(".env") {
        Err(dotenvy::Error::LineParse(_, at)) => {
            // The error does not repeat the line, because the line may contain the bot's token.
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
