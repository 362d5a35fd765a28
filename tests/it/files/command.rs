//! `atelier file` as an operator uses it: the real binary beside a running API.

use super::scene::Scene;
use super::sick::{SESSION, id, sick, spoil};
use serde_json::{Value as Json, json};
use tests::process::{self, Finished};
use transit::value::Value;

async fn run(scene: &Scene, words: &[&str]) -> Finished {
    let settings = [
        ("PENPOT_DATABASE_URI", scene.app.database.uri.clone()),
        ("ATELIER_DATA_DIR", scene.app.directory().display().to_string()),
        ("PENPOT_SECRET_KEY", "a secret that only tests have".to_owned()),
        ("PENPOT_FLAGS", "enable-access-tokens disable-secure-session-cookies".to_owned()),
    ];
    let settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
    process::run(&[&["file"], words].concat(), &settings).await
}

fn parsed(told: &Finished) -> Json {
    serde_json::from_str(&told.out).unwrap_or_else(|error| panic!("{error}: {told:?}"))
}

#[tokio::test]
async fn a_document_is_checked_and_put_right() {
    let scene = sick().await;
    let file = scene.drawing.file.to_string();
    let told = run(&scene, &["check", &file]).await;
    assert_eq!(told.status.code(), Some(1), "{told:?}");
    for part in [
        "problems  2",
        "child-not-found  1      1           it holds a shape that is not there",
        &format!("page {}", scene.drawing.page),
        "shapes",
        &id(99).to_string(),
        &format!("atelier file repair {file} --dry-run"),
    ] {
        assert!(told.out.contains(part), "{part}: {}", told.out);
    }
    let told = run(&scene, &["check", &file, "--json"]).await;
    let json = parsed(&told);
    assert_eq!((&json["revn"], &json["pages"], &json["shapes"]), (&json!(1), &json!(1), &json!(4)));
    assert_eq!(json["problems"][0]["code"], "child-not-found");
    assert_eq!(json["problems"][0]["says"], "it holds a shape that is not there");
    assert_eq!(json["problems"][1]["shape_id"], id(11).to_string());

    let rehearsed = run(&scene, &["repair", &file, "--dry-run"]).await;
    assert!(rehearsed.status.success() && rehearsed.out.contains("2 would be applied"), "{rehearsed:?}");
    assert!(rehearsed.out.contains("1 to 2"), "{rehearsed:?}");
    let both = parsed(&run(&scene, &["repair", &file, "--apply", "--dry-run", "--json"]).await);
    assert_eq!((&both["dry_run"], &both["changes"]), (&json!(true), &json!(2)));
    assert_eq!(scene.app.count("SELECT count(*) FROM audit_log WHERE name = 'cli-file-repair'").await, 0);
    let repaired = parsed(&run(&scene, &["repair", &file, "--apply", "--json"]).await);
    assert_eq!((&repaired["revn"], &repaired["left"]), (&json!(2), &json!([])));
    assert!(repaired["snapshot"].is_string(), "{repaired}");
    assert_eq!(scene.app.count("SELECT count(*) FROM audit_log WHERE name = 'cli-file-repair'").await, 1);
    let sound = run(&scene, &["check", &file]).await;
    assert!(sound.status.success() && sound.out.contains("Nothing is wrong."), "{sound:?}");

    for (words, why) in [
        (vec!["check"], "required"),
        (vec!["check", &file, "--all"], "cannot be used"),
        (vec!["repair", &file], "required"),
        (vec!["check", "00000000-0000-0000-0000-000000000404"], "there is no such file"),
        (vec!["show", "00000000-0000-0000-0000-000000000404"], "there is no such file"),
        (vec!["report"], "there is no such run"),
    ] {
        let told = run(&scene, &words).await;
        assert!(!told.status.success() && told.err.contains(why), "{words:?}: {told:?}");
    }
}

#[tokio::test]
async fn every_document_is_checked_by_a_job_and_its_report_read() {
    let scene = sick().await;
    let done = run(&scene, &["check", "--all"]).await;
    assert!(done.status.success(), "{done:?}");
    scene.app.run_jobs().await;
    let told = run(&scene, &["report"]).await;
    for part in ["wrong files  1", "problems     2", "invalid-frame", &scene.drawing.file.to_string()] {
        assert!(told.out.contains(part), "{part}: {}", told.out);
    }
    let number = done.out.trim();
    let json = parsed(&run(&scene, &["report", number, "--json"]).await);
    assert_eq!(json["run"]["id"].to_string(), number);
    assert_eq!(json["problems"][0]["file_id"], scene.drawing.file.to_string());
    assert_eq!(json["problems"][0]["says"], "it holds a shape that is not there");
    assert_eq!(run(&scene, &["report", "--list"]).await.out.lines().count(), 2);
}

#[tokio::test]
async fn what_is_in_a_file_and_who_did_what_is_told() {
    let scene = sick().await;
    let (ana, bo, drawing) = (&scene.ana, &scene.bo, &scene.drawing);
    let file = drawing.file.to_string();
    let change = drawing.set(12, "opacity", Value::Float(0.5));
    drawing.send(bo, id(2), 1, vec![change.clone(), change]).await.transit();
    run(&scene, &["repair", &file, "--apply"]).await;
    let text = run(&scene, &["show", &file]).await.out;
    for part in ["Sketch", "revision            3", "shapes              4", "Page 1", &bo.email, &ana.email]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    let json = parsed(&run(&scene, &["show", &file, "--json"]).await);
    assert_eq!(json["pages"][0]["shapes"], json!({"frame": 2, "rect": 2}));
    assert_eq!((&json["pages"][0]["name"], &json["pages"][0]["count"]), (&json!("Page 1"), &json!(4)));
    assert_eq!(json["shapes"], json!([["frame", 2], ["rect", 2]]));
    assert_eq!((&json["system_snapshots"], &json["user_snapshots"]), (&json!(1), &json!(0)));
    assert!(
        json["bytes"].as_i64().is_some_and(|bytes| bytes > 1000) && json["archived_parts"] != 0,
        "{json}"
    );
    let batches: Vec<i64> = json["editors"]
        .as_array()
        .expect("a list")
        .iter()
        .filter_map(|one| one["batches"].as_i64())
        .collect();
    assert_eq!(batches, [1, 1, 1]);

    let history = parsed(&run(&scene, &["history", &file, "--json"]).await);
    assert_eq!(history["changes"].as_array().map(Vec::len), Some(3));
    let (last, of_bo) = (&history["changes"][0], &history["changes"][1]);
    assert_eq!((&last["revn"], &last["email"]), (&json!(3), &Json::Null));
    assert_eq!((&of_bo["email"], &of_bo["session_id"]), (&json!(bo.email), &json!(id(2))));
    assert_eq!(of_bo["types"], json!({"mod-obj": 2}));
    assert_eq!(history["changes"][2]["session_id"], json!(SESSION));
    assert_eq!(history["snapshots"][0]["label"], "internal/repair/2");
    let text = run(&scene, &["history", &file]).await.out;
    assert!(text.contains("2 mod-obj") && text.contains("3 add-obj") && text.contains("system"), "{text}");

    // What cannot be read is told all the same.
    spoil(&scene.app, drawing, 12, "raw = 'x'").await;
    assert!(run(&scene, &["show", &file]).await.status.success());
}
