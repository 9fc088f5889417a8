//! `auth.Auth`: another API key for one that came with a refresh token.
//!
//! The old key stays good until its own end, and the refresh token is spent.

use std::sync::Arc;

use momento_protos::auth::{
    GenerateApiTokenRequest, GenerateApiTokenResponse, LoginRequest, LoginResponse, RefreshApiTokenRequest,
    RefreshApiTokenResponse, auth_server::Auth,
};
use secrecy::ExposeSecret;
use tokio_stream::Empty;
use tonic::{Request, Response, Status};

use super::serving::serving;
use crate::{app_state::AppState, keys::ApiKey, refusal::Refusal};

pub(super) struct AuthService(pub(super) Arc<AppState>);

impl AuthService {
    fn renew(&self, request: &RefreshApiTokenRequest) -> Result<RefreshApiTokenResponse, Status> {
        let AppState { keys, clock, endpoint, .. } = &*self.0;
        // The official SDK sends the key in the message alone.
        self.0.caller_with(&request.api_key)?.must_hold_a_key()?;
        let lifetime = keys.spend(&request.api_key, &request.refresh_token).ok_or(Refusal::RefreshToken)?;
        let issued =
            keys.issue(endpoint, lifetime, clock.now()).map_err(|error| Status::internal(error.to_string()))?;
        let key = ApiKey::parse(issued.api_key.expose_secret()).map_err(|error| Status::internal(error.to_string()))?;
        Ok(RefreshApiTokenResponse {
            api_key: key.inner().expose_secret().to_owned(),
            refresh_token: issued.refresh_token.expose_secret().to_owned(),
            endpoint: endpoint.clone(),
            valid_until: issued.valid_until,
        })
    }
}

serving! {
    impl Auth for AuthService {
        type LoginStream = Empty<Result<LoginResponse, Status>>;

        async fn login(&self, _: Request<LoginRequest>) -> Result<Response<Self::LoginStream>, Status> {
            Err(Status::unimplemented(""))
        }

        async fn refresh_api_token(
            &self,
            request: Request<RefreshApiTokenRequest>,
        ) -> Result<Response<RefreshApiTokenResponse>, Status> {
            Ok(Response::new(self.renew(request.get_ref())?))
        }
    }
    unserved {
        generate_api_token(GenerateApiTokenRequest) -> GenerateApiTokenResponse;
    }
}
