//! One compressed blob for a whole file, as the reference keeps it: each edit reads, unpacks, changes, packs and writes
//! all of it.

use std::{
    io::{Read as _, Write as _},
    time::Instant,
};

use anyhow::{Context as _, Result};
use flate2::{Compression, read::ZlibDecoder, write::ZlibEncoder};
use sqlx::PgPool;
use transit::{Limits, value::Value};

use super::studio::{Drawn, Studio, milliseconds};
use crate::{
    figure::{Figures, median, spread},
    wire,
};

/// Edits of it; each takes seconds.
const EDITS: usize = 5;
const GOAL_TIMES: f64 = 1_000.0;
/// The largest document that is unpacked, bytes.
const BYTES_MAX: u64 = 1 << 30;

pub(crate) async fn measure(studio: &Studio, figures: &mut Figures, drawn: &mut Drawn) -> Result<()> {
    let path = format!("/api/main/methods/get-file?id={}", drawn.drawing.file.0);
    let request = wire::get_closing(&path, &studio.installation.cookie, "application/transit+json");
    let got = wire::fetch(studio.api(), &request).await?;
    let whole = transit::read(&got, &Limits::STORED)?;
    let data = whole.get("data").context("a file without data")?;
    let sql = "CREATE TABLE bench_blob (data bytea NOT NULL)";
    sqlx::raw_sql(sql).execute(&studio.pool).await?;
    let packed = pack(data)?;
    sqlx::query("INSERT INTO bench_blob VALUES ($1)").bind(&packed).execute(&studio.pool).await?;
    let (mut times, before) = (vec![], studio.wal().await?);
    for step in 0..EDITS {
        let begun = Instant::now();
        edit(&studio.pool, step).await?;
        times.push(milliseconds(begun));
    }
    let wal = (studio.wal().await? - before) / EDITS as f64;
    let ours = studio.edits(drawn, EDITS * 20).await?;
    let shapes = drawn.drawing.shapes;
    println!("  the blob has {:.1} MB", packed.len() as f64 / 1e6);
    spread(&format!("an edit of a blob of {shapes} shapes"), &times, "ms");
    figures.at_least("blob / update-file, time", median(&times) / median(&ours.times), GOAL_TIMES);
    figures.at_least("blob / update-file, WAL", wal / (ours.wal / ours.times.len() as f64), GOAL_TIMES);
    Ok(())
}

async fn edit(pool: &PgPool, step: usize) -> Result<()> {
    let mut tx = pool.begin().await?;
    let packed: Vec<u8> =
        sqlx::query_scalar("SELECT data FROM bench_blob FOR UPDATE").fetch_one(&mut *tx).await?;
    let mut bytes = vec![];
    ZlibDecoder::new(packed.as_slice()).take(BYTES_MAX).read_to_end(&mut bytes)?;
    let mut data = transit::read(&bytes, &Limits::STORED)?;
    let Value::Map(entries) = &mut data else { anyhow::bail!("no document") };
    entries.push((Value::keyword("moved"), Value::Int(i64::try_from(step)?)));
    sqlx::query("UPDATE bench_blob SET data = $1").bind(pack(&data)?).execute(&mut *tx).await?;
    Ok(tx.commit().await?)
}

fn pack(data: &Value) -> Result<Vec<u8>> {
    let mut encoder = ZlibEncoder::new(vec![], Compression::fast());
    encoder.write_all(&transit::write(data))?;
    Ok(encoder.finish()?)
}
