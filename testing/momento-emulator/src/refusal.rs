//! Why a call is refused, and the gRPC status that says so.
//!
//! Every status that the stage answers by itself is made here (but those of [faults](crate::Fault)). A message never
//! holds a credential, an item or a topic message.

use tonic::{Code, Status};

use crate::rights::RightsError;

/// Why a call is not carried out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refusal {
    #[error("no credential came with the call: send the API key or token as `authorization` metadata")]
    NoCredential,
    #[error("the API key or token is not known here: use a key of this stage, or a token that it minted")]
    UnknownCredential,
    #[error("the token has expired: get a new one")]
    Expired,
    #[error("the API key has ended: use another, and renew the next one in time")]
    KeyEnded,
    #[error("this is not the refresh token of this API key, or it was used before: make another key")]
    RefreshToken,
    #[error("the `authorization` metadata is not the key in the request: send the same key in both")]
    CredentialsDiffer,
    #[error("the token has no permission for this: ask for one that covers the cache and what is in it")]
    NotPermitted,
    #[error("a disposable token cannot do this: use an API key")]
    KeyNeeded,
    #[error("the cache `{0}` does not exist: create it first")]
    NoSuchCache(String),
    #[error("the cache `{0}` exists already")]
    CacheExists(String),
    #[error("no cache is named: send its name as `cache` metadata")]
    NoCacheName,
    #[error("the cache name is empty: give it one")]
    EmptyCacheName,
    #[error("the topic name is empty: give it one")]
    EmptyTopicName,
    #[error("the topic value is neither text nor bytes: send one of them")]
    NoTopicValue,
    #[error("the time to live is 0: it must be at least 1 ms")]
    NoTimeToLive,
    #[error("the write has no condition: say what must be true of the item that is there, or use Set")]
    NoCondition,
    #[error("the item is not a 64-bit decimal number, so it cannot be incremented; set it to a number first")]
    NotANumber,
    #[error("a score of the sorted set would be no number: send one that is")]
    NoScore,
    #[error("the union has no source: name at least one sorted set")]
    NoSource,
    #[error("the item under this key is of another kind: delete it first, or choose another key")]
    OtherKind,
    #[error("the request does not say what to remove: name it, or say all")]
    NothingToRemove,
    #[error("the sum does not fit into 64 bits with a sign: add less, or set the item anew")]
    SumOutOfRange,
    #[error("a disposable token needs an expiry: say for how many seconds it is to be valid")]
    NoLifetime,
    #[error("a token cannot be valid for {0} s: Momento allows 1 s to 25 h (90000 s)")]
    LifetimeOutOfRange(u32),
    #[error("the token id has {0} UTF-16 units: Momento allows 64")]
    TokenIdTooLong(usize),
    #[error(transparent)]
    Permissions(#[from] RightsError),
    #[error("operations rate limit exceeded: the account may mint {0} tokens a second; try again later")]
    TooManyTokens(u32),
    #[error("the stage does not serve {0}: it is a local Momento for tokens, topics and the most of the cache")]
    NotServed(String),
    #[error("the stage is ending")]
    Ending,
}

impl Refusal {
    fn code(&self) -> Code {
        match self {
            Self::NoCredential | Self::UnknownCredential | Self::Expired | Self::KeyEnded | Self::CredentialsDiffer => {
                Code::Unauthenticated
            }
            Self::NotPermitted | Self::KeyNeeded => Code::PermissionDenied,
            Self::NoSuchCache(_) => Code::NotFound,
            Self::CacheExists(_) => Code::AlreadyExists,
            Self::NoCacheName
            | Self::EmptyCacheName
            | Self::EmptyTopicName
            | Self::NoTopicValue
            | Self::NoTimeToLive
            | Self::NoCondition
            | Self::NoScore
            | Self::NoSource
            | Self::NothingToRemove
            | Self::RefreshToken
            | Self::NoLifetime
            | Self::LifetimeOutOfRange(_)
            | Self::TokenIdTooLong(_)
            | Self::Permissions(_) => Code::InvalidArgument,
            // For a sum out of range, Momento documents an error and not which: the next best is that of the same call.
            // And none for an item of another kind.
            Self::NotANumber | Self::SumOutOfRange | Self::OtherKind => Code::FailedPrecondition,
            Self::TooManyTokens(_) => Code::ResourceExhausted,
            Self::NotServed(_) => Code::Unimplemented,
            Self::Ending => Code::Unavailable,
        }
    }

    /// What the official SDKs look for in the `err` metadata to tell refusals with one code apart (their error
    /// mappers).
    fn cause(&self) -> Option<&'static str> {
        match self {
            Self::NoSuchCache(_) => Some("cache_not_found"),
            Self::TooManyTokens(_) => Some("operations_rate_limit_exceeded"),
            _ => None,
        }
    }
}

impl From<Refusal> for Status {
    fn from(refusal: Refusal) -> Self {
        let mut status = Self::new(refusal.code(), refusal.to_string());
        if let Some(cause) = refusal.cause() {
            status.metadata_mut().insert("err", tonic::metadata::MetadataValue::from_static(cause));
        }
        status
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_refusal_has_its_status_a_sentence_and_the_cause_that_sdks_look_for() {
        let name = || "x".to_owned();
        for (refusal, code, cause) in [
            (Refusal::NoCredential, Code::Unauthenticated, None),
            (Refusal::UnknownCredential, Code::Unauthenticated, None),
            (Refusal::Expired, Code::Unauthenticated, None),
            (Refusal::KeyEnded, Code::Unauthenticated, None),
            (Refusal::RefreshToken, Code::InvalidArgument, None),
            (Refusal::CredentialsDiffer, Code::Unauthenticated, None),
            (Refusal::NotPermitted, Code::PermissionDenied, None),
            (Refusal::KeyNeeded, Code::PermissionDenied, None),
            (Refusal::NoSuchCache(name()), Code::NotFound, Some("cache_not_found")),
            (Refusal::CacheExists(name()), Code::AlreadyExists, None),
            (Refusal::NoCacheName, Code::InvalidArgument, None),
            (Refusal::EmptyCacheName, Code::InvalidArgument, None),
            (Refusal::EmptyTopicName, Code::InvalidArgument, None),
            (Refusal::NoTopicValue, Code::InvalidArgument, None),
            (Refusal::NoTimeToLive, Code::InvalidArgument, None),
            (Refusal::NoCondition, Code::InvalidArgument, None),
            (Refusal::NoSource, Code::InvalidArgument, None),
            (Refusal::NoScore, Code::InvalidArgument, None),
            (Refusal::NothingToRemove, Code::InvalidArgument, None),
            (Refusal::OtherKind, Code::FailedPrecondition, None),
            (Refusal::NotANumber, Code::FailedPrecondition, None),
            (Refusal::SumOutOfRange, Code::FailedPrecondition, None),
            (Refusal::NoLifetime, Code::InvalidArgument, None),
            (Refusal::LifetimeOutOfRange(0), Code::InvalidArgument, None),
            (Refusal::TokenIdTooLong(65), Code::InvalidArgument, None),
            (Refusal::Permissions(RightsError::None), Code::InvalidArgument, None),
            (Refusal::TooManyTokens(5), Code::ResourceExhausted, Some("operations_rate_limit_exceeded")),
            (Refusal::NotServed(name()), Code::Unimplemented, None),
            (Refusal::Ending, Code::Unavailable, None),
        ] {
            let status = Status::from(refusal);
            assert_eq!(status.code(), code);
            assert!(status.message().len() > 10);
            assert_eq!(status.metadata().get("err").map(|err| err.to_str().unwrap()), cause);
        }
    }
}
