//! Every page of the dashboard, with a million jobs in the tables.

use std::time::Instant;

use anyhow::{Context as _, Result};
use sqlx::{AssertSqlSafe, PgPool};

use crate::{
    bench::Bench,
    figure::{Figures, quantile},
    installation::{Installation, OWNER},
    wire::{self, Connection},
};

const JOBS: i64 = 1_000_000;
/// Each page is asked for so often.
const TIMES: usize = 60;
/// Of the 95th of a hundred answers, milliseconds.
const GOAL: f64 = 150.0;
const FILL: &str = include_str!("dashboard.sql");

/// Name and address of what looks the same in every installation; `{…}` stands for an id.
const PAGES: &str = "
overview                     /admin
overview, 7 days             /admin?span=7d
jobs                         /admin/jobs
jobs, deep                   /admin/jobs?before={middle}
jobs, ready                  /admin/jobs?state=ready
jobs, scheduled              /admin/jobs?state=scheduled
jobs, running                /admin/jobs?state=running
jobs, dead                   /admin/jobs?state=dead
jobs, done, of a kind        /admin/jobs?state=done&kind=send-mail
jobs, of a rare kind         /admin/jobs?kind=feedback-gc
jobs, of an unknown kind      /admin/jobs?kind=nothing
jobs, of a queue             /admin/jobs?queue=media
jobs, of a team              /admin/jobs?team={tenant}
jobs, text in error          /admin/jobs?text=refused
jobs, text in no error       /admin/jobs?text=nowhere
jobs, of an hour             /admin/jobs?hours=1
dead jobs of a group         /admin/jobs?state=dead&group={group}
jobs, oldest                 /admin/jobs?sort=oldest
jobs, longest waiting        /admin/jobs?sort=waiting
jobs, by priority            /admin/jobs?sort=priority
jobs, by attempts            /admin/jobs?sort=attempts
jobs, longest running        /admin/jobs?sort=running
a job, ready                 /admin/jobs/{ready}
a job, dead                  /admin/jobs/{dead}
a job, done                  /admin/jobs/{done}
asking: retry all dead       /admin/jobs/confirm?which=all&state=dead&action=retry
asking: cancel all ready     /admin/jobs/confirm?which=all&state=ready&action=cancel
dead jobs                    /admin/dead
schedule                     /admin/schedule
actions                      /admin/actions
storage                      /admin/storage
a blob                       /admin/storage/objects/{blob}
people                       /admin/people
people, searched             /admin/people?q=person4999
people, in vain              /admin/people?q=nowhere
a person                     /admin/people/{person}
teams                        /admin/teams
teams, searched              /admin/teams?q=person%204999
a team                       /admin/teams/{team}
mail                         /admin/mail
health                       /admin/health
";

const IDS: [(&str, &str); 9] = [
    ("middle", "SELECT (max(id) / 2)::text FROM queue.job"),
    ("tenant", "SELECT min(tenant::text) FROM queue.job"),
    ("group", "SELECT min(fingerprint) FROM queue.job_dead"),
    ("ready", "SELECT max(id)::text FROM queue.job WHERE state = 1"),
    ("dead", "SELECT max(id)::text FROM queue.job_dead"),
    ("done", "SELECT max(id)::text FROM queue.job_done"),
    ("blob", "SELECT min(id::text) FROM storage_object"),
    ("person", "SELECT min(id::text) FROM profile WHERE fullname LIKE 'Person %'"),
    ("team", "SELECT min(id::text) FROM team WHERE is_default"),
];

pub(crate) async fn measure(bench: &Bench, figures: &mut Figures) -> Result<()> {
    let jobs = if bench.quick { JOBS / 10 } else { JOBS };
    println!("  {jobs} jobs, 50,000 people, 300,000 blobs; {TIMES} times each page, one after the other");
    let installation = Installation::make(bench, 1).await?;
    let pool = &installation.app.pool;
    sqlx::raw_sql(AssertSqlSafe(FILL.replace("JOBS", &jobs.to_string()))).execute(pool).await?;
    sqlx::raw_sql("VACUUM ANALYZE").execute(pool).await?;
    sqlx::raw_sql("CHECKPOINT").execute(pool).await?;
    let settings = [
        ("PENPOT_ADMINS", OWNER),
        ("PENPOT_FLAGS", "enable-smtp"),
        ("PENPOT_SMTP_HOST", "127.0.0.1"),
        ("PENPOT_SMTP_PORT", "9"),
    ];
    let role = installation.start(bench, "dashboard", &settings)?;
    let mut connection = Connection::open(role.address).await?;
    let mut pages = PAGES.trim().to_owned();
    for (name, sql) in IDS {
        pages = pages.replace(&format!("{{{name}}}"), &id(pool, sql).await?);
    }
    for line in pages.lines() {
        let (name, path) = line.rsplit_once(" /").context("no address")?;
        let request = wire::get(&format!("/{path}"), &installation.cookie);
        let mut took = vec![];
        for _ in 0..TIMES {
            let begun = Instant::now();
            connection.exchange(&[&request]).await.with_context(|| format!("/{path}"))?;
            took.push(begun.elapsed().as_secs_f64() * 1000.0);
        }
        let [p50, p95, most] = [0.5, 0.95, 1.0].map(|part| quantile(&took, part));
        let name = format!("{}, p95, ms", name.trim());
        println!("    p50 {p50:.1} ms, first {:.1} ms, slowest {most:.1} ms", took[0]);
        figures.at_most(&name, p95, GOAL);
    }
    drop(role);
    installation.close().await;
    Ok(())
}

async fn id(pool: &PgPool, sql: &'static str) -> Result<String> {
    sqlx::query_scalar::<_, Option<String>>(sql).fetch_one(pool).await?.context(sql)
}
