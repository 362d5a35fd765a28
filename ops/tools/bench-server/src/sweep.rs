//! The sweep of touched blobs, of which half are still used.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use domain::storage::sweep::{Swept, collect_touched_batch};

use crate::{
    bench::Bench,
    figure::{Figures, median, spread},
    installation::Installation,
    process,
};

const GOAL: f64 = 5000.0;
const ROUND_MAX: Duration = Duration::from_secs(600);

/// Blobs that were touched three to four hours ago, in the order in which nothing lies on disk.
const OBJECTS: &str = "
    INSERT INTO storage_object (id, created_at, touched_at, touched_by, size, backend, content_type, bucket, sha256,
           state)
    SELECT gen_random_uuid(), now() - interval '1 day', now() - interval '3 hours' - random() * interval '1 hour',
           'it was stored', 1000, 'fs', 'image/png', 'file-media-object', encode(sha256(n::text::bytea), 'hex'), 'valid'
      FROM generate_series(1, $1) n";
const USES: &str = "
    INSERT INTO file_media_object (id, file_id, created_at, name, width, height, mtype, media_id)
    SELECT gen_random_uuid(), $1, now(), 'picture', 100, 100, 'image/png', id
      FROM (SELECT id, row_number() OVER () AS n FROM storage_object) o WHERE n % 2 = 0";

pub(crate) async fn measure(bench: &Bench, figures: &mut Figures) -> Result<()> {
    let objects: i32 = if bench.quick { 4000 } else { 100_000 };
    println!("  {objects} objects touched more than two hours ago, every other used by a picture in a file");
    let (mut rates, mut own, mut database) = (vec![], vec![], vec![]);
    for _ in 0..bench.rounds {
        let installation = Installation::make(bench, 1).await?;
        let pool = &installation.app.pool;
        sqlx::query(OBJECTS).bind(objects).execute(pool).await?;
        sqlx::query(USES).bind(installation.files[0].0).execute(pool).await?;
        for sql in ["VACUUM (ANALYZE) storage_object", "VACUUM (ANALYZE) file_media_object", "CHECKPOINT"] {
            sqlx::raw_sql(sql).execute(pool).await?;
        }
        let cpu = || -> Result<[f64; 2]> {
            Ok([process::cpu_of_self()?, process::cpu_of_family(bench.postmaster)?])
        };
        let (before, begun) = (cpu()?, Instant::now());
        let swept = tokio::time::timeout(ROUND_MAX, sweep(&installation)).await;
        let swept = swept.context("a sweep takes too long")??;
        let (took, after) = (begun.elapsed().as_secs_f64(), cpu()?);
        let half = u64::from(objects.unsigned_abs() / 2);
        ensure!(swept.frozen == half && swept.deleted == half, "the sweep did something else: {swept:?}");
        rates.push(f64::from(objects) / took);
        own.push((after[0] - before[0]) / took * 100.0);
        database.push((after[1] - before[1]) / took * 100.0);
        installation.close().await;
    }
    spread("objects a second", &rates, "/s");
    spread("    CPU of this process, of one core", &own, "%");
    spread("    CPU of PostgreSQL, of one core", &database, "%");
    figures.at_least("sweep of touched objects a second", median(&rates), GOAL);
    Ok(())
}

/// As the job does it.
async fn sweep(installation: &Installation) -> Result<Swept> {
    let now = installation.app.now();
    let mut all = Swept::default();
    loop {
        let batch = collect_touched_batch(&installation.app, now).await?;
        all = all.plus(batch);
        if batch.seen == 0 {
            return Ok(all);
        }
    }
}
