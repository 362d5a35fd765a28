//! A file that its owner, an editor and a viewer talk about.

use domain::role::Role;
use entities::ids::FileId;
use serde_json::{Value as Json, json};
use tests::{
    app::{Settings, TestApp},
    client::{Answer, Client},
    person::Person,
};
use uuid::Uuid;

pub struct Scene {
    pub app: TestApp,
    /// Owns the team.
    pub ana: Person,
    /// May edit.
    pub bo: Person,
    /// May look.
    pub cy: Person,
    pub team: Json,
    pub project: Json,
    pub file: Json,
}

impl Scene {
    pub async fn new() -> Scene {
        Self::with(Settings::default()).await
    }

    pub async fn with(settings: Settings) -> Scene {
        let app = TestApp::with(settings).await;
        let (ana, bo, cy) = (app.person("ana").await, app.person("bo").await, app.person("cy").await);
        let team = ana.team("Ink").await;
        app.join(&team, &bo, Role::Editor).await;
        app.join(&team, &cy, Role::Viewer).await;
        let project = ana.project(&team, "Posters").await;
        let file = ana.file_in(&project["id"], "Sketch").await;
        Scene { app, ana, bo, cy, team, project, file }
    }

    pub fn page(&self) -> Uuid {
        id(&self.file["data"]["pages"][0])
    }

    pub fn file_id(&self) -> FileId {
        FileId(id(&self.file["id"]))
    }

    /// What a thread is begun with on the file's first page.
    pub fn new_thread(&self, content: &str) -> Json {
        json!({
            "fileId": self.file["id"], "pageId": self.page(), "frameId": Uuid::nil(),
            "position": {"x": 10.5, "y": -3}, "content": content,
        })
    }

    pub async fn begin(&self, by: &Person, content: &str) -> Json {
        by.call("create-comment-thread", self.new_thread(content)).await.ok()
    }

    pub async fn threads(&self, of: &Client) -> Vec<Json> {
        list(&of.call("get-comment-threads", json!({"fileId": self.file["id"]})).await)
    }

    pub async fn unread(&self, of: &Client) -> Vec<(Json, Json)> {
        let found = list(&of.call("get-unread-comment-threads", json!({"teamId": self.team["id"]})).await);
        found.iter().map(|one| (one["content"].clone(), one["countUnreadComments"].clone())).collect()
    }
}

pub async fn answer(by: &Client, thread: &Json, content: &str) -> Json {
    by.call("create-comment", json!({"threadId": thread["id"], "content": content})).await.ok()
}

/// What is said in a thread, in order.
pub async fn said(by: &Client, thread: &Json) -> Vec<Json> {
    let found = list(&by.call("get-comments", json!({"threadId": thread["id"]})).await);
    found.iter().map(|one| one["content"].clone()).collect()
}

pub fn list(answer: &Answer) -> Vec<Json> {
    answer.ok().as_array().expect("a list").clone()
}

pub fn id(json: &Json) -> Uuid {
    json.as_str().expect("an id").parse().expect("a uuid")
}
