//! Begin a session with address and password.

use crate::{
    http::address,
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::{Access, Method},
        permits::{self, ConcurrencyLimit},
        reply::Either,
        tx_mode::TxMode,
    },
    views::profile::Profile,
    wire::{Email, Text},
};
use domain::profile::login;
use platform::config::Rate;
use poem_openapi::Object;

/// The method `login-with-password`.
pub struct LoginWithPassword;

/// Who wants in.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// Address; upper and lower case are the same.
    email: Email,
    /// Password.
    #[oai(validator(max_length = 500))]
    password: Text,
    /// The invitation into a team that led here.
    #[oai(validator(max_length = 6000))]
    invitation_token: Option<Text>,
}

/// The account.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Output {
    /// The account.
    #[oai(flatten)]
    profile: Profile,
    /// Whether the address is one of the installation's administrators.
    is_admin: bool,
}

/// An invitation of this very person, to go on with.
#[derive(Debug, Object)]
#[oai(rename_all = "camelCase")]
pub struct Invited {
    /// For `verify-token`.
    invitation_token: String,
}

impl Method for LoginWithPassword {
    const NAME: &'static str = "login-with-password";
    const ACCESS: Access = Access::Public;
    /// Checking the password takes too long to hold a connection.
    const TX: TxMode = TxMode::None;
    const SINCE: &'static str = "1.15";
    const RATES: &'static [Rate] = &[Rate::per_minute(60), Rate::per_hour(600)];
    const PERMITS: &'static [ConcurrencyLimit] = permits::PASSWORDS;
    const ERRORS: &'static [(Fault, &'static str)] = &[
        (Fault::Restriction, "login-disabled"),
        (Fault::Validation, "wrong-credentials"),
        (Fault::Validation, "invalid-token"),
        (Fault::Restriction, "profile-blocked"),
        (Fault::Busy, "too-busy"),
    ];
    type Params = Params;
    type Output = Either<Output, Invited>;

    async fn call(ctx: &Ctx, params: Params) -> Result<Self::Output> {
        let (app, now) = (ctx.app(), ctx.now());
        let invitation = params.invitation_token.as_ref().map(AsRef::as_ref);
        let client = ctx.call().address.map(address::client_key);
        let (email, password) = (params.email.as_ref(), params.password.into());
        let who = login::with_password(app, email, password, invitation, client.as_deref(), now).await?;
        // Opened only now: the password took its time.
        let tx = platform::db::begin(&app.db).await?;
        ctx.sign_in(&tx, who.profile.id).await?;
        ctx.leave_event(&tx).await?;
        tx.commit().await?;
        Ok(match who.invitation_token {
            Some(invitation_token) => Either::Right(Invited { invitation_token }),
            None => Either::Left(Output { profile: who.profile.into(), is_admin: who.is_admin }),
        })
    }
}
