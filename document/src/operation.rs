//! The operations of `mod-obj`: what they do to one shape.

use crate::fault::Fault;
use crate::limits::check_attributes;
use crate::params::Params;
use crate::part::OpenPart;
use crate::schema::kind::Schema;
use crate::schema::shape::coerce_attribute;
use crate::{applied_tokens, closeness, sync_group, text_difference};
use transit::value::{Value, kebab};

/// One operation.
#[derive(Debug)]
pub(crate) enum Operation {
    /// One attribute gets a value, or goes.
    Set(String, Value, Spared),
    /// Every attribute of a map that differs is set.
    Assign(Vec<(Value, Value)>, Spared),
    /// What a copy changed by itself.
    SetTouched(Value),
    /// Whether a copy is in step with a main of another file.
    SetRemoteSynced(bool),
}

/// What setting must not do to a copy.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spared {
    /// It is not touched.
    touched: bool,
    /// It is not touched by geometry.
    geometry: bool,
}

impl Operation {
    /// Reads an operation; and how it is told to others.
    pub(crate) fn decode(value: Value) -> Result<(Operation, Value), Fault> {
        let mut params = Params::new(value)?;
        let operation = Operation::read(&mut params)?;
        Ok((operation, params.understood()))
    }

    fn read(params: &mut Params) -> Result<Operation, Fault> {
        match params.word("type", &Schema::Keyword)?.as_str() {
            "set" => {
                let attribute = match params.take_to_note("attr") {
                    Some(Value::Keyword(name)) => name,
                    Some(Value::Str(name)) => kebab(&name),
                    _ => return Err(Fault::params("should be a keyword").under("attr")),
                };
                params.note("attr", Value::keyword(&attribute));
                let value = params.take_to_note("val").unwrap_or(Value::Nil);
                if !value.is_nil() {
                    params.note("val", understood(&attribute, &value));
                }
                Ok(Operation::Set(attribute, value, Spared::decode(params)?))
            }
            "assign" => match params.take_to_note("value") {
                Some(value @ Value::Map(_)) => {
                    check_attributes(&value).map_err(|fault| fault.under("value"))?;
                    let entries = value.entries().to_vec();
                    let entry = |(name, value): &(Value, Value)| match name.as_keyword() {
                        Some(attribute) => (name.clone(), understood(attribute, value)),
                        None => (name.clone(), value.clone()),
                    };
                    params.note("value", Value::Map(entries.iter().map(entry).collect()));
                    Ok(Operation::Assign(entries, Spared::decode(params)?))
                }
                _ => Err(Fault::params("should be a map").under("value")),
            },
            "set-touched" => {
                let touched = params.optional("touched", &Schema::Set(&Schema::Keyword))?;
                Ok(Operation::SetTouched(touched.unwrap_or(Value::Nil)))
            }
            "set-remote-synced" => Ok(Operation::SetRemoteSynced(params.flag("remote-synced")?)),
            _ => {
                let reason = "should be one of set, assign, set-touched, set-remote-synced";
                Err(Fault::params(reason).under("type"))
            }
        }
    }

    /// Changes a shape. `mark` becomes whether the last attribute that was set made a difference which copies follow;
    /// it stays as it was where nothing was set.
    pub(crate) fn run(&self, shape: &mut OpenPart, mark: &mut bool) -> Result<(), Fault> {
        match self {
            Operation::Set(attribute, value, spared) => {
                let value = coerce_attribute(type_of(shape), attribute, value.clone());
                set(shape, attribute, value, *spared, mark).map_err(|fault| fault.under("val"))?;
            }
            Operation::Assign(entries, spared) => assign(shape, entries, *spared, mark)?,
            Operation::SetTouched(touched) => {
                let is_kept =
                    shape.columns.is_in_copy() && touched.items().is_some_and(|items| !items.is_empty());
                shape.set("touched", if is_kept { touched.clone() } else { Value::Nil });
            }
            Operation::SetRemoteSynced(synced) => {
                let is_kept = shape.columns.is_in_copy() && *synced;
                shape.set("remote-synced", if is_kept { Value::Bool(true) } else { Value::Nil });
            }
        }
        Ok(())
    }
}

impl Spared {
    fn decode(params: &mut Params) -> Result<Spared, Fault> {
        Ok(Spared { touched: params.flag("ignore-touched")?, geometry: params.flag("ignore-geometry")? })
    }
}

/// What the value of an attribute is surely meant as, before the shape is known. Some attributes are of one type of
/// shape only. The content of texts is a map, that of paths is none.
fn understood(attribute: &str, value: &Value) -> Value {
    let shape_type = match attribute {
        "bool-type" => "bool",
        "position-data" => "text",
        "metadata" => "image",
        _ if value.is_map() => "text",
        _ => "path",
    };
    coerce_attribute(shape_type, attribute, value.clone())
}

fn type_of(shape: &OpenPart) -> &str {
    shape.columns.shape_type.as_deref().unwrap_or_default()
}

/// Sets what differs exactly, in the order it was sent. The type cannot be assigned.
fn assign(
    shape: &mut OpenPart,
    entries: &[(Value, Value)],
    spared: Spared,
    mark: &mut bool,
) -> Result<(), Fault> {
    let shape_type = type_of(shape).to_owned();
    for (at, (name, value)) in entries.iter().enumerate() {
        let is_later = |(later, _): &(Value, Value)| later == name;
        let Some(attribute) = name.as_keyword() else { continue };
        if attribute == "type" || entries.iter().skip(at + 1).any(is_later) {
            continue;
        }
        let value = coerce_attribute(&shape_type, attribute, value.clone());
        let is_same = match shape.get(attribute) {
            Some(own) => own.same(&value),
            None => value.is_nil(),
        };
        if !is_same {
            set(shape, attribute, value, spared, mark)
                .map_err(|fault| fault.under(attribute).under("value"))?;
        }
    }
    Ok(())
}

/// Sets one attribute: a copy notes which group of attributes is its own from now on.
fn set(
    shape: &mut OpenPart,
    attribute: &str,
    value: Value,
    spared: Spared,
    mark: &mut bool,
) -> Result<(), Fault> {
    if attribute == "id" {
        *mark = false;
        let is_same = value.as_uuid() == Some(shape.key().id);
        return if is_same { Ok(()) } else { Err(Fault::data("should not change: it is the id")) };
    }
    let group = sync_group::of(type_of(shape), attribute);
    let is_geometry = closeness::is_geometry(group, attribute);
    let old = shape.get(attribute).map_or(Value::Nil, std::borrow::Cow::into_owned);
    let is_equal = closeness::is_equal(attribute, &old, &value, is_geometry);
    let is_spared = is_geometry && spared.geometry;
    if shape.columns.is_in_copy() && !spared.touched && !is_spared && attribute != "position-data" {
        let mut groups: Vec<&str> = group.filter(|_| !is_equal).into_iter().collect();
        if attribute == "content" && group == Some(sync_group::CONTENT) && !is_equal {
            groups.extend(text_difference::between(&old, &value).groups());
        }
        if attribute == "applied-tokens" {
            groups.extend(applied_tokens::groups(type_of(shape), &old, &value));
        }
        touch(shape, &groups);
    }
    *mark = group.is_some() && !is_equal && !is_spared;
    shape.set(attribute, value);
    Ok(())
}

/// Adds groups to what a copy changed by itself. It is not in step with its main any more.
fn touch(shape: &mut OpenPart, groups: &[&str]) {
    if groups.is_empty() {
        return;
    }
    let mut touched = shape.plain("touched").and_then(Value::items).unwrap_or_default().to_vec();
    for group in groups {
        let group = Value::keyword(group);
        if !touched.contains(&group) {
            touched.push(group);
        }
    }
    shape.set("touched", Value::Set(touched));
    shape.set("remote-synced", Value::Nil);
}
