//! The demonstration that the README promises.

use tests::process::{self, data_directory};

#[tokio::test]
async fn the_demonstration_runs_to_its_end() {
    let data = data_directory();
    let dir = data.path().display().to_string();
    let running = process::start(&["up", "--data-dir", &dir, "--port", "0"], &[]).await;
    let base =
        running.said.split_whitespace().find_map(|word| word.strip_suffix("/readyz")).expect("tells where");
    let said = process::script("ops/demo", &["--data-dir", &dir, "--url", base]).await;
    let said = format!("{}{}", said.out, said.err);
    assert!(said.contains("no byte of the picture is left"), "{said}");
    assert!(running.terminate().await.success());
}
