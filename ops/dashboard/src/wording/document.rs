//! What is wrong with documents, in sentences.

/// What the code of a problem says. What is no code of ours stands as it is.
pub fn problem(code: &str) -> &str {
    of_place(code).or_else(|| of_component(code)).or_else(|| of_variant(code)).unwrap_or(code)
}

/// Of documents as a whole, and of where shapes are.
fn of_place(code: &str) -> Option<&'static str> {
    Some(match code {
        "unreadable" => "what is stored of it cannot be read",
        "unreadable-document" => "the document cannot be read, or is not there",
        "uncompared-document" => {
            "the document could not be compared: it is too large, or something in it is unknown"
        }
        "invalid-geometry" => "part of its place and size is missing",
        "parent-not-found" => "what it is inside of is not there",
        "child-not-in-parent" => "what it is inside of does not hold it",
        "duplicated-children" => "it holds another shape twice",
        "child-not-found" => "it holds a shape that is not there",
        "invalid-parent" => "it is held by another shape than the one it names, or is inside itself",
        "frame-not-found" => "its frame is not there",
        "invalid-frame" => "its frame is not the nearest one around it",
        _ => return None,
    })
}

/// Of components, their mains and their copies.
fn of_component(code: &str) -> Option<&'static str> {
    Some(match code {
        "component-not-main" => "the main of a component is not marked as one, or a copy is",
        "component-main-external" => "the main of a component names another file",
        "component-not-found" => "its component is not there",
        "invalid-main-instance-id" => "its component has another main",
        "invalid-main-instance-page" => "its component says that the main is on another page",
        "invalid-main-instance" => "it is a copy, and its component says that it is the main",
        "component-main" => "it is marked as the main of a component, and is none",
        "should-be-component-root" => "it is a head inside of no component, and is not marked so",
        "should-not-be-component-root" => "it is marked as a head inside of no component, and is no head",
        "ref-shape-not-found" => "what it follows is not in its component",
        "ref-shape-is-head" => "it is no head and follows one",
        "ref-shape-is-not-head" => "it is a head and follows none",
        "shape-ref-in-main" => "it is a main and follows another shape",
        "component-id-mismatch" => "it names another component than what it follows, and was not swapped",
        "misplaced-slot" => "it notes what it was swapped for, and cannot have been swapped",
        "duplicate-slot" | "component-duplicate-slot" => {
            "two shapes that it holds were swapped for the same one"
        }
        "missing-slot" => {
            "its component has another one in its place, and it does not note that it was swapped"
        }
        "invalid-text-touched" => "part of its text is noted as its own, and its text is not",
        "root-main-not-allowed" => "it is a main inside of no component by its mark, and is inside one",
        "root-copy-not-allowed" => "it is a copy inside of no component by its mark, and is inside one",
        "nested-main-not-allowed" => "it is a main inside of a main",
        "nested-copy-not-allowed" => "it is a copy that belongs into another, and is inside of none",
        "not-head-copy-not-allowed" => "it follows a shape of a component, and is inside of no copy",
        "not-head-main-not-allowed" => "it is marked as a main, and names no component",
        "not-component-not-allowed" => "it is kept of a deleted component, and is no part of it",
        "instance-head-not-frame" => "it is a head and no frame",
        "component-nil-objects-not-allowed" => "nothing is kept of it where shapes should be",
        "non-deleted-component-cannot-have-objects" => "shapes are kept of it, and it is not deleted",
        "shape-ref-cycle" => "it follows itself",
        _ => return None,
    })
}

/// Of variants.
fn of_variant(code: &str) -> Option<&'static str> {
    Some(match code {
        "not-a-variant" => "it is in a container of variants, and is none",
        "invalid-variant-id" => "it is a variant and names another container",
        "invalid-variant-properties" => "its properties are not those of the first variant",
        "variant-not-main" => "it is a variant and no main",
        "parent-not-variant" => "it is a variant, and what it is inside of is no container of variants",
        "variant-bad-name" => "it is not called as its container is",
        "variant-bad-variant-name" => "what sets it apart is not made of the values of its properties",
        "variant-component-bad-name" => "its component is not called as the container is",
        "variant-component-bad-id" => "its component names another container",
        _ => return None,
    })
}
