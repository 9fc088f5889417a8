//! The table `[cognito]`: what is refused, what is warned of, and what the functions are told of it.
//! Real: the parser and the validation. There is nothing else.
#![allow(clippy::unwrap_used, reason = "what cannot be had fails the test")]

use tvm_config::{Config, TokenUse};

/// A configuration with this in `[cognito]`, which begins on line 3.
fn with(table: &str) -> String {
    format!(
        "auth = \"AmazonCognito\"\n[cognito]\n{table}\n[groups.Members]\npermissions = [{{ cache = \"c\", role = \"ReadOnly\" }}]\n"
    )
}

const EXISTING: &str = "user_pool = \"eu-central-1_AbC123\"\nclients = [\"app\"]";

fn existing_and(more: &str) -> String {
    format!("{EXISTING}\n{more}")
}

fn warnings(text: &str) -> Vec<String> {
    Config::parse("f", text).unwrap().warnings("f", text).iter().map(ToString::to_string).collect()
}

#[test]
fn what_cannot_be_is_refused_with_its_place_and_its_mend() {
    for (table, expected) in [
        ("scope = \"tvm/vend\"", ["f:3: `cognito.scope`", "token_use = \"access\""]),
        (
            "token_use = \"access\"\nscope = \"tvm/vend\"",
            ["f:4: `cognito.scope`", "with an existing pool; write its id in `user_pool`"],
        ),
        ("clients = [\"app\"]", ["f:3: `cognito.clients`", "with an existing pool; write its id in `user_pool`"]),
        ("token_use = \"acess\"", ["f:3: `cognito.token_use`", "did you mean token_use = \"access\"?"]),
        ("user_pool = \"eu-central-1_AbC123\"", ["f:3: `cognito.user_pool`", "needs `clients`"]),
        (
            "user_pool = \"MyPool\"\nclients = [\"app\"]",
            ["f:3: `cognito.user_pool`", "`MyPool` is not the id or ARN of a user pool"],
        ),
        // A part of no region, by which nobody could ask for it.
        (
            "user_pool = \"my_Pool\"\nclients = [\"app\"]",
            ["f:3: `cognito.user_pool`", "`my_Pool` is not the id or ARN of a user pool"],
        ),
        (
            "user_pool = \"arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-central-1_A\"\nclients = [\"app\"]",
            ["f:3: `cognito.user_pool`", "is not the id or ARN of a user pool"],
        ),
        (
            &existing_and("clients = [\"\"]").replacen("clients = [\"app\"]\n", "", 1),
            ["f:4: `cognito.clients`", "empty"],
        ),
        (&existing_and("token_use = \"access\"\nscope = \" \""), ["f:6: `cognito.scope`", "must not be empty"]),
        (
            &existing_and("auth_flows = [\"USER_PASSWORD\"]"),
            ["f:5: `cognito.auth_flows`", "does not change the pool in `user_pool`"],
        ),
        (&existing_and("self_sign_up = true"), ["`cognito.self_sign_up`", "does not change the pool in `user_pool`"]),
        (&existing_and("mfa = \"required\""), ["f:5: `cognito.mfa`", "does not change the pool in `user_pool`"]),
        (
            &existing_and("password = { min_length = 20 }"),
            ["f:5: `cognito.password`", "does not change the pool in `user_pool`"],
        ),
        (
            &existing_and("writable_attributes = [\"name\"]"),
            ["f:5: `cognito.writable_attributes`", "does not change the pool in `user_pool`"],
        ),
        (
            &existing_and("threat_protection = \"audit\""),
            ["f:5: `cognito.threat_protection`", "does not change the pool in `user_pool`"],
        ),
        (
            &existing_and("deletion_protection = true"),
            ["f:5: `cognito.deletion_protection`", "does not change the pool in `user_pool`"],
        ),
        ("auth_flows = []", ["f:3: `cognito.auth_flows`", "USER_SRP"]),
        ("auth_flows = [\"SRP\"]", ["f:3: `cognito.auth_flows[1]`", "USER_SRP"]),
        ("writable_attributes = []", ["f:3: `cognito.writable_attributes`", "reads an empty list as all"]),
        ("writable_attributes = [\"mail\"]", ["f:3: `cognito.writable_attributes[1]`", "did you mean \"email\"?"]),
        ("self_sign_up = true", ["f:3: `cognito.self_sign_up`", "needs \"email\" in `writable_attributes`"]),
        ("password = { min_length = 5 }", ["f:3: `cognito.password.min_length`", "6 to 99, not 5"]),
        ("[cognito.password]\nmin_length = 100", ["f:4: `cognito.password.min_length`", "6 to 99, not 100"]),
        ("password = { require = [\"digit\"] }", ["f:3:", "did you mean \"digits\"?"]),
        ("mfa = \"sms\"", ["f:3: `cognito.mfa`", "off, optional, required"]),
    ] {
        let error = Config::parse("f", &with(table)).unwrap_err().to_string();
        for part in expected {
            assert!(error.contains(part), "{table}\n{part} is not in: {error}");
        }
    }
}

#[test]
fn what_the_owner_of_a_pool_may_say_is_accepted_without_a_warning() {
    for table in [
        "",
        EXISTING,
        "user_pool = \"arn:aws:cognito-idp:eu-central-1:123456789012:userpool/eu-central-1_AbC123\"\nclients = [\"a\", \"b\"]",
        &existing_and("token_use = \"access\"\nscope = \"tvm/vend\""),
        "token_use = \"access\"",
        "auth_flows = [\"USER_SRP\", \"USER_PASSWORD\"]\nmfa = \"required\"\nthreat_protection = \"enforced\"",
        "self_sign_up = true\nwritable_attributes = [\"email\", \"name\"]\ndeletion_protection = true",
        "password = { min_length = 99, require = [] }",
    ] {
        let text = with(table);
        assert_eq!(warnings(&text), [""; 0], "{table}");
        let config = Config::parse("f", &text).unwrap();
        assert!(config.render_json().contains("\"cognito\""), "{table}");
        #[cfg(feature = "toml-render")]
        assert_eq!(Config::parse("f", &config.render_toml()).unwrap(), config, "{table}");
    }
}

#[test]
fn the_functions_know_which_tokens_count() {
    let of = |table: &str| Config::parse("f", &with(table)).unwrap();
    let (new, existing) = (of(""), of(&existing_and("token_use = \"access\"")));
    assert_eq!((new.cognito_tokens().token_use, new.cognito_tokens().clients), (TokenUse::Id, &[][..]));
    let tokens = existing.cognito_tokens();
    assert_eq!((tokens.token_use, tokens.clients), (TokenUse::Access, &["app".to_owned()][..]));
}

/// A permission for `{claims.CLAIM}`, on line 5 of the file or 7 where the pool exists.
fn granting(claim: &str, table: &str) -> Vec<String> {
    warnings(&format!(
        "auth = \"AmazonCognito\"\n[cognito]\n{table}\n[groups.Members]\n\
         permissions = [{{ cache = \"c\", topic = \"{{claims.{claim}}}\", role = \"SubscribeOnly\" }}]\n"
    ))
}

#[test]
fn a_grant_made_of_what_users_may_write_is_warned_of() {
    let theirs = |claim, table| granting(claim, table).first().is_some_and(|warning| warning.contains("themselves"));
    // In a pool of the deployment's, what the file says that they may write.
    assert!(theirs("locale", ""));
    assert!(theirs("email", "self_sign_up = true\nwritable_attributes = [\"email\"]"));
    for claim in ["email", "name", "custom:tenant", "sub", "cognito:username", "email_verified", "anything"] {
        assert_eq!(granting(claim, ""), [""; 0], "{claim}");
    }
    // In another, who knows.
    for claim in ["email", "locale", "preferred_username", "custom:tenant"] {
        assert!(theirs(claim, EXISTING), "{claim}");
    }
    for claim in ["sub", "cognito:username", "email_verified", "tenant"] {
        assert_eq!(granting(claim, EXISTING), [""; 0], "{claim}");
    }
    let warning = &granting("locale", "")[0];
    assert!(warning.starts_with("f:5: `groups.Members.permissions[1]`"), "{warning}");
    // Nobody of another mode is one of the pool's users.
    let text = with("").replace("AmazonCognito", "LambdaAuthorizer").replace("\"c\"", "\"{claims.locale}\"");
    assert_eq!(warnings(&text), [""; 0]);
}

#[test]
fn a_token_id_made_of_what_users_may_write_is_warned_of() {
    let text = with("").replace("[cognito]", "[token]\nid = \"{claims.locale}\"\n[cognito]");
    assert!(warnings(&text)[0].starts_with("f:3: `token.id`: its users may write this attribute"));
}

#[test]
fn an_access_token_has_no_attributes_to_make_a_grant_of() {
    let found = granting("email", "token_use = \"access\"");
    assert!(found[0].contains("an access token holds no attributes"), "{found:?}");
    assert_eq!(granting("scope", "token_use = \"access\""), [""; 0]);
}

#[test]
fn sign_up_without_a_group_to_be_put_into_is_warned_of() {
    let signs_up = "self_sign_up = true\nwritable_attributes = [\"email\"]";
    let base = "[[permissions]]\ncache = \"c\"\nrole = \"ReadOnly\"\n";
    let text = format!("auth = \"AmazonCognito\"\n{base}[cognito]\n{signs_up}\n");
    let found = warnings(&text);
    assert!(found[0].starts_with("f:6: `cognito.self_sign_up`: anyone can sign up"), "{found:?}");
    assert_eq!(warnings(&with(signs_up)), [""; 0]);
    let both = format!("ungrouped = \"base\"\n{}{base}", with(signs_up));
    assert_eq!(warnings(&both).len(), 1);
}

#[test]
fn how_long_a_decision_is_reused_has_the_range_of_api_gateway() {
    let of =
        |ttl: &str| Config::parse("f", &with("").replace("[cognito]", &format!("[api]\nauthorizer_cache_ttl = {ttl}")));
    for (ttl, seconds) in [("\"0s\"", 0), ("0", 0), ("5", 5), ("\"1m30s\"", 90), ("\"1h\"", 3_600)] {
        let rendered = of(ttl).unwrap().render_json();
        assert!(rendered.contains(&format!("\"authorizer_cache_ttl\": {seconds},\n")), "{ttl}: {rendered}");
    }
    for ttl in ["\"61m\"", "3601", "-1", "\"99999999999999999999h\""] {
        let error = of(ttl).unwrap_err().to_string();
        assert!(
            error.contains("f:3: `api.authorizer_cache_ttl`") && error.contains("0s (not at all) to 1h"),
            "{error}"
        );
    }
    assert!(of("\"never\"").unwrap_err().to_string().contains("`never` is not a time"));
}
