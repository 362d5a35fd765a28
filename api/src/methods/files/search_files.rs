//! Find files of a team by their names.

use crate::{
    rpc::{ctx::Ctx, error::Result, method::Method, reply::Maybe, tx_mode::TxMode},
    views::file::FileSummary,
};
use domain::file::lists;
use entities::ids::TeamId;
use poem_openapi::Object;
use uuid::Uuid;

/// The method `search-files`.
pub struct SearchFiles;

/// Where, and what for.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// The team. Files in projects that the caller cannot change are not found.
    team_id: Uuid,
    /// A part of the name, whatever the case of its letters. Nothing is answered without one.
    search_term: Option<String>,
}

impl Method for SearchFiles {
    const NAME: &'static str = "search-files";
    const TX: TxMode = TxMode::Read;
    const SINCE: &'static str = "1.17";
    const AUDITED: bool = false;
    type Params = Params;
    type Output = Maybe<Vec<FileSummary>>;

    async fn call(ctx: &Ctx, params: Params) -> Result<Maybe<Vec<FileSummary>>> {
        let term = params.search_term.unwrap_or_default();
        if term.trim().is_empty() {
            return Ok(Maybe(None));
        }
        let found = lists::search(ctx.tx()?, ctx.caller()?, TeamId(params.team_id), &term).await?;
        Ok(Maybe(Some(found.into_iter().map(FileSummary::from).collect())))
    }
}
