//! What a table of the schema is made of.

/// What a value must be.
#[derive(Debug)]
pub(crate) enum Schema {
    /// Anything.
    Any,
    /// A boolean.
    Bool,
    /// An integer of 32 bits.
    Int,
    /// A number, whole or not, in the range of 32 bits.
    Number,
    /// A number from 0 to 1.
    Share,
    /// Text, also empty.
    Str,
    /// Text that is not blank.
    Text,
    /// `#` and three or six hexadecimal digits.
    Color,
    /// One keyword of a list.
    Word(&'static [&'static str]),
    /// This text.
    Literal(&'static str),
    /// Any keyword.
    Keyword,
    /// A uuid.
    Id,
    /// A moment.
    Instant,
    /// A vector.
    List(&'static Schema),
    /// A vector with at least one element.
    Filled(&'static Schema),
    /// A set.
    Set(&'static Schema),
    /// A map from one to the other.
    Map(&'static Schema, &'static Schema),
    /// A map with names.
    Object(&'static Object),
    /// A map with names under a tag.
    Record(&'static str, &'static Object),
    /// The segments of a path, packed.
    Path,
}

/// A map with names.
#[derive(Debug)]
pub(crate) struct Object {
    /// The names. A nil is absent.
    pub(crate) fields: &'static [Field],
    /// Whether other names are refused.
    pub(crate) closed: bool,
    /// Of these exactly one must be there, if there are any.
    pub(crate) one_of: &'static [&'static str],
    /// A field that must be there when another is a certain keyword: other, keyword, field.
    pub(crate) needs: Option<(&'static str, &'static str, &'static str)>,
}

/// One name of a map.
#[derive(Debug)]
pub(crate) struct Field {
    pub(crate) name: &'static str,
    pub(crate) schema: Schema,
    pub(crate) required: bool,
}

impl Object {
    /// An object that may hold other names too.
    pub(crate) const fn open(fields: &'static [Field]) -> Object {
        Object { fields, closed: false, one_of: &[], needs: None }
    }

    /// An object that may not.
    pub(crate) const fn closed(fields: &'static [Field]) -> Object {
        Object { fields, closed: true, one_of: &[], needs: None }
    }

    /// The field of a name.
    pub(crate) fn field(&self, name: &str) -> Option<&'static Field> {
        self.fields.iter().find(|field| field.name == name)
    }
}

/// A field that must be there.
pub(crate) const fn must(name: &'static str, schema: Schema) -> Field {
    Field { name, schema, required: true }
}

/// A field that may be there.
pub(crate) const fn may(name: &'static str, schema: Schema) -> Field {
    Field { name, schema, required: false }
}
