//! Fetch a picture from the web into a file.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::Method,
        permits::{self, ConcurrencyLimit},
        tx_mode::TxMode,
    },
    views::media::Media,
};
use domain::{
    media::{NewMedia, remote},
    permission,
};
use entities::ids::{FileId, MediaId};
use platform::config::Rate;
use poem_openapi::Object;
use uuid::Uuid;

/// What a picture without a name is called.
const UNKNOWN: &str = "unknown";

/// The method `create-file-media-object-from-url`.
pub struct CreateFileMediaObjectFromUrl;

/// Which picture, and where to.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// The file it will lie in.
    file_id: Uuid,
    /// Whether it belongs to a drawing, not to the file's library.
    is_local: bool,
    /// Where it is: an http or https address on the public network.
    #[oai(validator(max_length = 2048))]
    url: String,
    /// Name; `unknown` when left out.
    #[oai(validator(max_length = 250))]
    name: Option<String>,
    /// Chosen key; a fresh one when left out.
    id: Option<Uuid>,
}

impl Method for CreateFileMediaObjectFromUrl {
    const NAME: &'static str = "create-file-media-object-from-url";
    /// Fetching and storing the picture takes too long to hold a connection.
    const TX: TxMode = TxMode::None;
    const SINCE: &'static str = "1.17";
    /// It makes this machine call others.
    const RATES: &'static [Rate] = &[Rate::per_minute(60), Rate::per_hour(1_000)];
    const PERMITS: &'static [ConcurrencyLimit] = permits::PICTURES;
    const ERRORS: &'static [(Fault, &'static str)] = &[
        (Fault::NotFound, "object-not-found"),
        (Fault::Validation, "ssrf-blocked-target"),
        (Fault::Validation, "unable-to-download-image"),
        (Fault::Validation, "unknown-size"),
        (Fault::Validation, "media-type-not-allowed"),
        (Fault::Restriction, "media-max-file-size-reached"),
        (Fault::Validation, "invalid-image"),
        (Fault::Validation, "media-type-mismatch"),
        (Fault::Validation, "unable-to-parse-svg"),
        (Fault::Validation, "object-already-exists"),
        (Fault::Busy, "too-busy"),
    ];
    type Params = Params;
    type Output = Media;

    async fn call(ctx: &Ctx, params: Params) -> Result<Media> {
        let app = ctx.app();
        let file = permission::file_editor(&app.db, ctx.caller()?, FileId(params.file_id)).await?;
        let name = params.name.unwrap_or_else(|| UNKNOWN.to_owned());
        let wanted = NewMedia { id: params.id.map(MediaId), name, is_local: params.is_local };
        let taken = remote::create_from_url(app, &file, wanted, &params.url, ctx.now()).await?;
        Ok(Media::taken(ctx, taken))
    }
}
