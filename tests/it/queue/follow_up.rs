//! What a job leaves behind: messages once its change is true, jobs that are its children, and acts in the name of
//! whoever asked for it.

use domain::{event::Event, follow_up::FollowUps, mail::Mail, role::Role};
use entities::ids::{ProfileId, TeamId};
use jobs::{
    Enqueue, Entry, Job, JobCtx, JobError,
    all::{
        send_mail::SendMail, storage_gc_plan::StorageGcPlan, storage_migrate::StorageMigrate,
        storage_scrub::StorageScrub,
    },
    read::{Filter, Shown, State, list, show},
};
use serde::{Deserialize, Serialize};
use tests::app::{TestApp, operator};
use tokio::time::timeout;
use uuid::Uuid;

const PATIENCE: std::time::Duration = std::time::Duration::from_secs(20);
const TEAM: TeamId = TeamId(Uuid::from_u128(1));
const MEMBER: ProfileId = ProfileId(Uuid::from_u128(2));

/// Changes what somebody is in a team; or nearly does, when the database refuses the commit.
#[derive(Debug, Serialize, Deserialize)]
struct ChangeRole {
    role: String,
    is_refused: bool,
}

impl Job for ChangeRole {
    const NAME: &'static str = "change-role";
    const MAX_ATTEMPTS: i16 = 1;

    fn example() -> ChangeRole {
        ChangeRole { role: "admin".to_owned(), is_refused: false }
    }

    async fn run(&self, ctx: &JobCtx) -> Result<(), JobError> {
        let role = self.role.parse::<Role>().map_err(JobError::fail)?;
        let tx = platform::db::begin(&ctx.app.db).await.map_err(JobError::retry)?;
        if self.is_refused {
            let twice = "INSERT INTO only_one_at_the_commit VALUES (1), (1)";
            sea_orm::ConnectionTrait::execute_unprepared(&tx, twice).await.map_err(JobError::fail)?;
        }
        let follow_ups = FollowUps::default()
            .mail(Mail::PasswordRecovery { profile_id: MEMBER })
            .event(Event::role_changed(TEAM, MEMBER, role));
        assert_eq!(ctx.commit(tx, follow_ups).await?, 1);
        ctx.log(ctx.operator()?.name());
        Ok(())
    }
}

static JOBS: [Entry; 2] =
    [Entry::of::<ChangeRole>("Change a role."), Entry::of::<SendMail>("Send one mail.")];

async fn run(app: &TestApp, role: &str, is_refused: bool) -> Shown {
    let job = ChangeRole { role: role.to_owned(), is_refused };
    let id = jobs::enqueue(&app.app.db, &operator(), &job, Enqueue::default()).await;
    let id = id.expect("enqueues").expect("is new");
    let worker = operator::at_command_line("worker@elsewhere");
    jobs::drain_of(&app.app, &worker, &JOBS).await.expect("drains");
    show(&app.app.pool, id).await.expect("reads").expect("is known")
}

#[tokio::test]
async fn a_job_tells_a_browser_what_it_did_and_not_what_it_did_not() {
    let app = TestApp::start().await;
    let table = "CREATE TABLE only_one_at_the_commit (n int UNIQUE DEFERRABLE INITIALLY DEFERRED)";
    sqlx::query(table).execute(&app.app.pool).await.expect("is made");
    let mut heard = app.app.bus.subscribe(&MEMBER.to_string()).await;
    let refused = run(&app, "viewer", true).await;
    assert_eq!(refused.state, State::Dead);
    assert!(refused.errors[0].error.contains("only_one_at_the_commit"), "{:?}", refused.errors);
    let done = run(&app, "admin", false).await;
    assert_eq!(done.state, State::Done, "{:?}", done.errors);

    let first = timeout(PATIENCE, heard.recv()).await.expect("is told").expect("is a message");
    assert_eq!(first, Event::role_changed(TEAM, MEMBER, Role::Admin).encoded());
    assert!(heard.try_recv().is_err(), "of what was not committed nobody is told");

    let mails = Filter { kind: Some(SendMail::NAME.to_owned()), ..Filter::default() };
    let mails = list(&app.app.pool, &mails).await.expect("reads").jobs;
    assert_eq!(mails.len(), 1, "and nothing of it is left in the queue");
    let origin = mails[0].origin.as_ref().expect("somebody asked for it");
    assert_eq!(origin["parent"], done.id);
    let told = done.progress.expect("it told something")["log"].to_string();
    assert!(told.contains("cli:tests@harness"), "it acts in the name of whoever asked for it: {told}");
    app.leaves_dead_jobs(["change-role"]);
}

/// Runs a job of an operator as if nobody had asked for it who may.
async fn without_operator<J: Job>(app: &TestApp, job: J) -> Shown {
    let id = jobs::enqueue(&app.app.db, &operator(), &job, Enqueue::default()).await;
    let id = id.expect("enqueues").expect("is new");
    let forget = "UPDATE queue.job SET origin = origin - 'operator' WHERE id = $1";
    sqlx::query(forget).bind(id).execute(&app.app.pool).await.expect("forgets");
    app.run_jobs().await;
    show(&app.app.pool, id).await.expect("reads").expect("is known")
}

#[tokio::test]
async fn what_only_operators_may_do_a_job_does_for_them_alone() {
    let app = TestApp::start().await;
    let repair =
        StorageScrub { repair: domain::storage::scrub::Kind::ALL.to_vec(), ..StorageScrub::default() };
    for ended in [
        without_operator(&app, StorageMigrate::example()).await,
        without_operator(&app, StorageGcPlan::example()).await,
        without_operator(&app, repair).await,
    ] {
        assert_eq!(ended.state, State::Dead, "{}: {:?}", ended.kind, ended.errors);
        let error = &ended.errors[0].error;
        assert!(error.contains("only an operator may ask for this"), "{}: {error}", ended.kind);
    }
    let looked = without_operator(&app, StorageScrub::default()).await;
    assert_eq!(looked.state, State::Done, "to look is anybody's: {:?}", looked.errors);
    app.leaves_dead_jobs(["storage-gc-plan", "storage-migrate", "storage-scrub"]);
}
