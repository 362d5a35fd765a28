//! The proof that an operator acts: where it can be made, and where it cannot.

/// The lines of the first example of a crate's documentation behind this fence.
fn example(source: &str, fence: &str) -> Vec<String> {
    let lines = source.lines().skip_while(|line| *line != fence).skip(1);
    lines.take_while(|line| *line != "//! ```").map(str::to_owned).collect()
}

#[test]
fn what_the_dashboard_compiles_no_method_can() {
    let (api, dashboard) =
        (include_str!("../../../api/src/lib.rs"), include_str!("../../../ops/dashboard/src/lib.rs"));
    let refused = example(api, "//! ```compile_fail,E0433");
    assert!(refused.iter().any(|line| line.contains("operator::at_command_line")), "{refused:?}");
    assert_eq!(refused, example(dashboard, "//! ```"), "nothing but the crate differs");
}

#[test]
fn error_codes_of_examples_are_looked_at() {
    // By itself a stable rustdoc takes any error for the one that was meant.
    let (script, wrapper) =
        (include_str!("../../../ops/scripts/test"), include_str!("../../../ops/scripts/rustdoc"));
    assert!(script.contains("RUSTDOC=\"$PWD/ops/scripts/rustdoc\" cargo test --locked --workspace --doc"));
    assert!(wrapper.contains("RUSTC_BOOTSTRAP=1 exec rustdoc"));
}
