//! An encoded value: bytes, and between them stored documents that become bytes when their turn comes.

use bytes::Bytes;
use std::{collections::VecDeque, sync::Arc};
use transit::{
    Transcoder, Writer,
    limits::{Limits, ReadError},
};

/// A piece of a stored document has about so many bytes.
const PIECE_BYTES: usize = 64 << 10;

/// An encoded value. Iterating gives its bytes, piece by piece.
pub struct Encoded(VecDeque<Part>);

enum Part {
    Bytes(Bytes),
    Stored(Box<Transcoder>, Writer),
}

/// Where a stored document belongs among the bytes, and the writer that goes on there.
pub(super) struct Splice {
    pub(super) at: usize,
    pub(super) document: Arc<String>,
    pub(super) writer: Writer,
}

impl Encoded {
    /// Bytes alone.
    pub fn bytes(bytes: Vec<u8>) -> Encoded {
        Encoded(VecDeque::from([Part::Bytes(bytes.into())]))
    }

    /// Bytes with documents between them, in their order.
    pub(super) fn spliced(bytes: Vec<u8>, splices: Vec<Splice>) -> Encoded {
        let (mut bytes, mut parts, mut taken) = (Bytes::from(bytes), VecDeque::new(), 0);
        for Splice { at, document, writer } in splices {
            parts.push_back(Part::Bytes(bytes.split_to(at - taken)));
            parts.push_back(Part::Stored(Box::new(Transcoder::new(document, &Limits::STORED)), writer));
            taken = at;
        }
        parts.push_back(Part::Bytes(bytes));
        Encoded(parts)
    }

    /// Whether it becomes bytes in one go: what is written already, and documents of no more than a piece.
    pub fn is_small(&self) -> bool {
        let stored = self.0.iter().map(|part| match part {
            Part::Bytes(_) => 0,
            Part::Stored(document, _) => document.len(),
        });
        stored.sum::<usize>() <= PIECE_BYTES
    }

    /// All its bytes.
    ///
    /// # Errors
    /// [`ReadError`] when a stored document is none.
    pub fn whole(mut self) -> Result<Bytes, ReadError> {
        if let (1, Some(Part::Bytes(bytes))) = (self.0.len(), self.0.front_mut()) {
            return Ok(std::mem::take(bytes));
        }
        let pieces = self.collect::<Result<Vec<Bytes>, ReadError>>()?;
        Ok(pieces.concat().into())
    }
}

impl Iterator for Encoded {
    type Item = Result<Bytes, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self.0.front_mut()? {
            Part::Bytes(bytes) => {
                let bytes = std::mem::take(bytes);
                self.0.pop_front();
                Some(Ok(bytes))
            }
            Part::Stored(document, writer) => {
                let filled = document.fill(writer, PIECE_BYTES);
                let piece = Bytes::from(writer.take());
                match filled {
                    Ok(false) => {}
                    Ok(true) => drop(self.0.pop_front()),
                    // Nothing that follows is of any use.
                    Err(_) => self.0.clear(),
                }
                Some(filled.map(|_| piece))
            }
        }
    }
}
