//! What of a library a part names.

use crate::part::{Kind, OpenPart};
use std::collections::BTreeSet;
use transit::value::Value;
use uuid::Uuid;

/// Where a colour of a library is named: the attribute with its file, and the one with its id.
pub(super) const COLORS: [(&str, &str); 3] = [
    ("fill-color-ref-file", "fill-color-ref-id"),
    ("stroke-color-ref-file", "stroke-color-ref-id"),
    ("ref-file", "ref-id"),
];
/// The same for typographies.
pub(super) const TYPOGRAPHY: (&str, &str) = ("typography-ref-file", "typography-ref-id");
/// The attribute of a file that names whose tokens it uses.
pub(super) const TOKENS_SOURCE: &str = "tokens-source";

/// What is named of one library.
#[derive(Debug)]
pub(super) struct Named {
    library: Uuid,
    pub(super) components: BTreeSet<Uuid>,
    pub(super) colors: BTreeSet<Uuid>,
    pub(super) typographies: BTreeSet<Uuid>,
    pub(super) tokens: bool,
}

impl Named {
    /// Nothing of it yet.
    pub(super) fn of(library: Uuid) -> Named {
        let none = BTreeSet::new;
        Named { library, components: none(), colors: none(), typographies: none(), tokens: false }
    }

    /// Notes what a part names.
    pub(super) fn note(&mut self, part: &OpenPart) {
        if part.columns.component_file == Some(self.library) {
            self.components.extend(part.columns.component);
        }
        if part.key().kind == Kind::File {
            self.tokens |= part.plain(TOKENS_SOURCE).and_then(Value::as_uuid) == Some(self.library);
        }
        self.walk(part.value());
    }

    fn walk(&mut self, value: &Value) {
        match value {
            Value::Tagged(_, inner) => self.walk(inner),
            Value::Vec(items) | Value::List(items) | Value::Set(items) => {
                items.iter().for_each(|item| self.walk(item));
            }
            Value::Map(entries) => {
                self.colors.extend(COLORS.iter().filter_map(|names| named(value, self.library, *names)));
                self.typographies.extend(named(value, self.library, TYPOGRAPHY));
                entries.iter().for_each(|(_, value)| self.walk(value));
            }
            _ => {}
        }
    }
}

/// The id that a map names of a file.
fn named(map: &Value, of: Uuid, (file, id): (&str, &str)) -> Option<Uuid> {
    map.get(file).filter(|file| file.as_uuid() == Some(of))?;
    map.get(id)?.as_uuid()
}
