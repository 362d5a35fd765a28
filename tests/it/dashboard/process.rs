//! The dashboard as a process of its own, and a server that shows none.

use tests::{
    client::Client,
    database::TestDatabase,
    process::{self, Running, data_directory},
};

struct Place {
    database: TestDatabase,
    data: tempfile::TempDir,
}

impl Place {
    async fn run(&self, words: &[&str], flags: &str) -> Running {
        let data = self.data.path().display().to_string();
        let settings = [
            ("PENPOT_DATABASE_URI", self.database.uri.as_str()),
            ("ATELIER_DATA_DIR", data.as_str()),
            ("PENPOT_SECRET_KEY", "a secret that only tests have"),
            ("PENPOT_FLAGS", flags),
        ];
        process::start(words, &settings).await
    }
}

/// The address after a word on the process's first lines.
fn address(running: &Running, before: &str) -> String {
    let line = running.said.lines().find_map(|line| line.strip_prefix(before));
    let line = line.unwrap_or_else(|| panic!("no {before:?} in {}", running.said));
    format!("http://{}", line.trim_end_matches("/admin"))
}

#[tokio::test]
async fn it_stands_alone_or_not_at_all() {
    let place = Place { database: TestDatabase::migrated().await, data: data_directory() };
    let dashboard = place.run(&["dashboard", "--listen", "127.0.0.1:0"], "").await;
    let client = Client::new(&address(&dashboard, "Dashboard on http://"));
    assert_eq!(client.get("/admin").await.status, 303);
    assert!(client.get("/admin/sign-in").await.text().contains("For those who run this installation"));
    assert_eq!(
        client.get("/admin/assets/dashboard.css").await.header("content-type"),
        "text/css; charset=utf-8"
    );
    assert_eq!(client.get("/readyz").await.status, 200);
    assert_eq!(client.call("get-profile", serde_json::json!({})).await.status, 404, "the API is elsewhere");
    assert!(dashboard.terminate().await.success());

    let api = place.run(&["api", "--port", "0"], "disable-dashboard").await;
    let client = Client::new(&address(&api, "API on http://"));
    client.call("get-profile", serde_json::json!({})).await.ok();
    for path in ["/admin", "/admin/sign-in", "/admin/assets/dashboard.css"] {
        assert_eq!(client.get(path).await.status, 404, "{path}");
    }
    assert!(api.terminate().await.success());
}
