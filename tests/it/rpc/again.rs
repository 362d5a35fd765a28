//! Creates under an id that the client chose: made again because the answer was lost, they make nothing twice and give
//! the same answer.

use futures_util::future::join;
use serde_json::{Value as Json, json};
use tests::{
    app::{Settings, TestApp},
    client::{Answer, FilePart},
    drawing::Drawing,
    person::Person,
    picture,
};
use uuid::Uuid;

const TAKEN: &str = "400 validation/object-already-exists";

fn fresh() -> Uuid {
    platform::ids::random_id()
}

async fn picture_in(by: &Person, file: &Json, id: Uuid) -> Answer {
    let fields = [
        ("file-id", file["id"].as_str().expect("an id").to_owned()),
        ("name", "a".to_owned()),
        ("is-local", "true".to_owned()),
        ("id", id.to_string()),
    ];
    let part =
        FilePart { field: "content", name: "a.png", mtype: "image/png", bytes: picture::png(24, 24, 3) };
    by.upload("upload-file-media-object", &fields, part).await
}

/// What both answers have to say alike.
fn told(answer: &Answer) -> Json {
    let json = answer.ok();
    json!([
        json["id"],
        json["name"],
        json["createdAt"],
        json["defaultProjectId"],
        json["data"]["pages"],
        json["mediaId"]
    ])
}

#[tokio::test]
async fn what_is_made_again_is_there_once() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let (team, project, file, media) = (fresh(), fresh(), fresh(), fresh());
    let calls = [
        ("create-team", json!({"name": "Ink", "id": team})),
        ("create-project", json!({"name": "Posters", "id": project, "teamId": team})),
        ("create-file", json!({"name": "Sketch", "id": file, "projectId": project})),
    ];
    for (name, params) in &calls {
        let first = ana.call(name, params.clone()).await;
        for _ in 0..2 {
            assert_eq!(told(&ana.call(name, params.clone()).await), told(&first), "{name}");
        }
        // Two at the same time, as when the first is still at work.
        let mut params = params.clone();
        params["id"] = json!(fresh());
        let (one, other) = join(ana.call(name, params.clone()), ana.call(name, params.clone())).await;
        assert_eq!(told(&one), told(&other), "{name}");
    }
    let first = picture_in(&ana, &json!({"id": file}), media).await;
    assert_eq!(told(&picture_in(&ana, &json!({"id": file}), media).await), told(&first));
    let at_once = fresh();
    let sketch = json!({"id": file});
    let (one, other) = join(picture_in(&ana, &sketch, at_once), picture_in(&ana, &sketch, at_once)).await;
    assert_eq!(told(&one), told(&other));
    for (table, wanted) in [
        ("SELECT count(*) FROM team WHERE name = 'Ink'", 2),
        ("SELECT count(*) FROM project WHERE name = 'Posters'", 2),
        ("SELECT count(*) FROM file", 2),
        ("SELECT count(*) FROM file_media_object", 2),
    ] {
        assert_eq!(app.count(table).await, wanted, "{table}");
    }
}

#[tokio::test]
async fn an_id_that_something_else_has_is_refused() {
    let app = TestApp::start().await;
    let (ana, bo) = (app.person("ana").await, app.person("bo").await);
    let team = ana.team("Ink").await;
    let project = ana.project(&team, "Posters").await;
    let file = ana.file_in(&project["id"], "Sketch").await;
    let other = ana.file_in(&project["id"], "Other").await;
    let media = fresh();
    picture_in(&ana, &file, media).await.ok();
    let own_project = bo.id_of("defaultProjectId");
    let refused = [
        ("create-team", json!({"name": "Other", "id": team["id"]})),
        ("create-team", json!({"name": "Ink", "id": ana.id_of("defaultTeamId")})),
        ("create-project", json!({"name": "Other", "id": project["id"], "teamId": team["id"]})),
        (
            "create-project",
            json!({"name": "Posters", "id": project["id"], "teamId": ana.id_of("defaultTeamId")}),
        ),
        ("create-file", json!({"name": "Other", "id": file["id"], "projectId": project["id"]})),
        (
            "create-file",
            json!({"name": "Sketch", "id": file["id"], "projectId": ana.id_of("defaultProjectId")}),
        ),
    ];
    for (name, params) in refused {
        assert_eq!(ana.call(name, params.clone()).await.failure(), TAKEN, "{name} {params}");
    }
    for (name, params) in [
        ("create-team", json!({"name": "Ink", "id": team["id"]})),
        (
            "create-project",
            json!({"name": "Posters", "id": project["id"], "teamId": bo.id_of("defaultTeamId")}),
        ),
        ("create-file", json!({"name": "Sketch", "id": file["id"], "projectId": own_project})),
    ] {
        assert_eq!(bo.call(name, params.clone()).await.failure(), TAKEN, "{name} {params}");
    }
    assert_eq!(picture_in(&ana, &other, media).await.failure(), TAKEN);

    // A file that somebody has drawn in is no new one.
    let drawing = Drawing::of(&file);
    drawing.send(&ana, fresh(), 0, vec![drawing.add(1, Uuid::nil(), "rect")]).await.ok();
    let again = json!({"name": "Sketch", "id": file["id"], "projectId": project["id"]});
    assert_eq!(ana.call("create-file", again).await.failure(), TAKEN);
    let deleted = json!({"name": "Other", "id": other["id"], "projectId": project["id"]});
    ana.call("delete-file", json!({"id": other["id"]})).await.ok();
    assert_eq!(ana.call("create-file", deleted).await.failure(), TAKEN);
    app.leaves_jobs(["delete-object"]);
}

#[tokio::test]
async fn the_last_one_that_a_quota_allows_can_be_made_again() {
    let settings = Settings::default()
        .set("PENPOT_FLAGS", "enable-quotes disable-secure-session-cookies")
        .set("PENPOT_QUOTES_PROJECTS_PER_TEAM", "2");
    let app = TestApp::with(settings).await;
    let ana = app.person("ana").await;
    let params = json!({"name": "Last", "id": fresh(), "teamId": ana.id_of("defaultTeamId")});
    let first = ana.call("create-project", params.clone()).await;
    assert_eq!(told(&ana.call("create-project", params).await), told(&first));
    let params = json!({"name": "One more", "id": fresh(), "teamId": ana.id_of("defaultTeamId")});
    assert_eq!(ana.call("create-project", params).await.failure(), "400 restriction/max-quote-reached");
}
