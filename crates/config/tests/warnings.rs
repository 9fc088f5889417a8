//! What is accepted and seldom meant: the line, the key, and what was perhaps meant instead.
//! Real: the parser and the validation. There is nothing else.
#![allow(clippy::unwrap_used, reason = "in a test a panic is the answer wanted")]

use tvm_config::Config;

fn warnings(text: &str) -> Vec<String> {
    Config::parse("f", text).unwrap().warnings("f", text).iter().map(ToString::to_string).collect()
}

#[test]
fn an_interval_of_callers_is_warned_of_only_where_nobody_is_verified() {
    let text =
        "auth = \"Open\"\npermissions = [{ cache = \"c\", role = \"ReadOnly\" }]\n[limits]\nidentity_interval = \"5s\"";
    let of_open = warnings(text);
    assert_eq!(of_open.len(), 1, "{of_open:?}");
    assert!(
        of_open[0].starts_with("f:4: `limits.identity_interval`: in Open mode no caller is verified"),
        "{of_open:?}"
    );
    for mode in ["AmazonCognito", "LambdaAuthorizer"] {
        assert_eq!(warnings(&text.replace("Open", mode)), [""; 0], "{mode}");
    }
    assert_eq!(warnings(&text.replace("identity_interval = \"5s\"", "")), [""; 0]);
}

/// Momento mints 5 tokens a second for an account: whoever can have as many kinds of token as they like can have all of them.
#[test]
fn a_verified_caller_who_can_have_every_token_of_the_account_is_warned_of() {
    let base = "permissions = [{ cache = \"c\", role = \"ReadOnly\" }]";
    let named = format!("auth = \"Open\"\n{base}\n[token]\nid = \"{{username}}:{{query.name}}\"\n");
    let each = format!("auth = \"Open\"\n{base}\n[reuse]\nmode = \"off\"\n");
    let both = format!("{named}[reuse]\nmode = \"off\"\n");
    for mode in ["AmazonCognito", "LambdaAuthorizer"] {
        for (text, line) in [(&named, "f:4: `token.id`"), (&each, "f:4: `reuse.mode`"), (&both, "f:6: `reuse.mode`")] {
            let text = text.replace("Open", mode);
            let [warning] = &warnings(&text)[..] else { panic!("not one warning of {text}") };
            assert!(warning.starts_with(line), "{warning}");
            assert!(warning.contains("5 tokens a second"), "{warning}");
            // What it says to write is what makes it quiet.
            assert!(warning.ends_with("write identity_interval = \"5s\" in [limits]"), "{warning}");
            assert_eq!(warnings(&format!("{text}[limits]\nidentity_interval = \"5s\"")), [""; 0], "{text}");
        }
        let bounded = named.replace("Open", mode).replace(":{query.name}", "");
        assert_eq!(warnings(&bounded), [""; 0], "{mode}");
        assert_eq!(warnings(&each.replace("Open", mode).replace("off", "instance")), [""; 0], "{mode}");
    }
}

/// The shipped file is one that a demo begins with: clients that choose a name are its point, and it says nothing.
#[test]
fn strangers_who_name_their_tokens_are_warned_of_where_people_rely_on_the_deployment_and_the_file_did_not_choose_it() {
    let text = "auth = \"Open\"\npermissions = [{ cache = \"c\", role = \"ReadOnly\" }]\n[deployment]\nstage = \"prod\"\n\
                [api]\naccess_logs = true\n[api.waf]\n[limits]\nrequests_per_second = 50\n";
    let [warning] = &warnings(text)[..] else { panic!("not one warning") };
    assert!(warning.starts_with("f:4: `deployment.stage`: in Open mode a stranger can name"), "{warning}");
    for written in ["id = \"guest\"", "id = \"{query.name}\""] {
        assert!(warning.contains(written), "{warning}");
        assert_eq!(warnings(&format!("{text}[token]\n{written}")), [""; 0], "{written}");
    }
    for another_key in ["expires_in = \"30m\"", "caches = [\"c\"]"] {
        assert_eq!(warnings(&format!("{text}[token]\n{another_key}")).len(), 1, "{another_key}");
    }
    for quiet in [text.replace("prod", "dev"), text.replace("Open", "AmazonCognito")] {
        assert_eq!(warnings(&quiet), [""; 0], "{quiet}");
    }
}

#[test]
fn a_rotation_of_a_key_that_cannot_be_renewed_is_warned_of() {
    let text = |endpoint: &str| {
        format!(
            "auth = \"Open\"\n[momento]\n{endpoint}\nrotate_every = \"30d\"\n[[permissions]]\ncache = \"c\"\nrole = \"ReadOnly\""
        )
    };
    assert_eq!(warnings(&text("")), [""; 0]);
    let [warning] = &warnings(&text("endpoint = \"cell.example\""))[..] else { panic!("not one warning") };
    assert!(warning.starts_with("f:4: `momento.rotate_every`") && warning.contains("v2 key"), "{warning}");
}

#[test]
fn a_deployment_that_people_rely_on_and_that_logs_no_request_is_warned_of() {
    let text = "auth = \"AmazonCognito\"\npermissions = [{ cache = \"c\", role = \"ReadOnly\" }]\n[deployment]\nstage = \"prod\"\n\
                [api]\naccess_logs = false";
    let [warning] = &warnings(text)[..] else { panic!("not one warning") };
    assert!(
        warning.starts_with("f:4: `deployment.stage`") && warning.contains("access_logs = true in [api]"),
        "{warning}"
    );
    for quiet in [text.replace("prod", "dev"), text.replace("false", "true")] {
        assert_eq!(warnings(&quiet), [""; 0], "{quiet}");
    }
}

#[test]
fn a_page_for_everybody_is_warned_of_only_where_it_asks_nobody_who_they_are() {
    let text = "auth = \"Open\"\npermissions = [{ cache = \"c\", role = \"ReadOnly\" }]\n[web]\nenabled = true";
    let of_open = warnings(text);
    assert_eq!(of_open.len(), 1, "{of_open:?}");
    assert!(of_open[0].starts_with("f:4: `web.enabled`: in Open mode whoever finds the page"), "{of_open:?}");
    for quiet in [text.replace("Open", "AmazonCognito"), text.replace("true", "false")] {
        assert_eq!(warnings(&quiet), [""; 0], "{quiet}");
    }
}

/// It is in the template of the pool's group, where it breaks a later `cdk import` (aws-cdk 38708).
#[test]
fn a_group_whose_description_or_name_is_not_ascii_is_warned_of_where_it_goes_into_a_template() {
    let text = |description: &str| {
        format!(
            "auth = \"AmazonCognito\"\n[groups.Readers]\ndescription = \"{description}\"\npermissions = [{{ cache = \"c\", \
             topic = \"*\", role = \"SubscribeOnly\" }}]"
        )
    };
    assert_eq!(warnings(&text("May subscribe - no more")), [""; 0]);
    for description in ["May subscribe \u{2013} no more", "Who isn\u{2019}t a writer", "L\u{e9}s lecteurs", "\u{8aad}"]
    {
        let [warning] = &warnings(&text(description))[..] else { panic!("not one warning of {description}") };
        assert!(
            warning.starts_with("f:3: `groups.Readers.description`: it has a character that is not ASCII"),
            "{warning}"
        );
        assert!(warning.contains("`cdk import`") && warning.contains("ASCII characters alone"), "{warning}");
    }
    let [warning] = &warnings(&text("").replace("[groups.Readers]", "[groups.\"L\u{e9}s\"]"))[..] else {
        panic!("no warning of a name")
    };
    assert!(warning.starts_with("f:2: `groups.L\u{e9}s`: it has a character"), "{warning}");
    let dashed = text("May subscribe \u{2013} no more");
    assert_eq!(warnings(&dashed.replace("AmazonCognito", "LambdaAuthorizer")), [""; 0]);
    let existing = dashed.replace("[groups", "[cognito]\nuser_pool = \"us-east-1_AbC123\"\nclients = [\"c\"]\n[groups");
    assert_eq!(warnings(&existing), [""; 0]);
}

#[test]
fn what_is_seldom_meant_is_warned_of_and_still_accepted() {
    let text = "auth = \"Open\"\n[token]\nid = \"{query.name}{cache}\"\ncaches = [\"c\"]\n[[permissions]]\ncache = \"c\"\nkey = \"*\"\n\
                role = \"ReadOnly\"\n[groups.A]\npermissions = [\n{ cache = \"c\", topic = { prefix = \"{username}\" }, role = \
                \"PublishOnly\" },\n{ cache = \"c\", key = \"{sub}{username}\", role = \"ReadOnly\" }]";
    let warnings = warnings(text);
    assert_eq!(warnings.len(), 4, "{warnings:?}");
    assert!(warnings[0].starts_with("f:3: `token.id`: two values stand side by side"), "{warnings:?}");
    assert!(warnings[1].starts_with("f:7: `permissions[1].key`: this is the one item"), "{warnings:?}");
    // In Open mode no group counts, and these are no errors.
    assert!(warnings[2].starts_with("f:11: `groups.A.permissions[1].topic`: the prefix ends with"), "{warnings:?}");
    assert!(
        warnings[3].starts_with("f:12: `groups.A.permissions[2].key`: two values stand side by side"),
        "{warnings:?}"
    );
}

/// Whose tokens count, and a permission for `{claims.CLAIM}`.
fn with_issuer(more: &str, claim: &str) -> String {
    format!(
        "auth = \"LambdaAuthorizer\"\npermissions = [{{ cache = \"c\", topic = \"{{claims.{claim}}}\", role = \"PublishOnly\" }}]\n\
         [authorizer]\nkind = \"jwt\"\nissuer = \"https://issuer.example\"\naudience = [\"a\"]\n{more}\n"
    )
}

/// OpenID Connect Core 1.0, section 5.7: of the standard claims, only `sub` with `iss` identifies a user.
#[test]
fn a_claim_that_users_of_an_issuer_write_themselves_is_warned_of() {
    for claim in ["preferred_username", "nickname", "name", "given_name", "website"] {
        let [warning] = &warnings(&with_issuer("", claim))[..] else { panic!("not one warning of {claim}") };
        assert!(warning.starts_with("f:2: `permissions[1]`: many issuers let users write this claim"), "{warning}");
        assert!(warning.contains("use `sub`"), "{warning}");
    }
    for (claim, verified) in [("email", "email_verified"), ("phone_number", "phone_number_verified")] {
        let required = |value: &str| with_issuer(&format!("required_claims = {{ {verified} = \"{value}\" }}"), claim);
        assert_eq!(warnings(&required("true")), [""; 0], "{claim}");
        for text in
            [with_issuer("", claim), required("false"), with_issuer("required_claims = { x = \"true\" }", claim)]
        {
            let [warning] = &warnings(&text)[..] else { panic!("not one warning of {claim}") };
            assert!(warning.contains(&format!("required_claims = {{ {verified} = \"true\" }}")), "{warning}");
        }
    }
    for claim in ["sub", "tenant", "email_verified", "updated_at", "groups"] {
        assert_eq!(warnings(&with_issuer("", claim)), [""; 0], "{claim}");
    }
    // Where credentials count, claims are what the authorizer says.
    let credentials = "auth = \"LambdaAuthorizer\"\npermissions = [{ cache = \"c\", topic = \"{claims.name}\", role = \"PublishOnly\" }]";
    assert_eq!(warnings(credentials), [""; 0]);
}

#[test]
fn a_token_id_and_an_identity_made_of_such_a_claim_are_warned_of_too() {
    let id = with_issuer("", "tenant").replace("[authorizer]", "[token]\nid = \"{claims.nickname}\"\n[authorizer]");
    assert!(warnings(&id)[0].starts_with("f:4: `token.id`: many issuers let users write"), "{:?}", warnings(&id));
    let [warning] = &warnings(&with_issuer("id_claim = \"preferred_username\"", "tenant"))[..] else {
        panic!("not one")
    };
    assert!(warning.starts_with("f:7: `authorizer.id_claim`: many issuers let users write"), "{warning}");
    let [warning] = &warnings(&with_issuer("id_claim = \"email\"", "tenant"))[..] else { panic!("not one") };
    assert!(warning.contains("email_verified"), "{warning}");
}

#[test]
fn an_end_that_many_values_contain_is_warned_of_before_its_callers_are_refused() {
    let text = |mode: &str, id: &str, key: &str| {
        format!(
            "auth = \"{mode}\"\n[token]\nid = \"{id}\"\n[[permissions]]\ncache = \"c\"\nkey = {key}\nrole = \"ReadOnly\"\n[limits]\nidentity_interval = \"5s\""
        )
    };
    for mode in ["LambdaAuthorizer", "AmazonCognito"] {
        let of = |id: &str, key: &str| warnings(&text(mode, id, key));
        for key in ["{ prefix = \"u-{username}-\" }", "\"{claims.org}.{username}\"", "{ prefix = \"{username}x\" }"] {
            let [warning] = &of("t", key)[..] else { panic!("not one warning of {key}") };
            assert!(warning.starts_with("f:6: `permissions[1].key`: a caller whose value contains"), "{warning}");
            assert!(warning.contains("IdentityAmbiguous") && warning.contains("write `/` or `:`"), "{warning}");
        }
        assert!(of("{username}-{query.name}", "\"k\"")[0].starts_with("f:3: `token.id`: a caller whose"));
        for key in ["{ prefix = \"u-{username}/\" }", "\"{claims.org}:{username}-inbox\"", "\"{username}\""] {
            assert_eq!(of("{username}:{query.name}", key), [""; 0], "{key}");
        }
    }
    assert_eq!(warnings(&text("AmazonCognito", "{sub}-{query.name}", "{ prefix = \"{sub}-\" }")), [""; 0]);
}

#[test]
fn names_that_begin_alike_with_different_values_are_warned_of() {
    let of = |mode: &str, one: &str, other: &str| {
        warnings(&format!(
            "auth = \"{mode}\"\n[token]\nid = \"t\"\n[groups.A]\npermissions = [{{ {one}, role = \"ReadOnly\" }}]\n[groups.B]\n\
             permissions = [{{ {other}, role = \"ReadOnly\" }}]"
        ))
    };
    let user = "cache = \"c\", key = { prefix = \"{username}/\" }";
    for other in [
        "cache = \"c\", key = { prefix = \"{claims.org}/\" }",
        "cache = \"c\", key = \"{sub}\"",
        "cache = \"*\", key = \"{sub}\"",
        "cache = \"{claims.org}\", key = \"{sub}\"",
    ] {
        for mode in ["LambdaAuthorizer", "AmazonCognito"] {
            let [warning] = &of(mode, user, other)[..] else { panic!("not one warning of {other}") };
            assert!(
                warning
                    .starts_with("f:7: `groups.B.permissions[1]`: its name has another of the caller's values where"),
                "{warning}"
            );
        }
    }
    for other in [
        "cache = \"c\", key = \"{username}/profile\"",
        "cache = \"d\", key = { prefix = \"{claims.org}/\" }",
        "cache = \"c\", key = \"k\"",
        "cache = \"{claims.org}\"",
    ] {
        assert_eq!(of("AmazonCognito", user, other), [""; 0], "{other}");
    }
    let [sub, principal] =
        ["sub", "principal"].map(|name| format!("cache = \"c\", key = {{ prefix = \"{{{name}}}/\" }}"));
    assert_eq!(of("AmazonCognito", &sub, &principal), [""; 0]);
    assert_eq!(of("LambdaAuthorizer", &sub, &principal).len(), 1);
}

/// A permission, the key that it is warned of, and how the warning ends; nothing: there is none.
const LITERAL: &[(&str, &str, &str)] = &[
    ("cache = \"c\", topic = \"room-*\", role = \"SubscribeOnly\"", "topic", "write topic = { prefix = \"room-\" }"),
    ("cache = \"c\", key = \"user:*\", role = \"ReadOnly\"", "key", "write key = { prefix = \"user:\" }"),
    ("cache = \"c\", function = \"f-*\", role = \"Invoke\"", "function", "write function = { prefix = \"f-\" }"),
    (
        "cache = \"c\", topic = { prefix = \"room-*\" }, role = \"SubscribeOnly\"",
        "topic",
        "write topic = { prefix = \"room-\" }",
    ),
    ("cache = \"c\", topic = \"*-room\", role = \"SubscribeOnly\"", "topic", "cannot be selected by their end"),
    ("cache = \"cache-*\", role = \"ReadOnly\"", "cache", "write cache = \"*\" for every cache"),
    ("cache = \"AllCaches\", role = \"ReadOnly\"", "cache", "for every one write cache = \"*\""),
    ("cache = \"c\", topic = \"AllTopics\", role = \"SubscribeOnly\"", "topic", "for every one write topic = \"*\""),
    ("cache = \"c\", key = \"AllCacheItems\", role = \"ReadOnly\"", "key", "for every one leave `key` out"),
    ("cache = { name = \"cache-*\" }, role = \"ReadOnly\"", "", ""),
    ("cache = \"*\", topic = \"*\", role = \"SubscribeOnly\"", "", ""),
    ("cache = \"c\", topic = { prefix = \"room-\" }, role = \"SubscribeOnly\"", "", ""),
];

#[test]
fn a_star_inside_a_name_and_what_the_sdk_calls_everything_are_warned_of_as_they_are_names() {
    for (permission, key, ends) in LITERAL {
        let found = warnings(&format!(
            "auth = \"Open\"\n[token]\nid = \"guest\"\n[[permissions]]\n{}",
            permission.replace(", ", "\n")
        ));
        match &found[..] {
            [] => assert_eq!(*key, "", "{permission}"),
            [warning] => {
                assert!(warning.contains(&format!("`permissions[1].{key}`")) && warning.ends_with(ends), "{warning}");
            }
            _ => panic!("{permission}: {found:?}"),
        }
    }
}

/// A user who is called `shared`, or `user-bob`, would have what is there.
#[test]
fn a_text_that_a_value_could_be_in_the_place_of_another_names_value_is_warned_of() {
    let of = |mode: &str, one: &str, other: &str| {
        warnings(&format!(
            "auth = \"{mode}\"\n[token]\nid = \"t\"\n[groups.A]\npermissions = [{{ cache = \"c\", key = {one}, role = \"ReadOnly\" }}]\n\
             [groups.B]\npermissions = [{{ cache = \"c\", key = {other}, role = \"ReadOnly\" }}]"
        ))
    };
    let user = "{ prefix = \"{username}/\" }";
    for (one, other) in [
        (user, "\"shared/config\""),
        (user, "{ prefix = \"shared/\" }"),
        (user, "{ prefix = \"shared\" }"),
        (user, "{ prefix = \"user-{username}/\" }"),
        (user, "{ prefix = \"user/{username}/\" }"),
        (user, "{ prefix = \"org/{claims.org}/\" }"),
        ("\"{username}\"", "\"shared\""),
        ("\"{username}\"", "\"shared/config\""),
        ("{ prefix = \"{claims.org}/{username}/\" }", "{ prefix = \"{claims.org}/shared/\" }"),
        ("{ prefix = \"org/{claims.org}/x\" }", "\"org/acme/x/y\""),
    ] {
        for mode in ["LambdaAuthorizer", "AmazonCognito"] {
            for (one, other) in [(one, other), (other, one)] {
                let found = of(mode, one, other);
                let alike = |warning: &&String| warning.contains("told apart by a text that a caller's value could be");
                assert_eq!(found.iter().filter(alike).count(), 1, "{mode} {one} {other}: {found:?}");
            }
        }
    }
    for (one, other) in [
        (user, "\"shared\""),
        ("{ prefix = \"user/{username}/\" }", "{ prefix = \"shared/\" }"),
        ("{ prefix = \"user/{username}/\" }", "{ prefix = \"org/{claims.org}/\" }"),
        ("{ prefix = \"user/{username}/\" }", "{ prefix = \"user/\" }"),
        ("{ prefix = \"{username}/\" }", "\"{username}/shared\""),
        ("\"{username}/inbox\"", "\"shared/outbox\""),
        ("\"{claims.org}/{username}\"", "\"shared\""),
    ] {
        assert_eq!(of("LambdaAuthorizer", one, other), [""; 0], "{one} {other}");
    }
    // Cognito's ids are no words.
    assert_eq!(of("AmazonCognito", "{ prefix = \"{sub}/\" }", "{ prefix = \"shared/\" }"), [""; 0]);
    assert_eq!(of("LambdaAuthorizer", "{ prefix = \"{sub}/\" }", "{ prefix = \"shared/\" }").len(), 1);
}
