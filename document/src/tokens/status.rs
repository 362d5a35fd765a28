//! Which themes and sets are active in a file: kept in the file itself, whoever's library it uses.

use super::library::Library;
use transit::value::Value;
use uuid::Uuid;

const TAG: &str = "penpot/tokens-status";

/// A status of these themes and sets. What another status holds beside them stays.
pub(crate) fn status(themes: &[Uuid], sets: &[Uuid], old: Option<&Value>) -> Value {
    let ids = |ids: &[Uuid]| {
        let mut set: Vec<Value> = Vec::with_capacity(ids.len());
        for id in ids.iter().copied().map(Value::Uuid) {
            if !set.contains(&id) {
                set.push(id);
            }
        }
        Value::Set(set)
    };
    let mut map = match old.map(Value::untagged) {
        Some(map @ Value::Map(_)) => map.clone(),
        _ => Value::Map(Vec::new()),
    };
    map.put("active-theme-ids", ids(themes));
    map.put("active-set-ids", ids(sets));
    Value::tagged(TAG, map)
}

impl Library {
    /// What is active by what the library itself says, as older clients read it: its active themes, of which the one
    /// that nobody sees does not count, and the sets of all of them.
    pub(crate) fn status(&self, old: Option<&Value>) -> Value {
        let themes: Vec<Uuid> =
            self.active_themes().filter(|theme| !theme.is_hidden()).map(|theme| theme.id).collect();
        let names: Vec<&String> = self.active_themes().flat_map(|theme| &theme.sets).collect();
        let is_active = |name: &String| names.contains(&name);
        let sets: Vec<Uuid> =
            self.sets().into_iter().filter(|set| is_active(&set.name())).map(|set| set.id).collect();
        status(&themes, &sets, old)
    }
}
