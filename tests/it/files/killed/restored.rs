//! A snapshot that comes back, after one of what was there.

use super::{Deed, start};
use crate::files::past::{Past, id};
use crate::files::scene::Scene;
use tests::app::TestApp;
use transit::value::Value;
use uuid::Uuid;

pub struct Restored {
    scene: Scene,
    past: Past,
    snapshot: Uuid,
    /// What it shows.
    then: Value,
    /// What is there before it comes back.
    now: Value,
    head: (i64, i64),
    backups: usize,
}

impl Restored {
    pub async fn new() -> Restored {
        let scene = Scene::new().await;
        let (past, drawing) = (Past(scene.drawing), scene.drawing);
        past.draw(
            &scene.ana,
            vec![drawing.add(10, Uuid::nil(), "rect"), drawing.add(11, Uuid::nil(), "rect")],
        )
        .await;
        let snapshot = past.make(&scene.ana, "Then").await;
        let then = drawing.read(&scene.ana).await;
        let head = past.head(&scene.ana).await;
        Restored { scene, past, snapshot, now: then.clone(), then, head, backups: 0 }
    }
}

impl Deed for Restored {
    const WORDS: &'static str = "INTO file_snapshot";

    fn app(&self) -> &TestApp {
        &self.scene.app
    }

    /// Draws something that comes, something that is changed and something that goes.
    async fn prepare(&mut self) {
        let (ana, drawing) = (&self.scene.ana, self.scene.drawing);
        let gone = [("page-id", Value::Uuid(drawing.page)), ("id", Value::Uuid(Uuid::from_u128(11)))];
        let changes = vec![
            drawing.add(12, Uuid::nil(), "rect"),
            drawing.set(10, "name", Value::text("Other")),
            tests::drawing::change("del-obj", gone),
        ];
        self.past.draw(ana, changes).await;
        self.now = drawing.read(ana).await;
        self.head = self.past.head(ana).await;
        self.backups = self.past.of_system(ana).await.len();
    }

    async fn act(&self, uri: &str) {
        let api = start(&self.scene.app, uri, &["api", "--port", "0"]).await;
        self.past.restore(&self.scene.ana.at(api.address()), self.snapshot).await.ok();
    }

    async fn is_found(&self, is_done: bool, context: &str) {
        let (ana, past) = (&self.scene.ana, self.past);
        let (head, backups) = (past.head(ana).await, past.of_system(ana).await);
        let wanted = if is_done { &self.then } else { &self.now };
        assert!(self.scene.drawing.read(ana).await.same(wanted), "{context}");
        assert_eq!(head.0, self.head.0 + i64::from(is_done), "{context}");
        assert_eq!(head.1 != self.head.1, is_done, "{context}: those who have it open have to see that");
        assert_eq!(backups.len(), self.backups + usize::from(is_done), "{context}: a backup");
        if is_done {
            assert!(
                past.document(ana, id(&backups[0])).await.same(&self.now),
                "{context}: of what was there"
            );
        }
        assert!(past.document(ana, self.snapshot).await.same(&self.then), "{context}");
    }

    async fn finish(&mut self, is_done: bool, context: &str) {
        if !is_done {
            self.past.restore(&self.scene.ana, self.snapshot).await.ok();
        }
        self.is_found(true, context).await;
    }
}
