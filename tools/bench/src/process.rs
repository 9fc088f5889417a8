//! What the kernel says of a running process: CPU time and the most memory it ever had.
//!
//! CPU time comes from `/proc/PID/task/*/schedstat`, in nanoseconds: the ticks of `/proc/PID/stat` are of 10 ms, which is a
//! hundred warm calls. The price: the time of a thread that has ended is not in the sum.

use std::fs;
use std::io;
use std::time::Duration;

/// CPU time, user and system, of the threads that live now.
///
/// # Errors
/// When the process has ended, or the kernel keeps no schedstat (`CONFIG_SCHED_INFO`).
pub(crate) fn cpu_time(id: u32) -> io::Result<Duration> {
    let mut total = Duration::ZERO;
    for task in fs::read_dir(format!("/proc/{id}/task"))? {
        // A thread may end while they are listed.
        let Ok(text) = fs::read_to_string(task?.path().join("schedstat")) else { continue };
        total = total.saturating_add(on_cpu(&text).ok_or_else(|| unreadable("schedstat"))?);
    }
    Ok(total)
}

/// The most memory that the process ever had resident, in bytes.
///
/// # Errors
/// When the process has ended.
pub(crate) fn peak_memory(id: u32) -> io::Result<u64> {
    let status = fs::read_to_string(format!("/proc/{id}/status"))?;
    high_water_mark(&status).ok_or_else(|| unreadable("status"))
}

/// The first figure of a schedstat: nanoseconds on a CPU.
fn on_cpu(schedstat: &str) -> Option<Duration> {
    schedstat.split_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}

/// `VmHWM` of a status, which the kernel gives in units of 1024 bytes.
fn high_water_mark(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

fn unreadable(file: &str) -> io::Error {
    io::Error::other(format!("/proc's {file} is not as expected; the bench needs a Linux kernel with it"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernels_units_are_read() {
        assert_eq!(on_cpu("1019372 6862825 4\n"), Some(Duration::from_nanos(1_019_372)));
        assert_eq!(on_cpu(""), None);
        assert_eq!(high_water_mark("Name:\tx\nVmHWM:\t    3100 kB\nVmRSS:\t 1 kB\n"), Some(3_174_400));
        assert_eq!(high_water_mark("Name:\tx\n"), None);
    }

    #[test]
    fn a_process_that_runs_has_used_cpu_and_memory() {
        let id = std::process::id();
        assert!(cpu_time(id).unwrap() > Duration::ZERO);
        assert!(peak_memory(id).unwrap() > 0);
    }
}
