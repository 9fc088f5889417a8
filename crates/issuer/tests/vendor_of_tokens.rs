//! The vendor: key and token service together, and which of the two is to blame.
//!
//! Real: the vendor, the client, gRPC. Not real: the source of the key, and the service answers from a script.

mod support;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use momento_client::ApiKey;
use momento_client::Deadline;
use momento_client::KeySource;
use support::{Answer, Scripted, grant, key, service_at};
use tonic::Code;
use tvm_issuer::{IssueError, RequestError, Settings, TokenError, TokenIssuer};
use tvm_policy::Grant;

/// A source that has the key, has none, or is not done with looking.
#[derive(Debug)]
struct Source {
    is: Is,
    asked: Arc<AtomicUsize>,
}

#[derive(Debug, Clone, Copy)]
enum Is {
    Ready,
    Empty,
    Stuck,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("no key here")]
struct NoKey;

impl Source {
    fn that(is: Is) -> (Self, Arc<AtomicUsize>) {
        let asked = Arc::default();
        (Self { is, asked: Arc::clone(&asked) }, asked)
    }
}

impl KeySource for Source {
    type Error = NoKey;

    async fn key(&self) -> Result<Arc<ApiKey>, NoKey> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        match self.is {
            Is::Ready => Ok(Arc::new(key())),
            Is::Empty => Err(NoKey),
            Is::Stuck => std::future::pending().await,
        }
    }
}

#[tokio::test]
async fn a_grant_becomes_a_token_that_ends_when_it_should() {
    let (_, address) = Scripted::start([]).await;
    let vendor = TokenIssuer::new(Source::that(Is::Ready).0, service_at(address), Settings::new());
    vendor.warm(Deadline::default()).await;
    let asked_at = std::time::UNIX_EPOCH.elapsed().unwrap().as_secs();
    let token = vendor.vend(&grant(), None, Deadline::default()).await.unwrap().token;
    assert!((asked_at + 3_600..=asked_at + 3_605).contains(&token.expires_at()), "{token:?}");
}

#[tokio::test]
async fn without_a_key_nothing_is_asked_of_momento() {
    for (is, expected) in [(Is::Empty, IssueError::Key(NoKey)), (Is::Stuck, IssueError::KeyTimeout)] {
        let (stage, address) = Scripted::start([]).await;
        let vendor = TokenIssuer::new(Source::that(is).0, service_at(address), Settings::new());
        let soon = || Deadline::after(Duration::from_millis(50));
        vendor.warm(soon()).await;
        assert_eq!(vendor.vend(&grant(), None, soon()).await.unwrap_err(), expected);
        assert!(stage.asked().is_empty());
    }
}

#[tokio::test]
async fn a_grant_that_cannot_be_asked_for_is_refused_before_the_key_is_fetched() {
    let (_, address) = Scripted::start([]).await;
    let (source, asked) = Source::that(Is::Ready);
    let grant = Grant { lifetime: Duration::from_secs(u64::from(u32::MAX) + 3_601), ..grant() };
    let error = TokenIssuer::new(source, service_at(address), Settings::new())
        .vend(&grant, None, Deadline::default())
        .await
        .unwrap_err();
    let expected = RequestError::LifetimeTooLong { seconds: 4_294_970_896 };
    assert_eq!(error, IssueError::Token(TokenError::Request(expected)));
    assert_eq!(asked.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn a_key_that_momento_refuses_is_told_apart_from_one_that_is_not_there() {
    let (_, address) = Scripted::start([Answer::Status(Code::Unauthenticated)]).await;
    let vendor = TokenIssuer::new(Source::that(Is::Ready).0, service_at(address), Settings::new());
    let error = vendor.vend(&grant(), None, Deadline::default()).await.unwrap_err();
    assert_eq!(error, IssueError::Token(TokenError::Refused { code: Code::Unauthenticated }));
}
