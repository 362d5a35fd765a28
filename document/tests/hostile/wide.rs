//! Inputs that are wide: what they cost grows with their bytes, and not with the square of them. A server would be held
//! up for minutes, and so would this test.

use crate::samples;
use crate::store::Store;
use document::change::Change;
use document::fault::Code;
use transit::value::Value;
use uuid::Uuid;

const WIDE: u128 = 200_000;

fn id(number: u128) -> Value {
    Value::Uuid(Uuid::from_u128(number))
}

fn change(name: &str, fields: Vec<(&str, Value)>) -> Value {
    Value::map([("type", Value::keyword(name))].into_iter().chain(fields))
}

fn attributes() -> Vec<(Value, Value)> {
    (0..WIDE).map(|n| (Value::keyword(&format!("a{n}")), Value::Int(1))).collect()
}

/// Whether it is taken; else why not.
fn sent(store: &mut Store, change: Value) -> Result<(), Code> {
    let changes = Change::decode_all(vec![change]).map_err(|refusal| refusal.code())?;
    store.apply(&changes).map_err(|refusal| refusal.code())
}

/// An operation of a shape that the samples make.
fn operation(fields: Vec<(&str, Value)>) -> Value {
    let operation = Value::map(fields);
    change("mod-obj", vec![("id", id(2)), ("page-id", id(100)), ("operations", Value::Vec(vec![operation]))])
}

#[test]
fn what_is_wide_is_answered() {
    let mut store = Store::new();
    for sample in samples::all().iter().take(3) {
        let changes = Change::decode_all(sample.items().unwrap().to_vec()).expect("is understood");
        store.apply(&changes).expect("is taken");
    }
    let mut doubled = change("del-obj", vec![("page-id", id(100))]);
    doubled.entries_mut().unwrap().extend((0..WIDE).map(|n| (Value::keyword("id"), id(n + 1_000))));
    assert_eq!(sent(&mut store, doubled), Ok(()), "the last of them counts");

    let mut shape = samples::all()[1].items().unwrap()[0].clone();
    let wide = shape.at_mut(&Value::keyword("obj")).and_then(Value::entries_mut).unwrap();
    wide.extend(attributes());
    assert_eq!(sent(&mut store, shape), Err(Code::Limit));

    let assign = operation(vec![("type", Value::keyword("assign")), ("value", Value::Map(attributes()))]);
    assert_eq!(sent(&mut store, assign), Err(Code::Limit));
    let touched = (0..WIDE).map(|n| Value::keyword(&format!("g{n}"))).collect();
    let touched = operation(vec![("type", Value::keyword("set-touched")), ("touched", Value::Set(touched))]);
    assert_eq!(sent(&mut store, touched), Ok(()));
    let tokens = operation(vec![
        ("type", Value::keyword("set")),
        ("attr", Value::keyword("applied-tokens")),
        ("val", Value::Map(attributes())),
    ]);
    assert!(sent(&mut store, tokens).is_err(), "no tokens of that name");

    let guide = Value::map([("axis", Value::keyword("x")), ("position", Value::Int(1))]);
    let guides = (0..WIDE / 4).map(|n| (id(n), guide.clone())).collect();
    let data = document::file::new_data(Uuid::nil(), Uuid::from_u128(101));
    let mut page = data.get("pages-index").and_then(|pages| pages.at(&id(101))).unwrap().clone();
    page.put("guides", Value::Map(guides));
    assert_eq!(sent(&mut store, change("add-page", vec![("page", page)])), Ok(()));
    store.read();
}
