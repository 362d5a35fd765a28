//! Interactions that are not valid go: nothing could be done with them, and their shape could not be changed any more.

use super::whole::Whole;
use crate::schema::check::check;
use crate::schema::coerce::{coerce, sequence};
use crate::schema::style::INTERACTION;
use transit::value::Value;

pub(super) fn run(whole: &mut Whole) {
    for shape in whole.shapes_mut() {
        let Some(interactions) = shape.plain("interactions").cloned() else { continue };
        let items = sequence(interactions).unwrap_or_default();
        let valid = items.into_iter().map(|item| coerce(&INTERACTION, item));
        let valid = valid.filter(|item| check(&INTERACTION, item).is_ok());
        shape.set("interactions", Value::Vec(valid.collect()));
    }
}
