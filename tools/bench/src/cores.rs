//! Which core runs what: the stand-ins one, the contenders all others.
//!
//! Left to the scheduler, a function shares a core with its stand-ins in one round and not in the next, and a warm call of the
//! floor takes 0.03 ms or 0.12 ms accordingly: the figures would be the scheduler's.

#[cfg(target_os = "linux")]
pub(crate) use linux::Cores;
#[cfg(not(target_os = "linux"))]
pub(crate) use other::Cores;

#[cfg(target_os = "linux")]
mod linux {
    use std::io;

    use rustix::thread::Pid;
    use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};

    /// The cores that contenders may use; `None` where there is but one core.
    #[derive(Debug)]
    pub(crate) struct Cores(Option<CpuSet>);

    impl Cores {
        /// Keeps this thread, which must be the one that the stand-ins run on, to the first of its cores.
        pub(crate) fn divide() -> io::Result<Self> {
            let all = sched_getaffinity(None)?;
            let Some(first) = (0..CpuSet::MAX_CPU).find(|core| all.is_set(*core)) else { return Ok(Self(None)) };
            let (mut ours, mut others) = (CpuSet::new(), all);
            ours.set(first);
            others.unset(first);
            if others.count() == 0 {
                return Ok(Self(None));
            }
            sched_setaffinity(None, &ours)?;
            Ok(Self(Some(others)))
        }

        /// Sends a process that has just been started, and has one thread yet, to the contenders' cores.
        pub(crate) fn take(&self, process: u32) -> io::Result<()> {
            let Some(others) = &self.0 else { return Ok(()) };
            let id = i32::try_from(process).ok().and_then(Pid::from_raw);
            let id = id.ok_or_else(|| io::Error::other(format!("{process} is no process id")))?;
            Ok(sched_setaffinity(Some(id), others)?)
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod other {
    use std::io;

    /// Nothing: only Linux says what a process uses.
    #[derive(Debug)]
    pub(crate) struct Cores;

    impl Cores {
        pub(crate) fn divide() -> io::Result<Self> {
            Err(io::Error::other(
                "the bench needs Linux, as the functions do; run it in a container or a virtual machine",
            ))
        }

        pub(crate) fn take(&self, _: u32) -> io::Result<()> {
            Ok(())
        }
    }
}
