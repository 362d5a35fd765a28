//! Shapes are kept of deleted components only, and of every one of these. Where the main is not on its page, what is
//! kept is all there is, and stays.

use super::whole::Whole;
use crate::part::{Container, Kind, PartKey};
use transit::value::Value;
use uuid::Uuid;

pub(super) fn run(whole: &mut Whole) {
    for id in whole.ids(Kind::Component) {
        let key = PartKey::component(id);
        let Some(component) = whole.get(key) else { continue };
        let is_deleted = component.plain("deleted") == Some(&Value::Bool(true));
        let keeps = component.plain("objects").is_some();
        let own = |name: &str| component.plain(name).and_then(Value::as_uuid);
        let main = own("main-instance-page").zip(own("main-instance-id"));
        if is_deleted && !keeps {
            set_objects(whole, key, Value::Map(Vec::new()));
        } else if !is_deleted && keeps && has_main(whole, main) {
            set_objects(whole, key, Value::Nil);
            whole.parts.retain(|key, _| key.container != Container::Component(id));
        }
    }
}

fn has_main(whole: &Whole, main: Option<(Uuid, Uuid)>) -> bool {
    main.is_some_and(|(page, id)| whole.get(PartKey::shape(Container::Page(page), id)).is_some())
}

fn set_objects(whole: &mut Whole, key: PartKey, objects: Value) {
    if let Some(component) = whole.get_mut(key) {
        component.set("objects", objects);
    }
}
