//! How changes of tokens read their fields.

use crate::fault::Fault;
use crate::params::Params;
use crate::schema::kind::Schema;
use crate::tokens::sets::Before;
use transit::value::Value;
use uuid::Uuid;

/// A way through groups, part by part.
const WAY: Schema = Schema::List(&Schema::Str);

/// A way that may lead anywhere.
pub(super) fn way(params: &mut Params, name: &str) -> Result<Vec<String>, Fault> {
    Ok(texts(&params.required(name, &WAY)?))
}

/// A way to something new: each part is one of a name.
pub(super) fn new_way(params: &mut Params, name: &str) -> Result<Vec<String>, Fault> {
    let way = way(params, name)?;
    match way.iter().position(|part| part.is_empty() || part.trim() != part || part.contains('/')) {
        Some(at) => {
            let reason = "should be one part of a name: without blanks around it and without slashes";
            Err(Fault::params(reason).under(&at.to_string()).under(name))
        }
        None if way.is_empty() => Err(Fault::params("should have at least one part").under(name)),
        None => Ok(way),
    }
}

/// What something is put before; none for the end.
pub(super) fn before(params: &mut Params) -> Result<Option<Before>, Fault> {
    let is_group = params.flag("before-group")?;
    let parts = params.optional("before-path", &WAY)?;
    Ok(parts.map(|parts| Before { parts: texts(&parts), is_group }).filter(|before| !before.parts.is_empty()))
}

/// Reads the attributes of what a change sets: none to take it away. The field must be there, nil or not. `understood`
/// is what others are told: it has the types that JSON cannot say. Where a tag was sent it is told too.
pub(super) fn attributes<T>(
    params: &mut Params,
    read: impl FnOnce(Value) -> Result<T, Fault>,
    understood: impl FnOnce(&T) -> Value,
) -> Result<Option<T>, Fault> {
    let under = |fault: Fault| fault.sent().under("attrs");
    let Some(sent) = params.take_to_note("attrs") else { return Ok(None) };
    let tag = if let Value::Tagged(tag, _) = &sent { Some(tag.clone()) } else { None };
    let attributes = read(sent).map_err(under)?;
    let told = match tag {
        Some(tag) => Value::Tagged(tag, Box::new(understood(&attributes))),
        None => understood(&attributes),
    };
    params.note("attrs", told);
    Ok(Some(attributes))
}

/// Refuses attributes with another id than the change's: an entry keeps its id.
pub(super) fn check_id(named: Uuid, own: Option<Uuid>) -> Result<(), Fault> {
    if own.is_none_or(|own| own == named) {
        return Ok(());
    }
    Err(Fault::params("should be the id that the change names").under("id").under("attrs"))
}

/// Ids, each once.
pub(super) fn ids(value: &Value) -> Vec<Uuid> {
    value.items().unwrap_or_default().iter().filter_map(Value::as_uuid).collect()
}

/// Texts of a checked list.
pub(super) fn texts(value: &Value) -> Vec<String> {
    value.items().unwrap_or_default().iter().filter_map(Value::as_str).map(str::to_owned).collect()
}
