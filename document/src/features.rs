//! The feature words that teams and files carry, and the groups they fall into.

/// Every feature this server knows.
pub const SUPPORTED: &[&str] = &[
    "fdata/objects-map",
    "fdata/pointer-map",
    "fdata/shape-data-type",
    "fdata/path-data",
    "components/v2",
    "styles/v2",
    "layout/grid",
    "plugins/runtime",
    "tokens/numeric-input",
    "design-tokens/v1",
    "text-editor/v2",
    "text-editor/v2-html-paste",
    "text-editor-wasm/v1",
    "render-wasm/v1",
    "variants/v1",
];

/// On without any setting. Settings may add to them.
pub const DEFAULT: &[&str] = &[
    "fdata/shape-data-type",
    "fdata/path-data",
    "styles/v2",
    "layout/grid",
    "components/v2",
    "plugins/runtime",
    "design-tokens/v1",
    "tokens/numeric-input",
    "variants/v1",
];

/// Concern the editor alone: never stored on a team or a file.
pub const FRONTEND_ONLY: &[&str] = &[
    "styles/v2",
    "plugins/runtime",
    "text-editor/v2",
    "text-editor/v2-html-paste",
    "text-editor-wasm/v1",
    "tokens/numeric-input",
    "render-wasm/v1",
];

/// Concern storage alone: a client need not declare them.
pub const BACKEND_ONLY: &[&str] = &["fdata/pointer-map", "fdata/objects-map"];

/// A new team does not get them, though they may be on.
pub const NO_INHERIT: &[&str] = &["fdata/path-data", "fdata/shape-data-type"];

/// Can be switched on for a file without changing its data.
pub const NO_MIGRATION: &[&str] = &[
    "layout/grid",
    "design-tokens/v1",
    "fdata/shape-data-type",
    "fdata/path-data",
    "tokens/numeric-input",
    "variants/v1",
    "styles/v2",
    "plugins/runtime",
    "text-editor/v2",
    "text-editor/v2-html-paste",
    "text-editor-wasm/v1",
    "render-wasm/v1",
    "fdata/pointer-map",
    "fdata/objects-map",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_name_only_supported_features() {
        for group in [DEFAULT, FRONTEND_ONLY, BACKEND_ONLY, NO_INHERIT, NO_MIGRATION] {
            assert!(group.iter().all(|feature| SUPPORTED.contains(feature)), "{group:?}");
        }
        assert!(FRONTEND_ONLY.iter().chain(BACKEND_ONLY).all(|feature| NO_MIGRATION.contains(feature)));
    }
}
