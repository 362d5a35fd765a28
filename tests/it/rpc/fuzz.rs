//! The OpenAPI document against what is answered: schemathesis calls every method with what the document allows, and
//! with what it does not. No answer is a failure of ours; each has a documented status, type and shape.

use std::{fmt::Write as _, time::Duration};

use jobs::{
    admin::{self, Action, Target},
    read::{Filter, State},
};
use platform::config::environment;
use serde_json::{Value as Json, json};
use tests::{
    app::{Settings, TestApp},
    client::Client,
    person::Person,
    python,
};

/// Of a run that nobody asked to be longer.
const SECONDS: u64 = 40;
/// A run with fewer calls has tested something else than us.
const CALLS_MIN: u64 = 100;

/// How long, and from which number all of it follows; the same number makes the same calls.
fn asked() -> (u64, u64) {
    let variables = environment();
    let number = |name, otherwise| match variables.get(name).filter(|text| !text.is_empty()) {
        Some(text) => text.parse().unwrap_or_else(|_| panic!("{name} is no number")),
        None => otherwise,
    };
    (number("ATELIER_TEST_FUZZ_SECONDS", SECONDS), number("ATELIER_TEST_FUZZ_SEED", 1))
}

/// Room for many calls: what is refused for its number tells nothing.
async fn start() -> TestApp {
    let names = api::methods::ALL.iter().map(|method| method.name);
    let mut off = String::from("default=off");
    for name in names {
        write!(off, " {name}=off").expect("text");
    }
    TestApp::with(Settings::default().set("ATELIER_RPC_LIMITS", off)).await
}

/// How many of each kind may be deleted on the way.
const SPARE: usize = 6;

async fn fuzz(app: &TestApp, list: &str, shown: &[(&str, String)], things: &Json) {
    let (seconds, seed) = asked();
    let document = format!("{}/api/{list}/doc/openapi.json", app.base);
    let checks = "not_a_server_error,status_code_conformance,content_type_conformance,\
        response_headers_conformance,response_schema_conformance";
    let mut arguments: Vec<String> = vec!["run".to_owned(), document];
    for (name, value) in [
        ("--origin", app.base.clone()),
        ("--checks", checks.to_owned()),
        ("--phases", "examples,coverage,fuzzing".to_owned()),
        ("--max-time", seconds.to_string()),
        ("--seed", seed.to_string()),
        // One: Python 3.11 cannot parse in two threads at once, and two would call in another order each time.
        ("--workers", "1".to_owned()),
        ("--suppress-health-check", "all".to_owned()),
        ("--warnings", "off".to_owned()),
        // It would be nobody who makes the calls after it.
        ("--exclude-path-regex", "^/delete-profile$".to_owned()),
    ] {
        arguments.extend([name.to_owned(), value]);
    }
    arguments.extend(["--continue-on-failure", "--no-shrink"].map(str::to_owned));
    // What asks for nothing is answered in transit; the schemas tell JSON's shape.
    arguments.extend(["--header", "Accept: application/json"].map(str::to_owned));
    for (name, value) in shown {
        arguments.extend(["--header".to_owned(), format!("{name}: {value}")]);
    }
    let (hooks, things) = (python::file("fuzz_hooks.py"), things.to_string());
    let settings = [("SCHEMATHESIS_HOOKS", hooks.as_str()), ("FUZZ_THINGS", &things)];
    let output =
        python::run("schemathesis", &arguments, &settings, Duration::from_secs(seconds * 2 + 120)).await;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let said = text(&output.stdout);
    assert!(output.status.success(), "seed {seed}: {said}{}", text(&output.stderr));
    assert!(calls(&said).is_some_and(|calls| calls >= CALLS_MIN), "seed {seed}: {said}");
    settle(app).await;
}

/// Whatever the calls have asked for is done, and nothing of it fails. A second mail to an address waits for its time,
/// and so does what is told of comments; whether there is one is chance.
async fn settle(app: &TestApp) {
    assert_eq!(app.run_jobs().await.failed, 0, "a job failed on what was sent");
    for kind in ["send-mail", "send-comment-mail"] {
        let (kind, states) = (Some(kind.to_owned()), vec![State::Scheduled]);
        let later = Target::Matching(Filter { kind, states, ..Filter::default() });
        admin::apply(&app.app.pool, Action::Cancel, &later, "tests").await.expect("cancels");
    }
}

/// Of its summary: `  590 generated, 590 passed`.
fn calls(said: &str) -> Option<u64> {
    said.lines().find_map(|line| line.split_once(" generated")?.0.trim().parse().ok())
}

/// What the calls are about: one of each kind that stays, and some that may go.
async fn things(ana: &Person) -> Json {
    let team = ana.team("Ink").await;
    let project = ana.project(&team, "Poster").await;
    let file = ana.file_in(&project["id"], "Sketch").await;
    let (mut teams, mut projects, mut files, mut links) = (vec![], vec![], vec![], vec![]);
    let share = || ana.share(&file["id"], &[], "all");
    for _ in 0..SPARE {
        teams.push(ana.team("Spare").await["id"].clone());
        projects.push(ana.project(&team, "Spare").await["id"].clone());
        files.push(ana.file_in(&project["id"], "Spare").await["id"].clone());
        links.push(share().await);
    }
    json!({
        "team": {"kept": [team["id"]], "spare": teams},
        "project": {"kept": [project["id"]], "spare": projects},
        "file": {"kept": [file["id"]], "spare": files},
        "link": {"kept": [share().await], "spare": links},
    })
}

/// It has a token, for a session would end with `logout`.
#[tokio::test]
async fn somebody_is_answered_as_documented() {
    let app = start().await;
    let ana = app.person("ana").await;
    let things = things(&ana).await;
    let made = ana.call("create-access-token", json!({"name": "fuzz"})).await.ok();
    let token = made["token"].as_str().expect("a token");
    fuzz(&app, "main", &[("Authorization", format!("Token {token}"))], &things).await;
    let mut still = Client::new(&app.base);
    still.authorization = Some(format!("Token {token}"));
    still.call("get-teams", json!({})).await.ok();
}

#[tokio::test]
async fn nobody_is_answered_as_documented() {
    let app = start().await;
    let ana = app.person("ana").await;
    fuzz(&app, "main", &[], &things(&ana).await).await;
}

/// With its key, for somebody.
#[tokio::test]
async fn the_exporter_is_answered_as_documented() {
    let app = start().await;
    let ana = app.person("ana").await;
    let made = ana.call("create-access-token", json!({"name": "fuzz"})).await.ok();
    let key = format!("exporter {}", app.app.secrets.shared_key("exporter"));
    let token = format!("Token {}", made["token"].as_str().expect("a token"));
    let shown = [("Authorization", token), ("X-Shared-Key", key)];
    fuzz(&app, "management", &shown, &things(&ana).await).await;
}

/// Found by it, and kept from coming back by more than chance.
#[tokio::test]
async fn an_answer_without_a_value_is_documented() {
    let app = TestApp::start().await;
    let answer = app.anonymous().call("get-team-info", json!({"id": uuid::Uuid::nil()})).await;
    assert_eq!(answer.status, 204);
    let document = app.anonymous().get("/api/main/doc/openapi.json").await.ok();
    for method in ["get", "post"] {
        let responses = &document["paths"]["/get-team-info"][method]["responses"];
        assert!(responses["200"].is_object() && responses["204"].is_object(), "{method}: {responses}");
    }
}
