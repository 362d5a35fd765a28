//! States that no front door leads to: rows of another day, rows that are broken, and many of them at once. Whatever a
//! method or a rule can make is made by it ([`crate::person::Person`], [`crate::app::TestApp`]).
//!
//! A row is a struct with defaults, of which a test says what matters to it, and [`insert`] writes any number.

mod audit_event;
mod blob;
mod comment;
mod file;
mod job;
mod library;
mod person;
mod queue;
mod role;
mod team;

pub use audit_event::AuditEvent;
pub use blob::{Blob, multiply_blob};
pub use comment::{Comment, Thread, read_everything};
pub use file::{Document, File, Picture, Thumbnail, insert_board_thumbnail, insert_thumbnail};
pub use job::{Job, insert_jobs};
pub use library::{Absorption, Link};
pub use person::{Profile, Session};
pub use queue::{Sample, insert_samples, insert_schedule, insert_worker};
pub use role::{give_role, give_role_in_file};
pub use team::{Project, Team};

use chrono::{DateTime, Utc};
use platform::clock::Clock;
use sea_orm::{ActiveModelTrait, ConnectionTrait, EntityTrait};

/// Rows of one statement; a statement has 65,535 values at most, and no table has more than 20 columns.
const BATCH: usize = 1_000;

/// Something that is one row.
pub trait Row {
    /// The row of its table.
    type Model: ActiveModelTrait + Send;

    /// With every column that is not the database's own to fill.
    fn row(self) -> Self::Model;
}

/// Writes rows, whatever the rules say about them.
///
/// # Panics
/// When the database refuses one.
pub async fn insert<R: Row>(db: &impl ConnectionTrait, rows: impl IntoIterator<Item = R>) {
    let rows: Vec<R::Model> = rows.into_iter().map(Row::row).collect();
    for batch in rows.chunks(BATCH) {
        let written = <R::Model as ActiveModelTrait>::Entity::insert_many(batch.to_vec());
        written.exec_without_returning(db).await.expect("inserts");
    }
}

/// The moment at which a row is made, unless a test says another one.
fn now() -> DateTime<Utc> {
    Clock::system().now()
}
