//! Random batches of every kind through the store: the rows are the document that a whole tree is, and the log is how
//! it became so.
//!
//! Seeds count from zero; a failure prints its own. `ATELIER_TEST_STORE_BATCHES` sets how many batches are tried.

use super::scene::forms_of;
use chrono::{DateTime, Utc};
use document::split::split;
use domain::file::parts::sweep;
use domain::file::update::{self, Batch, Sent, Updated};
use domain::permission;
use entities::ids::{FileId, ProfileId};
use futures_util::future::join_all;
use naive_document::{Odd, Random, apply, change};
use platform::app::App;
use platform::config::Config;
use platform::db::{self, Retryable};
use tests::{app::TestApp, database::number, document::pack};
use transit::value::Value;
use uuid::Uuid;

/// Batches that are applied to one document, one after the other.
const STEPS: u64 = 40;
const EDITORS: u64 = 6;
const ROUNDS: u64 = 12;

/// A file whose document somebody made before, and its whole tree.
async fn packed(app: &TestApp, id: Uuid) -> Value {
    let mut tree = document::file::new_data(id, Uuid::from_u128(100));
    tree.put("odd-attribute", Value::Set(vec![Value::text("kept")]));
    pack(&app.app.pool, id, &tree).await;
    tree
}

/// Applies a batch, again when another one won.
async fn send(
    app: &App,
    by: ProfileId,
    id: FileId,
    changes: &[Value],
    now: DateTime<Utc>,
) -> domain::Result<Updated> {
    loop {
        let tx = db::begin(&app.db).await?;
        let held = permission::file_editor(&tx, by, id).await?;
        let batch = Batch {
            session: Uuid::nil(),
            revn: held.revn,
            vern: 0,
            features: None,
            commit: None,
            sent: Sent::read(changes.to_vec()),
        };
        match update::update(app, &tx, &held, batch, now).await {
            Ok(updated) => {
                tx.commit().await?;
                return Ok(updated);
            }
            Err(error) if error.is_retryable() => {}
            Err(error) => return Err(error),
        }
    }
}

fn batch(r: &mut Random, is_first: bool) -> Vec<Value> {
    (0..1 + r.below(4)).map(|_| change(r, Odd::Everything, is_first)).collect()
}

#[tokio::test]
async fn rows_are_the_document_that_a_whole_tree_is() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let by = ProfileId(ana.id_of("id").parse().expect("a uuid"));
    let (mut applied, mut refused) = (0, 0);
    for seed in 0..number("ATELIER_TEST_STORE_BATCHES", 320).div_ceil(STEPS) {
        let id: Uuid = ana.file("Random").await["id"].as_str().expect("an id").parse().expect("a uuid");
        let mut tree = packed(&app, id).await;
        let mut r = Random::new(seed);
        let is_pinned = seed % 2 == 1;
        for step in 0..STEPS {
            let context = format!("seed {seed}, step {step}");
            let changes = batch(&mut r, step < 6);
            let now = app.app.now();
            let own = send(&app.app, by, FileId(id), &changes, now).await;
            match (own, apply(&tree, &changes, now.timestamp_millis())) {
                (Ok(_), Ok((next, _))) => {
                    tree = next;
                    applied += 1;
                }
                (Err(error), Err(_)) => {
                    assert!(error.code().is_some(), "{context}: {error:?}");
                    refused += 1;
                }
                (own, wanted) => {
                    panic!("{context}: {own:?} against {:?}\n{changes:#?}", wanted.map(|_| "applied"))
                }
            }
            forms_of(&app.app, id, &tree, step % 10 == 9, &format!("{context} {changes:#?}")).await;
            if is_pinned && r.chance(20) {
                // As a snapshot does.
                let pin = "UPDATE file SET pinned_revn = revn WHERE id = $1";
                sqlx::query(pin).bind(id).execute(&app.app.pool).await.expect("pins");
            }
            if r.chance(10) {
                sweep::sweep_batch(&app.app).await.expect("sweeps");
            }
        }
        if !is_pinned {
            let parts = "SELECT count(*) FROM file_part p JOIN file_container c ON c.id = p.container_id
                          WHERE c.file_id = $1";
            let parts: i64 =
                sqlx::query_scalar(parts).bind(id).fetch_one(&app.app.pool).await.expect("counts");
            let wanted = split(tree).expect("a document").len();
            assert_eq!(usize::try_from(parts).ok(), Some(wanted), "seed {seed}: nothing else is left");
        }
    }
    println!("{applied} applied, {refused} refused");
    assert!(applied > refused / 2, "{applied} applied, {refused} refused: the test tries nothing");
}

#[tokio::test]
async fn editors_of_one_file_in_several_processes_make_one_history() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let by = ProfileId(ana.id_of("id").parse().expect("a uuid"));
    let id: Uuid = ana.file("Random").await["id"].as_str().expect("an id").parse().expect("a uuid");
    let tree = packed(&app, id).await;
    let other = App::connect(Config::clone(&app.app.config), &app.database.uri).await.expect("starts");
    let editor = async |number: u64| {
        let app = if number.is_multiple_of(2) { &app.app } else { &other };
        let mut r = Random::new(1000 + number);
        let mut applied = 0;
        for round in 0..ROUNDS {
            match send(app, by, FileId(id), &batch(&mut r, round < 4), app.now()).await {
                Ok(_) => applied += 1,
                Err(error) => assert!(error.code().is_some(), "editor {number}: {error:?}"),
            }
        }
        applied
    };
    let applied: usize = join_all((0..EDITORS).map(editor)).await.into_iter().sum();
    let log = "SELECT revn, created_at, changes FROM file_change WHERE file_id = $1 ORDER BY revn";
    let log: Vec<(i64, DateTime<Utc>, Vec<u8>)> =
        sqlx::query_as(log).bind(id).fetch_all(&app.app.pool).await.expect("reads");
    assert_eq!(log.len(), applied, "each is there once");
    let mut tree = tree;
    for (number, (revn, at, changes)) in (1..).zip(log) {
        assert_eq!(revn, number, "one after the other");
        let changes = transit::read(&changes, &transit::Limits::STORED).expect("transit");
        let changes = changes.items().expect("a list");
        tree = apply(&tree, changes, at.timestamp_millis()).expect("was applied").0;
    }
    forms_of(&app.app, id, &tree, true, "the log").await;
    assert!(applied > 10, "{applied} applied: the test tries nothing");
}
