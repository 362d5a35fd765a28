//! Pages of others: what they have a browser do is not done in the name of whoever sits before it.

use reqwest::{Method, header};
use serde_json::json;
use tests::{
    app::{Settings, TestApp},
    client::{Answer, Client},
};

const PAGE: &str = "https://tools.example.com";
const REFUSED: &str = "403 authorization/origin-not-allowed";
const CORS: &str = "enable-cors disable-secure-session-cookies";

async fn app(flags: &str) -> TestApp {
    let settings = Settings::default().set("PENPOT_FLAGS", flags).set("PENPOT_ALLOWED_ORIGINS", PAGE);
    TestApp::with(settings).await
}

/// A form that a page has a browser send, with the cookies that it has.
async fn form(client: &Client, method: &str, fields: &str, headers: &[(&str, &str)]) -> Answer {
    let path = format!("/api/main/methods/{method}");
    let request = client.request(Method::POST, &path).header(header::ACCEPT, "application/json");
    let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    Answer::of(request.body(fields.to_owned()).send().await.expect("an answer")).await
}

const FOREIGN: [&[(&str, &str)]; 5] = [
    &[("origin", "https://evil.example.com")],
    &[("origin", "null")],
    &[("origin", "http://other.localhost:3449"), ("sec-fetch-site", "same-site")],
    &[("origin", "https://evil.example.com"), ("sec-fetch-site", "cross-site")],
    &[("sec-fetch-site", "cross-site")],
];

#[tokio::test]
async fn a_page_of_somebody_else_changes_nothing() {
    for flags in ["", CORS, "enable-strict-session-cookies"] {
        let app = app(flags).await;
        let ana = app.person("ana").await;
        for from in FOREIGN {
            assert_eq!(form(&ana, "create-team", "name=Theirs", from).await.failure(), REFUSED, "{from:?}");
            assert_eq!(form(&ana, "delete-profile", "", from).await.failure(), REFUSED, "{from:?}");
            // Nobody is signed in as somebody else either.
            let fields = "email=ana%40example.com&password=correct%20horse%20battery";
            let asked = form(&app.anonymous(), "login-with-password", fields, from).await;
            assert_eq!((asked.failure().as_str(), asked.cookie()), (REFUSED, None), "{from:?}");
        }
        let teams = ana.call("get-teams", json!({})).await.ok();
        assert_eq!(teams.as_array().map(Vec::len), Some(1), "{flags}: {teams}");
    }
}

#[tokio::test]
async fn pages_of_ours_and_programs_are_let_in() {
    let app = app(CORS).await;
    let ana = app.person("ana").await;
    let own = app.app.config.http.public_uri.origin().ascii_serialization();
    let ours: [&[(&str, &str)]; 5] = [
        &[],
        &[("origin", PAGE)],
        &[("origin", &own)],
        &[("origin", "http://10.0.0.5:6060"), ("sec-fetch-site", "same-origin")],
        &[("sec-fetch-site", "none")],
    ];
    for from in ours {
        form(&ana, "create-team", "name=Ours", from).await.ok();
    }
    // What only reads cannot be read by the page that asks.
    for from in FOREIGN {
        let request = ana.request(Method::GET, "/api/main/methods/get-profile");
        let request = from.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        let answer = Answer::of(request.send().await.expect("an answer")).await;
        assert_eq!(
            (answer.status.as_u16(), answer.header("access-control-allow-origin")),
            (200, ""),
            "{from:?}"
        );
    }
}

#[tokio::test]
async fn a_program_with_its_own_token_may_run_on_any_page() {
    let app = app("enable-access-tokens").await;
    let ana = app.person("ana").await;
    let token = ana.call("create-access-token", json!({"name": "tool"})).await.ok();
    let token = format!("Token {}", token["token"].as_str().expect("a token"));
    let evil = ("origin", "https://evil.example.com");
    let tool = app.anonymous();
    form(&tool, "create-team", "name=Mine", &[evil, ("authorization", &token)]).await.ok();
    // Beside a cookie it does not count.
    let asked = form(&ana, "create-team", "name=Theirs", &[evil, ("authorization", &token)]).await;
    assert_eq!(asked.failure(), REFUSED);
}

#[tokio::test]
async fn what_is_said_to_one_caller_is_kept_by_nobody() {
    let app = app("").await;
    let ana = app.person("ana").await;
    for name in ["get-profile", "get-teams", "get-nothing", "get-access-tokens"] {
        let answer = ana.call(name, json!({})).await;
        let kept = if answer.header("etag").is_empty() { "no-store" } else { "private, no-cache" };
        assert_eq!(answer.header("cache-control"), kept, "{name}");
        assert_eq!(answer.header("x-content-type-options"), "nosniff", "{name}");
    }
    let refused = app.anonymous().call("get-teams", json!({})).await;
    assert_eq!((refused.status.as_u16(), refused.header("cache-control")), (401, "no-store"));
}
