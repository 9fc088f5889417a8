//! When a token that was minted before may serve another caller with the very same grant.

use std::fmt;
use std::time::Duration;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::lifetime::{Lifetime, LifetimeError};
use crate::number::Number;

/// Where minted tokens are kept for callers with the same grant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub(crate) enum ReuseMode {
    /// Nowhere: every request gets its own token.
    Off,
    /// In each running function, or server.
    #[default]
    Instance,
    /// There, and encrypted in a Momento cache that all of them share.
    Shared,
}

/// The cache that running functions share minted tokens in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SharedReuse<'c> {
    /// Its name. No permission of the configuration reaches its items.
    pub cache: &'c str,
    /// The most that one request waits for it in all: 50 ms to 5 s.
    pub budget: Duration,
}

/// The cache that tokens are kept in where the file names none.
pub(crate) const DEFAULT_CACHE: &str = "token-vending-machine";
/// How long a request may wait for that cache, in milliseconds: from what the three round trips of a new connection (TCP, TLS, the
/// call) may well take, to half of the 10 s that a function has for a request unless it is deployed with more.
pub(crate) type CacheBudget = Number<50, 5_000>;
/// Where that cache does not answer, a request should be held up for less than people notice much, and still have time to mint.
pub(crate) const DEFAULT_CACHE_BUDGET_MS: CacheBudget = CacheBudget::within_limits(500);

/// How much of its life a token must have left to be given to another caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MinRemaining {
    /// A share of its lifetime, 1 to 99 percent.
    Percent(u8),
    /// A time.
    Time(Lifetime),
}

/// Why a text is neither.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MinRemainingError {
    /// Like a share, but not one.
    #[error("`{0}` is not a share; write \"1%\" to \"99%\"")]
    Share(String),
    /// Like a time, but not one.
    #[error(transparent)]
    Time(#[from] LifetimeError),
}

impl MinRemaining {
    /// Reads `"50%"`, or a time as [`Lifetime::parse`] does.
    ///
    /// # Errors
    /// [`MinRemainingError`], each of its variants.
    pub fn parse(text: &str) -> Result<Self, MinRemainingError> {
        let Some(share) = text.strip_suffix('%') else { return Ok(Self::Time(Lifetime::parse(text)?)) };
        let digits = !share.is_empty() && share.bytes().all(|byte| byte.is_ascii_digit());
        match share.parse() {
            Ok(percent @ 1..=99) if digits => Ok(Self::Percent(percent)),
            _ => Err(MinRemainingError::Share(text.to_owned())),
        }
    }
}

impl Default for MinRemaining {
    /// Half: an hour's token serves for half an hour, and nobody gets less than half an hour of it.
    fn default() -> Self {
        Self::Percent(50)
    }
}

impl Serialize for MinRemaining {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Percent(percent) => serializer.collect_str(&format_args!("{percent}%")),
            Self::Time(time) => time.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for MinRemaining {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct MinRemainingVisitor;

        impl Visitor<'_> for MinRemainingVisitor {
            type Value = MinRemaining;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a share like \"50%\", a time like \"10m\", or whole seconds")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<MinRemaining, E> {
                MinRemaining::parse(text).map_err(E::custom)
            }

            fn visit_u64<E: de::Error>(self, seconds: u64) -> Result<MinRemaining, E> {
                Lifetime::from_seconds(seconds).map(MinRemaining::Time).map_err(E::custom)
            }

            fn visit_i64<E: de::Error>(self, seconds: i64) -> Result<MinRemaining, E> {
                let time = Lifetime::RANGE.of(format!("{seconds}s"), u64::try_from(seconds).ok());
                time.map(MinRemaining::Time).map_err(E::custom)
            }
        }

        deserializer.deserialize_any(MinRemainingVisitor)
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for MinRemaining {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "MinRemaining".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "A share of the token's lifetime (\"1%\" to \"99%\"), or a time: \"45s\", \"30m\", or whole seconds.",
            "oneOf": [
                { "type": "integer", "minimum": 1, "maximum": Lifetime::LONGEST_SECONDS },
                { "type": "string", "pattern": "^([1-9][0-9]?%|([0-9]+d)?([0-9]+h)?([0-9]+m)?([0-9]+s)?)$", "minLength": 2 },
            ],
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_read_as_one_and_a_time_as_a_time() {
        let time = |seconds| MinRemaining::Time(Lifetime::from_seconds(seconds).unwrap());
        for (text, expected) in [
            ("50%", MinRemaining::Percent(50)),
            ("1%", MinRemaining::Percent(1)),
            ("99%", MinRemaining::Percent(99)),
            ("10m", time(600)),
            ("45s", time(45)),
        ] {
            assert_eq!(MinRemaining::parse(text).unwrap(), expected, "{text}");
        }
    }

    #[test]
    fn what_would_give_out_dead_tokens_or_none_is_no_share() {
        for text in ["0%", "100%", "-5%", "+5%", "5 %", "%", "256%", "1.5%", "half%"] {
            assert!(matches!(MinRemaining::parse(text), Err(MinRemainingError::Share(_))), "{text}");
        }
        for text in ["", "soon", "0s", "26h"] {
            assert!(matches!(MinRemaining::parse(text), Err(MinRemainingError::Time(_))), "{text}");
        }
    }
}
