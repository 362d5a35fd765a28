//! Who may depend on whom: manifests compared with one table.

use crate::{finding::Finding, tree::Tree};

/// Each member with its folder and those of ours that it may name. Tests may name everybody.
pub(crate) const MEMBERS: &[(&str, &str, &[&str])] = &[
    ("transit", "document/transit", &[]),
    ("document", "document", &["transit", "naive-document"]),
    ("naive-document", "document/naive", &["document", "transit"]),
    ("entities", "entities", &[]),
    ("operator", "domain/operator", &[]),
    ("platform", "platform", &[]),
    ("migration", "migration", &[]),
    ("atelier-queue", "jobs/queue", &[]),
    ("tidy", "ops/tools/tidy", &[]),
    ("bench", "ops/tools/bench", &["atelier-queue"]),
    (
        "bench-server",
        "ops/tools/bench-server",
        &["api", "jobs", "migration", "domain", "transit", "entities", "operator", "platform"],
    ),
    (
        "dashboard",
        "ops/dashboard",
        &["api", "jobs", "migration", "domain", "entities", "operator", "platform"],
    ),
    ("domain", "domain", &["document", "transit", "entities", "operator", "platform"]),
    ("jobs", "jobs", &["atelier-queue", "domain", "entities", "platform"]),
    ("api", "api", &["jobs", "domain", "transit", "entities", "platform"]),
    (
        "ops",
        "ops",
        &["api", "dashboard", "jobs", "migration", "domain", "transit", "entities", "operator", "platform"],
    ),
    (
        "tests",
        "tests",
        &[
            "api",
            "dashboard",
            "jobs",
            "atelier-queue",
            "migration",
            "domain",
            "document",
            "naive-document",
            "transit",
            "entities",
            "operator",
            "platform",
        ],
    ),
];

/// Libraries that belong to few: each would otherwise spread through the house.
const CONFINED: &[(&str, &[&str])] = &[
    ("anyhow", &["ops", "bench", "bench-server", "tests"]),
    ("apalis", &["atelier-queue"]),
    ("apalis-core", &["atelier-queue"]),
    ("clap", &["ops"]),
    ("lettre", &["platform"]),
    ("opendal", &["platform"]),
    ("opentelemetry-proto", &["platform", "tests"]),
    ("poem-openapi", &["api", "tests"]),
    ("prost", &["platform", "tests"]),
    ("redis", &["platform"]),
    ("reqwest", &["platform", "tests"]),
    ("sea-orm-migration", &["migration"]),
];

/// Compares every manifest with the tables.
pub(crate) fn check(tree: &Tree) -> Result<Vec<Finding>, String> {
    let workspace = tree.text("Cargo.toml").ok_or("there is no Cargo.toml")?;
    let mut findings = vec![];
    for member in members(workspace) {
        if !MEMBERS.iter().any(|(_, folder, _)| *folder == member) {
            let what =
                format!("the member {member} has no line in the table of ops/tools/tidy/src/arrows.rs");
            findings.push(Finding::file("Cargo.toml", what));
        }
    }
    for (name, folder, allowed) in MEMBERS {
        let path = format!("{folder}/Cargo.toml");
        let Some(manifest) = tree.text(&path) else {
            findings.push(Finding::file(&path, "is missing"));
            continue;
        };
        findings.extend(check_manifest(name, &path, manifest, allowed));
    }
    Ok(findings)
}

fn check_manifest(name: &str, path: &str, manifest: &str, allowed: &[&str]) -> Vec<Finding> {
    let mut findings = vec![];
    for (line, dependency) in dependencies(manifest) {
        let ours = MEMBERS.iter().any(|(member, _, _)| *member == dependency);
        if ours && !allowed.contains(&dependency) {
            let what = format!("{name} must not see {dependency}: see the arrows in docs/ARCHITECTURE.md");
            findings.push(Finding::line(path, line, what));
        }
        let confined = CONFINED.iter().find(|(library, _)| *library == dependency);
        if let Some((_, homes)) = confined.filter(|(_, homes)| !homes.contains(&name)) {
            let what = format!("{dependency} belongs to {} only", homes.join(", "));
            findings.push(Finding::line(path, line, what));
        }
    }
    if !manifest.contains("[lints]\nworkspace = true") {
        findings.push(Finding::file(path, "should have `[lints] workspace = true`"));
    }
    findings
}

/// Names in every table of dependencies, those for tests and builds included, with their lines.
fn dependencies(manifest: &str) -> Vec<(usize, &str)> {
    let mut inside = false;
    let mut found = vec![];
    for (number, line) in (1..).zip(manifest.lines()) {
        let line = line.trim();
        if let Some(table) = line.strip_prefix('[') {
            let table = table.trim_end_matches(']');
            inside = table.ends_with("dependencies");
            // The long form: [dependencies.name]
            if let Some((before, name)) = table.rsplit_once("dependencies.") {
                found.extend((before.is_empty() || before.ends_with(['.', '-'])).then_some((number, name)));
            }
        } else if inside && !line.starts_with('#') {
            let name = line.split(['=', '.', ' ']).next().unwrap_or_default().trim_matches('"');
            found.extend((!name.is_empty()).then_some((number, name)));
        }
    }
    found
}

fn members(workspace: &str) -> Vec<&str> {
    let list = workspace.split_once("members = [").and_then(|(_, rest)| rest.split_once(']'));
    let list = list.map_or("", |(list, _)| list);
    list.split(',').map(|word| word.trim().trim_matches('"')).filter(|word| !word.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const LINTS: &str = "[lints]\nworkspace = true\n";

    #[test]
    fn a_forbidden_arrow_is_found_with_its_line() {
        let manifest = format!("{LINTS}[dependencies]\nserde.workspace = true\napi.workspace = true\n");
        let found = check_manifest("jobs", "jobs/Cargo.toml", &manifest, &["domain"]);
        assert_eq!(found.len(), 1);
        assert!(found[0].to_string().starts_with("jobs/Cargo.toml:5: jobs must not see api"), "{}", found[0]);
    }

    #[test]
    fn every_form_of_a_dependency_counts() {
        let manifest = "[package]\nname = \"x\"\n[dependencies]\na = \"1\"\nb.workspace = true\n\
            [dev-dependencies]\nc = { path = \"../c\" }\n[target.'cfg(unix)'.dependencies]\nd = \"1\"\n\
            [build-dependencies.e]\nversion = \"1\"\n[lints]\nworkspace = true\n";
        let names: Vec<&str> = dependencies(manifest).into_iter().map(|(_, name)| name).collect();
        assert_eq!(names, ["a", "b", "c", "d", "e"]);
    }

    #[test]
    fn libraries_stay_at_home() {
        let manifest = format!("{LINTS}[dependencies]\nanyhow.workspace = true\n");
        assert_eq!(check_manifest("domain", "", &manifest, &[]).len(), 1);
        assert_eq!(check_manifest("ops", "", &manifest, &[]).len(), 0);
    }

    #[test]
    fn a_new_member_needs_a_line() {
        assert_eq!(members("[workspace]\nmembers = [\"api\", \"jobs/queue\"]\n"), ["api", "jobs/queue"]);
        let tree = Tree::of(&[("Cargo.toml", "members = [\"attic\"]")]);
        let found = check(&tree).unwrap();
        assert!(found.iter().any(|finding| finding.to_string().contains("attic")));
    }
}
