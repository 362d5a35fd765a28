//! Where the containers of a document are.

use crate::error::Result;
use document::part::{Container, Kind, PartKey};
use platform::db::{Tx, sql};
use sea_orm::ConnectionTrait;
use std::collections::HashMap;
use uuid::Uuid;

/// The numbers of the containers of one file, as far as they are known.
#[derive(Clone, Debug)]
pub struct Containers {
    root: i64,
    /// None: there is no such container.
    inner: HashMap<Container, Option<i64>>,
}

impl Containers {
    /// Those of a file, of which nothing else is known.
    pub fn of(root: i64) -> Containers {
        Containers { root, inner: HashMap::new() }
    }

    /// The number of a container; none when there is none, or it is not known.
    pub(super) fn number(&self, container: Container) -> Option<i64> {
        match container {
            Container::File => Some(self.root),
            _ => self.inner.get(&container).copied().flatten(),
        }
    }

    /// The file's own.
    pub(super) fn root(&self) -> i64 {
        self.root
    }

    /// Whether it is known where a container is, or that there is none.
    pub(super) fn knows(&self, container: Container) -> bool {
        container == Container::File || self.inner.contains_key(&container)
    }

    /// Notes where a container is, or that there is none.
    pub(super) fn note(&mut self, container: Container, number: Option<i64>) {
        self.inner.insert(container, number);
    }

    /// Looks up those that are not known.
    ///
    /// # Errors
    /// Those of the database.
    pub(super) async fn look_up(&mut self, tx: &Tx, containers: &[Container]) -> Result<()> {
        let unknown: Vec<PartKey> =
            containers.iter().filter(|one| !self.knows(**one)).map(|one| one.owner()).collect();
        if unknown.is_empty() {
            return Ok(());
        }
        let kinds: Vec<i16> = unknown.iter().map(|owner| owner.kind.code()).collect();
        let ids: Vec<Uuid> = unknown.iter().map(|owner| owner.id).collect();
        let rows = tx.query_all_raw(sql(NUMBERS, [self.root.into(), kinds.into(), ids.into()])).await?;
        for row in rows {
            let (kind, id): (i16, Uuid) = (row.try_get_by_index(0)?, row.try_get_by_index(1)?);
            if let Some(container) = held_by(kind, id) {
                self.note(container, row.try_get_by_index(2)?);
            }
        }
        for owner in unknown {
            if let Some(container) = held_by(owner.kind.code(), owner.id) {
                self.inner.entry(container).or_insert(None);
            }
        }
        Ok(())
    }
}

/// What a part holds, if parts of its kind can hold something.
pub(super) fn held_by(kind: i16, id: Uuid) -> Option<Container> {
    match Kind::of_code(kind)? {
        Kind::Page => Some(Container::Page(id)),
        Kind::Component => Some(Container::Component(id)),
        _ => None,
    }
}

/// Numbers that no container ever had.
///
/// # Errors
/// Those of the database.
pub(super) async fn fresh(conn: &impl ConnectionTrait, count: usize) -> Result<Vec<i64>> {
    let numbers =
        "SELECT nextval(pg_get_serial_sequence('file_container', 'id')) FROM generate_series(1, $1)";
    let count = i64::try_from(count).unwrap_or(i64::MAX);
    let rows = conn.query_all_raw(sql(numbers, [count.into()])).await?;
    Ok(rows.iter().map(|row| row.try_get_by_index(0)).collect::<Result<_, _>>()?)
}

const NUMBERS: &str = "
    SELECT p.kind, p.id, p.inner_container_id
      FROM ROWS FROM (unnest($2::int2[]), unnest($3::uuid[])) AS asked (kind, id)
      JOIN file_part p ON p.container_id = $1 AND p.kind = asked.kind AND p.id = asked.id";
