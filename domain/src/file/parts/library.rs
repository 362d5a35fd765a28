//! What the library of a document consists of: its components, colours and typographies, and what components show.

use super::source::Source;
use crate::error::{Error, Result};
use document::part::{Kind, OpenPart, Part};
use entities::file;
use platform::app::App;
use platform::db::Tx;
use uuid::Uuid;

/// The library of one document, as a transaction sees it, which should see one moment only.
pub struct Assets<'t>(Source<'t>);

impl<'t> Assets<'t> {
    /// That of a file.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the document is gone; [`Error::Platform`] when it cannot be read; those of the
    /// database.
    pub async fn of(app: &App, tx: &'t Tx, file: &file::Model) -> Result<Assets<'t>> {
        Ok(Assets(Source::of(app, tx, file).await?))
    }

    /// Shows every component, then every colour, then every typography; those of a kind by id.
    ///
    /// # Errors
    /// [`Error::Platform`] when one cannot be read; those of the database.
    pub async fn each(&self, see: &mut (impl FnMut(&OpenPart) + Send)) -> Result<()> {
        let mut walk = self.0.all();
        while let Some(batch) = walk.next().await? {
            for stored in &batch {
                if matches!(stored.part.key.kind, Kind::Component | Kind::Color | Kind::Typography) {
                    see(&open(&stored.part)?);
                }
            }
        }
        Ok(())
    }

    /// A shape of a page with everything below it, by id; none when there is no such shape, or when all that is more
    /// than `limit` shapes, at most 1000.
    ///
    /// # Errors
    /// [`Error::Platform`] when one cannot be read; those of the database.
    pub async fn shapes(&self, page: Uuid, shape: Uuid, limit: usize) -> Result<Vec<OpenPart>> {
        let Some(page) = self.0.find(Kind::Page, page).await? else { return Ok(vec![]) };
        let Some(inside) = self.0.inside(&page) else { return Ok(vec![]) };
        let ids: Vec<Uuid> = self.0.below(inside, &[shape]).await?.into_iter().collect();
        if ids.len() > limit {
            return Ok(vec![]);
        }
        let mut shapes = self.0.some(inside, &ids).await?;
        shapes.sort_by_key(|shape| shape.key.id);
        shapes.iter().map(open).collect()
    }
}

fn open(part: &Part) -> Result<OpenPart> {
    let open = OpenPart::read(part).map_err(Error::platform)?;
    open.ok_or_else(|| Error::platform(format!("a part without bytes: {:?}", part.key)))
}
