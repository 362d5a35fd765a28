//! Projects move from team to team.

use super::moving::is_in;
use super::scene::{HIDDEN, delete, id, libraries, library, link, names, of_team};
use domain::role::Role;
use jobs::all::carry_fonts::CarryFonts;
use reqwest::Method as Verb;
use serde_json::{Value as Json, json};
use tests::{app::TestApp, client::Answer, drawing::Drawing, person::Person, picture};
use uuid::Uuid;

async fn moves(person: &Person, project: &Json, to: &Json) -> Answer {
    person.call("move-project", json!({"projectId": project["id"], "teamId": to["id"]})).await
}

#[tokio::test]
async fn a_project_moves_with_its_files_and_leaves_links_and_roles_behind() {
    let app = TestApp::start().await;
    let (ana, bo) = (app.person("ana").await, app.person("bo").await);
    let (ink, oil) = (ana.team("Ink").await, ana.team("Oil").await);
    app.join(&ink, &bo, Role::Editor).await;
    let (here, beside) = (bo.project(&ink, "Here").await, ana.project(&ink, "Beside").await);
    let there = ana.project(&oil, "There").await;
    let (file, binned) = (bo.file_in(&here["id"], "Sketch").await, ana.file_in(&here["id"], "Binned").await);
    delete(&ana, &binned).await;
    let bytes = picture::png(20, 20, 1);
    let media = bo.upload_picture(&file["id"], "a.png", "image/png", bytes).await.ok();
    let address = format!("/assets/by-file-media-id/{}", id(&media));
    let far = ana.file_in(&beside["id"], "Far").await;
    let (own, left) = (library(&ana, &here, "Own").await, library(&ana, &beside, "Left").await);
    let of_oil = library(&ana, &there, "Of oil").await;
    for other in [&own, &left, &of_oil] {
        link(&ana, &file, other).await;
    }
    link(&ana, &far, &own).await;
    link(&ana, &far, &of_oil).await;
    bo.call("update-project-pin", json!({"id": here["id"], "teamId": ink["id"], "isPinned": true}))
        .await
        .ok();
    let path = format!("/api/main/methods/get-file?_fmt=json&id={}", id(&file));
    let tag = ana.get(&path).await.header("etag").to_owned();
    let modified = ana.get(&path).await.json()["modifiedAt"].clone();

    assert_eq!(moves(&bo, &here, &oil).await.failure(), HIDDEN, "bo is not in the new team");
    assert_eq!(moves(&ana, &here, &oil).await.status.as_u16(), 204);
    let again = ana.request(Verb::GET, &path).header("if-none-match", &tag).send().await.expect("answers");
    assert_eq!(again.status().as_u16(), 200, "who keeps a file fetches it again");
    assert_eq!(ana.get(&path).await.json()["modifiedAt"], modified, "nobody changed it");
    is_in(&ana, &file, &here, &oil).await;
    assert_eq!(names(&of_team(&ana, "get-projects", &oil).await)[0], "Here", "the last changed");
    assert!(!names(&of_team(&ana, "get-projects", &ink).await).contains(&"Here".to_owned()));
    assert_eq!(libraries(&ana, &file).await, ["Of oil", "Own"]);
    assert_eq!(libraries(&ana, &far).await, ["Of oil"], "what it has of the new team otherwise stays");
    for (method, params) in
        [("get-project", json!({"id": here["id"]})), ("get-file", json!({"id": file["id"]}))]
    {
        assert_eq!(bo.call(method, params).await.failure(), HIDDEN, "{method}: its maker is not in the team");
    }
    assert_eq!(bo.get(&address).await.status.as_u16(), 404);
    assert_eq!(ana.get(&address).await.status.as_u16(), 200);
    assert_eq!(app.count("SELECT count(*) FROM team_project_profile_rel").await, 0);
    assert_eq!(names(&of_team(&ana, "get-team-deleted-files", &oil).await), ["Binned"], "the bin goes along");
    app.run_jobs().await;
}

#[tokio::test]
async fn what_cannot_move_stays() {
    let app = TestApp::start().await;
    let (ana, bo) = (app.person("ana").await, app.person("bo").await);
    let (ink, oil) = (ana.team("Ink").await, ana.team("Oil").await);
    app.join(&oil, &bo, Role::Editor).await;
    app.join(&ink, &bo, Role::Viewer).await;
    let here = ana.project(&ink, "Here").await;
    let file = ana.file_in(&here["id"], "Sketch").await;
    assert_eq!(moves(&ana, &here, &ink).await.failure(), "400 validation/cant-move-to-same-team");
    let drafts = json!({"id": ink["defaultProjectId"]});
    assert_eq!(moves(&ana, &drafts, &oil).await.failure(), "400 restriction/cant-move-drafts");
    assert_eq!(moves(&bo, &here, &oil).await.failure(), HIDDEN, "bo cannot change the team it is in");
    let odd = "UPDATE file SET features = features || '{holograms/v1}' WHERE name = 'Sketch'";
    sqlx::query(odd).execute(&app.app.pool).await.expect("is odd");
    assert_eq!(moves(&ana, &here, &oil).await.failure(), "400 restriction/file-feature-mismatch");
    let even = "UPDATE file SET features = array_remove(features, 'holograms/v1');
                UPDATE team SET features = features || '{holograms/v1}' WHERE name = 'Ink'";
    sqlx::raw_sql(even).execute(&app.app.pool).await.expect("is odd");
    assert_eq!(moves(&ana, &here, &oil).await.failure(), "400 restriction/team-feature-mismatch");
    let even = "UPDATE team SET features = array_remove(features, 'holograms/v1')";
    sqlx::query(even).execute(&app.app.pool).await.expect("is even");
    is_in(&ana, &file, &here, &ink).await;
    ana.call("delete-project", json!({"id": here["id"]})).await.ok();
    assert_eq!(moves(&ana, &here, &oil).await.failure(), HIDDEN);
    app.run_jobs().await;
}

#[tokio::test]
async fn fonts_come_along_with_the_files_that_name_them() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let (ink, oil) = (ana.team("Ink").await, ana.team("Oil").await);
    let (here, there) = (ana.project(&ink, "Here").await, ana.project(&oil, "There").await);
    let (file, other) = (ana.file_in(&here["id"], "Sketch").await, ana.file_in(&here["id"], "Other").await);
    let (named, unnamed) = (Uuid::from_u128(7), Uuid::from_u128(8));
    for font in [named, unnamed] {
        ana.font(&ink["id"], font).await;
    }
    for file in [&file, &other] {
        let drawing = Drawing::of(file);
        let typography = drawing.typography(1, &format!("custom-{named}"));
        assert!(drawing.send(&ana, Uuid::nil(), 0, vec![typography]).await.status.is_success());
    }
    let ids = json!({"ids": [file["id"]], "projectId": there["id"]});
    ana.call("move-files", ids).await.ok();
    app.run_jobs().await;
    let fonts =
        "SELECT count(*) FROM team_font_variant v JOIN team t ON t.id = v.team_id WHERE t.name = 'Oil'
                    AND v.font_id = '00000000-0000-0000-0000-000000000007' AND v.woff1_file_id IS NOT NULL";
    assert_eq!(app.count(fonts).await, 1, "the one that it names");
    ana.call("get-file", json!({"id": file["id"]})).await.ok();
    // The second one finds it there.
    assert_eq!(moves(&ana, &here, &oil).await.status.as_u16(), 204);
    app.run_jobs().await;
    let again = CarryFonts { project_id: id(&here), team_id: id(&ink) };
    app.run_job_later(again, chrono::Duration::zero()).await;
    assert_eq!(app.count(fonts).await, 1);
    assert_eq!(
        app.count("SELECT count(*) FROM team_font_variant").await,
        3,
        "and the old team keeps its own"
    );
}
