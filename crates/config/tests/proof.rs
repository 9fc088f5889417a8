//! What the table `[authorizer]` says of who is believed, and the claims that a grant needs.
//! Real: the parser, the validation and the accessors. There is nothing else.

#![allow(clippy::unwrap_used, clippy::panic, reason = "what cannot be read fails the test")]

use std::time::Duration;

use tvm_config::{Config, CredentialsIn, Issuer, Proof, SigningAlgorithm, VerifiedBy};

const BASE: &str = "[[permissions]]\ncache = \"c\"\nrole = \"ReadOnly\"\n";

fn config(authorizer: &str) -> Config {
    let text = format!("auth = \"LambdaAuthorizer\"\n[authorizer]\n{authorizer}\n{BASE}");
    Config::parse("tvm.toml", &text).unwrap_or_else(|errors| panic!("{errors}"))
}

fn issuer(config: &Config) -> Issuer<'_> {
    match config.proof() {
        Proof::Jwt(issuer) => issuer,
        Proof::Credentials(place) => panic!("credentials in {place:?}"),
    }
}

#[test]
fn without_a_kind_credentials_count() {
    assert_eq!(config("").proof(), Proof::Credentials(CredentialsIn::Headers));
    assert_eq!(config("credentials = \"basic\"").proof(), Proof::Credentials(CredentialsIn::Basic));
}

#[test]
fn an_issuer_needs_two_lines_and_has_safe_defaults() {
    let config = config("kind = \"jwt\"\nissuer = \"https://i.example/\"\naudience = [\"tvm\"]");
    let issuer = issuer(&config);
    assert_eq!((issuer.issuer(), issuer.audience()), ("https://i.example/", &["tvm".to_owned()][..]));
    assert_eq!((issuer.audience_claim(), issuer.id_claim(), issuer.groups_claim()), ("aud", "sub", "groups"));
    assert_eq!(
        (issuer.verified_by(), issuer.jwks_ttl()),
        (VerifiedBy::PublishedKeys(None), Duration::from_secs(3_600))
    );
    assert_eq!(issuer.algorithms(), [SigningAlgorithm::RS256, SigningAlgorithm::ES256]);
    assert_eq!(issuer.leeway(), Duration::from_secs(60));
    assert_eq!(issuer.required_claims().count(), 0);
}

#[test]
fn each_key_says_what_it_says() {
    let config = config(
        "kind = \"jwt\"\nissuer = \"https://i.example\"\naudience = [\"a\", \"b\"]\naudience_claim = \"client_id\"\n\
         jwks_url = \"https://keys.example/jwks.json\"\njwks_ttl = \"10m\"\njwks_max_stale = \"0s\"\nalgorithms = [\"EdDSA\"]\nid_claim = \"email\"\n\
         groups_claim = \"/realm_access/roles\"\nleeway = \"5s\"\nrequired_claims = { token_use = \"access\" }",
    );
    let issuer = issuer(&config);
    assert_eq!((issuer.audience_claim(), issuer.id_claim()), ("client_id", "email"));
    assert_eq!(issuer.groups_claim(), "/realm_access/roles");
    assert_eq!(issuer.verified_by(), VerifiedBy::PublishedKeys(Some("https://keys.example/jwks.json")));
    assert_eq!((issuer.jwks_ttl().as_secs(), issuer.jwks_max_stale().as_secs()), (600, 0));
    assert_eq!(issuer.algorithms(), [SigningAlgorithm::EdDSA]);
    assert_eq!(issuer.leeway().as_secs(), 5);
    assert_eq!(issuer.required_claims().collect::<Vec<_>>(), [("token_use", "access")]);
}

#[test]
fn a_shared_secret_counts_instead_of_published_keys_and_for_one_algorithm() {
    for (name, algorithm) in
        [("HS256", SigningAlgorithm::HS256), ("HS384", SigningAlgorithm::HS384), ("HS512", SigningAlgorithm::HS512)]
    {
        let config = config(&format!(
            "kind = \"jwt\"\nissuer = \"https://i.example\"\naudience = [\"a\"]\nalgorithms = [\"{name}\"]\n\
             hmac_secret = \"team/signing\""
        ));
        let issuer = issuer(&config);
        assert_eq!(issuer.verified_by(), VerifiedBy::SharedSecret("team/signing", algorithm));
        assert_eq!((issuer.algorithms(), algorithm.as_str()), (&[algorithm][..], name));
    }
}

#[test]
fn plain_http_is_for_this_computer_alone() {
    let accepted = |address: &str| {
        let text = format!(
            "auth = \"LambdaAuthorizer\"\n[authorizer]\nkind = \"jwt\"\nissuer = \"{address}\"\naudience = [\"a\"]\n{BASE}"
        );
        Config::parse("tvm.toml", &text).is_ok()
    };
    for address in [
        "https://i.example",
        "https://i.example:8443/realms/x",
        "http://127.0.0.1:9",
        "http://localhost/x",
        "http://[::1]:9",
    ] {
        assert!(accepted(address), "{address}");
    }
    for address in [
        "http://i.example",
        "http://localhost.evil.example",
        "http://127.0.0.1.evil.example",
        "http://localhost@evil.example",
        "https://user@i.example",
        "https://",
        "ftp://i.example",
        "i.example",
        "https://i.example/a b",
        "",
    ] {
        assert!(!accepted(address), "{address}");
    }
}

#[test]
fn the_claims_that_templates_name_are_each_named_once() {
    let text = "auth = \"AmazonCognito\"\n[token]\nid = \"{claims.email}:{sub}\"\n\
                [groups.G]\npermissions = [{ cache = \"{claims.tenant}\", topic = \"{claims.email}\", role = \"PublishOnly\" }]\n";
    let config = Config::parse("tvm.toml", text).unwrap();
    assert_eq!(config.claims_in_templates().into_iter().collect::<Vec<_>>(), ["email", "tenant"]);
}
