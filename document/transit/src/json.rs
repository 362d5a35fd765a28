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
    let mut lexer = Lexer::new(input, limits)?;
    let value = element(&mut lexer)?;
    lexer.end()?;
    Ok(value)
}

/// Writes the JSON form of a value: see [`Value::to_json`] for what it loses.
pub fn write(value: &Value) -> Vec<u8> {
    value.to_json().to_string().into_bytes()
}

fn element(lexer: &mut Lexer<'_>) -> Read<Value> {
    lexer.count()?;
    match lexer.peek()? {
        b'"' => Ok(Value::Str(lexer.string()?.into_owned())),
        b'[' => {
            let mut items = Vec::new();
            lexer.enter()?;
            let mut more = lexer.peek()? != b']';
            while more {
                items.push(element(lexer)?);
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
                let key = key_from_json(lexer.string()?.into_owned());
                lexer.expect(b':')?;
                entries.push((key, element(lexer)?));
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
