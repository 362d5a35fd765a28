//! `atelier profile`, `team` and `quota` as an operator uses them: the real binary beside a running API.

use chrono::Duration;
use domain::role::Role;
use jobs::all::objects_gc::ObjectsGc;
use serde_json::{Value as Json, json};
use tests::{
    app::{Settings, TestApp},
    client::Client,
    person::PASSWORD,
    process::{self, Finished},
};

/// An API in this process, and commands on its database.
struct Dashboard {
    app: TestApp,
}

impl Dashboard {
    async fn open() -> Dashboard {
        let flags = "enable-access-tokens disable-secure-session-cookies enable-quotes";
        Dashboard { app: TestApp::with(Settings::default().set("PENPOT_FLAGS", flags)).await }
    }

    fn settings(&self) -> [(&'static str, String); 4] {
        [
            ("PENPOT_DATABASE_URI", self.app.database.uri.clone()),
            ("ATELIER_DATA_DIR", self.app.directory().display().to_string()),
            ("PENPOT_SECRET_KEY", "a secret that only tests have".to_owned()),
            ("PENPOT_FLAGS", "enable-access-tokens disable-secure-session-cookies enable-quotes".to_owned()),
        ]
    }

    async fn run(&self, words: &[&str]) -> Finished {
        let settings = self.settings();
        let settings: Vec<(&str, &str)> =
            settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
        process::run(words, &settings).await
    }

    async fn json(&self, words: &[&str]) -> Json {
        let told = self.run(&[words, &["--json"]].concat()).await;
        assert!(told.status.success(), "{told:?}");
        serde_json::from_str(&told.out).unwrap_or_else(|error| panic!("{error}: {told:?}"))
    }

    /// Runs it with text on its standard input.
    async fn type_in(&self, words: &[&str], text: &str) -> Finished {
        let input = self.app.directory().join("typed");
        std::fs::write(&input, text).expect("writes");
        let settings = self.settings();
        let settings: Vec<(&str, &str)> =
            settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
        process::run_with_input(words, &settings, &input).await
    }

    /// Fails, and says why.
    async fn refused(&self, words: &[&str], why: &str) {
        let told = self.run(words).await;
        assert!(!told.status.success() && told.err.contains(why), "{words:?}: {told:?}");
    }
}

async fn teams(client: &Client) -> usize {
    client.call("get-teams", json!({})).await.ok().as_array().map_or(0, Vec::len)
}

#[tokio::test]
async fn passwords_and_sessions_of_others() {
    let dashboard = Dashboard::open().await;
    let ana = dashboard.app.person("ana").await;
    let mut second = dashboard.app.anonymous();
    second.login(&ana.email, PASSWORD).await.ok();
    let sessions = dashboard.json(&["profile", "sessions", &ana.email]).await;
    assert_eq!(sessions.as_array().map(Vec::len), Some(2), "{sessions}");
    let newest = sessions[0]["id"].as_str().expect("an id").to_owned();
    let end = ["profile", "sessions", &ana.email, "--end", &newest];
    dashboard.json(&[&end[..], &["--dry-run"]].concat()).await;
    assert_eq!(teams(&second).await, 1, "only told");
    let ended = dashboard.json(&end).await;
    assert_eq!((ended[0]["id"].as_str(), &ended[0]["ended"]), (Some(newest.as_str()), &json!(true)));
    assert!(second.call("get-teams", json!({})).await.failure().starts_with("401"));
    dashboard.refused(&end, "has no session").await;
    assert_eq!(teams(&ana).await, 1);
    let table = dashboard.run(&["profile", "sessions", &ana.email, "--end-all"]).await;
    assert!(table.out.contains("RENEWED") && table.out.contains("1 ended"), "{table:?}");
    assert!(ana.call("get-teams", json!({})).await.failure().starts_with("401"));

    second.login(&ana.email, PASSWORD).await.ok();
    let set = ["profile", "set-password", &ana.email];
    let same = dashboard.type_in(&set, &ana.email).await;
    assert!(!same.status.success() && same.err.contains("its own password"), "{same:?}");
    assert!(!dashboard.type_in(&set, "").await.status.success());
    let done = dashboard.type_in(&set, "another battery staple\nnot this").await;
    assert!(done.status.success() && done.out.contains("1 sessions ended"), "{done:?}");
    assert!(second.call("get-teams", json!({})).await.failure().starts_with("401"));
    assert_eq!(second.login(&ana.email, PASSWORD).await.failure(), "400 validation/wrong-credentials");
    second.login(&ana.email, "another battery staple").await.ok();
    let ghost = dashboard.type_in(&["profile", "set-password", "ghost@example.com"], "a long password").await;
    assert!(!ghost.status.success() && ghost.err.contains("nobody has"), "{ghost:?}");
}

#[tokio::test]
async fn accounts_go_and_come_back() {
    let dashboard = Dashboard::open().await;
    let (ana, ben) = (dashboard.app.person("ana").await, dashboard.app.person("ben").await);
    let team = ana.team("Ink").await;
    dashboard.app.join(&team, &ben, Role::Editor).await;
    let id = team["id"].as_str().expect("an id");
    dashboard.refused(&["profile", "delete", &ana.email], id).await;
    dashboard.json(&["team", "transfer", id, "--to", &ben.email]).await;
    let delete = ["profile", "delete", &ana.email];
    assert_eq!(dashboard.json(&[&delete[..], &["--dry-run"]].concat()).await["deleted"], false);
    assert_eq!(teams(&ana).await, 2);
    assert_eq!(dashboard.json(&delete).await["deleted"], true);
    assert!(ana.call("get-teams", json!({})).await.failure().starts_with("401"));
    dashboard.app.run_jobs().await;
    assert_eq!(dashboard.app.count("SELECT count(*) FROM project WHERE deleted_at IS NOT NULL").await, 1);
    dashboard.refused(&delete, "nobody has the email").await;
    let listed = dashboard.run(&["profile", "search", "ana"]).await;
    assert!(listed.out.contains("deleted"), "{listed:?}");

    let told = dashboard.run(&["profile", "restore", &ana.email]).await;
    assert!(told.status.success() && told.out.contains("1 team, 1 project"), "{told:?}");
    let mut again = dashboard.app.anonymous();
    again.login(&ana.email, PASSWORD).await.ok();
    assert_eq!(teams(&again).await, 2, "a member of Ink still");
    dashboard.refused(&["profile", "restore", &ana.email], "was deleted").await;
    dashboard.json(&delete).await;
    dashboard.app.run_job_later(ObjectsGc {}, Duration::days(8)).await;
    dashboard.refused(&["profile", "restore", &ana.email], "purged").await;
}

#[tokio::test]
async fn teams_are_looked_at_handed_over_deleted_and_restored() {
    let dashboard = Dashboard::open().await;
    let (ana, ben) = (dashboard.app.person("ana").await, dashboard.app.person("ben").await);
    let team = ana.team("Ink").await;
    let id = team["id"].as_str().expect("an id");
    dashboard.refused(&["team", "transfer", id, "--to", &ben.email], "in the team").await;
    dashboard.app.join(&team, &ben, Role::Editor).await;
    let members = dashboard.json(&["team", "members", id]).await;
    assert_eq!((&members[0]["role"], &members[1]["role"]), (&json!("owner"), &json!("editor")), "{members}");
    let told = dashboard.run(&["team", "transfer", id, "--to", &ben.email]).await;
    assert!(told.status.success() && told.out.contains("ben@example.com owns"), "{told:?}");
    let seen = ben.call("get-team", json!({"id": id})).await.ok();
    assert_eq!(seen["permissions"]["isOwner"], true);
    let seen = ana.call("get-team", json!({"id": id})).await.ok();
    assert_eq!(
        (&seen["permissions"]["isOwner"], &seen["permissions"]["isAdmin"]),
        (&json!(false), &json!(true))
    );
    let own = ana.id_of("defaultTeamId");
    dashboard.refused(&["team", "transfer", &own, "--to", &ben.email], "first team").await;
    dashboard.refused(&["team", "delete", &own], "own team").await;

    let listed = dashboard.json(&["team", "list", "ink"]).await;
    assert_eq!(
        (&listed[0]["owner"], &listed[0]["members"]),
        (&json!("ben@example.com"), &json!(2)),
        "{listed}"
    );
    let project = ana.project(&team, "Poster").await;
    ana.file_in(&project["id"], "Sketch").await;
    dashboard.json(&["team", "delete", id, "--dry-run"]).await;
    ana.call("get-team", json!({"id": id})).await.ok();
    dashboard.json(&["team", "delete", id]).await;
    assert_eq!(ana.call("get-team", json!({"id": id})).await.status.as_u16(), 404);
    dashboard.app.run_jobs().await;
    assert_eq!(dashboard.app.count("SELECT count(*) FROM file WHERE deleted_at IS NOT NULL").await, 1);
    assert_eq!(dashboard.json(&["team", "list", "ink"]).await, json!([]));
    let deleted = dashboard.run(&["team", "list", "--deleted"]).await;
    assert!(deleted.out.contains("Ink") && deleted.out.contains("PURGED"), "{deleted:?}");
    dashboard.refused(&["team", "delete", id], "no such team").await;

    let back = dashboard.json(&["team", "restore", id]).await;
    assert_eq!((&back["projects"], &back["files"]), (&json!(2), &json!(1)), "{back}");
    let files = ana.call("get-project-files", json!({"projectId": project["id"]})).await.ok();
    assert_eq!(files[0]["name"], "Sketch");
    dashboard.refused(&["team", "restore", id], "is not deleted").await;
    dashboard.refused(&["team", "members", &uuid::Uuid::nil().to_string()], "no such team").await;
}

#[tokio::test]
async fn quotas_are_set_listed_and_removed() {
    let dashboard = Dashboard::open().await;
    let ana = dashboard.app.person("ana").await;
    let team = ana.team("Ink").await;
    let id = team["id"].as_str().expect("an id");
    let set = ["quota", "set", "projects-per-team"];
    dashboard.json(&[&set[..], &["2", "--team", id]].concat()).await;
    ana.project(&team, "Poster").await;
    let more = json!({"teamId": id, "name": "Another"});
    assert_eq!(ana.call("create-project", more.clone()).await.failure(), "400 restriction/max-quote-reached");
    let replaced = dashboard.json(&[&set[..], &["3", "--team", id]].concat()).await;
    assert_eq!(replaced["replaced"], true);
    ana.call("create-project", more.clone()).await.ok();
    assert_eq!(ana.call("create-project", more.clone()).await.failure(), "400 restriction/max-quote-reached");
    dashboard.json(&["quota", "set", "teams-per-profile", "2", "--profile", &ana.email]).await;
    let refused = ana.call("create-team", json!({"name": "Third"})).await;
    assert_eq!(refused.failure(), "400 restriction/max-quote-reached");
    let listed = dashboard.json(&["quota", "list"]).await;
    assert_eq!(listed.as_array().map(Vec::len), Some(2), "{listed}");
    let one = dashboard.run(&["quota", "list", "--target", "projects-per-team"]).await;
    assert!(
        one.out.contains("QUOTA") && one.out.contains(id) && !one.out.contains("teams-per-profile"),
        "{one:?}"
    );
    dashboard.json(&[&set[..], &["none", "--team", id]].concat()).await;
    ana.call("create-project", more).await.ok();

    let nowhere = uuid::Uuid::nil().to_string();
    dashboard.refused(&[&set[..], &["5", "--team", &nowhere]].concat(), "no such team").await;
    dashboard.refused(&[&set[..], &["5"]].concat(), "name a person").await;
    dashboard.refused(&[&set[..], &["0", "--team", id]].concat(), "a number from 1").await;
    dashboard.refused(&["quota", "set", "cups-per-day", "5", "--team", id], "invalid value").await;
}
