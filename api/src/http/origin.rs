//! Whether a page that a browser shows may act with the browser's cookie.

use platform::config::Config;
use poem::http::{HeaderMap, HeaderValue, header};

/// What browsers say of where a request comes from; no page can say it in their place.
const SITE: &str = "sec-fetch-site";

/// Whether a request comes from a page of ours, of an origin that the operator named, or from no page at all: only
/// browsers send cookies that somebody else could use, and they say where a page is from.
pub fn is_ours(config: &Config, headers: &HeaderMap) -> bool {
    let site = headers.get(SITE).map(HeaderValue::as_bytes);
    if site == Some(b"same-origin") {
        return true;
    }
    let mut origins = headers.get_all(header::ORIGIN).iter();
    let Some(origin) = origins.next() else { return !matches!(site, Some(b"same-site" | b"cross-site")) };
    let own = config.http.public_uri.origin().ascii_serialization();
    let mut named = config.http.allowed_origins.iter().chain([&own]);
    let is_named = named.any(|one| one.as_bytes() == origin.as_bytes());
    origins.next().is_none() && (is_named || site.is_none() && is_plain_twin(config, origin, headers))
}

/// A page that came from here without encryption, by another name than the public one: an installation in a house,
/// which people reach by its address. Browsers do not say there that the page is of the same origin.
fn is_plain_twin(config: &Config, origin: &HeaderValue, headers: &HeaderMap) -> bool {
    let host = origin.as_bytes().strip_prefix(b"http://").filter(|host| !host.is_empty());
    config.http.public_uri.scheme() == "http" && host == headers.get(header::HOST).map(HeaderValue::as_bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ours(public: &str, sent: &[(&'static str, &'static str)]) -> bool {
        let vars = [("PENPOT_PUBLIC_URI", public), ("PENPOT_ALLOWED_ORIGINS", "https://a.example")];
        let config =
            Config::from_vars(vars.map(|(name, value)| (name.to_owned(), value.to_owned()))).unwrap();
        let mut headers = HeaderMap::new();
        for (name, value) in sent {
            headers.append(*name, HeaderValue::from_static(value));
        }
        is_ours(&config, &headers)
    }

    #[test]
    fn other_pages_are_not_ours() {
        let from = |origins: &[&'static str]| {
            let sent: Vec<_> = origins.iter().map(|origin| ("origin", *origin)).collect();
            ours("https://design.example:8443/x/", &sent)
        };
        for origins in [&[][..], &["https://design.example:8443"], &["https://a.example"]] {
            assert!(from(origins), "{origins:?}");
        }
        for origins in [
            &["null"][..],
            &[""],
            &["https://design.example"],
            &["http://design.example:8443"],
            &["https://design.example:8443.evil.example"],
            &["https://evil.example"],
            &["https://a.example", "https://evil.example"],
        ] {
            assert!(!from(origins), "{origins:?}");
        }
    }

    #[test]
    fn browsers_say_where_a_page_is_from() {
        let public = "https://design.example";
        let site = |site, origin| ours(public, &[("sec-fetch-site", site), ("origin", origin)]);
        assert!(site("same-origin", "https://another-name.example"));
        assert!(site("cross-site", "https://a.example"));
        assert!(!site("same-site", "https://other.design.example"));
        assert!(!site("none", "https://evil.example"));
        assert!(!ours(public, &[("sec-fetch-site", "cross-site")]));
        assert!(ours(public, &[("sec-fetch-site", "none")]));
    }

    #[test]
    fn a_plain_page_of_this_address_is_ours() {
        let at = |public, origin, host| ours(public, &[("origin", origin), ("host", host)]);
        assert!(at("http://localhost:6060", "http://10.0.0.5:6060", "10.0.0.5:6060"));
        assert!(!at("http://localhost:6060", "http://10.0.0.6:6060", "10.0.0.5:6060"));
        assert!(!at("https://design.example", "http://design.example", "design.example"));
    }
}
