//! Processes that a part starts and ends by their id, and what the kernel counts of any of them.

use std::{
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result};
use rustix::process::{Pid, Resource, Rlimit, Signal, getrlimit, kill_process, setrlimit};

/// One that is asked to end has so long.
const END_MAX: Duration = Duration::from_secs(10);
/// What the kernel counts time in, everywhere.
const TICKS_PER_SECOND: f64 = 100.0;

/// A process that ends with this value.
pub(crate) struct Process(Child);

impl Process {
    /// Starts it; what it says on its error output goes to this file.
    pub(crate) fn start(command: &mut Command, errors: &std::path::Path) -> Result<Process> {
        let errors = std::fs::File::create(errors)?;
        let child = command.stdin(Stdio::null()).stderr(errors).spawn();
        Ok(Process(child.with_context(|| format!("{} does not start", command.get_program().display()))?))
    }

    pub(crate) fn id(&self) -> u32 {
        self.0.id()
    }

    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.0
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Some(id) = i32::try_from(self.0.id()).ok().and_then(Pid::from_raw) {
            // Fails when it has ended already.
            let _ = kill_process(id, Signal::TERM);
        }
        let asked = Instant::now();
        while asked.elapsed() < END_MAX {
            if !matches!(self.0.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// From now on this process, and those that it starts, may open as many files as the system lets them.
pub(crate) fn raise_files() -> Result<()> {
    let limit = getrlimit(Resource::Nofile);
    Ok(setrlimit(Resource::Nofile, Rlimit { current: limit.maximum, ..limit })?)
}

/// Who started this process.
pub(crate) fn parent(id: u32) -> Result<u32> {
    Ok(stat(id)?.get(1).context("no parent in stat")?.parse()?)
}

/// Seconds of CPU of a process, its children, and those of them that have ended.
pub(crate) fn cpu_of_family(id: u32) -> Result<f64> {
    let mut ticks = ticks(id, 11..15)?;
    for entry in std::fs::read_dir("/proc")?.flatten() {
        let Some(child) = entry.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        // One that ended while we looked counts with its parent next time.
        if parent(child).is_ok_and(|found| found == id) {
            ticks += self::ticks(child, 11..13).unwrap_or(0.0);
        }
    }
    Ok(ticks / TICKS_PER_SECOND)
}

/// Seconds of CPU of this process without its children.
pub(crate) fn cpu_of_self() -> Result<f64> {
    Ok(ticks(std::process::id(), 11..13)? / TICKS_PER_SECOND)
}

/// A line of a process's status in KiB, such as `VmRSS`.
pub(crate) fn kib(id: u32, name: &str) -> Result<f64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let number = line.and_then(|line| line.split_whitespace().next());
    Ok(number.with_context(|| format!("no {name} of {id}"))?.parse()?)
}

/// From now on `VmHWM` is the most since now.
pub(crate) fn forget_peak(id: u32) -> Result<()> {
    Ok(std::fs::write(format!("/proc/{id}/clear_refs"), "5")?)
}

fn ticks(id: u32, fields: std::ops::Range<usize>) -> Result<f64> {
    let stat = stat(id)?;
    let numbers = stat.get(fields).unwrap_or_default().iter();
    Ok(numbers.filter_map(|field| field.parse::<f64>().ok()).sum())
}

/// The fields after the name, which may hold anything: state, parent, and so on.
fn stat(id: u32) -> Result<Vec<String>> {
    let text = std::fs::read_to_string(format!("/proc/{id}/stat"))?;
    let (_, rest) = text.rsplit_once(") ").context("no name in stat")?;
    Ok(rest.split_whitespace().map(str::to_owned).collect())
}
