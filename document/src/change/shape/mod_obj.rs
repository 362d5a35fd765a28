//! `mod-obj`: operations on the attributes of a shape, in turn.

use crate::effect::Effect;
use crate::fault::Fault;
use crate::limits::{OPERATIONS_MAX, check_attributes};
use crate::operation::Operation;
use crate::params::{Params, Place};
use crate::part::{Columns, PartKey};
use crate::schema::coerce::sequence;
use crate::schema::shape;
use crate::stop::{Reach, Step, Wanted};
use crate::tree::check_place;
use crate::work::{Touched, Work};
use transit::value::Value;
use uuid::Uuid;

#[derive(Debug)]
pub(crate) struct ModObj {
    place: Place,
    id: Uuid,
    operations: Vec<Operation>,
}

impl ModObj {
    pub(crate) fn decode(mut params: Params) -> Result<ModObj, Fault> {
        let should = || Fault::params("should be a vector").under("operations");
        let operations =
            sequence(params.take_to_note("operations").ok_or_else(should)?).map_err(|_| should())?;
        if operations.len() > OPERATIONS_MAX {
            let reason = format!("should have at most {OPERATIONS_MAX} elements");
            return Err(Fault::limit(reason).under("operations"));
        }
        let decode = |(i, operation)| Operation::decode(operation).map_err(|fault| at(i, fault));
        let (id, place) = (params.id("id")?, params.container()?);
        let operations = operations.into_iter().enumerate().map(decode).collect::<Result<Vec<_>, _>>()?;
        let (operations, understood) = operations.into_iter().unzip();
        params.note("operations", Value::Vec(understood));
        Ok(ModObj { id, place, operations })
    }
}

fn at(operation: usize, fault: Fault) -> Fault {
    fault.under(&operation.to_string()).under("operations")
}

impl Effect for ModObj {
    fn wanted(&self) -> Vec<Wanted> {
        let Some(container) = self.place.container else { return Vec::new() };
        let key = PartKey::shape(container, self.id);
        vec![
            Wanted::columns(container.owner(), Reach::Itself),
            Wanted::whole(key, Reach::Itself),
            Wanted::columns(key, Reach::Above),
        ]
    }

    fn apply(&self, work: &mut Work) -> Step<()> {
        let Some(container) = work.existing(self.place.container)? else { return Ok(()) };
        let key = PartKey::shape(container, self.id);
        let mut mark = work.marks.contains(&key);
        let Some(shape) = work.parts.edit(key)? else { return Ok(()) };
        let before: Columns = shape.columns.clone();
        for (i, operation) in self.operations.iter().enumerate() {
            operation.run(shape, &mut mark).map_err(|fault| at(i, fault))?;
            check_attributes(shape.value()).map_err(|fault| at(i, fault))?;
        }
        shape::check(shape)?;
        check_place(&work.parts, key, Some(&before))?;
        work.parts.note_drawn(key);
        // The mark lives as long as the batch: a later change of the shape that sets nothing finds it again.
        if mark {
            work.marks.insert(key);
            work.touched.push(Touched { shape: Some(key), component: self.place.component });
        } else {
            work.marks.remove(&key);
        }
        Ok(())
    }
}
