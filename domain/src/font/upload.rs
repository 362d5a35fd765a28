//! Taking a font in: checked, made into what browsers and exporters ask for, stored.

use super::file::{Format, Made, make, memory};
use crate::error::{Error, Result};
use crate::media::chunks;
use crate::permission::{self, Editable};
use crate::quota::{self, Scope, Target};
use crate::storage;
use crate::storage::bucket::TEAM_FONT_VARIANT;
use crate::storage::put::{NewBlob, busy_or_broken, put, put_and_refer};
use crate::storage::reason::TouchReason;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use entities::ids::{FontVariantId, ProfileId, StorageObjectId, TeamId, UploadSessionId};
use entities::team;
use entities::team_font_variant::{ActiveModel, Model};
use platform::app::App;
use platform::config::Config;
use platform::db::{Tx, transaction};
use platform::font::FontLimits;
use platform::step;
use sea_orm::ActiveModelTrait;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use tracing::Instrument as _;
use uuid::Uuid;

/// The weights that a font can have.
const WEIGHTS: [i64; 10] = [100, 200, 300, 400, 500, 600, 700, 800, 900, 950];
/// Characters of a name.
const FAMILY_CHARS_MAX: usize = 250;

/// What somebody asks for.
#[derive(Clone, Debug)]
pub struct NewVariant {
    /// What all weights and styles of the font share.
    pub font: Uuid,
    /// Its name.
    pub family: String,
    /// One of ten.
    pub weight: i64,
    /// Whether it is slanted.
    pub is_italic: bool,
    /// What its uploader calls the weight and style.
    pub name: Option<String>,
}

/// Where its files come from, by their media types.
#[derive(Clone, Debug)]
pub enum Files {
    /// Sent with the call.
    Whole(BTreeMap<String, Bytes>),
    /// Sent before, in pieces.
    InPieces(BTreeMap<String, UploadSessionId>),
}

/// Takes a weight and style of a font into a team, in a transaction of its own. Uploads in pieces are over then.
///
/// # Errors
/// `params-validation` naming the field; `media-type-not-allowed`, `font-max-file-size-reached`,
/// `media-type-mismatch`, `invalid-font-upload`, `invalid-woff-file`, `invalid-woff2-file`, `missing-chunks`,
/// `max-quote-reached`, `too-busy`; [`Error::NotFound`] for an upload that is not the caller's, over or too old, and
/// when the team was deleted meanwhile.
pub async fn create_variant(
    app: &App,
    team: &Editable<team::Model>,
    wanted: NewVariant,
    files: Files,
    now: DateTime<Utc>,
) -> Result<Model> {
    check_family("font-family", &wanted.family)?;
    if !WEIGHTS.contains(&wanted.weight) {
        let weights = WEIGHTS.map(|weight| weight.to_string()).join(", ");
        return Err(Error::validation("params-validation").hint(format!("font-weight: one of {weights}")));
    }
    let (caller, id) = (team.caller(), team.id);
    let sessions: BTreeSet<UploadSessionId> = match &files {
        Files::Whole(_) => BTreeSet::new(),
        Files::InPieces(sessions) => sessions.values().copied().collect(),
    };
    let made = made(app, gathered(app, caller, files, now).await?).await?;
    let row = Model {
        id: FontVariantId(platform::ids::new_id()),
        team_id: id,
        profile_id: Some(caller),
        created_at: now,
        modified_at: now,
        deleted_at: None,
        font_id: wanted.font,
        font_family: wanted.family,
        font_weight: i16::try_from(wanted.weight).map_err(Error::platform)?,
        font_style: if wanted.is_italic { "italic" } else { "normal" }.to_owned(),
        variant_name: wanted.name,
        otf_file_id: None,
        ttf_file_id: None,
        woff1_file_id: None,
        woff2_file_id: None,
    };
    put_and_refer(
        || store(app, row.clone(), &made, now),
        |row| {
            let (config, sessions) = (Arc::clone(&app.config), sessions.clone());
            transaction(&app.db, move |tx| {
                let (config, sessions) = (Arc::clone(&config), sessions.clone());
                Box::pin(insert(config, tx, (caller, id), sessions, row.clone(), now))
            })
        },
    )
    .await
}

/// Names are read by browsers as a part of style sheets.
///
/// # Errors
/// `params-validation` naming the field.
pub(super) fn check_family(field: &str, family: &str) -> Result<()> {
    let is_fine = |c: char| c.is_alphanumeric() || " _.-".contains(c);
    let chars = family.chars().count();
    if family.trim().is_empty() || chars > FAMILY_CHARS_MAX || !family.chars().all(is_fine) {
        let hint = format!(
            "{field}: 1 to {FAMILY_CHARS_MAX} letters, digits, spaces and the signs . _ - of which not all are spaces"
        );
        return Err(Error::validation("params-validation").hint(hint));
    }
    Ok(())
}

/// The bytes of each file, none of them too large.
async fn gathered(
    app: &App,
    caller: ProfileId,
    files: Files,
    now: DateTime<Utc>,
) -> Result<BTreeMap<Format, Bytes>> {
    let mut gathered = BTreeMap::new();
    match files {
        Files::Whole(files) => {
            for (mtype, file) in files {
                let format = Format::of_mtype(&mtype)?;
                check_size(app, file.len() as u64)?;
                gathered.insert(format, file);
            }
        }
        Files::InPieces(sessions) => {
            for (mtype, session) in sessions {
                let format = Format::of_mtype(&mtype)?;
                let (whole, _) = chunks::whole(app, caller, session, check_size, now).await?;
                let read = move || std::fs::read(whole.path());
                let file = app.cpu.run(read).instrument(step!("read font")).await.map_err(busy_or_broken)?;
                gathered.insert(format, file.map_err(Error::platform)?.into());
            }
        }
    }
    Ok(gathered)
}

/// # Errors
/// `font-max-file-size-reached`.
fn check_size(app: &App, bytes: u64) -> Result<()> {
    let bytes_max = app.config.limits.font_bytes_max;
    if bytes <= bytes_max {
        return Ok(());
    }
    let hint = format!("a file of a font has at most {bytes_max} bytes");
    Err(Error::restriction("font-max-file-size-reached").hint(hint))
}

async fn made(app: &App, files: BTreeMap<Format, Bytes>) -> Result<Made> {
    let limits = FontLimits::default();
    let wanted = files.iter().map(|(format, file)| memory(*format, file, &limits)).sum::<Result<u64>>()?;
    // Many large fonts at once wait for memory here, not in it.
    let room = app.decoding.room(wanted).await;
    let work = move || {
        let _room = room;
        make(&files, &limits)
    };
    app.cpu.run(work).instrument(step!("convert font")).await.map_err(busy_or_broken)?
}

/// Stores the files; the row that shall refer to them, not yet written.
async fn store(app: &App, row: Model, made: &Made, now: DateTime<Utc>) -> Result<Model> {
    let blob = async |format: Format, file: &Option<Bytes>| -> Result<Option<StorageObjectId>> {
        let Some(file) = file else { return Ok(None) };
        let wanted = NewBlob {
            bucket: &TEAM_FONT_VARIANT,
            content_type: format.mtype().to_owned(),
            expired_at: None,
            metadata: None,
        };
        Ok(Some(put(app, file.clone(), wanted, now).await?.id))
    };
    // Where the OTF is the TTF, they are one blob, which is one because equal content is stored once.
    Ok(Model {
        ttf_file_id: blob(Format::Ttf, &made.ttf).await?,
        otf_file_id: blob(Format::Otf, &made.otf).await?,
        woff1_file_id: blob(Format::Woff, &made.woff).await?,
        woff2_file_id: blob(Format::Woff2, &made.woff2).await?,
        ..row
    })
}

async fn insert(
    config: Arc<Config>,
    tx: &Tx,
    (caller, team): (ProfileId, TeamId),
    sessions: BTreeSet<UploadSessionId>,
    row: Model,
    now: DateTime<Utc>,
) -> Result<Model> {
    // Asked again: making and storing the files may have taken a while.
    permission::team_editor_locked(tx, caller, team).await?;
    let scope = Scope::profile(caller).team(team);
    quota::check(&config, tx, Target::FontVariantsPerTeam, scope, 1, now).await?;
    for session in sessions {
        chunks::end(tx, session, TouchReason::UploadAssembled, now).await?;
    }
    let files = [row.otf_file_id, row.ttf_file_id, row.woff1_file_id, row.woff2_file_id];
    // Everybody locks in the order of ids.
    let files: BTreeSet<StorageObjectId> = files.into_iter().flatten().collect();
    storage::hold(tx, &files.into_iter().collect::<Vec<_>>(), now).await?;
    Ok(ActiveModel::from(row).reset_all().insert(tx).await?)
}
