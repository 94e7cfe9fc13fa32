//! The addresses of links and pictures in Markdown.

/// What a reader can do with an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Address {
    /// A web address, which a Telegram message can link to.
    Web(String),
    /// An address that a Telegram message cannot link to, such as an e-mail address. The text is
    /// what a reader can use: `desk@example.org`.
    Shown(String),
    /// A relative address, while the place it is relative to is unknown.
    Relative,
    /// An address that no reader should open, such as `javascript:`.
    Hidden,
}

/// Classifies an address. `base` is the web address that relative addresses are relative to; it may
/// be empty.
pub(super) fn classify(address: &str, base: &str) -> Address {
    let address = address.trim();
    if is_web_address(address) {
        return Address::Web(address.to_owned());
    }
    if address.starts_with("www.") {
        return Address::Web(format!("https://{address}"));
    }
    match scheme(address) {
        Some((scheme, rest)) => with_scheme(&scheme, rest, address),
        None if is_web_address(base) => {
            let resolved = resolve(base, address);
            if is_web_address(&resolved) { Address::Web(resolved) } else { Address::Relative }
        }
        None => Address::Relative,
    }
}

fn with_scheme(scheme: &str, rest: &str, address: &str) -> Address {
    let before_parameters = |text: &str, marks: &[char]| decoded(text.split(marks).next().unwrap_or(text));
    match scheme {
        "mailto" => Address::Shown(before_parameters(rest, &['?'])),
        "tel" | "sms" | "callto" | "fax" => Address::Shown(before_parameters(rest, &[';', '?'])),
        "tg" => {
            let domain = rest.split(['?', '&']).find_map(|part| part.strip_prefix("domain="));
            Address::Shown(domain.map_or_else(|| address.to_owned(), |name| format!("@{name}")))
        }
        "http" | "https" | "javascript" | "vbscript" | "data" | "file" | "blob" => Address::Hidden,
        _ => Address::Shown(address.to_owned()),
    }
}

/// Splits `mailto:desk@example.org` into its scheme, in lower case, and the rest.
fn scheme(address: &str) -> Option<(String, &str)> {
    let (scheme, rest) = address.split_once(':')?;
    let is_scheme = scheme.len() > 1
        && scheme.starts_with(|c: char| c.is_ascii_alphabetic())
        && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+.-".contains(&b));
    is_scheme.then(|| (scheme.to_ascii_lowercase(), rest))
}

/// Decodes `%20` and the like. Returns the text unchanged if the result is not UTF-8.
fn decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let code = text.get(at + 1..at + 3).filter(|_| *byte == b'%');
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(decoded) => {
                out.push(decoded);
                at += 3;
            }
            None => {
                out.push(*byte);
                at += 1;
            }
        }
    }
    String::from_utf8(out).unwrap_or_else(|_| text.to_owned())
}

/// Resolves a relative address against a web address (RFC 3986, section 5).
fn resolve(base: &str, relative: &str) -> String {
    let (scheme, rest) = base.split_once("://").unwrap_or(("https", base));
    let without_query = rest.split(['?', '#']).next().unwrap_or(rest);
    let (host, path) = without_query.split_at(without_query.find('/').unwrap_or(without_query.len()));
    if let Some(other_host) = relative.strip_prefix("//") {
        return format!("{scheme}://{other_host}");
    }
    if relative.is_empty() {
        return base.split('#').next().unwrap_or(base).to_owned();
    }
    if relative.starts_with('#') {
        return format!("{}{relative}", base.split('#').next().unwrap_or(base));
    }
    if relative.starts_with('?') {
        return format!("{scheme}://{host}{path}{relative}");
    }
    let end = relative.find(['?', '#']).unwrap_or(relative.len());
    let (relative, query) = relative.split_at(end);
    let folder = &path[..path.rfind('/').unwrap_or(0)];
    let joined = if relative.starts_with('/') { relative.to_owned() } else { format!("{folder}/{relative}") };
    let mut segments: Vec<&str> = Vec::new();
    for segment in joined.split('/').skip(1) {
        match segment {
            "." => {}
            ".." => drop(segments.pop()),
            _ => segments.push(segment),
        }
    }
    let slash = if joined.ends_with("/.") || joined.ends_with("/..") { "/" } else { "" };
    format!("{scheme}://{host}/{}{slash}{query}", segments.join("/"))
}

/// True if `url` is an `http` or `https` address. Addresses with other schemes, such as
/// `javascript:`, must not become links in a Telegram message.
pub(super) fn is_web_address(url: &str) -> bool {
    let rest = ["https://", "http://"].into_iter().find_map(|scheme| {
        let start = url.get(..scheme.len())?;
        start.eq_ignore_ascii_case(scheme).then(|| &url[scheme.len()..])
    });
    rest.is_some_and(|rest| {
        !rest.is_empty() && !rest.starts_with('/') && !url.chars().any(|c| c.is_whitespace() || c.is_control())
    })
}

#[cfg(test)]
mod tests {
    use super::{Address, classify, is_web_address, resolve};

    #[test]
    fn web_addresses_are_whole() {
        for (url, expected) in [("http://a", true), ("https://", false), ("http:///a", false), ("https://a b", false)] {
            assert_eq!(is_web_address(url), expected, "{url}");
        }
        assert!(is_web_address("HTTPS://a.b"));
    }

    #[test]
    fn other_schemes_are_shown_as_readers_use_them() {
        for (address, shown) in [
            ("mailto:desk@example.org?subject=Hi", "desk@example.org"),
            ("MAILTO:a%2Bb@example.org", "a+b@example.org"),
            ("tel:+49-1234;ext=5", "+49-1234"),
            ("tg://resolve?domain=example&start=a", "@example"),
            ("tg://settings", "tg://settings"),
            ("ssh://host", "ssh://host"),
        ] {
            assert_eq!(classify(address, ""), Address::Shown(shown.to_owned()), "{address}");
        }
        for address in ["javascript:b", "data:text/html,a", "https://"] {
            assert_eq!(classify(address, ""), Address::Hidden, "{address}");
        }
    }

    #[test]
    fn relative_addresses_need_a_base() {
        assert_eq!(classify("a.md", ""), Address::Relative);
        assert_eq!(classify("#a", ""), Address::Relative);
        assert_eq!(classify("www.a.b", ""), Address::Web("https://www.a.b".to_owned()));
        for (base, relative, expected) in [
            ("https://a.b/c/d?e#f", "g", "https://a.b/c/g"),
            ("https://a.b/c/d", "./g/h?i#j", "https://a.b/c/g/h?i#j"),
            ("https://a.b/c/d", "../../../g", "https://a.b/g"),
            ("https://a.b/c/d", "/g", "https://a.b/g"),
            ("https://a.b/c/d", "//x.y/z", "https://x.y/z"),
            ("https://a.b/c/d#e", "#g", "https://a.b/c/d#g"),
            ("https://a.b/c/d?e", "?g", "https://a.b/c/d?g"),
            ("https://a.b", "g", "https://a.b/g"),
            ("https://a.b/c/d/", "..", "https://a.b/c/"),
        ] {
            assert_eq!(resolve(base, relative), expected, "{base} {relative}");
        }
    }
}
