//! How long a call takes and how often it is sent, when all is well and when it is not.
//!
//! Real: the client, TCP, HTTP/2, gRPC. The service answers from a script, and counts.

mod support;

use std::time::{Duration, Instant};

use momento_client::Deadline;
use secrecy::ExposeSecret;
use support::{Answer, PLANTED_KEY, Road, Scripted, grant, key, service_at};
use tokio::net::TcpListener;
use tonic::Code;
use tvm_issuer::{InvalidResponse, RequestError, TokenError};
use tvm_policy::Grant;

#[tokio::test]
async fn a_call_carries_the_key_the_deadline_and_once_who_calls() {
    let (stage, address) = Scripted::start([]).await;
    let service = service_at(address);
    for _ in 0..2 {
        let token = service.mint(&key(), &grant(), Deadline::default()).await.unwrap();
        assert!(token.auth_token().expose_secret().starts_with("eyJlbmRwb2ludCI6"));
    }

    let asked = stage.asked();
    for call in &asked {
        assert_eq!(call.message.auth_token, PLANTED_KEY);
        assert_eq!(call.metadata.get("authorization").unwrap(), PLANTED_KEY);
        let timeout = call.metadata.get("grpc-timeout").unwrap().to_str().unwrap();
        let micros: u64 = timeout.strip_suffix('u').unwrap().parse().unwrap();
        assert!((4_000_000..=5_000_000).contains(&micros), "{timeout}");
    }
    let introductions: Vec<_> = asked.iter().map(|call| call.metadata.get("agent")).collect();
    assert!(introductions[0].unwrap().to_str().unwrap().starts_with("rust:token-vending-machine:"));
    assert_eq!(introductions[1..], [None]);
}

#[tokio::test]
async fn a_connection_is_kept_from_call_to_call() {
    let (stage, address) = Scripted::start([]).await;
    let road = Road::plain(address).await;
    let service = service_at(road.address);
    service.connect(&key(), Deadline::default()).await;
    road.connected().await;
    for _ in 0..3 {
        service.mint(&key(), &grant(), Deadline::default()).await.unwrap();
    }
    assert_eq!((stage.asked().len(), road.connections()), (3, 1));
}

#[tokio::test]
async fn a_service_that_does_not_answer_is_waited_for_until_the_deadline() {
    let (stage, address) = Scripted::start([Answer::Silence]).await;
    let started = Instant::now();
    let error =
        service_at(address).mint(&key(), &grant(), Deadline::after(Duration::from_millis(100))).await.unwrap_err();
    assert_eq!(error, TokenError::Timeout);
    assert!(
        (Duration::from_millis(90)..Duration::from_secs(2)).contains(&started.elapsed()),
        "{:?}",
        started.elapsed()
    );
    assert_eq!(stage.asked().len(), 1);
}

#[tokio::test]
async fn a_host_that_takes_the_connection_and_says_nothing_is_waited_for_until_the_deadline() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let service = service_at(listener.local_addr().unwrap());
    let budget = || Deadline::after(Duration::from_millis(100));
    service.connect(&key(), budget()).await;
    assert_eq!(service.mint(&key(), &grant(), budget()).await.unwrap_err(), TokenError::Timeout);
}

#[tokio::test]
async fn nothing_is_sent_when_the_deadline_has_passed() {
    let (stage, address) = Scripted::start([]).await;
    let error = service_at(address).mint(&key(), &grant(), Deadline::after(Duration::ZERO)).await.unwrap_err();
    assert_eq!((error, stage.asked().len()), (TokenError::Timeout, 0));
}

#[tokio::test]
async fn nothing_is_sent_for_a_grant_that_cannot_be_asked_for() {
    let (stage, address) = Scripted::start([]).await;
    let grant = Grant { permissions: vec![], ..grant() };
    let error = service_at(address).mint(&key(), &grant, Deadline::default()).await.unwrap_err();
    assert_eq!((error, stage.asked().len()), (TokenError::Request(RequestError::NoPermission), 0));
}

#[tokio::test]
async fn only_an_unavailable_service_is_asked_again_and_only_once() {
    for code in (1..=16).map(Code::from) {
        let (stage, address) = Scripted::start([Answer::Status(code)]).await;
        let answer = service_at(address).mint(&key(), &grant(), Deadline::default()).await;
        let again = matches!(code, Code::Cancelled | Code::Unavailable);
        assert_eq!((answer.is_ok(), stage.asked().len()), (again, if again { 2 } else { 1 }), "{code:?}");
    }

    let (stage, address) = Scripted::start(vec![Answer::Status(Code::Unavailable); 3]).await;
    let error = service_at(address).mint(&key(), &grant(), Deadline::default()).await.unwrap_err();
    assert_eq!((error, stage.asked().len()), (TokenError::Unavailable { code: Code::Unavailable }, 2));
}

#[tokio::test]
async fn the_retry_shares_the_deadline_of_the_call() {
    let (stage, address) = Scripted::start([Answer::Status(Code::Unavailable), Answer::Silence]).await;
    let started = Instant::now();
    let error =
        service_at(address).mint(&key(), &grant(), Deadline::after(Duration::from_millis(200))).await.unwrap_err();
    assert_eq!((error, stage.asked().len()), (TokenError::Timeout, 2));
    assert!(started.elapsed() < Duration::from_secs(2));
}

#[tokio::test]
async fn nobody_listening_is_an_unavailable_service() {
    let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let service = service_at(address);
    service.connect(&key(), Deadline::default()).await;
    let error = service.mint(&key(), &grant(), Deadline::default()).await.unwrap_err();
    assert_eq!(error, TokenError::Unavailable { code: Code::Unavailable });
}

#[tokio::test]
async fn a_service_that_was_down_when_the_process_started_is_found_later() {
    let (_, address) = Scripted::start([]).await;
    let road = Road::plain(address).await;
    let service = service_at(road.address);
    service.connect(&key(), Deadline::after(Duration::ZERO)).await;
    service.mint(&key(), &grant(), Deadline::default()).await.unwrap();
}

#[tokio::test]
async fn a_connection_closed_while_nobody_looked_is_replaced_within_the_call() {
    let (stage, address) = Scripted::start([]).await;
    let road = Road::plain(address).await;
    let service = service_at(road.address);
    service.mint(&key(), &grant(), Deadline::default()).await.unwrap();
    road.close();
    service.mint(&key(), &grant(), Deadline::default()).await.unwrap();
    assert_eq!((stage.asked().len(), road.connections()), (2, 2));
}

/// As after a freeze long enough for the network to have forgotten the connection.
#[tokio::test]
async fn a_connection_that_went_dead_without_a_word_is_found_out_and_replaced_within_the_call() {
    let (stage, address) = Scripted::start([]).await;
    let road = Road::plain(address).await;
    let service = service_at(road.address);
    service.mint(&key(), &grant(), Deadline::default()).await.unwrap();
    road.die();
    service.mint(&key(), &grant(), Deadline::default()).await.unwrap();
    assert_eq!((stage.asked().len(), road.connections()), (2, 2));
}

#[tokio::test]
async fn a_dead_connection_costs_one_call_when_the_deadline_is_too_short_to_find_it_out() {
    let (_, address) = Scripted::start([]).await;
    let road = Road::plain(address).await;
    let service = service_at(road.address);
    service.mint(&key(), &grant(), Deadline::default()).await.unwrap();
    road.die();
    let short = Deadline::after(Duration::from_millis(100));
    assert_eq!(service.mint(&key(), &grant(), short).await.unwrap_err(), TokenError::Timeout);
    service.mint(&key(), &grant(), Deadline::default()).await.unwrap();
}

#[tokio::test]
async fn an_answer_that_is_no_token_is_an_error_and_not_asked_for_again() {
    let answer = support::good_answer(3_600);
    let odd = [
        (
            {
                let mut odd = answer.clone();
                odd.api_key.clear();
                odd
            },
            InvalidResponse::EmptyKey,
        ),
        (
            {
                let mut odd = answer.clone();
                odd.endpoint.clear();
                odd
            },
            InvalidResponse::EmptyEndpoint,
        ),
        (
            {
                let mut odd = answer.clone();
                odd.valid_until = 1;
                odd
            },
            InvalidResponse::Expired,
        ),
        (
            {
                let mut odd = answer.clone();
                odd.valid_until += 90_000;
                odd
            },
            InvalidResponse::ExpiresTooLate,
        ),
    ];
    for (response, nonsense) in odd {
        let (stage, address) = Scripted::start([Answer::Exactly(response)]).await;
        let error = service_at(address).mint(&key(), &grant(), Deadline::default()).await.unwrap_err();
        assert_eq!((error, stage.asked().len()), (TokenError::InvalidResponse(nonsense), 1));
    }
}

#[tokio::test]
async fn an_answer_too_large_to_be_a_token_is_not_read() {
    let mut response = support::good_answer(3_600);
    response.api_key = "k".repeat(1_000_000);
    let (stage, address) = Scripted::start([Answer::Exactly(response)]).await;
    let error = service_at(address).mint(&key(), &grant(), Deadline::default()).await.unwrap_err();
    assert_eq!((error, stage.asked().len()), (TokenError::Unavailable { code: Code::OutOfRange }, 1));
}
