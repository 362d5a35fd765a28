//! `set-plugin-data`: a text that a plugin keeps in the file, a page, a shape or something of the library. Nothing is
//! dated by it.

use crate::effect::Effect;
use crate::fault::Fault;
use crate::params::Params;
use crate::part::{Container, Kind, PartKey};
use crate::schema::kind::Schema;
use crate::stop::{Reach, Step, Wanted};
use crate::work::Work;
use transit::value::Value;

/// What plugins can keep data in.
const OBJECTS: Schema = Schema::Word(&["file", "page", "shape", "color", "typography", "component"]);

#[derive(Debug)]
pub(super) struct SetPluginData {
    /// None where there is nothing that it could be kept in.
    target: Option<PartKey>,
    namespace: Value,
    key: Value,
    text: Option<Value>,
}

impl SetPluginData {
    pub(super) fn decode(mut params: Params) -> Result<SetPluginData, Fault> {
        let object_type = params.word("object-type", &OBJECTS)?;
        let (id, page) = (params.optional_id("object-id")?, params.optional_id("page-id")?);
        let of_file = |kind| id.map(|id| PartKey::of_file(kind, id));
        let target = match object_type.as_str() {
            "file" => Some(PartKey::FILE),
            "page" => of_file(Kind::Page),
            "color" => of_file(Kind::Color),
            "typography" => of_file(Kind::Typography),
            "component" => of_file(Kind::Component),
            _ => {
                let page =
                    page.ok_or_else(|| Fault::params("should be there for a shape").under("page-id"))?;
                id.map(|id| PartKey::shape(Container::Page(page), id))
            }
        };
        Ok(SetPluginData {
            target,
            namespace: params.required("namespace", &Schema::Keyword)?,
            key: params.required("key", &Schema::Str)?,
            text: params.optional("value", &Schema::Str)?,
        })
    }
}

impl Effect for SetPluginData {
    fn wanted(&self) -> Vec<Wanted> {
        let Some(target) = self.target else { return Vec::new() };
        vec![Wanted::columns(target.container.owner(), Reach::Itself), Wanted::whole(target, Reach::Itself)]
    }

    fn apply(&self, work: &mut Work) -> Step<()> {
        let Some(target) = self.target else { return Ok(()) };
        if work.existing(Some(target.container))?.is_none() {
            return Ok(());
        }
        let Some(owner) = work.parts.open(target)? else { return Ok(()) };
        let empty = || Value::Map(Vec::new());
        let mut data = owner.plain("plugin-data").filter(|data| data.is_map()).cloned().unwrap_or_else(empty);
        let space = data.at(&self.namespace).filter(|space| space.is_map()).cloned();
        let space = match (space, &self.text) {
            // Nothing to take away from.
            (None, None) => return Ok(()),
            (space, Some(text)) => {
                let mut space = space.unwrap_or_else(empty);
                space.put_at(self.key.clone(), text.clone());
                space
            }
            (Some(mut space), None) => {
                space.take_at(&self.key);
                space
            }
        };
        data.put_at(self.namespace.clone(), space);
        if let Some(owner) = work.parts.edit(target)? {
            owner.set("plugin-data", data);
        }
        Ok(())
    }
}
