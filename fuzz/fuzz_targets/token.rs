//! Tokens: any text against an issuer's published keys and against a shared secret.
//!
//! What the file reads of its claims is there, as a naive walk finds it. What is accepted was signed by that issuer, by the algorithm that it names, and says what must be said, as an independent
//! reading of the same text has it. What somebody else signed is never accepted.
//!
//! An input is a token; or `ed25519`, `hs256` or `foreign` on a line, by whom the next two lines are signed: the header and the
//! payload, as they stand.
#![no_main]

use std::sync::LazyLock;
use std::time::{Duration, UNIX_EPOCH};

use libfuzzer_sys::fuzz_target;
use ring::signature::Ed25519KeyPair;
use serde_json::Value;
use tvm_config::{ClaimMapping, Config, Proof};
use tvm_fuzz::issuer::{
    NOW, SECRET, are_good, claims, ed25519, expected, is_signed, jwks, mac, public_algorithms, token,
};
use tvm_oidc::{Algorithm, Claims, KeySet, Verifier};

struct Trust {
    published: (KeySet, Verifier),
    secret: (KeySet, Verifier),
    ours: Ed25519KeyPair,
    foreign: Ed25519KeyPair,
}

static TRUST: LazyLock<Trust> = LazyLock::new(|| {
    let verifier = |algorithms| Verifier::new(expected(algorithms)).expect("a verifier");
    let published = KeySet::parse(jwks().to_string().as_bytes()).expect("a key set");
    let secret = KeySet::shared_secret(SECRET, Algorithm::HS256).expect("a secret");
    Trust {
        published: (published, verifier(public_algorithms())),
        secret: (secret, verifier(vec![Algorithm::HS256])),
        ours: ed25519(1),
        foreign: ed25519(2),
    }
});

fuzz_target!(init: can_tell(), |input: &str| {
    present(input);
});

/// Presents what the input means; whether it is accepted.
fn present(input: &str) -> bool {
    let (by, text) = input.split_once('\n').unwrap_or(("", input));
    let (header, payload) = text.split_once('\n').unwrap_or((text, ""));
    let by_pair = |pair: &Ed25519KeyPair| token(header, payload, |message| pair.sign(message).as_ref().to_vec());
    match by {
        "ed25519" => is_accepted(&by_pair(&TRUST.ours)),
        "hs256" => is_accepted(&token(header, payload, mac)),
        "foreign" => {
            assert!(!is_accepted(&by_pair(&TRUST.foreign)), "signed by somebody else");
            false
        }
        _ => is_accepted(input),
    }
}

fn is_accepted(token: &str) -> bool {
    let mut accepted = 0;
    for (keys, verifier) in [&TRUST.published, &TRUST.secret] {
        match verifier.verify(token, keys, UNIX_EPOCH + Duration::from_secs(NOW)) {
            Ok(verified) => {
                assert!(is_signed(token), "nobody signed {token}");
                says(&verified, &claims(token).expect("claims"));
                accepted += 1;
            }
            Err(refused) => assert!(!refused.to_string().is_empty()),
        }
    }
    assert!(accepted < 2, "one token by two kinds of key");
    accepted == 1
}

/// That the claims handed out are those of the token, and good.
fn says(verified: &Claims, claims: &Value) {
    assert!(are_good(claims), "{claims}");
    for (name, value) in claims.as_object().expect("an object") {
        assert!(name.starts_with('/') || verified.at(name) == Some(value), "{name}");
    }
    assert_eq!(verified.as_value(), claims);
    let sub = &claims["sub"];
    assert!(sub.is_null() || sub.as_str().is_some_and(|sub| !sub.is_empty()) || sub.is_u64() || sub.is_i64(), "{sub}");
    is_read_as_written(claims);
}

/// That what the file reads of the claims is there, as a naive walk finds it.
fn is_read_as_written(claims: &Value) {
    for (mapping, groups_claim) in MAPPINGS.iter() {
        let Ok(caller) = mapping.caller(claims) else { continue };
        assert_eq!(shown(at(claims, "/user/id").expect("an id")), Some(caller.id));
        for (path, text) in &caller.claims {
            assert_eq!(at(claims, path).and_then(shown).as_ref(), Some(text), "{path}");
        }
        let claim = at(claims, groups_claim).map(Value::to_string).unwrap_or_default();
        for group in &caller.groups {
            let ours = ["admins", "plain"].contains(&group.as_str());
            assert!(
                !group.is_empty() && !group.contains(|c: char| c.is_whitespace() || ",[]".contains(c)),
                "{group:?}"
            );
            // The key of a group with other names is no name of it.
            assert!(group != "admins" || claim.contains("Chat Admins"), "{claim}");
            // Escapes apart, a name that is handed on stands in the claim.
            assert!(ours || claim.contains('\\') || claim.contains(group.as_str()), "{group:?} in {claim}");
        }
    }
}

/// The value at a JSON Pointer, or under a name, step by step.
fn at<'v>(claims: &'v Value, path: &str) -> Option<&'v Value> {
    let Some(steps) = path.strip_prefix('/') else { return claims.as_object()?.get(path) };
    steps.split('/').try_fold(claims, |value, step| match value {
        Value::Object(map) => map.get(&step.replace("~1", "/").replace("~0", "~")),
        Value::Array(list) => {
            let index: usize = step.parse().ok()?;
            list.get(index).filter(|_| index.to_string() == step)
        }
        _ => None,
    })
}

/// A value that is one text.
fn shown(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

/// How two files read the claims: groups in a list, and in one text.
static MAPPINGS: LazyLock<Vec<(ClaimMapping, &str)>> = LazyLock::new(|| {
    let kinds = [("/realm/roles", ""), ("scope", "groups_separator = \" \"")];
    let mapping = |(groups_claim, further): (&'static str, &str)| {
        let text = format!(
            "auth = \"LambdaAuthorizer\"\n[authorizer]\nkind = \"jwt\"\nissuer = \"https://i\"\naudience = [\"a\"]\n\
             id_claim = \"/user/id\"\ngroups_claim = \"{groups_claim}\"\n{further}\n[token]\nid = \"{{claims.tier}}\"\n\
             [groups.admins]\nnames = [\"Chat Admins\"]\n\
             permissions = [{{ cache = \"{{claims./realm/a~1b/0}}\", key = \"{{claims.n}}\", role = \"ReadOnly\" }}]\n\
             [groups.plain]\npermissions = [{{ cache = \"c\", role = \"ReadOnly\" }}]\n"
        );
        let config = Config::parse("f", &text).expect("a configuration");
        let Proof::Jwt(issuer) = config.proof() else { unreachable!("tokens count") };
        (ClaimMapping::of(issuer, &config), groups_claim)
    };
    Vec::from(kinds.map(mapping))
});

/// That tokens are not all refused: each kind of key has one that is accepted.
fn can_tell() {
    for seed in [
        include_str!("../seeds/token/rs256"),
        include_str!("../seeds/token/ps256"),
        include_str!("../seeds/token/es256"),
        include_str!("../seeds/token/es384"),
        include_str!("../seeds/token/ed25519"),
        include_str!("../seeds/token/claims"),
        include_str!("../seeds/token/hs256"),
    ] {
        assert!(present(seed), "{seed}");
    }
    assert!(!present(&include_str!("../seeds/token/ed25519").replacen("ed25519", "foreign", 1)));
}
