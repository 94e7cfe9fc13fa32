//! Environment variables: the file `.env`, and empty values.

/// The trimmed value, or the default if it is empty: an empty variable counts as unset.
pub(super) fn or<'a>(value: &'a str, default: &'a str) -> &'a str {
    if value.trim().is_empty() { default } else { value.trim() }
}

/// Sets the variables in `.env` that are not set yet.
pub(super) fn read_env_file() -> anyhow::Result<()> {
    match dotenvy::from_path(".env") {
        Err(dotenvy::Error::LineParse(_, at)) => {
            // The error does not repeat the line: it may hold the token.
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
