//! `mod-component`: another name, another main. What of annotation, variant and saved shapes is not sent goes.

use super::saved::{self, OBJECTS};
use crate::effect::Effect;
use crate::fault::Fault;
use crate::limits::check_attributes;
use crate::params::Params;
use crate::part::{Container, OpenPart, PartKey};
use crate::schema::kind::Schema;
use crate::schema::library::VARIANT_PROPERTIES;
use crate::schema::{check::check, coerce::coerce, shape};
use crate::stop::{Step, Wanted};
use crate::tree::check_circles;
use crate::work::Work;
use transit::value::Value;
use uuid::Uuid;

#[derive(Debug)]
pub(crate) struct ModComponent {
    id: Uuid,
    /// Kept where they are not sent.
    kept: Vec<(&'static str, Option<Value>)>,
    /// Taken away where they are not sent.
    replaced: Vec<(&'static str, Option<Value>)>,
    modified_at: Option<Value>,
    objects: Option<Vec<OpenPart>>,
}

impl ModComponent {
    pub(crate) fn decode(mut params: Params) -> Result<ModComponent, Fault> {
        let id = params.id("id")?;
        let kept = vec![
            ("name", params.not_nil("name", &Schema::Str)?),
            ("path", params.not_nil("path", &Schema::Str)?),
            ("main-instance-id", params.optional("main-instance-id", &Schema::Id)?),
            ("main-instance-page", params.optional("main-instance-page", &Schema::Id)?),
        ];
        let replaced = vec![
            ("annotation", params.optional("annotation", &Schema::Str)?),
            ("variant-id", params.not_nil("variant-id", &Schema::Id)?),
            ("variant-properties", params.not_nil("variant-properties", &VARIANT_PROPERTIES)?),
        ];
        let modified_at = params.optional("modified-at", &Schema::Instant)?;
        let objects = match params.take_to_note(OBJECTS) {
            Some(sent) => {
                let objects = shapes_of(id, sent).map_err(|fault| fault.sent().under(OBJECTS))?;
                let told = objects.iter().map(|shape| (Value::Uuid(shape.key().id), shape.to_value()));
                params.note(OBJECTS, Value::Map(told.collect()));
                Some(objects)
            }
            None => None,
        };
        Ok(ModComponent { id, kept, replaced, modified_at, objects })
    }
}

/// The shapes of a map, valid each.
fn shapes_of(component: Uuid, objects: Value) -> Result<Vec<OpenPart>, Fault> {
    let by_id = Schema::Map(&Schema::Id, &Schema::Any);
    let objects = coerce(&by_id, objects);
    check(&by_id, &objects)?;
    let one = |(key, object): &(Value, Value)| {
        let id = coerce(&Schema::Id, key.clone()).as_uuid().unwrap_or_default();
        let key = PartKey::shape(Container::Component(component), id);
        check_attributes(object).map_err(|fault| fault.under(&id.to_string()))?;
        let shape = OpenPart::new(key, shape::coerce(object.clone()));
        shape::check(&shape).map_err(|fault| fault.under(&id.to_string()))?;
        Ok(shape)
    };
    objects.entries().iter().map(one).collect()
}

impl Effect for ModComponent {
    fn wanted(&self) -> Vec<Wanted> {
        saved::wanted(self.id)
    }

    fn apply(&self, work: &mut Work) -> Step<()> {
        let Some(old) = work.parts.open(PartKey::component(self.id))? else { return Ok(()) };
        let (mut component, had_objects) = (old.clone(), old.plain(OBJECTS).is_some());
        // What copies see: two maps of saved shapes count as equal.
        let mut differs = had_objects != self.objects.is_some();
        for (name, value) in &self.kept {
            if let Some(value) = value {
                differs |= component.plain(name).is_none_or(|own| !own.same(value));
                component.set(name, value.clone());
            }
        }
        for (name, value) in &self.replaced {
            component.set(name, value.clone().unwrap_or(Value::Nil));
        }
        if let Some(moment) = &self.modified_at {
            component.set("modified-at", moment.clone());
        }
        if differs {
            component.set("modified-at", work.stamp());
        }
        saved::replace(work, &mut component, self.objects.clone());
        work.parts.put(component);
        let ids: Vec<Uuid> = self.objects.iter().flatten().map(|shape| shape.key().id).collect();
        check_circles(&work.parts, Container::Component(self.id), &ids)
    }
}
