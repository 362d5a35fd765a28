//! The session cookie: its name, its attributes, its end.

use chrono::{DateTime, Utc};
use domain::session::{Ages, Opened};
use platform::app::App;
use poem::{
    Request,
    http::{HeaderValue, header},
};

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
}

impl SetCookie {
    /// The cookie of a session that was begun or renewed now. It ends when the session does.
    pub fn session(app: &App, opened: Opened) -> SetCookie {
        let expires = Ages::of(&app.config.auth).end(&opened.session);
        SetCookie::Session { token: opened.token, expires }
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
        let (value, end) = match self {
            SetCookie::Session { token, expires } => {
                (token.as_str(), format!("Expires={}", expires.format("%a, %d %b %Y %H:%M:%S GMT")))
            }
            SetCookie::Cleared => ("", "Max-Age=0".to_owned()),
        };
        let secure = if secure { "; Secure" } else { "" };
        format!("{name}={value}; Path=/; HttpOnly; {end}; SameSite={same_site}{secure}")
    }
}

/// The session token a request's cookie carries.
pub fn token(app: &App, request: &Request) -> Option<String> {
    let cookies =
        request.headers().get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    named(&app.config.auth.cookie_name, cookies)
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
    fn finds_its_own_among_others() {
        let find = |line| named("auth-token", std::iter::once(line));
        assert_eq!(find("a=1; auth-token=x.y=; b=2"), Some("x.y=".into()));
        assert_eq!(find("auth-token="), None);
        assert_eq!(find("xauth-token=1"), None);
    }
}
