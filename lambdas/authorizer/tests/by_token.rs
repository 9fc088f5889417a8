//! Who is let in by a token, and what of it goes on. What becomes of them when the issuer's keys change is in `issuer_keys.rs`.
//! Real: the built function, HTTP to the issuer, its keys and signatures, the time. Not real: TLS to the issuer, and API
//! Gateway, whose events are written here.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the answer wanted"
)]

mod support;

use std::path::Path;

use lambda_emulator::events::{gateway_events, odd_values, replaced};
use lambda_emulator::{Issuer, SignedBy};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use support::tokens::{DeployedByToken, asked, bearing, config, in_seconds};
use support::{Decided, METHOD_ARN, event, file_of};

/// What the vending function is told of who is let in.
fn context(decided: &Decided) -> &Value {
    match decided {
        Decided::Policy(policy) => &policy["context"],
        Decided::Error(message) => panic!("{message} instead of a policy"),
    }
}

#[tokio::test]
async fn a_good_token_lets_its_caller_in_everywhere_with_what_a_grant_needs_of_it_and_nothing_else() {
    let mut deployed = DeployedByToken::start("").await;
    for (said, groups, claims) in [
        (json!({ "groups": ["A", "B"], "jti": "planted", "nonce": "planted" }), "A,B", json!(null)),
        (
            json!({ "tenant": "acme", "room": "hall", "email": "planted", "address": { "tenant": "planted" } }),
            "",
            json!(r#"{"room":"hall","tenant":"acme"}"#),
        ),
        (json!({ "tenant": 5, "room": true, "Tenant": "planted" }), "", json!(r#"{"room":"true","tenant":"5"}"#)),
        (json!({ "tenant": "a\"b", "planted": "planted" }), "", json!(r#"{"tenant":"a\"b"}"#)),
        // No value of a template.
        (json!({ "tenant": ["planted"], "room": { "planted": 1 } }), "", json!(null)),
        (json!({ "aud": ["tvm-of-old", "planted"] }), "", json!(null)),
        // Within the minute that clocks may lie apart.
        (json!({ "exp": in_seconds(-30), "nbf": in_seconds(30) }), "", json!(null)),
    ] {
        let mut context = json!({ "username": "ada", "groups": groups, "sub": "ada", "claims": claims });
        context.as_object_mut().unwrap().retain(|_, value| !value.is_null());
        let resource = "arn:aws:execute-api:us-east-1:123456789012:abc/prod/*";
        let statement = json!({ "Action": ["execute-api:Invoke"], "Effect": "Allow", "Resource": [resource] });
        let expected = json!({
            "principalId": "ada",
            "policyDocument": { "Version": "2012-10-17", "Statement": [statement] },
            "context": context,
        });
        assert_eq!(deployed.present_one(&said).await, Decided::Policy(expected), "{said}");
    }
    assert_eq!(asked(&deployed.issuer), (1, 1), "the keys are kept");
}

#[tokio::test]
async fn when_the_token_ends_is_handed_on_where_a_vended_token_may_not_outlive_it() {
    let issuer = Issuer::start().await.unwrap();
    let text = config(&issuer, "").replacen("[token]\n", "[token]\nnot_beyond_caller = true\n", 1);
    let (_folder, file) = file_of(&text);
    let mut deployed = DeployedByToken::start_with(issuer, "", &[("TVM_CONFIG", file.to_str().unwrap())]).await;
    for (exp, said) in [(json!(253_402_300_799_u64), "253402300799"), (json!(4_000_000_000.5), "4000000000")] {
        let decided = deployed.present_one(&json!({ "exp": exp })).await;
        assert_eq!(context(&decided), &json!({ "username": "ada", "groups": "", "sub": "ada", "exp": said }));
    }
}

#[tokio::test]
async fn no_group_reaches_the_context_whose_name_could_be_read_as_another() {
    let mut deployed = DeployedByToken::start("").await;
    for (claim, groups) in [
        (json!(["A", "B", "A"]), "A,B"),
        (json!("A"), "A"),
        (json!(["A", "B,ReadWriteUserGroup", "C"]), "A,C"),
        (json!(["ReadWriteUserGroup,A", ",", "A,", ",A"]), ""),
        (json!(["B ReadWriteUserGroup", " A", "A ", "\t", "A\u{a0}B", "A\u{2028}B", "A\nB", "A\u{0}B"]), ""),
        (json!(["[A]", "[A B]", "[\"A\"]", "A]"]), ""),
        (json!("A,B"), ""),
        (json!("A B"), ""),
        (json!(["", 5.5, null, ["A"], { "A": "A" }, "B"]), "B"),
        (json!({ "A": "B" }), ""),
        (json!([5, { "name": "B" }]), "5,B"),
    ] {
        let decided = deployed.present_one(&json!({ "groups": claim })).await;
        assert_eq!(context(&decided), &json!({ "username": "ada", "groups": groups, "sub": "ada" }), "{claim}");
    }
}

#[tokio::test]
async fn a_token_that_does_not_count_is_unauthorized() {
    let mut deployed = DeployedByToken::start("").await;
    let stranger = Issuer::start().await.unwrap();
    let (good, theirs) = (deployed.token(&json!({})), json!({ "iss": stranger.url() }));
    let unsigned = |header: &Value| {
        let token = deployed.issuer.token_saying(SignedBy::ES256, header, &deployed.claims(&json!({}))).unwrap();
        token.rsplit_once('.').map(|(message, _)| format!("{message}.")).unwrap()
    };
    let [head, claims, signature] = good.split('.').collect::<Vec<_>>()[..] else { panic!("{good}") };
    let other = deployed.token(&json!({ "sub": "eve" }));
    let of_another = other.split('.').nth(1).unwrap();
    let by_ed25519 = {
        let header = deployed.issuer.header(SignedBy::EdDSA);
        deployed.issuer.token_saying(SignedBy::EdDSA, &header, &deployed.claims(&json!({}))).unwrap()
    };
    let rows = [
        ("expired", deployed.token(&json!({ "exp": in_seconds(-3_600) }))),
        ("without an end", deployed.token(&json!({ "exp": null }))),
        ("not yet valid", deployed.token(&json!({ "nbf": in_seconds(3_600) }))),
        ("for another", deployed.token(&json!({ "aud": "planted" }))),
        ("for several others", deployed.token(&json!({ "aud": ["planted", "tvm "] }))),
        ("for nobody", deployed.token(&json!({ "aud": null }))),
        ("for us by another claim", deployed.token(&json!({ "aud": null, "client_id": "tvm", "azp": "tvm" }))),
        ("by another, who says so", stranger.token(&deployed.claims(&theirs)).unwrap()),
        ("by another, who says it is ours", stranger.token(&deployed.claims(&json!({}))).unwrap()),
        ("by ours, in another's name", deployed.token(&theirs)),
        ("by ours, in our name with a slash", deployed.token(&json!({ "iss": format!("{}/", deployed.issuer.url()) }))),
        ("by nobody", deployed.token(&json!({ "iss": null }))),
        ("about nobody", deployed.token(&json!({ "sub": "" }))),
        ("about a truth", deployed.token(&json!({ "sub": true }))),
        ("alg none", unsigned(&json!({ "alg": "none", "typ": "JWT" }))),
        ("alg none, signed", format!("{}{signature}", unsigned(&json!({ "alg": "none", "kid": "ES256-1" })))),
        ("signature cut off", format!("{head}.{claims}.")),
        ("other claims", format!("{head}.{of_another}.{signature}")),
        ("an algorithm that is not configured", by_ed25519),
        ("two parts", format!("{head}.{claims}")),
        ("two tokens", format!("{good} {good}")),
        ("a list of tokens", format!("{good},{good}")),
        ("the scheme twice", format!("Bearer {good}")),
        ("quoted", format!("\"{good}\"")),
        ("garbage", "planted".to_owned()),
        ("garbage in three parts", "a.b.c".to_owned()),
        ("dots", "..".to_owned()),
        ("long garbage", "planted".repeat(100_000)),
        ("garbage that is no ASCII", "plänted.😀.\u{0}".to_owned()),
    ];
    for (name, token) in rows {
        assert_eq!(deployed.present(&token).await.effect(), "Unauthorized", "{name}");
    }
    assert_eq!(deployed.present(&good).await.effect(), "Allow");
    assert_eq!(asked(&stranger), (0, 0), "no token says where keys are");
}

#[tokio::test]
async fn a_good_token_counts_where_it_belongs_and_nowhere_else() {
    let mut deployed = DeployedByToken::start("").await;
    let good = format!("Bearer {}", deployed.token(&json!({})));
    let bare = good.trim_start_matches("Bearer ").to_owned();
    let every_stage = METHOD_ARN.replace("abc/prod", "*/*");
    let rows = [
        ("no headers", json!({ "headers": null })),
        ("no header", json!({ "headers": {} })),
        ("an empty one", json!({ "headers": { "Authorization": "" } })),
        ("no scheme", json!({ "headers": { "Authorization": bare } })),
        ("another scheme", json!({ "headers": { "Authorization": format!("Basic {bare}") } })),
        ("basic credentials", json!({ "headers": { "Authorization": "Basic YWRhOnBsYW50ZWQtYWRh" } })),
        ("names and passwords", json!({ "headers": { "username": "ada", "password": "planted" } })),
        ("the header twice", json!({ "multiValueHeaders": { "Authorization": [good, good] } })),
        ("in two cases", json!({ "headers": { "Authorization": good, "authorization": good } })),
        ("once no text", json!({ "multiValueHeaders": { "Authorization": [good, {}] } })),
        ("another header", json!({ "headers": { "X-Authorization": good, "Proxy-Authorization": good } })),
        ("a cookie", json!({ "headers": { "Cookie": format!("authorization={good}") } })),
        ("the query", json!({ "queryStringParameters": { "authorization": good, "access_token": bare } })),
        ("the body", json!({ "body": format!("access_token={bare}") })),
        ("an event of the kind TOKEN", json!({ "type": "TOKEN", "authorizationToken": good })),
        ("a context", json!({ "requestContext": { "authorizer": { "principalId": "ada", "sub": "ada" } } })),
        ("no stage", json!({ "methodArn": null, "headers": { "Authorization": good } })),
        ("every stage", json!({ "methodArn": every_stage, "headers": { "Authorization": good } })),
    ];
    for (name, others) in rows {
        let mut event = json!({ "type": "REQUEST", "methodArn": METHOD_ARN });
        event.as_object_mut().unwrap().extend(others.as_object().unwrap().clone());
        assert_eq!(deployed.decide(&event.to_string()).await.effect(), "Unauthorized", "{name}");
    }
    for header in [good, format!("bearer  {bare} ")] {
        assert_eq!(deployed.decide(&event(&json!({ "authorization": header }))).await.effect(), "Allow");
    }
}

#[tokio::test]
async fn a_good_token_that_names_nobody_a_grant_could_be_for_is_denied_and_told_nothing() {
    let mut deployed = DeployedByToken::start("id_claim = \"email\"").await;
    let groups = |count: u32| (0..count).map(|group| format!("group-{group}")).collect::<Vec<_>>();
    for others in [
        json!({}),
        json!({ "email": "" }),
        json!({ "email": 5.5 }),
        json!({ "email": true }),
        json!({ "email": ["ada@example.com"] }),
        json!({ "email": { "email": "ada@example.com" } }),
        json!({ "email": "ada@example.com", "groups": groups(201) }),
    ] {
        let Decided::Policy(policy) = deployed.present_one(&others).await else { panic!("no policy for {others}") };
        assert_eq!(policy["policyDocument"]["Statement"][0]["Effect"], "Deny", "{others}");
        assert_eq!((&policy["principalId"], policy.get("context")), (&json!("denied"), None), "{others}");
    }
    let decided = deployed.present_one(&json!({ "email": "ada@example.com", "groups": groups(200) })).await;
    assert_eq!(context(&decided)["username"], "ada@example.com");
    assert_eq!(context(&decided)["groups"], groups(200).join(","));
}

/// Lines of `[authorizer]`, what a token says, the effect, and for who is let in their name and groups.
fn configured() -> Vec<(&'static str, Value, &'static str, &'static str, &'static str)> {
    let required = "required_claims = { token_use = \"access\", admin = \"true\" }";
    let pointers = "id_claim = \"/user/name\"\ngroups_claim = \"/realm_access/roles\"";
    let (literal, client) = ("groups_claim = \"https://example.com/groups\"", "audience_claim = \"client_id\"");
    vec![
        ("jwks_url = \"{url}/keys\"", json!({ "groups": ["A"] }), "Allow", "ada", "A"),
        (required, json!({ "token_use": "access", "admin": true }), "Allow", "ada", ""),
        (required, json!({ "token_use": "id", "admin": true }), "Unauthorized", "", ""),
        (required, json!({ "token_use": ["access"], "admin": true }), "Unauthorized", "", ""),
        (required, json!({ "token_use": "access" }), "Unauthorized", "", ""),
        (
            pointers,
            json!({ "user": { "name": "Ada" }, "realm_access": { "roles": ["A", "B"] } }),
            "Allow",
            "Ada",
            "A,B",
        ),
        (
            pointers,
            json!({ "user": { "name": "Ada" }, "groups": ["A"], "realm_access": ["roles"] }),
            "Allow",
            "Ada",
            "",
        ),
        (pointers, json!({ "user": "Ada" }), "Deny", "", ""),
        (literal, json!({ "https://example.com/groups": ["A"], "groups": ["B"] }), "Allow", "ada", "A"),
        (client, json!({ "aud": null, "client_id": "tvm" }), "Allow", "ada", ""),
        (client, json!({ "aud": "tvm", "client_id": "planted" }), "Unauthorized", "", ""),
        ("leeway = \"1s\"", json!({ "exp": in_seconds(-30) }), "Unauthorized", "", ""),
    ]
}

#[tokio::test]
async fn each_key_of_the_configuration_counts() {
    for (further, said, effect, username, groups) in configured() {
        let mut deployed = DeployedByToken::start(further).await;
        let decided = deployed.present_one(&said).await;
        assert_eq!(decided.effect(), effect, "{further}: {said}");
        if effect == "Allow" {
            let who = (&context(&decided)["username"], &context(&decided)["groups"]);
            assert_eq!(who, (&json!(username), &json!(groups)), "{further}: {said}");
        }
        let discovered = usize::from(!further.starts_with("jwks_url"));
        assert_eq!(asked(&deployed.issuer), (discovered, 1), "{further}");
    }
}

#[tokio::test]
async fn the_algorithms_of_the_configuration_count_and_no_others() {
    let mut deployed = DeployedByToken::start("algorithms = [\"EdDSA\"]").await;
    for (by, effect) in [(SignedBy::EdDSA, "Allow"), (SignedBy::ES256, "Unauthorized")] {
        let issuer = &deployed.issuer;
        let token = issuer.token_saying(by, &issuer.header(by), &deployed.claims(&json!({}))).unwrap();
        assert_eq!(deployed.present(&token).await.effect(), effect, "{by:?}");
    }
}

#[tokio::test]
async fn nothing_of_a_token_is_printed_and_nothing_of_a_refused_one_answered() {
    let loud = [("AWS_LAMBDA_LOG_LEVEL", "TRACE"), ("RUST_LOG", "trace")];
    let mut deployed = DeployedByToken::start_with(Issuer::start().await.unwrap(), "", &loud).await;
    let planted = |others: Value| {
        // What groups a caller has who is in none of the file's is logged (docs/verified-callers.md#groups).
        let mut said = json!({ "sub": "planted-sub", "groups": ["A", "planted-group"], "tenant": "planted-tenant" });
        said.as_object_mut().unwrap().extend(others.as_object().unwrap().clone());
        deployed.claims(&said)
    };
    let by = |header: Value, claims: Value| deployed.issuer.token_saying(SignedBy::ES256, &header, &claims).unwrap();
    let honest = || deployed.issuer.header(SignedBy::ES256);
    // Each with what is said of it to the operator.
    let rows = [
        ("the caller is allowed", by(honest(), planted(json!({})))),
        ("has expired", by(honest(), planted(json!({ "exp": in_seconds(-3_600) })))),
        ("another audience", by(honest(), planted(json!({ "aud": "planted-audience" })))),
        ("another issuer", by(honest(), planted(json!({ "iss": "planted-issuer" })))),
        ("not in the issuer's key set", by(json!({ "alg": "ES256", "kid": "planted-kid" }), planted(json!({})))),
        ("not configured", by(json!({ "alg": "planted-alg" }), planted(json!({})))),
        ("neither `JWT`", by(json!({ "alg": "ES256", "typ": "planted-typ" }), planted(json!({})))),
        ("`jwk`, which is not accepted", by(json!({ "alg": "ES256", "jwk": "planted" }), planted(json!({})))),
        ("more than 200 groups", by(honest(), planted(json!({ "groups": vec!["planted-group"; 201] })))),
        ("three parts", "planted-garbage".to_owned()),
        ("not base64url", "planted.garbage.😀".to_owned()),
    ];
    let mut answers = String::new();
    for (_, token) in &rows {
        let decided = deployed.present(token).await;
        if decided.effect() != "Allow" {
            answers += &format!("{decided:?}");
        }
    }
    deployed.decide(&event(&json!({ "authorization": "Basic planted-basic", "cookie": "planted-cookie" }))).await;
    let log = deployed.function.stop().await;
    for (said, token) in &rows {
        assert!(log.contains(said), "{said} not in {log}");
        for (place, _) in token.char_indices() {
            let piece: String = token[place..].chars().take(16).collect();
            assert!(piece.chars().count() < 16 || !log.contains(&piece), "{piece} in {log}");
        }
    }
    assert!(log.lines().all(|line| serde_json::from_str::<Value>(line).is_ok()), "{log}");
    // "ES256" is in every header, and in the name of the key.
    assert!(!log.contains("planted") && !log.contains("ES256"), "{log}");
    assert!(!answers.is_empty() && !answers.contains("planted"), "{answers}");
}

#[tokio::test]
async fn no_event_brings_it_down_and_none_without_a_token_lets_anybody_in() {
    let mut deployed = DeployedByToken::start("").await;
    let good = deployed.token(&json!({}));
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    let mut events: Vec<Value> = gateway_events(&manifest).unwrap().into_iter().map(|(_, event)| event).collect();
    assert!(events.len() > 20, "only {} events", events.len());
    events.extend(["a.b.c", &good, &good, &good, &good].map(|token| serde_json::from_str(&bearing(token)).unwrap()));
    let (odd, mut runner) = (odd_values(), TestRunner::deterministic());
    let strategy = (0..events.len(), proptest::collection::vec((0_usize..10_000, 0..odd.len()), 0..4));
    let mut let_in = 0_usize;
    for _ in 0..800 {
        let (seed, changes) = strategy.new_tree(&mut runner).unwrap().current();
        let event =
            changes.iter().fold(events[seed].clone(), |event, (place, value)| replaced(&event, *place, &odd[*value]));
        let effect = deployed.decide(&event.to_string()).await.effect().to_owned();
        let bears = event["headers"]["Authorization"] == format!("Bearer {good}");
        assert!(effect == "Unauthorized" || (effect == "Allow" && bears), "{effect} for {event}");
        let_in = let_in.saturating_add(usize::from(effect == "Allow"));
    }
    assert!(let_in > 10, "only {let_in} of the good ones were left whole");
    for event in odd_values().iter().map(Value::to_string).chain(["[".repeat(5_000) + &"]".repeat(5_000)]) {
        assert_eq!(deployed.decide(&event).await.effect(), "Unauthorized");
    }
}
