//! What sweeps and collisions do to somebody who stores something: nothing that they notice. Each is made by a trigger,
//! the first time only; a sequence counts, because it stays as it is when a transaction is taken back.

use serde_json::{Value as Json, json};
use tests::{
    app::TestApp,
    client::{Answer, FilePart},
    person::Person,
    picture,
};

/// What goes wrong once, when it fires, and what it does.
const TROUBLES: [(&str, &str, &str); 5] = [
    (
        "hidden as soon as it is stored",
        "BEFORE UPDATE ON storage_object FOR EACH ROW WHEN (old.state = 'pending' AND new.state = 'valid')",
        "new.deleted_at = now(); new.hidden_at = now();",
    ),
    (
        "given up before its bytes are there",
        "AFTER INSERT ON storage_object FOR EACH ROW",
        "UPDATE storage_object SET state = 'deleting', deleted_at = now() WHERE id = new.id;",
    ),
    (
        "a deadlock when its bytes are there",
        "BEFORE UPDATE ON storage_object FOR EACH ROW WHEN (old.state = 'pending' AND new.state = 'valid')",
        "RAISE EXCEPTION 'deadlock detected' USING ERRCODE = 'deadlock_detected';",
    ),
    (
        "a deadlock when something begins to refer to it",
        "BEFORE UPDATE ON storage_object FOR EACH ROW WHEN (old.state = new.state AND new.deleted_at IS NULL)",
        "RAISE EXCEPTION 'deadlock detected' USING ERRCODE = 'deadlock_detected';",
    ),
    (
        "gone when something begins to refer to it",
        "BEFORE UPDATE ON storage_object FOR EACH ROW WHEN (old.state = new.state AND new.deleted_at IS NULL)",
        "RETURN NULL;",
    ),
];

/// Everything that stores and then refers.
const CALLS: [&str; 5] = [
    "upload-file-media-object",
    "update-profile-photo",
    "update-team-photo",
    "upload-chunk",
    "assemble-file-media-object",
];

struct Things {
    ana: Person,
    team: Json,
    file: Json,
    session: Json,
}

async fn chunk(ana: &Person, session: &Json, bytes: Vec<u8>) -> Answer {
    let fields = [("session-id", session.as_str().expect("an id").to_owned()), ("index", "0".to_owned())];
    let mtype = "application/octet-stream";
    ana.upload("upload-chunk", &fields, FilePart { field: "content", name: "part", mtype, bytes }).await
}

impl Things {
    async fn of(app: &TestApp) -> Things {
        let ana = app.person("ana").await;
        let (team, file) = (ana.team("Ink").await, ana.file("Sketch").await);
        Things { ana, team, file, session: Json::Null }
    }

    /// What has to be there before the call.
    async fn prepare(&mut self, call: &str, bytes: Vec<u8>) {
        if matches!(call, "upload-chunk" | "assemble-file-media-object") {
            let begun = self.ana.call("create-upload-session", json!({"totalChunks": 1})).await;
            self.session = begun.ok()["sessionId"].clone();
        }
        if call == "assemble-file-media-object" {
            chunk(&self.ana, &self.session, bytes).await.ok();
        }
    }

    async fn call(&self, call: &'static str, bytes: Vec<u8>) -> Answer {
        let Things { ana, team, file, session } = self;
        let photo = FilePart { field: "file", name: "photo", mtype: "image/png", bytes: bytes.clone() };
        match call {
            "upload-file-media-object" => ana.upload_picture(&file["id"], "a.png", "image/png", bytes).await,
            "update-profile-photo" => ana.upload(call, &[], photo).await,
            "update-team-photo" => {
                let team = team["id"].as_str().expect("an id").to_owned();
                ana.upload(call, &[("team-id", team)], photo).await
            }
            "upload-chunk" => chunk(ana, session, bytes).await,
            _ => {
                let params = json!({"sessionId": session, "fileId": file["id"], "isLocal": true, "name": "a.png",
                                    "mtype": "image/png"});
                ana.call(call, params).await
            }
        }
    }
}

/// Runs statements of the test's own.
async fn run(app: &TestApp, statements: String) {
    let run = sqlx::raw_sql(sqlx::AssertSqlSafe(statements.clone())).execute(&app.app.pool).await;
    run.unwrap_or_else(|error| panic!("{statements}: {error}"));
}

#[tokio::test]
async fn nobody_who_stores_something_notices_a_sweep() {
    let app = TestApp::start().await;
    run(&app, "CREATE SEQUENCE times".to_owned()).await;
    let mut things = Things::of(&app).await;
    let mut seed = 0;
    for (trouble, when, what) in TROUBLES {
        for call in CALLS {
            seed += 1;
            // With a small version of its own, which is stored too.
            let bytes = picture::png(200, 150, seed);
            things.prepare(call, bytes.clone()).await;
            run(
                &app,
                format!(
                    "ALTER SEQUENCE times RESTART;
                     CREATE OR REPLACE FUNCTION once() RETURNS trigger LANGUAGE plpgsql AS
                     $$ BEGIN IF nextval('times') = 1 THEN {what} END IF; RETURN new; END $$;
                     CREATE TRIGGER once {when} EXECUTE FUNCTION once()"
                ),
            )
            .await;
            let answer = things.call(call, bytes).await;
            assert!(answer.status.is_success(), "{call}: {trouble}: {answer:?}");
            let times = app.count("SELECT last_value FROM times").await;
            assert!(times > 1, "{call}: {trouble}: it was not met, or not tried again");
            run(&app, "DROP TRIGGER once ON storage_object".to_owned()).await;
        }
    }
    let alive = "SELECT count(*) FROM file_media_object m JOIN storage_object o ON o.id IN (m.media_id, m.thumbnail_id)
                  WHERE o.state <> 'valid' OR o.deleted_at IS NOT NULL";
    assert_eq!(app.count(alive).await, 0, "what something refers to stays");
    app.is_sound("after all of it").await;
}
