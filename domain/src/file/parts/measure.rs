//! How much there is of a document: counts and bytes, without reading what is counted.

use crate::error::Result;
use document::part::{Columns, Kind, OpenPart, Part, PartKey};
use entities::ids::FileId;
use futures_util::TryStreamExt;
use platform::db::{Tx, sql};
use sea_orm::{ConnectionTrait, FromQueryResult, StreamTrait};
use transit::value::Value;
use uuid::Uuid;

/// Most pages whose names are read.
const PAGES_MAX: i64 = 1000;

/// A page by its name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NamedPage {
    /// Its id.
    pub id: Uuid,
    /// Its name; none when it has none, or cannot be read.
    pub name: Option<String>,
}

/// How many shapes of a type are on a page.
#[derive(Clone, Debug, PartialEq, Eq, FromQueryResult)]
pub struct ShapeCount {
    /// The page.
    pub page: Uuid,
    /// The type; none for shapes whose type is no word.
    pub shape_type: Option<String>,
    /// How many.
    pub count: i64,
    /// Bytes of transit of them, without what stands in columns.
    pub bytes: i64,
}

/// How much there is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromQueryResult)]
pub struct Amount {
    /// Parts.
    pub count: i64,
    /// Bytes of transit of them, without what stands in columns.
    pub bytes: i64,
}

/// The pages of a document by name, at most 1000: those that the file names, in its order, then others.
///
/// # Errors
/// Those of the database.
pub async fn pages(tx: &Tx, root: i64) -> Result<Vec<NamedPage>> {
    let order = tx.query_one_raw(sql(ORDER, [root.into()])).await?;
    let order: Option<Vec<Uuid>> = order.map(|row| row.try_get_by_index(0)).transpose()?.flatten();
    let order = order.unwrap_or_default();
    let mut found = Vec::new();
    let mut rows = tx.stream_raw(sql(PAGES, [root.into(), PAGES_MAX.into()])).await?;
    while let Some(row) = rows.try_next().await? {
        let (id, raw): (Uuid, Vec<u8>) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
        found.push(NamedPage { id, name: name(PartKey::page(id), raw) });
    }
    let place = |page: &NamedPage| order.iter().position(|id| *id == page.id).unwrap_or(usize::MAX);
    found.sort_by_cached_key(place);
    Ok(found)
}

fn name(key: PartKey, raw: Vec<u8>) -> Option<String> {
    let part = Part { key, columns: Columns::default(), media: Vec::new(), raw: Some(raw) };
    let open = OpenPart::read(&part).ok()??;
    open.plain("name").and_then(Value::as_str).map(str::to_owned)
}

/// The shapes of every page, by type.
///
/// # Errors
/// Those of the database.
pub async fn shapes(tx: &Tx, root: i64) -> Result<Vec<ShapeCount>> {
    Ok(ShapeCount::find_by_statement(sql(SHAPES, [root.into()])).all(tx).await?)
}

/// What lies in the file itself, by kind: the file, its pages without their shapes, its library.
///
/// # Errors
/// Those of the database.
pub async fn kinds(tx: &Tx, root: i64) -> Result<Vec<(Kind, Amount)>> {
    let rows = tx.query_all_raw(sql(KINDS, [root.into()])).await?;
    let mut found = Vec::new();
    for row in rows {
        let amount = Amount::from_query_result(&row, "")?;
        found.extend(Kind::of_code(row.try_get("", "kind")?).map(|kind| (kind, amount)));
    }
    Ok(found)
}

/// What is kept for snapshots.
///
/// # Errors
/// Those of the database.
pub async fn archived(tx: &Tx, file: FileId) -> Result<Amount> {
    let found = Amount::find_by_statement(sql(ARCHIVED, [file.0.into()])).one(tx).await?;
    Ok(found.unwrap_or_default())
}

/// What is kept of deleted components.
///
/// # Errors
/// Those of the database.
pub async fn kept(tx: &Tx, root: i64) -> Result<Amount> {
    let found = Amount::find_by_statement(sql(KEPT, [root.into()])).one(tx).await?;
    Ok(found.unwrap_or_default())
}

const ORDER: &str = "SELECT children FROM file_part WHERE container_id = $1 AND kind = 0";

const PAGES: &str = "SELECT id, raw FROM file_part WHERE container_id = $1 AND kind = 1 ORDER BY id LIMIT $2";

const SHAPES: &str = "
    SELECT page.id AS page, s.shape_type, count(*) AS count, sum(octet_length(s.raw))::bigint AS bytes
      FROM file_part page JOIN file_part s ON s.container_id = page.inner_container_id AND s.kind = 2
     WHERE page.container_id = $1 AND page.kind = 1
     GROUP BY page.id, s.shape_type
     ORDER BY page.id, count(*) DESC, s.shape_type";

const KINDS: &str = "
    SELECT kind, count(*) AS count, sum(octet_length(raw))::bigint AS bytes
      FROM file_part WHERE container_id = $1 GROUP BY kind ORDER BY kind";

const ARCHIVED: &str = "
    SELECT count(*) AS count, coalesce(sum(octet_length(o.raw)), 0)::bigint AS bytes
      FROM file_container c JOIN file_part_archive o ON o.container_id = c.id
     WHERE c.file_id = $1";

const KEPT: &str = "
    SELECT count(*) AS count, coalesce(sum(octet_length(s.raw)), 0)::bigint AS bytes
      FROM file_part own JOIN file_part s ON s.container_id = own.inner_container_id AND s.kind = 2
     WHERE own.container_id = $1 AND own.kind = 3";
