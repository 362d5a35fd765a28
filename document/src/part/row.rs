//! A part as a store keeps it.

use super::columns::Columns;
use super::key::{Kind, PartKey};
use transit::splice;
use uuid::Uuid;

/// One part as a store keeps it: a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// Which part.
    pub key: PartKey,
    /// What a store can ask for without reading bytes.
    pub columns: Columns,
    /// The pictures that the bytes name, in order: an index, made anew with the bytes.
    pub media: Vec<Uuid>,
    /// All other attributes, in transit without cache codes. None when they were not loaded.
    pub raw: Option<Vec<u8>>,
}

impl Part {
    /// Appends the piece of transit that the part is in a document: bytes are joined, nothing is decoded. What a
    /// container holds is not in it. Appends nothing when the bytes were not loaded.
    pub fn splice(&self, out: &mut Vec<u8>) {
        let Some(raw) = &self.raw else { return };
        match self.key.kind {
            Kind::Tokens => out.extend_from_slice(raw),
            Kind::Shape => {
                out.extend_from_slice(b"[\"~#shape\",");
                splice::map(out, raw, |out| self.splice_columns(out));
                out.push(b']');
            }
            _ => splice::map(out, raw, |out| self.splice_columns(out)),
        }
    }

    fn splice_columns(&self, out: &mut Vec<u8>) {
        if self.key.kind != Kind::File {
            splice::keyword_key(out, "id");
            splice::uuid(out, self.key.id);
        }
        let columns = &self.columns;
        if let Some(word) = &columns.shape_type {
            splice::keyword_key(out, "type");
            out.extend_from_slice(b"\"~:");
            out.extend_from_slice(word.as_bytes());
            out.push(b'"');
        }
        let ids = [
            ("parent-id", columns.parent),
            ("frame-id", columns.frame),
            ("component-id", columns.component),
            ("component-file", columns.component_file),
            ("shape-ref", columns.shape_ref),
        ];
        for (name, id) in ids {
            if let Some(id) = id {
                splice::keyword_key(out, name);
                splice::uuid(out, id);
            }
        }
        let flags = [("component-root", columns.component_root), ("main-instance", columns.main_instance)];
        for (name, flag) in flags {
            if let Some(flag) = flag {
                splice::keyword_key(out, name);
                out.extend_from_slice(if flag { b"true" } else { b"false" });
            }
        }
        if let Some(children) = &columns.children {
            splice::keyword_key(out, if self.key.kind == Kind::File { "pages" } else { "shapes" });
            splice::uuids(out, children);
        }
    }
}
