//! The messages of Momento's token service, as far as a disposable token needs them.
//!
//! Transcribed from `token.proto` and `permissionmessages.proto` of Momento's `client_protos` 0.139. Not taken from the
//! crate `momento-protos`: that brings every service, a second TLS stack and another HTTP/2 client into a function (see
//! docs/performance.md). The tests hold the two against each other, and against the bytes of the official SDK.

pub mod auth;
pub mod cache;

use std::fmt;

/// `token._GenerateDisposableTokenRequest`. It holds the API key, which its `Debug` does not show.
#[derive(Clone, PartialEq, Eq, prost::Message)]
#[prost(skip_debug)]
pub struct GenerateDisposableTokenRequest {
    /// How long the token is to live.
    #[prost(message, optional, tag = "1")]
    pub expires: Option<Expires>,
    /// The API key.
    #[prost(string, tag = "2")]
    pub auth_token: String,
    /// What the token may do.
    #[prost(message, optional, tag = "3")]
    pub permissions: Option<Permissions>,
    /// What Momento says of who holds the token; empty for nothing.
    #[prost(string, tag = "4")]
    pub token_id: String,
}

impl fmt::Debug for GenerateDisposableTokenRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GenerateDisposableTokenRequest")
            .field("expires", &self.expires)
            .field("permissions", &self.permissions)
            .finish_non_exhaustive()
    }
}

/// `token._GenerateDisposableTokenRequest.Expires`.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub struct Expires {
    /// Seconds from now.
    #[prost(uint32, tag = "1")]
    pub valid_for_seconds: u32,
}

/// `token._GenerateDisposableTokenResponse`. It holds a token, which its `Debug` does not show.
#[derive(Clone, PartialEq, Eq, prost::Message)]
#[prost(skip_debug)]
pub struct GenerateDisposableTokenResponse {
    /// The token's own key.
    #[prost(string, tag = "1")]
    pub api_key: String,
    /// The endpoint that it is for.
    #[prost(string, tag = "2")]
    pub endpoint: String,
    /// When it ends, in seconds since 1970 (UTC).
    #[prost(uint64, tag = "3")]
    pub valid_until: u64,
}

impl fmt::Debug for GenerateDisposableTokenResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GenerateDisposableTokenResponse")
            .field("endpoint", &self.endpoint)
            .field("valid_until", &self.valid_until)
            .finish_non_exhaustive()
    }
}

/// `permission_messages.Permissions`. Its other kind, a super user's, is nothing that is ever vended.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct Permissions {
    /// The permissions, one by one.
    #[prost(message, optional, tag = "2")]
    pub explicit: Option<ExplicitPermissions>,
}

/// `permission_messages.ExplicitPermissions`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct ExplicitPermissions {
    /// At most `Permission::MOST_PER_TOKEN` of `tvm-policy` of them.
    #[prost(message, repeated, tag = "1")]
    pub permissions: Vec<PermissionsType>,
}

/// `permission_messages.PermissionsType`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct PermissionsType {
    /// One of the three.
    #[prost(oneof = "Kind", tags = "1, 2, 3")]
    pub kind: Option<Kind>,
}

/// What a permission is for.
#[derive(Clone, PartialEq, Eq, prost::Oneof)]
pub enum Kind {
    /// Items of a cache.
    #[prost(message, tag = "1")]
    Cache(CachePermissions),
    /// Topics of a cache.
    #[prost(message, tag = "2")]
    Topic(TopicPermissions),
    /// Functions of a cache.
    #[prost(message, tag = "3")]
    Function(FunctionPermissions),
}

/// `permission_messages.PermissionsType.All`.
#[derive(Clone, Copy, PartialEq, Eq, prost::Message)]
pub struct All {}

/// Which caches, in each of the three kinds.
#[derive(Clone, PartialEq, Eq, prost::Oneof)]
pub enum Caches {
    /// Every cache of the account.
    #[prost(message, tag = "2")]
    All(All),
    /// One.
    #[prost(message, tag = "3")]
    One(CacheSelector),
}

/// `permission_messages.PermissionsType.CacheSelector`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct CacheSelector {
    /// Its name.
    #[prost(string, optional, tag = "1")]
    pub cache_name: Option<String>,
}

/// `permission_messages.PermissionsType.CachePermissions`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct CachePermissions {
    /// What may be done.
    #[prost(enumeration = "CacheRole", tag = "1")]
    pub role: i32,
    /// Where.
    #[prost(oneof = "Caches", tags = "2, 3")]
    pub cache: Option<Caches>,
    /// With which items; unset for a permission on a whole cache.
    #[prost(oneof = "Items", tags = "4, 5")]
    pub item: Option<Items>,
}

/// Which items.
#[derive(Clone, PartialEq, Eq, prost::Oneof)]
pub enum Items {
    /// All of them.
    #[prost(message, tag = "4")]
    All(All),
    /// Some.
    #[prost(message, tag = "5")]
    Some(CacheItemSelector),
}

/// `permission_messages.PermissionsType.CacheItemSelector`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct CacheItemSelector {
    /// By key or by prefix.
    #[prost(oneof = "ItemKey", tags = "1, 2")]
    pub kind: Option<ItemKey>,
}

/// How items are chosen.
#[derive(Clone, PartialEq, Eq, prost::Oneof)]
pub enum ItemKey {
    /// The one of this key.
    #[prost(bytes, tag = "1")]
    Key(Vec<u8>),
    /// Those whose key begins so.
    #[prost(bytes, tag = "2")]
    Prefix(Vec<u8>),
}

/// `permission_messages.PermissionsType.TopicPermissions`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct TopicPermissions {
    /// What may be done.
    #[prost(enumeration = "TopicRole", tag = "1")]
    pub role: i32,
    /// Where.
    #[prost(oneof = "Caches", tags = "2, 3")]
    pub cache: Option<Caches>,
    /// On which topics.
    #[prost(oneof = "Topics", tags = "4, 5")]
    pub topic: Option<Topics>,
}

/// Which topics.
#[derive(Clone, PartialEq, Eq, prost::Oneof)]
pub enum Topics {
    /// All of them.
    #[prost(message, tag = "4")]
    All(All),
    /// Some.
    #[prost(message, tag = "5")]
    Some(NameSelector),
}

/// `permission_messages.PermissionsType.FunctionPermissions`.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct FunctionPermissions {
    /// What may be done.
    #[prost(enumeration = "FunctionRole", tag = "1")]
    pub role: i32,
    /// Where.
    #[prost(oneof = "Caches", tags = "2, 3")]
    pub cache: Option<Caches>,
    /// With which functions.
    #[prost(oneof = "Functions", tags = "4, 5")]
    pub function: Option<Functions>,
}

/// Which functions.
#[derive(Clone, PartialEq, Eq, prost::Oneof)]
pub enum Functions {
    /// All of them.
    #[prost(message, tag = "4")]
    All(All),
    /// Some.
    #[prost(message, tag = "5")]
    Some(NameSelector),
}

/// `permission_messages.PermissionsType.TopicSelector` and `…FunctionSelector`, which are alike.
#[derive(Clone, PartialEq, Eq, prost::Message)]
pub struct NameSelector {
    /// By name or by prefix.
    #[prost(oneof = "Name", tags = "1, 2")]
    pub kind: Option<Name>,
}

/// How topics and functions are chosen.
#[derive(Clone, PartialEq, Eq, prost::Oneof)]
pub enum Name {
    /// The one of this name.
    #[prost(string, tag = "1")]
    Is(String),
    /// Those whose name begins so.
    #[prost(string, tag = "2")]
    BeginsWith(String),
}

/// `permission_messages.CacheRole`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, prost::Enumeration)]
#[repr(i32)]
pub enum CacheRole {
    /// `CachePermitNone`.
    PermitNone = 0,
    /// `CacheReadWrite`.
    ReadWrite = 1,
    /// `CacheReadOnly`.
    ReadOnly = 2,
    /// `CacheWriteOnly`.
    WriteOnly = 3,
}

/// `permission_messages.TopicRole`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, prost::Enumeration)]
#[repr(i32)]
pub enum TopicRole {
    /// `TopicPermitNone`.
    PermitNone = 0,
    /// `TopicReadWrite`.
    ReadWrite = 1,
    /// `TopicReadOnly`.
    ReadOnly = 2,
    /// `TopicWriteOnly`.
    WriteOnly = 3,
}

/// `permission_messages.FunctionRole`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, prost::Enumeration)]
#[repr(i32)]
pub enum FunctionRole {
    /// `FunctionPermitNone`.
    PermitNone = 0,
    /// `FunctionInvoke`.
    Invoke = 1,
}
