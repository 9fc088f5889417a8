//! What `tvm config explain --token` makes of the tokens in `crates/config/tests/token_cases.toml`, of ten issuers among them, and what the documents say of
//! those. `lambdas/authorizer/tests/token_cases.rs` has the functions make the same of them.
//! Real: the built program and the files. There is nothing else.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "in a test a panic is the answer wanted"
)]

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use tempfile::NamedTempFile;

const CASES: &str = include_str!("../../../crates/config/tests/token_cases.toml");

fn cases() -> Vec<Value> {
    let table: toml::Table = CASES.parse().unwrap();
    serde_json::to_value(table).unwrap()["case"].as_array().unwrap().clone()
}

fn text<'c>(case: &'c Value, key: &str) -> &'c str {
    case[key].as_str().unwrap_or_default()
}

fn name(case: &Value) -> String {
    format!("{}{}", text(case, "provider"), text(case, "name"))
}

fn file(text: &str) -> NamedTempFile {
    let mut file = NamedTempFile::new().unwrap();
    file.write_all(text.as_bytes()).unwrap();
    file
}

fn config(case: &Value) -> NamedTempFile {
    let authorizer = text(case, "authorizer");
    let audience = if authorizer.contains("audience = ") { "" } else { "audience = [\"tvm\"]" };
    file(&format!(
        "auth = \"LambdaAuthorizer\"\n{}\n[authorizer]\nkind = \"jwt\"\nissuer = \"https://issuer.example\"\n{audience}\n{authorizer}",
        text(case, "file")
    ))
}

fn explain(config: &NamedTempFile, token: &str, input: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tvm"));
    let command = command.env_remove("TVM_CONFIG").args(["config", "explain"]).arg(config.path());
    let mut child = command
        .args(["--json", "--token", token])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // Where the file is refused, nobody reads.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn report(case: &Value) -> Value {
    let claims = file(text(case, "claims"));
    let output = explain(&config(case), claims.path().to_str().unwrap(), "");
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}: {}", name(case), String::from_utf8_lossy(&output.stderr)))
}

#[test]
fn every_token_is_explained_as_the_table_has_it() {
    for case in cases() {
        let report = report(&case);
        if let Some(code) = case["refused"].as_str() {
            assert_eq!(report["refused"]["code"], code, "{}: {report}", name(&case));
            continue;
        }
        assert_eq!(report["token"]["id"].as_str(), case["id"].as_str(), "{}: {report}", name(&case));
        let granted: Vec<&Value> =
            report["token"]["permissions"].as_array().unwrap().iter().map(|entry| &entry["permission"]).collect();
        let listed = case["permissions"].as_array().unwrap().iter();
        let expected: Vec<Value> = listed.map(|json| serde_json::from_str(json.as_str().unwrap()).unwrap()).collect();
        assert_eq!(json!(granted), json!(expected), "{}", name(&case));
    }
}

#[test]
fn the_documents_have_a_row_for_each_issuer_with_what_its_tokens_need() {
    let document = include_str!("../../../docs/verified-callers.md");
    let providers: Vec<Value> = cases().into_iter().filter(|case| case["provider"].is_string()).collect();
    assert!(providers.len() >= 10, "{}", providers.len());
    for case in providers {
        let start = format!("| {} |", text(&case, "provider"));
        // Another table says what the issuers are called.
        let table = document.split("## What the tokens of your provider need").nth(1).unwrap();
        let row = table.lines().find(|line| line.starts_with(&start)).unwrap_or_else(|| panic!("no row {start}"));
        for line in text(&case, "authorizer").lines().filter(|line| !line.starts_with("audience = ")) {
            assert!(row.contains(&format!("`{line}`")), "{line} is not in {row}");
        }
        assert!(text(&case, "source").starts_with("https://"), "{start}");
    }
}

#[test]
fn a_token_is_read_from_standard_input_too_and_as_it_is_signed() {
    let case = json!({ "file": "permissions = [{ cache = \"c\", key = \"{claims./a/b}\", role = \"ReadOnly\" }]" });
    let config = config(&case);
    // {"sub":"ada","a":{"b":"planted"}}
    let signed = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZGEiLCJhIjp7ImIiOiJwbGFudGVkIn19.c2ln";
    for input in [r#"{"sub":"ada","a":{"b":"planted"}}"#, signed, &format!("Bearer {signed}\n")] {
        let output = explain(&config, "-", input);
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(report["token"]["id"], "ada", "{input}");
        assert_eq!(report["token"]["permissions"][0]["permission"]["key"], "planted", "{input}");
    }
    for input in ["", "[]", "planted", "planted.planted", "planted.planted.planted", r#"{"sub":"planted""#] {
        let output = explain(&config, "-", input);
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{input}");
        assert!(error.contains("has neither the claims of a token") && !error.contains("planted"), "{error}");
    }
    let nobody = explain(&config, "-", r#"{"sub":true}"#);
    let error = String::from_utf8_lossy(&nobody.stderr).into_owned();
    assert!(error.contains("the token's claim `sub`") && error.contains("is true or false"), "{error}");
}

#[test]
fn a_caller_in_no_group_reads_what_their_token_has_instead() {
    let case = json!({
        "authorizer": "groups_claim = \"/realm_access/roles\"",
        "file": "[groups.admins]\nnames = [\"chat-admin\"]\npermissions = [{ cache = \"c\", role = \"ReadOnly\" }]",
        "claims": r#"{ "sub": "ada", "realm_access": { "roles": ["offline_access"] } }"#,
    });
    let reason = report(&case)["refused"]["reason"].as_str().unwrap().to_owned();
    assert!(reason.contains("claim `/realm_access/roles` has \"offline_access\""), "{reason}");
    assert!(reason.contains("the file's groups are \"chat-admin\""), "{reason}");
}
