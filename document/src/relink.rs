//! A copy of a document names itself and its own pictures, where the document named itself and its.

use crate::part::{Kind, OpenPart, PartKey};
use crate::references::{replace_libraries, replace_media};
use std::collections::HashMap;
use uuid::Uuid;

/// What is named instead of what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Relink {
    /// Files.
    pub files: HashMap<Uuid, Uuid>,
    /// Pictures.
    pub media: HashMap<Uuid, Uuid>,
}

/// The bytes of a part that names no picture need to be read only when one of these stands in them: else no file is
/// named in them. How attributes end, and whole ones, as they stand in transit.
pub const NAMES_OF_FILES: [&str; 3] = ["-file\"", "\"~:file-id\"", "\"~:tokens-source\""];

/// A part as it is in the copy. A picture of the library has another key there.
pub fn relink(mut part: OpenPart, by: &Relink) -> OpenPart {
    if let Some(other) = part.columns.component_file.and_then(|file| by.files.get(&file)) {
        part.columns.component_file = Some(*other);
    }
    replace_libraries(part.value_mut(), &by.files);
    replace_media(part.value_mut(), &by.media);
    let key = part.key();
    match by.media.get(&key.id).filter(|_| key.kind == Kind::Media) {
        Some(other) => OpenPart::new(PartKey { id: *other, ..key }, part.to_value()),
        None => part,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use transit::value::Value;

    fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    fn by() -> Relink {
        Relink { files: HashMap::from([(id(1), id(101))]), media: HashMap::from([(id(2), id(102))]) }
    }

    #[test]
    fn a_shape_names_the_copy_and_its_pictures() {
        let fill = Value::map([("fill-image", Value::map([("id", Value::Uuid(id(2)))]))]);
        let value = Value::map([
            ("id", Value::Uuid(id(7))),
            ("component-file", Value::Uuid(id(1))),
            ("component-id", Value::Uuid(id(2))),
            ("fill-color-ref-file", Value::Uuid(id(1))),
            ("stroke-color-ref-file", Value::Uuid(id(3))),
            ("fills", Value::Vec(vec![fill])),
        ]);
        let key = PartKey::shape(crate::part::Container::Page(id(9)), id(7));
        let shape = relink(OpenPart::new(key, value), &by());
        assert_eq!(shape.columns.component_file, Some(id(101)));
        assert_eq!(shape.columns.component, Some(id(2)), "ids of other things stay");
        assert_eq!(shape.plain("fill-color-ref-file"), Some(&Value::Uuid(id(101))));
        assert_eq!(shape.plain("stroke-color-ref-file"), Some(&Value::Uuid(id(3))), "so do other files");
        assert_eq!(shape.to_part().media, [id(102)]);
    }

    #[test]
    fn a_picture_of_the_library_has_another_key() {
        let value = Value::map([("id", Value::Uuid(id(2))), ("name", Value::text("Poppy"))]);
        let picture = relink(OpenPart::new(PartKey::of_file(Kind::Media, id(2)), value), &by());
        assert_eq!(picture.key(), PartKey::of_file(Kind::Media, id(102)));
        assert_eq!(picture.get("id").as_deref(), Some(&Value::Uuid(id(102))));
        assert_eq!(picture.to_part().media, [id(102)]);
    }

    #[test]
    fn what_names_a_file_is_seen_in_its_bytes() {
        let names = [
            "fill-color-ref-file",
            "typography-ref-file",
            "ref-file",
            "component-file",
            "file-id",
            "tokens-source",
        ];
        for name in names {
            let raw = transit::write_plain(&Value::map([(name, Value::Uuid(id(1)))]));
            let text = String::from_utf8(raw).expect("text");
            assert!(NAMES_OF_FILES.iter().any(|pattern| text.contains(pattern)), "{name}: {text}");
        }
    }
}
