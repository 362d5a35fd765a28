//! What others are told of changes, and the log keeps, makes the document that the changes made: those of somebody who
//! draws in transit and of somebody who draws in JSON, one after the other, in one document for long.

use crate::store::{Eagerness, Store};
use crate::{assert_equal, batches, decoded, new_file, readable};
use document::change::Change;
use naive_document::{Odd, Random, apply, change};
use std::collections::HashMap;
use transit::Limits;
use transit::value::Value;

/// Batches that are applied to one document, one after the other.
const STEPS: u64 = 400;

/// As the log keeps it.
fn logged(changes: &[Change]) -> Vec<Value> {
    let changes = changes.iter().map(|change| change.value().clone()).collect();
    let bytes = transit::write(&Value::Vec(changes));
    transit::read(&bytes, &Limits::STORED).expect("transit").items().expect("a list").to_vec()
}

fn batch(r: &mut Random, in_json: bool, is_first: bool) -> Vec<Value> {
    let odd = if in_json { Odd::Nothing } else { Odd::Everything };
    let changes: Vec<Value> = (0..1 + r.below(4)).map(|_| change(r, odd, is_first)).collect();
    if !in_json {
        return changes;
    }
    let json = transit::json::write(&readable(&Value::Vec(changes)));
    transit::json::read(&json, &Limits::REQUEST).expect("JSON").items().expect("a list").to_vec()
}

#[test]
fn what_is_told_makes_the_document() {
    let mut applied = 0;
    for seed in 0..batches().div_ceil(STEPS) {
        let mut r = Random::new(seed + 3_000_000);
        let mut tree = new_file();
        let mut store = Store::of(tree.clone());
        for step in 0..STEPS {
            let context = format!("seed {seed}, step {step}");
            let in_json = r.chance(50);
            let sent = batch(&mut r, in_json, step < 8);
            let now = i64::try_from(1_000_000 + step).expect("small");
            let Ok(changes) = decoded(&sent) else { continue };
            if store.apply(&changes, now, Eagerness::Lazy, &HashMap::new()).is_err() {
                continue;
            }
            applied += 1;
            let told = logged(&changes);
            let next = apply(&tree, &told, now);
            tree =
                next.unwrap_or_else(|why| panic!("{context}: {why:?}\n{}\n{}", show(&sent), show(&told))).0;
            if step % 20 == 19 {
                assert_equal(&store, &tree, &format!("{context}: {}", show(&told)));
            }
        }
    }
    assert!(applied > batches() / 3, "only {applied} batches were applied");
}

fn show(changes: &[Value]) -> String {
    let lines = changes.iter().map(|one| String::from_utf8(transit::write(one)).expect("text"));
    lines.collect::<Vec<_>>().join("\n")
}
