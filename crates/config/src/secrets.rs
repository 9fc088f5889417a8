//! The table `[secrets]`: what the secrets of a deployment have in common. The functions themselves read none of it.

#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::arn;
use crate::path::Path;
use crate::rule::{Broken, Rule};

/// What the secrets of a deployment have in common.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub(crate) struct SecretsTable {
    /// The ARN of your AWS KMS key that encrypts the secrets that the deployment makes. Each function may also decrypt
    /// its own existing secret with it. The key policy must let IAM decide, as that of a new key does. Left out:
    /// `deployment.kms_key`, or else the account's `aws/secretsmanager`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kms_key: Option<String>,
}

/// Checks the `kms_key` of the table of this name.
pub(crate) fn check_key(table: &str, kms_key: Option<&str>, broken: &mut Broken) {
    // The ARN of a key. Not an alias: a policy that names one allows nothing.
    if let Some(key) = kms_key.filter(|key| !arn::is_of(key, "kms", "key/")) {
        broken.push((Path::default().key(table).key("kms_key"), Rule::KmsKey(key.to_owned())));
    }
}
