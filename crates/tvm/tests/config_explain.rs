//! `tvm config explain` as its users call it: what a caller would get and why, or the refusal with its fix.
//! Real: the built program and the shipped configuration. There is nothing else.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the answer wanted"
)]

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::{Value, json};
use tempfile::NamedTempFile;

/// `tvm config explain` with these arguments, in the repository.
fn explain(arguments: &[&str]) -> Output {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut command = Command::new(env!("CARGO_BIN_EXE_tvm"));
    command.current_dir(root).env_remove("TVM_CONFIG").args(["config", "explain"]).args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn said(arguments: &[&str]) -> String {
    let output = explain(arguments);
    assert_eq!(output.stderr, b"", "{}", text(&output.stderr));
    text(&output.stdout)
}

fn report(arguments: &[&str]) -> Value {
    let all: Vec<&str> = arguments.iter().copied().chain(["--json"]).collect();
    serde_json::from_slice(&explain(&all).stdout).unwrap()
}

fn file(text: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

const ADA: [&str; 4] = ["--auth", "AmazonCognito", "--username", "ada"];

fn ada(more: &[&'static str]) -> Vec<&'static str> {
    ADA.into_iter().chain(more.iter().copied()).collect()
}

#[test]
fn a_member_of_a_group_gets_its_permissions_and_reads_where_each_value_came_from() {
    assert_eq!(
        said(&ada(&["--group", "ReadOnlyUserGroup", "--group", "Elsewhere"])),
        "A token for 3600 s\n  \
           id: \"ada\"  ({username} = \"ada\", the sign-in)\n  \
           permissions: those of their groups; without effect: Elsewhere\n    \
             { cache = \"default-cache\", topic = \"*\", role = \"SubscribeOnly\" }  [ReadOnlyUserGroup]  \
             ({cache} = \"default-cache\", the first of `token.caches`)\n"
    );
}

#[test]
fn a_permission_that_groups_have_in_common_is_one_and_names_them_all() {
    let both = ada(&["--group", "ReadWriteUserGroup", "--group", "ReadOnlyUserGroup"]);
    let joined = "    { cache = \"default-cache\", topic = \"*\", role = \"PublishSubscribe\" }  [ReadOnlyUserGroup, ReadWriteUserGroup]";
    assert_eq!(said(&both).lines().filter(|line| line.starts_with("    ")).count(), 1, "{}", said(&both));
    assert!(said(&both).contains(joined), "{}", said(&both));
    let permissions = &report(&both)["token"]["permissions"];
    assert_eq!(permissions.as_array().unwrap().len(), 1);
    assert_eq!(permissions[0]["group"], "ReadOnlyUserGroup");
    assert_eq!(permissions[0]["groups"], json!(["ReadOnlyUserGroup", "ReadWriteUserGroup"]));
    assert_eq!(permissions[0]["from"].as_array().unwrap().len(), 1);
}

#[test]
fn reading_and_writing_apart_is_refused_and_the_groups_are_named() {
    let file = file(
        "auth = \"AmazonCognito\"\n[groups.A]\npermissions = [{ cache = \"c\", key = \"{sub}\", role = \"ReadOnly\" }]\n\
         [groups.B]\npermissions = [{ cache = \"c\", key = \"{username}\", role = \"WriteOnly\" }]\n",
    );
    let path = file.path().to_str().unwrap();
    let asked = [path, "--username", "ada", "--sub", "ada", "--group", "A", "--group", "B"];
    let refused = &report(&asked)["refused"];
    assert_eq!((&refused["status"], &refused["code"]), (&json!(403), &json!("ConflictingPermissions")));
    assert!(refused["reason"].as_str().unwrap().contains("of `A` and `B`"), "{refused}");
    assert!(refused["fix"].as_str().unwrap().contains("`usergroup`"), "{refused}");
}

#[test]
fn in_open_mode_anybody_gets_the_base() {
    let report = report(&["--name", "Taylor"]);
    assert_eq!(report["auth"], "Open");
    assert_eq!(report["token"]["id"], "Taylor");
    assert_eq!(
        report["token"]["id_from"],
        json!([{ "placeholder": "{query.name}", "value": "Taylor", "source": "`?name=`" }])
    );
    assert_eq!(
        report["token"]["permissions"][0]["permission"],
        json!({ "cache": "default-cache", "role": "ReadWrite" })
    );
    assert_eq!(report["token"]["permissions"][0]["group"], Value::Null);
    assert_eq!(report["token"]["permissions"][0]["groups"], json!([]));
    assert!(said(&[]).contains("id: none\n"), "{}", said(&[]));
}

/// Each refusal that a command line can lead to: its status and code, and what its fix names.
const REFUSALS: &[(&[&str], u16, &str, &str)] = &[
    (&[], 403, "NoGroup", "(ReadOnlyUserGroup, ReadWriteUserGroup)"),
    (&["--group", "A", "--usergroup", "B"], 403, "GroupNotAllowed", "one of theirs (A)"),
    (&["--usergroup", "ReadOnlyUserGroup"], 403, "GroupNotAllowed", "they are in no group"),
    (&["--group", "ReadOnlyUserGroup", "--cachename", "other"], 403, "CacheNotAllowed", "`token.caches`"),
    (
        &[
            "--group",
            "ReadOnlyUserGroup",
            "--username",
            "a-name-of-more-than-sixty-four-characters-is-longer-than-momento-takes",
        ],
        400,
        "TokenIdTooLong",
        "id_too_long",
    ),
    (&["--group", "ReadOnlyUserGroup", "--username", "a\tb"], 400, "TokenIdInvalid", "`name`"),
];

#[test]
fn a_refusal_is_the_answer_over_http_with_its_fix_and_exit_code_1() {
    for (more, status, code, fix) in REFUSALS {
        let base: &[&str] = if more.contains(&"--username") { &ADA[..2] } else { &ADA };
        let arguments: Vec<&str> = base.iter().chain(more.iter()).copied().collect();
        let output = explain(&arguments);
        assert_eq!((output.status.code(), output.stderr.as_slice()), (Some(1), b"".as_slice()), "{more:?}");
        assert!(text(&output.stdout).starts_with(&format!("No token: {status} {code}\n")), "{more:?}");
        let refused = &report(&arguments)["refused"];
        assert_eq!((refused["status"].as_u64(), refused["code"].as_str()), (Some(u64::from(*status)), Some(*code)));
        assert!(refused["fix"].as_str().unwrap().contains(fix), "{refused}");
    }
}

#[test]
fn a_value_that_the_caller_lacks_is_named_with_the_option_that_gives_it() {
    let file = file(
        "auth = \"AmazonCognito\"\n[[permissions]]\ncache = \"{claims.tenant}\"\nkey = { prefix = \"{sub}/\" }\nrole = \"ReadOnly\"\n",
    );
    let path = file.path().to_str().unwrap();
    let refused = text(&explain(&[path, "--username", "ada"]).stdout);
    assert!(refused.contains("IdentityIncomplete") && refused.contains("--claim tenant="), "{refused}");
    let granted = said(&[path, "--username", "ada", "--claim", "tenant=acme"]);
    assert!(granted.contains("cache = \"acme\"") && granted.contains("stands in: --sub"), "{granted}");
    let report = report(&[path, "--username", "ada", "--claim", "tenant=acme", "--sub", "s-1"]);
    assert_eq!(report["token"]["permissions"][0]["permission"]["key"], json!({ "prefix": "s-1/" }));
    assert_eq!(report["token"]["permissions"][0]["from"][1]["source"], "the user's `sub`");
}

#[test]
fn a_value_that_could_spell_another_callers_is_named_with_what_to_write() {
    let file = file(
        "auth = \"LambdaAuthorizer\"\n[[permissions]]\ncache = \"c\"\nkey = { prefix = \"user-{username}/\" }\nrole = \"ReadOnly\"\n",
    );
    let path = file.path().to_str().unwrap();
    let refused = &report(&[path, "--username", "bob/smith"])["refused"];
    assert_eq!((&refused["status"], &refused["code"]), (&json!(403), &json!("IdentityAmbiguous")));
    assert!(refused["reason"].as_str().unwrap().contains("`{username}`"), "{refused}");
    assert!(refused["fix"].as_str().unwrap().contains("another character after `{username}`"), "{refused}");
    assert!(said(&[path, "--username", "bob"]).contains("user-bob/"));
}

#[test]
fn a_value_inside_a_claim_is_given_by_the_name_that_the_template_has() {
    let file = file(
        "auth = \"LambdaAuthorizer\"\n[authorizer]\nkind = \"jwt\"\nissuer = \"https://i.example\"\naudience = [\"a\"]\n\
         [groups.admins]\nnames = [\"Chat Admins\"]\n\
         permissions = [{ cache = \"c\", topic = { prefix = \"{claims./app_metadata/tenant_id}/\" }, role = \"PublishOnly\" }]\n",
    );
    let path = file.path().to_str().unwrap();
    let refused = text(&explain(&[path, "--username", "ada", "--group", "Chat Admins"]).stdout);
    assert!(refused.contains("`{claims./app_metadata/tenant_id}`"), "{refused}");
    assert!(refused.contains("--claim /app_metadata/tenant_id="), "{refused}");
    let granted =
        said(&[path, "--username", "ada", "--group", "Chat Admins", "--claim", "/app_metadata/tenant_id=acme"]);
    assert!(granted.contains("prefix = \"acme/\"") && granted.contains("[admins]"), "{granted}");
    // The key of the group is no name of it.
    let outside = report(&[path, "--username", "ada", "--group", "admins"]);
    assert_eq!(outside["refused"]["code"], "NoGroup", "{outside}");
}

#[test]
fn an_authorizers_caller_has_what_it_passes_on() {
    let file = file(
        "auth = \"LambdaAuthorizer\"\n[token]\nid = \"{principal}\"\n[[permissions]]\ncache = \"{context.plan}\"\nrole = \"ReadOnly\"\n",
    );
    let report = report(&[file.path().to_str().unwrap(), "--username", "ci", "--context", "plan=gold"]);
    assert_eq!(report["token"]["id"], "ci");
    assert_eq!(report["token"]["permissions"][0]["permission"]["cache"], "gold");
}

#[test]
fn what_makes_no_sense_in_the_mode_is_an_error_and_no_answer() {
    for (arguments, expected) in [
        (&["--username", "ada"] as &[&str], "no caller is verified, so --username has no effect"),
        (&["--group", "A"], "so --group has no effect"),
        (&["--auth", "LambdaAuthorizer"], "say who asks, with --username"),
        (&["--auth", "AmazonCognito", "--username", "a", "--context", "x=y"], "leave out --context"),
        (&["--auth", "LambdaAuthorizer", "--username", "a", "--claim", "x=y"], "leave out --claim"),
        (&["--auth", "LambdaAuthorizer", "--token", "-"], "leave out --token"),
        (&["--auth", "AmazonCognito", "--token", "-"], "leave out --token"),
    ] {
        let output = explain(arguments);
        assert_eq!((output.status.code(), output.stdout.as_slice()), (Some(1), b"".as_slice()));
        assert!(text(&output.stderr).contains(expected), "{}", text(&output.stderr));
    }
    assert_eq!(explain(&["--claim", "tenant"]).status.code(), Some(2));
}
