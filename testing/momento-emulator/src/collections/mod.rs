//! What can be kept under a key: a value, or a collection of one of four kinds.
//!
//! Plain data: nothing here knows a cache, a clock or a caller. A collection with nothing in it is none, and is not kept.

mod dictionary;
mod list;
mod range;
mod set;
mod sorted_set;

use std::time::Duration;

pub(crate) use self::{
    dictionary::Dictionary,
    list::{End, List},
    range::{Bounds, Page},
    set::Set,
    sorted_set::{Order, SortedSet},
};

/// What is kept under a key.
#[derive(Debug)]
pub(crate) enum Value {
    Scalar(Vec<u8>),
    Dictionary(Dictionary),
    List(List),
    Set(Set),
    SortedSet(SortedSet),
}

/// One kind of collection.
pub(crate) trait Collection: Default {
    /// The collection in `value`; `None` where that is of another kind.
    fn of(value: &mut Value) -> Option<&mut Self>;

    fn into_value(self) -> Value;

    fn is_empty(&self) -> bool;
}

/// Implements [`Collection`] by the variant of [`Value`] that has the kind's name.
macro_rules! collections {
    ($($kind:ident),*) => {
        $(impl Collection for $kind {
            fn of(value: &mut Value) -> Option<&mut Self> {
                if let Value::$kind(collection) = value { Some(collection) } else { None }
            }

            fn into_value(self) -> Value {
                Value::$kind(self)
            }

            fn is_empty(&self) -> bool {
                self.0.is_empty()
            }
        })*
    };
}

collections!(Dictionary, List, Set, SortedSet);

/// Until when a collection lives after a write.
#[derive(Debug, Clone, Copy)]
pub(crate) struct CollectionTtl {
    /// What a new collection gets, and an old one where it is renewed.
    pub(crate) expires_at: Duration,
    pub(crate) of_an_old_one: OldTtl,
}

/// What a write makes of the time to live of a collection that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OldTtl {
    Renewed,
    Kept,
}

impl From<bool> for OldTtl {
    /// By the protocol's `refresh_ttl`.
    fn from(refresh_ttl: bool) -> Self {
        if refresh_ttl { Self::Renewed } else { Self::Kept }
    }
}

impl CollectionTtl {
    /// Renews the time to live of an old collection, or leaves it.
    pub(crate) fn apply(self, expires_at: &mut Duration) {
        if self.of_an_old_one == OldTtl::Renewed {
            *expires_at = self.expires_at;
        }
    }
}

/// A collection's length, as the protocol has it.
pub(crate) fn length(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}
