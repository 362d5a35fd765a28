//! The library of tokens as a whole: in transit, as a file of design tokens, in JSON.

use crate::doc::*;
use crate::tokens::{pairs, set_of, sets, token};
use document::join::{Form, readable};
use document::tokens::dtcg;
use transit::Limits;
use transit::value::Value;

/// As the package of Penpot's library writes it into an archive.
const FILE: &str = r##"{"core/colors":{"red":{"base":{"$value":"#f00","$type":"color","$description":"x"}},
  "sp":{"a":{"$value":"4","$type":"spacing","$description":""}}},
  "Other":{"head":{"$value":{"lineHeights":"1.2","fontSizes":"12px","fontFamilies":["A","B"]},
    "$type":"typography","$description":""},
    "sh":{"$value":[{"offsetX":"1","offsetY":"2","blur":"3","spread":"4","color":"#000","inset":true}],
      "$type":"shadow","$description":""},
    "op":{"$value":0.5,"$type":"opacity","$description":""}},
  "$themes":[{"id":"t1","name":"light","group":"mode","description":"","isSource":false,
    "selectedTokenSets":{"core/colors":"enabled","Other":"enabled"}}],
  "$metadata":{"tokenSetOrder":["core/colors","Other"],"activeThemes":["mode/light"],
    "activeSets":["core/colors","Other"]}}"##;

fn set_lib(library: Value) -> Value {
    change("set-tokens-lib", [("tokens-lib", library)])
}

fn named(text: &str) -> Value {
    transit::json::read_names(text.as_bytes(), &Limits::REQUEST).expect(text)
}

fn json_of(doc: &Doc) -> Value {
    let all = named(&String::from_utf8(doc.read(Form::Json)).unwrap());
    all.at(&text("tokensLib")).cloned().unwrap()
}

fn refused_file(file: &str) -> String {
    Doc::new().refused([set_lib(text(file))])
}

#[test]
fn a_file_of_design_tokens_becomes_a_library_and_is_the_same_file_again() {
    let doc = Doc::after([set_lib(text(FILE))]);
    assert!(json_of(&doc).same(&named(FILE)), "{:?}", json_of(&doc));
    let all = sets(&doc);
    assert_eq!(all.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["core/colors", "Other"]);
    let tokens = pairs(all[1].1.get("tokens").unwrap());
    let value = |at: usize, name: &str| tokens[at].1.get("value").unwrap().get(name).cloned();
    assert_eq!(tokens[0].1.get("type"), Some(&kw("typography")));
    assert_eq!((value(0, "line-height"), value(0, "font-size")), (Some(text("1.2")), Some(text("12px"))));
    let shadow = tokens[1].1.get("value").unwrap().items().unwrap()[0].clone();
    assert_eq!((shadow.get("offset-x"), shadow.get("inset")), (Some(&text("1")), Some(&Value::Bool(true))));
    assert_eq!(tokens[2].1.get("value"), Some(&Value::Float(0.5)));
    assert_eq!(doc.at(&[kw("tokens-status"), kw("active-set-ids")]).items().unwrap().len(), 2);
}

#[test]
fn the_order_of_sets_is_the_one_that_is_told_and_others_come_last() {
    let file = r#"{"a":{},"b":{},"c":{},"$metadata":{"tokenSetOrder":["c"," a"]}}"#;
    let doc = Doc::after([set_lib(text(file))]);
    assert_eq!(sets(&doc).iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["c", "a", "b"]);
}

#[test]
fn reading_a_file_twice_gives_the_same_library() {
    assert_eq!(dtcg::read(text(FILE), 5), dtcg::read(named(FILE), 5));
    let other = dtcg::read(text(&FILE.replace("\"red\"", "\"blue\"")), 5).unwrap();
    assert_ne!(Ok(other), dtcg::read(text(FILE), 5));
}

#[test]
fn a_type_of_a_group_is_that_of_its_tokens_and_a_token_may_hold_others() {
    let file = r##"{"a":{"$type":"color","x":{"$value":"1","y":{"$value":"2","$type":"fontFamily"}},"f":{
        "$type":"boxShadow","s":{"$value":{"x":1,"type":"innerShadow"}}}},"b":{}}"##;
    let doc = Doc::after([set_lib(text(file))]);
    let all = sets(&doc);
    let tokens = pairs(all[0].1.get("tokens").unwrap());
    let of = |at: usize| (tokens[at].0.as_str(), tokens[at].1.get("type").cloned().unwrap());
    assert_eq!(
        (of(0), of(1), of(2)),
        (("x", kw("color")), ("x.y", kw("font-family")), ("f.s", kw("shadow")))
    );
    assert_eq!(tokens[1].1.get("value"), Some(&Value::Vec(vec![text("2")])));
    let shadow = map([("offset-x", Value::Int(1)), ("inset", Value::Bool(true))]);
    assert_eq!(tokens[2].1.get("value"), Some(&Value::Vec(vec![shadow])));
    assert!(pairs(all[1].1.get("tokens").unwrap()).is_empty());
    let x = json_of(&doc).at(&text("a")).and_then(|set| set.at(&text("x"))).cloned().unwrap();
    assert_eq!(x.at(&text("y")).and_then(|y| y.at(&text("$type"))), Some(&text("fontFamilies")));
    assert_eq!(x.at(&text("$value")), Some(&text("1")));
}

#[test]
fn what_is_wrong_in_a_file_is_told_by_its_place() {
    for (file, reason) in [
        ("{", "should hold JSON: ends too early (at byte 1)"),
        ("{}", "should have a set or a theme"),
        ("[]", "should be a map by name, in which names are as people gave them"),
        (r#"{"a":{"x":{"$value":"1"}}}"#, ".a.x.$type should be there"),
        (r#"{"a":{"x":{"$value":"1","$type":"colour"}}}"#, ".a.x.$type should be a known type of token"),
        (r#"{"a":{"x y":{"$value":"1","$type":"color"}}}"#, ".a.x y.name should be words of letters"),
        (r#"{"a":{"x":1}}"#, ".a.x should be a map by name"),
        (r#"{"a":{}," a":{}}"#, ". a should have a name of its own"),
        (r#"{"/":{}}"#, "./ should be more than blanks and slashes"),
        (r#"{"a":{},"$themes":[{"group":"g"}]}"#, ".$themes.0.name should be there"),
        (r#"{"a":{},"$themes":{}}"#, ".$themes should be a list"),
        (
            r#"{"a":{},"$metadata":{"tokenSetOrder":[1]}}"#,
            ".$metadata.tokenSetOrder should be a list of text",
        ),
    ] {
        let told = refused_file(file);
        let start = format!(
            "change 0 (set-tokens-lib): tokens-lib{}{reason}",
            if reason.starts_with('.') { "" } else { " " }
        );
        assert!(told.starts_with(&start), "{told}");
    }
    let deep = format!("{{\"a\":{}1{}}}", r#"{"x":"#.repeat(40), "}".repeat(40));
    assert!(refused_file(&deep).contains("should nest at most 32 levels"));
}

#[test]
fn a_library_in_transit_keeps_its_order_and_what_nobody_knows() {
    let odd = Value::tagged("unknown", Value::Set(vec![Value::Bytes(vec![0])]));
    let mut doc = Doc::after([set_of(2, "b"), set_of(1, "a"), token(1, 11, "x"), token(1, 12, "a.b")]);
    let mut library = doc.at(&[kw("tokens-lib")]);
    library.put("odd", odd.clone());
    doc.run([set_lib(library.clone())]).unwrap();
    assert!(doc.at(&[kw("tokens-lib")]).same(&library));
    doc.run([token(1, 13, "c")]).unwrap();
    assert_eq!(doc.at(&[kw("tokens-lib"), kw("odd")]), odd);
    assert_eq!(sets(&doc).iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), ["b", "a"]);
    doc.run([set_lib(Value::Nil)]).unwrap();
    assert_eq!(doc.at(&[kw("tokens-lib")]), Value::Nil);
}

#[test]
fn what_is_missing_in_a_library_is_made_and_what_is_wrong_is_told_by_its_place() {
    let library = |entries: Value| Value::tagged("penpot/tokens-lib", entries);
    let ordered = |pairs: &[(&str, Value)]| {
        let pair = |(name, value): &(&str, Value)| Value::Vec(vec![text(name), value.clone()]);
        Value::tagged("ordered-map", Value::Vec(pairs.iter().map(pair).collect()))
    };
    let set = |number, name: &str| {
        Value::tagged("penpot/token-set", map([("id", id(number)), ("name", text(name))]))
    };
    let doc = Doc::after([set_lib(library(map([("sets", ordered(&[("S-a", set(1, " a "))]))])))]);
    let (name, own) = sets(&doc).remove(0);
    assert_eq!(
        (name.as_str(), own.get("modified-at"), own.get("description")),
        ("a", Some(&NOW), Some(&text("")))
    );
    assert_eq!(pairs(&doc.at(&[kw("tokens-lib"), kw("themes")])).len(), 1);
    for (sets, reason) in [
        (ordered(&[("S-a", set(1, "a")), ("S-b", set(1, "b"))]), ".sets.b.id should be of one set only"),
        (ordered(&[("S-a", set(1, "a")), ("S-b", set(2, "a"))]), ".sets.S-b should have a name of its own"),
        (ordered(&[("G-g", ordered(&[("S-a", Value::Int(1))]))]), ".sets.G-g.S-a should be a map"),
        (Value::Int(1), ".sets should be a map by name"),
    ] {
        let told = Doc::new().refused([set_lib(library(map([("sets", sets)])))]);
        assert!(told.ends_with(&format!("tokens-lib{reason}")), "{told}");
    }
    assert!(
        Doc::new().refused([set_lib(Value::Int(1))]).contains("tokens-lib should be a library of tokens")
    );
}

#[test]
fn json_shows_an_empty_library_as_nil_and_a_set_alone_as_an_object() {
    let doc = Doc::after([token(9, 11, "x")]);
    assert_eq!(json_of(&doc), Value::Nil);
    let (_, set) = sets(&Doc::after([set_of(1, "a"), token(1, 11, "x.y")])).remove(0);
    let json = String::from_utf8(transit::json::write(&readable(set))).unwrap();
    assert!(json.contains(r#""tokens":{"x.y":{"id":"#), "{json}");
}

#[test]
fn changes_of_tokens_come_as_json_too() {
    let one = "00000000-0000-0000-0000-000000000001";
    let json = format!(
        r##"[{{"type":"set-token-set","id":"{one}","attrs":{{"id":"{one}","name":"My Set","tokens":{{"some.oldToken":
            {{"id":"{one}","name":"some.oldToken","type":"border-radius","value":"1"}}}}}}}},
          {{"type":"set-token","setId":"{one}","tokenId":"{one}","attrs":{{"id":"{one}","name":"some.newToken",
            "type":"borderRadius","value":"2","modifiedAt":"2026-01-01T00:00:00Z"}}}},
          {{"type":"set-token-theme","id":"{one}","attrs":{{"id":"{one}","name":"n","sets":["My Set"]}}}},
          {{"type":"set-active-token-themes","themePaths":["/n"]}},
          {{"type":"set-tokens-source","fileId":"{one}","libraryId":null}},
          {{"type":"set-tokens-status","themeIds":["{one}"],"setIds":[]}},
          {{"type":"move-token-set","fromPath":["My Set"],"toPath":["G","S"],"beforePath":null,"beforeGroup":null}}]"##
    );
    let sent = transit::json::read(json.as_bytes(), &Limits::REQUEST).unwrap();
    let mut doc = Doc::new();
    for change in sent.items().unwrap() {
        doc.run([change.clone()]).unwrap();
    }
    let (name, set) = sets(&doc).remove(0);
    let (token, value) = pairs(set.get("tokens").unwrap()).remove(0);
    assert_eq!(
        (name.as_str(), token.as_str(), value.get("type")),
        ("G/S", "some.newToken", Some(&kw("border-radius")))
    );
    assert_eq!(doc.at(&[kw("tokens-status"), kw("active-theme-ids")]), Value::Set(vec![id(1)]));
}

#[test]
fn a_file_form_in_a_json_body_keeps_its_names() {
    let sent = r##"{"type":"set-tokens-lib","tokensLib":{"My Set":{"aB":{"$value":"1","$type":"color"}}}}"##;
    let read = |names| transit::json::read_with_names(sent.as_bytes(), &Limits::REQUEST, names).unwrap();
    let doc = Doc::after([read(document::change::NAMED_FIELDS)]);
    assert!(json_of(&doc).at(&text("My Set")).and_then(|set| set.at(&text("aB"))).is_some());
    // Where names became words they are not what people gave: better none.
    assert!(Doc::new().refused([read(&[])]).contains("names are as people gave them"));
}
