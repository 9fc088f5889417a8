//! The messages of Momento's cache and control services, as far as tokens that instances share need them.
//!
//! Transcribed from `cacheclient.proto`, `common.proto` and `controlclient.proto` of Momento's `client_protos` 0.139; see
//! the module above for why, and for what holds them against the originals.

use bytes::Bytes;

/// `cache_client._GetRequest`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct GetRequest {
    /// The item's key.
    #[prost(bytes = "bytes", tag = "1")]
    pub cache_key: Bytes,
}

/// `cache_client._GetResponse`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct GetResponse {
    /// Whether there is an item.
    #[prost(enumeration = "CacheResult", tag = "1")]
    pub result: i32,
    /// Its value.
    #[prost(bytes = "bytes", tag = "2")]
    pub cache_body: Bytes,
}

/// `cache_client.ECacheResult`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, prost::Enumeration)]
#[repr(i32)]
pub enum CacheResult {
    /// `Invalid`.
    Invalid = 0,
    /// `Ok`.
    Ok = 1,
    /// `Hit`.
    Hit = 2,
    /// `Miss`.
    Miss = 3,
}

/// `cache_client._SetRequest`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct SetRequest {
    /// The item's key.
    #[prost(bytes = "bytes", tag = "1")]
    pub cache_key: Bytes,
    /// Its value.
    #[prost(bytes = "bytes", tag = "2")]
    pub cache_body: Bytes,
    /// How long it is kept.
    #[prost(uint64, tag = "3")]
    pub ttl_milliseconds: u64,
}

/// `cache_client._SetIfRequest`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct SetIfRequest {
    /// The item's key.
    #[prost(bytes = "bytes", tag = "1")]
    pub cache_key: Bytes,
    /// Its value.
    #[prost(bytes = "bytes", tag = "2")]
    pub cache_body: Bytes,
    /// How long it is kept.
    #[prost(uint64, tag = "3")]
    pub ttl_milliseconds: u64,
    /// On which condition: of the six, those that are needed.
    #[prost(oneof = "Condition", tags = "6, 7")]
    pub condition: Option<Condition>,
}

/// When an item is put.
#[derive(Clone, PartialEq, Eq, prost::Oneof)]
pub enum Condition {
    /// `common.Absent`: there is none.
    #[prost(message, tag = "6")]
    Absent(Nothing),
    /// `common.Equal`: there is one, with this value.
    #[prost(message, tag = "7")]
    Equal(Equal),
}

/// `common.Equal`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct Equal {
    /// The value.
    #[prost(bytes = "bytes", tag = "1")]
    pub value_to_check: Bytes,
}

/// `cache_client._SetIfResponse`.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub struct SetIfResponse {
    /// Which of the two.
    #[prost(oneof = "SetIfResult", tags = "1, 2")]
    pub result: Option<SetIfResult>,
}

/// What became of it.
#[derive(Clone, Copy, PartialEq, Eq, prost::Oneof)]
pub enum SetIfResult {
    /// The item is there now.
    #[prost(message, tag = "1")]
    Stored(Nothing),
    /// The condition did not hold.
    #[prost(message, tag = "2")]
    NotStored(Nothing),
}

/// `cache_client._IncrementRequest`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct IncrementRequest {
    /// The item's key.
    #[prost(bytes = "bytes", tag = "1")]
    pub cache_key: Bytes,
    /// What is added to its value.
    #[prost(int64, tag = "2")]
    pub amount: i64,
    /// How long it is kept.
    #[prost(uint64, tag = "3")]
    pub ttl_milliseconds: u64,
}

/// `cache_client._IncrementResponse`.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub struct IncrementResponse {
    /// The value now.
    #[prost(int64, tag = "1")]
    pub value: i64,
}

/// `control_client._CreateCacheRequest`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct CreateCacheRequest {
    /// Its name.
    #[prost(string, tag = "1")]
    pub cache_name: String,
}

/// A message with nothing in it, or with nothing that is read.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub struct Nothing {}
