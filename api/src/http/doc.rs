//! The document, and a page to read it: the methods by subject, with params, results and errors.

use super::html::{escape, prose};
use crate::{State, openapi, rpc::catalog::MethodList};
use poem::{
    Endpoint, Request, Response,
    http::{StatusCode, header},
};
use serde_json::Value;
use std::{fmt::Write, sync::OnceLock};

mod schema;

use schema::text;

const STYLE: &str = include_str!("doc/page.css");
const SCRIPT: &str = include_str!("doc/page.js");
/// Nothing from elsewhere, and nothing that is not in this page.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; \
    base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// `/api/main/doc/openapi.json`, and the same of another list of methods.
pub struct Document {
    state: State,
    document: fn() -> Value,
    base: &'static str,
    text: OnceLock<String>,
}

impl Document {
    /// Built when somebody first asks.
    pub fn of<L: MethodList>(state: &State) -> Document {
        let (document, base) = (openapi::document_of::<L>, L::BASE);
        Document { state: state.clone(), document, base, text: OnceLock::new() }
    }

    fn build(&self) -> String {
        let mut document = (self.document)();
        let public = self.state.app.config.http.public_uri.as_str().trim_end_matches('/');
        document["servers"][0]["url"] = format!("{public}{}", self.base).into();
        document.to_string()
    }
}

impl Endpoint for Document {
    type Output = Response;

    async fn call(&self, _: Request) -> poem::Result<Response> {
        if !self.state.app.config.flags.has("backend-openapi-doc") {
            return Ok(StatusCode::NOT_FOUND.into());
        }
        let text = self.text.get_or_init(|| self.build()).clone();
        Ok(Response::builder().content_type("application/json").body(text))
    }
}

/// `/api/main/doc`, and the same of another list of methods.
pub struct Page {
    state: State,
    document: fn() -> Value,
    flag: &'static str,
    html: OnceLock<String>,
}

impl Page {
    /// Built when somebody first asks; 404 unless the flag is on.
    pub fn of<L: MethodList>(state: &State, flag: &'static str) -> Page {
        let document = openapi::document_of::<L>;
        Page { state: state.clone(), document, flag, html: OnceLock::new() }
    }
}

impl Endpoint for Page {
    type Output = Response;

    async fn call(&self, _: Request) -> poem::Result<Response> {
        if !self.state.app.config.flags.has(self.flag) {
            return Ok(StatusCode::NOT_FOUND.into());
        }
        let html = self.html.get_or_init(|| html(&(self.document)())).clone();
        Ok(Response::builder()
            .content_type("text/html; charset=utf-8")
            .header(header::CONTENT_SECURITY_POLICY, POLICY)
            .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
            .body(html))
    }
}

/// The whole page. Writing to a `String` cannot fail, so the results of `write!` are not looked at.
fn html(document: &Value) -> String {
    let empty = serde_json::Map::new();
    let paths = document["paths"].as_object().unwrap_or(&empty);
    let mut subjects: Vec<&str> = paths.values().map(|p| text(&p["post"]["tags"][0])).collect();
    subjects.sort_unstable();
    subjects.dedup();
    let (mut list, mut body) = (String::new(), String::new());
    for subject in subjects {
        let title = escape(&subject.replace('_', " "));
        let _ = write!(list, "<h2>{title}</h2><ul>");
        let _ = write!(body, "<section><h2>{title}</h2>");
        for (path, item) in paths.iter().filter(|(_, p)| text(&p["post"]["tags"][0]) == subject) {
            let name = escape(path.trim_start_matches('/'));
            let _ = write!(list, "<li data-name=\"{name}\"><a href=\"#{name}\">{name}</a></li>");
            body.push_str(&method(document, &name, item));
        }
        list.push_str("</ul>");
        body.push_str("</section>");
    }
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>Atelier methods</title><style>{STYLE}</style></head><body>\
         <nav aria-label=\"Methods\"><input type=\"search\" placeholder=\"Find a method\" \
         aria-label=\"Find a method\">{list}</nav><main><h1>Atelier methods</h1>\
         <p>{about} <a href=\"{base}/doc/openapi.json\">The OpenAPI document</a> says the same to programs.</p>\
         {body}</main><script>{SCRIPT}</script></body></html>",
        about = prose(text(&document["info"]["description"])),
        base = text(&document["servers"][0]["url"]).trim_end_matches("/methods"),
    )
}

/// One method: who may call it, what it takes, answers and refuses.
fn method(document: &Value, name: &str, item: &Value) -> String {
    let post = &item["post"];
    let verbs = if item["get"].is_object() { "POST, GET" } else { "POST" };
    let access = match post["security"].as_array().and_then(|ways| ways.first()) {
        None => "anybody",
        Some(way) if way["key"].is_array() => "the exporter, for somebody signed in",
        Some(_) => "signed in",
    };
    let webhook = if post["x-webhook"] == true { " · webhook event" } else { "" };
    let mut out = format!(
        "<article id=\"{name}\" data-name=\"{name}\"><h3><a href=\"#{name}\">{name}</a></h3><p>{}</p>\
         <p class=\"facts\">{verbs} · {access} · since {}{webhook}</p>",
        prose(text(&post["summary"])),
        escape(text(&post["x-since"])),
    );
    let content = &post["requestBody"]["content"];
    let form = &content["multipart/form-data"]["schema"];
    let (label, params) = if form.is_null() {
        ("Params", &content["application/json"]["schema"])
    } else {
        ("Params, as a multipart form", form)
    };
    let result = &post["responses"]["200"]["content"]["application/json"]["schema"];
    let _ =
        write!(out, "<details open><summary>{label}</summary>{}</details>", schema::table(document, params));
    let answer =
        if result.is_null() { "<p>Nothing (204).</p>".to_owned() } else { schema::table(document, result) };
    let _ = write!(out, "<details><summary>Result</summary>{answer}</details>");
    let _ = write!(out, "<details><summary>Errors</summary><dl>");
    for (status, response) in post["responses"].as_object().into_iter().flatten() {
        if !status.starts_with('2') {
            let _ = write!(out, "<dt>{status}</dt><dd>{}</dd>", prose(text(&response["description"])));
        }
    }
    out.push_str("</dl></details></article>");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_has_every_method_and_no_outside() {
        let page = html(&crate::openapi::document());
        for entry in crate::methods::ALL {
            assert!(page.contains(&format!("<article id=\"{}\"", entry.name)), "{}", entry.name);
        }
        for outside in ["src=", "url(", "@import", "<link"] {
            assert!(!page.contains(outside), "{outside}");
        }
    }
}
