//! A snapshot of a large drawing, and bringing it back after a thousand edits, against writing the drawing anew.

use std::time::Instant;

use anyhow::Result;
use futures_util::TryStreamExt as _;
use sqlx::postgres::PgPoolCopyExt as _;
use uuid::Uuid;

use super::studio::{Drawn, Studio, milliseconds};
use crate::{
    bench::Bench,
    figure::{Figures, ratio, spread},
    wire::{self, Connection},
};

/// Edits between a snapshot and bringing it back.
const EDITS: usize = 1_000;
const GOAL_SNAPSHOT: f64 = 2.0;
const GOAL_RESTORE: f64 = 0.02;
/// Bare rounds beside one snapshot.
const ROUNDS: usize = 50;

pub(crate) async fn measure(
    bench: &Bench,
    studio: &Studio,
    figures: &mut Figures,
    drawn: &mut Drawn,
) -> Result<()> {
    let sql = "CREATE TABLE bench_part (LIKE file_part INCLUDING ALL)";
    sqlx::raw_sql(sql).execute(&studio.pool).await?;
    let edits = if bench.quick { EDITS / 10 } else { EDITS };
    let (mut rounds, mut snapshots, mut restores, mut copies) = (vec![], vec![], vec![], vec![]);
    for number in 0..bench.rounds {
        rounds.extend(studio.bare.rounds(0, ROUNDS).await?);
        let (snapshot, taken) = create(studio, drawn, &format!("round {number}")).await?;
        snapshots.push(taken);
        studio.edits(drawn, edits).await?;
        restores.push(restore(studio, drawn, snapshot).await?);
        copies.push(write_anew(studio, drawn).await?);
    }
    let shapes = drawn.drawing.shapes;
    spread("bare round", &rounds, "ms");
    spread(&format!("a snapshot of {shapes} shapes"), &snapshots, "ms");
    spread(&format!("bringing it back after {edits} edits"), &restores, "ms");
    spread(&format!("writing {shapes} shapes anew by COPY"), &copies, "ms");
    figures.at_most("snapshot / bare round", ratio(&snapshots, &rounds), GOAL_SNAPSHOT);
    figures.at_most("restore / writing anew by COPY", ratio(&restores, &copies), GOAL_RESTORE);
    Ok(())
}

/// A new snapshot, and the milliseconds that it took.
async fn create(studio: &Studio, drawn: &Drawn, label: &str) -> Result<(Uuid, f64)> {
    let file = drawn.drawing.file.0;
    let body = format!(r#"{{"fileId":"{file}","label":"{label}"}}"#);
    let taken = timed(studio, "create-file-snapshot", &body).await?;
    let sql = "SELECT id FROM file_snapshot WHERE file_id = $1 AND label = $2";
    let id = sqlx::query_scalar(sql).bind(file).bind(label).fetch_one(&studio.pool).await?;
    Ok((id, taken))
}

/// Milliseconds that bringing it back took.
async fn restore(studio: &Studio, drawn: &mut Drawn, snapshot: Uuid) -> Result<f64> {
    let file = drawn.drawing.file.0;
    let body = format!(r#"{{"fileId":"{file}","id":"{snapshot}"}}"#);
    let taken = timed(studio, "restore-file-snapshot", &body).await?;
    let sql = "SELECT revn::bigint, vern::bigint FROM file WHERE id = $1";
    let (revn, vern): (i64, i64) = sqlx::query_as(sql).bind(file).fetch_one(&studio.pool).await?;
    drawn.revn = usize::try_from(revn)?;
    drawn.drawing.vern = vern;
    Ok(taken)
}

async fn timed(studio: &Studio, method: &str, body: &str) -> Result<f64> {
    let mut connection = Connection::open(studio.api()).await?;
    let request = wire::post(method, &studio.installation.cookie, body);
    let begun = Instant::now();
    connection.exchange(&[&request]).await?;
    Ok(milliseconds(begun))
}

/// Milliseconds of a transaction that writes all rows of the file into a table like theirs.
async fn write_anew(studio: &Studio, drawn: &Drawn) -> Result<f64> {
    let sql = format!(
        "COPY (SELECT p.* FROM file_container c JOIN file_part p ON p.container_id = c.id WHERE c.file_id = '{}')
           TO STDOUT (FORMAT binary)",
        drawn.drawing.file.0
    );
    let pieces: Vec<_> = studio.pool.copy_out_raw(&sql).await?.try_collect().await?;
    sqlx::raw_sql("TRUNCATE bench_part").execute(&studio.pool).await?;
    let begun = Instant::now();
    let mut copy = studio.pool.copy_in_raw("COPY bench_part FROM STDIN (FORMAT binary)").await?;
    for piece in pieces {
        copy.send(piece).await?;
    }
    copy.finish().await?;
    Ok(milliseconds(begun))
}
