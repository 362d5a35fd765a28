//! What the server says to whoever is not calling a method in the ordinary way.

use reqwest::Method;
use tests::{
    app::{Settings, TestApp},
    client::Answer,
};

#[tokio::test]
async fn it_is_ready_without_redis_and_not_without_its_tables() {
    let app = TestApp::with(Settings::default().set("PENPOT_REDIS_URI", "redis://127.0.0.1:1/0")).await;
    let nobody = app.anonymous();
    assert_eq!(nobody.get("/readyz").await.text(), "OK", "most calls still work");
    sqlx::query("DROP TABLE server_prop").execute(&app.app.pool).await.expect("drops");
    let answer = nobody.get("/readyz").await;
    assert_eq!((answer.status.as_u16(), answer.text().as_str()), (503, "KO"));
}

#[tokio::test]
async fn metrics_tell_every_call_by_name() {
    let app = TestApp::start().await;
    app.person("ana").await;
    let text = app.anonymous().get("/metrics").await.text();
    for name in [
        "penpot_rpc_main_timing_bucket{name=\"register-profile\"",
        "atelier_mails_total",
        "atelier_queue_run_ms",
    ] {
        assert!(text.contains(name), "{name} is missing");
    }
}

#[tokio::test]
async fn every_answer_tells_its_request() {
    let app = TestApp::start().await;
    let asked = app.anonymous().request(Method::GET, "/nowhere").header("x-request-id", "mine-1");
    let answer = Answer::of(asked.send().await.expect("answers")).await;
    assert_eq!((answer.status.as_u16(), answer.header("x-request-id")), (404, "mine-1"));
    assert!(answer.header("server-timing").starts_with("total;dur="));
}

#[tokio::test]
async fn the_mailbox_is_for_this_machine_only() {
    let app = TestApp::start().await;
    app.person("ana").await;
    let nobody = app.anonymous();
    assert!(nobody.get("/dev/mail").await.text().contains("ana@example.com"));
    for (name, value) in [("x-forwarded-for", "203.0.113.7"), ("host", "design.example.com")] {
        let asked = nobody.request(Method::GET, "/dev/mail").header(name, value);
        assert_eq!(asked.send().await.expect("answers").status().as_u16(), 404, "{name}");
    }
    let public =
        TestApp::with(Settings::default().set("PENPOT_PUBLIC_URI", "https://design.example.com")).await;
    for path in ["/dev/mail", "/"] {
        assert_eq!(public.anonymous().get(path).await.status.as_u16(), 404, "{path}");
    }
    let home = nobody.get("/").await;
    assert!(home.text().contains("verify-token") && home.header("referrer-policy") == "no-referrer");
}

#[tokio::test]
async fn pages_of_listed_origins_may_read_answers() {
    let settings = Settings::default()
        .set("PENPOT_FLAGS", "enable-cors disable-secure-session-cookies")
        .set("PENPOT_ALLOWED_ORIGINS", "https://tools.example.com");
    let app = TestApp::with(settings).await;
    let ask = async |method: Method, origin: &str| {
        let asked = app.anonymous().request(method, "/api/main/methods/get-profile").header("origin", origin);
        Answer::of(asked.send().await.expect("answers")).await
    };
    let preflight = ask(Method::OPTIONS, "https://tools.example.com").await;
    assert_eq!(preflight.status.as_u16(), 204);
    assert_eq!(preflight.header("access-control-allow-origin"), "https://tools.example.com");
    assert_eq!(preflight.header("access-control-allow-credentials"), "true");
    let answer = ask(Method::GET, "https://evil.example.com").await;
    assert_eq!((answer.status.as_u16(), answer.header("access-control-allow-origin")), (200, ""));
}
