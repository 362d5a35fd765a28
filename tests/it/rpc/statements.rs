//! What calls ask the database: each statement is a round trip.

use platform::{app::App, config::Config};
use serde_json::{Value as Json, json};
use tests::{app::TestApp, client::Client, statements::Tap};

/// A door to the same Atelier whose questions are seen, for somebody who is signed in.
pub async fn door(app: &TestApp, tap: &Tap, cookie: Option<String>) -> Client {
    let seen = App::connect(Config::clone(&app.app.config), &tap.uri).await.expect("connects");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let base = format!("http://{}", listener.local_addr().expect("bound"));
    let never = tokio_util::sync::CancellationToken::new();
    tokio::spawn(api::serve(api::State::new(seen), None, listener, never));
    let mut client = Client::new(&base);
    client.cookie = cookie;
    client
}

/// A statement by what it does: its first word, and the table that it writes to.
fn word(sql: &str) -> String {
    let words: Vec<&str> = sql.split(' ').collect();
    match words.as_slice() {
        ["INSERT", "INTO", table, ..] | ["UPDATE", table, ..] => {
            format!("{} {}", words[0], table.trim_matches('"'))
        }
        _ => words[0].to_owned(),
    }
}

#[tokio::test]
async fn making_and_renaming_ask_no_more_than_they_must() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let team = ana.team("Crew").await;
    let (project, tap) = (ana.project(&team, "Posters").await, Tap::before(&app.database.uri));
    let file = ana.file_in(&project["id"], "Sketch").await;
    let client = door(&app, &tap, ana.cookie.clone()).await;
    let asked = async |method: &str, params: Json| {
        tap.take();
        client.call(method, params).await.ok();
        tap.take()
    };
    // The session and whose it is, then the transaction: the permission, the work, and its event.
    let session = ["SELECT", "BEGIN"];
    let end = ["INSERT audit_log", "COMMIT"];
    let expected: [(&str, Json, &[&str]); 6] = [
        (
            "create-project",
            json!({"teamId": team["id"], "name": "Flyers"}),
            &["SELECT", "INSERT project", "INSERT project_profile_rel"],
        ),
        (
            "create-file",
            json!({"projectId": project["id"], "name": "Draft"}),
            &[
                "SELECT",
                "UPDATE project",
                "SELECT",
                "SELECT",
                "INSERT file",
                "WITH",
                "INSERT file_profile_rel",
            ],
        ),
        (
            "create-team",
            json!({"name": "Another"}),
            &["INSERT team", "INSERT team_profile_rel", "INSERT project", "INSERT project_profile_rel"],
        ),
        ("rename-project", json!({"id": project["id"], "name": "Bills"}), &["SELECT", "UPDATE project"]),
        ("rename-file", json!({"id": file["id"], "name": "Bill"}), &["SELECT", "UPDATE file"]),
        ("update-team", json!({"id": team["id"], "name": "Gang"}), &["SELECT", "UPDATE team"]),
    ];
    for (method, params, work) in expected {
        let statements = asked(method, params).await;
        let words: Vec<String> = statements.iter().map(|sql| word(sql)).collect();
        assert_eq!(words, [&session[..], work, &end[..]].concat(), "{method}: {statements:#?}");
    }
}
