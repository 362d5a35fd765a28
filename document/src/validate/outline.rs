//! What has to be known of shapes to tell whether they belong together: less than the shapes.

use crate::part::{Columns, OpenPart, Part};
use std::collections::{BTreeMap, BTreeSet, HashSet};
use transit::ReadError;
use transit::value::Value;
use uuid::Uuid;

/// How a copy notes which shape it was swapped for.
const SLOT: &str = "swap-slot-";
/// The attributes that say where a shape is and how large.
const GEOMETRY: [&str; 6] = ["x", "y", "width", "height", "selrect", "points"];
/// How it is turned: with these the others follow from each other.
const TURNED: [&str; 2] = ["transform", "transform-inverse"];

/// The shapes of a page, of a deleted component, or of the main of a component: some 300 bytes each.
#[derive(Clone, Debug, Default)]
pub struct Outline {
    shapes: BTreeMap<Uuid, ShapeOutline>,
}

/// What has to be known of one shape.
#[derive(Clone, Debug, Default)]
pub(crate) struct ShapeOutline {
    pub(crate) columns: Columns,
    /// The groups of attributes that a copy changed, and the slot it was swapped into.
    pub(crate) touched: Vec<String>,
    /// What there is of a geometry that is not complete.
    pub(crate) geometry: Option<Box<Value>>,
    pub(crate) variant: Option<Box<VariantOutline>>,
}

/// What has to be known of a variant, or of a container of variants.
#[derive(Clone, Debug, Default)]
pub(crate) struct VariantOutline {
    /// The container that a variant says it is in.
    pub(crate) container: Option<Uuid>,
    pub(crate) is_container: bool,
    pub(crate) name: String,
    pub(crate) variant_name: String,
}

impl Outline {
    /// Nothing yet.
    pub fn new() -> Outline {
        Outline::default()
    }

    /// Takes a shape in, with its bytes. Other parts do not count.
    ///
    /// # Errors
    /// [`ReadError`] when the bytes are no transit.
    pub fn push(&mut self, part: &Part) -> Result<(), ReadError> {
        if part.key.kind == crate::part::Kind::Shape
            && let Some(open) = OpenPart::read(part)?
        {
            self.add(&open);
        }
        Ok(())
    }

    /// Takes an open shape in.
    pub(crate) fn add(&mut self, shape: &OpenPart) {
        self.shapes.insert(shape.key().id, ShapeOutline::of(shape));
    }

    /// The shapes of these ids.
    pub(crate) fn only(&self, ids: &BTreeSet<Uuid>) -> Outline {
        let own = ids.iter().filter_map(|id| Some((*id, self.shapes.get(id)?.clone())));
        Outline { shapes: own.collect() }
    }

    /// How many shapes there are.
    pub fn len(&self) -> usize {
        self.shapes.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.shapes.is_empty()
    }

    pub(crate) fn get(&self, id: Uuid) -> Option<&ShapeOutline> {
        self.shapes.get(&id)
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (Uuid, &ShapeOutline)> {
        self.shapes.iter().map(|(id, shape)| (*id, shape))
    }

    /// What is around a shape, from the nearest outwards. The root is around all others, and nothing around it.
    pub(crate) fn around(&self, id: Uuid) -> Vec<Uuid> {
        let (mut found, mut seen, mut at) = (Vec::new(), HashSet::from([id]), id);
        while let Some(parent) = self.get(at).and_then(|shape| shape.columns.parent) {
            if self.get(parent).is_none() || !seen.insert(parent) {
                break;
            }
            found.push(parent);
            at = parent;
        }
        found
    }

    /// A shape and all below it that is there.
    pub(crate) fn below(&self, id: Uuid) -> HashSet<Uuid> {
        let (mut found, mut left) = (HashSet::new(), vec![id]);
        while let Some(id) = left.pop() {
            if let Some(shape) = self.get(id)
                && found.insert(id)
            {
                left.extend(shape.columns.children());
            }
        }
        found
    }

    /// The nearest frame around a shape.
    pub(crate) fn frame_around(&self, id: Uuid) -> Option<Uuid> {
        self.around(id).into_iter().find(|id| self.get(*id).is_some_and(|shape| shape.columns.is_frame()))
    }

    /// The heads of components around a shape, itself among them, from the outermost inwards.
    pub(crate) fn heads(&self, id: Uuid) -> Vec<(Uuid, &ShapeOutline)> {
        let mut way = vec![id];
        way.extend(self.around(id));
        let heads = way.into_iter().rev().filter_map(|id| Some((id, self.get(id)?)));
        heads.filter(|(_, shape)| shape.is_head()).collect()
    }
}

impl ShapeOutline {
    pub(crate) fn of(shape: &OpenPart) -> ShapeOutline {
        let touched = shape.plain("touched").and_then(Value::items).unwrap_or_default();
        let touched = touched.iter().filter_map(|group| group.as_keyword().map(str::to_owned)).collect();
        let needs_geometry = !matches!(shape.columns.shape_type.as_deref(), Some("path" | "bool"));
        let is_whole = GEOMETRY.iter().all(|name| shape.plain(name).is_some());
        let all = || GEOMETRY.iter().chain(&TURNED);
        let there = || all().filter_map(|name| Some((*name, shape.plain(name)?.clone())));
        ShapeOutline {
            columns: shape.columns.clone(),
            touched,
            geometry: (needs_geometry && !is_whole).then(|| Box::new(Value::map(there()))),
            variant: VariantOutline::of(shape).map(Box::new),
        }
    }

    /// Whether it is the head of a component, main or copy.
    pub(crate) fn is_head(&self) -> bool {
        self.columns.component.is_some()
    }

    /// Whether it says that it is inside no component.
    pub(crate) fn is_root(&self) -> bool {
        self.columns.component_root == Some(true)
    }

    /// Whether it is marked as the main of a component.
    pub(crate) fn is_main(&self) -> bool {
        self.columns.main_instance == Some(true)
    }

    /// The shape it was swapped for.
    pub(crate) fn slot(&self) -> Option<Uuid> {
        self.touched.iter().find_map(|group| Uuid::try_parse(group.strip_prefix(SLOT)?).ok())
    }

    /// Whether it notes any slot, readable or not.
    pub(crate) fn has_slot(&self) -> bool {
        self.touched.iter().any(|group| group.starts_with(SLOT))
    }

    /// What it notes, without the slot and with other groups.
    pub(crate) fn touched_with(&self, keeps_slot: bool, more: Option<String>) -> Value {
        let kept = self.touched.iter().filter(|group| keeps_slot || !group.starts_with(SLOT)).cloned();
        let groups: Vec<Value> = kept.chain(more).map(Value::Keyword).collect();
        if groups.is_empty() { Value::Nil } else { Value::Set(groups) }
    }

    /// How it notes a slot.
    pub(crate) fn slot_group(id: Uuid) -> String {
        format!("{SLOT}{id}")
    }

    /// The container that it says it is a variant in.
    pub(crate) fn variant_id(&self) -> Option<Uuid> {
        self.variant.as_ref().and_then(|variant| variant.container)
    }

    /// Whether variants are in it.
    pub(crate) fn is_variant_container(&self) -> bool {
        self.variant.as_ref().is_some_and(|variant| variant.is_container)
    }
}

impl VariantOutline {
    fn of(shape: &OpenPart) -> Option<VariantOutline> {
        let container = shape.plain("variant-id").and_then(Value::as_uuid);
        let is_container = shape.plain("is-variant-container").and_then(Value::as_bool) == Some(true);
        if container.is_none() && !is_container {
            return None;
        }
        let text = |name| shape.plain(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let (name, variant_name) = (text("name"), text("variant-name"));
        Some(VariantOutline { container, is_container, name, variant_name })
    }
}
