//! What is stored, what goes next, and the jobs that check and move it.

pub mod moves;
pub mod object;
pub mod repair;
mod stored;
pub mod sweep;
mod work;

use crate::{
    error::{PageError, Result},
    layout::{Page, see_other},
    page_context::PageContext,
    single_flight_cache::SingleFlightCache,
};
use domain::{
    permission::Operator,
    storage::totals::{self, Totals},
};
use jobs::{admin::Scope, all::storage_migrate::StorageMigrate};
use maud::{Markup, html};
use poem::Response;
use std::time::Duration;
use uuid::Uuid;

/// Sums are made again after so long: they look at many rows.
const SUMS_AGE_MAX: Duration = Duration::from_secs(60);
/// The page does not wait longer for new ones, while there are old ones; the very first may take longer.
const SUMS_WAIT: Duration = Duration::from_millis(50);
const FIRST_WAIT: Duration = Duration::from_secs(2);

/// The page; or, when a blob is asked for, on to that.
///
/// # Errors
/// No such thing as was asked for, or the database refuses.
pub(crate) async fn show(ctx: &PageContext<'_>, sums: &SingleFlightCache<Totals>) -> Result<Response> {
    if let Some(wanted) = ctx.fields.get("object") {
        // The end of an address does as well.
        let id = wanted.trim().split(['/', '?']).rev().find_map(|part| part.parse::<Uuid>().ok());
        let id = id.ok_or_else(|| {
            PageError::Wrong(format!("object: should be the ID of a blob, a UUID, not {wanted:?}"))
        })?;
        return Ok(see_other(&format!("/admin/storage/objects/{id}")));
    }
    let app = &ctx.state.app;
    let sum = {
        let db = app.db.clone();
        let ask = async move {
            let found = totals::totals(&db).await;
            found.inspect_err(|error| tracing::error!(%error, "what is stored cannot be summed up")).ok()
        };
        sums.latest(SUMS_AGE_MAX, [SUMS_WAIT, FIRST_WAIT], ask).await
    };
    let body = html! {
        h1 { "Storage" }
        p class="lead" { "New blobs go to " (app.storage_name()) "." }
        (lookup())
        (stored::section(sum.as_ref(), app.now()))
        (sweep::section(ctx).await?)
        (work::scrubs(ctx).await?)
        (work::moves(ctx).await?)
    };
    let notice = ctx.fields.get("did").and_then(|did| match did {
        "started" => Some("It was asked for, and starts as soon as a worker is free."),
        "twin" => Some("One is under way already: no other was started."),
        "paused" => Some("No job of that kind starts or goes on any more."),
        "resumed" => Some("Jobs of that kind go on."),
        _ => None,
    });
    let page = Page {
        title: "Storage",
        section: "/admin/storage",
        visitor: ctx.visitor,
        follows: Some(&ctx.address),
        notice: notice.map(str::to_owned),
    };
    Ok(page.show(&body))
}

fn lookup() -> Markup {
    html! {
        form class="filters" method="get" action="/admin/storage" {
            label { "Why is a blob there?" input name="object" size="38" required placeholder="its ID or its URL"; }
            button { "Look up" }
        }
    }
}

/// Starts a scrub, a move or a sweep, lets them stand still or go on, or brings a blob back.
///
/// # Errors
/// There is no such target or action, a field cannot be, or the database refuses.
pub(crate) async fn act(
    ctx: &PageContext<'_>,
    operator: &Operator,
    target: &str,
    action: &str,
) -> Result<Response> {
    let did = match (target, action) {
        ("scrub", "start") => work::start(ctx, operator, &repair::wanted(ctx)?).await?,
        ("sweep", "start") => sweep::carry_out(ctx, operator).await?,
        ("migrate", "start") => {
            let order = moves::order(ctx)?;
            let job = StorageMigrate { from: order.from, to: order.to, bucket: order.bucket };
            work::start(ctx, operator, &job).await?
        }
        ("storage-scrub" | "storage-migrate" | "storage-gc-plan", "pause") => {
            let (pool, scope) = (&ctx.state.app.pool, Scope::Kind(target.to_owned()));
            jobs::admin::pause(pool, &scope, operator.name()).await?;
            "paused"
        }
        ("storage-scrub" | "storage-migrate" | "storage-gc-plan", "resume") => {
            let (pool, scope) = (&ctx.state.app.pool, Scope::Kind(target.to_owned()));
            jobs::admin::resume(pool, &scope, operator.name()).await?;
            ctx.state.waker.wake();
            "resumed"
        }
        (id, "restore") => return object::restore(ctx, operator, id).await,
        _ => return Err(PageError::NotFound),
    };
    Ok(see_other(&format!("/admin/storage?did={did}")))
}
