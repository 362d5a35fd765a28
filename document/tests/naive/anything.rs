//! Whatever is sent as a change: it is taken or refused, and what is refused changes nothing.

use crate::store::{Eagerness, Store};
use crate::{batches, decoded, new_file};
use naive_document::{Odd, Random, change};
use std::collections::HashMap;
use transit::value::Value;
use uuid::Uuid;

/// Any value, not too deep.
fn anything(r: &mut Random, depth: u64) -> Value {
    let leaf = depth == 0 || r.chance(60);
    match if leaf { r.below(17) } else { 17 + r.below(5) } {
        0 => Value::Nil,
        1 => Value::Bool(r.chance(50)),
        2 => Value::Int(r.pick(&[0, 1, -1, i64::MAX, i64::MIN, 1 << 40])),
        3 => Value::Float(r.pick(&[0.0, -0.0, 0.5, f64::NAN, f64::INFINITY, f64::MIN, 1e-300])),
        4 => Value::text(r.pick(&["", "a", "true", "12", "M0 0L1 1", "1,2", "é\u{0}", "add-obj"])),
        5 => Value::text(r.pick(&["00000000-0000-0000-0000-000000000001", "#123456", "matrix(1,0,0,1,0,0)"])),
        6 => Value::keyword(r.pick(&["", "frame", "rect", "o\"dd", "a/b", "set", "name-group"])),
        7 => Value::Symbol("s".into()),
        8..12 => Value::Uuid(Uuid::from_u128(u128::from(r.below(12)))),
        12 => Value::Instant(i64::MIN),
        13 => Value::BigInt("99999999999999999999".into()),
        14 => Value::BigDecimal("1.5".into()),
        15 => Value::Char('c'),
        16 => Value::Bytes((0..r.below(60)).map(|_| u8::try_from(r.below(256)).unwrap()).collect()),
        17 => Value::Vec(r.some(|r| anything(r, depth - 1))),
        18 => Value::List(r.some(|r| anything(r, depth - 1))),
        19 => Value::Set(r.some(|r| anything(r, depth - 1))),
        20 => {
            let tags = "point rect matrix shape penpot/path-data penpot/fills ordered-map x penpot/tokens-lib \
                penpot/token-set penpot/token-theme penpot/token";
            let tags: Vec<&str> = tags.split_whitespace().collect();
            Value::tagged(r.pick(&tags), anything(r, depth - 1))
        }
        _ => Value::Map(r.some(|r| (anything(r, depth - 1), anything(r, depth - 1)))),
    }
}

/// Something somewhere inside is replaced, doubled or gone.
fn spoil(r: &mut Random, value: &mut Value) {
    match value {
        Value::Map(entries) if !entries.is_empty() && r.chance(90) => {
            let at = usize::try_from(r.below(u64::try_from(entries.len()).unwrap())).unwrap();
            match r.below(8) {
                0 => drop(entries.remove(at)),
                1 => {
                    let twin = (entries[at].0.clone(), anything(r, 2));
                    entries.push(twin);
                }
                2 => entries[at].0 = anything(r, 1),
                _ => spoil(r, &mut entries[at].1),
            }
        }
        Value::Vec(items) if !items.is_empty() && r.chance(80) => {
            let at = usize::try_from(r.below(u64::try_from(items.len()).unwrap())).unwrap();
            spoil(r, &mut items[at]);
        }
        Value::Tagged(_, inner) if r.chance(80) => spoil(r, inner),
        value => *value = anything(r, 3),
    }
}

#[test]
fn whatever_is_sent_is_taken_or_refused_and_what_is_refused_changes_nothing() {
    let (mut taken, mut refused) = (0_u64, 0_u64);
    for seed in 0..batches() / 20 {
        let mut r = Random::new(seed + 2_000_000);
        let mut store = Store::of(new_file());
        for step in 0..60 {
            let mut sent = change(&mut r, Odd::Everything, step < 8);
            match r.below(10) {
                0 => sent = anything(&mut r, 4),
                1..5 => spoil(&mut r, &mut sent),
                5 => (0..4).for_each(|_| spoil(&mut r, &mut sent)),
                _ => {}
            }
            let before = store.clone();
            let eagerness = r.pick(&[Eagerness::Lazy, Eagerness::Whole]);
            let done =
                decoded(&[sent]).and_then(|changes| store.apply(&changes, step, eagerness, &HashMap::new()));
            match done {
                Ok(_) => taken += 1,
                Err(refusal) => {
                    refused += 1;
                    assert_eq!((refusal.change, refusal.fault.reason.is_empty()), (Some(0), false));
                    assert!(store == before, "seed {seed}, step {step}");
                }
            }
        }
    }
    assert!(taken > 0 && refused > 0, "{taken} taken, {refused} refused");
}
