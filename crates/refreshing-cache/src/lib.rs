//! A value from elsewhere that a program cannot do without: read by one call however many ask at the same time, kept for its
//! lifetime, read again at once where it turns out to be no good, and served on while it cannot be read again.
//!
//! A secret is one, an issuer's public keys are another. Nothing here knows what the value is, or how it is read.

mod cache_config;
mod clock;
mod refreshing_cache;

pub use cache_config::{CacheConfig, DEFAULT_LIFETIME, FORCED_READS_APART};
pub use clock::{Clock, SystemClock, Timestamp};
pub use refreshing_cache::{Fallback, RefreshingCache};
