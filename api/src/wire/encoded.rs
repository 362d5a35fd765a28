//! An encoded value: bytes, and between them documents that become bytes when their turn comes.

use super::document::{Document, Pieces};
use bytes::Bytes;
use futures_util::{StreamExt, stream};
use std::collections::VecDeque;

/// An encoded value.
pub struct Encoded(VecDeque<Part>);

enum Part {
    Bytes(Bytes),
    Document(Document),
}

impl Part {
    fn of(document: Document) -> Part {
        document.bytes().map_or(Part::Document(document), Part::Bytes)
    }
}

/// Where a document belongs among the bytes.
pub(super) struct Splice {
    pub(super) at: usize,
    pub(super) document: Document,
}

impl Encoded {
    /// Nothing but these bytes.
    pub fn bytes(bytes: Vec<u8>) -> Encoded {
        Encoded(VecDeque::from([Part::Bytes(bytes.into())]))
    }

    /// JSON, with documents in the places of their marks.
    pub fn json(text: String, documents: Vec<Document>) -> Encoded {
        let (mut rest, mut parts) = (Bytes::from(text), VecDeque::new());
        for document in documents {
            let mark = format!("\"{}\"", document.mark);
            let found = rest.windows(mark.len()).position(|bytes| bytes == mark.as_bytes());
            let Some(at) = found else { continue };
            parts.push_back(Part::Bytes(rest.split_to(at)));
            parts.push_back(Part::of(document));
            let _mark = rest.split_to(mark.len());
        }
        parts.push_back(Part::Bytes(rest));
        Encoded(parts)
    }

    /// Bytes with documents between them, in their order.
    pub(super) fn spliced(bytes: Vec<u8>, splices: Vec<Splice>) -> Encoded {
        let (mut bytes, mut parts, mut taken) = (Bytes::from(bytes), VecDeque::new(), 0);
        for Splice { at, document } in splices {
            parts.push_back(Part::Bytes(bytes.split_to(at - taken)));
            parts.push_back(Part::of(document));
            taken = at;
        }
        parts.push_back(Part::Bytes(bytes));
        Encoded(parts)
    }

    /// All its bytes, when none of them has to be made.
    pub fn whole(&self) -> Option<Bytes> {
        let bytes = |part: &Part| match part {
            Part::Bytes(bytes) => Some(bytes.clone()),
            Part::Document(_) => None,
        };
        let mut parts = self.0.iter().map(bytes).collect::<Option<Vec<Bytes>>>()?;
        Some(if parts.len() == 1 { parts.pop()? } else { parts.concat().into() })
    }

    /// Its bytes, piece by piece. Nothing that follows an error is of any use.
    pub fn pieces(self) -> Pieces {
        let pieces = |part| match part {
            Part::Bytes(bytes) => stream::once(async { Ok(bytes) }).boxed(),
            Part::Document(document) => document.pieces(),
        };
        stream::iter(self.0).flat_map(pieces).boxed()
    }
}
