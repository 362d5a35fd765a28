//! Whatever a document is, it is checked, and what is put right stays right.

use crate::store::{Eagerness, Store};
use crate::{FILE, batches, decoded, new_file};
use document::part::{Columns, Container, Kind, OpenPart, Part, PartKey};
use document::validate::{Finding, Mains, Outline, Registry, changes, component, page, wanted};
use naive_document::{Odd, Random, change};
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;

/// Rounds of checking and putting right.
const ROUNDS: usize = 12;

fn outline(parts: &BTreeMap<PartKey, Part>, container: Container) -> Outline {
    let mut outline = Outline::new();
    for part in parts.values().filter(|part| part.key.container == container) {
        outline.push(part).unwrap();
    }
    outline
}

/// Everything that is wrong, and what was checked of each container.
fn check(parts: &BTreeMap<PartKey, Part>) -> (Registry, Vec<(Outline, Vec<Finding>)>) {
    let mut registry = Registry::new(FILE);
    parts.values().for_each(|part| registry.push(part).unwrap());
    let mut found = vec![];
    for key in parts.keys() {
        match key.kind {
            Kind::Component => {
                let kept = outline(parts, Container::Component(key.id));
                let own = component(&registry, key.id, &kept, false);
                found.push((kept, own));
            }
            Kind::Page => {
                let shapes = outline(parts, Container::Page(key.id));
                let mut mains = Mains::new();
                for (file, id) in wanted(&registry, key.id, &shapes) {
                    mains.library(file);
                    if file == FILE {
                        let kept = outline(parts, Container::Component(id));
                        mains.put(file, id, Uuid::from_u128(1), kept);
                    }
                }
                let own = page(&registry, key.id, &shapes, &mains);
                found.push((shapes, own));
            }
            _ => {}
        }
    }
    (registry, found)
}

fn parts(store: &Store) -> BTreeMap<PartKey, Part> {
    let row = |(key, (columns, _, value)): (PartKey, (Columns, Vec<Uuid>, transit::value::Value))| {
        let mut open = OpenPart::new(key, value);
        open.columns = columns;
        (key, open.to_part())
    };
    store.parts().into_iter().map(row).collect()
}

#[test]
fn what_is_put_right_stays_right_whatever_the_document_is() {
    let (mut told, mut mended, mut refused) = (0_u64, 0_u64, 0_u64);
    for seed in 0..batches() / 20 {
        let mut r = Random::new(seed + 3_000_000);
        let mut store = Store::of(new_file());
        for step in 0..40 {
            let sent: Vec<_> = (0..3).map(|_| change(&mut r, Odd::Everything, step < 8)).collect();
            let done = decoded(&sent)
                .and_then(|changes| store.apply(&changes, step, Eagerness::Whole, &HashMap::new()));
            drop(done);
        }
        let mut last = vec![];
        for round in 0..ROUNDS {
            let (registry, found) = check(&parts(&store));
            let before = store.clone();
            last = vec![];
            for (shapes, findings) in found {
                told += u64::try_from(findings.len()).unwrap();
                for change in changes(&registry, &shapes, &findings) {
                    let decoded =
                        decoded(std::slice::from_ref(&change)).expect("an own change is understood");
                    match store.apply(&decoded, 100, Eagerness::Lazy, &HashMap::new()) {
                        Ok(_) => mended += 1,
                        Err(refusal) => {
                            refused += 1;
                            last.push(refusal.to_string());
                        }
                    }
                }
            }
            if store == before {
                break;
            }
            assert!(round + 1 < ROUNDS, "seed {seed}: no end of repairing, {last:?}");
        }
    }
    println!("{told} findings, {mended} changes put something right, {refused} were refused");
    assert!(mended > batches() / 20, "{told} findings, {mended} mended, {refused} refused");
}
