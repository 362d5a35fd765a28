//! Accounts to look around with: made by anybody, deleted in advance, used until then.

use super::create::{self, NewProfile};
use crate::error::{Error, Result};
use crate::features;
use chrono::{DateTime, TimeDelta, Utc};
use entities::profile::{ActiveModel, Model};
use platform::app::App;
use platform::db::Tx;
use sea_orm::{ActiveModelTrait, Set};
use transit::value::Value;

/// The domain of their addresses, which nobody can have.
const DOMAIN: &str = "demo.example.com";

/// How somebody gets in.
#[derive(Clone, Debug)]
pub struct Keys {
    /// Address.
    pub email: String,
    /// Password.
    pub password: String,
    hash: String,
}

/// Thinks of an address and a password. Not for the inside of a transaction: hashing takes a while.
///
/// # Errors
/// `demo-users-not-allowed` without the flag `demo-users`; `too-busy`.
pub async fn keys(app: &App) -> Result<Keys> {
    if !app.config.flags.has("demo-users") {
        return Err(Error::validation("demo-users-not-allowed").hint("there are no demo accounts here"));
    }
    let random = || platform::ids::random_id().as_u128().to_string();
    let password = random();
    let hash = create::hash(app, password.clone()).await?;
    Ok(Keys { email: format!("demo-{}@{DOMAIN}", random()), password, hash })
}

/// Makes the account; it ends after the delay of deletion, with the teams that it is alone in.
///
/// # Errors
/// Those of the database.
pub async fn make(app: &App, tx: &Tx, keys: Keys, now: DateTime<Utc>) -> Result<Model> {
    let wanted = NewProfile {
        fullname: "Demo user".to_owned(),
        email: keys.email,
        password: keys.hash,
        is_active: true,
        auth_backend: "penpot".to_owned(),
        props: Value::Map(Vec::new()),
    };
    let made = create::insert(tx, wanted, &features::enabled(&app.config.flags), now).await?;
    // Nobody can have thought of the same random address.
    let made = made.ok_or(Error::NotFound)?;
    let delay = TimeDelta::from_std(app.config.limits.deletion_delay).unwrap_or(TimeDelta::MAX);
    let deleted_at = now.checked_add_signed(delay).unwrap_or(DateTime::<Utc>::MAX_UTC);
    let row = ActiveModel {
        id: Set(made.id),
        is_demo: Set(true),
        deleted_at: Set(Some(deleted_at)),
        ..Default::default()
    };
    Ok(row.update(tx).await?)
}
