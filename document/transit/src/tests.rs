//! Both forms by example, what is refused and where, and that nothing a client sends can panic or cost too much.

use super::*;
use proptest::prelude::*;
use uuid::Uuid;

fn parse(text: &str) -> Result<Value, ReadError> {
    read(text.as_bytes(), &Limits::REQUEST)
}

fn value(text: &str) -> Value {
    parse(text).expect(text)
}

fn reason(text: &str) -> Reason {
    parse(text).expect_err(text).reason
}

fn compact(value: &Value) -> String {
    String::from_utf8(write(value)).expect("UTF-8")
}

fn verbose(value: &Value) -> String {
    String::from_utf8(write_verbose(value)).expect("UTF-8")
}

fn key(name: &str) -> Value {
    Value::keyword(name)
}

/// Every kind of value, its compact form and its verbose form.
fn examples() -> Vec<(Value, &'static str, &'static str)> {
    let id = Uuid::from_u128(1);
    vec![
        (Value::Nil, r##"["~#'",null]"##, r##"{"~#'":null}"##),
        (Value::Int(-3), r##"["~#'",-3]"##, r##"{"~#'":-3}"##),
        (Value::Int(1 << 53), r##"["~#'","~i9007199254740992"]"##, r##"{"~#'":"~i9007199254740992"}"##),
        (Value::Float(1.0), r##"["~#'",1.0]"##, r##"{"~#'":1.0}"##),
        (Value::Float(1e-7), r##"["~#'",1e-7]"##, r##"{"~#'":1e-7}"##),
        (Value::Float(0.000_002), r##"["~#'",0.000002]"##, r##"{"~#'":0.000002}"##),
        (Value::Float(0.000_05), r##"["~#'",0.00005]"##, r##"{"~#'":0.00005}"##),
        (Value::Float(1_679_657_332_382_583.3), r##"["~#'",1679657332382583.2]"##, ""),
        (Value::Float(-1_679_657_332_382_583.8), r##"["~#'",-1679657332382583.8]"##, ""),
        (Value::Float(778_817_986_229_091.3), r##"["~#'",778817986229091.2]"##, ""),
        (Value::Float(2.0_f64.powi(-25)), r##"["~#'",2.9802322387695312e-8]"##, ""),
        (Value::Float(1e300), r##"["~#'",1e300]"##, r##"{"~#'":1e300}"##),
        (Value::Float(-0.0), r##"["~#'",-0.0]"##, r##"{"~#'":-0.0}"##),
        (Value::Float(f64::NEG_INFINITY), r##"["~#'","~z-INF"]"##, r##"{"~#'":"~z-INF"}"##),
        (Value::text("~a"), r##"["~#'","~~a"]"##, r##"{"~#'":"~~a"}"##),
        (Value::text("^ "), r##"["~#'","~^ "]"##, r##"{"~#'":"~^ "}"##),
        (Value::text("`\"\\\n\u{1}é"), r##"["~#'","~`\"\\\n\u0001é"]"##, r##"{"~#'":"~`\"\\\n\u0001é"}"##),
        (Value::Uuid(id), r##"["~#'","~u00000000-0000-0000-0000-000000000001"]"##, ""),
        (Value::Instant(-5), r##"["~#'","~m-5"]"##, r##"{"~#'":"~m-5"}"##),
        (Value::BigInt("123456789012345678901".into()), r##"["~#'","~n123456789012345678901"]"##, ""),
        (Value::BigDecimal("1.50".into()), r##"["~#'","~f1.50"]"##, ""),
        (Value::Char('x'), r##"["~#'","~cx"]"##, ""),
        (Value::Bytes(vec![1, 2]), r##"["~#'","~bAQI="]"##, ""),
        (Value::Symbol("a/b".into()), r##"["~#'","~$a/b"]"##, ""),
        (Value::Uri("app:x".into()), r##"["~#uri","app:x"]"##, r##"{"~#uri":"app:x"}"##),
        (Value::tagged("r", Value::text("app:x")), r##"["~#'","~rapp:x"]"##, ""),
        (Value::tagged("X", Value::text("y")), r##"["~#'","~Xy"]"##, ""),
        (Value::tagged("X", Value::Int(1)), r##"["~#X",1]"##, r##"{"~#X":1}"##),
        (Value::tagged("~", Value::text("y")), r##"["~#~","y"]"##, ""),
        (Value::Vec(vec![]), "[]", "[]"),
        (Value::Map(vec![]), r#"["^ "]"#, "{}"),
        (Value::Set(vec![Value::Nil]), r##"["~#set",[null]]"##, r##"{"~#set":[null]}"##),
        (
            Value::List(vec![key("abc"), key("abc"), key("a"), key("a")]),
            r##"["~#list",["~:abc","^1","~:a","~:a"]]"##,
            r##"{"~#list":["~:abc","~:abc","~:a","~:a"]}"##,
        ),
        (
            Value::Map(vec![
                (Value::text("name"), Value::text("name")),
                (Value::Nil, Value::Bool(true)),
                (Value::Bool(false), Value::Nil),
                (Value::Int(1), Value::Float(1.5)),
                (Value::Float(1.5), Value::text("")),
            ]),
            r#"["^ ","name","name","~_",true,"~?f",null,"~i1",1.5,"~d1.5",""]"#,
            r#"{"name":"name","~_":true,"~?f":null,"~i1":1.5,"~d1.5":""}"#,
        ),
        (
            Value::Map(vec![(Value::Vec(vec![key("abc")]), Value::Int(1))]),
            r##"["~#cmap",[["~:abc"],1]]"##,
            r##"{"~#cmap":[["~:abc"],1]}"##,
        ),
    ]
}

#[test]
fn every_kind_in_both_forms() {
    for (example, compact_form, verbose_form) in examples() {
        assert_eq!(compact(&example), compact_form);
        assert_eq!(value(compact_form), example);
        if !verbose_form.is_empty() {
            assert_eq!(verbose(&example), verbose_form);
        }
        assert_eq!(value(&verbose(&example)), example);
    }
}

#[test]
fn reads_what_others_write() {
    assert_eq!(value(r#""~t1970-01-01T00:00:00.005Z""#), Value::Instant(5));
    assert_eq!(value(r##"["~#m",5]"##), Value::Instant(5));
    assert_eq!(value(r##"["~#u",[1,-1]]"##), Value::Uuid(Uuid::from_u128((1 << 64) | u128::from(u64::MAX))));
    assert_eq!(value(r#""~i5""#), Value::Int(5));
    assert_eq!(value(r#""~i0.5""#), Value::Float(0.5));
    assert_eq!(compact(&value(r#"["~i99999999999999999999"]"#)), r#"["~i99999999999999999999"]"#);
    assert_eq!(
        value("[99999999999999999999]"),
        Value::Vec(vec![Value::BigInt("99999999999999999999".into())])
    );
    assert_eq!(value(r#"["~","`","~:"]"#), Value::Vec(vec![Value::text("~"), Value::text("`"), key("")]));
    assert_eq!(value(r##" { "~#set" : [ 1 ] } "##), Value::Set(vec![Value::Int(1)]));
    // Older writers put cache codes into objects, and a map in an array into a verbose document.
    assert_eq!(value(r#"[{"~:abc":1},"^0",["^ ","^0",2]]"#).items().map(<[Value]>::len), Some(3));
    assert!(value(r##"["~#'",["~z NaN"]]"##.replace(' ', "").as_str()).items().is_some());
}

#[test]
fn cache_codes_roll_over() {
    let names = (0..5_000).map(|i| key(&format!("key-{i}")));
    let all = Value::Vec(names.flat_map(|name| [name.clone(), name]).collect());
    let written = compact(&all);
    assert!(written.contains("\"^0\"") && written.contains("\"^[Z\""));
    assert_eq!(value(&written), all);
}

#[test]
fn malformed_input_says_why() {
    for (text, expected) in [
        ("", Reason::Truncated),
        ("[", Reason::Truncated),
        (r##"["~#set""##, Reason::Truncated),
        (r##"["~#set"]"##, Reason::StrayTag),
        (r##"["a","~#set"]"##, Reason::StrayTag),
        (r##"["^ ","~#set",1]"##, Reason::StrayTag),
        (r##"{"a":1,"~#set":[]}"##, Reason::StrayTag),
        (r##"{"~#set":[],"a":1}"##, Reason::Expected("`,` or `}`")),
        (r##"["~#set",[],1]"##, Reason::Expected("`,` or `]`")),
        (r##"["~#set",1]"##, Reason::TagContent("set")),
        (r##"["~#list",null]"##, Reason::TagContent("list")),
        (r##"["~#cmap",{}]"##, Reason::TagContent("cmap")),
        (r##"["~#cmap",[1]]"##, Reason::OddMap),
        (r##"["~#u",[1,2,3]]"##, Reason::TagContent("u")),
        (r#"["^ ","a"]"#, Reason::OddMap),
        (r#"["^0"]"#, Reason::CacheCode),
        (r#"["^"]"#, Reason::CacheCode),
        (r#"["~:abc","^1"]"#, Reason::CacheCode),
        (r#"["~:abc","^\u00e9"]"#, Reason::CacheCode),
        (r#"["~u1"]"#, Reason::Scalar("uuid")),
        (r#"["~mx"]"#, Reason::Scalar("instant")),
        (r#"["~ix"]"#, Reason::Scalar("integer")),
        (r#"["~n-"]"#, Reason::Scalar("big integer")),
        (r#"["~dinf"]"#, Reason::Scalar("double")),
        (r#"["~?x"]"#, Reason::Scalar("boolean")),
        (r#"["~zx"]"#, Reason::Scalar("special number")),
        (r#"["~b!"]"#, Reason::Scalar("base64 text")),
        (r#"["~cab"]"#, Reason::Scalar("character")),
        (r#"["~tyesterday"]"#, Reason::Scalar("time")),
        (r#"{"a" 1}"#, Reason::Expected("`:`")),
        (r#"{1:1}"#, Reason::Expected("a string")),
        ("[1]]", Reason::Trailing),
    ] {
        assert_eq!(reason(text), expected, "{text}");
    }
    assert_eq!(
        parse(r#"["ok","~u1"]"#).map_err(|e| e.to_string()),
        Err("not a valid uuid (at byte 11)".into())
    );
}

#[test]
fn bombs_are_refused() {
    let deep = |open: &str, n: usize| parse(&open.repeat(n)).map_err(|e| e.reason);
    let depth_max = Limits::REQUEST.depth_max;
    for open in ["[", r#"{"a":"#, r#"["^ ","a","#, r##"["~#a","##, r##"{"~#a":"##] {
        assert_eq!(deep(open, 1_000_000), Err(Reason::TooDeep(depth_max)), "{open}");
    }
    let wide = format!("[{}0]", "0,".repeat(3_000_000));
    assert_eq!(reason(&wide), Reason::TooMany(Limits::REQUEST.values_max));
    let maps = format!("[{}0]", r#"["^ "],"#.repeat(2_100_000));
    assert_eq!(reason(&maps), Reason::TooMany(Limits::REQUEST.values_max));
    // One long keyword, and a million codes that stand for it.
    let codes = format!(r#"["~:{}"{}]"#, "x".repeat(1_000_000), r#","^0""#.repeat(1_000_000));
    assert!(matches!(reason(&codes), Reason::TooExpanded(_)));
    let keys = format!(r##"[{{"{}":1}}{}]"##, "k".repeat(100_000), r#",{"^0":1}"#.repeat(100_000));
    assert!(matches!(reason(&keys), Reason::TooExpanded(_)));
    let long = " ".repeat(Limits::REQUEST.bytes_max + 1);
    assert_eq!(reason(&long), Reason::TooLong(Limits::REQUEST.bytes_max));
}

#[test]
fn the_deepest_value_fits_a_small_stack() {
    let depth = Limits::STORED.depth_max;
    let text = r##"["^ ","~:children",["~#list",["##.repeat(depth / 3) + &"]]]".repeat(depth / 3);
    let work = move || {
        let value = read(text.as_bytes(), &Limits::STORED).expect("deep, but allowed");
        let copy = value.clone();
        assert_eq!(read(&write(&value), &Limits::STORED).as_ref(), Ok(&copy));
        assert_eq!(read(&write_verbose(&value), &Limits::STORED), Ok(copy));
        assert!(value.to_json().is_object());
    };
    let thread = std::thread::Builder::new().stack_size(1 << 20).spawn(work).expect("a thread");
    thread.join().expect("no overflow");
}

/// A document with every kind of value, for mutations.
fn sample() -> String {
    compact(&Value::Vec(examples().into_iter().map(|(value, _, _)| value).collect()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn random_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&bytes, &Limits::REQUEST);
    }

    #[test]
    fn random_transit_like_text_never_panics(
        parts in prop::collection::vec(prop::sample::select(vec![
            "[", "]", "{", "}", ",", ":", "\"", "^ ", "^", "^0", "^1A", "~", "~#", "~#set", "~#cmap", "~:", "~:abc",
            "~u", "~b", "~m1", "~t", "~c", "~z", "~i", "1", "-", "1e9", "0.5", "null", "tru", "\\u", "d800", "\\", "é",
            "'", " ",
        ]), 0..40),
    ) {
        if let Ok(value) = parse(&parts.concat()) {
            prop_assert!(parse(&compact(&value)).is_ok());
        }
    }

    #[test]
    fn mutated_documents_never_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>(), 0..3_u8), 1..8),
    ) {
        let mut bytes = sample().into_bytes();
        for (at, byte, how) in changes {
            if bytes.is_empty() {
                break;
            }
            let at = at.index(bytes.len());
            match how {
                0 => bytes[at] = byte,
                1 => { bytes.remove(at); }
                _ => bytes.truncate(at.max(1)),
            }
        }
        if let Ok(value) = read(&bytes, &Limits::REQUEST) {
            prop_assert!(parse(&compact(&value)).is_ok());
        }
    }
}

#[test]
fn every_truncation_is_an_error() {
    for text in [sample(), verbose(&value(&sample()))] {
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            assert_eq!(reason(&text[..end]), Reason::Truncated, "{}", &text[..end]);
        }
    }
}

#[test]
fn a_quote_in_front_of_text_is_no_tag() {
    for text in [r##"["~'ordered-map",1]"##, r##"{"~'k":"~'v"}"##] {
        let read = value(text);
        assert!(!format!("{read:?}").contains("Tagged"), "{read:?}");
        assert!(value(&compact(&read)).same(&read), "{read:?}");
        assert!(value(&verbose(&read)).same(&read), "{read:?}");
    }
}
