//! The account and the region that a deployment goes to.

use aws_config::SdkConfig;

use crate::doctor::finding::Outcome;

/// An account and a region that answer.
pub(crate) struct Place {
    pub(crate) aws: SdkConfig,
    pub(crate) region: String,
    pub(crate) account: String,
}

/// What is said of what cannot be asked without a [`Place`].
pub(crate) fn nowhere() -> Outcome {
    Outcome::skipped("it takes a region, and credentials that AWS accepts")
}
