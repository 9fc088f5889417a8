//! `tvm user` on the authorizer's secret: who is in it afterwards, what was printed, and what happens to two at once.
//! Real: the built program, the AWS SDK, and the authorizer's own reading of the secret. Not real: Secrets Manager, which is a
//! stand-in that moves labels by AWS's rules.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the answer wanted"
)]

mod support;

use futures_util::future::join_all;
use lambda_emulator::{Secrets, Trouble};
use secrecy::SecretString;
use serde_json::{Value, json};
use support::{Done, command, run};
use tvm_users::{Memory, Users};

const SECRET: &str = "the-users";
const PASSWORD: &str = "planted four words";

/// A Secrets Manager with the secret as a deployment leaves it.
async fn deployed() -> Secrets {
    let secrets = Secrets::start().await.unwrap();
    secrets.put(SECRET, &json!({ "username": "momento", "groups": "*", "password": "planted-first" }).to_string());
    secrets
}

/// `tvm user …` on that secret, with `input` as its standard input.
async fn user(secrets: &Secrets, arguments: &[&str], input: &str) -> Done {
    let arguments: Vec<&str> =
        ["user"].into_iter().chain(arguments.iter().copied()).chain(["--secret", SECRET]).collect();
    run(command(secrets.url(), &arguments), input).await
}

fn stored(secrets: &Secrets) -> Value {
    serde_json::from_str(&secrets.value(SECRET, "AWSCURRENT").unwrap()).unwrap()
}

/// The groups of who is let in by this name and password, as the authorizer has it with this one group configured.
fn let_in(secrets: &Secrets, username: &str, password: &str) -> Option<String> {
    let users = Users::parse(&SecretString::from(secrets.value(SECRET, "AWSCURRENT").unwrap())).unwrap();
    let found = users.find(username, &SecretString::from(password), &mut Memory::default());
    found.map(|user| user.groups.resolve(&["ReadWriteUserGroup".to_owned()]).join(","))
}

#[tokio::test]
async fn an_added_user_is_let_in_by_their_password_and_the_first_one_still_is() {
    let secrets = deployed().await;
    let done = user(&secrets, &["add", "ada", "--group", "ReadOnlyUserGroup"], &format!("{PASSWORD}\n")).await.well();
    assert_eq!(done.out, "");
    assert_eq!(let_in(&secrets, "ada", PASSWORD).as_deref(), Some("ReadOnlyUserGroup"));
    assert_eq!(let_in(&secrets, "ada", "planted four word"), None);
    assert_eq!(let_in(&secrets, "momento", "planted-first").as_deref(), Some("ReadWriteUserGroup"));
    assert!(!secrets.value(SECRET, "AWSCURRENT").unwrap().contains(PASSWORD));
    assert_eq!(secrets.stages(SECRET), ["AWSCURRENT", "AWSPREVIOUS"], "no label of ours stays");
}

#[tokio::test]
async fn two_who_add_at_once_are_both_there() {
    let secrets = deployed().await;
    let names: Vec<String> = (0..5).map(|number| format!("user-{number}")).collect();
    let adding = names.iter().map(|name| async {
        user(&secrets, &["add", name, "--key"], "").await.well();
    });
    join_all(adding).await;
    let mut listed: Vec<String> = stored(&secrets)["users"]
        .as_array()
        .unwrap()
        .iter()
        .map(|user| user["username"].as_str().unwrap().to_owned())
        .collect();
    listed.sort_unstable();
    assert_eq!(listed, ["momento"].into_iter().map(str::to_owned).chain(names).collect::<Vec<_>>());
    assert_eq!(secrets.stages(SECRET), ["AWSCURRENT", "AWSPREVIOUS"]);
}

#[tokio::test]
async fn what_somebody_else_put_there_after_the_read_is_kept() {
    let secrets = deployed().await;
    let theirs = json!({ "users": [{ "username": "bob", "password": "planted-bob" }], "note": "of the operators" });
    secrets.put_after_read(SECRET, &theirs.to_string());
    user(&secrets, &["add", "ada"], PASSWORD).await.well();
    assert_eq!(let_in(&secrets, "ada", PASSWORD).as_deref(), Some(""));
    assert_eq!(let_in(&secrets, "bob", "planted-bob").as_deref(), Some(""));
    assert_eq!(stored(&secrets)["note"], "of the operators");
    assert_eq!(secrets.reads("AWSCURRENT"), 3, "read, read for whether it went through after all, and read again");
}

#[tokio::test]
async fn a_secret_that_never_rests_is_an_error_and_not_overwritten() {
    let secrets = deployed().await;
    let other = |number: u32| json!({ "users": [], "note": number }).to_string();
    (0..40).for_each(|number| secrets.put_after_read(SECRET, &other(number)));
    let error = user(&secrets, &["add", "ada"], PASSWORD).await.error();
    assert!(error.contains("changed by somebody else") && error.contains("try again"), "{error}");
    assert!(stored(&secrets)["note"].is_number() && stored(&secrets)["users"] == json!([]));
    assert!(!secrets.stages(SECRET).contains(&"TVM_EDIT".to_owned()));
}

#[tokio::test]
async fn a_key_is_printed_once_on_standard_output_alone_and_lets_its_machine_in() {
    let secrets = deployed().await;
    let done = user(&secrets, &["add", "ci", "--key"], "").await.well();
    let key = done.out.strip_suffix('\n').unwrap().to_owned();
    assert_eq!(key.len(), 43);
    assert!(!done.notes.contains(&key));
    assert_eq!(let_in(&secrets, "ci", &key).as_deref(), Some(""));
    let again = user(&secrets, &["passwd", "ci", "--key"], "").await.well();
    assert_ne!(again.out, done.out);
    assert_eq!(let_in(&secrets, "ci", &key), None);
    assert_eq!(let_in(&secrets, "ci", again.out.trim_end()).as_deref(), Some(""));
}

#[tokio::test]
async fn a_password_in_clear_is_replaced_by_a_hash() {
    let secrets = deployed().await;
    user(&secrets, &["passwd", "momento"], &format!("{PASSWORD}\r\nsecond line")).await.well();
    let value = stored(&secrets);
    assert_eq!(value.as_object().unwrap().keys().collect::<Vec<_>>(), ["username", "groups", "password_hash"]);
    assert_eq!(let_in(&secrets, "momento", PASSWORD).as_deref(), Some("ReadWriteUserGroup"));
    assert_eq!(let_in(&secrets, "momento", "planted-first"), None);
}

#[tokio::test]
async fn who_is_removed_or_disabled_is_not_let_in_and_who_is_enabled_is_again() {
    let secrets = deployed().await;
    user(&secrets, &["add", "ada"], PASSWORD).await.well();
    user(&secrets, &["disable", "ada"], "").await.well();
    assert_eq!(let_in(&secrets, "ada", PASSWORD), None);
    user(&secrets, &["enable", "ada"], "").await.well();
    assert_eq!(let_in(&secrets, "ada", PASSWORD).as_deref(), Some(""));
    user(&secrets, &["remove", "ada"], "").await.well();
    assert_eq!(let_in(&secrets, "ada", PASSWORD), None);
    assert_eq!(let_in(&secrets, "momento", "planted-first").as_deref(), Some("ReadWriteUserGroup"));
}

#[tokio::test]
async fn a_user_in_every_group_stays_so_and_is_shown_so() {
    let secrets = deployed().await;
    user(&secrets, &["add", "ada", "--group", "ReadOnlyUserGroup"], PASSWORD).await.well();
    user(&secrets, &["passwd", "momento"], PASSWORD).await.well();
    user(&secrets, &["disable", "momento"], "").await.well();
    user(&secrets, &["enable", "momento"], "").await.well();
    assert_eq!(stored(&secrets)["users"][0]["groups"], "*");
    let listed: Value = serde_json::from_str(&user(&secrets, &["list", "--json"], "").await.well().out).unwrap();
    assert_eq!(
        listed,
        json!([
            { "username": "momento", "groups": [], "all_groups": true, "signs_in_by": "password", "state": "enabled" },
            { "username": "ada", "groups": ["ReadOnlyUserGroup"], "signs_in_by": "password", "state": "enabled" },
        ])
    );
    let table = user(&secrets, &["list"], "").await.well().out;
    assert!(table.contains("momento") && table.contains("* (every configured group)"), "{table}");
}

#[tokio::test]
async fn what_cannot_be_done_is_said_and_changes_nothing() {
    let secrets = deployed().await;
    let before = stored(&secrets);
    for (arguments, input, expected) in [
        (&["add", "momento"] as &[&str], PASSWORD, "the user `momento` exists already"),
        (&["remove", "ada"], "", "there is no user `ada`"),
        (&["passwd", "ada"], PASSWORD, "there is no user `ada`"),
        (&["disable", "ada"], "", "there is no user `ada`"),
        (&["add", "ada", "--group", "Admins"], PASSWORD, "its groups are ReadOnlyUserGroup, ReadWriteUserGroup"),
        (&["add", "ada", "--group", "ReadOnlyUserGroup,ReadWriteUserGroup"], PASSWORD, "give --group once for each"),
        (&["add", "eve"], "planted-few", "fewer than 12 characters"),
        (&["add", "eve"], "", "standard input holds no password"),
        (&["add", "eve"], "planted-päßword", "letters without accents"),
        (&["add", "ädä"], PASSWORD, "the username has a character that not every client can send"),
        (&["add", ""], PASSWORD, "the username is empty"),
        (&["add", "eve", "--config", "nowhere.toml"], PASSWORD, "nowhere.toml cannot be read"),
    ] {
        let error = user(&secrets, arguments, input).await.error();
        assert!(error.contains(expected), "{arguments:?}: {error}");
        assert!(!error.contains("planted"), "{error}");
    }
    assert_eq!(stored(&secrets), before);
}

#[tokio::test]
async fn trouble_with_the_secret_is_told_with_what_to_do() {
    let secrets = deployed().await;
    secrets.trouble(Trouble::AccessDenied);
    let error = user(&secrets, &["remove", "momento"], "").await.error();
    assert!(error.contains("AccessDeniedException") && error.contains("docs/command-line.md"), "{error}");
    secrets.recover();
    secrets.empty(SECRET);
    let error = user(&secrets, &["list"], "").await.error();
    assert!(error.contains("has no text to edit") && error.contains("put-secret-value"), "{error}");
    secrets.put(SECRET, "planted, no json");
    let error = user(&secrets, &["add", "ada", "--key"], "").await.error();
    assert!(error.contains("lists no users") && !error.contains("planted"), "{error}");
    secrets.put(SECRET, r#"{"users":[{"username":"bob"}]}"#);
    let error = user(&secrets, &["add", "ada", "--key"], "").await.error();
    assert!(error.starts_with("nothing was changed") && error.contains("user 1"), "{error}");
    user(&secrets, &["remove", "bob"], "").await.well();
}

/// One of each kind, with a word on the list, and what is not known here.
fn one_of_each() -> Value {
    json!({ "note": "kept", "users": [
        { "username": "ada", "password_hash": "$argon2id$v=19$m=7168,t=5,p=1$MDEyMzQ1Njc4OWFiY2RlZg$LNJ2qmt8IFowdbUHN8yqwCXgaIsTeBk9361Yi/5Fsf8", "groups": ["ReadOnlyUserGroup", "Other"] },
        { "username": "ci", "key_sha256": "7eed545bde4b42fea364f19d59123e65db9751a5782f9a2c0d749fde4f39248d", "disabled": true },
        { "username": "bob\u{1b}[2J", "password": "planted-bob" },
        { "username": "dan", "password": "planted-dan", "disable": "planted-disable" },
    ] })
}

#[tokio::test]
async fn the_list_shows_everybody_and_nothing_that_proves_anything() {
    let secrets = deployed().await;
    secrets.put(SECRET, &one_of_each().to_string());
    let plain = user(&secrets, &["list"], "").await.well();
    let lines: Vec<String> =
        plain.out.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(
        lines,
        [
            "USERNAME SIGNS IN BY STATE GROUPS",
            "ada password enabled ReadOnlyUserGroup, Other",
            "ci key disabled",
            r"bob\u{1b}[2J password in clear enabled",
            "dan password in clear not let in: it has a field that is not known",
        ]
    );
    let state = plain.out.lines().next().unwrap().find("STATE").unwrap();
    assert!(plain.out.lines().skip(1).all(|line| !line[state..].starts_with(' ')), "{}", plain.out);
    let json = user(&secrets, &["list", "--json"], "").await.well();
    let rows: Value = serde_json::from_str(&json.out).unwrap();
    assert_eq!(
        rows[0],
        json!({ "username": "ada", "groups": ["ReadOnlyUserGroup", "Other"], "signs_in_by": "password", "state": "enabled" })
    );
    assert_eq!((rows[1]["state"].as_str(), rows[3]["state"].as_str()), (Some("disabled"), Some("unknown_field")));
    for printed in [plain.printed(), json.printed()] {
        for secret in ["planted", "argon2", "MDEy", "LNJ2", "7eed"] {
            assert!(!printed.contains(secret), "{secret} in {printed}");
        }
    }
}

#[tokio::test]
async fn what_is_not_known_here_stays_as_it_is_and_a_new_hash_costs_what_the_others_cost() {
    let secrets = deployed().await;
    secrets.put(SECRET, &one_of_each().to_string());
    user(&secrets, &["add", "eve"], PASSWORD).await.well();
    let value = stored(&secrets);
    let (before, after) = (one_of_each(), value["users"].as_array().unwrap());
    assert_eq!(value["note"], "kept");
    assert_eq!(&after[..4], before["users"].as_array().unwrap().as_slice());
    assert!(after[4]["password_hash"].as_str().unwrap().starts_with("$argon2id$v=19$m=7168,t=5,p=1$"), "{}", after[4]);
}
