//! Looking at one document.

use super::super::parts::unpack;
use super::problem::{Problem, Problems, Tally};
use super::scan::{Scan, Seen};
use crate::error::{Error, Result};
use entities::file;
use entities::ids::FileId;
use platform::app::App;
use sea_orm::EntityTrait;
use serde::Serialize;

/// What is wrong with the document of a file.
#[derive(Clone, Debug, Serialize)]
pub struct Checked {
    /// The file.
    pub id: FileId,
    /// Its name.
    pub name: String,
    /// The revision that was looked at.
    pub revn: i64,
    /// Pages.
    pub pages: usize,
    /// Shapes, those that are kept of deleted components among them.
    pub shapes: usize,
    /// How much is wrong, by code.
    pub found: Vec<Tally>,
    /// What is wrong; the first 10,000.
    pub problems: Vec<Problem>,
}

impl Checked {
    fn of(file: &file::Model) -> Checked {
        Checked {
            id: file.id,
            name: file.name.clone(),
            revn: file.revn,
            pages: 0,
            shapes: 0,
            found: Vec::new(),
            problems: Vec::new(),
        }
    }

    fn only(self, problem: Problem) -> Checked {
        let mut problems = Problems::default();
        problems.add(problem);
        self.with(problems)
    }

    fn with(self, problems: Problems) -> Checked {
        Checked { found: problems.tally(), problems: problems.first, ..self }
    }

    /// How many problems there are.
    pub fn count(&self) -> i64 {
        self.found.iter().map(|tally| tally.count).sum()
    }
}

/// Looks at the document of a file, deleted or not, as it is at one moment. One that the release before wrote becomes
/// rows first.
///
/// # Errors
/// [`Error::NotFound`] when there is no such file; `too-busy` when too much else is computed; those of the database.
pub async fn check(app: &App, id: FileId) -> Result<Checked> {
    let row = file::Entity::find_by_id(id).one(&app.db).await?.ok_or(Error::NotFound)?;
    if row.root_container_id.is_none()
        && let Err(error) = unpack::unpack_one(app, id).await
    {
        return match error {
            // What is there is no document, or there is none.
            Error::Platform(_) | Error::NotFound => {
                Ok(Checked::of(&row).only(Problem::unreadable_document()))
            }
            other => Err(other),
        };
    }
    match compare(app, id).await {
        Err(error @ (Error::Refused { code: "document-limit-reached", .. } | Error::Platform(_))) => {
            tracing::warn!(file = %id, %error, "a document could not be compared");
            Ok(Checked::of(&row).only(Problem::uncompared_document()))
        }
        compared => compared,
    }
}

async fn compare(app: &App, id: FileId) -> Result<Checked> {
    let tx = platform::db::begin_read(&app.db).await?;
    let row = file::Entity::find_by_id(id).one(&tx).await?.ok_or(Error::NotFound)?;
    let root = row.root_container_id.ok_or(Error::NotFound)?;
    let mut scan = Scan::begin(app, &tx, id, root).await?;
    let (mut checked, mut problems) = (Checked::of(&row), Problems::default());
    checked.pages = scan.pages;
    scan.unreadable.iter().for_each(|part| problems.add(Problem::unreadable(*part)));
    while let Some(Seen { shapes, findings, unreadable }) = scan.next().await? {
        checked.shapes += shapes.len() + unreadable.len();
        unreadable.into_iter().for_each(|part| problems.add(Problem::unreadable(part)));
        findings.iter().for_each(|finding| problems.add(Problem::of(finding)));
    }
    drop(scan);
    tx.rollback().await?;
    Ok(checked.with(problems))
}
