//! `cache_client.pubsub.Pubsub`: publishing to a topic, and listening to one.
//!
//! Who listens was allowed to when they began, and hears nothing more once their token has expired.

use std::sync::Arc;

use momento_protos::{
    cache_client::pubsub::{
        Heartbeat, PublishRequest, SubscriptionItem, SubscriptionRequest, pubsub_server::Pubsub,
        subscription_item::Kind,
    },
    common::Empty,
};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status, metadata::MetadataMap};

use crate::{
    app_state::{AppState, Caller},
    log::Resume,
    refusal::Refusal,
    rights::Operation,
    topics::Line,
};

/// How many messages wait for a client that does not read, before they wait in the topic.
const IN_FLIGHT: usize = 16;

pub(super) struct TopicService(pub(super) Arc<AppState>);

impl TopicService {
    /// Who calls, once they may do `deed` to the topic and it can be done.
    fn admit(&self, metadata: &MetadataMap, deed: Operation, cache: &str, topic: &str) -> Result<Caller, Refusal> {
        let caller = self.0.caller(metadata)?;
        if cache.is_empty() {
            return Err(Refusal::EmptyCacheName);
        }
        if topic.is_empty() {
            return Err(Refusal::EmptyTopicName);
        }
        caller.must_be_allowed(deed, cache, topic.as_bytes())?;
        self.0.caches.must_exist(cache)?;
        Ok(caller)
    }

    fn publish(&self, metadata: &MetadataMap, request: PublishRequest) -> Result<Empty, Refusal> {
        let caller = self.admit(metadata, Operation::Publish, &request.cache_name, &request.topic)?;
        let value = request.value.filter(|value| value.kind.is_some()).ok_or(Refusal::NoTopicValue)?;
        let now = self.0.clock.now();
        self.0.topics.publish(&request.cache_name, &request.topic, now, value, caller.into_publisher_id());
        Ok(Empty {})
    }

    fn subscribe(&self, metadata: &MetadataMap, request: SubscriptionRequest) -> Result<Subscription, Refusal> {
        let caller = self.admit(metadata, Operation::Subscribe, &request.cache_name, &request.topic)?;
        let (client, stream) = mpsc::channel(IN_FLIGHT);
        let resume = Resume { number: request.resume_at_topic_sequence_number, page: request.sequence_page };
        let line = self.0.topics.listen(&request.cache_name, &request.topic, self.0.clock.now(), resume);
        tokio::spawn(relay(Arc::clone(&self.0), caller, request.cache_name, line, client));
        Ok(ReceiverStream::new(stream))
    }
}

type Subscription = ReceiverStream<Result<SubscriptionItem, Status>>;

/// Hands what comes over the `line` to the `client`, until one of them, the caller's token, the cache or the stage is
/// no more.
async fn relay(
    world: Arc<AppState>,
    caller: Caller,
    cache: String,
    mut line: Line,
    client: mpsc::Sender<Result<SubscriptionItem, Status>>,
) {
    let expiry = async {
        match caller.expires_at() {
            Some(moment) => world.clock.wait_until(moment).await,
            None => std::future::pending().await,
        }
    };
    let messages = async {
        // The official web SDK takes a subscription for made when its first item comes, and the Python SDK takes nothing
        // else for the first.
        let mut next = Kind::Heartbeat(Heartbeat {});
        while client.send(Ok(SubscriptionItem { kind: Some(next) })).await.is_ok() {
            next = match line.next().await {
                Some(kind) => kind,
                None => return Some(Refusal::NoSuchCache(cache)),
            };
        }
        None
    };
    let end = tokio::select! {
        // Expiry first: a message that comes at that moment is not handed over any more.
        biased;
        () = expiry => Some(Refusal::Expired),
        () = world.curtain.has_fallen() => Some(Refusal::Ending),
        () = client.closed() => None,
        end = messages => end,
    };
    if let Some(refusal) = end {
        let _ = client.send(Err(refusal.into())).await;
    }
}

#[tonic::async_trait]
impl Pubsub for TopicService {
    type SubscribeStream = Subscription;

    async fn publish(&self, request: Request<PublishRequest>) -> Result<Response<Empty>, Status> {
        let (metadata, _, request) = request.into_parts();
        Ok(Response::new(self.publish(&metadata, request)?))
    }

    async fn subscribe(&self, request: Request<SubscriptionRequest>) -> Result<Response<Subscription>, Status> {
        let (metadata, _, request) = request.into_parts();
        Ok(Response::new(self.subscribe(&metadata, request)?))
    }
}
