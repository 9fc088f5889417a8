//! What people write where the name of a secret, or Momento's endpoint, belongs: the check says what to write, and repeats nothing that
//! could be a key. Real: the parser and the validation. There is nothing else.
#![allow(clippy::unwrap_used, reason = "in a test a panic is the answer wanted")]

use tvm_config::Config;

const ARN: &str = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/momento-AbCdEf";

/// What is said of it at `momento.secret`, and of it at `authorizer.hmac_secret`; nothing where it is accepted.
fn said_of(id: &str) -> [String; 2] {
    let base = "[[permissions]]\ncache = \"c\"\nrole = \"ReadOnly\"\n";
    let of_key = format!("auth = \"Open\"\n{base}[momento]\nsecret = '''{id}'''\n");
    let of_issuer = format!(
        "auth = \"LambdaAuthorizer\"\n{base}[authorizer]\nkind = \"jwt\"\nissuer = \"https://i.example\"\naudience = [\"a\"]\n\
         algorithms = [\"HS256\"]\nhmac_secret = '''{id}'''\n"
    );
    [of_key, of_issuer].map(|text| Config::parse("f", &text).err().map(|error| error.to_string()).unwrap_or_default())
}

/// What stands there, and what is said.
const WRONG: &[(&str, &[&str])] = &[
    ("/prod/momento/key", &["parameter of Systems Manager (SSM)", "write its ARN"]),
    (
        "arn:aws:ssm:eu-west-1:111122223333:parameter/prod/momento/key",
        &["this is a parameter of Systems Manager (SSM)"],
    ),
    ("{{resolve:ssm-secure:/prod/momento/key:1}}", &["this is a parameter of Systems Manager (SSM)"]),
    ("ssm:/prod/momento/key", &["this is a parameter of Systems Manager (SSM)"]),
    ("arn:aws:kms:eu-west-1:111122223333:key/1234", &["an ARN of the service `kms`", "arn:aws:secretsmanager:"]),
    ("arn:aws:lambda:eu-west-1:111122223333:function:f", &["an ARN of the service `lambda`"]),
    ("arn:aws:secretsmanager:eu-west-1:111122223333:secret:*", &["this is not the ARN of one secret"]),
    ("arn:aws:secretsmanager:eu-west-1:111122223333:momento", &["this is not the ARN of one secret"]),
    ("arn:aws:secretsmanager", &["this is not the ARN of one secret"]),
    (
        "arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/momento-AbCdEf:MOMENTO_API_KEY::",
        &["for ECS alone", "write `arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/momento-AbCdEf`"],
    ),
    (
        "arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/momento-AbCdEf::AWSCURRENT:",
        &["write `arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/momento-AbCdEf`"],
    ),
    ("{{resolve:secretsmanager:prod/momento:SecretString:MOMENTO_API_KEY}}", &["write `prod/momento`"]),
    ("{{resolve:secretsmanager:prod/momento}}", &["nothing here resolves; write `prod/momento`"]),
    ("/aws/reference/secretsmanager/prod/momento", &["write `prod/momento`"]),
    ("${MOMENTO_SECRET}", &["nothing here resolves; write the name or the ARN of the secret"]),
    ("my secret", &["letters, digits and / _ + = . @ - alone", "this has white space"]),
    ("prod:momento", &["this has `:`"]),
    ("clé", &["the character U+00E9"]),
    (" ", &["must not be empty"]),
];

#[test]
fn what_names_no_secret_is_refused_with_what_to_write() {
    for (id, expected) in WRONG {
        for said in said_of(id) {
            for part in *expected {
                assert!(said.contains(part), "of {id} was said: {said}\n  without: {part}");
            }
        }
    }
    let [of_key, of_issuer] = said_of(&format!("{ARN}:MOMENTO_API_KEY::"));
    assert!(of_key.contains("secret_field = \"MOMENTO_API_KEY\""), "{of_key}");
    assert!(!of_issuer.contains("secret_field"), "{of_issuer}");
    for id in [ARN, "arn:aws:secretsmanager:eu-west-1:111122223333:secret:prod/momento", "prod/momento", "a_+=.@-1"] {
        assert_eq!(said_of(id), ["", ""], "{id}");
    }
}

/// A v1 key, a v2 key and any JSON Web Token, Momento's keys with a prefix, what signs tokens, and a key within a line of a shell.
#[test]
fn a_key_in_place_of_a_name_is_refused_and_never_repeated() {
    let planted = "PLANTEDplantedPLANTEDplanted0123456789PLANTED";
    for key in [
        format!("eyJlbmRwb2ludCI6{planted}=="),
        format!("eyJhbGciOiJIUzUxMiJ9.eyJ0{planted}.{planted}"),
        format!("mom_{planted}"),
        format!("{planted}="),
        format!("MOMENTO_API_KEY=eyJ{planted}"),
        format!("{{\"apiKey\": \"eyJ{planted}\"}}"),
        format!("-----BEGIN PRIVATE KEY-----\n{planted}\n-----END PRIVATE KEY-----\n"),
        format!("arn:aws:secretsmanager:eu-west-1:1:secret:eyJ{planted}"),
        format!("{{{{resolve:secretsmanager:eyJ{planted}}}}}"),
    ] {
        let [of_key, of_issuer] = said_of(&key);
        assert!(of_key.contains("`momento.secret`: this is a key or a token itself"), "{of_key}");
        assert!(of_key.contains("`tvm key set`"), "{of_key}");
        assert!(of_issuer.contains("`authorizer.hmac_secret`: this is a key or a token itself"), "{of_issuer}");
        let endpoint = format!(
            "auth = \"Open\"\n[[permissions]]\ncache = \"c\"\nrole = \"ReadOnly\"\n[momento]\nendpoint = '''{key}'''\n"
        );
        let of_endpoint = Config::parse("f", &endpoint).unwrap_err().to_string();
        assert!(of_endpoint.contains("this is a key or a token, and an endpoint is a host name"), "{of_endpoint}");
        for said in [of_key, of_issuer, of_endpoint] {
            assert!(!said.to_lowercase().contains("planted"), "{said}");
        }
    }
    // Where TOML needs quotation marks around it, and where it is taken for a key of the file.
    for text in [
        format!("auth = \"Open\"\n[momento]\nsecret = eyJ{planted}\n"),
        format!("auth = \"Open\"\n[momento]\nsecret eyJ{planted}\n"),
        format!("auth = \"Open\"\n[momento]\nsecret = [\"eyJ{planted}\"]\n"),
        format!("auth = \"Open\"\n[momento]\nsecret = {{ value = \"eyJ{planted}\" }}\n"),
        format!("auth = \"eyJ{planted}\"\n"),
        format!("auth = \"Open\"\n[momento]\nkey_ttl = \"eyJ{planted}\"\n"),
        format!("auth = \"Open\"\n[momento]\neyJ{planted} = 1\n"),
    ] {
        let said = Config::parse("f", &text).unwrap_err().to_string();
        assert!(!said.to_lowercase().contains("planted"), "{said}");
    }
}
