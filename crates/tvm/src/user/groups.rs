//! What the configuration says about users: the groups there are, and where a request carries its credentials.

use tvm_config::{Config, CredentialsIn, Proof};
use tvm_policy::GroupName;

use crate::user::UserError;

/// A group that is not configured grants nothing: whoever is put into it by a slip gets a 403, and nobody is told.
pub(crate) fn check(config: &Config, groups: &[String]) -> Result<(), UserError> {
    let known: Vec<String> = config.group_names().map(GroupName::as_str).map(str::to_owned).collect();
    match groups.iter().find(|group| !known.contains(group)) {
        Some(given) => Err(UserError::UnknownGroup { given: given.clone(), known }),
        None => Ok(()),
    }
}

/// Where requests carry username and password. A file for an issuer's tokens does not say; the narrower place then counts.
pub(crate) fn sent_in(config: &Config) -> CredentialsIn {
    match config.proof() {
        Proof::Credentials(place) => place,
        Proof::Jwt(_) => CredentialsIn::Headers,
    }
}
