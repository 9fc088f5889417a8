//! Who is let in, and what API Gateway is told.
//! Real: the built function. Not real: Secrets Manager, and API Gateway, whose events are written here.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the answer wanted"
)]

mod support;

use serde_json::{Value, json};
use support::{Decided, Deployed, event};

#[tokio::test]
async fn the_right_password_is_let_in_with_its_groups_on_every_route_of_the_stage() {
    let mut deployed = Deployed::start("headers", &[]).await;
    let decided = deployed.decide(&event(&json!({ "Username": "ada", "PASSWORD": "planted-ada" }))).await;
    assert_eq!(
        decided,
        Decided::Policy(json!({
            "principalId": "ada",
            "policyDocument": {
                "Version": "2012-10-17",
                "Statement": [{
                    "Action": ["execute-api:Invoke"],
                    "Effect": "Allow",
                    "Resource": ["arn:aws:execute-api:us-east-1:123456789012:abc/prod/*"],
                }],
            },
            "context": { "username": "ada", "groups": "A,B" },
        }))
    );
}

/// The value of the secret as a deployment makes it, with a password (`cdk/test/snapshots/generated-credentials.json`).
#[tokio::test]
async fn the_user_of_a_new_secret_is_in_every_configured_group_and_in_no_other() {
    let made = json!({ "username": "momento", "groups": "*", "password": "planted-made" });
    let asked = event(&json!({ "username": "momento", "password": "planted-made" }));
    for (more, groups) in [
        ("", "ReadOnlyUserGroup,ReadWriteUserGroup"),
        (
            "\n[[groups.Added.permissions]]\ncache = \"default-cache\"\nrole = \"ReadOnly\"\n",
            "ReadOnlyUserGroup,ReadWriteUserGroup,Added",
        ),
    ] {
        let mut deployed = Deployed::start_of(&made, &format!("{}\n{more}", support::SHIPPED), &[]).await;
        let decided = deployed.decide(&asked).await;
        let Decided::Policy(policy) = &decided else { panic!("{decided:?}") };
        assert_eq!(policy["context"], json!({ "username": "momento", "groups": groups }));
    }
}

#[tokio::test]
async fn a_user_in_every_group_is_in_none_where_none_is_configured() {
    let made = json!({ "username": "momento", "groups": "*", "password": "planted-made" });
    let config = "auth = \"LambdaAuthorizer\"\n[token]\nid = \"{username}\"\n[[permissions]]\ncache = \"c\"\nrole = \"ReadOnly\"\n";
    let mut deployed = Deployed::start_of(&made, config, &[]).await;
    let decided = deployed.decide(&event(&json!({ "username": "momento", "password": "planted-made" }))).await;
    let Decided::Policy(policy) = &decided else { panic!("{decided:?}") };
    assert_eq!(policy["context"], json!({ "username": "momento", "groups": "" }));
}

/// That of "planted-hashed", by argon2-cffi 25.1.0.
const HASH: &str = "$argon2id$v=19$m=7168,t=5,p=1$MDEyMzQ1Njc4OWFiY2RlZg$gsX4AFrg4DOSwzlCrdlFxPgZ411Md5OoathXi62ID8k";
/// That of "planted-key", by sha256sum.
const KEY: &str = "7eed545bde4b42fea364f19d59123e65db9751a5782f9a2c0d749fde4f39248d";

/// One of each kind, one who is disabled, and one whose `disabled` is misspelt.
fn one_of_each() -> Value {
    json!({ "users": [
        { "username": "ada", "password_hash": HASH, "groups": ["A"] },
        { "username": "ci", "key_sha256": KEY, "groups": ["C"] },
        { "username": "momento", "password": "planted-plain" },
        { "username": "eve", "password_hash": HASH, "disabled": true },
        { "username": "dan", "password_hash": HASH, "disable": true },
    ] })
}

#[tokio::test]
async fn a_hash_a_key_and_a_password_each_let_their_user_in_and_who_is_disabled_is_told_what_a_stranger_is() {
    let mut deployed = Deployed::start_with(&one_of_each(), "headers", &[("AWS_LAMBDA_LOG_LEVEL", "TRACE")]).await;
    for (username, password, groups) in
        [("ada", "planted-hashed", "A"), ("ci", "planted-key", "C"), ("momento", "planted-plain", "")]
    {
        let decided = deployed.decide(&event(&json!({ "username": username, "password": password }))).await;
        let Decided::Policy(policy) = &decided else { panic!("{username}: {decided:?}") };
        assert_eq!(policy["context"], json!({ "username": username, "groups": groups }));
    }
    let stranger = deployed.decide(&event(&json!({ "username": "nobody", "password": "planted-hashed" }))).await;
    assert_eq!(stranger.effect(), "Deny");
    for (username, password) in [
        ("eve", "planted-hashed"),
        ("dan", "planted-hashed"),
        ("ada", "planted-wrong"),
        ("ada", "planted-key"),
        ("ci", KEY),
        ("ci", "planted-hashed"),
        ("momento", "planted-hashed"),
    ] {
        let decided = deployed.decide(&event(&json!({ "username": username, "password": password }))).await;
        assert_eq!(decided, stranger, "{username}:{password}");
    }
    let reads = deployed.secrets.reads("AWSCURRENT");
    let log = deployed.function.stop().await;
    let told = log.matches("have a field that is not known here and are not let in").count();
    assert_eq!(u64::try_from(told).unwrap(), reads, "once a read: {log}");
    for secret in ["planted", &KEY[..8], "MDEy", "gsX4AF", "argon2id$"] {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}

#[tokio::test]
async fn wrong_credentials_are_denied_and_told_nothing() {
    let mut deployed = Deployed::start("headers", &[]).await;
    let mut told = Vec::new();
    for (username, password) in
        [("ada", "planted-bob"), ("eve", "planted-ada"), ("ada", "planted-ada "), ("ADA", "planted-ada")]
    {
        let decided = deployed.decide(&event(&json!({ "username": username, "password": password }))).await;
        assert_eq!(decided.effect(), "Deny", "{username}:{password}");
        told.push(decided);
    }
    assert!(told.windows(2).all(|pair| pair[0] == pair[1]), "an unknown user and a wrong password differ: {told:?}");
    let Decided::Policy(policy) = &told[0] else { panic!("no policy") };
    assert_eq!(policy.get("context"), None);
}

#[tokio::test]
async fn missing_credentials_are_unauthorized() {
    let mut headers = Deployed::start("headers", &[]).await;
    let mut basic = Deployed::start("basic", &[]).await;
    for sent in
        [json!(null), json!({}), json!({ "username": "ada" }), json!({ "username": "", "password": "planted-ada" })]
    {
        assert_eq!(headers.decide(&event(&sent)).await.effect(), "Unauthorized", "{sent}");
        assert_eq!(basic.decide(&event(&sent)).await.effect(), "Unauthorized", "{sent}");
    }
    // Where the configuration says the one place, the other does not count. "YWRhOnBsYW50ZWQtYWRh" is ada:planted-ada.
    let in_basic = json!({ "authorization": "Basic YWRhOnBsYW50ZWQtYWRh" });
    let in_headers = json!({ "username": "ada", "password": "planted-ada" });
    assert_eq!(headers.decide(&event(&in_basic)).await.effect(), "Unauthorized");
    assert_eq!(basic.decide(&event(&in_headers)).await.effect(), "Unauthorized");
    assert_eq!(basic.decide(&event(&in_basic)).await.effect(), "Allow");
}

#[tokio::test]
async fn without_its_secret_nobody_is_let_in_and_api_gateway_learns_no_reason() {
    let mut deployed = Deployed::start("headers", &[("AUTHORIZER_SECRET_ID", "another")]).await;
    let ask = event(&json!({ "username": "ada", "password": "planted-ada" }));
    assert_eq!(deployed.decide(&ask).await.effect(), "SecretUnavailable");
    for malformed in ["planted-no-json", r#"{"username":"ada","password":"planted-ada","key_sha256":"planted-ada"}"#] {
        deployed.secrets.put("another", malformed);
        assert_eq!(deployed.decide(&ask).await.effect(), "SecretUnavailable", "{malformed}");
    }
    // A fixed secret is taken up by the next request.
    deployed.secrets.put("another", r#"{"username":"ada","password":"planted-ada"}"#);
    assert_eq!(deployed.decide(&ask).await.effect(), "Allow");
    let log = deployed.function.stop().await;
    for reason in ["secret another", "lists no users", "user 1 of the authorizer's secret: give exactly one of"] {
        assert!(log.contains(reason), "{reason} not in {log}");
    }
    assert!(!log.contains("planted"), "{log}");
}

/// Who looks for an attack reads this.
#[tokio::test]
async fn the_log_says_who_was_let_in_and_who_was_denied_and_why() {
    let mut deployed = Deployed::start("headers", &[]).await;
    for password in ["planted-ada", "planted-wrong"] {
        deployed.decide(&event(&json!({ "username": "ada", "password": password }))).await;
    }
    let log = deployed.function.stop().await;
    let lines: Vec<Value> = log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let of = |message: &str| lines.iter().filter(|line| line["message"] == message).collect::<Vec<_>>();
    assert_eq!(of("the caller is allowed").len(), 1, "{log}");
    let [denied] = of("the caller is denied")[..] else { panic!("not one line: {log}") };
    assert_eq!((&denied["level"], &denied["reason"]), (&json!("WARN"), &json!("the credentials are wrong")));
}

#[tokio::test]
async fn no_password_is_printed_or_answered() {
    let mut deployed = Deployed::start("headers", &[("AWS_LAMBDA_LOG_LEVEL", "TRACE"), ("RUST_LOG", "trace")]).await;
    let mut answers = Vec::new();
    for sent in [
        json!({ "username": "ada", "password": "planted-ada", "authorization": "Bearer planted-jwt" }),
        json!({ "username": "ada", "password": "planted-wrong" }),
        json!({ "username": "planted-stranger", "password": "planted-ada" }),
        json!({ "username": "ada", "cookie": "planted-cookie" }),
    ] {
        answers.push(format!("{:?}", deployed.decide(&event(&sent)).await));
    }
    let log = deployed.function.stop().await;
    assert!(log.lines().count() >= 4, "nothing was logged, so nothing is shown: {log}");
    for line in log.lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        assert!(line["requestId"].is_string(), "{line}");
    }
    assert!(!log.contains("planted"), "{log}");
    assert!(!answers.concat().contains("planted"), "{answers:?}");
}

/// As with `tvm user add` and `tvm user passwd`: nobody waits until the function reads the secret by itself, five minutes later.
#[tokio::test]
async fn a_user_who_was_just_added_or_has_a_new_password_is_let_in_at_once_and_strangers_cause_few_reads() {
    let list = |ada: &str| json!({ "users": [{ "username": "ada", "password": ada }] }).to_string();
    let by = |password: &str| event(&json!({ "username": "ada", "password": password }));
    let mut deployed = Deployed::start_with(&json!({ "users": [] }), "headers", &[]).await;
    deployed.function.idle().await.unwrap();
    deployed.secrets.put("the-users", &list("planted-first"));
    assert_eq!(deployed.decide(&by("planted-first")).await.effect(), "Allow");
    let reads = deployed.secrets.reads("AWSCURRENT");
    assert_eq!(reads, 2, "one as it started, one for the user who was not there");
    // Within the half minute no refusal causes another read, whoever comes.
    deployed.secrets.put("the-users", &list("planted-second"));
    for password in ["planted-second", "planted-wrong", "planted-guess"] {
        assert_eq!(deployed.decide(&by(password)).await.effect(), "Deny");
    }
    assert_eq!(deployed.secrets.reads("AWSCURRENT"), reads);
}
