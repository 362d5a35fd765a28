//! The door.

use crate::{
    error::{PageError, Result},
    form::Fields,
    gate,
    layout::{plain, see_other},
};
use api::State;
use maud::{Markup, html};
use poem::{
    Request, Response,
    http::{StatusCode, header},
};

/// The form.
pub fn show(next: &str, wrong: Option<&str>) -> Response {
    let status = if wrong.is_some() { StatusCode::UNAUTHORIZED } else { StatusCode::OK };
    plain(status, "Sign in", &form(next, wrong))
}

fn form(next: &str, wrong: Option<&str>) -> Markup {
    html! {
        h1 { "Atelier dashboard" }
        p { "For those who run this installation." }
        @if let Some(wrong) = wrong { p class="wrong" role="alert" { (wrong) } }
        form class="sign-in" method="post" action="/admin/sign-in" {
            input type="hidden" name="next" value=(next);
            label { "Email" input type="email" name="email" required autocomplete="username" autofocus; }
            label { "Password" input type="password" name="password" required autocomplete="current-password"; }
            button class="primary" { "Sign in" }
        }
    }
}

/// Lets somebody in, or says why not.
///
/// # Errors
/// The database is away.
pub async fn act(state: &State, request: &Request, fields: &Fields) -> Result<Response> {
    let next = own_page(fields.get("next").unwrap_or("/admin"));
    if !gate::is_ours(request) {
        return Ok(show(&next, Some("Open this page itself to sign in.")));
    }
    let (email, password) =
        (fields.get("email").unwrap_or_default(), fields.get("password").unwrap_or_default());
    match gate::sign_in(state, request, email, password).await {
        Ok(cookie) => {
            let mut response = see_other(&next);
            response.headers_mut().insert(header::SET_COOKIE, cookie);
            Ok(response)
        }
        Err(PageError::Wrong(wrong)) => Ok(show(&next, Some(&wrong))),
        Err(other) => Err(other),
    }
}

/// Somebody is signed in, and may not look.
pub fn not_for(email: &str) -> Response {
    let body = html! {
        h1 { "Not for this account" }
        p {
            (email) " may not look on the dashboard. Operators are named in " code { "PENPOT_ADMINS" }
            ", those who may only look in " code { "ATELIER_ADMIN_READERS" } "."
        }
        p { a href="/admin/sign-in" { "Sign in as somebody else" } }
    };
    plain(StatusCode::FORBIDDEN, "Not for this account", &body)
}

/// Only pages of the dashboard: nobody is sent elsewhere.
pub fn own_page(next: &str) -> String {
    let inside = next == "/admin" || next.starts_with("/admin/") || next.starts_with("/admin?");
    let plain = !next.contains(['\\', '\r', '\n']) && !next.starts_with("/admin/sign-in");
    if inside && plain { next.to_owned() } else { "/admin".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::own_page;

    #[test]
    fn nobody_is_sent_elsewhere() {
        for good in ["/admin", "/admin/jobs?state=dead", "/admin?span=24h"] {
            assert_eq!(own_page(good), good);
        }
        for bad in
            ["", "//evil.example", "https://evil.example", "/adminx", "/admin/\\evil", "/admin/sign-in"]
        {
            assert_eq!(own_page(bad), "/admin", "{bad}");
        }
    }
}
