//! The share of a CPU that a function of 128 MB has: a cgroup with a quota, of version 1 or 2, whichever there is.
//!
//! Needs the right to make cgroups (root, mostly). It touches no cgroup but those that it makes.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// 128 MB of the 1,769 MB that buy one CPU ("Configure Lambda function memory"), of Lambda's period of 20 ms.
const QUOTA_US: u32 = 1_447;
const PERIOD_US: u32 = 20_000;

/// A place where groups with a quota can be made.
#[derive(Debug)]
pub(crate) struct Throttle {
    root: PathBuf,
    version: Version,
    made: AtomicU32,
}

#[derive(Debug, Clone, Copy)]
enum Version {
    One,
    Two,
}

/// A group with the quota; removed when dropped, once it is empty.
#[derive(Debug)]
pub(crate) struct Group(PathBuf);

/// Why nothing can be throttled here.
#[derive(Debug, thiserror::Error)]
#[error(
    "no cgroup with a CPU quota can be made under {tried}: {source}; run as root where the cpu controller is there"
)]
pub(crate) struct ThrottleError {
    tried: &'static str,
    source: io::Error,
}

impl Throttle {
    /// Finds a place by making a group there and removing it again.
    ///
    /// # Errors
    /// [`ThrottleError`] of the last place that was tried.
    pub(crate) fn find() -> Result<Self, ThrottleError> {
        Self::at("/sys/fs/cgroup", Version::Two).or_else(|_| Self::at("/sys/fs/cgroup/cpu", Version::One))
    }

    fn at(root: &'static str, version: Version) -> Result<Self, ThrottleError> {
        let throttle = Self { root: PathBuf::from(root), version, made: AtomicU32::new(0) };
        throttle.group().map_err(|source| ThrottleError { tried: root, source })?;
        Ok(throttle)
    }

    /// A new group, without a process: none inherits what another has used of its period.
    pub(crate) fn group(&self) -> io::Result<Group> {
        let number = self.made.fetch_add(1, Ordering::Relaxed);
        let path = self.root.join(format!("tvm-bench-{}-{number}", std::process::id()));
        match self.version {
            Version::One => {
                fs::create_dir(&path)?;
                let group = Group(path);
                set(&group.0, "cpu.cfs_period_us", &PERIOD_US.to_string())?;
                set(&group.0, "cpu.cfs_quota_us", &QUOTA_US.to_string())?;
                Ok(group)
            }
            Version::Two => {
                // Refused where it is no cgroup of version 2, before anything is made.
                set(&self.root, "cgroup.subtree_control", "+cpu")?;
                fs::create_dir(&path)?;
                let group = Group(path);
                set(&group.0, "cpu.max", &format!("{QUOTA_US} {PERIOD_US}"))?;
                Ok(group)
            }
        }
    }
}

impl Group {
    /// Puts the process into it, with all of its threads.
    pub(crate) fn take(&self, process: u32) -> io::Result<()> {
        set(&self.0, "cgroup.procs", &process.to_string())
    }
}

impl Drop for Group {
    fn drop(&mut self) {
        // It is not empty where a run was given up before its function ended; an empty shell stays then.
        let _ = fs::remove_dir(&self.0);
    }
}

/// Without making a file: in a directory that is no cgroup, writing must fail.
fn set(group: &Path, file: &str, value: &str) -> io::Result<()> {
    io::Write::write_all(&mut fs::OpenOptions::new().write(true).open(group.join(file))?, value.as_bytes())
}
