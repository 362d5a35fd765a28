//! poem-openapi's registered schema, compiled once into what the codec asks of it.
//!
//! One source for everything: the OpenAPI document, coercion, the checks, and the transit types of the answer.

use poem_openapi::registry::{MetaSchema, MetaSchemaRef, Registry};
use regex::Regex;
use std::collections::HashMap;
use transit::value::kebab;

/// A shape's number in [`Shapes`].
pub type Id = usize;

/// What the keys of a map are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MapKey {
    /// Text.
    Text,
    /// Uuids.
    Uuid,
    /// Keywords.
    Keyword,
}

/// What a value is.
#[derive(Debug)]
pub enum ShapeKind {
    /// Anything, as plain JSON.
    Any,
    /// Free data, kept beside the JSON.
    Opaque,
    /// An uploaded file.
    File,
    /// True or false.
    Bool,
    /// An integer between two bounds, which are those of its Rust type.
    Int(i64, i64),
    /// A finite double.
    Float,
    /// Text.
    Text,
    /// A mail address.
    Email,
    /// A uuid.
    Uuid,
    /// A moment.
    Instant,
    /// A span of time in milliseconds.
    Duration,
    /// A uri.
    Uri,
    /// Bytes; base64 text in JSON.
    Bytes,
    /// A point of a drawing.
    Point,
    /// The allowed names; none means any.
    Keyword(Vec<String>),
    /// A vector or a set.
    Seq {
        /// The shape of each element.
        item: Id,
        /// Whether transit clients see a set.
        set: bool,
    },
    /// Keys of one kind to values of one shape.
    Map {
        /// What the keys are.
        keys: MapKey,
        /// The shape of each value.
        item: Id,
    },
    /// A struct.
    Object(Vec<Prop>),
    /// One of several structs.
    Union {
        /// The property that tells which, in JSON's spelling.
        by: &'static str,
        /// The struct for each of its values.
        variants: Vec<(String, Id)>,
    },
}

/// One property of a struct.
#[derive(Debug)]
pub struct Prop {
    /// Its name in JSON (camelCase).
    pub json: &'static str,
    /// Its name as a keyword (kebab-case).
    pub wire: String,
    /// Its keyword as a transit token.
    pub token: String,
    /// Whether it must be there and not null.
    pub required: bool,
    /// What it holds.
    pub shape: Id,
}

/// What a value must fulfil beyond its kind. Each is absent unless the schema says it.
#[derive(Debug, Default)]
pub struct Checks {
    /// Fewest and most characters.
    pub length: (Option<usize>, Option<usize>),
    /// Fewest and most elements.
    pub items: (Option<usize>, Option<usize>),
    /// Least number, and whether it is itself excluded.
    pub minimum: Option<(f64, bool)>,
    /// Greatest number, and whether it is itself excluded.
    pub maximum: Option<(f64, bool)>,
    /// The number must be a multiple of this.
    pub multiple_of: Option<f64>,
    /// The text must match this.
    pub pattern: Option<Regex>,
    /// The text must hold more than white space.
    pub filled: bool,
}

impl Checks {
    fn of(schema: &MetaSchema) -> Self {
        Checks {
            length: (schema.min_length, schema.max_length),
            items: (schema.min_items, schema.max_items),
            minimum: schema.minimum.map(|m| (m, schema.exclusive_minimum == Some(true))),
            maximum: schema.maximum.map(|m| (m, schema.exclusive_maximum == Some(true))),
            multiple_of: schema.multiple_of,
            pattern: schema.pattern.as_deref().map(|p| Regex::new(p).expect("the derive checks patterns")),
            filled: schema.format == Some("text"),
        }
    }

    /// Takes over what is not set here.
    fn fill(&mut self, other: Checks) {
        self.length = (self.length.0.or(other.length.0), self.length.1.or(other.length.1));
        self.items = (self.items.0.or(other.items.0), self.items.1.or(other.items.1));
        self.minimum = self.minimum.or(other.minimum);
        self.maximum = self.maximum.or(other.maximum);
        self.multiple_of = self.multiple_of.or(other.multiple_of);
        self.pattern = self.pattern.take().or(other.pattern);
        self.filled |= other.filled;
    }
}

/// A compiled schema.
#[derive(Debug)]
pub struct Shape {
    /// What the value is.
    pub kind: ShapeKind,
    /// What else it must fulfil.
    pub checks: Checks,
}

/// Every compiled schema. Shapes name each other by number, so a type may contain itself.
#[derive(Debug, Default)]
pub struct Shapes {
    nodes: Vec<Shape>,
    names: HashMap<String, Id>,
}

impl Shapes {
    /// The shape with this number.
    ///
    /// # Panics
    /// When the number is not from this collection.
    pub fn at(&self, id: Id) -> &Shape {
        &self.nodes[id]
    }

    /// Whether a struct has a property of this name, in kebab-case.
    pub fn takes(&self, id: Id, name: &str) -> bool {
        matches!(&self.at(id).kind, ShapeKind::Object(props) if props.iter().any(|prop| prop.wire == name))
    }

    /// Compiles a schema and all it refers to. A named schema is compiled once.
    ///
    /// # Panics
    /// When the schema refers to a type that is not registered: a fault of the program, seen at start.
    pub fn compile(&mut self, registry: &Registry, schema: &MetaSchemaRef) -> Id {
        match schema {
            MetaSchemaRef::Inline(schema) => {
                let id = self.reserve();
                self.nodes[id] = self.build(registry, schema);
                id
            }
            MetaSchemaRef::Reference(name) => {
                if let Some(id) = self.names.get(name) {
                    return *id;
                }
                let id = self.reserve();
                // Named before its body is compiled, which may name it again.
                self.names.insert(name.clone(), id);
                self.nodes[id] = self.build(registry, &registry.schemas[name]);
                id
            }
        }
    }

    fn reserve(&mut self) -> Id {
        self.nodes.push(Shape { kind: ShapeKind::Any, checks: Checks::default() });
        self.nodes.len() - 1
    }

    fn build(&mut self, registry: &Registry, schema: &MetaSchema) -> Shape {
        if schema.all_of.is_empty() {
            Shape { kind: self.kind(registry, schema), checks: Checks::of(schema) }
        } else {
            self.all_of(registry, schema)
        }
    }

    /// A field with a description or a check on a named type arrives as `allOf [reference, patch]`, a variant of a
    /// union as `allOf [tag, reference]`.
    fn all_of(&mut self, registry: &Registry, schema: &MetaSchema) -> Shape {
        let mut checks = Checks::of(schema);
        let (mut props, mut kind) = (Vec::new(), ShapeKind::Any);
        for part in &schema.all_of {
            let part = match part {
                MetaSchemaRef::Reference(name) => &registry.schemas[name],
                MetaSchemaRef::Inline(part) => part,
            };
            let part = self.build(registry, part);
            match part.kind {
                ShapeKind::Any => (),
                ShapeKind::Object(more) => props.extend(more),
                other => kind = other,
            }
            checks.fill(part.checks);
        }
        Shape { kind: if props.is_empty() { kind } else { ShapeKind::Object(props) }, checks }
    }

    fn kind(&mut self, registry: &Registry, schema: &MetaSchema) -> ShapeKind {
        let format = schema.format.unwrap_or("");
        if let Some(union) = self.union(registry, schema) {
            return union;
        }
        match (schema.ty, format) {
            (_, "opaque") => ShapeKind::Opaque,
            ("boolean", _) => ShapeKind::Bool,
            ("integer", "duration") => ShapeKind::Duration,
            ("integer", format) => integer(format),
            ("number", _) => ShapeKind::Float,
            ("string", _) if !schema.enum_items.is_empty() => ShapeKind::Keyword(
                schema.enum_items.iter().filter_map(|v| v.as_str().map(Into::into)).collect(),
            ),
            ("string", format) => string(format),
            ("array", _) => ShapeKind::Seq {
                set: schema.unique_items == Some(true),
                item: match &schema.items {
                    Some(items) => self.compile(registry, items),
                    None => self.reserve(),
                },
            },
            ("object", "point") => ShapeKind::Point,
            ("object", format) => self.object(registry, schema, format),
            _ => ShapeKind::Any,
        }
    }

    fn object(&mut self, registry: &Registry, schema: &MetaSchema, format: &str) -> ShapeKind {
        if let (Some(values), true) = (&schema.additional_properties, schema.properties.is_empty()) {
            let keys = match format {
                "map-of-uuid" => MapKey::Uuid,
                "map-of-keyword" => MapKey::Keyword,
                _ => MapKey::Text,
            };
            return ShapeKind::Map { item: self.compile(registry, values), keys };
        }
        let mut props = Vec::with_capacity(schema.properties.len());
        for (json, property) in &schema.properties {
            let wire = kebab(json);
            props.push(Prop {
                json,
                token: format!("~:{wire}"),
                wire,
                required: schema.required.contains(json),
                shape: self.compile(registry, property),
            });
        }
        ShapeKind::Object(props)
    }

    fn union(&mut self, registry: &Registry, schema: &MetaSchema) -> Option<ShapeKind> {
        let discriminator = schema.discriminator.as_ref()?;
        let mut variants = Vec::with_capacity(discriminator.mapping.len());
        for (value, reference) in &discriminator.mapping {
            let name = reference.rsplit('/').next().unwrap_or_default();
            let shape = self.compile(registry, &MetaSchemaRef::Reference(name.into()));
            variants.push((value.clone(), shape));
        }
        Some(ShapeKind::Union { by: discriminator.property_name, variants })
    }
}

fn integer(format: &str) -> ShapeKind {
    match format {
        "int8" => ShapeKind::Int(i8::MIN.into(), i8::MAX.into()),
        "int16" => ShapeKind::Int(i16::MIN.into(), i16::MAX.into()),
        "int32" => ShapeKind::Int(i32::MIN.into(), i32::MAX.into()),
        "uint8" => ShapeKind::Int(0, u8::MAX.into()),
        "uint16" => ShapeKind::Int(0, u16::MAX.into()),
        "uint32" => ShapeKind::Int(0, u32::MAX.into()),
        "uint64" => ShapeKind::Int(0, i64::MAX),
        _ => ShapeKind::Int(i64::MIN, i64::MAX),
    }
}

fn string(format: &str) -> ShapeKind {
    match format {
        "binary" => ShapeKind::File,
        "byte" => ShapeKind::Bytes,
        "keyword" => ShapeKind::Keyword(Vec::new()),
        "uuid" => ShapeKind::Uuid,
        "date-time" => ShapeKind::Instant,
        "uri" => ShapeKind::Uri,
        "email" => ShapeKind::Email,
        _ => ShapeKind::Text,
    }
}
