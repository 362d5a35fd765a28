//! Variants: mains in a container that all have the same properties.

use super::defect::Defect;
use super::finding::{Edit, Finding};
use super::mains::Scene;
use super::outline::ShapeOutline;
use super::registry::ComponentOutline;
use crate::part::Container;
use transit::value::Value;
use uuid::Uuid;

/// What is wrong with a variant, or with what is in a container of variants.
pub(super) fn check(scene: &Scene<'_>, id: Uuid, shape: &ShapeOutline) -> Vec<Finding> {
    let mut found = Vec::new();
    if shape.is_variant_container() {
        found.extend(check_container(scene, id, shape));
    }
    if let Some(container) = shape.variant_id() {
        found.extend(check_variant(scene, id, shape, container));
    }
    found
}

/// Components of the page that are variants, and whose mains are none.
pub(super) fn check_components(scene: &Scene<'_>) -> Vec<Finding> {
    let here = scene.registry.iter().filter(|(_, component)| {
        !component.is_deleted && component.page == Some(scene.page) && component.variant.is_some()
    });
    let wrong = here.filter_map(|(_, component)| {
        let main = component.main?;
        let is_none = scene.shapes.get(main)?.variant_id().is_none();
        is_none.then(|| Finding::of(Defect::NotAVariant, Container::Page(scene.page), main, "variant-id"))
    });
    wrong.collect()
}

/// The component of a variant.
fn component<'s>(scene: &Scene<'s>, shape: &ShapeOutline) -> Option<&'s ComponentOutline> {
    scene.registry.get(shape.columns.component?)
}

fn check_container(scene: &Scene<'_>, id: Uuid, shape: &ShapeOutline) -> Vec<Finding> {
    let (mut found, mut first) = (Vec::new(), None);
    for child in shape.columns.children() {
        let Some(own) = scene.shapes.get(*child) else { continue };
        let of = |defect, field| Finding::of(defect, Container::Page(scene.page), *child, field);
        let names: Vec<&str> =
            component(scene, own).map(|own| own.property_names().collect()).unwrap_or_default();
        let expected = first.get_or_insert_with(|| names.clone());
        match own.variant_id() {
            None => found.push(of(Defect::NotAVariant, "variant-id").about(id)),
            Some(container) if container != id => {
                found.push(of(Defect::InvalidVariantId, "variant-id").about(id));
            }
            Some(_) if names != *expected => {
                let finding = of(Defect::InvalidVariantProperties, "variant-properties");
                found.push(own.columns.component.into_iter().fold(finding, Finding::about));
            }
            Some(_) => {}
        }
    }
    found
}

fn check_variant(scene: &Scene<'_>, id: Uuid, shape: &ShapeOutline, container: Uuid) -> Vec<Finding> {
    let of = |defect, field| Finding::of(defect, Container::Page(scene.page), id, field);
    if !shape.is_main() {
        return vec![of(Defect::VariantNotMain, "main-instance")];
    }
    let parent = shape.columns.parent.and_then(|parent| scene.shapes.get(parent));
    let around = parent.filter(|parent| parent.is_variant_container());
    let Some(around) = around.and_then(|parent| parent.variant.as_deref()) else {
        return vec![of(Defect::ParentNotVariant, "parent-id")];
    };
    let (mut found, own) = (Vec::new(), shape.variant.as_deref());
    if own.is_some_and(|own| own.name != around.name) {
        found.push(of(Defect::VariantBadName, "name").with("name", Value::text(&around.name)));
    }
    let Some(component) = component(scene, shape) else { return found };
    let about = |finding| shape.columns.component.into_iter().fold(finding, Finding::about);
    let name = component.variant_name();
    if own.is_some_and(|own| own.variant_name != name) {
        found.push(of(Defect::VariantBadVariantName, "variant-name").with("variant-name", Value::Str(name)));
    }
    if component.name != around.name {
        found.push(about(of(Defect::VariantComponentBadName, "name")));
    }
    if component.variant != Some(container) {
        let finding = about(of(Defect::VariantComponentBadId, "variant-id"));
        // Where the shape is in the container it names, the component follows it.
        let is_sure = shape.columns.parent == Some(container) && !component.is_deleted;
        let edit = shape.columns.component.filter(|_| is_sure);
        found.push(edit.into_iter().fold(finding, |finding, component| {
            finding.mended(Edit::Component(component, "variant-id", Value::Uuid(container)))
        }));
    }
    found
}
