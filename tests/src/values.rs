//! Generated values of the transit model.

use proptest::prelude::*;
use transit::value::Value;
use uuid::Uuid;

/// Which values to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kinds {
    /// Every kind there is.
    All,
    /// Those that JavaScript can hold without loss: no whole and no subnormal doubles, no characters, no equal keys, no
    /// text that a JavaScript object takes for an index. No doubles as keys: transit-js gives them the tag of integers.
    Portable,
}

/// A value of any depth up to six.
pub fn value(kinds: Kinds) -> BoxedStrategy<Value> {
    let leaf = scalar(kinds);
    leaf.prop_recursive(6, 60, 8, move |inner| {
        let items = || prop::collection::vec(inner.clone(), 0..8);
        let entries = |key: BoxedStrategy<Value>| prop::collection::vec((key, inner.clone()), 0..8);
        let tag = prop::sample::select(vec!["shape", "point", "ordered-set", "penpot/path-data", "größe"]);
        prop_oneof![
            items().prop_map(Value::Vec),
            items().prop_map(Value::List),
            items().prop_map(Value::Set),
            entries(scalar(kinds)).prop_map(move |entries| map(entries, kinds)),
            entries(keyword()).prop_map(move |entries| map(entries, kinds)),
            entries(inner.clone()).prop_map(move |entries| map(entries, kinds)),
            (tag, inner.clone()).prop_map(|(tag, inner)| Value::tagged(tag, inner)),
        ]
    })
    .boxed()
}

/// A value that is written as one token; every one can be a key.
fn scalar(kinds: Kinds) -> BoxedStrategy<Value> {
    let exact = 1_i64 << 53;
    let ints =
        prop_oneof![-100..100_i64, any::<i64>(), Just(exact), Just(exact - 1), Just(1 - exact), Just(-exact)];
    let common = prop_oneof![
        Just(Value::Nil),
        any::<bool>().prop_map(Value::Bool),
        ints.prop_map(Value::Int),
        float(kinds),
        text(kinds),
        keyword(),
        "[a-z]{1,6}(/[a-z]{1,6})?".prop_map(Value::Symbol),
        any::<u128>().prop_map(|n| Value::Uuid(Uuid::from_u128(n))),
        (-8_640_000_000_000_000..=8_640_000_000_000_000_i64).prop_map(Value::Instant),
        "-?[1-9][0-9]{0,30}".prop_map(Value::BigInt),
        "-?[0-9]{1,20}\\.[0-9]{1,20}".prop_map(Value::BigDecimal),
        prop::collection::vec(any::<u8>(), 0..20).prop_map(Value::Bytes),
        "[a-z]{2,5}:[a-z/]{0,9}".prop_map(|uri| Value::tagged("r", Value::Str(uri))),
        ("[A-Z]", "[ -~]{0,5}").prop_map(|(tag, text)| Value::tagged(&tag, Value::Str(text))),
    ];
    match kinds {
        Kinds::Portable => common.boxed(),
        Kinds::All => prop_oneof![
            9 => common,
            1 => any::<char>().prop_map(Value::Char),
            1 => any::<i64>().prop_map(Value::Instant),
            1 => "\\PC{0,6}".prop_map(Value::Keyword),
            1 => "[a-z]{2,5}:[a-z/]{0,9}".prop_map(Value::Uri),
        ]
        .boxed(),
    }
}

fn float(kinds: Kinds) -> BoxedStrategy<Value> {
    let any_size = prop_oneof![-1000.0..1000.0_f64, prop::num::f64::NORMAL, prop::num::f64::SUBNORMAL];
    match kinds {
        Kinds::Portable => {
            let held = |f: f64| f.is_normal() && f.fract() != 0.0;
            any_size.prop_map(move |f| Value::Float(if held(f) { f } else { 0.5 })).boxed()
        }
        Kinds::All => prop_oneof![
            8 => any_size,
            2 => prop::sample::select(vec![0.0, -0.0, 1.0, 1e15, 1e16, 1e21, f64::INFINITY, f64::NEG_INFINITY]),
        ]
        .prop_map(Value::Float)
        .boxed(),
    }
}

fn text(kinds: Kinds) -> BoxedStrategy<Value> {
    let any_text = prop_oneof!["[a-z]{0,6}", "[~^`#: ]{1,3}[a-z]{0,5}", "\\PC{0,8}", any::<String>()];
    any_text
        .prop_map(move |text| {
            // A JavaScript object moves keys that look like an index to its front.
            let index = kinds == Kinds::Portable && text.starts_with(|c: char| c.is_ascii_digit());
            Value::Str(if index { format!("n{text}") } else { text })
        })
        .boxed()
}

fn keyword() -> BoxedStrategy<Value> {
    "[a-c]{1,2}(-[a-c]{1,3}){0,2}(/[a-c])?".prop_map(Value::Keyword).boxed()
}

fn map(entries: Vec<(Value, Value)>, kinds: Kinds) -> Value {
    if kinds == Kinds::All {
        return Value::Map(entries);
    }
    let mut kept: Vec<(Value, Value)> = Vec::new();
    for (key, value) in entries {
        if !matches!(key, Value::Float(_)) && kept.iter().all(|(old, _)| *old != key) {
            kept.push((key, value));
        }
    }
    Value::Map(kept)
}
