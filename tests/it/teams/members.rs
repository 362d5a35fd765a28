//! Who is in a team: reading, changing roles, leaving, and what the others hear of it.

use std::time::Duration;

use domain::role::Role;
use serde_json::{Value as Json, json};
use tests::{app::TestApp, client::Answer, person::Person};
use transit::value::Value;

/// Ana owns the team; Bo has a role in it.
struct Scene {
    app: TestApp,
    ana: Person,
    bo: Person,
    team: Json,
}

async fn scene(role: Role) -> Scene {
    let app = TestApp::start().await;
    let (ana, bo) = (app.person("ana").await, app.person("bo").await);
    let team = ana.team("Ink").await;
    app.join(&team, &bo, role).await;
    Scene { app, ana, bo, team }
}

/// The status, or what went wrong.
fn outcome(answer: &Answer) -> String {
    if answer.status.is_success() { answer.status.as_u16().to_string() } else { answer.failure() }
}

impl Scene {
    /// The role of a person, as the list of members tells it.
    async fn role(&self, who: &Person) -> Option<&'static str> {
        let members = self.ana.call("get-team-members", json!({"teamId": self.team["id"]})).await.ok();
        let row = members.as_array().expect("a list").iter().find(|m| m["id"] == who.profile["id"])?.clone();
        Some(match (row["isOwner"] == true, row["isAdmin"] == true, row["canEdit"] == true) {
            (true, ..) => "owner",
            (_, true, _) => "admin",
            (.., true) => "editor",
            _ => "viewer",
        })
    }

    async fn set_role(&self, by: &Person, whom: &Person, role: &str) -> String {
        let params = json!({"teamId": self.team["id"], "memberId": whom.profile["id"], "role": role});
        outcome(&by.call("update-team-member-role", params).await)
    }

    async fn leave(&self, who: &Person, to: Option<&Person>) -> String {
        let heir = to.map(|person| person.profile["id"].clone());
        outcome(&who.call("leave-team", json!({"id": self.team["id"], "reassignTo": heir})).await)
    }
}

#[tokio::test]
async fn a_team_is_read_by_its_members_and_by_nobody_else() {
    let Scene { app, ana, bo, team } = scene(Role::Viewer).await;
    let project = ana.project(&team, "Poster").await;
    let file = ana.file_in(&project["id"], "Sketch").await;
    let eve = app.person("eve").await;

    let read = bo.call("get-team", json!({"id": team["id"]})).await.ok();
    assert_eq!((&read["name"], &read["permissions"]["canEdit"]), (&json!("Ink"), &json!(false)));
    let by_file = bo.call("get-team", json!({"fileId": file["id"]})).await.ok();
    assert_eq!(by_file["id"], team["id"]);
    assert_eq!(bo.call("get-team", json!({})).await.failure(), "400 validation/params-validation");
    let stranger = eve.call("get-team", json!({"id": team["id"]})).await;
    assert_eq!(stranger.failure(), "404 not-found/team-does-not-exist");

    let members = bo.call("get-team-members", json!({"teamId": team["id"]})).await.ok();
    let emails: Vec<_> = members.as_array().expect("a list").iter().map(|m| m["email"].clone()).collect();
    assert_eq!(emails, ["ana@example.com", "bo@example.com"]);
    assert_eq!((&members[0]["name"], &members[0]["isOwner"]), (&json!("ana"), &json!(true)));
    let users = bo.call("get-team-users", json!({"fileId": file["id"]})).await.ok();
    assert_eq!(users.as_array().map(Vec::len), Some(2));

    ana.call("delete-file", json!({"id": file["id"]})).await.ok();
    let stats = bo.call("get-team-stats", json!({"teamId": team["id"]})).await.ok();
    assert_eq!(stats, json!({"projects": 2, "files": 1}));
    for method in ["get-team-members", "get-team-users", "get-team-stats"] {
        let answer = eve.call(method, json!({"teamId": team["id"]})).await;
        assert_eq!(answer.failure(), "404 not-found/object-not-found", "{method}");
    }

    let owned = ana.call("get-owned-teams", json!({})).await.ok();
    assert_eq!(owned, json!([{"id": team["id"], "name": "Ink", "totalMembers": 2, "totalEditors": 1}]));
    assert_eq!(bo.call("get-owned-teams", json!({})).await.ok(), json!([]));
    app.run_jobs().await;
}

#[tokio::test]
async fn anybody_may_know_a_teams_features_and_nothing_more() {
    let Scene { app, team, .. } = scene(Role::Viewer).await;
    let nobody = app.anonymous();
    let info = nobody.call("get-team-info", json!({"id": team["id"]})).await.ok();
    assert_eq!((&info["id"], &info["isDefault"]), (&team["id"], &json!(false)));
    assert_eq!(info["features"], team["features"]);
    assert_eq!(info.as_object().map(serde_json::Map::len), Some(3));
    assert_eq!(nobody.call("get-team-info", json!({"id": uuid::Uuid::nil()})).await.status.as_u16(), 204);
}

#[tokio::test]
async fn editors_rename_a_team() {
    let Scene { app, ana, bo, team } = scene(Role::Editor).await;
    bo.call("update-team", json!({"id": team["id"], "name": "Ink 2"})).await.ok();
    assert_eq!(ana.call("get-team", json!({"id": team["id"]})).await.ok()["name"], "Ink 2");
    let link = bo.call("update-team", json!({"id": team["id"], "name": "evil.example"})).await;
    assert_eq!(link.failure(), "400 validation/params-validation");
    let eve = app.person("eve").await;
    app.join(&team, &eve, Role::Viewer).await;
    let viewer = eve.call("update-team", json!({"id": team["id"], "name": "Mine"})).await;
    assert_eq!(viewer.failure(), "404 not-found/object-not-found");
}

#[tokio::test]
async fn roles_change_under_rules() {
    let scene = scene(Role::Admin).await;
    let (ana, bo) = (&scene.ana, &scene.bo);
    let eve = scene.app.person("eve").await;
    assert_eq!(scene.set_role(ana, &eve, "viewer").await, "404 not-found/member-does-not-exist");
    assert_eq!(scene.set_role(&eve, bo, "viewer").await, "404 not-found/object-not-found");
    scene.app.join(&scene.team, &eve, Role::Editor).await;
    assert_eq!(scene.set_role(&eve, bo, "viewer").await, "400 validation/insufficient-permissions");
    assert_eq!(scene.set_role(bo, ana, "viewer").await, "400 validation/cant-change-role-to-owner");
    assert_eq!(scene.set_role(bo, &eve, "owner").await, "400 validation/cant-promote-to-owner");
    assert_eq!(scene.set_role(bo, &eve, "viewer").await, "204");
    assert_eq!(scene.role(&eve).await, Some("viewer"));
    assert_eq!(scene.set_role(ana, bo, "king").await, "400 validation/params-validation");

    assert_eq!(scene.set_role(ana, bo, "owner").await, "204");
    assert_eq!((scene.role(ana).await, scene.role(bo).await), (Some("admin"), Some("owner")));
    assert_eq!(scene.set_role(ana, &eve, "owner").await, "400 validation/cant-promote-to-owner");
}

#[tokio::test]
async fn owners_leave_when_somebody_else_owns_the_team() {
    let scene = scene(Role::Editor).await;
    let (ana, bo) = (&scene.ana, &scene.bo);
    let eve = scene.app.person("eve").await;
    assert_eq!(scene.leave(ana, None).await, "400 validation/owner-cant-leave-team");
    assert_eq!(scene.leave(ana, Some(&eve)).await, "404 not-found/member-does-not-exist");
    assert_eq!(scene.leave(ana, Some(ana)).await, "404 not-found/member-does-not-exist");
    assert_eq!(scene.leave(bo, Some(bo)).await, "400 validation/insufficient-permissions");
    assert_eq!(scene.leave(ana, Some(bo)).await, "204");
    let left = bo.call("get-team", json!({"id": scene.team["id"]})).await.ok();
    assert_eq!(left["permissions"]["isOwner"], true);
    assert_eq!(scene.leave(bo, None).await, "400 validation/no-enough-members-for-leave");
    assert_eq!(scene.leave(ana, None).await, "404 not-found/object-not-found");
}

#[tokio::test]
async fn whoever_is_out_of_a_team_is_out_of_what_they_made_there() {
    let scene = scene(Role::Editor).await;
    let project = scene.bo.project(&scene.team, "Poster").await;
    let file = scene.bo.file_in(&project["id"], "Sketch").await;
    let expel = json!({"teamId": scene.team["id"], "memberId": scene.bo.profile["id"]});
    let editor = scene.bo.call("delete-team-member", expel.clone()).await;
    assert_eq!(editor.failure(), "400 validation/insufficient-permissions");
    let own = json!({"teamId": scene.team["id"], "memberId": scene.ana.profile["id"]});
    assert_eq!(
        scene.ana.call("delete-team-member", own.clone()).await.failure(),
        "400 validation/cant-remove-yourself"
    );

    scene.set_role(&scene.ana, &scene.bo, "viewer").await;
    let rename = json!({"id": file["id"], "name": "Mine"});
    assert_eq!(scene.bo.call("rename-file", rename).await.failure(), "404 not-found/object-not-found");
    scene.set_role(&scene.ana, &scene.bo, "admin").await;
    let owner = scene.bo.call("delete-team-member", own).await;
    assert_eq!(owner.failure(), "400 validation/insufficient-permissions", "nobody takes the owner out");

    scene.ana.call("delete-team-member", expel.clone()).await.ok();
    for (method, params) in [
        ("get-file", json!({"id": file["id"]})),
        ("get-project", json!({"id": project["id"]})),
        ("get-project-files", json!({"projectId": project["id"]})),
    ] {
        assert_eq!(
            scene.bo.call(method, params).await.failure(),
            "404 not-found/object-not-found",
            "{method}"
        );
    }
    let again = scene.ana.call("delete-team-member", expel).await;
    assert_eq!(again.failure(), "404 not-found/member-does-not-exist");
}

#[tokio::test]
async fn members_hear_what_becomes_of_them() {
    let scene = scene(Role::Editor).await;
    let mut news = scene.app.app.bus.subscribe(&scene.bo.id_of("id")).await;
    let mut next = async || {
        let heard = tokio::time::timeout(Duration::from_secs(120), news.recv()).await.expect("in time");
        let limits = transit::Limits { bytes_max: 4096, depth_max: 8, values_max: 100 };
        let message = transit::read(&heard.expect("a message"), &limits).expect("transit");
        let word = |key: &str| message.get(key).and_then(Value::as_keyword).map(str::to_owned);
        (word("type"), word("role").or_else(|| word("change")), message)
    };
    scene.set_role(&scene.ana, &scene.bo, "admin").await;
    let (kind, role, _) = next().await;
    assert_eq!((kind.as_deref(), role.as_deref()), (Some("team-role-change"), Some("admin")));
    let expel = json!({"teamId": scene.team["id"], "memberId": scene.bo.profile["id"]});
    scene.ana.call("delete-team-member", expel).await.ok();
    let (kind, change, message) = next().await;
    assert_eq!((kind.as_deref(), change.as_deref()), (Some("team-membership-change"), Some("removed")));
    assert_eq!(message.get("team-name"), Some(&Value::text("Ink")));
}

#[tokio::test]
async fn two_owners_at_once_are_never_made() {
    let scene = scene(Role::Editor).await;
    let eve = scene.app.person("eve").await;
    scene.app.join(&scene.team, &eve, Role::Editor).await;
    let (one, other) = tokio::join!(
        scene.set_role(&scene.ana, &scene.bo, "owner"),
        scene.set_role(&scene.ana, &eve, "owner")
    );
    let won = [&one, &other].iter().filter(|outcome| **outcome == "204").count();
    assert_eq!(won, 1, "{one} {other}");
    let owners = "SELECT count(*) FROM team_profile_rel r JOIN team t ON t.id = r.team_id \
        WHERE r.is_owner AND NOT t.is_default";
    assert_eq!(scene.app.count(owners).await, 1);
}

#[tokio::test]
async fn projects_are_read_renamed_and_pinned() {
    let Scene { app, ana, bo, team } = scene(Role::Viewer).await;
    let project = ana.project(&team, "Poster").await;
    assert_eq!(bo.call("get-project", json!({"id": project["id"]})).await.ok()["name"], "Poster");
    let rename = json!({"id": project["id"], "name": "Flyer"});
    assert_eq!(bo.call("rename-project", rename.clone()).await.failure(), "404 not-found/object-not-found");
    ana.call("rename-project", rename).await.ok();
    assert_eq!(bo.call("get-project", json!({"id": project["id"]})).await.ok()["name"], "Flyer");

    let pinned = async |who: &Person| {
        let listed = who.call("get-projects", json!({"teamId": team["id"]})).await.ok();
        let found = listed.as_array().expect("a list").iter().find(|p| p["id"] == project["id"]).cloned();
        found.expect("is there")["isPinned"].clone()
    };
    let pin = |on: bool| json!({"id": project["id"], "teamId": team["id"], "isPinned": on});
    bo.call("update-project-pin", pin(true)).await.ok();
    assert_eq!((pinned(&bo).await, pinned(&ana).await), (json!(true), json!(false)));
    bo.call("update-project-pin", pin(false)).await.ok();
    assert_eq!(pinned(&bo).await, json!(false));
    let elsewhere = json!({"id": project["id"], "teamId": ana.profile["defaultTeamId"], "isPinned": true});
    assert_eq!(ana.call("update-project-pin", elsewhere).await.failure(), "404 not-found/object-not-found");
    let eve = app.person("eve").await;
    assert_eq!(eve.call("update-project-pin", pin(true)).await.failure(), "404 not-found/object-not-found");
}
