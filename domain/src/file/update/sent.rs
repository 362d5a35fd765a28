//! Changes as they were sent: understood, and in the form in which they are kept and told.

pub use document::change::NAMED_FIELDS;

use document::change::Change;
use document::stop::Refusal;
use sha2::{Digest as _, Sha256};
use std::ops::Range;
use std::sync::Arc;
use transit::value::Value;

/// The changes of one batch.
#[derive(Debug)]
pub struct Sent {
    changes: Result<Arc<Vec<Change>>, Refusal>,
    /// Transit without cache codes: a vector.
    raw: Arc<[u8]>,
    /// Where each change stands in it.
    places: Vec<Range<usize>>,
}

impl Sent {
    /// Reads changes, of transit or of JSON. Whether they are understood is told later, when it is their turn.
    pub fn read(values: Vec<Value>) -> Sent {
        let changes = Change::decode_all(values);
        let (mut raw, mut places) = (vec![b'['], Vec::new());
        for change in changes.iter().flatten() {
            if raw.len() > 1 {
                raw.push(b',');
            }
            let start = raw.len();
            raw.extend(transit::write_plain(change.value()));
            places.push(start..raw.len());
        }
        raw.push(b']');
        Sent { changes: changes.map(Arc::new), raw: raw.into(), places }
    }

    /// Them, understood.
    ///
    /// # Errors
    /// [`Refusal`] of the first that is not.
    pub(super) fn changes(&self) -> Result<Arc<Vec<Change>>, Refusal> {
        self.changes.clone()
    }

    /// How many there are; none when they are not understood.
    pub fn count(&self) -> usize {
        self.places.len()
    }

    /// Bytes of all of them.
    pub(super) fn bytes(&self) -> usize {
        self.raw.len()
    }

    /// All of them, as they are kept and told.
    pub(super) fn raw(&self) -> Arc<[u8]> {
        Arc::clone(&self.raw)
    }

    /// Those that users of a library hear of; none when there is none.
    pub(in crate::file) fn of_library(&self) -> Option<Arc<[u8]>> {
        let changes = self.changes.as_ref().ok()?;
        let of_library = changes.iter().zip(&self.places).filter(|(change, _)| change.concerns_library());
        let pieces: Vec<&[u8]> = of_library.filter_map(|(_, place)| self.raw.get(place.clone())).collect();
        (!pieces.is_empty()).then(|| [b"[", pieces.join(&b","[..]).as_slice(), b"]"].concat().into())
    }

    /// The same for equal changes of one client; of others the order in maps may differ.
    pub(super) fn digest(&self) -> [u8; 32] {
        Sha256::digest(&self.raw).into()
    }
}
