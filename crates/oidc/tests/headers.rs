//! What a header tries: each row is a token that the trusted issuer signed, so that the header alone is at fault.
//!
//! Real: the whole crate and the signatures.
#![allow(clippy::unwrap_used, reason = "in a test a panic is the answer wanted")]

mod support;

use serde_json::{Value, json};
use support::{OURS, base64url, header, payload, signed, token, verify, with};
use tvm_oidc::{Algorithm, Part, Refused};

fn refusal(header: &impl ToString) -> Option<Refused> {
    verify(&signed(header, &payload())).err()
}

#[test]
fn a_header_is_taken_as_issuers_write_it() {
    for algorithm in support::public_algorithms() {
        assert_eq!(verify(&OURS.token(algorithm)).unwrap().text("sub"), Some("ada"), "{algorithm}");
    }
    for others in [
        json!({"typ": null}),
        json!({"typ": "jwt"}),
        json!({"typ": "at+jwt"}),
        json!({"typ": "AT+JWT"}),
        json!({"typ": "application/at+jwt"}),
        json!({"typ": "application/JWT"}),
        // Microsoft Entra ID.
        json!({"x5t": "Fq3zG4p2TgPOB7ltLHFaeSrwr8M", "nonce": "AQABAAEAAAD"}),
        json!({"x5t#S256": "Fq3zG4p2TgPOB7ltLHFaeSrwr8M"}),
        // Cloud Foundry's UAA and SAP's XSUAA, ADFS, programs that name or bring a certificate. Nothing of it is followed.
        json!({"jku": "https://uaa.issuer.example/token_keys"}),
        json!({"jku": "https://attacker.example/jwks.json"}),
        json!({"jku": ""}),
        json!({"x5u": "https://attacker.example/key.pem"}),
        json!({"x5c": ["MIIC"], "x5t": "Fq3zG4p2TgPOB7ltLHFaeSrwr8M"}),
        json!({"x5c": []}),
        // Nothing is compressed.
        json!({"zip": "NONE"}),
        // Unknown parameters are overlooked (RFC 7515, section 4).
        json!({"ver": 1, "env": {"a": [1, null]}}),
    ] {
        assert_eq!(refusal(&with(header(Algorithm::RS256), &others)), None, "{others}");
    }
    // Where one key alone fits, the token need not name it.
    assert_eq!(refusal(&json!({"alg": "RS256"})), None);
}

/// Other names than those of the configuration. The signature is the issuer's, with RS256.
const ALGORITHMS: &[&str] = &[
    "none",
    "None",
    "NONE",
    "nOnE",
    "rs256",
    "RS256 ",
    " RS256",
    "RS-256",
    "RS256\\u0000",
    "HS256",
    "HS384",
    "HS512",
    "ES512",
    "ES256K",
    "RSA1_5",
    "RSA-OAEP",
    "dir",
    "A128KW",
    "Ed25519",
    "*",
    "RS256,none",
];

#[test]
fn an_algorithm_that_is_not_configured_is_refused() {
    for name in ALGORITHMS {
        let header = format!(r#"{{"alg":"{name}","kid":"rsa"}}"#);
        assert_eq!(refusal(&header), Some(Refused::Algorithm), "{name}");
        let unsigned = token(&header, &payload(), |_| Vec::new());
        assert_eq!(verify(&unsigned).err(), Some(Refused::Algorithm), "{name}, unsigned");
    }
    for alg in ["null", "5", "[]", r#"["RS256"]"#, "{}", "true", r#""""#] {
        assert_eq!(refusal(&format!(r#"{{"alg":{alg}}}"#)), Some(Refused::HeaderForm("alg")), "{alg}");
    }
    assert_eq!(refusal(&json!({"kid": "rsa"})), Some(Refused::HeaderForm("alg")), "none at all");
}

#[test]
fn a_configured_algorithm_is_not_every_algorithm() {
    let expected = tvm_oidc::Expected { algorithms: vec![Algorithm::ES256], ..support::expected() };
    let verifier = tvm_oidc::Verifier::new(expected).unwrap();
    for algorithm in support::public_algorithms() {
        let refused = verifier.verify(&OURS.token(algorithm), &OURS.key_set(), support::at(support::NOW)).err();
        assert_eq!(refused, (algorithm != Algorithm::ES256).then_some(Refused::Algorithm), "{algorithm}");
    }
}

#[test]
fn a_header_brings_no_key_and_no_rule_of_its_own() {
    let own_key = support::FOREIGN.rsa_jwk();
    for (name, value) in [
        ("jwk", own_key),
        ("jwk", json!(null)),
        ("crit", json!(["exp"])),
        ("crit", json!(["https://attacker.example/unknown"])),
        ("crit", json!([])),
        ("crit", json!(null)),
        ("b64", json!(false)),
        ("b64", json!(true)),
        ("zip", json!("DEF")),
        ("zip", json!(null)),
        ("enc", json!("A256GCM")),
        ("cty", json!("JWT")),
        ("cty", json!("jwt")),
        ("cty", json!("application/json")),
    ] {
        // Not `with`: here a `null` stays.
        let mut header = header(Algorithm::RS256);
        header[name] = value.clone();
        assert_eq!(refusal(&header), Some(Refused::HeaderNotAccepted(name)), "{name}: {value}");
    }
}

#[test]
fn a_token_signed_by_the_key_in_its_own_header_is_refused() {
    let header = with(header(Algorithm::RS256), &json!({"jwk": support::FOREIGN.rsa_jwk()}));
    let forged = token(&header, &payload(), |message| support::FOREIGN.sign(Algorithm::RS256, message));
    assert_eq!(verify(&forged).err(), Some(Refused::HeaderNotAccepted("jwk")));
}

#[test]
fn a_token_of_another_kind_is_refused() {
    for typ in [
        "JWE",
        "JOSE",
        "JOSE+JSON",
        "logout+jwt",
        "dpop+jwt",
        "secevent+jwt",
        "oauth-authz-req+jwt",
        "token-introspection+jwt",
        "application/logout+jwt",
        "JWT ",
        "application/application/jwt",
        "text/jwt",
        "jwt;v=1",
        "JWТ",
    ] {
        assert_eq!(refusal(&with(header(Algorithm::RS256), &json!({"typ": typ}))), Some(Refused::TokenType), "{typ}");
    }
    for typ in ["null", "5", "[]", r#"["JWT"]"#, r#""""#] {
        let header = format!(r#"{{"alg":"RS256","kid":"rsa","typ":{typ}}}"#);
        assert_eq!(refusal(&header), Some(Refused::HeaderForm("typ")), "{typ}");
    }
}

#[test]
fn a_key_id_is_compared_and_nothing_else() {
    let long = "k".repeat(8_000);
    for kid in [
        "../../../../../../dev/null",
        "/etc/passwd",
        "file:///dev/null",
        "https://attacker.example/jwks.json",
        "' OR '1'='1",
        "rsa' UNION SELECT 'secret' --",
        "rsa; sleep 9",
        "$(id)",
        "rsa\0",
        "rsa\n",
        " rsa",
        "RSA",
        "rs",
        "rsa,p256",
        "*",
        &long,
    ] {
        let refused = refusal(&with(header(Algorithm::RS256), &json!({"kid": kid})));
        assert_eq!(refused, Some(Refused::UnknownKey), "{kid:.40}");
    }
    for kid in ["p256", "ed25519"] {
        let refused = refusal(&with(header(Algorithm::RS256), &json!({"kid": kid})));
        assert_eq!(refused, Some(Refused::UnfitKey), "{kid}");
    }
    for kid in ["null", "0", "5", "true", "[]", r#"["rsa"]"#, r#"{"$ne":""}"#, r#""""#] {
        let header = format!(r#"{{"alg":"RS256","kid":{kid}}}"#);
        assert_eq!(refusal(&header), Some(Refused::HeaderForm("kid")), "{kid}");
    }
    for name in ["jku", "x5u", "x5c", "x5t", "x5t#S256", "nonce", "url"] {
        for value in [Value::Null, json!(5), json!([5]), json!({})] {
            let mut header = header(Algorithm::RS256);
            header[name] = value;
            assert_eq!(refusal(&header), Some(Refused::HeaderForm(name)), "{name}");
        }
    }
}

/// The key is looked for in the configured set alone, whatever the header says of it.
#[test]
fn a_token_by_a_key_that_its_header_names_or_brings_is_refused() {
    for others in [
        json!({"jku": "https://attacker.example/jwks.json"}),
        json!({"x5u": "https://attacker.example/key.pem"}),
        json!({"x5c": ["MIIC"]}),
        json!({"x5t": "Fq3zG4p2TgPOB7ltLHFaeSrwr8M"}),
    ] {
        let sign = |message: &[u8]| support::FOREIGN.sign(Algorithm::RS256, message);
        let named = with(header(Algorithm::RS256), &others);
        assert_eq!(verify(&token(&named, &payload(), sign)).err(), Some(Refused::Signature), "{others}");
        let unknown = with(named, &json!({"kid": "other"}));
        assert_eq!(verify(&token(&unknown, &payload(), sign)).err(), Some(Refused::UnknownKey), "{others}");
    }
}

#[test]
fn a_header_that_can_be_read_in_two_ways_is_refused() {
    for header in [
        r#"{"alg":"RS256","alg":"RS256","kid":"rsa"}"#,
        r#"{"alg":"none","alg":"RS256","kid":"rsa"}"#,
        r#"{"alg":"RS256","kid":"rsa","alg":"none"}"#,
        r#"{"alg":"RS256","kid":"other","kid":"rsa"}"#,
        r#"{"alg":"RS256","kid":"rsa","\u006bid":"rsa"}"#,
        r#"{"alg":"RS256","kid":"rsa","x":{"a":1,"a":2}}"#,
        r#"{"alg":"RS256","kid":"rsa","x":[{"a":1,"a":2}]}"#,
    ] {
        assert_eq!(refusal(&header), Some(Refused::RepeatedName(Part::Header)), "{header}");
    }
}

#[test]
fn a_header_that_is_no_object_is_refused() {
    for header in
        ["", "null", "5", "true", r#""RS256""#, "[]", r#"[{"alg":"RS256"}]"#, "{", r#"{"alg":"RS256"}}"#, "{alg:RS256}"]
    {
        assert_eq!(refusal(&header), Some(Refused::NotAnObject(Part::Header)), "{header}");
    }
    let message =
        format!("{}.{}", base64url(b"{\"alg\":\"RS256\",\"kid\":\"\xff\"}"), base64url(payload().to_string()));
    let invalid_utf8 = format!("{message}.{}", base64url(OURS.sign(Algorithm::RS256, message.as_bytes())));
    assert_eq!(verify(&invalid_utf8).err(), Some(Refused::NotAnObject(Part::Header)));
}
