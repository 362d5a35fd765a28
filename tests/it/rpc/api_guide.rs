//! `docs/API.md` does what it says: its commands are run, and what they print is what it shows.

use std::process::Stdio;

use serde_json::Value as Json;
use tests::{app::TestApp, person::PASSWORD, picture};
use tokio::process::Command;

const GUIDE: &str = include_str!("../../../docs/API.md");
/// Between the outputs of two blocks.
const MARK: &str = "\u{1}next\u{1}\n";

/// Commands, and the block below them: its kind and its text.
struct Example {
    commands: String,
    shown: Option<(String, String)>,
}

fn examples(guide: &str) -> Vec<Example> {
    let mut found: Vec<Example> = vec![];
    let mut lines = guide.lines();
    let mut directly_below = false;
    while let Some(line) = lines.next() {
        let Some(kind) = line.strip_prefix("```") else {
            directly_below = false;
            continue;
        };
        let text: String =
            lines.by_ref().take_while(|line| *line != "```").map(|line| format!("{line}\n")).collect();
        match kind {
            "sh" => found.push(Example { commands: text, shown: None }),
            "json" | "text" if directly_below => {
                found.last_mut().expect("commands").shown = Some((kind.to_owned(), text));
            }
            // Not run.
            "console" => {}
            _ => panic!("a block of kind {kind:?} that no commands stand above: {text}"),
        }
        directly_below = kind == "sh";
    }
    found
}

/// Whether a text is as shown, where `...` stands for anything.
fn text_fits(shown: &str, text: &str) -> bool {
    let Some((first, rest)) = shown.split_once("...") else { return shown == text };
    let Some(mut text) = text.strip_prefix(first) else { return false };
    let parts: Vec<&str> = rest.split("...").collect();
    let (last, middle) = parts.split_last().expect("a part");
    for part in middle {
        let Some((_, after)) = text.split_once(part) else { return false };
        text = after;
    }
    text.ends_with(last)
}

/// Whether a value is as shown: `"..."` is anything, as a key or at the end of a list anything more.
fn json_fits(shown: &Json, value: &Json) -> bool {
    match (shown, value) {
        (Json::String(any), _) if any == "..." => true,
        (Json::Object(shown), Json::Object(value)) => {
            let more = shown.contains_key("...");
            let named = shown.iter().filter(|(key, _)| *key != "...");
            named.clone().all(|(key, shown)| value.get(key).is_some_and(|value| json_fits(shown, value)))
                && (more || named.count() == value.len())
        }
        (Json::Array(shown), Json::Array(value)) => {
            let more = shown.last().is_some_and(|last| last == "...");
            let named = &shown[..shown.len() - usize::from(more)];
            (more || named.len() == value.len())
                && named.len() <= value.len()
                && named.iter().zip(value).all(|(shown, value)| json_fits(shown, value))
        }
        _ => shown == value,
    }
}

#[tokio::test]
async fn every_example_does_what_it_shows() {
    let app = TestApp::start().await;
    let ana = app.person("ana").await;
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("poppy.png"), picture::png(60, 40, 7)).expect("a picture");
    let examples = examples(GUIDE);
    let script: String = examples.iter().map(|e| format!("{}printf '{MARK}'\n", e.commands)).collect();
    let mut bash = Command::new("bash");
    bash.args(["-u", "-c", &script]).current_dir(folder.path()).stdin(Stdio::null()).kill_on_drop(true);
    bash.env("ATELIER", &app.base).env("EMAIL", &ana.email).env("PASSWORD", PASSWORD);
    let output = bash.env("PICTURE", "poppy.png").output().await.expect("bash runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (said, complained) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success() && complained.is_empty(), "{said}{complained}");

    let outputs: Vec<&str> = said.split_terminator(MARK).collect();
    assert_eq!(outputs.len(), examples.len());
    assert!(examples.len() > 10, "the guide is where it was");
    for (Example { commands, shown }, output) in examples.iter().zip(outputs) {
        let fits = match shown {
            None => output.is_empty(),
            Some((kind, shown)) if kind == "json" => {
                let shown = serde_json::from_str(shown).unwrap_or_else(|e| panic!("{e}: {shown}"));
                let value =
                    serde_json::from_str(output).unwrap_or_else(|e| panic!("{commands}{e}: {output}"));
                json_fits(&shown, &value)
            }
            Some((_, shown)) => text_fits(shown.trim_end(), output.trim_end()),
        };
        let shown = shown.as_ref().map_or("nothing", |(_, text)| text);
        assert!(fits, "{commands}\nshould print\n{shown}\nprinted\n{output}");
    }
}

/// Else everything would fit.
#[test]
fn what_is_shown_is_compared() {
    let fits = |shown: &str, value: &str| {
        let parse = |text: &str| serde_json::from_str::<Json>(text).expect("JSON");
        json_fits(&parse(shown), &parse(value))
    };
    assert!(fits(r#"{"a": "...", "b": [1, "..."]}"#, r#"{"a": {}, "b": [1, 2]}"#));
    assert!(fits(r#"{"a": 1, "...": "..."}"#, r#"{"a": 1, "b": 2}"#));
    assert!(!fits(r#"{"a": 1}"#, r#"{"a": 1, "b": 2}"#));
    assert!(!fits(r#"{"a": 1, "...": "..."}"#, r#"{"b": 2}"#));
    assert!(!fits("[1]", "[1, 2]"));
    assert!(!fits(r#"[1, 2, "..."]"#, "[1]"));
    assert!(text_fits("a ... c ... e", "a b c d e"));
    assert!(!text_fits("a ... c", "a b d"));
    assert!(!text_fits("404", "4044"));
}
