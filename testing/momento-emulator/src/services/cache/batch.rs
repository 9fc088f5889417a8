//! Many simple items in one call, answered one by one in the order of the request.
//!
//! A batch is for who may do it to every one of its items; to who may not, it does and tells nothing.

use momento_protos::cache_client::{GetBatchRequest, GetResponse, SetBatchRequest, SetResponse};
use tokio_stream::Iter;
use tonic::{Status, metadata::MetadataMap};

use super::CacheService;
use crate::{refusal::Refusal, rights::Operation};

/// One answer for each item.
pub(super) type Answers<T> = Iter<std::vec::IntoIter<Result<T, Status>>>;

impl CacheService {
    pub(super) fn get_batch(
        &self,
        metadata: &MetadataMap,
        GetBatchRequest { items }: GetBatchRequest,
    ) -> Result<Answers<GetResponse>, Refusal> {
        let keys = items.iter().map(|item| item.cache_key.as_slice());
        let cache = self.admit_all(metadata, Operation::ReadItem, keys)?;
        self.0.caches.must_exist(cache)?;
        let answers = items.iter().map(|item| Ok(self.get_admitted(cache, &item.cache_key)?));
        Ok(tokio_stream::iter(answers.collect::<Vec<_>>()))
    }

    pub(super) fn set_batch(
        &self,
        metadata: &MetadataMap,
        SetBatchRequest { items }: SetBatchRequest,
    ) -> Result<Answers<SetResponse>, Refusal> {
        let keys = items.iter().map(|item| item.cache_key.as_slice());
        let cache = self.admit_all(metadata, Operation::WriteItem, keys)?;
        self.0.caches.must_exist(cache)?;
        let answers = items.into_iter().map(|item| Ok(self.set_admitted(cache, item)?));
        Ok(tokio_stream::iter(answers.collect::<Vec<_>>()))
    }
}
