//! Changes that came as JSON make the document that they make as transit.

use crate::store::{Eagerness, Store};
use crate::{batches, decoded, new_file, readable};
use document::change::Change;
use naive_document::{Odd, Random, change};
use std::collections::HashMap;
use transit::Limits;
use transit::value::Value;

/// What others hear of a change. A library of tokens is sent without moments in JSON.
fn told(change: &Change) -> Value {
    let mut told = change.value().clone();
    if change.name() == "set-tokens-lib" {
        return readable(&told);
    }
    // What a change does not look at stays as it was sent.
    for name in ["id", "after-shape", "object-id"] {
        if let Some(Value::Uuid(id)) = told.get(name).cloned() {
            told.put(name, Value::Str(id.to_string()));
        }
    }
    if let Some(attributes) = told.take("attrs") {
        // Their tag is no word of JSON.
        told.put("attrs", attributes.untagged().clone());
    }
    told
}

#[test]
fn changes_in_json_make_the_same_document() {
    let mut applied = 0;
    for seed in 0..batches() / 60 {
        let mut r = Random::new(seed + 1_000_000);
        let (mut store, mut other) = (Store::of(new_file()), Store::of(new_file()));
        for step in 0..20 {
            let changes: Vec<Value> =
                (0..1 + r.below(4)).map(|_| change(&mut r, Odd::Nothing, step < 6)).collect();
            let json = transit::json::write(&readable(&Value::Vec(changes.clone())));
            let sent = transit::json::read(&json, &Limits::REQUEST).expect("JSON");
            let sent = sent.items().expect("a list").to_vec();
            // Others are told both alike.
            if let (Ok(own), Ok(wanted)) = (decoded(&sent), decoded(&changes)) {
                for (own, wanted) in own.iter().zip(&wanted) {
                    let (own, wanted) = (told(own), told(wanted));
                    assert!(own.same(&wanted), "seed {seed}, step {step}\n own: {own:?}\nwant: {wanted:?}");
                }
            }
            let run = |store: &mut Store, changes: &[Value]| {
                let changes = decoded(changes)?;
                store.apply(&changes, step, Eagerness::Whole, &HashMap::new())
            };
            let (own, wanted) = (run(&mut other, &sent), run(&mut store, &changes));
            assert_eq!(own, wanted, "seed {seed}, step {step} {changes:#?}");
            applied += u64::from(own.is_ok());
            let (own, wanted) = (other.parts(), store.parts());
            assert_eq!(own.len(), wanted.len(), "seed {seed}, step {step}");
            for ((key, (columns, media, value)), (_, wanted)) in own.iter().zip(&wanted) {
                assert!(value.same(&wanted.2), "seed {seed}, step {step} {key:?}\n{value:?}\n{:?}", wanted.2);
                assert_eq!((columns, media), (&wanted.0, &wanted.1), "seed {seed}, step {step} {key:?}");
            }
        }
    }
    assert!(applied > batches() / 10, "only {applied} batches were applied");
}
