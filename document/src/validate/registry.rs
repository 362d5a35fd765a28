//! The components of a file's library, as far as checks ask for them.

use crate::part::{Kind, OpenPart, Part};
use std::collections::BTreeMap;
use transit::ReadError;
use transit::value::Value;
use uuid::Uuid;

/// Attributes that changing a component takes away unless they are sent again.
const SENT_AGAIN: [&str; 3] = ["annotation", "variant-id", "variant-properties"];
/// What stands between the parts of a component's name.
const SEPARATOR: &str = " / ";

/// The components of a file.
#[derive(Clone, Debug)]
pub struct Registry {
    file: Uuid,
    components: BTreeMap<Uuid, ComponentOutline>,
}

/// Where the main of a component is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Home {
    /// The main; none when the component names none.
    pub main: Option<Uuid>,
    /// The page that it is on. None when it is kept of the deleted component, or the component names no page.
    pub page: Option<Uuid>,
    /// Whether the component is deleted.
    pub is_deleted: bool,
}

/// What has to be known of a component.
#[derive(Clone, Debug)]
pub(crate) struct ComponentOutline {
    /// Its main, and the page that is on.
    pub(crate) main: Option<Uuid>,
    pub(crate) page: Option<Uuid>,
    pub(crate) is_deleted: bool,
    /// Whether anything is kept of it, and whether that is nil.
    pub(crate) keeps: bool,
    pub(crate) keeps_nil: bool,
    /// Whether something is kept of it that is no shape.
    pub(crate) keeps_oddities: bool,
    /// Its name with its path.
    pub(crate) name: String,
    pub(crate) variant: Option<Uuid>,
    /// Names and values, in order.
    pub(crate) properties: Vec<(String, String)>,
    /// What has to be sent again with a change.
    pub(crate) sent_again: Value,
}

impl Registry {
    /// No component yet of a file of this id.
    pub fn new(file: Uuid) -> Registry {
        Registry { file, components: BTreeMap::new() }
    }

    /// Takes a component in, with its bytes. Other parts do not count.
    ///
    /// # Errors
    /// [`ReadError`] when the bytes are no transit.
    pub fn push(&mut self, part: &Part) -> Result<(), ReadError> {
        if part.key.kind == Kind::Component
            && let Some(open) = OpenPart::read(part)?
        {
            self.add(&open);
        }
        Ok(())
    }

    /// Takes an open component in.
    pub(crate) fn add(&mut self, component: &OpenPart) {
        self.components.insert(component.key().id, ComponentOutline::of(component));
    }

    /// The file.
    pub fn file(&self) -> Uuid {
        self.file
    }

    /// Where the main of a component is; none when there is no such component.
    pub fn home(&self, id: Uuid) -> Option<Home> {
        let own = self.components.get(&id)?;
        let page = own.page.filter(|_| !own.is_deleted);
        Some(Home { main: own.main, page, is_deleted: own.is_deleted })
    }

    /// The ids of the components.
    pub fn ids(&self) -> impl Iterator<Item = Uuid> {
        self.components.keys().copied()
    }

    /// Every component, with its id.
    pub(crate) fn iter(&self) -> impl Iterator<Item = (Uuid, &ComponentOutline)> {
        self.components.iter().map(|(id, component)| (*id, component))
    }

    pub(crate) fn get(&self, id: Uuid) -> Option<&ComponentOutline> {
        self.components.get(&id)
    }
}

/// The name with its path in front.
fn whole_name(path: &str, name: &str) -> String {
    let parts = [path, name].into_iter().filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join(SEPARATOR)
}

impl ComponentOutline {
    fn of(component: &OpenPart) -> ComponentOutline {
        let id = |name| component.plain(name).and_then(Value::as_uuid);
        let text = |name| component.plain(name).and_then(Value::as_str).unwrap_or_default();
        let property = |item: &Value| {
            let text = |name| item.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
            (text("name"), text("value"))
        };
        let properties = component.plain("variant-properties").and_then(Value::items).unwrap_or_default();
        let kept = component.value().get("objects");
        let again = SENT_AGAIN.iter().filter_map(|name| Some((*name, component.plain(name)?.clone())));
        ComponentOutline {
            main: id("main-instance-id"),
            page: id("main-instance-page"),
            is_deleted: component.plain("deleted").and_then(Value::as_bool) == Some(true),
            keeps: kept.is_some(),
            keeps_nil: kept.is_some_and(Value::is_nil),
            keeps_oddities: kept.is_some_and(|kept| !kept.entries().is_empty()),
            name: whole_name(text("path"), text("name")),
            variant: id("variant-id"),
            properties: properties.iter().map(property).collect(),
            sent_again: Value::map(again),
        }
    }

    /// The names of its properties.
    pub(crate) fn property_names(&self) -> impl Iterator<Item = &str> {
        self.properties.iter().map(|(name, _)| name.as_str())
    }

    /// What sets it apart from the other variants: the values of its properties that are not empty.
    pub(crate) fn variant_name(&self) -> String {
        let values =
            self.properties.iter().map(|(_, value)| value.as_str()).filter(|value| !value.is_empty());
        values.collect::<Vec<_>>().join(", ")
    }
}
