//! The table `[limits]`: how much is asked of Momento, and of this machine.

use std::fmt;
use std::num::NonZeroU32;

#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::de::{self, Unexpected, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::lifetime::Lifetime;

/// The account's own burst in most regions (API Gateway's quotas, "Throttle quota per account, per Region"): a larger one has no
/// effect.
const BURST_OF_AN_ACCOUNT: NonZeroU32 = NonZeroU32::MIN.saturating_add(4_999);

/// How much is asked of Momento, and of this machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub(crate) struct LimitsTable {
    /// How many tokens a second each running function, or server, asks Momento for at most; with `reuse.mode = "shared"`, all
    /// of them together. Momento allows 5 for an account ("Service limits" in its documentation) unless it has raised that.
    pub momento_tokens_per_second: NonZeroU32,
    /// The least time between two tokens that each running function, or server, has minted for one verified caller, 1s to
    /// 25h; with `reuse.mode = "shared"`, all of them together. Left out: none. In Open mode no caller is verified, and it
    /// has no effect.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identity_interval: Option<Lifetime>,
    /// How many `GET` requests a second API Gateway lets through to the endpoint, on average; the rest get a 429. `"off"`: as
    /// many as the AWS account allows. Preflights do not count.
    pub requests_per_second: RequestLimit,
    /// How many `GET` requests API Gateway lets through at once, over that average. `"off"`: as many as the AWS account allows.
    /// Left out: twice `requests_per_second`, at most 5000.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_burst: Option<RequestLimit>,
}

impl LimitsTable {
    /// The burst that goes with the rate, where the file says none.
    pub(crate) fn fill_in(&mut self) {
        let burst = match self.requests_per_second {
            RequestLimit::Off => RequestLimit::Off,
            RequestLimit::Of(rate) => {
                RequestLimit::Of(rate.checked_add(rate.get()).unwrap_or(NonZeroU32::MAX).min(BURST_OF_AN_ACCOUNT))
            }
        };
        self.request_burst.get_or_insert(burst);
    }
}

impl Default for LimitsTable {
    fn default() -> Self {
        const MOMENTOS_OWN: NonZeroU32 = NonZeroU32::MIN.saturating_add(4);
        Self {
            momento_tokens_per_second: MOMENTOS_OWN,
            identity_interval: None,
            requests_per_second: RequestLimit::default(),
            request_burst: None,
        }
    }
}

/// How many requests API Gateway lets through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RequestLimit {
    /// As many as the AWS account allows: no limit of this endpoint.
    Off,
    /// So many.
    Of(NonZeroU32),
}

impl Default for RequestLimit {
    /// 100 a second. Twenty times what Momento mints for an account by default, so kept tokens are given out unhindered. And few
    /// enough that this one endpoint cannot take all of the account's functions: a request lasts 5 s when Momento is slow, so
    /// 100 a second keep 500 functions busy, and the burst 200 more, of the 1,000 that AWS runs at once for an
    /// account (Lambda's quotas, "Concurrent executions").
    fn default() -> Self {
        Self::Of(NonZeroU32::MIN.saturating_add(99))
    }
}

const OFF: &str = "off";

impl Serialize for RequestLimit {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Off => serializer.serialize_str(OFF),
            Self::Of(requests) => serializer.serialize_u32(requests.get()),
        }
    }
}

impl<'de> Deserialize<'de> for RequestLimit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct RequestLimitVisitor;

        impl Visitor<'_> for RequestLimitVisitor {
            type Value = RequestLimit;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, "a number of requests from 1, or \"{OFF}\"")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<RequestLimit, E> {
                if text == OFF { Ok(RequestLimit::Off) } else { Err(E::invalid_value(Unexpected::Str(text), &self)) }
            }

            fn visit_u64<E: de::Error>(self, given: u64) -> Result<RequestLimit, E> {
                let requests = u32::try_from(given).ok().and_then(NonZeroU32::new);
                requests.map(RequestLimit::Of).ok_or_else(|| E::invalid_value(Unexpected::Unsigned(given), &self))
            }

            fn visit_i64<E: de::Error>(self, given: i64) -> Result<RequestLimit, E> {
                match u64::try_from(given) {
                    Ok(given) => self.visit_u64(given),
                    Err(_) => Err(E::invalid_value(Unexpected::Signed(given), &self)),
                }
            }
        }

        deserializer.deserialize_any(RequestLimitVisitor)
    }
}

#[cfg(feature = "schema")]
impl JsonSchema for RequestLimit {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "RequestLimit".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "description": "A number of requests, or \"off\": as many as the AWS account allows.",
            "oneOf": [{ "type": "integer", "minimum": 1, "maximum": u32::MAX }, { "const": OFF }],
        })
    }
}
