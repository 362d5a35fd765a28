//! Tell those who run this what one thinks of it.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        reply::Nothing,
        tx_mode::TxMode,
    },
    wire::Text,
};
use domain::feedback::{self, Written};
use platform::config::Rate;
use poem_openapi::Object;

/// The method `send-user-feedback`.
pub struct SendUserFeedback;

/// What one thinks.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// In a line.
    #[oai(validator(max_length = 500))]
    subject: Text,
    /// At length.
    #[oai(validator(max_length = 2500))]
    content: Text,
    /// What sort of feedback.
    #[oai(rename = "type", validator(max_length = 250))]
    kind: Option<String>,
    /// The page where an error was met.
    #[oai(validator(max_length = 2500))]
    error_href: Option<String>,
    /// What the front end knows about the error; goes along as a file.
    #[oai(validator(max_length = 262144))]
    error_report: Option<String>,
}

impl Method for SendUserFeedback {
    const NAME: &'static str = "send-user-feedback";
    const TX: TxMode = TxMode::Write;
    const SINCE: &'static str = "1.18";
    /// It sends mails to others.
    const RATES: &'static [Rate] = &[Rate::per_minute(5), Rate::per_hour(30)];
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::Restriction, "feedback-disabled")];
    type Params = Params;
    type Output = Nothing;

    async fn call(ctx: &Ctx, params: Params) -> Result<Nothing> {
        let written = Written {
            subject: params.subject.into(),
            content: params.content.into(),
            kind: params.kind,
            error_href: params.error_href,
            error_report: params.error_report,
        };
        let follow_ups = feedback::write(ctx.app(), ctx.tx()?, ctx.caller()?, written, ctx.now()).await?;
        ctx.follow_up(follow_ups).await?;
        Ok(Nothing)
    }
}
