//! A backup as docs/OPERATIONS.md tells to make it, and the restore: with the programs it names.

use std::{path::Path, process::Stdio};

use serde_json::json;
use tests::{
    client::{Client, FilePart},
    database::TestDatabase,
    person::PASSWORD,
    picture,
    process::{self, Running, data_directory},
};
use tokio::process::Command;

const EMAIL: &str = "ana@example.com";

/// One installation, before or after.
struct Place {
    database: TestDatabase,
    data: tempfile::TempDir,
}

impl Place {
    fn settings(&self) -> Vec<(&'static str, String)> {
        vec![
            ("PENPOT_DATABASE_URI", self.database.uri.clone()),
            ("ATELIER_DATA_DIR", self.data.path().display().to_string()),
            ("PENPOT_SECRET_KEY", "a secret that only tests have".to_owned()),
            ("PENPOT_FLAGS", "disable-secure-session-cookies".to_owned()),
        ]
    }

    async fn run(&self, words: &[&str], input: &Path) -> String {
        let settings = self.settings();
        let settings: Vec<(&str, &str)> =
            settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let told = process::run_with_input(words, &settings, input).await;
        assert!(told.status.success(), "{words:?}: {told:?}");
        told.out
    }

    async fn atelier(&self, words: &[&str]) -> String {
        self.run(words, Path::new("/dev/null")).await
    }

    async fn start(&self, words: &[&str]) -> Running {
        let settings = self.settings();
        let settings: Vec<(&str, &str)> =
            settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
        process::start(words, &settings).await
    }

    /// A line of the page, in a folder where the backup lies.
    async fn shell(&self, line: &str, folder: &Path) {
        let newest = "$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1)";
        let programs = format!("PATH=\"${{ATELIER_PG_BIN:-{newest}}}:$PATH\"");
        let mut command = Command::new("sh");
        command.args(["-ec", &format!("{programs}; {line}")]).current_dir(folder).stdin(Stdio::null());
        command.env("PENPOT_DATABASE_URI", &self.database.uri);
        let ran = command.output().await.expect("runs");
        assert!(ran.status.success(), "{line}: {}", String::from_utf8_lossy(&ran.stderr));
    }
}

/// The command on the page that starts with this word.
fn documented(program: &str) -> String {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/OPERATIONS.md");
    let page = std::fs::read_to_string(page).expect("the page");
    let at = page.find(&format!("{program} --")).unwrap_or_else(|| panic!("{program} is not on the page"));
    page[at..].split(['\n', '`']).next().unwrap_or_default().to_owned()
}

async fn upload(ana: &Client, seed: u8) -> String {
    let project = ana.call("get-profile", json!({})).await.ok()["defaultProjectId"].clone();
    let file = ana.call("create-file", json!({"projectId": project, "name": "Sketch"})).await.ok();
    let id = file["id"].as_str().expect("an id").to_owned();
    let fields = [("file-id", id), ("is-local", "true".to_owned()), ("name", "a".to_owned())];
    let bytes = picture::png(60, 60, seed);
    let part = FilePart { field: "content", name: "a", mtype: "image/png", bytes };
    let media = ana.upload("upload-file-media-object", &fields, part).await.ok();
    media["mediaId"].as_str().expect("an id").to_owned()
}

#[tokio::test]
async fn a_backup_is_restored_on_another_machine() {
    let before = Place { database: TestDatabase::migrated().await, data: data_directory() };
    let password = before.data.path().join("password");
    std::fs::write(&password, format!("{PASSWORD}\n")).expect("writes");
    before.run(&["profile", "create", "--email", EMAIL, "--fullname", "Ana"], &password).await;
    let api = before.start(&["api", "--port", "0"]).await;
    let mut ana = Client::new(api.address());
    ana.login(EMAIL, PASSWORD).await.ok();
    let kept = upload(&ana, 1).await;

    let backup = tempfile::tempdir().expect("a folder");
    before.atelier(&["jobs", "pause", "--kind", "storage-gc-deleted"]).await;
    before.shell(&documented("pg_dump"), backup.path()).await;
    // Nobody stops working for a backup.
    let late = upload(&ana, 2).await;
    let from = before.data.path().join("assets");
    before.shell(&format!("cp --archive '{}' .", from.display()), backup.path()).await;
    before.atelier(&["jobs", "resume", "--kind", "storage-gc-deleted"]).await;
    assert!(api.terminate().await.success());

    let after = Place { database: TestDatabase::empty().await, data: data_directory() };
    after.shell(&documented("pg_restore"), backup.path()).await;
    after.shell(&format!("cp --archive assets '{}'", after.data.path().display()), backup.path()).await;
    after.atelier(&["migrate"]).await;
    after.atelier(&["doctor"]).await;
    after.atelier(&["jobs", "resume", "--kind", "storage-gc-deleted"]).await;
    let api = after.start(&["api", "--port", "0"]).await;
    let worker = after.start(&["worker", "--listen", "127.0.0.1:0"]).await;
    let mut again = Client::new(api.address());
    again.cookie.clone_from(&ana.cookie);
    let seen = again.get(&format!("/assets/by-id/{kept}")).await;
    assert_eq!(
        (seen.status.as_u16(), seen.bytes),
        (200, picture::png(60, 60, 1)),
        "with the session of before"
    );
    assert_eq!(again.get(&format!("/assets/by-id/{late}")).await.status.as_u16(), 404, "came after the dump");
    again.login(EMAIL, PASSWORD).await.ok();
    let found = after.atelier(&["storage", "scrub", "--deep", "--wait"]).await;
    assert!(!found.contains("missing") && !found.contains("hash"), "{found}");
    upload(&again, 3).await;
    after.atelier(&["jobs", "list", "--state", "ready", "--state", "scheduled"]).await;
    for running in [api, worker] {
        assert!(running.terminate().await.success());
    }
}
