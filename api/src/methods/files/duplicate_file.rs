//! Make a copy of a file in its project.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        permits::{COPIES, ConcurrencyLimit},
        tx_mode::TxMode,
    },
    views::file::FileSummary,
};
use domain::{
    file::duplicate,
    permission,
    quota::{self, Scope, Target},
};
use entities::ids::FileId;
use poem_openapi::Object;
use transit::value::Value;
use uuid::Uuid;

/// The method `duplicate-file`.
pub struct DuplicateFile;

/// Which file.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// Its key.
    file_id: Uuid,
    /// The name of the copy; that of the file when left out.
    #[oai(validator(min_length = 1, max_length = 250))]
    name: Option<String>,
}

impl Method for DuplicateFile {
    const NAME: &'static str = "duplicate-file";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.16";
    const WEBHOOK: bool = true;
    const PERMITS: &'static [ConcurrencyLimit] = COPIES;
    const ERRORS: &'static [(Fault, &'static str)] = &[
        (Fault::NotFound, "object-not-found"),
        (Fault::Restriction, "file-version-not-supported"),
        (Fault::Restriction, "max-quote-reached"),
        (Fault::Busy, "too-busy"),
    ];
    type Params = Params;
    type Output = FileSummary;

    async fn call(ctx: &Ctx, params: Params) -> Result<FileSummary> {
        let (tx, caller) = (ctx.tx()?, ctx.caller()?);
        let source = permission::file_viewer(tx, caller, FileId(params.file_id)).await?;
        let project = permission::project_editor(tx, caller, source.project_id).await?;
        let scope = Scope::profile(caller).team(project.team_id).project(project.id);
        quota::check(&ctx.app().config, tx, Target::FilesPerProject, scope, 1, ctx.now()).await?;
        let made = duplicate::file(ctx.app(), tx, &source, &project, params.name, ctx.now()).await?;
        let (file, follow_ups) = made;
        ctx.audit().prop("id", Value::Uuid(file.id.0));
        ctx.audit().prop("project-id", Value::Uuid(project.id.0));
        ctx.audit().prop("team-id", Value::Uuid(project.team_id.0));
        ctx.follow_up(follow_ups).await?;
        Ok(FileSummary::of_new(file, project.team_id))
    }
}
