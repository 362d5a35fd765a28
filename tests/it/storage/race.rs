//! Everything that happens to blobs, at random and at the same time, from several connections. Afterwards no blob that
//! something refers to lacks its bytes, and none that nothing refers to outlives the sweeps.
//!
//! `ATELIER_TEST_STORAGE_SEEDS=9..50` runs other seeds; the one that failed stands in the message.

use bytes::Bytes;
use chrono::Duration;
use domain::storage::{
    self,
    bucket::FILE_MEDIA_OBJECT,
    copies,
    migrate::{self, Order},
    plan,
    put::{NewBlob, put, put_and_refer},
    reason::TouchReason,
    scrub::{self, Kind},
    sweep, why,
};
use entities::{
    file_media_object,
    ids::{FileId, MediaId, StorageObjectId},
};
use futures_util::future::join_all;
use platform::{
    app::App,
    config::environment,
    db::{Retryable as _, sql},
};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use sea_orm::{ConnectionTrait as _, EntityTrait as _, sea_query::OnConflict};
use std::{
    ops::Range,
    sync::atomic::{AtomicBool, Ordering},
};
use tests::{
    app::{Settings, TestApp, operator},
    factory::{Picture, Row as _},
};
use uuid::Uuid;

/// Tasks at a time, and what each does.
const TASKS: u64 = 5;
const STEPS: usize = 60;
/// Different contents: few, so that they meet.
const CONTENTS: u8 = 4;
/// Rows that can refer to a blob.
const HOLDERS: u128 = 6;

fn seeds() -> Range<u64> {
    let Some(text) = environment().remove("ATELIER_TEST_STORAGE_SEEDS") else { return 1..5 };
    let (first, end) = text.split_once("..").expect("seeds such as 9..50");
    first.parse().expect("a number")..end.parse().expect("a number")
}

fn wanted() -> NewBlob {
    NewBlob {
        bucket: &FILE_MEDIA_OBJECT,
        content_type: "image/png".to_owned(),
        expired_at: None,
        metadata: None,
    }
}

fn content(number: u8) -> Bytes {
    Bytes::from(vec![number; 1000 + usize::from(number)])
}

/// A refusal, or what is tried again: [`Retryable`]. Anything else is a fault. Texts tell nothing.
fn expected<T>(outcome: domain::error::Result<T>, what: &str, seed: u64) -> Option<T> {
    match outcome {
        Ok(value) => Some(value),
        Err(domain::Error::NotFound | domain::Error::Refused { .. }) => None,
        Err(error) if error.is_retryable() => None,
        Err(error) => panic!("seed {seed}: {what}: {error:?}"),
    }
}

struct World {
    app: App,
    file: FileId,
    seed: u64,
}

impl World {
    async fn step(&self, rng: &mut StdRng) {
        let (now, app) = (self.app.now(), &self.app);
        let (soon, late) = (now + Duration::hours(3), now + Duration::days(10));
        let what = rng.random_range(0..15);
        let done = match what {
            0..4 => self.upload_and_link(rng).await,
            4 => self.store(rng).await.map(|_| ()),
            5 => self.unlink(rng).await,
            6 => self.touch(rng).await,
            7 => sweep::collect_touched_batch(app, soon).await.map(|_| ()),
            8 => sweep::collect_deleted_batch(app, late).await.map(|_| ()),
            9 => self.restore(rng).await,
            10 => self.migrate(rng).await,
            11 => copies::clear_batch(app, late).await.map(|_| ()),
            12..14 => self.read(rng).await,
            _ => self.plan_and_apply(rng).await,
        };
        expected(done, &format!("step {what}"), self.seed);
    }

    async fn store(&self, rng: &mut StdRng) -> domain::error::Result<StorageObjectId> {
        let bytes = content(rng.random_range(0..CONTENTS));
        Ok(put(&self.app, bytes, wanted(), self.app.now()).await?.id)
    }

    /// As an upload does it; much can happen between its two steps, the first time.
    async fn upload_and_link(&self, rng: &mut StdRng) -> domain::error::Result<()> {
        let holder = Uuid::from_u128(rng.random_range(1..=HOLDERS));
        let (what, bytes) = (rng.random_range(0..4), content(rng.random_range(0..CONTENTS)));
        let is_first = AtomicBool::new(true);
        let store = || async {
            let id = put(&self.app, bytes.clone(), wanted(), self.app.now()).await?.id;
            if is_first.swap(false, Ordering::Relaxed) {
                self.meanwhile(what).await?;
            }
            Ok(id)
        };
        put_and_refer(store, |id| async move {
            let tx = platform::db::begin(&self.app.db).await?;
            storage::hold(&tx, &[id], self.app.now()).await?;
            let picture = Picture { id: MediaId(holder), file: self.file, blob: id };
            let once = OnConflict::column(file_media_object::Column::Id).do_nothing().to_owned();
            let written = file_media_object::Entity::insert(picture.row()).on_conflict(once);
            written.exec_without_returning(&tx).await?;
            Ok(tx.commit().await?)
        })
        .await
    }

    async fn meanwhile(&self, what: u8) -> domain::error::Result<()> {
        let (soon, late) = (self.app.now() + Duration::hours(3), self.app.now() + Duration::days(10));
        if what < 2 {
            sweep::collect_touched_batch(&self.app, soon).await?;
        }
        if what == 1 {
            sweep::collect_deleted_batch(&self.app, late).await?;
        }
        Ok(())
    }

    /// As purging a picture does it.
    async fn unlink(&self, rng: &mut StdRng) -> domain::error::Result<()> {
        let holder = Uuid::from_u128(rng.random_range(1..=HOLDERS));
        let gone = "WITH gone AS (DELETE FROM file_media_object WHERE id = $1 RETURNING media_id)
                    UPDATE storage_object SET touched_at = $2, touched_by = 'unlinked'
                     WHERE deleted_at IS NULL AND id IN (SELECT media_id FROM gone)";
        self.app.db.execute_raw(sql(gone, [holder.into(), self.app.now().into()])).await?;
        Ok(())
    }

    /// A blob that something refers to is there, whole, at every moment.
    async fn read(&self, rng: &mut StdRng) -> domain::error::Result<()> {
        let holder = Uuid::from_u128(rng.random_range(1..=HOLDERS));
        // It may be forgotten, or moved and moved back, between a look and the reading; not again and again.
        let mut seen = vec![];
        for _ in 0..5 {
            let Some((id, backend, alive)) = self.used_by(holder).await else { return Ok(()) };
            assert!(alive, "seed {}: blob {id} is referred to, and not alive", self.seed);
            match self.app.blobs.read_all(&backend, id, 1 << 20).await {
                Ok(bytes) if (0..CONTENTS).any(|number| content(number) == bytes) => return Ok(()),
                other => seen.push((
                    id,
                    backend,
                    other.map(|bytes| bytes.len()).map_err(|error| error.to_string()),
                )),
            }
        }
        panic!("seed {}: {seen:?}", self.seed);
    }

    async fn used_by(&self, holder: Uuid) -> Option<(Uuid, String, bool)> {
        let sql = "SELECT o.id, o.backend, o.state = 'valid' AND o.deleted_at IS NULL
                     FROM file_media_object m JOIN storage_object o ON o.id = m.media_id WHERE m.id = $1";
        sqlx::query_as(sql).bind(holder).fetch_optional(&self.app.pool).await.expect("reads")
    }

    async fn some_blob(&self, rng: &mut StdRng) -> domain::error::Result<Option<StorageObjectId>> {
        let filter = storage::Filter { limit: 100, ..storage::Filter::default() };
        let all = storage::list(&self.app.db, filter).await?;
        Ok((!all.is_empty()).then(|| all[rng.random_range(0..all.len())].id))
    }

    async fn touch(&self, rng: &mut StdRng) -> domain::error::Result<()> {
        let Some(id) = self.some_blob(rng).await? else { return Ok(()) };
        storage::touch(&self.app.db, &[id], &TouchReason::FoundUnused, self.app.now()).await
    }

    async fn restore(&self, rng: &mut StdRng) -> domain::error::Result<()> {
        let Some(id) = self.some_blob(rng).await? else { return Ok(()) };
        match why::restore(&self.app, &operator(), id, self.app.now()).await {
            Err(why::RestoreError::Failed(error)) => Err(error),
            _ => Ok(()),
        }
    }

    async fn migrate(&self, rng: &mut StdRng) -> domain::error::Result<()> {
        let (from, to) = if rng.random() { ("fs", "db") } else { ("db", "fs") };
        let order = Order { from: from.to_owned(), to: to.to_owned(), bucket: None };
        let mut after = StorageObjectId(Uuid::nil());
        let moved = migrate::move_batch(&self.app, &operator(), &order, &mut after, self.app.now()).await?;
        // A blob that is removed while it is moved may fail to be read; it must not fail otherwise, and the end tells.
        assert!(moved.failed <= moved.seen);
        Ok(())
    }

    async fn plan_and_apply(&self, rng: &mut StdRng) -> domain::error::Result<()> {
        let late = self.app.now() + Duration::days(if rng.random() { 1 } else { 10 });
        let made = plan::make(&self.app.db, late).await?;
        tokio::task::yield_now().await;
        plan::apply(&self.app, &operator(), &made.items, late).await.map(|_| ())
    }

    /// Sweeps until nothing is left to do.
    async fn settle(&self) {
        let now = self.app.now();
        for days in [1, 12, 24] {
            let later = now + Duration::days(days);
            while sweep::collect_touched_batch(&self.app, later).await.expect("sweeps").seen > 0 {}
            while sweep::collect_deleted_batch(&self.app, later).await.expect("sweeps").seen > 0 {}
            while copies::clear_batch(&self.app, later).await.expect("clears").seen > 0 {}
        }
    }
}

/// Rows that refer to a blob which is not there, hidden, or whose bytes are not those of its row.
async fn check_references(app: &TestApp, seed: u64) {
    let sql = "SELECT o.id, o.backend, o.size, o.sha256, o.state = 'valid' AND o.deleted_at IS NULL
                 FROM file_media_object m JOIN storage_object o ON o.id = m.media_id";
    let rows: Vec<(Uuid, String, i64, String, bool)> =
        sqlx::query_as(sql).fetch_all(&app.app.pool).await.expect("reads");
    for (id, backend, size, sha256, alive) in rows {
        assert!(alive, "seed {seed}: blob {id} is referred to, and not alive");
        let read = app.app.blobs.read_all(&backend, id, 1 << 20).await;
        let bytes = read.unwrap_or_else(|error| panic!("seed {seed}: blob {id}: {error}"));
        let is_whole = (0..CONTENTS).any(|number| content(number) == bytes);
        assert!(
            is_whole && bytes.len() as i64 == size && !sha256.is_empty(),
            "seed {seed}: blob {id} is damaged"
        );
    }
}

async fn check_the_rest(app: &TestApp, seed: u64) {
    let unused = "SELECT count(*) FROM storage_object o
                   WHERE NOT EXISTS (SELECT 1 FROM file_media_object WHERE media_id = o.id)";
    assert_eq!(app.count(unused).await, 0, "seed {seed}: rows that nothing refers to");
    assert_eq!(app.count("SELECT count(*) FROM storage_copy").await, 0, "seed {seed}");
    let in_table = app.count("SELECT count(*) FROM storage_blob").await;
    let rows = app.count("SELECT count(*) FROM storage_object").await;
    assert_eq!(rows, in_table + app.blobs().len() as i64, "seed {seed}: bytes without rows");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_used_is_lost_and_nothing_unused_stays() {
    for seed in seeds() {
        let app = TestApp::with(Settings::default()).await;
        let ana = app.person("ana").await;
        let file = ana.file("Sketch").await["id"].as_str().expect("an id").parse().expect("a uuid");
        let world = World { app: app.app.clone(), file, seed };
        let tasks = (0..TASKS).map(|task| {
            let world = &world;
            async move {
                let mut rng = StdRng::seed_from_u64(seed * TASKS + task);
                for _ in 0..STEPS {
                    world.step(&mut rng).await;
                }
            }
        });
        let scrubbing = async {
            let mut scrub = scrub::begin(&app.app, 1, true, Kind::ALL, app.app.now()).await.expect("begins");
            while !scrub.is_done() {
                let late = app.app.now() + Duration::days(2);
                scrub::step(&app.app, Some(&operator()), &mut scrub, late).await.expect("scrubs");
            }
        };
        tokio::join!(join_all(tasks), scrubbing);
        check_references(&app, seed).await;
        let wrong = "SELECT count(*) FROM storage_finding WHERE kind IN ('missing', 'size', 'hash')";
        assert_eq!(app.count(wrong).await, 0, "seed {seed}: a scrub saw a valid row without its bytes");
        world.settle().await;
        check_references(&app, seed).await;
        check_the_rest(&app, seed).await;
    }
}
