//! Move files to another project.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        reply::Nothing,
        tx_mode::TxMode,
    },
    wire::Set,
};
use domain::{
    moving, permission,
    quota::{self, Scope, Target},
};
use entities::ids::{FileId, ProjectId};
use poem_openapi::Object;
use transit::value::Value;
use uuid::Uuid;

/// The method `move-files`.
pub struct MoveFiles;

/// Which files, and where to.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// Their keys.
    #[oai(validator(min_items = 1, max_items = 5000))]
    ids: Set<Uuid>,
    /// The project that they will lie in.
    project_id: Uuid,
}

impl Method for MoveFiles {
    const NAME: &'static str = "move-files";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.16";
    const WEBHOOK: bool = true;
    const ERRORS: &'static [(Fault, &'static str)] = &[
        (Fault::NotFound, "object-not-found"),
        (Fault::Validation, "cant-move-to-same-project"),
        (Fault::Restriction, "team-feature-mismatch"),
        (Fault::Restriction, "file-feature-mismatch"),
        (Fault::Restriction, "file-in-components-v1"),
        (Fault::Restriction, "max-quote-reached"),
    ];
    type Params = Params;
    type Output = Nothing;

    async fn call(ctx: &Ctx, params: Params) -> Result<Nothing> {
        let (tx, caller) = (ctx.tx()?, ctx.caller()?);
        let ids: Vec<FileId> = params.ids.0.into_iter().map(FileId).collect();
        let files = permission::in_projects::files_editor(tx, caller, &ids).await?;
        let into = permission::project_editor(tx, caller, ProjectId(params.project_id)).await?;
        ctx.audit().prop("team-id", Value::Uuid(into.team_id.0));
        let scope = Scope::profile(caller).team(into.team_id).project(into.id);
        quota::check(&ctx.app().config, tx, Target::FilesPerProject, scope, files.len(), ctx.now()).await?;
        ctx.follow_up(moving::files(ctx.app(), tx, &files, &into, ctx.now()).await?).await?;
        Ok(Nothing)
    }
}
