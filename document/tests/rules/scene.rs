//! Small documents with components, to be checked.

use crate::doc::*;
use document::part::{Container, Kind, Part, PartKey};
use document::validate::{Finding, Mains, Outline, Registry, changes, component, page, wanted};
use transit::value::Value;
use uuid::Uuid;

pub const FILE: Uuid = Uuid::from_u128(1000);
const LIBRARY: Uuid = Uuid::from_u128(2000);

/// Shapes of page 100 with number and parent, in order; components; pages beside it that are empty.
#[derive(Default)]
pub struct Scene {
    shapes: Vec<(u128, u128, Value)>,
    components: Vec<(u128, Value)>,
}

/// A head of a component of this file.
pub fn head(component: u128) -> Value {
    with(shape("frame"), [("component-id", id(component)), ("component-file", id(1000))])
}

/// A main that is inside no component.
pub fn main(component: u128) -> Value {
    with(head(component), [("main-instance", Value::Bool(true)), ("component-root", Value::Bool(true))])
}

/// A copy that is inside no component.
pub fn copy(component: u128, of: u128) -> Value {
    with(nested(component, of), [("component-root", Value::Bool(true))])
}

/// A copy inside another component.
pub fn nested(component: u128, of: u128) -> Value {
    with(head(component), [("shape-ref", id(of))])
}

/// A shape that follows another.
pub fn follower(shape_type: &str, of: u128) -> Value {
    with(shape(shape_type), [("shape-ref", id(of))])
}

pub fn touched<const N: usize>(shape: Value, groups: [&str; N]) -> Value {
    with(shape, [("touched", Value::Set(groups.map(kw).to_vec()))])
}

pub fn slot(number: u128) -> String {
    format!("swap-slot-{}", Uuid::from_u128(number))
}

/// A component whose main is on page 100.
pub fn of_main(main: u128) -> Value {
    map([
        ("name", text("c")),
        ("path", text("")),
        ("main-instance-id", id(main)),
        ("main-instance-page", id(100)),
    ])
}

impl Scene {
    pub fn shape(mut self, number: u128, parent: u128, shape: Value) -> Scene {
        self.shapes.push((number, parent, shape));
        self
    }

    pub fn component(mut self, number: u128, component: Value) -> Scene {
        self.components.push((number, component));
        self
    }

    /// The document. Lists of children, parents and frames follow from the numbers where a shape does not say
    /// otherwise.
    pub fn doc(&self) -> Doc {
        let mut data = document::file::new_data(FILE, Uuid::from_u128(100));
        data.put("pages", ids(&[100, 101]));
        let pages = data.at_mut(&kw("pages-index")).unwrap();
        let mut second = pages.at(&id(100)).cloned().unwrap();
        second.put("id", id(101));
        pages.put_at(id(101), second);
        let objects = pages.at_mut(&id(100)).and_then(|page| page.at_mut(&kw("objects"))).unwrap();
        if let Some((_, _, root)) = self.shapes.iter().find(|(number, ..)| *number == 0) {
            let shapes = root.get("shapes").cloned().unwrap();
            objects.at_mut(&id(0)).unwrap().put("shapes", shapes);
        } else {
            objects.at_mut(&id(0)).unwrap().put("shapes", self.children(0));
        }
        for (number, _, _) in self.shapes.iter().filter(|(number, ..)| *number != 0) {
            objects.put_at(id(*number), self.placed(*number));
        }
        let components = self.components.iter().map(|(number, own)| (id(*number), own.clone())).collect();
        data.put("components", Value::Map(components));
        Doc::of(data)
    }

    fn children(&self, of: u128) -> Value {
        let children = self.shapes.iter().filter(|(number, parent, _)| *parent == of && *number != 0);
        Value::Vec(children.map(|(number, ..)| id(*number)).collect())
    }

    /// A shape with all that follows from the numbers.
    pub fn placed(&self, number: u128) -> Value {
        let (_, parent, shape) = self.shapes.iter().find(|(own, ..)| *own == number).unwrap();
        let holds = matches!(shape.get("type").and_then(Value::as_keyword), Some("frame" | "group"));
        let mut whole = map([("parent-id", id(*parent)), ("frame-id", id(self.frame(*parent)))]);
        if holds {
            whole.put("shapes", self.children(number));
        }
        for (name, value) in shape.entries() {
            let is_default = name == &kw("shapes") && value == &Value::Vec(vec![]);
            if !is_default {
                whole.put_at(name.clone(), value.clone());
            }
        }
        Value::tagged("shape", whole)
    }

    fn frame(&self, at: u128) -> u128 {
        match self.shapes.iter().find(|(own, ..)| *own == at && at != 0) {
            Some((own, _, shape)) if shape.get("type") == Some(&kw("frame")) => *own,
            Some((_, parent, _)) => self.frame(*parent),
            None => 0,
        }
    }
}

fn outline<'p>(doc: &'p Doc, is_in: impl Fn(&Part) -> bool + 'p) -> Outline {
    let mut outline = Outline::new();
    for part in doc.parts().filter(|part| part.key.kind == Kind::Shape && is_in(part)) {
        outline.push(part).unwrap();
    }
    outline
}

fn of_container(doc: &Doc, container: Container) -> Outline {
    outline(doc, move |part| part.key.container == container)
}

/// The main of a component of the file: from its page, or as it is kept.
fn main_of(doc: &Doc, number: Uuid) -> Option<(Uuid, Outline)> {
    let part = doc.parts().find(|part| part.key == PartKey::component(number))?;
    let component = document::part::OpenPart::read(part).unwrap().unwrap();
    let own = |name: &str| component.get(name).and_then(|value| value.as_uuid());
    let is_deleted = component.get("deleted").is_some();
    let container =
        if is_deleted { Container::Component(number) } else { Container::Page(own("main-instance-page")?) };
    let main = own("main-instance-id")?;
    let mut members = vec![main];
    let mut at = 0;
    while let Some(id) = members.get(at) {
        let shape = doc.parts().find(|part| part.key == PartKey::shape(container, *id));
        members.extend(shape.map(|shape| shape.columns.children().to_vec()).unwrap_or_default());
        at += 1;
    }
    Some((main, outline(doc, move |part| part.key.container == container && members.contains(&part.key.id))))
}

fn registry(doc: &Doc) -> Registry {
    let mut registry = Registry::new(FILE);
    doc.parts().for_each(|part| registry.push(part).unwrap());
    registry
}

/// Everything that is wrong with a document. The library is there, and has no components.
pub fn check(doc: &Doc) -> Vec<Finding> {
    let registry = registry(doc);
    let mut found = vec![];
    for part in doc.parts().filter(|part| part.key.kind == Kind::Component) {
        let kept = of_container(doc, Container::Component(part.key.id));
        let has_main = main_of(doc, part.key.id).is_some_and(|(_, shapes)| !shapes.is_empty());
        found.extend(component(&registry, part.key.id, &kept, has_main));
    }
    for part in doc.parts().filter(|part| part.key.kind == Kind::Page) {
        let shapes = of_container(doc, Container::Page(part.key.id));
        let mut mains = Mains::new();
        mains.library(LIBRARY);
        for (file, component) in wanted(&registry, part.key.id, &shapes) {
            if file == FILE
                && let Some((main, shapes)) = main_of(doc, component)
            {
                mains.put(file, component, main, shapes);
            }
        }
        found.extend(page(&registry, part.key.id, &shapes, &mains));
    }
    found
}

/// Puts right what one thing puts right, again and again; what is left then.
pub fn repaired(doc: &mut Doc) -> Vec<Finding> {
    for _ in 0..10 {
        let (registry, found) = (registry(doc), check(doc));
        let containers: std::collections::BTreeSet<Container> =
            found.iter().map(|own| own.container).collect();
        let mut is_done = true;
        for container in containers {
            let shapes = of_container(doc, container);
            let own: Vec<Finding> = found.iter().filter(|own| own.container == container).cloned().collect();
            for change in changes(&registry, &shapes, &own) {
                is_done = false;
                doc.run_all(vec![change]).unwrap();
            }
        }
        if is_done {
            break;
        }
    }
    check(doc)
}
