//! `tvm key set`: which key is in the secret afterwards, and that no key replaces one before Momento took it.
//! Real: the built program, the AWS SDK, the vendor's call, and the functions' own reading of the secret. Not real: Secrets
//! Manager, a stand-in that moves labels by AWS's rules; Momento, which is the local one.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the answer wanted"
)]

mod support;

use lambda_emulator::Secrets;
use momento_client::ApiKey;
use momento_emulator::{Fault, Running, Stage};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::{Value, json};
use support::aws::{Aws, good, stack};
use support::{Done, command, run};
use tonic::Code;

const SECRET: &str = "the-key";

/// A local Momento, and a secret with a key of it.
struct Deployed {
    momento: Running,
    secrets: Secrets,
}

impl Deployed {
    async fn with(value: &str) -> Self {
        let (momento, secrets) = (Stage::builder().start().await.unwrap(), Secrets::start().await.unwrap());
        secrets.put(SECRET, value);
        Self { momento, secrets }
    }

    async fn set(&self, more: &[&str], input: &str) -> Done {
        self.set_at(&self.momento.url(), more, input).await
    }

    /// With Momento there.
    async fn set_at(&self, momento: &str, more: &[&str], input: &str) -> Done {
        let arguments = [&["key", "set", "--secret", SECRET], more].concat();
        let mut command = command(self.secrets.url(), &arguments);
        command.env("MOMENTO_TOKEN_ENDPOINT", momento);
        let done = run(command, input).await;
        let inner = ApiKey::parse(input, Some("x")).map(|key| key.secret().expose_secret().to_owned());
        let printed = done.printed();
        assert!(!printed.contains("planted") && !inner.is_ok_and(|inner| printed.contains(&inner)), "{printed}");
        done
    }

    fn value(&self, label: &str) -> Option<String> {
        self.secrets.value(SECRET, label)
    }

    fn v1(&self) -> &str {
        self.momento.api_key_v1().expose_secret()
    }

    fn v2(&self) -> &str {
        self.momento.api_key_v2().expose_secret()
    }
}

#[tokio::test]
async fn a_good_key_replaces_the_old_one_which_stays_as_the_one_before() {
    let deployed = Deployed::with("planted-old").await;
    let done = deployed.set(&[], &format!("{}\n", deployed.v1())).await.well();
    assert_eq!(deployed.value("AWSCURRENT").as_deref(), Some(deployed.v1()));
    assert_eq!(deployed.value("AWSPREVIOUS").as_deref(), Some("planted-old"));
    assert_eq!(deployed.secrets.stages(SECRET), ["AWSCURRENT", "AWSPREVIOUS"], "no label of ours stays");
    assert_eq!(done.out, "");
    assert!(done.notes.contains("v1 key") && done.notes.contains("within 330 s"), "{}", done.notes);
    assert_eq!(deployed.momento.stats().ended("GenerateDisposableToken", Code::Ok), 1);
}

#[tokio::test]
async fn a_secret_without_a_value_gets_its_first() {
    let deployed = Deployed::with("x").await;
    deployed.secrets.empty(SECRET);
    deployed.set(&[], deployed.v1()).await.well();
    assert_eq!(deployed.value("AWSCURRENT").as_deref(), Some(deployed.v1()));
}

#[tokio::test]
async fn a_key_that_momento_refuses_replaces_nothing() {
    let old = "planted-old";
    let deployed = Deployed::with(old).await;
    let revoked = deployed.v1().to_owned();
    deployed.momento.keys().revoke(&revoked).unwrap();
    let error = deployed.set(&[], &revoked).await.error();
    assert!(error.contains("nothing was changed: Momento refused the new key") && error.contains("console"), "{error}");
    assert_eq!(deployed.value("AWSCURRENT").as_deref(), Some(old));
    assert_eq!(deployed.secrets.stages(SECRET), ["AWSCURRENT"]);
}

#[tokio::test]
async fn a_key_that_cannot_be_tried_replaces_nothing() {
    let deployed = Deployed::with("planted-old").await;
    let key = deployed.v1().to_owned();
    let error = deployed.set_at("http://127.0.0.1:9", &[], &key).await.error();
    assert!(error.contains("could not be tried, since Momento cannot be reached from here, at 127.0.0.1"), "{error}");
    deployed.momento.faults().set(Fault::status("GenerateDisposableToken", Code::ResourceExhausted));
    let error = deployed.set(&[], &key).await.error();
    assert!(error.contains("could not be tried: Momento's limit"), "{error}");
    assert_eq!(deployed.secrets.stages(SECRET), ["AWSCURRENT"]);
}

#[tokio::test]
async fn what_is_no_key_is_never_sent_to_momento() {
    let deployed = Deployed::with("planted-old").await;
    let v2 = deployed.v2().to_owned();
    for (more, input, expected) in [
        (&[] as &[&str], "planted, no key", "neither a v1 key"),
        (&[], "", "standard input holds no API key"),
        (&[], &v2, "; here: --endpoint HOST"),
        (&["--endpoint", "http://cell-1"], &v2, "it has a scheme"),
        (&["--endpoint", "us-west-2"], &v2, "it is the name of a region"),
        (&["--config", "nowhere.toml"], &v2, "nowhere.toml cannot be read"),
    ] {
        let error = deployed.set(more, input).await.error();
        assert!(error.contains(expected), "{error}");
    }
    assert_eq!(deployed.momento.stats().ended("GenerateDisposableToken", Code::Ok), 0);
    assert_eq!(deployed.secrets.stages(SECRET), ["AWSCURRENT"]);
}

#[tokio::test]
async fn a_v2_key_is_stored_with_the_endpoint_that_it_is_given() {
    let deployed = Deployed::with("planted-old").await;
    deployed.set(&["--endpoint", "cell-1.example.com"], deployed.v2()).await.well();
    let value = deployed.value("AWSCURRENT").unwrap();
    assert_eq!(
        serde_json::from_str::<Value>(&value).unwrap(),
        json!({ "apiKey": deployed.v2(), "endpoint": "cell-1.example.com" })
    );
    assert_eq!(ApiKey::parse(&value, None).unwrap().endpoint(), "cell-1.example.com");
    // From then on the secret has one.
    deployed.set(&[], deployed.v2()).await.well();
}

#[tokio::test]
async fn what_else_the_secret_holds_stays_but_for_what_was_of_the_old_key() {
    let old = json!({ "apiKey": "planted", "note": "of the operators", "refreshToken": "planted", "validUntil": 5 });
    let deployed = Deployed::with(&old.to_string()).await;
    deployed.set(&[], deployed.v1()).await.well();
    let value: Value = serde_json::from_str(&deployed.value("AWSCURRENT").unwrap()).unwrap();
    assert_eq!(value, json!({ "apiKey": deployed.v1(), "note": "of the operators" }));
}

#[tokio::test]
async fn key_value_pairs_stay_those_and_it_is_said_which_member_has_the_key() {
    let deployed = Deployed::with("x").await;
    let (v1, v2) = (deployed.v1().to_owned(), deployed.v2().to_owned());
    deployed.secrets.put(SECRET, &json!({ "MOMENTO_API_KEY": v2, "STRIPE": "planted" }).to_string());
    let done = deployed.set(&[], &format!("export MOMENTO_API_KEY=\"{v1}\"\r\n")).await.well();
    assert!(done.notes.contains("in the member `MOMENTO_API_KEY` of its JSON"), "{}", done.notes);
    let value: Value = serde_json::from_str(&deployed.value("AWSCURRENT").unwrap()).unwrap();
    assert_eq!(value, json!({ "MOMENTO_API_KEY": v1, "STRIPE": "planted" }));
    // Which of two it is, is not for the command to say.
    let two = json!({ "BLUE": v1, "GREEN": v2 }).to_string();
    deployed.secrets.put(SECRET, &two);
    let error = deployed.set(&[], &v1).await.error();
    assert!(error.contains("in `BLUE` and `GREEN`") && error.contains("secret_field"), "{error}");
    assert_eq!(deployed.value("AWSCURRENT").as_deref(), Some(&*two));
}

/// What PowerShell writes with `>`, what a `.env` file and Momento's own names hold, and the endpoint beside a v2 key.
#[tokio::test]
async fn a_key_is_stored_with_nothing_around_it() {
    let deployed = Deployed::with("planted-old").await;
    let (v1, v2) = (deployed.v1().to_owned(), deployed.v2().to_owned());
    for input in [format!("\u{feff}{v1}\r\n"), format!("'{v1}'"), format!("# mine\nMOMENTO_API_KEY={v1}\nX=1\n")] {
        deployed.set(&[], &input).await.well();
        assert_eq!(deployed.value("AWSCURRENT").as_deref(), Some(&*v1), "{input:?}");
    }
    deployed.set(&[], &format!("MOMENTO_API_KEY={v2}\nMOMENTO_ENDPOINT=https://cell-1.example.com/\n")).await.well();
    let value: Value = serde_json::from_str(&deployed.value("AWSCURRENT").unwrap()).unwrap();
    assert_eq!(value, json!({ "apiKey": v2, "endpoint": "cell-1.example.com" }));
    let error = deployed.set(&[], &format!("BLUE={v1}\nGREEN={v2}\n")).await.error();
    assert!(
        error.contains("nothing was changed: what was given holds several Momento keys, in `BLUE` and `GREEN`"),
        "{error}"
    );
}

#[tokio::test]
async fn no_change_of_somebody_else_is_lost_and_no_untried_endpoint_is_written() {
    let deployed = Deployed::with(r#"{"apiKey":"planted","endpoint":"cell-1"}"#).await;
    deployed.secrets.put_after_read(SECRET, r#"{"apiKey":"planted-2","endpoint":"cell-2"}"#);
    let error = deployed.set(&[], deployed.v2()).await.error();
    assert!(error.contains("another endpoint; run this again"), "{error}");
    assert_eq!(deployed.value("AWSCURRENT").as_deref(), Some(r#"{"apiKey":"planted-2","endpoint":"cell-2"}"#));
    deployed.secrets.put_after_read(SECRET, r#"{"apiKey":"planted-3","endpoint":"cell-2","note":"new"}"#);
    deployed.set(&[], deployed.v2()).await.well();
    let value: Value = serde_json::from_str(&deployed.value("AWSCURRENT").unwrap()).unwrap();
    assert_eq!(value, json!({ "apiKey": deployed.v2(), "endpoint": "cell-2", "note": "new" }));
}

#[tokio::test]
async fn the_outputs_of_the_stack_say_which_secret() {
    let momento = Stage::builder().start().await.unwrap();
    // Of another region than the stack, which is in us-west-2.
    let arn = "arn:aws:secretsmanager:eu-central-1:000000000000:secret:key-AbCdEf";
    let aws = Aws::answering(move |call| match call.action.as_str() {
        "DescribeStacks" => stack(&[("AuthMode", "Open"), ("ApiKeySecretArn", arn)]),
        "GetSecretValue" => good(&json!({ "VersionId": "v", "SecretString": "x" })),
        _ => good(&json!({ "VersionId": "w" })),
    })
    .await;
    let mut command = command(&aws.url, &["key", "set", "--stack", "Chat"]);
    command.env("MOMENTO_TOKEN_ENDPOINT", momento.url());
    let key: &SecretString = momento.api_key_v1();
    let done = run(command, key.expose_secret()).await.well();
    assert!(done.notes.contains(&format!("the secret {arn} in eu-central-1")), "{done:?}");
    let calls = aws.calls();
    assert!(calls[0].body.as_str().unwrap().contains("StackName=Chat"));
    assert!(calls[0].authorization.contains("/us-west-2/cloudformation/"), "{calls:?}");
    assert!(calls[1..].iter().all(|call| call.authorization.contains("/eu-central-1/secretsmanager/")), "{calls:?}");
    assert!(calls[1..].iter().all(|call| call.body["SecretId"] == arn), "{calls:?}");
    let aws = Aws::answering(|_| stack(&[("Endpoint", "https://x.example")])).await;
    let error = run(support::command(&aws.url, &["key", "set"]), "x").await.error();
    assert!(error.contains("is not a token vending machine"), "{error}");
}
