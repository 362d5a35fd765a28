//! Over the list of jobs, not from memory: each runs twice on a scene in which it has something to do, and the second
//! run leaves everything as the first one did.

use chrono::{DateTime, Duration, Utc};
use domain::{deletion::bin, permission};
use entities::ids::{FileId, TeamId};
use jobs::{Enqueue, all::ALL, read::State};
use serde_json::{Value as Json, json};
use std::collections::BTreeMap;
use tests::{
    app::{Settings, TestApp, operator},
    client::FilePart,
    collector::Collector,
    drawing::Drawing,
    factory::{Absorption, Link, insert},
    person::Person,
    picture,
};
use uuid::Uuid;

/// Each job, how many hours after the scene was made it runs, and whether the tables tell that it did something.
const ORDER: &[(&str, i64, bool)] = &[
    ("delete-object", 0, true),
    ("release-libraries", 0, true),
    ("absorb-library", 0, true),
    ("bin-batch", 0, true),
    ("carry-fonts", 0, true),
    ("send-mail", 0, false),
    ("send-comment-mail", 0, true),
    ("process-webhook-event", 0, true),
    ("run-webhook", 0, true),
    ("request-recovery", 0, false),
    ("telemetry", 0, false),
    ("quota-notices", 0, true),
    ("audit-log-archive", 0, true),
    ("audit-log-gc", 0, true),
    ("upload-session-gc", 2, true),
    ("file-change-gc", 2, true),
    ("storage-migrate", 0, true),
    ("storage-scrub", 0, true),
    ("check-files", 0, true),
    ("file-gc", 72, true),
    ("file-gc-scheduler", 72, true),
    ("file-snapshot-gc", 200, true),
    ("objects-gc", 241, true),
    ("storage-gc-plan", 250, true),
    ("storage-gc-touched", 260, true),
    ("storage-gc-deleted", 500, true),
    ("feedback-gc", 800, true),
    ("webhook-event-gc", 800, true),
    ("session-gc", 800, true),
    ("tasks-gc", 0, false),
];

/// What each scrub and each check finds is a report of its own, by the number of its job.
const REPORTS: [&str; 4] = ["storage_scrub", "storage_finding", "file_check", "file_check_problem"];

struct Scene {
    app: TestApp,
    ana: Person,
    file: Json,
    archive: Collector,
}

impl Scene {
    /// People, teams with projects and files, pictures, photos, invitations, sessions, feedback, uploads under way, and
    /// what all of it left on record.
    async fn make() -> Scene {
        let archive = Collector::answering(204).await;
        let flags = "enable-access-tokens disable-secure-session-cookies enable-user-feedback enable-quotes \
            enable-soft-quotes enable-audit-log-archive enable-audit-log-gc enable-webhooks";
        let settings = Settings::default()
            .set("PENPOT_FLAGS", flags)
            .set("PENPOT_USER_FEEDBACK_DESTINATION", "support@example.com")
            .set("PENPOT_QUOTES_PROJECTS_PER_TEAM", "2")
            .set("PENPOT_ADMINS", "operator@example.com")
            .set("PENPOT_AUDIT_LOG_ARCHIVE_URI", archive.uri())
            .set("PENPOT_SSRF_ALLOWED_HOSTS", archive.host())
            .set("PENPOT_NEXUS_SHARED_KEY", "the key of the test");
        let app = TestApp::with(settings).await;
        let (ana, ben) = (app.person("ana").await, app.person("ben").await);
        ben.file("Of somebody else").await;
        let team = ana.team("Ink").await;
        let mut file = Json::Null;
        for (number, name) in ["Poster", "Flyer", "Attic"].into_iter().enumerate() {
            let project = ana.project(&team, name).await;
            for seed in 0..2 {
                file = ana.file_in(&project["id"], "Sketch").await;
                let bytes = picture::png(200, 150, seed + 2 * u8::try_from(number).expect("few"));
                ana.upload_picture(&file["id"], "a.png", "image/png", bytes).await.ok();
            }
        }
        let photo =
            FilePart { field: "file", name: "a", mtype: "image/png", bytes: picture::png(300, 300, 9) };
        ana.upload("update-profile-photo", &[], photo).await.ok();
        let invited = json!({"teamId": team["id"], "emails": ["guest@example.com"], "role": "viewer"});
        ana.call("create-team-invitations", invited).await.ok();
        ana.call("create-access-token", json!({"name": "ci"})).await.ok();
        ana.call("send-user-feedback", json!({"subject": "Ink", "content": "More of it"})).await.ok();
        let session = ana.call("create-upload-session", json!({"totalChunks": 2})).await.ok();
        let session = session["sessionId"].as_str().expect("an id").to_owned();
        let fields = [("session-id", session), ("index", "0".to_owned())];
        let mtype = "application/octet-stream";
        let chunk = FilePart { field: "content", name: "part", mtype, bytes: vec![7; 1_000] };
        ana.upload("upload-chunk", &fields, chunk).await.ok();
        app.run_jobs().await;
        Scene { app, ana, file, archive }
    }

    /// What a job is about, which somebody does just before.
    async fn payload(&self, job: &str, now: DateTime<Utc>) -> Json {
        let Scene { app, ana, file, .. } = self;
        match job {
            "delete-object" => {
                let gone = ana.team("Gone").await;
                let project = ana.project(&gone, "Poster").await;
                let sketch = ana.file_in(&project["id"], "Sketch").await;
                ana.upload_picture(&sketch["id"], "a.png", "image/png", picture::png(200, 150, 77))
                    .await
                    .ok();
                // As the method does it, without the job.
                let sql = "UPDATE team SET deleted_at = now() + interval '7 days' WHERE id = $1::uuid";
                let query = sqlx::query(sql).bind(gone["id"].as_str());
                query.execute(&app.app.pool).await.expect("deletes");
                json!({"object": "team", "id": gone["id"]})
            }
            "send-mail" => json!({"template": "password-recovery", "profile_id": ana.profile["id"]}),
            "send-comment-mail" => json!({"profile_id": self.mentioned().await}),
            "process-webhook-event" => self.pinned().await,
            "run-webhook" => self.failing().await,
            "request-recovery" => json!({"email": ana.email}),
            "file-gc" => json!({"file_id": file["id"], "revn": 0}),
            "release-libraries" => {
                self.pending().await;
                json!({})
            }
            "bin-batch" => json!({"batch_id": self.batch().await}),
            "carry-fonts" => self.font().await,
            "absorb-library" => {
                let library = self.pending().await;
                json!({"file_id": file["id"], "library_id": library})
            }
            "file-change-gc" => {
                draw(ana, &ana.file("Drawn").await).await;
                json!({})
            }
            "file-snapshot-gc" => {
                let drawn = ana.file("Drawn").await;
                let made = ana.call("create-file-snapshot", json!({"fileId": drawn["id"]})).await.ok();
                draw(ana, &drawn).await;
                ana.call("delete-file-snapshot", json!({"id": made["id"]})).await.ok();
                json!({})
            }
            "storage-migrate" => {
                let sql = "SELECT id FROM storage_object WHERE backend = 'fs' ORDER BY size LIMIT 1";
                let id: Uuid = sqlx::query_scalar(sql).fetch_one(&app.app.pool).await.expect("a blob");
                let bytes = app.app.blobs.read_all("fs", id, 1 << 20).await.expect("reads");
                let size = bytes.len() as u64;
                let source = platform::storage::BlobSource::Bytes(bytes);
                app.app.blobs.put("db", id, source, size).await.expect("writes");
                let sql = "UPDATE storage_object SET backend = 'db' WHERE id = $1";
                sqlx::query(sql).bind(id).execute(&app.app.pool).await.expect("turns over");
                json!({"from": "db", "to": "fs"})
            }
            "storage-gc-plan" => json!({"at": now}),
            "storage-gc-touched" => {
                ana.call("delete-profile-photo", json!({})).await.ok();
                json!({})
            }
            other => {
                ALL.iter().find(|entry| entry.name == other).map(|entry| (entry.example)()).expect("a job")
            }
        }
    }

    /// Somebody is mentioned in a comment, who has heard nothing of it.
    async fn mentioned(&self) -> Json {
        let (app, ana) = (&self.app, &self.ana);
        let team = ana.team("Talk").await;
        let project = ana.project(&team, "Poster").await;
        let sketch = ana.file_in(&project["id"], "Sketch").await;
        let friend = app.person("cy").await;
        app.join(&team, &friend, domain::role::Role::Viewer).await;
        let thread = json!({
            "fileId": sketch["id"], "pageId": sketch["data"]["pages"][0], "frameId": Uuid::nil(),
            "position": {"x": 1, "y": 2}, "content": "Larger", "mentions": [friend.profile["id"]],
        });
        ana.call("create-comment-thread", thread).await.ok();
        // The one that waits for more to tell stands in the way of this one.
        let sql = "UPDATE queue.job SET unique_key = NULL WHERE kind = 'send-comment-mail'";
        sqlx::query(sql).execute(&app.app.pool).await.expect("stands back");
        friend.profile["id"].clone()
    }

    /// A webhook of a new team; the team, and its key.
    async fn hook(&self) -> (Json, Json) {
        let team = self.ana.team("Hooked").await;
        let params = json!({"teamId": team["id"], "uri": self.archive.uri(), "mtype": "application/json"});
        let hook = self.ana.call("create-webhook", params).await.ok()["id"].clone();
        (team, hook)
    }

    /// What the newest event for webhooks is.
    async fn told(&self) -> Uuid {
        let sql = "SELECT id FROM webhook_event ORDER BY created_at DESC, id DESC LIMIT 1";
        sqlx::query_scalar(sql).fetch_one(&self.app.app.pool).await.expect("an event")
    }

    /// Somebody pinned a project, and no webhook was told.
    async fn pinned(&self) -> Json {
        let (team, _) = self.hook().await;
        let project = self.ana.project(&team, "Poster").await;
        let pin = json!({"id": project["id"], "teamId": team["id"], "isPinned": true});
        self.ana.call("update-project-pin", pin).await.ok();
        // The one that waits already stands in the way of this one.
        let sql = "UPDATE queue.job SET unique_key = NULL WHERE kind = 'process-webhook-event'";
        sqlx::query(sql).execute(&self.app.app.pool).await.expect("stands back");
        json!({"event_id": self.told().await, "team_id": team["id"]})
    }

    /// A webhook that did not listen the last time, and something to tell it.
    async fn failing(&self) -> Json {
        let (team, hook) = self.hook().await;
        self.ana.project(&team, "Poster").await;
        let sql = "UPDATE webhook SET error_code = 'timeout', error_count = 1 WHERE id = $1::uuid";
        let query = sqlx::query(sql).bind(hook.as_str());
        query.execute(&self.app.app.pool).await.expect("did not listen");
        json!({"event_id": self.told().await, "webhook_id": hook, "team_id": team["id"]})
    }

    /// Somebody wants a file back out of the bin.
    async fn batch(&self) -> Uuid {
        let (app, ana) = (&self.app, &self.ana);
        let binned = ana.file("Binned").await;
        ana.call("delete-file", json!({"id": binned["id"]})).await.ok();
        app.run_jobs().await;
        let id = binned["id"].as_str().expect("an id").parse().expect("a uuid");
        let team = TeamId(ana.id_of("defaultTeamId").parse().expect("a uuid"));
        let tx = platform::db::begin(&app.app.db).await.expect("begins");
        let team = permission::team_editor(&tx, ana.id(), team).await.expect("may");
        let now = app.app.now();
        let begun = bin::begin(&tx, &team, bin::Action::Restore, &[FileId(id)], now).await.expect("begins");
        tx.commit().await.expect("commits");
        begun.id
    }

    /// A file names a font of another team than that of its project.
    async fn font(&self) -> Json {
        let ana = &self.ana;
        let file = ana.file_in(&self.file["projectId"], "In a font").await;
        let (drawn, font) = (Drawing::of(&file), Uuid::from_u128(7));
        let named = vec![drawn.typography(1, &format!("custom-{font}"))];
        assert!(drawn.send(ana, Uuid::nil(), 0, named).await.status.is_success());
        let team = &ana.profile["defaultTeamId"];
        ana.font(team, font).await;
        json!({"project_id": file["projectId"], "team_id": team})
    }

    /// A library that the file still has to take over something of, and nobody was asked.
    async fn pending(&self) -> Uuid {
        let library = self.ana.file("Library").await;
        let id: Uuid = library["id"].as_str().expect("an id").parse().expect("a uuid");
        let of = self.file["id"].as_str().expect("an id").parse().expect("a uuid");
        let (file, library) = (FileId(of), FileId(id));
        insert(&self.app.app.db, [Link { file, library }]).await;
        insert(&self.app.app.db, [Absorption { file, library }]).await;
        id
    }

    /// Every row of every table but those of the queue.
    async fn dump(&self) -> BTreeMap<String, Vec<String>> {
        let sql = "SELECT table_name::text FROM information_schema.tables
                    WHERE table_schema = 'public' AND table_type = 'BASE TABLE'";
        let tables: Vec<String> = sqlx::query_scalar(sql).fetch_all(&self.app.app.pool).await.expect("reads");
        let mut dump = BTreeMap::new();
        for table in tables {
            let sql = format!("SELECT to_jsonb(t)::text FROM \"{table}\" t ORDER BY 1");
            let query = sqlx::query_scalar(sqlx::AssertSqlSafe(sql));
            let rows: Vec<String> = query.fetch_all(&self.app.app.pool).await.expect("reads");
            dump.insert(table, rows);
        }
        dump
    }

    async fn run(&self, job: &str, payload: Json, hours: i64) {
        let options = Enqueue { clock_shift: Duration::hours(hours), ..Enqueue::default() };
        let id = jobs::enqueue_named(&self.app.app.db, &operator(), job, payload, options).await;
        let id = id.expect("enqueues").expect("is new");
        self.app.run_jobs().await;
        let shown = jobs::read::show(&self.app.app.pool, id).await.expect("reads").expect("is known");
        assert_eq!(shown.state, State::Done, "{job}: {:?}", shown.errors);
    }
}

/// Changes the document of a new file.
async fn draw(ana: &Person, file: &Json) {
    let change = json!({"type": "mod-page", "id": file["data"]["pages"][0], "name": "Cover"});
    let batch = json!({"id": file["id"], "sessionId": file["id"], "revn": 0, "vern": 0, "changes": [change]});
    ana.call("update-file", batch).await.ok();
}

#[tokio::test]
async fn every_job_runs_twice_and_leaves_what_it_left() {
    let known: Vec<&str> = ALL.iter().map(|job| job.name).collect();
    let mut listed: Vec<&str> = ORDER.iter().map(|(name, ..)| *name).collect();
    listed.sort_unstable();
    assert_eq!(listed, known, "each job has its place in the order");
    let scene = Scene::make().await;
    for (job, hours, is_seen) in ORDER {
        let now = scene.app.app.now() + Duration::hours(*hours);
        let payload = scene.payload(job, now).await;
        let before = scene.dump().await;
        scene.run(job, payload.clone(), *hours).await;
        let once = scene.dump().await;
        assert_eq!(before != once, *is_seen, "{job}: whether it did something");
        scene.run(job, payload, *hours).await;
        let twice = scene.dump().await;
        for (table, rows) in once.iter().filter(|(table, _)| !REPORTS.contains(&table.as_str())) {
            assert_eq!(rows, &twice[table], "{job}: the second run changed {table}");
        }
    }
    // A second mail to an address waits for its time, and so does what is told of comments.
    scene.app.leaves_jobs(["send-mail", "send-comment-mail"]);
}

#[tokio::test]
async fn every_job_runs_when_its_object_is_gone() {
    let app = TestApp::start().await;
    for job in ALL {
        let payload = (job.example)();
        let id = jobs::enqueue_named(&app.app.db, &operator(), job.name, payload, Enqueue::default()).await;
        let id = id.expect("enqueues").expect("is new");
        app.run_jobs().await;
        let shown = jobs::read::show(&app.app.pool, id).await.expect("reads").expect("is known");
        assert_eq!(shown.state, State::Done, "{}: {:?}", job.name, shown.errors);
    }
}

#[tokio::test]
async fn payloads_are_small() {
    for job in ALL {
        let bytes = (job.example)().to_string().len();
        assert!(bytes <= 4096, "{}: {bytes} bytes", job.name);
    }
}
