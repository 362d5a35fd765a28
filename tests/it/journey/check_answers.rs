//! The check-list, lines 1 to 5: visitors, cookies, and that every answer is one that the web app understands.

use super::{
    kinds::reads,
    stage::{PASSWORD, field, id},
    web_app::{Ask, File, WebApp, body, kind_of, text},
};
use reqwest::Method;
use serde_json::json;
use tests::{
    app::{Settings, TestApp},
    client::{Answer, Client},
    picture,
};
use transit::value::Value;
use uuid::Uuid;

async fn asked(client: &Client, method: Method, path: &str, body: &str) -> Answer {
    let request = client.request(method, path).header("accept", "*/*");
    let request = request.header("content-type", "application/transit+json");
    Answer::of(request.body(body.to_owned()).send().await.expect("an answer")).await
}

#[tokio::test]
async fn a_visitor_is_somebody_with_the_zero_id() {
    let app = TestApp::start().await;
    let answer = asked(&app.anonymous(), Method::GET, "/api/main/methods/get-profile", "").await;
    assert_eq!((answer.status.as_u16(), answer.header("content-type")), (200, "application/transit+json"));
    reads("get-profile", &answer.transit(), "{id u, fullname s}");
    assert_eq!(id(&answer.transit(), "id"), Uuid::nil());
}

#[track_caller]
fn sets_a_cookie(what: &str, answer: &Answer) {
    let set = answer.header("set-cookie");
    let parts: Vec<&str> = set.split("; ").collect();
    assert!(parts[0].starts_with("auth-token=") && parts[0].len() > 40, "{what}: {set}");
    assert!(parts.contains(&"Path=/") && parts.contains(&"HttpOnly"), "{what}: {set}");
    assert!(!set.contains("Secure") && !set.contains("Domain"), "{what}: {set}");
}

#[tokio::test]
async fn whatever_lets_somebody_in_sets_the_cookie() {
    let app = TestApp::start().await;
    let person = json!({"fullname": "Ana", "email": "ana@example.com", "password": PASSWORD});
    let nobody = app.anonymous();
    let prepared = nobody.call("prepare-register-profile", person.clone()).await.ok();
    let waits = nobody.call("register-profile", json!({"token": prepared["token"]})).await;
    assert_eq!(
        (waits.ok().get("isActive"), waits.header("set-cookie")),
        (None, ""),
        "there is a mail to wait for"
    );
    app.run_jobs().await;
    let token = app.mailed_token("ana@example.com").await;
    sets_a_cookie("verify-token", &nobody.call("verify-token", json!({"token": token})).await);
    let login = json!({"email": "ana@example.com", "password": PASSWORD});
    sets_a_cookie("login-with-password", &nobody.call("login-with-password", login).await);

    let flags = "disable-email-verification disable-secure-session-cookies";
    let app = TestApp::with(Settings::default().set("PENPOT_FLAGS", flags)).await;
    let nobody = app.anonymous();
    let prepared = nobody.call("prepare-register-profile", person).await.ok();
    let made = nobody.call("register-profile", json!({"token": prepared["token"]})).await;
    assert_eq!(made.ok()["isActive"], true);
    sets_a_cookie("register-profile", &made);
    app.run_jobs().await;
}

#[tokio::test]
async fn every_refusal_is_a_map_that_has_a_type() {
    let limits = "get-teams=3/h";
    let settings = Settings::default().set("ATELIER_RPC_LIMITS", limits);
    let app = TestApp::with(settings).await;
    let ana = app.person("ana").await;
    let nobody = app.anonymous();
    let methods = "/api/main/methods";
    let large = format!("[\"~#'\",\"{}\"]", "a".repeat(70 << 10));
    let mut cases = vec![
        ("nobody", asked(&nobody, Method::POST, &format!("{methods}/get-projects"), "").await, 401),
        ("no such method", asked(&ana, Method::POST, &format!("{methods}/get-moon"), "").await, 404),
        (
            "no such page",
            asked(&ana, Method::GET, &format!("{methods}/get-team?id={}", Uuid::from_u128(7)), "").await,
            404,
        ),
        ("a GET of a change", asked(&ana, Method::GET, &format!("{methods}/create-team"), "").await, 405),
        ("a DELETE", asked(&ana, Method::DELETE, &format!("{methods}/get-profile"), "").await, 405),
        ("no transit", asked(&ana, Method::POST, &format!("{methods}/create-team"), "[\"^ \",").await, 400),
        ("no params", asked(&ana, Method::POST, &format!("{methods}/create-team"), "{}").await, 400),
        (
            "too large",
            asked(&nobody, Method::POST, &format!("{methods}/login-with-password"), &large).await,
            413,
        ),
        ("no socket", asked(&nobody, Method::GET, "/ws/notifications?session-id=1", "").await, 400),
        ("no provider", asked(&nobody, Method::POST, "/api/auth/oidc?provider=google", "").await, 400),
        ("no exporter", asked(&ana, Method::POST, "/api/export", "{}").await, 400),
    ];
    let path = format!("{methods}/get-teams");
    let often = async {
        loop {
            let answer = asked(&ana, Method::GET, &path, "").await;
            if answer.status.as_u16() != 200 {
                return answer;
            }
        }
    };
    cases.push((
        "too often",
        tokio::time::timeout(std::time::Duration::from_secs(60), often).await.expect("ends"),
        429,
    ));
    for (what, answer, status) in cases {
        assert_eq!(answer.status.as_u16(), status, "{what}: {}", answer.text());
        assert!(
            answer.header("content-type").starts_with("application/transit+json"),
            "{what}: {:?}",
            answer.headers
        );
        reads(what, &answer.transit(), "{type k, code k}");
    }
    app.run_jobs().await;
}

#[tokio::test]
async fn what_other_programs_would_answer_is_a_message_and_no_page() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let web = WebApp::of(&ana);
    // These types and codes are shown in passing; others would take the place of the page.
    for (path, code) in [
        ("/api/auth/oidc?provider=google", "restriction/provider-not-configured"),
        ("/api/export", "restriction/exporter-not-configured"),
    ] {
        let error = web.bare_write(path, &body([])).await.expect_err("nobody is there");
        assert_eq!(kind_of(&error), code);
        reads(path, &error, "{hint s}");
    }
}

#[tokio::test]
async fn no_method_answers_anything_but_200_and_204_when_it_went_well() {
    let app = TestApp::start().await;
    let document = app.anonymous().get("/api/main/doc/openapi.json").await.json();
    let paths = document["paths"].as_object().expect("paths");
    let mut counted = 0;
    for (path, verbs) in paths {
        for (verb, told) in verbs.as_object().expect("verbs") {
            let Some(responses) = told["responses"].as_object() else { continue };
            let well: Vec<&String> =
                responses.keys().filter(|status| status.starts_with(['2', '3'])).collect();
            assert!(
                well.iter().all(|status| ["200", "204", "304"].contains(&status.as_str())),
                "{verb} {path}: {well:?}"
            );
            counted += well.len();
        }
    }
    assert!(counted > 100, "{counted}");
}

#[tokio::test]
async fn forms_and_bare_calls_are_answered_in_transit() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let file = ana.file("Sketch").await;
    let file_id: Uuid = file["id"].as_str().expect("an id").parse().expect("a uuid");
    let mut web = WebApp::of(&ana);
    // Each of them panics when the answer is anything else.
    let png = |field: &'static str, name: &str| File {
        field,
        name: name.to_owned(),
        mtype: "image/png",
        bytes: picture::png(40, 30, 1),
    };
    let fields =
        [("file-id", file_id.to_string()), ("name", "a".to_owned()), ("is-local", "true".to_owned())];
    reads(
        "a picture",
        &web.send("upload-file-media-object", &[], &fields, png("content", "blob")).await,
        "{id u}",
    );
    web.send("update-profile-photo", &[], &[], png("file", "me.png")).await;
    let team: String = ana.id_of("defaultTeamId");
    web.send("update-team-photo", &[], &[("team-id", team)], png("file", "us.png")).await;
    let session = web.write("create-upload-session", &body([("total-chunks", Value::Int(1))])).await;
    reads("create-upload-session", &session, "{session-id u}");
    let session = id(&session, "session-id");
    let chunk = File { mtype: "application/octet-stream", ..png("content", "chunk-0") };
    let fields = [("session-id", session.to_string()), ("index", "0".to_owned())];
    web.send("upload-chunk", &[], &fields, chunk).await;
    let assembled = body([
        ("session-id", Value::Uuid(session)),
        ("file-id", Value::Uuid(file_id)),
        ("is-local", Value::Bool(true)),
        ("name", Value::text("a.png")),
        ("mtype", Value::text("image/png")),
    ]);
    reads(
        "assemble",
        &web.write("assemble-file-media-object", &assembled).await,
        "{id u, width i, height i, mtype s}",
    );
    let query =
        [("file-id", Ask::Id(file_id)), ("revn", text("0")), ("strip-frames-with-thumbnails", text("false"))];
    let page = web.bare("get-file-data-for-thumbnail", &query).await;
    reads("get-file-data-for-thumbnail", field(&page, "page"), "{objects [u #shape M]}");
    let event = body([
        ("name", Value::text("navigate")),
        ("type", Value::text("action")),
        ("props", body([])),
        ("timestamp", Value::Instant(1_780_000_000_000)),
        ("context", body([])),
        ("profile-id", Value::Uuid(ana.id().0)),
    ]);
    let events = body([("events", Value::Vec(vec![event]))]);
    web.bare_write("/api/main/methods/push-audit-events", &events).await.expect("is taken");
    app.run_jobs().await;
}
