//! Deleting, carrying marks down, restoring and purging, at random and at the same time, while days pass. Nothing that
//! lives lacks a part that went with it, nothing is purged before its time, and all that is deleted goes at last.
//!
//! `ATELIER_TEST_RESTORE_SEEDS=9..50` runs other seeds; the one that failed stands in the message.

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    deletion::{self, Deleted, Kind, cascade, purge::objects_gc_batch, restore},
    permission,
    role::Role,
};
use entities::{
    ids::{FileId, ProfileId, ProjectId, TeamId},
    storage_object::BucketName,
};
use futures_util::future::join_all;
use platform::{app::App, config::environment, db};
use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use std::{collections::HashMap, ops::Range, sync::Mutex};
use tests::{
    app::{TestApp, operator},
    factory::{self, Blob, Document, File, Project, Team, Thumbnail},
};
use uuid::Uuid;

const TEAMS: usize = 2;
const PROJECTS: usize = 3;
const FILES: usize = 3;
const ROUNDS: usize = 30;
const TASKS: usize = 6;

fn seeds() -> Range<u64> {
    let Some(text) = environment().remove("ATELIER_TEST_RESTORE_SEEDS") else { return 1..4 };
    let (first, end) = text.split_once("..").expect("seeds such as 9..50");
    first.parse().expect("a number")..end.parse().expect("a number")
}

/// Teams, projects in them, files in those, each with a document and a thumbnail.
async fn seed(app: &App, owner: ProfileId) -> Vec<(Kind, Uuid)> {
    let (db, mut things) = (&app.db, vec![]);
    let picture = Blob::of(BucketName::FileThumbnail);
    let blob = picture.id;
    factory::insert(db, [picture]).await;
    for team in 0..TEAMS {
        let id = Uuid::from_u128(1_000 + team as u128);
        let team = TeamId(id);
        things.push((Kind::Team, id));
        factory::insert(db, [Team { id: team, ..Team::default() }]).await;
        factory::give_role(app, team, owner, Role::Owner).await;
        for project in 0..PROJECTS {
            let id = Uuid::from_u128(id.as_u128() * 100 + project as u128);
            let project = ProjectId(id);
            things.push((Kind::Project, id));
            factory::insert(db, [Project { id: project, ..Project::of(team) }]).await;
            for file in 0..FILES {
                let id = Uuid::from_u128(id.as_u128() * 100 + file as u128);
                let file = FileId(id);
                things.push((Kind::File, id));
                factory::insert(db, [File { id: file, ..File::of(project) }]).await;
                factory::insert(db, [Document::of(file, "a document")]).await;
                factory::insert_thumbnail(db, Thumbnail { file, blob }).await;
            }
        }
    }
    things
}

struct World {
    app: App,
    owner: ProfileId,
    things: Vec<(Kind, Uuid)>,
    seed: u64,
    /// Who was deleted with which mark: each has its own.
    marks: Mutex<HashMap<DateTime<Utc>, Uuid>>,
}

impl World {
    /// One thing that somebody does at this moment.
    async fn act(&self, number: u32, now: DateTime<Utc>) {
        let mut rng = StdRng::seed_from_u64(self.seed * 1_000_000 + u64::from(number));
        let (kind, id) = self.things[rng.random_range(0..self.things.len())];
        let done = match rng.random_range(0..10) {
            0..3 => self.delete(kind, id, now + TimeDelta::microseconds(i64::from(number))).await,
            3..6 => self.carry(kind, id, rng.random_range(1..4)).await,
            6..8 => self.restore(kind, id, now).await,
            8 => objects_gc_batch(&self.app, now, rng.random_range(1..20)).await.map(|_| ()),
            _ => self.carry(kind, id, 500).await,
        };
        let collided =
            |error: &domain::Error| matches!(error, domain::Error::Db(error) if db::is_retryable(error));
        match done {
            Ok(()) | Err(domain::Error::NotFound | domain::Error::Refused { .. }) => {}
            Err(error) if collided(&error) => {}
            Err(error) => panic!("seed {}, {number}: {kind:?}: {error:?}", self.seed),
        }
    }

    async fn delete(&self, kind: Kind, id: Uuid, now: DateTime<Utc>) -> domain::Result<()> {
        let (tx, delay) = (db::begin(&self.app.db).await?, self.app.config.limits.deletion_delay);
        let Deleted { deleted_at, .. } = match kind {
            Kind::Team => {
                let held = permission::team_owner(&tx, self.owner, TeamId(id)).await?;
                deletion::delete_team(&tx, &held, delay, now).await?
            }
            Kind::Project => {
                let held = permission::project_editor(&tx, self.owner, ProjectId(id)).await?;
                deletion::delete_project(&tx, &held, delay, now).await?
            }
            _ => {
                let held = permission::file_editor(&tx, self.owner, FileId(id)).await?;
                deletion::delete_file(&tx, &held, delay, now).await?
            }
        };
        self.marks.lock().expect("whole").insert(deleted_at, id);
        Ok(tx.commit().await?)
    }

    async fn carry(&self, kind: Kind, id: Uuid, limit: u64) -> domain::Result<()> {
        let tx = db::begin(&self.app.db).await?;
        cascade::step(&tx, kind, id, limit).await?;
        Ok(tx.commit().await?)
    }

    async fn restore(&self, kind: Kind, id: Uuid, now: DateTime<Utc>) -> domain::Result<()> {
        let tx = db::begin(&self.app.db).await?;
        match kind {
            Kind::Team => restore::team(&tx, &operator(), TeamId(id), now).await?,
            Kind::Project => restore::project(&tx, &operator(), ProjectId(id), now).await?,
            _ => restore::file(&tx, &operator(), FileId(id), now).await?,
        };
        Ok(tx.commit().await?)
    }

    /// Every row there is, with its mark and those of what it is in.
    async fn look(&self) -> HashMap<(String, Uuid), Row> {
        let rows: Vec<Found> = sqlx::query_as(ROWS).fetch_all(&self.app.pool).await.expect("reads");
        let row = |(what, id, own, file, project, team, file_id, project_id, team_id): Found| {
            ((what, id), Row { marks: [own, file, project, team], ids: [file_id, project_id, team_id] })
        };
        rows.into_iter().map(row).collect()
    }

    /// A mark is one's own, or that of a whole which has it too.
    fn check(&self, rows: &HashMap<(String, Uuid), Row>) {
        let owners = self.marks.lock().expect("whole");
        for ((what, id), row) in rows {
            let Some(mark) = row.marks[0] else { continue };
            let owner = owners.get(&mark).copied();
            let holder = row.ids.iter().rposition(|id| Some(*id) == owner);
            let holder =
                holder.unwrap_or_else(|| panic!("seed {}: {what} {id}: whose is {mark}?", self.seed));
            let whole = row.marks[..=holder + 1].iter().all(|other| *other == Some(mark));
            assert!(whole, "seed {}: {what} {id} went with {owner:?}, which lives: {row:?}", self.seed);
        }
    }
}

type Mark = Option<DateTime<Utc>>;
type Found = (String, Uuid, Mark, Mark, Mark, Mark, Uuid, Uuid, Uuid);

#[derive(Debug, Clone)]
struct Row {
    /// Its own mark, then those of its file, its project and its team, of a project or a team that of itself instead.
    marks: [Mark; 4],
    ids: [Uuid; 3],
}

const ROWS: &str = "
    SELECT 'data' AS what, d.id, d.deleted_at, f.deleted_at, p.deleted_at, t.deleted_at, f.id, p.id, t.id
      FROM file_data d JOIN file f ON f.id = d.file_id JOIN project p ON p.id = f.project_id
      JOIN team t ON t.id = p.team_id
    UNION ALL
    SELECT 'thumbnail', f.id, d.deleted_at, f.deleted_at, p.deleted_at, t.deleted_at, f.id, p.id, t.id
      FROM file_thumbnail d JOIN file f ON f.id = d.file_id JOIN project p ON p.id = f.project_id
      JOIN team t ON t.id = p.team_id
    UNION ALL
    SELECT 'file', f.id, f.deleted_at, f.deleted_at, p.deleted_at, t.deleted_at, f.id, p.id, t.id
      FROM file f JOIN project p ON p.id = f.project_id JOIN team t ON t.id = p.team_id
    UNION ALL
    SELECT 'project', p.id, p.deleted_at, p.deleted_at, p.deleted_at, t.deleted_at, p.id, p.id, t.id
      FROM project p JOIN team t ON t.id = p.team_id WHERE NOT p.is_default
    UNION ALL
    SELECT 'team', t.id, t.deleted_at, t.deleted_at, t.deleted_at, t.deleted_at, t.id, t.id, t.id
      FROM team t WHERE NOT t.is_default";

#[tokio::test]
async fn nothing_is_lost_and_nothing_lives_by_halves() {
    let app = TestApp::start().await;
    for seed_number in seeds() {
        let ana = app.person(&format!("ana{seed_number}")).await;
        let owner = ProfileId(ana.id_of("id").parse().expect("a uuid"));
        sqlx::raw_sql(
            "DELETE FROM file_thumbnail; DELETE FROM storage_object; DELETE FROM file_data; DELETE FROM file;
                       DELETE FROM project WHERE NOT is_default; DELETE FROM team WHERE NOT is_default",
        )
        .execute(&app.app.pool)
        .await
        .expect("clears");
        let things = seed(&app.app, owner).await;
        let mut rng = StdRng::seed_from_u64(seed_number);
        let world = World { app: app.app.clone(), owner, things, seed: seed_number, marks: Mutex::default() };
        let (mut now, mut number) = (app.app.now(), 0);
        let mut before = world.look().await;
        let all = before.len();
        for round in 0..ROUNDS {
            // Everybody's clock is the same while they meet.
            now += TimeDelta::hours(rng.random_range(0..60));
            let tasks = (0..TASKS).map(|_| {
                number += 1;
                world.act(number, now)
            });
            join_all(tasks).await;
            let after = world.look().await;
            world.check(&after);
            for (key, row) in before.iter().filter(|(key, _)| !after.contains_key(*key)) {
                let due = row.marks.iter().flatten().min().is_some_and(|mark| *mark <= now);
                assert!(due, "seed {seed_number}, round {round}: {key:?} was lost: {row:?}");
            }
            before = after;
        }
        assert!(before.len() < all, "seed {seed_number}: nothing was ever purged");
        let living = before.values().filter(|row| row.marks.iter().all(Option::is_none)).count();
        now += TimeDelta::days(30);
        while objects_gc_batch(&world.app, now, 100).await.expect("purges").total() > 0 {}
        let left = world.look().await;
        assert_eq!(left.len(), living, "seed {seed_number}: what is deleted goes, what lives stays");
    }
}
