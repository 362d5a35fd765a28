//! Who may look, who may act, and that an act comes from a page of ours.

use crate::error::{PageError, Result};
use api::{
    State,
    http::{address, cookie::SetCookie},
    rpc::caller,
};
use chrono::{DateTime, Utc};
use domain::{permission::Operator, profile::login, session};
use entities::{
    ids::{ProfileId, SessionId},
    profile::Model,
};
use platform::app::App;
use poem::{
    Request,
    http::{HeaderValue, header},
};

/// What somebody may do here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Look: `ATELIER_ADMIN_READERS`.
    Read,
    /// Look and act: `PENPOT_ADMINS`.
    Operate,
}

/// Who is here.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// Their address, as actions are recorded under.
    pub email: String,
    /// What they may do.
    pub role: Role,
    /// Who that is.
    pub profile: ProfileId,
    session: SessionId,
    csrf: String,
}

/// Who asks for a page.
pub enum Authentication {
    /// Somebody who may look.
    Visitor(Visitor),
    /// Somebody who is signed in and may not.
    Other(String),
    /// Nobody.
    Nobody,
}

impl Visitor {
    fn of(app: &App, person: &Model, session: SessionId) -> Option<Visitor> {
        let role = role(app, &person.email)?;
        // Sealed, so that nobody can make one; of this session, so that it is worth nothing in another.
        let csrf = app.secrets.seal(seal_of(session).as_bytes());
        Some(Visitor { email: person.email.clone(), role, profile: person.id, session, csrf })
    }

    /// Goes into every form.
    pub fn csrf(&self) -> &str {
        &self.csrf
    }

    /// Whether forms are shown.
    pub fn operates(&self) -> bool {
        self.role == Role::Operate
    }

    /// Before anything is changed: the proof that acts ask for.
    ///
    /// # Errors
    /// Forbidden.
    pub fn may_act(&self, app: &App, request: &Request, csrf: &str) -> Result<Operator> {
        if !self.operates() {
            return Err(PageError::Forbidden("you may look, not act"));
        }
        let sealed = app.secrets.open(csrf).is_some_and(|text| text == seal_of(self.session).as_bytes());
        if !sealed || !is_ours(request) {
            return Err(PageError::Forbidden("this form is too old: open the page again"));
        }
        Ok(operator::at_dashboard(self.profile.0, &self.email))
    }
}

fn role(app: &App, email: &str) -> Option<Role> {
    let listed = |list: &[String]| list.iter().any(|one| one == email);
    if listed(&app.config.admins) {
        return Some(Role::Operate);
    }
    listed(&app.config.admin_readers).then_some(Role::Read)
}

fn seal_of(session: SessionId) -> String {
    format!("dashboard {}", session.0)
}

/// Not sent by a page of another site: browsers say so, older ones by the page's origin.
pub fn is_ours(request: &Request) -> bool {
    if let Some(site) = request.header("sec-fetch-site") {
        return matches!(site, "same-origin" | "none");
    }
    let Some(origin) = request.header(header::ORIGIN) else { return true };
    origin.split_once("://").map(|(_, host)| host) == request.header(header::HOST)
}

/// Finds out who asks. Only sessions of browsers count, not tokens of programs.
///
/// # Errors
/// Those of the database.
pub async fn authenticate(app: &App, request: &Request, now: DateTime<Utc>) -> Result<Authentication> {
    let found = caller::of(app, request, now).await.map_err(|error| {
        tracing::error!(reason = %error.chain(), "who asks cannot be found out");
        if error.is_unavailable() { PageError::Away } else { PageError::Internal }
    })?;
    let (Some(person), Some(session)) = (found.person, found.session) else {
        return Ok(Authentication::Nobody);
    };
    Ok(Visitor::of(app, &person, session)
        .map_or_else(|| Authentication::Other(person.email.clone()), Authentication::Visitor))
}

/// Signs somebody in, if they may look; the cookie.
///
/// # Errors
/// [`PageError::Wrong`] with what is wrong, as text for people; [`PageError::Away`]. No session is left behind.
pub async fn sign_in(state: &State, request: &Request, email: &str, password: &str) -> Result<HeaderValue> {
    let app = &state.app;
    let now = app.now();
    let client = address::of(request, app.config.http.trusted_proxies).map(address::client_key);
    let found = login::with_password(app, email, password.to_owned(), None, client.as_deref(), now).await;
    let person = match found {
        Ok(found) => found.profile,
        Err(error) => return Err(login_error(&error)),
    };
    if role(app, &person.email).is_none() {
        let refusal = "This account may not look on the dashboard: it is neither in PENPOT_ADMINS nor in \
                       ATELIER_ADMIN_READERS.";
        return Err(PageError::Wrong(refusal.to_owned()));
    }
    let agent = request.header(header::USER_AGENT);
    let opened = session::create(&app.db, &app.secrets, person.id, agent, now).await;
    let opened = opened.map_err(|error| login_error(&error))?;
    let cookie = SetCookie::session(app, opened).header(app);
    cookie.ok_or_else(|| PageError::Wrong("The cookie's name cannot be sent.".to_owned()))
}

/// Ends the session; the cookie that says so.
pub async fn sign_out(app: &App, visitor: &Visitor) -> Option<HeaderValue> {
    if let Err(error) = session::delete(&app.db, visitor.session).await {
        tracing::error!(%error, "a session could not be ended");
    }
    SetCookie::Cleared.header(app)
}

fn login_error(error: &domain::error::Error) -> PageError {
    let text = match error.code() {
        Some("wrong-credentials") => "The email or the password is wrong.",
        Some("request-blocked") => "Too many attempts failed: wait a little.",
        Some("profile-blocked") => "This account is blocked.",
        Some("login-disabled") => "Signing in with a password is switched off.",
        _ => {
            tracing::error!(%error, "nobody can sign in");
            if platform::db::is_away(error) {
                return PageError::Away;
            }
            "That did not work; the log says why."
        }
    };
    PageError::Wrong(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_of_other_sites_are_not_ours() {
        let ask = |headers: &[(&str, &str)]| {
            let request = Request::builder().header("host", "dashboard.example:6060");
            is_ours(
                &headers
                    .iter()
                    .fold(request, |request, (name, value)| request.header(*name, *value))
                    .finish(),
            )
        };
        assert!(ask(&[]));
        assert!(ask(&[("origin", "http://dashboard.example:6060")]));
        assert!(ask(&[("origin", "https://outside.example"), ("sec-fetch-site", "same-origin")]));
        for bad in [("origin", "http://evil.example"), ("origin", "null"), ("sec-fetch-site", "cross-site")] {
            assert!(!ask(&[bad]), "{bad:?}");
        }
    }
}
