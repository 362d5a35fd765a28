//! How fast jobs come in.

use anyhow::Result;

use crate::{
    bench::Bench,
    figure::{Figures, ratio, spread},
    ours, raw,
};

const CONNECTIONS: usize = 8;

pub(crate) async fn measure(bench: &Bench, figures: &mut Figures) -> Result<()> {
    let (mut raw_batch, mut batch, mut raw_single, mut single) = (vec![], vec![], vec![], vec![]);
    let (rows, each) = if bench.quick { (50_000, 500) } else { (100_000, 2_000) };
    for round in 0..=bench.rounds {
        ours::clear(&bench.pool).await?;
        let figures = [
            raw::enqueue_batches(&bench.pool, rows).await?,
            ours::enqueue_batches(&bench.pool, rows).await?,
            raw::enqueue_singles(&bench.uri, CONNECTIONS, each).await?,
            ours::enqueue_singles(&bench.pool, &bench.uri, CONNECTIONS, each).await?,
        ];
        if round > 0 {
            for (all, figure) in
                [&mut raw_batch, &mut batch, &mut raw_single, &mut single].into_iter().zip(figures)
            {
                all.push(figure);
            }
        }
    }
    spread("hand-written insert of 500 rows", &raw_batch, "rows/s");
    spread("queue, batches of 500", &batch, "jobs/s");
    spread("hand-written insert, 8 connections, without NOTIFY", &raw_single, "rows/s");
    spread("queue, 8 connections, with wake-up", &single, "jobs/s");
    figures.at_least("batch enqueue / raw", ratio(&batch, &raw_batch), 0.95);
    figures.at_least("single enqueue from 8 connections / raw", ratio(&single, &raw_single), 0.95);
    Ok(())
}
