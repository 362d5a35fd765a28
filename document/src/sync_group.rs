//! Which attributes of a shape change together, as seen from the copies of a component: a copy that changed one of a
//! group keeps its own value of all of them.

/// The group of what says where a shape is.
pub(crate) const GEOMETRY: &str = "geometry-group";
/// The group of what a text says.
pub(crate) const CONTENT: &str = "content-group";

/// Attribute to group, by attribute. The content of a path is geometry, and of a text content: see [`of`].
static GROUPS: &[(&str, &str)] = &[
    ("background-blur", "blur-group"),
    ("blend-mode", "layer-effects-group"),
    ("blocked", "modifiable-group"),
    ("blur", "blur-group"),
    ("bool-content", CONTENT),
    ("bool-type", CONTENT),
    ("constraints-h", "constraints-group"),
    ("constraints-v", "constraints-group"),
    ("exports", "exports-group"),
    ("fill-color", "fill-group"),
    ("fill-opacity", "fill-group"),
    ("fills", "fill-group"),
    ("fixed-scroll", "constraints-group"),
    ("font-family", "text-font-group"),
    ("font-size", "text-font-group"),
    ("font-style", "text-font-group"),
    ("font-weight", "text-font-group"),
    ("grids", "grids-group"),
    ("grow-type", "text-font-group"),
    ("height", GEOMETRY),
    ("hidden", "visibility-group"),
    ("hide-fill-on-export", "fill-group"),
    ("layout", "layout-container"),
    ("layout-align-content", "layout-align-content"),
    ("layout-align-items", "layout-align-items"),
    ("layout-flex-dir", "layout-flex-dir"),
    ("layout-gap", "layout-gap"),
    ("layout-gap-type", "layout-gap"),
    ("layout-grid-cells", "layout-grid-cells"),
    ("layout-grid-columns", "layout-grid-columns"),
    ("layout-grid-dir", "layout-grid-dir"),
    ("layout-grid-rows", "layout-grid-rows"),
    ("layout-item-absolute", "layout-item-absolute"),
    ("layout-item-align-self", "layout-item-align-self"),
    ("layout-item-h-sizing", "layout-item-h-sizing"),
    ("layout-item-margin", "layout-item-margin"),
    ("layout-item-margin-type", "layout-item-margin"),
    ("layout-item-max-h", "layout-item-max-h"),
    ("layout-item-max-w", "layout-item-max-w"),
    ("layout-item-min-h", "layout-item-min-h"),
    ("layout-item-min-w", "layout-item-min-w"),
    ("layout-item-v-sizing", "layout-item-v-sizing"),
    ("layout-item-z-index", "layout-item-z-index"),
    ("layout-justify-content", "layout-justify-content"),
    ("layout-justify-items", "layout-justify-items"),
    ("layout-padding", "layout-padding"),
    ("layout-padding-type", "layout-padding"),
    ("layout-wrap-type", "layout-wrap-type"),
    ("letter-spacing", "text-display-group"),
    ("line-height", "text-display-group"),
    ("locked", GEOMETRY),
    ("masked-group", "mask-group"),
    ("name", "name-group"),
    ("opacity", "layer-effects-group"),
    ("points", GEOMETRY),
    ("position-data", CONTENT),
    ("proportion", GEOMETRY),
    ("proportion-lock", GEOMETRY),
    ("r1", "radius-group"),
    ("r2", "radius-group"),
    ("r3", "radius-group"),
    ("r4", "radius-group"),
    ("rotation", GEOMETRY),
    ("selrect", GEOMETRY),
    ("shadow", "shadow-group"),
    ("show-content", "show-content"),
    ("stroke-width", "stroke-group"),
    ("strokes", "stroke-group"),
    ("text-align", "text-display-group"),
    ("transform", GEOMETRY),
    ("transform-inverse", GEOMETRY),
    ("type", GEOMETRY),
    ("width", GEOMETRY),
    ("x", GEOMETRY),
    ("y", GEOMETRY),
];

/// The group of an attribute of a type of shape; none for what copies do not follow.
pub(crate) fn of(shape_type: &str, attribute: &str) -> Option<&'static str> {
    match (attribute, shape_type) {
        ("content", "path") => Some(GEOMETRY),
        ("content", "text") => Some(CONTENT),
        ("content", _) => None,
        _ => {
            let at = GROUPS.binary_search_by(|(name, _)| (*name).cmp(attribute)).ok()?;
            GROUPS.get(at).map(|(_, group)| *group)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn seventy_six_attributes_fall_into_forty_one_groups() {
        assert!(GROUPS.is_sorted_by_key(|(name, _)| name));
        // The content is one more, with one group or the other.
        assert_eq!(GROUPS.len() + 1, 76);
        let groups: BTreeSet<&str> = GROUPS.iter().map(|(_, group)| *group).collect();
        assert_eq!(groups.len(), 41);
    }

    #[test]
    fn the_content_belongs_to_what_the_type_makes_of_it() {
        assert_eq!(of("path", "content"), Some(GEOMETRY));
        assert_eq!(of("text", "content"), Some(CONTENT));
        for other in ["bool", "svg-raw", "rect", ""] {
            assert_eq!(of(other, "content"), None);
        }
    }

    #[test]
    fn what_links_shapes_has_no_group() {
        let names = "rx ry flip-x flip-y stroke-color collapsed shapes parent-id frame-id shape-ref component-id \
            component-file component-root touched remote-synced interactions applied-tokens plugin-data metadata \
            svg-attrs";
        assert!(names.split_whitespace().all(|name| of("frame", name).is_none()));
    }
}
