//! `atelier storage` as a person uses it: the real binary on a running installation.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};

use serde_json::{Value as Json, json};
use sqlx::PgPool;
use tests::{
    client::Client,
    database::TestDatabase,
    person::PASSWORD,
    picture,
    process::{self, Finished, Running, data_directory},
    s3::S3Server,
};

/// An installation of processes, with somebody who has a file.
struct Place {
    database: TestDatabase,
    data: tempfile::TempDir,
    server: S3Server,
    pool: PgPool,
}

impl Place {
    async fn new() -> Place {
        let database = TestDatabase::migrated().await;
        let pool = PgPool::connect(&database.uri).await.expect("connects");
        Place { database, data: data_directory(), server: S3Server::start().await, pool }
    }

    /// Of every process: both backends are known, and `backend` takes new blobs.
    fn settings(&self, backend: &str) -> Vec<(&'static str, String)> {
        let mut settings = vec![
            ("PENPOT_DATABASE_URI", self.database.uri.clone()),
            ("ATELIER_DATA_DIR", self.data.path().display().to_string()),
            ("PENPOT_SECRET_KEY", "a secret that only tests have".to_owned()),
            ("PENPOT_FLAGS", "enable-access-tokens disable-secure-session-cookies".to_owned()),
        ];
        settings.extend(self.server.variables(&self.server.endpoint));
        // The later one counts.
        settings.push(("PENPOT_OBJECTS_STORAGE_BACKEND", backend.to_owned()));
        settings
    }

    async fn start(&self, backend: &str, words: &[&str]) -> Running {
        let settings = self.settings(backend);
        let settings: Vec<(&str, &str)> =
            settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
        process::start(words, &settings).await
    }

    async fn run(&self, backend: &str, words: &[&str]) -> Finished {
        let settings = self.settings(backend);
        let settings: Vec<(&str, &str)> =
            settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
        process::run(&[&["storage"], words].concat(), &settings).await
    }

    async fn json(&self, words: &[&str]) -> Json {
        let told = self.run("fs", &[words, &["--json"]].concat()).await;
        serde_json::from_str(&told.out).unwrap_or_else(|error| panic!("{error}: {told:?}"))
    }

    /// Somebody who is signed in, made as an operator does.
    async fn ana(&self, api: &Running) -> Client {
        let settings = self.settings("fs");
        let settings: Vec<(&str, &str)> =
            settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let password = self.data.path().join("password");
        std::fs::write(&password, PASSWORD).expect("writes");
        let words = ["profile", "create", "--email", "ana@example.com", "--fullname", "Ana"];
        let made = process::run_with_input(&words, &settings, &password).await;
        assert!(made.status.success(), "{made:?}");
        let mut ana = Client::new(api.address());
        ana.login("ana@example.com", PASSWORD).await.ok();
        ana
    }

    async fn sql(&self, text: &str) {
        let done = sqlx::raw_sql(sqlx::AssertSqlSafe(text.to_owned())).execute(&self.pool).await;
        done.unwrap_or_else(|error| panic!("{text}: {error}"));
    }
}

/// A new file with so many pictures; their blobs.
async fn pictures(ana: &Client, count: u8) -> Vec<String> {
    let project = ana.call("get-profile", json!({})).await.ok()["defaultProjectId"].clone();
    let file = ana.call("create-file", json!({"projectId": project, "name": "Sketch"})).await.ok();
    let id = file["id"].as_str().expect("an id");
    let mut blobs = vec![];
    for seed in 0..count {
        let fields = [("file-id", id.to_owned()), ("is-local", "true".to_owned()), ("name", "a".to_owned())];
        let bytes = picture::png(60, 60, seed);
        let part = tests::client::FilePart { field: "content", name: "a", mtype: "image/png", bytes };
        let media = ana.upload("upload-file-media-object", &fields, part).await.ok();
        blobs.push(media["mediaId"].as_str().expect("an id").to_owned());
    }
    blobs
}

#[tokio::test]
async fn a_running_house_moves_into_a_bucket_while_its_pictures_are_looked_at() {
    let place = Place::new().await;
    let before = place.start("fs", &["api", "--port", "0"]).await;
    let ana = place.ana(&before).await;
    let blobs = pictures(&ana, 40).await;
    let too_soon =
        place.run("fs", &["migrate", "--from", "fs", "--to", "s3", "--wait", "--timeout", "20s"]).await;
    assert!(!too_soon.status.success(), "{too_soon:?}");

    // Its processes are replaced one after the other: new blobs go into the bucket now.
    let (api, worker) =
        (place.start("s3", &["api", "--port", "0"]).await, place.start("s3", &["worker"]).await);
    assert!(before.terminate().await.success());
    let mut through = Client::new(api.address());
    through.cookie.clone_from(&ana.cookie);
    let (done, reads) = (AtomicBool::new(false), AtomicU64::new(0));
    let looking = async {
        while !done.load(Relaxed) || reads.load(Relaxed) < 80 {
            for (seed, blob) in blobs.iter().enumerate() {
                let seen = through.get(&format!("/assets/by-id/{blob}")).await;
                let is_whole = seen.status.as_u16() == 200 && seen.bytes == picture::png(60, 60, seed as u8);
                assert!(is_whole, "{blob}: {}", seen.status);
                reads.fetch_add(1, Relaxed);
            }
        }
    };
    let moving = async {
        let moved =
            place.run("s3", &["migrate", "--from", "fs", "--to", "s3", "--wait", "--timeout", "150s"]).await;
        done.store(true, Relaxed);
        moved
    };
    let ((), moved) = tokio::join!(looking, moving);
    assert!(moved.status.success() && moved.out.contains("40 moved"), "{moved:?}");
    assert_eq!(place.server.count(), 40);
    let why = place.run("s3", &["why", &blobs[0]]).await;
    assert!(why.out.contains("backend     s3") && why.out.contains("copy        on fs until"), "{why:?}");
    for running in [api, worker] {
        assert!(running.terminate().await.success());
    }
}

#[tokio::test]
async fn why_and_what_the_sweeps_would_do() {
    let place = Place::new().await;
    let api = place.start("fs", &["api", "--port", "0"]).await;
    let ana = place.ana(&api).await;
    let blobs = pictures(&ana, 3).await;
    let why = place.run("fs", &["why", &blobs[0]]).await;
    for part in [
        "Kept: 1 row refers to it.",
        "picture in a file",
        "in file \"Sketch\"",
        "in project \"Drafts\"",
        "in team",
    ] {
        assert!(why.out.contains(part), "{part}: {}", why.out);
    }
    let json = place.json(&["why", &blobs[0]]).await;
    assert_eq!(json["uses"][0]["chain"][0]["name"], "Sketch");
    assert_eq!(json["verdict"], "Kept: 1 row refers to it.");
    let unknown = place.run("fs", &["why", "6b6c7d1e-0000-4000-8000-000000000000"]).await;
    assert!(!unknown.status.success() && unknown.err.contains("there is no such blob"), "{unknown:?}");

    place
        .sql(&format!("DELETE FROM file_media_object WHERE media_id IN ('{}', '{}')", blobs[1], blobs[2]))
        .await;
    place.sql("UPDATE storage_object SET touched_at = touched_at - interval '3 hours'").await;
    let told = place.run("fs", &["gc", "--dry-run"]).await;
    assert!(told.out.contains("of 3 blobs that are due") && told.out.contains("       2  "), "{told:?}");
    let plan = place.json(&["gc", "--dry-run"]).await;
    assert_eq!(plan["items"].as_array().map(Vec::len), Some(2));
    let why = plan["items"][0]["why"].as_str().expect("words");
    assert!(why.starts_with("nothing refers to it; touched at "), "{plan}");
    let path = place.data.path().join("plan.json");
    std::fs::write(&path, plan.to_string()).expect("writes");
    place.sql(&format!("UPDATE storage_object SET touched_at = now() WHERE id = '{}'", blobs[2])).await;
    let path = path.display().to_string();
    let applied = place.run("fs", &["gc", "--apply", &path]).await;
    assert!(applied.out.starts_with("1 done, 1 refused") && !applied.status.success(), "{applied:?}");
    assert!(applied.out.contains("its situation changed"), "{applied:?}");
    for wrong in [vec!["gc"], vec!["gc", "--dry-run", "--apply", &path], vec!["gc", "--apply", "/nowhere"]] {
        assert!(!place.run("fs", &wrong).await.status.success(), "{wrong:?}");
    }

    let why = place.run("fs", &["why", &blobs[1]]).await;
    assert!(why.out.contains("hidden since") && why.out.contains("atelier storage restore"), "{}", why.out);
    let back = place.run("fs", &["restore", &blobs[1], &blobs[0]]).await;
    assert!(back.out.contains(&format!("{}  is back", blobs[1])), "{back:?}");
    assert!(
        back.out.contains(&format!("{}  it is not hidden", blobs[0])) && !back.status.success(),
        "{back:?}"
    );
    api.kill().await;
}

#[tokio::test]
async fn a_scrub_is_asked_for_and_its_report_read() {
    let place = Place::new().await;
    let (api, worker) =
        (place.start("fs", &["api", "--port", "0"]).await, place.start("fs", &["worker"]).await);
    let ana = place.ana(&api).await;
    let blobs = pictures(&ana, 2).await;
    let none = place.run("fs", &["report"]).await;
    assert!(!none.status.success() && none.err.contains("there is no such scrub"), "{none:?}");
    let sound = place.run("fs", &["scrub", "--deep", "--wait"]).await;
    assert!(sound.status.success() && sound.out.contains("Nothing is wrong."), "{sound:?}");

    let key = platform::storage::Blobs::path(blobs[0].parse().expect("a uuid"));
    let lost = place.data.path().join("assets").join(key);
    std::fs::remove_file(lost).expect("loses");
    let found = place.run("fs", &["scrub", "--repair", "missing,stray", "--wait"]).await;
    assert!(found.out.contains("missing") && found.out.contains("could not be mended"), "{found:?}");
    let report = place.json(&["report"]).await;
    assert_eq!(
        (&report["findings"][0]["object_id"], &report["found"][0]["count"]),
        (&json!(blobs[0]), &json!(1))
    );
    assert_eq!(report["findings"][0]["detail"], "there are no bytes");
    let csv = place.run("fs", &["report", "--csv"]).await.out;
    let lines: Vec<&str> = csv.lines().collect();
    assert_eq!(lines[0], "object_id,backend,kind,size,detail,found_at,repair");
    assert!(lines[1].starts_with(&format!("{},fs,missing,", blobs[0])) && lines.len() == 2, "{csv}");
    let list = place.run("fs", &["report", "--list"]).await.out;
    assert_eq!(list.lines().count(), 3, "{list}");
    let wrong = place.run("fs", &["scrub", "--repair", "everything"]).await;
    assert!(wrong.err.contains("should be one of missing, size, hash, stray, unused"), "{wrong:?}");
    for running in [api, worker] {
        assert!(running.terminate().await.success());
    }
}
