//! The file form of a library: design tokens as the W3C's community group writes them (DTCG), several sets in one
//! document, with themes and their order beside them. It is what JSON shows of a library and what archives hold.
//!
//! ```json
//! {"group/set": {"red": {"dark": {"$value": "#800", "$type": "color", "$description": ""}}},
//!  "$themes": [{"id": "…", "name": "night", "group": "mode", "selectedTokenSets": {"group/set": "enabled"}}],
//!  "$metadata": {"tokenSetOrder": ["group/set"], "activeThemes": ["mode/night"], "activeSets": ["group/set"]}}
//! ```
//!
//! It has no ids of sets and tokens: reading makes them of the names, so that reading twice gives the same library.

mod read;
mod value;
mod write;

pub use read::read;
pub use write::write;

/// The themes, in order.
const THEMES: &str = "$themes";
/// The order of the sets, and what is active.
const METADATA: &str = "$metadata";
/// What a token says. What has it is a token.
const VALUE: &str = "$value";
/// The type of a token, or of all in a group.
const TYPE: &str = "$type";
/// What people say about a token.
const DESCRIPTION: &str = "$description";
