//! What came as JSON, and what is read as JSON.

use crate::doc::*;
use document::change::Change;
use document::join::Form;
use transit::Limits;
use transit::value::Value;

/// A change as JSON says it: from its text.
fn sent(json: &str) -> Value {
    transit::json::read(json.as_bytes(), &Limits::REQUEST).expect(json)
}

const ONE: &str = "00000000-0000-0000-0000-000000000001";
const PAGE: &str = "00000000-0000-0000-0000-000000000064";

fn set_in_json(attribute: &str, value: &str) -> Value {
    sent(&format!(
        r#"{{"type":"mod-obj","id":"{ONE}","pageId":"{PAGE}",
             "operations":[{{"type":"set","attr":"{attribute}","val":{value}}}]}}"#
    ))
}

#[test]
fn a_value_that_is_set_in_json_is_what_its_attribute_wants() {
    let mut doc = Doc::after([add(1, 0, shape("frame"))]);
    let fills = r##"[{"fillColor":"#123456","fillOpacity":1}]"##;
    let selrect = r#"{"x":1,"y":2,"width":3,"height":4,"x1":1,"y1":2,"x2":4,"y2":6}"#;
    let cell = format!(
        r#"{{"{ONE}":{{"id":"{ONE}","row":1,"rowSpan":1,"column":1,"columnSpan":1,"shapes":["{ONE}"]}}}}"#
    );
    doc.run([
        set_in_json("blend-mode", r#""darken""#),
        set_in_json("component-id", &format!(r#""{ONE}""#)),
        set_in_json("touched", r#"["name-group","name-group"]"#),
        set_in_json("selrect", selrect),
        set_in_json("points", r#"[{"x":1,"y":2},"3,4"]"#),
        set_in_json("transform", r#""matrix(1,0,0,1,0.5,0)""#),
        set_in_json("fills", fills),
        set_in_json("layoutGridCells", &cell),
        set_in_json("opacity", r#""0.5""#),
    ])
    .unwrap();
    assert_eq!((doc.get(1, "blend-mode"), doc.get(1, "component-id")), (kw("darken"), id(1)));
    assert_eq!(
        (doc.get(1, "touched"), doc.get(1, "selrect")),
        (Value::Set(vec![kw("name-group")]), rect(1, 2, 3, 4))
    );
    let second = point(Value::Float(3.0), Value::Float(4.0));
    assert_eq!(doc.get(1, "points"), Value::Vec(vec![point(Value::Int(1), Value::Int(2)), second]));
    assert_eq!(doc.get(1, "transform").get("e"), Some(&Value::Float(0.5)));
    assert_eq!(doc.get(1, "fills").items().unwrap()[0].get("fill-color"), Some(&text("#123456")));
    assert_eq!(doc.get(1, "layout-grid-cells").at(&id(1)).unwrap().get("shapes"), Some(&ids(&[1])));
    assert_eq!(doc.get(1, "opacity"), Value::Float(0.5));
}

#[test]
fn a_path_comes_as_text_or_as_segments_and_is_read_as_text_in_json() {
    let mut doc = Doc::after([add(1, 0, with(shape("path"), [("content", text("M0 0L10,10z"))]))]);
    let segments =
        r#"[{"command":"move-to","params":{"x":1,"y":2}},{"command":"curve-to","params":{"x":3,"y":4}}]"#;
    assert!(matches!(doc.get(1, "content"), Value::Tagged(tag, _) if tag == "penpot/path-data"));
    doc.run([set_in_json("content", segments)]).unwrap();
    let json = String::from_utf8(doc.read(Form::Json)).unwrap();
    assert!(json.contains(r#""content":"M1,2C3,4,3,4,3,4""#), "{json}");
    assert!(
        doc.refused([set_in_json("content", r#""nonsense""#)])
            .contains("content should be the segments of a path")
    );
}

#[test]
fn others_are_told_of_a_change_in_json_with_the_types_that_transit_has() {
    let of_operation = |attribute: &str, value: &str| {
        let told = Change::decode(set_in_json(attribute, value)).expect("is understood").value().clone();
        told.get("operations").unwrap().items().unwrap()[0].get("val").unwrap().clone()
    };
    assert_eq!(of_operation("bool-type", r#""union""#), kw("union"));
    assert_eq!(of_operation("metadata", &format!(r#"{{"id":"{ONE}"}}"#)).get("id"), Some(&id(1)));
    let position = format!(r#"[{{"fills":[{{"fillColorRefId":"{ONE}"}}]}}]"#);
    let position = of_operation("position-data", &position);
    let fill = position.items().unwrap()[0].get("fills").unwrap().items().unwrap()[0].clone();
    assert_eq!(fill.get("fill-color-ref-id"), Some(&id(1)));
    let token = r#"{"id":"ONE","name":"a","type":"borderRadius","value":"1"}"#.replace("ONE", ONE);
    for (kind, more, attributes) in [
        ("set-token", format!(r#""setId":"{ONE}","tokenId":"{ONE}""#), token.clone()),
        (
            "set-token-theme",
            format!(r#""id":"{ONE}""#),
            format!(r#"{{"id":"{ONE}","name":"a","sets":["b"]}}"#),
        ),
        (
            "set-token-set",
            format!(r#""id":"{ONE}""#),
            format!(r#"{{"id":"{ONE}","name":"a","tokens":{{"a":{token}}}}}"#),
        ),
    ] {
        let change = sent(&format!(r#"{{"type":"{kind}",{more},"attrs":{attributes}}}"#));
        let told = Change::decode(change).expect(kind).value().get("attrs").unwrap().clone();
        assert_eq!(told.get("id"), Some(&id(1)), "{kind}");
        assert!(told.get("sets").is_none_or(|sets| matches!(sets, Value::Set(_))), "{told:?}");
        assert!(told.get("type").is_none_or(|word| *word == kw("border-radius")), "{told:?}");
        assert!(told.get("tokens").is_none_or(|tokens| matches!(tokens, Value::Tagged(..))), "{told:?}");
    }
    let library = r#"{"a":{"b":{"$value":"1","$type":"opacity"}}}"#;
    let change = Value::map([("type", text("set-tokens-lib")), ("tokens-lib", text(library))]);
    let told = Change::decode(change).expect("is understood").value().get("tokens-lib").unwrap().clone();
    assert!(matches!(&told, Value::Tagged(tag, _) if tag == "penpot/tokens-lib"), "{told:?}");
    assert!(!format!("{told:?}").contains("modified-at"), "it is not known when: {told:?}");
}

#[test]
fn a_whole_page_and_its_order_come_as_json() {
    let page =
        r#"{"type":"add-page","page":{"id":"00000000-0000-0000-0000-000000000065","name":"a","objects":{}}}"#;
    let mut doc = Doc::after([add(1, 0, shape("rect")), add(2, 0, shape("rect"))]);
    assert!(doc.refused([sent(page)]).contains("root"));
    let root = doc.at(&[kw("pages-index"), id(100), kw("objects"), id(0)]);
    let root =
        String::from_utf8(transit::json::write(&with(root, [("shapes", Value::Vec(vec![]))]))).unwrap();
    let page = page.replace("{}", &format!(r#"{{"00000000-0000-0000-0000-000000000000":{root}}}"#));
    let order = format!(
        r#"{{"type":"reorder-children","pageId":"{PAGE}","parentId":"00000000-0000-0000-0000-000000000000",
            "shapes":["00000000-0000-0000-0000-000000000002","{ONE}"]}}"#
    );
    doc.run([sent(&page), sent(&order)]).unwrap();
    let root = doc.at(&[kw("pages-index"), id(101), kw("objects"), id(0)]);
    assert!(matches!(root, Value::Tagged(tag, _) if tag == "shape"));
    assert_eq!(doc.children(0), [2, 1]);
}

#[test]
fn unknown_attributes_and_tags_come_back_as_they_were() {
    let odd = Value::tagged("unknown", Value::Set(vec![Value::BigInt("1".repeat(30)), Value::Char('c')]));
    let mut doc =
        Doc::after([add(1, 0, with(shape("svg-raw"), [("odd", odd.clone()), ("content", odd.clone())]))]);
    doc.run([set(1, "name", text("b"))]).unwrap();
    assert_eq!((doc.get(1, "odd"), doc.get(1, "content")), (odd.clone(), odd));
}
