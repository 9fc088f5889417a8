//! The units of figures: as they are measured, and as a table shows them.

/// What a figure counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unit {
    /// A time in milliseconds, shown to hundredths.
    Milliseconds,
    /// A time in milliseconds, shown to thousandths: of what takes less than one.
    ShortMilliseconds,
    /// A size in bytes, shown in megabytes.
    Bytes,
    /// How many, on an average.
    Count,
    /// How many in a second.
    PerSecond,
}

impl Unit {
    /// Its name beside a figure in a table.
    pub(crate) fn shown(self) -> &'static str {
        match self {
            Self::Milliseconds | Self::ShortMilliseconds => "ms",
            Self::Bytes => "MB",
            Self::Count => "",
            Self::PerSecond => "/s",
        }
    }

    /// Its name beside the figures themselves.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Milliseconds | Self::ShortMilliseconds => "ms",
            Self::Bytes => "bytes",
            Self::Count => "count",
            Self::PerSecond => "per_second",
        }
    }

    /// A figure as a table shows it.
    pub(crate) fn figure(self, value: f64) -> String {
        match self {
            Self::Milliseconds | Self::Count => format!("{value:.2}"),
            Self::ShortMilliseconds => format!("{value:.3}"),
            Self::Bytes => format!("{:.2}", value / 1_000_000.0),
            Self::PerSecond => format!("{value:.0}"),
        }
    }
}
