//! What every page has: head, navigation, the notice of what was just done, and the headers that keep it in its place.

use crate::gate::Visitor;
use maud::{DOCTYPE, Markup, html};
use poem::{
    Response,
    http::{StatusCode, header},
};

/// Nothing from elsewhere, nothing inline, in nobody's frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// The vendored script must not write styles, nor make code of text.
const SCRIPT_SETTINGS: &str =
    r#"{"includeIndicatorStyles":false,"allowEval":false,"selfRequestsOnly":true,"historyCacheSize":0}"#;

/// The pages, in the order of the navigation.
pub const PAGES: [(&str, &str); 10] = [
    ("/admin", "Overview"),
    ("/admin/jobs", "Jobs"),
    ("/admin/dead", "Dead jobs"),
    ("/admin/schedule", "Schedule"),
    ("/admin/storage", "Storage"),
    ("/admin/people", "People"),
    ("/admin/teams", "Teams"),
    ("/admin/mail", "Mail"),
    ("/admin/health", "Health"),
    ("/admin/actions", "Actions"),
];

/// A page for somebody who may look.
pub struct Page<'a> {
    /// Its name.
    pub title: &'a str,
    /// The page of the navigation that it belongs to.
    pub section: &'a str,
    /// Who looks.
    pub visitor: &'a Visitor,
    /// The address where it looks again when something changed; none for a page that asks or foretells, which must not
    /// change under its reader.
    pub follows: Option<&'a str>,
    /// What was just done, in words.
    pub notice: Option<String>,
}

impl Page<'_> {
    /// The whole page around its body. What is in the body follows what happens.
    pub fn show(&self, body: &Markup) -> Response {
        let content = html! {
            a class="skip" href="#live" { "To the content" }
            header {
                a class="brand" href="/admin" { "Atelier " span { "dashboard" } }
                nav aria-label="Pages" {
                    @for (path, name) in PAGES {
                        a href=(path) aria-current=[(path == self.section).then_some("page")] { (name) }
                    }
                }
                form class="who" method="post" action="/admin/sign-out" {
                    input type="hidden" name="csrf" value=(self.visitor.csrf());
                    span title=(if self.visitor.operates() { "may look and act" } else { "may look" }) {
                        (self.visitor.email)
                    }
                    button class="quiet" { "Sign out" }
                }
            }
            @if let Some(notice) = &self.notice { p class="notice" role="status" { (notice) } }
            (self.main(body))
        };
        respond(StatusCode::OK, &document(self.title, &content))
    }

    /// Every change that the server tells of replaces what is inside, unless somebody is about to act. Told of one a
    /// second at most, the page waits a little: a throttle would drop a change that comes soon after another.
    fn main(&self, body: &Markup) -> Markup {
        let Some(address) = self.follows else { return html! { main id="live" tabindex="-1" { (body) } } };
        html! {
            div hx-ext="sse,morph" sse-connect="/admin/live" {
                main id="live" tabindex="-1" hx-get=(address) hx-trigger="sse:changed delay:200ms"
                    hx-select="#live" hx-target="#live" hx-swap="morph:outerHTML" {
                    (body)
                }
            }
        }
    }
}

/// A page for whoever it is, with a sentence or a form.
pub fn plain(status: StatusCode, title: &str, body: &Markup) -> Response {
    respond(status, &document(title, &html! { main class="plain" { (body) } }))
}

fn document(title: &str, content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                meta name="htmx-config" content=(SCRIPT_SETTINGS);
                title { (title) " · Atelier dashboard" }
                link rel="icon" href="data:,";
                link rel="stylesheet" href="/admin/assets/dashboard.css";
                script src="/admin/assets/htmx.js" defer {}
                script src="/admin/assets/dashboard.js" defer {}
            }
            body { (content) }
        }
    }
}

fn respond(status: StatusCode, page: &Markup) -> Response {
    Response::builder()
        .status(status)
        .content_type("text/html; charset=utf-8")
        .header(header::CONTENT_SECURITY_POLICY, POLICY)
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .header(header::REFERRER_POLICY, "same-origin")
        .header(header::CACHE_CONTROL, "no-store")
        .body(page.0.clone())
}

/// 303, so that a page that is loaded again acts once.
pub fn see_other(address: &str) -> Response {
    Response::builder().status(StatusCode::SEE_OTHER).header(header::LOCATION, address).finish()
}
