//! `tvm doctor` and AWS: what of the account is in the way, and that it only looks.
//! Real: the built program and the AWS SDK. Not real: AWS, whose answers are made up here, and the programs of the computer.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the answer wanted"
)]

mod support;

use std::collections::BTreeSet;

use serde_json::json;
use support::aws::{Answer, Aws, Call, good, refused, stack, stack_in, stack_refused, stack_told};
use support::doctor::{Computer, Found};

const SHIPPED: &str = "auth = \"Open\"\n[[permissions]]\ncache = \"c\"\nrole = \"ReadOnly\"\n";
const SECRET: &str = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:momento";

/// What is deployed already.
const MACHINE: &[(&str, &str)] = &[("AuthMode", "Open")];
const BOOTSTRAPPED: &[(&str, &str)] = &[("BootstrapVersion", "30")];

fn caller() -> Answer {
    let result = "<Arn>arn:aws:iam::111122223333:user/ada</Arn><UserId>A</UserId><Account>111122223333</Account>";
    let result = format!("<GetCallerIdentityResult>{result}</GetCallerIdentityResult>");
    let namespace = "https://sts.amazonaws.com/doc/2011-06-15/";
    (200, format!("<GetCallerIdentityResponse xmlns=\"{namespace}\">{result}</GetCallerIdentityResponse>"))
}

fn absent() -> Answer {
    stack_refused("ValidationError", "Stack with id x does not exist")
}

fn asks_for(call: &Call, stack: &str) -> bool {
    call.body.as_str().is_some_and(|body| body.ends_with(&format!("StackName={stack}")))
}

/// An account in which all is well, but for what `other` answers.
async fn account(other: impl Fn(&Call) -> Option<Answer> + Clone + Send + Sync + 'static) -> Aws {
    Aws::answering(move |call| {
        other(call).unwrap_or_else(|| match call.action.as_str() {
            "GetCallerIdentity" => caller(),
            "DescribeStacks" if asks_for(call, "CDKToolkit") => stack(BOOTSTRAPPED),
            "DescribeStacks" => absent(),
            "DescribeSecret" => good(&json!({ "ARN": SECRET, "VersionIdsToStages": { "1": ["AWSCURRENT"] } })),
            "ListUserPoolClients" => {
                let second = call.body["NextToken"] == "2";
                let page = json!([{ "ClientId": if second { "web" } else { "app" } }]);
                good(&if second {
                    json!({ "UserPoolClients": page })
                } else {
                    json!({ "UserPoolClients": page, "NextToken": "2" })
                })
            }
            action => refused("Unexpected", action),
        })
    })
    .await
}

async fn found(aws: &Aws, configuration: &str, arguments: &[&str]) -> Found {
    Computer::with(&["bin"]).configured(configuration).found(&aws.url, arguments).await
}

/// The shipped one, by an existing secret, and by an existing pool or an issuer's secret where the mode is theirs.
fn with_everything() -> String {
    format!(
        "{SHIPPED}[momento]\nsecret = \"{SECRET}\"\n[authorizer]\nkind = \"jwt\"\nissuer = \"https://issuer.example\"\n\
         audience = [\"a\"]\nalgorithms = [\"HS256\"]\nhmac_secret = \"issuers\"\n[cognito]\n\
         user_pool = \"eu-west-1_pool\"\nclients = [\"app\", \"web\"]\n[functions]\nreserved_concurrency = 5\n[api]\naccess_logs = true\n"
    )
}

#[tokio::test]
async fn in_an_account_that_is_ready_nothing_is_in_the_way_and_nothing_is_changed_or_read() {
    let aws = account(|_| None).await;
    for (mode, expected) in [
        ("LambdaAuthorizer", vec!["momento.secret", "authorizer.hmac_secret"]),
        ("AmazonCognito", vec!["momento.secret", "cognito.user_pool"]),
    ] {
        let report = found(&aws, &ungrouped(&with_everything()), &["--auth", mode]).await;
        assert_eq!((report.code, report.titles("warning")), (Some(0), vec![]), "{report:?}");
        report.has("AWS region", "fine", &["us-west-2"]);
        report.has("AWS credentials", "fine", &["111122223333", "user/ada"]);
        report.has("cdk bootstrap", "fine", &["CDKToolkit, version 30"]);
        report.has("stack", "fine", &["TokenVendingMachine is not deployed yet"]);
        let named: Vec<&str> = report.titles("fine").into_iter().filter(|title| title.contains('.')).collect();
        assert_eq!(named, expected);
        report.has("functions.reserved_concurrency", "skipped", &["not asked for"]);
        report.has("api.access_logs", "skipped", &["make doctor"]);
    }
    let asked: BTreeSet<String> = aws.actions().into_iter().collect();
    let looks = ["DescribeSecret", "DescribeStacks", "GetCallerIdentity", "ListUserPoolClients"];
    assert_eq!(asked.iter().map(String::as_str).collect::<Vec<_>>(), looks);
    // An ARN and a pool's id say where they are.
    let calls = aws.calls();
    let of_arn = calls.iter().find(|call| call.body["SecretId"] == SECRET).unwrap();
    assert!(of_arn.authorization.contains("/eu-west-1/secretsmanager/"), "{of_arn:?}");
    let of_name = calls.iter().find(|call| call.body["SecretId"] == "issuers").unwrap();
    assert!(of_name.authorization.contains("/us-west-2/secretsmanager/"), "{of_name:?}");
    let of_pool = calls.iter().find(|call| call.action == "ListUserPoolClients").unwrap();
    assert!(of_pool.authorization.contains("/eu-west-1/cognito-idp/"), "{of_pool:?}");
    // And it says where it looked, and which member of the secret counts.
    let named = ungrouped(&with_everything()).replace("[momento]\n", "[momento]\nsecret_field = \"BLUE\"\n");
    let report = found(&aws, &named, &["--auth", "LambdaAuthorizer"]).await;
    report.has("momento.secret", "fine", &[SECRET, "the API key is its member `BLUE` (momento.secret_field)"]);
    let report = found(&aws, &ungrouped(&with_everything()), &["--auth", "LambdaAuthorizer"]).await;
    report.has("momento.secret", "fine", &[SECRET, "in eu-west-1", "the one member that is a Momento key"]);
    report.has("authorizer.hmac_secret", "fine", &["issuers, in us-west-2"]);
    let report = found(&aws, &ungrouped(&with_everything()), &["--auth", "AmazonCognito"]).await;
    report.has("cognito.user_pool", "fine", &["eu-west-1_pool, in eu-west-1, clients app, web"]);
}

/// Whose permissions are for everybody who is verified, too.
fn ungrouped(configuration: &str) -> String {
    configuration.replace("auth = \"Open\"\n", "auth = \"Open\"\nungrouped = \"base\"\n")
}

#[tokio::test]
async fn an_account_that_is_not_bootstrapped_is_told_the_very_command() {
    let aws = account(|call| asks_for(call, "CDKToolkit").then(absent)).await;
    let report = found(&aws, SHIPPED, &[]).await;
    assert_eq!((report.code, report.titles("trouble")), (Some(1), vec!["cdk bootstrap"]));
    let words = ["`npx cdk bootstrap aws://111122223333/us-west-2`", "--toolkit-stack"];
    report.has("cdk bootstrap", "trouble", &words);

    let old = account(|call| asks_for(call, "CDKToolkit").then(|| stack(&[("BootstrapVersion", "5")]))).await;
    found(&old, SHIPPED, &[]).await.has("cdk bootstrap", "trouble", &["version 5", "6 or newer", "npx cdk bootstrap"]);
    let failed = account(|call| asks_for(call, "CDKToolkit").then(|| stack_in("ROLLBACK_COMPLETE", &[]))).await;
    found(&failed, SHIPPED, &[]).await.has("cdk bootstrap", "trouble", &["ROLLBACK_COMPLETE", "npx cdk bootstrap"]);
    let renamed = account(|call| asks_for(call, "Tools").then(|| stack(BOOTSTRAPPED))).await;
    found(&renamed, SHIPPED, &["--toolkit-stack", "Tools"]).await.has("cdk bootstrap", "fine", &["Tools, version 30"]);
    let report = found(&aws, SHIPPED, &["--toolkit-stack", "Tools"]).await;
    report.has("cdk bootstrap", "trouble", &["aws://111122223333/us-west-2 --toolkit-stack-name Tools`"]);
}

#[tokio::test]
async fn a_bootstrap_with_another_qualifier_is_told_from_the_one_that_the_deployment_uses() {
    let ours = account(|call| {
        asks_for(call, "CDKToolkit").then(|| stack_told("CREATE_COMPLETE", &[("Qualifier", "acme")], BOOTSTRAPPED))
    })
    .await;
    // As CDK itself finds the qualifier, and as `CDK_QUALIFIER` tells the CDK command line and the app.
    let context = "{\"@aws-cdk/core:bootstrapQualifier\": \"acme\"}";
    let in_app = format!("{{\"context\": {context}}}");
    let of_app = [("cdk/cdk.json", in_app.as_str()), ("cdk/cdk.context.json", context), (".cdk.json", &in_app)];
    for (file, content) in of_app {
        let computer = Computer::with(&["bin"]).configured(SHIPPED);
        computer.has(file, content);
        let mut command = computer.doctor(&ours.url, &["--json"]);
        command.env("HOME", ".");
        let report = Found::of(&support::run(command, "").await);
        report.has("cdk bootstrap", "fine", &["CDKToolkit, version 30, qualifier acme"]);
    }
    let computer = Computer::with(&["bin"]).configured(SHIPPED);
    computer.has("cdk/cdk.json", "{\"context\": {\"@aws-cdk/core:bootstrapQualifier\": \"other\"}}");
    let mut command = computer.doctor(&ours.url, &["--json"]);
    command.env("CDK_QUALIFIER", "acme");
    let report = Found::of(&support::run(command, "").await);
    report.has("cdk bootstrap", "fine", &["qualifier acme"]);

    let report = found(&ours, SHIPPED, &[]).await;
    report.has("cdk bootstrap", "trouble", &["the qualifier acme", "uses hnb659fds", "CDK_QUALIFIER=acme"]);
    let shipped = account(|_| None).await;
    let report = found(&shipped, SHIPPED, &["--qualifier", "acme"]).await;
    let made = "`npx cdk bootstrap aws://111122223333/us-west-2 --qualifier acme --toolkit-stack-name CDKToolkit-acme`";
    report.has(
        "cdk bootstrap",
        "trouble",
        &["qualifier hnb659fds", "uses acme", made, "TVM_TOOLKIT_STACK=CDKToolkit-acme"],
    );
    let nowhere = account(|call| asks_for(call, "CDKToolkit").then(absent)).await;
    let report = found(&nowhere, SHIPPED, &["--qualifier", "acme"]).await;
    report.has("cdk bootstrap", "trouble", &["aws://111122223333/us-west-2 --qualifier acme`"]);
}

#[tokio::test]
async fn what_cannot_be_deployed_in_the_region_is_in_the_way_before_a_deployment_begins() {
    let aws = account(|_| None).await;
    let domain =
        "[api.domain]\nname = \"t.example.com\"\ncertificate = \"arn:aws:acm:us-east-1:111122223333:certificate/a\"\n";
    let file = SHIPPED.replace("[[permissions]]", &format!("{domain}[[permissions]]"));
    let told = |region: &'static str, more: &'static [&'static str]| {
        let computer = Computer::with(&["bin"]).configured(&file);
        let mut command = computer.doctor(&aws.url, &[more, &["--json"]].concat());
        command.env("AWS_REGION", region);
        async move { (Found::of(&support::run(command, "").await), computer) }
    };
    for more in [&[] as &[&str], &["--offline"]] {
        let (report, _) = told("us-west-2", more).await;
        assert_eq!((report.code, report.titles("trouble")), (Some(1), vec!["configuration"]), "{report:?}");
        let said = format!("{report:?}");
        let words = ["config/tvm.toml:4", "api.domain.certificate", "arn:aws:acm:us-west-2:", "--region us-west-2"];
        assert!(words.iter().all(|word| said.contains(word)), "{said}");
        let (report, _) = told("us-east-1", more).await;
        assert_eq!(report.titles("trouble"), Vec::<&str>::new(), "{report:?}");
    }
}

#[tokio::test]
async fn the_state_of_the_stack_says_whether_it_can_be_deployed() {
    for (status, outputs, outcome, words) in [
        ("CREATE_COMPLETE", MACHINE, "fine", "Chat is in CREATE_COMPLETE"),
        ("UPDATE_ROLLBACK_COMPLETE", MACHINE, "fine", "UPDATE_ROLLBACK_COMPLETE"),
        ("ROLLBACK_COMPLETE", &[], "fine", "begins anew"),
        ("REVIEW_IN_PROGRESS", &[], "fine", "never deployed"),
        ("UPDATE_IN_PROGRESS", MACHINE, "trouble", "wait"),
        ("UPDATE_ROLLBACK_FAILED", MACHINE, "trouble", "`npx cdk rollback Chat`"),
        ("DELETE_FAILED", MACHINE, "trouble", "make destroy"),
        ("UPDATE_COMPLETE", &[("Endpoint", "x")], "trouble", "would replace all of it"),
    ] {
        let aws = account(move |call| asks_for(call, "Chat").then(|| stack_in(status, outputs))).await;
        found(&aws, SHIPPED, &["--stack", "Chat"]).await.has("stack", outcome, &[words]);
    }
}

#[tokio::test]
async fn what_the_configuration_names_and_is_not_there_is_in_the_way() {
    let secret = |answer: Answer| account(move |call| (call.action == "DescribeSecret").then(|| answer.clone()));
    let nowhere = secret(refused("ResourceNotFoundException", "Secrets Manager can't find it.")).await;
    let report = found(&nowhere, &ungrouped(&with_everything()), &["--auth", "LambdaAuthorizer"]).await;
    report.has("momento.secret", "trouble", &[SECRET, "leave the key out"]);
    report.has("authorizer.hmac_secret", "trouble", &["no secret issuers"]);
    let deleted =
        secret(good(&json!({ "DeletedDate": 1_700_000_000, "VersionIdsToStages": { "1": ["AWSCURRENT"] } }))).await;
    let report = found(&deleted, &with_everything(), &[]).await;
    report.has("momento.secret", "trouble", &["aws secretsmanager restore-secret"]);
    let empty = secret(good(&json!({ "ARN": SECRET }))).await;
    let report = found(&empty, &with_everything(), &[]).await;
    report.has("momento.secret", "warning", &["no value yet"]);
    assert_eq!(report.code, Some(0));

    let pool = |answer: Answer| account(move |call| (call.action == "ListUserPoolClients").then(|| answer.clone()));
    let cognito = ungrouped(&with_everything());
    let nowhere = pool(refused("ResourceNotFoundException", "User pool eu-west-1_pool does not exist.")).await;
    let report = found(&nowhere, &cognito, &["--auth", "AmazonCognito"]).await;
    report.has("cognito.user_pool", "trouble", &["no user pool eu-west-1_pool"]);
    let one = pool(good(&json!({ "UserPoolClients": [{ "ClientId": "app" }] }))).await;
    let report = found(&one, &cognito, &["--auth", "AmazonCognito"]).await;
    report.has("cognito.user_pool", "trouble", &["has no client web "]);
}

#[tokio::test]
async fn what_somebody_may_not_look_at_is_not_in_their_way() {
    let aws = account(|call| match call.action.as_str() {
        "GetCallerIdentity" => None,
        "DescribeStacks" => {
            Some(stack_refused("AccessDenied", "not authorized to perform: cloudformation:DescribeStacks"))
        }
        _ => Some(refused("AccessDeniedException", "not authorized")),
    })
    .await;
    let report = found(&aws, &ungrouped(&with_everything()), &["--auth", "AmazonCognito"]).await;
    let unknown = ["cdk bootstrap", "stack", "momento.secret", "cognito.user_pool"];
    assert_eq!((report.code, report.titles("warning")), (Some(0), unknown.to_vec()));
    report.has("stack", "warning", &["cannot be told", "AccessDenied", "cloudformation:DescribeStacks"]);
    report.has("momento.secret", "warning", &["secretsmanager:DescribeSecret"]);
    report.has("cognito.user_pool", "warning", &["cognito-idp:ListUserPoolClients"]);
}

#[tokio::test]
async fn without_credentials_what_takes_them_is_skipped_and_all_else_is_told() {
    let aws = account(|call| {
        let no =
            || stack_refused("ExpiredToken", "The security token planted-token included in the request is expired");
        (call.action == "GetCallerIdentity").then(no)
    })
    .await;
    let report = found(&aws, &with_everything(), &[]).await;
    report.has("AWS credentials", "trouble", &["ExpiredToken", "aws sso login"]);
    assert_eq!(report.titles("trouble"), ["AWS credentials"]);
    report.has("AWS region", "fine", &["us-west-2"]);
    for title in ["cdk bootstrap", "stack", "momento.secret"] {
        report.has(title, "skipped", &["credentials"]);
    }
    assert_eq!(aws.actions(), ["GetCallerIdentity"]);

    let computer = Computer::with(&["bin"]).configured(SHIPPED);
    let mut nobody = computer.doctor(&aws.url, &["--json"]);
    nobody.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY").env_remove("AWS_REGION");
    let report = Found::of(&support::run(nobody, "").await);
    assert_eq!(report.titles("trouble"), ["AWS region", "AWS credentials"]);
    report.has("AWS region", "trouble", &["AWS_REGION"]);
}

#[tokio::test]
async fn who_one_is_is_told_without_a_region() {
    let aws = account(|_| None).await;
    let computer = Computer::with(&["bin"]).configured(SHIPPED);
    let mut command = computer.doctor(&aws.url, &["--json"]);
    command.env_remove("AWS_REGION");
    let report = Found::of(&support::run(command, "").await);
    report.has("AWS credentials", "fine", &["111122223333"]);
    report.has("stack", "skipped", &["region"]);
    assert_eq!(report.in_the_way(), 1);
}

#[tokio::test]
async fn where_there_is_no_network_that_is_one_finding_and_not_one_for_each_question() {
    let report = Computer::with(&["bin"]).configured(SHIPPED).found("http://127.0.0.1:9", &[]).await;
    report.has("AWS credentials", "trouble", &["did not answer", "network"]);
    assert_eq!(report.in_the_way(), 1);
}

#[tokio::test]
async fn offline_aws_is_asked_nothing() {
    let aws = account(|_| None).await;
    let report = found(&aws, &with_everything(), &["--offline"]).await;
    report.has("AWS", "skipped", &["--offline"]);
    assert_eq!((report.code, aws.calls().len()), (Some(0), 0));
}
