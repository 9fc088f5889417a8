//! The policy: who may do what, as an operator configured it and with every rule of the configuration checked.

use indexmap::IndexMap;
use std::time::Duration;

use crate::group_name::GroupName;
use crate::long_token_id::LongTokenId;
use crate::mode::{AuthMode, Ungrouped};
use crate::pattern::Pattern;
use crate::separation::Separation;
use crate::template::Template;

/// All that decides a grant. `tvm-config` makes one of a configuration that it has checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// Who may ask.
    pub auth: AuthMode,
    /// What a verified caller gets who is in none of the configured groups.
    pub ungrouped: Ungrouped,
    /// The caches that a caller may choose between; the first is the default.
    pub caches: Vec<String>,
    /// The token id.
    pub token_id: Template,
    /// What happens where the caller's own values make the token id longer than Momento takes.
    pub long_token_id: LongTokenId,
    /// How long a token is good for, whole seconds.
    pub lifetime: Duration,
    /// Whether a token ends with the caller's own (`exp`), if that comes first.
    pub not_beyond_caller: bool,
    /// The permissions of callers to whom no group applies.
    pub base: Vec<Pattern>,
    /// The permissions of each group, in the order of the file.
    pub groups: IndexMap<GroupName, Vec<Pattern>>,
    /// What keeps the names of callers apart in permissions.
    pub names_apart: Separation,
    /// What keeps the token ids of callers apart.
    pub ids_apart: Separation,
}
