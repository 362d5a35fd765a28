//! What is taken out of the bin, whichever way.

use crate::deletion::restore::MARGIN;
use chrono::{DateTime, Utc};
use uuid::Uuid;

/// A file that something was done with.
#[derive(Clone, Debug)]
pub(super) struct Taken {
    pub(super) id: Uuid,
    pub(super) project: Uuid,
    pub(super) name: String,
}

/// What goes before cannot come back.
pub(super) fn restorable_from(now: DateTime<Utc>) -> DateTime<Utc> {
    now + MARGIN
}
