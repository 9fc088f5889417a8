//! The trial: whether Momento mints with a key, before it takes the place of one that Momento does mint with.

use std::time::Duration;

use momento_client::ApiKey;
use tvm_policy::{CacheRole, CacheSelector, Grant, ItemSelector, Permission};

use crate::service::TokenService;
use crate::token_error::TokenError;
use momento_client::Deadline;

/// The token that a trial mints, for people.
pub const TRIAL: &str = "a token of 5 minutes for reading one item of a cache that nobody has";

/// As far as AWS lets this computer's clock be off. With a shorter life a good token could seem to have ended.
const LIFETIME: Duration = Duration::from_secs(300);

impl TokenService {
    /// Mints a token that lets do next to nothing, and drops it.
    ///
    /// # Errors
    /// [`TokenError`], as for any other token.
    pub async fn try_key(&self, key: &ApiKey, deadline: Deadline) -> Result<(), TokenError> {
        let permission = Permission::Item {
            role: CacheRole::ReadOnly,
            cache: CacheSelector::Name("tvm-key-trial".to_owned()),
            item: ItemSelector::Key("none".to_owned()),
        };
        let token_id = Some("tvm-key-trial".to_owned());
        let grant = Grant { permissions: vec![permission], token_id, lifetime: LIFETIME, not_after: None };
        self.mint(key, &grant, deadline).await.map(drop)
    }
}
