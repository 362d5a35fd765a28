//! Make the account of a checked registration.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::{Access, Method},
        permits::{self, ConcurrencyLimit},
        reply::Either,
        tx_mode::TxMode,
    },
    views::profile::Profile,
    wire::Text,
};
use domain::profile::register::{self, Registered};
use platform::config::Rate;
use poem_openapi::Object;
use transit::value::Value;
use uuid::Uuid;

/// The method `register-profile`.
pub struct RegisterProfile;

/// A checked registration.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// From `prepare-register-profile`.
    #[oai(validator(max_length = 8192))]
    token: Text,
    /// Whether news may be sent; wins over what was said before.
    accept_newsletter_updates: Option<bool>,
}

/// An account that cannot be used yet, or is not to be talked about.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Pending {
    /// Key.
    id: Uuid,
    /// Address, lower-case.
    email: String,
    /// The invitation that led here, to go on with; a session has begun when it is there.
    #[oai(skip_serializing_if_is_none)]
    invitation_token: Option<String>,
}

impl Method for RegisterProfile {
    const NAME: &'static str = "register-profile";
    const ACCESS: Access = Access::Public;
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.15";
    const RATES: &'static [Rate] = &[Rate::per_minute(30), Rate::per_hour(120)];
    const PERMITS: &'static [ConcurrencyLimit] = permits::PASSWORDS;
    const ERRORS: &'static [(Fault, &'static str)] = &[
        (Fault::Restriction, "registration-disabled"),
        (Fault::Validation, "email-already-exists"),
        (Fault::Validation, "invalid-token"),
    ];
    type Params = Params;
    type Output = Either<Profile, Pending>;

    async fn call(ctx: &Ctx, params: Params) -> Result<Self::Output> {
        let (app, tx, now) = (ctx.app(), ctx.tx()?, ctx.now());
        let newsletter = params.accept_newsletter_updates;
        match register::register(app, tx, params.token.as_ref(), newsletter, now).await? {
            Registered::Active { profile, invitation_token } => {
                ctx.audit().prop("email", Value::text(&profile.email));
                ctx.sign_in(tx, profile.id).await?;
                if invitation_token.is_none() {
                    return Ok(Either::Left(profile.into()));
                }
                Ok(Either::Right(Pending { id: profile.id.into(), email: profile.email, invitation_token }))
            }
            Registered::Unverified { id, email, is_known, follow_ups } => {
                ctx.audit().prop("email", Value::text(&email));
                if is_known {
                    // Nobody's event: who tries need not be whose address it is.
                    ctx.audit().rename("register-profile-retry");
                    ctx.audit().prop("id", Value::Uuid(id.0));
                } else {
                    ctx.audit().actor(id);
                }
                ctx.follow_up(follow_ups).await?;
                Ok(Either::Right(Pending { id: id.into(), email, invitation_token: None }))
            }
        }
    }
}
