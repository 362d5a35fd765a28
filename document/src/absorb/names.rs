//! What things of the library are called in the file.

use super::named::{COLORS, TYPOGRAPHY};
use crate::part::OpenPart;
use crate::references;
use std::collections::{BTreeMap, HashMap};
use transit::value::Value;
use uuid::Uuid;

/// Ids in the library, each with that in the file. What is not among them stays the library's.
#[derive(Debug)]
pub(super) struct Names<'m> {
    pub(super) file: Uuid,
    pub(super) library: Uuid,
    pub(super) components: BTreeMap<Uuid, Uuid>,
    pub(super) colors: BTreeMap<Uuid, Uuid>,
    pub(super) typographies: BTreeMap<Uuid, Uuid>,
    pub(super) media: &'m HashMap<Uuid, Uuid>,
}

impl Names<'_> {
    /// Names the file's own wherever a part names what is taken over.
    pub(super) fn replace(&self, part: &mut OpenPart) {
        if part.columns.component_file == Some(self.library)
            && let Some(own) = part.columns.component.and_then(|id| self.components.get(&id))
        {
            part.columns.component = Some(*own);
            part.columns.component_file = Some(self.file);
        }
        self.walk(part.value_mut());
        references::replace_media(part.value_mut(), self.media);
    }

    fn walk(&self, value: &mut Value) {
        match value {
            Value::Tagged(_, inner) => self.walk(inner),
            Value::Vec(items) | Value::List(items) | Value::Set(items) => {
                items.iter_mut().for_each(|item| self.walk(item));
            }
            Value::Map(_) => {
                COLORS.iter().for_each(|names| self.rename(value, &self.colors, *names));
                self.rename(value, &self.typographies, TYPOGRAPHY);
                let entries = value.entries_mut().into_iter().flatten();
                entries.for_each(|(_, value)| self.walk(value));
            }
            _ => {}
        }
    }

    fn rename(&self, map: &mut Value, by: &BTreeMap<Uuid, Uuid>, (file, id): (&str, &str)) {
        if map.get(file).and_then(Value::as_uuid) != Some(self.library) {
            return;
        }
        let own = map.get(id).and_then(Value::as_uuid).and_then(|id| by.get(&id));
        if let Some(own) = own {
            map.put(id, Value::Uuid(*own));
            map.put(file, Value::Uuid(self.file));
        }
    }
}
