//! Drawings: what an edit costs at any size, alone and together, and what reading a file costs, each against the least
//! that PostgreSQL and a handler need for it; and against one compressed blob a file. And its snapshots.

mod blob;
mod drawing;
mod history;
mod reading;
mod round;
mod studio;

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use tokio::task::JoinSet;

use crate::{
    bench::Bench,
    figure::{Figures, median, quantile, ratio, spread},
    installation::Installation,
    wire::{self, Connection},
};
use round::{Bare, ROUND_MAX};
use studio::{Drawn, Studio};

/// Shapes of the three drawings, and what the editors share.
const SIZES: [usize; 3] = [100, 10_000, 100_000];
const EDITORS: usize = 8;
const EDITED_SHAPES: usize = 10_000;
/// Edits of one round of one connection.
const EDITS: usize = 300;
/// A median edit in bare rounds, and the largest drawing's in the smallest one's.
const GOAL_EDIT: f64 = 2.5;
const GOAL_FLAT: f64 = 1.5;
const GOAL_SPREAD: f64 = 4.0;
const GOAL_WAL: f64 = 2048.0;
const GOAL_EDITORS: f64 = 0.5;
/// All limits are on, as in production; none is reached.
const LIMITS: [(&str, &str); 1] = [("ATELIER_RPC_LIMITS", "default=1000000000/h update-file=1000000000/h")];

pub(crate) async fn measure(bench: &Bench, figures: &mut Figures) -> Result<()> {
    let sizes = if bench.quick { [100, 1_000, 10_000] } else { SIZES };
    let installation = Installation::make(bench, sizes.len() + EDITORS).await?;
    let role = installation.start(bench, "document", &LIMITS)?;
    let bare = Bare::start(&installation, EDITORS).await?;
    let pool = installation.app.pool.clone();
    let studio = Studio { installation, role, bare, pool };
    let mut drawings = vec![];
    for (number, shapes) in sizes.into_iter().enumerate() {
        let begun = Instant::now();
        drawings.push(studio.draw(number, shapes).await?);
        println!("  {shapes} shapes drawn by update-file in {:.1} s", begun.elapsed().as_secs_f64());
    }
    sqlx::raw_sql("VACUUM ANALYZE").execute(&studio.pool).await?;
    sqlx::raw_sql("CHECKPOINT").execute(&studio.pool).await?;
    alone(bench, &studio, figures, &mut drawings).await?;
    blob::measure(&studio, figures, &mut drawings[sizes.len() - 1]).await?;
    together(bench, &studio, figures).await?;
    reading::measure(bench, &studio, figures, &drawings).await?;
    history::measure(bench, &studio, figures, &mut drawings[sizes.len() - 1]).await?;
    drop(studio.role);
    studio.installation.close().await;
    Ok(())
}

/// One client: the time and log of an edit at each size.
async fn alone(bench: &Bench, studio: &Studio, figures: &mut Figures, drawings: &mut [Drawn]) -> Result<()> {
    let count = if bench.quick { EDITS / 5 } else { EDITS };
    let (mut bare, mut ours) = (vec![], vec![vec![]; drawings.len()]);
    let mut spreads = vec![vec![]; drawings.len()];
    let mut wal = vec![vec![]; drawings.len()];
    for drawn in drawings.iter_mut() {
        studio.edits(drawn, count / 3).await?;
    }
    studio.bare.rounds(0, count / 3).await?;
    for _ in 0..bench.rounds {
        bare.push(median(&studio.bare.rounds(0, count).await?));
        for (at, drawn) in drawings.iter_mut().enumerate() {
            let edits = studio.edits(drawn, count).await?;
            ours[at].push(median(&edits.times));
            spreads[at].push(quantile(&edits.times, 0.99) / median(&edits.times));
            wal[at].push(edits.wal / edits.times.len() as f64);
        }
    }
    spread("bare round, p50", &bare, "ms");
    for (at, drawn) in drawings.iter().enumerate() {
        let shapes = drawn.drawing.shapes;
        spread(&format!("update-file, one move of {shapes} shapes, p50"), &ours[at], "ms");
        figures.at_most(
            &format!("one move, {shapes} shapes / bare round"),
            ratio(&ours[at], &bare),
            GOAL_EDIT,
        );
        figures.at_most(&format!("one move, {shapes} shapes: p99 / p50"), median(&spreads[at]), GOAL_SPREAD);
        figures.at_most(&format!("one move, {shapes} shapes: WAL, bytes"), median(&wal[at]), GOAL_WAL);
    }
    let flat = ratio(&ours[drawings.len() - 1], &ours[0]);
    figures.at_most("one move, the largest drawing / the smallest", flat, GOAL_FLAT);
    Ok(())
}

/// Eight editors, on one file and on eight.
async fn together(bench: &Bench, studio: &Studio, figures: &mut Figures) -> Result<()> {
    let shapes = if bench.quick { EDITED_SHAPES / 10 } else { EDITED_SHAPES };
    let seconds = if bench.quick { 1.0 } else { 4.0 };
    let mut files = vec![];
    for number in 0..EDITORS {
        files.push(studio.draw(studio.installation.files.len() - EDITORS + number, shapes).await?);
    }
    let (mut one, mut own) = ([vec![], vec![]], [vec![], vec![]]);
    for _ in 0..bench.rounds {
        one[0].push(studio.bare.load(EDITORS, 1, seconds).await?);
        one[1].push(load(studio, &mut files[..1], seconds).await?);
        own[0].push(studio.bare.load(EDITORS, EDITORS, seconds).await?);
        own[1].push(load(studio, &mut files, seconds).await?);
    }
    for (name, [bare, ours]) in [("one file", &one), ("a file each", &own)] {
        spread(&format!("{EDITORS} clients of the bare round, {name}"), bare, "/s");
        spread(&format!("{EDITORS} editors, {name} of {shapes} shapes"), ours, "/s");
        figures.at_least(
            &format!("{EDITORS} editors, {name} / bare rounds"),
            ratio(ours, bare),
            GOAL_EDITORS,
        );
    }
    Ok(())
}

/// Edits a second of all editors, who are spread over the files.
async fn load(studio: &Studio, files: &mut [Drawn], seconds: f64) -> Result<f64> {
    let begun = Instant::now();
    let end = begun + Duration::from_secs_f64(seconds);
    let revns: Vec<Arc<AtomicUsize>> =
        files.iter().map(|drawn| Arc::new(AtomicUsize::new(drawn.revn))).collect();
    let mut editors = JoinSet::new();
    for number in 0..EDITORS {
        let at = number % files.len();
        let (drawing, revn, address) = (files[at].drawing, Arc::clone(&revns[at]), studio.api());
        let cookie = studio.installation.cookie.clone();
        editors.spawn(async move {
            let mut connection = Connection::open(address).await?;
            let mut done = 0;
            while Instant::now() < end {
                // What has been answered to anybody, as the others hear of it.
                let body = drawing.moved(number * 1_000 + done, revn.load(Relaxed));
                let head = wire::transit_head("update-file", &cookie, body.len());
                connection.exchange(&[&head, &body]).await?;
                revn.fetch_add(1, Relaxed);
                done += 1;
            }
            anyhow::Ok(done)
        });
    }
    let all = tokio::time::timeout(ROUND_MAX, editors.join_all()).await.context("a round hangs")?;
    let done = all.into_iter().collect::<Result<Vec<usize>>>()?;
    let rate = done.iter().sum::<usize>() as f64 / begun.elapsed().as_secs_f64();
    for (drawn, revn) in files.iter_mut().zip(revns) {
        drawn.revn = revn.load(Relaxed);
    }
    Ok(rate)
}
