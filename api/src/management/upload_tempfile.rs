//! Keep a file for whoever had it made, for an hour.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Fault, Result},
        method::{Access, Method},
        tx_mode::TxMode,
    },
    wire::{Upload, Uri},
};
use domain::media::export;
use poem_openapi::Object;
use uuid::Uuid;

/// The method `upload-tempfile`.
pub struct UploadTempfile;

/// The file, as a multipart form.
#[derive(Debug, Clone, Object)]
pub struct Params {
    /// Its bytes; its part names its media type.
    content: Upload,
}

/// Where it is.
#[derive(Debug, Object)]
pub struct Output {
    /// Its key, as a storage object.
    id: Uuid,
    /// Its address, for whoever is signed in as the exporter was told.
    uri: Uri,
}

impl Method for UploadTempfile {
    const NAME: &'static str = "upload-tempfile";
    const ACCESS: Access = Access::Exporter;
    /// Storing the file takes too long to hold a connection.
    const TX: TxMode = TxMode::None;
    const SINCE: &'static str = "2.12";
    const ERRORS: &'static [(Fault, &'static str)] = &[(Fault::Busy, "too-busy")];
    type Params = Params;
    type Output = Output;

    async fn call(ctx: &Ctx, params: Params) -> Result<Output> {
        let (app, file) = (ctx.app(), params.content.picture());
        ctx.audit().rename("management-upload-tempfile");
        let id = export::keep(app, ctx.caller()?, file, ctx.now()).await?;
        let base = app.config.http.public_uri.as_str().trim_end_matches('/');
        Ok(Output { uri: Uri(format!("{base}/assets/by-id/{id}")), id: id.into() })
    }
}
