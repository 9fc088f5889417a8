//! Who is asking, as API Gateway (or the user's own session) verified it.
//!
//! Nothing here can be made from a header, a query or a body: whoever constructs a [`Caller`] vouches for it.

use std::collections::BTreeMap;
use std::time::SystemTime;

/// A caller as it was verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// Open mode: nobody in particular.
    Anonymous,
    /// A Cognito user, or a principal that the authorizer vouched for.
    Verified(Caller),
}

/// A verified caller and what was verified of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Caller {
    /// `{principal}`: who the authorizer says it is; in Cognito mode the subject.
    pub principal: String,
    /// `{sub}`: an id that is never reassigned, where there is one.
    pub sub: Option<String>,
    /// `{username}`: the name the caller signs in with, where there is one.
    pub username: Option<String>,
    /// The groups they are in, in any order; groups that the configuration does not know are ignored.
    pub groups: Vec<String>,
    /// `{claims.NAME}`: the claims of the verified token.
    pub claims: BTreeMap<String, String>,
    /// `{context.NAME}`: what the Lambda authorizer passed on.
    pub context: BTreeMap<String, String>,
    /// When that ends which proved who they are: no token for them lives longer. `None`: it has no end, or none that is looked at.
    pub not_after: Option<SystemTime>,
}

impl Caller {
    /// The same, until `end` alone: of a session, when that ends.
    #[must_use]
    pub fn until(self, end: SystemTime) -> Self {
        Self { not_after: Some(end), ..self }
    }
}
