//! Documents as clients read them: rows are joined piece by piece, and little of them is ever in memory.

use super::row::{self, Stored};
use super::unpack;
use crate::error::{Error, Result};
use bytes::Bytes;
use document::join::Join;
use document::part::{Container, Kind, Part};
use entities::file;
use futures_util::TryStreamExt;
use platform::app::App;
use platform::db::{Tx, sql};
use sea_orm::StreamTrait;
use tokio::sync::mpsc::Sender;
use uuid::Uuid;

pub use document::join::Form;

/// A piece has about so many bytes.
const PIECE_BYTES: usize = 64 << 10;
/// Most rows that are read at once.
const ROWS_MAX: i64 = 1000;
/// After so many bytes no more rows are read at once.
const BYTES_MAX: usize = 1 << 20;

/// Sends the document of a file, as the transaction sees it, which should see one moment only. Ends early when nobody
/// takes the pieces any more.
///
/// # Errors
/// [`Error::NotFound`] when the document is gone; [`Error::Platform`] when it cannot be read; those of the database.
pub async fn send(app: &App, tx: &Tx, file: &file::Model, form: Form, pieces: &Sender<Bytes>) -> Result<()> {
    let mut out = Outlet { form, id: file.id.0, join: None, pieces };
    let sent = match file.root_container_id {
        Some(root) => send_rows(tx, Rows { root, revn: None }, &mut out).await,
        None => send_packed(app, tx, file, &mut out).await,
    };
    out.end(sent).await
}

/// The same of the document as it was at a revision that a snapshot shows.
///
/// # Errors
/// As [`send`].
pub async fn send_at(
    tx: &Tx,
    file: &file::Model,
    revn: i64,
    form: Form,
    pieces: &Sender<Bytes>,
) -> Result<()> {
    let mut out = Outlet { form, id: file.id.0, join: None, pieces };
    // A document of which there is a snapshot is rows.
    let root = file.root_container_id.ok_or(Error::NotFound)?;
    let sent = send_rows(tx, Rows { root, revn: Some(revn) }, &mut out).await;
    out.end(sent).await
}

/// A new document, whole.
///
/// # Errors
/// [`Error::Platform`] never: its parts are readable and in order.
pub fn joined(form: Form, id: Uuid, parts: &[Part]) -> Result<Vec<u8>> {
    let Some((file, rest)) = parts.split_first() else { return Err(Error::NotFound) };
    let mut join = Join::file(form, id, file).map_err(Error::platform)?;
    for part in rest {
        join.push(part).map_err(Error::platform)?;
    }
    Ok(join.finish())
}

/// Where the pieces go.
struct Outlet<'s> {
    form: Form,
    id: Uuid,
    join: Option<Join>,
    pieces: &'s Sender<Bytes>,
}

/// Why nothing more is sent.
enum Stopped {
    NobodyListens,
    Failed(Error),
}

impl<E: Into<Error>> From<E> for Stopped {
    fn from(error: E) -> Stopped {
        Stopped::Failed(error.into())
    }
}

impl Outlet<'_> {
    async fn push(&mut self, part: &Part) -> Result<(), Stopped> {
        let Some(join) = &mut self.join else {
            self.join = Some(Join::file(self.form, self.id, part).map_err(Error::platform)?);
            return Ok(());
        };
        join.push(part).map_err(Error::platform)?;
        if join.waiting() < PIECE_BYTES {
            return Ok(());
        }
        let piece = join.take();
        self.pieces.send(piece.into()).await.map_err(|_| Stopped::NobodyListens)
    }

    async fn end(self, sent: Result<(), Stopped>) -> Result<()> {
        match sent {
            Ok(()) => self.finish().await,
            Err(Stopped::NobodyListens) => Ok(()),
            Err(Stopped::Failed(error)) => Err(error),
        }
    }

    async fn finish(self) -> Result<()> {
        let last = self.join.ok_or(Error::NotFound)?.finish();
        // Nobody has to listen to the end.
        let _ = self.pieces.send(last.into()).await;
        Ok(())
    }
}

/// A document that is rows.
#[derive(Clone, Copy)]
struct Rows {
    /// Its container.
    root: i64,
    /// The revision that is read; none for the newest.
    revn: Option<i64>,
}

/// A container is walked in the order of its key, which is the order of a document.
async fn send_rows(tx: &Tx, rows: Rows, out: &mut Outlet<'_>) -> Result<(), Stopped> {
    let mut walk = Walk::through(rows.root, Container::File, rows.revn);
    while let Some(batch) = walk.next(tx).await? {
        for Stored { part, inner } in batch {
            out.push(&part).await?;
            let container = match part.key.kind {
                Kind::Page => Container::Page(part.key.id),
                Kind::Component => Container::Component(part.key.id),
                _ => continue,
            };
            let Some(inner) = inner else { continue };
            let mut shapes = Walk::through(inner, container, rows.revn);
            while let Some(batch) = shapes.next(tx).await? {
                for shape in batch {
                    out.push(&shape.part).await?;
                }
            }
        }
    }
    Ok(())
}

/// A document that was not made rows yet.
async fn send_packed(app: &App, tx: &Tx, file: &file::Model, out: &mut Outlet<'_>) -> Result<(), Stopped> {
    for part in unpack::packed(app, tx, file.id).await?.ok_or(Error::NotFound)? {
        out.push(&part.to_part()).await?;
    }
    Ok(())
}

/// Every row of a container, some at a time.
struct Walk {
    number: i64,
    container: Container,
    /// The revision that is read; none for the newest.
    revn: Option<i64>,
    /// The last row that was read; none when there are no more.
    after: Option<(i16, Uuid)>,
}

impl Walk {
    fn through(number: i64, container: Container, revn: Option<i64>) -> Walk {
        Walk { number, container, revn, after: Some((-1, Uuid::nil())) }
    }

    /// The next rows; none when that was all.
    async fn next(&mut self, tx: &Tx) -> Result<Option<Vec<Stored>>> {
        let Some((kind, id)) = self.after else { return Ok(None) };
        let values = [self.number.into(), kind.into(), id.into(), ROWS_MAX.into()];
        let query = match self.revn {
            None => sql(ROWS, values),
            Some(revn) => sql(ROWS_AT, values.into_iter().chain([revn.into()])),
        };
        let mut rows = tx.stream_raw(query).await?;
        let (mut batch, mut bytes) = (Vec::new(), 0);
        self.after = None;
        while let Some(row) = rows.try_next().await? {
            let row = row::read(&row, self.container)?;
            bytes += row.part.raw.as_ref().map_or(0, Vec::len);
            let (key, is_last) = (row.part.key, bytes > BYTES_MAX);
            batch.push(row);
            if is_last || batch.len() == usize::try_from(ROWS_MAX).unwrap_or(usize::MAX) {
                self.after = Some((key.kind.code(), key.id));
                break;
            }
        }
        Ok(Some(batch))
    }
}

const ROWS: &str = "
    SELECT kind, id, inner_container_id, parent, frame, component, component_file, shape_ref, component_root,
           main_instance, shape_type, children, NULL::uuid[], raw
      FROM file_part WHERE container_id = $1 AND (kind, id) > ($2, $3) ORDER BY kind, id LIMIT $4";

/// Both halves come in the order of their indexes, and are merged as far as the limit.
const ROWS_AT: &str = "
    SELECT kind, id, inner_container_id, parent, frame, component, component_file, shape_ref, component_root,
           main_instance, shape_type, children, NULL::uuid[], raw
      FROM (
           SELECT kind, id, inner_container_id, parent, frame, component, component_file, shape_ref, component_root,
                  main_instance, shape_type, children, raw
             FROM file_part WHERE container_id = $1 AND (kind, id) > ($2, $3) AND since <= $5
            UNION ALL
           SELECT kind, id, inner_container_id, parent, frame, component, component_file, shape_ref, component_root,
                  main_instance, shape_type, children, raw
             FROM file_part_archive
            WHERE container_id = $1 AND (kind, id) > ($2, $3) AND since <= $5 AND until > $5) p
     ORDER BY kind, id LIMIT $4";
