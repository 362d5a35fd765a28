//! `atelier audit`, `token`, `mail` and `telemetry` as an operator uses them: the real binary on a running
//! installation.

use serde_json::{Value as Json, json};
use sqlx::PgPool;
use tests::{
    client::Client,
    collector::Collector,
    database::TestDatabase,
    person::PASSWORD,
    process::{self, Finished, Running, data_directory},
};

/// An installation of processes.
struct Place {
    database: TestDatabase,
    data: tempfile::TempDir,
    more: Vec<(&'static str, String)>,
}

impl Place {
    async fn new() -> Place {
        Place { database: TestDatabase::migrated().await, data: data_directory(), more: vec![] }
    }

    fn settings(&self) -> Vec<(&'static str, String)> {
        let mut settings = vec![
            ("PENPOT_DATABASE_URI", self.database.uri.clone()),
            ("ATELIER_DATA_DIR", self.data.path().display().to_string()),
            ("PENPOT_SECRET_KEY", "a secret that only tests have".to_owned()),
            ("PENPOT_FLAGS", "enable-access-tokens disable-secure-session-cookies".to_owned()),
        ];
        // The later one counts.
        settings.extend(self.more.clone());
        settings
    }

    async fn start(&self, words: &[&str]) -> Running {
        let settings = self.settings();
        let settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (*name, &**value)).collect();
        process::start(words, &settings).await
    }

    async fn run(&self, words: &[&str]) -> Finished {
        let settings = self.settings();
        let settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (*name, &**value)).collect();
        process::run(words, &settings).await
    }

    /// What a command that went well printed.
    async fn printed(&self, words: &[&str]) -> String {
        let done = self.run(words).await;
        assert!(done.status.success(), "{words:?}: {done:?}");
        done.out
    }

    /// What a command that did not go well said.
    async fn refusal(&self, words: &[&str]) -> String {
        let done = self.run(words).await;
        assert!(!done.status.success(), "{words:?}: {done:?}");
        done.err
    }

    async fn json(&self, words: &[&str]) -> Json {
        let told = self.printed(words).await;
        serde_json::from_str(&told).unwrap_or_else(|error| panic!("{error}: {told}"))
    }

    /// Registers somebody up to the mail, and sends it.
    async fn register(&self, nobody: &Client, email: &str) {
        let params = json!({"fullname": "Somebody", "email": email, "password": PASSWORD});
        let prepared = nobody.call("prepare-register-profile", params).await.ok();
        nobody.call("register-profile", json!({"token": prepared["token"]})).await.ok();
        self.printed(&["jobs", "drain"]).await;
    }
}

/// The names in a list of events.
fn names(events: &Json) -> Vec<&str> {
    events.as_array().expect("a list").iter().filter_map(|event| event["name"].as_str()).collect()
}

#[tokio::test]
async fn an_operator_reads_mails_and_the_record() {
    let place = Place::new().await;
    let api = place.start(&["api", "--port", "0"]).await;
    let nobody = Client::new(api.address());
    place.register(&nobody, "ana@example.com").await;
    place.register(&nobody, "bo@example.com").await;

    let mails = place.json(&["mail", "list", "--json"]).await;
    assert_eq!(mails.as_array().map(Vec::len), Some(2));
    let of_ana = place.json(&["mail", "list", "--to", "Ana@example.com", "--json"]).await;
    let id = of_ana[0]["id"].as_str().expect("an id");
    assert!(
        place.printed(&["mail", "list", "--limit", "1"]).await.contains("bo@example.com"),
        "newest first"
    );
    let text = place.printed(&["mail", "show", id]).await;
    let token = place.printed(&["mail", "last-token", "ana@example.com"]).await;
    assert!(text.contains("Subject: ") && text.contains(token.trim()), "{text}");
    assert!(place.refusal(&["mail", "show", "nothing"]).await.contains("no mail"));
    assert!(place.refusal(&["mail", "last-token", "eve@example.com"]).await.contains("eve@example.com"));
    let verified = nobody.call("verify-token", json!({"token": token.trim()})).await.ok();

    let mut all = place.json(&["audit", "list", "--json"]).await;
    // This test's own commands.
    all.as_array_mut().expect("a list").retain(|event| event["context"]["operator"].is_null());
    let registered = ["register-profile", "prepare-register-profile"];
    assert_eq!(names(&all), [&["verify-profile-email"][..], &registered[..], &registered[..]].concat());
    assert_eq!(all[0]["ip_addr"], "127.0.0.1", "no mask");
    for who in ["ana@example.com", verified["profileId"].as_str().expect("an id")] {
        let hers = place.json(&["audit", "list", "--profile", who, "--json"]).await;
        assert_eq!(names(&hers), ["verify-profile-email", "register-profile"]);
    }
    let pool = PgPool::connect(&place.database.uri).await.expect("connects");
    let age =
        "UPDATE audit_log SET created_at = created_at - interval '3 h' WHERE name <> 'verify-profile-email'";
    sqlx::query(age).execute(&pool).await.expect("ages");
    let late = place.json(&["audit", "list", "--since", "-2h", "--json"]).await;
    assert_eq!(names(&late), ["verify-profile-email"]);
    let some = place.json(&["audit", "list", "--name", "register-profile", "--limit", "1", "--json"]).await;
    assert_eq!(names(&some), ["register-profile"]);
    let shown = place.printed(&["audit", "list"]).await;
    assert!(shown.contains("127.0.0.1 ") && !shown.contains("/32"), "{shown}");
    assert!(place.refusal(&["audit", "list", "--profile", "eve@example.com"]).await.contains("eve@"));
}

#[tokio::test]
async fn an_operator_grants_a_key_for_a_program() {
    let place = Place::new().await;
    let api = place.start(&["api", "--port", "0"]).await;
    let nobody = Client::new(api.address());
    place.register(&nobody, "ana@example.com").await;
    let grant = ["token", "grant", "ana@example.com", "--name", "backup", "--expires-in", "30d"];
    assert!(place.refusal(&grant).await.contains("not confirmed"));
    let confirm = place.printed(&["mail", "last-token", "ana@example.com"]).await;
    nobody.call("verify-token", json!({"token": confirm.trim()})).await.ok();
    let token = place.printed(&grant).await;
    let mut robot = Client::new(api.address());
    robot.authorization = Some(format!("Token {}", token.trim()));
    assert_eq!(robot.call("get-profile", json!({})).await.ok()["email"], "ana@example.com");
    let listed = robot.call("get-access-tokens", json!({})).await.ok();
    assert_eq!(listed[0]["name"], "backup");
    assert!(listed[0]["expiresAt"].is_string(), "{listed}");
    assert!(place.refusal(&["token", "grant", "eve@example.com"]).await.contains("eve@example.com"));
    let never = ["token", "grant", "ana@example.com", "--expires-in", "soon"];
    assert!(place.refusal(&never).await.contains("--expires-in"));
}

#[tokio::test]
async fn telemetry_shows_what_it_would_send() {
    let server = Collector::answering(200).await;
    let mut place = Place::new().await;
    let shown = place.run(&["telemetry", "show"]).await;
    assert!(shown.status.success() && shown.err.contains("off: nothing is sent"), "{shown:?}");
    place.more = vec![
        ("PENPOT_TELEMETRY_ENABLED", "true".to_owned()),
        ("PENPOT_TELEMETRY_URI", format!("{}?key=hidden", server.uri())),
    ];
    let shown = place.run(&["telemetry", "show"]).await;
    assert!(shown.err.contains("sent every day to 127.0.0.1") && !shown.err.contains("hidden"), "{shown:?}");
    assert_eq!(server.posted().len(), 0, "looking sends nothing");
    place.printed(&["jobs", "run", "telemetry"]).await;
    place.printed(&["jobs", "drain"]).await;
    let sent: Json = serde_json::from_slice(&server.posted()[0].body).expect("JSON");
    let shown: Json = serde_json::from_str(&shown.out).expect("JSON");
    assert_eq!(sent, shown, "exactly that");
}

#[tokio::test]
async fn an_archive_needs_an_address() {
    let mut place = Place::new().await;
    place.more = vec![("PENPOT_FLAGS", "enable-audit-log-archive".to_owned())];
    assert!(place.refusal(&["audit", "list"]).await.contains("PENPOT_AUDIT_LOG_ARCHIVE_URI"));
    place.more.push(("PENPOT_AUDIT_LOG_ARCHIVE_URI", "http://ana:hunter2@archive/".to_owned()));
    let told = place.refusal(&["audit", "list"]).await;
    assert!(told.contains("PENPOT_AUDIT_LOG_ARCHIVE_URI") && !told.contains("hunter2"), "{told}");
}
