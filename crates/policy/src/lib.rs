//! What a caller may do with Momento: the grant.
//!
//! Everything that decides access is here and can be read in one sitting. This crate imports nothing of ours, does no I/O, reads
//! no clock and knows neither files, AWS nor HTTP: a checked [`Policy`], an [`Identity`] and a [`Request`] come in, a [`Grant`] goes out.

mod basis;
mod explanation;
mod grant;
mod group_name;
mod identity;
mod join;
mod likeness;
mod long_token_id;
mod mode;
mod nearest;
mod pattern;
mod permission;
mod policy;
mod separation;
mod template;

pub use basis::Basis;
pub use explanation::{Explanation, Filled, Reason};
pub use grant::{Decision, Grant, LONGEST_TOKEN_ID, PermissionOrigin, Refusal, Request};
pub use group_name::GroupName;
pub use identity::{Caller, Identity};
pub use likeness::{Likeness, likeness};
pub use long_token_id::LongTokenId;
pub use mode::{AuthMode, Ungrouped};
pub use nearest::nearest;
pub use pattern::{CachePattern, NamePattern, NamedSelection, Pattern, SameSelection, Selects, Target};
pub use permission::{
    CacheRole, CacheSelector, FunctionRole, FunctionSelector, ItemSelector, Permission, TopicRole, TopicSelector,
};
pub use policy::Policy;
pub use separation::{AmbiguousNames, Separation};
pub use template::{Placeholder, Template, TemplateError};
