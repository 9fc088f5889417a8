//! What a token may do, in Momento's own terms.
//!
//! Every string here is literal: `Name("*")` is the cache called `*`, and only `All` is every cache. A template is
//! substituted before one of these is made, so nothing that a caller supplies can turn a name into a wildcard.

/// One permission of a disposable token. A token has at most [`Permission::MOST_PER_TOKEN`].
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Permission {
    /// Everything in a cache.
    Cache {
        /// What may be done there.
        role: CacheRole,
        /// Where.
        cache: CacheSelector,
    },
    /// Some items of a cache.
    Item {
        /// What may be done with them.
        role: CacheRole,
        /// In which cache.
        cache: CacheSelector,
        /// Which items.
        item: ItemSelector,
    },
    /// Some topics of a cache.
    Topic {
        /// What may be done with them.
        role: TopicRole,
        /// In which cache.
        cache: CacheSelector,
        /// Which topics.
        topic: TopicSelector,
    },
    /// Some Momento functions of a cache.
    Function {
        /// What may be done with them.
        role: FunctionRole,
        /// In which cache.
        cache: CacheSelector,
        /// Which functions.
        function: FunctionSelector,
    },
}

impl Permission {
    /// Momento's limit of permissions in one token (Momento documentation, "Service limits").
    pub const MOST_PER_TOKEN: usize = 20;
}

/// What may be done with cache items. Momento's `WriteOnly` excludes conditional writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CacheRole {
    /// Read and write.
    ReadWrite,
    /// Read.
    ReadOnly,
    /// Write, but for what answers whether something was there.
    WriteOnly,
}

impl CacheRole {
    /// Its name, as the configuration writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ReadWrite => "ReadWrite",
            Self::ReadOnly => "ReadOnly",
            Self::WriteOnly => "WriteOnly",
        }
    }

    /// The role that allows what either allows and nothing else. There is none for reading and writing apart: together they
    /// lack the conditional writes of `ReadWrite`.
    pub(crate) const fn union(self, other: Self) -> Option<Self> {
        match (self, other) {
            (Self::ReadWrite, _) | (_, Self::ReadWrite) => Some(Self::ReadWrite),
            (Self::ReadOnly, Self::ReadOnly) => Some(Self::ReadOnly),
            (Self::WriteOnly, Self::WriteOnly) => Some(Self::WriteOnly),
            (Self::ReadOnly, Self::WriteOnly) | (Self::WriteOnly, Self::ReadOnly) => None,
        }
    }
}

/// What may be done with topics.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TopicRole {
    /// Publish and subscribe.
    PublishSubscribe,
    /// Subscribe.
    SubscribeOnly,
    /// Publish.
    PublishOnly,
}

impl TopicRole {
    /// Its name, as the configuration writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::PublishSubscribe => "PublishSubscribe",
            Self::SubscribeOnly => "SubscribeOnly",
            Self::PublishOnly => "PublishOnly",
        }
    }

    /// The role that allows what either allows and nothing else.
    pub(crate) const fn union(self, other: Self) -> Self {
        match (self, other) {
            (Self::SubscribeOnly, Self::SubscribeOnly) => Self::SubscribeOnly,
            (Self::PublishOnly, Self::PublishOnly) => Self::PublishOnly,
            _ => Self::PublishSubscribe,
        }
    }
}

/// What may be done with Momento functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FunctionRole {
    /// Call them.
    Invoke,
    /// Nothing. Momento has it, a configuration file cannot ask for it.
    PermitNone,
}

impl FunctionRole {
    /// Its name, as the configuration writes it; `PermitNone` is Momento's own name, which no configuration has.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Invoke => "Invoke",
            Self::PermitNone => "PermitNone",
        }
    }

    /// The role that allows what either allows and nothing else.
    pub(crate) const fn union(self, other: Self) -> Self {
        match (self, other) {
            (Self::PermitNone, Self::PermitNone) => Self::PermitNone,
            _ => Self::Invoke,
        }
    }
}

/// Which caches.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum CacheSelector {
    /// Every cache of the account.
    All,
    /// The cache of this name.
    Name(String),
}

/// Which items of a cache.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum ItemSelector {
    /// Every item.
    All,
    /// The item of this key.
    Key(String),
    /// Every item whose key starts so.
    KeyPrefix(String),
}

/// Which topics of a cache.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum TopicSelector {
    /// Every topic.
    All,
    /// The topic of this name.
    Name(String),
    /// Every topic whose name starts so.
    Prefix(String),
}

/// Which functions of a cache.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum FunctionSelector {
    /// Every function.
    All,
    /// The function of this name.
    Name(String),
    /// Every function whose name starts so.
    Prefix(String),
}
