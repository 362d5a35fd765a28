//! What others hear of a change at once, and that they hear nothing else.

use bytes::Bytes;
use domain::{event::Event, role::Role};
use entities::ids::{FileId, ProfileId, TeamId};
use serde_json::{Value as Json, json};
use tests::{app::TestApp, person::Person};
use tokio::{sync::broadcast::Receiver, time::timeout};
use uuid::Uuid;

const PATIENCE: std::time::Duration = std::time::Duration::from_secs(20);

fn uuid(id: &Json) -> Uuid {
    id.as_str().expect("an id").parse().expect("a uuid")
}

fn of(person: &Person) -> ProfileId {
    ProfileId(uuid(&person.profile["id"]))
}

/// The next message is this one.
async fn hears(heard: &mut Receiver<Bytes>, event: Event) {
    let message = timeout(PATIENCE, heard.recv()).await.expect("is told").expect("is a message");
    assert_eq!(String::from_utf8_lossy(&message), String::from_utf8_lossy(&event.encoded()));
}

#[tokio::test]
async fn each_change_is_told_to_whom_it_concerns() {
    let app = TestApp::start().await;
    let (ana, bo) = (app.person("ana").await, app.person("bo").await);
    let team = ana.team("Ink").await;
    let id = TeamId(uuid(&team["id"]));
    let invited = json!({"teamId": team["id"], "emails": [bo.email], "role": "editor"});
    let token = ana.call("create-team-invitations", invited).await.ok()["invitations"][0].clone();
    bo.call("verify-token", json!({"token": token})).await.ok();
    let mut of_ana = app.app.bus.subscribe(&of(&ana).to_string()).await;
    let mut of_bo = app.app.bus.subscribe(&of(&bo).to_string()).await;

    let role = json!({"teamId": team["id"], "memberId": bo.profile["id"], "role": "admin"});
    ana.call("update-team-member-role", role).await.ok();
    hears(&mut of_bo, Event::role_changed(id, of(&bo), Role::Admin)).await;

    let owner = json!({"teamId": team["id"], "memberId": bo.profile["id"], "role": "owner"});
    ana.call("update-team-member-role", owner).await.ok();
    hears(&mut of_bo, Event::role_changed(id, of(&bo), Role::Owner)).await;

    let leaves = json!({"id": team["id"], "reassignTo": ana.profile["id"]});
    bo.call("leave-team", leaves).await.ok();
    hears(&mut of_ana, Event::role_changed(id, of(&ana), Role::Owner)).await;

    let again = json!({"teamId": team["id"], "emails": [bo.email], "role": "viewer"});
    let token = ana.call("create-team-invitations", again).await.ok()["invitations"][0].clone();
    bo.call("verify-token", json!({"token": token})).await.ok();
    ana.call("delete-team-member", json!({"teamId": team["id"], "memberId": bo.profile["id"]})).await.ok();
    hears(&mut of_bo, Event::member_removed(id, "Ink", of(&bo))).await;

    let file = ana.file("Sketch").await;
    let mut of_file = app.app.bus.subscribe(file["id"].as_str().expect("an id")).await;
    ana.call("delete-file", json!({"id": file["id"]})).await.ok();
    hears(&mut of_file, Event::file_deleted(FileId(uuid(&file["id"])), of(&ana))).await;
    for heard in [&mut of_ana, &mut of_bo, &mut of_file] {
        assert!(heard.try_recv().is_err(), "and nothing else");
    }
    app.run_jobs().await;
}
