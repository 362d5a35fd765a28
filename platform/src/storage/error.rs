//! What can go wrong with a blob.

use uuid::Uuid;

/// Why an object was not stored, read or deleted.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// There are no bytes under this id.
    #[error("object {id} has no bytes in storage")]
    NotFound {
        /// The object asked for.
        id: Uuid,
    },
    /// More bytes than allowed; nothing was kept.
    #[error("the object is larger than {bytes_max} bytes")]
    TooLarge {
        /// The limit that was crossed, bytes.
        bytes_max: u64,
    },
    /// A row or a setting names a backend that is unknown or has no settings here.
    #[error("storage backend \"{backend}\" is not configured")]
    Unconfigured {
        /// The name as found.
        backend: String,
    },
    /// The incoming bytes broke off; nothing was kept.
    #[error("reading the bytes to store failed: {0}")]
    Source(#[source] std::io::Error),
    /// The backend gave back other bytes than it was given.
    #[error("object {id} came back changed from storage")]
    Corrupt {
        /// The object concerned.
        id: Uuid,
    },
    /// The backend failed, also after retries.
    #[error("storage failed: {0}")]
    Io(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl BlobError {
    /// Names the object when the backend says that it is not there.
    pub(super) fn of(id: Uuid, error: opendal::Error) -> BlobError {
        if error.kind() == opendal::ErrorKind::NotFound { BlobError::NotFound { id } } else { error.into() }
    }

    pub(super) fn io(error: std::io::Error) -> BlobError {
        BlobError::Io(Box::new(error))
    }
}

impl From<opendal::Error> for BlobError {
    fn from(error: opendal::Error) -> BlobError {
        BlobError::Io(Box::new(error))
    }
}
