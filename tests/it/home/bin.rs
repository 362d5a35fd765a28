//! Files are taken out of the bin, or gone for good: by a job, whoever watches or leaves.

use super::scene::{
    Event, HIDDEN, ask, counts, delete, done, events, id, named, names, of_team, set, sorted,
};
use chrono::Duration;
use domain::role::Role;
use jobs::all::{bin_batch::BinBatch, objects_gc::ObjectsGc};
use serde_json::{Value as Json, json};
use tests::{app::TestApp, client::Answer, person::Person, picture};
use transit::value::Value;

pub const RESTORE: &str = "restore-deleted-team-files";
pub const DELETE: &str = "permanently-delete-team-files";

pub struct Bin {
    pub app: TestApp,
    pub ana: Person,
    pub bo: Person,
    pub team: Json,
    pub project: Json,
    /// Three of them are in the bin, a fourth one is not.
    pub files: Vec<Json>,
}

impl Bin {
    pub async fn new() -> Bin {
        let app = TestApp::start().await;
        let (ana, bo) = (app.person("ana").await, app.person("bo").await);
        let team = ana.team("Ink").await;
        app.join(&team, &bo, Role::Editor).await;
        let project = ana.project(&team, "Posters").await;
        let mut files = vec![];
        for name in ["One", "Two", "Three", "Alive"] {
            let file = ana.file_in(&project["id"], name).await;
            let bytes = picture::png(20, 20, u8::try_from(files.len()).expect("few"));
            ana.upload_picture(&file["id"], "a.png", "image/png", bytes).await.ok();
            files.push(file);
        }
        for file in &files[..3] {
            delete(&ana, file).await;
        }
        app.run_jobs().await;
        Bin { app, ana, bo, team, project, files }
    }

    pub async fn binned(&self) -> Vec<String> {
        let mut names = names(&of_team(&self.ana, "get-team-deleted-files", &self.team).await);
        names.sort();
        names
    }

    pub async fn is_whole(&self, file: &Json) -> bool {
        let read = self.ana.call("get-file", json!({"id": file["id"]})).await;
        let parts = "SELECT count(*) FROM file f JOIN file_media_object m ON m.file_id = f.id
                      WHERE f.deleted_at IS NULL AND m.deleted_at IS NOT NULL";
        assert_eq!(self.app.count(parts).await, 0, "half of it");
        read.status.is_success()
    }
}

/// `index` of `total` for each file, then `end` with all of them.
fn is_told(told: &[Event], files: &[&Json], taken: &[&Json]) {
    let (last, steps) = told.split_last().expect("events");
    assert_eq!((last.0.as_str(), set(&last.1)), ("end", sorted(taken)));
    let total = i64::try_from(files.len()).expect("few");
    let mut seen = vec![];
    for (index, (name, step)) in (1..).zip(steps) {
        assert_eq!(name, "progress");
        let number = |name: &str| step.get(name).and_then(Value::as_int).expect("a number");
        assert_eq!((number("index"), number("total")), (index, total));
        seen.push(step.get("file-id").and_then(Value::as_uuid).expect("a uuid"));
    }
    assert_eq!(seen, sorted(files));
}

#[tokio::test]
async fn files_come_back_whole_and_everybody_is_told() {
    let bin = Bin::new().await;
    let (one, two, alive) = (&bin.files[0], &bin.files[1], &bin.files[3]);
    let elsewhere = bin.ana.file("Of another team").await;
    delete(&bin.ana, &elsewhere).await;
    let mut heard = bin.app.app.bus.subscribe(&id(one).to_string()).await;
    let told = done(&bin.app, &bin.bo, RESTORE, &bin.team, &[one, two, alive, &elsewhere]).await;
    is_told(&told, &[one, two], &[one, two]);
    assert_eq!(bin.binned().await, ["Three"]);
    assert!(bin.is_whole(one).await && bin.is_whole(two).await);
    let message = heard.recv().await.expect("a message");
    let message = transit::read(&message, &transit::Limits::default()).expect("transit");
    assert_eq!(message.get("type"), Some(&Value::keyword("file-restored")));
    assert_eq!(
        (message.get("file-id"), message.get("vern")),
        (Some(&Value::Uuid(id(one))), Some(&Value::Int(0)))
    );
    let gone = bin.ana.call("get-file", json!({"id": elsewhere["id"]})).await;
    assert_eq!(gone.failure(), HIDDEN, "a file of another team is passed over");

    // The same again has nothing to do, and says so at once.
    let again = events(&Answer::of(ask(&bin.bo, RESTORE, &bin.team, &[one, two]).await).await);
    is_told(&again, &[], &[]);
    let record = "SELECT count(*) FROM audit_log WHERE name = 'restore-deleted-team-file'
                     AND profile_id = (SELECT id FROM profile WHERE email = 'bo@example.com')
                     AND props->>'name' IN ('One', 'Two') AND props ? 'id' AND props ? 'project-id'";
    assert_eq!(bin.app.count(record).await, 2);
    let calls =
        "SELECT count(*) FROM audit_log WHERE name = 'restore-deleted-team-files' AND props ? 'team-id'";
    assert_eq!(bin.app.count(calls).await, 2);
    bin.app.run_jobs().await;
}

#[tokio::test]
async fn what_goes_for_good_is_purged_by_the_next_sweep_and_nothing_else_is() {
    let bin = Bin::new().await;
    let (one, two, three, alive) = (&bin.files[0], &bin.files[1], &bin.files[2], &bin.files[3]);
    let mut heard = bin.app.app.bus.subscribe(&id(one).to_string()).await;
    let told = done(&bin.app, &bin.bo, DELETE, &bin.team, &[one, two, alive]).await;
    is_told(&told, &[one, two], &[one, two]);
    assert_eq!(bin.binned().await, ["Three"]);
    assert!(bin.is_whole(alive).await, "what is not in the bin stays");
    let message = heard.recv().await.expect("a message");
    let message = transit::read(&message, &transit::Limits::default()).expect("transit");
    assert_eq!(message.get("type"), Some(&Value::keyword("file-deleted")));
    assert_eq!(message.get("profile-id"), Some(&Value::Uuid(bin.bo.id().0)));
    let again = events(&Answer::of(ask(&bin.bo, RESTORE, &bin.team, &[one]).await).await);
    is_told(&again, &[], &[]);
    bin.app.run_job_later(ObjectsGc {}, Duration::minutes(1)).await;
    assert_eq!(bin.app.count("SELECT count(*) FROM file WHERE name IN ('One', 'Two')").await, 0);
    assert_eq!(bin.app.count("SELECT count(*) FROM file_media_object").await, 2);
    let told = done(&bin.app, &bin.bo, RESTORE, &bin.team, &[three]).await;
    is_told(&told, &[three], &[three]);
    assert!(bin.is_whole(three).await);
    bin.app.is_sound("after that").await;
    // One that is gone is done.
    bin.app.run_job_later(BinBatch { batch_id: id(one) }, Duration::zero()).await;
    let record = "SELECT count(*) FROM audit_log WHERE name = 'permanently-delete-team-file'";
    assert_eq!(bin.app.count(record).await, 2);
}

const BATCHES: &str = "SELECT count(*) FROM bin_batch";
const JOBS: &str = "SELECT count(*) FROM queue.job WHERE kind = 'bin-batch'";

#[tokio::test]
async fn whoever_leaves_ends_nothing_and_whoever_asks_again_joins() {
    let bin = Bin::new().await;
    let files: Vec<&Json> = bin.files[..3].iter().collect();
    let left = ask(&bin.bo, RESTORE, &bin.team, &files).await;
    counts(&bin.app, BATCHES, 1).await;
    drop(left);
    // In another order, and with something that does not count.
    let again = [files[2], files[0], files[1], &bin.files[3]];
    let joined = ask(&bin.bo, RESTORE, &bin.team, &again).await;
    let other = ask(&bin.ana, RESTORE, &bin.team, &again).await;
    counts(&bin.app, BATCHES, 2).await;
    counts(&bin.app, JOBS, 2).await;
    let work = async { bin.app.run_jobs().await };
    let (joined, other, _) = tokio::join!(Answer::of(joined), Answer::of(other), work);
    let (joined, other) = (events(&joined), events(&other));
    let taken: usize = [&joined, &other].iter().map(|told| set(&told.last().expect("an end").1).len()).sum();
    assert_eq!(taken, 3, "each file came back once");
    assert_eq!((joined.len(), other.len()), (4, 4), "and both are told how far it is");
    assert_eq!(bin.binned().await, Vec::<String>::new());
    for file in files {
        assert!(bin.is_whole(file).await);
    }
}

#[tokio::test]
async fn whoever_may_not_any_more_has_nothing_done() {
    let bin = Bin::new().await;
    let refused = ask(&bin.bo, RESTORE, &bin.team, &[&bin.files[0]]).await;
    counts(&bin.app, BATCHES, 1).await;
    let out = json!({"teamId": bin.team["id"], "memberId": bin.bo.profile["id"]});
    bin.ana.call("delete-team-member", out).await.ok();
    let (answer, _) = tokio::join!(Answer::of(refused), bin.app.run_jobs());
    let told = events(&answer);
    assert_eq!(told.len(), 1, "{told:?}");
    let (name, error) = &told[0];
    assert_eq!((name.as_str(), error.get("code")), ("error", Some(&Value::keyword("object-not-found"))));
    assert_eq!(bin.binned().await, ["One", "Three", "Two"]);
    let stranger = Answer::of(ask(&bin.bo, RESTORE, &bin.team, &[]).await).await;
    assert_eq!(stranger.status.as_u16(), 404, "an ordinary refusal: {}", stranger.text());
}

#[tokio::test]
async fn a_project_comes_back_with_the_files_that_are_wanted() {
    let bin = Bin::new().await;
    let flyers = bin.ana.project(&bin.team, "Flyers").await;
    let (wanted, other) =
        (bin.ana.file_in(&flyers["id"], "Wanted").await, bin.ana.file_in(&flyers["id"], "Other").await);
    let earlier = bin.ana.file_in(&flyers["id"], "Earlier").await;
    delete(&bin.ana, &earlier).await;
    bin.app.run_jobs().await;
    // Nobody has carried the mark of the project down yet.
    bin.ana.call("delete-project", json!({"id": flyers["id"]})).await.ok();
    let told = done(&bin.app, &bin.bo, RESTORE, &bin.team, &[&wanted]).await;
    is_told(&told, &[&wanted], &[&wanted]);
    let projects = of_team(&bin.ana, "get-projects", &bin.team).await;
    let flyers = named(&projects, "Flyers");
    assert!(flyers["deletedAt"].is_null());
    assert_eq!((&flyers["count"], &flyers["totalCount"]), (&json!(1), &json!(3)));
    assert!(bin.is_whole(&wanted).await && !bin.is_whole(&other).await);
    assert_eq!(
        bin.binned().await,
        ["Earlier", "One", "Other", "Three", "Two"],
        "the others stay where they are"
    );
    let told = done(&bin.app, &bin.bo, RESTORE, &bin.team, &[&other, &earlier]).await;
    is_told(&told, &[&other, &earlier], &[&other, &earlier]);
    assert!(bin.is_whole(&other).await && bin.is_whole(&earlier).await);
}
