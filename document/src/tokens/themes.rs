//! What changes do to the themes of a library. Each tells whether it changed anything.

use super::library::Library;
use super::ordered::Ordered;
use super::theme::{Theme, ThemeAttributes};
use crate::fault::Fault;
use std::collections::HashSet;
use uuid::Uuid;

impl Library {
    /// Adds a theme behind the others of its group, or changes the one of that id. In another group it comes last, and
    /// that group goes to where the old one was. A theme of another name is not active any more.
    pub(crate) fn set_theme(
        &mut self,
        id: Uuid,
        attributes: &ThemeAttributes,
        now: i64,
    ) -> Result<bool, Fault> {
        let Some(old) = self.themes().find(|theme| theme.id == id).cloned() else {
            let theme = attributes.make(now);
            self.check_hidden(&theme, false)?;
            self.put_theme(theme);
            self.check_counts()?;
            return Ok(true);
        };
        let Some(theme) = old.changed(attributes, now) else { return Ok(false) };
        self.check_hidden(&theme, old.is_hidden())?;
        if theme.path() == old.path() && theme.group == old.group {
            self.put_theme(theme);
        } else {
            self.rehome(&old, theme);
        }
        Ok(true)
    }

    /// Takes a theme away, out of the active ones too. The one that nobody sees is made anew.
    pub(crate) fn delete_theme(&mut self, id: Uuid, now: i64) -> bool {
        let Some(old) = self.themes().find(|theme| theme.id == id).cloned() else { return false };
        self.take_theme(&old);
        self.ensure_hidden(now);
        true
    }

    /// Stores which themes are active, whether there are such themes or not.
    pub(crate) fn set_active(&mut self, paths: Vec<String>) -> bool {
        std::mem::replace(&mut self.active, paths) != self.active
    }

    /// Takes those sets out of themes that are not there; tells whether there were such.
    pub(crate) fn drop_missing_sets(&mut self, now: i64) -> bool {
        let names: HashSet<String> = self.sets().iter().map(|set| set.name()).collect();
        let mut dropped = false;
        for theme in self.themes_mut() {
            let before = theme.sets.len();
            theme.sets.retain(|name| names.contains(name));
            if theme.sets.len() != before {
                theme.stamp(now);
                dropped = true;
            }
        }
        dropped
    }

    /// Every theme, to change it.
    pub(super) fn themes_mut(&mut self) -> impl Iterator<Item = &mut Theme> {
        self.themes.values_mut().flat_map(Ordered::values_mut)
    }

    /// The theme that nobody sees stays what it is, and no other takes its place.
    fn check_hidden(&self, theme: &Theme, was_hidden: bool) -> Result<(), Fault> {
        if theme.is_hidden() == was_hidden {
            return Ok(());
        }
        let reason = if was_hidden { "should stay what it is" } else { "should be another: clients hide it" };
        Err(Fault::data(reason).under("name"))
    }

    /// Puts a theme of another group or name in the place of what it was.
    fn rehome(&mut self, old: &Theme, theme: Theme) {
        if old.group == theme.group {
            if let Some(themes) = self.themes.get_mut(&old.group) {
                themes.put_before(Some(&old.name), &theme.name.clone(), theme);
            }
        } else {
            let mut themes = self.themes.take(&theme.group).unwrap_or_else(Ordered::new);
            let group = theme.group.clone();
            // Before one of the name it had, if there is one; the same name takes its place.
            let other = themes.get(&old.name).is_some().then_some(old.name.as_str());
            match other {
                Some(other) => themes.put_before(Some(other), &theme.name.clone(), theme),
                None => drop(themes.put(&theme.name.clone(), theme)),
            }
            self.themes.put_before(Some(&old.group), &group, themes);
        }
        self.take_theme(old);
    }

    fn take_theme(&mut self, theme: &Theme) {
        if let Some(themes) = self.themes.get_mut(&theme.group) {
            themes.take(&theme.name);
            if themes.is_empty() {
                self.themes.take(&theme.group);
            }
        }
        let path = theme.path();
        self.active.retain(|active| *active != path);
    }
}
