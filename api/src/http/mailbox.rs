//! The development mailbox: mails that would have been sent, for whoever develops on this machine.

use super::html::escape;
use crate::State;
use platform::{app::App, mail::MailError};
use poem::{
    Endpoint, Request, Response,
    http::{StatusCode, header},
};
use std::fmt::Write;

/// Mails on the list.
const LIST_MAX: usize = 200;
/// Nothing from elsewhere, nothing runs; mails are shown in a frame of their own.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-src 'self'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const STYLE: &str = include_str!("mailbox/page.css");

/// Whether the pages exist: mails go to the mailbox, and this installation is for this machine only.
pub fn is_open(app: &App) -> bool {
    let public = app.config.http.public_uri.host_str().is_some_and(is_this_machine);
    app.mailer.has_mailbox() && app.config.http.host.is_loopback() && public
}

/// `/dev/mail`: the list, newest first.
pub struct Mailbox(pub State);

impl Endpoint for Mailbox {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        if !is_local(&request) {
            return Ok(StatusCode::NOT_FOUND.into());
        }
        let mut rows = String::new();
        let mails = self.0.app.mailer.mailbox(LIST_MAX).await.map_err(|error| unreadable(&error))?;
        for mail in mails {
            let _ = write!(
                rows,
                "<li><a href=\"/dev/mail/{id}\"><b>{subject}</b><span>{to}</span><time>{at}</time></a></li>",
                id = escape(&mail.id),
                subject = escape(&mail.subject),
                to = escape(&mail.to),
                at = mail.sent_at.format("%Y-%m-%d %H:%M:%S UTC"),
            );
        }
        let list =
            if rows.is_empty() { "<p>No mail yet.</p>".to_owned() } else { format!("<ul>{rows}</ul>") };
        Ok(page("Mail", &format!("<h1>Mail</h1><p>Nothing here was sent to anybody.</p>{list}")))
    }
}

/// `/dev/mail/:id`: one mail, as HTML and as text.
pub struct Message(pub State);

impl Endpoint for Message {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let id = request.raw_path_param("id").unwrap_or_default();
        if !is_local(&request) {
            return Ok(StatusCode::NOT_FOUND.into());
        }
        let found = self.0.app.mailer.stored(id).await.map_err(|error| unreadable(&error))?;
        let Some(mail) = found else { return Ok(StatusCode::NOT_FOUND.into()) };
        let subject = escape(&mail.subject);
        // An empty sandbox: no scripts, no forms, an origin of its own. Links may open a page of their own.
        let html = format!(
            "<iframe sandbox=\"allow-popups allow-popups-to-escape-sandbox\" title=\"The mail as HTML\" \
             srcdoc=\"{}\"></iframe>",
            escape(&format!("<base target=\"_blank\">{}", mail.html)),
        );
        let body = format!(
            "<p><a href=\"/dev/mail\">All mail</a></p><h1>{subject}</h1><p>To {to}, {at}</p>{html}\
             <h2>As text</h2><pre>{text}</pre>",
            to = escape(&mail.to),
            at = mail.sent_at.format("%Y-%m-%d %H:%M:%S UTC"),
            text = escape(&mail.text),
        );
        Ok(page(&subject, &body))
    }
}

fn unreadable(error: &MailError) -> poem::Error {
    tracing::error!(reason = %error, "the mailbox cannot be read");
    poem::Error::from_status(StatusCode::INTERNAL_SERVER_ERROR)
}

/// Mails carry tokens: a page elsewhere whose name is pointed at this machine must not read them, and neither may
/// whoever comes through a proxy.
fn is_local(request: &Request) -> bool {
    let host = request.header(header::HOST).unwrap_or_default();
    let name = host.rsplit_once(':').filter(|(_, port)| port.bytes().all(|c| c.is_ascii_digit()));
    let passed_on = request.headers().keys().any(|name| {
        let name = name.as_str();
        name.starts_with("x-forwarded") || matches!(name, "forwarded" | "via" | "x-real-ip")
    });
    is_this_machine(name.map_or(host, |(name, _)| name)) && !passed_on
}

fn is_this_machine(host: &str) -> bool {
    matches!(host, "localhost" | "127.0.0.1" | "[::1]")
}

fn page(title: &str, body: &str) -> Response {
    Response::builder()
        .content_type("text/html; charset=utf-8")
        .header(header::CONTENT_SECURITY_POLICY, POLICY)
        .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
        .header(header::CACHE_CONTROL, "no-store")
        .body(format!(
            "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
             <title>{title}</title><style>{STYLE}</style></head><body><main>{body}</main></body></html>"
        ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_machine_by_its_own_name() {
        let local = |host: &str| is_local(&Request::builder().header("host", host).finish());
        for host in ["localhost", "localhost:6060", "127.0.0.1:6060", "[::1]:6060", "[::1]"] {
            assert!(local(host), "{host}");
        }
        let forwarded = Request::builder().header("host", "localhost").header("x-forwarded-for", "1.2.3.4");
        assert!(!is_local(&forwarded.finish()));
        for host in ["", "example.com", "localhost.example.com:6060", "127.0.0.1.example.com"] {
            assert!(!local(host), "{host}");
        }
    }
}
