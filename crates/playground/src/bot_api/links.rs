//! Checks the URLs in buttons and `text_link` entities, and the options of link previews, by
//! Telegram's rules.

use serde_json::Value;

use super::fields::Fields;
use super::refusal::{Outcome, Refusal};

/// Returns the URL as Telegram stores it, or Telegram's error text for an invalid URL.
pub fn check(link: &str) -> Result<String, String> {
    normalized(link).map_err(|reason| format!("URL '{link}' is invalid: {reason}"))
}

/// Checks the options of a link preview and returns the options unchanged.
pub fn preview(options: &Value) -> Outcome {
    let bad = |reason: String| Refusal::bad(&reason);
    let fields = Fields::of(options, "Object expected as link preview options").map_err(bad)?;
    for name in ["is_disabled", "prefer_small_media", "prefer_large_media", "show_above_text"] {
        fields.flag(name).map_err(bad)?;
    }
    let url = fields.optional_string("url").map_err(bad)?;
    if !url.is_empty() {
        check(url).map_err(bad)?;
    }
    Ok(options.clone())
}

fn normalized(link: &str) -> Result<String, &'static str> {
    if link.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("tg://")) {
        let host = link[5..].split(['/', '?', '#']).next().unwrap_or_default();
        let is_fine = !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'));
        return if is_fine { Ok(link.to_owned()) } else { Err("Unallowed characters in URL host") };
    }
    let (scheme, rest) = match link.split_once("://") {
        Some((scheme, rest)) if !scheme.contains([':', '/', '?', '#', '@', '[', ']']) => {
            (scheme.to_ascii_lowercase(), rest)
        }
        _ => ("http".to_owned(), link),
    };
    if scheme != "http" && scheme != "https" {
        return Err("Unsupported URL protocol");
    }
    let path_at = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(path_at);
    let (userinfo, host_port) = authority.rsplit_once('@').unwrap_or(("", authority));
    let (host, port) = host_port.split_once(':').unwrap_or((host_port, ""));
    if host_port.contains(':') && !port.parse::<u16>().is_ok_and(|port| port > 0) {
        return Err("Wrong port number specified in the URL");
    }
    if host.is_empty() {
        return Err("URL host is empty");
    }
    if host == "." {
        return Err("Host is invalid");
    }
    if !host.chars().all(is_allowed) {
        return Err("Disallowed character in URL host");
    }
    if !userinfo.chars().all(|c| is_allowed(c) || c == ':') {
        return Err("Disallowed character in URL userinfo");
    }
    if !host.contains('.') {
        return Err("Wrong HTTP URL");
    }
    let slash = if path.starts_with('/') { "" } else { "/" };
    let path = path.trim_end().replace(' ', "%20");
    Ok(format!("{scheme}://{}{slash}{path}", authority.replace(host, &host.to_ascii_lowercase())))
}

fn is_allowed(c: char) -> bool {
    c.is_ascii_alphanumeric() || !c.is_ascii() || ".-_!$,~*'();&+=%".contains(c)
}
