//! One batch and more of every type of change, as JSON says them. Applied in turn, all of them are taken.

use document::change::{Change, NAMED_FIELDS};
use std::collections::BTreeSet;
use transit::Limits;
use transit::value::Value;
use uuid::Uuid;

/// What stands for the whole in a sample: `$rect` and the like.
const SHAPES: [(&str, &str); 5] = [
    ("$frame", r#""type":"frame","shapes":[]"#),
    ("$rect", r##""type":"rect","fills":[{"fillColor":"#123456","fillOpacity":0.5}]"##),
    ("$bool", r#""type":"bool","boolType":"union","shapes":[],"content":"M0,0L4,4Z""#),
    ("$path", r#""type":"path","content":"M0 0h10v10a5 5 0 0 1-5 5c1,2,3,4,5,6Z""#),
    (
        "$text",
        r#""type":"text","content":{"type":"root","children":[{"type":"paragraph-set","children":[
           {"type":"paragraph","children":[{"text":"Ink","fontSize":"14"},{"text":"","fills":[]}]}]}]}"#,
    ),
];

const GEOMETRY: &str = r#""name":"a","x":0,"y":0,"width":10,"height":10,"rotation":0,
    "selrect":{"x":0,"y":0,"width":10,"height":10,"x1":0,"y1":0,"x2":10,"y2":10},
    "points":[{"x":0,"y":0},{"x":10,"y":0},{"x":10,"y":10},{"x":0,"y":10}],
    "transform":{"a":1,"b":0,"c":0,"d":1,"e":0,"f":0},"transformInverse":{"a":1,"b":0,"c":0,"d":1,"e":0,"f":0}"#;

/// `@7` stands for the id of this number.
const SAMPLES: &[&str] = &[
    // Shapes
    r#"[{"type":"add-obj","id":"@1","pageId":"@100","frameId":"@0","parentId":"@0","obj":$frame}]"#,
    r#"[{"type":"add-obj","id":"@2","pageId":"@100","frameId":"@1","parentId":"@1","obj":$rect,"index":0},
        {"type":"add-obj","id":"@3","pageId":"@100","frameId":"@1","parentId":"@1","obj":$path},
        {"type":"add-obj","id":"@4","pageId":"@100","frameId":"@0","obj":$text}]"#,
    r#"[{"type":"add-obj","id":"@5","pageId":"@100","frameId":"@0","parentId":"@0","obj":$bool}]"#,
    r##"[{"type":"mod-obj","id":"@2","pageId":"@100","operations":[
         {"type":"set","attr":"name","val":"b"},{"type":"set","attr":"strokes","val":[{"strokeColor":"#000000"}]},
         {"type":"set-touched","touched":["name-group"]},{"type":"set-remote-synced","remoteSynced":true},
         {"type":"assign","value":{"opacity":0.5,"hidden":true},"ignoreTouched":true}]}]"##,
    r#"[{"type":"mod-obj","id":"@4","pageId":"@100","operations":[{"type":"set","attr":"content","val":
         {"type":"root","children":[{"type":"paragraph-set","children":[{"type":"paragraph","children":[
         {"text":"Other"}]}]}]}},{"type":"set","attr":"applied-tokens","val":{"fill":"a.b"}}]}]"#,
    r#"[{"type":"mov-objects","pageId":"@100","parentId":"@0","shapes":["@3"],"index":1},
        {"type":"mov-objects","pageId":"@100","parentId":"@1","shapes":["@3"],"afterShape":"@2"}]"#,
    r#"[{"type":"reorder-children","pageId":"@100","parentId":"@1","shapes":["@3","@2"]}]"#,
    r#"[{"type":"reg-objects","pageId":"@100","shapes":["@2","@3"]},{"type":"fix-obj","pageId":"@100","id":"@1"}]"#,
    // Pages
    r##"[{"type":"add-page","id":"@101","name":"Second"},{"type":"mov-page","id":"@101","index":0},
        {"type":"mod-page","id":"@101","name":"Other","background":"#ffffff"}]"##,
    r##"[{"type":"set-guide","pageId":"@100","id":"@500","params":{"axis":"x","position":10,"frameId":null}},
         {"type":"set-flow","pageId":"@100","id":"@501","params":{"name":"flow","startingFrame":"@1"}},
         {"type":"set-default-grid","pageId":"@100","gridType":"square",
          "params":{"color":{"color":"#123456","opacity":0.5},"size":8}},
         {"type":"set-comment-thread-position","pageId":"@100","commentThreadId":"@600","frameId":"@1",
          "position":{"x":1,"y":2}}]"##,
    // The library
    r##"[{"type":"add-color","color":{"id":"@200","name":"Ink","color":"#123456","path":"p"}},
         {"type":"mod-color","color":{"id":"@200","name":"Ink","color":"#654321"}}]"##,
    r#"[{"type":"add-typography","typography":{"id":"@201","name":"t","fontId":"t","fontFamily":"t",
         "fontVariantId":"t","fontSize":"1",
         "fontWeight":"1","fontStyle":"t","lineHeight":"1","letterSpacing":"1","textTransform":"none"}},
        {"type":"mod-typography","typography":{"id":"@201","name":"u","fontId":"t","fontFamily":"t",
         "fontVariantId":"t","fontSize":"1",
         "fontWeight":"1","fontStyle":"t","lineHeight":"1","letterSpacing":"1","textTransform":"none"}}]"#,
    r#"[{"type":"add-media","object":{"id":"@202","name":"m","width":2,"height":3,"mtype":"image/png",
         "mediaId":"@900"}},
        {"type":"mod-media","object":{"id":"@202","name":"n","width":2,"height":3,"mtype":"image/png",
         "mediaId":"@900"}}]"#,
    r#"[{"type":"add-component","id":"@300","name":"c","path":"p","mainInstanceId":"@1","mainInstancePage":"@100"},
        {"type":"mod-component","id":"@300","name":"d","annotation":"why"}]"#,
    // The tokens
    r##"[{"type":"set-tokens-lib","tokensLib":{"Brand":{"ink":{"$value":"#123456","$type":"color","$description":""}},
         "$themes":[],"$metadata":{"tokenSetOrder":["Brand"],"activeThemes":[],"activeSets":["Brand"]}}}]"##,
    r#"[{"type":"set-tokens-lib","tokensLib":"{\"a\":{\"x\":{\"$value\":\"1\",\"$type\":\"opacity\"}}}"}]"#,
    r#"[{"type":"set-token-set","id":"@700","attrs":{"id":"@700","name":"g/a"}},
        {"type":"set-token","setId":"@700","tokenId":"@720",
         "attrs":{"id":"@720","name":"b.c","type":"color","value":"{a.b}"}}]"#,
    r#"[{"type":"set-token-theme","id":"@740","attrs":{"id":"@740","name":"n","group":"m","sets":["g/a"]}},
        {"type":"set-active-token-themes","themePaths":["m/n"]},
        {"type":"set-tokens-status","themeIds":["@740"],"setIds":["@700"]},
        {"type":"set-tokens-source","fileId":"@1000","libraryId":null}]"#,
    r#"[{"type":"rename-token-set-group","setGroupPath":["g"],"setGroupFname":"h"},
        {"type":"move-token-set","fromPath":["h","a"],"toPath":["k","a"],"beforePath":null,"beforeGroup":null},
        {"type":"move-token-set-group","fromPath":["k"],"toPath":["l"],"beforePath":["a"],"beforeGroup":false}]"#,
    // The file
    r#"[{"type":"set-plugin-data","objectType":"shape","objectId":"@2","pageId":"@100","namespace":"plugin","key":"k",
         "value":"1"},{"type":"set-base-font-size","baseFontSize":"18px"}]"#,
    // What takes away
    r#"[{"type":"del-component","id":"@300","skipUndelete":true},{"type":"restore-component","id":"@300",
         "pageId":"@100"},{"type":"purge-component","id":"@301"}]"#,
    r#"[{"type":"del-obj","id":"@3","pageId":"@100"},{"type":"del-page","id":"@101"},{"type":"del-color","id":"@200"},
        {"type":"del-typography","id":"@201"},{"type":"del-media","id":"@202"}]"#,
];

fn written_out(sample: &str) -> String {
    let mut text = sample.to_owned();
    for (name, attributes) in SHAPES {
        text = text.replace(name, &format!("{{{attributes},{GEOMETRY}}}"));
    }
    let mut pieces = text.split("\"@");
    let mut out = pieces.next().unwrap().to_owned();
    for piece in pieces {
        let (number, rest) = piece.split_once('"').unwrap();
        out.push_str(&format!("\"{}\"{rest}", Uuid::from_u128(number.parse().unwrap())));
    }
    out
}

/// Every batch, as transit says it.
pub fn all() -> Vec<Value> {
    let mut types = BTreeSet::new();
    let mut samples = Vec::new();
    for sample in SAMPLES {
        let text = written_out(sample);
        let sent = transit::json::read_with_names(text.as_bytes(), &Limits::REQUEST, NAMED_FIELDS);
        let sent = sent.unwrap_or_else(|error| panic!("{error}: {text}"));
        let changes = Change::decode_all(sent.items().unwrap().to_vec());
        let changes = changes.unwrap_or_else(|refusal| panic!("{refusal}: {text}"));
        types.extend(changes.iter().map(Change::name));
        samples.push(Value::Vec(changes.iter().map(|change| change.value().clone()).collect()));
    }
    assert_eq!(types.len(), 41, "every type of change: {types:?}");
    samples
}
