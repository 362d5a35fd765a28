//! The mains of the components whose copies are on a page, and what a copy follows in them.

use super::outline::{Outline, ShapeOutline};
use super::registry::{ComponentOutline, Registry};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::OnceLock;
use uuid::Uuid;

/// Mains of this file and of its libraries. A library that is not named in it cannot be read, and nothing is said about
/// copies of its components.
#[derive(Debug, Default)]
pub struct Mains {
    libraries: BTreeMap<Uuid, BTreeMap<Uuid, Main>>,
}

/// The main of a component.
#[derive(Debug)]
struct Main {
    id: Uuid,
    shapes: Outline,
}

impl Mains {
    /// None, of no library.
    pub fn new() -> Mains {
        Mains::default()
    }

    /// A library that can be read. Components that are not put in are not in it.
    pub fn library(&mut self, file: Uuid) {
        self.libraries.entry(file).or_default();
    }

    /// The main of a component: its id, and itself with all below it, be they on a page or kept of a deleted component.
    /// What is not there is left out.
    pub fn put(&mut self, file: Uuid, component: Uuid, id: Uuid, shapes: Outline) {
        self.libraries.entry(file).or_default().insert(component, Main { id, shapes });
    }

    fn get(&self, file: Uuid, component: Uuid) -> Option<&Main> {
        self.libraries.get(&file)?.get(&component)
    }
}

/// The components, each with its file, whose mains have to be there to check a page: see [`Mains`].
pub fn wanted(registry: &Registry, page: Uuid, outline: &Outline) -> BTreeSet<(Uuid, Uuid)> {
    let heads = outline.iter().filter_map(|(_, shape)| {
        let component = shape.columns.component?;
        Some((shape.columns.component_file?, component))
    });
    let own = |file: Uuid, component| registry.get(component).filter(|_| file == registry.file());
    heads
        .filter(|(file, component)| *file != registry.file() || own(*file, *component).is_some())
        .filter(|(file, component)| own(*file, *component).is_none_or(|own| !is_on(own, page)))
        .collect()
}

/// Whether the main of a component is on a page.
fn is_on(component: &ComponentOutline, page: Uuid) -> bool {
    !component.is_deleted && component.page == Some(page)
}

/// A page with all that its shapes refer to.
pub(super) struct Scene<'s> {
    pub(super) registry: &'s Registry,
    pub(super) page: Uuid,
    pub(super) shapes: &'s Outline,
    mains: &'s Mains,
    /// What belongs to the mains that are on the page, by component.
    members: OnceLock<HashMap<Uuid, HashSet<Uuid>>>,
}

/// What is known of the component that a head names.
pub(super) enum Component {
    /// Its library cannot be read.
    Hidden,
    /// It is not there.
    Absent,
    /// It is there, and this is its main.
    There(Option<Uuid>),
}

/// What a copy follows.
pub(super) struct Followed<'s> {
    pub(super) shape: &'s ShapeOutline,
    /// The file and the component whose main it is in.
    main: (Uuid, Uuid),
}

impl<'s> Scene<'s> {
    pub(super) fn new(
        registry: &'s Registry,
        page: Uuid,
        shapes: &'s Outline,
        mains: &'s Mains,
    ) -> Scene<'s> {
        Scene { registry, page, shapes, mains, members: OnceLock::new() }
    }

    /// The component that a head names.
    pub(super) fn component(&self, head: &ShapeOutline) -> Component {
        let (Some(file), Some(component)) = (head.columns.component_file, head.columns.component) else {
            return Component::Absent;
        };
        if file == self.registry.file() {
            return self.registry.get(component).map_or(Component::Absent, |own| Component::There(own.main));
        }
        match self.mains.libraries.get(&file).map(|library| library.get(&component)) {
            None => Component::Hidden,
            Some(None) => Component::Absent,
            Some(Some(main)) => Component::There(Some(main.id)),
        }
    }

    /// The component of this file that says a shape of the page is its main.
    pub(super) fn own_component(&self, id: Uuid, shape: &ShapeOutline) -> Option<&'s ComponentOutline> {
        let component = self.registry.get(shape.columns.component?)?;
        let is_own = shape.columns.component_file == Some(self.registry.file());
        (is_own && component.main == Some(id) && component.page == Some(self.page)).then_some(component)
    }

    /// Whether the main that a component of this file names is there, marked as one, wherever it is.
    pub(super) fn has_main(&self, component: Uuid) -> bool {
        let Some(own) = self.registry.get(component) else { return false };
        let Some(id) = own.main else { return false };
        self.member(self.registry.file(), component, id).is_some_and(ShapeOutline::is_main)
    }

    /// A shape of the main of a component.
    fn member(&self, file: Uuid, component: Uuid, id: Uuid) -> Option<&'s ShapeOutline> {
        let own = self.registry.get(component).filter(|_| file == self.registry.file());
        if own.is_some_and(|own| is_on(own, self.page)) {
            let members = self.members.get_or_init(|| self.members_here());
            return members.get(&component)?.contains(&id).then(|| self.shapes.get(id))?;
        }
        self.mains.get(file, component)?.shapes.get(id)
    }

    fn members_here(&self) -> HashMap<Uuid, HashSet<Uuid>> {
        let here = self.registry.iter().filter(|(_, component)| is_on(component, self.page));
        here.filter_map(|(id, component)| Some((id, self.shapes.below(component.main?)))).collect()
    }

    /// What a shape of the page follows: in the outermost component around it that has it.
    pub(super) fn followed(&self, id: Uuid) -> Option<Followed<'s>> {
        let followed = self.shapes.get(id)?.columns.shape_ref?;
        self.shapes.heads(id).into_iter().find_map(|(_, head)| {
            let main = (head.columns.component_file?, head.columns.component?);
            Some(Followed { shape: self.member(main.0, main.1, followed)?, main })
        })
    }

    /// The shape that has the same place in what the parent of a shape follows; with its id.
    pub(super) fn counterpart(&self, id: Uuid) -> Option<(Uuid, &'s ShapeOutline)> {
        let parent = self.shapes.get(id)?.columns.parent?;
        let at = self.shapes.get(parent)?.columns.children().iter().position(|child| *child == id)?;
        let followed = self.followed(parent)?;
        let other = *followed.shape.columns.children().get(at)?;
        Some((other, self.member(followed.main.0, followed.main.1, other)?))
    }

    /// The shapes that follow the same as a shape does, in the outermost component around it that has such: it may have
    /// been meant to follow one of them.
    pub(super) fn alike(&self, id: Uuid) -> Vec<Uuid> {
        let Some(shape) = self.shapes.get(id) else { return Vec::new() };
        let follows_same = |(other, own): (Uuid, &ShapeOutline)| {
            (other != id && own.columns.shape_ref == shape.columns.shape_ref).then_some(other)
        };
        let around = self.shapes.heads(id).into_iter().filter(|(head, _)| *head != id);
        let found = around.map(|(_, head)| match (head.columns.component_file, head.columns.component) {
            (Some(file), Some(component)) => self.members(file, component).filter_map(follows_same).collect(),
            _ => Vec::new(),
        });
        found.into_iter().find(|found: &Vec<Uuid>| !found.is_empty()).unwrap_or_default()
    }

    /// All shapes of the main of a component.
    fn members(
        &self,
        file: Uuid,
        component: Uuid,
    ) -> Box<dyn Iterator<Item = (Uuid, &'s ShapeOutline)> + '_> {
        let own = self.registry.get(component).filter(|_| file == self.registry.file());
        if own.is_some_and(|own| is_on(own, self.page)) {
            let members = self.members.get_or_init(|| self.members_here()).get(&component);
            return Box::new(
                members.into_iter().flatten().filter_map(|id| Some((*id, self.shapes.get(*id)?))),
            );
        }
        Box::new(self.mains.get(file, component).into_iter().flat_map(|main| main.shapes.iter()))
    }

    /// Whether the libraries of all components around a shape can be read.
    pub(super) fn is_all_visible(&self, id: Uuid) -> bool {
        let hidden = |(_, head): &(Uuid, &ShapeOutline)| matches!(self.component(head), Component::Hidden);
        !self.shapes.heads(id).iter().any(hidden)
    }
}
