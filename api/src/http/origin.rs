//! Whether a page that a browser shows may act with the browser's cookie.

use platform::config::Config;
use poem::http::{HeaderMap, header};

/// Whether a request comes from a page of ours, of an origin that the operator named, or from no page at all: only
/// browsers send cookies that somebody else could use, and they say where a page is from.
pub fn is_ours(config: &Config, headers: &HeaderMap) -> bool {
    let mut origins = headers.get_all(header::ORIGIN).iter();
    let Some(origin) = origins.next() else { return true };
    let own = config.http.public_uri.origin().ascii_serialization();
    let mut named = config.http.allowed_origins.iter().chain([&own]);
    origins.next().is_none() && named.any(|one| one.as_bytes() == origin.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use poem::http::HeaderValue;

    #[test]
    fn other_pages_are_not_ours() {
        let vars = [
            ("PENPOT_PUBLIC_URI", "https://design.example:8443/x/"),
            ("PENPOT_ALLOWED_ORIGINS", "https://a.example"),
        ];
        let config =
            Config::from_vars(vars.map(|(name, value)| (name.to_owned(), value.to_owned()))).unwrap();
        let ours = |origins: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for origin in origins {
                headers.append(header::ORIGIN, HeaderValue::from_static(origin));
            }
            is_ours(&config, &headers)
        };
        for origins in [&[][..], &["https://design.example:8443"], &["https://a.example"]] {
            assert!(ours(origins), "{origins:?}");
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
            assert!(!ours(origins), "{origins:?}");
        }
    }
}
