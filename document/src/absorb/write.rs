//! Changes, as they are written on the wire.

use crate::part::{Container, OpenPart, PartKey};
use transit::value::Value;
use uuid::Uuid;

/// A change of a type with its fields; those that are nil are left out.
pub(super) fn change<'n>(kind: &str, fields: impl IntoIterator<Item = (&'n str, Value)>) -> Value {
    let fields = fields.into_iter().filter(|(_, value)| !value.is_nil());
    Value::map([("type", Value::keyword(kind))].into_iter().chain(fields))
}

/// A shape is put behind the others in its parent.
pub(super) fn add_shape(page: Uuid, shape: &OpenPart) -> Value {
    let id = |id: Option<Uuid>| Value::Uuid(id.unwrap_or_default());
    change(
        "add-obj",
        [
            ("page-id", Value::Uuid(page)),
            ("id", Value::Uuid(shape.key().id)),
            ("parent-id", id(shape.columns.parent)),
            ("frame-id", id(shape.columns.frame)),
            ("obj", shape.to_value()),
            ("ignore-touched", Value::Bool(true)),
        ],
    )
}

/// What makes `after` of a shape; none when it is so already.
pub(super) fn change_shape(before: &OpenPart, after: &OpenPart) -> Option<Value> {
    let PartKey { container, id, .. } = after.key();
    let place = match container {
        Container::Page(page) => ("page-id", Value::Uuid(page)),
        Container::Component(component) => ("component-id", Value::Uuid(component)),
        Container::File => return None,
    };
    let columns = ["component-id", "component-file"].into_iter();
    let names = columns.chain(after.value().entries().iter().filter_map(|(name, _)| name.as_keyword()));
    let set = |name: &str| {
        let value = after.get(name)?.into_owned();
        (before.get(name).as_deref() != Some(&value)).then(|| {
            Value::map([
                ("type", Value::keyword("set")),
                ("attr", Value::keyword(name)),
                ("val", value),
                // A copy is none the less in step with its main.
                ("ignore-touched", Value::Bool(true)),
            ])
        })
    };
    let operations: Vec<Value> = names.filter_map(set).collect();
    let fields = [place, ("id", Value::Uuid(id)), ("operations", Value::Vec(operations))];
    let is_none = fields[2].1.items().is_some_and(<[Value]>::is_empty);
    (!is_none).then(|| change("mod-obj", fields))
}

/// A component is added.
pub(super) fn add_component(component: &OpenPart, id: Uuid, page: Value, variant: Value) -> Vec<Value> {
    let own = |name: &str| component.plain(name).cloned().unwrap_or(Value::Nil);
    let text = |name: &str| Value::text(component.plain(name).and_then(Value::as_str).unwrap_or_default());
    let mut changes = vec![change(
        "add-component",
        [
            ("id", Value::Uuid(id)),
            ("name", text("name")),
            ("path", text("path")),
            ("main-instance-id", own("main-instance-id")),
            ("main-instance-page", page),
            ("annotation", own("annotation")),
            ("variant-id", variant),
            ("variant-properties", own("variant-properties")),
        ],
    )];
    let spaces = component.plain("plugin-data").map(Value::entries).unwrap_or_default();
    for (namespace, texts) in spaces {
        changes.extend(texts.entries().iter().map(|(key, text)| {
            let fields = [
                ("object-type", Value::keyword("component")),
                ("object-id", Value::Uuid(id)),
                ("namespace", namespace.clone()),
                ("key", key.clone()),
                ("value", text.clone()),
            ];
            change("set-plugin-data", fields)
        }));
    }
    changes
}

/// A component that was added is deleted, and keeps these shapes.
pub(super) fn delete_component(
    component: &OpenPart,
    id: Uuid,
    variant: Value,
    shapes: &[OpenPart],
) -> [Value; 2] {
    let own = |name: &str| component.plain(name).cloned().unwrap_or(Value::Nil);
    let shapes = shapes.iter().map(|shape| (Value::Uuid(shape.key().id), shape.to_value()));
    let kept = change(
        "mod-component",
        [
            ("id", Value::Uuid(id)),
            ("annotation", own("annotation")),
            ("variant-id", variant),
            ("variant-properties", own("variant-properties")),
            ("objects", Value::Map(shapes.collect())),
        ],
    );
    [kept, change("del-component", [("id", Value::Uuid(id))])]
}
