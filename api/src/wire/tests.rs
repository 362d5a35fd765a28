//! Corners of the walk both ways: unions, null against absent, recursion, forged handles, every coercion.

use super::accept::{Accept, Problem};
use super::attach::{self, Table};
use super::emit::Emit;
use super::shape::{Id, Shapes};
use super::*;
use poem_openapi::registry::Registry;
use poem_openapi::types::{MaybeUndefined, ParseFromJSON, ToJSON, Type};
use poem_openapi::{Enum, Object, Union};
use serde_json::json;
use transit::limits::Limits;
use transit::value::Value;
use uuid::Uuid;

/// Rename it.
#[derive(Debug, Clone, PartialEq, Object)]
#[oai(rename_all = "camelCase")]
struct Rename {
    new_name: String,
}

/// Move it.
#[derive(Debug, Clone, PartialEq, Object)]
#[oai(rename_all = "camelCase")]
struct Move {
    parent_id: Uuid,
}

#[derive(Debug, Clone, PartialEq, Union)]
#[oai(discriminator_name = "type", rename_all = "kebab-case")]
enum Change {
    Rename(Rename),
    MoveTo(Move),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Enum)]
#[oai(rename_all = "kebab-case")]
enum Role {
    Editor,
    TeamOwner,
}

#[derive(Debug, Clone, PartialEq, Object)]
#[oai(rename_all = "camelCase")]
struct Root {
    photo_id: MaybeUndefined<Uuid>,
    lang: Option<String>,
    changes: Vec<Change>,
    children: Option<Vec<Root>>,
    data: Option<Opaque>,
    by_id: Map<Uuid, Opaque>,
    flags: Map<Keyword, bool>,
    tags: Set<Keyword>,
    #[oai(validator(max_length = 3))]
    short: Option<Text>,
}

#[derive(Debug, Clone, PartialEq, Object)]
#[oai(rename_all = "camelCase")]
struct Scalars {
    id: Option<Uuid>,
    small: Option<i32>,
    #[oai(validator(minimum(value = "1"), maximum(value = "10", exclusive)))]
    large: Option<i64>,
    ratio: Option<f64>,
    flag: Option<bool>,
    word: Option<Keyword>,
    role: Option<Role>,
    ids: Option<Set<Uuid>>,
    list: Option<Vec<i32>>,
    at: Option<Instant>,
    span: Option<Duration>,
    uri: Option<Uri>,
    email: Option<Email>,
    /// Never repeated.
    password: Option<Text>,
    old_password: Option<i32>,
}

#[derive(Debug, Clone, Object)]
struct WithFile {
    content: Upload,
}

fn compiled<T: Type>() -> (Shapes, Id) {
    let mut registry = Registry::new();
    T::register(&mut registry);
    let mut shapes = Shapes::default();
    let id = shapes.compile(&registry, &T::schema_ref());
    (shapes, id)
}

fn accept_with<T: Type + ParseFromJSON>(value: Value, files: Table) -> Result<T, Vec<Problem>> {
    let (shapes, id) = compiled::<T>();
    let mut accept = Accept::new(&shapes, files);
    let json = accept.walk(id, value);
    if !accept.problems.is_empty() {
        return Err(accept.problems);
    }
    let parsed = attach::scope(accept.table, || T::parse_from_json(Some(json))).0;
    Ok(parsed
        .unwrap_or_else(|e| panic!("the walk let through what the parser refuses: {}", e.into_message())))
}

fn accept<T: Type + ParseFromJSON>(value: Value) -> Result<T, Vec<Problem>> {
    accept_with(value, Table::new())
}

fn emit<T: Type + ToJSON>(value: &T, verbose: bool) -> String {
    let (shapes, id) = compiled::<T>();
    let (json, table) = attach::scope(Table::new(), || value.to_json().expect("a value"));
    let bytes =
        Emit::new(&shapes, &table).document(id, &json, verbose).whole().expect("no document is in it");
    String::from_utf8(bytes.to_vec()).expect("UTF-8")
}

fn read(text: &str) -> Value {
    transit::read(text.as_bytes(), &Limits::REQUEST).expect(text)
}

fn scalars(entries: &[(&str, Value)]) -> Result<Scalars, Vec<(String, &'static str)>> {
    let value = Value::map(entries.iter().map(|(key, value)| (*key, value.clone())));
    accept(value).map_err(|problems| problems.into_iter().map(|p| (p.path, p.code)).collect())
}

const FULL: &str = r##"["^ ","~:photo-id",null,"~:lang",null,
    "~:changes",[["^ ","~:new-name","x","~:type","~:rename"],
                 ["^ ","~:parent-id","~u00000000-0000-0000-0000-000000000001","~:type","~:move-to"]],
    "~:children",[["^ ","~:changes",[],"~:by-id",["^ "],"~:flags",["^ "],"~:tags",["~#set",[]]]],
    "~:data",["^ ","~:at","~m5","~:set",["~#set",["~:a","~$sym"]],"~i9007199254740993",1],
    "~:by-id",["^ ","~u00000000-0000-0000-0000-000000000002",["~#shape",["^ ","~:x",1.0]]],
    "~:flags",["^ ","~:on",true],"~:tags",["~#set",["~:abc"]],"~:short","abc"]"##;

#[test]
fn transit_comes_back_with_every_type() {
    let sent = read(FULL);
    let root: Root = accept(sent.clone()).expect("valid");
    assert_eq!(root.photo_id, MaybeUndefined::Null);
    assert_eq!(root.children.as_ref().expect("one")[0].photo_id, MaybeUndefined::Undefined);
    for verbose in [false, true] {
        let again = read(&emit(&root, verbose));
        assert_eq!(accept(again.clone()).as_ref(), Ok(&root));
        for key in ["data", "by-id", "flags", "tags", "photo-id", "short"] {
            assert_eq!(sent.get(key), again.get(key), "{key}");
        }
        let Some([first, second]) = again.get("changes").and_then(Value::items) else {
            panic!("two changes")
        };
        assert_eq!(first.get("type"), Some(&Value::keyword("rename")));
        assert_eq!(second.get("parent-id"), Some(&Value::Uuid(Uuid::from_u128(1))));
    }
}

#[test]
fn every_problem_has_its_path() {
    let value = read(
        r#"["^ ","~:changes",[["^ ","~:type","~:rename"],["^ ","~:type","~:nope"],3],
            "~:children",[["^ ","~:short","long!"]],"~:by-id",["^ ","x",1],"~:flags",["^ ","~:a","perhaps"]]"#,
    );
    let problems = accept::<Root>(value).expect_err("nine and more problems");
    let lines: Vec<_> = problems.iter().map(|p| format!("{}: {}", p.path, p.code)).collect();
    assert_eq!(
        lines,
        [
            "changes[0].newName: required",
            "changes[1].type: enum",
            "changes[2]: type",
            "children[0].changes: required",
            "children[0].byId: required",
            "children[0].flags: required",
            "children[0].tags: required",
            "children[0].short: max-length",
            "byId.x: key",
            "flags.a: type",
            "tags: required",
        ]
    );
    assert_eq!(problems[1].message, "should be one of rename, move-to, got the keyword \"nope\"");
    assert_eq!(problems[7].message, "should be at most 3 characters long, got 5");
    assert_eq!(problems[9].message, "should be a boolean, got \"perhaps\"");
}

#[test]
fn problems_are_capped_and_short() {
    let long = "x".repeat(10_000);
    let items = Value::Vec(vec![Value::text(&long); 1_000]);
    let problems = accept::<Scalars>(Value::map([("list", items)])).expect_err("1,000 problems");
    assert_eq!(problems.len(), 50);
    assert!(problems.iter().all(|p| p.message.len() < 150 && p.path.len() < 100));
}

#[test]
fn text_is_coerced_as_forms_send_it() {
    let id = Uuid::from_u128(7);
    let text = Value::text;
    let scalars = scalars(&[
        ("id", text(&id.to_string())),
        ("small", text("-3")),
        ("large", text("9")),
        ("ratio", text("1.5")),
        ("flag", text("t")),
        ("word", text("abc")),
        ("role", text("team-owner")),
        ("ids", text(&format!("{id}, {id}"))),
        ("list", text("1,2 3")),
        ("at", text("2024-01-01T01:00:00.000123+01:00")),
        ("span", text("1h30m")),
        ("uri", text("https://example.com/a?b=c")),
        ("email", text("first.last+tag@mail.example.com")),
    ])
    .expect("valid");
    assert_eq!((scalars.id, scalars.small, scalars.large), (Some(id), Some(-3), Some(9)));
    assert_eq!((scalars.ratio, scalars.flag), (Some(1.5), Some(true)));
    assert_eq!(scalars.word, Some(Keyword("abc".into())));
    assert_eq!(scalars.role, Some(Role::TeamOwner));
    assert_eq!((scalars.ids, scalars.list), (Some(Set(vec![id])), Some(vec![1, 2, 3])));
    assert_eq!(scalars.at.to_json(), Some(json!("2024-01-01T00:00:00.000Z")));
    assert_eq!(scalars.span, Some(Duration(5_400_000)));
}

#[test]
fn transit_forms_are_taken_too() {
    let scalars = scalars(&[
        ("at", Value::Instant(5)),
        ("span", Value::tagged("duration", Value::Int(5))),
        ("uri", Value::Uri("app:x".into())),
        ("large", Value::Float(2.0)),
        ("ratio", Value::Int(2)),
        ("list", Value::List(vec![Value::Int(1)])),
        ("ids", Value::tagged("ordered-set", Value::Vec(vec![]))),
        ("word", Value::Nil),
    ])
    .expect("valid");
    assert_eq!(scalars.at.map(|at| at.0.timestamp_millis()), Some(5));
    assert_eq!((scalars.span, scalars.large, scalars.ratio), (Some(Duration(5)), Some(2), Some(2.0)));
    assert_eq!((scalars.uri, scalars.word), (Some(Uri("app:x".into())), None));
    let written = emit(&Uri("app:x".into()), false);
    assert_eq!(read(&written), Value::Uri("app:x".into()));
    assert_eq!(emit(&Duration(5), false), r##"["~#duration",5]"##);
    assert_eq!(emit(&Some(3_i64), false), r##"["~#'",3]"##);
}

#[test]
fn what_does_not_fit_is_refused() {
    let text = Value::text;
    for (name, value, code) in [
        ("id", text("{00000000-0000-0000-0000-000000000001}"), "type"),
        ("small", Value::Int(1 << 40), "type"),
        ("small", Value::Float(1.5), "type"),
        ("large", Value::Int(0), "minimum"),
        ("large", Value::Int(10), "maximum"),
        ("ratio", text("NaN"), "type"),
        ("ratio", Value::Float(f64::INFINITY), "type"),
        ("flag", text("yes"), "type"),
        ("flag", Value::Int(1), "type"),
        ("role", text("owner"), "enum"),
        ("role", Value::Int(1), "type"),
        ("at", text("2024-01-01"), "type"),
        ("at", Value::Int(i64::MAX), "type"),
        ("span", text("7d"), "type"),
        ("uri", text("has space"), "pattern"),
        ("email", text("no-at"), "pattern"),
        ("email", text(".dot@example.com"), "pattern"),
        ("email", text("do..t@example.com"), "pattern"),
        ("email", text("a@example.c0m"), "pattern"),
        ("email", text("a@example"), "pattern"),
        ("email", text("ä@example.com"), "pattern"),
        ("word", text("nul\0"), "pattern"),
        ("password", text(" \t"), "blank"),
    ] {
        assert_eq!(scalars(&[(name, value.clone())]), Err(vec![(name.to_owned(), code)]), "{name} {value:?}");
    }
    assert_eq!(scalars(&[("list", text("1,x"))]), Err(vec![("list[1]".into(), "type")]));
}

#[test]
fn secrets_are_not_repeated() {
    let value = Value::map([("old-password", Value::text("hunter2")), ("small", Value::text("shown"))]);
    let problems = accept::<Scalars>(value).expect_err("two problems");
    assert_eq!(problems[0].message, "should be an integer, got \"shown\"");
    assert_eq!(
        (problems[1].path.as_str(), problems[1].message.as_str()),
        ("oldPassword", "should be an integer")
    );
}

#[test]
fn files_come_by_handle_and_handles_cannot_be_forged() {
    let file = UploadFile {
        filename: "a.png".into(),
        mtype: None,
        size: 0,
        file: tempfile::NamedTempFile::new().expect("a temporary file"),
        room: None,
    };
    let mut table = Table::new();
    let handle = attach::add_file(&mut table, file);
    let params: WithFile =
        accept_with(Value::map([("content", handle.clone())]), table.clone()).expect("valid");
    assert_eq!(params.content.0.filename, "a.png");
    for forged in
        [Value::tagged("upload", Value::Int(9)), Value::tagged("upload", Value::Int(-1)), Value::Int(0)]
    {
        let problems = accept_with::<WithFile>(Value::map([("content", forged)]), table.clone());
        assert_eq!(problems.expect_err("refused")[0].code, "type");
    }
    // Outside a scope a number is not a handle.
    assert!(Opaque::parse_from_json(Some(0.into())).is_err());
    assert!(Upload::parse_from_json(Some(0.into())).is_err());
}

#[test]
fn json_clients_see_free_data_as_json() {
    let free = Opaque::from(Value::map([("some-key", Value::Set(vec![Value::keyword("a")]))]));
    assert_eq!(free.to_json(), Some(json!({ "someKey": ["a"] })));
}
