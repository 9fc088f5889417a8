//! What of a file depends on the region that it is deployed in.
//! Real: the parser and the rules. There is nothing else; `cdk/test/region.test.ts` holds the partitions against `aws-cdk-lib`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "in a test a panic is the answer wanted")]

use tvm_config::{Config, Region};

/// What is wrong with this file in this region; nothing where it can be deployed.
fn wrong(file: &str, region: &str) -> String {
    let text = format!("{file}\n[[permissions]]\ncache = \"c\"\nrole = \"ReadOnly\"\n");
    let config = Config::parse("f", &text).unwrap();
    let region = Region::parse(region).unwrap();
    config.check_in_region(&region, "f", &text).err().map(|errors| errors.to_string()).unwrap_or_default()
}

/// One error, of this line and key, that says these words.
#[track_caller]
fn has(found: &str, place: &str, words: &[&str]) {
    assert!(found.starts_with(&format!("f:{place}: ")), "{found}");
    assert_eq!(found.lines().count(), 1, "{found}");
    assert!(words.iter().all(|word| found.contains(word)), "{found}");
}

const OPEN: &str = "auth = \"Open\"";

#[test]
fn a_certificate_of_another_region_is_refused_with_the_line_to_write() {
    let file = |region: &str| {
        format!(
            "{OPEN}\n[api.domain]\nname = \"t.example.com\"\ncertificate = \"arn:aws:acm:{region}:111122223333:certificate/a\""
        )
    };
    assert_eq!(wrong(&file("eu-central-1"), "eu-central-1"), "");
    let found = wrong(&file("us-east-1"), "eu-central-1");
    has(&found, "4: `api.domain.certificate`", &["us-east-1", "arn:aws:acm:eu-central-1:111122223333:certificate/…"]);
}

#[test]
fn alarms_go_to_a_topic_of_the_same_region() {
    let file = format!(
        "{OPEN}\n[monitoring]\nmetrics = true\nalarms = true\nalarm_topic = \"arn:aws:sns:us-east-1:111122223333:on-call\""
    );
    assert_eq!(wrong(&file, "us-east-1"), "");
    has(
        &wrong(&file, "us-east-2"),
        "5: `monitoring.alarm_topic`",
        &["in us-east-1", "a topic in us-east-2", "leave it out"],
    );
}

#[test]
fn a_key_is_in_the_region_of_the_secrets_that_it_encrypts() {
    let key = "[secrets]\nkms_key = \"arn:aws:kms:eu-west-1:111122223333:key/mrk-1\"";
    let existing = "[momento]\nsecret = \"arn:aws:secretsmanager:eu-west-1:111122223333:secret:m-AbCdEf\"";
    let checked = "auth = \"LambdaAuthorizer\"\nungrouped = \"base\"";
    assert_eq!(wrong(&format!("{OPEN}\n{key}"), "eu-west-1"), "");
    has(&wrong(&format!("{OPEN}\n{key}"), "eu-west-2"), "3: `secrets.kms_key`", &["a key in eu-west-2"]);
    // Of the secret that is there already, which is where it is.
    assert_eq!(wrong(&format!("{OPEN}\n{existing}\n{key}"), "eu-west-2"), "");
    // The users' secret is made in the region of the deployment.
    has(
        &wrong(&format!("{checked}\n{existing}\n{key}"), "eu-west-2"),
        "6: `secrets.kms_key`",
        &["secrets are in eu-west-2"],
    );
    let by_name = "[momento]\nsecret = \"momento\"";
    has(&wrong(&format!("{OPEN}\n{by_name}\n{key}"), "eu-west-2"), "5: `secrets.kms_key`", &["a key in eu-west-2"]);
}

#[test]
fn the_key_of_a_deployment_is_in_its_region_wherever_its_secrets_are() {
    let key = "[deployment]\nkms_key = \"arn:aws:kms:eu-west-1:111122223333:key/mrk-1\"";
    let existing = "[momento]\nsecret = \"arn:aws:secretsmanager:eu-west-1:111122223333:secret:m-AbCdEf\"";
    assert_eq!(wrong(&format!("{OPEN}\n{key}"), "eu-west-1"), "");
    let broken = wrong(&format!("{OPEN}\n{existing}\n{key}"), "eu-west-2");
    has(&broken, "5: `deployment.kms_key`", &["a key in eu-west-2", "secrets.kms_key"]);
    assert!(!broken.contains("`secrets.kms_key`"), "{broken}");
    let both = "[secrets]\nkms_key = \"arn:aws:kms:eu-west-1:111122223333:key/mrk-2\"\n\
                [deployment]\nkms_key = \"arn:aws:kms:eu-west-2:111122223333:key/mrk-1\"";
    assert_eq!(wrong(&format!("{OPEN}\n{existing}\n{both}"), "eu-west-2"), "");
}

#[test]
fn a_secret_and_a_user_pool_may_be_in_another_region_of_the_partition_and_in_no_other_partition() {
    let secret = "[momento]\nsecret = \"arn:aws:secretsmanager:eu-west-1:111122223333:secret:m-AbCdEf\"";
    let issuer = "auth = \"LambdaAuthorizer\"\nungrouped = \"base\"\n[authorizer]\nkind = \"jwt\"\n\
                  issuer = \"https://issuer.example\"\naudience = [\"a\"]\nalgorithms = [\"HS256\"]\n\
                  hmac_secret = \"arn:aws:secretsmanager:eu-west-1:111122223333:secret:s-AbCdEf\"";
    let pool = |pool: &str| {
        format!("auth = \"AmazonCognito\"\nungrouped = \"base\"\n[cognito]\nuser_pool = \"{pool}\"\nclients = [\"a\"]")
    };
    let arn = "arn:aws:cognito-idp:eu-west-1:111122223333:userpool/eu-west-1_AbC";
    for (file, place) in [
        (format!("{OPEN}\n{secret}"), "3: `momento.secret`"),
        (issuer.to_owned(), "8: `authorizer.hmac_secret`"),
        (pool("eu-west-1_AbC"), "4: `cognito.user_pool`"),
        (pool(arn), "4: `cognito.user_pool`"),
    ] {
        for region in ["eu-west-1", "us-west-2", "ap-southeast-7"] {
            assert_eq!(wrong(&file, region), "", "{region}");
        }
        has(&wrong(&file, "us-gov-west-1"), place, &["partition aws,", "us-gov-west-1", "arn:aws-us-gov:"]);
    }
    // Not in use in another mode.
    assert_eq!(wrong(&pool("eu-west-1_AbC").replace("AmazonCognito", "Open"), "us-gov-west-1"), "");
    // A name is one of the deployment's own account and region.
    assert_eq!(wrong(&format!("{OPEN}\n[momento]\nsecret = \"momento_key\""), "cn-north-1"), "");
    // Also a name that looks like the id of a user pool.
    let key = "[secrets]\nkms_key = \"arn:aws:kms:us-west-2:111122223333:key/a\"";
    for name in ["cn-north-1_momento", "eu-central-1_momento"] {
        assert_eq!(wrong(&format!("{OPEN}\n[momento]\nsecret = \"{name}\"\n{key}"), "us-west-2"), "", "{name}");
    }
    // Written by hand, and of no place at all.
    let odd = secret.replace("eu-west-1", "cn-north-1");
    has(&wrong(&format!("{OPEN}\n{odd}"), "eu-west-1"), "3: `momento.secret`", &["partition aws-cn"]);
}

#[test]
fn what_a_partition_lacks_is_refused_with_what_to_write_instead() {
    let page = format!("{OPEN}\n[web]\nenabled = true");
    let traced = format!("{OPEN}\n[functions]\ntracing = true");
    let cognito = "auth = \"AmazonCognito\"\nungrouped = \"base\"".to_owned();
    let domain = |region: &str, partition: &str| {
        format!(
            "{OPEN}\n[api.domain]\nname = \"t.example.com\"\nhosted_zone = \"Z0\"\n\
             certificate = \"arn:{partition}:acm:{region}:111122223333:certificate/a\""
        )
    };
    for region in ["us-gov-west-1", "us-gov-east-1"] {
        has(&wrong(&page, region), "3: `web.enabled`", &["GovCloud", "CloudFront", "enabled = false"]);
        has(
            &wrong(&domain(region, "aws-us-gov"), region),
            "4: `api.domain.hosted_zone`",
            &["GovCloud", "DomainTarget"],
        );
        assert_eq!(wrong(&traced, region) + &wrong(&cognito, region), "");
    }
    for region in ["cn-north-1", "cn-northwest-1"] {
        has(&wrong(&page, region), "3: `web.enabled`", &["China", "enabled = false"]);
        has(&wrong(&cognito, region), "1: `auth`", &["user pools", "auth = \"LambdaAuthorizer\"", "kind = \"jwt\""]);
        has(&wrong(&traced, region), "3: `functions.tracing`", &["X-Ray", "leave it out"]);
        assert_eq!(wrong(&domain(region, "aws-cn"), region), "");
    }
    for file in [page, traced, cognito, domain("eu-north-1", "aws")] {
        assert_eq!(wrong(&file, "eu-north-1"), "");
    }
}

#[test]
fn what_is_no_region_is_told_from_one() {
    for region in ["us-east-1", "us-gov-west-1", "us-isob-east-1", "eusc-de-east-1", "ap-southeast-7", "mx-central-1"] {
        assert_eq!(Region::parse(region).unwrap().as_str(), region);
    }
    for not in
        ["", "us", "us-east", "us-east-1a", "US-EAST-1", "Frankfurt", "us_east_1", "us--1", "us-east-", "-east-1"]
    {
        assert_eq!(Region::parse(not), None, "{not}");
    }
}
