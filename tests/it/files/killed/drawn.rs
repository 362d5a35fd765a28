//! A batch of changes: its sender sends it again under its name.

use super::{Deed, start};
use crate::files::scene::{Scene, answered};
use tests::app::TestApp;
use tests::client::{Answer, Client};
use uuid::Uuid;

pub struct Drawn {
    scene: Scene,
    revn: i64,
}

impl Drawn {
    pub async fn new() -> Drawn {
        Drawn { scene: Scene::new().await, revn: -1 }
    }

    /// The batch that makes the next revision, under its name.
    async fn send(&self, client: &Client) -> Option<Answer> {
        let drawing = self.scene.drawing;
        let id = self.shape();
        let changes = vec![drawing.add(id, Uuid::nil(), "rect")];
        drawing.try_send_named(client, Uuid::from_u128(1), self.revn, Uuid::from_u128(id), changes).await
    }

    fn shape(&self) -> u128 {
        100 + u128::try_from(self.revn).expect("a count")
    }
}

impl Deed for Drawn {
    const WORDS: &'static str = "INTO file_change";

    fn app(&self) -> &TestApp {
        &self.scene.app
    }

    async fn prepare(&mut self) {
        self.revn += 1;
    }

    async fn act(&self, uri: &str) {
        let api = start(&self.scene.app, uri, &["api", "--port", "0"]).await;
        self.send(&self.scene.ana.at(api.address())).await;
    }

    async fn is_found(&self, is_done: bool, context: &str) {
        let (app, drawing) = (&self.scene.app, self.scene.drawing);
        let (revn, children) =
            (self.revn + i64::from(is_done), drawing.children(&drawing.read(&self.scene.ana).await, 0));
        assert_eq!(app.count("SELECT revn FROM file").await, revn, "{context}");
        assert_eq!(app.count("SELECT count(*) FROM file_change").await, revn, "{context}");
        assert_eq!(i64::try_from(children.len()).ok(), Some(revn), "{context}: each shape is there once");
    }

    async fn finish(&mut self, _: bool, context: &str) {
        let answer = self.send(&self.scene.ana).await.expect("an answer");
        assert_eq!(answered(&answer), (self.revn, vec![self.revn + 1]), "{context}");
        self.is_found(true, context).await;
    }
}
