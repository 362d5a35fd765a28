//! Get the caller's own account.

use crate::{
    rpc::{
        ctx::Ctx,
        error::Result,
        method::{Access, Method},
        reply::Either,
        tx_mode::TxMode,
    },
    views::profile::Profile,
};
use poem_openapi::Object;
use uuid::Uuid;

/// The method `get-profile`.
pub struct GetProfile;

/// Nothing.
#[derive(Debug, Clone, Object)]
pub struct Params {}

/// Nobody.
#[derive(Debug, Object)]
pub struct Anonymous {
    /// All zeros.
    id: Uuid,
    /// `Anonymous User`.
    fullname: String,
}

impl Method for GetProfile {
    const NAME: &'static str = "get-profile";
    const ACCESS: Access = Access::Public;
    const TX: TxMode = TxMode::None;
    const SINCE: &'static str = "1.18";
    type Params = Params;
    type Output = Either<Profile, Anonymous>;

    async fn call(ctx: &Ctx, _: Params) -> Result<Self::Output> {
        let nobody = || Either::Right(Anonymous { id: Uuid::nil(), fullname: "Anonymous User".to_owned() });
        // Read with the session a moment ago.
        Ok(ctx.person().map_or_else(|_| nobody(), |row| Either::Left(row.clone().into())))
    }
}
