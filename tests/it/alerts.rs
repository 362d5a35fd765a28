//! What watches an installation: alert rules and dashboard use what there is, and link to what is written.

use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

use platform::metrics::{ALL, Kind};
use serde_json::Value as Json;
use tokio::process::Command;

fn root(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

fn read(path: &str) -> String {
    std::fs::read_to_string(root(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
}

/// Runs promtool in the folder of the rules; what it said, when it is content.
async fn promtool(arguments: &[&str]) -> String {
    let mut command = Command::new("promtool");
    let ran = command.args(arguments).current_dir(root("ops/deploy/prometheus")).output().await;
    let ran = ran.expect("ops/scripts/need promtool installs it");
    let said = format!("{}{}", String::from_utf8_lossy(&ran.stdout), String::from_utf8_lossy(&ran.stderr));
    assert!(ran.status.success(), "promtool {arguments:?}: {said}");
    said
}

/// Every metric of ours, or of a process, that a text names exists.
fn names_what_exists(text: &str) -> usize {
    let exists = |word: &str| {
        let is = |name: &str| ALL.iter().any(|m| m.name == name);
        let part = ["_bucket", "_sum", "_count"].iter().find_map(|part| word.strip_suffix(part));
        let of = part.and_then(|name| ALL.iter().find(|m| m.name == name));
        is(word) || of.is_some_and(|m| m.kind == Kind::Histogram)
    };
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_'));
    let ours = |word: &&str| ["atelier_", "penpot_", "process_"].iter().any(|start| word.starts_with(start));
    let words: Vec<&str> = words.filter(ours).collect();
    let unknown: Vec<&&str> = words.iter().filter(|word| !exists(word)).collect();
    assert!(unknown.is_empty(), "{unknown:?} is no metric");
    words.len()
}

fn values<'a>(text: &'a str, key: &'a str) -> impl Iterator<Item = &'a str> {
    text.lines().filter_map(move |line| line.trim().trim_start_matches("- ").strip_prefix(key)).map(str::trim)
}

#[tokio::test]
async fn the_rules_are_valid_and_fire_when_they_should() {
    promtool(&["check", "rules", "alerts.yml"]).await;
    promtool(&["test", "rules", "alerts.test.yml"]).await;
    let rules = read("ops/deploy/prometheus/alerts.yml");
    let played = read("ops/deploy/prometheus/alerts.test.yml");
    assert!(names_what_exists(&rules) >= 20);
    names_what_exists(&played);
    // Each is shown to fire.
    let firing: BTreeSet<&str> = played
        .split("alertname: ")
        .skip(1)
        .filter_map(|rest| rest.split_once('\n'))
        .filter(|(_, after)| after.trim_start().starts_with("exp_alerts:"))
        .map(|(name, _)| name)
        .collect();
    let all: BTreeSet<&str> = values(&rules, "alert:").collect();
    assert_eq!(firing, all);
}

#[test]
fn every_rule_says_what_to_do_and_where_it_is_written() {
    let rules = read("ops/deploy/prometheus/alerts.yml");
    let handbook = read("docs/OPERATIONS.md");
    let anchors: BTreeSet<String> = values(&handbook, "#").map(anchor).collect();
    for rule in rules.split("- alert: ").skip(1) {
        let name = rule.lines().next().unwrap_or_default();
        for key in ["summary:", "action:", "severity:"] {
            assert!(rule.contains(key), "{name} has no {key}");
        }
        let link = values(rule, "runbook:").next().unwrap_or_else(|| panic!("{name} has no runbook"));
        let to = link.strip_prefix("docs/OPERATIONS.md#").unwrap_or_else(|| panic!("{name}: {link}"));
        assert!(anchors.contains(to), "{name}: docs/OPERATIONS.md has no section {to}: {anchors:?}");
    }
}

/// As Markdown viewers make it of a heading.
fn anchor(heading: &str) -> String {
    let words = heading.trim_start_matches('#').trim().to_lowercase();
    let kept = words.chars().filter(|c| c.is_alphanumeric() || *c == ' ' || *c == '-');
    kept.map(|c| if c == ' ' { '-' } else { c }).collect()
}

#[tokio::test]
async fn the_dashboard_asks_for_what_there_is() {
    let dashboard: Json = serde_json::from_str(&read("ops/deploy/grafana/atelier.json")).expect("JSON");
    let panels = dashboard["panels"].as_array().expect("panels");
    let (mut rules, mut ids) = (String::from("groups:\n  - name: dashboard\n    rules:\n"), BTreeSet::new());
    let mut asked = 0;
    for panel in panels {
        let title = panel["title"].as_str().expect("a title");
        assert!(ids.insert(panel["id"].as_i64().expect("an id")), "{title} has somebody else's id");
        for target in panel["targets"].as_array().into_iter().flatten() {
            let expr = target["expr"].as_str().expect("an expression");
            assert!(names_what_exists(expr) >= 1, "{title}: {expr}");
            // What Grafana puts in.
            let expr = expr.replace("$__rate_interval", "1m").replace("$instance", "api-1");
            let quoted = serde_json::to_string(&expr).expect("a text");
            rules.push_str(&format!("      - {{record: 'panel:{asked}', expr: {quoted}}}\n"));
            asked += 1;
        }
    }
    assert!(asked >= 20, "{asked} questions");
    let file = tempfile::NamedTempFile::with_suffix(".yml").expect("a file");
    std::fs::write(file.path(), rules).expect("writes");
    let said = promtool(&["check", "rules", &file.path().display().to_string()]).await;
    assert!(said.contains(&format!("{asked} rules")), "{said}");
}
