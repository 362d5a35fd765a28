//! Runs what `tests/client/python` holds and names, in the environment that `ops/scripts/python` made.

use std::{path::PathBuf, process::Output, process::Stdio, time::Duration};

use platform::config::environment;
use tokio::{process::Command, time::timeout};

/// A file of that folder.
pub fn file(name: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("client/python").join(name);
    path.display().to_string()
}

/// Runs a program of the environment, such as `python`, in an empty folder of its own, with these variables.
///
/// # Panics
/// When there is no environment, or it takes longer than `time_max`.
pub async fn run(
    program: &str,
    arguments: &[String],
    settings: &[(&str, &str)],
    time_max: Duration,
) -> Output {
    let variables = environment();
    let root = variables
        .get("ATELIER_TEST_PYTHON")
        .expect("ATELIER_TEST_PYTHON is not set: run the tests with `make test`");
    let folder = tempfile::tempdir().expect("a folder");
    let mut command = Command::new(PathBuf::from(root).join("bin").join(program));
    command.args(arguments).current_dir(folder.path()).stdin(Stdio::null()).kill_on_drop(true);
    // Only what the test says: a developer's own settings must not reach it.
    for name in variables.keys().filter(|n| n.starts_with("PENPOT_") || n.starts_with("PYTHON")) {
        command.env_remove(name);
    }
    command.envs(settings.iter().copied());
    let output = timeout(time_max, command.output()).await;
    output.unwrap_or_else(|_| panic!("{program} {arguments:?} took too long")).expect("runs")
}

/// Runs a script of that folder; answers what it printed.
///
/// # Panics
/// When it fails.
pub async fn script(name: &str, arguments: &[&str]) -> String {
    let arguments: Vec<String> =
        std::iter::once(file(name)).chain(arguments.iter().map(|a| (*a).to_owned())).collect();
    let output = run("python", &arguments, &[], Duration::from_secs(120)).await;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(output.status.success(), "{name}: {}{}", text(&output.stdout), text(&output.stderr));
    text(&output.stdout)
}
