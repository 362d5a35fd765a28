//! Getting fonts back.

use super::scene::{FONT, bytes, upload_all};
use chrono::Duration;
use domain::role::Role;
use jobs::all::{storage_gc_deleted::StorageGcDeleted, storage_gc_touched::StorageGcTouched};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use tests::{app::TestApp, font, person::Person, python};

async fn upload(by: &Person, team: &Json, weight: u16, style: &str, mtype: &str, file: &[u8]) -> Json {
    let mut params = super::scene::params(team);
    params["data"] = json!({mtype: font::base64(file)});
    (params["fontWeight"], params["fontStyle"]) = (json!(weight), json!(style));
    by.call("create-font-variant", params).await.ok()
}

#[tokio::test]
async fn a_variant_comes_back_in_the_form_that_most_programs_read() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let team = ana.team("Ink").await;
    let ttf = font::ttf("Inky");
    for (weight, style, name) in [
        (400, "normal", "Inky-Regular.ttf"),
        (400, "italic", "Inky-Italic.ttf"),
        (950, "italic", "Inky-ExtraBlackItalic.ttf"),
    ] {
        let variant = upload(&ana, &team, weight, style, "font/woff", &font::woff(&ttf)).await;
        let found = ana.call("download-font", json!({"id": variant["id"]})).await.ok();
        assert_eq!((&found["name"], &found["id"]), (&json!(name), &variant["ttfFileId"]));
        assert_eq!(
            found["uri"],
            json!(format!("{}/assets/by-id/{}", app.base, variant["ttfFileId"].as_str().expect("an id")))
        );
        assert!(font::tables(&bytes(&ana, &found["id"]).await).keys().eq(font::tables(&ttf).keys()));
    }
    let mut tables = font::post_script("Inky", 7);
    tables.insert(*b"fvar", vec![0; 16]);
    let variable = font::plain(*b"OTTO", &tables);
    let variant = upload_all(&ana, &team, &[("font/otf", &variable)]).await.ok();
    let found = ana.call("download-font", json!({"id": variant["id"]})).await.ok();
    assert_eq!((&found["name"], &found["id"]), (&json!("Inky-Regular.otf"), &variant["otfFileId"]));
}

/// The files of an archive, by their names.
async fn entries(archive: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("fonts.zip");
    std::fs::write(&path, archive).expect("writes");
    let into = folder.path().join("files");
    let arguments =
        ["-m", "zipfile", "-e", &path.display().to_string(), &into.display().to_string()].map(str::to_owned);
    let told = python::run("python", &arguments, &[], std::time::Duration::from_secs(60)).await;
    assert!(told.status.success(), "{}", String::from_utf8_lossy(&told.stderr));
    let files = std::fs::read_dir(&into).expect("a folder").map(|entry| entry.expect("a file"));
    files
        .map(|file| {
            (file.file_name().into_string().expect("a name"), std::fs::read(file.path()).expect("reads"))
        })
        .collect()
}

#[tokio::test]
async fn a_family_comes_back_as_an_archive_for_its_asker_and_for_a_while() {
    let app = TestApp::start().await;
    let (ana, bo) = (app.person("ana").await, app.person("bo").await);
    let team = ana.team("Ink").await;
    app.join(&team, &bo, Role::Viewer).await;
    let (ttf, otf) = (font::ttf("Inky"), font::otf("Inky"));
    upload(&ana, &team, 400, "normal", "font/ttf", &ttf).await;
    upload(&ana, &team, 400, "normal", "font/ttf", &font::ttf("Again")).await;
    let bold = upload(&ana, &team, 700, "italic", "font/otf", &otf).await;
    let gone = upload(&ana, &team, 100, "normal", "font/ttf", &ttf).await;
    ana.call("delete-font-variant", json!({"teamId": team["id"], "id": gone["id"]})).await.ok();

    let found = bo.call("download-font-family", json!({"fontId": FONT})).await.ok();
    assert_eq!(found["name"], "Inky.zip");
    let path = format!("/assets/by-id/{}", found["id"].as_str().expect("an id"));
    assert_eq!(found["uri"], json!(format!("{}{path}", app.base)));
    let answer = bo.get(&path).await;
    assert_eq!(answer.header("content-type"), "application/zip");
    let files = entries(&answer.bytes).await;
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    assert_eq!(names, ["Inky-BoldItalic.ttf", "Inky-Regular-2.ttf", "Inky-Regular.ttf"]);
    assert!(files["Inky-Regular.ttf"] == ttf && files["Inky-Regular-2.ttf"] == font::ttf("Again"));
    assert!(files["Inky-BoldItalic.ttf"] == bytes(&ana, &bold["ttfFileId"]).await);
    for other in [ana.get(&path).await, app.anonymous().get(&path).await] {
        assert!(other.status.is_client_error(), "it is his: {}", other.status);
    }

    app.run_job_later(StorageGcTouched {}, Duration::hours(3)).await;
    app.run_job_later(StorageGcDeleted {}, Duration::hours(6)).await;
    assert!(!bo.get(&path).await.status.is_success());
    app.is_sound("the archive is gone").await;
}

/// Files that move bring their fonts along, so that one font is in several teams.
#[tokio::test]
async fn of_a_font_in_several_teams_everybody_gets_that_of_their_own() {
    let app = TestApp::start().await;
    let (ana, bo) = (app.person("ana").await, app.person("bo").await);
    let (ink, oil) = (ana.team("Ink").await, bo.team("Oil").await);
    upload(&ana, &ink, 400, "normal", "font/ttf", &font::ttf("Inky")).await;
    upload(&bo, &oil, 700, "normal", "font/ttf", &font::ttf("Oily")).await;
    for (person, name, family) in [(&ana, "Inky-Regular.ttf", "Inky"), (&bo, "Inky-Bold.ttf", "Oily")] {
        let found = person.call("download-font-family", json!({"fontId": FONT})).await.ok();
        let files = entries(&bytes(person, &found["id"]).await).await;
        assert!(files.len() == 1 && files[name] == font::ttf(family), "{name}");
    }
}
