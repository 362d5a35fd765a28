//! Follow the token of a mail's link.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::{Access, Method},
        reply::Either,
        tx_mode::TxMode,
    },
    views::{
        invitation::{self, Followed},
        profile::Profile,
    },
    wire::{Instant, Keyword, Text},
};
use chrono::DateTime;
use domain::profile::verify::{self, Verified};
use platform::config::Rate;
use poem_openapi::Object;
use transit::value::Value;
use uuid::Uuid;

/// The method `verify-token`.
pub struct VerifyToken;

/// A token.
#[derive(Debug, Clone, Object)]
pub struct Params {
    /// As it stands in the link.
    #[oai(validator(max_length = 5000))]
    token: Text,
}

/// What the token says, and whom it is about.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Output {
    /// What the token was for: `verify-email` (a session has begun, the first time), `change-email` (the account has
    /// this address now) or `auth`.
    iss: Keyword,
    /// When the token was made.
    #[oai(skip_serializing_if_is_none)]
    iat: Option<Instant>,
    /// When it ends.
    #[oai(skip_serializing_if_is_none)]
    exp: Option<Instant>,
    /// Whom it is about.
    profile_id: Uuid,
    /// The address it confirms.
    #[oai(skip_serializing_if_is_none)]
    email: Option<String>,
    /// The invitation that led to the registration.
    #[oai(skip_serializing_if_is_none)]
    invitation_token: Option<String>,
    /// The account.
    profile: Profile,
}

impl Method for VerifyToken {
    const NAME: &'static str = "verify-token";
    const ACCESS: Access = Access::Public;
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.15";
    const RATES: &'static [Rate] = &[Rate::per_minute(60), Rate::per_hour(600)];
    const ERRORS: &'static [(Fault, &'static str)] = &[
        (Fault::Validation, "invalid-token"),
        (Fault::Validation, "email-already-exists"),
        (Fault::Validation, "invalid-invitation-token"),
        (Fault::Restriction, "profile-blocked"),
        (Fault::Restriction, "max-quote-reached"),
    ];
    type Params = Params;
    type Output = Either<Output, Followed>;

    async fn call(ctx: &Ctx, params: Params) -> Result<Self::Output> {
        let (app, tx, now) = (ctx.app(), ctx.tx()?, ctx.now());
        let found = verify::verify(app, tx, params.token.as_ref(), ctx.profile(), now).await?;
        let (profile, claims) = match found {
            Verified::Email { profile, claims, activated } => {
                if activated {
                    ctx.audit().rename("verify-profile-email");
                    ctx.audit().prop("email", Value::text(&profile.email));
                    ctx.sign_in(tx, profile.id).await?;
                }
                (profile, claims)
            }
            Verified::Moved { profile, claims } => {
                ctx.audit().rename("update-profile-email");
                ctx.audit().actor(profile.id);
                ctx.audit().prop("email", Value::text(&profile.email));
                (profile, claims)
            }
            Verified::Identity { profile, claims } => (profile, claims),
            Verified::Invitation { followed, claims } => {
                invitation::record(ctx, &followed, &claims);
                return Ok(Either::Right(Followed::new(followed, &claims, params.token.into())));
            }
        };
        let moment =
            |key| claims.get(key).and_then(Value::as_instant).and_then(DateTime::from_timestamp_millis);
        let text = |key| claims.get(key).and_then(Value::as_str).map(str::to_owned);
        Ok(Either::Left(Output {
            iss: claims.get("iss").and_then(Value::as_keyword).unwrap_or_default().into(),
            iat: moment("iat").map(Instant::from),
            exp: moment("exp").map(Instant::from),
            profile_id: profile.id.into(),
            email: text("email"),
            invitation_token: text("invitation-token"),
            profile: profile.into(),
        }))
    }
}
