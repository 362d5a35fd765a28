//! Teams, projects and files of one person.

use serde_json::json;
use tests::app::TestApp;

#[tokio::test]
async fn a_new_profile_has_a_team_and_drafts() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let teams = ana.call("get-teams", json!({})).await.ok();
    assert_eq!(teams.as_array().map(Vec::len), Some(1));
    assert_eq!(teams[0]["isDefault"], true);
    assert_eq!(teams[0]["id"], ana.profile["defaultTeamId"]);
    assert_eq!(teams[0]["permissions"]["isOwner"], true);
    let projects = ana.call("get-projects", json!({"teamId": teams[0]["id"]})).await.ok();
    assert_eq!(projects[0]["name"], "Drafts");
    assert_eq!(projects[0]["isDefault"], true);
    assert_eq!(projects[0]["id"], ana.profile["defaultProjectId"]);
}

#[tokio::test]
async fn names_have_limits() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    for name in ["", "   ", "a:b", "a.b", "a/b", "x".repeat(251).as_str()] {
        let answer = ana.call("create-team", json!({"name": name})).await;
        assert_eq!(answer.failure(), "400 validation/params-validation", "{name:?}");
    }
    let team = ana.team("Ink").await;
    assert_eq!(team["isDefault"], false);
    assert!(team["defaultProjectId"].is_string());
    for name in ["", "x".repeat(251).as_str()] {
        let answer = ana.call("create-project", json!({"teamId": team["id"], "name": name})).await;
        assert_eq!(answer.failure(), "400 validation/params-validation", "{name:?}");
    }
}

#[tokio::test]
async fn files_are_listed_renamed_and_read() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let team = ana.team("Ink").await;
    let project = ana.project(&team, "Poster").await;
    assert_eq!(project["isPinned"], false);
    let file = ana.file_in(&project["id"], "Sketch").await;
    assert_eq!((&file["revn"], &file["vern"]), (&0.into(), &0.into()));
    assert_eq!(file["data"]["pages"].as_array().map(Vec::len), Some(1));

    let renamed = ana.call("rename-file", json!({"id": file["id"], "name": "Sketch 2"})).await.ok();
    assert_eq!(renamed["name"], "Sketch 2");
    let listed = ana.call("get-project-files", json!({"projectId": project["id"]})).await.ok();
    assert_eq!(listed[0]["name"], "Sketch 2");
    let read = ana.call("get-file", json!({"id": file["id"]})).await;
    let body = read.ok();
    assert_eq!(body["permissions"]["canEdit"], true);
    let page = body["data"]["pages"][0].as_str().expect("page id").to_owned();
    assert_eq!(body["data"]["pagesIndex"][&page]["name"], "Page 1");

    let all = ana.call("get-all-projects", json!({})).await.ok();
    let names: Vec<_> =
        all.as_array().expect("list").iter().map(|p| p["name"].as_str().expect("name")).collect();
    assert_eq!(names, ["Drafts", "Drafts", "Poster"]);
    let projects = ana.call("get-projects", json!({"teamId": team["id"]})).await.ok();
    let poster = projects.as_array().expect("list").iter().find(|p| p["name"] == "Poster").expect("is there");
    assert_eq!(poster["count"], 1);
}

#[tokio::test]
async fn an_unchanged_file_is_not_sent_again() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let file = ana.file("Sketch").await;
    let path = format!("/api/main/methods/get-file?_fmt=json&id={}", file["id"].as_str().expect("id"));
    let first = ana.get(&path).await;
    let tag = first.header("etag").to_owned();
    assert!(tag.starts_with("W/\""), "{tag}");
    let again =
        ana.request(reqwest::Method::GET, &path).header("if-none-match", &tag).send().await.expect("answer");
    assert_eq!(again.status().as_u16(), 304);
    ana.call("rename-file", json!({"id": file["id"], "name": "Other"})).await.ok();
    let changed =
        ana.request(reqwest::Method::GET, &path).header("if-none-match", &tag).send().await.expect("answer");
    assert_eq!(changed.status().as_u16(), 200);
}

#[tokio::test]
async fn default_things_stay() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let team = ana.call("delete-team", json!({"id": ana.profile["defaultTeamId"]})).await;
    assert_eq!(team.failure(), "400 validation/non-deletable-team");
    let project = ana.call("delete-project", json!({"id": ana.profile["defaultProjectId"]})).await;
    assert_eq!(project.failure(), "400 validation/non-deletable-project");
}

#[tokio::test]
async fn a_deleted_team_takes_everything_with_it() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let team = ana.team("Ink").await;
    let project = ana.project(&team, "Poster").await;
    let file = ana.file_in(&project["id"], "Sketch").await;
    ana.upload_picture(&file["id"], "a.png", "image/png", tests::picture::png(200, 200, 1)).await.ok();
    ana.call("delete-team", json!({"id": team["id"]})).await.ok();
    for (method, params) in [
        ("get-file", json!({"id": file["id"]})),
        ("get-project-files", json!({"projectId": project["id"]})),
        ("get-projects", json!({"teamId": team["id"]})),
    ] {
        assert_eq!(ana.call(method, params).await.failure(), "404 not-found/object-not-found", "{method}");
    }
    app.run_jobs().await;
    assert_eq!(app.count("SELECT count(*) FROM file WHERE deleted_at IS NULL").await, 0);
    assert_eq!(app.count("SELECT count(*) FROM file_media_object WHERE deleted_at IS NULL").await, 0);
}
