//! Reading the fields of a change, whichever way they were sent: see `schema::coerce`.

use crate::fault::{Code, Fault};
use crate::part::Container;
use crate::schema::check::check;
use crate::schema::coerce::{coerce, id_of, sequence};
use crate::schema::kind::Schema;
use std::cell::RefCell;
use std::rc::Rc;
use transit::value::Value;
use uuid::Uuid;

/// The fields of a change or of an operation. Each is taken out when it is read; what is left at the end is ignored.
/// A clone is about the same fields.
#[derive(Clone, Debug)]
pub(crate) struct Params(Rc<RefCell<Fields>>);

#[derive(Debug)]
struct Fields {
    left: Value,
    /// What was read, as it was understood.
    read: Vec<(Value, Value)>,
}

impl Params {
    /// The fields of a map.
    pub(crate) fn new(value: Value) -> Result<Params, Fault> {
        match value {
            Value::Map(_) => Ok(Params::of(value)),
            Value::Tagged(_, inner) if matches!(*inner, Value::Map(_)) => Ok(Params::of(*inner)),
            _ => Err(Fault::params("should be a map")),
        }
    }

    fn of(left: Value) -> Params {
        Params(Rc::new(RefCell::new(Fields { left, read: Vec::new() })))
    }

    /// A field as it was sent. Nil is absent.
    pub(crate) fn take(&mut self, name: &str) -> Option<Value> {
        let value = self.take_to_note(name)?;
        self.note(name, value.clone());
        Some(value)
    }

    /// The same; whoever takes it notes how it is understood.
    pub(crate) fn take_to_note(&mut self, name: &str) -> Option<Value> {
        let value = self.0.borrow_mut().left.take(name)?;
        if value.is_nil() {
            self.note(name, Value::Nil);
            return None;
        }
        Some(value)
    }

    /// How a field is understood.
    pub(crate) fn note(&mut self, name: &str, value: Value) {
        self.0.borrow_mut().read.push((Value::keyword(name), value));
    }

    /// All fields: those that were read as they were understood, the others as they were sent.
    pub(crate) fn understood(&self) -> Value {
        let mut fields = self.0.borrow_mut();
        let mut entries = std::mem::take(&mut fields.read);
        entries.extend(fields.left.entries().iter().cloned());
        Value::Map(entries)
    }

    /// Whether a field was sent, nil or not.
    pub(crate) fn is_sent(&self, name: &str) -> bool {
        self.0.borrow().left.get(name).is_some()
    }

    /// A field that must fit a schema where it is there.
    pub(crate) fn optional(&mut self, name: &str, schema: &Schema) -> Result<Option<Value>, Fault> {
        let Some(value) = self.take_to_note(name) else { return Ok(None) };
        let value = coerce(schema, value);
        check(schema, &value).map_err(|fault| fault.coded(Code::Params).under(name))?;
        self.note(name, value.clone());
        Ok(Some(value))
    }

    /// A field that must be there.
    pub(crate) fn required(&mut self, name: &str, schema: &Schema) -> Result<Value, Fault> {
        self.optional(name, schema)?.ok_or_else(|| Fault::params("should be there").under(name))
    }

    /// A field that may be absent, but not nil.
    pub(crate) fn not_nil(&mut self, name: &str, schema: &Schema) -> Result<Option<Value>, Fault> {
        if self.is_sent(name) { self.required(name, schema).map(Some) } else { Ok(None) }
    }

    /// A uuid.
    pub(crate) fn id(&mut self, name: &str) -> Result<Uuid, Fault> {
        self.optional_id(name)?.ok_or_else(|| Fault::params("should be there").under(name))
    }

    /// A uuid that may be absent or nil.
    pub(crate) fn optional_id(&mut self, name: &str) -> Result<Option<Uuid>, Fault> {
        Ok(self.optional(name, &Schema::Id)?.and_then(|id| id.as_uuid()))
    }

    /// Uuids, in order.
    pub(crate) fn ids(&mut self, name: &str) -> Result<Vec<Uuid>, Fault> {
        let Some(value) = self.take_to_note(name) else {
            return Err(Fault::params("should be there").under(name));
        };
        let one = |(i, item): (usize, Value)| match item {
            Value::Uuid(id) => Ok(id),
            Value::Str(text) => id_of(&text).ok_or(i),
            _ => Err(i),
        };
        let items = sequence(value).map_err(|_| Fault::params("should be a vector of uuids").under(name))?;
        let ids: Result<Vec<Uuid>, usize> = items.into_iter().enumerate().map(one).collect();
        let ids = ids.map_err(|i| Fault::params("should be a uuid").under(&i.to_string()).under(name))?;
        self.note(name, Value::Vec(ids.iter().copied().map(Value::Uuid).collect()));
        Ok(ids)
    }

    /// A boolean; absent is false.
    pub(crate) fn flag(&mut self, name: &str) -> Result<bool, Fault> {
        Ok(self.optional(name, &Schema::Bool)?.is_some_and(|flag| flag.as_bool() == Some(true)))
    }

    /// A place in a list. A double without fraction is one too.
    pub(crate) fn index(&mut self, name: &str) -> Result<Option<i64>, Fault> {
        match self.take(name) {
            None => Ok(None),
            Some(Value::Int(index)) => Ok(Some(index)),
            #[expect(clippy::cast_possible_truncation, reason = "the range is checked")]
            Some(Value::Float(index)) if index.fract() == 0.0 && index.abs() < 1e15 => Ok(Some(index as i64)),
            Some(_) => Err(Fault::params("should be an integer").under(name)),
        }
    }

    /// Text.
    pub(crate) fn text(&mut self, name: &str) -> Result<String, Fault> {
        match self.required(name, &Schema::Str)? {
            Value::Str(text) => Ok(text),
            _ => Err(Fault::params("should be text").under(name)),
        }
    }

    /// A keyword, of a list or any.
    pub(crate) fn word(&mut self, name: &str, schema: &Schema) -> Result<String, Fault> {
        match self.required(name, schema)? {
            Value::Keyword(word) => Ok(word),
            _ => Err(Fault::params("should be a keyword").under(name)),
        }
    }

    /// What a change of shapes is about: a page, or else a deleted component. Without either it is about nothing.
    pub(crate) fn container(&mut self) -> Result<Place, Fault> {
        let (page, component) = (self.optional_id("page-id")?, self.optional_id("component-id")?);
        let container = page.map(Container::Page).or(component.map(Container::Component));
        Ok(Place { container, component })
    }

    /// All that is left.
    pub(crate) fn into_value(self) -> Value {
        std::mem::replace(&mut self.0.borrow_mut().left, Value::Nil)
    }
}

/// Where a change of shapes happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    /// The page or the deleted component; without one nothing happens.
    pub(crate) container: Option<Container>,
    /// The component that was named, also beside a page.
    pub(crate) component: Option<Uuid>,
}
