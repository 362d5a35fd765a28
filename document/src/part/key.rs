//! What a part is called.

use uuid::Uuid;

/// What a part lies in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Container {
    /// The file: itself, its pages, its library.
    File,
    /// A page: its shapes.
    Page(Uuid),
    /// A component: the shapes that are kept of it while it is deleted.
    Component(Uuid),
}

impl Container {
    /// The part that a container belongs to. It exists where that part does.
    pub const fn owner(self) -> PartKey {
        match self {
            Container::File => PartKey::FILE,
            Container::Page(id) => PartKey::page(id),
            Container::Component(id) => PartKey::component(id),
        }
    }
}

/// What sort of thing a part is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// What belongs to the file as a whole; its children are the pages, in order.
    File,
    /// A page without its shapes.
    Page,
    /// A component of the library, without saved shapes.
    Component,
    /// A colour of the library.
    Color,
    /// A typography of the library.
    Typography,
    /// A picture of the library.
    Media,
    /// The library of tokens, whole.
    Tokens,
    /// A shape of a page, or one that is kept of a deleted component.
    Shape,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Kind; 8] = [
        Kind::File,
        Kind::Page,
        Kind::Component,
        Kind::Color,
        Kind::Typography,
        Kind::Media,
        Kind::Tokens,
        Kind::Shape,
    ];

    /// The number it is stored under. Never changes.
    pub const fn code(self) -> i16 {
        match self {
            Kind::File => 0,
            Kind::Page => 1,
            Kind::Shape => 2,
            Kind::Component => 3,
            Kind::Color => 4,
            Kind::Typography => 5,
            Kind::Media => 6,
            Kind::Tokens => 7,
        }
    }

    /// The kind of a stored number.
    pub fn of_code(code: i16) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.code() == code)
    }

    /// The map of the document that parts of this kind are the entries of; none where there is one part at most.
    pub const fn map(self) -> Option<&'static str> {
        match self {
            Kind::File | Kind::Tokens => None,
            Kind::Page => Some("pages-index"),
            Kind::Component => Some("components"),
            Kind::Color => Some("colors"),
            Kind::Typography => Some("typographies"),
            Kind::Media => Some("media"),
            Kind::Shape => Some("objects"),
        }
    }
}

/// The key of a part within its file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PartKey {
    /// What it lies in.
    pub container: Container,
    /// What it is.
    pub kind: Kind,
    /// Its id; zero where there is one of its kind at most, and for the root of a page.
    pub id: Uuid,
}

impl PartKey {
    /// The file itself.
    pub const FILE: PartKey = PartKey::of_file(Kind::File, Uuid::nil());
    /// The library of tokens.
    pub const TOKENS: PartKey = PartKey::of_file(Kind::Tokens, Uuid::nil());

    /// Something that lies in the file itself.
    pub const fn of_file(kind: Kind, id: Uuid) -> PartKey {
        PartKey { container: Container::File, kind, id }
    }

    /// A page.
    pub const fn page(id: Uuid) -> PartKey {
        PartKey::of_file(Kind::Page, id)
    }

    /// A component of the library.
    pub const fn component(id: Uuid) -> PartKey {
        PartKey::of_file(Kind::Component, id)
    }

    /// A shape of a page or of a deleted component.
    pub const fn shape(container: Container, id: Uuid) -> PartKey {
        PartKey { container, kind: Kind::Shape, id }
    }

    /// Whether it is the root frame of a page, which holds all others.
    pub const fn is_root(&self) -> bool {
        matches!((self.kind, self.container), (Kind::Shape, Container::Page(_))) && self.id.is_nil()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_comes_back_from_its_number() {
        for kind in Kind::ALL {
            assert_eq!(Kind::of_code(kind.code()), Some(kind));
        }
        assert_eq!(Kind::of_code(99), None);
    }

    #[test]
    fn only_pages_have_a_root() {
        let id = Uuid::from_u128(1);
        assert!(PartKey::shape(Container::Page(id), Uuid::nil()).is_root());
        assert!(!PartKey::shape(Container::Component(id), Uuid::nil()).is_root());
        assert!(!PartKey::shape(Container::Page(id), id).is_root() && !PartKey::FILE.is_root());
    }
}
