//! List the people who may edit in the teams that the caller owns.

use crate::rpc::{ctx::Ctx, error::Result, method::Method, tx_mode::TxMode};
use domain::team::usage;
use poem_openapi::Object;
use uuid::Uuid;

/// The method `get-subscription-usage`.
pub struct GetSubscriptionUsage;

/// Nothing.
#[derive(Debug, Clone, Object)]
pub struct Params {}

/// Everybody once.
#[derive(Debug, Object)]
pub struct Output {
    /// At most 10,000.
    editors: Vec<Editor>,
}

/// Somebody who may edit.
#[derive(Debug, Object)]
pub struct Editor {
    /// Key.
    id: Uuid,
    /// The name shown to others.
    name: String,
    /// Address.
    email: String,
}

impl Method for GetSubscriptionUsage {
    const NAME: &'static str = "get-subscription-usage";
    const TX: TxMode = TxMode::Read;
    const SINCE: &'static str = "2.9";
    type Params = Params;
    type Output = Output;

    async fn call(ctx: &Ctx, _: Params) -> Result<Output> {
        let people = usage::editors(ctx.tx()?, ctx.caller()?).await?;
        let editor = |one: usage::Editor| Editor { id: one.id.into(), name: one.name, email: one.email };
        Ok(Output { editors: people.into_iter().map(editor).collect() })
    }
}
