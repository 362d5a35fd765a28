//! Colours and typographies, as the file's own.

use super::asked::Asked;
use super::names::Names;
use crate::part::{OpenPart, PartKey};
use crate::stop::Step;
use crate::working_set::WorkingSet;
use std::collections::BTreeMap;
use transit::value::Value;
use uuid::Uuid;

/// What a colour may have: nothing else is taken into a library.
const OF_COLOR: [&str; 9] =
    ["id", "name", "path", "color", "gradient", "image", "opacity", "modified-at", "plugin-data"];
/// What every typography has: old ones lack some of it.
const OF_TYPOGRAPHY: [&str; 10] = [
    "name",
    "font-id",
    "font-family",
    "font-variant-id",
    "font-size",
    "font-weight",
    "font-style",
    "line-height",
    "letter-spacing",
    "text-transform",
];

/// Colours or typographies that are taken over.
#[derive(Debug)]
pub(super) struct Styles<'t> {
    /// The ids that they get.
    pub(super) ids: BTreeMap<Uuid, Uuid>,
    /// Those that the file does not have yet, with those ids.
    pub(super) new: Vec<(&'t OpenPart, Uuid)>,
}

impl<'t> Styles<'t> {
    /// Each keeps its id, unless the file has another one of that id: then it gets one that is made up.
    pub(super) fn of(
        own: &mut WorkingSet,
        taken: &'t [OpenPart],
        made_up: impl Fn(Uuid) -> Uuid,
    ) -> Step<Styles<'t>> {
        let mut styles = Styles { ids: BTreeMap::new(), new: vec![] };
        let mut asked = Asked::default();
        for style in taken {
            let PartKey { kind, id, .. } = style.key();
            let there =
                own.open(PartKey::of_file(kind, id)).map(|there| there.map(|own| is_same(own, style)));
            let own_id = match asked.take(there)?.flatten() {
                Some(true) => id,
                found => {
                    let own_id = if found.is_some() { made_up(id) } else { id };
                    styles.new.push((style, own_id));
                    own_id
                }
            };
            styles.ids.insert(id, own_id);
        }
        asked.end()?;
        Ok(styles)
    }
}

/// Whether two are the same but for the moment of their last change.
fn is_same(one: &OpenPart, other: &OpenPart) -> bool {
    let [one, other] = [one, other].map(|style| {
        let mut value = style.to_value();
        value.take("modified-at");
        value
    });
    one.same(&other)
}

/// A colour as it is added or replaced.
pub(super) fn color(part: &OpenPart, id: Uuid, names: &Names<'_>) -> Value {
    let mut part = part.clone();
    names.replace(&mut part);
    let value = part.to_value();
    let known = |(name, _): &&(Value, Value)| name.as_keyword().is_some_and(|name| OF_COLOR.contains(&name));
    let mut color = Value::Map(value.entries().iter().filter(known).cloned().collect());
    color.put("id", Value::Uuid(id));
    color
}

/// A typography as it is added.
pub(super) fn typography(part: &OpenPart, id: Uuid) -> Value {
    let mut typography = part.to_value();
    for name in OF_TYPOGRAPHY {
        if typography.some(name).and_then(Value::as_str).is_none() {
            typography.put(name, Value::text(""));
        }
    }
    typography.put("id", Value::Uuid(id));
    typography
}
