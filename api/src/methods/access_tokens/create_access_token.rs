//! Make a personal access token.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Error, Fault, Result},
        method::Method,
        tx_mode::TxMode,
    },
    views::access_token::AccessToken,
    wire::Duration,
};
use domain::{
    access_token::{self, NewToken},
    quota::{self, Scope, Target},
};
use poem_openapi::Object;
use transit::value::Value;
use uuid::Uuid;

/// The method `create-access-token`.
pub struct CreateAccessToken;

/// The token that is wanted.
#[derive(Debug, Clone, Object)]
pub struct Params {
    /// Name, for its owner.
    #[oai(validator(min_length = 1, max_length = 250))]
    name: String,
    /// How long it is good: milliseconds, or text such as `720h`. Without it the token does not expire.
    expiration: Option<Duration>,
    /// Kind. Of `mcp` there is one at a time: a new one ends the one before.
    #[oai(rename = "type", validator(max_length = 250))]
    kind: Option<String>,
}

/// The token, with what a program sends.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Output {
    /// The token.
    #[oai(flatten)]
    token: AccessToken,
    /// Whose it is.
    profile_id: Uuid,
}

impl Method for CreateAccessToken {
    const NAME: &'static str = "create-access-token";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.18";
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::Restriction, "max-quote-reached")];
    type Params = Params;
    type Output = Output;

    async fn call(ctx: &Ctx, params: Params) -> Result<Output> {
        let expiration = params.expiration.map(|span| u64::try_from(span.0)).transpose();
        let expiration = expiration.map_err(|_| {
            Error::new(Fault::Validation, "params-validation").hint("expiration must not be negative")
        })?;
        let expiration = expiration.map(std::time::Duration::from_millis);
        let wanted = NewToken { name: params.name, expiration, kind: params.kind };
        let (tx, caller) = (ctx.tx()?, ctx.caller()?);
        let scope = Scope::profile(caller);
        quota::check(&ctx.app().config, tx, Target::AccessTokensPerProfile, scope, 1, ctx.now()).await?;
        let made = access_token::create(tx, &ctx.app().secrets, caller, wanted, ctx.now()).await?;
        ctx.audit().prop("id", Value::Uuid(made.row.id.0));
        Ok(Output { token: made.into(), profile_id: caller.into() })
    }
}
