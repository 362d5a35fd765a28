//! A process that is killed between each two steps of storing, removing and moving a blob. Whatever it leaves is
//! finished by the sweeps, and a scrub finds no row without its bytes and no bytes without a row.
//!
//! Steps in the database are held by a trigger that waits for a lock of the test's; steps in the bucket by a proxy. A
//! held statement is then lost (its connection is ended) or goes through although nobody hears of it any more.

use chrono::Duration;
use entities::ids::StorageObjectId;
use jobs::{
    Enqueue,
    all::{
        storage_gc_deleted::StorageGcDeleted, storage_gc_touched::StorageGcTouched,
        storage_migrate::StorageMigrate,
    },
};
use serde_json::Value as Json;
use sqlx::{Connection, PgConnection};
use tests::{
    app::{Settings, TestApp, operator},
    client::Client,
    faults::{Fault, FaultProxy},
    person::Person,
    picture,
    process::{self, Running},
    s3::S3Server,
};

const SECRET: &str = "a secret that only tests have";
const LOCK: i64 = 4711;
/// Long enough for any machine.
const PATIENCE: std::time::Duration = std::time::Duration::from_secs(120);

/// Where a process is held.
#[derive(Debug, Clone, Copy)]
enum Point {
    /// Before a statement on a table is carried out; the condition is about `old` and `new`.
    Sql(&'static str, &'static str, &'static str),
    /// At a request to the bucket.
    Bucket(&'static str, Fault),
}

struct House {
    server: S3Server,
    proxy: FaultProxy,
    app: TestApp,
    ana: Person,
    file: Json,
}

impl House {
    async fn new() -> House {
        let server = S3Server::start().await;
        let proxy = FaultProxy::before(&server.endpoint).await;
        let app = TestApp::with(Settings::default().in_bucket(&server)).await;
        let ana = app.person("ana").await;
        let file = ana.file("Sketch").await;
        House { server, proxy, app, ana, file }
    }

    /// A process of the same installation, which sees the bucket through the proxy.
    async fn process(&self, words: &[&str]) -> Running {
        let data = self.app.directory().display().to_string();
        let settings = [
            ("PENPOT_DATABASE_URI", self.app.database.uri.as_str()),
            ("ATELIER_DATA_DIR", &data),
            ("PENPOT_SECRET_KEY", SECRET),
            ("PENPOT_FLAGS", "enable-access-tokens disable-secure-session-cookies"),
        ];
        let bucket = self.server.variables(&self.proxy.endpoint);
        let bucket = bucket.iter().map(|(name, value)| (*name, value.as_str()));
        let settings: Vec<(&str, &str)> = settings.into_iter().chain(bucket).collect();
        process::start(words, &settings).await
    }

    async fn upload(&self, through: &Client) -> Option<Json> {
        let mut client = through.clone();
        client.cookie.clone_from(&self.ana.cookie);
        let id = self.file["id"].as_str().expect("an id");
        let fields = [("file-id", id.to_owned()), ("is-local", "true".to_owned()), ("name", "a".to_owned())];
        let bytes = picture::png(20, 20, 1);
        let part = tests::client::FilePart { field: "content", name: "a", mtype: "image/png", bytes };
        client.try_upload("upload-file-media-object", &fields, part).await
    }

    async fn sql(&self, text: &str) {
        let done = sqlx::raw_sql(sqlx::AssertSqlSafe(text.to_owned())).execute(&self.app.app.pool).await;
        done.unwrap_or_else(|error| panic!("{text}: {error}"));
    }

    /// The sweeps as time would run them, then a look at everything.
    async fn is_whole(&self, what: &str) {
        self.proxy.heal();
        self.sql("DELETE FROM queue.job").await;
        self.app.is_sound(what).await;
        let rows = self.app.count("SELECT count(*) FROM storage_object").await;
        let used = self.app.count("SELECT count(DISTINCT media_id) FROM file_media_object").await;
        let bytes = self.server.count() as i64 + self.app.count("SELECT count(*) FROM storage_blob").await;
        assert_eq!((rows, bytes), (used, used), "{what}: rows and bytes, for so many in use");
    }
}

/// Holds whoever comes to a point.
struct Trap {
    point: Point,
    keeper: PgConnection,
}

impl Trap {
    async fn set(house: &House, point: Point) -> Trap {
        let mut keeper = PgConnection::connect(&house.app.database.uri).await.expect("connects");
        match point {
            Point::Bucket(method, fault) => house.proxy.break_next(method, 1, fault),
            Point::Sql(table, event, condition) => {
                sqlx::query("SELECT pg_advisory_lock($1)")
                    .bind(LOCK)
                    .execute(&mut keeper)
                    .await
                    .expect("locks");
                house
                    .sql(&format!(
                        "CREATE FUNCTION held() RETURNS trigger LANGUAGE plpgsql AS $$
                         BEGIN
                           PERFORM pg_advisory_xact_lock({LOCK});
                           RETURN CASE TG_OP WHEN 'DELETE' THEN old ELSE new END;
                         END $$;
                         CREATE TRIGGER held BEFORE {event} ON {table} FOR EACH ROW WHEN ({condition})
                         EXECUTE FUNCTION held()"
                    ))
                    .await;
            }
        }
        Trap { point, keeper }
    }

    /// Waits until somebody is held.
    async fn caught(&mut self, house: &House) {
        let caught = async {
            match self.point {
                Point::Bucket(..) => house.proxy.holds().await,
                Point::Sql(..) => while self.waiting().await.is_empty() {},
            }
        };
        tokio::time::timeout(PATIENCE, caught)
            .await
            .unwrap_or_else(|_| panic!("nobody came to {:?}", self.point));
    }

    async fn waiting(&mut self) -> Vec<i32> {
        let sql = "SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND objid = $1::bigint::oid AND NOT granted";
        sqlx::query_scalar(sql).bind(LOCK).fetch_all(&mut self.keeper).await.expect("asks")
    }

    /// Lets the held statement go through, or ends it.
    async fn open(mut self, house: &House, is_lost: bool) {
        if let Point::Sql(table, ..) = self.point {
            for pid in self.waiting().await.into_iter().filter(|_| is_lost) {
                sqlx::query("SELECT pg_terminate_backend($1, 10000)")
                    .bind(pid)
                    .execute(&mut self.keeper)
                    .await
                    .expect("ends");
            }
            sqlx::query("SELECT pg_advisory_unlock($1)")
                .bind(LOCK)
                .execute(&mut self.keeper)
                .await
                .expect("unlocks");
            // Waits for whoever was let go.
            house.sql(&format!("DROP TRIGGER held ON {table}; DROP FUNCTION held()")).await;
        }
    }
}

#[tokio::test]
async fn between_any_two_steps_of_storing() {
    for point in [
        Point::Sql("storage_object", "INSERT", "new.state = 'pending'"),
        Point::Bucket("PUT", Fault::HoldBefore),
        Point::Bucket("PUT", Fault::HoldAfter),
        Point::Bucket("HEAD", Fault::HoldBefore),
        Point::Sql("storage_object", "UPDATE", "old.state = 'pending' AND new.state = 'valid'"),
        Point::Sql("file_media_object", "INSERT", "true"),
    ] {
        for is_lost in [true, false] {
            let house = House::new().await;
            let api = house.process(&["api", "--port", "0"]).await;
            let through = Client::new(api.address());
            let mut trap = Trap::set(&house, point).await;
            let dying = async {
                trap.caught(&house).await;
                api.kill().await;
                trap
            };
            let (answer, trap) = tokio::join!(house.upload(&through), dying);
            assert!(answer.is_none(), "{point:?}: it was killed before it could answer");
            trap.open(&house, is_lost).await;
            house.is_whole(&format!("{point:?}, lost: {is_lost}")).await;
        }
    }
}

#[tokio::test]
async fn between_any_two_steps_of_removing() {
    for point in [
        Point::Sql("storage_object", "UPDATE", "old.deleted_at IS NULL AND new.deleted_at IS NOT NULL"),
        Point::Sql("storage_object", "UPDATE", "old.state = 'valid' AND new.state = 'deleting'"),
        Point::Bucket("DELETE", Fault::HoldBefore),
        Point::Bucket("DELETE", Fault::HoldAfter),
        Point::Sql("storage_object", "DELETE", "true"),
    ] {
        for is_lost in [true, false] {
            let house = House::new().await;
            house.upload(&house.ana).await.expect("is stored");
            house.sql("DELETE FROM file_media_object").await;
            let mut trap = Trap::set(&house, point).await;
            let later = |days| Enqueue { clock_shift: Duration::days(days), ..Enqueue::default() };
            let first = jobs::enqueue(&house.app.app.db, &operator(), &StorageGcTouched {}, later(1))
                .await
                .expect("enqueues");
            let worker = house.process(&["worker"]).await;
            if !matches!(point, Point::Sql(_, "UPDATE", condition) if condition.contains("IS NOT NULL")) {
                jobs::read::wait(&house.app.app.pool, first.expect("is new"), PATIENCE)
                    .await
                    .expect("sweeps");
                jobs::enqueue(&house.app.app.db, &operator(), &StorageGcDeleted {}, later(9))
                    .await
                    .expect("enqueues");
            }
            trap.caught(&house).await;
            worker.kill().await;
            trap.open(&house, is_lost).await;
            house.is_whole(&format!("{point:?}, lost: {is_lost}")).await;
        }
    }
}

#[tokio::test]
async fn between_any_two_steps_of_moving() {
    for point in [
        Point::Sql("storage_copy", "INSERT", "new.backend = 's3'"),
        Point::Bucket("PUT", Fault::HoldBefore),
        Point::Bucket("PUT", Fault::HoldAfter),
        Point::Bucket("GET", Fault::HoldBefore),
        Point::Sql("storage_object", "UPDATE", "old.backend <> new.backend"),
        Point::Sql("storage_copy", "INSERT", "new.backend = 'db'"),
    ] {
        for is_lost in [true, false] {
            let house = House::new().await;
            let media = house.upload(&house.ana).await.expect("is stored");
            let id: StorageObjectId = media["mediaId"].as_str().expect("an id").parse().expect("a uuid");
            let bytes = picture::png(20, 20, 1);
            house.app.app.blobs.put("db", id.0, bytes.into(), 1 << 20).await.expect("stores");
            house.app.app.blobs.delete("s3", id.0).await.expect("deletes");
            house.sql("UPDATE storage_object SET backend = 'db'").await;
            let mut trap = Trap::set(&house, point).await;
            let job = StorageMigrate { from: "db".to_owned(), to: "s3".to_owned(), bucket: None };
            jobs::enqueue(&house.app.app.db, &operator(), &job, Enqueue::default()).await.expect("enqueues");
            let worker = house.process(&["worker"]).await;
            trap.caught(&house).await;
            worker.kill().await;
            trap.open(&house, is_lost).await;
            let path = format!("/assets/by-id/{id}");
            assert_eq!(house.ana.get(&path).await.status.as_u16(), 200, "{point:?}, lost: {is_lost}");
            house.is_whole(&format!("{point:?}, lost: {is_lost}")).await;
        }
    }
}
