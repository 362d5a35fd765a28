//! A theme: which sets are active together.

use super::limits::NAME_MAX;
use super::{names, record};
use crate::fault::Fault;
use crate::schema::tokens::TOKEN_THEME;
use transit::value::Value;
use uuid::Uuid;

/// The tag of a theme.
pub(super) const TAG: &str = "penpot/token-theme";
/// The group and the name of the theme that nobody sees: it holds the sets that were made active by themselves.
const HIDDEN: (&str, &str) = ("", "__PENPOT__HIDDEN__TOKEN__THEME__");

/// A theme.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Theme {
    pub(crate) id: Uuid,
    pub(crate) group: String,
    pub(crate) name: String,
    /// The names of its sets.
    pub(crate) sets: Vec<String>,
    /// The other attributes: description, external id, whether it is a source, moment of the last change, and what
    /// nobody knows here.
    rest: Value,
}

/// The attributes of a theme that were sent to make or change one: they fit the schema, and may be nil.
#[derive(Clone, Debug)]
pub(crate) struct ThemeAttributes(Value);

impl ThemeAttributes {
    /// Reads attributes that must be all there.
    ///
    /// # Errors
    /// [`Fault`] of the first one that is wrong.
    pub(crate) fn read(value: Value) -> Result<ThemeAttributes, Fault> {
        let attributes = record::read(TAG, &TOKEN_THEME, value)?;
        let text = |name| attributes.get(name).and_then(Value::as_str).unwrap_or_default();
        check_names(text("name"), text("group"))?;
        Ok(ThemeAttributes(attributes))
    }

    /// Them, as they are understood.
    pub(crate) fn to_value(&self) -> Value {
        self.0.clone()
    }

    /// The id of the theme.
    pub(crate) fn id(&self) -> Option<Uuid> {
        self.0.get("id").and_then(Value::as_uuid)
    }

    /// The theme they make.
    pub(crate) fn make(&self, now: i64) -> Theme {
        Theme::of(self.0.clone()).complete(now)
    }
}

impl Theme {
    /// Reads a theme that is kept in a group.
    ///
    /// # Errors
    /// [`Fault`] of what is wrong in it.
    pub(super) fn read(group: &str, value: Value) -> Result<Theme, Fault> {
        let ThemeAttributes(mut attributes) = ThemeAttributes::read(value)?;
        record::default(&mut attributes, "group", || Value::text(group));
        Ok(Theme::of(attributes))
    }

    fn of(attributes: Value) -> Theme {
        let mut rest = record::without_nils(attributes);
        let sets = rest.take("sets");
        let mut theme = Theme {
            id: record::take_id(&mut rest),
            group: record::take_text(&mut rest, "group"),
            name: record::take_text(&mut rest, "name"),
            sets: Vec::new(),
            rest,
        };
        let named = sets.as_ref().and_then(Value::items).unwrap_or_default().iter().filter_map(Value::as_str);
        named.for_each(|name| theme.add_set(names::normal_set(name)));
        theme
    }

    /// A theme that a file of design tokens holds.
    pub(super) fn new(id: Uuid, group: &str, name: &str, sets: Vec<String>, rest: Value) -> Theme {
        Theme { id, group: group.to_owned(), name: name.to_owned(), sets, rest }
    }

    /// The theme that nobody sees.
    pub(super) fn hidden(now: i64) -> Theme {
        let rest = Value::map([("external-id", Value::text(""))]);
        Theme::new(Uuid::nil(), HIDDEN.0, HIDDEN.1, Vec::new(), rest).complete(now)
    }

    /// The theme with what one has to which it was not sent.
    pub(super) fn complete(mut self, now: i64) -> Theme {
        let id = self.id;
        record::default(&mut self.rest, "description", || Value::text(""));
        record::default(&mut self.rest, "is-source", || Value::Bool(false));
        record::default(&mut self.rest, "external-id", || Value::text(&id.to_string()));
        record::default(&mut self.rest, "modified-at", || Value::Instant(now));
        self
    }

    /// The theme with other attributes; what they do not name stays. None when that makes no difference.
    pub(super) fn changed(&self, attributes: &ThemeAttributes, now: i64) -> Option<Theme> {
        let ThemeAttributes(new) = attributes;
        let mut merged = self.to_map();
        new.entries().iter().for_each(|(name, value)| merged.put_at(name.clone(), value.clone()));
        let mut theme = Theme::of(merged).complete(now);
        if theme.to_map().same(&self.to_map()) {
            return None;
        }
        theme.stamp(now);
        Some(theme)
    }

    /// Refuses names that are too long.
    pub(super) fn check(&self) -> Result<(), Fault> {
        check_names(&self.name, &self.group)
    }

    /// What it is known by among the active ones.
    pub(crate) fn path(&self) -> String {
        format!("{}/{}", self.group, self.name)
    }

    /// Whether nobody sees it.
    pub(crate) fn is_hidden(&self) -> bool {
        (self.group.as_str(), self.name.as_str()) == HIDDEN
    }

    /// An attribute besides its id, group, name and sets.
    pub(super) fn attribute(&self, name: &str) -> Option<&Value> {
        self.rest.some(name)
    }

    /// Takes a set out. The theme counts as changed whether it had it or not.
    pub(super) fn drop_set(&mut self, name: &str, now: i64) {
        self.sets.retain(|own| own != name);
        self.stamp(now);
    }

    /// Follows a set to another name, if it has it; tells whether it does.
    pub(super) fn rename_set(&mut self, old: &str, new: &str) -> bool {
        let Some(at) = self.sets.iter().position(|own| own == old) else { return false };
        self.sets.remove(at);
        self.add_set(new.to_owned());
        true
    }

    pub(super) fn stamp(&mut self, now: i64) {
        self.rest.put("modified-at", Value::Instant(now));
    }

    /// What it is in transit.
    pub(super) fn to_value(&self) -> Value {
        Value::tagged(TAG, self.to_map())
    }

    fn to_map(&self) -> Value {
        let sets = self.sets.iter().map(|name| Value::text(name)).collect();
        let fields = [
            ("id", Value::Uuid(self.id)),
            ("name", Value::text(&self.name)),
            ("group", Value::text(&self.group)),
            ("sets", Value::Set(sets)),
        ];
        match record::write(TAG, fields, &self.rest) {
            Value::Tagged(_, map) => *map,
            map => map,
        }
    }

    fn add_set(&mut self, name: String) {
        if !self.sets.contains(&name) {
            self.sets.push(name);
        }
    }
}

/// The path of the theme that nobody sees.
pub(super) fn hidden_path() -> String {
    format!("{}/{}", HIDDEN.0, HIDDEN.1)
}

fn check_names(name: &str, group: &str) -> Result<(), Fault> {
    match [("name", name), ("group", group)].iter().find(|(_, text)| text.chars().count() > NAME_MAX) {
        Some((field, _)) => {
            Err(Fault::limit(format!("should have at most {NAME_MAX} characters")).under(field))
        }
        None => Ok(()),
    }
}
