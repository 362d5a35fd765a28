//! Who may do what: somebody else's things do not exist.

use domain::role::Role;
use serde_json::{Value as Json, json};
use tests::{app::TestApp, person::Person, picture};

struct Scene {
    app: TestApp,
    ana: Person,
    team: Json,
    project: Json,
    file: Json,
}

async fn scene() -> Scene {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let team = ana.team("Ink").await;
    let project = ana.project(&team, "Poster").await;
    let file = ana.file_in(&project["id"], "Sketch").await;
    Scene { app, ana, team, project, file }
}

impl Scene {
    /// Every call that touches what is Ana's: its name, its params, and whether it only reads.
    fn calls(&self) -> Vec<(&'static str, Json, bool)> {
        let (team, project, file) = (&self.team["id"], &self.project["id"], &self.file["id"]);
        vec![
            ("get-projects", json!({"teamId": team}), true),
            ("get-project-files", json!({"projectId": project}), true),
            ("get-file", json!({"id": file}), true),
            ("create-project", json!({"teamId": team, "name": "Mine"}), false),
            ("create-file", json!({"projectId": project, "name": "Mine"}), false),
            ("rename-file", json!({"id": file, "name": "Mine"}), false),
            ("delete-file", json!({"id": file}), false),
            ("delete-project", json!({"id": project}), false),
        ]
    }
}

#[tokio::test]
async fn a_stranger_finds_nothing() {
    let scene = scene().await;
    let bo = scene.app.person("bo").await;
    for (name, params, _) in scene.calls() {
        assert_eq!(bo.call(name, params).await.failure(), "404 not-found/object-not-found", "{name}");
    }
    let answer = bo.call("delete-team", json!({"id": scene.team["id"]})).await;
    assert_eq!(answer.failure(), "404 not-found/object-not-found");
    let picture = bo.upload_picture(&scene.file["id"], "a.png", "image/png", picture::png(5, 5, 1)).await;
    assert_eq!(picture.failure(), "404 not-found/object-not-found");
    assert_eq!(scene.app.blobs(), Vec::<String>::new());
}

#[tokio::test]
async fn a_viewer_reads_and_changes_nothing() {
    let scene = scene().await;
    let bo = scene.app.person("bo").await;
    scene.app.join(&scene.team, &bo, Role::Viewer).await;
    for (name, params, reads) in scene.calls() {
        let answer = bo.call(name, params).await;
        if reads {
            answer.ok();
        } else {
            assert_eq!(answer.failure(), "404 not-found/object-not-found", "{name}");
        }
    }
    let answer = bo.call("delete-team", json!({"id": scene.team["id"]})).await;
    assert_eq!(answer.failure(), "400 validation/only-owner-can-delete-team");
    let team = bo.call("get-teams", json!({})).await.ok();
    assert_eq!(team[1]["permissions"]["canEdit"], false);
}

#[tokio::test]
async fn an_editor_changes_and_the_owner_sees_it() {
    let scene = scene().await;
    let bo = scene.app.person("bo").await;
    scene.app.join(&scene.team, &bo, Role::Editor).await;
    for (name, params, _) in scene.calls() {
        bo.call(name, params).await.ok();
    }
    let gone = scene.ana.call("get-file", json!({"id": scene.file["id"]})).await;
    assert_eq!(gone.failure(), "404 not-found/object-not-found");
    scene.app.run_jobs().await;
}
