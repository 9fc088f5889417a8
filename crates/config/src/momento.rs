//! The table `[momento]`: where the API key is, how long it serves, and where Momento is.

#[cfg(feature = "schema")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::endpoint;
use crate::lifetime::{Lifetime, RotationInterval};
use crate::path::Path;
use crate::rule::{Broken, Rule};
use crate::secret_id::{self, Purpose};

/// Where the Momento API key is, and where Momento is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(JsonSchema))]
#[serde(deny_unknown_fields, default)]
pub(crate) struct MomentoTable {
    /// The name or ARN of an existing Secrets Manager secret that holds the API key. Left out: the deployment makes one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<String>,
    /// The member of the secret's JSON that holds the key, such as `MOMENTO_API_KEY`, where the secret has several. Left out: the
    /// secret is the key alone, JSON with `apiKey`, or key/value pairs of which one is a Momento key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret_field: Option<String>,
    /// The Momento endpoint of a v2 API key: a host name such as `cell-4-us-west-2-1.prod.a.momentohq.com`, which Momento's
    /// list of regions prints as `https://api.cache.cell-4-…`. A v1 key contains its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub endpoint: Option<String>,
    /// How long a function uses the key before it reads the secret again, 1s to 25h, varied by up to a tenth. After
    /// Momento refuses the key, the function reads the secret at once.
    pub key_ttl: Lifetime,
    /// How often Secrets Manager rotates the key by its refresh token (docs/rotation.md): whole days, 1d to 1000d. The
    /// key must live longer than that. Only for a secret that the deployment makes, with a v1 key that expires and is
    /// stored with its refresh token. Left out: never.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rotate_every: Option<RotationInterval>,
}

impl Default for MomentoTable {
    fn default() -> Self {
        Self { secret: None, secret_field: None, endpoint: None, key_ttl: Lifetime::FIVE_MINUTES, rotate_every: None }
    }
}

/// Checks what no single key's type says.
pub(crate) fn check(table: &MomentoTable, broken: &mut Broken) {
    let path = Path::default().key("momento");
    if let Some(Err(problem)) = table.endpoint.as_deref().map(endpoint::check) {
        broken.push((path.key("endpoint"), problem.into()));
    }
    match table.secret.as_deref() {
        Some(secret) if secret.trim().is_empty() => broken.push((path.key("secret"), Rule::Empty)),
        Some(secret) => {
            let problem = secret_id::of(secret, Purpose::ApiKey).err();
            broken.extend(problem.map(|problem| (path.key("secret"), problem.into())));
        }
        None => {}
    }
    if table.secret_field.as_deref().is_some_and(|field| field.trim().is_empty()) {
        broken.push((path.key("secret_field"), Rule::Empty));
    }
    match table.rotate_every {
        Some(_) if table.secret.is_some() => broken.push((path.key("rotate_every"), Rule::RotationOfExistingSecret)),
        Some(interval) if !interval.is_whole_days() => broken.push((path.key("rotate_every"), Rule::RotationInDays)),
        _ => {}
    }
}
