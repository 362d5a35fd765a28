//! The attributes that have a column of their own.

use super::key::Kind;
use transit::value::Value;
use uuid::Uuid;

/// What can be asked of a part without reading its bytes. Everything but `children` of a file is about shapes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns {
    /// `parent-id`.
    pub parent: Option<Uuid>,
    /// `frame-id`: the nearest frame around it.
    pub frame: Option<Uuid>,
    /// `component-id`: the shape is the head of a component, main or copy.
    pub component: Option<Uuid>,
    /// `component-file`: the file whose component it is.
    pub component_file: Option<Uuid>,
    /// `shape-ref`: the shape is in a copy of a component; the shape of the main it follows.
    pub shape_ref: Option<Uuid>,
    /// `component-root`: the head is not inside another component.
    pub component_root: Option<bool>,
    /// `main-instance`: the head is the main of its component.
    pub main_instance: Option<bool>,
    /// `type`.
    pub shape_type: Option<String>,
    /// `shapes`: what it holds, from behind to the front. Of a file: `pages`, in order.
    pub children: Option<Vec<Uuid>>,
}

impl Columns {
    /// Whether a shape is a frame.
    pub fn is_frame(&self) -> bool {
        self.shape_type.as_deref() == Some("frame")
    }

    /// Whether a shape is in a copy of a component.
    pub fn is_in_copy(&self) -> bool {
        self.shape_ref.is_some()
    }

    /// What it holds.
    pub fn children(&self) -> &[Uuid] {
        self.children.as_deref().unwrap_or_default()
    }

    /// The names of the columns that parts of a kind have.
    pub(super) fn names(kind: Kind) -> &'static [&'static str] {
        match kind {
            Kind::Shape => &[
                "type",
                "parent-id",
                "frame-id",
                "component-id",
                "component-file",
                "shape-ref",
                "component-root",
                "main-instance",
                "shapes",
            ],
            Kind::File => &["pages"],
            _ => &[],
        }
    }

    /// The value in the column of that name.
    pub(super) fn get(&self, kind: Kind, name: &str) -> Option<Value> {
        let ids = |ids: &Vec<Uuid>| Value::Vec(ids.iter().copied().map(Value::Uuid).collect());
        match (kind, name) {
            (Kind::File, "pages") | (Kind::Shape, "shapes") => self.children.as_ref().map(ids),
            (Kind::Shape, "type") => self.shape_type.as_deref().map(Value::keyword),
            (Kind::Shape, "component-root") => self.component_root.map(Value::Bool),
            (Kind::Shape, "main-instance") => self.main_instance.map(Value::Bool),
            (Kind::Shape, name) => self.id_column(name)?.map(Value::Uuid),
            _ => None,
        }
    }

    /// Empties the column of that name, and fills it when the value has its type; else gives the value back.
    pub(super) fn put(&mut self, kind: Kind, name: &str, value: Value) -> Option<Value> {
        let filled = match (kind, name) {
            (Kind::File, "pages") | (Kind::Shape, "shapes") => {
                self.children = value.as_uuids();
                self.children.is_some()
            }
            (Kind::Shape, "type") => {
                self.shape_type = value.as_keyword().filter(|name| is_plain(name)).map(str::to_owned);
                self.shape_type.is_some()
            }
            (Kind::Shape, "component-root") => {
                self.component_root = value.as_bool();
                self.component_root.is_some()
            }
            (Kind::Shape, "main-instance") => {
                self.main_instance = value.as_bool();
                self.main_instance.is_some()
            }
            (Kind::Shape, name) => match self.id_column_mut(name) {
                Some(column) => {
                    *column = value.as_uuid();
                    column.is_some()
                }
                None => false,
            },
            _ => false,
        };
        (!filled).then_some(value)
    }

    fn id_column(&self, name: &str) -> Option<Option<Uuid>> {
        Some(match name {
            "parent-id" => self.parent,
            "frame-id" => self.frame,
            "component-id" => self.component,
            "component-file" => self.component_file,
            "shape-ref" => self.shape_ref,
            _ => return None,
        })
    }

    fn id_column_mut(&mut self, name: &str) -> Option<&mut Option<Uuid>> {
        Some(match name {
            "parent-id" => &mut self.parent,
            "frame-id" => &mut self.frame,
            "component-id" => &mut self.component,
            "component-file" => &mut self.component_file,
            "shape-ref" => &mut self.shape_ref,
            _ => return None,
        })
    }
}

/// Words that need no escaping anywhere.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}
