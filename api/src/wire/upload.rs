//! Files of multipart requests.

use super::attach::{self, Attachment, UploadFile};
use super::scalar::scalar_type;
use poem_openapi::registry::MetaSchema;
use poem_openapi::types::{ParseError, ParseFromJSON, ParseResult, ToJSON};
use serde_json::Value as Json;
use std::{path::Path, sync::Arc};

/// A file among a method's params.
#[derive(Debug, Clone)]
pub struct Upload(
    /// The spooled file, shared with the request's table.
    pub Arc<UploadFile>,
);
scalar_type!(Upload, "upload", MetaSchema::new_with_format("string", "binary"));

impl Upload {
    /// Where the bytes are, as long as this lives.
    pub fn path(&self) -> &Path {
        self.0.file.path()
    }

    /// As the rules take it in. The bytes stay as long as this lives.
    pub fn picture(&self) -> domain::media::picture::Upload {
        domain::media::picture::Upload {
            path: self.path().to_owned(),
            size: self.0.size,
            mtype: self.0.mtype.clone().unwrap_or_default(),
        }
    }
}

impl ParseFromJSON for Upload {
    fn parse_from_json(json: Option<Json>) -> ParseResult<Self> {
        match json.as_ref().and_then(attach::get) {
            Some(Attachment::File(file)) => Ok(Self(file)),
            _ => Err(ParseError::expected_input()),
        }
    }
}

/// `derive(Object)` writes both directions, so a type for params alone needs this too. A file has no JSON form.
impl ToJSON for Upload {
    fn to_json(&self) -> Option<Json> {
        None
    }
}
