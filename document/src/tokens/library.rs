//! The library of tokens, whole: read of transit or of a file of design tokens, and written.

use super::limits::{SETS_MAX, THEMES_MAX};
use super::ordered::{Ordered, entries};
use super::record;
use super::set::{self, TokenSet};
use super::theme::{self, Theme};
use super::tree::{self, Level, Node};
use crate::fault::Fault;
use crate::schema::coerce::{coerce, sequence};
use crate::schema::kind::Schema;
use std::collections::HashSet;
use transit::value::Value;
use uuid::Uuid;

/// The tag of a library.
pub(crate) const TAG: &str = "penpot/tokens-lib";

/// A library of tokens. The theme that nobody sees is always in it, no two sets have the same name or id, and no group
/// is empty.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Library {
    pub(super) sets: Level,
    /// Themes by group and name.
    pub(super) themes: Ordered<Ordered<Theme>>,
    /// The paths of the themes that are active: what older clients go by.
    pub(super) active: Vec<String>,
    /// What nobody knows here.
    rest: Value,
}

impl Library {
    /// A library with nothing but the theme that nobody sees, which is active.
    pub(crate) fn new(now: i64) -> Library {
        let active = vec![theme::hidden_path()];
        let rest = Value::Map(Vec::new());
        let mut library = Library { sets: Level::new(), themes: Ordered::new(), active, rest };
        library.ensure_hidden(now);
        library
    }

    /// Reads a library as it is in transit. Moments that are missing are `now`.
    ///
    /// # Errors
    /// [`Fault`] of what is wrong in it.
    pub(crate) fn read(value: Value, now: i64) -> Result<Library, Fault> {
        let Value::Tagged(tag, inner) = value else { return Err(not_a_library()) };
        if tag != TAG || !inner.is_map() {
            return Err(not_a_library());
        }
        let mut rest = record::without_nils(*inner);
        let mut library = Library::new(now);
        if let Some(sets) = rest.take("sets") {
            library.read_level(sets, now).map_err(|fault| fault.under("sets"))?;
        }
        if let Some(themes) = rest.take("themes") {
            library.themes = read_themes(themes).map_err(|fault| fault.under("themes"))?;
        }
        if let Some(paths) = rest.take("active-themes") {
            library.active = read_active(paths).map_err(|fault| fault.under("active-themes"))?;
        }
        library.rest = rest;
        library.ensure_hidden(now);
        library.check_ids().map_err(|fault| fault.under("sets"))?;
        Ok(library)
    }

    /// What it is in transit.
    pub(crate) fn to_value(&self) -> Value {
        let themes = self.themes.to_value(|group| group.to_value(Theme::to_value));
        let active = self.active.iter().map(|path| Value::text(path)).collect();
        let fields =
            [("sets", tree::to_value(&self.sets)), ("themes", themes), ("active-themes", Value::Set(active))];
        record::write(TAG, fields, &self.rest)
    }

    /// Every set, in order.
    pub(crate) fn sets(&self) -> Vec<&TokenSet> {
        tree::sets(&self.sets)
    }

    /// Every theme, in order.
    pub(crate) fn themes(&self) -> impl Iterator<Item = &Theme> {
        self.themes.values().flat_map(Ordered::values)
    }

    /// The themes that are active, in their order.
    pub(crate) fn active_themes(&self) -> impl Iterator<Item = &Theme> {
        self.themes().filter(|theme| self.active.contains(&theme.path()))
    }

    /// Whether nothing is in it but the theme that nobody sees.
    pub(crate) fn is_empty(&self) -> bool {
        self.sets.is_empty() && self.themes().all(Theme::is_hidden)
    }

    /// Adds a set behind the others; there must be none of its name.
    pub(super) fn push_set(&mut self, set: TokenSet) -> Result<(), Fault> {
        let way = tree::way_to_set(set.parts());
        if tree::find(&self.sets, &way).is_some() {
            return Err(Fault::data("should have a name of its own"));
        }
        tree::put(&mut self.sets, &way, Node::Set(Box::new(set)));
        Ok(())
    }

    /// Adds the theme that nobody sees where it is missing.
    pub(super) fn ensure_hidden(&mut self, now: i64) {
        if !self.themes().any(Theme::is_hidden) {
            self.put_theme(Theme::hidden(now));
        }
    }

    /// Stores a theme in the place of the one of its name, or behind the others of its group.
    pub(super) fn put_theme(&mut self, theme: Theme) {
        let (group, name) = (theme.group.clone(), theme.name.clone());
        match self.themes.get_mut(&group) {
            Some(themes) => drop(themes.put(&name, theme)),
            None => {
                let mut themes = Ordered::new();
                themes.put(&name, theme);
                self.themes.put(&group, themes);
            }
        }
    }

    /// Refuses more paths of active themes than there can be themes.
    ///
    /// # Errors
    /// [`Fault`] of the limit.
    pub(crate) fn check_active(paths: &[String]) -> Result<(), Fault> {
        if paths.len() > THEMES_MAX {
            return Err(Fault::limit(format!("should name at most {THEMES_MAX} themes")));
        }
        Ok(())
    }

    /// Refuses more sets or themes than are kept.
    ///
    /// # Errors
    /// [`Fault`] of the limit.
    pub(crate) fn check_counts(&self) -> Result<(), Fault> {
        if self.sets().len() > SETS_MAX {
            return Err(Fault::limit(format!("would have more than {SETS_MAX} sets")));
        }
        if self.themes().count() > THEMES_MAX {
            return Err(Fault::limit(format!("would have more than {THEMES_MAX} themes")));
        }
        Ok(())
    }

    fn check_ids(&self) -> Result<(), Fault> {
        let mut seen: HashSet<Uuid> = HashSet::new();
        match self.sets().into_iter().find(|set| !seen.insert(set.id)) {
            Some(set) => Err(Fault::data("should be of one set only").under("id").under(&set.name())),
            None => Ok(()),
        }
    }

    /// Reads the sets of a level and of the groups in it. Each goes where its name says.
    fn read_level(&mut self, value: Value, now: i64) -> Result<(), Fault> {
        let nodes = entries(value).ok_or_else(|| Fault::data("should be a map by name"))?;
        for (key, value) in nodes {
            let is_set = matches!(&value, Value::Tagged(tag, _) if tag == set::TAG) || key.starts_with("S-");
            let read = if is_set {
                TokenSet::read(value).and_then(|set| self.push_set(set.complete(now)))
            } else {
                self.read_level(value, now)
            };
            read.map_err(|fault| fault.under(&key))?;
        }
        Ok(())
    }
}

fn read_themes(value: Value) -> Result<Ordered<Ordered<Theme>>, Fault> {
    let by_name = || Fault::data("should be a map by name");
    let mut themes: Ordered<Ordered<Theme>> = Ordered::new();
    for (group, value) in entries(value).ok_or_else(by_name)? {
        for (name, value) in entries(value).ok_or_else(|| by_name().under(&group))? {
            let under = |fault: Fault| fault.under(&name).under(&group);
            let theme = Theme::read(&group, value).map_err(under)?;
            if themes.get(&theme.group).is_none() {
                themes.put(&theme.group.clone(), Ordered::new());
            }
            let Some(same_group) = themes.get_mut(&theme.group) else { continue };
            if same_group.put(&theme.name.clone(), theme).is_some() {
                return Err(under(Fault::data("should have a name of its own")));
            }
        }
    }
    Ok(themes)
}

/// Texts, each once.
fn read_active(value: Value) -> Result<Vec<String>, Fault> {
    let items = sequence(coerce(&Schema::Set(&Schema::Str), value));
    let items = items.map_err(|_| Fault::data("should be a set of text"))?;
    let text = |item: Value| match item {
        Value::Str(text) => Ok(text),
        _ => Err(Fault::data("should be a set of text")),
    };
    items.into_iter().map(text).collect()
}

fn not_a_library() -> Fault {
    Fault::data(format!(
        "should be a library of tokens: a map under the tag {TAG}, or text that holds its file form"
    ))
}
