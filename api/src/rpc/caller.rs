//! Who calls: a session by cookie or bearer token, an access token, or nobody.

use super::error::{Error, Fault, Result};
use crate::http::{
    cookie::{self, SetCookie},
    origin,
};
use chrono::{DateTime, Utc};
use domain::{
    access_token,
    session::{self, Ages},
};
use entities::{
    http_session,
    ids::{AccessTokenId, ProfileId, SessionId},
    profile,
};
use platform::app::App;
use poem::{
    Request,
    http::{Method, header},
};
use std::sync::Arc;

/// Who calls. A token that is not valid, and a profile that is blocked or gone, is nobody.
#[derive(Debug, Clone, Default)]
pub struct Caller {
    /// The profile, if it is somebody.
    pub profile: Option<ProfileId>,
    /// Its row, as it was when the call came.
    pub person: Option<Arc<profile::Model>>,
    /// Its session; none for access tokens.
    pub session: Option<SessionId>,
    /// The access token that it came with.
    pub token: Option<AccessTokenId>,
    /// The session of the cookie, when it is time to renew it: see [`renew`].
    pub renewal: Option<http_session::Model>,
}

impl Caller {
    fn of(person: profile::Model) -> Caller {
        Caller { profile: Some(person.id), person: Some(Arc::new(person)), ..Caller::default() }
    }
}

/// What a request carries.
#[derive(Debug, PartialEq, Eq)]
enum Carried<'a> {
    /// A session's token in the cookie.
    Cookie(String),
    /// A session's token in the header.
    Bearer(&'a str),
    /// An access token in the header.
    AccessToken(&'a str),
}

/// Finds out who calls.
///
/// # Errors
/// Those of the database.
pub async fn of(app: &App, request: &Request, now: DateTime<Utc>) -> Result<Caller> {
    let authorization = request.header(header::AUTHORIZATION);
    match carried(cookie::token(app, request), authorization) {
        None => Ok(Caller::default()),
        Some(Carried::Cookie(token)) => by_session(app, &token, now, true).await,
        Some(Carried::Bearer(token)) => by_session(app, token, now, false).await,
        Some(Carried::AccessToken(token)) if app.config.flags.has("access-tokens") => {
            let bearer = access_token::resolve(&app.db, &app.secrets, token, now).await?;
            let Some(bearer) = bearer else { return Ok(Caller::default()) };
            Ok(Caller { token: Some(bearer.token_id), ..Caller::of(bearer.person) })
        }
        Some(Carried::AccessToken(_)) => Ok(Caller::default()),
    }
}

/// Refuses what a page of somebody else has a browser do: it would act in the name of whoever sits before that browser,
/// or sign them in as somebody else. A program that brings a token of its own may run anywhere.
///
/// # Errors
/// [`Fault::Authorization`]; never for what only reads.
pub fn from_our_page(app: &App, request: &Request) -> Result<()> {
    let reads = matches!(*request.method(), Method::GET | Method::HEAD);
    let by_token =
        || request.header(header::AUTHORIZATION).is_some() && cookie::token(app, request).is_none();
    if reads || origin::is_ours(&app.config, request.headers()) || by_token() {
        return Ok(());
    }
    let hint = "the page is neither of PENPOT_PUBLIC_URI nor of PENPOT_ALLOWED_ORIGINS";
    Err(Error::new(Fault::Authorization, "origin-not-allowed").hint(hint))
}

/// The cookie wins: when there is one, the header is not looked at.
fn carried(cookie: Option<String>, authorization: Option<&str>) -> Option<Carried<'_>> {
    if let Some(token) = cookie {
        return Some(Carried::Cookie(token));
    }
    let (scheme, token) = authorization?.trim().split_once(' ')?;
    match scheme.to_ascii_lowercase().as_str() {
        "bearer" => Some(Carried::Bearer(token.trim())),
        "token" => Some(Carried::AccessToken(token.trim())),
        _ => None,
    }
}

async fn by_session(app: &App, token: &str, now: DateTime<Utc>, by_cookie: bool) -> Result<Caller> {
    let Some(live) = session::resolve(&app.db, &app.secrets, token, now, Ages::of(&app.config.auth)).await?
    else {
        return Ok(Caller::default());
    };
    let session = Some(live.session.id);
    let renewal = (by_cookie && live.renewal_due).then_some(live.session);
    Ok(Caller { session, renewal, ..Caller::of(live.person) })
}

/// Renews a session after a call that went well; its cookie. None when it ended meanwhile.
///
/// # Errors
/// Those of the database.
pub async fn renew(
    app: &App,
    session: &http_session::Model,
    now: DateTime<Utc>,
) -> Result<Option<SetCookie>> {
    match session::renew(&app.db, &app.secrets, session, now).await {
        Ok(opened) => {
            metrics::counter!(platform::metrics::names::SESSION_UPDATES).increment(1);
            Ok(Some(SetCookie::session(app, opened)))
        }
        Err(domain::error::Error::NotFound) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_wins() {
        let cookie = Some("c".to_owned());
        assert_eq!(carried(cookie.clone(), Some("Token t")), Some(Carried::Cookie("c".into())));
        assert_eq!(carried(None, Some("tOKEN t ")), Some(Carried::AccessToken("t")));
        assert_eq!(carried(None, Some("BEARER b")), Some(Carried::Bearer("b")));
        assert_eq!(carried(None, Some("Basic b")), None);
        assert_eq!(carried(None, Some("Token")), None);
        assert_eq!(carried(None, None), None);
    }
}
