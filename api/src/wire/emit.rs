//! A typed answer to transit bytes: poem-openapi's JSON value read side by side with its schema.

use super::attach::{Attachment, Table};
use super::document::Document;
use super::encoded::{Encoded, Splice};
use super::shape::{Id, MapKey, Prop, ShapeKind, Shapes};
use serde_json::{Map, Value as Json};
use std::cell::RefCell;
use transit::Writer;
use transit::value::kebab;

/// Writes one answer.
pub struct Emit<'a> {
    shapes: &'a Shapes,
    table: &'a Table,
    splices: RefCell<Vec<Splice>>,
}

impl<'a> Emit<'a> {
    /// For the compiled schemas, and what `to_json` put beside the JSON, as [`super::attach::scope`] returned it.
    pub fn new(shapes: &'a Shapes, table: &'a Table) -> Emit<'a> {
        Emit { shapes, table, splices: RefCell::default() }
    }

    /// The transit document of `json`, which is of shape `id`. A scalar gets transit's quote.
    pub fn document(self, id: Id, json: &Json, verbose: bool) -> Encoded {
        let mut writer = Writer::new(verbose);
        match (&self.shapes.at(id).kind, json) {
            (ShapeKind::Opaque, _) => match self.free(json) {
                Some(Attachment::Value(value)) => writer.document(value),
                Some(Attachment::Document(document)) => self.splice(&mut writer, document),
                Some(Attachment::File(_)) | None => writer.quote(|w| w.nil(false)),
            },
            (ShapeKind::Uri | ShapeKind::Duration, _) | (_, Json::Array(_) | Json::Object(_)) => {
                self.walk(&mut writer, id, json);
            }
            _ => writer.quote(|w| self.walk(w, id, json)),
        }
        Encoded::spliced(writer.finish(), self.splices.into_inner())
    }

    fn free(&self, json: &Json) -> Option<&Attachment> {
        self.table.get(usize::try_from(json.as_u64()?).ok()?)
    }

    /// Leaves a place for a document.
    fn splice(&self, writer: &mut Writer, document: &Document) {
        let (at, document) = (writer.len(), document.clone());
        writer.stop_codes();
        self.splices.borrow_mut().push(Splice { at, document });
    }

    fn walk(&self, w: &mut Writer, id: Id, json: &Json) {
        match (&self.shapes.at(id).kind, json) {
            (ShapeKind::Opaque, _) => match self.free(json) {
                Some(Attachment::Value(value)) => w.value(value, false),
                Some(Attachment::Document(document)) => self.splice(w, document),
                Some(Attachment::File(_)) | None => w.nil(false),
            },
            (ShapeKind::Uuid, Json::String(s)) => w.prefixed("~u", s, false),
            (ShapeKind::Keyword(_), Json::String(s)) => w.keyword(s, false),
            (ShapeKind::Uri, Json::String(s)) => w.uri(s),
            (ShapeKind::Bytes, Json::String(s)) => w.prefixed("~b", s, false),
            (ShapeKind::Instant, Json::String(s)) => match chrono::DateTime::parse_from_rfc3339(s) {
                Ok(at) => w.instant(at.timestamp_millis(), false),
                Err(_) => w.text(s, false),
            },
            (ShapeKind::Duration, Json::Number(_)) => w.tagged("duration", |w| plain(w, json)),
            (ShapeKind::Point, Json::Object(entries)) => w.tagged("point", |w| {
                w.map(entries.iter(), |w, (name, number)| {
                    w.keyword(name, true);
                    w.between();
                    w.float(number.as_f64().unwrap_or(f64::NAN), false);
                });
            }),
            (ShapeKind::Float, Json::Number(n)) => w.float(n.as_f64().unwrap_or(f64::NAN), false),
            (ShapeKind::Seq { item, set: true }, Json::Array(items)) => {
                w.tagged("set", |w| w.seq(items.iter(), |w, json| self.walk(w, *item, json)));
            }
            (ShapeKind::Seq { item, .. }, Json::Array(items)) => {
                w.seq(items.iter(), |w, json| self.walk(w, *item, json));
            }
            (ShapeKind::Map { keys, item }, Json::Object(entries)) => {
                w.map(entries.iter(), |w, (key, json)| {
                    match keys {
                        MapKey::Uuid => w.prefixed("~u", key, true),
                        MapKey::Keyword => w.keyword(key, true),
                        MapKey::Text => w.text(key, true),
                    }
                    w.between();
                    self.walk(w, *item, json);
                })
            }
            (ShapeKind::Object(props), Json::Object(entries)) => self.object(w, props, entries),
            (ShapeKind::Union { by, variants }, Json::Object(entries)) => {
                let tag = entries.get(*by).and_then(Json::as_str);
                match variants.iter().find(|(name, _)| Some(name.as_str()) == tag) {
                    Some((_, id)) => self.walk(w, *id, json),
                    None => plain(w, json),
                }
            }
            _ => plain(w, json),
        }
    }

    fn object(&self, w: &mut Writer, props: &[Prop], entries: &Map<String, Json>) {
        // `to_json` writes fields as declared, so the next property is nearly always the right one.
        let mut next = 0;
        w.map(entries.iter(), |w, (key, json)| {
            let expected = props.get(next).is_some_and(|p| p.json == key);
            let at = if expected { Some(next) } else { props.iter().position(|p| p.json == key) };
            match at {
                Some(at) => {
                    next = at + 1;
                    w.token(&props[at].token, true);
                    w.between();
                    self.walk(w, props[at].shape, json);
                }
                None => {
                    w.keyword(&kebab(key), true);
                    w.between();
                    plain(w, json);
                }
            }
        });
    }
}

/// What the schema does not type goes out by its JSON type.
fn plain(w: &mut Writer, json: &Json) {
    match json {
        Json::Null => w.nil(false),
        Json::Bool(b) => w.bool(*b, false),
        Json::String(s) => w.text(s, false),
        Json::Number(n) => match (n.as_i64(), n.as_u64()) {
            (Some(i), _) => w.int(i, false),
            (_, Some(u)) => w.prefixed("~n", &u.to_string(), false),
            _ => w.float(n.as_f64().unwrap_or(f64::NAN), false),
        },
        Json::Array(items) => w.seq(items.iter(), plain),
        Json::Object(entries) => w.map(entries.iter(), |w, (key, json)| {
            w.text(key, true);
            w.between();
            plain(w, json);
        }),
    }
}
