//! How the file may name a claim: what the check refuses, with the line to write instead.
//! Real: the parser and the validation. There is nothing else.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the answer wanted"
)]

use tvm_config::{Config, Warning};

const JWT: &str = "kind = \"jwt\"\nissuer = \"https://i.example\"\naudience = [\"a\"]";

fn errors(text: &str) -> Vec<String> {
    Config::parse("f", text).err().map(|errors| errors.iter().map(ToString::to_string).collect()).unwrap_or_default()
}

/// A file of the mode that names this claim in a permission.
fn permission(mode: &str, claim: &str) -> String {
    let authorizer = if mode == "LambdaAuthorizer" { JWT } else { "" };
    format!(
        "auth = \"{mode}\"\npermissions = [{{ cache = \"c\", topic = '{{claims.{claim}}}', role = \"PublishOnly\" }}]\n[authorizer]\n{authorizer}"
    )
}

/// A file with a line of `[authorizer]`, on line 8.
fn authorizer(line: &str) -> String {
    format!(
        "auth = \"LambdaAuthorizer\"\npermissions = [{{ cache = \"c\", role = \"ReadOnly\" }}]\n\n[authorizer]\n{JWT}\n{line}"
    )
}

/// What is no name of a claim, or can be read in two ways; and what to write for each.
const REFUSED: &[(&str, &[&str])] = &[
    ("realm_access.roles", &["/realm_access/roles", "/realm_access.roles"]),
    ("resource_access.my-client.roles", &["/resource_access/my-client/roles"]),
    ("app_metadata.tenant_id", &["/app_metadata/tenant_id"]),
    ("realm_access/roles", &["/realm_access/roles", "/realm_access~1roles"]),
    ("roles[0]", &["/roles/0", "/roles[0]"]),
    ("$.realm_access.roles", &["/realm_access/roles"]),
    (".realm_access.roles", &["/realm_access/roles"]),
    ("kubernetes.io", &["/kubernetes/io", "/kubernetes.io"]),
    ("#/realm_access/roles", &["/realm_access/roles"]),
    ("/a~b/c", &["/a~0b/c"]),
    ("/a~2b~1c~", &["/a~02b~1c~0"]),
    ("/realm_access/roles/", &["/realm_access/roles"]),
    ("//roles", &["/roles"]),
    ("/", &["/NAME"]),
];

/// Names that issuers give to claims, and pointers.
const ACCEPTED: &[&str] = &[
    "groups",
    "cognito:groups",
    "custom:tenant.id",
    "https://example.com/roles",
    "https://hasura.io/jwt/claims",
    "/https:~1~1hasura.io~1jwt~1claims/x-hasura-role",
    "example.com/roles",
    "urn:zitadel:iam:org:project:roles",
    "urn:example.com:groups",
    "x-hasura-role",
    "per_missions",
    "/realm_access/roles",
    "/realm_access.roles",
    "/kubernetes.io/serviceaccount/name",
    "/roles/0",
    "/a~1b/m~0n",
];

#[test]
fn a_claim_that_would_never_be_found_is_refused_with_the_line_to_write() {
    for (claim, fixes) in REFUSED {
        for key in ["groups_claim", "id_claim", "audience_claim"] {
            let [error] = &errors(&authorizer(&format!("{key} = '{claim}'")))[..] else {
                panic!("not one error of {claim}")
            };
            assert!(error.starts_with(&format!("f:8: `authorizer.{key}`: ")), "{error}");
            assert!(fixes.iter().all(|fix| error.contains(&format!("{fix:?}"))), "{error}");
        }
        let [error] = &errors(&authorizer(&format!("required_claims = {{ '{claim}' = \"x\" }}")))[..] else {
            panic!("{claim}")
        };
        assert!(error.starts_with("f:8: `authorizer.required_claims`: "), "{error}");
        let [error] = &errors(&permission("LambdaAuthorizer", claim))[..] else { panic!("not one error of {claim}") };
        assert!(error.starts_with("f:2: `permissions[1].topic`: "), "{error}");
        assert!(fixes.iter().all(|fix| error.contains(&format!("`{{claims.{fix}}}`"))), "{error}");
    }
}

#[test]
fn a_claim_by_its_own_name_or_by_a_pointer_is_accepted() {
    for claim in ACCEPTED {
        for key in ["groups_claim", "id_claim"] {
            assert_eq!(errors(&authorizer(&format!("{key} = '{claim}'"))), [""; 0], "{claim}");
        }
        assert_eq!(errors(&permission("LambdaAuthorizer", claim)), [""; 0], "{claim}");
    }
}

#[test]
fn the_token_id_and_the_groups_are_looked_at_too() {
    let text = format!(
        "auth = \"LambdaAuthorizer\"\n[token]\nid = \"{{claims.user.id}}\"\n[authorizer]\n{JWT}\n[groups.A]\n\
         permissions = [{{ cache = \"{{claims.app.id}}\", role = \"ReadOnly\" }}]"
    );
    let found = errors(&text);
    assert!(found[0].starts_with("f:3: `token.id`: ") && found[0].contains("`{claims./user/id}`"), "{found:?}");
    assert!(found[1].starts_with("f:9: `groups.A.permissions[1].cache`: "), "{found:?}");
    assert_eq!(found.len(), 2);
}

#[test]
fn nothing_is_inside_a_claim_of_cognitos_and_a_dot_is_part_of_its_name() {
    for (claim, fix) in
        [("/app_metadata/tenant_id", "{claims.app_metadata}"), ("/custom:tenant", "{claims.custom:tenant}")]
    {
        let [error] = &errors(&permission("AmazonCognito", claim))[..] else { panic!("not one error of {claim}") };
        assert!(
            error.starts_with("f:2: `permissions[1].topic`: API Gateway hands on the claims of Amazon Cognito"),
            "{error}"
        );
        assert!(error.contains(fix), "{error}");
    }
    assert_eq!(errors(&permission("AmazonCognito", "custom:tenant")), [""; 0]);
    assert_eq!(errors(&permission("AmazonCognito", "my.claim")), [""; 0]);
}

#[test]
fn one_claim_has_one_name_in_a_file() {
    let text = |one: &str, other: &str| {
        format!(
            "auth = \"LambdaAuthorizer\"\n[token]\nid = \"{{claims.{one}}}\"\n[authorizer]\n{JWT}\n[[permissions]]\ncache = \"c\"\n\
             key = \"{{claims.{other}}}\"\nrole = \"ReadOnly\""
        )
    };
    for (one, other) in [("tenant", "/tenant"), ("/https:~1~1a.example~1t", "https://a.example/t")] {
        let [error] = &errors(&text(one, other))[..] else { panic!("not one error of {one}") };
        assert!(error.starts_with("f:10: `permissions[1].key`: elsewhere the file names this claim"), "{error}");
        assert!(error.contains(&format!("{{claims.{one}}}")), "{error}");
    }
    for (one, other) in [("tenant", "tenant"), ("tenant", "/tenant/id"), ("/a/b", "/a/c")] {
        assert_eq!(errors(&text(one, other)), [""; 0], "{one} {other}");
    }
}

#[test]
fn a_separator_separates() {
    for separator in ["", "a", "[", "]", "\\\"", "a,"] {
        let [error] = &errors(&authorizer(&format!("groups_separator = \"{separator}\"")))[..] else {
            panic!("{separator}")
        };
        assert!(error.starts_with("f:8: `authorizer.groups_separator`: groups are separated by"), "{error}");
    }
    for separator in [" ", ",", ", ", ";", "|", "::"] {
        assert_eq!(errors(&authorizer(&format!("groups_separator = \"{separator}\""))), [""; 0], "{separator}");
    }
    let credentials = "auth = \"LambdaAuthorizer\"\npermissions = [{ cache = \"c\", role = \"ReadOnly\" }]\n[authorizer]\ngroups_separator = \" \"";
    assert!(errors(credentials)[0].contains("only allowed with kind = \"jwt\""), "{:?}", errors(credentials));
}

#[test]
fn names_are_for_groups_that_somebody_else_named() {
    let text = |head: &str, names: &str| {
        format!("{head}\n[groups.A]\nnames = [{names}]\npermissions = [{{ cache = \"c\", role = \"ReadOnly\" }}]")
    };
    let jwt = format!("auth = \"LambdaAuthorizer\"\n[authorizer]\n{JWT}");
    let pool = "auth = \"AmazonCognito\"\n[cognito]\nuser_pool = \"eu-west-1_a\"\nclients = [\"app\"]";
    let open = "auth = \"Open\"\npermissions = [{ cache = \"c\", role = \"ReadOnly\" }]";
    for head in [&jwt, pool, open] {
        assert_eq!(errors(&text(head, "\"Chat Admins\"")), [""; 0], "{head}");
    }
    for head in ["auth = \"LambdaAuthorizer\"", "auth = \"AmazonCognito\""] {
        let [error] = &errors(&text(head, "\"Chat Admins\""))[..] else { panic!("not one error of {head}") };
        assert!(error.starts_with("f:3: `groups.A.names`: only the tokens of your issuer"), "{error}");
    }
    assert!(errors(&text(&jwt, "\"a\", \" \""))[0].contains("`groups.A.names[2]`: must not be empty"));
    assert!(errors(&text(&jwt, "\"a\", \"a\""))[0].contains("`a` is in the list twice"));
    let spaced = format!("{jwt}\n[groups.\"Chat Admins\"]\npermissions = [{{ cache = \"c\", role = \"ReadOnly\" }}]");
    assert!(errors(&spaced)[0].contains("in its `names`"), "{:?}", errors(&spaced));
}

#[test]
fn what_users_write_themselves_is_warned_of_however_it_is_named() {
    let warnings = |text: &str| -> Vec<String> {
        let config = Config::parse("f", text).unwrap();
        config.warnings("f", text).iter().map(Warning::message).filter(|text| text.contains("themselves")).collect()
    };
    for claim in
        ["/nickname", "/address/country", "/preferred_username", "/user_metadata/tenant", "/unsafe_metadata/tenant"]
    {
        assert_eq!(warnings(&permission("LambdaAuthorizer", claim)).len(), 1, "{claim}");
    }
    for claim in ["/app_metadata/tenant", "/public_metadata/tenant", "/firebase/tenant", "tenant"] {
        assert_eq!(warnings(&permission("LambdaAuthorizer", claim)), [""; 0], "{claim}");
    }
    let groups = warnings(&authorizer("groups_claim = \"/user_metadata/roles\""));
    assert!(groups[0].starts_with("`authorizer.groups_claim`: users may write this themselves"), "{groups:?}");
}
