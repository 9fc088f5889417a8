//! `tvm user` on a Cognito user pool: what is asked of Cognito in which order, and what is left behind when a step fails.
//! Real: the built program and the AWS SDK. Not real: Cognito, whose answers are made up here; it is the emulator in
//! `tests/behaviours/user-commands.ts`.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the answer wanted"
)]

mod support;

use serde_json::{Value, json};
use support::aws::{Answer, Aws, Call, good, refused};
use support::{Done, command, run};

const POOL: &str = "us-west-2_pool";
const PASSWORD: &str = "planted-Passw0rd";

async fn user(aws: &Aws, arguments: &[&str], input: &str) -> Done {
    let arguments: Vec<&str> =
        ["user"].into_iter().chain(arguments.iter().copied()).chain(["--user-pool", POOL]).collect();
    let done = run(command(&aws.url, &arguments), input).await;
    assert!(!done.printed().contains("planted"), "{done:?}");
    done
}

/// A Cognito that refuses these calls with these codes, and does all others.
async fn refusing(refusals: &'static [(&str, &str)]) -> Aws {
    Aws::answering(move |call| {
        let refusal = refusals.iter().find(|(action, _)| call.action == *action);
        refusal.map_or_else(|| good(&json!({})), |(_, code)| refused(code, "It says why."))
    })
    .await
}

#[tokio::test]
async fn a_user_is_made_without_a_message_given_a_password_for_good_and_put_into_groups() {
    let aws = refusing(&[]).await;
    let groups = ["--group", "ReadOnlyUserGroup", "--group", "ReadWriteUserGroup"];
    user(&aws, &[&["add", "ada"], groups.as_slice()].concat(), &format!("{PASSWORD}\n")).await.well();
    let calls: Vec<(String, Value)> = aws.calls().into_iter().map(|Call { action, body, .. }| (action, body)).collect();
    let who = json!({ "UserPoolId": POOL, "Username": "ada" });
    let with = |more: &Value| {
        let mut body = who.clone();
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        body
    };
    assert_eq!(
        calls,
        [
            ("AdminCreateUser".to_owned(), with(&json!({ "MessageAction": "SUPPRESS" }))),
            ("AdminSetUserPassword".to_owned(), with(&json!({ "Password": PASSWORD, "Permanent": true }))),
            ("AdminAddUserToGroup".to_owned(), with(&json!({ "GroupName": "ReadOnlyUserGroup" }))),
            ("AdminAddUserToGroup".to_owned(), with(&json!({ "GroupName": "ReadWriteUserGroup" }))),
        ]
    );
}

#[tokio::test]
async fn a_user_whose_making_fails_halfway_is_removed_again() {
    for step in ["AdminSetUserPassword", "AdminAddUserToGroup"] {
        let refusals: &'static [(&str, &str)] = if step == "AdminSetUserPassword" {
            &[("AdminSetUserPassword", "InvalidPasswordException")]
        } else {
            &[("AdminAddUserToGroup", "ResourceNotFoundException")]
        };
        let aws = refusing(refusals).await;
        let error = user(&aws, &["add", "ada", "--group", "ReadOnlyUserGroup"], PASSWORD).await.error();
        assert!(
            error.contains(refusals[0].1) && error.contains("`ada`, who was just made, was removed again"),
            "{error}"
        );
        assert_eq!(&aws.actions()[aws.actions().len() - 2..], [step, "AdminDeleteUser"]);
        assert_eq!(aws.calls().last().unwrap().body["Username"], "ada");
    }
}

#[tokio::test]
async fn one_who_cannot_be_removed_again_is_named_with_what_to_do() {
    let aws =
        refusing(&[("AdminSetUserPassword", "InvalidPasswordException"), ("AdminDeleteUser", "AccessDeniedException")])
            .await;
    let error = user(&aws, &["add", "ada"], PASSWORD).await.error();
    assert!(error.contains("InvalidPasswordException") && error.contains("AccessDeniedException"), "{error}");
    assert!(error.contains("could not be removed again") && error.contains("`tvm user remove ada`"), "{error}");
}

#[tokio::test]
async fn one_who_was_there_before_is_never_removed() {
    let aws = refusing(&[("AdminCreateUser", "UsernameExistsException")]).await;
    let error = user(&aws, &["add", "ada"], PASSWORD).await.error();
    assert!(error.contains("there is a user `ada` in the pool already"), "{error}");
    assert_eq!(aws.actions(), ["AdminCreateUser"]);
}

#[tokio::test]
async fn what_is_wrong_on_this_side_reaches_no_pool() {
    let aws = refusing(&[]).await;
    for (arguments, input, expected) in [
        (&["add", "ada", "--key"] as &[&str], "", "--key is for the users of the authorizer's secret"),
        (&["passwd", "ada", "--key"], "", "--key is for the users of the authorizer's secret"),
        (&["add", "ada", "--group", "Admins"], PASSWORD, "no group `Admins`; its groups are"),
        (&["add", "ada"], "", "standard input holds no password"),
    ] {
        let error = user(&aws, arguments, input).await.error();
        assert!(error.contains(expected), "{error}");
    }
    assert_eq!(aws.calls().len(), 0);
}

#[tokio::test]
async fn one_who_is_not_there_is_an_error_of_every_other_command() {
    const NOBODY: &str = "UserNotFoundException";
    let aws = refusing(&[
        ("AdminSetUserPassword", NOBODY),
        ("AdminDeleteUser", NOBODY),
        ("AdminEnableUser", NOBODY),
        ("AdminDisableUser", NOBODY),
    ])
    .await;
    for name in ["passwd", "remove", "enable", "disable"] {
        let error = user(&aws, &[name, "ada"], PASSWORD).await.error();
        assert!(error.contains("there is no user `ada` in the pool"), "{error}");
    }
}

#[tokio::test]
async fn a_pool_of_several_pages_is_listed_whole_with_everybodys_groups() {
    fn page(items: &str, rows: &Value, token: &str, next: Option<&str>) -> Answer {
        let mut body = json!({ items: rows });
        if let Some(next) = next {
            body[token] = json!(next);
        }
        good(&body)
    }
    fn answer(call: &Call) -> Answer {
        let user =
            |name: &str, enabled: bool| json!({ "Username": name, "UserStatus": "CONFIRMED", "Enabled": enabled });
        let token = call.body["PaginationToken"].as_str().or(call.body["NextToken"].as_str());
        match (call.action.as_str(), call.body["GroupName"].as_str(), token) {
            ("ListUsers", _, None) => page("Users", &json!([user("ada", true)]), "PaginationToken", Some("2")),
            ("ListUsers", ..) => {
                page("Users", &json!([user("bob", false), user("eve", true)]), "PaginationToken", None)
            }
            ("ListGroups", _, None) => page("Groups", &json!([{ "GroupName": "A" }]), "NextToken", Some("2")),
            ("ListGroups", ..) => page("Groups", &json!([{ "GroupName": "B" }]), "NextToken", None),
            ("ListUsersInGroup", Some("A"), None) => page("Users", &json!([user("ada", true)]), "NextToken", Some("2")),
            ("ListUsersInGroup", Some("A"), _) => page("Users", &json!([user("bob", false)]), "NextToken", None),
            ("ListUsersInGroup", ..) => page("Users", &json!([user("bob", false)]), "NextToken", None),
            (other, ..) => refused("Unexpected", other),
        }
    }
    let aws = Aws::answering(answer).await;
    let rows: Value = serde_json::from_str(&user(&aws, &["list", "--json"], "").await.well().out).unwrap();
    let row = |name: &str, groups: &[&str], state: &str| json!({ "username": name, "groups": groups, "signs_in_by": "confirmed", "state": state });
    assert_eq!(
        rows,
        json!([row("ada", &["A"], "enabled"), row("bob", &["A", "B"], "disabled"), row("eve", &[], "enabled")])
    );
}
