//! Input after input.

use crate::mutate::input;
use crate::random::Random;
use crate::samples;
use crate::store::Store;
use allocation_counter::measure;
use document::change::{Change, NAMED_FIELDS};
use std::panic::{AssertUnwindSafe, catch_unwind};
use transit::value::Value;
use transit::{Limits, ReadError};

/// What reading one input may cost; see [`Limits`] for what follows of it.
const LIMITS: Limits = Limits { bytes_max: 256 << 10, depth_max: 96, values_max: 20_000 };
/// Inputs that one document gets.
const BLOCK: u64 = 100;
/// Of a run that nobody asked to be longer.
const INPUTS: u64 = 20_000;

/// What understanding and applying may cost: so many bytes for each that was sent, and for each of the document, and
/// this much whatever they are.
const FOR_EACH_BYTE: usize = 256;
const FOR_EACH_STORED: usize = 24;
const ALWAYS: usize = 1 << 20;

/// How many inputs, and with which seed they begin; the same seed makes the same inputs.
#[expect(clippy::disallowed_methods, reason = "how long a test takes is no setting of the server")]
fn asked() -> (u64, u64) {
    let number = |name: &str, otherwise| match std::env::var(name).ok().filter(|text| !text.is_empty()) {
        Some(text) => text.parse().unwrap_or_else(|_| panic!("{name} is no number")),
        None => otherwise,
    };
    (number("ATELIER_TEST_FUZZ_INPUTS", INPUTS), number("ATELIER_TEST_FUZZ_SEED", 1))
}

/// What became of the inputs.
#[derive(Debug, Default)]
struct Told {
    unreadable: u64,
    not_understood: u64,
    refused: u64,
    taken: u64,
    /// The most memory that was taken, as a part of what may be: to understand, to apply.
    most: [f64; 2],
}

/// What `work` gives, and the most memory that it had at a time.
fn measured<T>(work: impl FnOnce() -> T) -> (T, usize) {
    let mut done = None;
    let taken = measure(|| done = Some(work()));
    (done.expect("has run"), usize::try_from(taken.bytes_max).unwrap())
}

fn read(bytes: &[u8]) -> Result<Value, ReadError> {
    // Both are tried, whatever it is: what one refuses costs little.
    let (transit, taken) = measured(|| transit::read(bytes, &LIMITS));
    let most = 17 * bytes.len() + 160 * LIMITS.values_max.min(bytes.len()) + (8 << 10);
    assert!(taken <= most, "reading {} bytes of transit took {taken}", bytes.len());
    let (json, taken) = measured(|| transit::json::read_with_names(bytes, &LIMITS, NAMED_FIELDS));
    assert!(taken <= most, "reading {} bytes of JSON took {taken}", bytes.len());
    let value = match (transit, json) {
        // Most of JSON is transit too, and means something else there.
        (Ok(value), _) if bytes.contains(&b'~') => value,
        (_, json) => json?,
    };
    let again = transit::read(&transit::write(&value), &Limits::STORED);
    assert!(again.is_ok_and(|again| again.same(&value)), "what was read is not written");
    drop(transit::write_verbose(&value));
    drop(transit::json::write(&value));
    Ok(value)
}

/// Reads an input, understands it and applies it.
fn send(store: &mut Store, bytes: &[u8], told: &mut Told) {
    let value = match read(bytes) {
        Ok(value) => value,
        Err(_) => return told.unreadable += 1,
    };
    let most = bytes.len() * FOR_EACH_BYTE + ALWAYS;
    let values = match value {
        Value::Vec(items) => items,
        value => vec![value],
    };
    let (changes, taken) = measured(|| Change::decode_all(values));
    assert!(taken <= most, "understanding {} bytes took {taken}", bytes.len());
    told.most[0] = told.most[0].max(taken as f64 / most as f64);
    let changes = match changes {
        Ok(changes) => changes,
        Err(refusal) => {
            assert!(!refusal.to_string().is_empty());
            return told.not_understood += 1;
        }
    };
    let told_to_others = Value::Vec(changes.iter().map(|change| change.value().clone()).collect());
    drop(transit::json::write(&document::join::readable(told_to_others)));
    let most = most + store.bytes() * FOR_EACH_STORED;
    let (done, taken) = measured(|| store.apply(&changes));
    assert!(taken <= most, "applying {} bytes took {taken} of {most}", bytes.len());
    told.most[1] = told.most[1].max(taken as f64 / most as f64);
    match done {
        Ok(()) => told.taken += 1,
        Err(refusal) => {
            assert!(!refusal.fault.reason.is_empty());
            told.refused += 1;
        }
    }
}

/// Runs `work`, and tells with what it failed.
fn guarded(seed: u64, what: impl FnOnce() -> String, work: impl FnOnce()) {
    if catch_unwind(AssertUnwindSafe(work)).is_err() {
        panic!("ATELIER_TEST_FUZZ_SEED={seed}: {}", what());
    }
}

#[test]
fn every_sample_is_taken() {
    let mut store = Store::new();
    for sample in samples::all() {
        let changes = Change::decode_all(sample.items().unwrap().to_vec()).expect("is understood");
        store.apply(&changes).unwrap_or_else(|refusal| panic!("{refusal}: {sample:?}"));
    }
    store.read();
}

#[test]
fn whatever_is_sent_is_answered_within_its_memory() {
    let (inputs, first) = asked();
    let samples = samples::all();
    let mut told = Told::default();
    for seed in first..first + inputs.div_ceil(BLOCK) {
        let (mut r, mut store) = (Random::new(seed), Store::new());
        for sample in samples.iter().take(r.below(samples.len() + 1)) {
            let changes = Change::decode_all(sample.items().unwrap().to_vec()).expect("is understood");
            store.apply(&changes).expect("is taken");
        }
        for number in 0..BLOCK {
            let bytes = input(&mut r, &samples);
            let what = || format!("input {number}: {}", String::from_utf8_lossy(&bytes));
            guarded(seed, what, || send(&mut store, &bytes, &mut told));
        }
        guarded(seed, || "the document of the block".to_owned(), || store.read());
    }
    println!("seeds {first} to {}: {told:?}", first + inputs.div_ceil(BLOCK) - 1);
    assert!(told.taken + told.refused > inputs / 2, "too little is applied: {told:?}");
    let enough =
        [told.taken, told.refused, told.not_understood, told.unreadable].map(|some| some > inputs / 50);
    assert_eq!(enough, [true; 4], "the test tries nothing of one kind: {told:?}");
}
