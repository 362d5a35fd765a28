//! Moving blobs to another backend: what would move, before it does.

use crate::{
    error::{PageError, Result},
    layout::Page,
    look::Look,
    words::count,
};
use domain::storage::{
    bucket::{BUCKETS, Bucket},
    migrate::{self, Order},
};
use maud::html;
use poem::Response;

/// The order of a form.
///
/// # Errors
/// It cannot be carried out here; the text says why.
pub(crate) fn order(look: &Look<'_>) -> Result<Order> {
    let named = |name: &str| {
        let value = look.fields.get(name).map(str::to_owned);
        value.ok_or_else(|| PageError::Wrong(format!("{name}: should be the name of a backend")))
    };
    let order = Order {
        from: named("from")?,
        to: named("to")?,
        bucket: look.fields.get("bucket").map(str::to_owned),
    };
    if let Some(bucket) = &order.bucket
        && Bucket::find(bucket).is_none()
    {
        let known = BUCKETS.map(|bucket| bucket.name.as_str()).join(", ");
        return Err(PageError::Wrong(format!("bucket: should be one of {known}")));
    }
    migrate::check(&look.state.app, &order)?;
    Ok(order)
}

/// Asks, with the count. Changes nothing.
///
/// # Errors
/// As [`order`], or the database refuses.
pub(crate) async fn ask(look: &Look<'_>) -> Result<Response> {
    let order = order(look)?;
    let number = migrate::count(&look.state.app, &order).await?;
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
            input type="hidden" name="csrf" value=(look.visitor.csrf());
            input type="hidden" name="from" value=(order.from);
            input type="hidden" name="to" value=(order.to);
            @if let Some(bucket) = &order.bucket { input type="hidden" name="bucket" value=(bucket); }
            button class="primary" disabled[number == 0] { "Move " (blobs) }
            a href="/admin/storage" { "Go back" }
        }
    };
    let page = Page {
        title: "Move blobs",
        place: "/admin/storage",
        visitor: look.visitor,
        address: "/admin/storage",
        notice: None,
    };
    Ok(page.show(&body))
}
