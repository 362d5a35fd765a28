//! Create a team owned by the caller.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        tx_mode::TxMode,
    },
    views::team::Team,
    wire::{Set, Text},
};
use domain::{
    features,
    quota::{self, Scope, Target},
    team::{self, NewTeam},
};
use entities::ids::TeamId;
use poem_openapi::Object;
use transit::value::Value;
use uuid::Uuid;

/// The method `create-team`.
pub struct CreateTeam;

/// The team that is wanted.
#[derive(Debug, Clone, Object)]
pub struct Params {
    /// Name shown to members; without `.`, `:` and `/`.
    #[oai(validator(max_length = 250, pattern = "^[^.:/]*$"))]
    name: Text,
    /// Chosen key; a fresh one when left out.
    id: Option<Uuid>,
    /// Document features that the client knows.
    #[oai(validator(max_items = 100))]
    features: Option<Set<String>>,
}

/// The new team.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Output {
    /// The team.
    #[oai(flatten)]
    team: Team,
    /// Its drafts project.
    default_project_id: Uuid,
}

impl Method for CreateTeam {
    const NAME: &'static str = "create-team";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.17";
    const ERRORS: &'static [(Fault, &'static str)] = &[
        (Fault::Validation, "object-already-exists"),
        (Fault::Restriction, "feature-not-supported"),
        (Fault::Restriction, "max-quote-reached"),
    ];
    type Params = Params;
    type Output = Output;

    async fn call(ctx: &Ctx, params: Params) -> Result<Output> {
        let wanted = NewTeam { id: params.id.map(TeamId), name: params.name.into(), is_default: false };
        let (tx, caller, config) = (ctx.tx()?, ctx.caller()?, &ctx.app().config);
        let enabled = features::enabled(&config.flags);
        let known = params.features.map(|known| known.0.into_iter().collect());
        features::check_client(&enabled, known.as_ref())?;
        let made = match team::made_before(tx, caller, &wanted).await? {
            Some(made) => made,
            None => {
                let scope = Scope::profile(caller);
                quota::check(config, tx, Target::TeamsPerProfile, scope, 1, ctx.now()).await?;
                team::create(tx, caller, wanted, &enabled, ctx.now()).await?
            }
        };
        ctx.audit().prop("id", Value::Uuid(made.team.id.0));
        let default_project_id = made.default_project.id.into();
        Ok(Output { team: Team::new(made.team, false, made.permissions), default_project_id })
    }
}
