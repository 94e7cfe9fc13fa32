//! The addresses of links and pictures in Markdown.

use std::borrow::Cow;

use percent_encoding::percent_decode_str;
use url::Url;

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
        None => {
            let resolved = resolve(base, address).filter(|resolved| is_web_address(resolved));
            resolved.map_or(Address::Relative, Address::Web)
        }
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
    percent_decode_str(text).decode_utf8().map_or_else(|_| text.to_owned(), Cow::into_owned)
}

/// Resolves a relative address against a web address.
fn resolve(base: &str, relative: &str) -> Option<String> {
    Some(Url::parse(base).ok()?.join(relative).ok()?.into())
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
        assert_eq!(classify("a.md", "my notes"), Address::Relative);
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
            assert_eq!(resolve(base, relative).as_deref(), Some(expected), "{base} {relative}");
        }
    }
}
