//! Lists of files of a team.

use super::scene::{HIDDEN, delete, each, id, library, link, named, names, of_team};
use domain::role::Role;
use entities::{ids::FileId, storage_object::BucketName};
use serde_json::json;
use tests::{
    app::TestApp,
    drawing::Drawing,
    factory::{self, Blob, Thumbnail},
};
use transit::value::Value;
use uuid::Uuid;

#[tokio::test]
async fn the_files_that_changed_last_are_ten_of_each_project() {
    let app = TestApp::start().await;
    let (ana, bo) = (app.person("ana").await, app.person("bo").await);
    let team = ana.team("Ink").await;
    app.join(&team, &bo, Role::Viewer).await;
    let (posters, flyers) = (ana.project(&team, "Posters").await, ana.project(&team, "Flyers").await);
    let mut made = vec![];
    for number in 0..12 {
        made.push(ana.file_in(&posters["id"], &format!("Poster {number}")).await);
    }
    let flyer = ana.file_in(&flyers["id"], "Flyer").await;
    delete(&ana, &made[11]).await;
    ana.call("rename-file", json!({"id": made[3]["id"], "name": "Touched"})).await.ok();
    let found = of_team(&bo, "get-team-recent-files", &team).await;
    let expected: Vec<String> = ["Touched".to_owned(), "Flyer".to_owned()]
        .into_iter()
        .chain([10, 9, 8, 7, 6, 5, 4, 2, 1].map(|number| format!("Poster {number}")))
        .collect();
    assert_eq!(names(&found), expected, "the last changed first, and what is deleted is none");
    assert_eq!(
        (&found[0]["rowNum"], &found[1]["rowNum"], &found[2]["rowNum"]),
        (&json!(1), &json!(1), &json!(2))
    );
    for (field, value) in [("teamId", &team["id"]), ("projectId", &flyers["id"]), ("revn", &json!(0))] {
        assert_eq!(&found[1][field], value, "{field}");
    }
    assert!(found[1]["thumbnailId"].is_null());

    // A picture of the file counts as long as it shows the newest revision.
    let blob = Blob::of(BucketName::FileThumbnail);
    factory::insert(&app.app.db, [blob.clone()]).await;
    let shown = Thumbnail { file: FileId(id(&flyer)), blob: blob.id };
    factory::insert_thumbnail(&app.app.db, shown).await;
    let found = of_team(&bo, "get-team-recent-files", &team).await;
    assert_eq!(named(&found, "Flyer")["thumbnailId"], json!(blob.id.0));
    let drawing = Drawing::of(&flyer);
    let changes = vec![drawing.add(7, Uuid::nil(), "rect")];
    assert!(drawing.send(&ana, Uuid::nil(), 0, changes).await.status.is_success());
    let found = of_team(&bo, "get-team-recent-files", &team).await;
    assert!(named(&found, "Flyer")["thumbnailId"].is_null());

    ana.call("delete-project", json!({"id": posters["id"]})).await.ok();
    assert_eq!(names(&of_team(&bo, "get-team-recent-files", &team).await), ["Flyer"], "hidden at once");
    let stranger = app.person("eve").await;
    let refused = stranger.call("get-team-recent-files", json!({"teamId": team["id"]})).await;
    assert_eq!(refused.failure(), HIDDEN);
    app.run_jobs().await;
}

#[tokio::test]
async fn the_bin_has_what_was_deleted_by_itself_or_with_its_project() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let team = ana.team("Ink").await;
    let (posters, flyers) = (ana.project(&team, "Posters").await, ana.project(&team, "Flyers").await);
    let (poster, _kept) =
        (ana.file_in(&posters["id"], "Poster").await, ana.file_in(&posters["id"], "Kept").await);
    ana.file_in(&flyers["id"], "Flyer").await;
    assert_eq!(of_team(&ana, "get-team-deleted-files", &team).await, json!([]));
    delete(&ana, &poster).await;
    ana.call("delete-project", json!({"id": flyers["id"]})).await.ok();
    // Before a job has carried the marks down, and after.
    for _ in 0..2 {
        let binned = of_team(&ana, "get-team-deleted-files", &team).await;
        assert_eq!(names(&binned), ["Flyer", "Poster"]);
        let projects = of_team(&ana, "get-projects", &team).await;
        let (of_file, of_project) = (named(&binned, "Flyer"), named(&projects, "Flyers"));
        assert_eq!(of_file["projectId"], of_project["id"], "the page shows it under that");
        assert_eq!(of_file["willBeDeletedAt"], of_project["deletedAt"]);
        assert!(of_project["deletedAt"].is_string());
        assert!(named(&projects, "Posters")["deletedAt"].is_null());
        assert_eq!(named(&projects, "Posters")["count"], json!(1));
        assert_eq!(named(&projects, "Posters")["totalCount"], json!(2));
        assert!(projects.as_array().expect("a list").iter().any(|project| project["isDefault"] == true));
        app.run_jobs().await;
    }
    let params = Value::map([("team-id", Value::Uuid(id(&team)))]);
    let listed = ana.call_transit("get-team-deleted-files", &params).await.transit();
    let first = listed.items().and_then(|files| files.first()).expect("a file");
    let due = first.get("will-be-deleted-at").and_then(Value::as_instant).expect("a moment, not a text");
    let week = app.app.now().timestamp_millis() + 7 * 24 * 3_600_000;
    assert!((week - due).abs() < 600_000, "{due}");

    let past = "UPDATE file SET deleted_at = now() - interval '1 second' WHERE name = 'Poster'";
    sqlx::query(past).execute(&app.app.pool).await.expect("passes");
    assert_eq!(names(&of_team(&ana, "get-team-deleted-files", &team).await), ["Flyer"], "its time is over");
}

#[tokio::test]
async fn files_are_found_by_a_part_of_their_name() {
    let app = TestApp::start().await;
    let (ana, bo, eve) = (app.person("ana").await, app.person("bo").await, app.person("eve").await);
    let team = ana.team("Ink").await;
    app.join(&team, &bo, Role::Viewer).await;
    let project = ana.project(&team, "Posters").await;
    for name in ["50 % off", "Été_2026", "a\\b", "ete 2026", "50 percent"] {
        ana.file_in(&project["id"], name).await;
    }
    let search = async |who: &tests::person::Person, term: &str| {
        who.call("search-files", json!({"teamId": team["id"], "searchTerm": term})).await
    };
    for (term, found) in [
        ("50", &["50 % off", "50 percent"][..]),
        ("0 %", &["50 % off"]),
        ("_2", &["Été_2026"]),
        ("été", &["Été_2026"]),
        ("\\", &["a\\b"]),
        ("PERCENT", &["50 percent"]),
        ("nowhere", &[]),
        (&"5".repeat(10_000), &[]),
    ] {
        let answer = search(&ana, term).await;
        assert_eq!(answer.status.as_u16(), 200, "an empty list, not nothing");
        assert_eq!(names(&answer.ok()), found, "{term:?}");
    }
    assert_eq!(search(&ana, "5\0").await.failure(), "400 validation/params-validation");
    let found = search(&ana, "percent").await.ok();
    assert_eq!((&found[0]["projectId"], &found[0]["teamId"]), (&project["id"], &team["id"]));
    for empty in [json!({"teamId": team["id"]}), json!({"teamId": team["id"], "searchTerm": "  "})] {
        assert_eq!(ana.call("search-files", empty).await.status.as_u16(), 204);
    }
    for other in [&bo, &eve] {
        assert_eq!(search(other, "50").await.ok(), json!([]), "only in what they can change");
    }
    delete(&ana, &found[0]).await;
    assert_eq!(search(&ana, "percent").await.ok(), json!([]));
    ana.call("delete-project", json!({"id": project["id"]})).await.ok();
    assert_eq!(search(&ana, "50").await.ok(), json!([]));
    app.run_jobs().await;
}

#[tokio::test]
async fn libraries_come_with_what_is_in_them() {
    let app = TestApp::start().await;
    let (ana, bo) = (app.person("ana").await, app.person("bo").await);
    let team = ana.team("Ink").await;
    app.join(&team, &bo, Role::Viewer).await;
    let project = ana.project(&team, "Shared").await;
    let (icons, inks) = (library(&ana, &project, "Icons").await, library(&ana, &project, "Inks").await);
    ana.file_in(&project["id"], "Poster").await;
    let hidden = ana.file("Mine").await;
    crate::files::libraries::icons::fill(&ana, &icons).await;
    link(&ana, &icons, &inks).await;
    link(&ana, &icons, &hidden).await;
    let found = of_team(&bo, "get-team-shared-files", &team).await;
    assert_eq!(names(&found), ["Icons", "Inks"], "the last changed first");
    let summary = ana.call("get-file-summary", json!({"id": icons["id"]})).await.ok();
    for part in ["components", "variants", "colors", "typographies"] {
        assert_eq!(found[0]["librarySummary"][part], summary[part], "{part}");
        assert_eq!(found[1]["librarySummary"][part]["count"], json!(0), "a number, where there is nothing");
    }
    assert_eq!(found[0]["librarySummary"]["components"]["count"], json!(1));
    let objects = &found[0]["librarySummary"]["components"]["sample"][0]["objects"];
    assert_eq!(objects.as_object().map(serde_json::Map::len), Some(2), "{objects}");
    assert_eq!(found[0]["libraryFileIds"], json!([inks["id"]]), "of those that bo may look at");
    assert_eq!(each(&found, "teamId"), [team["id"].as_str().expect("id"); 2]);

    let params = Value::map([("team-id", Value::Uuid(id(&team)))]);
    let told = bo.call_transit("get-team-shared-files", &params).await.transit();
    let Value::Set(files) = &told else { panic!("no set: {told:?}") };
    for field in ["features", "library-file-ids"] {
        assert!(matches!(files[0].get(field), Some(Value::Set(_))), "{field}");
    }
    ana.call("set-file-shared", json!({"id": inks["id"], "isShared": false})).await.ok();
    assert_eq!(names(&of_team(&bo, "get-team-shared-files", &team).await), ["Icons"]);
    app.run_jobs().await;
}
