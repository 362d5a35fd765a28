//! Every command that a page tells people to type is there, with the words and options it names.

use std::{collections::BTreeSet, path::Path};

use tests::process;

/// The pages, each with its text.
fn pages() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut paths = vec![root.join("README.md")];
    let docs = std::fs::read_dir(root.join("docs")).expect("pages").flatten().map(|entry| entry.path());
    paths.extend(docs.filter(|path| path.extension().is_some_and(|extension| extension == "md")));
    paths.extend(["alerts.yml"].map(|name| root.join("ops/deploy/prometheus").join(name)));
    let read = |path: &std::path::PathBuf| std::fs::read_to_string(path).expect("text");
    paths.iter().map(|path| (path.display().to_string(), read(path))).collect()
}

/// What follows `atelier ` in code: between backticks, as a line of a block, or in what an alert says to do.
fn commands(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut in_block = false;
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            in_block = !in_block;
        }
        let mut pieces: Vec<&str> = line.split('`').skip(1).step_by(2).collect();
        if in_block {
            // A comment stands two spaces apart.
            pieces = vec![line.split("  #").next().unwrap_or_default().trim()];
        }
        let said = line.trim_start().strip_prefix("action: ").into_iter();
        // In a sentence a command ends with the first mark, or goes on as words that are none of its own.
        pieces.extend(said.flat_map(|said| said.split(['.', ',', ';', '\'']).flat_map(after_prose)));
        for piece in pieces {
            let words = piece.trim_start_matches("target/debug/").trim();
            if let Some(words) = words.strip_prefix("atelier ") {
                found.insert(words.to_owned());
            }
        }
    }
    found
}

/// `Run atelier doctor there` is about `atelier doctor`, as far as options go.
fn after_prose(sentence: &str) -> Option<&str> {
    let start = sentence.find("atelier ")?;
    let command = &sentence[start..];
    let prose = [" there", " for ", " --kind {{", "={{"].iter().filter_map(|word| command.find(word)).min();
    Some(command[..prose.unwrap_or(command.len())].trim_end_matches(" --queue {{ $labels").trim())
}

/// The subcommand and the options that it is given.
fn parts(command: &str) -> (Vec<&str>, Vec<&str>) {
    let word =
        |word: &&str| word.starts_with(|c: char| c.is_ascii_lowercase()) && !word.contains(['@', '=', '.']);
    let all: Vec<&str> =
        command.split_whitespace().take_while(|word| !matches!(*word, "|" | ">" | "&&")).collect();
    let subcommand = all.iter().copied().take_while(word).take(2).collect();
    let option = |word: &&str| word.starts_with("--");
    let options = all.iter().copied().filter(option).map(|word| word.split('=').next().unwrap_or(word));
    (subcommand, options.collect())
}

/// What a command says about itself, when it is there.
async fn help(words: &[&str]) -> Option<String> {
    let told = process::run(&[words, &["--help"]].concat(), &[]).await;
    let (first, usage) = (words.join(" "), "Usage: atelier ");
    let at = told.out.find(usage)?;
    // Of a subcommand that is not there, clap tells the one above it.
    (told.status.success() && told.out[at + usage.len()..].starts_with(&first)).then_some(told.out)
}

#[tokio::test]
async fn every_documented_command_exists() {
    let mut checked = 0;
    let mut wrong = vec![];
    for (path, text) in pages() {
        for command in commands(&text) {
            let (words, options) = parts(&command);
            let mut known = help(&words).await;
            if known.is_none() && words.len() == 2 {
                // The second word may be what the first is about, as in `atelier jobs run objects-gc`.
                known = help(&words[..1]).await.filter(|text| !text.contains("\nCommands:"));
            }
            let missing =
                |text: &String| options.iter().find(|o| **o != "--help" && !text.contains(**o)).copied();
            match known {
                None => wrong.push(format!("{path}: `atelier {command}`")),
                Some(text) => {
                    wrong.extend(missing(&text).map(|o| format!("{path}: `atelier {command}`: {o}")))
                }
            }
            checked += 1;
        }
    }
    assert!(wrong.is_empty(), "no such command: {wrong:#?}");
    assert!(checked >= 100, "only {checked} commands were found: does the test still see them?");
}

#[test]
fn commands_are_found_where_they_stand() {
    let text = "Run `atelier jobs list --state dead`, not `atelier-queue`.\n```sh\natelier api   # serves\n```\n\
                action: 'Look at atelier jobs stats. Run atelier doctor there.'";
    let found: Vec<String> = commands(text).into_iter().collect();
    assert_eq!(found, ["api", "doctor", "jobs list --state dead", "jobs stats"]);
    assert_eq!(parts("jobs run objects-gc --now +8d"), (vec!["jobs", "run"], vec!["--now"]));
}
