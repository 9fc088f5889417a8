//! `control_client.ScsControl`: creating, deleting and listing caches.
//!
//! For API keys alone: no permission that a disposable token can have reaches this service.

use std::sync::Arc;

use momento_protos::control_client::{
    Cache, CreateCacheRequest, CreateCacheResponse, CreateIndexRequest, CreateIndexResponse, CreateSigningKeyRequest,
    CreateSigningKeyResponse, DeleteCacheRequest, DeleteCacheResponse, DeleteIndexRequest, DeleteIndexResponse,
    FlushCacheRequest, FlushCacheResponse, ListCachesRequest, ListCachesResponse, ListIndexesRequest,
    ListIndexesResponse, ListSigningKeysRequest, ListSigningKeysResponse, RevokeSigningKeyRequest,
    RevokeSigningKeyResponse, scs_control_server::ScsControl,
};
use tonic::{Request, Response, Status};

use super::serving::serving;
use crate::app_state::AppState;

pub(super) struct ControlService(pub(super) Arc<AppState>);

serving! {
    impl ScsControl for ControlService {
        async fn create_cache(
            &self,
            request: Request<CreateCacheRequest>,
        ) -> Result<Response<CreateCacheResponse>, Status> {
            self.0.caller(request.metadata())?.must_hold_a_key()?;
            self.0.caches.create(&request.get_ref().cache_name)?;
            Ok(Response::new(CreateCacheResponse {}))
        }

        async fn delete_cache(
            &self,
            request: Request<DeleteCacheRequest>,
        ) -> Result<Response<DeleteCacheResponse>, Status> {
            self.0.caller(request.metadata())?.must_hold_a_key()?;
            self.0.caches.delete(&request.get_ref().cache_name)?;
            self.0.topics.close(&request.get_ref().cache_name);
            Ok(Response::new(DeleteCacheResponse {}))
        }

        async fn list_caches(
            &self,
            request: Request<ListCachesRequest>,
        ) -> Result<Response<ListCachesResponse>, Status> {
            self.0.caller(request.metadata())?.must_hold_a_key()?;
            let cache = self.0.caches.names().into_iter().map(|cache_name| Cache { cache_name, ..Cache::default() });
            Ok(Response::new(ListCachesResponse { cache: cache.collect(), next_token: String::new() }))
        }
    }
    unserved {
        flush_cache(FlushCacheRequest) -> FlushCacheResponse;
        create_signing_key(CreateSigningKeyRequest) -> CreateSigningKeyResponse;
        revoke_signing_key(RevokeSigningKeyRequest) -> RevokeSigningKeyResponse;
        list_signing_keys(ListSigningKeysRequest) -> ListSigningKeysResponse;
        create_index(CreateIndexRequest) -> CreateIndexResponse;
        delete_index(DeleteIndexRequest) -> DeleteIndexResponse;
        list_indexes(ListIndexesRequest) -> ListIndexesResponse;
    }
}
