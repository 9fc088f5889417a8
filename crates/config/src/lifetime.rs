//! How long a token lives, as the configuration file says it: `"1h"`, `"1h30m"`, or whole seconds.

use std::fmt;
use std::ops::RangeInclusive;
use std::time::Duration;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// How many days CloudWatch can be told to keep logs (its documentation, `PutRetentionPolicy`).
pub(crate) const LOG_DAYS: [u32; 22] =
    [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

/// A token's lifetime, within what Momento accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Lifetime(u32);

impl Lifetime {
    /// Momento's hard limit for a disposable token: 25 hours (Momento documentation, `generateDisposableToken`).
    pub const LONGEST_SECONDS: u32 = 25 * 60 * 60;
    pub(crate) const RANGE: Range<Self> =
        Range { seconds: 1..=Self::LONGEST_SECONDS, made: Self, allowed: "Momento allows 1s to 25h" };
    /// One hour, as in the JavaScript original.
    pub const DEFAULT: Self = Self(60 * 60);
    /// For what is a moment among people.
    pub(crate) const MINUTE: Self = Self(60);
    /// For what is read again now and then.
    pub(crate) const FIVE_MINUTES: Self = Self(5 * 60);

    /// The lifetime of so many seconds.
    ///
    /// # Errors
    /// [`LifetimeError::OutOfRange`] for anything but 1 to [`Lifetime::LONGEST_SECONDS`].
    pub fn from_seconds(seconds: u64) -> Result<Self, LifetimeError> {
        Self::RANGE.of(format!("{seconds}s"), Some(seconds))
    }

    /// Reads `"45s"`, `"30m"`, `"1h"`, `"1d"` or several of them in descending order (`"1h30m"`).
    ///
    /// # Errors
    /// [`LifetimeError::Malformed`] for another form, [`LifetimeError::OutOfRange`] as [`Lifetime::from_seconds`].
    pub fn parse(text: &str) -> Result<Self, LifetimeError> {
        Self::RANGE.parse(text)
    }

    /// As whole seconds, 1 to [`Lifetime::LONGEST_SECONDS`].
    pub const fn seconds(self) -> u32 {
        self.0
    }

    /// As a [`Duration`].
    pub const fn duration(self) -> Duration {
        Duration::from_secs(self.0 as u64)
    }
}

/// How long API Gateway may reuse an authorizer's decision: 0 s (not at all) to an hour (its documentation,
/// `authorizerResultTtlInSeconds`).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DecisionTtl(u32);

impl DecisionTtl {
    const RANGE: Range<Self> =
        Range { seconds: 0..=60 * 60, made: Self, allowed: "API Gateway keeps a decision for 0s (not at all) to 1h" };
}

impl Default for DecisionTtl {
    /// Long enough for what an app sends at once, and not for people to notice.
    fn default() -> Self {
        Self(5)
    }
}

/// How long the vending function may run for a request. API Gateway waits 29 s (its quotas, "Integration timeout"), and a
/// request needs something beyond what it holds back for the answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct FunctionTimeout(u32);

impl FunctionTimeout {
    const RANGE: Range<Self> = Range {
        seconds: 2..=28,
        made: Self,
        allowed: "a function may run for 2s to 28s, as API Gateway gives up on it after 29s",
    };
}

impl Default for FunctionTimeout {
    /// Twice what a request takes at most, so that a slow start is no failure.
    fn default() -> Self {
        Self(10)
    }
}

/// How long logs are kept. That CloudWatch has a setting for just so many days, `functions::check` sees to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LogRetention(u32);

impl LogRetention {
    const A_DAY: u32 = 24 * 60 * 60;
    const RANGE: Range<Self> = Range {
        seconds: Self::A_DAY..=3_653 * Self::A_DAY,
        made: Self,
        allowed: "CloudWatch keeps logs for 1d to 3653d",
    };

    /// Whether it is just so many days.
    pub(crate) const fn is_days(self, days: u32) -> bool {
        self.0.is_multiple_of(Self::A_DAY) && self.0 / Self::A_DAY == days
    }
}

impl Default for LogRetention {
    fn default() -> Self {
        Self(30 * Self::A_DAY)
    }
}

/// How old an API key may grow before somebody is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct KeyAge(u32);

impl KeyAge {
    const A_DAY: u32 = 24 * 60 * 60;
    const RANGE: Range<Self> =
        Range { seconds: Self::A_DAY..=3_650 * Self::A_DAY, made: Self, allowed: "an alarm may wait for 1d to 3650d" };
}

impl Default for KeyAge {
    /// A quarter, as most rules for keys have it.
    fn default() -> Self {
        Self(90 * Self::A_DAY)
    }
}

/// How often Secrets Manager has the API key renewed. That it is in whole days, `momento::check` sees to: a rotation comes at any
/// time of its day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RotationInterval(u32);

impl RotationInterval {
    const A_DAY: u32 = 24 * 60 * 60;
    const RANGE: Range<Self> = Range {
        seconds: Self::A_DAY..=1_000 * Self::A_DAY,
        made: Self,
        allowed: "Secrets Manager rotates every 1d to 1000d",
    };

    pub(crate) const fn is_whole_days(self) -> bool {
        self.0.is_multiple_of(Self::A_DAY)
    }
}

/// How long something that cannot be read again is used on beyond its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Staleness(u32);

impl Staleness {
    const RANGE: Range<Self> = Range {
        seconds: 0..=30 * 24 * 60 * 60,
        made: Self,
        allowed: "keys that cannot be read again may be used on for 0s (not at all) to 30d",
    };

    /// As a [`Duration`].
    pub(crate) const fn duration(self) -> Duration {
        Duration::from_secs(self.0 as u64)
    }
}

impl Default for Staleness {
    /// A day: as long as a token of Cognito lives at most (its API reference, `TokenValidityUnitsType`: "from five minutes to one
    /// day"). Such an issuer, out of reach for as long, has no token left that could be let in: nobody is locked out by it.
    fn default() -> Self {
        Self(24 * 60 * 60)
    }
}

/// The times that are something, and how they are made.
pub(crate) struct Range<T> {
    seconds: RangeInclusive<u32>,
    made: fn(u32) -> T,
    /// What is in range, and who says so.
    allowed: &'static str,
}

impl<T> Range<T> {
    /// What is made of so many seconds, which the file says as `given`; `None`: more or fewer than can be counted.
    pub(crate) fn of(&self, given: String, seconds: Option<u64>) -> Result<T, LifetimeError> {
        match seconds.and_then(|seconds| u32::try_from(seconds).ok()).filter(|whole| self.seconds.contains(whole)) {
            Some(whole) => Ok((self.made)(whole)),
            None => Err(LifetimeError::OutOfRange { given, allowed: self.allowed }),
        }
    }

    fn parse(&self, text: &str) -> Result<T, LifetimeError> {
        let malformed = || LifetimeError::Malformed { given: text.to_owned() };
        let mut total = Some(0_u64);
        let mut smallest = u64::MAX;
        let mut rest = text;
        while !rest.is_empty() {
            let digits = rest.find(|c: char| !c.is_ascii_digit()).ok_or_else(malformed)?;
            let (number, after) = rest.split_at(digits);
            let unit_length = after.find(|c: char| c.is_ascii_digit()).unwrap_or(after.len());
            let (unit, after) = after.split_at(unit_length);
            let seconds_per_unit: u64 = match unit {
                "s" => 1,
                "m" => 60,
                "h" => 60 * 60,
                "d" => 24 * 60 * 60,
                _ => return Err(malformed()),
            };
            // `30m1h` is more likely a slip than an hour and a half.
            if number.is_empty() || seconds_per_unit >= smallest {
                return Err(malformed());
            }
            smallest = seconds_per_unit;
            let seconds = number.parse::<u64>().ok().and_then(|count| count.checked_mul(seconds_per_unit));
            total = total.zip(seconds).and_then(|(total, seconds)| total.checked_add(seconds));
            rest = after;
        }
        if text.is_empty() {
            return Err(malformed());
        }
        self.of(text.to_owned(), total)
    }

    /// The schema of what [`deserialize`](Self::deserialize) reads.
    #[cfg(feature = "schema")]
    fn schema(&self, description: &str) -> schemars::Schema {
        schemars::json_schema!({
            "description": description,
            "oneOf": [
                { "type": "integer", "minimum": self.seconds.start(), "maximum": self.seconds.end() },
                { "type": "string", "pattern": "^([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?$", "minLength": 2 },
            ],
        })
    }

    /// Reads a time as [`Lifetime::parse`] does, or whole seconds.
    fn deserialize<'de, D: Deserializer<'de>>(self, deserializer: D) -> Result<T, D::Error> {
        deserializer.deserialize_any(TimeVisitor(self))
    }
}

struct TimeVisitor<T>(Range<T>);

impl<T> Visitor<'_> for TimeVisitor<T> {
    type Value = T;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a time like \"1h\", or whole seconds")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<T, E> {
        self.0.parse(text).map_err(E::custom)
    }

    fn visit_u64<E: de::Error>(self, seconds: u64) -> Result<T, E> {
        self.0.of(format!("{seconds}s"), Some(seconds)).map_err(E::custom)
    }

    fn visit_i64<E: de::Error>(self, seconds: i64) -> Result<T, E> {
        self.0.of(format!("{seconds}s"), u64::try_from(seconds).ok()).map_err(E::custom)
    }
}

/// Why a lifetime was not accepted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LifetimeError {
    /// Well-formed, but too short or too long for what it is for.
    #[error("{given} is out of range; {allowed}")]
    OutOfRange {
        /// As it stood in the file.
        given: String,
        /// What is in range, and who says so.
        allowed: &'static str,
    },
    /// Not a lifetime at all.
    #[error("`{given}` is not a time; write one like \"45s\", \"30m\", \"1h\", \"1h30m\", or whole seconds")]
    Malformed {
        /// As it stood in the file.
        given: String,
    },
}

/// As whole seconds in the canonical form, and in every way that a time is written in the file.
macro_rules! read_and_written {
    ($($time:ty),+) => {$(
        impl Serialize for $time {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_u32(self.0)
            }
        }

        impl<'de> Deserialize<'de> for $time {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                Self::RANGE.deserialize(deserializer)
            }
        }
    )+};
}

read_and_written!(Lifetime, DecisionTtl, FunctionTimeout, KeyAge, LogRetention, RotationInterval, Staleness);

#[cfg(feature = "schema")]
macro_rules! described {
    ($($time:ident: $description:literal),+ $(,)?) => {$(
        impl schemars::JsonSchema for $time {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($time).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                Self::RANGE.schema($description)
            }
        }
    )+};
}

#[cfg(feature = "schema")]
described! {
    Lifetime: "How long a token is good for: \"45s\", \"30m\", \"1h\", \"1h30m\", or whole seconds; 1s to 25h.",
    DecisionTtl: "How long a decision is reused: \"5s\", \"5m\", or whole seconds; 0s to 1h.",
    FunctionTimeout: "How long a function may run: \"10s\", or whole seconds; 2s to 28s.",
    KeyAge: "How old a key may grow: \"90d\", or whole seconds; 1d to 3650d.",
    LogRetention: "How long logs are kept: \"7d\", \"30d\", \"365d\", or whole seconds; 1d to 3653d.",
    Staleness: "How long something is used on: \"24h\", \"7d\", or whole seconds; 0s to 30d.",
    RotationInterval: "How often the key is renewed: \"7d\", \"30d\", or whole seconds; 1d to 1000d.",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_write_a_lifetime_is_read() {
        for (text, seconds) in
            [("1s", 1), ("90s", 90), ("30m", 1_800), ("1h", 3_600), ("1h30m", 5_400), ("25h", 90_000), ("1d1h", 90_000)]
        {
            assert_eq!(Lifetime::parse(text).map(Lifetime::seconds), Ok(seconds), "{text}");
        }
    }

    #[test]
    fn what_momento_would_refuse_is_out_of_range() {
        for text in ["0s", "25h1s", "90001s", "2d", "99999999999999999999h", "18446744073709551615d"] {
            assert!(matches!(Lifetime::parse(text), Err(LifetimeError::OutOfRange { .. })), "{text}");
        }
    }

    #[test]
    fn another_form_is_malformed() {
        for text in ["", "1", "h", "1 h", "1h 30m", "30m1h", "1h1h", "1w", "-1h", "1.5h", "1H", "１h"] {
            assert!(matches!(Lifetime::parse(text), Err(LifetimeError::Malformed { .. })), "{text}");
        }
    }
}
