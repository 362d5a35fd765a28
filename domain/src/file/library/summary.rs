//! What is in a library, at a glance.

use crate::error::Result;
use crate::file::parts::library::Source;
use crate::permission::Viewable;
use document::part::{Kind, OpenPart};
use entities::file;
use platform::app::App;
use platform::db::Tx;
use std::collections::{BTreeMap, HashSet};
use transit::value::Value;
use uuid::Uuid;

/// Most components that are shown.
const COMPONENTS_MAX: usize = 4;
/// Most colours, and most typographies, that are shown.
const STYLES_MAX: usize = 3;
/// A component of more shapes is shown without them.
const SHAPES_MAX: usize = 1000;

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
    let source = Source::open(app, tx, file).await?;
    let mut seen = Seen::default();
    source.each(tx, &mut |part| seen.see(part)).await?;
    let mut components = Sampled { count: seen.components.count, sample: vec![] };
    for part in seen.components.first.into_values() {
        components.sample.push(with_shapes(&source, tx, &part).await?);
    }
    Ok(Summary {
        components,
        variants: i64::try_from(seen.variants.len()).unwrap_or(i64::MAX),
        colors: seen.colors.sampled(),
        typographies: seen.typographies.sampled(),
    })
}

/// A component with what its main consists of.
async fn with_shapes(source: &Source, tx: &Tx, component: &OpenPart) -> Result<Value> {
    let id = |name: &str| component.plain(name).and_then(Value::as_uuid);
    let shapes = match (id("main-instance-page"), id("main-instance-id")) {
        (Some(page), Some(main)) => source.shapes(tx, page, main, SHAPES_MAX).await?,
        _ => vec![],
    };
    let mut value = component.to_value();
    let shapes = shapes.iter().map(|shape| (Value::Uuid(shape.key().id), shape.to_value()));
    value.put("objects", Value::Map(shapes.collect()));
    Ok(value)
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
