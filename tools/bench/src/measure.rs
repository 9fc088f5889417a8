//! What is measured: the figures' names, units and order. How they come about is in `bench.rs` and `crowd.rs`.

use serde::Serialize;

use crate::unit::Unit;

/// What is measured of one process, in the order of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Measure {
    /// From the start of the process to its first answer, with an event waiting as soon as it asks for one.
    Cold,
    /// From the start of the process to the first time that it asks for an event.
    Init,
    /// The first answer alone.
    FirstAnswer,
    /// [`Cold`](Self::Cold) with 128 MB's share of a CPU after init.
    ThrottledCold,
    /// [`FirstAnswer`](Self::FirstAnswer) with 128 MB's share of a CPU.
    ThrottledFirstAnswer,
    /// CPU time until the process waits for its second event.
    ColdCpu,
    /// One warm call, as the Runtime API sees it: the median of a round's.
    WarmMedian,
    /// The 99th percentile of a round's.
    WarmP99,
    /// [`WarmMedian`](Self::WarmMedian) of what is left of each call without the token service's own time.
    BeyondMedian,
    /// [`WarmP99`](Self::WarmP99) of what is left of each call without the token service's own time.
    BeyondP99,
    /// [`WarmMedian`](Self::WarmMedian) with 128 MB's share of a CPU.
    ThrottledWarmMedian,
    /// CPU time of one warm call.
    WarmCpu,
    /// Tokens minted for one warm call: what a warm call was.
    Mints,
    /// The first answer of a warm process that was frozen, and whose connections to the token service were closed meanwhile.
    Thawed,
    /// The most memory that was ever resident.
    PeakMemory,
    /// The program.
    Program,
    /// The zip of it.
    Zip,
}

/// What is measured of several processes that are started and called at the same moment, in the order of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CrowdMeasure {
    /// From the start of a process to its first answer: the median of the processes.
    Cold,
    /// One warm call, as the Runtime API sees it: the median of all processes' calls.
    WarmMedian,
    /// The 99th percentile of all processes' calls.
    WarmP99,
    /// Warm calls answered in a second, by all processes together.
    Rate,
    /// The most memory that was ever resident: the sum of the processes'.
    PeakMemory,
}

impl Measure {
    /// Its name in the table.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Cold => "init + first answer",
            Self::Init => "init",
            Self::FirstAnswer => "first answer",
            Self::ThrottledCold => "init + first answer, 128 MB",
            Self::ThrottledFirstAnswer => "first answer, 128 MB",
            Self::ColdCpu => "CPU of init + first answer",
            Self::WarmMedian => "warm call, p50",
            Self::WarmP99 => "warm call, p99",
            Self::BeyondMedian => "warm call, p50, beyond the token service",
            Self::BeyondP99 => "warm call, p99, beyond the token service",
            Self::ThrottledWarmMedian => "warm call, p50, 128 MB",
            Self::WarmCpu => "CPU of a warm call",
            Self::Mints => "mints for a warm call",
            Self::Thawed => "first answer after a thaw",
            Self::PeakMemory => "peak memory",
            Self::Program => "program",
            Self::Zip => "zip",
        }
    }

    pub(crate) fn unit(self) -> Unit {
        match self {
            Self::Cold
            | Self::Init
            | Self::FirstAnswer
            | Self::ThrottledCold
            | Self::ThrottledFirstAnswer
            | Self::ColdCpu
            | Self::Thawed => Unit::Milliseconds,
            Self::WarmMedian
            | Self::WarmP99
            | Self::BeyondMedian
            | Self::BeyondP99
            | Self::ThrottledWarmMedian
            | Self::WarmCpu => Unit::ShortMilliseconds,
            Self::Mints => Unit::Count,
            Self::PeakMemory | Self::Program | Self::Zip => Unit::Bytes,
        }
    }
}

impl CrowdMeasure {
    /// Its name in the table.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Cold => "init + first answer, p50",
            Self::WarmMedian => "warm call, p50",
            Self::WarmP99 => "warm call, p99",
            Self::Rate => "warm calls a second",
            Self::PeakMemory => "peak memory, sum",
        }
    }

    pub(crate) fn unit(self) -> Unit {
        match self {
            Self::Cold => Unit::Milliseconds,
            Self::WarmMedian | Self::WarmP99 => Unit::ShortMilliseconds,
            Self::Rate => Unit::PerSecond,
            Self::PeakMemory => Unit::Bytes,
        }
    }
}
