//! The table `[secrets]`: what the secrets of a deployment have in common. The functions themselves read none of it.

#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::arn;
use crate::error::Rule;
use crate::position::Path;
use crate::validate::Broken;

/// What the secrets of a deployment have in common.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub(crate) struct SecretsTable {
    /// The ARN of an AWS KMS key of your own, by which the secrets that the deployment makes are encrypted, and an existing one
    /// may be. Left out: the account's `aws/secretsmanager`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kms_key: Option<String>,
}

/// Checks what no key's type says.
pub(crate) fn check(table: &SecretsTable, broken: &mut Broken) {
    // The ARN of a key. Not an alias: a policy that names one allows nothing.
    if let Some(key) = table.kms_key.as_ref().filter(|key| !arn::is_of(key, "kms", "key/")) {
        broken.push((Path::default().key("secrets").key("kms_key"), Rule::KmsKey(key.clone())));
    }
}
