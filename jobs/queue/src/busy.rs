//! Whether this process is busy: housekeeping waits for a quiet moment.

use std::time::Instant;

/// Busy: more than this part of the machine's cores over the last look.
const BUSY: f64 = 0.5;
/// Units of the times in `/proc`, in one second.
const TICKS_PER_SECOND: f64 = 100.0;

/// Looks at the processor time of this process. Where that cannot be read, it is never busy.
pub(crate) struct CpuMeter {
    last: Option<(Instant, f64)>,
}

impl CpuMeter {
    pub(crate) fn new() -> CpuMeter {
        CpuMeter { last: used_s().map(|used| (Instant::now(), used)) }
    }

    /// Since the last call.
    pub(crate) fn is_busy(&mut self) -> bool {
        let (Some(used), Some((then, before))) = (used_s(), self.last) else { return false };
        let (now, cores) = (Instant::now(), std::thread::available_parallelism().map_or(1, usize::from));
        self.last = Some((now, used));
        let passed_s = now.duration_since(then).as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "a number of cores")]
        let all_s = passed_s * cores as f64;
        // Too short to tell: times come in steps of 10 ms.
        passed_s >= 0.1 && (used - before) / all_s > BUSY
    }
}

/// Processor time since the start, in seconds: fields 14 and 15 of `/proc/self/stat`, counted after the name in
/// brackets.
fn used_s() -> Option<f64> {
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks: f64 = fields.get(11)?.parse::<f64>().ok()? + fields.get(12)?.parse::<f64>().ok()?;
    Some(ticks / TICKS_PER_SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_loop_is_busy_time() {
        let before = used_s().expect("Linux");
        let started = Instant::now();
        while started.elapsed().as_millis() < 60 {
            std::hint::spin_loop();
        }
        assert!(used_s().expect("Linux") > before);
    }
}
