//! The house that people draw in: two API processes behind lines that lose calls, a worker, and what else is done.

use super::lines::Lines;
use crate::files::libraries::{icons, library, link};
use crate::files::past::Past;
use crate::files::scene::Scene;
use serde_json::{Value as Json, json};
use std::fmt::{Display, Formatter};
use tests::drawing::change;
use tests::faults::{Fault, FaultProxy};
use tests::process::{self, Running};
use transit::value::Value;
use uuid::Uuid;

/// One call of so many goes wrong: lost on its way, cut before the server has answered, after, and in its answer.
const NTH: usize = 20;
const FAULTS: [Fault; 5] = [Fault::Lost, Fault::Cut(1), Fault::Half, Fault::Cut(700), Fault::Cut(0)];
/// The page on which random changes are.
const PAGE: Uuid = Uuid::from_u128(100);

/// A process, and the proxy before it.
struct Api {
    running: Option<Running>,
    proxy: FaultProxy,
}

pub struct House {
    pub scene: Scene,
    /// What snapshots were called that somebody made.
    pub labels: Vec<String>,
    apis: [Api; 2],
    worker: Option<Running>,
    library: Json,
    errands: Lines,
    kills: usize,
    deleted: i64,
}

/// Starts a process of the installation.
async fn start(scene: &Scene, words: &[&str]) -> Running {
    let data = scene.app.directory().display().to_string();
    let settings = [
        ("PENPOT_DATABASE_URI", scene.app.database.uri.as_str()),
        ("ATELIER_DATA_DIR", &data),
        ("PENPOT_SECRET_KEY", "a secret that only tests have"),
        ("PENPOT_FLAGS", "enable-access-tokens disable-secure-session-cookies"),
    ];
    process::start(words, &settings).await
}

impl Api {
    async fn start(scene: &Scene) -> Api {
        let running = start(scene, &["api", "--port", "0"]).await;
        let proxy = FaultProxy::before(running.address()).await;
        proxy.break_each(NTH, &FAULTS);
        Api { running: Some(running), proxy }
    }
}

impl House {
    /// With a file that uses a library and has a page for random changes.
    pub async fn new() -> House {
        let scene = Scene::new().await;
        let (ana, drawing) = (&scene.ana, scene.drawing);
        let library = library(ana, "Icons").await;
        icons::fill(ana, &library).await;
        let file = json!({"id": drawing.file, "data": {"pages": [drawing.page]}});
        link(ana, &file, &library).await;
        icons::place(ana, &file, super::id(&library)).await;
        let page = [("id", Value::Uuid(PAGE)), ("name", Value::text("Chance"))];
        Past(drawing).draw(ana, vec![change("add-page", page)]).await;
        let apis = [Api::start(&scene).await, Api::start(&scene).await];
        let worker = Some(start(&scene, &["worker"]).await);
        let errands = Lines::of(ana, apis.each_ref().map(|api| api.proxy.endpoint.as_str()));
        House { scene, labels: vec![], apis, worker, library, errands, kills: 0, deleted: 0 }
    }

    /// Where the processes are reached.
    pub fn doors(&self) -> [&str; 2] {
        self.apis.each_ref().map(|api| api.proxy.endpoint.as_str())
    }

    /// The file's revision and its document, seen over a steady line.
    pub async fn document(&self) -> (i64, Value) {
        let (ana, drawing) = (&self.scene.ana, self.scene.drawing);
        (Past(drawing).head(ana).await.0, drawing.read(ana).await)
    }

    /// What else is to be done: a file is thrown away, a snapshot made, and once the library is not published any more.
    pub async fn errands(&mut self) {
        let file = self.scene.ana.file("Draft").await;
        let label = format!("Of round {}", self.kills);
        let mut errands = vec![
            ("delete-file", json!({"id": file["id"]})),
            ("create-file-snapshot", json!({"fileId": self.scene.drawing.file, "label": label})),
        ];
        if self.kills == 1 {
            errands.push(("set-file-shared", json!({"id": self.library["id"], "isShared": false})));
        }
        for (name, params) in errands {
            let answer = self.errands.call(name, &params).await;
            // Who asks again finds it gone.
            let is_done =
                answer.status.is_success() || name == "delete-file" && answer.status.as_u16() == 404;
            assert!(is_done, "{name}: {}", answer.text());
        }
        self.labels.push(label);
        self.deleted += 1;
    }

    /// Kills one of the processes, the other one next time, and starts it again.
    pub async fn kill_one(&mut self) {
        let api = &mut self.apis[self.kills % 2];
        api.running.take().expect("runs").kill().await;
        let again = start(&self.scene, &["api", "--port", "0"]).await;
        api.proxy.move_to(again.address());
        api.running = Some(again);
        self.kills += 1;
    }

    /// The worker ends what it does, and what it had not begun is done.
    pub async fn close(&mut self) {
        assert!(self.worker.take().expect("runs").terminate().await.success());
        self.scene.app.run_jobs().await;
    }

    /// Every job was done, and did once what it was for.
    pub async fn jobs_are_done(&self) {
        let (app, ana) = (&self.scene.app, &self.scene.ana);
        assert_eq!(app.count("SELECT count(*) FROM queue.job_dead").await, 0);
        assert_eq!(app.count("SELECT count(*) FROM file WHERE deleted_at IS NOT NULL").await, self.deleted);
        let done = "SELECT count(*) FROM queue.job_done WHERE kind = 'delete-object'";
        assert_eq!(app.count(done).await, self.deleted, "a job for each file");
        assert!(icons::is_absorbed(ana, self.scene.drawing, super::id(&self.library)).await);
        let absorbed =
            "SELECT count(*) FROM file_change WHERE profile_id = '00000000-0000-0000-0000-000000000000'";
        assert_eq!(app.count(absorbed).await, 1, "once");
    }
}

impl Display for House {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        let calls: usize = self.apis.iter().map(|api| api.proxy.requests()).sum();
        let (cut, kills, files) = (calls / NTH, self.kills, self.deleted);
        write!(f, "{calls} calls, about {cut} of them cut, {kills} kills, {files} files thrown away")
    }
}
