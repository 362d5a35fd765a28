//! What changes do to the sets of a library. Each tells whether it changed anything.

use super::library::Library;
use super::names;
use super::set::{TokenSet, check_parts};
use super::token::TokenAttributes;
use super::tree::{self, Node};
use crate::fault::Fault;
use uuid::Uuid;

/// What something is put before: the parts of its name, and whether it is a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Before {
    pub(crate) parts: Vec<String>,
    pub(crate) is_group: bool,
}

impl Before {
    fn way(&self) -> Vec<String> {
        if self.is_group { tree::way_to_group(&self.parts) } else { tree::way_to_set(&self.parts) }
    }
}

impl Library {
    /// Adds a token to a set, or changes the one of that id. Nothing happens in a set that is not there.
    pub(crate) fn set_token(
        &mut self,
        set: Uuid,
        token: Uuid,
        attributes: &TokenAttributes,
        now: i64,
    ) -> Result<bool, Fault> {
        match self.set_mut(set) {
            Some(set) => set.set_token(token, attributes, now),
            None => Ok(false),
        }
    }

    /// Takes a token out of a set, which counts as changed even if it was not there.
    pub(crate) fn delete_token(&mut self, set: Uuid, token: Uuid, now: i64) -> bool {
        self.set_mut(set).map(|set| set.delete_token(token, now)).is_some()
    }

    /// Adds a set behind the others of its group, or replaces the one of its id, whose place it takes: in another
    /// group, the groups go to where the old ones were, and themes follow to another name.
    pub(crate) fn set_set(&mut self, set: TokenSet, now: i64) -> Result<bool, Fault> {
        let old = self.set_parts(set.id);
        let parts = set.parts().to_vec();
        if old.as_ref() != Some(&parts) && tree::find(&self.sets, &tree::way_to_set(&parts)).is_some() {
            return Err(Fault::data("should be free: there is a set of that name").under("name"));
        }
        let node = Node::Set(Box::new(set.complete(now)));
        match old {
            Some(old) => self.replace(&old, &parts, node, now),
            None => {
                tree::put(&mut self.sets, &tree::way_to_set(&parts), node);
                self.check_counts()?;
            }
        }
        Ok(true)
    }

    /// Takes a set away, out of every theme too. All themes count as changed.
    pub(crate) fn delete_set(&mut self, id: Uuid, now: i64) -> bool {
        let Some(parts) = self.set_parts(id) else { return false };
        tree::take(&mut self.sets, &tree::way_to_set(&parts));
        let name = names::join_set(&parts);
        self.themes_mut().for_each(|theme| theme.drop_set(&name, now));
        true
    }

    /// Gives a group another last name: every set in it, one by one.
    pub(crate) fn rename_group(&mut self, group: &[String], last: &str, now: i64) -> Result<bool, Fault> {
        let Some(node) = tree::find(&self.sets, &tree::way_to_group(group)) else { return Ok(false) };
        let ids: Vec<Uuid> = tree::sets_of(node).iter().map(|set| set.id).collect();
        let above = group.split_last().map_or(&[][..], |(_, above)| above);
        let renamed = [above, &names::split_set(last)].concat();
        if renamed.len() == above.len() {
            return Err(Fault::params("should be more than blanks and slashes"));
        }
        for id in ids {
            let Some(old) = self.set_parts(id) else { continue };
            let parts = [&renamed, &old[group.len()..]].concat();
            check_parts(&parts)?;
            let way = tree::way_to_set(&parts);
            if parts != old && tree::find(&self.sets, &way).is_some() {
                return Err(Fault::data("should be free: there is a set of that name"));
            }
            let Some(Node::Set(set)) = tree::find(&self.sets, &tree::way_to_set(&old)) else { continue };
            let mut set = set.clone();
            set.rename(parts.clone(), now);
            self.replace(&old, &parts, Node::Set(set), now);
        }
        Ok(true)
    }

    /// Moves a set to another name, or to another place in its group.
    pub(crate) fn move_set(
        &mut self,
        from: &[String],
        to: &[String],
        before: Option<&Before>,
        now: i64,
    ) -> Result<bool, Fault> {
        let (old_way, way) = (tree::way_to_set(from), tree::way_to_set(to));
        let Some(node @ Node::Set(_)) = tree::find(&self.sets, &old_way) else { return Ok(false) };
        let mut node = node.clone();
        let other = before.map(Before::way).unwrap_or_default();
        if old_way == way {
            if other.last() == way.last() {
                return Ok(false);
            }
            tree::reorder(&mut self.sets, &way, other.last().map(String::as_str));
            if let Some(own) = tree::find_mut(&mut self.sets, &way) {
                tree::each_mut(own, &mut |set| set.rename(to.to_vec(), now));
            }
            return Ok(true);
        }
        self.check_free(&way, to)?;
        tree::each_mut(&mut node, &mut |set| set.rename(to.to_vec(), now));
        tree::put_before(&mut self.sets, &other, &way, node);
        tree::take(&mut self.sets, &old_way);
        self.follow(&names::join_set(from), &names::join_set(to), Some(now));
        Ok(true)
    }

    /// Moves a group with all its sets to another name, or to another place in its own.
    pub(crate) fn move_group(
        &mut self,
        from: &[String],
        to: &[String],
        before: Option<&Before>,
        now: i64,
    ) -> Result<bool, Fault> {
        let (old_way, way) = (tree::way_to_group(from), tree::way_to_group(to));
        let Some(node) = tree::find(&self.sets, &old_way) else { return Ok(false) };
        let mut node = node.clone();
        let other = before.map(Before::way).unwrap_or_default();
        if old_way == way {
            tree::reorder(&mut self.sets, &way, other.last().map(String::as_str));
            return Ok(true);
        }
        if way.starts_with(&old_way) {
            return Err(Fault::data("should not be inside the group itself").under("to-path"));
        }
        self.check_free(&way, to)?;
        let (mut renamed, mut fault) = (Vec::new(), Ok(()));
        tree::each_mut(&mut node, &mut |set| {
            let parts = [to, &set.parts()[from.len()..]].concat();
            if fault.is_ok() {
                fault = check_parts(&parts);
            }
            renamed.push((set.name(), names::join_set(&parts)));
            set.rename(parts, now);
        });
        fault.map_err(|fault| fault.under("to-path"))?;
        tree::put_before(&mut self.sets, &other, &way, node);
        tree::take(&mut self.sets, &old_way);
        renamed.iter().for_each(|(old, new)| self.follow(old, new, None));
        Ok(true)
    }

    /// Puts a set in the place of one; it may have another name.
    fn replace(&mut self, old: &[String], parts: &[String], node: Node, now: i64) {
        let (old_way, way) = (tree::way_to_set(old), tree::way_to_set(parts));
        tree::put_before(&mut self.sets, &old_way, &way, node);
        if old_way != way {
            tree::take(&mut self.sets, &old_way);
            self.follow(&names::join_set(old), &names::join_set(parts), Some(now));
        }
    }

    /// Themes follow a set to another name; they count as changed where a moment is given.
    fn follow(&mut self, old: &str, new: &str, now: Option<i64>) {
        for theme in self.themes_mut() {
            if theme.rename_set(old, new)
                && let Some(now) = now
            {
                theme.stamp(now);
            }
        }
    }

    /// Refuses to put something where something else is.
    fn check_free(&self, way: &[String], parts: &[String]) -> Result<(), Fault> {
        check_parts(parts).map_err(|fault| fault.under("to-path"))?;
        match tree::find(&self.sets, way) {
            Some(_) => Err(Fault::data("should be free: something of that name is there").under("to-path")),
            None => Ok(()),
        }
    }

    fn set_parts(&self, id: Uuid) -> Option<Vec<String>> {
        self.sets().into_iter().find(|set| set.id == id).map(|set| set.parts().to_vec())
    }

    fn set_mut(&mut self, id: Uuid) -> Option<&mut TokenSet> {
        let way = tree::way_to_set(&self.set_parts(id)?);
        match tree::find_mut(&mut self.sets, &way) {
            Some(Node::Set(set)) => Some(set),
            _ => None,
        }
    }
}
