//! Which shapes are valid, as far as these tests make others.

use transit::value::Value;

fn is_point(value: &Value) -> bool {
    matches!(value, Value::Tagged(tag, _) if tag == "point") && numbers(value, &["x", "y"])
}

fn numbers(value: &Value, names: &[&str]) -> bool {
    names.iter().all(|name| value.get(name).is_some_and(is_number))
}

fn is_number(value: &Value) -> bool {
    value.as_number().is_some_and(|n| n.is_finite() && n.abs() <= 2_147_483_647.0)
}

fn list(value: &Value, is: impl Fn(&Value) -> bool) -> bool {
    matches!(value, Value::Vec(items) if items.iter().all(is))
}

fn is_fill(fill: &Value) -> bool {
    let one = ["fill-color", "fill-image"].iter().filter(|name| fill.some(name).is_some()).count() == 1;
    let known = ["fill-color", "fill-image", "fill-opacity", "fill-color-ref-id", "fill-color-ref-file"];
    let closed =
        fill.entries().iter().all(|(key, _)| key.as_keyword().is_some_and(|key| known.contains(&key)));
    fill.is_map()
        && one
        && closed
        && fill.some("fill-color").is_none_or(|color| {
            color.as_str().is_some_and(|color| color.len() == 7 && color.starts_with('#'))
        })
}

fn is_node(node: &Value, depth: usize) -> bool {
    let name = ["root", "paragraph-set", "paragraph"].get(depth);
    let Some(name) = name else { return node.get("text").and_then(Value::as_str).is_some() };
    let children = node.some("children");
    let is_full = match children {
        Some(Value::Vec(items)) => !items.is_empty() && items.iter().all(|item| is_node(item, depth + 1)),
        None => depth == 0,
        _ => false,
    };
    node.get("type") == Some(&Value::text(name)) && is_full
}

fn is_path(value: &Value) -> bool {
    match value {
        Value::Tagged(tag, bytes) if tag == "penpot/path-data" => {
            matches!(&**bytes, Value::Bytes(bytes) if bytes.len() % 28 == 0)
        }
        _ => false,
    }
}

fn fits(shape_type: &str, name: &str, value: &Value) -> bool {
    match name {
        "type" => {
            "frame group bool rect circle path text image svg-raw".split(' ').any(|known| known == shape_type)
        }
        "id" | "parent-id" | "frame-id" | "component-id" | "component-file" | "shape-ref" | "variant-id" => {
            value.as_uuid().is_some()
        }
        "name" => value.as_str().is_some(),
        "x" | "y" | "width" | "height" | "rotation" | "opacity" | "r1" | "proportion" => is_number(value),
        "hidden" | "blocked" | "masked-group" | "component-root" | "main-instance" | "remote-synced" => {
            value.as_bool().is_some()
        }
        "selrect" => {
            let all = ["x", "y", "width", "height", "x1", "y1", "x2", "y2"];
            matches!(value, Value::Tagged(tag, _) if tag == "rect") && numbers(value, &all)
        }
        "transform" | "transform-inverse" => {
            let all = ["a", "b", "c", "d", "e", "f"];
            matches!(value, Value::Tagged(tag, _) if tag == "matrix") && numbers(value, &all)
        }
        "points" => list(value, is_point),
        "shapes" => list(value, |id| id.as_uuid().is_some()),
        "touched" => {
            matches!(value, Value::Set(items) if items.iter().all(|item| item.as_keyword().is_some()))
        }
        "fills" => list(value, is_fill),
        "applied-tokens" => {
            value.is_map() && value.entries().iter().all(|(_, token)| token.as_str().is_some())
        }
        "layout" => matches!(value.as_keyword(), Some("flex" | "grid")),
        "content" if shape_type == "text" => is_node(value, 0),
        "content" if matches!(shape_type, "path" | "bool") => is_path(value),
        "position-data" if shape_type == "text" => {
            list(value, |line| numbers(line, &["x", "y", "width", "height"]) && line.get("fills").is_some())
        }
        "bool-type" if shape_type == "bool" => matches!(value.as_keyword(), Some("union" | "difference")),
        "metadata" if shape_type == "image" => {
            value.get("id").and_then(Value::as_uuid).is_some()
                && value.get("width").and_then(Value::as_int).is_some()
        }
        _ => true,
    }
}

pub fn is_valid(shape: &Value) -> bool {
    let Some(shape_type) = shape.some("type").and_then(Value::as_keyword) else { return false };
    let needed = "id name type selrect points transform transform-inverse parent-id frame-id";
    let more = match shape_type {
        "path" => "content",
        "bool" => "content bool-type shapes",
        "frame" | "group" => "x y width height shapes",
        "image" => "x y width height metadata",
        _ => "x y width height",
    };
    let has = |names: &str| names.split(' ').all(|name| shape.some(name).is_some());
    let entries = shape.entries().iter();
    has(needed)
        && has(more)
        && entries
            .filter_map(|(name, value)| Some((name.as_keyword()?, value)))
            .all(|(name, value)| value.is_nil() || fits(shape_type, name, value))
}
