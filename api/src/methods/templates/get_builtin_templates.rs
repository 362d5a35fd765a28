//! List the templates of this installation.

use crate::rpc::{ctx::Ctx, error::Result, method::Method, tx_mode::TxMode};
use domain::template;
use poem_openapi::Object;

/// The method `get-builtin-templates`.
pub struct GetBuiltinTemplates;

/// Nothing is asked for.
#[derive(Debug, Clone, Object)]
pub struct Params {}

/// An archive that people can begin with.
#[derive(Debug, Object)]
pub struct Template {
    /// Its key: clients know pictures by it.
    id: String,
    /// Name shown to people.
    name: String,
}

impl Method for GetBuiltinTemplates {
    const NAME: &'static str = "get-builtin-templates";
    const TX: TxMode = TxMode::None;
    const SINCE: &'static str = "1.19";
    type Params = Params;
    type Output = Vec<Template>;

    async fn call(ctx: &Ctx, _: Params) -> Result<Vec<Template>> {
        let found = template::list(ctx.app()).await;
        Ok(found.into_iter().map(|one| Template { id: one.id, name: one.name }).collect())
    }
}
