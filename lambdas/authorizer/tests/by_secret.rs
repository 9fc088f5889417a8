//! Who is let in by a token of an issuer that signs with a shared secret.
//! Real: the built function, the signatures, HTTP to Secrets Manager, the time. Not real: Secrets Manager itself, and API Gateway,
//! whose events are written here.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the answer wanted"
)]

mod support;

use lambda_emulator::{Function, Issuer, Mac, Secrets, SignedBy, Trouble, token_by_secret};
use serde_json::{Value, json};
use support::tokens::{asked, bearing, claims, config, in_seconds};
use support::{Decided, decided, event, file_of};
use tempfile::TempDir;

/// As long as the longest hash.
const SECRET: &str = "planted-signing-secret-planted-signing-secret-planted-signing-secret";

/// The function as it was built, with the secret of an issuer that publishes no keys.
struct DeployedBySecret {
    /// Only what tokens name: nobody asks it for anything.
    issuer: Issuer,
    secrets: Secrets,
    function: Function,
    _config: TempDir,
}

impl DeployedBySecret {
    async fn start(by: Mac, value: &str) -> Self {
        let secrets = Secrets::start().await.unwrap();
        secrets.put("the-signing-secret", value);
        Self::start_with(by, secrets, &[]).await
    }

    async fn start_with(by: Mac, secrets: Secrets, variables: &[(&str, &str)]) -> Self {
        let issuer = Issuer::start().await.unwrap();
        // What the file names is for the deployment; the function is told by its environment.
        let lines = format!("algorithms = [\"{}\"]\nhmac_secret = \"as-deployed\"", by.as_str());
        let (folder, file) = file_of(&config(&issuer, &lines));
        let url = secrets.url().to_owned();
        let mut environment = vec![
            ("TVM_CONFIG", file.to_str().unwrap()),
            ("AUTHORIZER_SECRET_ID", "the-signing-secret"),
            ("AWS_ENDPOINT_URL", &url),
        ];
        environment.extend(variables);
        let function = Function::start(env!("CARGO_BIN_EXE_tvm-authorizer"), &environment).await.unwrap();
        Self { issuer, secrets, function, _config: folder }
    }

    /// A token of ada's by this secret and hash, whatever counts here.
    fn token(&self, secret: &str, by: Mac, others: &Value) -> String {
        token_by_secret(secret.as_bytes(), by, &json!({ "alg": by.as_str() }), &claims(&self.issuer, others))
    }

    async fn present(&mut self, token: &str) -> Decided {
        decided(&mut self.function, &bearing(token)).await
    }
}

#[tokio::test]
async fn the_signing_secret_is_asked_for_in_the_region_that_its_arn_names() {
    // The function runs in us-east-1, as `lambda-emulator` tells it.
    let arn = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:signing-AbCdEf";
    let secrets = Secrets::start().await.unwrap();
    secrets.put(arn, SECRET);
    let mut deployed = DeployedBySecret::start_with(Mac::HS256, secrets, &[("AUTHORIZER_SECRET_ID", arn)]).await;
    let token = deployed.token(SECRET, Mac::HS256, &json!({}));
    assert_eq!(deployed.present(&token).await.effect(), "Allow");
    assert_eq!(deployed.secrets.reads("AWSCURRENT"), 1);
}

#[tokio::test]
async fn a_token_by_the_secret_lets_its_caller_in_and_the_issuer_is_asked_for_nothing() {
    let in_json = json!({ "secret": SECRET }).to_string();
    for (by, value) in [(Mac::HS256, SECRET), (Mac::HS384, &in_json), (Mac::HS512, &format!("{SECRET}\n"))] {
        let mut deployed = DeployedBySecret::start(by, value).await;
        let token = deployed.token(SECRET, by, &json!({ "groups": ["A", "B"], "tenant": "acme", "jti": "planted" }));
        for _ in 0..3 {
            let Decided::Policy(policy) = deployed.present(&token).await else { panic!("no policy for {by:?}") };
            assert_eq!(policy["policyDocument"]["Statement"][0]["Effect"], "Allow", "{by:?}");
            let expected =
                json!({ "username": "ada", "groups": "A,B", "sub": "ada", "claims": r#"{"tenant":"acme"}"# });
            assert_eq!(policy["context"], expected, "{by:?}");
        }
        assert_eq!(deployed.secrets.reads("AWSCURRENT"), 1, "the secret is kept");
        let asked = asked(&deployed.issuer);
        assert_eq!(asked, (0, 0), "{by:?}");
    }
}

#[tokio::test]
async fn a_token_that_does_not_count_is_unauthorized_and_has_nothing_read_again() {
    let mut deployed = DeployedBySecret::start(Mac::HS512, SECRET).await;
    let good = deployed.token(SECRET, Mac::HS512, &json!({}));
    let (message, mac) = good.rsplit_once('.').unwrap();
    let by = |header: Value, secret: &str, by: Mac| {
        token_by_secret(secret.as_bytes(), by, &header, &claims(&deployed.issuer, &json!({})))
    };
    let by_key = |by: SignedBy, header: &Value| {
        deployed.issuer.token_saying(by, header, &claims(&deployed.issuer, &json!({}))).unwrap()
    };
    let says_none = by(json!({ "alg": "none" }), SECRET, Mac::HS512);
    let rows = [
        ("a wrong secret", deployed.token(&SECRET.replace('p', "q"), Mac::HS512, &json!({}))),
        ("no secret", deployed.token("", Mac::HS512, &json!({}))),
        ("a shorter hash, by its name", deployed.token(SECRET, Mac::HS256, &json!({}))),
        ("a shorter hash, in the other's name", by(json!({ "alg": "HS512" }), SECRET, Mac::HS256)),
        ("the configured hash, in another's name", by(json!({ "alg": "HS384" }), SECRET, Mac::HS512)),
        ("a key pair", by_key(SignedBy::ES256, &deployed.issuer.header(SignedBy::ES256))),
        ("another key pair", by_key(SignedBy::EdDSA, &deployed.issuer.header(SignedBy::EdDSA))),
        ("a key pair, in the name of the secret", by_key(SignedBy::ES256, &json!({ "alg": "HS512" }))),
        ("alg none, signed", says_none.clone()),
        ("alg none", format!("{}.", says_none.rsplit_once('.').unwrap().0)),
        ("no signature", format!("{message}.")),
        ("no signature and no dot", message.to_owned()),
        ("a MAC cut to half", format!("{message}.{}", &mac[..mac.len() / 2 - 1])),
        ("a MAC without its last three bytes", format!("{message}.{}", &mac[..mac.len() - 4])),
        ("a key in the header", by(json!({ "alg": "HS512", "jwk": { "kty": "oct", "k": "AAAA" } }), "", Mac::HS512)),
        ("ended", deployed.token(SECRET, Mac::HS512, &json!({ "exp": in_seconds(-3_600) }))),
        ("for another", deployed.token(SECRET, Mac::HS512, &json!({ "aud": "planted" }))),
        ("by another", deployed.token(SECRET, Mac::HS512, &json!({ "iss": "planted" }))),
    ];
    for (name, token) in rows {
        assert_eq!(deployed.present(&token).await.effect(), "Unauthorized", "{name}");
    }
    assert_eq!(deployed.present(&good).await.effect(), "Allow");
    assert_eq!((deployed.secrets.reads("AWSCURRENT"), deployed.secrets.reads("AWSPREVIOUS")), (1, 0));
    assert_eq!(deployed.issuer.asked(Issuer::KEYS), 0);
}

#[tokio::test]
async fn without_a_secret_to_verify_by_nobody_is_let_in_until_there_is_one() {
    for (value, said) in [
        ("planted-too-short", "shorter than the 32 bytes that HS256 needs"),
        ("-----BEGIN PUBLIC KEY-----\nplantedplantedplanted\n-----END PUBLIC KEY-----", "a key of a pair"),
        ("{\"planted\": \"planted\"}", "begins like JSON"),
        ("", "it has no value yet"),
    ] {
        let mut deployed = DeployedBySecret::start(Mac::HS256, value).await;
        // By what is there, and by the secret to come.
        for secret in [value, SECRET] {
            let token = deployed.token(secret, Mac::HS256, &json!({}));
            assert_eq!(deployed.present(&token).await.effect(), "SecretUnavailable", "{value}");
        }
        assert_eq!(decided(&mut deployed.function, &event(&json!({}))).await.effect(), "Unauthorized", "{value}");
        deployed.secrets.put("the-signing-secret", SECRET);
        let token = deployed.token(SECRET, Mac::HS256, &json!({}));
        assert_eq!(deployed.present(&token).await.effect(), "Allow", "{value}");
        let log = deployed.function.stop().await;
        assert!(log.contains(said) && !log.contains("planted"), "{said} not in {log}");
    }
}

#[tokio::test]
async fn a_secrets_manager_that_is_away_when_it_starts_is_asked_again_by_the_request() {
    let secrets = Secrets::start().await.unwrap();
    secrets.put("the-signing-secret", SECRET);
    secrets.trouble(Trouble::AccessDenied);
    let mut deployed = DeployedBySecret::start_with(Mac::HS256, secrets, &[]).await;
    let token = deployed.token(SECRET, Mac::HS256, &json!({}));
    assert_eq!(deployed.present(&token).await.effect(), "SecretUnavailable");
    deployed.secrets.recover();
    assert_eq!(deployed.present(&token).await.effect(), "Allow");
}

#[tokio::test]
async fn nothing_of_the_secret_or_of_a_token_is_printed() {
    let secrets = Secrets::start().await.unwrap();
    secrets.put("the-signing-secret", &json!({ "secret": SECRET }).to_string());
    let loud = [("AWS_LAMBDA_LOG_LEVEL", "TRACE"), ("RUST_LOG", "trace")];
    let mut deployed = DeployedBySecret::start_with(Mac::HS256, secrets, &loud).await;
    let tokens = [
        deployed.token(SECRET, Mac::HS256, &json!({ "sub": "planted-sub" })),
        deployed.token("planted-wrong", Mac::HS256, &json!({ "sub": "planted-sub" })),
        deployed.token(SECRET, Mac::HS384, &json!({ "sub": "planted-sub" })),
    ];
    for token in &tokens {
        deployed.present(token).await;
    }
    let log = deployed.function.stop().await;
    for said in ["the caller is allowed", "signature is not the issuer's", "algorithm that is not configured"] {
        assert!(log.contains(said), "{said} not in {log}");
    }
    let signatures = tokens.iter().map(|token| token.rsplit_once('.').unwrap().1);
    for trace in signatures.chain(["planted", "cGxhbnRlZ", "BsYW50ZW", "wbGFudGVk", "eyJ"]) {
        assert!(!log.contains(trace), "{trace} in {log}");
    }
}
