//! A client that others wrote for Penpot: the package `penpot-mcp` as it comes from Python's package index.

use serde_json::Value as Json;
use tests::{app::TestApp, person::PASSWORD, python};

/// It logs in, reads its profile, and finds teams, projects and files, as a library and as the server it is.
#[tokio::test]
async fn it_logs_in_and_finds_its_way() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let team = ana.team("Ink").await;
    let project = ana.project(&team, "Poster").await;
    let file = ana.file_in(&project["id"], "Sketch").await;
    let base = format!("{}/api", app.base);
    let said = python::script("penpot_mcp_story.py", &[&base, &ana.email, PASSWORD]).await;
    let said: Json = serde_json::from_str(&said).unwrap_or_else(|e| panic!("{e}: {said}"));

    let library = &said["library"];
    assert_eq!(library["profileOfLogin"], ana.profile["id"], "read out of the login's transit");
    assert_eq!(library["profile"]["id"], ana.profile["id"]);
    assert_eq!(library["profile"]["email"], ana.email);
    assert_eq!(names(&library["teams"]), ["Default", "Ink"]);
    assert_eq!(library["teamsInTransit"], 2);
    assert_eq!(library["project"]["id"], project["id"]);
    assert_eq!(library["project"]["teamName"], "Ink");
    assert_eq!(library["files"][0]["id"], file["id"]);
    assert_eq!(library["file"]["name"], "Sketch");
    assert!(library["file"]["data"]["pages"].is_array(), "{}", library["file"]);
    assert_eq!(library["projectsAgain"], library["projects"], "after its session had ended");

    let server = &said["server"];
    assert_eq!(server["projects"]["projects"], library["projects"]);
    assert_eq!(server["files"]["files"], library["files"]);
    assert_eq!(server["file"], library["file"]);
}

fn names(list: &Json) -> Vec<&str> {
    list.as_array().expect("a list").iter().map(|one| one["name"].as_str().expect("a name")).collect()
}
