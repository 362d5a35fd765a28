//! `atelier jobs pause`, `resume`, `limits`.

use std::process::ExitCode;

use anyhow::{Context as _, Result, bail};
use jobs::admin::{Control, Limits, Rate, Scope};
use platform::config::parse_duration;

use crate::{context::CommandContext, output, settings::DataDirArgs};

/// A queue or a kind
#[derive(Debug, clap::Args)]
pub(crate) struct ScopeArgs {
    /// This queue
    #[arg(long, conflicts_with = "kind", value_parser = queue)]
    queue: Option<String>,
    /// This kind of job, such as send-mail
    #[arg(long, value_parser = kind)]
    kind: Option<String>,
}

impl ScopeArgs {
    fn scope(self) -> Option<Scope> {
        self.queue.map(Scope::Queue).or(self.kind.map(Scope::Kind))
    }
}

/// What to pause or to resume
#[derive(Debug, clap::Args)]
pub(crate) struct PauseArgs {
    #[command(flatten)]
    data_dir: DataDirArgs,
    #[command(flatten)]
    which: ScopeArgs,
}

/// Nothing of it starts any more, or again.
pub(crate) async fn switch(ctx: &CommandContext, args: PauseArgs, pause: bool) -> Result<ExitCode> {
    let Some(scope) = args.which.scope() else { bail!("say what: --queue NAME or --kind NAME") };
    let changed = ctx.with(&args.data_dir, async |app| {
        let done = if pause {
            jobs::admin::pause(&app.pool, &scope, ctx.operator().name()).await
        } else {
            jobs::admin::resume(&app.pool, &scope, ctx.operator().name()).await
        };
        Ok(done?)
    });
    let text = match (pause, changed.await?) {
        (true, true) => format!("{scope}: paused; what runs goes on\n"),
        (true, false) => format!("{scope}: was paused already\n"),
        (false, true) => format!("{scope}: resumed\n"),
        (false, false) => format!("{scope}: was not paused\n"),
    };
    ctx.print(&text)?;
    Ok(ExitCode::SUCCESS)
}

/// List what is paused and limited, or set the limits of a queue or kind
///
/// Limits hold for all workers together. What is not named stays as it is.
#[derive(Debug, clap::Args)]
pub(crate) struct LimitArgs {
    #[command(flatten)]
    data_dir: DataDirArgs,
    #[command(flatten)]
    which: ScopeArgs,
    /// At most so many run at once
    #[arg(long, value_name = "N")]
    concurrency: Option<u32>,
    /// At most so many start in so much time, such as 10/1s
    #[arg(long, value_name = "N/TIME", value_parser = rate)]
    rate: Option<Rate>,
    /// Take both limits away
    #[arg(long, conflicts_with_all = ["concurrency", "rate"])]
    none: bool,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

/// Lists or sets.
pub(crate) async fn limits(ctx: &CommandContext, args: LimitArgs) -> Result<ExitCode> {
    let changes = args.none || args.concurrency.is_some() || args.rate.is_some();
    let scope = args.which.scope();
    if changes && scope.is_none() {
        bail!("say of what: --queue NAME or --kind NAME");
    }
    let controls = ctx.with(&args.data_dir, async |app| {
        let Some(scope) = &scope else { return Ok(jobs::admin::controls(&app.pool).await?) };
        if changes {
            let limits = Limits { concurrency: args.concurrency, rate: args.rate };
            let set = if args.none {
                jobs::admin::limit(&app.pool, scope, limits, ctx.operator().name()).await
            } else {
                jobs::admin::adjust(&app.pool, scope, limits, ctx.operator().name()).await
            };
            set.context("--concurrency, --rate")?;
        }
        let all = jobs::admin::controls(&app.pool).await?;
        Ok(all.into_iter().filter(|control| control.scope == *scope).collect())
    });
    let controls = controls.await?;
    if args.json {
        ctx.print_json(&controls)?;
    } else if controls.is_empty() {
        let what = scope.map_or_else(|| "nothing".to_owned(), |scope| format!("{scope}: nothing"));
        ctx.print(&format!("{what} is paused or limited\n"))?;
    } else {
        ctx.print(&table(&controls))?;
    }
    Ok(ExitCode::SUCCESS)
}

fn table(controls: &[Control]) -> String {
    let rows: Vec<[String; 4]> = controls
        .iter()
        .map(|control| {
            let Limits { concurrency, rate } = control.limits;
            [
                control.scope.to_string(),
                concurrency.map_or_else(|| "-".to_owned(), |n| n.to_string()),
                rate.map_or_else(|| "-".to_owned(), rate_text),
                paused(control),
            ]
        })
        .collect();
    output::table(["SCOPE", "MAX RUNNING", "RATE", "PAUSED"], &rows)
}

/// Since when and by whom.
pub(super) fn paused(control: &Control) -> String {
    let Some(at) = control.paused_at else { return "-".to_owned() };
    format!("{} by {}", output::time(at), control.paused_by.as_deref().unwrap_or("somebody"))
}

/// As one would type it.
pub(super) fn rate_text(rate: Rate) -> String {
    let ms = rate.window_ms;
    let units = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "m"), (1_000, "s"), (1, "ms")];
    let (size, unit) = units.into_iter().find(|(size, _)| ms.is_multiple_of(*size)).unwrap_or((1, "ms"));
    format!("{}/{}{unit}", rate.max, ms / size)
}

fn queue(name: &str) -> Result<String, String> {
    let names = jobs::Queue::ALL.map(jobs::Queue::name);
    let known = names.contains(&name).then(|| name.to_owned());
    known.ok_or_else(|| format!("there is no such queue: one of {}", names.join(", ")))
}

fn kind(name: &str) -> Result<String, String> {
    let names = || jobs::all::ALL.iter().map(|entry| entry.name).collect::<Vec<_>>().join(", ");
    let known = jobs::entry(name).map(|entry| entry.name.to_owned());
    known.ok_or_else(|| format!("there is no such job: one of {}", names()))
}

fn rate(text: &str) -> Result<Rate, String> {
    let should = || "should be like 10/1s: starts, and a time".to_owned();
    let (max, window) = text.split_once('/').ok_or_else(should)?;
    // A bare number would be milliseconds, which nobody means.
    let window =
        parse_duration(window).filter(|_| window.ends_with(char::is_alphabetic)).ok_or_else(should)?;
    let window_ms = u32::try_from(window.as_millis()).map_err(|_| should())?;
    Ok(Rate { max: max.parse().map_err(|_| should())?, window_ms })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates() {
        assert_eq!(rate("10/1s"), Ok(Rate { max: 10, window_ms: 1_000 }));
        assert_eq!(rate_text(Rate { max: 3, window_ms: 60_000 }), "3/1m");
        for wrong in ["", "10", "10/5", "10/", "/1s", "x/1s", "10/soon", "-1/1s"] {
            assert!(rate(wrong).is_err(), "{wrong}");
        }
    }
}
