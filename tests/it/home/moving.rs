//! Files move from project to project, and from team to team.

use super::scene::{HIDDEN, delete, id, libraries, library, link, named, names, of_team};
use chrono::Duration;
use domain::{deletion::restore, role::Role};
use entities::ids::{FileId, ProjectId};
use jobs::all::objects_gc::ObjectsGc;
use reqwest::Method as Verb;
use serde_json::{Value as Json, json};
use tests::{
    app::{TestApp, operator},
    client::Answer,
    factory::give_role_in_file,
    person::Person,
    picture,
};

pub async fn moves(person: &Person, files: &[&Json], to: &Json) -> Answer {
    let ids: Vec<&Json> = files.iter().map(|file| &file["id"]).collect();
    person.call("move-files", json!({"ids": ids, "projectId": to["id"]})).await
}

/// Every reading agrees on where a file is.
pub async fn is_in(person: &Person, file: &Json, project: &Json, team: &Json) {
    let read = person.call("get-file", json!({"id": file["id"]})).await.ok();
    let listed = person.call("get-project-files", json!({"projectId": project["id"]})).await.ok();
    let recent = of_team(person, "get-team-recent-files", team).await;
    let params = json!({"teamId": team["id"], "searchTerm": file["name"]});
    let found = person.call("search-files", params).await.ok();
    let name = file["name"].as_str().expect("a name");
    for row in [&read, named(&listed, name), named(&recent, name), named(&found, name)] {
        assert_eq!((&row["projectId"], &row["teamId"]), (&project["id"], &team["id"]));
    }
    let by_file = person.call("get-team", json!({"fileId": file["id"]})).await.ok();
    assert_eq!(by_file["id"], team["id"]);
}

#[tokio::test]
async fn a_file_that_moved_is_elsewhere_for_everybody_and_for_good() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let team = ana.team("Ink").await;
    let (one, two) = (ana.project(&team, "One").await, ana.project(&team, "Two").await);
    let (file, stays) = (ana.file_in(&one["id"], "Sketch").await, ana.file_in(&one["id"], "Stays").await);
    let bytes = picture::png(20, 20, 1);
    let media = ana.upload_picture(&file["id"], "a.png", "image/png", bytes).await.ok();
    let path = format!("/api/main/methods/get-file?_fmt=json&id={}", id(&file));
    let tag = ana.get(&path).await.header("etag").to_owned();
    let answer = moves(&ana, &[&file], &two).await;
    assert_eq!((answer.status.as_u16(), answer.bytes.len()), (204, 0));
    let again = ana.request(Verb::GET, &path).header("if-none-match", &tag).send().await.expect("answers");
    assert_eq!(again.status().as_u16(), 200, "who keeps the file fetches it again");
    is_in(&ana, &file, &two, &team).await;
    let projects = names(&of_team(&ana, "get-projects", &team).await);
    assert_eq!(projects[..2], ["Two", "One"], "both changed, the new one last");

    // What becomes of its old project is nothing to it.
    ana.call("delete-project", json!({"id": one["id"]})).await.ok();
    app.run_jobs().await;
    let tx = platform::db::begin(&app.app.db).await.expect("begins");
    restore::project(&tx, &operator(), ProjectId(id(&one)), app.app.now()).await.expect("comes back");
    tx.commit().await.expect("commits");
    is_in(&ana, &file, &two, &team).await;
    is_in(&ana, &stays, &one, &team).await;
    ana.call("delete-project", json!({"id": one["id"]})).await.ok();
    app.run_jobs().await;
    app.run_job_later(ObjectsGc {}, Duration::days(8)).await;
    is_in(&ana, &file, &two, &team).await;
    let address = format!("/assets/by-file-media-id/{}", id(&media));
    assert_eq!(ana.get(&address).await.status.as_u16(), 200);
    app.is_sound("its old project went").await;
}

#[tokio::test]
async fn links_end_between_what_moves_and_the_team_it_leaves() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let (ink, oil) = (ana.team("Ink").await, ana.team("Oil").await);
    let (here, beside) = (ana.project(&ink, "Here").await, ana.project(&ink, "Beside").await);
    let there = ana.project(&oil, "There").await;
    let (file, stays) = (ana.file_in(&here["id"], "Moves").await, ana.file_in(&here["id"], "Stays").await);
    let far = ana.file_in(&beside["id"], "Far").await;
    let (own, moved) = (library(&ana, &here, "Own").await, library(&ana, &here, "Moved").await);
    let (of_oil, of_mine) = (library(&ana, &there, "Of oil").await, {
        let drafts = json!({"id": ana.profile["defaultProjectId"]});
        library(&ana, &drafts, "Of mine").await
    });
    for other in [&own, &moved, &of_oil, &of_mine] {
        link(&ana, &file, other).await;
    }
    for other in [&own, &moved, &of_mine] {
        link(&ana, &stays, other).await;
    }
    link(&ana, &far, &moved).await;
    moves(&ana, &[&file, &moved], &there).await.ok();
    is_in(&ana, &file, &there, &oil).await;
    assert_eq!(
        libraries(&ana, &file).await,
        ["Moved", "Of mine", "Of oil"],
        "not to a library that stays behind"
    );
    assert_eq!(
        libraries(&ana, &stays).await,
        ["Of mine", "Own"],
        "nor from a file beside it to one that goes"
    );
    assert_eq!(
        libraries(&ana, &far).await,
        ["Moved"],
        "a project that has nothing to do with it keeps its own"
    );
    let links = "SELECT count(*) FROM file_library_link";
    assert_eq!(app.count(links).await, app.count("SELECT count(*) FROM file_library_sync").await);
    moves(&ana, &[&file], &here).await.ok();
    assert_eq!(libraries(&ana, &file).await, ["Of mine"], "there and back");
}

#[tokio::test]
async fn who_is_not_in_the_new_team_has_no_role_in_what_moved() {
    let app = TestApp::start().await;
    let (ana, bo, eve) = (app.person("ana").await, app.person("bo").await, app.person("eve").await);
    let (ink, oil) = (ana.team("Ink").await, ana.team("Oil").await);
    app.join(&ink, &bo, Role::Editor).await;
    app.join(&ink, &eve, Role::Editor).await;
    app.join(&oil, &eve, Role::Viewer).await;
    let (here, there) = (ana.project(&ink, "Here").await, ana.project(&oil, "There").await);
    let (of_bo, of_eve) = (bo.file_in(&here["id"], "Of bo").await, eve.file_in(&here["id"], "Of eve").await);
    let bytes = picture::png(20, 20, 1);
    let media = bo.upload_picture(&of_bo["id"], "a.png", "image/png", bytes).await.ok();
    let address = format!("/assets/by-file-media-id/{}", id(&media));
    let refused = moves(&bo, &[&of_bo], &there).await;
    assert_eq!(refused.failure(), HIDDEN, "bo cannot change the new team");
    let alone = app.person("guest").await;
    give_role_in_file(&app.app.db, FileId(id(&of_bo)), alone.id()).await;
    assert_eq!(alone.get(&address).await.status.as_u16(), 200);
    moves(&ana, &[&of_bo, &of_eve], &there).await.ok();
    for stranger in [&bo, &alone] {
        assert_eq!(stranger.call("get-file", json!({"id": of_bo["id"]})).await.failure(), HIDDEN);
        assert_eq!(stranger.get(&address).await.status.as_u16(), 404);
    }
    let held = eve.call("get-file", json!({"id": of_eve["id"]})).await.ok();
    assert_eq!(held["permissions"]["canEdit"], json!(true), "its maker, who is in both");
    assert_eq!(ana.get(&address).await.status.as_u16(), 200);
    // There and back, and then its first project goes: it is nobody's but its team's.
    moves(&ana, &[&of_bo], &here).await.ok();
    is_in(&bo, &of_bo, &here, &ink).await;
    assert_eq!(bo.get(&address).await.status.as_u16(), 200);
    ana.call("delete-project", json!({"id": here["id"]})).await.ok();
    assert_eq!(bo.get(&address).await.status.as_u16(), 404);
    assert_eq!(names(&of_team(&ana, "get-team-recent-files", &oil).await), ["Of eve"]);
    app.run_jobs().await;
}

#[tokio::test]
async fn what_cannot_move_stays() {
    let app = TestApp::start().await;
    let (ana, bo) = (app.person("ana").await, app.person("bo").await);
    let (ink, oil) = (ana.team("Ink").await, ana.team("Oil").await);
    let (here, there) = (ana.project(&ink, "Here").await, ana.project(&oil, "There").await);
    let (file, other) = (ana.file_in(&here["id"], "Moves").await, ana.file_in(&here["id"], "Gone").await);
    let same = moves(&ana, &[&file, &other], &here).await;
    assert_eq!(same.failure(), "400 validation/cant-move-to-same-project");
    let foreign = bo.file("Of bo").await;
    assert_eq!(moves(&ana, &[&file, &foreign], &there).await.failure(), HIDDEN);
    let own = bo.project(&bo.team("Bo").await, "Own").await;
    assert_eq!(moves(&ana, &[&file], &own).await.failure(), HIDDEN);
    delete(&ana, &other).await;
    assert_eq!(moves(&ana, &[&file, &other], &there).await.failure(), HIDDEN);
    assert_eq!(moves(&ana, &[], &there).await.failure(), "400 validation/params-validation");
    is_in(&ana, &file, &here, &ink).await;
    // A team that has a feature which changes data.
    let odd = "UPDATE team SET features = features || '{holograms/v1}' WHERE name = 'Oil'";
    sqlx::query(odd).execute(&app.app.pool).await.expect("is odd");
    let refused = moves(&ana, &[&file], &there).await;
    assert_eq!(refused.failure(), "400 restriction/team-feature-mismatch");
    assert_eq!(refused.json()["feature"], json!("holograms/v1"));
    let odd = "UPDATE team SET features = array_remove(features, 'holograms/v1');
               UPDATE file SET features = features || '{holograms/v1}' WHERE name = 'Moves'";
    sqlx::raw_sql(odd).execute(&app.app.pool).await.expect("is odd");
    let refused = moves(&ana, &[&file], &there).await;
    assert_eq!(refused.failure(), "400 restriction/file-feature-mismatch");
    app.run_jobs().await;
}
