//! The binary as an operator meets it.

use std::os::unix::fs::PermissionsExt;

use tests::{
    client::Client,
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
    assert!(format!("{}{}", told.out, told.err).contains("database"), "{told:?}");
}

#[tokio::test]
async fn every_command_explains_itself() {
    for command in ["up", "api", "worker", "migrate", "doctor", "jobs", "storage", "profile", "openapi"] {
        let help = process::run(&[command, "--help"], &[]).await;
        assert!(help.status.success() && help.out.contains("Usage"), "{help:?}");
    }
    let wrong = process::run(&["make-coffee"], &[]).await;
    assert_eq!(wrong.status.code(), Some(2));
}
