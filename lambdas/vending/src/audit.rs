//! What the log says of who was given a token, and of what it lets do, as `[monitoring] audit` has it.
//!
//! Never the token. By default nobody's name either: neither the caller's, nor that of the token, nor any that a permission was
//! made of.

use std::sync::{Arc, Mutex, PoisonError};

use momento_client::ApiKey;
use serde::Serialize;
use tvm_config::{Audit, Config, Permissions};
use tvm_issuer::Pseudonyms;
use tvm_machine::Issued;
use tvm_policy::Identity;

/// Members of the line about a vended token.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Audited<'c> {
    /// The caller, where one was verified.
    #[serde(skip_serializing_if = "Option::is_none")]
    who: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    permissions: Option<Permissions<'c>>,
}

/// Says who got what.
#[derive(Debug, Default)]
pub struct Auditor {
    /// By the API key that was at hand last: to derive anew for each request would cost more than to hash.
    known: Mutex<Option<(Arc<ApiKey>, Arc<Pseudonyms>)>>,
}

impl Auditor {
    /// What is said of `issued`, which `identity` got.
    pub fn of<'c>(&self, config: &'c Config, identity: &Identity, issued: &Issued<'_>) -> Option<Audited<'c>> {
        let principal = match identity {
            Identity::Verified(caller) => Some(caller.principal.as_str()),
            Identity::Anonymous => None,
        };
        let token_id = issued.grant.token_id.as_deref();
        match config.audit() {
            Audit::Off => None,
            Audit::Plain => Some(Audited {
                who: principal.map(str::to_owned),
                token_id: token_id.map(str::to_owned),
                permissions: tvm_config::render_permissions(&issued.grant),
            }),
            Audit::Hashed => {
                let pseudonyms = self.pseudonyms(issued.vended.key.as_ref());
                let hashed = |name: Option<&str>| Some(pseudonyms.as_ref()?.of(name?));
                Some(Audited {
                    who: hashed(principal),
                    token_id: hashed(token_id),
                    permissions: config.permissions_as_written(&issued.grant, &issued.origins),
                })
            }
        }
    }

    /// Those by `key`, or by the last one where none is at hand.
    fn pseudonyms(&self, key: Option<&Arc<ApiKey>>) -> Option<Arc<Pseudonyms>> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((by, pseudonyms)) = known.as_ref()
            && key.is_none_or(|key| Arc::ptr_eq(key, by))
        {
            return Some(Arc::clone(pseudonyms));
        }
        let key = key?;
        let pseudonyms = Arc::new(Pseudonyms::by(key)?);
        *known = Some((Arc::clone(key), Arc::clone(&pseudonyms)));
        Some(pseudonyms)
    }
}
