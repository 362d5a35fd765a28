//! Documents that were made by an older version, brought up to date.
//!
//! Every change of the data model has a name, and a file says which it has behind it: [`crate::file::MIGRATIONS`] are
//! all of them. Of these the last ones are done here, one file each; they are what archives of Penpot's own package of
//! libraries and files of the last versions lack. [`missing`] tells which a file lacks, or that it is too old.

mod links;
mod m0002_clean_shape_interactions;
mod m0003_fix_root_shape;
mod m0017_fix_layout_flex_dir;
mod m0018_remove_unneeded_objects_from_components;
mod m0019_fix_missing_swap_slots;
mod m0020_sync_component_id_with_near_main;
mod m0021_fix_shape_svg_attrs;
mod m0022_normalize_component_root_and_resync;
mod m0023_repair_token_themes_with_inexistent_sets;
mod m0024b_fix_stroke_cap_placement;
mod m0025_separate_tokens_status;
mod whole;

use crate::file::{MIGRATIONS, VERSION};
use crate::part::OpenPart;
use std::collections::BTreeSet;
use uuid::Uuid;
use whole::Whole;

/// One change of the data model.
type Run = fn(&mut Whole);

/// What is done here, oldest first.
const DONE_HERE: &[(&str, Run)] = &[
    ("0002-clean-shape-interactions", m0002_clean_shape_interactions::run),
    ("0003-fix-root-shape", m0003_fix_root_shape::run),
    ("0017-fix-layout-flex-dir", m0017_fix_layout_flex_dir::run),
    ("0018-remove-unneeded-objects-from-components", m0018_remove_unneeded_objects_from_components::run),
    ("0019-fix-missing-swap-slots", m0019_fix_missing_swap_slots::run),
    ("0020-sync-component-id-with-near-main", m0020_sync_component_id_with_near_main::run),
    ("0021-fix-shape-svg-attrs", m0021_fix_shape_svg_attrs::run),
    ("0022-normalize-component-root-and-resync", m0022_normalize_component_root_and_resync::run),
    ("0023-repair-token-themes-with-inexistent-sets", m0023_repair_token_themes_with_inexistent_sets::run),
    ("0024b-fix-stroke-cap-placement", m0024b_fix_stroke_cap_placement::run),
    ("0025-separate-tokens-status", m0025_separate_tokens_status::run),
];

/// Why a file cannot be brought up to date.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UpgradeError {
    /// It lacks changes of the data model that are not done here; the first of them is named.
    #[error(
        "the file is of an older version ({0} is missing): open it with Penpot 2.17, save it, and take it from there"
    )]
    TooOld(&'static str),
    /// It is of a version that nobody knows here.
    #[error("the file is of version {0}, and this server knows {VERSION}: update the server")]
    TooNew(i64),
}

/// The changes of the data model that a file lacks, oldest first. `version` is the version it tells, `done` are the
/// names it tells; without any, all of its version are behind it. Names that nobody knows here do not count.
///
/// # Errors
/// [`UpgradeError`] when not all of them are done here.
pub fn missing<'n>(
    version: Option<i64>,
    done: impl IntoIterator<Item = &'n str>,
) -> Result<Vec<&'static str>, UpgradeError> {
    if let Some(version) = version.filter(|version| *version > i64::from(VERSION)) {
        return Err(UpgradeError::TooNew(version));
    }
    let mut done: BTreeSet<&str> = done.into_iter().collect();
    if done.is_empty() {
        let is_behind = |name: &&&str| {
            let number: Option<i64> = name.strip_prefix("legacy-").and_then(|number| number.parse().ok());
            number.zip(version).is_some_and(|(number, version)| number <= version)
        };
        done.extend(MIGRATIONS.iter().filter(is_behind));
    }
    let missing: Vec<&'static str> = MIGRATIONS.iter().copied().filter(|name| !done.contains(name)).collect();
    match missing.iter().find(|name| !is_done_here(name)) {
        Some(name) => Err(UpgradeError::TooOld(name)),
        None => Ok(missing),
    }
}

fn is_done_here(name: &str) -> bool {
    DONE_HERE.iter().any(|(own, _)| *own == name)
}

/// Brings the parts of a whole document up to date: of the changes of the data model those that are named, oldest
/// first, whatever order they come in. `file` is the file's id, `now` the moment in milliseconds since 1970. What
/// copies follow in other files is not looked at. Nothing is refused: what cannot be understood stays as it is.
pub fn upgrade(parts: Vec<OpenPart>, file: Uuid, missing: &[&str], now: i64) -> Vec<OpenPart> {
    let mut whole = Whole::new(parts, file, now);
    for (_, run) in DONE_HERE.iter().filter(|(name, _)| missing.contains(name)) {
        run(&mut whole);
    }
    whole.into_parts()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_done_here_is_known_and_in_order() {
        let mut all = MIGRATIONS.iter();
        assert!(DONE_HERE.iter().all(|(name, _)| all.any(|known| known == name)));
    }

    #[test]
    fn a_file_lacks_what_it_does_not_name() {
        assert_eq!(missing(Some(67), MIGRATIONS.iter().copied()), Ok(vec![]));
        let lacking = |names: &[&str]| {
            let done: Vec<&str> = MIGRATIONS.iter().copied().filter(|name| !names.contains(name)).collect();
            missing(None, done.into_iter().chain(["9999-of-a-newer-one"]))
        };
        let last = ["0024b-fix-stroke-cap-placement", "0025-separate-tokens-status"];
        assert_eq!(lacking(&[last[1], last[0]]), Ok(last.to_vec()));
        assert_eq!(
            lacking(&["0005-deprecate-image-type"]),
            Err(UpgradeError::TooOld("0005-deprecate-image-type"))
        );
    }

    #[test]
    fn a_file_that_names_nothing_has_all_of_its_version_behind_it() {
        assert_eq!(missing(Some(66), []), Err(UpgradeError::TooOld("legacy-67")));
        assert_eq!(missing(Some(67), []), Err(UpgradeError::TooOld("0001-remove-tokens-from-groups")));
        assert_eq!(missing(None, []), Err(UpgradeError::TooOld("legacy-2")));
        assert_eq!(missing(Some(68), []), Err(UpgradeError::TooNew(68)));
        assert!(UpgradeError::TooOld("legacy-2").to_string().contains("legacy-2 is missing"));
    }
}
