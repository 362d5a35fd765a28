//! The cookies: that of the session, with its name, its attributes, its end; and that of share links.

use chrono::{DateTime, Utc};
use domain::session::{Ages, Opened};
use platform::app::App;
use poem::{
    Request,
    http::{HeaderValue, header},
};
use std::iter;
use uuid::Uuid;

/// A change of the session cookie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SetCookie {
    /// A session that ends when it is not renewed.
    Session {
        /// Its token.
        token: String,
        /// When the browser may forget it.
        expires: DateTime<Utc>,
    },
    /// No session any more.
    Cleared,
    /// The share links by which the browser looks at files, the newest first: pictures in a page name no link. Until
    /// the browser is closed; what a link opens is asked for each time.
    Links(Vec<Uuid>),
}

/// What the cookie of share links is called.
const LINKS: &str = "share-links";
/// Most links that a browser looks by; an older one is forgotten.
const LINKS_MAX: usize = 8;

impl SetCookie {
    /// The cookie of a session that was begun or renewed now. It ends when the session does.
    pub fn session(app: &App, opened: Opened) -> SetCookie {
        let expires = Ages::of(&app.config.auth).end(&opened.session);
        SetCookie::Session { token: opened.token, expires }
    }

    /// That of a browser which looks by one more link.
    pub fn link(link: Uuid, before: &[Uuid]) -> SetCookie {
        let others = before.iter().copied().filter(|other| *other != link);
        SetCookie::Links(iter::once(link).chain(others).take(LINKS_MAX).collect())
    }

    /// The header; none when the configured name cannot stand in one.
    pub fn header(&self, app: &App) -> Option<HeaderValue> {
        let uri = &app.config.http.public_uri;
        let flag = |name: &str| app.config.flags.has(name);
        // A browser drops a secure cookie that comes over plain http, except from the machine itself.
        let plain = uri.scheme() == "http" && uri.host_str() != Some("localhost");
        let same_site = match (flag("cors"), flag("strict-session-cookies")) {
            (true, _) => "None",
            (false, true) => "Strict",
            (false, false) => "Lax",
        };
        let secure = flag("secure-session-cookies") && !plain;
        HeaderValue::try_from(self.text(&app.config.auth.cookie_name, secure, same_site)).ok()
    }

    fn text(&self, name: &str, secure: bool, same_site: &str) -> String {
        let secure = if secure { "; Secure" } else { "" };
        let (pair, end) = match self {
            SetCookie::Session { token, expires } => {
                let end = expires.format("; Expires=%a, %d %b %Y %H:%M:%S GMT").to_string();
                (format!("{name}={token}"), end)
            }
            SetCookie::Cleared => (format!("{name}="), "; Max-Age=0".to_owned()),
            SetCookie::Links(links) => {
                let keys: Vec<String> = links.iter().map(Uuid::to_string).collect();
                (format!("{LINKS}={}", keys.join(".")), String::new())
            }
        };
        format!("{pair}; Path=/; HttpOnly{end}; SameSite={same_site}{secure}")
    }
}

/// The session token a request's cookie carries.
pub fn token(app: &App, request: &Request) -> Option<String> {
    named(&app.config.auth.cookie_name, cookies(request))
}

/// The share links that a request's cookie carries.
pub fn links(request: &Request) -> Vec<Uuid> {
    let text = named(LINKS, cookies(request)).unwrap_or_default();
    text.split('.').take(LINKS_MAX).filter_map(|key| key.parse().ok()).collect()
}

fn cookies(request: &Request) -> impl Iterator<Item = &str> {
    request.headers().get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok())
}

fn named<'a>(name: &str, cookies: impl Iterator<Item = &'a str>) -> Option<String> {
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(key, value)| *key == name && !value.is_empty()).map(|(_, value)| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeDelta;

    #[test]
    fn attributes() {
        let expires = DateTime::UNIX_EPOCH + TimeDelta::days(7);
        let set = SetCookie::Session { token: "a.b".into(), expires };
        assert_eq!(
            set.text("auth-token", true, "Lax"),
            "auth-token=a.b; Path=/; HttpOnly; Expires=Thu, 08 Jan 1970 00:00:00 GMT; SameSite=Lax; Secure"
        );
        assert_eq!(
            SetCookie::Cleared.text("auth-token", false, "Strict"),
            "auth-token=; Path=/; HttpOnly; Max-Age=0; SameSite=Strict"
        );
    }

    #[test]
    fn the_last_links_are_kept_each_once() {
        let key = |n: u128| Uuid::from_u128(n);
        let before: Vec<Uuid> = (1..=8).map(key).collect();
        let SetCookie::Links(kept) = SetCookie::link(key(9), &before) else { panic!("no links") };
        assert_eq!(kept, [9, 1, 2, 3, 4, 5, 6, 7].map(key));
        let again = SetCookie::link(key(2), &kept[..3]);
        assert_eq!(
            again.text("auth-token", true, "Lax"),
            format!("share-links={}.{}.{}; Path=/; HttpOnly; SameSite=Lax; Secure", key(2), key(9), key(1))
        );
        let request =
            Request::builder().header("cookie", format!("a=1; share-links={}.x.{}", key(2), key(9)));
        assert_eq!(links(&request.finish()), [key(2), key(9)]);
        assert!(links(&Request::builder().finish()).is_empty());
    }

    #[test]
    fn finds_its_own_among_others() {
        let find = |line| named("auth-token", std::iter::once(line));
        assert_eq!(find("a=1; auth-token=x.y=; b=2"), Some("x.y=".into()));
        assert_eq!(find("auth-token="), None);
        assert_eq!(find("xauth-token=1"), None);
    }
}
