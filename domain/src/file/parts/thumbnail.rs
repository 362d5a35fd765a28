//! The page that the picture of a file is drawn from.

use super::read::PageView;
use super::source::{Inside, ROWS_MAX, Source};
use crate::error::{Error, Result};
use chrono::{DateTime, Utc};
use document::part::{Container, Kind, OpenPart, PartKey};
use entities::file;
use platform::app::App;
use platform::db::{Tx, sql};
use sea_orm::ConnectionTrait;
use transit::value::Value;
use uuid::Uuid;

/// How a frame says that the picture of its file is of it.
const FLAG: &str = "use-for-thumbnail";

/// The page with the frame that is flagged for it, which then is all that is shown; else the first page. With `strip`,
/// frames of which there is a picture come with its id instead of what they hold.
///
/// # Errors
/// [`Error::NotFound`] when the document is gone or has no page; [`Error::Platform`] when it cannot be read.
pub async fn of_thumbnail(app: &App, tx: &Tx, file: &file::Model, strip: bool) -> Result<PageView> {
    let source = Source::of(app, tx, file).await?;
    let mut view = PageView::default();
    if let Some((page, frame)) = flagged(&source).await? {
        view.page = Some(page);
        view.only.insert(frame);
        view.more.push(("thumbnail-frame-id", Value::Uuid(frame)));
    } else {
        view.page = source.first_page().await?;
    }
    let page = view.page.ok_or(Error::NotFound)?;
    let page = source.find(Kind::Page, page).await?.ok_or(Error::NotFound)?;
    if let Some(inside) = source.inside(&page).filter(|_| strip) {
        let prefix = format!("{}/{}/", file.id, page.part.key.id);
        let rows = tx.query_all_raw(sql(PICTURES, [file.id.0.into(), prefix.into()])).await?;
        for row in rows {
            let (object, media): (String, Uuid) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
            let frame = object.split('/').nth(2).and_then(|id| Uuid::try_parse(id).ok());
            let Some(frame) = frame else { continue };
            let mut instead = vec![("thumbnail-id", Value::Uuid(media)), ("shapes", Value::Vec(Vec::new()))];
            instead.extend(bounds(&source, inside, frame).await?.map(|bounds| ("children-bounds", bounds)));
            view.instead.insert(frame, instead);
        }
    }
    Ok(view)
}

/// Forgets the small pictures of shapes that the document does not have any more, and those of earlier revisions of the
/// file. A document that is not rows keeps all that are of shapes.
///
/// # Errors
/// Those of the database.
pub async fn sweep(tx: &Tx, file: &file::Model, now: DateTime<Utc>) -> Result<u64> {
    let earlier = tx.execute_raw(sql(EARLIER, [file.id.0.into(), file.revn.into(), now.into()])).await?;
    let Some(root) = file.root_container_id else { return Ok(earlier.rows_affected()) };
    let lost = tx.execute_raw(sql(LOST, [file.id.0.into(), root.into(), now.into()])).await?;
    Ok(earlier.rows_affected() + lost.rows_affected())
}

const EARLIER: &str =
    "UPDATE file_thumbnail SET deleted_at = $3 WHERE file_id = $1 AND revn < $2 AND deleted_at IS NULL";

/// What names no shape is of none.
const LOST: &str = "
    UPDATE file_tagged_object_thumbnail t SET deleted_at = $3
     WHERE t.file_id = $1 AND t.deleted_at IS NULL AND NOT EXISTS (
           SELECT 1 FROM file_part page
             JOIN file_part s ON s.container_id = page.inner_container_id AND s.kind = 2
              AND s.id = CASE WHEN split_part(t.object_id, '/', 3) ~ '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
                              THEN split_part(t.object_id, '/', 3)::uuid END
            WHERE page.container_id = $2 AND page.kind = 1 AND page.id::text = split_part(t.object_id, '/', 2))";

/// `<file>/<page>/<frame>/<tag>`
const PICTURES: &str = "
    SELECT object_id, media_id FROM file_tagged_object_thumbnail
     WHERE file_id = $1 AND tag = 'frame' AND deleted_at IS NULL AND starts_with(object_id, $2)";

/// The first frame that is flagged, with its page, in the order of pages.
async fn flagged(source: &Source<'_>) -> Result<Option<(Uuid, Uuid)>> {
    match source {
        Source::Rows { tx, root, .. } => {
            let found = tx.query_one_raw(sql(FLAGGED, [(*root).into()])).await?;
            Ok(found
                .map(|row| Ok::<_, Error>((row.try_get_by_index(0)?, row.try_get_by_index(1)?)))
                .transpose()?)
        }
        Source::Packed(parts) => {
            let file = parts.get(&PartKey::FILE).ok_or(Error::NotFound)?;
            let is_flagged = |raw: &[u8]| {
                let flag = format!("\"~:{FLAG}\",true");
                raw.windows(flag.len()).any(|bytes| bytes == flag.as_bytes())
            };
            let of_page = |page: &Uuid| {
                let frame = parts.values().find(|part| {
                    part.key.container == Container::Page(*page)
                        && part.columns.is_frame()
                        && part.raw.as_deref().is_some_and(is_flagged)
                });
                frame.map(|frame| (*page, frame.key.id))
            };
            Ok(file.columns.children().iter().find_map(of_page))
        }
    }
}

const FLAGGED: &str = "
    SELECT p.id, s.id FROM file_part f
      JOIN file_part p ON p.container_id = f.container_id AND p.kind = 1
      JOIN file_part s ON s.container_id = p.inner_container_id AND s.kind = 2 AND s.shape_type = 'frame'
           AND position('\"~:use-for-thumbnail\",true'::bytea IN s.raw) > 0
     WHERE f.container_id = $1 AND f.kind = 0
     ORDER BY array_position(f.children, p.id), s.id LIMIT 1";

/// The rectangle around a frame and all that it holds, when what stands out of it is shown.
async fn bounds(source: &Source<'_>, inside: Inside, frame: Uuid) -> Result<Option<Value>> {
    let Some(part) = source.some(inside, &[frame]).await?.pop() else { return Ok(None) };
    let open = OpenPart::read(&part).map_err(Error::platform)?;
    if !open.is_some_and(|open| open.plain("show-content") == Some(&Value::Bool(true))) {
        return Ok(None);
    }
    let below: Vec<Uuid> = source.below(inside, &[frame]).await?.into_iter().collect();
    let mut around: Option<[f64; 4]> = None;
    for ids in below.chunks(ROWS_MAX) {
        for shape in source.some(inside, ids).await? {
            let Some(open) = OpenPart::read(&shape).map_err(Error::platform)? else { continue };
            for point in open.plain("points").and_then(Value::items).unwrap_or_default() {
                let number = |name| point.get(name).and_then(Value::as_number);
                let Some((x, y)) = number("x").zip(number("y")) else { continue };
                let [left, top, right, bottom] = around.unwrap_or([x, y, x, y]);
                around = Some([left.min(x), top.min(y), right.max(x), bottom.max(y)]);
            }
        }
    }
    Ok(around.map(|[left, top, right, bottom]| {
        let numbers = [
            ("x", left),
            ("y", top),
            ("width", right - left),
            ("height", bottom - top),
            ("x1", left),
            ("y1", top),
            ("x2", right),
            ("y2", bottom),
        ];
        Value::tagged("rect", Value::map(numbers.map(|(name, number)| (name, Value::Float(number)))))
    }))
}
