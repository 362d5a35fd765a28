//! Runs the independent clients of `tests/client` with node.

use std::{path::PathBuf, process::Stdio, time::Duration};

use tokio::{io::AsyncWriteExt, process::Command, time::timeout};

/// No script of ours takes longer.
const TIME_MAX: Duration = Duration::from_secs(200);

/// The folder of the node packages and scripts.
pub fn directory() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("client")
}

/// Runs a script of that folder; answers what it printed.
///
/// # Panics
/// When it fails or takes too long.
pub async fn run(script: &str, arguments: &[&str]) -> String {
    let arguments = std::iter::once(script).chain(arguments.iter().copied()).map(str::to_owned).collect();
    output("node", arguments, Vec::new()).await
}

/// Runs a script with this on its standard input; answers what it printed.
///
/// # Panics
/// When it fails or takes too long.
pub async fn filter(script: &str, arguments: &[&str], input: Vec<u8>) -> String {
    let arguments = std::iter::once(script).chain(arguments.iter().copied()).map(str::to_owned).collect();
    output("node", arguments, input).await
}

/// Runs a command that a node package brings.
///
/// # Panics
/// When it fails or takes too long.
pub async fn tool(name: &str, arguments: &[String]) -> String {
    let program = directory().join("node_modules/.bin").join(name);
    output(&program.display().to_string(), arguments.to_vec(), Vec::new()).await
}

async fn output(program: &str, arguments: Vec<String>, input: Vec<u8>) -> String {
    let mut command = Command::new(program);
    command.args(&arguments).current_dir(directory()).kill_on_drop(true);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap_or_else(|e| panic!("{program}: {e}"));
    let mut stdin = child.stdin.take().expect("piped");
    let feed = async move {
        // A script that ends early closes its input; its exit status tells the story.
        let _ = stdin.write_all(&input).await;
        drop(stdin);
    };
    let (_, output) = tokio::join!(feed, timeout(TIME_MAX, child.wait_with_output()));
    let output = output.unwrap_or_else(|_| panic!("{program} {arguments:?} took too long")).expect("runs");
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(
        output.status.success(),
        "{program} {arguments:?}: {said}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    said
}
