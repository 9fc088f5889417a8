//! `token.Token`: disposable tokens for whoever holds an API key.
//!
//! A token is minted only for a request that Momento would take; nothing is corrected on the way.

use std::{sync::Arc, time::Duration};

use momento_protos::{
    permission_messages::Permissions,
    token::{GenerateDisposableTokenRequest, GenerateDisposableTokenResponse, token_server::Token},
};
use tonic::{Request, Response, Status, metadata::MetadataMap};

use crate::{
    app_state::{AppState, credential},
    limiter::Taken,
    refusal::Refusal,
    rights::Rights,
};

/// Momento's longest life of a token, 25 hours (Momento documentation, "Momento authorization service quotas").
const LONGEST_LIFE_SECONDS: u32 = 90_000;
/// Momento's longest token id, in UTF-16 units: the JavaScript SDK counts `length`.
const LONGEST_ID_UNITS: usize = 64;

pub(super) struct TokenService(pub(super) Arc<AppState>);

impl TokenService {
    fn generate(
        &self,
        metadata: &MetadataMap,
        request: GenerateDisposableTokenRequest,
    ) -> Result<GenerateDisposableTokenResponse, Refusal> {
        self.check_key(metadata, &request.auth_token)?;
        let now = self.0.clock.now();
        if self.0.limiter.take(now) == Taken::BucketEmpty {
            return Err(Refusal::TooManyTokens(self.0.limiter.per_second().map_or(0, Into::into)));
        }
        let life = match request.expires.map(|expires| expires.valid_for_seconds) {
            None => return Err(Refusal::NoLifetime),
            Some(seconds @ 1..=LONGEST_LIFE_SECONDS) => Duration::from_secs(seconds.into()),
            Some(seconds) => return Err(Refusal::LifetimeOutOfRange(seconds)),
        };
        let id_units = request.token_id.encode_utf16().count();
        if id_units > LONGEST_ID_UNITS {
            return Err(Refusal::TokenIdTooLong(id_units));
        }
        Rights::read(request.permissions.as_ref())?;
        let permissions: Permissions = request.permissions.unwrap_or_default();

        let expires_at = Duration::from_secs(now.saturating_add(life).as_secs());
        Ok(GenerateDisposableTokenResponse {
            api_key: self.0.mint.seal(&permissions, &request.token_id, expires_at),
            endpoint: self.0.endpoint.clone(),
            valid_until: expires_at.as_secs(),
        })
    }

    /// The key is in the request; the official SDKs send it as metadata, too, and then it must be the same.
    fn check_key(&self, metadata: &MetadataMap, in_request: &str) -> Result<(), Refusal> {
        if in_request.is_empty() {
            return Err(Refusal::NoCredential);
        }
        match credential(metadata) {
            Ok(in_metadata) if in_metadata == in_request => {}
            Err(Refusal::NoCredential) => {}
            Ok(_) | Err(_) => return Err(Refusal::CredentialsDiffer),
        }
        self.0.caller_with(in_request)?.must_hold_a_key()
    }
}

#[tonic::async_trait]
impl Token for TokenService {
    async fn generate_disposable_token(
        &self,
        request: Request<GenerateDisposableTokenRequest>,
    ) -> Result<Response<GenerateDisposableTokenResponse>, Status> {
        let (metadata, _, request) = request.into_parts();
        Ok(Response::new(self.generate(&metadata, request)?))
    }
}
