//! Check a registration and seal it into a token.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::{Access, Method},
        permits::{self, ConcurrencyLimit},
        tx_mode::TxMode,
    },
    wire::{Email, Text},
};
use domain::profile::register::{self, Entered};
use platform::config::Rate;
use poem_openapi::Object;

/// The method `prepare-register-profile`.
pub struct PrepareRegisterProfile;

/// What a stranger enters.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// The name shown to others.
    #[oai(validator(max_length = 250))]
    fullname: Text,
    /// Address; upper and lower case are the same.
    email: Email,
    /// Password.
    #[oai(validator(max_length = 500))]
    password: Text,
    /// The invitation into a team that led here.
    #[oai(validator(max_length = 6000))]
    invitation_token: Option<Text>,
    /// Whether to make a first file.
    create_welcome_file: Option<bool>,
    /// Whether news may be sent.
    accept_newsletter_updates: Option<bool>,
    /// Campaign mark, kept with the account.
    #[oai(rename = "utm_source")]
    utm_source: Option<String>,
    /// Campaign mark, kept with the account.
    #[oai(rename = "utm_medium")]
    utm_medium: Option<String>,
    /// Campaign mark, kept with the account.
    #[oai(rename = "utm_campaign")]
    utm_campaign: Option<String>,
    /// Campaign mark, kept with the account.
    #[oai(rename = "utm_term")]
    utm_term: Option<String>,
    /// Campaign mark, kept with the account.
    #[oai(rename = "utm_content")]
    utm_content: Option<String>,
    /// Campaign mark, kept with the account.
    #[oai(rename = "mtm_source")]
    mtm_source: Option<String>,
    /// Campaign mark, kept with the account.
    #[oai(rename = "mtm_medium")]
    mtm_medium: Option<String>,
    /// Campaign mark, kept with the account.
    #[oai(rename = "mtm_campaign")]
    mtm_campaign: Option<String>,
    /// Campaign mark, kept with the account.
    #[oai(rename = "mtm_keyword")]
    mtm_keyword: Option<String>,
    /// Campaign mark, kept with the account.
    #[oai(rename = "mtm_content")]
    mtm_content: Option<String>,
}

/// What the registration goes on with.
#[derive(Debug, Object)]
pub struct Output {
    /// For `register-profile`; good for 7 days.
    token: String,
}

impl Method for PrepareRegisterProfile {
    const NAME: &'static str = "prepare-register-profile";
    const ACCESS: Access = Access::Public;
    /// Hashing the password takes too long to hold a connection.
    const TX: TxMode = TxMode::None;
    const SINCE: &'static str = "1.15";
    const RATES: &'static [Rate] = &[Rate::per_minute(30), Rate::per_hour(120)];
    const PERMITS: &'static [ConcurrencyLimit] = permits::PASSWORDS;
    const ERRORS: &'static [(Fault, &'static str)] = &[
        (Fault::Restriction, "registration-disabled"),
        (Fault::Restriction, "email-does-not-match-invitation"),
        (Fault::Restriction, "email-domain-is-not-allowed"),
        (Fault::Restriction, "email-has-permanent-bounces"),
        (Fault::Restriction, "email-has-complaints"),
        (Fault::Validation, "email-as-password"),
        (Fault::Validation, "email-already-exists"),
        (Fault::Validation, "invalid-token"),
        (Fault::Busy, "too-busy"),
    ];
    type Params = Params;
    type Output = Output;

    async fn call(ctx: &Ctx, params: Params) -> Result<Output> {
        let app = ctx.app();
        let token = register::prepare(app, &app.db, params.into(), ctx.now()).await?;
        Ok(Output { token })
    }
}

impl From<Params> for Entered {
    fn from(params: Params) -> Self {
        let marks = [
            ("utm_source", params.utm_source),
            ("utm_medium", params.utm_medium),
            ("utm_campaign", params.utm_campaign),
            ("utm_term", params.utm_term),
            ("utm_content", params.utm_content),
            ("mtm_source", params.mtm_source),
            ("mtm_medium", params.mtm_medium),
            ("mtm_campaign", params.mtm_campaign),
            ("mtm_keyword", params.mtm_keyword),
            ("mtm_content", params.mtm_content),
        ];
        Entered {
            fullname: params.fullname.into(),
            email: params.email.into(),
            password: params.password.into(),
            invitation_token: params.invitation_token.map(String::from),
            create_welcome_file: params.create_welcome_file.unwrap_or(false),
            accept_newsletter_updates: params.accept_newsletter_updates.unwrap_or(false),
            campaign: marks.into_iter().filter_map(|(name, mark)| Some((name.to_owned(), mark?))).collect(),
        }
    }
}
