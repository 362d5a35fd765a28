//! A team's day: two people draw in one file through two API processes of the real binary. Their lines lose one call of
//! twenty, one process after the other is killed, and a worker has its jobs. At the end both read the same document,
//! and it is the one that the log of changes makes of the first.
//!
//! `make day MINUTES=10` for longer than the tests take. `ATELIER_TEST_DAY_SECONDS` says for how long,
//! `ATELIER_TEST_DAY_SEED` repeats what is drawn.

mod editor;
mod house;
mod lines;

use super::past::{Past, id};
use super::scene::forms_of;
use chrono::{DateTime, Utc};
use editor::Editor;
use futures_util::TryStreamExt;
use house::House;
use naive_document::apply;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tests::database::number;
use tokio::sync::watch;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use transit::value::Value;
use uuid::Uuid;

/// When nobody says how long: so often a process is killed, each time after so many batches.
const KILLS: u64 = 5;
const BATCHES: u64 = 40;
/// Otherwise it is killed so often.
const PACE: Duration = Duration::from_secs(20);

/// When the next process is killed.
enum Pace {
    Batches { kills: u64 },
    Seconds { next: Instant, until: Instant },
}

impl Pace {
    fn asked(seconds: u64) -> Pace {
        let now = Instant::now();
        match seconds {
            0 => Pace::Batches { kills: 0 },
            seconds => Pace::Seconds { next: now, until: now + Duration::from_secs(seconds) },
        }
    }

    /// Waits for it; false when the day is over.
    async fn next(&mut self, drawn: &mut watch::Receiver<u64>) -> bool {
        match self {
            Pace::Batches { kills } => {
                *kills += 1;
                let enough = *kills * BATCHES;
                drawn.wait_for(|number| *number >= enough).await.expect("somebody draws");
                *kills <= KILLS
            }
            Pace::Seconds { next, until } => {
                *next += PACE;
                tokio::time::sleep_until(*next.min(until)).await;
                *next < *until
            }
        }
    }
}

/// What the log says.
struct Replayed {
    tree: Value,
    /// Each batch that had a name, with its revision.
    named: BTreeMap<Uuid, i64>,
    /// The documents of these revisions.
    at: BTreeMap<i64, Value>,
    revn: i64,
}

/// Applies the log from a revision on to the document of that revision, as plainly as can be.
async fn replay(house: &House, revn: i64, tree: Value, kept: &BTreeSet<i64>) -> Replayed {
    let log = "SELECT revn, created_at, commit_id, changes FROM file_change
                WHERE file_id = $1 AND revn > $2 ORDER BY revn";
    let log = sqlx::query_as::<_, (i64, DateTime<Utc>, Option<Uuid>, Vec<u8>)>(log);
    let mut rows = log.bind(house.scene.drawing.file).bind(revn).fetch(&house.scene.app.app.pool);
    let mut replayed = Replayed { tree, named: BTreeMap::new(), at: BTreeMap::new(), revn };
    while let Some((revn, at, commit, changes)) = rows.try_next().await.expect("reads") {
        assert_eq!(revn, replayed.revn + 1, "one after the other");
        let changes = transit::read(&changes, &transit::Limits::STORED).expect("transit");
        let changes = changes.items().expect("a list");
        let next = apply(&replayed.tree, changes, at.timestamp_millis());
        replayed.tree = next.unwrap_or_else(|why| panic!("{revn} was applied: {why:?} {changes:#?}")).0;
        if let Some(commit) = commit {
            assert_eq!(replayed.named.insert(commit, revn), None, "{commit} is there twice");
        }
        if kept.contains(&revn) {
            replayed.at.insert(revn, replayed.tree.clone());
        }
        replayed.revn = revn;
    }
    replayed
}

/// Every snapshot shows what the file was at its revision.
async fn snapshots_show_what_was(house: &House, first: i64, before: &Value) -> Replayed {
    let (ana, past) = (&house.scene.ana, Past(house.scene.drawing));
    let listed = past.list(ana).await;
    let revn = |snapshot: &serde_json::Value| snapshot["revn"].as_i64().expect("a number");
    let kept = listed.iter().map(revn).collect();
    let replayed = replay(house, first, before.clone(), &kept).await;
    for snapshot in &listed {
        let revn = revn(snapshot);
        let wanted = if revn == first { before } else { &replayed.at[&revn] };
        assert!(past.document(ana, id(snapshot)).await.same(wanted), "the snapshot of {revn}");
    }
    for label in &house.labels {
        assert!(listed.iter().any(|one| one["label"] == label.as_str()), "{label} is lost: {listed:#?}");
    }
    replayed
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_people_draw_all_day_and_no_stroke_is_lost() {
    let seconds = number("ATELIER_TEST_DAY_SECONDS", 0);
    // A short day is the same each time; a long one looks for what nobody thought of.
    let seed = number("ATELIER_TEST_DAY_SEED", if seconds == 0 { 7 } else { rand::random() });
    println!("ATELIER_TEST_DAY_SEED={seed}");
    let mut house = House::new().await;
    let (first, before) = house.document().await;
    let ((drawn, mut so_many), stop) = (watch::channel(0), CancellationToken::new());
    let at_work = [(1, false), (2, true)].map(|(number, in_json)| {
        let editor = Editor::new(&house, number, seed.wrapping_add(number), in_json, first);
        tokio::spawn(editor.draw(drawn.clone(), stop.clone()))
    });
    let mut pace = Pace::asked(seconds);
    while pace.next(&mut so_many).await {
        house.errands().await;
        house.kill_one().await;
    }
    stop.cancel();
    let mut editors = vec![];
    for editor in at_work {
        editors.push(editor.await.expect("draws to the end"));
    }
    house.close().await;

    let replayed = snapshots_show_what_was(&house, first, &before).await;
    let applied: BTreeMap<Uuid, i64> = editors
        .iter()
        .flat_map(|editor| editor.applied.iter().map(|(commit, revn)| (*commit, *revn)))
        .collect();
    assert_eq!(
        replayed.named, applied,
        "what was answered is what was done: nothing is lost, nothing is there twice"
    );
    assert_eq!(house.document().await.0, replayed.revn);
    for editor in &mut editors {
        let [transit, json] = editor.read().await;
        assert!(transit.same(&replayed.tree), "own: {transit:?}\nwant: {:?}", replayed.tree);
        assert!(json.same(&editor::in_json(house.scene.drawing.file, &replayed.tree)), "as JSON: {json:?}");
    }
    forms_of(&house.scene.app.app, house.scene.drawing.file, &replayed.tree, true, "at the end").await;
    house.jobs_are_done().await;
    let refused: u64 = editors.iter().map(|editor| editor.refused).sum();
    let unheard: u64 = editors.iter().map(|editor| editor.unheard()).sum();
    println!(
        "{} batches applied, {refused} refused, {unheard} calls without an answer, sent again; {} revisions, {} bytes \
         of document; {house}",
        applied.len(),
        replayed.revn,
        transit::write(&replayed.tree).len()
    );
    assert!(applied.len() as u64 > refused / 2, "the test tries nothing");
    assert!(unheard >= KILLS, "nothing was cut");
}
