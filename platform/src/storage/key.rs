//! What an object is called in every backend.

use uuid::Uuid;

/// Its uuid in hexadecimal as `aa/bb/rest`.
pub(super) fn of(id: Uuid) -> String {
    let hex = id.simple().to_string();
    format!("{}/{}/{}", &hex[..2], &hex[2..4], &hex[4..])
}
