//! The staging labels that Secrets Manager puts on the versions of a secret.

/// The stage that holds the value in force, as Secrets Manager names it.
pub const CURRENT: &str = "AWSCURRENT";

/// The stage that holds the value which was in force before, as Secrets Manager names it.
pub const PREVIOUS: &str = "AWSPREVIOUS";
