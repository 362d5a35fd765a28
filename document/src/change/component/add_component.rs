//! `add-component`: stores a component, also in the place of one that has its id; nothing of that one stays.

use super::saved;
use crate::effect::Effect;
use crate::fault::Fault;
use crate::params::Params;
use crate::part::{Container, Kind, OpenPart, PartKey};
use crate::schema::kind::Schema;
use crate::schema::library::VARIANT_PROPERTIES;
use crate::stop::{Reach, Step, Wanted};
use crate::work::Work;
use transit::value::Value;
use uuid::Uuid;

#[derive(Debug)]
pub(crate) struct AddComponent {
    id: Uuid,
    attributes: Vec<(&'static str, Value)>,
}

impl AddComponent {
    pub(crate) fn decode(mut params: Params) -> Result<AddComponent, Fault> {
        let mut attributes = vec![
            ("name", params.required("name", &Schema::Str)?),
            ("path", params.required("path", &Schema::Str)?),
            ("main-instance-id", params.required("main-instance-id", &Schema::Id)?),
            ("main-instance-page", params.required("main-instance-page", &Schema::Id)?),
        ];
        let more = [
            ("annotation", params.optional("annotation", &Schema::Str)?),
            ("variant-id", params.not_nil("variant-id", &Schema::Id)?),
            ("variant-properties", params.not_nil("variant-properties", &VARIANT_PROPERTIES)?),
        ];
        attributes.extend(more.into_iter().filter_map(|(name, value)| Some((name, value?))));
        Ok(AddComponent { id: params.id("id")?, attributes })
    }
}

impl Effect for AddComponent {
    fn wanted(&self) -> Vec<Wanted> {
        let file = Wanted::whole(PartKey::FILE, Reach::Itself);
        saved::wanted(self.id).into_iter().chain([file]).collect()
    }

    fn apply(&self, work: &mut Work) -> Step<()> {
        work.ensure_map(Kind::Component)?;
        let key = PartKey::component(self.id);
        if work.parts.find(key)?.is_some() {
            work.renew(Container::Component(self.id));
        }
        let mut component = OpenPart::new(key, Value::map(self.attributes.iter().cloned()));
        component.set("modified-at", work.stamp());
        work.parts.put(component);
        Ok(())
    }
}
