//! get-file of drawings against `COPY` of the same rows; its first byte, and what the process needs for it.

use std::time::{Duration, Instant};

use anyhow::Result;
use futures_util::TryStreamExt as _;
use sqlx::postgres::PgPoolCopyExt as _;

use super::studio::{Drawn, Studio, milliseconds};
use crate::{
    bench::Bench,
    figure::{Figures, median, ratio, spread},
    process, wire,
};

const GOAL_COPY: f64 = 1.5;
const GOAL_FIRST: f64 = 2.0;
const GOAL_MIB: f64 = 5.0;
/// After the last byte, until memory is looked at.
const REST: Duration = Duration::from_secs(2);

pub(crate) async fn measure(
    bench: &Bench,
    studio: &Studio,
    figures: &mut Figures,
    drawings: &[Drawn],
) -> Result<()> {
    let id = studio.role.process.id();
    let mut firsts = vec![];
    for drawn in drawings {
        let (mut copies, mut reads, mut first) = (vec![], vec![], vec![]);
        let shapes = drawn.drawing.shapes;
        read(studio, drawn).await?;
        let rest = process::kib(id, "VmRSS")? / 1024.0;
        process::forget_peak(id)?;
        for _ in 0..bench.rounds {
            copies.push(copy(studio, drawn).await?);
            let (whole, begins) = read(studio, drawn).await?;
            reads.push(whole);
            first.push(begins);
        }
        let peak = process::kib(id, "VmHWM")? / 1024.0 - rest;
        tokio::time::sleep(REST).await;
        let left = process::kib(id, "VmRSS")? / 1024.0 - rest;
        spread(&format!("COPY of {shapes} shapes"), &copies, "ms");
        spread(&format!("get-file of {shapes} shapes"), &reads, "ms");
        spread(&format!("get-file of {shapes} shapes, first byte"), &first, "ms");
        if shapes >= 1_000 {
            figures.at_most(&format!("get-file of {shapes} / COPY"), ratio(&reads, &copies), GOAL_COPY);
        }
        figures.at_most(&format!("get-file of {shapes}, memory meanwhile, MiB"), peak, GOAL_MIB);
        figures.at_most(&format!("get-file of {shapes}, memory after, MiB"), left.max(0.0), 0.5);
        firsts.push(median(&first));
    }
    let flat = firsts.last().copied().unwrap_or(f64::NAN) / firsts.first().copied().unwrap_or(f64::NAN);
    figures.at_most("first byte, the largest drawing / the smallest", flat, GOAL_FIRST);
    Ok(())
}

/// Milliseconds of a whole answer, and until its first byte.
async fn read(studio: &Studio, drawn: &Drawn) -> Result<(f64, f64)> {
    let path = format!("/api/main/methods/get-file?id={}", drawn.drawing.file.0);
    let request = wire::get_closing(&path, &studio.installation.cookie, "application/transit+json");
    let counted = wire::count(studio.api(), &request).await?;
    Ok((counted.whole, counted.first))
}

/// Milliseconds that the rows of a file take to a client.
async fn copy(studio: &Studio, drawn: &Drawn) -> Result<f64> {
    let sql = format!(
        "COPY (SELECT p.* FROM file_container c JOIN file_part p ON p.container_id = c.id WHERE c.file_id = '{}')
           TO STDOUT (FORMAT binary)",
        drawn.drawing.file.0
    );
    let begun = Instant::now();
    let mut rows = studio.pool.copy_out_raw(&sql).await?;
    let mut bytes = 0;
    while let Some(piece) = rows.try_next().await? {
        bytes += piece.len();
    }
    anyhow::ensure!(bytes > 0, "the file has no rows");
    Ok(milliseconds(begun))
}
