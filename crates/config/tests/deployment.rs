//! What the file says of a deployment alone: its stage, its key for secrets, where its functions come from.
//! Real: the parser and the validation. There is nothing else.
#![allow(clippy::unwrap_used, reason = "in a test a panic is the answer wanted")]

use tvm_config::Config;

#[test]
fn what_is_open_in_production_has_to_be_meant_so() {
    let of = |auth: &str, deployment: &str| {
        let base = "permissions = [{ cache = \"c\", role = \"ReadOnly\" }]";
        Config::parse("f", &format!("auth = \"{auth}\"\n{base}\n[deployment]\n{deployment}")).is_ok()
    };
    assert!(!of("Open", "stage = \"prod\""));
    assert!(!of("Open", "stage = \"prod\"\nopen_to_everybody = false"));
    assert!(of("Open", "stage = \"prod\"\nopen_to_everybody = true"));
    assert!(of("Open", "stage = \"dev\"") && of("Open", ""));
    assert!(of("LambdaAuthorizer", "stage = \"prod\"") && of("AmazonCognito", "stage = \"prod\""));
}

#[test]
fn a_key_for_secrets_is_named_by_the_one_arn_that_a_policy_takes() {
    let of = |key: &str| {
        let base = "permissions = [{ cache = \"c\", role = \"ReadOnly\" }]";
        Config::parse("f", &format!("auth = \"Open\"\n{base}\n[secrets]\nkms_key = \"{key}\""))
    };
    for key in [
        "arn:aws:kms:eu-central-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        "arn:aws-cn:kms:cn-north-1:111122223333:key/mrk-1234abcd12ab34cd56ef1234567890ab",
    ] {
        assert!(of(key).unwrap().render_json().contains(&format!("\"kms_key\": \"{key}\"")), "{key}");
    }
    for not in [
        "",
        "alias/mine",
        "1234abcd-12ab-34cd-56ef-1234567890ab",
        "arn:aws:kms:eu-central-1:111122223333:alias/mine",
        "arn:aws:kms:eu-central-1:111122223333:key/",
        "arn:aws:kms:eu-central-1:111122223333:key/*",
        "arn:aws:kms:*:111122223333:key/1234abcd",
        "arn:aws:s3:eu-central-1:111122223333:key/1234abcd",
    ] {
        let error = of(not).unwrap_err().to_string();
        assert!(error.starts_with(&format!("f:4: `secrets.kms_key`: `{not}` is not the ARN")), "{error}");
    }
}

#[test]
fn the_key_of_a_deployment_is_that_of_its_secrets_too_unless_they_have_another() {
    const ONE: &str = "arn:aws:kms:eu-central-1:111122223333:key/1111";
    const OTHER: &str = "arn:aws:kms:eu-central-1:111122223333:key/2222";
    let of = |tables: &str| {
        let base = "permissions = [{ cache = \"c\", role = \"ReadOnly\" }]";
        Config::parse("f", &format!("auth = \"Open\"\n{base}\n{tables}"))
    };
    let keys = |tables: &str| {
        let canonical: serde_json::Value = serde_json::from_str(&of(tables).unwrap().render_json()).unwrap();
        ["/deployment/kms_key", "/secrets/kms_key"].map(|key| canonical.pointer(key).cloned())
    };
    let deployment = format!("[deployment]\nkms_key = \"{ONE}\"");
    let secrets = format!("[secrets]\nkms_key = \"{OTHER}\"");
    assert_eq!(keys(""), [None, None]);
    assert_eq!(keys(&deployment), [Some(ONE.into()), Some(ONE.into())]);
    assert_eq!(keys(&secrets), [None, Some(OTHER.into())]);
    assert_eq!(keys(&format!("{deployment}\n{secrets}")), [Some(ONE.into()), Some(OTHER.into())]);
    // Told once, and where it is written.
    let error = of("[deployment]\nkms_key = \"alias/mine\"").unwrap_err();
    assert_eq!(error.iter().count(), 1, "{error}");
    assert!(error.to_string().starts_with("f:4: `deployment.kms_key`: `alias/mine` is not the ARN"), "{error}");
}

#[test]
fn an_empty_path_of_artifacts_is_an_error_and_another_is_the_files_own_folders() {
    let of = |path: &str| {
        let base = "permissions = [{ cache = \"c\", role = \"ReadOnly\" }]";
        Config::parse("f", &format!("auth = \"Open\"\n{base}\n[build]\nartifacts = \"{path}\""))
    };
    assert!(of(" ").unwrap_err().to_string().starts_with("f:4: `build.artifacts`"));
    let read = |path: &str| of(path).unwrap().in_folder(std::path::Path::new("/home/ada/config")).render_json();
    assert!(read("../dist").contains(r#""artifacts": "/home/ada/config/../dist""#));
    assert!(read("/dist").contains(r#""artifacts": "/dist""#));
}
