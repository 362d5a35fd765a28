//! The first page of an installation that is for this machine only: where everything is, and the link of the
//! registration mail, which otherwise leads into the web app.

use poem::{Endpoint, Request, Response, http::header};

const PAGE: &str = include_str!("home/page.html");
/// Nothing from elsewhere.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// `/`.
pub struct Home;

impl Endpoint for Home {
    type Output = Response;

    async fn call(&self, _: Request) -> poem::Result<Response> {
        Ok(Response::builder()
            .content_type("text/html; charset=utf-8")
            .header(header::CONTENT_SECURITY_POLICY, POLICY)
            .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
            // The address of the page may carry a token.
            .header(header::REFERRER_POLICY, "no-referrer")
            .body(PAGE))
    }
}
