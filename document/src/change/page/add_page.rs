//! `add-page`: an empty page of a name, or a whole page with its shapes, also in the place of one that has its id.

use crate::effect::Effect;
use crate::fault::Fault;
use crate::file::empty_page;
use crate::limits::check_attributes;
use crate::order::insert_at;
use crate::params::Params;
use crate::part::{Container, OpenPart, PartKey};
use crate::schema::kind::Schema;
use crate::schema::{check::check, coerce::coerce};
use crate::schema::{page, shape};
use crate::stop::{Reach, Step, Wanted};
use crate::tree::{check_circles, check_count};
use crate::work::Work;
use transit::value::Value;
use uuid::Uuid;

#[derive(Debug)]
pub(crate) struct AddPage {
    id: Uuid,
    index: Option<i64>,
    /// The page without its shapes.
    page: Value,
    shapes: Vec<OpenPart>,
}

impl AddPage {
    pub(crate) fn decode(mut params: Params) -> Result<AddPage, Fault> {
        let page = params.take_to_note("page");
        let (id, name) = (params.optional_id("id")?, params.optional("name", &Schema::Str)?);
        match (page, id, name) {
            (Some(_), Some(_), Some(_)) => {
                Err(Fault::params("should not be there beside id and name").under("page"))
            }
            (Some(page), ..) => {
                let change = AddPage::of(page).map_err(|fault| fault.sent().under("page"))?;
                params.note("page", change.page());
                Ok(change)
            }
            (None, Some(id), Some(Value::Str(name))) => AddPage::of(empty_page(id, &name)),
            (None, None, _) => Err(Fault::params("should be there, or a page").under("id")),
            (None, Some(_), _) => Err(Fault::params("should be there, or a page").under("name")),
        }
    }

    fn of(page: Value) -> Result<AddPage, Fault> {
        let page = coerce(&page::PAGE, page);
        check(&page::PAGE, &page)?;
        let mut fields = Params::new(page)?;
        let id = fields.id("id")?;
        let index = fields.index("index")?;
        let objects = match fields.take_to_note("objects") {
            Some(Value::Map(objects)) => objects,
            Some(Value::Tagged(tag, inner)) if tag == "ordered-map" => {
                let map = Schema::Map(&Schema::Id, &Schema::Any);
                match coerce(&map, Value::Tagged(tag, inner)) {
                    Value::Map(objects) => objects,
                    _ => return Err(Fault::data("should be a map").under("objects")),
                }
            }
            _ => return Err(Fault::data("should be a map").under("objects")),
        };
        let page = fields.into_value();
        let mut shapes = Vec::with_capacity(objects.len());
        for (key, object) in objects {
            shapes.push(AddPage::shape(id, key, object).map_err(|fault| fault.under("objects"))?);
        }
        if !shapes.iter().any(|shape| shape.key().is_root()) {
            return Err(Fault::data("should have the root frame").under("objects"));
        }
        Ok(AddPage { id, index, page, shapes })
    }

    /// The whole page.
    fn page(&self) -> Value {
        let mut page = self.page.clone();
        page.put("id", Value::Uuid(self.id));
        if let Some(index) = self.index {
            page.put("index", Value::Int(index));
        }
        let shape = |shape: &OpenPart| (Value::Uuid(shape.key().id), shape.to_value());
        page.put("objects", Value::Map(self.shapes.iter().map(shape).collect()));
        page
    }

    fn shape(page: Uuid, key: Value, object: Value) -> Result<OpenPart, Fault> {
        let key = match key {
            Value::Keyword(text) => Value::Str(text),
            key => key,
        };
        let key = coerce(&Schema::Id, key);
        let id = key.as_uuid().ok_or_else(|| Fault::data("should have uuids as keys"))?;
        let under = |fault: Fault| fault.under(&id.to_string());
        let object = shape::coerce(object);
        if !object.is_map() {
            return Err(under(Fault::data("should be a shape")));
        }
        check_attributes(&object).map_err(under)?;
        if object.some("id").is_some_and(|own| *own != key) {
            return Err(under(Fault::data("should be the key of the shape").under("id")));
        }
        let shape = OpenPart::new(PartKey::shape(Container::Page(page), id), object);
        shape::check(&shape).map_err(under)?;
        check_count(shape.columns.children().len()).map_err(under)?;
        Ok(shape)
    }
}

impl Effect for AddPage {
    fn wanted(&self) -> Vec<Wanted> {
        vec![Wanted::whole(PartKey::FILE, Reach::Itself)]
    }

    fn apply(&self, work: &mut Work) -> Step<()> {
        let container = Container::Page(self.id);
        work.renew(container);
        work.parts.put(OpenPart::new(PartKey::page(self.id), self.page.clone()));
        for shape in &self.shapes {
            work.parts.put(shape.clone());
        }
        let ids: Vec<Uuid> = self.shapes.iter().map(|shape| shape.key().id).collect();
        check_circles(&work.parts, container, &ids)?;
        let is_listed =
            work.parts.find(PartKey::FILE)?.is_some_and(|file| file.children().contains(&self.id));
        if !is_listed && let Some(pages) = work.children_mut(PartKey::FILE)? {
            match self.index {
                Some(index) => *pages = insert_at(pages, index, &[self.id]),
                None => pages.push(self.id),
            }
            check_count(pages.len())?;
        }
        Ok(())
    }
}
