//! Who may have a socket, and what everybody else is answered.

use super::scene::{Scene, id};
use reqwest::{Method, RequestBuilder};
use serde_json::json;
use tests::{
    app::{Settings, TestApp},
    client::{Answer, Client},
    nginx::Nginx,
    socket::{Socket, message},
};
use transit::value::Value;
use uuid::Uuid;

/// A request as a browser makes it.
fn asked(client: &Client, query: &str) -> RequestBuilder {
    let request = client.request(Method::GET, &format!("/ws/notifications{query}"));
    [
        ("connection", "Upgrade"),
        ("upgrade", "websocket"),
        ("sec-websocket-version", "13"),
        ("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="),
        ("accept", "application/json"),
    ]
    .into_iter()
    .fold(request, |request, (name, value)| request.header(name, value))
}

async fn answer(request: RequestBuilder) -> Answer {
    Answer::of(request.send().await.expect("an answer")).await
}

#[tokio::test]
async fn only_people_with_a_cookie_are_let_in() {
    let origins = "https://plugins.example";
    let app = TestApp::with(Settings::default().set("PENPOT_ALLOWED_ORIGINS", origins)).await;
    let ana = app.person("ana").await;
    let query = format!("?session-id={}", Uuid::from_u128(1));
    let mut bearer = app.anonymous();
    let token = ana.cookie.as_deref().and_then(|cookie| cookie.split_once('=')).expect("a cookie").1;
    bearer.authorization = Some(format!("Bearer {token}"));
    let mut by_token = app.anonymous();
    let made = ana.call("create-access-token", json!({"name": "a"})).await.ok();
    by_token.authorization = Some(format!("Token {}", made["token"].as_str().expect("a token")));
    let mut forged = app.anonymous();
    forged.cookie = Some("auth-token=abc".to_owned());
    let evil = "https://evil.example";
    for (what, request, failure) in [
        ("no session", asked(&ana, ""), "400 validation/missing-session-id"),
        ("no uuid", asked(&ana, "?session-id=me"), "400 validation/missing-session-id"),
        ("nobody", asked(&app.anonymous(), &query), "401 authentication/authentication-required"),
        ("a bearer", asked(&bearer, &query), "401 authentication/authentication-required"),
        ("an access token", asked(&by_token, &query), "401 authentication/authentication-required"),
        ("a forged cookie", asked(&forged, &query), "401 authentication/authentication-required"),
        (
            "a foreign page",
            asked(&ana, &query).header("origin", evil),
            "403 authorization/origin-not-allowed",
        ),
        ("no page", asked(&ana, &query).header("origin", "null"), "403 authorization/origin-not-allowed"),
        (
            "no upgrade",
            ana.request(Method::GET, &format!("/ws/notifications{query}"))
                .header("accept", "application/json"),
            "400 validation/websocket-request-expected",
        ),
        (
            "a POST",
            ana.request(Method::POST, &format!("/ws/notifications{query}"))
                .header("accept", "application/json"),
            "405 restriction/method-not-allowed",
        ),
    ] {
        assert_eq!(answer(request).await.failure(), failure, "{what}");
    }
    for origin in [app.base.as_str(), origins] {
        let response = asked(&ana, &query).header("origin", origin).send().await.expect("an answer");
        assert_eq!(response.status().as_u16(), 101, "{origin}");
        let accepted = response.headers().get("sec-websocket-accept").expect("a header");
        assert_eq!(accepted, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "as the protocol's own example has it");
    }
    app.run_jobs().await;
}

#[tokio::test]
async fn one_person_has_so_many_sockets_and_others_have_theirs() {
    let app = TestApp::start().await;
    let (ana, bo) = (app.person("ana").await, app.person("bo").await);
    let mut open = vec![];
    for _ in 0..100 {
        open.push(Socket::open(&ana).await);
    }
    let query = format!("?session-id={}", Uuid::from_u128(1));
    assert_eq!(answer(asked(&ana, &query)).await.failure(), "429 concurrency-limit/too-many-sockets");
    Socket::open(&bo).await.settle().await;
    let text = app.anonymous().get("/metrics").await.text();
    assert!(text.contains("penpot_websocket_active_connections"), "{text}");
    app.run_jobs().await;
}

#[tokio::test]
async fn a_socket_is_closed_like_any_stranger_s_subscription_is_refused() {
    let scene = Scene::alone().await;
    let cleo = scene.app.person("cleo").await;
    let mut of_ana = Socket::in_file(&scene.ana, scene.file()).await;
    let mut of_cleo = Socket::open(&cleo).await;
    for (kind, name, of) in [
        ("subscribe-file", "file-id", scene.file()),
        ("subscribe-file", "file-id", Uuid::from_u128(7)),
        ("subscribe-team", "team-id", scene.team()),
        ("subscribe-team", "team-id", id(&scene.ana.profile["defaultTeamId"])),
    ] {
        of_cleo.say(&message(kind, [(name, Value::Uuid(of))])).await;
        let refusal = of_cleo.hears("error").await;
        let error = refusal.get("error").expect("an error");
        assert_eq!(error.get("type"), Some(&Value::keyword("not-found")), "{refusal:?}");
        assert_eq!(error.get("code"), Some(&Value::keyword("object-not-found")), "{refusal:?}");
    }
    // A refused file takes the place of none, and nobody hears of it.
    let own = id(&cleo.file("Own").await["id"]);
    of_cleo.subscribe(own).await;
    of_cleo.say(&message("subscribe-file", [("file-id", Value::Uuid(scene.file()))])).await;
    of_cleo.hears("error").await;
    let mut other = Socket::open(&cleo).await;
    other.subscribe(own).await;
    of_cleo.hears("join-file").await;
    let points = message("pointer-update", [("file-id", Value::Uuid(scene.file()))]);
    of_cleo.say(&points).await;
    of_cleo.settle().await;
    assert_eq!(of_ana.settle().await, []);
    scene.app.run_jobs().await;
}

#[tokio::test]
async fn nginx_passes_it_on() {
    let scene = Scene::alone().await;
    let nginx = Nginx::before(&scene.app).await;
    let mut of_ana = Socket::in_file(&nginx.lead(&scene.ana), scene.file()).await;
    let mut of_bo = Socket::open(&nginx.lead(&scene.bo)).await;
    of_bo.subscribe(scene.file()).await;
    of_ana.hears("join-file").await;
    let refused = nginx.lead(&scene.ana).request(Method::GET, "/ws/notifications?session-id=me");
    assert_eq!(answer(refused).await.status.as_u16(), 400);
    scene.app.run_jobs().await;
}
