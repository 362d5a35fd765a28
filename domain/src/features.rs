//! Which document features are on: for this installation, a team, a new file, and a client that asks.

use crate::error::{Error, Result};
use document::features::{BACKEND_ONLY, DEFAULT, FRONTEND_ONLY, NO_INHERIT, NO_MIGRATION};
use platform::config::Flags;
use std::collections::BTreeSet;
use transit::value::Value;

/// Feature words.
pub type Features = BTreeSet<String>;

/// Features that a flag can add to the default ones.
const BY_FLAG: [(&str, &str); 5] = [
    ("feature-fdata-objects-map", "fdata/objects-map"),
    ("feature-fdata-pointer-map", "fdata/pointer-map"),
    ("feature-render-wasm", "render-wasm/v1"),
    ("feature-text-editor-v2", "text-editor/v2"),
    ("feature-text-editor-wasm", "text-editor-wasm/v1"),
];

/// What this installation has switched on.
pub fn enabled(flags: &Flags) -> Features {
    let by_flag = BY_FLAG.iter().filter(|(flag, _)| flags.has(flag)).map(|(_, feature)| *feature);
    DEFAULT.iter().copied().chain(by_flag).map(str::to_owned).collect()
}

/// What a new team gets.
pub fn for_new_team(enabled: &Features) -> Features {
    without(enabled, &[FRONTEND_ONLY, NO_INHERIT])
}

/// What counts inside a team.
pub fn of_team(enabled: &Features, team: &[String]) -> Features {
    let anywhere = enabled.iter().filter(|feature| NO_MIGRATION.contains(&feature.as_str()));
    anywhere.chain(team).cloned().collect()
}

/// What a new file gets, given what counts in its team and what the client declared.
pub fn for_new_file(of_team: &Features, client: Option<&Features>) -> Features {
    let declared = client.into_iter().flatten().filter(|feature| NO_MIGRATION.contains(&feature.as_str()));
    let all: Features = of_team.iter().chain(declared).cloned().collect();
    without(&all, &[FRONTEND_ONLY])
}

/// What a file has after a change: what it had, and what counts in its team.
pub fn for_changed_file(of_team: &Features, file: Features) -> Features {
    file.into_iter().chain(without(of_team, &[FRONTEND_ONLY])).collect()
}

/// What a team keeps of a file's features.
pub fn inherited(file: &Features) -> Features {
    without(file, &[FRONTEND_ONLY, NO_INHERIT])
}

/// Refuses a client that does not know a feature in use. A client that declares nothing is let through.
///
/// # Errors
/// `feature-not-supported`, with the feature in the context.
pub fn check_client(of_team: &Features, client: Option<&Features>) -> Result<()> {
    let Some(client) = client else { return Ok(()) };
    let needed = without(of_team, &[FRONTEND_ONLY, BACKEND_ONLY]);
    refuse_first(
        needed.difference(client),
        "feature-not-supported",
        "the client does not know a feature in use",
    )
}

/// Refuses a file that does not fit its team.
///
/// # Errors
/// `file-feature-mismatch` with the feature in the context, `file-in-components-v1`.
pub fn check_file(of_team: &Features, file: &Features) -> Result<()> {
    let code = "file-feature-mismatch";
    let needed = without(of_team, &[NO_MIGRATION]);
    if !file.contains("components/v2") {
        return Err(
            Error::restriction("file-in-components-v1").hint("the file uses an outdated component model")
        );
    }
    refuse_first(needed.difference(file), code, "the team uses a feature that the file lacks")?;
    let present = without(file, &[FRONTEND_ONLY, BACKEND_ONLY]);
    refuse_first(present.difference(of_team), code, "the file uses a feature that the team lacks")
}

/// Refuses what would go from one team to another that has other features which change data.
///
/// # Errors
/// `team-feature-mismatch` with the feature in the context.
pub fn check_teams(one: &Features, other: &Features) -> Result<()> {
    let (one, other) = (without(one, &[NO_MIGRATION]), without(other, &[NO_MIGRATION]));
    let differing = one.symmetric_difference(&other);
    refuse_first(differing, "team-feature-mismatch", "one of the teams uses a feature that the other lacks")
}

fn without(features: &Features, groups: &[&[&str]]) -> Features {
    let kept =
        features.iter().filter(|feature| !groups.iter().any(|group| group.contains(&feature.as_str())));
    kept.cloned().collect()
}

fn refuse_first<'a>(
    mut wrong: impl Iterator<Item = &'a String>,
    code: &'static str,
    hint: &str,
) -> Result<()> {
    match wrong.next() {
        None => Ok(()),
        Some(feature) => {
            Err(Error::restriction(code).hint(hint).with("feature", Value::Str(feature.clone())))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(words: &[&str]) -> Features {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn new_teams_and_files_keep_only_what_concerns_data() {
        let enabled =
            set(&["styles/v2", "components/v2", "fdata/path-data", "layout/grid", "fdata/objects-map"]);
        assert_eq!(for_new_team(&enabled), set(&["components/v2", "fdata/objects-map", "layout/grid"]));
        let of_team = of_team(&enabled, &["components/v2".to_owned()]);
        assert_eq!(of_team, enabled);
        let client = set(&["variants/v1", "text-editor/v2", "unheard-of"]);
        let file = for_new_file(&of_team, Some(&client));
        let expected =
            ["components/v2", "fdata/objects-map", "fdata/path-data", "layout/grid", "variants/v1"];
        assert_eq!(file, set(&expected));
        assert!(check_file(&set(&[expected.as_slice(), &["styles/v2"]].concat()), &file).is_ok());
    }

    #[test]
    fn clients_and_files_that_do_not_fit_are_refused() {
        let of_team = set(&["components/v2", "layout/grid", "styles/v2", "fdata/objects-map"]);
        assert!(check_client(&of_team, None).is_ok());
        assert!(check_client(&of_team, Some(&set(&["components/v2", "layout/grid"]))).is_ok());
        let refused =
            check_client(&of_team, Some(&set(&["components/v2"]))).expect_err("layout/grid is missing");
        assert_eq!(refused.code(), Some("feature-not-supported"));
        let old = check_file(&of_team, &set(&["layout/grid"])).expect_err("no components");
        assert_eq!(old.code(), Some("file-in-components-v1"));
        let odd =
            check_file(&of_team, &set(&["components/v2", "variants/v1"])).expect_err("variants are unknown");
        assert_eq!(odd.code(), Some("file-feature-mismatch"));
    }
}
