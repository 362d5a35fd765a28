//! Random batches of every kind of change: the engine over parts makes the same document as a whole tree does.
//!
//! Seeds count from zero; a failure prints its own. `ATELIER_TEST_DOCUMENT_BATCHES` sets how many batches are tried.

#![expect(clippy::unwrap_used, reason = "all of this is a test")]

mod anything;
mod json;
mod repair;
mod store;
mod told;

use document::change::Change;
use document::geometry::{path, path_text};
use document::join::Form;
use naive_document::{Odd, Random, apply, change, entry, entry_mut, file_form, word};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use store::{Eagerness, Store};
use transit::Limits;
use transit::value::Value;
use uuid::Uuid;

/// Batches that are applied to one document, one after the other.
const STEPS: u64 = 40;
const FILE: Uuid = Uuid::from_u128(1000);

#[expect(clippy::disallowed_methods, reason = "how long a test takes is no setting of the server")]
fn batches() -> u64 {
    let set = std::env::var("ATELIER_TEST_DOCUMENT_BATCHES").ok();
    set.map_or(1_200, |text| text.parse().expect("a number of batches"))
}

fn new_file() -> Value {
    let mut data = document::file::new_data(FILE, Uuid::from_u128(100));
    data.put("odd-attribute", Value::Set(vec![Value::text("kept")]));
    data
}

fn decoded(changes: &[Value]) -> Result<Vec<Change>, document::stop::Refusal> {
    Change::decode_all(changes.to_vec())
}

fn assert_equal(store: &Store, tree: &Value, context: &str) {
    let mut data = tree.clone();
    data.take("id");
    let (own, wanted) = (store.parts(), Store::of(data).parts());
    assert_eq!(own.keys().collect::<Vec<_>>(), wanted.keys().collect::<Vec<_>>(), "{context}");
    for (key, (columns, media, value)) in &own {
        let (wanted_columns, wanted_media, wanted_value) = &wanted[key];
        assert!(value.same(wanted_value), "{context}: {key:?}\n own: {value:?}\nwant: {wanted_value:?}");
        assert_eq!((columns, media), (wanted_columns, wanted_media), "{context}: {key:?}");
    }
}

/// The document through each of its forms.
fn assert_reads_back(store: &Store, tree: &Value, context: &str) {
    let plain = transit::read(&store.read(Form::Transit, FILE), &Limits::STORED).expect("transit");
    assert!(plain.same(tree), "{context}: transit\n own: {plain:?}\nwant: {tree:?}");
    let verbose = transit::read(&store.read(Form::Verbose, FILE), &Limits::STORED).expect("transit");
    assert!(verbose.same(tree), "{context}: verbose\n own: {verbose:?}\nwant: {tree:?}");
    let bytes = store.read(Form::ObjectsMap, FILE);
    let mut mapped = transit::read(&bytes, &Limits::STORED).expect("transit");
    unfold(&mut mapped);
    assert!(mapped.same(tree), "{context}: shapes as text");
    let json = |bytes: &[u8]| transit::json::read(bytes, &Limits::STORED).expect("JSON");
    let own = json(&store.read(Form::Json, FILE));
    // Compared with what transit said: sets are arrays here, in the order in which they are stored.
    assert!(own.same(&json(&transit::json::write(&readable(&plain)))), "{context}: JSON");
}

/// Shapes that are text become shapes.
fn unfold(data: &mut Value) {
    let pages = data.at_mut(&Value::keyword("pages-index")).expect("pages");
    for (_, page) in pages.entries_mut().expect("a map") {
        let objects = page.take("objects").expect("shapes");
        let Value::Tagged(tag, objects) = objects else { panic!("no tag") };
        assert_eq!(tag, "penpot/objects-map/v2");
        let read = |(key, text): &(Value, Value)| {
            let text = text.as_str().expect("text");
            (key.clone(), transit::read(text.as_bytes(), &Limits::STORED).expect("transit"))
        };
        page.put("objects", Value::Map(objects.entries().iter().map(read).collect()));
    }
}

fn readable(value: &Value) -> Value {
    match value {
        Value::Tagged(tag, inner) => match &**inner {
            Value::Bytes(bytes) if tag == path::TAG => {
                Value::Str(path_text::write(&path::unpack(bytes).expect("a path")))
            }
            _ if tag == "penpot/tokens-lib" => file_form(value),
            inner => Value::tagged(tag, readable(inner)),
        },
        Value::Vec(items) => Value::Vec(items.iter().map(readable).collect()),
        Value::Set(items) => Value::Set(items.iter().map(readable).collect()),
        Value::Map(entries) => {
            Value::Map(entries.iter().map(|(key, value)| (key.clone(), readable(value))).collect())
        }
        value => value.clone(),
    }
}

/// Pictures that the shapes name which were drawn.
fn named(tree: &Value, drawn: &BTreeSet<(Uuid, Uuid)>) -> BTreeSet<Uuid> {
    let shape = |(page, id): &(Uuid, Uuid)| {
        let page = entry(tree, "pages-index", *page)?;
        Some(document::references::media(entry(page, "objects", *id)?))
    };
    drawn.iter().filter_map(shape).flatten().collect()
}

fn adopt(tree: &mut Value, drawn: &BTreeSet<(Uuid, Uuid)>, by: &HashMap<Uuid, Uuid>) {
    for (page, id) in drawn {
        let page = entry_mut(tree, "pages-index", *page);
        if let Some(shape) = page.and_then(|page| entry_mut(page, "objects", *id)) {
            document::references::replace_media(shape, by);
        }
    }
}

#[test]
fn the_engine_makes_the_document_that_a_whole_tree_makes() {
    let (mut applied, mut refused) = (0_u64, 0_u64);
    let mut kinds: BTreeMap<String, [u64; 3]> = BTreeMap::new();
    for seed in 0..batches().div_ceil(STEPS) {
        let mut r = Random::new(seed);
        let mut tree = new_file();
        let mut store = Store::of(tree.clone());
        for step in 0..STEPS {
            let context = format!("seed {seed}, step {step}");
            let first = step < 6;
            let changes: Vec<Value> =
                (0..1 + r.below(4)).map(|_| change(&mut r, Odd::Everything, first)).collect();
            let eagerness = r.pick(&[Eagerness::Lazy, Eagerness::Reaching, Eagerness::Whole]);
            let by = HashMap::from([(Uuid::from_u128(900), Uuid::from_u128(950))]);
            let by = if r.chance(20) { by } else { HashMap::new() };
            let before = tree.clone();
            let now = i64::try_from(1_000_000 + step).expect("small");
            let own = decoded(&changes).and_then(|decoded| store.apply(&decoded, now, eagerness, &by));
            let wanted = apply(&tree, &changes, now);
            match (own, wanted) {
                (Ok(media), Ok((mut next, notes))) => {
                    assert_eq!(BTreeSet::from_iter(media), named(&next, &notes.drawn), "{context}");
                    adopt(&mut next, &notes.drawn, &by);
                    tree = next;
                    applied += 1;
                }
                (Err(_), Err(_)) => refused += 1,
                (own, wanted) => {
                    panic!("{context}: {own:?} against {:?}\n{changes:#?}", wanted.map(|_| "applied"))
                }
            }
            count(&mut kinds, &changes, &before, now);
            assert_equal(&store, &tree, &format!("{context} {changes:#?}"));
            if step % 10 == 9 {
                assert_reads_back(&store, &tree, &context);
            }
        }
    }
    println!("{applied} applied, {refused} refused; sent, alone refused, alone effective: {kinds:#?}");
    assert!(applied > refused / 2, "{applied} applied, {refused} refused: the test tries nothing");
    // Every kind does something now and then, or nothing is tried of it.
    let idle: Vec<_> = kinds.iter().filter(|(_, [_, _, effective])| *effective == 0).collect();
    assert!(batches() < 1_000 || (kinds.len() == 41 && idle.is_empty()), "{idle:?} of {}", kinds.len());
}

/// Counts what each change would do alone.
fn count(kinds: &mut BTreeMap<String, [u64; 3]>, changes: &[Value], before: &Value, now: i64) {
    for change in changes {
        let [sent, refused, effective] = kinds.entry(word(change, "type").to_owned()).or_default();
        *sent += 1;
        match apply(before, std::slice::from_ref(change), now) {
            Ok((after, _)) => *effective += u64::from(!after.same(before)),
            Err(_) => *refused += 1,
        }
    }
}
