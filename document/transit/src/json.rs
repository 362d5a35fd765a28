//! JSON bodies straight into typed values, under the same limits as transit.

use crate::lexer::{Lexer, Read};
use crate::limits::{Limits, ReadError};
use crate::value::{Value, key_from_json};

/// Reads one JSON document.
///
/// Object keys become kebab-case keywords; a key with `/` stays text. Integers beyond 64 bits become
/// [`Value::BigInt`]. Of two equal keys the later one wins where the value is used ([`Value::get`]).
///
/// # Errors
/// [`ReadError`] with the byte offset: bad syntax, truncated input, or more than `limits` allow.
pub fn read(input: &[u8], limits: &Limits) -> Result<Value, ReadError> {
    document(input, limits, Keys::Words { but: &[] })
}

/// Reads one JSON document in which some keys are names that people gave: below the members of these names, in
/// kebab-case, every key stays text as it is written. The others become keywords, as [`read`] says.
///
/// # Errors
/// As [`read`].
pub fn read_with_names(input: &[u8], limits: &Limits, members: &[&str]) -> Result<Value, ReadError> {
    document(input, limits, Keys::Words { but: members })
}

/// Reads one JSON document whose keys are all names that people gave: they stay text as they are written.
///
/// # Errors
/// As [`read`].
pub fn read_names(input: &[u8], limits: &Limits) -> Result<Value, ReadError> {
    document(input, limits, Keys::Names)
}

/// Writes the JSON form of a value: see [`Value::to_json`] for what it loses.
pub fn write(value: &Value) -> Vec<u8> {
    value.to_json().to_string().into_bytes()
}

/// What the keys of objects are.
#[derive(Clone, Copy)]
enum Keys<'a> {
    /// Words of the program, but below these members.
    Words { but: &'a [&'a str] },
    /// Names that people gave.
    Names,
}

impl Keys<'_> {
    /// A key, and what the keys below it are.
    fn read(self, text: String) -> (Value, Self) {
        let Keys::Words { but } = self else { return (Value::Str(text), self) };
        let key = key_from_json(text);
        let is_named = key.as_keyword().is_some_and(|word| but.contains(&word));
        (key, if is_named { Keys::Names } else { self })
    }
}

fn document(input: &[u8], limits: &Limits, keys: Keys<'_>) -> Result<Value, ReadError> {
    let mut lexer = Lexer::new(input, limits)?;
    let value = element(&mut lexer, keys)?;
    lexer.end()?;
    Ok(value)
}

fn element(lexer: &mut Lexer<'_>, keys: Keys<'_>) -> Read<Value> {
    lexer.count()?;
    match lexer.peek()? {
        b'"' => Ok(Value::Str(lexer.string()?.into_owned())),
        b'[' => {
            let mut items = Vec::new();
            lexer.enter()?;
            let mut more = lexer.peek()? != b']';
            while more {
                items.push(element(lexer, keys)?);
                more = lexer.more(b']')?;
            }
            lexer.leave(b']')?;
            Ok(Value::Vec(items))
        }
        b'{' => {
            let mut entries = Vec::new();
            lexer.enter()?;
            let mut more = lexer.peek()? != b'}';
            while more {
                lexer.count()?;
                let (key, below) = keys.read(lexer.string()?.into_owned());
                lexer.expect(b':')?;
                entries.push((key, element(lexer, below)?));
                more = lexer.more(b'}')?;
            }
            lexer.leave(b'}')?;
            Ok(Value::Map(entries))
        }
        _ => lexer.word(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::limits::Reason;

    fn reason(text: &str) -> (usize, Reason) {
        let e = read(text.as_bytes(), &Limits::REQUEST).expect_err(text);
        (e.at, e.reason)
    }

    #[test]
    fn reads_every_kind() {
        let text =
            r#" {"teamId": "é\ud83d\ude00\n", "a/B": [null, true, -1, 1.0, 1e2, 18446744073709551616]} "#;
        assert_eq!(
            read(text.as_bytes(), &Limits::REQUEST),
            Ok(Value::Map(vec![
                (Value::keyword("team-id"), Value::Str("é😀\n".into())),
                (
                    Value::Str("a/B".into()),
                    Value::Vec(vec![
                        Value::Nil,
                        Value::Bool(true),
                        Value::Int(-1),
                        Value::Float(1.0),
                        Value::Float(100.0),
                        Value::BigInt("18446744073709551616".into()),
                    ])
                ),
            ]))
        );
    }

    #[test]
    fn names_that_people_gave_stay_as_they_are_written() {
        let text = br#"{"theLib":{"My Set":[{"aB":1}]},"other":{"aB":1}}"#;
        let names = |value| Value::Map(vec![(Value::text("aB"), value)]);
        let set = Value::Vec(vec![names(Value::Int(1))]);
        let lib = Value::Map(vec![(Value::text("My Set"), set)]);
        let other = Value::map([("a-b", Value::Int(1))]);
        let read = read_with_names(text, &Limits::REQUEST, &["the-lib"]);
        assert_eq!(read, Ok(Value::map([("the-lib", lib), ("other", other)])));
        assert_eq!(read_names(br#"{"aB":1}"#, &Limits::REQUEST), Ok(names(Value::Int(1))));
    }

    #[test]
    fn says_where_and_why() {
        assert_eq!(reason(""), (0, Reason::Truncated));
        assert_eq!(reason(r#"{"a": 1"#), (7, Reason::Truncated));
        assert_eq!(reason("tru"), (0, Reason::Truncated));
        assert_eq!(reason("[1 2]"), (3, Reason::Expected("`,` or `]`")));
        assert_eq!(reason("[1,]"), (3, Reason::Expected("a value")));
        assert_eq!(reason("01"), (2, Reason::Expected("a number without leading zeros")));
        assert_eq!(reason("1e999"), (5, Reason::Expected("a number in the range of a double")));
        assert_eq!(reason("{} {}"), (3, Reason::Trailing));
        assert_eq!(reason(r#""\ud800""#).1, Reason::Expected("a whole surrogate pair"));
        assert_eq!(reason("\"\u{1}\"").1, Reason::Expected("control characters to be escaped"));
        assert_eq!(read(b"\"\xff\"", &Limits::REQUEST).map_err(|e| e.reason), Err(Reason::NotUtf8));
    }

    #[test]
    fn limits_hold() {
        let limits = Limits { bytes_max: 10_000, depth_max: 8, values_max: 100 };
        let read = |text: String| read(text.as_bytes(), &limits).map_err(|e| e.reason);
        assert_eq!(read(" ".repeat(10_001)), Err(Reason::TooLong(10_000)));
        assert!(read("[".repeat(8) + &"]".repeat(8)).is_ok());
        assert_eq!(read("[".repeat(9)), Err(Reason::TooDeep(8)));
        assert_eq!(read(format!("[{}0]", "0,".repeat(99))), Err(Reason::TooMany(100)));
    }
}
