//! What we build on: licences that we may use, and crates that must not come in.

use crate::{finding::Finding, tree::Tree};
use serde_json::Value;
use std::process::Command;

/// Licences that ask for no more than a notice.
const ALLOWED: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "Zlib",
    "bzip2-1.0.6",
];
/// Crates that must not come in, and why.
const BANNED: &[(&str, &str)] = &[
    ("apalis-sql", "does not build beside apalis 1.0: see docs/adr"),
    ("aws-lc-rs", "ring is the only TLS provider: two of them panic at run time"),
    ("josekit", "links OpenSSL"),
    ("native-tls", "ring is the only TLS provider"),
    ("openssl", "ring is the only TLS provider"),
    ("zenwebp", "AGPL"),
];
/// Crates of which one version only may be there: their types cross from one library to another.
const SINGLE: &[&str] =
    &["metrics", "opendal-core", "poem", "rustls", "sea-orm", "sqlx-core", "tokio", "tracing-core"];

/// Asks cargo for every crate of every member. Works without a network once the crates are fetched.
pub(crate) fn check(tree: &Tree) -> Result<Vec<Finding>, String> {
    let mut command = Command::new("cargo");
    command.args(["metadata", "--format-version", "1", "--locked", "--all-features"]);
    let output =
        command.current_dir(&tree.root).output().map_err(|error| format!("cargo cannot be run: {error}"))?;
    if !output.status.success() {
        return Err(format!("cargo metadata: {}", String::from_utf8_lossy(&output.stderr)));
    }
    let metadata: Value = serde_json::from_slice(&output.stdout).map_err(|error| error.to_string())?;
    let packages = metadata["packages"].as_array().ok_or("cargo metadata has no packages")?;
    let packages: Vec<Package<'_>> = packages.iter().filter_map(Package::of).collect();
    Ok(examine(&packages))
}

struct Package<'m> {
    name: &'m str,
    version: &'m str,
    licence: Option<&'m str>,
}

impl<'m> Package<'m> {
    fn of(value: &'m Value) -> Option<Package<'m>> {
        let licence = value["license"].as_str();
        Some(Package { name: value["name"].as_str()?, version: value["version"].as_str()?, licence })
    }
}

fn examine(packages: &[Package<'_>]) -> Vec<Finding> {
    let mut wrong = vec![];
    for Package { name, version, licence } in packages {
        if !licence.is_some_and(may_use) {
            let shown = licence.unwrap_or("none told");
            wrong.push(format!("{name} {version}: its licence is not on our list: {shown}"));
        }
        if let Some((_, why)) = BANNED.iter().find(|(banned, _)| banned == name) {
            wrong.push(format!("{name} {version} must not come in: {why}"));
        }
    }
    for name in SINGLE {
        let versions: Vec<&str> = packages.iter().filter(|p| p.name == *name).map(|p| p.version).collect();
        if versions.len() > 1 {
            wrong.push(format!("{name} is there {} times: {}", versions.len(), versions.join(", ")));
        }
    }
    wrong.into_iter().map(|what| Finding::file("Cargo.lock", what)).collect()
}

/// Whether an SPDX expression can be met with licences of the list. The old `MIT/Apache-2.0` means OR.
fn may_use(expression: &str) -> bool {
    let spaced = expression.replace('/', " OR ").replace('(', " ( ").replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let (met, rest) = any_of(&words);
    met && rest.is_empty()
}

fn any_of<'w>(words: &'w [&'w str]) -> (bool, &'w [&'w str]) {
    let (mut met, mut rest) = all_of(words);
    while let ["OR", more @ ..] = rest {
        let (next, behind) = all_of(more);
        (met, rest) = (met || next, behind);
    }
    (met, rest)
}

fn all_of<'w>(words: &'w [&'w str]) -> (bool, &'w [&'w str]) {
    let (mut met, mut rest) = one(words);
    while let ["AND", more @ ..] = rest {
        let (next, behind) = one(more);
        (met, rest) = (met && next, behind);
    }
    (met, rest)
}

fn one<'w>(words: &'w [&'w str]) -> (bool, &'w [&'w str]) {
    match words {
        ["(", more @ ..] => {
            let (met, rest) = any_of(more);
            if let [")", behind @ ..] = rest { (met, behind) } else { (false, &[]) }
        }
        [licence, "WITH", exception, rest @ ..] => {
            (ALLOWED.contains(&format!("{licence} WITH {exception}").as_str()), rest)
        }
        [licence, rest @ ..] => (ALLOWED.contains(licence), rest),
        [] => (false, &[]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions() {
        for good in ["MIT", "MIT/Apache-2.0", "GPL-3.0 OR MIT", "(MIT OR GPL-2.0) AND Unicode-3.0"] {
            assert!(may_use(good), "{good}");
        }
        for bad in ["", "AGPL-3.0-only", "MIT AND GPL-3.0", "(MIT", "MIT)", "Apache-2.0 WITH Nothing", "OR"] {
            assert!(!may_use(bad), "{bad}");
        }
    }

    #[test]
    fn unknown_licences_banned_crates_and_doubles_are_found() {
        let package = |name, version, licence| Package { name, version, licence };
        let packages = [
            package("a", "1", Some("MIT")),
            package("b", "1", None),
            package("openssl", "1", Some("MIT")),
            package("tokio", "1", Some("MIT")),
            package("tokio", "2", Some("MIT")),
        ];
        assert_eq!(examine(&packages).len(), 3);
    }
}
