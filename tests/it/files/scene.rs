//! A file that two people draw in, and what they hear of each other.

use bytes::Bytes;
use domain::role::Role;
use serde_json::Value as Json;
use tests::{
    app::{Settings, TestApp},
    client::Answer,
    drawing::Drawing,
    person::Person,
};
use tokio::{sync::broadcast::Receiver, time::timeout};
use transit::value::Value;
use uuid::Uuid;

const PATIENCE: std::time::Duration = std::time::Duration::from_secs(60);

/// A file with one page that two people draw in.
pub struct Scene {
    pub app: TestApp,
    pub ana: Person,
    pub bo: Person,
    pub team: Json,
    pub drawing: Drawing,
}

impl Scene {
    pub async fn new() -> Scene {
        Self::with(Settings::default()).await
    }

    pub async fn with(settings: Settings) -> Scene {
        let app = TestApp::with(settings).await;
        let (ana, bo) = (app.person("ana").await, app.person("bo").await);
        let team = ana.team("Ink").await;
        app.join(&team, &bo, Role::Editor).await;
        let project = ana.project(&team, "Posters").await;
        let file = ana.file_in(&project["id"], "Sketch").await;
        let drawing = Drawing::of(&file);
        Scene { app, ana, bo, team, drawing }
    }

    pub async fn heard(&self, topic: Uuid) -> Receiver<Bytes> {
        self.app.app.bus.subscribe(&topic.to_string()).await
    }
}

/// The next message.
pub async fn hears(heard: &mut Receiver<Bytes>) -> Value {
    let message = timeout(PATIENCE, heard.recv()).await.expect("is told").expect("is a message");
    transit::read(&message, &transit::Limits::STORED).expect("transit")
}

/// A field that has to be there.
pub fn field<'v>(value: &'v Value, name: &str) -> &'v Value {
    value.get(name).unwrap_or_else(|| panic!("no {name} in {value:?}"))
}

/// The revision before, and those that the client had not seen.
pub fn answered(answer: &Answer) -> (i64, Vec<i64>) {
    assert!(answer.status.is_success(), "{}", answer.text());
    let answer = answer.transit();
    let lagged = field(&answer, "lagged").items().expect("a list");
    let revns = lagged.iter().map(|row| field(row, "revn").as_int().expect("a number")).collect();
    (field(&answer, "revn").as_int().expect("a number"), revns)
}
