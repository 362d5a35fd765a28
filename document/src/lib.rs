//! The drawing, pure: no I/O, no clock, no async. Its values and their wire forms are the crate `transit`.
//!
//! A document is a set of parts ([`part`]): the file, its pages, every shape, everything of its library. A part has a
//! key, columns for what is asked of it without reading it, and bytes for the rest. Nobody needs the whole:
//! [`apply::apply`] works on the parts that a batch touches, and asks for what it misses.
//!
//! A store uses it so:
//! 1. [`change::Change::decode_all`] reads the batch, from transit or JSON.
//! 2. [`change::Change::wanted`] tells which parts the changes name. They are loaded into a
//!    [`working_set::WorkingSet`], whole or only their columns; what does not exist is told with `load_absent`. This
//!    saves round trips and nothing else.
//! 3. [`apply::apply`] returns another working set, or [`stop::Stop::Missing`]: load the first of what it names, or
//!    all, and apply again; or [`stop::Stop::Refused`]: number and type of the change, field, reason, and the code for
//!    the client. What was given is as it was.
//! 4. [`working_set::WorkingSet::named_media`] are the pictures that may belong to other files; after they were cloned,
//!    [`working_set::WorkingSet::adopt`] names the clones.
//! 5. [`working_set::WorkingSet::renewed`] containers are emptied (or get another number), then
//!    [`working_set::WorkingSet::writes`] are written.
//!
//! [`split`] makes the parts of a whole document, [`join`] makes the document of parts, in each form that clients read.
//!
//! ```
//! use document::{apply::apply, change::Change, file, join, part::PartKey, split, stop::Stop, working_set};
//! use std::collections::BTreeMap;
//! use transit::value::Value;
//! use uuid::Uuid;
//! use working_set::{WorkingSet, Write};
//!
//! // A store: rows by key.
//! let (file_id, page_id) = (Uuid::from_u128(1), Uuid::from_u128(2));
//! let parts = split::split(file::new_data(file_id, page_id)).expect("a document");
//! let mut rows: BTreeMap<_, _> = parts.iter().map(|part| (part.key(), part.to_part())).collect();
//!
//! let rename = Value::map([
//!     ("type", Value::text("mod-page")),
//!     ("id", Value::text("00000000-0000-0000-0000-000000000002")),
//!     ("name", Value::text("Cover")),
//! ]);
//! let batch = Change::decode_all(vec![rename]).expect("a known change");
//! let mut set = WorkingSet::new();
//! let done = loop {
//!     match apply(&set, &batch, 1_700_000_000_000) {
//!         Ok(done) => break done,
//!         Err(Stop::Missing(wanted)) => match rows.get(&wanted[0].key) {
//!             Some(row) => set.load(row.clone()),
//!             None => set.load_absent(wanted[0].key),
//!         },
//!         Err(stop) => panic!("{stop}"),
//!     }
//! };
//! for container in done.renewed() {
//!     rows.retain(|key, _| key.container != *container);
//! }
//! for write in done.writes() {
//!     match write {
//!         Write::Remove(key) => drop(rows.remove(&key)),
//!         Write::Whole(part) | Write::Columns(part) => drop(rows.insert(part.key, part.clone())),
//!     }
//! }
//!
//! let mut page = join::Join::page(join::Form::Json, &rows[&PartKey::page(page_id)]).expect("a page");
//! for row in rows.values().filter(|row| row.key.container.owner() == PartKey::page(page_id)) {
//!     page.push(row).expect("its shapes");
//! }
//! assert!(String::from_utf8(page.finish()).expect("text").contains(r#""name":"Cover""#));
//! ```
//!
//! Reading order: [`part`], [`working_set`], [`change`] with a file for each change, [`apply`]; `operation` and what it
//! uses (`sync_group`, `closeness`, `text_difference`, `applied_tokens`) for what a copy of a component notes,
//! `component_root` for what happens after a batch; [`tokens`] for the library of tokens; [`schema`] for what is valid,
//! [`validate`] for what is wrong between parts; [`references`] finds the ids that stand in a document,
//! [`relink`](mod@relink) puts those of a copy in their place; [`mod@file`] and [`features`] say which documents this
//! server makes and understands, [`mod@upgrade`] brings older ones up to date.

pub mod absorb;
mod applied_tokens;
pub mod apply;
pub mod change;
mod closeness;
mod component_root;
mod effect;
pub mod fault;
pub mod features;
pub mod file;
pub mod geometry;
pub mod join;
pub mod limits;
mod operation;
mod order;
mod params;
pub mod part;
pub mod references;
pub mod relink;
pub mod schema;
pub mod split;
pub mod stop;
mod sync_group;
mod text_difference;
pub mod tokens;
mod tree;
pub mod upgrade;
pub mod validate;
mod work;
pub mod working_set;
