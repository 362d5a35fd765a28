//! Random pasts: whatever is drawn, kept, looked at, brought back and swept, every snapshot shows what was.

use super::past::{Past, id};
use super::scene::{Scene, field};
use chrono::Duration;
use jobs::all::{file_snapshot_gc::FileSnapshotGc, objects_gc::ObjectsGc};
use rand::{RngExt, SeedableRng, rngs::StdRng};
use serde_json::json;
use std::collections::BTreeMap;
use tests::drawing::{self, Drawing};
use transit::value::Value;
use uuid::Uuid;

const SEEDS: u64 = 3;
const STEPS: usize = 45;
/// Ids of shapes and pages are few, so that they come again.
const SHAPES: u128 = 12;
const PAGES: u128 = 3;

fn key(n: u128) -> Value {
    Value::Uuid(Uuid::from_u128(n))
}

/// A change that may be refused, of shapes, pages or colours.
fn change(random: &mut StdRng, first: Drawing) -> Value {
    let page_id = match random.random_range(0..PAGES + 1) {
        0 => first.page,
        n => Uuid::from_u128(500 + n),
    };
    let page = Drawing { page: page_id, ..first };
    let (shape, parent) = (random.random_range(10..10 + SHAPES), random.random_range(10..10 + SHAPES));
    let parent = if random.random_bool(0.5) { Uuid::nil() } else { Uuid::from_u128(parent) };
    let name = Value::text(&format!("Name {}", random.random_range(0..1000)));
    match random.random_range(0..12) {
        0..4 => page.add(shape, parent, if random.random_bool(0.5) { "frame" } else { "rect" }),
        4..6 => page.set(shape, "name", name),
        6 => page.moved(shape, parent),
        7 => drawing::change("del-obj", [("page-id", Value::Uuid(page_id)), ("id", key(shape))]),
        8 => drawing::change("add-page", [("id", Value::Uuid(page_id)), ("name", name)]),
        9 => drawing::change("del-page", [("id", key(500 + random.random_range(1..=PAGES)))]),
        10 => {
            let color =
                [("id", key(random.random_range(1..4))), ("name", name), ("color", Value::text("#00ff00"))];
            drawing::change("add-color", [("color", Value::map(color))])
        }
        _ => drawing::change("del-color", [("id", key(random.random_range(1..4)))]),
    }
}

/// A file, and what the snapshots of it should show.
struct Model<'s> {
    scene: &'s Scene,
    past: Past,
    now: Value,
    shown: BTreeMap<Uuid, Value>,
}

impl Model<'_> {
    async fn step(&mut self, random: &mut StdRng, context: &str) {
        let (ana, past) = (&self.scene.ana, self.past);
        match random.random_range(0..20) {
            0..13 => {
                let changes = (0..random.random_range(1..5)).map(|_| change(random, past.0)).collect();
                let head = past.head(ana).await;
                // Some are refused, and change nothing then.
                let answer = past.send(ana, head, changes).await;
                assert!(answer.status.as_u16() <= 400, "{context}: {}", answer.text());
                let drawn = past.0.read(ana).await;
                assert!(
                    answer.status.is_success() || drawn.same(&self.now),
                    "{context}: refused, and changed"
                );
                self.now = drawn;
            }
            13..16 => {
                let made = past.make(ana, context).await;
                self.shown.insert(made, self.now.clone());
            }
            16..18 => {
                let Some(snapshot) = self.any(random) else { return };
                let before = self.now.clone();
                past.restore(ana, snapshot).await.ok();
                let backup = id(&past.list(ana).await[0]);
                self.shown.insert(backup, before);
                self.now = self.shown[&snapshot].clone();
            }
            18 => {
                let Some(snapshot) = self.any(random) else { return };
                // One of the system stays, and goes with its time.
                ana.call("delete-file-snapshot", json!({"id": snapshot})).await;
            }
            _ => self.sweep(context).await,
        }
    }

    /// One that is there.
    fn any(&self, random: &mut StdRng) -> Option<Uuid> {
        let known: Vec<Uuid> = self.shown.keys().copied().collect();
        (!known.is_empty()).then(|| known[random.random_range(0..known.len())])
    }

    /// A week later; what is left are those that people made.
    async fn sweep(&mut self, context: &str) {
        let app = &self.scene.app;
        app.run_job_later(FileSnapshotGc {}, Duration::days(8)).await;
        app.run_job_later(ObjectsGc {}, Duration::zero()).await;
        let listed: Vec<Uuid> = self.past.list(&self.scene.ana).await.iter().map(id).collect();
        self.shown.retain(|snapshot, _| listed.contains(snapshot));
        assert_eq!(self.shown.len(), listed.len(), "{context}");
        let unshown =
            "SELECT count(*) FROM file_container c JOIN file_part_archive o ON o.container_id = c.id
                        WHERE NOT EXISTS (SELECT 1 FROM file_snapshot s WHERE s.file_id = c.file_id
                                             AND s.revn >= o.since AND s.revn < o.until)";
        assert_eq!(app.count(unshown).await, 0, "{context}: what nothing shows is gone");
    }

    async fn check(&mut self, context: &str) {
        let (ana, past) = (&self.scene.ana, self.past);
        let read = past.0.read(ana).await;
        assert!(read.same(&self.now), "{context}\n own: {read:?}\nwant: {:?}", self.now);
        let listed: Vec<Uuid> = past.list(ana).await.iter().map(id).collect();
        // Those that were deleted in this step.
        self.shown.retain(|snapshot, _| listed.contains(snapshot));
        for (snapshot, document) in &self.shown {
            let shown = past.document(ana, *snapshot).await;
            assert!(shown.same(document), "{context}: {snapshot}\n own: {shown:?}\nwant: {document:?}");
        }
    }
}

#[tokio::test]
async fn every_snapshot_shows_what_was() {
    for seed in 0..SEEDS {
        let scene = Scene::new().await;
        let past = Past(scene.drawing);
        let now = past.0.read(&scene.ana).await;
        let mut model = Model { scene: &scene, past, now, shown: BTreeMap::new() };
        let mut random = StdRng::seed_from_u64(seed);
        for step in 0..STEPS {
            let context = format!("seed {seed}, step {step}");
            model.step(&mut random, &context).await;
            model.check(&context).await;
        }
        for snapshot in model.shown.keys() {
            scene.ana.call("delete-file-snapshot", json!({"id": snapshot})).await;
        }
        model.sweep("at the end").await;
        model.check("at the end").await;
        let app = &scene.app;
        assert_eq!(app.count("SELECT count(*) FROM file_part_archive").await, 0);
        assert_eq!(app.count("SELECT count(*) FROM file WHERE pinned_revn >= 0").await, 0);
        assert_eq!(app.count("SELECT count(*) FROM file WHERE unswept_since IS NOT NULL").await, 0);
        let pages = field(&model.now, "pages").items().expect("pages").len();
        let pages = i64::try_from(pages).expect("few");
        assert_eq!(
            app.count("SELECT count(*) FROM file_container").await,
            pages + 1,
            "and no page is left over"
        );
    }
}
