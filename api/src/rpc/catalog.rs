//! Built once from the list: entries by name, their schemas under document-wide names, and the compiled shapes.

use super::{
    error_body::ErrorBody,
    method::{Described, Entry},
    tx_mode::TxMode,
};
use crate::{
    methods,
    wire::shape::{Id, ShapeKind, Shapes},
};
use poem_openapi::{
    registry::{MetaSchema, MetaSchemaRef, Registry},
    types::Type,
};
use std::{
    collections::{BTreeMap, HashMap},
    sync::OnceLock,
};

/// A method with everything that follows from its types.
pub struct CompiledMethod {
    /// Its line in the list.
    pub entry: &'static Entry,
    /// Its schemas, as the document names them.
    pub described: Described,
    /// The compiled shape of its params.
    pub params: Id,
    /// The compiled shapes of its answer.
    pub reply: Vec<Id>,
    /// Whether it takes a file, so that its body is a multipart form.
    pub multipart: bool,
    /// Its params that are files, as keywords.
    pub file_fields: Vec<String>,
}

/// A list of methods that are served together, known by its type: `OpenApi::meta` has no `self`.
pub trait MethodList: Send + Sync + 'static {
    /// Where they are called.
    const BASE: &'static str = "/api/main/methods";

    /// What follows from it, built once.
    fn catalog() -> &'static Catalog;
}

/// `methods::ALL`.
pub struct AllMethods;

impl MethodList for AllMethods {
    fn catalog() -> &'static Catalog {
        static CATALOG: OnceLock<Catalog> = OnceLock::new();
        CATALOG.get_or_init(|| Catalog::build(methods::ALL))
    }
}

/// What follows from a list of methods.
pub struct Catalog {
    /// The list.
    pub entries: &'static [Entry],
    /// By name on the wire.
    pub by_name: HashMap<&'static str, CompiledMethod>,
    /// Every schema of the document.
    pub schemas: BTreeMap<String, MetaSchema>,
    /// Every compiled shape.
    pub shapes: Shapes,
}

impl Catalog {
    /// Registers and compiles every type of the list.
    ///
    /// # Panics
    /// When two different types want one name in the document, or a method with `TxMode::Write` answers a stream: a
    /// mistake in the source, found at the first start.
    pub fn build(all: &'static [Entry]) -> Catalog {
        let mut registry = Registry::new();
        ErrorBody::register(&mut registry);
        let mut described = Vec::with_capacity(all.len());
        for entry in all {
            let mut own = Registry::new();
            let schemas = (entry.describe)(&mut own);
            let streams_and_writes = schemas.reply.is_stream() && entry.tx == TxMode::Write;
            assert!(!streams_and_writes, "{}: a stream may be refused after the commit", entry.name);
            described.push(adopt(&mut registry, own, schemas, entry));
        }
        let mut shapes = Shapes::default();
        let mut by_name = HashMap::with_capacity(all.len());
        for (entry, described) in all.iter().zip(described) {
            let params = shapes.compile(&registry, &described.params);
            let reply = described.reply.schemas.iter().map(|s| shapes.compile(&registry, s)).collect();
            let is_file = |id: Id| matches!(shapes.at(id).kind, ShapeKind::File);
            let file_fields: Vec<String> = match &shapes.at(params).kind {
                ShapeKind::Object(props) => {
                    props.iter().filter(|prop| is_file(prop.shape)).map(|prop| prop.wire.clone()).collect()
                }
                _ => Vec::new(),
            };
            let multipart = !file_fields.is_empty();
            by_name.insert(
                entry.name,
                CompiledMethod { entry, described, params, reply, multipart, file_fields },
            );
        }
        Catalog { entries: all, by_name, schemas: registry.schemas, shapes }
    }
}

/// Every file calls its types `Params` and `Output`; the document needs them apart. So each method registers
/// alone, and the types of its own file get its name in front.
fn adopt(registry: &mut Registry, own: Registry, mut described: Described, entry: &Entry) -> Described {
    let file = (entry.module)().rsplit_once("::").map_or("", |(module, _)| module);
    let prefix = pascal(entry.name);
    let is_own = |schema: &MetaSchema| {
        schema.rust_typename.and_then(|t| t.rsplit_once("::")).is_some_and(|(module, _)| module == file)
    };
    let renamed = own.schemas.iter().filter(|(name, schema)| is_own(schema) && !name.starts_with(&prefix));
    let names: HashMap<String, String> = renamed.map(|(n, _)| (n.clone(), format!("{prefix}{n}"))).collect();
    for (name, mut schema) in own.schemas {
        rename(&mut schema, &names);
        let name = names.get(&name).cloned().unwrap_or(name);
        if let Some(title) = &mut schema.title {
            title.clone_from(&name);
        }
        let rust = schema.rust_typename;
        if let Some(old) = registry.schemas.insert(name.clone(), schema) {
            assert_eq!(old.rust_typename, rust, "two types are called {name}");
        }
    }
    rename_ref(&mut described.params, &names);
    for schema in &mut described.reply.schemas {
        rename_ref(schema, &names);
    }
    described
}

/// `create-team` as `CreateTeam`.
pub fn pascal(name: &str) -> String {
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters.next().map_or_else(String::new, |c| c.to_uppercase().chain(letters).collect())
    };
    name.split('-').map(capital).collect()
}

fn rename_ref(schema: &mut MetaSchemaRef, names: &HashMap<String, String>) {
    match schema {
        MetaSchemaRef::Reference(name) => {
            if let Some(new) = names.get(name) {
                name.clone_from(new);
            }
        }
        MetaSchemaRef::Inline(inline) => rename(inline, names),
    }
}

fn rename(schema: &mut MetaSchema, names: &HashMap<String, String>) {
    for (_, property) in &mut schema.properties {
        rename_ref(property, names);
    }
    for part in schema.items.iter_mut().chain(&mut schema.additional_properties) {
        rename_ref(part, names);
    }
    for part in schema.any_of.iter_mut().chain(&mut schema.one_of).chain(&mut schema.all_of) {
        rename_ref(part, names);
    }
    for (_, target) in schema.discriminator.iter_mut().flat_map(|d| &mut d.mapping) {
        if let Some(new) = target.rsplit('/').next().and_then(|name| names.get(name)) {
            *target = format!("#/components/schemas/{new}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_whole() {
        let names: Vec<_> = methods::ALL.iter().map(|e| e.name).collect();
        assert!(names.is_sorted(), "{names:?}");
        assert_eq!(AllMethods::catalog().by_name.len(), names.len());
        for entry in methods::ALL {
            assert!(entry.summary.ends_with('.'), "{} has no summary", entry.name);
            let module = (entry.module)().to_lowercase();
            assert!(module.ends_with(&entry.name.replace('-', "")), "{module} is not {}", entry.name);
        }
    }

    #[test]
    fn names_of_types() {
        assert_eq!(pascal("get-file-summary"), "GetFileSummary");
    }
}
