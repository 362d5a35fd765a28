//! What is in a library, at a glance.

use crate::error::Result;
use crate::file::parts::library::{Assets, Main, Room, each_of, shapes_of};
use crate::permission::Viewable;
use document::part::{Kind, OpenPart};
use entities::file;
use platform::app::App;
use platform::db::Tx;
use std::collections::{BTreeMap, HashMap, HashSet};
use transit::value::Value;
use uuid::Uuid;

/// Most components that are shown.
const COMPONENTS_MAX: usize = 4;
/// Most colours, and most typographies, that are shown.
const STYLES_MAX: usize = 3;
/// A component of more shapes is shown without them.
const SHAPES_MAX: usize = 1000;
/// Of many libraries at once so many shapes are shown; those that come later are shown without.
const SHAPES_OF_ALL_MAX: usize = 20_000;
/// Likewise, bytes.
const BYTES_OF_ALL_MAX: usize = 32 << 20;

/// What is in a library.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Components that are not deleted, one for each group of variants, with their shapes in `objects`.
    pub components: Sampled,
    /// Groups of variants.
    pub variants: i64,
    /// Colours.
    pub colors: Sampled,
    /// Typographies.
    pub typographies: Sampled,
}

/// How many there are, and the first of them by name, whatever the case of its letters.
#[derive(Clone, Debug, Default)]
pub struct Sampled {
    /// How many.
    pub count: i64,
    /// The first: components 4 at most, others 3.
    pub sample: Vec<Value>,
}

/// What is in the library of a file, in a transaction that should see one moment only.
///
/// # Errors
/// [`crate::Error::NotFound`] when the document is gone; [`crate::Error::Platform`] when it cannot be read; those of
/// the database.
pub async fn of_file(app: &App, tx: &Tx, file: &Viewable<file::Model>) -> Result<Summary> {
    of_row(app, tx, file).await
}

/// The same for whoever has asked for permission already.
pub(super) async fn of_row(app: &App, tx: &Tx, file: &file::Model) -> Result<Summary> {
    let assets = Assets::of(app, tx, file).await?;
    let mut seen = Seen::default();
    assets.each(&mut |part| seen.see(part)).await?;
    let mut shapes = HashMap::new();
    for component in seen.components.first.values() {
        if let Some((page, main)) = main_of(component) {
            shapes.insert(component.key().id, assets.shapes(page, main, SHAPES_MAX).await?);
        }
    }
    Ok(seen.summary(shapes))
}

/// What is in the libraries of many documents, by their roots: in two statements, however many they are.
///
/// # Errors
/// [`crate::Error::Platform`] when one cannot be read; those of the database.
pub(super) async fn of_roots(tx: &Tx, roots: &[i64]) -> Result<HashMap<i64, Summary>> {
    let mut all: BTreeMap<i64, Seen> = roots.iter().map(|root| (*root, Seen::default())).collect();
    each_of(tx, roots, &mut |root, part| {
        if let Some(seen) = all.get_mut(&root) {
            seen.see(part);
        }
    })
    .await?;
    let main =
        |root: i64, component: &OpenPart| main_of(component).map(|(page, shape)| Main { root, page, shape });
    let mains: Vec<Main> = all
        .iter()
        .flat_map(|(root, seen)| seen.components.first.values().filter_map(|one| main(*root, one)))
        .collect();
    let room = Room { each: SHAPES_MAX, all: SHAPES_OF_ALL_MAX, bytes: BYTES_OF_ALL_MAX };
    let mut found = shapes_of(tx, &mains, room).await?;
    let summary = |(root, seen): (i64, Seen)| {
        let components = seen.components.first.values();
        let shapes = components.filter_map(|one| Some((one.key().id, found.remove(&main(root, one)?)?)));
        let shapes = shapes.collect();
        (root, seen.summary(shapes))
    };
    Ok(all.into_iter().map(summary).collect())
}

/// The page and the shape of the main of a component.
fn main_of(component: &OpenPart) -> Option<(Uuid, Uuid)> {
    let id = |name: &str| component.plain(name).and_then(Value::as_uuid);
    id("main-instance-page").zip(id("main-instance-id"))
}

/// What was seen so far.
#[derive(Default)]
struct Seen {
    components: First<COMPONENTS_MAX>,
    variants: HashSet<Uuid>,
    colors: First<STYLES_MAX>,
    typographies: First<STYLES_MAX>,
}

impl Seen {
    /// With what the mains of its components consist of.
    fn summary(self, mut shapes: HashMap<Uuid, Vec<OpenPart>>) -> Summary {
        let with_shapes = |component: OpenPart| {
            let shapes = shapes.remove(&component.key().id).unwrap_or_default();
            let shapes = shapes.iter().map(|shape| (Value::Uuid(shape.key().id), shape.to_value()));
            let mut value = component.to_value();
            value.put("objects", Value::Map(shapes.collect()));
            value
        };
        let sample = self.components.first.into_values().map(with_shapes).collect();
        Summary {
            components: Sampled { count: self.components.count, sample },
            variants: i64::try_from(self.variants.len()).unwrap_or(i64::MAX),
            colors: self.colors.sampled(),
            typographies: self.typographies.sampled(),
        }
    }

    fn see(&mut self, part: &OpenPart) {
        match part.key().kind {
            Kind::Component if part.plain("deleted") == Some(&Value::Bool(true)) => {}
            Kind::Component => {
                let variant = part.plain("variant-id").and_then(Value::as_uuid);
                if variant.is_none_or(|id| self.variants.insert(id)) {
                    self.components.see(part);
                }
            }
            Kind::Color => self.colors.see(part),
            Kind::Typography => self.typographies.see(part),
            _ => {}
        }
    }
}

/// Counts all and keeps the first `MAX` by name.
#[derive(Default)]
struct First<const MAX: usize> {
    count: i64,
    first: BTreeMap<(String, Uuid), OpenPart>,
}

impl<const MAX: usize> First<MAX> {
    fn see(&mut self, part: &OpenPart) {
        self.count += 1;
        let name = part.plain("name").and_then(Value::as_str).unwrap_or_default();
        let place = (name.to_lowercase(), part.key().id);
        if self.first.len() < MAX || self.first.last_key_value().is_some_and(|(last, _)| place < *last) {
            self.first.insert(place, part.clone());
        }
        if self.first.len() > MAX {
            self.first.pop_last();
        }
    }

    fn sampled(self) -> Sampled {
        Sampled { count: self.count, sample: self.first.into_values().map(|part| part.to_value()).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use document::part::PartKey;

    fn part(kind: Kind, id: u128, fields: &[(&str, Value)]) -> OpenPart {
        let key = PartKey::of_file(kind, Uuid::from_u128(id));
        OpenPart::new(key, Value::map(fields.iter().cloned()))
    }

    #[test]
    fn the_first_by_name_are_kept_and_all_are_counted() {
        let mut first = First::<2>::default();
        for (id, name) in [(1, "cyan"), (2, "Blue"), (3, "amber"), (4, "azure"), (5, "Amber")] {
            first.see(&part(Kind::Color, id, &[("name", Value::text(name))]));
        }
        let sampled = first.sampled();
        let names: Vec<_> = sampled.sample.iter().filter_map(|value| value.get("name")?.as_str()).collect();
        assert_eq!((sampled.count, names), (5, vec!["amber", "Amber"]));
    }

    #[test]
    fn one_of_each_group_of_variants_counts_and_deleted_ones_do_not() {
        let mut seen = Seen::default();
        let variant = |id: u128| ("variant-id", Value::Uuid(Uuid::from_u128(id)));
        seen.see(&part(Kind::Component, 1, &[variant(8)]));
        seen.see(&part(Kind::Component, 2, &[variant(8)]));
        seen.see(&part(Kind::Component, 3, &[variant(9), ("deleted", Value::Bool(true))]));
        seen.see(&part(Kind::Component, 4, &[("deleted", Value::Bool(false))]));
        assert_eq!((seen.components.count, seen.variants.len()), (2, 1));
    }
}
