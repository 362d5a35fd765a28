//! What webhooks cost those who have none.

use super::scene::settings;
use crate::rpc::statements::door;
use serde_json::json;
use tests::{app::TestApp, collector::Collector, statements::Tap};

/// What a call that renames a file asks for its webhooks, after its event is on record and before its commit.
async fn asked(app: &TestApp, tap: &Tap, with_hook: Option<&str>) -> Vec<&'static str> {
    let ana = app.person(if with_hook.is_some() { "bo" } else { "ana" }).await;
    let team = ana.team("Ink").await;
    let project = ana.project(&team, "Posters").await;
    let file = ana.file_in(&project["id"], "Sketch").await;
    if let Some(uri) = with_hook {
        let hook = json!({"teamId": team["id"], "uri": uri, "mtype": "application/json"});
        ana.call("create-webhook", hook).await.ok();
    }
    let client = door(app, tap, ana.cookie.clone()).await;
    tap.take();
    client.call("rename-file", json!({"id": file["id"], "name": "Bill"})).await.ok();
    let all = tap.take();
    let logged = all.iter().position(|sql| sql.contains("\"audit_log\"")).expect("an event");
    all[logged + 1..].iter().map(|sql| what(sql)).collect()
}

fn what(sql: &str) -> &'static str {
    match sql.trim_start() {
        sql if sql.contains("WITH hooks") => "the webhooks",
        sql if sql.contains("queue.job") => "a job",
        "COMMIT" => "the end",
        other => panic!("{other}?"),
    }
}

#[tokio::test]
async fn one_statement_finds_that_nobody_wants_to_hear_of_it() {
    let target = Collector::answering(200).await;
    let app = TestApp::with(settings(&target)).await;
    let tap = Tap::before(&app.database.uri);
    assert_eq!(asked(&app, &tap, None).await, ["the webhooks", "the end"]);
    let uri = target.uri();
    let told = asked(&app, &tap, Some(&uri)).await;
    assert_eq!(told, ["the webhooks", "a job", "the end"], "and one for each delivery");
    app.run_jobs().await;
    assert_eq!(app.count("SELECT count(*) FROM webhook_event").await, 1);

    // Without the flag nothing is asked at all.
    let off = TestApp::start().await;
    let tap = Tap::before(&off.database.uri);
    assert_eq!(asked(&off, &tap, None).await, ["the end"]);
}
