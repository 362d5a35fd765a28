//! A part as a row, both ways.

use crate::error::{Error, Result};
use document::part::{Columns, Container, Kind, Part, PartKey};
use sea_orm::{DbErr, QueryResult};
use serde::Serialize;
use uuid::Uuid;

/// A part that was read, and the number of the container of what it holds.
#[derive(Debug)]
pub(super) struct Stored {
    /// The part.
    pub(super) part: Part,
    /// Where its shapes are.
    pub(super) inner: Option<i64>,
}

/// Reads a row of `kind, id, inner_container_id, parent, frame, component, component_file, shape_ref, component_root,
/// main_instance, shape_type, children, media, raw`, in this order.
///
/// # Errors
/// Those of the database; [`Error::Platform`] when the kind is unknown.
pub(super) fn read(row: &QueryResult, container: Container) -> Result<Stored> {
    let kind: i16 = at(row, 0)?;
    let kind = Kind::of_code(kind).ok_or_else(|| Error::platform(format!("no kind of part: {kind}")))?;
    let columns = Columns {
        parent: at(row, 3)?,
        frame: at(row, 4)?,
        component: at(row, 5)?,
        component_file: at(row, 6)?,
        shape_ref: at(row, 7)?,
        component_root: at(row, 8)?,
        main_instance: at(row, 9)?,
        shape_type: at(row, 10)?,
        children: at(row, 11)?,
    };
    let media: Option<Vec<Uuid>> = at(row, 12)?;
    let part = Part {
        key: PartKey { container, kind, id: at(row, 1)? },
        columns,
        media: media.unwrap_or_default(),
        raw: at(row, 13)?,
    };
    Ok(Stored { part, inner: at(row, 2)? })
}

fn at<T: sea_orm::TryGetable>(row: &QueryResult, index: usize) -> Result<T, DbErr> {
    row.try_get_by_index(index)
}

/// The columns of a row that is written, by their names in the table.
#[derive(Debug, Serialize)]
pub(super) struct Written<'p> {
    container_id: i64,
    kind: i16,
    id: Uuid,
    inner_container_id: Option<i64>,
    parent: Option<Uuid>,
    frame: Option<Uuid>,
    component: Option<Uuid>,
    component_file: Option<Uuid>,
    shape_ref: Option<Uuid>,
    component_root: Option<bool>,
    main_instance: Option<bool>,
    shape_type: Option<&'p str>,
    children: Option<&'p [Uuid]>,
    media: Option<&'p [Uuid]>,
}

impl Written<'_> {
    /// The row of a part in a container of this number.
    pub(super) fn of(part: &Part, container_id: i64, inner_container_id: Option<i64>) -> Written<'_> {
        let columns = &part.columns;
        Written {
            container_id,
            kind: part.key.kind.code(),
            id: part.key.id,
            inner_container_id,
            parent: columns.parent,
            frame: columns.frame,
            component: columns.component,
            component_file: columns.component_file,
            shape_ref: columns.shape_ref,
            component_root: columns.component_root,
            main_instance: columns.main_instance,
            shape_type: columns.shape_type.as_deref(),
            children: columns.children.as_deref(),
            media: (!part.media.is_empty()).then_some(part.media.as_slice()),
        }
    }
}
