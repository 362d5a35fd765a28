//! Untrusted value to the JSON that `parse_from_json` accepts, or every problem at once.
//!
//! poem-openapi stops at its first error and names no path; this walk runs before it, over the same schema, and also
//! coerces: transit and JSON clients, forms and query strings may say one thing in several ways. What is left for
//! poem-openapi can hardly fail.

mod check;
mod scalar;

use super::attach::{Attachment, Table, UPLOAD};
use super::shape::{Checks, Id, MapKey, Prop, ShapeKind, Shapes};
use serde_json::{Map, Value as Json};
use std::{collections::HashSet, fmt::Write as _, sync::Arc};
use transit::value::{Value, kebab};

/// What is wrong with one value of the params.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Where, in JSON's spelling: `changes[3].parentId`. Empty for the whole.
    pub path: String,
    /// Stable word: `required`, `type`, `enum`, `key`, `pattern`, `blank`, `min-length`, `max-length`, `min-items`,
    /// `max-items`, `minimum`, `maximum`, `multiple-of`.
    pub code: &'static str,
    /// What it should be, and what it was unless that is a secret.
    pub message: String,
}

/// A request cannot make us write an endless list.
const PROBLEMS_MAX: usize = 50;
/// Longest part of a client's own text in a path or a message, in characters.
const ECHO_MAX: usize = 60;
/// Values under these names are never repeated.
const SECRETS: [&str; 4] = ["password", "old-password", "token", "invitation-token"];

/// One walk over the params of one request.
#[derive(Debug)]
pub struct Accept<'a> {
    shapes: &'a Shapes,
    path: Vec<Step<'a>>,
    /// Every problem found, at most 50. The walk's JSON is of use only when there is none.
    pub problems: Vec<Problem>,
    /// The request's files, and after the walk its free data too.
    pub table: Table,
}

#[derive(Debug)]
enum Step<'a> {
    Name(&'a str),
    Key(String),
    Index(usize),
}

impl<'a> Accept<'a> {
    /// A walk for one request, with its uploaded files.
    pub fn new(shapes: &'a Shapes, files: Table) -> Self {
        Accept { shapes, path: Vec::new(), problems: Vec::new(), table: files }
    }

    /// Coerces a value to a shape. A value that does not fit is null in the result and stands in `problems`.
    pub fn walk(&mut self, id: Id, value: Value) -> Json {
        let shape = self.shapes.at(id);
        match &shape.kind {
            ShapeKind::Opaque => {
                self.table.push(Attachment::Value(Arc::new(value)));
                (self.table.len() - 1).into()
            }
            ShapeKind::Any => value.to_json(),
            ShapeKind::File => self.file(&value),
            ShapeKind::Seq { item, set } => self.seq(&shape.checks, *item, *set, value),
            ShapeKind::Map { keys, item } => self.map(*keys, *item, value),
            ShapeKind::Object(props) => self.object(props, value),
            ShapeKind::Union { by, variants } => self.union(by, variants, value),
            scalar => self.scalar(scalar, &shape.checks, value),
        }
    }

    /// Notes a problem of the current value.
    fn bad(&mut self, code: &'static str, should: &str, got: Option<&Value>) -> Json {
        if self.problems.len() < PROBLEMS_MAX {
            let message = match got {
                Some(value) if !self.secret() => format!("should be {should}, got {}", describe(value)),
                _ => format!("should be {should}"),
            };
            self.problems.push(Problem { path: self.path_text(), code, message });
        }
        Json::Null
    }

    fn path_text(&self) -> String {
        let mut path = String::new();
        for step in &self.path {
            let name = match step {
                Step::Index(i) => {
                    // Writing into a String cannot fail.
                    let _ = write!(path, "[{i}]");
                    continue;
                }
                Step::Name(name) => name,
                Step::Key(key) => key.as_str(),
            };
            if !path.is_empty() {
                path.push('.');
            }
            path.extend(name.chars().take(ECHO_MAX));
        }
        path
    }

    fn secret(&self) -> bool {
        self.path.iter().any(|step| match step {
            Step::Index(_) => false,
            Step::Name(name) => SECRETS.contains(&kebab(name).as_str()),
            Step::Key(name) => SECRETS.contains(&kebab(name).as_str()),
        })
    }

    fn under(&mut self, step: Step<'a>, id: Id, value: Value) -> Json {
        self.path.push(step);
        let json = self.walk(id, value);
        self.path.pop();
        json
    }

    fn bad_under(&mut self, step: Step<'a>, code: &'static str, should: &str, got: Option<&Value>) -> Json {
        self.path.push(step);
        let json = self.bad(code, should, got);
        self.path.pop();
        json
    }

    /// The multipart reader left the file's index in the table. A forged index can only name the request's own files.
    fn file(&mut self, value: &Value) -> Json {
        if let Value::Tagged(tag, index) = value
            && tag == UPLOAD
            && let Some(index) = index.as_int().and_then(|i| usize::try_from(i).ok())
            && matches!(self.table.get(index), Some(Attachment::File(_)))
        {
            return index.into();
        }
        self.bad("type", "a file", Some(value))
    }

    fn object(&mut self, props: &'a [Prop], value: Value) -> Json {
        let Value::Map(entries) = value else {
            return self.bad("type", "a map", Some(&value));
        };
        let mut given: Vec<Option<Value>> = props.iter().map(|_| None).collect();
        for (key, value) in entries {
            // Maps are open: a key that nobody declared is dropped. Of two equal keys the last wins.
            let (Value::Keyword(key) | Value::Str(key)) = key else { continue };
            if let Some(at) = props.iter().position(|p| p.wire == key || p.json == key) {
                given[at] = Some(value);
            }
        }
        let mut out = Map::with_capacity(props.len());
        for (prop, value) in props.iter().zip(given) {
            let json = match value {
                // Absent and null stay apart: `Option` reads both as none, `MaybeUndefined` tells them.
                None if !prop.required => continue,
                Some(Value::Nil) if !prop.required => Json::Null,
                None | Some(Value::Nil) => {
                    self.bad_under(Step::Name(prop.json), "required", "given", None);
                    continue;
                }
                Some(value) => self.under(Step::Name(prop.json), prop.shape, value),
            };
            out.insert(prop.json.to_owned(), json);
        }
        Json::Object(out)
    }

    fn union(&mut self, by: &'static str, variants: &'a [(String, Id)], value: Value) -> Json {
        if !matches!(value, Value::Map(_)) {
            return self.bad("type", "a map", Some(&value));
        }
        let by_kebab = kebab(by);
        let Value::Map(entries) = &value else { return Json::Null };
        let tag = entries.iter().rev().find(|(key, _)| is_name(key, &by_kebab) || is_name(key, by));
        let tag = tag.map(|(_, tag)| tag);
        let known = tag.and_then(|tag| variants.iter().find(|(name, _)| is_name(tag, name)));
        let Some((name, id)) = known else {
            let names: Vec<&str> = variants.iter().map(|(name, _)| name.as_str()).collect();
            let should = format!("one of {}", names.join(", "));
            return self.bad_under(Step::Name(by), "enum", &should, tag);
        };
        let mut json = self.walk(*id, value);
        if let Json::Object(out) = &mut json {
            out.insert(by.to_owned(), name.clone().into());
        }
        json
    }

    fn seq(&mut self, checks: &Checks, item: Id, set: bool, value: Value) -> Json {
        let mut items = match value {
            Value::Vec(items) | Value::List(items) | Value::Set(items) => items,
            // An id alone, or bytes, are a list of it.
            alone @ (Value::Uuid(_) | Value::Bytes(_)) => vec![alone],
            // Forms and query strings: one text, separated by commas or spaces.
            Value::Str(text) => {
                text.split([',', ' ']).filter(|part| !part.is_empty()).map(Value::text).collect()
            }
            Value::Tagged(tag, content) if tag == "ordered-set" => match *content {
                Value::Vec(items) => items,
                other => return self.bad("type", "a list", Some(&other)),
            },
            other => return self.bad("type", "a list", Some(&other)),
        };
        if set {
            // A client that finds no id in what somebody typed sends nothing in its place.
            items.retain(|item| *item != Value::Nil);
        }
        if let Some(least) = checks.items.0.filter(|least| items.len() < *least) {
            self.bad("min-items", &format!("at least {least} items"), None);
        }
        if let Some(most) = checks.items.1.filter(|most| items.len() > *most) {
            return self.bad("max-items", &format!("at most {most} items"), None);
        }
        let mut out = Vec::with_capacity(items.len());
        for (i, value) in items.into_iter().enumerate() {
            out.push(self.under(Step::Index(i), item, value));
        }
        if set {
            let mut seen = HashSet::with_capacity(out.len());
            out.retain(|json| seen.insert(json.to_string()));
        }
        Json::Array(out)
    }

    fn map(&mut self, keys: MapKey, item: Id, value: Value) -> Json {
        let Value::Map(entries) = value else {
            return self.bad("type", "a map", Some(&value));
        };
        let mut out = Map::with_capacity(entries.len());
        for (key, value) in entries {
            let name = match key {
                Value::Uuid(id) => id.to_string(),
                Value::Keyword(name) | Value::Str(name) => name,
                other => match other.to_json() {
                    Json::String(text) => text,
                    json => json.to_string(),
                },
            };
            if name.contains('\0') {
                self.bad_under(Step::Key(name), "key", "free of the character U+0000", None);
                continue;
            }
            if keys == MapKey::Uuid && uuid::Uuid::try_parse(&name).is_err() {
                self.bad_under(Step::Key(name), "key", "a uuid as key", None);
                continue;
            }
            let json = self.under(Step::Key(name.clone()), item, value);
            out.insert(name, json);
        }
        Json::Object(out)
    }
}

fn is_name(value: &Value, name: &str) -> bool {
    matches!(value, Value::Keyword(text) | Value::Str(text) if text == name)
}

/// A value in a few words, for a message.
fn describe(value: &Value) -> String {
    let quoted = |text: &str| {
        let mut short: String = text.chars().take(ECHO_MAX).collect();
        if short.len() < text.len() {
            short.push('…');
        }
        format!("{short:?}")
    };
    match value {
        Value::Nil => "nothing".to_owned(),
        Value::Str(text) | Value::Uri(text) => quoted(text),
        Value::Keyword(name) => format!("the keyword {}", quoted(name)),
        Value::Symbol(name) => format!("the symbol {}", quoted(name)),
        Value::BigInt(digits) | Value::BigDecimal(digits) => format!("the number {}", quoted(digits)),
        Value::Float(f) => format!("{f:?}"),
        Value::Bytes(bytes) => format!("{} bytes", bytes.len()),
        Value::Vec(_) | Value::List(_) => "a list".to_owned(),
        Value::Set(_) => "a set".to_owned(),
        Value::Map(_) => "a map".to_owned(),
        Value::Tagged(tag, _) if tag == UPLOAD => "a file".to_owned(),
        Value::Tagged(tag, _) => format!("a value with the tag {}", quoted(tag)),
        Value::Bool(_) | Value::Int(_) | Value::Uuid(_) | Value::Instant(_) | Value::Char(_) => {
            value.to_json().to_string()
        }
    }
}
