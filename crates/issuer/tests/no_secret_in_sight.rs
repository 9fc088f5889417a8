//! Secrets are planted in keys, tokens and the service's own words, and looked for in all that may be logged.
//!
//! Real: the client against a scripted service; the errors are those it meets.

mod support;

use std::fmt::{Debug, Display};

use momento_client::Deadline;
use support::{Answer, PLANTED_KEY, PLANTED_MESSAGE, PLANTED_TOKEN, Scripted, grant, key, service_at};
use tokio::net::TcpListener;
use tonic::Code;
use tvm_issuer::IssueError;

const PLANTED: [&str; 5] = [PLANTED_KEY, "cGxhbnRlZC1rZXk", PLANTED_TOKEN, PLANTED_MESSAGE, "planted"];

fn assert_clean(shown: &(impl Debug + Display)) {
    for text in [format!("{shown}"), format!("{shown:?}"), format!("{shown:#?}")] {
        for secret in PLANTED {
            assert!(!text.contains(secret), "{text}");
        }
    }
}

#[tokio::test]
async fn no_error_of_the_service_holds_what_the_service_or_the_key_said() {
    let mut answers: Vec<_> = (0..=17).map(|code| Answer::Status(Code::from(code))).collect();
    let mut nonsense = support::good_answer(3_600);
    nonsense.valid_until = 1;
    answers.push(Answer::Exactly(nonsense));
    for answer in answers {
        let (_, address) = Scripted::start([answer.clone(), answer]).await;
        let error = service_at(address).mint(&key(), &grant(), Deadline::default()).await.unwrap_err();
        assert_clean(&error);
        assert_clean(&IssueError::<std::io::Error>::Token(error));
    }
}

#[tokio::test]
async fn no_error_of_the_connection_holds_the_key() {
    let address = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let error = service_at(address).mint(&key(), &grant(), Deadline::default()).await.unwrap_err();
    assert_clean(&error);
}

#[tokio::test]
async fn neither_a_service_nor_a_token_shows_a_secret() {
    let (_, address) = Scripted::start([]).await;
    let service = service_at(address);
    let token = service.mint(&key(), &grant(), Deadline::default()).await.unwrap();
    for text in [format!("{service:?}"), format!("{token:?}"), format!("{token:#?}")] {
        assert!(!text.contains("planted") && !text.contains("eyJ"), "{text}");
    }
}
