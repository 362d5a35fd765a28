//! Moving blobs to another backend: what would move, before it does.

use crate::{
    error::{PageError, Result},
    format::count,
    layout::Page,
    page_context::PageContext,
};
use domain::storage::migrate::{self, Order};
use entities::storage_object::BucketName;
use maud::html;
use poem::Response;

/// The order of a form.
///
/// # Errors
/// It cannot be carried out here; the text says why.
pub(crate) fn order(ctx: &PageContext<'_>) -> Result<Order> {
    let named = |name: &str| {
        let value = ctx.fields.get(name).map(str::to_owned);
        value.ok_or_else(|| PageError::Wrong(format!("{name}: should be the name of a backend")))
    };
    let order =
        Order { from: named("from")?, to: named("to")?, bucket: ctx.fields.get("bucket").map(str::to_owned) };
    if let Some(bucket) = &order.bucket {
        let known = bucket.parse::<BucketName>();
        known.map_err(|error| PageError::Wrong(format!("bucket: {error}")))?;
    }
    migrate::check(&ctx.state.app, &order)?;
    Ok(order)
}

/// Asks, with the count. Changes nothing.
///
/// # Errors
/// As [`order`], or the database refuses.
pub(crate) async fn ask(ctx: &PageContext<'_>) -> Result<Response> {
    let order = order(ctx)?;
    let number = migrate::count(&ctx.state.app, &order).await?;
    let blobs = count(i64::try_from(number).unwrap_or(i64::MAX), "blob", "blobs");
    let body = html! {
        h1 { "Move " (blobs) " from " (order.from) " to " (order.to) "?" }
        p {
            @if let Some(bucket) = &order.bucket { "Only those of the bucket " (bucket) ". " }
            "Each is copied, read back and compared before it counts as moved; people notice nothing. The old bytes "
            "are removed by a sweep afterwards. It can be paused, and cancelled: what was moved by then stays where "
            "it is."
        }
        form method="post" action="/admin/storage/migrate/start" class="confirm" {
            input type="hidden" name="csrf" value=(ctx.visitor.csrf());
            input type="hidden" name="from" value=(order.from);
            input type="hidden" name="to" value=(order.to);
            @if let Some(bucket) = &order.bucket { input type="hidden" name="bucket" value=(bucket); }
            button class="primary" disabled[number == 0] { "Move " (blobs) }
            a href="/admin/storage" { "Go back" }
        }
    };
    let page = Page {
        title: "Move blobs",
        section: "/admin/storage",
        visitor: ctx.visitor,
        follows: None,
        notice: None,
    };
    Ok(page.show(&body))
}
