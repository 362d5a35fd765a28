//! Upload a weight and style of a font into a team.

use crate::{
    rpc::{
        ctx::Ctx,
        error::{Error, Fault, Result},
        method::Method,
        permits::{self, ConcurrencyLimit},
        tx_mode::TxMode,
    },
    views::font::FontVariant,
    wire::{Bytes, Map, Text},
};
use domain::{
    font::upload::{self, Files, NewVariant},
    permission,
};
use entities::ids::{TeamId, UploadSessionId};
use poem_openapi::{Enum, Object};
use transit::value::Value;
use uuid::Uuid;

/// The method `create-font-variant`.
pub struct CreateFontVariant;

/// The font, and its files: sent here, or in pieces before. What browsers and exporters need besides is made of them.
#[derive(Debug, Clone, Object)]
#[oai(rename_all = "camelCase")]
pub struct Params {
    /// The team.
    team_id: Uuid,
    /// Shared by all weights and styles of the font: chosen by whoever uploads the first.
    font_id: Uuid,
    /// Name: letters, digits, spaces and the signs `.`, `_` and `-`.
    #[oai(validator(max_length = 250))]
    font_family: Text,
    /// 100, 200 and so on to 900, or 950.
    #[oai(validator(minimum(value = "100"), maximum(value = "950"), multiple_of = 50.0))]
    font_weight: i64,
    /// Upright or slanted.
    font_style: FontStyle,
    /// Files by their media types `font/ttf`, `font/otf`, `font/woff`, `font/woff2`: each whole, or pieces that are put
    /// one after the other.
    data: Option<Map<String, Vec<Bytes>>>,
    /// In place of `data`: by the same media types uploads that the caller began with `create-upload-session`, with all
    /// their pieces.
    uploads: Option<Map<String, Uuid>>,
    /// What its uploader calls the weight and style.
    #[oai(validator(max_length = 250))]
    variant_name: Option<String>,
}

/// Whether the letters are slanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename_all = "kebab-case")]
pub enum FontStyle {
    /// They are not.
    Normal,
    /// They are.
    Italic,
}

impl Method for CreateFontVariant {
    const NAME: &'static str = "create-font-variant";
    /// Converting and storing the font takes too long to hold a connection.
    const TX: TxMode = TxMode::None;
    const SINCE: &'static str = "1.18";
    const WEBHOOK: bool = true;
    const PERMITS: &'static [ConcurrencyLimit] = permits::FONTS;
    const ERRORS: &'static [(Fault, &'static str)] = &[
        (Fault::NotFound, "object-not-found"),
        (Fault::Validation, "media-type-not-allowed"),
        (Fault::Restriction, "font-max-file-size-reached"),
        (Fault::Validation, "media-type-mismatch"),
        (Fault::Validation, "invalid-font-upload"),
        (Fault::Validation, "invalid-woff-file"),
        (Fault::Validation, "invalid-woff2-file"),
        (Fault::Validation, "missing-chunks"),
        (Fault::Restriction, "max-quote-reached"),
        (Fault::Busy, "too-busy"),
    ];
    type Params = Params;
    type Output = FontVariant;

    async fn call(ctx: &Ctx, params: Params) -> Result<FontVariant> {
        let app = ctx.app();
        let team = permission::team_editor(&app.db, ctx.caller()?, TeamId(params.team_id)).await?;
        let files = files(params.data, params.uploads)?;
        ctx.audit().prop("data", Value::Vec(mtypes(&files)));
        let wanted = NewVariant {
            font: params.font_id,
            family: params.font_family.into(),
            weight: params.font_weight,
            is_italic: params.font_style == FontStyle::Italic,
            name: params.variant_name,
        };
        let variant = upload::create_variant(app, &team, wanted, files, ctx.now()).await?;
        ctx.audit().prop("id", Value::Uuid(variant.id.into()));
        Ok(variant.into())
    }
}

fn files(data: Option<Map<String, Vec<Bytes>>>, uploads: Option<Map<String, Uuid>>) -> Result<Files> {
    match (data, uploads) {
        (Some(data), None) if !data.0.is_empty() => {
            let whole = |pieces: Vec<Bytes>| match <[Bytes; 1]>::try_from(pieces) {
                Ok([whole]) => whole.0,
                Err(pieces) => pieces.into_iter().flat_map(|piece| piece.0).collect(),
            };
            Ok(Files::Whole(data.0.into_iter().map(|(mtype, pieces)| (mtype, whole(pieces))).collect()))
        }
        (None, Some(uploads)) if !uploads.0.is_empty() => {
            let session = |(mtype, id)| (mtype, UploadSessionId(id));
            Ok(Files::InPieces(uploads.0.into_iter().map(session).collect()))
        }
        _ => {
            let wrong = Error::new(Fault::Validation, "params-validation");
            Err(wrong.hint("data or uploads: one of them is required, with one file at least"))
        }
    }
}

fn mtypes(files: &Files) -> Vec<Value> {
    match files {
        Files::Whole(files) => files.keys().map(|mtype| Value::text(mtype)).collect(),
        Files::InPieces(sessions) => sessions.keys().map(|mtype| Value::text(mtype)).collect(),
    }
}
