//! A file that takes over what it uses of a library: the job of a worker, which another worker does then.

use super::{Deed, start};
use crate::files::libraries::{icons, library, link};
use jobs::{Enqueue, all::absorb_library::AbsorbLibrary};
use serde_json::{Value as Json, json};
use std::time::Duration;
use tests::app::{TestApp, operator};
use tests::drawing::Drawing;
use tests::person::Person;
use uuid::Uuid;

/// A library, and a file with a copy of its component.
struct Pair {
    library: Json,
    file: Json,
}

pub struct Absorbed {
    app: TestApp,
    ana: Person,
    pair: Pair,
    pairs: i64,
}

async fn pair(ana: &Person) -> Pair {
    let (library, file) = (library(ana, "Icons").await, ana.file("Poster").await);
    icons::fill(ana, &library).await;
    link(ana, &file, &library).await;
    icons::place(ana, &file, id(&library)).await;
    Pair { library, file }
}

fn id(thing: &Json) -> Uuid {
    thing["id"].as_str().expect("an id").parse().expect("a uuid")
}

impl Absorbed {
    pub async fn new() -> Absorbed {
        let app = TestApp::start().await;
        let ana = app.person("ana").await;
        let pair = pair(&ana).await;
        Absorbed { app, ana, pair, pairs: 0 }
    }

    async fn is_pending(&self) -> bool {
        self.app.count("SELECT count(*) FROM file_library_absorption").await > 0
    }
}

impl Deed for Absorbed {
    const WORDS: &'static str = "DELETE FROM file_library_absorption WHERE";

    fn app(&self) -> &TestApp {
        &self.app
    }

    async fn prepare(&mut self) {
        self.pair = pair(&self.ana).await;
        self.pairs += 1;
        let unshared = json!({"id": self.pair.library["id"], "isShared": false});
        self.ana.call("set-file-shared", unshared).await.ok();
        assert!(self.is_pending().await);
        // Asked for at once: a worker that has just begun hears of what its own jobs ask for a second later.
        let job = AbsorbLibrary { file_id: id(&self.pair.file), library_id: id(&self.pair.library) };
        jobs::enqueue(&self.app.app.db, &operator(), &job, Enqueue::default()).await.expect("enqueues");
    }

    async fn act(&self, uri: &str) {
        let _worker = start(&self.app, uri, &["worker"]).await;
        while self.is_pending().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn is_found(&self, is_done: bool, context: &str) {
        let to = Drawing::of(&self.pair.file);
        let library = id(&self.pair.library);
        assert_eq!(icons::is_absorbed(&self.ana, to, library).await, is_done, "{context}");
        let head = self.ana.call("get-file", json!({"id": to.file})).await.ok();
        assert_eq!(head["revn"], json!(1 + i64::from(is_done)), "{context}");
        assert_eq!(self.is_pending().await, !is_done, "{context}");
        let pictures = self.app.count("SELECT count(*) FROM file_media_object").await;
        // One of each library that there was, and one of each file that has taken over.
        assert_eq!(pictures, 1 + 2 * self.pairs - i64::from(!is_done), "{context}");
    }

    /// The lease of whoever was killed ends; then another worker comes.
    async fn finish(&mut self, _: bool, context: &str) {
        let ends = "UPDATE queue.job SET lease_until = now() - interval '1 second' WHERE state = 2";
        sqlx::query(ends).execute(&self.app.app.pool).await.expect("ends");
        self.app.run_jobs().await;
        self.is_found(true, context).await;
        assert_eq!(self.app.count("SELECT count(*) FROM queue.job_dead").await, 0, "{context}");
    }
}
