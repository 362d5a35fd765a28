//! Carry out now what the sweeps of blobs were to do at a moment.

use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::storage::plan::{self, Action};
use serde::{Deserialize, Serialize};

use crate::{
    Job, JobCtx, JobError,
    admin::{Control, Scope},
    all::{storage_gc_deleted::StorageGcDeleted, storage_gc_touched::StorageGcTouched},
};

/// Blobs that are decided about between two looks whether to go on.
const PORTION: usize = 200;

/// Whoever paused one of these wants no blob to go.
pub const GUARDS: [&str; 2] = [StorageGcTouched::NAME, StorageGcDeleted::NAME];

/// What somebody saw, by its moment: what became due later is left to the sweeps.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StorageGcPlan {
    /// When the plan was made that somebody saw.
    pub at: DateTime<Utc>,
}

impl Job for StorageGcPlan {
    const NAME: &'static str = "storage-gc-plan";
    const TIMEOUT: Duration = Duration::from_secs(3_600);
    const PRIORITY: i16 = 10;

    fn example() -> StorageGcPlan {
        StorageGcPlan { at: DateTime::UNIX_EPOCH }
    }

    fn unique_key(&self) -> Option<String> {
        Some("all".to_owned())
    }

    async fn run(&self, ctx: &JobCtx) -> Result<(), JobError> {
        let operator = ctx.operator()?;
        let plan = plan::make(&ctx.app.db, self.at.min(ctx.now())).await.map_err(JobError::retry)?;
        let total = u64::try_from(plan.items.len()).unwrap_or(u64::MAX);
        let (mut done, mut refused) = (0, 0);
        for portion in plan.items.chunks(PORTION) {
            refuse_when_guarded(ctx).await?;
            ctx.go_on_unless_paused(Self::NAME).await?;
            let outcomes =
                plan::apply(&ctx.app, &operator, portion, ctx.now()).await.map_err(JobError::retry)?;
            for outcome in outcomes {
                match outcome.refused {
                    None => done += 1,
                    Some(why) => {
                        refused += 1;
                        ctx.log(&format!("{} stays: {}", outcome.id, why.code()));
                    }
                }
            }
            ctx.progress(done + refused, Some(total), &format!("{done} done, {refused} stay"));
        }
        ctx.log(&format!("{done} done, {refused} stay"));
        // What stays is for the sweeps, so that this comes to an end.
        if plan.is_cut && done > 0 { Err(JobError::snooze(Duration::ZERO)) } else { Ok(()) }
    }

    async fn rehearse(&self, ctx: &JobCtx) -> Result<Option<String>, JobError> {
        let plan = plan::make(&ctx.app.db, self.at.min(ctx.now())).await.map_err(JobError::retry)?;
        let of = |action| plan.total(action).0;
        Ok(Some(format!(
            "would hide {} blobs, give up {} and remove {} for good",
            of(Action::Hide),
            of(Action::GiveUp),
            of(Action::Remove)
        )))
    }
}

async fn refuse_when_guarded(ctx: &JobCtx) -> Result<(), JobError> {
    let controls = crate::admin::controls(&ctx.app.pool).await.map_err(JobError::retry)?;
    match paused_guard(&controls) {
        Some(kind) => Err(JobError::fail(format!("{kind} is paused: nothing goes until it is resumed"))),
        None => Ok(()),
    }
}

/// The first of the [`GUARDS`] that is paused.
pub fn paused_guard(controls: &[Control]) -> Option<&'static str> {
    let is_paused = |kind: &&str| {
        controls.iter().any(|control| {
            control.paused_at.is_some() && matches!(&control.scope, Scope::Kind(name) if name == kind)
        })
    };
    GUARDS.into_iter().find(is_paused)
}
