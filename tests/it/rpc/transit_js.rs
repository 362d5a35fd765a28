//! Our transit codec against transit-js: what it reads from us it writes back byte for byte.

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, TestRunner};
use tests::{
    node,
    values::{self, Kinds},
};
use transit::value::Value;
use transit::{write, write_verbose};

/// Feeds each value in both forms, and demands both forms back for each.
async fn demand_the_same(values: &[Value]) {
    let mut input = Vec::new();
    let mut expected = Vec::new();
    for value in values {
        let forms = [write(value), write_verbose(value)];
        for form in &forms {
            input.extend_from_slice(form);
            input.push(b'\n');
            expected.extend(forms.iter().map(|form| String::from_utf8_lossy(form).into_owned()));
        }
    }
    let said = node::filter("transit/roundtrip.mjs", &[], input).await;
    let lines: Vec<&str> = said.split_terminator('\n').collect();
    assert_eq!(lines.len(), expected.len());
    for (line, expected) in lines.iter().zip(&expected) {
        assert_eq!(line, expected);
    }
}

fn generated(count: usize) -> Vec<Value> {
    let mut runner = TestRunner::new(Config { failure_persistence: None, ..Config::default() });
    let strategy = values::value(Kinds::Portable);
    let mut next = || strategy.new_tree(&mut runner).expect("a value").current();
    (0..count).map(|_| next()).collect()
}

#[tokio::test]
async fn generated_values_come_back_byte_for_byte() {
    demand_the_same(&generated(4_000)).await;
}

/// More strings than the cache has codes: both sides must start again at the same place.
#[tokio::test]
async fn the_cache_starts_again_at_the_same_string() {
    let keyword = |i: usize| Value::keyword(&format!("name-{i}"));
    let twice = (0..6_000).flat_map(|i| [keyword(i), keyword(i)]).collect();
    let spread = (0..9_000).map(|i| keyword(i * 7 % 1_940)).collect();
    let keys: Vec<_> = (0..5_000).map(|i| (Value::text(&format!("key {}", i % 4_000)), keyword(i))).collect();
    let full = (0..1_936).chain([1_935, 0, 0, 1]).map(keyword).collect();
    demand_the_same(&[Value::Vec(twice), Value::Vec(spread), Value::Vec(full)]).await;
    let pairs = keys.chunks(1_000).map(|entries| Value::Map(entries.to_vec())).collect();
    demand_the_same(&[Value::Vec(pairs)]).await;
}
