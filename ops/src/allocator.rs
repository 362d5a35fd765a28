//! Gives memory back to the system.
//!
//! The C library's allocator keeps freed memory of up to 32 MiB a block for later: its threshold for blocks that are
//! given back at once grows with the first large one that is freed, and every thread keeps its own. After some large
//! pictures a process would hold hundreds of MiB for ever. A threshold that is set stays. It is read when a process
//! starts, and can be set from inside only by means that are not safe, so the process starts itself once more.

use std::os::unix::process::CommandExt as _;
use std::process::Command;

use platform::config::environment;

/// Blocks from this size on go back to the system when they are freed, and so does free memory at the end of the heap.
const BYTES: &str = "131072";

/// The variables of the C library; other libraries do not know them.
const VARIABLES: [&str; 2] = ["MALLOC_MMAP_THRESHOLD_", "MALLOC_TRIM_THRESHOLD_"];

/// Starts this process again with the thresholds set, unless somebody set one. Comes back when that is not needed, or
/// not possible: then it works all the same.
pub(crate) fn settle() {
    let set = environment();
    if VARIABLES.iter().any(|name| set.contains_key(*name)) {
        return;
    }
    let Ok(program) = std::env::current_exe() else { return };
    let mut again = Command::new(program);
    again.args(std::env::args_os().skip(1)).envs(VARIABLES.map(|name| (name, BYTES)));
    // It does not return when it goes well.
    let _ = again.exec();
}
