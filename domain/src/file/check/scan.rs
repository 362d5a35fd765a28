//! A document, page by page and then component by component.

use super::super::parts::outline::{self, Holder, Looked};
use super::mains::{Source, libraries, mains};
use crate::error::{Error, Result};
use document::part::{Container, PartKey};
use document::validate::{Defect, Finding, Mains, Outline, Registry, component, page};
use entities::ids::FileId;
use platform::app::App;
use platform::cpu::CpuError;
use platform::db::Tx;
use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use uuid::Uuid;

/// Pages with more shapes are compared away from the threads that serve others.
const SHAPES_AT_ONCE: usize = 2_000;

/// A document that is looked through, as a transaction sees it.
pub(super) struct Scan<'t> {
    app: &'t App,
    tx: &'t Tx,
    root: i64,
    registry: Arc<Registry>,
    components: Vec<Holder>,
    libraries: BTreeMap<Uuid, i64>,
    left: VecDeque<(Container, Option<i64>)>,
    /// Components that cannot be read.
    pub(super) unreadable: Vec<PartKey>,
    pub(super) pages: usize,
}

/// What is wrong with one page or one component.
pub(super) struct Seen {
    /// What was looked at.
    pub(super) shapes: Outline,
    pub(super) findings: Vec<Finding>,
    /// Shapes that cannot be read.
    pub(super) unreadable: Vec<PartKey>,
}

impl<'t> Scan<'t> {
    /// Begins with what has to be known of the whole document.
    pub(super) async fn begin(app: &'t App, tx: &'t Tx, file: FileId, root: i64) -> Result<Scan<'t>> {
        let Looked { seen: (registry, components), unreadable } =
            outline::components(tx, root, file.0, None).await?;
        let pages = outline::pages(tx, root).await?;
        let of_pages = pages.iter().map(|page| (Container::Page(page.id), page.inner));
        let of_components = components.iter().map(|one| (Container::Component(one.id), one.inner));
        let left = of_pages.chain(of_components).collect();
        let (registry, libraries) = (Arc::new(registry), libraries(tx, file).await?);
        Ok(Scan { app, tx, root, registry, components, libraries, left, unreadable, pages: pages.len() })
    }

    /// The components of the document.
    pub(super) fn registry(&self) -> &Registry {
        &self.registry
    }

    /// Looks at the next page or component; none when that was all.
    pub(super) async fn next(&mut self) -> Result<Option<Seen>> {
        let Some((container, inner)) = self.left.pop_front() else { return Ok(None) };
        let Looked { seen: shapes, unreadable } = match inner {
            Some(number) => outline::shapes(self.tx, number, container).await?,
            None => Looked { seen: Outline::new(), unreadable: Vec::new() },
        };
        let (shapes, findings) = match container {
            Container::Page(id) => self.page(id, shapes).await?,
            Container::Component(id) => {
                let findings = self.component(id, &shapes).await?;
                (shapes, findings)
            }
            Container::File => (shapes, Vec::new()),
        };
        Ok(Some(Seen { shapes, findings, unreadable }))
    }

    async fn page(&self, id: Uuid, shapes: Outline) -> Result<(Outline, Vec<Finding>)> {
        let own = Source { root: self.root, registry: &self.registry, holders: &self.components };
        let mains: Mains = mains(self.tx, &own, &self.libraries, id, &shapes).await?;
        if shapes.len() <= SHAPES_AT_ONCE {
            let findings = page(&self.registry, id, &shapes, &mains);
            return Ok((shapes, findings));
        }
        let registry = Arc::clone(&self.registry);
        let compared = self.app.cpu.run(move || {
            let findings = page(&registry, id, &shapes, &mains);
            (shapes, findings)
        });
        compared.await.map_err(|error| match error {
            CpuError::Busy => Error::busy(),
            other => Error::platform(other),
        })
    }

    async fn component(&self, id: Uuid, kept: &Outline) -> Result<Vec<Finding>> {
        let findings = component(&self.registry, id, kept, false);
        let asks_main =
            findings.iter().any(|finding| finding.defect == Defect::NonDeletedComponentCannotHaveObjects);
        let place = self.registry.home(id).and_then(|home| home.page.zip(home.main));
        match place.filter(|_| asks_main) {
            Some((page, main)) if outline::is_there(self.tx, self.root, page, main).await? => {
                Ok(component(&self.registry, id, kept, true))
            }
            _ => Ok(findings),
        }
    }
}
