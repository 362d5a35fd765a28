//! Copies of projects.

use super::scene::{HIDDEN, delete, id, libraries, library, link, named, names, of_team};
use crate::files::libraries::icons::{fill, place};
use domain::role::Role;
use entities::ids::ProjectId;
use serde_json::json;
use tests::{
    app::TestApp,
    drawing::Drawing,
    factory::{File, insert},
};
use transit::value::Value;
use uuid::Uuid;

#[tokio::test]
async fn files_of_a_copy_use_each_other_and_others_as_before() {
    let app = TestApp::start().await;
    let (ana, bo) = (app.person("ana").await, app.person("bo").await);
    let team = ana.team("Ink").await;
    app.join(&team, &bo, Role::Editor).await;
    let (project, elsewhere) = (ana.project(&team, "Posters").await, ana.project(&team, "Elsewhere").await);
    let (icons, poster) =
        (library(&ana, &project, "Icons").await, ana.file_in(&project["id"], "Poster").await);
    let inks = library(&ana, &elsewhere, "Inks").await;
    let gone = ana.file_in(&project["id"], "Gone").await;
    delete(&ana, &gone).await;
    fill(&ana, &icons).await;
    link(&ana, &poster, &icons).await;
    link(&ana, &poster, &inks).await;
    let placed = place(&ana, &poster, id(&icons)).await;
    let made = bo.call("duplicate-project", json!({"projectId": project["id"], "name": "Again"})).await.ok();
    assert_eq!((&made["name"], &made["teamId"]), (&json!("Again"), &team["id"]));
    assert_eq!(made["isDefault"], json!(false));
    let projects = of_team(&bo, "get-projects", &team).await;
    let again = named(&projects, "Again");
    assert_eq!((&again["count"], &again["isPinned"]), (&json!(2), &json!(false)));
    let files = bo.call("get-project-files", json!({"projectId": made["id"]})).await.ok();
    let (new_icons, new_poster) = (named(&files, "Icons"), named(&files, "Poster"));
    assert_eq!((&new_icons["isShared"], &new_poster["isShared"]), (&json!(true), &json!(false)));
    assert_eq!(libraries(&bo, new_poster).await, ["Icons", "Inks"]);
    let params = json!({"fileId": new_poster["id"]});
    let used = bo.call("get-file-libraries", params).await.ok();
    assert_eq!(named(&used, "Icons")["id"], new_icons["id"], "the copy of the library");
    assert_eq!(named(&used, "Inks")["id"], inks["id"], "the one that was not copied");
    let to = Drawing { file: id(new_poster), page: placed.page };
    let document = to.read(&bo).await;
    let own = Value::Uuid(id(new_icons));
    assert_eq!(to.shape(&document, 20).get("component-file"), Some(&own));
    let fill = to.shape(&document, 21).get("fills").and_then(|fills| fills.items()?.first()).expect("a fill");
    assert_eq!(fill.get("fill-color-ref-file"), Some(&own));
    let before = placed.read(&ana).await;
    assert_eq!(placed.shape(&before, 20).get("component-file"), Some(&Value::Uuid(id(&icons))));
    app.run_jobs().await;
    app.is_sound("copied").await;
}

#[tokio::test]
async fn a_project_has_its_limits_and_its_people() {
    let app = TestApp::start().await;
    let (ana, bo) = (app.person("ana").await, app.person("bo").await);
    let team = ana.team("Ink").await;
    app.join(&team, &bo, Role::Viewer).await;
    let project = ana.project(&team, "Posters").await;
    let params = json!({"projectId": project["id"]});
    assert_eq!(bo.call("duplicate-project", params.clone()).await.failure(), HIDDEN);
    let copy = ana.call("duplicate-project", params.clone()).await.ok();
    assert_eq!(copy["name"], json!("Posters"));
    let many = (0..501).map(|_| File::of(ProjectId(id(&project))));
    insert(&app.app.db, many).await;
    let refused = ana.call("duplicate-project", params).await;
    assert_eq!(refused.failure(), "400 restriction/project-too-large");
    assert_eq!(names(&of_team(&ana, "get-projects", &team).await).len(), 3, "nothing of it stays");
    let unknown = json!({"projectId": Uuid::nil()});
    assert_eq!(ana.call("duplicate-project", unknown).await.failure(), HIDDEN);
}
