//! Where stored bytes can be fetched.

use crate::wire::Uri;
use entities::ids::StorageObjectId;
use platform::app::App;

/// The address of a storage object.
pub fn uri(app: &App, id: StorageObjectId) -> Uri {
    let base = app.config.http.public_uri.as_str().trim_end_matches('/');
    Uri(format!("{base}/assets/by-id/{id}"))
}
