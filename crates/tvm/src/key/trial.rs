//! The trial: whether Momento mints with a key.

use std::time::Duration;

use momento_secrets::ApiKey;
use tvm_machine::Places;
use tvm_policy::{CacheRole, CacheSelector, Grant, ItemSelector, Permission};
use tvm_vendor::{Deadline, TokenService};

use crate::key::error::KeyError;

/// The token, for people.
pub(crate) const WHAT: &str = "a token of 5 minutes for reading one item of a cache that nobody has";

/// As far as AWS lets this computer's clock be off. With a shorter life a good token could seem to have ended.
const LIFETIME: Duration = Duration::from_secs(300);
const WITHIN: Duration = Duration::from_secs(15);

/// Mints a token that lets do next to nothing, and drops it.
pub(crate) async fn mint(key: &ApiKey) -> Result<(), KeyError> {
    let permission = Permission::Item {
        role: CacheRole::ReadOnly,
        cache: CacheSelector::Name("tvm-key-trial".to_owned()),
        item: ItemSelector::Key("none".to_owned()),
    };
    let grant = Grant { permissions: vec![permission], token_id: Some("tvm-key-trial".to_owned()), lifetime: LIFETIME };
    let service = TokenService::new(tvm_tls::client_config()?, Places::from_env()?.token);
    service.mint(key, &grant, Deadline::after(WITHIN)).await?;
    Ok(())
}
