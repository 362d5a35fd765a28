//! Deleting and restoring a large team: how long the answer takes, and the work behind it.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use domain::deletion::restore;
use entities::ids::TeamId;
use sqlx::PgPool;
use uuid::Uuid;

use crate::{
    bench::Bench,
    figure::{Figures, median, spread},
    installation::{Installation, operator},
    wire::{self, Connection},
};

const PROJECTS: i32 = 100;
const FILES: i32 = 10_000;
const MEMBERS: i32 = 50;
/// The answer to `delete-team`, milliseconds.
const GOAL: f64 = 50.0;
const ROUND_MAX: Duration = Duration::from_secs(600);

const TEAM: &str = "
    WITH team AS (
           INSERT INTO team (id, created_at, modified_at, name) VALUES ($1, now(), now(), 'Large')),
         people AS (
           INSERT INTO profile (id, created_at, modified_at, fullname, email, password)
           SELECT gen_random_uuid(), now(), now(), 'Member', 'member' || n || '@example.com', '!'
             FROM generate_series(2, $3) n
           RETURNING id),
         members AS (
           INSERT INTO team_profile_rel (id, team_id, profile_id, is_owner, can_edit, created_at, modified_at)
           SELECT gen_random_uuid(), $1, id, id = $2, true, now(), now()
             FROM (SELECT id FROM people UNION ALL SELECT $2) everybody),
         projects AS (
           INSERT INTO project (id, team_id, created_at, modified_at, name)
           SELECT gen_random_uuid(), $1, now(), now(), 'Project ' || n FROM generate_series(0, $4 - 1) n
           RETURNING id, name),
         files AS (
           INSERT INTO file (id, project_id, created_at, modified_at, name, version)
           SELECT gen_random_uuid(), p.id, now(), now(), 'File ' || n, 67
             FROM generate_series(0, $5 - 1) n JOIN projects p ON p.name = 'Project ' || (n % $4)
           RETURNING id)
    INSERT INTO file_data (file_id, id, created_at, modified_at, kind, backend, data)
    SELECT id, id, now(), now(), 'main', 'db', decode(repeat(md5(id::text), 32), 'hex') FROM files";

pub(crate) async fn measure(bench: &Bench, figures: &mut Figures) -> Result<()> {
    println!("  a team of {PROJECTS} projects, {FILES} files with a document each, and {MEMBERS} members");
    let installation = Installation::make(bench, 0).await?;
    let (app, team) = (&installation.app, Uuid::from_u128(1));
    let fill =
        sqlx::query(TEAM).bind(team).bind(installation.owner.0).bind(MEMBERS).bind(PROJECTS).bind(FILES);
    fill.execute(&app.pool).await?;
    sqlx::raw_sql("VACUUM ANALYZE").execute(&app.pool).await?;
    let served = installation.serve().await?;
    let mut connection = Connection::open(served.address).await?;
    let request = wire::post("delete-team", &installation.cookie, &format!("{{\"id\":\"{team}\"}}"));
    let (mut answers, mut cascades, mut restores) = (vec![], vec![], vec![]);
    for _ in 0..bench.rounds * 2 {
        let begun = Instant::now();
        connection.exchange(&[&request]).await?;
        answers.push(milliseconds(begun));
        let begun = Instant::now();
        tokio::time::timeout(ROUND_MAX, jobs::drain(app, &operator())).await??;
        cascades.push(milliseconds(begun));
        ensure!(living(&app.pool).await? == 0, "the job left files behind");
        let begun = Instant::now();
        let tx = platform::db::begin(&app.db).await?;
        restore::team(&tx, &operator(), TeamId(team), app.now()).await?;
        tx.commit().await?;
        restores.push(milliseconds(begun));
        ensure!(living(&app.pool).await? == i64::from(FILES), "not every file came back");
    }
    spread("the answer to delete-team", &answers, "ms");
    spread("the job that deletes what lies inside, in batches", &cascades, "ms");
    spread("restoring the team", &restores, "ms");
    figures.at_most("delete-team, median, ms", median(&answers), GOAL);
    served.end().await?;
    installation.close().await;
    Ok(())
}

fn milliseconds(since: Instant) -> f64 {
    since.elapsed().as_secs_f64() * 1000.0
}

async fn living(pool: &PgPool) -> Result<i64> {
    Ok(sqlx::query_scalar("SELECT count(*) FROM file WHERE deleted_at IS NULL").fetch_one(pool).await?)
}
