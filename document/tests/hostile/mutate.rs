//! Inputs: chance alone, pieces of the languages, and samples with something wrong in them.

use crate::exchange::exchange;
use crate::random::Random;
use naive_document::{Odd, change};
use transit::value::Value;
use uuid::Uuid;

/// The longest input of chance alone.
const RANDOM_MAX: usize = 200;
/// Pieces of one input.
const PIECES_MAX: usize = 40;
/// A sample may grow so long.
const BYTES_MAX: usize = 32 << 10;

/// What transit and JSON are made of, and what changes are.
const PIECES: &[&str] = &[
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    "\"",
    "\"^ \"",
    "\"^\"",
    "\"^0\"",
    "\"^1A\"",
    "\"~#set\"",
    "\"~#cmap\"",
    "\"~#list\"",
    "\"~#shape\"",
    "\"~#point\"",
    "\"~#penpot/tokens-lib\"",
    "\"~#'\"",
    "\"~:type\"",
    "\"~:add-obj\"",
    "\"~:id\"",
    "\"~:obj\"",
    "\"~u00000000-0000-0000-0000-000000000001\"",
    "\"~bAQI=\"",
    "\"~m1\"",
    "\"~t\"",
    "\"~cx\"",
    "\"~zNaN\"",
    "\"~i1\"",
    "1",
    "-",
    "1e9",
    "1e-320",
    "0.5",
    "18446744073709551616",
    "null",
    "true",
    "\"\\u",
    "d800",
    "\\",
    "\"é\"",
    "\"type\"",
    "\"mod-obj\"",
    "\"operations\"",
    "\"pageId\"",
    "\"tokensLib\"",
    " ",
];

/// The next input. It may be anything; most of them are batches with something else in them than their author meant.
pub fn input(r: &mut Random, samples: &[Value]) -> Vec<u8> {
    match r.below(20) {
        0 => (0..r.below(RANDOM_MAX)).map(|_| r.byte()).collect(),
        1 => (0..r.below(PIECES_MAX)).flat_map(|_| r.pick(PIECES).bytes()).collect(),
        2..5 => {
            let mut bytes = sample(r, samples);
            for _ in 0..1 + r.below(6) {
                spoil_bytes(r, &mut bytes, samples);
            }
            bytes
        }
        _ => {
            let (mut value, form) = batch(r, samples);
            for _ in 0..r.below(4) {
                match r.below(6) {
                    0 => spoil(r, &mut value, samples),
                    _ => exchange(r, &mut value),
                }
            }
            written(form, &value)
        }
    }
}

/// A batch that may well be taken, a sample or one of chance, and the form in which it can be said.
fn batch(r: &mut Random, samples: &[Value]) -> (Value, Form) {
    let form = form(r);
    if r.chance(20) {
        return (samples[r.below(samples.len())].clone(), form);
    }
    let odd = if form == Form::Json { Odd::Nothing } else { Odd::Everything };
    let is_first = r.chance(15);
    let changes = (0..1 + r.below(4)).map(|_| change(r.plain(), odd, is_first));
    (Value::Vec(changes.collect()), form)
}

/// How a value is written.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Form {
    Cached,
    Verbose,
    Plain,
    Json,
}

fn form(r: &mut Random) -> Form {
    [Form::Cached, Form::Verbose, Form::Plain, Form::Json, Form::Json][r.below(5)]
}

/// A sample in one of the forms.
fn sample(r: &mut Random, samples: &[Value]) -> Vec<u8> {
    let at = r.below(samples.len());
    written(form(r), &samples[at])
}

fn written(form: Form, value: &Value) -> Vec<u8> {
    match form {
        Form::Cached => transit::write(value),
        Form::Verbose => transit::write_verbose(value),
        Form::Plain => transit::write_plain(value),
        Form::Json => transit::json::write(&document::join::readable(value.clone())),
    }
}

fn spoil_bytes(r: &mut Random, bytes: &mut Vec<u8>, samples: &[Value]) {
    let length = bytes.len();
    if length == 0 {
        return;
    }
    let (from, to) = (r.below(length), r.below(length));
    let (from, to) = (from.min(to), from.max(to).min(from.min(to) + 2_000));
    match r.below(8) {
        0 => bytes[from] = r.byte(),
        1 => bytes[from] ^= 1 << r.below(8),
        2 => drop(bytes.remove(from)),
        3 => bytes.truncate(from.max(1)),
        4 => drop(bytes.drain(from..to)),
        5 if length < BYTES_MAX => {
            let again = bytes[from..to].to_vec();
            drop(bytes.splice(to..to, again));
        }
        6 if length < BYTES_MAX => {
            let piece = r.pick(PIECES).as_bytes().to_vec();
            drop(bytes.splice(from..from, piece));
        }
        _ => {
            let other = sample(r, samples);
            let end = from.min(other.len());
            drop(bytes.splice(..from, other[..end].to_vec()));
        }
    }
}

/// Something somewhere inside is another, doubled, moved or gone.
fn spoil(r: &mut Random, value: &mut Value, samples: &[Value]) {
    match value {
        Value::Map(entries) if !entries.is_empty() && r.chance(90) => {
            let at = r.below(entries.len());
            match r.below(8) {
                0 => drop(entries.remove(at)),
                1 => {
                    let twin = (entries[at].0.clone(), extreme(r));
                    entries.push(twin);
                }
                2 => entries[at].0 = extreme(r),
                _ => spoil(r, &mut entries[at].1, samples),
            }
        }
        Value::Vec(items) if !items.is_empty() && r.chance(90) => {
            let at = r.below(items.len());
            match r.below(8) {
                0 => drop(items.remove(at)),
                1 => {
                    let (times, item) = (r.below(50), items[at].clone());
                    items.extend(std::iter::repeat_n(item, times));
                }
                _ => spoil(r, &mut items[at], samples),
            }
        }
        Value::Tagged(_, inner) if r.chance(85) => spoil(r, inner, samples),
        value if r.chance(30) => {
            let at = r.below(samples.len());
            *value = piece(r, &samples[at]).clone();
        }
        value => *value = extreme(r),
    }
}

/// A value somewhere inside of another.
fn piece<'v>(r: &mut Random, value: &'v Value) -> &'v Value {
    let inner = match value {
        Value::Map(entries) if !entries.is_empty() => &entries[r.below(entries.len())].1,
        Value::Vec(items) if !items.is_empty() => &items[r.below(items.len())],
        Value::Tagged(_, inner) => inner,
        value => return value,
    };
    if r.chance(30) { inner } else { piece(r, inner) }
}

/// What stands at the ends of what there is, or is of another type.
fn extreme(r: &mut Random) -> Value {
    let small = |r: &mut Random| Value::Uuid(Uuid::from_u128(u128::try_from(r.below(12)).unwrap()));
    match r.below(20) {
        0 => Value::Nil,
        1 => Value::Bool(r.chance(50)),
        2 => Value::Int(i64::MAX),
        3 => Value::Int(i64::MIN),
        4 => Value::Int(if r.chance(50) { -1 } else { 1 << 40 }),
        5 => Value::Float(f64::NAN),
        6 => Value::Float(f64::MIN),
        7 => Value::Float(1e-320),
        8 => Value::text(""),
        9 => Value::text(&"M0 0a1 1 0 0 1 9 9".repeat(1 + r.below(100))),
        10 => Value::text(&"[".repeat(r.below(300))),
        11 => Value::text(&format!("{{\"{}\":{{}}}}", "a/".repeat(r.below(200)))),
        12 => Value::keyword(r.pick(&["", "frame", "path", "set", "o\"dd", "a/b"])),
        13 => Value::Instant(i64::MIN),
        14 => Value::BigInt("9".repeat(1 + r.below(400))),
        15 => Value::Bytes((0..r.below(200)).map(|_| r.byte()).collect()),
        16 => Value::Set(vec![small(r), small(r)]),
        17 => (0..r.below(90)).fold(Value::Nil, |inner, _| Value::Vec(vec![inner])),
        18 => Value::Uuid(Uuid::from_u128([100, 101, 300, 700][r.below(4)])),
        _ => small(r),
    }
}
