//! Create a file with one empty page.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        tx_mode::TxMode,
    },
    views::file::{File, form},
    wire::{Document, Set},
};
use domain::{
    file::{self, NewFile, parts::read},
    permission,
    quota::{self, Scope, Target},
};
use entities::ids::{FileId, ProjectId};
use poem_openapi::Object;
use transit::value::Value;
use uuid::Uuid;

/// The method `create-file`.
pub struct CreateFile;

/// The file that is wanted.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// The project it will lie in.
    project_id: Uuid,
    /// Name shown to members.
    #[oai(validator(max_length = 250))]
    name: String,
    /// Chosen key; a fresh one when left out.
    id: Option<Uuid>,
    /// Whether to publish it as a library at once.
    is_shared: Option<bool>,
    /// Document features that the client knows.
    #[oai(validator(max_items = 100))]
    features: Option<Set<String>>,
}

impl Method for CreateFile {
    const NAME: &'static str = "create-file";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.17";
    const WEBHOOK: bool = true;
    const ERRORS: &'static [(Fault, &'static str)] = &[
        (Fault::NotFound, "object-not-found"),
        (Fault::Validation, "object-already-exists"),
        (Fault::Restriction, "feature-not-supported"),
        (Fault::Restriction, "max-quote-reached"),
    ];
    type Params = Params;
    type Output = File;

    async fn call(ctx: &Ctx, params: Params) -> Result<File> {
        let tx = ctx.tx()?;
        let project = permission::project_editor(tx, ctx.caller()?, ProjectId(params.project_id)).await?;
        let wanted = NewFile {
            id: params.id.map(FileId),
            name: params.name,
            is_shared: params.is_shared.unwrap_or(false),
            features: params.features.map(|known| known.0.into_iter().collect()),
        };
        let form = form(ctx.call().format, wanted.features.as_ref());
        let made = match file::made_before(ctx.app(), tx, &project, &wanted).await? {
            Some(made) => {
                ctx.audit().repeats();
                made
            }
            None => {
                let scope = Scope::profile(project.caller()).team(project.team_id).project(project.id);
                quota::check(&ctx.app().config, tx, Target::FilesPerProject, scope, 1, ctx.now()).await?;
                file::create(ctx.app(), tx, &project, wanted, ctx.now()).await?
            }
        };
        ctx.audit().prop("id", Value::Uuid(made.file.id.0));
        ctx.audit().prop("team-id", Value::Uuid(project.team_id.0));
        let document = Document::of(read::joined(form, made.file.id.0, &made.parts)?);
        Ok(File::new(made.file, made.team_id, document))
    }
}
