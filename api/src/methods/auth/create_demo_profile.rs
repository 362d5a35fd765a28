//! Make an account to look around with.

use crate::rpc::{
    ctx::Ctx,
    error::{Fault, Result},
    method::{Access, Method},
    permits::{self, ConcurrencyLimit},
    tx_mode::TxMode,
};
use domain::profile::demo;
use platform::config::Rate;
use poem_openapi::Object;

/// The method `create-demo-profile`.
pub struct CreateDemoProfile;

/// Nothing.
#[derive(Debug, Clone, Object)]
pub struct Params {}

/// What to log in with. The account ends after the time that deleted things are kept.
#[derive(Debug, Object)]
pub struct Output {
    /// Address.
    email: String,
    /// Password.
    password: String,
}

impl Method for CreateDemoProfile {
    const NAME: &'static str = "create-demo-profile";
    const ACCESS: Access = Access::Public;
    /// Hashing the password takes too long to hold a connection.
    const TX: TxMode = TxMode::None;
    const SINCE: &'static str = "1.15";
    const RATES: &'static [Rate] = &[Rate::per_minute(10), Rate::per_hour(30)];
    const PERMITS: &'static [ConcurrencyLimit] = permits::PASSWORDS;
    const ERRORS: &'static [(Fault, &'static str)] =
        &[(Fault::Validation, "demo-users-not-allowed"), (Fault::Busy, "too-busy")];
    type Params = Params;
    type Output = Output;

    async fn call(ctx: &Ctx, _: Params) -> Result<Output> {
        let app = ctx.app();
        let keys = demo::keys(app).await?;
        let output = Output { email: keys.email.clone(), password: keys.password.clone() };
        let tx = platform::db::begin(&app.db).await?;
        let made = demo::make(app, &tx, keys, ctx.now()).await?;
        ctx.audit().actor(made.id);
        ctx.leave_event(&tx).await?;
        tx.commit().await?;
        Ok(output)
    }
}
