//! A direction that was once written the other way round.

use super::whole::Whole;
use transit::value::Value;

pub(super) fn run(whole: &mut Whole) {
    for shape in whole.shapes_mut() {
        let direction = match shape.plain("layout-flex-dir") {
            Some(Value::Keyword(word) | Value::Str(word)) => word.as_str(),
            _ => continue,
        };
        let right = match direction {
            "reverse-row" => "row-reverse",
            "reverse-column" => "column-reverse",
            _ => continue,
        };
        shape.set("layout-flex-dir", Value::keyword(right));
    }
}
