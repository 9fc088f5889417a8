//! What the machine gives a caller: a token, and what it is for.

use tvm_issuer::IssuedToken;
use tvm_policy::{Grant, PermissionOrigin};

/// A token, and the grant that it was minted for.
#[derive(Debug, Clone)]
pub struct Issued<'m> {
    /// The token, and how it was come by.
    pub vended: IssuedToken,
    /// What it lets do.
    pub grant: Grant,
    /// Where the configuration has each permission of the grant.
    pub origins: Vec<PermissionOrigin<'m>>,
}
