//! Choose what the caller wants to be told.

use crate::rpc::{
    ctx::Ctx,
    error::{Fault, Result},
    method::Method,
    reply::Nothing,
    tx_mode::TxMode,
};
use domain::profile::settings::{self, Notifications};
use poem_openapi::{Enum, Object};

/// The method `update-profile-notifications`.
pub struct UpdateProfileNotifications;

/// How much of what.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// Comments, on the dashboard.
    dashboard_comments: Comments,
    /// Comments, by mail.
    email_comments: Comments,
    /// Invitations, by mail.
    email_invites: Invites,
}

/// Which comments.
#[derive(Debug, Clone, Copy, Enum)]
#[oai(rename_all = "kebab-case")]
pub enum Comments {
    /// Every one.
    All,
    /// Those that mention the person, or answer them.
    Partial,
    /// Not one.
    None,
}

impl Comments {
    fn name(self) -> &'static str {
        match self {
            Comments::All => "all",
            Comments::Partial => "partial",
            Comments::None => "none",
        }
    }
}

/// Which invitations.
#[derive(Debug, Clone, Copy, Enum)]
#[oai(rename_all = "kebab-case")]
pub enum Invites {
    /// Every one.
    All,
    /// Not one.
    None,
}

impl Method for UpdateProfileNotifications {
    const NAME: &'static str = "update-profile-notifications";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "2.4.0";
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::NotFound, "object-not-found")];
    type Params = Params;
    type Output = Nothing;

    async fn call(ctx: &Ctx, params: Params) -> Result<Nothing> {
        let wanted = Notifications {
            dashboard_comments: params.dashboard_comments.name(),
            email_comments: params.email_comments.name(),
            email_invites: match params.email_invites {
                Invites::All => "all",
                Invites::None => "none",
            },
        };
        settings::set_notifications(ctx.tx()?, ctx.caller()?, wanted, ctx.now()).await?;
        Ok(Nothing)
    }
}
