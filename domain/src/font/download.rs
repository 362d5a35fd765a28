//! Getting a font back: one weight and style as a file, or all of them as an archive.

use super::archive::ArchiveWriter;
use super::file::Format;
use crate::error::{Error, Result};
use crate::permission;
use crate::storage::bucket::TEMPFILE;
use crate::storage::put::{Content, NewBlob, busy_or_broken, put};
use bytes::Bytes;
use chrono::{DateTime, TimeDelta, Utc};
use entities::ids::{FontVariantId, ProfileId, StorageObjectId, TeamId};
use entities::team_font_variant::{Column, Entity, Model};
use entities::{storage_object, team};
use platform::app::App;

use platform::db::sql;
use platform::step;
use sea_orm::{ColumnTrait, ConnectionTrait, QueryFilter, QueryOrder, QuerySelect};
use serde_json::json;
use std::collections::BTreeSet;
use tracing::Instrument as _;
use uuid::Uuid;

/// How long an archive can be fetched.
const ARCHIVE_AGE_MAX: TimeDelta = TimeDelta::minutes(30);
/// Most files of one archive.
const FILES_MAX: usize = 200;
/// Bytes of them together.
const ARCHIVE_BYTES_MAX: u64 = 512 * 1024 * 1024;

/// Something that can be fetched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Download {
    /// Its bytes.
    pub id: StorageObjectId,
    /// What to save it as.
    pub name: String,
}

/// One weight and style, in the form that most programs read.
///
/// # Errors
/// [`Error::NotFound`] when there is none that the caller may see.
pub async fn variant(conn: &impl ConnectionTrait, caller: ProfileId, id: FontVariantId) -> Result<Download> {
    let found = Entity::alive().filter(Column::Id.eq(id)).one(conn).await?.ok_or(Error::NotFound)?;
    permission::team_viewer(conn, caller, found.team_id).await?;
    let (id, format) = best(&found).ok_or(Error::NotFound)?;
    Ok(Download { id, name: format!("{}.{}", file_name(&found), format.extension()) })
}

/// All weights and styles of a font, in an archive that only the caller can fetch, for half an hour. Of a font that
/// several of their teams have, those of one.
///
/// # Errors
/// [`Error::NotFound`] when there is none that the caller may see; `font-family-too-large`; `too-busy`.
pub async fn family(app: &App, caller: ProfileId, font: Uuid, now: DateTime<Utc>) -> Result<Download> {
    let row = app.db.query_one_raw(sql(TEAM_WITH_FONT, [font.into(), caller.0.into()])).await?;
    let team: TeamId = row.ok_or(Error::NotFound)?.try_get("", "id")?;
    let team = permission::team_viewer(&app.db, caller, team).await?;
    let variants = variants(app, &team, font).await?;
    let family = variants.first().map(|(variant, ..)| clean(&variant.font_family)).ok_or(Error::NotFound)?;
    let file = app.uploads.file().await.map_err(Error::platform)?;
    let mut archive = ArchiveWriter::new(file.reopen().map_err(Error::platform)?);
    let mut names = BTreeSet::new();
    for (variant, object, format) in variants {
        let size = u64::try_from(object.size).unwrap_or(0);
        let read = app.blobs.read_all(object.backend.as_str(), object.id.0, size).await;
        let bytes: Bytes = read.map_err(Error::platform)?;
        let name = unlike(&names, &file_name(&variant), format);
        names.insert(name.clone());
        let add = move || archive.add(&name, &bytes).map(|()| archive);
        let added =
            Box::pin(app.cpu.run(add).instrument(step!("pack fonts"))).await.map_err(busy_or_broken)?;
        archive = added.map_err(Error::platform)?;
    }
    let ended = Box::pin(app.cpu.run(move || archive.finish()).instrument(step!("pack fonts"))).await;
    let size = ended.map_err(busy_or_broken)?.map_err(Error::platform)?;
    let wanted = NewBlob {
        bucket: &TEMPFILE,
        content_type: "application/zip".to_owned(),
        expired_at: Some(now + ARCHIVE_AGE_MAX),
        metadata: Some(json!({"profile-id": caller})),
    };
    let content = Content::File { path: file.path().to_owned(), size };
    Ok(Download { id: put(app, content, wanted, now).await?.id, name: format!("{family}.zip") })
}

/// What goes into the archive, with its bytes' row and form.
async fn variants(
    app: &App,
    team: &permission::Viewable<team::Model>,
    font: Uuid,
) -> Result<Vec<(Model, storage_object::Model, Format)>> {
    let all = Entity::alive().filter(Column::TeamId.eq(team.id)).filter(Column::FontId.eq(font));
    let all = all.order_by_asc(Column::FontWeight).order_by_asc(Column::FontStyle).order_by_asc(Column::Id);
    let all = all.limit(FILES_MAX as u64 + 1).all(&app.db).await?;
    let (mut found, mut bytes) = (vec![], 0);
    for variant in all {
        let Some((id, format)) = best(&variant) else { continue };
        let object = storage_object::Entity::alive().filter(storage_object::Column::Id.eq(id));
        let Some(object) = object.one(&app.db).await? else { continue };
        bytes += u64::try_from(object.size).unwrap_or(0);
        found.push((variant, object, format));
    }
    if found.len() > FILES_MAX || bytes > ARCHIVE_BYTES_MAX {
        let hint = format!("an archive has at most {FILES_MAX} files of {ARCHIVE_BYTES_MAX} bytes together");
        return Err(Error::restriction("font-family-too-large").hint(hint));
    }
    Ok(found)
}

/// The form that most programs read.
fn best(variant: &Model) -> Option<(StorageObjectId, Format)> {
    let files = [
        (variant.ttf_file_id, Format::Ttf),
        (variant.otf_file_id, Format::Otf),
        (variant.woff2_file_id, Format::Woff2),
        (variant.woff1_file_id, Format::Woff),
    ];
    files.into_iter().find_map(|(id, format)| Some((id?, format)))
}

/// As fonts are called in folders: `Inky-BoldItalic`.
fn file_name(variant: &Model) -> String {
    let weight = match variant.font_weight {
        100 => "Thin",
        200 => "ExtraLight",
        300 => "Light",
        400 => "Regular",
        500 => "Medium",
        600 => "SemiBold",
        700 => "Bold",
        800 => "ExtraBold",
        900 => "Black",
        _ => "ExtraBlack",
    };
    let style = match (weight, variant.font_style.as_str()) {
        ("Regular", "italic") => "Italic".to_owned(),
        (weight, "italic") => format!("{weight}Italic"),
        (weight, _) => weight.to_owned(),
    };
    format!("{}-{style}", clean(&variant.font_family))
}

/// Names of rows that others wrote may have signs that mean something in a path.
fn clean(family: &str) -> String {
    let kept = |c: char| if c.is_alphanumeric() || " _.-".contains(c) { c } else { '_' };
    let name: String = family.chars().map(kept).collect();
    match name.trim_matches([' ', '.']) {
        "" => "font".to_owned(),
        name => name.to_owned(),
    }
}

/// A name that none of the others is.
fn unlike(names: &BTreeSet<String>, name: &str, format: Format) -> String {
    let numbered = (1..).map(|number| match number {
        1 => format!("{name}.{}", format.extension()),
        more => format!("{name}-{more}.{}", format.extension()),
    });
    numbered.into_iter().find(|name| !names.contains(name)).unwrap_or_default()
}

/// The first of the person's teams that has the font.
const TEAM_WITH_FONT: &str = "
    SELECT t.id FROM team t
      JOIN team_profile_rel r ON r.team_id = t.id AND r.profile_id = $2
     WHERE t.deleted_at IS NULL
       AND EXISTS (SELECT 1 FROM team_font_variant v
                    WHERE v.team_id = t.id AND v.font_id = $1 AND v.deleted_at IS NULL)
     ORDER BY t.id LIMIT 1";
