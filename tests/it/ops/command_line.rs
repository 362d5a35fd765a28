//! The binary as an operator meets it.

use std::os::unix::fs::PermissionsExt;

use rustix::process::{Pid, Signal, kill_process};
use serde_json::json;
use tests::{
    client::Client,
    database::TestDatabase,
    process::{self, data_directory, free_port},
};

#[tokio::test]
async fn up_stops_crashes_and_comes_back() {
    let data = data_directory();
    let (dir, port) = (data.path().display().to_string(), free_port().to_string());
    let up = ["up", "--data-dir", &dir, "--port", &port];
    let nobody = Client::new(&format!("http://127.0.0.1:{port}"));

    let running = process::start(&up, &[]).await;
    assert!(running.said.contains(&port), "{}", running.said);
    assert_eq!(nobody.get("/readyz").await.text(), "OK");
    let key = std::fs::read_dir(&dir)
        .expect("data")
        .flatten()
        .find(|e| e.file_name() == "secret.key")
        .expect("a key");
    assert_eq!(key.metadata().expect("key").permissions().mode() & 0o777, 0o600);

    let again = process::run(&["up", "--data-dir", &dir, "--port", &free_port().to_string()], &[]).await;
    assert!(!again.status.success(), "two at once: {}", again.out);

    let job = process::run(&["jobs", "run", "objects-gc", "--wait", "--data-dir", &dir], &[]).await;
    assert!(job.status.success(), "{job:?}");
    let doctor = process::run(&["doctor", "--data-dir", &dir], &[]).await;
    assert!(doctor.status.success(), "{doctor:?}");

    running.kill().await;
    let running = process::start(&up, &[]).await;
    assert_eq!(nobody.get("/readyz").await.text(), "OK", "recovers from a crash");
    assert!(running.terminate().await.success());
    let running = process::start(&up, &[]).await;
    assert_eq!(nobody.get("/readyz").await.text(), "OK");
    assert!(running.terminate().await.success());
}

#[tokio::test]
async fn wrong_settings_are_told_all_at_once() {
    let wrong = [
        ("PENPOT_HTTP_SERVER_PORT", "eighty"),
        ("PENPOT_DELETION_DELAY", "a week"),
        ("PENPOT_OBJECTS_STORAGE_BACKEND", "tape"),
        ("PENPOT_SMTP_PASSWORD", "hunter2"),
    ];
    let told = process::run(&["api"], &wrong).await;
    assert!(!told.status.success());
    for name in ["PENPOT_HTTP_SERVER_PORT", "PENPOT_DELETION_DELAY", "PENPOT_OBJECTS_STORAGE_BACKEND"] {
        assert!(told.err.contains(name), "{name}: {}", told.err);
    }
    assert!(!told.err.contains("hunter2"), "{}", told.err);
}

#[tokio::test]
async fn the_doctor_says_what_is_wrong() {
    let data = data_directory();
    let dir = data.path().display().to_string();
    let broken = [
        ("PENPOT_DATABASE_URI", "postgresql://127.0.0.1:1/nothing"),
        ("PENPOT_REDIS_URI", "redis://127.0.0.1:1/0"),
    ];
    let told = process::run(&["doctor", "--data-dir", &dir], &broken).await;
    assert!(!told.status.success(), "{told:?}");
    for (thing, words) in [("database", "refused"), ("bus", "Redis")] {
        let line = told.out.lines().find(|line| line.contains(&format!("WRONG {thing}")));
        assert!(line.is_some_and(|line| line.contains(words)), "{thing}: {told:?}");
    }
    for thing in ["storage", "mail"] {
        assert!(told.out.contains(&format!("ok    {thing}")), "what works is said too: {told:?}");
    }
}

#[tokio::test]
async fn nothing_is_made_where_no_installation_is() {
    let data = data_directory();
    let missing = data.path().join("nowhere").display().to_string();
    let told = process::run(&["jobs", "list", "--data-dir", &missing], &[]).await;
    assert!(!told.status.success() && told.err.contains("atelier up"), "{told:?}");
    assert!(!data.path().join("nowhere").exists());
}

#[tokio::test]
async fn a_taken_port_is_told_before_anything_is_made() {
    let data = data_directory();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("bound").port().to_string();
    let told =
        process::run(&["up", "--data-dir", &data.path().display().to_string(), "--port", &port], &[]).await;
    assert!(!told.status.success() && told.err.contains(&port), "{told:?}");
    assert!(!data.path().join("cluster").exists());
}

#[tokio::test]
async fn roles_run_on_their_own() {
    let (data, database) = (data_directory(), TestDatabase::empty().await);
    let dir = data.path().display().to_string();
    let settings =
        [("PENPOT_DATABASE_URI", database.uri.as_str()), ("ATELIER_DATA_DIR", &dir), ("PENPOT_FLAGS", "")];
    let told = process::run(&["migrate", "--check"], &settings).await;
    assert!(!told.status.success() && told.out.contains("baseline"), "{told:?}");
    for role in [&["api", "--port", "0"][..], &["worker"]] {
        let told = process::run(role, &settings).await;
        assert!(!told.status.success() && told.err.contains("atelier migrate"), "{told:?}");
    }
    assert!(process::run(&["migrate"], &settings).await.status.success());
    let told = process::run(&["migrate", "--check"], &settings).await;
    assert!(told.status.success() && told.out.contains("nothing is missing"), "{told:?}");

    let api = process::start(&["api", "--port", "0"], &settings).await;
    let base =
        api.said.split_whitespace().find(|word| word.starts_with("http")).expect("tells where").to_owned();
    let params = json!({"fullname": "Ana", "email": "ana@example.com", "password": "correct horse"});
    let nobody = Client::new(&base);
    let token = nobody.call("prepare-register-profile", params).await.ok()["token"].clone();
    nobody.call("register-profile", json!({"token": token})).await.ok();
    let list = ["jobs", "list", "--json", "--kind", "send-mail"];
    let waiting = process::run(&list, &settings).await;
    assert!(waiting.out.contains("\"ready\""), "an API process does no jobs: {waiting:?}");

    let worker = process::start(&["worker", "--queue", "default=2"], &settings).await;
    assert!(worker.said.contains("default=2"), "{}", worker.said);
    let id = serde_json::from_str::<serde_json::Value>(&waiting.out).expect("JSON")[0]["id"].to_string();
    let pool = sqlx::PgPool::connect(&database.uri).await.expect("connects");
    let id = id.parse().expect("a number");
    let ended = jobs::read::wait(&pool, id, std::time::Duration::from_secs(120)).await.expect("reads");
    assert_eq!(ended.expect("in time").state, jobs::read::State::Done);
    assert!(worker.terminate().await.success());
    assert!(api.terminate().await.success());
}

#[tokio::test]
async fn a_worker_with_other_blobs_or_another_secret_is_refused() {
    let (data, elsewhere, database) = (data_directory(), data_directory(), TestDatabase::empty().await);
    let (dir, other) = (data.path().display().to_string(), elsewhere.path().display().to_string());
    let settings = |dir, key| {
        [
            ("PENPOT_DATABASE_URI", database.uri.as_str()),
            ("ATELIER_DATA_DIR", dir),
            ("PENPOT_SECRET_KEY", key),
        ]
    };
    assert!(process::run(&["migrate"], &settings(&dir, "one")).await.status.success());
    let api = process::start(&["api", "--port", "0"], &settings(&dir, "one")).await;
    for role in [&["worker"][..], &["jobs", "drain"], &["api", "--port", "0"], &["doctor"]] {
        let told = process::run(role, &settings(&other, "one")).await;
        let said = format!("{}{}", told.out, told.err);
        assert!(
            !told.status.success() && said.contains("PENPOT_OBJECTS_STORAGE_FS_DIRECTORY"),
            "{role:?} {told:?}"
        );
        let told = process::run(role, &settings(&dir, "two")).await;
        let said = format!("{}{}", told.out, told.err);
        assert!(!told.status.success() && said.contains("--accept-secret"), "{role:?} {told:?}");
    }
    assert!(process::run(&["jobs", "drain"], &settings(&dir, "one")).await.status.success());
    assert!(api.terminate().await.success());
    let accepted = process::run(&["migrate", "--accept-secret"], &settings(&dir, "two")).await;
    assert!(accepted.status.success(), "{accepted:?}");
    assert!(process::start(&["worker"], &settings(&dir, "two")).await.terminate().await.success());
}

#[tokio::test]
async fn when_the_private_database_dies_up_says_so_and_ends() {
    let data = data_directory();
    let dir = data.path().display().to_string();
    let up = ["up", "--data-dir", &dir, "--port", "0"];
    let running = process::start(&up, &[]).await;
    let file = std::fs::read_to_string(data.path().join("cluster/data/postmaster.pid")).expect("a server");
    let pid = file.lines().next().and_then(|line| line.trim().parse().ok()).expect("a number");
    kill_process(Pid::from_raw(pid).expect("a process"), Signal::KILL).expect("kills");
    assert!(!running.wait().await.success());
    assert!(process::start(&up, &[]).await.terminate().await.success(), "the next start recovers");
}

#[tokio::test]
async fn commands_beside_each_other_do_not_stop_each_others_database() {
    let data = data_directory();
    let dir = data.path().display().to_string();
    let up = ["up", "--data-dir", &dir, "--port", "0"];
    assert!(process::start(&up, &[]).await.terminate().await.success());
    let words = ["jobs", "run", "session-gc", "--wait", "--data-dir", &dir];
    let many = (0..6).map(|_| process::run(&words, &[]));
    for told in futures_util::future::join_all(many).await {
        assert!(told.status.success(), "{told:?}");
    }
}

#[tokio::test]
async fn an_operator_needs_no_sql_and_no_running_instance() {
    let data = data_directory();
    let dir = data.path().display().to_string();
    let up = ["up", "--data-dir", &dir, "--port", "0"];
    assert!(process::start(&up, &[]).await.terminate().await.success());

    let password = data.path().join("password");
    std::fs::write(&password, "correct horse battery\n").expect("writes");
    let create =
        ["profile", "create", "--email", "Ana@Example.com", "--fullname", "Ana Lima", "--data-dir", &dir];
    let made = process::run_with_input(&create, &[], &password).await;
    assert!(made.status.success() && made.out.contains("ana@example.com"), "{made:?}");
    let again = process::run_with_input(&create, &[], &password).await;
    assert!(!again.status.success() && again.err.contains("taken"), "{again:?}");
    let command = async |words: &[&str]| {
        let words = [words, &["--data-dir", &dir]].concat();
        process::run(&words, &[]).await
    };
    let ghost = command(&["profile", "block", "ghost@example.com"]).await;
    assert!(!ghost.status.success() && ghost.err.contains("nobody"), "{ghost:?}");
    for (words, state) in [
        (["profile", "block", "ana@example.com"], "blocked"),
        (["profile", "unblock", "ana@example.com"], "active"),
    ] {
        assert!(command(&words).await.status.success());
        let found = command(&["profile", "search", "lima"]).await;
        assert!(found.out.contains(state), "{found:?}");
    }
    let ran = command(&["jobs", "run", "objects-gc", "--now", "+8d", "--wait"]).await;
    assert!(ran.status.success() && ran.out.contains("state     done"), "{ran:?}");
    let wrong = command(&["jobs", "run", "delete-object", "--args", "{\"id\": 5}"]).await;
    assert!(!wrong.status.success() && wrong.err.contains("an example: {"), "{wrong:?}");
    let unknown = command(&["jobs", "run", "make-coffee"]).await;
    assert!(unknown.status.code() == Some(2) && unknown.err.contains("send-mail"), "{unknown:?}");
    let none = command(&["storage", "why", &uuid::Uuid::nil().to_string()]).await;
    assert!(!none.status.success() && none.err.contains("no such blob"), "{none:?}");
    assert!(command(&["doctor", "--settings"]).await.out.contains("PENPOT_PUBLIC_URI"));
}

#[tokio::test]
async fn every_command_explains_itself() {
    for command in
        ["up", "api", "worker", "migrate", "doctor", "jobs", "storage", "profile", "team", "quota", "openapi"]
    {
        let help = process::run(&[command, "--help"], &[]).await;
        assert!(help.status.success() && help.out.contains("Usage"), "{help:?}");
    }
    let wrong = process::run(&["make-coffee"], &[]).await;
    assert_eq!(wrong.status.code(), Some(2));
}
