//! New ids: the only place that makes them.

use uuid::Uuid;

/// An id that sorts by time of creation (version 7). For rows.
#[expect(clippy::disallowed_methods, reason = "this is where ids are made")]
pub fn new_id() -> Uuid {
    Uuid::now_v7()
}

/// An id that tells nothing and cannot be guessed (version 4). For whatever an outsider may see.
#[expect(clippy::disallowed_methods, reason = "this is where ids are made")]
pub fn random_id() -> Uuid {
    Uuid::new_v4()
}
