//! What a wrong configuration is answered: the line, the key, what was expected, and the nearest right thing.
//! Real: the parser and the validation. There is nothing else.
#![allow(clippy::unwrap_used, reason = "in a test a panic is the answer wanted")]

use tvm_config::Config;

const JWT_OF_NOBODY: &str =
    "auth = \"LambdaAuthorizer\"\n[authorizer]\nkind = \"jwt\"\n[[permissions]]\ncache = \"c\"\nrole = \"ReadOnly\"";

/// A file, and what its error must say.
const WRONG: &[(&str, &[&str])] = &[
    ("auth = \"Opn\"", &["tvm.toml:1:", "`auth` cannot be `Opn`", "did you mean auth = \"Open\"?", "LambdaAuthorizer"]),
    ("", &["tvm.toml:1:", "the file is empty"]),
    ("auth = 5", &["tvm.toml:1:", "auth"]),
    ("auth = \"Open\nx", &["tvm.toml:1:", "no closing quote"]),
    ("auth = \"Open\"\nauth = \"Open\"", &["tvm.toml:2:", "`auth` is set here and in line 1"]),
    (
        "auth = \"Open\"\n\n[token]\nexpire_in = \"1h\"",
        &["tvm.toml:4:", "`expire_in` is not a key of [token]", "did you mean `expires_in`?"],
    ),
    ("auth = \"Open\"\n[tokens]\n", &["tvm.toml:2:", "the file's top level", "did you mean `token`?"]),
    ("auth = \"Open\"\n[token]\nexpires_in = \"26h\"", &["tvm.toml:3:", "token.expires_in", "26h", "1s to 25h"]),
    ("auth = \"Open\"\n[token]\nexpires_in = 0", &["tvm.toml:3:", "0s", "1s to 25h"]),
    ("auth = \"Open\"\n[token]\nexpires_in = -5", &["tvm.toml:3:", "-5s", "1s to 25h"]),
    (
        "auth = \"Open\"\n[token]\nnot_beyond_caller = true",
        &["tvm.toml:3:", "`token.not_beyond_caller`: with auth = \"Open\"", "delete the line"],
    ),
    (
        "auth = \"LambdaAuthorizer\"\n[token]\nnot_beyond_caller = true",
        &["tvm.toml:3:", "`token.not_beyond_caller`: with kind = \"credentials\"", "kind = \"jwt\""],
    ),
    ("auth = \"Open\"\n[token]\nexpires_in = \"soon\"", &["tvm.toml:3:", "`soon` is not a time"]),
    (
        "auth = \"Open\"\n[reuse]\nmode = \"instanc\"",
        &["tvm.toml:3:", "`reuse.mode`", "did you mean mode = \"instance\"?"],
    ),
    (
        "auth = \"Open\"\n[reuse]\nmin_remaining = \"100%\"",
        &["tvm.toml:3:", "reuse.min_remaining", "\"1%\" to \"99%\""],
    ),
    (
        "auth = \"Open\"\n[reuse]\nmin_remaining = \"1h\"\n[[permissions]]\ncache = \"c\"\nrole = \"ReadOnly\"",
        &["tvm.toml:3:", "no token lives that long", "3600 s"],
    ),
    (
        "auth = \"Open\"\n[reuse]\ncache_budget_ms = 49\n[[permissions]]\ncache = \"c\"\nrole = \"ReadOnly\"",
        &["tvm.toml:3:", "`reuse.cache_budget_ms`", "50 to 5000", "not 49"],
    ),
    (
        "auth = \"Open\"\n[reuse]\nmode = \"off\"\ncache_budget_ms = 5001\n[[permissions]]\ncache = \"c\"\nrole = \"ReadOnly\"",
        &["tvm.toml:4:", "`reuse.cache_budget_ms`", "50 to 5000", "not 5001"],
    ),
    ("auth = \"Open\"\n[reuse]\ncache_budget_ms = -1", &["tvm.toml:3:", "reuse.cache_budget_ms", "-1"]),
    (
        "auth = \"Open\"\n[reuse]\nmode = \"shared\"\ncache = \" \"\n[[permissions]]\ncache = \"c\"\nrole = \"ReadOnly\"",
        &["tvm.toml:4:", "`reuse.cache`", "must not be empty"],
    ),
    (
        "auth = \"Open\"\n[limits]\nidentity_interval = \"0s\"",
        &["tvm.toml:3:", "limits.identity_interval", "1s to 25h"],
    ),
    (
        "auth = \"Open\"\n[limits]\nmomento_tokens_per_second = 0",
        &["tvm.toml:3:", "limits.momento_tokens_per_second", "0"],
    ),
    (
        "auth = \"Open\"\n[momento]\nrotate_every = \"12h\"",
        &["tvm.toml:3:", "momento.rotate_every", "12h", "every 1d to 1000d"],
    ),
    (
        "auth = \"Open\"\n[momento]\nrotate_every = \"1d12h\"\n[[permissions]]\ncache = \"c\"\nrole = \"ReadOnly\"",
        &["tvm.toml:3:", "`momento.rotate_every`", "whole days"],
    ),
    (
        "auth = \"Open\"\n[momento]\nsecret = \"s\"\nrotate_every = \"30d\"\n[[permissions]]\ncache = \"c\"\nrole = \"ReadOnly\"",
        &["tvm.toml:4:", "`momento.rotate_every`", "does not rotate an existing secret"],
    ),
    ("auth = \"Open\"\n[limits]\nrequest_burst = -1", &["tvm.toml:3:", "limits.request_burst", "-1"]),
    (
        "auth = \"Open\"\n[functions]\nmemory = 127\nlog_retention = \"10d\"\n[[permissions]]\ncache = \"c\"\nrole = \"ReadOnly\"",
        &[
            "tvm.toml:3:",
            "`functions.memory`",
            "128 to 10240, not 127",
            "tvm.toml:4:",
            "`functions.log_retention`",
            "1, 3, 5, 7, 14, 30,",
            "3653 days",
        ],
    ),
    (
        "auth = \"Open\"\n[functions]\nmemory = 10241\n[[permissions]]\ncache = \"c\"\nrole = \"ReadOnly\"",
        &["tvm.toml:3:", "not 10241"],
    ),
    ("auth = \"Open\"\n[functions]\nmemory = -1", &["tvm.toml:3:", "functions.memory", "-1"]),
    (
        "auth = \"Open\"\n[functions]\narchitecture = \"arm\"",
        &["tvm.toml:3:", "`functions.architecture`", "did you mean architecture = \"arm64\"?", "x86_64"],
    ),
    ("auth = \"Open\"\n[functions]\ntimeout = \"29s\"", &["tvm.toml:3:", "functions.timeout", "29s", "2s to 28s"]),
    ("auth = \"Open\"\n[functions]\ntimeout = 1", &["tvm.toml:3:", "functions.timeout", "1s", "2s to 28s"]),
    // Seconds, as every bare number of a time is.
    (
        "auth = \"Open\"\n[functions]\nlog_retention = 30",
        &["tvm.toml:3:", "functions.log_retention", "30s", "1d to 3653d"],
    ),
    ("auth = \"Open\"\n[functions]\nreserved_concurrency = 0", &["tvm.toml:3:", "functions.reserved_concurrency", "0"]),
    ("auth = \"Open\"\n[functions]\ntracing = \"on\"", &["tvm.toml:3:", "functions.tracing", "write tracing = true"]),
    (
        "auth = \"Open\"\n[deployment]\nstage = \"prod\"\n[[permissions]]\ncache = \"c\"\nrole = \"ReadOnly\"",
        &["tvm.toml:3:", "`deployment.stage`", "everybody who finds the endpoint", "open_to_everybody = true"],
    ),
    ("auth = \"Open\"\n[deployment]\nstage = \"production\"", &["tvm.toml:3:", "`deployment.stage`", "dev, prod"]),
    ("auth = \"Open\"\n[web]\nenabled = \"yes\"", &["tvm.toml:3:", "web.enabled", "write enabled = true"]),
    (
        "auth = \"Open\"\n[limits]\nmomento_token_per_second = 5",
        &["tvm.toml:3:", "did you mean `momento_tokens_per_second`?"],
    ),
    (JWT_OF_NOBODY, &["tvm.toml:3:", "`authorizer.kind`", "needs an `issuer`", "needs an `audience`"]),
    (
        "auth = \"LambdaAuthorizer\"\n[authorizer]\nissuer = \"https://i.example\"\naudience = [\"a\"]\n[[permissions]]\ncache = \"c\"\nrole = \"ReadOnly\"",
        &["tvm.toml:3:", "`authorizer.issuer`", "tvm.toml:4:", "`authorizer.audience`", "kind = \"jwt\""],
    ),
    (
        "auth = \"LambdaAuthorizer\"\n[authorizer]\nhmac_secret = \"s\"",
        &["tvm.toml:3:", "`authorizer.hmac_secret`", "kind = \"jwt\""],
    ),
    (
        "auth = \"Open\"\n[authorizer]\nkind = \"jtw\"",
        &["tvm.toml:3:", "`authorizer.kind`", "did you mean kind = \"jwt\"?"],
    ),
    (
        "auth = \"Open\"\n[authorizer]\nalgorithms = [\"none\"]",
        &["tvm.toml:3:", "`authorizer.algorithms", "cannot be `none`", "RS256, ", ", HS512"],
    ),
    (
        "auth = \"Open\"\n[authorizer]\nkind = \"jwt\"\nissuer = \"http://i.example\"\naudience = [\" \"]\nalgorithms = []\nleeway = \"301s\"\njwks_url = \"i.example/keys\"\nid_claim = \"\"\n[[permissions]]\ncache = \"c\"\nrole = \"ReadOnly\"",
        &[
            "tvm.toml:4:",
            "`http://i.example` is not an https address",
            "tvm.toml:5:",
            "must not be empty",
            "tvm.toml:6:",
            "must name at least one algorithm",
            "tvm.toml:7:",
            "at most 5m, not 301 s",
            "tvm.toml:8:",
            "`i.example/keys` is not an https address",
            "tvm.toml:9:",
        ],
    ),
    ("auth = \"Open\"\n[token]\nid = 7", &["tvm.toml:3:", "token.id", "write id = \"7\""]),
    (
        "auth = \"Open\"\n[[permissions]]\ncache = \"c\"\nrole = \"ReadWrit\"",
        &["tvm.toml:4:", "`permissions[1].role`", "did you mean role = \"ReadWrite\"?"],
    ),
    (
        "auth = \"Open\"\n[[permissions]]\ncache = \"c\"\ntopc = \"t\"\nrole = \"ReadWrite\"",
        &["tvm.toml:4:", "`topc` is not a key of `permissions[1]`", "did you mean `topic`?"],
    ),
    ("auth = \"Open\"\n[[permissions]]\ncache = \"c\"", &["tvm.toml:2:", "has no `role`"]),
    (
        "auth = \"Open\"\n[[permissions]]\ncache = \"c\"\ntopic = \"t\"\nrole = \"ReadWrite\"",
        &[
            "tvm.toml:5:",
            "ReadWrite does not fit a permission for a topic",
            "PublishSubscribe, SubscribeOnly or PublishOnly",
        ],
    ),
    (
        "auth = \"Open\"\n[[permissions]]\ncache = \"c\"\nrole = \"Invoke\"",
        &["tvm.toml:4:", "Invoke does not fit a permission for a cache or a key"],
    ),
    (
        "auth = \"Open\"\n[[permissions]]\ncache = \"c\"\ntopic = \"t\"\nkey = \"k\"\nrole = \"ReadOnly\"",
        &["tvm.toml:4:", "only one of `topic`, `key` and `function`"],
    ),
    (
        "auth = \"Open\"\n[[permissions]]\ncache = { prefix = \"c\" }\nrole = \"ReadOnly\"",
        &["tvm.toml:3:", "permissions[1].cache", "cannot be selected by a prefix"],
    ),
    (
        "auth = \"Open\"\n[[permissions]]\ncache = \"c\"\ntopic = { prefx = \"t\" }\nrole = \"PublishOnly\"",
        &["tvm.toml:4:", "`prefx` is not a key", "did you mean `prefix`?"],
    ),
    (
        "auth = \"Open\"\n[[permissions]]\ncache = \"c\"\ntopic = { prefix = \"\" }\nrole = \"PublishOnly\"",
        &["tvm.toml:4:", "must not be empty"],
    ),
    ("auth = \"Open\"\n[[permissions]]\ncache = \" \"\nrole = \"ReadOnly\"", &["tvm.toml:3:", "empty"]),
    (
        "auth = \"Open\"\n[[permissions]]\ncache = \"c\"\nkey = \"{user}\"\nrole = \"ReadOnly\"",
        &["tvm.toml:4:", "`{user}` stands for nothing"],
    ),
    (
        "auth = \"Open\"\n[[permissions]]\ncache = \"c-{sub}\"\nrole = \"ReadOnly\"",
        &["tvm.toml:3:", "callers are not verified", "`{sub}`", "{cache}"],
    ),
    ("auth = \"Open\"\n[[permissions]]\ncache = \"{cache}\"\nrole = \"ReadOnly\"", &["tvm.toml:3:", "token.caches"]),
    (
        "auth = \"Open\"\n[[permissions]]\ncache = \"{query.name}\"\nrole = \"ReadOnly\"",
        &["tvm.toml:3:", "must not decide what they are granted"],
    ),
    (
        "auth = \"Open\"\n[token]\nid = \"{username}\"\n[[permissions]]\ncache = \"c\"\nrole = \"ReadOnly\"",
        &["tvm.toml:3:", "token.id", "`{username}`", "{query.name}"],
    ),
    (
        "auth = \"AmazonCognito\"\n[token]\nid = \"{query.name}-{sub}\"\n[[permissions]]\ncache = \"c\"\nrole = \"ReadOnly\"",
        &["tvm.toml:3:", "token.id", "could choose the name of another caller"],
    ),
    ("auth = \"Open\"", &["tvm.toml:1:", "a file without groups needs at least one permission"]),
    ("auth = \"AmazonCognito\"", &["tvm.toml:1:", "a file without groups needs at least one permission"]),
    (
        "auth = \"AmazonCognito\"\nungrouped = \"base\"\n[groups.A]\npermissions = [{ cache = \"c\", role = \"ReadOnly\" }]",
        &["tvm.toml:1:", "`ungrouped = \"base\"` needs at least one permission"],
    ),
    ("auth = \"AmazonCognito\"\n[groups.A]\npermissions = []", &["tvm.toml:2:", "groups.A", "has no permission"]),
    (
        "auth = \"AmazonCognito\"\n[groups.\"A B\"]\npermissions = [{ cache = \"c\", role = \"ReadOnly\" }]",
        &["tvm.toml:2:", "white space"],
    ),
    (
        "auth = \"Open\"\n[token]\ncaches = [\"a\", \"b\", \"a\"]\n[[permissions]]\ncache = \"c\"\nrole = \"ReadOnly\"",
        &["tvm.toml:3:", "`token.caches[3]`", "`a` is in the list twice"],
    ),
    (
        "auth = \"Open\"\n[momento]\nendpoint = \"https://x.example\"\n[[permissions]]\ncache = \"c\"\nrole = \"ReadOnly\"",
        &["tvm.toml:3:", "`https://x.example` is an address", "did you mean `x.example`?"],
    ),
    (
        "auth = \"Open\"\n[momento]\nendpoint = \"x_y.example\"\nsecret_field = \" \"\n[[permissions]]\ncache = \"c\"\nrole = \"ReadOnly\"",
        &[
            "tvm.toml:3:",
            "`x_y.example` is not a host name",
            "tvm.toml:4:",
            "`momento.secret_field`: must not be empty",
        ],
    ),
    ("auth = \"Open\"\nungrouped = \"bas\"", &["tvm.toml:2:", "did you mean ungrouped = \"base\"?"]),
];

/// A permission in mode "shared" with the cache left to its default, and what its error must say; nothing: it is accepted.
const REACHING: &[(&str, &[&str])] = &[
    (r#"{ cache = "*", role = "ReadOnly" }"#, &["name each cache instead of \"*\"", "reuse.mode = \"instance\""]),
    (r#"{ cache = "*", key = { prefix = "k" }, role = "WriteOnly" }"#, &["instead of \"*\""]),
    (r#"{ cache = "*", function = "f", role = "Invoke" }"#, &["instead of \"*\""]),
    (r#"{ cache = "*", topic = "*", role = "PublishSubscribe" }"#, &[]),
    (r#"{ cache = "token-vending-machine", role = "ReadOnly" }"#, &["name another cache here, or in `reuse.cache`"]),
    (r#"{ cache = { name = "token-vending-machine" }, key = "k", role = "ReadOnly" }"#, &["name another cache here"]),
    (r#"{ cache = "token-vending-machine", function = "f", role = "Invoke" }"#, &["name another cache here"]),
    (r#"{ cache = "token-vending-machine", topic = "*", role = "PublishSubscribe" }"#, &[]),
    (r#"{ cache = "token-vending-machine-2", role = "ReadWrite" }"#, &[]),
    (r#"{ cache = "Token-Vending-Machine", role = "ReadWrite" }"#, &[]),
    (r#"{ cache = { name = "*" }, role = "ReadWrite" }"#, &[]),
    (r#"{ cache = "{claims.tenant}", role = "ReadOnly" }"#, &["begin the name unlike that one", "or name another"]),
    (r#"{ cache = "token-{claims.tenant}", key = "k", role = "ReadOnly" }"#, &["begin the name unlike that one"]),
    (r#"{ cache = "{sub}-{username}-machine", function = "f", role = "Invoke" }"#, &["begin the name unlike that one"]),
    (r#"{ cache = "{cache}-vending-{context.kind}", role = "ReadOnly" }"#, &["begin the name unlike that one"]),
    (r#"{ cache = "{claims.tenant}", topic = "*", role = "PublishOnly" }"#, &[]),
    (r#"{ cache = "tenant-{claims.tenant}", role = "ReadOnly" }"#, &[]),
    (r#"{ cache = "token-vending-machine{sub}", role = "ReadOnly" }"#, &[]),
    (r#"{ cache = "{cache}", role = "ReadWrite" }"#, &[]),
    (r#"{ cache = "c", key = "token-vending-machine", role = "ReadWrite" }"#, &[]),
];

fn sharing(permissions: &str) -> String {
    format!("auth = \"AmazonCognito\"\n{permissions}\n[token]\ncaches = [\"c\", \"token\"]\n[reuse]\nmode = \"shared\"")
}

#[test]
fn no_permission_may_reach_the_items_of_the_cache_in_which_tokens_are_kept() {
    for (entry, expected) in REACHING {
        let text = sharing(&format!("permissions = [\n{{ cache = \"c\", role = \"ReadOnly\" }},\n{entry}]"));
        let said = Config::parse("f", &text).map(drop).map_err(|errors| errors.to_string());
        let Err(said) = said else {
            assert_eq!(*expected, [""; 0], "{entry} was accepted");
            continue;
        };
        assert!(!expected.is_empty(), "{entry} was refused: {said}");
        let begins = "f:4: `permissions[2].cache`: this can reach `token-vending-machine`, the cache in which minted";
        assert!(said.starts_with(begins) && said.lines().count() == 1, "of {entry} was said: {said}");
        for part in *expected {
            assert!(said.contains(part), "of {entry} was said: {said}\n  without: {part}");
        }
        // What each of the others may do is as before.
        for mode in ["off", "instance"] {
            assert!(Config::parse("f", &text.replace("shared", mode)).is_ok(), "{entry} in mode {mode}");
        }
        assert!(Config::parse("f", &text.replace("AmazonCognito", "LambdaAuthorizer")).is_err(), "{entry}");
    }
}

#[test]
fn every_way_to_the_kept_tokens_is_told_at_its_line_also_in_groups_and_in_a_mode_without_them() {
    let text = "auth = \"Open\"\npermissions = [\n{ cache = \"{cache}\", role = \"ReadOnly\" },\n{ cache = \"*\", role = \
                \"ReadOnly\" }]\n[groups.A]\npermissions = [{ cache = \"{sub}\", role = \"ReadOnly\" }]\n[token]\ncaches = \
                [\"c\",\n\"kept\"]\n[reuse]\nmode = \"shared\"\ncache = \"kept\"";
    let errors = Config::parse("f", text).unwrap_err().to_string();
    let places: Vec<&str> = errors.lines().filter_map(|line| line.split(": this can reach `kept`").next()).collect();
    assert_eq!(
        places,
        [
            "f:3: `permissions[1].cache`",
            "f:4: `permissions[2].cache`",
            "f:6: `groups.A.permissions[1].cache`",
            "f:9: `token.caches[2]`"
        ],
        "{errors}"
    );
    assert!(Config::parse("f", &text.replace("shared", "instance")).is_ok());
}

/// What `[authorizer]` says of signatures, from the file's sixth line on, and what the error must begin with and hold; nothing:
/// it is accepted.
const SIGNATURES: &[(&str, &[&str])] = &[
    ("algorithms = [\"HS256\"]\nhmac_secret = \"s\"", &[]),
    ("algorithms = [\"HS512\"]\nhmac_secret = \"arn:aws:secretsmanager:us-east-1:1:secret:s-AbCdEf\"", &[]),
    ("algorithms = [\"HS256\"]\nhmac_secret = \"s\"\njwks_ttl = \"1h\"", &[]),
    (
        "algorithms = [\"HS384\"]",
        &["f:6: `authorizer.algorithms`: HS384 needs a shared secret", "`hmac_secret`", "such as RS256"],
    ),
    ("hmac_secret = \"s\"", &["f:6: `authorizer.hmac_secret`: none of the `algorithms`", "algorithms = [\"HS256\"]"]),
    ("algorithms = [\"ES256\"]\nhmac_secret = \"s\"", &["f:7: `authorizer.hmac_secret`: none of the `algorithms`"]),
    ("algorithms = []\nhmac_secret = \"s\"", &["f:6: `authorizer.algorithms`: must name at least one"]),
    (
        "algorithms = [\"RS256\", \"HS256\"]\nhmac_secret = \"s\"",
        &["f:6: `authorizer.algorithms`: HS256 uses a shared secret and RS256 public keys", "algorithms of one sort"],
    ),
    ("algorithms = [\"HS512\", \"EdDSA\"]", &["f:6: `authorizer.algorithms`: HS512 uses", "EdDSA public keys"]),
    (
        "algorithms = [\"HS256\", \"HS512\"]\nhmac_secret = \"s\"",
        &["f:6: `authorizer.algorithms`: a shared secret is for one algorithm"],
    ),
    ("algorithms = [\"HS256\", \"HS256\"]", &["f:6: `authorizer.algorithms`: a shared secret is for one algorithm"]),
    ("algorithms = [\"HS256\"]\nhmac_secret = \" \"", &["f:7: `authorizer.hmac_secret`: must not be empty"]),
    (
        "algorithms = [\"HS256\"]\nhmac_secret = \"s\"\njwks_url = \"https://i.example/keys\"",
        &["f:8: `authorizer.jwks_url`: is not allowed with `hmac_secret`", "delete the line"],
    ),
    (
        "algorithms = [\"HS256\"]\nhmac_secret = \"s\"\njwks_max_stale = \"0s\"",
        &["f:8: `authorizer.jwks_max_stale`: is not allowed with `hmac_secret`"],
    ),
    ("jwks_max_stale = \"31d\"", &["f:6: `authorizer.jwks_max_stale`: 31d is out of range", "0s (not at all) to 30d"]),
    (
        "algorithms = [\"HS256\"]\nhmac_secret = \"s\"\njwks_ttl = \"5m\"",
        &["f:8: `authorizer.jwks_ttl`: is not allowed with `hmac_secret`"],
    ),
];

#[test]
fn a_shared_secret_and_its_algorithm_go_together_and_with_nothing_of_published_keys() {
    for (lines, expected) in SIGNATURES {
        let text = format!(
            "auth = \"LambdaAuthorizer\"\n[authorizer]\nkind = \"jwt\"\nissuer = \"https://i.example\"\naudience = \
             [\"a\"]\n{lines}\n[[permissions]]\ncache = \"c\"\nrole = \"ReadOnly\""
        );
        let said = Config::parse("f", &text).map(drop).map_err(|errors| errors.to_string());
        let [begins, parts @ ..] = *expected else {
            assert_eq!(said, Ok(()), "{lines}");
            continue;
        };
        let said = said.expect_err(lines);
        assert!(said.starts_with(begins) && said.lines().count() == 1, "of {lines} was said: {said}");
        for part in parts {
            assert!(said.contains(part), "of {lines} was said: {said}\n  without: {part}");
        }
    }
}

#[test]
fn every_error_names_its_line_and_what_to_write_instead() {
    for (text, expected) in WRONG {
        let errors = Config::parse("tvm.toml", text).expect_err(text).to_string();
        for part in *expected {
            assert!(errors.contains(part), "of {text:?} was said: {errors}\n  without: {part}");
        }
    }
}

#[test]
fn all_broken_rules_are_told_at_once_in_the_order_of_the_file() {
    let text = "auth = \"Open\"\n[token]\nid = \"{sub}\"\n[[permissions]]\ncache = \"\"\nrole = \"Invoke\"\n\
                [[permissions]]\ncache = \"c\"\ntopic = \"{\"\nrole = \"PublishOnly\"";
    let errors = Config::parse("f", text).unwrap_err();
    let lines: Vec<usize> = errors.iter().map(|error| error.line).collect();
    assert_eq!(lines, [3, 5, 6, 9], "{errors}");
}

#[test]
fn twenty_permissions_are_accepted_and_twenty_one_are_not() {
    let file = |count: usize| {
        let each = (0..count).map(|number| format!("[[permissions]]\ncache = \"c{number}\"\nrole = \"ReadOnly\"\n"));
        format!("auth = \"Open\"\n{}", each.collect::<String>())
    };
    assert!(Config::parse("f", &file(20)).is_ok());
    let error = Config::parse("f", &file(21)).unwrap_err().to_string();
    assert!(error.contains("21 permissions; Momento allows 20"), "{error}");
}
