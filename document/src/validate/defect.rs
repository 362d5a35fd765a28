//! What can be wrong between the parts of a document, and what each is called.

/// One rule that is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Defect {
    /// A shape that is no path lacks part of its place and size.
    InvalidGeometry,
    /// What a shape is inside of is not there.
    ParentNotFound,
    /// What a shape is inside of does not hold it.
    ChildNotInParent,
    /// A shape holds another twice.
    DuplicatedChildren,
    /// A shape holds another that is not there.
    ChildNotFound,
    /// A shape is held by another than the one it names, or is inside itself.
    InvalidParent,
    /// The frame of a shape is not there.
    FrameNotFound,
    /// The frame of a shape is not the nearest frame around it.
    InvalidFrame,
    /// The main of a component is not marked as one, or a copy is.
    ComponentNotMain,
    /// A main names another file.
    ComponentMainExternal,
    /// The component of a head is not there.
    ComponentNotFound,
    /// The component of a main has another one.
    InvalidMainInstanceId,
    /// The component of a main says that it is on another page.
    InvalidMainInstancePage,
    /// The component of a copy says that it is the main.
    InvalidMainInstance,
    /// A shape is marked as the main of a component, and is no head, or the main is elsewhere.
    ComponentMain,
    /// A head that is inside no component is not marked so.
    ShouldBeComponentRoot,
    /// What is no head is marked as one that is inside no component.
    ShouldNotBeComponentRoot,
    /// What a copy follows is not in its component.
    RefShapeNotFound,
    /// A copy that is no head follows a head.
    RefShapeIsHead,
    /// A copied head follows what is none.
    RefShapeIsNotHead,
    /// A main follows another shape.
    ShapeRefInMain,
    /// A copied head that was not swapped names another component than what it follows.
    ComponentIdMismatch,
    /// A shape notes what it was swapped for, and cannot have been swapped.
    MisplacedSlot,
    /// Two children of a head were swapped for the same.
    DuplicateSlot,
    /// A copied head stands where its component has another, and does not note it.
    MissingSlot,
    /// A text notes that part of its content is its own, and not that its content is.
    InvalidTextTouched,
    /// A main that says it is inside no component is inside one.
    RootMainNotAllowed,
    /// A copy that says it is inside no component is inside one.
    RootCopyNotAllowed,
    /// A main is inside a main.
    NestedMainNotAllowed,
    /// A copy that belongs into another is inside no component.
    NestedCopyNotAllowed,
    /// A shape follows one of a component, and is inside no copy.
    NotHeadCopyNotAllowed,
    /// A shape is marked as a main, names no component and is inside no main.
    NotHeadMainNotAllowed,
    /// A shape is kept of a deleted component to which it does not belong.
    NotComponentNotAllowed,
    /// A head is no frame.
    InstanceHeadNotFrame,
    /// What is kept of a component is nil.
    ComponentNilObjectsNotAllowed,
    /// Shapes are kept of a component that is not deleted.
    NonDeletedComponentCannotHaveObjects,
    /// The same as `DuplicateSlot`, in what is kept of a deleted component.
    ComponentDuplicateSlot,
    /// A shape that is kept of a deleted component follows itself.
    ShapeRefCycle,
    /// What is in a container of variants, or is the main of a variant, is none.
    NotAVariant,
    /// A variant names another container than the one it is in.
    InvalidVariantId,
    /// The properties of a variant are not those of the first one.
    InvalidVariantProperties,
    /// A variant is no main.
    VariantNotMain,
    /// A variant is in no container of variants.
    ParentNotVariant,
    /// A variant is not called as its container is.
    VariantBadName,
    /// What sets a variant apart is not made of the values of its properties.
    VariantBadVariantName,
    /// The component of a variant is not called as the container is.
    VariantComponentBadName,
    /// The component of a variant names another container.
    VariantComponentBadId,
}

impl Defect {
    /// Every defect, with its code on the wire.
    pub const ALL: [(Defect, &'static str); 47] = [
        (Defect::InvalidGeometry, "invalid-geometry"),
        (Defect::ParentNotFound, "parent-not-found"),
        (Defect::ChildNotInParent, "child-not-in-parent"),
        (Defect::DuplicatedChildren, "duplicated-children"),
        (Defect::ChildNotFound, "child-not-found"),
        (Defect::InvalidParent, "invalid-parent"),
        (Defect::FrameNotFound, "frame-not-found"),
        (Defect::InvalidFrame, "invalid-frame"),
        (Defect::ComponentNotMain, "component-not-main"),
        (Defect::ComponentMainExternal, "component-main-external"),
        (Defect::ComponentNotFound, "component-not-found"),
        (Defect::InvalidMainInstanceId, "invalid-main-instance-id"),
        (Defect::InvalidMainInstancePage, "invalid-main-instance-page"),
        (Defect::InvalidMainInstance, "invalid-main-instance"),
        (Defect::ComponentMain, "component-main"),
        (Defect::ShouldBeComponentRoot, "should-be-component-root"),
        (Defect::ShouldNotBeComponentRoot, "should-not-be-component-root"),
        (Defect::RefShapeNotFound, "ref-shape-not-found"),
        (Defect::RefShapeIsHead, "ref-shape-is-head"),
        (Defect::RefShapeIsNotHead, "ref-shape-is-not-head"),
        (Defect::ShapeRefInMain, "shape-ref-in-main"),
        (Defect::ComponentIdMismatch, "component-id-mismatch"),
        (Defect::MisplacedSlot, "misplaced-slot"),
        (Defect::DuplicateSlot, "duplicate-slot"),
        (Defect::MissingSlot, "missing-slot"),
        (Defect::InvalidTextTouched, "invalid-text-touched"),
        (Defect::RootMainNotAllowed, "root-main-not-allowed"),
        (Defect::RootCopyNotAllowed, "root-copy-not-allowed"),
        (Defect::NestedMainNotAllowed, "nested-main-not-allowed"),
        (Defect::NestedCopyNotAllowed, "nested-copy-not-allowed"),
        (Defect::NotHeadCopyNotAllowed, "not-head-copy-not-allowed"),
        (Defect::NotHeadMainNotAllowed, "not-head-main-not-allowed"),
        (Defect::NotComponentNotAllowed, "not-component-not-allowed"),
        (Defect::InstanceHeadNotFrame, "instance-head-not-frame"),
        (Defect::ComponentNilObjectsNotAllowed, "component-nil-objects-not-allowed"),
        (Defect::NonDeletedComponentCannotHaveObjects, "non-deleted-component-cannot-have-objects"),
        (Defect::ComponentDuplicateSlot, "component-duplicate-slot"),
        (Defect::ShapeRefCycle, "shape-ref-cycle"),
        (Defect::NotAVariant, "not-a-variant"),
        (Defect::InvalidVariantId, "invalid-variant-id"),
        (Defect::InvalidVariantProperties, "invalid-variant-properties"),
        (Defect::VariantNotMain, "variant-not-main"),
        (Defect::ParentNotVariant, "parent-not-variant"),
        (Defect::VariantBadName, "variant-bad-name"),
        (Defect::VariantBadVariantName, "variant-bad-variant-name"),
        (Defect::VariantComponentBadName, "variant-component-bad-name"),
        (Defect::VariantComponentBadId, "variant-component-bad-id"),
    ];

    /// Its code.
    pub fn code(self) -> &'static str {
        Defect::ALL.iter().find(|(defect, _)| *defect == self).map_or("unknown", |(_, code)| code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_defect_has_a_code_of_its_own() {
        let codes: std::collections::BTreeSet<&str> = Defect::ALL.iter().map(|(_, code)| *code).collect();
        assert_eq!(codes.len(), 47);
        assert!(Defect::ALL.iter().all(|(defect, code)| defect.code() == *code));
    }
}
