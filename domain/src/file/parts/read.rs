//! Documents as clients read them: parts are joined piece by piece, and little of them is ever in memory.

use super::cut::{Cut, without};
use super::source::{Inside, ROWS_MAX, Source};
use crate::error::{Error, Result};
use bytes::Bytes;
use document::join::Join;
use document::part::{Kind, OpenPart, Part};
use entities::file;
use platform::app::App;
use platform::db::Tx;
use std::collections::{BTreeMap, BTreeSet};
use tokio::sync::mpsc::Sender;
use transit::value::Value;
use uuid::Uuid;

pub use document::join::{Form, readable};

/// A piece has about so many bytes.
const PIECE_BYTES: usize = 64 << 10;

/// One page of a document, or some of it.
#[derive(Clone, Debug, Default)]
pub struct PageView {
    /// Which page; none for none.
    pub page: Option<Uuid>,
    /// Only these shapes with all below them; all shapes when there are none.
    pub only: BTreeSet<Uuid>,
    /// What the page says besides what is stored of it.
    pub more: Vec<(&'static str, Value)>,
    /// Attributes that some shapes have instead of their own.
    pub instead: BTreeMap<Uuid, Vec<(&'static str, Value)>>,
}

/// Sends the document of a file, as the transaction sees it, which should see one moment only. Ends early when nobody
/// takes the pieces any more.
///
/// # Errors
/// [`Error::NotFound`] when the document is gone; [`Error::Platform`] when it cannot be read; those of the database.
pub async fn send(app: &App, tx: &Tx, file: &file::Model, form: Form, pieces: &Sender<Bytes>) -> Result<()> {
    send_cut(app, tx, file, &Cut::NOTHING, form, pieces).await
}

/// The same of a document of which not everything is shown.
///
/// # Errors
/// As [`send()`].
pub async fn send_cut(
    app: &App,
    tx: &Tx,
    file: &file::Model,
    cut: &Cut,
    form: Form,
    pieces: &Sender<Bytes>,
) -> Result<()> {
    let source = Source::of(app, tx, file).await?;
    let mut out = Outlet::new(pieces);
    let sent = out.document(&source, cut, form, file.id.0).await;
    out.end(sent).await
}

/// The same of the document as it was at a revision that a snapshot shows.
///
/// # Errors
/// As [`send()`].
pub async fn send_at(
    tx: &Tx,
    file: &file::Model,
    revn: i64,
    form: Form,
    pieces: &Sender<Bytes>,
) -> Result<()> {
    let source = Source::at(tx, file, revn)?;
    let mut out = Outlet::new(pieces);
    let sent = out.document(&source, &Cut::NOTHING, form, file.id.0).await;
    out.end(sent).await
}

/// Sends one page, likewise.
///
/// # Errors
/// As [`send()`]; [`Error::NotFound`] when there is no such page.
pub async fn send_page(
    app: &App,
    tx: &Tx,
    file: &file::Model,
    view: &PageView,
    form: Form,
    pieces: &Sender<Bytes>,
) -> Result<()> {
    let source = Source::of(app, tx, file).await?;
    let mut out = Outlet::new(pieces);
    let sent = out.page(&source, form, view).await;
    out.end(sent).await
}

/// The id of a page that is there, or of the first; none when there is no such page.
///
/// # Errors
/// As [`send()`].
pub async fn page_of(app: &App, tx: &Tx, file: &file::Model, page: Option<Uuid>) -> Result<Option<Uuid>> {
    let source = Source::of(app, tx, file).await?;
    let page = if page.is_some() { page } else { source.first_page().await? };
    let Some(id) = page else { return Ok(None) };
    Ok(source.find(Kind::Page, id).await?.map(|_| id))
}

/// What a page is called; none when it is not there or has no name that can be read.
///
/// # Errors
/// Those of the database.
pub async fn page_name(app: &App, tx: &Tx, file: &file::Model, page: Uuid) -> Result<Option<String>> {
    let source = match Source::of(app, tx, file).await {
        Err(Error::NotFound | Error::Platform(_)) => return Ok(None),
        source => source?,
    };
    let Some(stored) = source.find(Kind::Page, page).await? else { return Ok(None) };
    let open = OpenPart::read(&stored.part).ok().flatten();
    Ok(open.and_then(|open| Some(open.plain("name")?.as_str()?.to_owned())))
}

/// All parts of a document that nobody has changed yet, and that is small therefore.
///
/// # Errors
/// As [`send()`].
pub async fn parts(app: &App, tx: &Tx, file: &file::Model) -> Result<Vec<Part>> {
    let source = Source::of(app, tx, file).await?;
    let (mut all, mut parts) = (source.all(), Vec::new());
    while let Some(batch) = all.next().await? {
        parts.extend(batch.into_iter().map(|stored| stored.part));
    }
    Ok(parts)
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
    fn new(pieces: &Sender<Bytes>) -> Outlet<'_> {
        Outlet { join: None, pieces }
    }

    async fn document(
        &mut self,
        source: &Source<'_>,
        cut: &Cut,
        form: Form,
        id: Uuid,
    ) -> Result<(), Stopped> {
        let mut all = source.all();
        while let Some(batch) = all.next().await? {
            for mut stored in batch {
                let key = stored.part.key;
                if self.join.is_none() {
                    let file = cut.file(stored.part)?;
                    self.join = Some(Join::file(form, id, &file).map_err(Error::platform)?);
                    continue;
                }
                if cut.is_over(key.kind) {
                    return Ok(());
                }
                if !cut.shows(key) {
                    continue;
                }
                stored.part = cut.part(stored.part)?;
                self.push(&stored.part).await?;
                if let Some(inside) = source.inside(&stored).filter(|_| cut.shows_shapes_of(key.kind)) {
                    self.shapes(source, inside, Ok).await?;
                }
            }
        }
        Ok(())
    }

    /// All shapes that a part holds, each as `shown` makes it.
    async fn shapes(
        &mut self,
        source: &Source<'_>,
        inside: Inside,
        shown: impl Fn(Part) -> Result<Part>,
    ) -> Result<(), Stopped> {
        let mut shapes = source.walk(inside);
        while let Some(batch) = shapes.next().await? {
            for shape in batch {
                self.push(&shown(shape.part)?).await?;
            }
        }
        Ok(())
    }

    async fn page(&mut self, source: &Source<'_>, form: Form, view: &PageView) -> Result<(), Stopped> {
        let Some(id) = view.page else { return Ok(()) };
        let Some(page) = source.find(Kind::Page, id).await? else { return Ok(()) };
        let shown = altered(page.part.clone(), &view.more)?;
        self.join = Some(Join::page(form, &shown).map_err(Error::platform)?);
        let Some(inside) = source.inside(&page) else { return Ok(()) };
        if view.only.is_empty() {
            return self.shapes(source, inside, |shape| view.shown(shape)).await;
        }
        let only: Vec<Uuid> = view.only.iter().copied().collect();
        let below: Vec<Uuid> = source.below(inside, &only).await?.into_iter().collect();
        for ids in below.chunks(ROWS_MAX) {
            for shape in source.some(inside, ids).await? {
                self.push(&view.shown(shape)?).await?;
            }
        }
        Ok(())
    }

    async fn push(&mut self, part: &Part) -> Result<(), Stopped> {
        let Some(join) = &mut self.join else { return Ok(()) };
        join.push(part).map_err(Error::platform)?;
        if join.waiting() < PIECE_BYTES {
            return Ok(());
        }
        let piece = join.take();
        self.pieces.send(piece.into()).await.map_err(|_| Stopped::NobodyListens)
    }

    async fn end(self, sent: Result<(), Stopped>) -> Result<()> {
        match sent {
            Ok(()) => {
                let last = self.join.ok_or(Error::NotFound)?.finish();
                // Nobody has to listen to the end.
                let _ = self.pieces.send(last.into()).await;
                Ok(())
            }
            Err(Stopped::NobodyListens) => Ok(()),
            Err(Stopped::Failed(error)) => Err(error),
        }
    }
}

impl PageView {
    /// A shape as it is shown. What its editor keeps with it as a picture is not.
    fn shown(&self, shape: Part) -> Result<Part> {
        let shape = without(shape, "thumbnail")?;
        match self.instead.get(&shape.key.id) {
            Some(instead) => altered(shape, instead),
            None => Ok(shape),
        }
    }
}

fn altered(part: Part, attributes: &[(&'static str, Value)]) -> Result<Part> {
    if attributes.is_empty() {
        return Ok(part);
    }
    let Some(mut open) = OpenPart::read(&part).map_err(Error::platform)? else { return Ok(part) };
    attributes.iter().for_each(|(name, value)| open.set(name, value.clone()));
    Ok(open.to_part())
}
